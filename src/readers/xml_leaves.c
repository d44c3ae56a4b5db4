/* xml_leaves.c - small XML files of Windows, told element by element: where each stands, and what is written in it. */
#include <errno.h>
#include <stdio.h>

#include "artefact_own.h"

struct leaves {
	const struct xml_taker *taker;
	char path[XML_PATH_MAX];
	size_t depth, lengths[XML_DEPTH_MAX]; /* of the path above each open element */
	size_t texts[XML_DEPTH_MAX];          /* where the text of each begins */
	struct text text;
};

static void
element_start(void *state, struct xml_walk *walk, const char *name, const char **attributes)
{
	struct leaves *l = state;
	const char *colon = strrchr(name, ':'), *own = colon ? colon + 1 : name;
	size_t length = strlen(l->path);
	int r;

	if (length + strlen(own) + 2 > XML_PATH_MAX) {
		xml_damage(walk, xml_offset(walk), "names of elements longer than Windows writes them: not read on");
		xml_stop(walk, 0);
		return;
	}
	l->lengths[l->depth] = length;
	l->texts[l->depth++] = l->text.n;
	snprintf(l->path + length, XML_PATH_MAX - length, "%s%s", length ? "/" : "", own);
	r = l->taker->start ? l->taker->start(l->taker->state, l->path, (const char *const *)attributes) : 0;
	if (r < 0)
		xml_stop(walk, r);
}

static void
element_text(void *state, struct xml_walk *walk, struct view text)
{
	struct leaves *l = state;
	size_t have = l->depth ? l->text.n - l->texts[l->depth - 1] : XML_TEXT_MAX;
	size_t room = have < XML_TEXT_MAX ? XML_TEXT_MAX - have : 0;

	if (text_add(&l->text, view_part(text, 0, text.n < room ? text.n : room)) < 0)
		xml_stop(walk, -ENOMEM);
}

static void
element_end(void *state, struct xml_walk *walk)
{
	struct leaves *l = state;
	size_t from = l->texts[--l->depth];
	struct view text = artefact_trim(view_from(text_view(&l->text), from));
	int r = l->taker->end ? l->taker->end(l->taker->state, l->path, text) : 0;

	if (l->text.s)
		text_cut(&l->text, from);
	l->path[l->lengths[l->depth]] = 0;
	if (r < 0)
		xml_stop(walk, r);
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

int
xml_leaves(struct view bytes, const struct xml_taker *taker, struct sink *out, struct xml_result *ret_result)
{
	struct leaves l = { .taker = taker };
	const struct xml_handler handler = {
		.what = "the XML",
		.who = "Windows",
		.encoding = encoding_of(bytes),
		.deepest = XML_DEPTH_MAX,
		.start = element_start,
		.end = element_end,
		.text = element_text,
		.state = &l,
		.out = out,
	};
	int r = xml_walk(&handler, bytes, ret_result);

	text_free(&l.text);
	return r;
}
