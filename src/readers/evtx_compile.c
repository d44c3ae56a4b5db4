/* evtx_compile.c - the templates of an event log: BinXml read once per chunk, its names and texts as UTF-8. */
#include "evtx_own.h"

#include <errno.h>

/* Tokens; MORE says that another one of its kind follows and is of no use here. */
enum {
	TOKEN_END = 0x00,
	TOKEN_OPEN = 0x01,
	TOKEN_CLOSE_START = 0x02,
	TOKEN_CLOSE_EMPTY = 0x03,
	TOKEN_CLOSE = 0x04,
	TOKEN_VALUE = 0x05,
	TOKEN_ATTRIBUTE = 0x06,
	TOKEN_CDATA = 0x07,
	TOKEN_CHARACTER = 0x08,
	TOKEN_ENTITY = 0x09,
	TOKEN_PI = 0x0a,
	TOKEN_PI_DATA = 0x0b,
	TOKEN_TEMPLATE = 0x0c,
	TOKEN_NORMAL = 0x0d,
	TOKEN_OPTIONAL = 0x0e,
	TOKEN_HEADER = 0x0f,
	TOKEN_MORE = 0x40,
};

enum { NAME_HEAD = 8 }; /* of a name: the next one with its hash (4), its hash (2), its length in units (2) */

struct compiler {
	struct evtx_store *store;
	struct view chunk;
	uint32_t at, end; /* within the chunk */
	bool depends;     /* elements say on which value they depend: those of templates do */
	bool start;       /* within the start of the element in hand, where attributes are */
	uint32_t attribute; /* its op plus 1; 0: none in hand */
	uint32_t depth;
	uint32_t open[EVTX_LEVELS_MAX]; /* ops */
	bool stop;        /* what follows cannot be read */
	const char *why;
	uint32_t why_at;
	int error;
};

void
evtx_store_clear(struct evtx_store *store)
{
	store->programs.n = store->ops.n = 0;
	store->spent = 0;
	arena_free(&store->arena);
	memset(store->slots, 0, sizeof(store->slots));
}

void
evtx_store_free(struct evtx_store *store)
{
	vector_free(&store->programs);
	vector_free(&store->ops);
	text_free(&store->text);
	arena_free(&store->arena);
}

static void
note(struct compiler *c, const char *why)
{
	if (c->why)
		return;
	c->why = why;
	c->why_at = c->at;
}

static void
spoil(struct compiler *c, const char *why)
{
	note(c, why);
	c->stop = true;
}

/* A new op, or NULL when there can be no more. */
static struct evtx_op *
add_op(struct compiler *c, enum evtx_op_kind kind)
{
	struct evtx_op *op = c->store->ops.n < EVTX_OPS_MAX ? vector_push(&c->store->ops) : NULL;

	if (!op && c->store->ops.n < EVTX_OPS_MAX)
		c->error = -ENOMEM;
	else if (!op)
		spoil(c, "a chunk has more templates than are read");
	else
		op->kind = (uint8_t)kind;
	return op;
}

/* ---- what tokens are made of ---- */

/* The next n bytes, or nothing when they are not there. */
static struct view
take(struct compiler *c, size_t n)
{
	struct view v = n <= c->end - c->at ? view_part(c->chunk, c->at, n) : view_of(NULL, 0);

	if (!v.p)
		spoil(c, "BinXml ends within a token");
	else
		c->at += (uint32_t)n;
	return v;
}

static uint32_t
take_number(struct compiler *c, size_t n)
{
	struct view v = take(c, n);
	uint32_t number = 0;

	for (size_t i = v.n; i > 0; i--)
		number = number << 8 | v.p[i - 1];
	return number;
}

static const char too_long[] = "the names and texts of a chunk are longer than is read";

/* UTF-16 of the chunk as UTF-8 that lives as long as its templates. */
static struct view
keep(struct compiler *c, struct view utf16)
{
	struct evtx_store *store = c->store;
	char *copy;

	if (utf16.n > EVTX_NAMES_MAX - store->spent) {
		spoil(c, too_long);
		return view_of("", 0);
	}
	store->spent += utf16.n;
	text_cut(&store->text, 0);
	copy = text_add_utf16(&store->text, utf16) < 0 ? NULL : arena_copy(&store->arena, text_view(&store->text));
	if (!copy) {
		c->error = -ENOMEM;
		return view_of("", 0);
	}
	return view_of(copy, store->text.n);
}

static struct view
take_text(struct compiler *c)
{
	size_t units = take_number(c, 2);

	return keep(c, take(c, 2 * units));
}

static uint16_t
hash_of(struct view utf16)
{
	uint32_t hash = 0;

	for (size_t i = 0; i + 1 < utf16.n; i += 2)
		hash = hash * 65599 + (uint32_t)(utf16.p[i] | utf16.p[i + 1] << 8);
	return (uint16_t)hash;
}

/*
 * A name by its place in the chunk: right here, or where another token has it. One whose hash does not fit has been
 * written over since, and is not known.
 */
