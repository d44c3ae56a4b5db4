/* match.c - records held against the rules of a set, and what made a rule say yes, in words. */
#include <errno.h>

#include "literals.h"
#include "values.h"

enum { TESTS_TOLD = 12, VALUE_TOLD = 160 }; /* of a hit: tests that are named, and bytes of a value */

struct sigma_matcher {
	const struct sigma_set *set;
	struct record_view view;
	struct matching *matching;
	uint8_t *wanted; /* by rule: this record is for it */
	struct company_view company;
	uint64_t undecided;
	struct text basis;
};

/* ---- tests ---- */

static bool
is_dash(const struct glob *glob)
{
	return glob->n == 1 && !glob->open_start && !glob->open_end && glob->pieces[0].n == 1 &&
	       glob->pieces[0].units[0] == '-';
}

static bool
compare(double value, enum compare how, double with)
{
	switch (how) {
	case COMPARE_LESS:
		return value < with;
	case COMPARE_LESS_EQUAL:
		return value <= with;
	case COMPARE_GREATER:
		return value > with;
	case COMPARE_GREATER_EQUAL:
		return value >= with;
	default:
		return !(value < with) && !(value > with);
	}
}

static bool
number_fits(const struct test *test, struct view text)
{
	double number;

	if (test->part != PART_NONE ? !time_part(text, test->part, &number) : !number_parse(text, &number))
		return false;
	return compare(number, test->compare, test->number);
}

/* One value; the other operations are not asked of one alone. */
static enum sigma_answer
ask_value(struct sigma_matcher *m, const struct test *test, const struct place_values *p, const struct value *value)
{
	struct view text = value_plain(p, value);
	bool yes = false;

	if (value->none)
		return test->op == OP_TEXT && is_dash(&test->glob) ? SIGMA_YES : SIGMA_NO;
	switch (test->op) {
	case OP_TEXT:
		yes = pairs_within(&test->glob.pairs, &value->pairs) &&
		      glob_fits(&test->glob, test->glob.cased ? text : value_folded(p, value));
		break;
	case OP_EXPR:
		return expr_fits(test->expr, m->matching, text);
	case OP_NETWORK:
		yes = network_has(&test->network, text);
		break;
	case OP_NUMBER:
		yes = number_fits(test, text);
		break;
	default:
		break;
	}
	return yes ? SIGMA_YES : SIGMA_NO;
}

static enum sigma_answer
ask_empty(const struct place_values *p)
{
	for (size_t i = 0; i < p->values.n; i++)
		if (p->values.at[i].n)
			return SIGMA_NO;
	return p->unknown ? SIGMA_UNKNOWN : SIGMA_YES;
}

/* Sigma means the field alone, whatever its value. */
static enum sigma_answer
ask_exists(const struct place_values *p)
{
	for (size_t i = 0; i < p->values.n; i++)
		if (p->values.at[i].field != UINT32_MAX)
			return SIGMA_YES;
	return p->unknown ? SIGMA_UNKNOWN : SIGMA_NO;
}

/* Whether `other` stands in `text` where the test wants it. */
static bool
stands_in(const struct test *test, struct view text, struct view other)
{
	if (other.n > text.n)
		return false;
	if (test->open_start && test->open_end)
		return !other.n || memmem(text.p, text.n, other.p, other.n);
	if (test->open_start)
		return view_equal(view_from(text, text.n - other.n), other);
	return view_equal(test->open_end ? view_part(text, 0, other.n) : text, other);
}

static enum sigma_answer
ask_other(const struct test *test, const struct place_values *p, const struct place_values *others)
{
	for (size_t i = 0; i < p->values.n; i++) {
		for (size_t k = 0; k < others->values.n; k++) {
			const struct value *a = &p->values.at[i], *b = &others->values.at[k];

			if (!a->none && !b->none &&
			    stands_in(test, test->cased ? value_plain(p, a) : value_folded(p, a),
				      test->cased ? value_plain(others, b) : value_folded(others, b)))
				return SIGMA_YES;
		}
	}
	return p->unknown || others->unknown ? SIGMA_UNKNOWN : SIGMA_NO;
}

