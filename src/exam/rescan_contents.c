/* rescan_contents.c - kept bytes held against YARA rules, hash lists and the baseline of another profile. */
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "fail.h"
#include "rescan_own.h"

enum { EXTENSION = 16 };

/* A folder that an Exchange was installed in. */
struct install {
	uint32_t number;
	struct view path;
};

struct contents {
	struct sink sink; /* first, so that a sink is its contents */
	struct rescan *r;
	struct content *content;
	struct rescan_place place; /* of the stream at hand */
	VECTOR(struct install) installs;
};

static int
take_event(struct sink *out, const struct event *e)
{
	(void)out, (void)e;
	return 0;
}

static int
take_mark(struct sink *out, const struct mark *mark)
{
	struct contents *c = (struct contents *)out;

	return rescan_finding(c->r, &c->place, mark, mark->rule->level);
}

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	(void)out, (void)offset, (void)why;
	return 0; /* kept bytes are whole, or the case was refused */
}

static int
take_binding(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct contents *c = state;
	struct view path = row_value(n, names, values, "path");
	struct install *install;

	(void)is_number;
	if (!view_equal(row_value(n, names, values, "variable"), view_text("exchange_install")))
		return 0;
	install = vector_push(&c->installs);
	if (!install)
		return fail(ENOMEM, "out of memory to ask the case again");
	install->number = (uint32_t)(view_number(row_value(n, names, values, "place")) & 65535);
	install->path = view_of(arena_copy(&c->r->arena, path), path.n);
	return install->path.p ? 0 : fail(ENOMEM, "out of memory to ask the case again");
}

/* The path within the Exchange folder that the file lies in, "" elsewhere. */
static const char *
relative_of(const struct contents *c, const char *path)
{
	for (size_t i = 0; i < c->installs.n; i++) {
		struct view root = c->installs.at[i].path;

		if (c->installs.at[i].number == c->place.number &&
		    !strncasecmp(path, (const char *)root.p, root.n) && path[root.n] == '/')
			return path + root.n + 1;
	}
	return "";
}

static const char *
extension_of(const char *name, char lower[static EXTENSION])
{
	const char *dot = strrchr(name, '.');
	size_t n = 0;

	for (; dot && dot[n] && n < EXTENSION - 1; n++)
		lower[n] = (char)(dot[n] >= 'A' && dot[n] <= 'Z' ? dot[n] + 32 : dot[n]);
	lower[n] = 0;
	return lower;
}

/* Other tools see the same bytes in the case. */
static int
compose_command(const struct rescan *r, struct view kept, struct text *ret)
{
	(void)r;
	return text_printf(ret,
			   "sqlite3 -readonly case.db \"SELECT hex(data) FROM blob WHERE sha256 = x'%.*s'\" | xxd -r -p | sha256sum",
			   (int)kept.n, (const char *)kept.p);
}

static int
ask_bytes(struct contents *c, struct view kept, const char *path, const char *owner)
{
	CLEANUP(source_close) struct source *source = NULL;
	CLEANUP(text_free) struct text hex = { 0 }, command = { 0 };
	CLEANUP(free) uint8_t *bytes = NULL;
	const char *slash = strrchr(path, '/');
	char extension[EXTENSION];
	struct content_place place = { .path = path, .name = slash ? slash + 1 : path, .owner = owner, .build = "" };
	struct content_result result = { 0 };
	size_t n = 0;
	int r = text_add(&hex, kept);

	if (r == 0)
		r = compose_command(c->r, kept, &command);
	if (r == 0)
		r = case_kept(c->r->from, hex.s, &bytes, &n);
	if (r < 0)
		return r == -ENOENT ? fail(EBADMSG, "the case does not keep the bytes that it names") : r;
	c->place.bytes = view_of(bytes, n);
	c->place.command = command.s;
	c->r->count.contents++;
	place.extension = extension_of(place.name, extension);
	place.relative = relative_of(c, path);
	r = source_memory(c->place.bytes, path, &source);
	return r < 0 ? r : content_read(c->content, source, &place, &c->sink, &result);
}

