/* xmlwalk.c - XML as Windows programs leave it on a server, read by expat and never further than it can be trusted. */
#include "xmlwalk.h"

#include <errno.h>
#include <expat.h>
#include <stdio.h>

struct xml_walk {
	const struct xml_handler *handler;
	struct xml_result *result;
	XML_Parser parser;
	unsigned depth;
	bool stopped; /* expat may still tell of the end of what it was at */
	int r;        /* why it was stopped, 0 or negative */
};

uint64_t
xml_offset(const struct xml_walk *walk)
{
	XML_Index at = XML_GetCurrentByteIndex(walk->parser);

	return at < 0 ? 0 : (uint64_t)at;
}

uint64_t
xml_length(const struct xml_walk *walk)
{
	int n = XML_GetCurrentByteCount(walk->parser);

	return n < 0 ? 0 : (uint64_t)n;
}

void
xml_stop(struct xml_walk *walk, int r)
{
	walk->r = r;
	walk->stopped = true;
	XML_StopParser(walk->parser, XML_FALSE);
}

void
xml_damage(struct xml_walk *walk, uint64_t offset, const char *why)
{
	int r = walk->handler->out ? sink_damage(walk->handler->out, offset, why) : 0;

	walk->result->damaged++;
	if (r < 0)
		xml_stop(walk, r);
}

const char *
xml_attribute(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (!strcmp(attributes[0], name))
			return attributes[1];
	return NULL;
}

static void
refuse(struct xml_walk *walk, const char *what)
{
	char why[160];

	snprintf(why, sizeof(why), "%s %s never writes: not read on", what, walk->handler->who);
	xml_damage(walk, xml_offset(walk), why);
	if (!walk->stopped)
		xml_stop(walk, 0);
}

static void XMLCALL
element_start(void *state, const char *name, const char **attributes)
{
	struct xml_walk *walk = state;

	if (walk->stopped)
		return;
	if (walk->depth == walk->handler->deepest) {
		refuse(walk, "elements within elements so deep as");
		return;
	}
	walk->depth++;
	walk->handler->start(walk->handler->state, walk, name, attributes);
}

static void XMLCALL
element_end(void *state, const char *name)
{
	struct xml_walk *walk = state;

	(void)name;
	if (walk->stopped)
		return;
	walk->depth--;
	walk->result->closed |= !walk->depth;
	if (walk->handler->end)
		walk->handler->end(walk->handler->state, walk);
}

static void XMLCALL
take_text(void *state, const char *text, int n)
{
	struct xml_walk *walk = state;

	if (!walk->stopped)
		walk->handler->text(walk->handler->state, walk, view_of(text, (size_t)n));
}

static void XMLCALL
refuse_type(void *state, const char *name, const char *system, const char *public, int has_subset)
{
	(void)name, (void)system, (void)public, (void)has_subset;
	refuse(state, "a document type, which");
}

/* Says where the document stops being one. What lies behind its last element belongs to nobody, zeros to the padding
 * of a disk. */
static void
tell_fault(struct xml_walk *walk)
{
	enum XML_Error error = XML_GetErrorCode(walk->parser);
	char why[160];

	if (error == XML_ERROR_NO_MEMORY) {
		walk->r = -ENOMEM;
		return;
	}
	if (error == XML_ERROR_ABORTED) /* by us, who have said why */
		return;
	if (walk->result->closed)
		snprintf(why, sizeof(why), "bytes behind the end of %s (%s)", walk->handler->what,
			 XML_ErrorString(error));
	else
		snprintf(why, sizeof(why), "here %s is broken, and it is not read on (%s)", walk->handler->what,
			 XML_ErrorString(error));
	xml_damage(walk, xml_offset(walk), why);
}

/* Expat mixes a salt into its tables against names that were chosen to collide. It is taken from the bytes themselves:
 * nothing random, and nothing that can be known before they are written. */
static unsigned long
salt_of(struct view bytes)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < bytes.n; i++)
		hash = (hash ^ bytes.p[i]) * 0x100000001b3u;
	return (unsigned long)hash | 1;
}

int
xml_walk(const struct xml_handler *handler, struct view bytes, struct xml_result *ret_result)
{
	struct xml_walk walk = { .handler = handler,
				 .result = ret_result,
				 .parser = XML_ParserCreate(handler->encoding) };
	size_t n = bytes.n < XML_BYTES_MAX ? bytes.n : XML_BYTES_MAX;

	*ret_result = (struct xml_result){ 0 };
	if (!walk.parser)
		return -ENOMEM;
	XML_SetHashSalt(walk.parser, salt_of(bytes));
	XML_SetUserData(walk.parser, &walk);
	XML_SetElementHandler(walk.parser, element_start, element_end);
	XML_SetStartDoctypeDeclHandler(walk.parser, refuse_type);
	if (handler->text)
		XML_SetCharacterDataHandler(walk.parser, take_text);
	if (XML_Parse(walk.parser, (const char *)bytes.p, (int)n, XML_TRUE) != XML_STATUS_OK && walk.r == 0)
		tell_fault(&walk);
	XML_ParserFree(walk.parser);
	return walk.r;
}
