/*
 * births.c - files born in the window, held against the Sigma rules on files that are made (category file_event).
 *
 * Those rules are written for a sensor that sees who makes a file. The $MFT keeps that the file is there and when it
 * was made: of the fields of such an event it has TargetFilename alone. A rule that needs more (Image, User) cannot be
 * answered by it and is listed as such.
 */
#include "births.h"

#include <errno.h>

#include "fail.h"
#include "literals.h"
#include "sigma.h"

enum {
	HITS_OF_RULE = 200, /* files that one rule makes findings of; beyond, they are counted */
	HITS_MAX = 5000,
};

struct birth_hit {
	const struct rule *rule;
	uint32_t volume;
	uint64_t file, attribute, born;
	struct reference entry;
	bool allocated;
	const char *path, *basis;
};

struct births {
	struct sigma_set *set;
	struct sigma_matcher *matcher;
	struct literals *literals; /* of which a path holds one that any rule can say yes to; NULL with all */
	bool all;
	struct text target; /* the path as Windows writes it, in hand; its folder stays from one file to the next */
	size_t folder_n;
	uint32_t volume, folder;
	struct birth_hit now; /* what the file in hand is */
	struct walk *walk;
	VECTOR(struct birth_hit) hits;
	VECTOR(uint32_t) of_rule; /* by the rule's number: how many */
};

static const char *const fields[] = { "TargetFilename", NULL };

const struct sigma_source births_source = {
	.title = "files of the $MFT",
	.category = "file_event",
	.product = "windows",
	.fields = fields,
	.state = true,
	.columns = true,
};

int
births_open(struct exam *exam, struct births **ret_births)
{
	const struct sigma *sigma = exam->profile ? profile_sigma(exam->profile) : NULL;
	struct births *births = sigma ? calloc(1, sizeof(*births)) : NULL;
	const struct view *literals;
	size_t n;
	int r = sigma && !births ? -ENOMEM : 0;

	*ret_births = births;
	if (!births)
		return r < 0 ? fail(ENOMEM, "out of memory for the rules on files") : 0;
	births->volume = births->folder = UINT32_MAX;
	r = sigma_bind(sigma, &births_source, &births->set);
	if (r < 0)
		return fail(ENOMEM, "out of memory for the rules on files");
	n = sigma_set_literals(births->set, &literals, &births->all);
	if (n)
		r = literals_open(literals, n, &births->literals);
	if (r == 0 && (n || births->all) && sigma_matcher_open(births->set, &births->matcher) < 0)
		r = fail(ENOMEM, "out of memory for the rules on files");
	return r;
}

struct births *
births_free(struct births *births)
{
	if (!births)
		return NULL;
	sigma_matcher_close(births->matcher);
	sigma_set_free(births->set);
	literals_close(births->literals);
	text_free(&births->target);
	vector_free(&births->hits);
	vector_free(&births->of_rule);
	free(births);
	return NULL;
}

bool
births_answer(const struct births *births, const struct rule *rule)
{
	const struct sigma_bound *bound;
	size_t n = births && births->set ? sigma_set_rules(births->set, &bound) : 0;

	for (size_t i = 0; i < n; i++)
		if (bound[i].rule == rule)
			return !bound[i].reason;
	return false;
}

/* ---- the file in hand ---- */

/* The drive of Windows is C: nearly everywhere; that of another volume is not told by the volume. */
static const char *
drive_of(const struct exam *exam, uint32_t volume)
{
	for (size_t i = 0; i < exam->hosts.n; i++)
		if (exam->hosts.at[i].kind == HOST_WINDOWS && exam->hosts.at[i].volume == volume)
			return "C:";
	return "";
}

static int
enter(struct births *births, struct walk *w, uint32_t folder)
{
	struct text *t = &births->target;
	int r;

	if (births->volume == w->volume && births->folder == folder)
		return 0;
	births->volume = UINT32_MAX;
	if (t->s)
		text_cut(t, 0);
	r = text_printf(t, "%s\\", drive_of(w->exam, w->volume));
	if (r == 0 && folder < catalog_folders(w->v->catalog))
		r = catalog_folder_path(w->v->catalog, folder, t);
	if (r == 0 && t->s[t->n - 1] != '\\')
		r = text_addc(t, '\\');
	for (size_t i = 0; i < t->n && r == 0; i++)
		if (t->s[i] == '/')
			t->s[i] = '\\';
	births->folder_n = t->n;
	births->volume = w->volume;
	births->folder = folder;
	return r;
}

