/* builds.c - what all witnesses say of the builds that an Exchange had, put together, and which of them it ended with. */
#include "builds.h"

#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "filetime.h"
#include "registered.h"

static int
no_memory(const struct exam *exam)
{
	return fail(ENOMEM, "out of memory for the builds of %s", exam->path);
}

static int
open_builds(struct exam *exam)
{
	if (!exam->builds)
		exam->builds = calloc(1, sizeof(*exam->builds));
	return exam->builds ? 0 : no_memory(exam);
}

struct builds *
builds_free(struct builds *builds)
{
	if (!builds)
		return NULL;
	vector_free(&builds->told.rows);
	vector_free(&builds->told.mitigations);
	arena_free(&builds->told.arena);
	free(builds);
	return NULL;
}

/* ---- taking ---- */

static size_t
folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) : 0;
}

/* The logs of one folder that say the same are one row; everything else is one of its own. */
static bool
says_the_same(const struct statement_row *a, const struct statement_row *b)
{
	size_t n = folder_length(a->path);

	if (a->witness != b->witness || a->means != b->means || a->host != b->host || a->volume != b->volume ||
	    !build_same(&a->build, &b->build) || strcmp(a->note, b->note))
		return false;
	return a->witness == WITNESS_LOG && n == folder_length(b->path) && !memcmp(a->path, b->path, n);
}

static bool
comes_before(const struct statement_row *a, const struct statement_row *b)
{
	return a->first != b->first ? a->first < b->first : strcmp(a->path, b->path) < 0;
}

static int
merge(struct exam *exam, struct statement_row *into, const struct statement_row *row)
{
	uint64_t last = row->last > into->last ? row->last : into->last;

	if (comes_before(row, into)) {
		into->first = row->first;
		into->mft = row->mft;
		into->offset = row->offset;
		into->path = arena_copy(&exam->builds->told.arena, view_text(row->path));
	}
	into->last = last;
	into->files += row->files;
	return into->path ? 0 : no_memory(exam);
}

int
builds_take(struct exam *exam, const struct statement_row *row)
{
	struct witnessed *told;
	struct statement_row *slot;
	int r = open_builds(exam);

	if (r < 0)
		return r;
	told = &exam->builds->told;
	for (size_t i = 0; i < told->rows.n; i++)
		if (says_the_same(&told->rows.at[i], row))
			return merge(exam, &told->rows.at[i], row);
	if (told->rows.n >= WITNESS_ROWS_MAX) {
		exam->builds->more++;
		return 0;
	}
	slot = vector_push(&told->rows);
	if (!slot)
		return no_memory(exam);
	*slot = *row;
	slot->path = arena_copy(&told->arena, view_text(row->path));
	slot->note = arena_copy(&told->arena, view_text(row->note));
	return slot->path && slot->note ? 0 : no_memory(exam);
}

static int
take_mitigation(struct exam *exam, const struct mitigation_seen *seen)
{
	struct witnessed *told = &exam->builds->told;
	struct mitigation_seen *slot;

	if (told->mitigations.n >= WITNESS_ROWS_MAX) {
		exam->builds->more++;
		return 0;
	}
	slot = vector_push(&told->mitigations);
	if (!slot)
		return no_memory(exam);
	*slot = *seen;
	slot->path = arena_copy(&told->arena, view_text(seen->path));
	slot->note = arena_copy(&told->arena, view_text(seen->note));
	return slot->path && slot->note ? 0 : no_memory(exam);
}

int
witness_take(struct exam *exam, const struct slot *slot)
{
	const struct witnessed *w = slot->witnessed;
	int r = open_builds(exam);

	for (size_t i = 0; i < w->rows.n && r == 0; i++)
		r = builds_take(exam, &w->rows.at[i]);
	for (size_t i = 0; i < w->mitigations.n && r == 0; i++)
		r = take_mitigation(exam, &w->mitigations.at[i]);
	return r;
}

/* ---- folders ---- */

int
builds_folder(struct exam *exam, uint32_t host, uint32_t volume, uint32_t folder, const struct build *build)
{
	const struct catalog *catalog = exam->volumes[volume].catalog;
	CLEANUP(text_free) struct text path = { 0 };
	struct statement_row row = {
		.witness = WITNESS_FOLDER, .means = STATED_UNDATED, .host = host, .volume = volume, .build = *build, .files = 1
	};
	struct catalog_cursor cursor;
	struct folder f;
	int r = text_addc(&path, '/');

	catalog_folder(catalog, folder, &f);
	if (r == 0)
		r = catalog_folder_path(catalog, folder, &path);
	if (r < 0)
		return no_memory(exam);
	r = catalog_get(catalog, f.reference.entry, &cursor);
	if (r > 0 && cursor.entry.name_count)
		row.first = cursor.entry.names[0].fn.created;
	catalog_stop(&cursor);
	if (r < 0)
		return no_memory(exam);
	row.path = path.s;
	row.mft = f.reference.entry;
	row.note = build->parts == BUILD_CU_PARTS ? "tells the cumulative update alone" : "";
	if (row.first && build_was_out(exam, build, row.first))
		row.means = STATED_INSTALLED;
	else if (row.first)
		row.note = "made before this build was released: its time is not that of the installation";
	return builds_take(exam, &row);
}

/* ---- ExSetup.exe of every host ---- */

/* What is wrong with the program itself is told here, and what is wrong with its stream when that is read and hashed. */
struct telling {
	struct sink sink;
	struct limits *limits;
	const struct candidate *c;
};