static struct view
take_name(struct compiler *c)
{
	uint32_t place = take_number(c, 4);
	struct view head = view_part(c->chunk, place, NAME_HEAD);
	size_t n = head.p ? 2 * (size_t)(head.p[6] | head.p[7] << 8) : 0;
	struct view name = view_part(c->chunk, (uint64_t)place + NAME_HEAD, n);

	if (c->stop)
		return view_text("_");
	if (place == c->at)
		take(c, NAME_HEAD + n + 2); /* with its NUL */
	if (name.n > (EVTX_NAMES_MAX - c->store->spent) / 2) {
		spoil(c, too_long);
		return view_text("_");
	}
	c->store->spent += name.n;
	if (!head.p || !name.p || !n || hash_of(name) != (head.p[4] | head.p[5] << 8)) {
		note(c, "the name of an element or attribute is not where it should be");
		return view_text("_");
	}
	return keep(c, name);
}

/* ---- tokens ---- */

/* An attribute ends where the next one, or the content, begins. */
static void
end_attribute(struct compiler *c)
{
	if (c->attribute)
		c->store->ops.at[c->attribute - 1].end = (uint32_t)c->store->ops.n;
	c->attribute = 0;
}

/* Whether the bytes at hand are the size and the name of an element, `skip` bytes from here. */
static bool
fits_element(const struct compiler *c, uint32_t skip)
{
	struct view v = view_part(c->chunk, (uint64_t)c->at + skip, 8);
	uint32_t size, name;

	if (!v.p)
		return false;
	size = le32_get(*VIEW_AT(v, 0, le32));
	name = le32_get(*VIEW_AT(v, 4, le32));
	return size <= c->end - c->at && view_has(c->chunk, name, NAME_HEAD) &&
	       (name == c->at + skip + 8 || name < c->at || name >= c->end);
}

static void
take_open(struct compiler *c, bool attributes)
{
	bool depends = c->depends;
	struct evtx_op *op;
	uint32_t which = EVTX_NO_VALUE;
	struct view name;

	if (c->start || c->depth == EVTX_LEVELS_MAX) {
		spoil(c, c->start ? "an element begins within the start of another one" : "elements lie too deep");
		return;
	}
	if (!fits_element(c, depends ? 2 : 0) && fits_element(c, depends ? 0 : 2))
		depends = !depends;
	if (depends)
		which = take_number(c, 2);
	take(c, 4); /* the size of the element */
	name = take_name(c);
	if (attributes)
		take(c, 4); /* the size of all attributes */
	op = add_op(c, EVTX_OPEN);
	if (!op)
		return;
	op->which = (uint16_t)which;
	op->text = name;
	c->open[c->depth++] = (uint32_t)c->store->ops.n - 1;
	c->start = true;
}

static void
take_close(struct compiler *c, bool empty)
{
	struct evtx_op *op;

	if (!c->depth || c->start != empty) {
		spoil(c, "an element ends where it should not");
		return;
	}
	end_attribute(c);
	op = add_op(c, EVTX_CLOSE);
	if (!op)
		return;
	op->empty = empty;
	op->text = c->store->ops.at[c->open[--c->depth]].text;
	c->store->ops.at[c->open[c->depth]].end = (uint32_t)c->store->ops.n - 1;
	c->start = false;
}

static void
take_close_start(struct compiler *c)
{
	if (!c->start)
		spoil(c, "the start of an element ends where there is none");
	end_attribute(c);
	c->start = false;
}

static void
take_attribute(struct compiler *c)
{
	struct view name;
	struct evtx_op *op;

	if (!c->start) {
		spoil(c, "an attribute stands outside of the start of an element");
		return;
	}
	end_attribute(c);
	name = take_name(c);
	op = add_op(c, EVTX_ATTRIBUTE);
	if (!op)
		return;
	op->text = name;
	op->end = (uint32_t)c->store->ops.n;
	c->attribute = op->end;
}

/* Whether text can stand here. */
static bool
takes_text(struct compiler *c)
{
	if (c->start && !c->attribute)
		spoil(c, "text stands in the start of an element");
	return !c->stop;
}

static void
add_text(struct compiler *c, enum evtx_op_kind kind, struct view text)
{
	struct evtx_op *op = takes_text(c) ? add_op(c, kind) : NULL;

	if (op)
		op->text = text;
}

static void
take_value(struct compiler *c)
{
	if (take_number(c, 1) != EVTX_STRING)
		spoil(c, "a value that is no text stands in a template");
	if (!c->stop)
		add_text(c, EVTX_LITERAL, take_text(c));
}

static void
take_character(struct compiler *c)
{
	add_text(c, EVTX_LITERAL, keep(c, take(c, 2)));
}

static void
take_entity(struct compiler *c)
{
	static const struct {
		const char *name, *text;
	} entities[] = { { "amp", "&" }, { "lt", "<" }, { "gt", ">" }, { "quot", "\"" }, { "apos", "'" } };
	struct view name = take_name(c);

	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		if (view_equal(name, view_text(entities[i].name))) {
			add_text(c, EVTX_LITERAL, view_text(entities[i].text));
			return;
		}
	}
	add_text(c, EVTX_LITERAL, view_text("&"));
	add_text(c, EVTX_LITERAL, name);
	add_text(c, EVTX_LITERAL, view_text(";"));
}

