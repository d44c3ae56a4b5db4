/* compiled.c - the records of ASP.NET's compile cache: which pages somebody asked for, long after they are gone. */
#include "compiled.h"

#include <errno.h>

#include "fail.h"
#include "xmlwalk.h"

/*
 * <preserve resultType="3" virtualPath="/owa/auth/x.aspx" hash=".." filehash=".." flags="110000"
 *           assembly="App_Web_k2x0q1zd" type="ASP.x_aspx">
 *     <filedeps><filedep name="/owa/auth/x.aspx" /></filedeps>
 * </preserve>
 */
struct reading {
	struct compiled *to;
	unsigned depth;
	bool within; /* the first element is such a record */
};

static void
keep(struct reading *reading, struct xml_walk *walk, const char **attributes, const char *name, const char **ret_value)
{
	const char *value = xml_attribute(attributes, name);
	size_t n = value ? strlen(value) : 0;

	if (!value)
		return;
	if (n > COMPILED_TEXT_MAX) {
		xml_damage(walk, xml_offset(walk), "a value is longer than any that ASP.NET writes: it is left out");
		return;
	}
	*ret_value = arena_copy(&reading->to->arena, view_of(value, n));
	if (!*ret_value)
		xml_stop(walk, -ENOMEM);
}

static void
take_record(struct reading *reading, struct xml_walk *walk, const char **attributes)
{
	struct compiled *to = reading->to;

	keep(reading, walk, attributes, "virtualPath", &to->page);
	keep(reading, walk, attributes, "resultType", &to->kind);
	keep(reading, walk, attributes, "hash", &to->hash);
	keep(reading, walk, attributes, "filehash", &to->file_hash);
	keep(reading, walk, attributes, "assembly", &to->assembly);
	keep(reading, walk, attributes, "type", &to->type);
	to->offset = xml_offset(walk);
	to->length = xml_length(walk);
	reading->within = true;
	if (!to->page)
		xml_damage(walk, to->offset, "a record of ASP.NET that names no page");
}

static void
take_part(struct reading *reading, struct xml_walk *walk, const char **attributes)
{
	const char *name = NULL, **slot;

	keep(reading, walk, attributes, "name", &name);
	if (!name)
		return;
	if (reading->to->parts.n == COMPILED_PARTS_MAX) {
		reading->to->parts_more++;
		return;
	}
	slot = vector_push(&reading->to->parts);
	if (slot)
		*slot = name;
	else
		xml_stop(walk, -ENOMEM);
}

static void
element_start(void *state, struct xml_walk *walk, const char *name, const char **attributes)
{
	struct reading *reading = state;

	if (!reading->depth++ && !strcmp(name, "preserve"))
		take_record(reading, walk, attributes);
	else if (reading->within && reading->depth == 3 && !strcmp(name, "filedep"))
		take_part(reading, walk, attributes);
}

static void
element_end(void *state, struct xml_walk *walk)
{
	struct reading *reading = state;

	(void)walk;
	reading->depth--;
}

int
compiled_read(struct source *src, struct sink *out, struct compiled *ret)
{
	size_t n = src->size < COMPILED_MAX ? (size_t)src->size : COMPILED_MAX;
	CLEANUP(free) uint8_t *bytes = malloc(n + 1);
	struct reading reading = { .to = ret };
	const struct xml_handler handler = { .what = "the record of a compiled page",
					     .who = "ASP.NET",
					     .deepest = COMPILED_DEPTH_MAX,
					     .start = element_start,
					     .end = element_end,
					     .state = &reading,
					     .out = out };
	struct xml_result result = { 0 };
	int r;

	*ret = (struct compiled){ 0 };
	r = bytes ? source_read_all(src, 0, bytes, n) : -ENOMEM;
	if (r == 0)
		r = xml_walk(&handler, view_of(bytes, n), &result);
	ret->damaged = result.damaged;
	ret->whole = result.closed && src->size <= COMPILED_MAX;
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for the record of a compiled page") : r;
}

void
compiled_free(struct compiled *compiled)
{
	arena_free(&compiled->arena);
	vector_free(&compiled->parts);
}
