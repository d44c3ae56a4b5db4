/* sigma.c - any bytes as a file of Sigma rules, up to a NUL, and what follows as a record: what says yes was led to. */
#include <stdlib.h>

#include "literals.h"
#include "sigma.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RULES_MAX = 64, FIELDS_MAX = 8 };

struct filed {
	struct rule rules[RULES_MAX];
	size_t n;
};

static int
file_rule(void *state, const struct rule *draft, unsigned line, const struct rule **ret_filed)
{
	struct filed *filed = state;

	if (!line || !draft->id || !draft->title || (draft->state != RULE_USED && !*draft->reason))
		abort();
	*ret_filed = NULL;
	if (filed->n < RULES_MAX) {
		filed->rules[filed->n] = *draft;
		*ret_filed = &filed->rules[filed->n++];
	}
	return 0;
}

static int
count(void *state, const struct rule *rule, struct view basis)
{
	if (!rule || !basis.n)
		abort();
	++*(size_t *)state;
	return 0;
}

/* The literals must not hide what the rules say without them. */
static void
ask(const struct sigma_set *set, const struct fields *record)
{
	CLEANUP(sigma_matcher_close) struct sigma_matcher *m = NULL;
	struct fields hidden = *record;
	size_t led = 0, all = 0;

	hidden.raw.n = 0; /* no raw record: all rules are asked, but for keywords this is another record */
	if (sigma_matcher_open(set, &m) < 0 || sigma_match(m, record, count, &led) < 0)
		abort();
	for (size_t i = 0, n = sigma_set_rules(set, &(const struct sigma_bound *){ NULL }); i < n; i++) {
		const struct sigma_bound *bound;
		enum sigma_answer answer;

		sigma_set_rules(set, &bound);
		if (sigma_ask(m, record, i, &answer) < 0)
			abort();
		if (answer == SIGMA_YES && bound[i].reason)
			abort();
		all += answer == SIGMA_YES;
	}
	if (led != all)
		abort();
	if (sigma_match(m, &hidden, count, &led) < 0)
		abort();
}

/* Values with tabs between, as a log has them: raw holds every one. */
static void
match(const struct sigma *sigma, struct view raw)
{
	static const char *const names[] = {
		"cs-method", "cs-uri-stem", "cs-uri-query", "c-ip", "cs(User-Agent)", "sc-status", "a", NULL
	};
	static const struct sigma_source source = { .title = "logs", .category = "webserver", .fields = names };
	CLEANUP(sigma_set_free) struct sigma_set *set = NULL;
	struct field at[FIELDS_MAX];
	struct fields record = { .at = at, .raw = raw };
	struct view rest = raw;

	while (record.n < FIELDS_MAX - 1) {
		const uint8_t *tab = rest.n ? memchr(rest.p, '\t', rest.n) : NULL;

		at[record.n] = (struct field){ view_text(names[record.n]),
					       view_of(rest.p, tab ? (size_t)(tab - rest.p) : rest.n) };
		rest = tab ? view_from(rest, (size_t)(tab - rest.p) + 1) : view_of(NULL, 0);
		record.n++;
	}
	if (sigma_bind(sigma, &source, &set) < 0)
		abort();
	ask(set, &record);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(sigma_free) struct sigma *sigma = NULL;
	const uint8_t *end = size ? memchr(data, 0, size) : NULL;
	struct view yaml = view_of(data, end ? (size_t)(end - data) : size);
	CLEANUP(free) struct filed *filed = calloc(1, sizeof(*filed));

	if (!filed || sigma_new(&sigma) < 0 || sigma_parse(sigma, yaml, "rules/fuzz.yml", file_rule, filed) < 0)
		abort();
	match(sigma, end ? view_of(end + 1, size - yaml.n - 1) : view_of(NULL, 0));
	return 0;
}