/* A value's number (2), and its type (1), which the value tells, too. */
static void
take_substitution(struct compiler *c, bool optional)
{
	struct view v = take(c, 3);
	struct evtx_op *op = v.p && takes_text(c) ? add_op(c, EVTX_SUBSTITUTE) : NULL;

	if (!op)
		return;
	op->which = (uint16_t)(v.p[0] | v.p[1] << 8);
	op->optional = optional;
	if (c->depth && !c->start)
		c->store->ops.at[c->open[c->depth - 1]].asks = true;
}

/* Where the instance of a template that begins at `at` ends, or 0. */
static uint32_t
instance_end(struct view chunk, uint32_t at, uint32_t end)
{
	struct evtx_instance instance;

	return evtx_instance_read(chunk, at, end, &instance) ? 0 : instance.end;
}

static void
take_template(struct compiler *c)
{
	uint32_t from = c->at - 1, end = instance_end(c->chunk, from, c->end);
	struct evtx_op *op;

	if (!end || c->start) {
		spoil(c, "a template is used where it cannot be read");
		return;
	}
	c->at = end;
	op = add_op(c, EVTX_TEMPLATE);
	if (!op)
		return;
	op->end = from;
	op->limit = c->end;
}

static void
take_token(struct compiler *c)
{
	uint8_t token = c->chunk.p[c->at++];

	switch (token & ~TOKEN_MORE) {
	case TOKEN_OPEN:
		take_open(c, token & TOKEN_MORE);
		break;
	case TOKEN_CLOSE_START:
		take_close_start(c);
		break;
	case TOKEN_CLOSE_EMPTY:
	case TOKEN_CLOSE:
		take_close(c, token == TOKEN_CLOSE_EMPTY);
		break;
	case TOKEN_VALUE:
		take_value(c);
		break;
	case TOKEN_ATTRIBUTE:
		take_attribute(c);
		break;
	case TOKEN_CDATA:
		add_text(c, EVTX_CDATA, take_text(c));
		break;
	case TOKEN_CHARACTER:
		take_character(c);
		break;
	case TOKEN_ENTITY:
		take_entity(c);
		break;
	case TOKEN_PI:
		add_text(c, EVTX_PI, take_name(c));
		break;
	case TOKEN_PI_DATA:
		add_text(c, EVTX_PI_DATA, take_text(c));
		break;
	case TOKEN_TEMPLATE:
		take_template(c);
		break;
	case TOKEN_NORMAL:
	case TOKEN_OPTIONAL:
		take_substitution(c, token == TOKEN_OPTIONAL);
		break;
	case TOKEN_HEADER:
		take(c, 3); /* version 1.1, flags */
		break;
	default:
		spoil(c, "BinXml has a token that there is not");
	}
}

/* Closes what is open: nothing of it may be missing from what is made of it. */
static void
finish(struct compiler *c)
{
	if (c->depth)
		spoil(c, "BinXml ends within an element");
	end_attribute(c);
	while (c->depth && c->error == 0) {
		struct evtx_op *op = vector_push(&c->store->ops); /* EVTX_LEVELS_MAX of them at most */

		if (!op) {
			c->error = -ENOMEM;
			return;
		}
		*op = (struct evtx_op){ .kind = EVTX_CLOSE, .text = c->store->ops.at[c->open[--c->depth]].text };
		c->store->ops.at[c->open[c->depth]].end = (uint32_t)c->store->ops.n - 1;
	}
}

/* ---- the store ---- */

static uint16_t *
slot_of(struct evtx_store *store, uint32_t key)
{
	enum { SLOTS = sizeof(store->slots) / sizeof(store->slots[0]) };
	uint32_t i = key * 2654435761u >> 16;

	for (;; i++) {
		uint16_t *slot = &store->slots[i % SLOTS];

		if (!*slot || store->programs.at[*slot - 1].key == key)
			return slot;
	}
}

int
evtx_compile(struct evtx_store *store, struct view chunk, uint32_t from, uint32_t end, enum evtx_sort sort)
{
	uint32_t key = from << 1 | sort;
	struct compiler c = {
		.store = store, .chunk = chunk, .at = from, .end = end, .depends = sort == EVTX_DEFINITION,
	};
	uint16_t *slot = slot_of(store, key);
	struct evtx_program *program;
	uint32_t first = (uint32_t)store->ops.n;

	if (*slot)
		return *slot - 1;
	if (store->programs.n == EVTX_TEMPLATES_MAX)
		return -EINVAL;
	while (c.at < c.end && chunk.p[c.at] != TOKEN_END && !c.stop && c.error == 0)
		take_token(&c);
	finish(&c);
	program = c.error == 0 ? vector_push(&store->programs) : NULL;
	if (!program)
		return -ENOMEM;
	*program = (struct evtx_program){ .key = key,
					  .first = first,
					  .n = (uint32_t)store->ops.n - first,
					  .why = c.why,
					  .why_at = c.why_at,
					  .cut = c.stop };
	*slot = (uint16_t)store->programs.n;
	return (int)store->programs.n - 1;
}
