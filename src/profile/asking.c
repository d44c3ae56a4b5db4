/* asking.c - which files the profile names: asked for every folder and file of a sweep. */
#include <errno.h>

#include "chooser.h"

/* ---- paths for regular expressions ---- */

/* A folder's path is fetched when the first expression asks for it. */
struct asking {
	struct chooser *chooser;
	const struct chooser_path *path;
	struct view name;
	bool fetched;
};

static int
fetch(struct asking *a)
{
	if (a->fetched)
		return 0;
	a->fetched = true;
	text_cut(&a->chooser->folder, 0);
	return a->path->get(a->path->owner, &a->chooser->folder);
}

/* Composes what lies behind the base: 1, 0 when the path is no longer than the base, or negative. */
static int
compose(struct asking *a, const struct target *target, bool folder)
{
	struct chooser *c = a->chooser;
	char separator = regex_separator(target->regex);
	struct view rest;
	uint32_t skip = target->base;
	int r = fetch(a);

	if (r < 0)
		return r;
	rest = text_view(&c->folder);
	for (; skip && rest.n; skip--) {
		const uint8_t *slash = memchr(rest.p, '/', rest.n);

		rest = slash ? view_from(rest, (uint64_t)(slash - rest.p) + 1) : view_of(NULL, 0);
	}
	if (skip)
		return 0;
	text_cut(&c->subject, 0);
	if (text_add(&c->subject, rest) < 0 || (rest.n && text_addc(&c->subject, separator) < 0))
		return -ENOMEM;
	for (size_t i = 0; i < rest.n; i++)
		if (c->subject.s[i] == '/')
			c->subject.s[i] = separator;
	if (text_add_utf16(&c->subject, a->name) < 0 || (folder && text_addc(&c->subject, separator) < 0))
		return -ENOMEM;
	return 1;
}

/* ---- folders ---- */

int64_t
chooser_root(struct chooser *c, uint32_t volume)
{
	struct machine *m = &c->machine;
	int r = 0;

	m->fold_seen = NULL;
	m->scratch.n = 0;
	for (size_t i = 0; i < c->roots.n && r == 0; i++)
		if (c->roots.at[i].volume == volume)
			r = machine_push(m, c->roots.at[i].start);
	return r < 0 ? r : machine_state(m, m->scratch.at, m->scratch.n);
}

/* What goes on below a folder whatever its name is. */
static int
push_rest(struct machine *m, int64_t state)
{
	const struct state *s = &m->states.at[state];
	int r = 0;

	for (size_t i = 0; i < s->n && r == 0; i++) {
		enum part_kind kind = m->places.at[s->set[i]].part.kind;

		if (kind == PART_DEEP)
			r = machine_push(m, s->set[i]);
		else if (kind == PART_ANY || kind == PART_LEVEL)
			r = machine_push(m, s->set[i] + 1);
	}
	return r;
}

/* Takes out of the set to be what no path below this folder can fit. */
static int
drop_misplaced(struct asking *a)
{
	struct machine *m = &a->chooser->machine;
	size_t kept = 0;

	for (size_t i = 0; i < m->scratch.n; i++) {
		const struct target *target = &m->targets.at[m->places.at[m->scratch.at[i]].target];
		bool fits = true;

		if (m->places.at[m->scratch.at[i]].part.kind == PART_DEEP && target->regex &&
		    regex_has_place(target->regex)) {
			int r = compose(a, target, true);

			if (r < 0)
				return r;
			if (r)
				fits = regex_may_lead(target->regex, m->matching, text_view(&a->chooser->subject));
		}
		if (fits)
			m->scratch.at[kept++] = m->scratch.at[i];
	}
	m->scratch.n = kept;
	return 0;
}

int64_t
chooser_enter(struct chooser *c, int64_t state, struct view name, const struct upcase *fold,
	      const struct chooser_path *path)
{
	struct machine *m = &c->machine;
	struct asking asking = { .chooser = c, .path = path, .name = name };
	bool places = path && m->states.at[state].places, hit = false;
	struct folded folded;
	uint32_t position;
	size_t at = 0;
	int r = machine_fold(m, fold);

	machine_fold_name(m, name, &folded);
	m->scratch.n = 0;
	while (r == 0 && lookup_next(m, &m->states.at[state].folders, &folded, &at, &position)) {
		r = machine_push(m, position + 1);
		hit = true;
	}
	if (r < 0)
		return r;
	if (!hit && !places && m->states.at[state].rest >= 0)
		return m->states.at[state].rest;
	r = push_rest(m, state);
	if (r == 0 && places)
		r = drop_misplaced(&asking);
	if (r < 0)
		return r;
	if (hit || places)
		return machine_state(m, m->scratch.at, m->scratch.n);
	{
		int64_t rest = machine_state(m, m->scratch.at, m->scratch.n); /* moves the states */

		if (rest >= 0)
			m->states.at[state].rest = rest;
		return rest;
	}
}

/* ---- files ---- */

