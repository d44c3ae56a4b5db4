/* rescan_names.c - the files that a case lists, held against the path rules of another profile. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "fail.h"
#include "filetime.h"
#include "rescan_own.h"
#include "upcase.h"

struct names {
	struct rescan *r;
	struct chooser *chooser;
	struct upcase *fold;
	VECTOR(struct binding) bindings;
	uint32_t number;    /* of the volume, and */
	struct text folder; /* the folder that was looked into last, and the set of patterns that is alive there */
	bool any;
	int64_t state;
};

static int
no_memory(void)
{
	return fail(ENOMEM, "out of memory to ask the files of the case again");
}

static int
take_binding(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct names *s = state;
	struct view path = row_value(n, names, values, "path");
	uint64_t number = view_number(row_value(n, names, values, "place")) & 65535;
	struct binding *b = number && path.n ? vector_push(&s->bindings) : NULL;

	(void)is_number;
	if (!number || !path.n)
		return 0;
	if (!b)
		return no_memory();
	b->variable = arena_copy(&s->r->arena, row_value(n, names, values, "variable"));
	b->path = arena_copy(&s->r->arena, view_from(path, 1));
	b->volume = (uint32_t)number - 1;
	return b->variable && b->path ? 0 : no_memory();
}

/* A name of the case as Windows has it: \u{2f} and its like are single units again. */
static int
add_units(struct text *t, struct view name)
{
	CLEANUP(text_free) struct text part = { 0 };
	int r = 0;

	for (size_t i = 0; i < name.n && r == 0;) {
		const uint8_t *end = view_has(name, i, 5) && !memcmp(name.p + i, "\\u{", 3)
					     ? memchr(name.p + i, '}', name.n - i)
					     : NULL;
		size_t digits = end ? (size_t)(end - (name.p + i + 3)) : 0;
		uint32_t unit = 0;

		for (size_t k = 0; k < digits; k++) {
			uint8_t c = name.p[i + 3 + k] | 32;

			unit = unit << 4 | (uint32_t)(c >= 'a' ? c - 'a' + 10 : c - ('0' | 32));
		}
		if (digits && digits <= 4 && unit <= 0xffff) {
			const char le[2] = { (char)(unit & 0xff), (char)(unit >> 8) };

			r = part.n ? text_to_utf16(text_view(&part), t) : 0;
			text_cut(&part, 0);
			if (r == 0)
				r = text_add(t, view_of(le, 2));
			i += digits + 4;
			continue;
		}
		r = text_addc(&part, (char)name.p[i++]);
	}
	return r < 0 || !part.n ? r : text_to_utf16(text_view(&part), t);
}

static int
give_path(void *owner, struct text *ret_path)
{
	const struct names *s = owner;

	return text_add(ret_path, text_view(&s->folder));
}

/* The patterns that are alive in a folder, by its path without the first slash. */
static int
enter(struct names *s, uint32_t number, struct view folder)
{
	const struct chooser_path where = { .get = give_path, .owner = s };
	int r = 0;

	if (s->any && s->number == number && view_equal(text_view(&s->folder), folder))
		return 0;
	text_cut(&s->folder, 0);
	s->any = true;
	s->number = number;
	s->state = chooser_root(s->chooser, number - 1);
	for (size_t at = 0; at < folder.n && s->state > 0 && r == 0;) {
		const uint8_t *slash = memchr(folder.p + at, '/', folder.n - at);
		size_t end = slash ? (size_t)(slash - folder.p) : folder.n;
		CLEANUP(text_free) struct text name = { 0 };

		r = add_units(&name, view_part(folder, at, end - at));
		if (r == 0)
			s->state = chooser_enter(s->chooser, s->state, text_view(&name), s->fold, &where);
		text_cut(&s->folder, 0);
		if (r == 0)
			r = text_add(&s->folder, view_part(folder, 0, end));
		at = end + 1;
	}
	if (s->state < 0)
		return (int)s->state;
	text_cut(&s->folder, 0);
	return r < 0 ? r : text_add(&s->folder, folder);
}

