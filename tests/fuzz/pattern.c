/* pattern.c - any text as a pattern and as a regular expression, held against the rest of the input as a name. */
#include <stdlib.h>

#include "../../src/profile/expression.h"
#include "../../src/profile/pattern.h"
#include "cleanup.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes up to a line feed as a string, and what is behind it. */
static char *
take_line(struct view *rest)
{
	const uint8_t *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;
	size_t n = end ? (size_t)(end - rest->p) : rest->n;
	char *line = malloc(n + 1);

	if (!line)
		abort();
	if (n)
		memcpy(line, rest->p, n);
	line[n] = 0;
	*rest = view_from(*rest, n + (end != NULL));
	return line;
}

static void
parse(const char *text)
{
	struct arena arena = { 0 };
	struct pattern pattern;
	const char *why;

	if (pattern_parse(&arena, text, &pattern, &why) == 0 && (!pattern.n || pattern.n > PATTERN_PARTS))
		abort();
	arena_free(&arena);
}

static bool
is_plain(const char *name)
{
	for (; *name; name++)
		if ((signed char)*name < 0x20 || *name == '\\' || *name == '/')
			return false;
	return true;
}

/* A name that fits must not have been ruled out, neither by its end nor by its folder. */
static void
match(const char *text, const char *folder, const char *name, struct matching *matching)
{
	CLEANUP(text_free) struct text wide = { 0 }, path = { 0 };
	struct regex *regex;
	char why[200], separator;

	if (regex_new(text, &regex, why, sizeof(why)) < 0)
		return;
	separator = regex_separator(regex);
	if (text_to_utf16(view_text(name), &wide) < 0 || text_printf(&path, "%s%c%s", folder, separator, name) < 0)
		abort();
	if (regex_fits(regex, matching, text_view(&path)) && is_plain(name) && is_plain(folder)) {
		if (!regex_may_end(regex, text_view(&wide)))
			abort();
		if (regex_has_place(regex) && !regex_may_lead(regex, matching, view_of(path.s, strlen(folder) + 1)))
			abort();
	}
	regex_free(regex);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view rest = view_of(data, size < 4096 ? size : 4096);
	char *text = take_line(&rest), *folder = take_line(&rest), *name = take_line(&rest);
	struct matching *matching;

	if (matching_new(&matching) < 0)
		abort();
	parse(text);
	match(text, folder, name, matching);
	matching_free(matching);
	free(text);
	free(folder);
	free(name);
	return 0;
}
