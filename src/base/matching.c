/* matching.c - regular expressions held against text of any origin, by PCRE2 and within limits. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "matching.h"

#include <errno.h>
#include <pcre2.h>
#include <stdlib.h>

enum {
	STEPS_MAX = 200000, /* of one match */
	HEAP_MAX = 16384,   /* KiB */
	JIT_STACK_MIN = 32 << 10,
	JIT_STACK_MAX = 1 << 20,
};

struct matching {
	pcre2_match_data *data;
	pcre2_match_context *limits;
	pcre2_jit_stack *stack; /* NULL where there is no JIT */
};

int
matching_new(struct matching **ret_matching)
{
	CLEANUP(matching_free) struct matching *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	m->data = pcre2_match_data_create(1, NULL);
	m->limits = pcre2_match_context_create(NULL);
	m->stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL);
	if (!m->data || !m->limits)
		return -ENOMEM;
	pcre2_set_match_limit(m->limits, STEPS_MAX);
	pcre2_set_heap_limit(m->limits, HEAP_MAX);
	if (m->stack)
		pcre2_jit_stack_assign(m->limits, NULL, m->stack);
	*ret_matching = TAKE(m);
	return 0;
}

struct matching *
matching_free(struct matching *matching)
{
	if (!matching)
		return NULL;
	pcre2_match_data_free(matching->data);
	pcre2_match_context_free(matching->limits);
	pcre2_jit_stack_free(matching->stack);
	free(matching);
	return NULL;
}

int
matching_run(struct matching *matching, const void *code, struct view text, uint32_t options)
{
	PCRE2_SPTR p = text.n ? text.p : (PCRE2_SPTR) "";

	return pcre2_match(code, p, text.n, 0, options, matching->data, matching->limits);
}
