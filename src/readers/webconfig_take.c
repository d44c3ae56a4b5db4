/* webconfig_take.c - what the elements of a configuration say: modules, handlers, filters, folders, keys, rewrite
 * rules. */
#include <errno.h>
#include <strings.h>

#include "digest.h"
#include "webconfig_own.h"

static void
no_memory(struct reading *reading)
{
	xml_stop(reading->walk, -ENOMEM);
}

/* A copy of a text that the file says, of its first part where it is longer than any that is. */
static const char *
copy(struct reading *reading, struct view text)
{
	const char *kept;

	if (text.n > WEBCONFIG_TEXT_MAX) {
		text.n = WEBCONFIG_TEXT_MAX;
		xml_damage(reading->walk, xml_offset(reading->walk),
			   "a value is longer than any that IIS takes: its first part was kept");
	}
	kept = arena_copy(&reading->to->arena, text);
	if (!kept)
		no_memory(reading);
	return kept ? kept : "";
}

static const char *
value(struct reading *reading, const char **attributes, const char *name)
{
	const char *text = xml_attribute(attributes, name);

	return text ? copy(reading, view_text(text)) : "";
}

/* ---- settings ---- */

static void
add(struct reading *reading, const struct setting *draft)
{
	struct setting *slot;

	if (reading->to->settings.n == WEBCONFIG_SETTINGS_MAX) {
		if (!reading->full)
			xml_damage(reading->walk, draft->offset,
				   "more settings than are kept: the others are left out");
		reading->full = true;
		return;
	}
	slot = vector_push(&reading->to->settings);
	if (slot)
		*slot = *draft;
	else
		no_memory(reading);
}

static struct setting
setting_here(const struct reading *reading, enum setting_kind kind)
{
	return (struct setting){ .kind = kind,
				 .location = reading->location,
				 .name = "",
				 .value = "",
				 .more = "",
				 .offset = xml_offset(reading->walk),
				 .length = xml_length(reading->walk) };
}

/* Several attributes as one text, each that is there with its name. */
static const char *
join(struct reading *reading, const char **attributes, const char *const *names)
{
	CLEANUP(text_free) struct text t = { 0 };
	int r = 0;

	for (; *names && r == 0; names++) {
		const char *text = xml_attribute(attributes, *names);

		if (text && *text)
			r = text_printf(&t, "%s%s %s", t.n ? ", " : "", *names, text);
	}
	if (r < 0)
		no_memory(reading);
	return t.n ? copy(reading, text_view(&t)) : "";
}

static const char *
first_of(struct reading *reading, const char **attributes, const char *const *names)
{
	for (; *names; names++) {
		const char *text = xml_attribute(attributes, *names);

		if (text && *text)
			return copy(reading, view_text(text));
	}
	return "";
}

static void
add_item(struct reading *reading, enum element above, const char **attributes)
{
	static const struct {
		enum element above;
		enum setting_kind kind;
		const char *names[3], *values[4], *more[6];
	} kinds[] = {
		{ NATIVE_MODULES, SETTING_NATIVE_MODULE, { "name" }, { "image" }, { "preCondition" } },
		{ MODULES, SETTING_MODULE, { "name" }, { "type" }, { "preCondition" } },
		{ HANDLERS,
		  SETTING_HANDLER,
		  { "name", "path" },
		  { "scriptProcessor", "type", "modules" },
		  { "path", "verb", "modules", "resourceType", "requireAccess" } },
		{ PROGRAMS, SETTING_PROGRAM, { "description" }, { "path" }, { "allowed", "groupId" } },
		{ BUILDERS, SETTING_BUILDER, { "extension" }, { "type" }, { NULL } },
		{ CONSOLE_MODULES, SETTING_CONSOLE, { "name" }, { "type" }, { NULL } },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct setting s = setting_here(reading, kinds[i].kind);

		if (kinds[i].above != above)
			continue;
		s.name = first_of(reading, attributes, kinds[i].names);
		s.value = first_of(reading, attributes, kinds[i].values);
		s.more = join(reading, attributes, kinds[i].more);
		add(reading, &s);
	}
}

static void
add_filter(struct reading *reading, const char **attributes)
{
	static const char *const more[] = { "enabled", "preCondition", NULL };
	struct setting s = setting_here(reading, SETTING_FILTER);

	s.name = value(reading, attributes, "name");
	s.value = value(reading, attributes, "path");
	s.more = join(reading, attributes, more);
	add(reading, &s);
}

static void
add_directory(struct reading *reading, const char **attributes)
{
	static const char *const more[] = { "userName", "logonMethod", "allowSubDirConfig", NULL };
	struct setting s = setting_here(reading, SETTING_DIRECTORY);
	const char *path = xml_attribute(attributes, "path");
	CLEANUP(text_free) struct text address = { 0 };
	bool root = !strcmp(reading->application, "/") || !*reading->application;
	int r = text_printf(&address, "%s%s", root ? "" : reading->application,
			    path && (strcmp(path, "/") != 0 || root) ? path : "");

	if (r < 0) {
		no_memory(reading);
		return;
	}
	s.location = reading->site;
	s.name = copy(reading, text_view(&address));
	s.value = value(reading, attributes, "physicalPath");
	s.more = join(reading, attributes, more);
	add(reading, &s);
}