static int
tell_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct telling *t = (struct telling *)out;

	return limits_add(t->limits, t->c->path, (int64_t)t->c->entry.entry, "", (int64_t)offset, why, 1);
}

static int
keep_quiet(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	(void)offset;
	(void)why;
	return 0;
}

static int
unreadable(struct exam *exam, const struct candidate *c)
{
	return limits_add(exam->volumes[c->volume].limits, c->path, (int64_t)c->entry.entry, "", -1,
			  "ExSetup.exe cannot be read: the build of Exchange is not known from it", 1);
}

/* What it says of its version, with what is known against its bytes. */
static int
hear_program(struct exam *exam, const struct candidate *c, struct source *stream)
{
	struct telling telling = { .sink.damage = tell_damage, .limits = exam->volumes[c->volume].limits, .c = c };
	struct witnessed told = { 0 };
	int r = witness_program(&told, exam, c, stream, &telling.sink);

	if (r == 0 && told.rows.n && source_trust(stream, 0, stream->size))
		told.rows.at[0].note = note_add(&told.arena, told.rows.at[0].note, "rests on damaged or unverified bytes");
	if (r == 0 && told.rows.n && !told.rows.at[0].note)
		r = no_memory(exam);
	for (size_t i = 0; i < told.rows.n && r == 0; i++)
		r = builds_take(exam, &told.rows.at[i]);
	vector_free(&told.rows);
	arena_free(&told.arena);
	return r;
}

static int
read_program(struct exam *exam, const struct candidate *c, uint64_t attribute)
{
	struct exam_volume *v = &exam->volumes[c->volume];
	struct unit unit = {
		.kind = UNIT_STREAM, .volume = v->number, .at = c->entry.entry << 16 | c->entry.sequence, .sub = attribute
	};
	CLEANUP(source_close) struct source *stream = NULL;
	struct sink quiet = { .damage = keep_quiet };
	int r;

	if (watch_aside(exam->watch, &unit))
		return unreadable(exam, c);
	watch_begin(exam->watch, WATCH_MAIN, &unit, WATCH_SECONDS);
	r = stream_open(v->ntfs, c->entry, attribute, &quiet, &stream);
	if (r == 0)
		r = hear_program(exam, c, stream);
	else if (r == -ESTALE || r == -ENOENT || r == -EINVAL)
		r = unreadable(exam, c);
	exam_phase(exam, PHASE_WALK);
	return r;
}

static int
confirm_host(struct exam *exam, const struct host_place *place)
{
	CLEANUP(text_free) struct text path = { 0 };
	struct candidate c = { .volume = place->volume, .entry = place->program, .flags = FILE_ALLOCATED };
	struct catalog_cursor cursor;
	uint64_t attribute = 0;
	bool data = false;
	int r = text_printf(&path, "/%s/Bin/ExSetup.exe", place->path);

	if (r < 0)
		return no_memory(exam);
	r = catalog_get(exam->volumes[place->volume].catalog, place->program.entry, &cursor);
	for (uint32_t i = 0; r > 0 && i < cursor.entry.stream_count; i++)
		if (!cursor.entry.streams[i].name.n) {
			attribute = cursor.entry.streams[i].attribute;
			data = !(cursor.entry.streams[i].flags & (STREAM_ENCRYPTED | STREAM_ELSEWHERE));
		}
	if (r > 0) {
		c.si = cursor.entry.si;
		c.fn = cursor.entry.name_count ? cursor.entry.names[0].fn : c.si;
	}
	catalog_stop(&cursor);
	c.path = path.s;
	if (r < 0)
		return no_memory(exam);
	return data ? read_program(exam, &c, attribute) : unreadable(exam, &c);
}

int
builds_confirm(struct exam *exam)
{
	int r = 0;

	for (size_t i = 0; i < exam->hosts.n && r == 0; i++)
		if (exam->hosts.at[i].kind == HOST_EXCHANGE && exam->hosts.at[i].program.entry)
			r = confirm_host(exam, &exam->hosts.at[i]);
	return r < 0 ? r : registered_builds(exam);
}

/* ---- which it is in the end ---- */

/* ExSetup.exe, which every update replaces; without it the newest build that another names, or at last an update. */
enum rank { RANK_PROGRAM, RANK_BUILD, RANK_UPDATE, RANKS };

static const char *const reasons[RANKS] = {
	[RANK_PROGRAM] = "ExSetup.exe says so, which every update replaces",
	[RANK_BUILD] = "there is no ExSetup.exe that says one: the newest build that another witness names",
	[RANK_UPDATE] = "there is no ExSetup.exe that says one: the newest cumulative update that another witness names",
};

static bool
counts(const struct statement_row *row, uint32_t host, enum rank rank)
{
	if (row->host != host || row->means == STATED_TRIED || row->witness == WITNESS_BEFORE)
		return false;
	if (rank == RANK_PROGRAM)
		return row->witness == WITNESS_PROGRAM && !row->deleted;
	return rank == RANK_UPDATE || row->build.parts == BUILD_PARTS;
}

bool
builds_resolve(const struct exam *exam, uint32_t host, struct build *ret_build, struct text *ret_reason)
{
	for (enum rank rank = 0; rank < RANKS; rank++) {
		const struct statement_row *best = NULL;

		for (size_t i = 0; exam->builds && i < exam->builds->told.rows.n; i++) {
			const struct statement_row *row = &exam->builds->told.rows.at[i];

			if (counts(row, host, rank) && (!best || build_compare(&row->build, &best->build) > 0))
				best = row;
		}
		if (best) {
			*ret_build = best->build;
			return text_adds(ret_reason, reasons[rank]) == 0;
		}
	}
	return false;
}
