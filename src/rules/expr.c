/* expr.c - the regular expressions of Sigma rules, by PCRE2 and within limits. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include <errno.h>
#include <pcre2.h>
#include <stdio.h>

#include "own.h"

enum {
	STEPS_MAX = 200000, /* of one match */
	HEAP_MAX = 16384,   /* KiB */
	JIT_STACK_MIN = 32 << 10,
	JIT_STACK_MAX = 1 << 20,
	PARENTHESES_MAX = 100,
};

struct expr {
	pcre2_code *code;
};

struct expr_scratch {
	pcre2_match_data *data;
	pcre2_match_context *limits;
	pcre2_jit_stack *stack;
};

static uint32_t
options_of(unsigned flags)
{
	/* records may hold bytes that are no UTF-8 */
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;

	if (flags & EXPR_CASELESS)
		options |= PCRE2_CASELESS;
	if (flags & EXPR_LINES)
		options |= PCRE2_MULTILINE;
	if (flags & EXPR_DOTALL)
		options |= PCRE2_DOTALL;
	return options;
}

int
expr_new(const char *pattern, unsigned flags, struct expr **ret, char *why, size_t why_size)
{
	pcre2_compile_context *limits = pcre2_compile_context_create(NULL);
	struct expr *e = calloc(1, sizeof(*e));
	PCRE2_SIZE at = 0;
	int error = 0;

	if (e && limits) {
		pcre2_set_parens_nest_limit(limits, PARENTHESES_MAX);
		e->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options_of(flags), &error, &at,
					limits);
	}
	pcre2_compile_context_free(limits);
	if (!e || !e->code) {
		PCRE2_UCHAR message[160] = "";

		expr_free(e);
		if (!error || error == PCRE2_ERROR_HEAP_FAILED || error == PCRE2_ERROR_NOMEMORY)
			return -ENOMEM;
		pcre2_get_error_message(error, message, sizeof(message));
		snprintf(why, why_size, "at character %zu: %s", (size_t)at + 1, (const char *)message);
		return -EINVAL;
	}
	/* where there is no JIT the interpreter does the same more slowly */
	pcre2_jit_compile(e->code, PCRE2_JIT_COMPLETE);
	*ret = e;
	return 0;
}

struct expr *
expr_free(struct expr *e)
{
	if (e)
		pcre2_code_free(e->code);
	free(e);
	return NULL;
}

int
expr_scratch_new(struct expr_scratch **ret)
{
	struct expr_scratch *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->data = pcre2_match_data_create(1, NULL);
	s->limits = pcre2_match_context_create(NULL);
	s->stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL); /* NULL where there is no JIT */
	if (!s->data || !s->limits) {
		expr_scratch_free(s);
		return -ENOMEM;
	}
	pcre2_set_match_limit(s->limits, STEPS_MAX);
	pcre2_set_heap_limit(s->limits, HEAP_MAX);
	if (s->stack)
		pcre2_jit_stack_assign(s->limits, NULL, s->stack);
	*ret = s;
	return 0;
}

struct expr_scratch *
expr_scratch_free(struct expr_scratch *s)
{
	if (!s)
		return NULL;
	pcre2_match_data_free(s->data);
	pcre2_match_context_free(s->limits);
	pcre2_jit_stack_free(s->stack);
	free(s);
	return NULL;
}

/* 0 is a match whose groups had no room. */
enum sigma_answer
expr_fits(const struct expr *e, struct expr_scratch *s, struct view text)
{
	PCRE2_SPTR p = text.n ? text.p : (PCRE2_SPTR) "";
	int r = pcre2_match(e->code, p, text.n, 0, 0, s->data, s->limits);

	return r >= 0 ? SIGMA_YES : r == PCRE2_ERROR_NOMATCH ? SIGMA_NO : SIGMA_UNKNOWN;
}
