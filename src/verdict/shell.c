/* shell.c - a web shell without what its user may change: the same shell on two servers is then the same text. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "indicator.h"

enum {
	NORMAL_LEAST = 24,       /* bytes of what is left that make it known */
	NORMAL_MAX = 256 * 1024, /* of it that count */
	GUID = 36,
};

static bool
starts(struct view v, const char *word)
{
	size_t n = strlen(word);

	return v.n >= n && !strncasecmp((const char *)v.p, word, n);
}

static size_t
find(struct view v, const char *word)
{
	for (size_t i = 0; i < v.n; i++)
		if (starts(view_from(v, i), word))
			return i;
	return SIZE_MAX;
}

static bool
is_word(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* 8-4-4-4-12 hex digits. */
static bool
is_guid(struct view v)
{
	for (size_t i = 0; i < GUID; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (i >= v.n || (dash ? v.p[i] != '-' : !is_hex(v.p[i])))
			return false;
	}
	return v.n == GUID || !is_word(v.p[GUID]);
}

/* How long a URL is that begins here, 0 for none. */
static size_t
url_length(struct view v)
{
	size_t n = starts(v, "http://") ? 7 : starts(v, "https://") ? 8 : 0;

	while (n && n < v.n && v.p[n] > ' ' && !strchr("\"'<>`", v.p[n]))
		n++;
	return n;
}

/*
 * `Request["x"]`, `Request.Form["x"]`, `Request.Headers.Get("x")`, with blanks anywhere: how many bytes lie before the
 * quote of the parameter, 0 where this is no such thing.
 */
static size_t
before_parameter(struct view v)
{
	size_t i = starts(v, "request") ? strlen("request") : 0;

	while (i && i < v.n && (is_word(v.p[i]) || v.p[i] == '.' || v.p[i] == ' '))
		i++;
	if (!i || i >= v.n || (v.p[i] != '[' && v.p[i] != '('))
		return 0;
	for (i++; i < v.n && v.p[i] == ' ';)
		i++;
	return i < v.n && (v.p[i] == '"' || v.p[i] == '\'') ? i : 0;
}

static int
add_code(struct text *t, struct view v)
{
	int r = 0;

	for (size_t i = 0; i < v.n && r == 0; i++)
		if (v.p[i] > ' ')
			r = text_addc(t, (char)(v.p[i] >= 'A' && v.p[i] <= 'Z' ? v.p[i] + 32 : v.p[i]));
	return r;
}

/* The parameter between its quotes, whichever they are: how many bytes it takes with both, or 0 without an end. */
static size_t
quoted_length(struct view v)
{
	const uint8_t *end = v.n > 1 ? memchr(v.p + 1, v.p[0], v.n - 1) : NULL;

	return end ? (size_t)(end - v.p) + 1 : 0;
}

/* One step: what stands at the front, as it is told; how many bytes that were. */
static int
take(struct text *t, struct view v, bool at_word, size_t *ret_taken)
{
	size_t n = at_word ? url_length(v) : 0, quoted = 0;

	*ret_taken = n;
	if (n)
		return text_adds(t, "{url}");
	*ret_taken = GUID;
	if (at_word && is_guid(v))
		return text_adds(t, "{guid}");
	n = at_word ? before_parameter(v) : 0;
	quoted = n ? quoted_length(view_from(v, n)) : 0;
	*ret_taken = quoted ? n + quoted : 1;
	if (!quoted)
		return add_code(t, view_part(v, 0, 1));
	n = (size_t)add_code(t, view_part(v, 0, n)); /* 0, or -ENOMEM */
	return n ? -ENOMEM : text_adds(t, "{parameter}");
}

static int
add_normal(struct text *t, struct view code)
{
	int r = 0;

	for (size_t i = 0, taken; i < code.n && r == 0 && t->n < NORMAL_MAX; i += taken)
		r = take(t, view_from(code, i), !i || !is_word(code.p[i - 1]), &taken);
	return r;
}

/* The next piece of code from *at on: <% ... %>, or <script ...> ... </script>; false where there is none. */
static bool
next_code(struct view page, size_t *at, struct view *ret_code)
{
	struct view rest = view_from(page, *at);
	size_t percent = find(rest, "<%"), script = find(rest, "<script"), from = percent < script ? percent : script, end;

	if (from == SIZE_MAX)
		return false;
	end = find(view_from(rest, from), percent < script ? "%>" : "</script");
	*ret_code = view_part(rest, from, end == SIZE_MAX ? rest.n - from : end);
	*at += from + ret_code->n;
	return true;
}

int
shell_normal(struct view bytes, struct text *ret_normal)
{
	struct view code;
	size_t at = 0;
	bool any = false;
	int r = 0;

	while (r == 0 && ret_normal->n < NORMAL_MAX && next_code(bytes, &at, &code)) {
		any = true;
		r = add_normal(ret_normal, code);
	}
	if (r == 0 && !any)
		r = add_normal(ret_normal, bytes);
	if (r == 0 && (ret_normal->n < NORMAL_LEAST || find(text_view(ret_normal), "request") == SIZE_MAX))
		text_cut(ret_normal, 0);
	return r;
}

struct view
shell_host(struct view bytes)
{
	size_t at = find(bytes, "ExternalUrl"), n = 0;
	struct view rest;

	if (at == SIZE_MAX)
		return view_of(NULL, 0);
	rest = view_from(bytes, at + strlen("ExternalUrl"));
	while (rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t' || rest.p[0] == ':'))
		rest = view_from(rest, 1);
	if (!url_length(rest))
		return view_of(NULL, 0);
	rest = view_from(rest, starts(rest, "https") ? 8 : 7);
	while (n < rest.n && rest.p[n] > ' ' && !strchr("/<>\"'?#", rest.p[n]))
		n++;
	return view_part(rest, 0, n);
}
