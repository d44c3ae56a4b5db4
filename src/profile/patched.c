/* patched.c - whether a build of Exchange has a fix: by its own row, or by those around it where these leave no doubt. */
#include <errno.h>
#include <stdio.h>

#include "filetime.h"
#include "inside.h"

/* The releases of one cumulative update, in order. */
struct family {
	const struct release *at;
	size_t n;
};

const char *
patch_state_name(enum patch_state state)
{
	static const char *const names[] = { "unknown", "vulnerable", "fixed", "not affected" };

	return names[state];
}

/* The first release that is not below a build. */
static size_t
place_of(const struct profile *profile, const struct build *build)
{
	size_t from = 0, to = profile->releases.n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (build_compare(&profile->releases.at[middle].build, build) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static struct family
family_of(const struct profile *profile, const struct build *build)
{
	struct build cu = *build;
	struct family f = { 0 };
	size_t at;

	cu.parts = BUILD_CU_PARTS;
	at = place_of(profile, &cu);
	f.at = profile->releases.n ? profile->releases.at + at : NULL;
	while (at + f.n < profile->releases.n && build_same_cu(&f.at[f.n].build, build))
		f.n++;
	return f;
}

const struct release *
release_find(const struct profile *profile, const struct build *build)
{
	size_t at = place_of(profile, build);

	return at < profile->releases.n && build_same(&profile->releases.at[at].build, build) ? &profile->releases.at[at] : NULL;
}

/* "CU19 Mar21SU (15.1.2176.9)" */
static int
add_name(const struct release *release, struct text *ret)
{
	char build[BUILD_STRING];

	return text_printf(ret, "%s%s%s (%s)", release->update, release->security[0] ? " " : "", release->security,
			   build_text(&release->build, build));
}

int
release_describe(const struct profile *profile, const struct build *build, struct text *ret)
{
	const struct release *release = release_find(profile, build);
	struct family f = family_of(profile, build);
	char day[FILETIME_TEXT];

	if (!release && !f.n)
		return 0;
	if (!release)
		return text_printf(ret, "%s %s, %s", f.at->product, f.at->update,
				   build->parts == BUILD_CU_PARTS ? "whatever its security update" : "a build that is not in the table");
	filetime_text(release->released, day);
	return text_printf(ret, "%s %s%s%s%s%s%s%.10s%s", release->product, release->update, release->security[0] ? " " : "",
			   release->security, release->kb[0] || release->released ? " (" : "", release->kb,
			   release->kb[0] && release->released ? ", " : "", release->released ? day : "",
			   release->kb[0] || release->released ? ")" : "");
}

/* ---- judging ---- */

static enum patch_state
state_of(const struct release *release, size_t cve)
{
	return (enum patch_state)release->states[cve];
}

/* The first of an update that has the fix, NULL for none. */
static const struct release *
first_fixed(const struct family *f, size_t cve)
{
	for (size_t i = 0; i < f->n; i++)
		if (state_of(&f->at[i], cve) == PATCH_FIXED)
			return &f->at[i];
	return NULL;
}

const struct release *
patch_first_fix(const struct profile *profile, const struct build *build, size_t cve)
{
	struct family f = family_of(profile, build);

	return first_fixed(&f, cve);
}

static int
say_known(const struct family *f, const struct release *release, size_t cve, struct text *ret)
{
	const struct release *fix = first_fixed(f, cve);
	int r = add_name(release, ret);

	if (r < 0)
		return r;
	switch (state_of(release, cve)) {
	case PATCH_FIXED:
		return text_adds(ret, " has the fix");
	case PATCH_NOT_AFFECTED:
		return text_printf(ret, " is %s, which never had it", release->product);
	case PATCH_VULNERABLE:
		r = text_adds(ret, fix ? " has no fix; the first of its update that has is " : " has no fix, and no other of its update has one");
		return r < 0 || !fix ? r : add_name(fix, ret);
	default:
		return text_adds(ret, " is known, and not whether it has the fix");
	}
}

/* All releases of an update are of one mind, or PATCH_UNKNOWN. */
static enum patch_state
state_of_all(const struct family *f, size_t cve)
{
	enum patch_state state = f->n ? state_of(&f->at[0], cve) : PATCH_UNKNOWN;

	for (size_t i = 1; i < f->n; i++)
		if (state_of(&f->at[i], cve) != state)
			return PATCH_UNKNOWN;
	return state;
}

static int
judge_update(const struct family *f, size_t cve, enum patch_state *ret_state, struct text *ret)
{
	const struct release *fix = first_fixed(f, cve);
	int r;

	*ret_state = state_of_all(f, cve);
	if (*ret_state != PATCH_UNKNOWN)
		return text_printf(ret, "every known build of %s %s", f->at->update,
				   *ret_state == PATCH_FIXED        ? "has the fix"
				   : *ret_state == PATCH_VULNERABLE ? "is without the fix"
								    : "is of a version that never had it");
	r = text_printf(ret, "only %s is known: ", f->at->update);
	if (r == 0 && fix)
		r = add_name(fix, ret);
	return r < 0 ? r : text_adds(ret, fix ? " and later have the fix, earlier ones not" : "not whether it has the fix");
}

/* A build that no table has, in an update that they have: what lies below only lacks more, what lies above only has more. */
static int
judge_between(const struct family *f, const struct build *build, size_t cve, enum patch_state *ret_state, struct text *ret)
{
	const struct release *below = NULL, *above = NULL;
	int r;

	for (size_t i = 0; i < f->n; i++)
		if (build_compare(&f->at[i].build, build) < 0)
			below = &f->at[i];
		else if (!above)
			above = &f->at[i];
	*ret_state = PATCH_UNKNOWN;
	if (below && (state_of(below, cve) == PATCH_FIXED || state_of(below, cve) == PATCH_NOT_AFFECTED))
		*ret_state = state_of(below, cve);
	if (above && (state_of(above, cve) == PATCH_VULNERABLE || state_of(above, cve) == PATCH_NOT_AFFECTED))
		*ret_state = state_of(above, cve);
	r = text_adds(ret, "not in the table; ");
	if (r == 0 && below)
		r = text_adds(ret, "after ");
	if (r == 0 && below)
		r = add_name(below, ret);
	if (r == 0 && below)
		r = text_printf(ret, ", %s%s", patch_state_name(state_of(below, cve)), above ? ", and " : "");
	if (r == 0 && above)
		r = text_adds(ret, "before ");
	if (r == 0 && above)
		r = add_name(above, ret);
	return r < 0 || !above ? r : text_printf(ret, ", %s", patch_state_name(state_of(above, cve)));
}

/* An update that no table has: where the first build of the one before has the fix, all after it have. */
static int
judge_foreign(const struct profile *profile, const struct build *build, size_t cve, enum patch_state *ret_state, struct text *ret)
{
	size_t at = place_of(profile, build);
	const struct release *before = at ? &profile->releases.at[at - 1] : NULL;
	struct family f = { 0 };
	int r;

	*ret_state = PATCH_UNKNOWN;
	if (before && before->build.n[0] == build->n[0] && before->build.n[1] == build->n[1])
		f = family_of(profile, &before->build);
	if (!f.n)
		return text_adds(ret, "no build of this version is in the table");
	if (state_of(f.at, cve) == PATCH_FIXED || state_of(f.at, cve) == PATCH_NOT_AFFECTED)
		*ret_state = state_of(f.at, cve);
	r = text_adds(ret, "its update is not in the table; it is later than ");
	if (r == 0)
		r = add_name(f.at, ret);
	return r < 0 ? r : text_printf(ret, ", %s", patch_state_name(state_of(f.at, cve)));
}

int
patch_judge(const struct profile *profile, const struct build *build, size_t cve, enum patch_state *ret_state,
	    struct text *ret_reason)
{
	const struct release *release = release_find(profile, build);
	struct family f = family_of(profile, build);

	if (release && build->parts == BUILD_PARTS) {
		*ret_state = state_of(release, cve);
		return say_known(&f, release, cve, ret_reason);
	}
	if (!f.n)
		return judge_foreign(profile, build, cve, ret_state, ret_reason);
	return build->parts < BUILD_PARTS ? judge_update(&f, cve, ret_state, ret_reason)
					  : judge_between(&f, build, cve, ret_state, ret_reason);
}