/* *ret_value is the value that decided for YES, or NULL. */
static int
ask_test(struct sigma_matcher *m, const struct bound_rule *rule, uint32_t which, enum sigma_answer *ret_answer,
	 const struct place_values **ret_values, const struct value **ret_value)
{
	const struct test *test = &rule->parsed->tests[which];
	const struct place_values *p, *others;
	int r = record_values(&m->view, rule->places[which], &p);

	*ret_values = p;
	*ret_value = NULL;
	*ret_answer = SIGMA_NO;
	if (r == 0 && test->op == OP_FIELD)
		r = record_values(&m->view, rule->others[which], &others);
	if (r < 0)
		return r;
	if (test->op >= OP_EMPTY) {
		*ret_answer = test->op == OP_EMPTY    ? ask_empty(p)
			      : test->op == OP_EXISTS ? ask_exists(p)
						      : ask_other(test, p, others);
		return 0;
	}
	for (size_t i = 0; i < p->values.n; i++) {
		enum sigma_answer one = ask_value(m, test, p, &p->values.at[i]);

		m->undecided += one == SIGMA_UNKNOWN;
		if (one > *ret_answer)
			*ret_answer = one;
		if (one == SIGMA_YES) {
			*ret_value = &p->values.at[i];
			return 0;
		}
	}
	if (p->unknown)
		*ret_answer = SIGMA_UNKNOWN;
	return 0;
}

/* ---- operators ---- */

/* Kleene's: `and` is the least of its kids' answers, `or` the greatest, `not` turns them around. */
static int
ask_node(struct sigma_matcher *m, const struct bound_rule *rule, uint32_t at, enum sigma_answer *ret_answer)
{
	const struct node *node = &rule->parsed->nodes[at];
	const uint32_t *kids = rule->parsed->kids + node->first;
	const struct place_values *values;
	const struct value *value;
	bool and = node->kind == NODE_AND;
	enum sigma_answer answer = and? SIGMA_YES : SIGMA_NO, last = and? SIGMA_NO : SIGMA_YES;
	int r = 0;

	if (node->kind == NODE_TEST)
		return ask_test(m, rule, node->first, ret_answer, &values, &value);
	if (node->kind == NODE_NOT) {
		r = ask_node(m, rule, kids[0], &answer);
		*ret_answer = (enum sigma_answer)(SIGMA_YES - answer);
		return r;
	}
	for (uint32_t i = 0; i < node->n && answer != last && r == 0; i++) {
		enum sigma_answer kid;

		r = ask_node(m, rule, kids[i], &kid);
		if (r == 0 && (and? kid < answer : kid > answer))
			answer = kid;
	}
	*ret_answer = answer;
	return r;
}

/* ---- what made it say yes ---- */

static struct view
cut(struct view text)
{
	size_t n = text.n < VALUE_TOLD ? text.n : VALUE_TOLD;

	while (n < text.n && n > VALUE_TOLD - 4 && (text.p[n] & 0xc0) == 0x80)
		n--;
	return view_part(text, 0, n);
}

static int
tell_value(struct sigma_matcher *m, const struct place_values *p, const struct value *value)
{
	static const char *const hows[] = {
		[HOW_PLAIN] = "",
		[HOW_RAW] = "the record",
		[HOW_PATH] = ", the path",
		[HOW_QUERY] = ", the query",
		[HOW_BOTH] = " and query joined",
		[HOW_BLANKS] = ", blanks for +",
		[HOW_EXTENSION] = ", its extension",
	};
	struct view text = value_plain(p, value), shown = cut(text);
	int r = text_adds(&m->basis, " in ");

	if (r == 0 && value->field != UINT32_MAX)
		r = text_add(&m->basis, m->view.record->at[value->field].name);
	if (r == 0)
		r = text_printf(&m->basis, "%s%s", hows[value->how], value->decoded ? ", percent-decoded" : "");
	if (r < 0 || value->none || value->how == HOW_RAW)
		return r;
	r = text_adds(&m->basis, ": \"");
	if (r == 0)
		r = text_add(&m->basis, shown);
	return r == 0 ? text_adds(&m->basis, shown.n < text.n ? "...\"" : "\"") : r;
}

static int
tell_test(struct sigma_matcher *m, const struct bound_rule *rule, uint32_t which, unsigned *told)
{
	const struct test *test = &rule->parsed->tests[which];
	const struct place_values *p;
	const struct value *value;
	enum sigma_answer answer;
	int r = ask_test(m, rule, which, &answer, &p, &value);

	if (r < 0 || ++*told > TESTS_TOLD)
		return r;
	r = text_printf(&m->basis, "%s%s '%.*s'", *told > 1 ? "; " : "", *test->key ? test->key : "keyword", VALUE_TOLD,
			test->value);
	return r == 0 && value ? tell_value(m, p, value) : r;
}

