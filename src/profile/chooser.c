/* chooser.c - the patterns of a profile bound to the folders of one host. */
#include "chooser.h"

#include <errno.h>
#include <strings.h>

#include "fail.h"

static int
bind(struct chooser *c, uint32_t volume, const char *base, const struct pattern *pattern, const struct target *target)
{
	struct root *root;
	uint32_t start;
	int r = machine_add(&c->machine, base, pattern, target, &start);

	if (r < 0)
		return r;
	root = vector_push(&c->roots);
	if (!root)
		return -ENOMEM;
	*root = (struct root){ .volume = volume, .start = start };
	return 0;
}

static int
note_unbound(struct chooser *c, const char *variable)
{
	const char **slot;

	for (size_t i = 0; i < c->unbound.n; i++)
		if (!strcasecmp(c->unbound.at[i], variable))
			return 0;
	slot = vector_push(&c->unbound);
	if (!slot)
		return -ENOMEM;
	*slot = variable;
	return 0;
}

static int
bind_variable(struct chooser *c, const struct pattern *pattern, const struct target *target)
{
	bool bound = false;

	for (size_t i = 0; i < c->binding_count; i++) {
		const struct binding *b = &c->bindings[i];
		int r;

		if (strcasecmp(b->variable, pattern->variable))
			continue;
		r = bind(c, b->volume, b->path, pattern, target);
		if (r < 0 && r != -EINVAL) /* a path from the evidence that is none binds nothing */
			return r;
		bound |= r == 0;
	}
	return bound ? 0 : note_unbound(c, pattern->variable);
}

static bool
is_bound(const struct chooser *c, const char *variable)
{
	for (size_t i = 0; i < c->binding_count; i++)
		if (!strcasecmp(c->bindings[i].variable, variable))
			return true;
	return false;
}

static int
add_pattern(struct chooser *c, const struct pattern *pattern, const struct target *target)
{
	bool every = !strcasecmp(pattern->variable, EVERY_VOLUME);
	int r = 0;

	if (every && pattern->n == 2 && pattern->parts[0].kind == PART_DEEP && pattern->parts[1].kind <= PART_GLOB &&
	    !target->unless)
		return machine_add_anywhere(&c->machine, &pattern->parts[1], target);
	if (!every || is_bound(c, EVERY_VOLUME))
		return bind_variable(c, pattern, target);
	for (uint32_t volume = 0; volume <= c->volumes && r == 0; volume++)
		r = bind(c, volume, "", pattern, target);
	return r;
}

static int
add_choices(struct chooser *c)
{
	int r = 0;

	for (size_t i = 0; i < c->profile->chosen.n; i++) {
		const struct chosen_line *line = &c->profile->chosen.at[i];
		struct target target = { .choice = NULL };

		if (line->choice == UINT32_MAX)
			continue;
		target.choice = &c->profile->choices.at[line->choice];
		for (size_t k = 0; k < line->pattern_count && r == 0; k++)
			r = add_pattern(c, line->patterns[k], &target);
	}
	return r;
}

static int
add_path_rules(struct chooser *c)
{
	int r = 0;

	for (size_t i = 0; i < c->profile->paths.n && r == 0; i++) {
		const struct path_rule *rule = &c->profile->paths.at[i];
		struct target target = { .rule = rule->rule, .regex = rule->regex };

		r = add_pattern(c, &rule->pattern, &target);
		target = (struct target){ .rule = rule->rule, .unless = true };
		for (uint32_t k = 0; k < rule->unless_count && r == 0; k++)
			r = add_pattern(c, &rule->unless[k], &target);
	}
	return r;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int
chooser_new(const struct profile *profile, const struct binding *bindings, size_t n, uint32_t volumes,
	    struct chooser **ret_chooser)
{
	CLEANUP(chooser_free) struct chooser *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return fail(ENOMEM, "out of memory for choosing files");
	c->profile = profile;
	c->bindings = bindings;
	c->binding_count = n;
	c->volumes = volumes;
	r = machine_start(&c->machine);
	if (r == 0)
		r = add_choices(c);
	if (r == 0)
		r = add_path_rules(c);
	if (r < 0)
		return fail(-r, "out of memory for choosing files");
	vector_sort(&c->unbound, by_text);
	c->bindings = NULL; /* borrowed for this call */
	c->binding_count = 0;
	*ret_chooser = TAKE(c);
	return 0;
}

struct chooser *
chooser_free(struct chooser *c)
{
	if (!c)
		return NULL;
	machine_free(&c->machine);
	vector_free(&c->roots);
	vector_free(&c->unbound);
	vector_free(&c->hits);
	vector_free(&c->choices);
	vector_free(&c->rules);
	vector_free(&c->unless);
	text_free(&c->folder);
	text_free(&c->subject);
	free(c);
	return NULL;
}

size_t
chooser_unbound(const struct chooser *c, const char *const **ret_variables)
{
	*ret_variables = c->unbound.at;
	return c->unbound.n;
}
