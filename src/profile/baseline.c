/* baseline.c - the files that Exchange itself ships, and how a file found in its folders compares with them. */
#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "builds.h"
#include "csv.h"
#include "inside.h"

/* How folders named after a build, and the one that stands for the newest, are written in the tables. */
static const char any_version[] = "version";

/* ---- paths as they are compared ---- */

/*
 * A relative path in small letters with '/' between names. Shipped paths are ASCII, so that bytes are enough; letters
 * beyond it are compared as they are. Of a longer path as many names as there is room for are kept: no shipped one is
 * that long.
 */
struct folded_path {
	char text[1024];
	size_t n;
	bool cut;
	bool page; /* ASP.NET serves or compiles it */
};

/* `15.1.2176` and `15.2.792.10`, but no file name with two dots in it. */
static bool
is_version(struct view name)
{
	int dots = 0;

	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '.')
			dots++;
		else if (!isdigit(name.p[i]))
			return false;
	}
	return dots == 2 || dots == 3;
}

static bool
is_page(struct view name)
{
	static const char *const pages[] = {
		".aspx", ".ashx", ".asmx", ".asax", ".ascx", ".asp", ".svc", ".master", ".cshtml", ".config", ".soap",
	};

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		size_t n = strlen(pages[i]);

		if (name.n > n && !strncasecmp((const char *)name.p + name.n - n, pages[i], n))
			return true;
	}
	return false;
}

static void
add_name(struct folded_path *path, struct view name)
{
	if (path->cut || name.n + 1 > sizeof(path->text) - path->n) {
		path->cut = true;
		return;
	}
	if (path->n)
		path->text[path->n++] = '/';
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];

		path->text[path->n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
}

/* In the path of a found file, folders of a version become the word for any of them. */
static void
fold_path(struct view path, bool found, struct folded_path *ret)
{
	ret->n = 0;
	ret->cut = ret->page = false;
	while (path.n) {
		struct view name = view_of(path.p, 0);

		while (name.n < path.n && path.p[name.n] != '/' && path.p[name.n] != '\\')
			name.n++;
		path = view_from(path, name.n + (name.n < path.n));
		if (!path.n)
			ret->page = is_page(name);
		if (found && path.n &&
		    (is_version(name) || (name.n == 7 && !strncasecmp((const char *)name.p, "current", 7))))
			name = view_text(any_version);
		if (name.n)
			add_name(ret, name);
	}
}

static struct view
folded_view(const struct folded_path *path)
{
	return view_of(path->text, path->n);
}

static struct view
folder_of(struct view path)
{
	const uint8_t *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;

	return view_of(path.p, slash ? (size_t)(slash - path.p) : 0);
}

/* ---- loading ---- */

static int
add_build(const struct origin *from, struct view build)
{
	struct baseline_data *b = &from->profile->baseline;
	char plain[BUILD_TEXT];
	const char **slot, *copy;

	if (build_find(b, build) != UINT32_MAX)
		return 0;
	copy = keep_text(from, view_text(build_normalise(build, plain)));
	slot = vector_push(&b->builds);
	if (!copy || !slot)
		return -ENOMEM;
	*slot = copy;
	return index_add(&b->by_build, index_hash(view_text(copy)), (uint32_t)b->builds.n - 1);
}

static int
load_builds(const struct origin *from, struct csv *csv, int column)
{
	int r;

	while ((r = csv_next(csv)) > 0) {
		r = csv_cell(csv, column).n ? add_build(from, csv_cell(csv, column)) : 0;
		if (r < 0)
			return r;
	}
	return r;
}

/* A row with a hash, or of an inventory, which has none. */
static int
load_row(const struct origin *from, const struct csv *csv, const int columns[static 3])
{
	struct shipped row = { .origin = from, .line = csv->line, .hashed = columns[1] >= 0, .builds = "" };
	struct folded_path path;
	struct shipped *slot;

	fold_path(csv_cell(csv, columns[0]), false, &path);
	if (!path.n || path.cut)
		return complain(from, csv->line, true, "a row without a path that can be used");
	if (row.hashed && hex_parse(csv_cell(csv, columns[1]), row.sha256.b, 32) != 32)
		return complain(from, csv->line, true, "no SHA-256 that can be read");
	row.path = keep_text(from, folded_view(&path));
	row.page = path.page;
	if (row.hashed)
		row.builds = keep_text(from, csv_cell(csv, columns[2]));
	slot = vector_push(&from->profile->baseline.shipped);
	if (!row.path || !row.builds || !slot)
		return -ENOMEM;
	*slot = row;
	return 0;
}

static int
load_table(const struct origin *from, struct csv *csv)
{
	int columns[3], r = csv_next(csv);

	if (r <= 0)
		return r;
	columns[0] = csv_column(csv, "path");
	columns[1] = csv_column(csv, "sha256");
	columns[2] = csv_column(csv, "builds");
	if (columns[0] < 0 && csv_column(csv, "build") >= 0)
		return load_builds(from, csv, csv_column(csv, "build"));
	if (columns[0] < 0)
		return complain(from, csv->line, true, "needs the column path, or build");
	while ((r = csv_next(csv)) > 0) {
		r = load_row(from, csv, columns);
		if (r < 0)
			return r;
	}
	return r;
}