/* What the lists of hashes say of a file whose bytes are gone. */
static int
ask_hashes(struct contents *c, int n, const char *const *names, const struct view *values)
{
	struct digest_value digests[DIGEST_KINDS] = { 0 };
	const struct rule *rule;
	bool benign = false;
	unsigned kinds = 0;

	for (int kind = 0; kind < DIGEST_KINDS; kind++) {
		struct view hex = row_value(n, names, values, digest_name((enum digest_kind)kind));

		if (hex.n && hex_parse(hex, digests[kind].b, DIGEST_MAX) == (int)digest_size((enum digest_kind)kind))
			kinds |= 1u << kind;
	}
	c->r->count.not_kept++;
	rule = kinds ? hash_lookup(c->r->profile, digests, kinds, &benign) : NULL;
	if (!rule || benign)
		return 0;
	c->place.command = "sqlite3 -readonly case.db \"SELECT path, sha256 FROM v_files WHERE sha256 IS NOT NULL\"";
	return take_mark(&c->sink, &(struct mark){ .rule = rule, .basis = view_text(rule->id) });
}

static int
take_content(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct contents *c = state;
	struct view kept = row_value(n, names, values, "kept"), hex = row_value(n, names, values, "sha256");
	CLEANUP(text_free) struct text path = { 0 }, owner = { 0 };
	uint8_t sha256[DIGEST_MAX];
	int r = text_add(&path, row_value(n, names, values, "path"));

	(void)is_number;
	if (r == 0)
		r = text_adds(&owner, "");
	if (r == 0)
		r = text_add(&owner, row_value(n, names, values, "owner"));
	if (r < 0)
		return fail(ENOMEM, "out of memory to ask the case again");
	c->place = (struct rescan_place){
		.number = (uint32_t)view_number(row_value(n, names, values, "number")),
		.file = view_number(row_value(n, names, values, "file")),
		.when = row_value(n, names, values, "stream").n ? 0 : view_number(row_value(n, names, values, "born")),
		.mft = view_number(row_value(n, names, values, "mft")),
		.attribute = view_number(row_value(n, names, values, "attribute")),
		.seq = (uint16_t)view_number(row_value(n, names, values, "seq")),
		.path = text_view(&path),
		.stream = row_value(n, names, values, "stream"),
		.sha256 = hex_parse(hex, sha256, sizeof(sha256)) == DIGEST_MAX ? sha256 : NULL,
		.deleted = !view_equal(row_value(n, names, values, "allocated"), view_text("1")),
	};
	return kept.n ? ask_bytes(c, kept, path.s, owner.s) : ask_hashes(c, n, names, values);
}

/* Rules on content can answer where there was some; those on hashes, where something was hashed. */
static void
note_asked(struct rescan *r)
{
	const struct rule *const *rules;
	size_t n = profile_rules(r->profile, &rules);

	for (size_t i = 0; i < n; i++) {
		if (rules[i]->kind == RULE_YARA)
			r->asked[rules[i]->number] = r->count.contents > 0;
		if (rules[i]->kind == RULE_HASH)
			r->asked[rules[i]->number] = r->count.contents + r->count.not_kept > 0;
	}
}

int
rescan_contents(struct rescan *r)
{
	struct contents c = { .sink = { .event = take_event, .mark = take_mark, .damage = take_damage }, .r = r };
	int result = content_open(r->profile, &c.content);

	if (result == 0)
		result = rescan_ask(r, "v_bindings", NULL, take_binding, &c);
	if (result == 0)
		result = rescan_ask(r, "v_contents", NULL, take_content, &c);
	if (result == 0)
		note_asked(r);
	content_close(c.content);
	vector_free(&c.installs);
	return result;
}
