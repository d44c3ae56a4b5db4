/* oabdump_script.c - the script in an address of a virtual directory: its language, and what it takes out of a request.
 */
#include <strings.h>

#include "oabdump_own.h"

static bool
is_quote(uint8_t c)
{
	return c == '"' || c == '\'' || c == '`';
}

/* What stands in quotes at the beginning of a text. */
static struct view
quoted(struct view text)
{
	size_t n = 1;

	if (!text.n || !is_quote(text.p[0]))
		return view_of(NULL, 0);
	while (n < text.n && text.p[n] != text.p[0])
		n++;
	return n < text.n ? view_of(text.p + 1, n - 1) : view_of(NULL, 0);
}

static struct view
attribute(struct view text, const char *name)
{
	size_t at = text_find(text, name);
	struct view rest = at == SIZE_MAX ? view_of(NULL, 0) : view_from(text, at + strlen(name));

	while (rest.n && (rest.p[0] == ' ' || rest.p[0] == '='))
		rest = view_from(rest, 1);
	return quoted(rest);
}

static bool
is_word(uint8_t c)
{
	return c == '.' || (c | 0x20) == '_' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* `Request["code"]`, `Request.Form['p']`, `Request.Item("x")`; the first that names it as text. */
static struct view
parameter(struct view code)
{
	struct view name = { 0 };

	for (size_t at; !name.p && (at = text_find(code, "Request")) != SIZE_MAX;) {
		code = view_from(code, at + strlen("Request"));
		while (code.n && is_word(code.p[0]))
			code = view_from(code, 1);
		while (code.n && (code.p[0] == '[' || code.p[0] == '(' || code.p[0] == ' '))
			code = view_from(code, 1);
		name = quoted(code);
	}
	return name;
}

bool
script_find(struct view value, struct oab_script *ret)
{
	static const char close[] = "</script>";
	size_t tag = text_find(value, "<script"), block = text_find(value, "<%"), at = tag < block ? tag : block, end;

	if (at == SIZE_MAX)
		return false;
	ret->code = view_from(value, at);
	end = text_find(ret->code, at == tag ? close : "%>");
	if (end != SIZE_MAX)
		ret->code.n = end + (at == tag ? sizeof(close) - 1 : 2);
	while (ret->code.n && ret->code.p[ret->code.n - 1] <= ' ')
		ret->code.n--;
	ret->language = attribute(ret->code, "language");
	ret->parameter = parameter(ret->code);
	return true;
}
