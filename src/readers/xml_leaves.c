/* xml_leaves.c - small XML files of Windows, told element by element: where each stands, and what is written in it. */
#include <errno.h>
#include <expat.h>
#include <stdio.h>

#include "artefact_own.h"

struct leaves {
	XML_Parser parser;
	const struct xml_taker *taker;
	char path[XML_PATH_MAX];
	size_t depth, lengths[XML_DEPTH_MAX]; /* of the path above each open element */
	size_t texts[XML_DEPTH_MAX];          /* where the text of each begins */
	uint64_t starts[XML_DEPTH_MAX];
	struct text text;
	const char *refused; /* why it is not read on, though it may be well formed */
	bool closed;
	int r;
};

static uint64_t
position(const struct leaves *l)
{
	XML_Index at = XML_GetCurrentByteIndex(l->parser);

	return at < 0 ? 0 : (uint64_t)at;
}

static void
stop(struct leaves *l, int r, const char *why)
{
	l->r = r;
	l->refused = why;
	XML_StopParser(l->parser, XML_FALSE);
}

static void XMLCALL
element_start(void *state, const char *name, const char **attributes)
{
	struct leaves *l = state;
	const char *colon = strrchr(name, ':'), *own = colon ? colon + 1 : name;
	size_t length = l->depth ? strlen(l->path) : 0;
	int r;

	if (l->depth >= XML_DEPTH_MAX || length + strlen(own) + 2 > XML_PATH_MAX) {
		stop(l, 0, "elements within elements deeper than Windows writes them");
		return;
	}
	l->lengths[l->depth] = length;
	l->texts[l->depth] = l->text.n;
	l->starts[l->depth++] = position(l);
	snprintf(l->path + length, XML_PATH_MAX - length, "%s%s", length ? "/" : "", own);
	r = l->taker->start ? l->taker->start(l->taker->state, l->path, (const char *const *)attributes, position(l)) : 0;
	if (r < 0)
		stop(l, r, NULL);
}

static void XMLCALL
element_text(void *state, const char *s, int n)
{
	struct leaves *l = state;
	size_t have = l->depth ? l->text.n - l->texts[l->depth - 1] : XML_TEXT_MAX;
	size_t room = have < XML_TEXT_MAX ? XML_TEXT_MAX - have : 0;

	if (text_add(&l->text, view_of(s, (size_t)n < room ? (size_t)n : room)) < 0)
		stop(l, -ENOMEM, NULL);
}

static void XMLCALL
element_end(void *state, const char *name)
{
	struct leaves *l = state;
	size_t from = l->texts[--l->depth];
	struct view text = view_from(text_view(&l->text), from);
	int r;

	(void)name;
	while (text.n && strchr(" \t\r\n", text.p[0]))
		text = view_from(text, 1);
	while (text.n && strchr(" \t\r\n", text.p[text.n - 1]))
		text.n--;
	r = l->taker->end ? l->taker->end(l->taker->state, l->path, text, l->starts[l->depth]) : 0;
	if (l->text.s)
		text_cut(&l->text, from);
	l->path[l->lengths[l->depth]] = 0;
	l->closed |= !l->depth;
	if (r < 0)
		stop(l, r, NULL);
}

static void XMLCALL
refuse_type(void *state, const char *name, const char *system, const char *public, int has_subset)
{
	(void)name, (void)system, (void)public, (void)has_subset;
	stop(state, 0, "a document type, which Windows never writes here");
}

/* How the bytes are written, where that is plain or the declaration is known to be wrong: a task that somebody saved as
 * UTF-8 still calls itself UTF-16. NULL: as the declaration says. */
static const char *
encoding_of(struct view bytes)
{
	static const char wide[] = "UTF-16";

	if (bytes.n < 2)
		return NULL;
	if ((bytes.p[0] == 0xff && bytes.p[1] == 0xfe) || (bytes.p[0] == 0xfe && bytes.p[1] == 0xff))
		return wide;
	if (bytes.p[0] && !bytes.p[1])
		return "UTF-16LE";
	if (!bytes.p[0] && bytes.p[1])
		return "UTF-16BE";
	return memmem(bytes.p, bytes.n < 128 ? bytes.n : 128, wide, sizeof(wide) - 1) ? "UTF-8" : NULL;
}

/* Taken from the bytes themselves: nothing random, and nothing that can be known before they are written. */
static unsigned long
salt_of(struct view bytes)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < bytes.n; i++)
		hash = (hash ^ bytes.p[i]) * 0x100000001b3u;
	return (unsigned long)hash | 1;
}

static int
say_why(const struct leaves *l, char ret_why[static XML_WHY], uint64_t *ret_at)
{
	enum XML_Error error = XML_GetErrorCode(l->parser);

	if (error == XML_ERROR_NO_MEMORY)
		return -ENOMEM;
	snprintf(ret_why, XML_WHY, "%s (%s)", l->closed ? "bytes behind the end of the XML" : "here the XML is broken",
		 l->refused ? l->refused : XML_ErrorString(error));
	*ret_at = position(l);
	return l->closed ? 0 : 1;
}

int
xml_leaves(struct view bytes, const struct xml_taker *taker, char ret_why[static XML_WHY], uint64_t *ret_at)
{
	struct leaves l = { .taker = taker };
	int r = 0;

	ret_why[0] = 0;
	*ret_at = 0;
	if (bytes.n > XML_BYTES_MAX) {
		snprintf(ret_why, XML_WHY, "longer than such XML can be");
		return 1;
	}
	l.parser = XML_ParserCreate(encoding_of(bytes));
	if (!l.parser)
		return -ENOMEM;
	XML_SetHashSalt(l.parser, salt_of(bytes));
	XML_SetUserData(l.parser, &l);
	XML_SetElementHandler(l.parser, element_start, element_end);
	XML_SetCharacterDataHandler(l.parser, element_text);
	XML_SetStartDoctypeDeclHandler(l.parser, refuse_type);
	if (XML_Parse(l.parser, (const char *)bytes.p, (int)bytes.n, XML_TRUE) != XML_STATUS_OK)
		r = l.r < 0 ? l.r : say_why(&l, ret_why, ret_at);
	XML_ParserFree(l.parser);
	text_free(&l.text);
	return r;
}
