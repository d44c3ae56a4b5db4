/* builds_write.c - the witnesses of the build as rows of the case, what each build has fixed, and where they disagree. */
#include <errno.h>
#include <inttypes.h>

#include "builds.h"
#include "fail.h"
#include "filetime.h"

enum { SERVICE_DAYS = 1 }; /* a service may run on the old build until it is started anew */

static int
no_memory(const struct exam *exam)
{
	return fail(ENOMEM, "out of memory for the builds of %s", exam->path);
}

static const char *
means_of(enum statement means)
{
	static const char *const names[] = {
		[STATED_INSTALLED] = "installed", [STATED_IN_USE] = "in use", [STATED_UNDATED] = "undated", [STATED_TRIED] = "tried",
	};

	return names[means];
}

/* ---- rows ---- */

/* The place of a host is in every row that is about it. */
static int
put(struct exam *exam, uint32_t host, struct build_row *row, const struct build *build)
{
	const struct host_place *place = host == UINT32_MAX ? NULL : &exam->hosts.at[host];
	CLEANUP(text_free) struct text release = { 0 };
	CLEANUP(text_free) struct text path = { 0 };
	char text[BUILD_STRING] = "";
	int r = build ? release_describe(exam->profile, build, &release) : 0;

	if (r == 0 && place)
		r = text_printf(&path, "/%s", place->path);
	if (r < 0)
		return no_memory(exam);
	row->host = text_view(&path);
	row->host_volume = place ? exam->volumes[place->volume].number : 0;
	row->build = build ? build_text(build, text) : "";
	row->release = release.s;
	return case_build(exam->db, row);
}

static int
put_statement(struct exam *exam, const struct statement_row *s)
{
	struct build_row row = {
		.volume = exam->volumes[s->volume].number,
		.witness = witness_label(s->witness),
		.means = means_of(s->means),
		.first = s->first,
		.last = s->last > s->first ? s->last : 0,
		.files = s->files,
		.path = view_text(s->path),
		.mft = (int64_t)s->mft,
		.offset = s->witness == WITNESS_FOLDER ? -1 : (int64_t)s->offset,
		.note = s->note,
	};

	return put(exam, s->host, &row, &s->build);
}

/* When the folder of an Exchange was made: before it there was none. */
static int
put_beginning(struct exam *exam, uint32_t host)
{
	const struct host_place *place = &exam->hosts.at[host];
	const struct catalog *catalog = exam->volumes[place->volume].catalog;
	CLEANUP(text_free) struct text path = { 0 };
	struct catalog_cursor cursor;
	struct folder f;
	struct build_row row = {
		.volume = exam->volumes[place->volume].number, .witness = "Exchange folder", .means = "begins", .files = 1, .offset = -1,
	};
	int r;

	catalog_folder(catalog, place->folder, &f);
	r = catalog_get(catalog, f.reference.entry, &cursor);
	if (r > 0 && cursor.entry.name_count)
		row.first = cursor.entry.names[0].fn.created;
	catalog_stop(&cursor);
	if (r == 0 || (r > 0 && !row.first))
		return 0;
	if (r < 0 || text_printf(&path, "/%s", place->path) < 0)
		return no_memory(exam);
	row.path = text_view(&path);
	row.mft = (int64_t)f.reference.entry;
	return put(exam, host, &row, NULL);
}

static int
put_resolved(struct exam *exam, uint32_t host, uint32_t volume, const struct build *build, const char *reason)
{
	struct build_row row = {
		.volume = exam->volumes[volume].number, .witness = "all of them", .means = "resolved", .files = 1,
		.mft = -1, .offset = -1, .note = reason,
	};

	return put(exam, host, &row, build->parts ? build : NULL);
}

/* ---- disagreement ---- */

/*
 * Older builds are what a history is made of. A newer one than that which the server ended with is none, and neither is
 * an older one that is seen when the newer was installed already and its services had time to be started anew.
 */
static const char *
contradiction(const struct statement_row *s, const struct build *resolved, uint64_t installed)
{
	uint64_t end = s->last > s->first ? s->last : s->first;
	int order = build_compare(&s->build, resolved);

	if (s->means == STATED_TRIED || s->witness == WITNESS_BEFORE || !order)
		return NULL;
	if (order > 0)
		return "a newer build";
	if (s->witness != WITNESS_FOLDER && installed && end > installed &&
	    end - installed > SERVICE_DAYS * FILETIME_DAY)
		return "an older build when the newer was installed already";
	return NULL;
}

/* The first time at which the build is known to have been installed, 0 where that is not known. */
static uint64_t
installed_at(const struct builds *builds, uint32_t host, const struct build *build)
{
	uint64_t first = 0;

	for (size_t i = 0; i < builds->told.rows.n; i++) {
		const struct statement_row *s = &builds->told.rows.at[i];

		if (s->host == host && s->means == STATED_INSTALLED && build_same(&s->build, build) && s->first &&
		    (!first || s->first < first))
			first = s->first;
	}
	return first;
}