static int
any_literal(void *state, size_t offset, uint32_t which)
{
	(void)state, (void)offset, (void)which;
	return 1;
}

/* One file has one finding by a rule, whatever its number of names. */
static bool
is_told(const struct births *births, const struct rule *rule)
{
	for (size_t i = births->hits.n; i-- > 0;) {
		const struct birth_hit *hit = &births->hits.at[i];

		if (hit->volume != births->now.volume || !reference_equal(hit->entry, births->now.entry))
			return false;
		if (hit->rule == rule)
			return true;
	}
	return false;
}

static int
count(struct births *births, const struct rule *rule, uint32_t *ret_n)
{
	while (births->of_rule.n <= rule->number)
		if (!vector_push(&births->of_rule))
			return -ENOMEM;
	*ret_n = ++births->of_rule.at[rule->number];
	return 0;
}

static int
take_hit(void *state, const struct rule *rule, struct view basis)
{
	struct births *births = state;
	struct walk *w = births->walk;
	struct birth_hit *hit;
	uint32_t n;
	int r = 0;

	if (is_told(births, rule))
		return 0;
	if (count(births, rule, &n) < 0)
		return -ENOMEM;
	if (n > HITS_OF_RULE || births->hits.n >= HITS_MAX)
		return limits_add(w->v->limits, w->exam->name, -1, "", -1,
				  "more files that rules on their making hit than are told one by one", 1);
	if (!births->now.path) {
		r = walk_path(w, births->folder);
		births->now.path = r == 0 ? arena_copy(&w->exam->arena, text_view(&w->path)) : NULL;
	}
	hit = births->now.path ? vector_push(&births->hits) : NULL;
	if (!hit)
		return -ENOMEM;
	*hit = births->now;
	hit->rule = rule;
	hit->basis = arena_copy(&w->exam->arena, basis);
	return hit->basis ? 0 : -ENOMEM;
}

static int
ask(struct births *births, struct walk *w)
{
	struct view target = text_view(&births->target);
	const struct field field = { view_text("TargetFilename"), target };
	int r;

	if (!births->all && !(births->literals && literals_scan(births->literals, target, any_literal, NULL)))
		return 0;
	births->walk = w;
	r = sigma_match(births->matcher, &(struct fields){ .at = &field, .n = 1, .raw = target }, take_hit, births);
	return r;
}

int
births_ask(struct walk *w, const struct entry *entry, const struct name *name, uint32_t folder, uint64_t file)
{
	struct births *births = w->exam->births;
	uint64_t born = name->fn.created ? name->fn.created : entry->si.created;
	int r;

	if (!births || !births->matcher || entry->flags & ENTRY_DIRECTORY || entry->number < FIRST_USER_ENTRY ||
	    name->space == NAME_DOS || (name->fn.created < w->exam->since && entry->si.created < w->exam->since))
		return 0;
	r = enter(births, w, folder);
	if (r == 0) {
		text_cut(&births->target, births->folder_n);
		r = text_add(&births->target, text_view(&w->name));
	}
	births->now = (struct birth_hit){ .volume = w->volume,
					  .file = file,
					  .entry = { entry->number, entry->sequence },
					  .born = born,
					  .allocated = entry->flags & ENTRY_ALLOCATED };
	if (r == 0)
		r = ask(births, w);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for the rules on files") : r;
}

/* ---- findings ---- */

static int
weigh(struct exam *exam, const struct birth_hit *hit)
{
	CLEANUP(text_free) struct text basis = { 0 };
	int r = text_adds(&basis, "the $MFT has such a file, made at this time; by whom it does not say: ");

	if (r == 0)
		r = text_add_escaped(&basis, view_text(hit->basis));
	if (r == 0 && !hit->allocated)
		r = text_adds(&basis, "; the file is deleted");
	if (r < 0)
		return fail(ENOMEM, "out of memory for the rules on files");
	return finding_write(exam,
			     &(struct place){ .volume = hit->volume,
					      .file = hit->file,
					      .when = hit->born,
					      .entry = hit->entry,
					      .path = hit->path,
					      .stream = "" },
			     &(struct mark){ .rule = hit->rule, .basis = text_view(&basis) }, hit->rule->level);
}

int
births_weigh(struct exam *exam)
{
	struct births *births = exam->births;
	int r = 0;

	for (size_t i = 0; births && i < births->hits.n && r == 0; i++)
		r = weigh(exam, &births->hits.at[i]);
	return r;
}
