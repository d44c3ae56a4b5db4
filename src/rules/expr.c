/* expr.c - the regular expressions of Sigma rules, by PCRE2 and within limits. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include <errno.h>
#include <pcre2.h>
#include <stdio.h>

#include "own.h"

enum { PARENTHESES_MAX = 100 };

struct expr {
	pcre2_code *code;
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

/* 0 is a match whose groups had no room. */
enum sigma_answer
expr_fits(const struct expr *e, struct matching *matching, struct view text)
{
	int r = matching_run(matching, e->code, text, 0);

	return r >= 0 ? SIGMA_YES : r == PCRE2_ERROR_NOMATCH ? SIGMA_NO : SIGMA_UNKNOWN;
}