static int
hit(struct chooser *c, uint32_t target)
{
	uint32_t *slot = vector_push(&c->hits);

	if (!slot)
		return -ENOMEM;
	*slot = target;
	return 0;
}

static int
collect_names(struct chooser *c, const struct lookup *lookup, const struct folded *name)
{
	uint32_t position;
	size_t at = 0;
	int r = 0;

	while (r == 0 && lookup_next(&c->machine, lookup, name, &at, &position))
		r = hit(c, c->machine.places.at[position].target);
	return r;
}

static int
collect_regexes(struct asking *a, const struct state *state)
{
	struct chooser *c = a->chooser;

	for (size_t i = 0; i < state->regexes.n; i++) {
		const struct target *target = &c->machine.targets.at[state->regexes.at[i]];
		int r;

		if (!regex_may_end(target->regex, a->name))
			continue;
		r = compose(a, target, false);
		if (r > 0 && regex_fits(target->regex, c->machine.matching, text_view(&c->subject)))
			r = hit(c, state->regexes.at[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
by_choice(const void *a, const void *b)
{
	uint32_t x = (*(const struct choice *const *)a)->number, y = (*(const struct choice *const *)b)->number;

	return (x > y) - (x < y);
}

static int
by_rule(const void *a, const void *b)
{
	uint32_t x = (*(const struct rule *const *)a)->number, y = (*(const struct rule *const *)b)->number;

	return (x > y) - (x < y);
}

/* Many bare names of known web shells are ordinary ones elsewhere: they count only where IIS serves files. */
static void
drop_bare_names(struct chooser *c, size_t from, size_t to)
{
	size_t n = from;

	for (size_t i = 0; i < c->hits.n; i++) {
		const struct target *target = &c->machine.targets.at[c->hits.at[i]];

		if (target->choice && target->choice->role == ROLE_WEBROOT)
			return;
	}
	for (size_t i = from; i < c->hits.n; i++)
		if (i >= to || c->machine.targets.at[c->hits.at[i]].choice)
			c->hits.at[n++] = c->hits.at[i];
	c->hits.n = n;
}

static int
sort_hits(struct chooser *c)
{
	c->choices.n = c->rules.n = c->unless.n = 0;
	for (size_t i = 0; i < c->hits.n; i++) {
		const struct target *target = &c->machine.targets.at[c->hits.at[i]];
		const struct choice **choice = target->choice ? vector_push(&c->choices) : NULL;
		const struct rule **rule = NULL;

		if (target->rule)
			rule = target->unless ? vector_push(&c->unless) : vector_push(&c->rules);
		if (!choice && !rule)
			return -ENOMEM;
		if (choice)
			*choice = target->choice;
		else
			*rule = target->rule;
	}
	vector_sort(&c->choices, by_choice);
	vector_sort(&c->rules, by_rule);
	return 0;
}

static bool
excused(const struct chooser *c, const struct rule *rule)
{
	for (size_t i = 0; i < c->unless.n; i++)
		if (c->unless.at[i] == rule)
			return true;
	return false;
}

/* Each choice and rule once, and no rule that does not count here. */
static void
tidy(struct chooser *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->choices.n; i++)
		if (!n || c->choices.at[n - 1] != c->choices.at[i])
			c->choices.at[n++] = c->choices.at[i];
	c->choices.n = n;
	n = 0;
	for (size_t i = 0; i < c->rules.n; i++)
		if ((!n || c->rules.at[n - 1] != c->rules.at[i]) && !excused(c, c->rules.at[i]))
			c->rules.at[n++] = c->rules.at[i];
	c->rules.n = n;
}

int
chooser_file(struct chooser *c, int64_t state, struct view name, const struct upcase *fold,
	     const struct chooser_path *path, struct chosen *ret_chosen)
{
	const struct state *s = &c->machine.states.at[state];
	struct asking asking = { .chooser = c, .path = path, .name = name };
	struct folded folded;
	int r = machine_fold(&c->machine, fold);
	size_t bare, behind;

	c->hits.n = 0;
	*ret_chosen = (struct chosen){ .choice_count = 0 };
	machine_fold_name(&c->machine, name, &folded);
	if (r == 0)
		r = collect_names(c, &s->files, &folded);
	bare = c->hits.n;
	if (r == 0)
		r = collect_names(c, &c->machine.anywhere, &folded);
	behind = c->hits.n;
	if (r == 0 && path)
		r = collect_regexes(&asking, s);
	for (size_t i = 0; i < s->every.n && r == 0; i++)
		r = hit(c, s->every.at[i]);
	if (r < 0 || !c->hits.n)
		return r;
	if (behind > bare)
		drop_bare_names(c, bare, behind);
	r = sort_hits(c);
	if (r < 0)
		return r;
	tidy(c);
	*ret_chosen = (struct chosen){
		.choices = c->choices.at,
		.choice_count = c->choices.n,
		.rules = c->rules.at,
		.rule_count = c->rules.n,
	};
	return 0;
}
