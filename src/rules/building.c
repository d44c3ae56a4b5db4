/* building.c - a Sigma rule while it is read: its tests, the operators over them, and what is wrong with it. */
#include <errno.h>
#include <stdarg.h>

#include "own.h"

bool
same_word(const char *a, const char *b)
{
	return !strcasecmp(a, b);
}

int
building_stop(struct building *b, enum rule_state state, unsigned line, const char *format, ...)
{
	char what[512];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	b->state = state;
	b->line = line;
	b->reason = arena_copy(&b->sigma->arena, view_text(what));
	return b->reason ? -EINVAL : -ENOMEM;
}

static int
add_node(struct building *b, const struct node *node, unsigned line, uint32_t *ret_node)
{
	struct node *slot;

	if (b->nodes.n + b->kids.n > SIGMA_NODES_MAX)
		return building_stop(b, RULE_FAILED, line, "too many values");
	slot = vector_push(&b->nodes);
	if (!slot)
		return -ENOMEM;
	*slot = *node;
	*ret_node = (uint32_t)b->nodes.n - 1;
	return 0;
}

int
building_node(struct building *b, enum node_kind kind, unsigned line, const uint32_t *kids, size_t n,
	      uint32_t *ret_node)
{
	struct node node = { .kind = kind, .first = (uint32_t)b->kids.n, .n = (uint32_t)n };

	if (!n)
		return building_stop(b, RULE_FAILED, line, "a list or a map without anything in it");
	if (n == 1 && kind != NODE_NOT) {
		*ret_node = kids[0];
		return 0;
	}
	if (n > SIGMA_NODES_MAX)
		return building_stop(b, RULE_FAILED, line, "too many values");
	for (size_t i = 0; i < n; i++) {
		uint32_t *slot = vector_push(&b->kids);

		if (!slot)
			return -ENOMEM;
		*slot = kids[i];
	}
	return add_node(b, &node, line, ret_node);
}

int
building_test(struct building *b, const struct test *test, uint32_t *ret_node)
{
	struct node node = { .kind = NODE_TEST, .first = (uint32_t)b->tests.n };
	struct test *slot = vector_push(&b->tests);

	if (!slot)
		return -ENOMEM;
	*slot = *test;
	return add_node(b, &node, test->line, ret_node);
}
