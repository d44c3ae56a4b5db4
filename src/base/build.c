/* build.c - builds of Exchange read, written and put in order. */
#include "build.h"

#include <inttypes.h>
#include <stdio.h>

enum { NUMBER_MAX = 999999 };

static struct view
without_blanks(struct view text)
{
	while (text.n && text.p[0] == ' ')
		text = view_from(text, 1);
	while (text.n && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == 0))
		text.n--;
	return text;
}

bool
build_parse(struct view text, struct build *ret_build)
{
	struct build build = { 0 };
	bool digit = false;

	text = without_blanks(text);
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if (c == '.' && digit && build.parts + 1 < BUILD_PARTS) {
			build.parts++;
			digit = false;
		} else if (c >= '0' && c <= '9') {
			build.n[build.parts] = build.n[build.parts] * 10 + (uint32_t)(c - '0');
			digit = true;
		} else {
			return false;
		}
		if (build.n[build.parts] > NUMBER_MAX)
			return false;
	}
	build.parts++;
	if (!digit || build.parts < BUILD_CU_PARTS)
		return false;
	*ret_build = build;
	return true;
}

char *
build_text(const struct build *build, char text[static BUILD_STRING])
{
	size_t n = 0;

	text[0] = 0;
	for (unsigned i = 0; i < build->parts && i < BUILD_PARTS; i++)
		n += (size_t)snprintf(text + n, BUILD_STRING - n, "%s%" PRIu32, i ? "." : "", build->n[i]);
	return text;
}

int
build_compare(const struct build *a, const struct build *b)
{
	unsigned parts = a->parts < b->parts ? a->parts : b->parts;

	for (unsigned i = 0; i < parts; i++)
		if (a->n[i] != b->n[i])
			return a->n[i] < b->n[i] ? -1 : 1;
	return 0;
}

bool
build_same(const struct build *a, const struct build *b)
{
	return a->parts == b->parts && !build_compare(a, b);
}

bool
build_same_cu(const struct build *a, const struct build *b)
{
	return a->parts >= BUILD_CU_PARTS && b->parts >= BUILD_CU_PARTS && a->n[0] == b->n[0] && a->n[1] == b->n[1] &&
	       a->n[2] == b->n[2];
}
