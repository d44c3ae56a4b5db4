/* patches.c - the tables of builds and of mitigations: `build, product, update, security, released, kb`, and a column a
 * CVE that says fixed, open, none (never had it) or nothing. */
#include "patches.h"

#include <errno.h>

#include "csv.h"
#include "filetime.h"
#include "literals.h"
#include "table.h"

enum column { BUILD, PRODUCT, UPDATE, SECURITY, RELEASED, KB, NOTE, COLUMNS };

static const char *const column_names[COLUMNS] = { "build", "product", "update", "security", "released", "kb", "note" };

/* The columns of one table. */
struct patch_table {
	const struct origin *from;
	struct csv csv;
	int columns[COLUMNS];
	struct {
		int column;
		uint32_t cve;
	} cves[PATCH_CVES_MAX];
	size_t cve_count;
};

size_t
profile_cves(const struct profile *profile, const char *const **ret_cves)
{
	*ret_cves = profile->cves.at;
	return profile->cves.n;
}

size_t
profile_mitigations(const struct profile *profile, const struct mitigation **ret_mitigations)
{
	*ret_mitigations = profile->mitigations.at;
	return profile->mitigations.n;
}

size_t
profile_releases(const struct profile *profile, const struct release **ret_releases)
{
	*ret_releases = profile->releases.at;
	return profile->releases.n;
}

/* The number of a CVE, new or known; UINT32_MAX where there are too many, -ENOMEM as a negative. */
static int
number_of(const struct origin *from, struct view cve, uint32_t *ret_number)
{
	struct profile *profile = from->profile;
	const char *copy, **slot;

	for (uint32_t i = 0; i < profile->cves.n; i++)
		if (view_equal(view_text(profile->cves.at[i]), cve)) {
			*ret_number = i;
			return 0;
		}
	*ret_number = UINT32_MAX;
	if (profile->cves.n >= PATCH_CVES_MAX)
		return 0;
	copy = keep_text(from, cve);
	slot = vector_push(&profile->cves);
	if (!copy || !slot)
		return -ENOMEM;
	*slot = copy;
	*ret_number = (uint32_t)profile->cves.n - 1;
	return 0;
}

/* Every column that is called like a CVE is one. */
static int
find_cves(struct patch_table *t)
{
	int r = 0;

	for (size_t i = 0; i < t->csv.cells.n && r == 0; i++) {
		struct view name = csv_cell(&t->csv, (int)i);
		uint32_t cve;

		if (name.n < 4 || memcmp(name.p, "CVE-", 4))
			continue;
		r = number_of(t->from, name, &cve);
		if (r == 0 && (cve == UINT32_MAX || t->cve_count == PATCH_CVES_MAX))
			return complain(t->from, t->csv.line, true, "more CVEs than a case has room for");
		t->cves[t->cve_count].column = (int)i;
		t->cves[t->cve_count++].cve = cve;
	}
	return r;
}

static struct release *
release_for(struct profile *profile, const struct build *build)
{
	struct release *release;

	for (size_t i = 0; i < profile->releases.n; i++)
		if (build_same(&profile->releases.at[i].build, build))
			return &profile->releases.at[i];
	release = vector_push(&profile->releases);
	if (release)
		*release = (struct release){ .build = *build };
	return release;
}

static int
take_states(struct patch_table *t, struct release *release)
{
	static const struct {
		const char *word;
		enum patch_state state;
	} words[] = { { "fixed", PATCH_FIXED }, { "open", PATCH_VULNERABLE }, { "none", PATCH_NOT_AFFECTED }, { "", PATCH_UNKNOWN } };
	int r = 0;

	for (size_t i = 0; i < t->cve_count && r == 0; i++) {
		struct view cell = csv_cell(&t->csv, t->cves[i].column);
		size_t w = 0;

		while (w < sizeof(words) / sizeof(words[0]) && !view_equal(cell, view_text(words[w].word)))
			w++;
		if (w == sizeof(words) / sizeof(words[0]))
			r = complain(t->from, t->csv.line, true, "%.*s is not fixed, open or none", (int)cell.n,
				     (const char *)cell.p);
		else if (words[w].state)
			release->states[t->cves[i].cve] = (uint8_t)words[w].state;
	}
	return r;
}