/* As after reading the file: a name says little once the content is known to be what ships under it. */
static int
write_hit(struct names *s, const struct rule *rule, int n, const char *const *names, const struct view *values)
{
	struct view grade = row_value(n, names, values, "baseline"), hex = row_value(n, names, values, "sha256");
	bool shipped = view_equal(grade, view_text("unknown-hash"));
	enum level level = shipped && rule->level > LEVEL_LOW ? LEVEL_LOW : rule->level;
	CLEANUP(text_free) struct text command = { 0 };
	uint8_t sha256[DIGEST_MAX];
	struct rescan_place place = {
		.number = s->number,
		.file = view_number(row_value(n, names, values, "file")) & UINT64_C(0xffffffffff),
		.mft = view_number(row_value(n, names, values, "mft")),
		.attribute = view_number(row_value(n, names, values, "attribute")),
		.seq = (uint16_t)view_number(row_value(n, names, values, "seq")),
		.path = row_value(n, names, values, "path"),
		.stream = row_value(n, names, values, "stream"),
		.sha256 = hex_parse(hex, sha256, sizeof(sha256)) == DIGEST_MAX ? sha256 : NULL,
		.deleted = !view_equal(row_value(n, names, values, "allocated"), view_text("1")),
	};

	if (view_equal(grade, view_text("known")) || view_equal(grade, view_text("other-build")) ||
	    (shipped && rule->level < LEVEL_LOW))
		return 0;
	if (!place.stream.n && filetime_parse(row_value(n, names, values, "fn_created"), &place.when) < 0)
		place.when = 0;
	if (text_printf(&command, "sqlite3 -readonly case.db \"SELECT path FROM v_files WHERE mft = %" PRIu64 " AND seq = %u\"",
			place.mft, place.seq) < 0)
		return no_memory();
	place.command = command.s;
	return rescan_finding(s->r, &place,
			      &(struct mark){ .rule = rule,
					      .basis = view_text(shipped ? "the path matches; Exchange ships a file here, but "
									   "the hash of this one is in no list"
									 : "the path matches") },
			      level);
}

static int
take_file(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct names *s = state;
	struct view path = view_from(row_value(n, names, values, "path"), 1), name = path, folder = view_of("", 0);
	const uint8_t *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
	const struct chooser_path where = { .get = give_path, .owner = s };
	CLEANUP(text_free) struct text units = { 0 };
	struct chosen chosen;
	int r;

	(void)is_number;
	if (slash) {
		folder = view_part(path, 0, (size_t)(slash - path.p));
		name = view_from(path, folder.n + 1);
	}
	s->r->count.names++;
	r = enter(s, (uint32_t)view_number(row_value(n, names, values, "number")), folder);
	if (r == 0)
		r = add_units(&units, name);
	if (r == 0)
		r = chooser_file(s->chooser, s->state, text_view(&units), s->fold, &where, &chosen);
	if (r < 0)
		return no_memory();
	for (size_t i = 0; i < chosen.rule_count && r == 0; i++)
		r = write_hit(s, chosen.rules[i], n, names, values);
	return r;
}

/* Whether the profile has rules on names at all: true with all of them noted as asked. */
static bool
note_asked(struct rescan *r)
{
	const struct rule *const *rules;
	size_t n = profile_rules(r->profile, &rules);
	bool any = false;

	for (size_t i = 0; i < n; i++)
		if (rules[i]->kind == RULE_PATH)
			any = r->asked[rules[i]->number] = true;
	return any;
}

int
rescan_names(struct rescan *r)
{
	struct names s = { .r = r, .fold = malloc(sizeof(*s.fold)) };
	int result = s.fold ? 0 : no_memory();

	if (result == 0 && note_asked(r)) {
		upcase_default(s.fold);
		result = rescan_ask(r, "v_bindings", NULL, take_binding, &s);
		if (result == 0)
			result = chooser_new(r->profile, s.bindings.at, s.bindings.n, r->exam.volume_count, &s.chooser);
		if (result == 0)
			result = rescan_ask(r, "v_files", NULL, take_file, &s);
	}
	chooser_free(s.chooser);
	vector_free(&s.bindings);
	text_free(&s.folder);
	free(s.fold);
	return result;
}
