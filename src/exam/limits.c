/* limits.c - what could not be seen of an image, gathered from every thread and written in one order. */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>

#include "arena.h"
#include "exam.h"
#include "fail.h"

enum { LIMITS_MAX = 100000 }; /* rows kept one by one; beyond, only counted */

struct limit {
	const char *path, *stream, *what;
	int64_t mft, offset;
	uint64_t count;
};

struct limits {
	struct sink sink; /* first, so that a sink is its limits */
	pthread_mutex_t lock;
	struct arena arena;
	const char *path;
	uint32_t volume, record_size; /* record_size: offsets are those of a $MFT with such records; else 0 */
	VECTOR(struct limit) rows;
	uint64_t beyond;
	uint64_t total; /* ever told, also those that are written */
};

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct limits *limits = (struct limits *)out;

	int64_t entry = limits->record_size ? (int64_t)(offset / limits->record_size) : -1;

	return limits_add(limits, limits->path, entry, "", (int64_t)offset, why, 1);
}

int
limits_new(const char *path, uint32_t volume, struct limits **ret_limits)
{
	struct limits *limits = calloc(1, sizeof(*limits));

	if (!limits)
		return fail(ENOMEM, "out of memory for the limitations of %s", path);
	limits->sink.damage = take_damage;
	limits->path = path;
	limits->volume = volume;
	pthread_mutex_init(&limits->lock, NULL);
	*ret_limits = limits;
	return 0;
}

struct limits *
limits_free(struct limits *limits)
{
	if (!limits)
		return NULL;
	pthread_mutex_destroy(&limits->lock);
	vector_free(&limits->rows);
	arena_free(&limits->arena);
	free(limits);
	return NULL;
}

void
limits_records(struct limits *limits, uint32_t record_size)
{
	limits->record_size = record_size;
}

struct sink *
limits_sink(struct limits *limits)
{
	return &limits->sink;
}

uint64_t
limits_count(const struct limits *limits)
{
	return limits->total;
}

static int
keep(struct limits *limits, const struct limit *limit)
{
	struct limit *row;

	limits->total += limit->count;
	if (limits->rows.n >= LIMITS_MAX) {
		limits->beyond += limit->count;
		return 0;
	}
	row = vector_push(&limits->rows);
	if (!row)
		return -ENOMEM;
	*row = *limit;
	row->path = arena_copy(&limits->arena, view_text(limit->path));
	row->stream = arena_copy(&limits->arena, view_text(limit->stream));
	row->what = arena_copy(&limits->arena, view_text(limit->what));
	return row->path && row->stream && row->what ? 0 : -ENOMEM;
}

int
limits_add(struct limits *limits, const char *path, int64_t mft, const char *stream, int64_t offset, const char *what,
	   uint64_t count)
{
	struct limit row = {
		.path = path, .stream = stream, .what = what, .mft = mft, .offset = offset, .count = count
	};
	int r;

	pthread_mutex_lock(&limits->lock);
	r = keep(limits, &row);
	pthread_mutex_unlock(&limits->lock);
	return r < 0 ? fail(ENOMEM, "out of memory for the limitations of %s", limits->path) : 0;
}

static int
compare(const void *a, const void *b)
{
	const struct limit *x = a, *y = b;
	int c = strcmp(x->path, y->path);

	if (!c)
		c = (x->mft > y->mft) - (x->mft < y->mft);
	if (!c)
		c = strcmp(x->stream, y->stream);
	if (!c)
		c = (x->offset > y->offset) - (x->offset < y->offset);
	return c ? c : strcmp(x->what, y->what);
}

static bool
same(const struct limit *a, const struct limit *b)
{
	return !compare(a, b);
}

static int
write_row(const struct limits *limits, struct case_db *db, const struct limit *row)
{
	return case_limitation(db, &(struct limitation_row){
					   .volume = limits->volume,
					   .path = view_text(row->path),
					   .stream = view_text(row->stream),
					   .mft = row->mft,
					   .offset = row->offset,
					   .what = row->what,
					   .count = row->count,
				   });
}

int
limits_write(struct limits *limits, struct case_db *db)
{
	static const char more[] = "more of these than are listed one by one";
	int r = 0;

	vector_sort(&limits->rows, compare);
	for (size_t i = 0; i < limits->rows.n && r == 0;) {
		struct limit row = limits->rows.at[i++];

		while (i < limits->rows.n && same(&row, &limits->rows.at[i]))
			row.count += limits->rows.at[i++].count;
		r = write_row(limits, db, &row);
	}
	if (r == 0 && limits->beyond)
		r = write_row(limits, db,
			      &(struct limit){ .path = limits->path,
					       .stream = "",
					       .what = more,
					       .mft = -1,
					       .offset = -1,
					       .count = limits->beyond });
	limits_forget(limits);
	return r;
}

void
limits_forget(struct limits *limits)
{
	vector_free(&limits->rows);
	limits->beyond = 0;
}

int
limits_text(const struct limits *limits, struct text *ret_text)
{
	int r = 0;

	for (size_t i = 0; i < limits->rows.n && r == 0; i++) {
		const struct limit *row = &limits->rows.at[i];

		r = text_adds(ret_text, "  limitation: ");
		if (r == 0)
			r = text_add_escaped(ret_text, view_text(row->what));
		if (r == 0 && row->offset >= 0)
			r = text_printf(ret_text, " (at byte %" PRId64 ")", row->offset);
		if (r == 0)
			r = text_addc(ret_text, '\n');
	}
	return r;
}
