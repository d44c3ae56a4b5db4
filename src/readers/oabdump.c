/* oabdump.c - web shells that Exchange itself wrote: what the saved virtual directory says of server, time and script.
 */
#include "oabdump.h"

#include <errno.h>
#include <strings.h>

#include "fail.h"
#include "oabdump_own.h"
#include "text.h"

/*
 * `Name : value` a line, the name filled up to 32 characters. What does not begin with a name goes on with the value
 * before. All that an OAB directory has are listed, so that values end where the next name stands; those of the other
 * virtual directories of Exchange, which can be reset in the same way, share most of them.
 */
static const struct {
	const char *name;
	enum oab_key key; /* OAB_KEYS: not kept */
} keys[] = {
	{ "Name", OAB_NAME },
	{ "PollInterval", OAB_KEYS },
	{ "OfflineAddressBooks", OAB_KEYS },
	{ "RequireSSL", OAB_KEYS },
	{ "BasicAuthentication", OAB_KEYS },
	{ "WindowsAuthentication", OAB_KEYS },
	{ "OAuthAuthentication", OAB_KEYS },
	{ "MetabasePath", OAB_METABASE },
	{ "Path", OAB_PATH },
	{ "ExtendedProtectionTokenChecking", OAB_KEYS },
	{ "ExtendedProtectionFlags", OAB_KEYS },
	{ "ExtendedProtectionSPNList", OAB_KEYS },
	{ "AdminDisplayVersion", OAB_VERSION },
	{ "Server", OAB_SERVER },
	{ "InternalUrl", OAB_INTERNAL_URL },
	{ "InternalAuthenticationMethods", OAB_KEYS },
	{ "ExternalUrl", OAB_EXTERNAL_URL },
	{ "ExternalAuthenticationMethods", OAB_KEYS },
	{ "AdminDisplayName", OAB_KEYS },
	{ "ExchangeVersion", OAB_KEYS },
	{ "DistinguishedName", OAB_DN },
	{ "Identity", OAB_IDENTITY },
	{ "Guid", OAB_GUID },
	{ "ObjectCategory", OAB_KEYS },
	{ "ObjectClass", OAB_CLASS },
	{ "WhenChanged", OAB_CHANGED },
	{ "WhenCreated", OAB_CREATED },
	{ "WhenChangedUTC", OAB_CHANGED_UTC },
	{ "WhenCreatedUTC", OAB_CREATED_UTC },
	{ "OrganizationId", OAB_KEYS },
	{ "Id", OAB_KEYS },
	{ "OriginatingServer", OAB_ORIGIN },
	{ "IsValid", OAB_KEYS },
};

enum {
	KEY_COUNT = sizeof(keys) / sizeof(keys[0]),
	OTHER_KEY = KEY_COUNT, /* of another virtual directory than the OAB's */
	NO_KEY,
	HEAD = 4096,      /* bytes within which the first name stands */
	COLON_LEAST = 16, /* where the colon of an unknown name stands at least: names are filled up */
};

const char *
oab_key_name(enum oab_key key)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (keys[i].key == key)
			return keys[i].name;
	return "";
}

/* ---- lines ---- */

static struct view
trimmed(struct view v)
{
	while (v.n && (v.p[v.n - 1] <= ' '))
		v.n--;
	while (v.n && v.p[0] <= ' ')
		v = view_from(v, 1);
	return v;
}

static struct view
line_at(struct view text, size_t at)
{
	struct view rest = view_from(text, at);
	const uint8_t *end = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;

	return view_of(rest.p, end ? (size_t)(end - rest.p) + 1 : rest.n);
}

/* The property that a line begins with, and where its value does; NO_KEY when with none. */
static size_t
key_of(struct view line, size_t *ret_value)
{
	size_t n = 0, colon;

	while (n < line.n && ((line.p[n] | 0x20) >= 'a' && (line.p[n] | 0x20) <= 'z'))
		n++;
	for (colon = n; colon < line.n && line.p[colon] == ' ';)
		colon++;
	if (!n || colon == n || colon >= line.n || line.p[colon] != ':')
		return NO_KEY;
	*ret_value = colon + 1;
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (strlen(keys[i].name) == n && !strncasecmp(keys[i].name, (const char *)line.p, n))
			return i;
	return colon >= COLON_LEAST ? OTHER_KEY : NO_KEY;
}

/* The values, each up to the line that begins with the next name; of a name that stands twice, the first. */
static unsigned
split(struct view text, struct view values[static KEY_COUNT])
{
	size_t current = NO_KEY, from = 0, value = 0;
	unsigned found = 0;

	for (size_t at = 0; at <= text.n;) {
		struct view line = line_at(text, at);
		size_t next = line.n ? key_of(line, &value) : NO_KEY;

		if (current < KEY_COUNT && (next != NO_KEY || !line.n) && !values[current].p) {
			values[current] = view_part(text, from, at - from);
			found++;
		}
		if (next != NO_KEY) {
			current = next;
			from = at + value;
		}
		if (!line.n)
			break;
		at += line.n;
	}
	return found;
}

