/* hashes.c - lists of known files by their MD5, SHA-1 or SHA-256: known bad ones, and known good ones that look odd. */
#include <errno.h>
#include <strings.h>

#include "inside.h"
#include "text.h"

/* One line of a list: `HEX  text [family, confidence]`. */
struct line {
	struct digest_value value;
	struct view text, note;
};

struct list {
	const struct origin *from;
	enum digest_kind kind;
	bool benign;
	unsigned line;
};

static struct view
trim(struct view v)
{
	while (v.n && (v.p[0] == ' ' || v.p[0] == '\t'))
		v = view_from(v, 1);
	while (v.n && strchr(" \t\r", v.p[v.n - 1]))
		v.n--;
	return v;
}

/* The brackets at the end of the text. */
static void
split_note(struct line *line)
{
	const uint8_t *open;

	if (!line->text.n || line->text.p[line->text.n - 1] != ']')
		return;
	open = memrchr(line->text.p, '[', line->text.n);
	if (!open)
		return;
	line->note = view_of(open + 1, line->text.n - (size_t)(open - line->text.p) - 2);
	line->text = trim(view_of(line->text.p, (size_t)(open - line->text.p)));
}

static bool
parse_line(const struct list *list, struct view bytes, struct line *ret_line)
{
	size_t n = digest_size(list->kind), digits = 0;

	*ret_line = (struct line){ .note = view_of(NULL, 0) };
	while (digits < bytes.n && !strchr(" \t", bytes.p[digits]))
		digits++;
	if (hex_parse(view_of(bytes.p, digits), ret_line->value.b, n) != (int)n)
		return false;
	ret_line->text = trim(view_from(bytes, digits));
	if (ret_line->text.n && ret_line->text.p[0] == '*') /* md5sum's mark of binary mode */
		ret_line->text = view_from(ret_line->text, 1);
	split_note(ret_line);
	return true;
}

/* How sure the list is: the last word of the note, where that is a level. */
static enum level
confidence(struct view note)
{
	const uint8_t *comma = note.n ? memrchr(note.p, ',', note.n) : NULL;
	struct view word = trim(comma ? view_from(note, (uint64_t)(comma - note.p) + 1) : note);
	enum level level;

	return level_parse(word, &level) ? level : LEVEL_HIGH;
}

/* `help.aspx [SecChecker, high]` reads `help.aspx: SecChecker`. */
static const char *
title_of(const struct list *list, const struct line *line)
{
	const uint8_t *comma = line->note.n ? memrchr(line->note.p, ',', line->note.n) : NULL;
	struct view family = line->note;
	enum level level;

	if (comma && level_parse(trim(view_from(family, (uint64_t)(comma - family.p) + 1)), &level))
		family = trim(view_of(family.p, (size_t)(comma - family.p)));
	else if (level_parse(trim(family), &level))
		family = view_of(NULL, 0);
	return arena_printf(&list->from->profile->arena, "%.*s%s%.*s", (int)line->text.n, (const char *)line->text.p,
			    line->text.n && family.n ? ": " : "", (int)family.n, (const char *)family.p);
}

static int
add_rule(const struct list *list, const struct line *line, const struct rule **ret_rule)
{
	struct arena *arena = &list->from->profile->arena;
	CLEANUP(text_free) struct text hex = { 0 };
	struct rule draft = { .kind = RULE_HASH, .level = LEVEL_INFO };

	if (text_add_hex(&hex, view_of(line->value.b, digest_size(list->kind))) < 0)
		return -ENOMEM;
	if (!list->benign)
		draft.level = confidence(line->note);
	draft.id = arena_printf(arena, "%s:%s", digest_name(list->kind), hex.s);
	draft.title = title_of(list, line);
	if (!draft.id || !draft.title)
		return -ENOMEM;
	return rule_add(list->from, list->line, &draft, text_view(&hex), ret_rule);
}

static uint64_t
hash_of(enum digest_kind kind, const struct digest_value *value)
{
	return index_hash(view_of(value->b, digest_size(kind))) + kind;
}

static int
load_line(const struct list *list, struct view bytes)
{
	struct profile *profile = list->from->profile;
	struct hash_entry *entry;
	const struct rule *rule;
	struct line line;
	int r;

	bytes = trim(bytes);
	if (!bytes.n || bytes.p[0] == '#')
		return 0;
	if (!parse_line(list, bytes, &line))
		return complain(list->from, list->line, true, "does not begin with a %s in hexadecimal",
				digest_name(list->kind));
	r = add_rule(list, &line, &rule);
	if (r < 0 || !rule)
		return r;
	entry = vector_push(&profile->hashes);
	if (!entry)
		return -ENOMEM;
	*entry = (struct hash_entry){ .kind = list->kind, .value = line.value, .rule = rule, .benign = list->benign };
	profile->hash_kinds |= 1u << list->kind;
	return index_add(&profile->by_hash, hash_of(list->kind, &line.value), (uint32_t)profile->hashes.n - 1);
}

/* The kind of list is told by its name. */
static bool
kind_of(const char *name, enum digest_kind *ret_kind)
{
	const char *dot = strrchr(name, '.');

	for (int kind = 0; dot && kind < DIGEST_KINDS; kind++) {
		if (!strcasecmp(dot + 1, digest_name((enum digest_kind)kind))) {
			*ret_kind = (enum digest_kind)kind;
			return true;
		}
	}
	return false;
}

int
hashes_load(const struct origin *from)
{
	const char *name = strrchr(from->name, '/') + 1; /* every name has its profile in front */
	struct list list = { .from = from, .benign = !strncmp(name, "known-benign.", 13) };
	struct view rest = from->bytes;
	int r = 0;

	if (!kind_of(name, &list.kind))
		return complain(from, 0, true, "a list of hashes must be named .md5, .sha1 or .sha256");
	while (rest.n && r == 0) {
		const uint8_t *end = memchr(rest.p, '\n', rest.n);
		struct view bytes = view_of(rest.p, end ? (size_t)(end - rest.p) : rest.n);

		list.line++;
		rest = view_from(rest, bytes.n + (end != NULL));
		if (list.line == 1 && bytes.n >= 3 && !memcmp(bytes.p, "\xef\xbb\xbf", 3))
			bytes = view_from(bytes, 3);
		r = load_line(&list, bytes);
	}
	return r;
}

unsigned
hash_kinds(const struct profile *profile)
{
	return profile->hash_kinds;
}

const struct rule *
hash_lookup(const struct profile *profile, const struct digest_value values[static DIGEST_KINDS], unsigned kinds,
	    bool *ret_benign)
{
	/* the strongest digest first: MD5 and SHA-1 can be forged */
	for (int kind = DIGEST_KINDS; kind-- > 0;) {
		const struct digest_value *value = &values[kind];
		size_t at = 0;
		uint32_t number;

		if (!(kinds & profile->hash_kinds & 1u << kind))
			continue;
		while (index_next(&profile->by_hash, hash_of((enum digest_kind)kind, value), &at, &number)) {
			const struct hash_entry *entry = &profile->hashes.at[number];

			if (entry->kind != (enum digest_kind)kind ||
			    memcmp(entry->value.b, value->b, digest_size(entry->kind)))
				continue;
			*ret_benign = entry->benign;
			return entry->rule;
		}
	}
	return NULL;
}
