/* literal_expr.c - what a text must hold for a regular expression to be found in it, where that can be read off. */
#include "run.h"

/* Where a group or a class ends, or the end of the expression. */
static const char *
skip_group(const char *p)
{
	unsigned depth = 0;

	for (; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '[')
			for (p += p[1] == '^' ? 2 : 1, p += *p == ']'; *p && *p != ']'; p++)
				p += *p == '\\' && p[1];
		else if (*p == '(')
			depth++;
		else if (*p == ')')
			depth--;
		if (!*p)
			break;
		if (!depth)
			return p + 1;
	}
	return p;
}

/* An expression whose text cannot be taken at its word: alternatives, free spacing, quoted parts, verbs. */
static bool
is_tricky(const char *p)
{
	static const char *const signs[] = {
		"\\Q", "\\E", "\\c", "\\p", "\\P", "\\k", "\\g", "\\o", "\\N", "(*", "(?#", "[:",
	};
	unsigned depth = 0;

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strstr(p, signs[i]))
			return true;
	for (const char *flags = p; (flags = strstr(flags, "(?")); flags += 2)
		if (memchr(flags, 'x', strspn(flags, "(?imsxnJ-^a")))
			return true;
	for (; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '[')
			p = skip_group(p) - 1;
		else if (*p == '(')
			depth++;
		else if (*p == ')')
			depth--;
		else if (*p == '|' && !depth)
			return true;
		if (!*p)
			return true;
	}
	return depth != 0;
}

void
run_expr(const char *p, bool caseless, struct run *run)
{
	if (is_tricky(p))
		return;
	while (*p) {
		const char *end = *p == '(' || *p == '[' ? skip_group(p) : p + 1;
		int c = strchr("([.^$+*?{}", *p) ? -1 : (uint8_t)*p;

		if (*p == '\\') {
			end = p + 2;
			c = p[1] && strchr("./-_:=@?!$#()[]{}|^", p[1]) ? p[1] : -1;
			if (c < 0) /* \x41, \x{41}, \012: what belongs to it ends with the last digit */
				end += strspn(end, "0123456789abcdefABCDEF{}");
		}
		if (c >= 0 && ((*end && strchr("*?{", *end)) || (caseless && strchr("kKsS", c))))
			c = -1;
		if (c >= 0)
			run_add(run, (unsigned)c);
		else
			run_end(run);
		p = end;
		if (*p && strchr("*?+{", *p)) {
			run_end(run);
			if (*p == '{')
				p += strcspn(p, "}") + (strchr(p, '}') != NULL);
			else
				p++;
		}
	}
	run_end(run);
}

bool
run_choices(const char *pattern, struct view *ret_before, struct view *ret_choices)
{
	const char *open = is_tricky(pattern) ? NULL : strchr(pattern, '('), *inside, *end;

	if (!open || (open > pattern && open[-1] == '\\'))
		return false;
	inside = open[1] == '?' && open[2] == ':' ? open + 3 : open + 1;
	end = inside + strcspn(inside, "()[]?*+{");
	if (*end != ')' || end[-1] == '\\' || (end[1] && strchr("?*{", end[1])))
		return false;
	*ret_before = open - pattern >= 2 && open[-2] == '\\' ? view_of(open - 2, 2) : view_of(open, 0);
	*ret_choices = view_of(inside, (size_t)(end - inside));
	return true;
}