int
baseline_load(const struct origin *from)
{
	CLEANUP(csv_free) struct csv csv = { .rest = from->bytes };
	int r = load_table(from, &csv);

	return r == -EINVAL ? complain(from, csv.line, true, "a quoted cell that does not end") : r;
}

/* Files a folder that the baseline covers: the folder of every page and of every file of an inventory. */
static int
cover(struct profile *profile, const struct shipped *row)
{
	struct baseline_data *b = &profile->baseline;
	struct view folder = folder_of(view_text(row->path));
	uint64_t hash = index_hash(folder);
	struct covered *slot = NULL;
	size_t at = 0;
	uint32_t number;

	if (row->hashed && !row->page)
		return 0;
	while (index_next(&b->by_folder, hash, &at, &number))
		if (view_equal(b->covered.at[number].folder, folder))
			slot = &b->covered.at[number];
	if (!slot) {
		slot = vector_push(&b->covered);
		if (!slot || index_add(&b->by_folder, hash, (uint32_t)b->covered.n - 1) < 0)
			return -ENOMEM;
		slot->folder = folder;
	}
	slot->wholly |= !row->hashed;
	return 0;
}

int
baseline_finish(struct profile *profile)
{
	struct baseline_data *b = &profile->baseline;

	for (size_t i = 0; i < b->shipped.n; i++) {
		struct shipped *row = &b->shipped.at[i];
		int r = row->hashed ? build_set(profile, row, &row->set) : 0;

		if (r == 0)
			r = index_add(&b->by_path, index_hash(view_text(row->path)), (uint32_t)i);
		if (r == 0)
			r = cover(profile, row);
		if (r < 0)
			return r;
	}
	return 0;
}

void
baseline_free(struct baseline_data *b)
{
	vector_free(&b->shipped);
	vector_free(&b->builds);
	vector_free(&b->sets);
	vector_free(&b->set_texts);
	vector_free(&b->covered);
	index_free(&b->by_path);
	index_free(&b->by_build);
	index_free(&b->by_set);
	index_free(&b->by_folder);
}

/* ---- grading ---- */

/*
 * Whether a file that is not shipped would be expected to be, were it genuine: any file in a folder whose inventory is
 * complete, and a page in or below a folder with shipped pages.
 */
static bool
is_covered(const struct baseline_data *b, const struct folded_path *path)
{
	bool own = !path->cut;

	for (struct view folder = folder_of(folded_view(path)); folder.n; folder = folder_of(folder), own = false) {
		size_t at = 0;
		uint32_t number;

		if (!path->page && !own)
			return false;
		while (index_next(&b->by_folder, index_hash(folder), &at, &number))
			if (view_equal(b->covered.at[number].folder, folder) &&
			    (path->page || b->covered.at[number].wholly))
				return true;
	}
	return false;
}

/* What the rows of one path say. */
struct opinion {
	bool shipped, same, this_build;
};

static struct opinion
ask(const struct baseline_data *b, struct view path, const struct digest_value *sha256, struct view build)
{
	struct opinion o = { .shipped = false };
	size_t at = 0;
	uint32_t number;

	while (index_next(&b->by_path, index_hash(path), &at, &number)) {
		const struct shipped *row = &b->shipped.at[number];

		if (!view_equal(view_text(row->path), path))
			continue;
		o.shipped = true;
		if (!row->hashed || !sha256 || memcmp(row->sha256.b, sha256->b, 32))
			continue;
		o.same = true;
		o.this_build |= !build.n || build_fits_set(b, row->set, build);
	}
	return o;
}

enum baseline
baseline_grade(const struct profile *profile, const char *relative, const struct digest_value *sha256,
	       const char *build)
{
	const struct baseline_data *b = &profile->baseline;
	struct opinion o = { .shipped = false };
	struct folded_path path;

	if (!*relative || !b->shipped.n)
		return BASELINE_NONE;
	/* some shipped folders do bear a version of their own: as it stands first */
	for (int round = 0; round < 2 && !o.shipped; round++) {
		fold_path(view_text(relative), round == 1, &path);
		if (!path.cut)
			o = ask(b, folded_view(&path), sha256, view_text(build));
	}
	if (!o.shipped)
		return is_covered(b, &path) ? BASELINE_UNEXPECTED_PATH : BASELINE_NONE;
	if (o.same)
		return o.this_build ? BASELINE_KNOWN : BASELINE_OTHER_BUILD;
	return sha256 ? BASELINE_UNKNOWN_HASH : BASELINE_NONE;
}

const char *
baseline_name(enum baseline grade)
{
	static const char *const names[] = {
		[BASELINE_NONE] = "",
		[BASELINE_KNOWN] = "known",
		[BASELINE_OTHER_BUILD] = "other-build",
		[BASELINE_UNKNOWN_HASH] = "unknown-hash",
		[BASELINE_UNEXPECTED_PATH] = "unexpected-path",
	};

	return names[grade];
}