/* The tests that were needed: all of an `and`, the first that says yes of an `or`; what `not` excludes is not told. */
static int
tell_node(struct sigma_matcher *m, const struct bound_rule *rule, uint32_t at, unsigned *told)
{
	const struct node *node = &rule->parsed->nodes[at];
	int r = 0;

	if (node->kind == NODE_TEST)
		return tell_test(m, rule, node->first, told);
	for (uint32_t i = 0; i < node->n && node->kind != NODE_NOT && *told <= TESTS_TOLD && r == 0; i++) {
		uint32_t kid = rule->parsed->kids[node->first + i];
		enum sigma_answer answer;

		r = ask_node(m, rule, kid, &answer);
		if (r < 0 || answer != SIGMA_YES)
			continue;
		r = tell_node(m, rule, kid, told);
		if (node->kind == NODE_OR)
			break;
	}
	return r;
}

static int
tell_rule(struct sigma_matcher *m, const struct bound_rule *rule)
{
	unsigned told = 0;
	int r;

	text_cut(&m->basis, 0);
	r = tell_node(m, rule, rule->parsed->root, &told);
	if (r == 0 && told > TESTS_TOLD)
		r = text_adds(&m->basis, "; ...");
	return r == 0 ? text_printf(&m->basis, "%scondition: %s", told ? "; " : "", rule->parsed->condition) : r;
}

/* ---- records ---- */

static int
lead(void *state, size_t offset, uint32_t which)
{
	struct sigma_matcher *m = state;
	const struct sigma_set *set = m->set;

	(void)offset;
	for (uint32_t i = set->led_at[which]; i < set->led_at[which + 1]; i++) {
		uint8_t *wanted = &m->wanted[set->led.at[i].rule];

		*wanted |= !*wanted && company_there(set, set->led.at[i].rule, &m->company);
	}
	return 0;
}

/* Which rules this record can be for; all of them when nobody gave it as it stands in the log. */
static int
choose(struct sigma_matcher *m, const struct fields *record)
{
	const struct sigma_set *set = m->set;

	for (size_t i = 0; i < set->bound.n; i++)
		m->wanted[i] = !set->bound.at[i].reason && (set->bound.at[i].all || !record->raw.n);
	if (!set->search || !record->raw.n)
		return 0;
	company_see(&m->company, record->raw, record->separator);
	return literals_scan(set->search, record->raw, lead, m);
}

static bool
any_wanted(const struct sigma_matcher *m)
{
	return memchr(m->wanted, 1, m->set->bound.n) != NULL;
}

int
sigma_match(struct sigma_matcher *m, const struct fields *record, sigma_hit *hit, void *state)
{
	const struct sigma_set *set = m->set;
	int r = choose(m, record);

	if (r == 0 && !any_wanted(m))
		return 0;
	if (r == 0)
		r = record_take(&m->view, record);
	for (size_t i = 0; i < set->rules.n && r == 0; i++) {
		const struct bound_rule *rule = &set->rules.at[i];
		enum sigma_answer answer = SIGMA_NO;

		if (!m->wanted[i])
			continue;
		r = ask_node(m, rule, rule->parsed->root, &answer);
		if (r < 0 || answer != SIGMA_YES)
			continue;
		r = tell_rule(m, rule);
		if (r == 0)
			r = hit(state, rule->parsed->rule, text_view(&m->basis));
	}
	return r;
}

int
sigma_ask(struct sigma_matcher *m, const struct fields *record, size_t which, enum sigma_answer *ret_answer)
{
	const struct bound_rule *rule = &m->set->rules.at[which];
	int r = record_take(&m->view, record);

	return r == 0 ? ask_node(m, rule, rule->parsed->root, ret_answer) : r;
}

uint64_t
sigma_undecided(const struct sigma_matcher *m)
{
	return m->undecided;
}

int
sigma_matcher_open(const struct sigma_set *set, struct sigma_matcher **ret_matcher)
{
	CLEANUP(sigma_matcher_close) struct sigma_matcher *m = calloc(1, sizeof(*m));
	int r = m ? matching_new(&m->matching) : -ENOMEM;

	if (r < 0)
		return r;
	m->set = set;
	m->wanted = calloc(set->rules.n + 1, 1);
	r = m->wanted ? record_open(set, &m->view) : -ENOMEM;
	if (r < 0)
		return r;
	*ret_matcher = TAKE(m);
	return 0;
}

struct sigma_matcher *
sigma_matcher_close(struct sigma_matcher *m)
{
	if (!m)
		return NULL;
	if (m->set)
		record_close(&m->view);
	matching_free(m->matching);
	text_free(&m->basis);
	free(m->wanted);
	free(m);
	return NULL;
}