/* ---- keys ---- */

/* What every Exchange had before the update of February 2020, and everybody knows. */
static const char *const public_keys[] = {
	"CB2721ABDAF8E9DC516D621D8B8BF13A2C9E8689A25303BF", /* validation */
	"E9D2490BD0075B51D1BA5288514514AF",                 /* decryption */
};

static bool
is_written_out(const char *key)
{
	size_t n = key ? strspn(key, "0123456789abcdefABCDEF") : 0;

	return n >= 16 && (!key[n] || key[n] == ',');
}

static bool
is_public(const char *key)
{
	for (size_t i = 0; i < sizeof(public_keys) / sizeof(public_keys[0]); i++)
		if (!strncasecmp(key, public_keys[i], strlen(public_keys[i])))
			return true;
	return false;
}

/* A key is a secret of the owner: it is told apart from others by its hash, and not shown. */
static int
add_key_words(struct text *t, const char *name, const char *key)
{
	CLEANUP(text_free) struct text hex = { 0 };
	struct digest_value hash;
	size_t n = strspn(key, "0123456789abcdefABCDEF");
	int r = digest_sha256(view_of(key, n), &hash);

	if (r == 0)
		r = text_add_hex(&hex, view_of(hash.b, 8));
	return r < 0 ? r
		     : text_printf(t, "%s%s of %zu hex digits, SHA-256 of its text begins with %s", t->n ? "; " : "",
				   name, n, hex.s);
}

static void
add_key(struct reading *reading, const char **attributes)
{
	static const char *const names[] = { "validationKey", "decryptionKey" };
	static const char *const more[] = { "validation", "decryption", "compatibilityMode", NULL };
	struct setting s = setting_here(reading, SETTING_KEY);
	CLEANUP(text_free) struct text t = { 0 };
	int r = 0;

	for (size_t i = 0; i < 2 && r == 0; i++) {
		const char *key = xml_attribute(attributes, names[i]);

		if (!is_written_out(key))
			continue;
		s.known_key |= is_public(key);
		r = add_key_words(&t, names[i], key);
	}
	if (r < 0)
		no_memory(reading);
	if (!t.n)
		return;
	s.name = "machineKey";
	s.value = copy(reading, text_view(&t));
	s.more = join(reading, attributes, more);
	add(reading, &s);
}

/* ---- rewrite rules ---- */

static void
begin_rule(struct reading *reading, const char **attributes)
{
	const char *enabled = xml_attribute(attributes, "enabled");

	reading->rule = setting_here(reading, SETTING_REWRITE);
	reading->rule.name = value(reading, attributes, "name");
	text_cut(&reading->rule_does, 0);
	text_cut(&reading->rule_looks, 0);
	if (enabled && !strcasecmp(enabled, "false") && text_adds(&reading->rule_looks, "switched off") < 0)
		no_memory(reading);
}

static void
add_look(struct reading *reading, const char **attributes)
{
	const char *input = xml_attribute(attributes, "input"), *url = xml_attribute(attributes, "url"),
		   *pattern = xml_attribute(attributes, "pattern"),
		   *server = xml_attribute(attributes, "serverVariable");
	struct text *t = &reading->rule_looks;
	const char *of = input ? input : server ? server : "url", *is = pattern ? pattern : url ? url : "";

	if (t->n <= WEBCONFIG_TEXT_MAX && text_printf(t, "%s%s is like %s", t->n ? "; " : "", of, is) < 0)
		no_memory(reading);
}

static void
add_action(struct reading *reading, const char **attributes)
{
	const char *type = xml_attribute(attributes, "type"), *url = xml_attribute(attributes, "url"),
		   *to = xml_attribute(attributes, "value");
	const char *where = url ? url : to;

	text_cut(&reading->rule_does, 0);
	if (text_printf(&reading->rule_does, "%s%s%s", type ? type : "None", where ? " to " : "", where ? where : "") <
	    0)
		no_memory(reading);
}

void
setting_end_rule(struct reading *reading)
{
	reading->rule.value = reading->rule_does.n ? copy(reading, text_view(&reading->rule_does)) : "None";
	reading->rule.more = reading->rule_looks.n ? copy(reading, text_view(&reading->rule_looks)) : "";
	add(reading, &reading->rule);
}

/* ---- elements ---- */

void
setting_take(struct reading *reading, enum element element, enum element above, const char **attributes)
{
	switch (element) {
	case LOCATION:
		reading->location = value(reading, attributes, "path");
		break;
	case SITE:
		reading->site = value(reading, attributes, "name");
		reading->application = "";
		break;
	case APPLICATION:
		reading->application = value(reading, attributes, "path");
		break;
	case DIRECTORY:
		add_directory(reading, attributes);
		break;
	case FILTER:
		add_filter(reading, attributes);
		break;
	case MACHINE_KEY:
		add_key(reading, attributes);
		break;
	case RULE:
		begin_rule(reading, attributes);
		break;
	case MATCH:
		add_look(reading, attributes);
		break;
	case ACTION:
		add_action(reading, attributes);
		break;
	case ADD:
		if (above == CONDITIONS)
			add_look(reading, attributes);
		else
			add_item(reading, above, attributes);
		break;
	default:
		break;
	}
}
