/* tree.c - a tree from the events of libyaml, without recursion and with limits. */
#include "tree.h"

#include <errno.h>
#include <yaml.h>

enum {
	DEPTH_MAX = 32,
	NODES_MAX = 1 << 20,
};

struct builder {
	struct arena *arena;
	struct tree *open[DEPTH_MAX];  /* lists and maps that have not ended */
	struct tree **tail[DEPTH_MAX]; /* where the next item of each goes */
	struct tree **documents;       /* where the next document goes */
	size_t depth;
	const char *key; /* read, and its value still to come */
	unsigned key_line;
	size_t nodes;
	struct tree_error *error;
};

static int
wrong(struct builder *b, unsigned line, const char *what)
{
	*b->error = (struct tree_error){ .what = what, .line = line };
	return -EINVAL;
}

static bool
wants_key(const struct builder *b)
{
	return b->depth && b->open[b->depth - 1]->kind == TREE_MAP && !b->key;
}

/* Puts a new node where it belongs and gives it, or NULL when there is no memory. */
static struct tree *
place(struct builder *b, enum tree_kind kind, unsigned line)
{
	struct tree *node = arena_new(b->arena, struct tree);
	struct tree ***tail = b->depth ? &b->tail[b->depth - 1] : &b->documents;

	if (!node)
		return NULL;
	*node = (struct tree){ .kind = kind, .line = line, .key = b->key, .text = "" };
	b->key = NULL;
	**tail = node;
	*tail = &node->next;
	return node;
}

static int
take_text(struct builder *b, const yaml_event_t *event, unsigned line)
{
	const char *text = arena_copy(b->arena, view_of(event->data.scalar.value, event->data.scalar.length));
	struct tree *node;

	if (!text)
		return -ENOMEM;
	if (wants_key(b)) {
		b->key = text;
		b->key_line = line;
		return 0;
	}
	node = place(b, TREE_TEXT, line);
	if (!node)
		return -ENOMEM;
	node->text = text;
	node->n = event->data.scalar.length;
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	return 0;
}

static int
take_start(struct builder *b, enum tree_kind kind, unsigned line)
{
	struct tree *node;

	if (wants_key(b))
		return wrong(b, line, "a key must be text");
	if (b->depth == DEPTH_MAX)
		return wrong(b, line, "nested too deep");
	node = place(b, kind, line);
	if (!node)
		return -ENOMEM;
	b->open[b->depth] = node;
	b->tail[b->depth++] = &node->first;
	return 0;
}

static int
take_event(struct builder *b, const yaml_event_t *event)
{
	unsigned line = (unsigned)event->start_mark.line + 1;

	if (++b->nodes > NODES_MAX)
		return wrong(b, line, "too large");
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return take_text(b, event, line);
	case YAML_SEQUENCE_START_EVENT:
		return take_start(b, TREE_LIST, line);
	case YAML_MAPPING_START_EVENT:
		return take_start(b, TREE_MAP, line);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		b->depth--;
		return 0;
	case YAML_ALIAS_EVENT:
		return wrong(b, line, "aliases of anchors are not supported");
	default:
		return 0;
	}
}

static int
parser_error(struct builder *b, const yaml_parser_t *parser)
{
	const char *what = arena_printf(b->arena, "not YAML: %s", parser->problem ? parser->problem : "cannot be read");

	if (parser->error == YAML_MEMORY_ERROR || !what)
		return -ENOMEM;
	return wrong(b, (unsigned)parser->problem_mark.line + 1, what);
}

static int
build(struct builder *b, yaml_parser_t *parser)
{
	bool end = false;
	int r = 0;

	while (r == 0 && !end) {
		yaml_event_t event;

		if (!yaml_parser_parse(parser, &event))
			return parser_error(b, parser);
		end = event.type == YAML_STREAM_END_EVENT;
		r = take_event(b, &event);
		yaml_event_delete(&event);
	}
	return r;
}

int
tree_parse(struct view bytes, struct arena *arena, struct tree **ret_documents, struct tree_error *ret_error)
{
	struct builder b = { .arena = arena, .documents = ret_documents, .error = ret_error };
	yaml_parser_t parser;
	int r;

	*ret_documents = NULL;
	*ret_error = (struct tree_error){ .what = "" };
	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_input_string(&parser, bytes.n ? bytes.p : (const uint8_t *)"", bytes.n);
	r = build(&b, &parser);
	yaml_parser_delete(&parser);
	return r;
}

const struct tree *
tree_get(const struct tree *map, const char *key)
{
	if (!map || map->kind != TREE_MAP)
		return NULL;
	for (const struct tree *item = map->first; item; item = item->next)
		if (!strcmp(item->key, key))
			return item;
	return NULL;
}

const char *
tree_text(const struct tree *map, const char *key)
{
	const struct tree *value = tree_get(map, key);

	return value && value->kind == TREE_TEXT ? value->text : "";
}

const struct tree *
tree_twice(const struct tree *map)
{
	if (map->kind != TREE_MAP)
		return NULL;
	for (const struct tree *item = map->first; item; item = item->next)
		if (tree_get(map, item->key) != item)
			return item;
	return NULL;
}
