/* log_check.h - what must hold for a log of any bytes: no line is lost, and how it is read never shows. */
#ifndef LOG_CHECK_H
#define LOG_CHECK_H

#include <assert.h>
#include <string.h>

#include "logs.h"
#include "text.h"

static const char *const log_check_words[] = { "ServerInfo~", "/ecp/", "POST", "Set-Oab", "eins" };
enum { LOG_CHECK_WORDS = sizeof(log_check_words) / sizeof(log_check_words[0]) };

static inline const struct literals *
log_check_literals(struct literals **at)
{
	struct view views[LOG_CHECK_WORDS];

	for (size_t i = 0; i < LOG_CHECK_WORDS; i++)
		views[i] = view_text(log_check_words[i]);
	return *at || literals_open(views, LOG_CHECK_WORDS, at) == 0 ? *at : NULL;
}

struct log_tally {
	struct sink sink;
	const struct literals *only; /* tally just the lines that hold one; NULL: all */
	uint64_t told, over, split, digest, offset, size, damage, lines; /* over: told without being wanted */
	const struct view *columns;
	size_t column_count;
	uint64_t shown, shown_records, named; /* the values that were shown, and the same from the fields of told records */
};

static inline int
log_check_any(void *state, size_t offset, uint32_t which)
{
	(void)state;
	(void)offset;
	(void)which;
	return 1;
}

static inline void
log_check_mix(struct log_tally *t, struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		t->digest = (t->digest ^ v.p[i]) * UINT64_C(1099511628211);
	t->digest = (t->digest ^ v.n << 8 ^ !v.p) * UINT64_C(1099511628211);
}

/* Fields of a log line of W3C give the line again. */
static inline void
log_check_blanks(const struct log_line *line)
{
	size_t at = 0;

	for (size_t i = 0; i < line->fields.n; i++) {
		struct view v = line->fields.at[i].value.p ? line->fields.at[i].value : view_text("-");

		assert(view_equal(view_part(line->raw, at, v.n), v) || !v.n);
		at += v.n;
		if (i + 1 < line->fields.n)
			assert(line->raw.p[at++] == ' ');
	}
	assert(at == line->raw.n || (at + 1 == line->raw.n && line->raw.p[at] == ' '));
}

static inline uint64_t
log_check_add(uint64_t digest, struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		digest = (digest ^ v.p[i]) * UINT64_C(1099511628211);
	return (digest ^ v.n << 8 ^ (v.n ? 1 : 0)) * UINT64_C(1099511628211);
}

static inline void
log_check_values(void *state, const struct view *values)
{
	struct log_tally *t = state;

	t->shown_records++;
	for (size_t i = 0; i < t->column_count; i++)
		t->shown = log_check_add(t->shown, values[i]);
}

static inline int
log_check_line(void *state, const struct log_line *line)
{
	struct log_tally *t = state;

	assert(line->offset >= t->offset && line->offset < t->size && line->raw.n);
	assert(line->split || !line->fields.n);
	if (t->only && !literals_scan(t->only, line->raw, log_check_any, NULL)) {
		t->over++;
		return 0;
	}
	t->offset = line->offset;
	t->told++;
	t->split += line->split;
	for (size_t i = 0; line->split && i < t->column_count; i++) {
		struct text name = { 0 };

		assert(text_add(&name, t->columns[i]) == 0);
		t->named = log_check_add(t->named, log_value(line, name.s));
		text_free(&name);
	}
	t->digest = (t->digest ^ line->when << 1 ^ line->local << 2 ^ line->offset << 3) * UINT64_C(1099511628211);
	log_check_mix(t, line->raw);
	for (size_t i = 0; i < line->fields.n; i++) {
		log_check_mix(t, line->fields.at[i].name);
		log_check_mix(t, line->fields.at[i].value);
	}
	for (size_t i = 0; i < line->raw.n; i++)
		t->lines += line->raw.p[i] == '\n';
	t->lines++;
	return 0;
}

static inline int
log_check_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct log_tally *t = (struct log_tally *)out;

	assert(why && offset <= t->size);
	t->damage++;
	return 0;
}

static inline void
log_check_sums(const struct log_result *r)
{
	uint64_t lines = 0, records = 0;

	assert(r->lines.lines == r->records + r->more + r->comments + r->blank + r->lost);
	for (size_t i = 0; i < r->hour_count; i++) {
		const struct log_hour *h = &r->hours[i];

		assert(!i || h->hour > h[-1].hour);
		lines += h->lines;
		for (size_t k = 0; k < 6; k++)
			records += h->status[k];
	}
	assert(lines == r->records + r->more + r->lost && records == r->records);
	assert(r->first <= r->last && r->note_count <= LOG_NOTES_MAX && r->hour_count <= LOG_HOURS_MAX + 1);
}

