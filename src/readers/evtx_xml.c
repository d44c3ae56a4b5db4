/* evtx_xml.c - an event as XML, on one line, the way Windows shows it. */
#include "evtx_own.h"

#include <errno.h>

#include "fail.h"

/* Where the writing of one record stands. */
struct writer {
	struct evtx_walk *walk;
	struct text *xml;
	size_t most;    /* bytes that it may have */
	bool start;     /* within <a ...: no > yet */
	bool attribute; /* within the quotes of one */
	bool pi;        /* within <? */
	bool no_memory;
};

static void
put(struct writer *w, const char *s)
{
	w->no_memory |= text_adds(w->xml, s) < 0;
}

/* Text that cannot be taken for markup, and no control characters that XML does not have. */
static void
put_text(struct writer *w, struct view v)
{
	size_t from = 0;

	for (size_t i = 0; i <= v.n; i++) {
		uint8_t c = i < v.n ? v.p[i] : 0;
		const char *entity = c == '&' ? "&amp;"
				     : c == '<' ? "&lt;"
				     : c == '>' ? "&gt;"
				     : c == '\'' && w->attribute ? "&apos;"
				     : c == '"' && w->attribute ? "&quot;"
								: NULL;
		bool control = c < 0x20 && (w->attribute || (c != '\t' && c != '\n')); /* CR would be read as LF */

		if (i < v.n && !entity && !control)
			continue;
		w->no_memory |= text_add(w->xml, view_part(v, from, i - from)) < 0;
		from = i + 1;
		if (i < v.n)
			w->no_memory |= (entity ? text_adds(w->xml, entity) : text_printf(w->xml, "&#%u;", c)) < 0;
	}
}

/* What began is ended before content, or the next attribute, can stand there. */
static void
end_attribute(struct writer *w)
{
	if (w->attribute)
		put(w, "'");
	w->attribute = false;
}

static void
end_start(struct writer *w)
{
	end_attribute(w);
	if (w->start)
		put(w, ">");
	if (w->pi)
		put(w, "?>");
	w->start = w->pi = false;
}

/* A name with no character in it that would make it another one, or markup: the fields have it as it is. */
static void
put_name(struct writer *w, struct view name)
{
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];
		bool good = c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			    (c && strchr("_:.-", c));

		w->no_memory |= text_addc(w->xml, good ? (char)c : '_') < 0;
	}
}

static void
put_value(struct writer *w, const struct evtx_item *item)
{
	struct text *scratch = &w->walk->event->chunk->scratch;
	int r;

	text_cut(scratch, 0);
	r = evtx_value_add(scratch, item->type, item->text);
	w->no_memory |= r < 0;
	if (r > 0)
		evtx_walk_damage(w->walk, (uint32_t)w->walk->event->at, "a value has another size than its type");
	put_text(w, text_view(scratch));
}

/* "]]>" cannot stand in CDATA, which is ended and begun again between its brackets. */
static void
put_cdata(struct writer *w, struct view v)
{
	size_t from = 0;

	put(w, "<![CDATA[");
	for (size_t i = 0; i + 3 <= v.n; i++) {
		if (memcmp(v.p + i, "]]>", 3))
			continue;
		w->no_memory |= text_add(w->xml, view_of(v.p + from, i + 2 - from)) < 0;
		put(w, "]]><![CDATA[");
		from = i + 2;
	}
	w->no_memory |= text_add(w->xml, view_from(v, from)) < 0;
	put(w, "]]>");
}

static void
put_close(struct writer *w, const struct evtx_item *item)
{
	bool empty = item->empty && w->start;

	end_attribute(w);
	if (empty) {
		put(w, "/>");
		w->start = false;
		return;
	}
	end_start(w);
	put(w, "</");
	put_name(w, item->text);
	put(w, ">");
}

static void
put_item(struct writer *w, const struct evtx_item *item)
{
	switch (item->kind) {
	case EVTX_ITEM_OPEN:
		end_start(w);
		put(w, "<");
		put_name(w, item->text);
		w->start = true;
		break;
	case EVTX_ITEM_ATTRIBUTE:
		end_attribute(w);
		put(w, " ");
		put_name(w, item->text);
		put(w, "='");
		w->attribute = true;
		break;
	case EVTX_ITEM_TEXT:
	case EVTX_ITEM_VALUE:
		if (!item->attribute)
			end_start(w);
		if (item->kind == EVTX_ITEM_TEXT)
			put_text(w, item->text);
		else
			put_value(w, item);
		break;
	case EVTX_ITEM_CDATA:
		if (w->attribute) {
			put_text(w, item->text);
			break;
		}
		end_start(w);
		put_cdata(w, item->text);
		break;
	case EVTX_ITEM_PI:
		end_start(w);
		put(w, "<?");
		put_name(w, item->text);
		put(w, " ");
		w->pi = true;
		break;
	case EVTX_ITEM_PI_DATA:
		put_text(w, item->text);
		break;
	case EVTX_ITEM_CLOSE:
		put_close(w, item);
		break;
	case EVTX_ITEM_END:
		end_start(w);
	}
}

int
evtx_event_xml(const struct evtx_event *event, struct text *xml, bool *ret_whole)
{
	struct evtx_walk *walk = &event->chunk->walk;
	struct writer w = { .walk = walk, .xml = xml, .most = xml->n + EVTX_XML_MAX };
	struct evtx_item item;

	evtx_walk_start(walk, event);
	do {
		evtx_walk_next(walk, &item);
		put_item(&w, &item);
		if (xml->n > w.most && !walk->stopped)
			evtx_walk_stop(walk, "a record is longer as XML than is written");
	} while (item.kind != EVTX_ITEM_END && !w.no_memory);
	*ret_whole = walk->whole;
	if (walk->error < 0)
		return walk->error;
	return w.no_memory ? fail(ENOMEM, "out of memory for a record of an event log") : 0;
}
