/* expression.c - regular expressions on paths, by PCRE2. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "expression.h"

#include <errno.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#include "tails.h"

enum {
	STEPS_MAX = 200000, /* of one match */
	HEAP_MAX = 16384,   /* KiB */
	JIT_STACK_MAX = 1 << 20,
};

struct regex {
	pcre2_code *code;
	char separator;
	bool has_place;
	struct tails tails;
};

struct regex_scratch {
	pcre2_match_data *data;
	pcre2_match_context *limits;
	pcre2_jit_stack *stack;
};

/* An anchored pattern that cannot go on behind folders of unheard-of names fits below certain folders only. */
static int
find_place(struct regex *regex)
{
	static const char *const unheard[] = { "\x01\\\x01\\", "\x01/\x01/" };
	struct regex_scratch *scratch;
	uint32_t options = 0;
	int r = regex_scratch_new(&scratch);

	if (r < 0)
		return r;
	pcre2_pattern_info(regex->code, PCRE2_INFO_ALLOPTIONS, &options);
	regex->has_place = options & PCRE2_ANCHORED &&
			   !regex_may_lead(regex, scratch, view_text(unheard[regex->separator == '/']));
	regex_scratch_free(scratch);
	return 0;
}

int
regex_new(const char *pattern, struct regex **ret_regex, char *why, size_t why_size)
{
	/* '$' is the end alone: a name may end in a line feed. Names with lone surrogates are not valid UTF-8. */
	const uint32_t options =
		PCRE2_CASELESS | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
	struct regex *regex = calloc(1, sizeof(*regex));
	PCRE2_SIZE at = 0;
	int error = 0, r;

	if (!regex)
		return -ENOMEM;
	regex->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options, &error, &at, NULL);
	if (!regex->code) {
		PCRE2_UCHAR message[160] = "";

		pcre2_get_error_message(error, message, sizeof(message));
		snprintf(why, why_size, "regular expression, at character %zu: %s", (size_t)at + 1,
			 (const char *)message);
		regex_free(regex);
		return error == PCRE2_ERROR_NOMEMORY || error == PCRE2_ERROR_HEAP_FAILED ? -ENOMEM : -EINVAL;
	}
	/* where there is no JIT the interpreter does the same more slowly */
	pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE | PCRE2_JIT_PARTIAL_HARD);
	regex->separator = strchr(pattern, '/') && !strstr(pattern, "\\\\") ? '/' : '\\';
	tails_find(pattern, &regex->tails);
	r = find_place(regex);
	if (r < 0) {
		regex_free(regex);
		return r;
	}
	*ret_regex = regex;
	return 0;
}

struct regex *
regex_free(struct regex *regex)
{
	if (regex)
		pcre2_code_free(regex->code);
	free(regex);
	return NULL;
}

bool
regex_may_end(const struct regex *regex, struct view name)
{
	return tails_fit(&regex->tails, name);
}

bool
regex_has_place(const struct regex *regex)
{
	return regex->has_place;
}

char
regex_separator(const struct regex *regex)
{
	return regex->separator;
}

int
regex_scratch_new(struct regex_scratch **ret_scratch)
{
	struct regex_scratch *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->data = pcre2_match_data_create(1, NULL);
	s->limits = pcre2_match_context_create(NULL);
	s->stack = pcre2_jit_stack_create(32768, JIT_STACK_MAX, NULL); /* NULL where there is no JIT */
	if (!s->data || !s->limits) {
		regex_scratch_free(s);
		return -ENOMEM;
	}
	pcre2_set_match_limit(s->limits, STEPS_MAX);
	pcre2_set_heap_limit(s->limits, HEAP_MAX);
	if (s->stack)
		pcre2_jit_stack_assign(s->limits, NULL, s->stack);
	*ret_scratch = s;
	return 0;
}

struct regex_scratch *
regex_scratch_free(struct regex_scratch *s)
{
	if (!s)
		return NULL;
	pcre2_match_data_free(s->data);
	pcre2_match_context_free(s->limits);
	pcre2_jit_stack_free(s->stack);
	free(s);
	return NULL;
}

static int
match(const struct regex *regex, struct regex_scratch *s, struct view text, uint32_t options)
{
	PCRE2_SPTR p = text.n ? text.p : (PCRE2_SPTR) "";

	return pcre2_match(regex->code, p, text.n, 0, options, s->data, s->limits);
}

bool
regex_fits(const struct regex *regex, struct regex_scratch *scratch, struct view path)
{
	return match(regex, scratch, path, 0) != PCRE2_ERROR_NOMATCH;
}

bool
regex_surely_fits(const struct regex *regex, struct regex_scratch *scratch, struct view text)
{
	return match(regex, scratch, text, 0) >= 0;
}

/* A partial match says that the text ended while it still could have fitted. */
bool
regex_may_lead(const struct regex *regex, struct regex_scratch *scratch, struct view folder)
{
	return match(regex, scratch, folder, PCRE2_PARTIAL_HARD) != PCRE2_ERROR_NOMATCH;
}