static inline void
log_check_same(const struct log_result *a, const struct log_result *b)
{
	assert(a->records == b->records && a->more == b->more && a->comments == b->comments && a->blank == b->blank);
	assert(a->lost == b->lost && a->lost_at == b->lost_at && a->foreign == b->foreign && a->first == b->first && a->last == b->last);
	assert(a->lines.lines == b->lines.lines && a->lines.torn == b->lines.torn && a->lines.torn_at == b->lines.torn_at);
	assert(a->lines.long_lines == b->lines.long_lines && a->lines.nul == b->lines.nul);
	assert(a->hour_count == b->hour_count && a->note_count == b->note_count && a->assumed == b->assumed);
	for (size_t i = 0; i < a->hour_count; i++)
		assert(!memcmp(&a->hours[i], &b->hours[i], sizeof(*a->hours)));
}

/* Reads a log once, all lines of it or those with a word. */
static inline void
log_check_read(struct log_reading reading, struct view bytes, struct log_tally *t, struct log_result *ret)
{
	CLEANUP(source_close) struct source *src = NULL;

	t->sink.damage = log_check_damage;
	t->size = bytes.n;
	reading.out = &t->sink;
	reading.line = log_check_line;
	reading.state = t;
	if (t->column_count) {
		reading.columns = t->columns;
		reading.column_count = t->column_count;
		reading.values = log_check_values;
	}
	assert(source_memory(bytes, "log", &src) == 0);
	assert(log_read(&reading, src, ret) == 0);
	assert(ret->lines.bytes == bytes.n);
	log_check_sums(ret);
}

/* Some columns that such logs have, the first among them at times: then no edge says where its value begins. */
static inline size_t
log_check_columns(const struct log_kind *kind, size_t from, struct view ret[static LOG_VALUES_MAX])
{
	const char *const *fields = kind->source->fields;
	size_t n = 0, known = 0;

	while (log_kind_plain(kind) && fields[known])
		known++;
	for (size_t i = from; i < known && n < LOG_VALUES_MAX; i += 1 + i % 3)
		ret[n++] = view_text(fields[i]);
	return n;
}

static inline void
log_check(const struct log_kind *kind, const struct literals *words, struct view bytes, size_t longest, size_t block)
{
	struct log_reading all = { .kind = kind, .file = "u_ex210303.log", .all = true, .longest = longest };
	struct log_reading small = all, some = { .kind = kind, .file = all.file, .literals = words, .longest = longest, .block = block };
	CLEANUP(log_result_free) struct log_result one = { 0 }, two = { 0 }, three = { 0 }, four = { 0 };
	struct log_tally a = { 0 }, b = { 0 }, with = { .only = words }, wanted = { .only = words };
	struct log_reading plain = { .kind = log_kind_find("text"), .longest = longest, .block = block };
	CLEANUP(source_close) struct source *src = NULL;
	CLEANUP(log_result_free) struct log_result counted = { 0 };
	struct view columns[LOG_VALUES_MAX];

	a.columns = b.columns = wanted.columns = columns;
	a.column_count = b.column_count = wanted.column_count = log_check_columns(kind, block % 8, columns);
	small.block = block;
	log_check_read(all, bytes, &a, &one);
	log_check_read(small, bytes, &b, &two);
	log_check_same(&one, &two);
	assert(a.shown == a.named && (!a.column_count || a.shown_records == one.records));
	assert(b.shown == a.shown && b.shown_records == a.shown_records);
	assert(a.told == b.told && a.digest == b.digest && a.damage == b.damage);
	assert(one.lines.long_lines || a.lines == one.records + one.more + one.lost);
	assert(source_memory(bytes, "log", &src) == 0 && log_read(&plain, src, &counted) == 0); /* whatever kind it is taken for */
	assert(counted.lines.lines == one.lines.lines && counted.lines.nul == one.lines.nul && counted.lines.torn == one.lines.torn);
	log_check_read(some, bytes, &wanted, &three);
	log_check_same(&one, &three);
	assert(!wanted.over || kind->inner);
	assert(wanted.shown == a.shown && wanted.shown_records == a.shown_records); /* whatever is told */
	log_check_read(all, bytes, &with, &four);
	assert(with.told == wanted.told && with.digest == wanted.digest);
}

#endif
