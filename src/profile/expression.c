/* expression.c - regular expressions on paths, by PCRE2. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "expression.h"

#include <errno.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#include "tails.h"

struct regex {
	pcre2_code *code;
	char separator;
	bool has_place;
	struct tails tails;
};

/* An anchored pattern that cannot go on behind folders of unheard-of names fits below certain folders only. */
static int
find_place(struct regex *regex)
{
	static const char *const unheard[] = { "\x01\\\x01\\", "\x01/\x01/" };
	CLEANUP(matching_free) struct matching *matching = NULL;
	uint32_t options = 0;
	int r = matching_new(&matching);

	if (r < 0)
		return r;
	pcre2_pattern_info(regex->code, PCRE2_INFO_ALLOPTIONS, &options);
	regex->has_place = options & PCRE2_ANCHORED &&
			   !regex_may_lead(regex, matching, view_text(unheard[regex->separator == '/']));
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

bool
regex_fits(const struct regex *regex, struct matching *matching, struct view path)
{
	return matching_run(matching, regex->code, path, 0) != PCRE2_ERROR_NOMATCH;
}

/* A partial match says that the text ended while it still could have fitted. */
bool
regex_may_lead(const struct regex *regex, struct matching *matching, struct view folder)
{
	return matching_run(matching, regex->code, folder, PCRE2_PARTIAL_HARD) != PCRE2_ERROR_NOMATCH;
}