static bool
contains(struct view text, const char *what)
{
	return text_find(text, what) != SIZE_MAX;
}

static bool
is_dump(const struct view values[static KEY_COUNT], unsigned found)
{
	for (size_t i = 0; i < KEY_COUNT && found >= OAB_KEYS_LEAST; i++)
		if ((keys[i].key == OAB_CLASS && contains(values[i], "VirtualDirectory")) ||
		    (keys[i].key == OAB_METABASE && contains(values[i], "IIS://")))
			return true;
	return false;
}

/* ---- the whole ---- */

static int
keep(struct oab_dump *dump, const struct view values[static KEY_COUNT])
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		struct view v = trimmed(values[i]);

		if (keys[i].key == OAB_KEYS || !values[i].p)
			continue;
		v.n = v.n < OAB_TEXT_MAX ? v.n : OAB_TEXT_MAX;
		dump->values[keys[i].key] = arena_copy(&dump->arena, v);
		if (!dump->values[keys[i].key])
			return -ENOMEM;
	}
	return 0;
}

static struct view
value_of(const struct view values[static KEY_COUNT], enum oab_key key)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (keys[i].key == key)
			return values[i];
	return view_of(NULL, 0);
}

static int
copy_view(struct oab_dump *dump, struct view *v)
{
	const char *copy;

	v->n = v->n < OAB_TEXT_MAX ? v->n : OAB_TEXT_MAX;
	copy = arena_copy(&dump->arena, *v);
	v->p = (const uint8_t *)copy;
	return copy ? 0 : -ENOMEM;
}

/* Attackers mostly set the external address; the internal one can be set as well. */
static int
take_script(struct oab_dump *dump, struct view text, const struct view values[static KEY_COUNT], bool plain)
{
	static const enum oab_key urls[] = { OAB_EXTERNAL_URL, OAB_INTERNAL_URL };
	int r = 0;

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]) && !dump->has_script; i++) {
		struct oab_script *s = &dump->script;

		dump->has_script = script_find(value_of(values, urls[i]), s);
		s->key = urls[i];
		if (!dump->has_script)
			continue;
		s->offset = plain ? (uint64_t)(s->code.p - text.p) : 0;
		s->length = plain ? s->code.n : 0;
		r = copy_view(dump, &s->code);
		if (r == 0)
			r = copy_view(dump, &s->language);
		if (r == 0)
			r = copy_view(dump, &s->parameter);
	}
	return r;
}

static int
take_dump(struct oab_dump *dump, struct view text, bool plain)
{
	struct view values[KEY_COUNT] = { 0 };
	unsigned found = split(text, values);
	int r;

	if (!is_dump(values, found))
		return 0;
	r = keep(dump, values);
	if (r == 0)
		r = take_script(dump, text, values, plain);
	if (r < 0)
		return r;
	oab_times(dump);
	return 1;
}

/* Most files are none, and show it in their first lines. */
static int
may_be(struct source *src, bool *ret)
{
	struct view values[KEY_COUNT] = { 0 };
	uint8_t head[HEAD];
	ssize_t n = source_read(src, 0, head, sizeof(head));

	if (n < 0)
		return (int)n;
	*ret = (n > 1 && head[0] == 0xff && head[1] == 0xfe) || split(view_of(head, (size_t)n), values) > 0;
	return 0;
}

int
oab_dump_read(struct source *src, struct oab_dump *ret)
{
	size_t n = src->size < OAB_DUMP_MAX ? (size_t)src->size : OAB_DUMP_MAX;
	CLEANUP(free) uint8_t *bytes = malloc(n + 1);
	CLEANUP(text_free) struct text text = { 0 };
	struct view view = view_of(bytes, n);
	bool wide, may = false;
	int r = may_be(src, &may);

	*ret = (struct oab_dump){ 0 };
	if (r < 0 || !may)
		return r;
	r = bytes ? source_read_all(src, 0, bytes, n) : -ENOMEM;
	wide = r == 0 && n > 2 && bytes[0] == 0xff && bytes[1] == 0xfe;
	if (wide) {
		r = text_add_utf16(&text, view_from(view, 2));
		view = text_view(&text);
	}
	if (r == 0)
		r = take_dump(ret, view, !wide);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for a saved virtual directory") : r;
}

void
oab_dump_free(struct oab_dump *dump)
{
	arena_free(&dump->arena);
}
