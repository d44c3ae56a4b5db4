/* tails.c - the literal end of a regular expression: most names are told apart by their last letters alone. */
#include "tails.h"

#include <ctype.h>

/* What the text read so far must end in: one empty tail means anything. */
static void
forget(struct tails *t)
{
	t->n = 1;
	t->at[0].n = 0;
}

static void
append(struct tails *t, char c)
{
	c = (char)tolower((unsigned char)c);
	for (size_t i = 0; i < t->n; i++) {
		if (t->at[i].n == TAIL_MAX) {
			memmove(t->at[i].text, t->at[i].text + 1, TAIL_MAX - 1);
			t->at[i].n--;
		}
		t->at[i].text[t->at[i].n++] = c;
	}
}

/* One character that stands for itself, escaped or not: how many bytes it takes, 0 when it is none. */
static size_t
literal(const char *p, char *ret_c)
{
	if (*p == '\\' && p[1] && ispunct((unsigned char)p[1])) {
		*ret_c = p[1];
		return 2;
	}
	if (!*p || *p < 0 || strchr("\\^$.[|()?*+{", *p))
		return 0;
	*ret_c = *p;
	return 1;
}

static bool
quantified(const char *p)
{
	return *p && strchr("*+?{", *p);
}

/* The bytes of a character class, its bracket being next. */
static size_t
class_size(const char *p)
{
	size_t i = 1;

	i += p[i] == '^';
	i += p[i] == ']';
	while (p[i] && p[i] != ']')
		i += p[i] == '\\' && p[i + 1] ? 2 : 1;
	return i + (p[i] != 0);
}

/* The bytes of a group, its bracket being next. */
static size_t
group_size(const char *p)
{
	size_t i = 0;
	int depth = 0;

	while (p[i]) {
		if (p[i] == '\\' && p[i + 1]) {
			i += 2;
			continue;
		}
		if (p[i] == '[') {
			i += class_size(p + i);
			continue;
		}
		depth += p[i] == '(';
		depth -= p[i] == ')';
		i++;
		if (!depth)
			break;
	}
	return i;
}

/* A group of literal alternatives multiplies the tails; false when it is anything else. */
static bool
append_group(struct tails *t, const char *p, size_t size)
{
	struct tails before = *t, after = { .n = 0 }, now = before;
	size_t i = !strncmp(p, "(?:", 3) ? 3 : 1;

	while (i < size) {
		char c;
		size_t n = literal(p + i, &c);

		if (n) {
			append(&now, c);
			i += n;
			continue;
		}
		if (p[i] != '|' && i + 1 != size)
			return false;
		if (after.n + now.n > TAILS_MAX)
			return false;
		memcpy(after.at + after.n, now.at, now.n * sizeof(now.at[0]));
		after.n += now.n;
		now = before;
		i++;
	}
	*t = after;
	return true;
}

static size_t
take(struct tails *t, const char *p)
{
	char c;
	size_t n = literal(p, &c);

	if (n) {
		if (quantified(p + n))
			forget(t);
		else
			append(t, c);
		return n;
	}
	if (*p == '(') {
		n = group_size(p);
		if (quantified(p + n) || !append_group(t, p, n))
			forget(t);
		return n;
	}
	forget(t);
	if (*p == '{')
		return strcspn(p, "}") + (strchr(p, '}') != NULL);
	return *p == '[' ? class_size(p) : *p == '\\' && p[1] ? 2 : 1;
}

/* Keeps what stands behind the last separator; a tail of nothing tells nothing. */
static void
cut_to_names(struct tails *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct tail *tail = &t->at[i];

		for (size_t k = tail->n; k-- > 0;) {
			if (tail->text[k] == '\\' || tail->text[k] == '/') {
				memmove(tail->text, tail->text + k + 1, tail->n - k - 1);
				tail->n -= k + 1;
				break;
			}
		}
		if (!tail->n) {
			t->n = 0;
			return;
		}
	}
}

/* Settings within the pattern, verbs and escapes with an argument change what characters mean: they are left alone. */
static bool
unusual(const char *pattern)
{
	const char *p = pattern;

	for (const char *e = strchr(pattern, '\\'); e && e[1]; e = strchr(e + 2, '\\'))
		if (strchr("xpPocNgkuUQ0123456789", e[1]))
			return true;
	while ((p = strstr(p, "(?"))) {
		if (!strchr(":!=<", p[2]) || !p[2])
			return true;
		p += 2;
	}
	return strstr(pattern, "(*") || strstr(pattern, "[:");
}

void
tails_find(const char *pattern, struct tails *ret_tails)
{
	const char *p = pattern;

	forget(ret_tails);
	if (unusual(pattern)) {
		ret_tails->n = 0;
		return;
	}
	while (*p && strcmp(p, "$")) {
		if (*p == '|') {
			ret_tails->n = 0;
			return;
		}
		p += take(ret_tails, p);
	}
	if (!*p)
		ret_tails->n = 0; /* the end is open */
	else
		cut_to_names(ret_tails);
}

static bool
ends_in(struct view name, const struct tail *tail)
{
	size_t from;

	if (name.n / 2 < tail->n)
		return false;
	from = name.n / 2 - tail->n;
	for (size_t i = tail->n; i-- > 0;) {
		uint8_t low = name.p[(from + i) * 2], high = name.p[(from + i) * 2 + 1];

		if (high || tolower(low) != (unsigned char)tail->text[i])
			return false;
	}
	return true;
}

bool
tails_fit(const struct tails *tails, struct view name)
{
	for (size_t i = 0; i < tails->n; i++)
		if (ends_in(name, &tails->at[i]))
			return true;
	return !tails->n;
}