static int
take_row(struct patch_table *t)
{
	struct view released = csv_cell(&t->csv, t->columns[RELEASED]);
	struct release *release;
	struct build build;

	if (!build_parse(csv_cell(&t->csv, t->columns[BUILD]), &build) || build.parts != BUILD_PARTS)
		return complain(t->from, t->csv.line, true, "no build of four numbers");
	release = release_for(t->from->profile, &build);
	if (!release)
		return -ENOMEM;
	release->product = keep_text(t->from, csv_cell(&t->csv, t->columns[PRODUCT]));
	release->update = keep_text(t->from, csv_cell(&t->csv, t->columns[UPDATE]));
	release->security = keep_text(t->from, csv_cell(&t->csv, t->columns[SECURITY]));
	release->kb = keep_text(t->from, csv_cell(&t->csv, t->columns[KB]));
	release->note = keep_text(t->from, csv_cell(&t->csv, t->columns[NOTE]));
	if (!release->product || !release->update || !release->security || !release->kb || !release->note)
		return -ENOMEM;
	if (released.n && filetime_parse(released, &release->released) < 0)
		return complain(t->from, t->csv.line, true, "a day that cannot be read");
	return take_states(t, release);
}

static int
take_table(struct patch_table *t)
{
	int r = csv_next(&t->csv);

	if (r <= 0)
		return r;
	for (int i = 0; i < COLUMNS; i++)
		t->columns[i] = csv_column(&t->csv, column_names[i]);
	if (t->columns[BUILD] < 0)
		return complain(t->from, t->csv.line, true, "needs the column build");
	r = find_cves(t);
	while (r == 0 && (r = csv_next(&t->csv)) > 0)
		r = take_row(t);
	return r;
}

static int
by_build(const void *a, const void *b)
{
	return build_compare(&((const struct release *)a)->build, &((const struct release *)b)->build);
}

int
patches_load(const struct origin *from)
{
	struct patch_table t = { .from = from, .csv = { .rest = from->bytes } };
	int r = take_table(&t);

	if (r == -EINVAL)
		r = complain(from, t.csv.line, true, "a quoted cell that does not end");
	csv_free(&t.csv);
	vector_sort(&from->profile->releases, by_build);
	return r;
}

/* ---- mitigations ---- */

enum mitigation_column { FILE_NAME, TEXT, STATE, CVE, TITLE, MITIGATION_COLUMNS };

static const char *const mitigation_names[MITIGATION_COLUMNS] = { "file", "text", "state", "cve", "title" };

static int
load_mitigation(const struct table *t)
{
	struct view state = table_cell(t, STATE);
	struct mitigation *slot, m = {
		.file = keep_text(t->from, table_cell(t, FILE_NAME)),
		.text = keep_text(t->from, table_cell(t, TEXT)),
		.on = view_equal(state, view_text("on")),
		.cve = keep_text(t->from, table_cell(t, CVE)),
		.title = keep_text(t->from, table_cell(t, TITLE)),
	};

	if (!m.file || !m.text || !m.cve || !m.title)
		return -ENOMEM;
	if (!m.on && !view_equal(state, view_text("off")))
		return complain(t->from, t->csv.line, true, "the state of a mitigation is on or off");
	if (!*m.file || !*m.cve || literal_unfit(view_text(m.text)))
		return complain(t->from, t->csv.line, true, "a mitigation without a file, a CVE or a text that can be looked for");
	slot = vector_push(&t->from->profile->mitigations);
	if (!slot)
		return -ENOMEM;
	*slot = m;
	return 0;
}

int
mitigations_load(const struct origin *from)
{
	return table_load(from, mitigation_names, MITIGATION_COLUMNS, MITIGATION_COLUMNS, load_mitigation);
}