static int
tell_contradictions(struct exam *exam, uint32_t host, const struct build *resolved)
{
	uint64_t installed = installed_at(exam->builds, host, resolved);
	char theirs[BUILD_STRING], ours[BUILD_STRING];
	int r = 0;

	for (size_t i = 0; i < exam->builds->told.rows.n && r == 0; i++) {
		const struct statement_row *s = &exam->builds->told.rows.at[i];
		const char *why = s->host == host ? contradiction(s, resolved, installed) : NULL;
		CLEANUP(text_free) struct text what = { 0 };

		if (!why)
			continue;
		if (text_printf(&what, "the witnesses of the build of Exchange disagree: this %s names %s, %s, where the others come to %s",
				witness_label(s->witness), why, build_text(&s->build, theirs), build_text(resolved, ours)) < 0)
			return no_memory(exam);
		r = limits_add(exam->volumes[s->volume].limits, s->path, (int64_t)s->mft, "", -1, what.s, 1);
	}
	return r;
}

/* ---- fixes ---- */

static int
put_patches(struct exam *exam, const struct build *build)
{
	const char *const *cves;
	size_t n = profile_cves(exam->profile, &cves);
	char text[BUILD_STRING];
	int r = 0;

	build_text(build, text);
	for (size_t i = 0; i < n && r == 0; i++) {
		const struct release *fix = patch_first_fix(exam->profile, build, i);
		CLEANUP(text_free) struct text reason = { 0 };
		enum patch_state state;

		if (patch_judge(exam->profile, build, i, &state, &reason) < 0)
			return no_memory(exam);
		r = case_patch(exam->db, &(struct patch_row){ .build = text,
							      .cve = cves[i],
							      .state = patch_state_name(state),
							      .reason = reason.s,
							      .fix_released = fix ? fix->released : 0 });
	}
	return r;
}

/* Each build once. */
static int
put_all_patches(struct exam *exam)
{
	const struct witnessed *told = &exam->builds->told;
	int r = 0;

	for (size_t i = 0; i < told->rows.n && r == 0; i++) {
		size_t k = 0;

		while (k < i && !build_same(&told->rows.at[k].build, &told->rows.at[i].build))
			k++;
		if (k == i)
			r = put_patches(exam, &told->rows.at[i].build);
	}
	return r;
}

static int
put_mitigation(struct exam *exam, const struct mitigation_seen *seen)
{
	return case_mitigation(exam->db, &(struct mitigation_row){
						 .volume = exam->volumes[seen->volume].number,
						 .cve = seen->mitigation->cve,
						 .state = seen->mitigation->on ? "on" : "off",
						 .title = seen->mitigation->title,
						 .first = seen->first,
						 .last = seen->last > seen->first ? seen->last : 0,
						 .path = view_text(seen->path),
						 .mft = (int64_t)seen->mft,
						 .offset = seen->offset,
						 .note = seen->note });
}

/* ---- all of it ---- */

static int
write_host(struct exam *exam, uint32_t host)
{
	const struct host_place *place = &exam->hosts.at[host];
	CLEANUP(text_free) struct text reason = { 0 };
	CLEANUP(text_free) struct text path = { 0 };
	struct build build = { 0 };
	bool known = builds_resolve(exam, host, &build, &reason);
	int r = put_beginning(exam, host);

	if (r < 0)
		return r;
	if (!known && (text_adds(&reason, "no witness of its build was found") < 0 || text_printf(&path, "/%s", place->path) < 0))
		return no_memory(exam);
	r = put_resolved(exam, host, place->volume, &build, reason.s);
	if (r == 0 && known)
		return tell_contradictions(exam, host, &build);
	return r < 0 ? r
		     : limits_add(exam->volumes[place->volume].limits, path.s, -1, "", -1,
				  "no witness of the build of this Exchange was found: what it was open to is not known", 1);
}

/* Statements of logs whose Exchange is on another exhibit, or is one of several. */
static int
write_homeless(struct exam *exam)
{
	CLEANUP(text_free) struct text reason = { 0 };
	struct build build = { 0 };

	if (!exam->builds || !builds_resolve(exam, UINT32_MAX, &build, &reason))
		return 0;
	for (size_t i = 0; i < exam->builds->told.rows.n; i++)
		if (exam->builds->told.rows.at[i].host == UINT32_MAX)
			return put_resolved(exam, UINT32_MAX, exam->builds->told.rows.at[i].volume, &build, reason.s);
	return 0;
}

int
builds_write(struct exam *exam)
{
	struct builds *builds = exam->builds;
	int r = 0;

	for (size_t i = 0; builds && i < builds->told.rows.n && r == 0; i++)
		r = put_statement(exam, &builds->told.rows.at[i]);
	for (uint32_t i = 0; i < exam->hosts.n && r == 0; i++)
		if (exam->hosts.at[i].kind == HOST_EXCHANGE)
			r = write_host(exam, i);
	if (r == 0)
		r = write_homeless(exam);
	if (r == 0 && builds)
		r = put_all_patches(exam);
	for (size_t i = 0; builds && i < builds->told.mitigations.n && r == 0; i++)
		r = put_mitigation(exam, &builds->told.mitigations.at[i]);
	if (r == 0 && builds && builds->more)
		r = limits_add(exam->limits, exam->name, -1, "", -1, "more witnesses of the build of Exchange than are kept", builds->more);
	return r;
}
