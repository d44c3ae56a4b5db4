/* control_reader.c - takes the answers of the process that lets libtsk look to pieces, believing none of it.
 *
 * That process reads hostile evidence with a library that is known to break on some of it: its bytes are as hostile as
 * the evidence. Every length is checked, every number has its bounds, and entries come in ascending order.
 */
#include <errno.h>

#include "control_wire.h"

static int
take_volume(struct control_reader *reader, const struct wire_volume *v, struct view text)
{
	if (v->volume >= CONTROL_VOLUMES_MAX || v->open > 1 || reader->in_volume || v->records >> 48)
		return -EBADMSG;
	reader->in_volume = v->open;
	reader->next = 0;
	return reader->ear->volume(reader->ear, v->volume, v->open, v->records, text);
}

/* Names and streams have come: their text lies still from here on. */
static int
finish_entry(struct control_reader *reader)
{
	const uint8_t *text = (const uint8_t *)reader->text.s;
	size_t at = 0;

	for (size_t i = 0; i < reader->names.n; at += reader->names.at[i++].name.n)
		reader->names.at[i].name.p = text ? text + at : NULL;
	for (size_t i = 0; i < reader->streams.n; at += reader->streams.at[i++].name.n)
		reader->streams.at[i].name.p = text ? text + at : NULL;
	reader->entry.names = reader->names.at;
	reader->entry.streams = reader->streams.at;
	reader->entry.name_count = (uint32_t)reader->names.n;
	reader->entry.stream_count = (uint32_t)reader->streams.n;
	return reader->ear->entry(reader->ear, &reader->entry);
}

static int
take_entry(struct control_reader *reader, const struct wire_entry *e)
{
	if (!reader->in_volume || e->number < reader->next || e->number >> 48 || e->names > CONTROL_PARTS_MAX ||
	    e->streams > CONTROL_PARTS_MAX)
		return -EBADMSG;
	reader->next = e->number + 1;
	reader->entry =
		(struct control_entry){ .number = e->number, .sequence = e->sequence, .flags = e->flags };
	memcpy(reader->entry.si, e->si, sizeof(e->si));
	memcpy(reader->entry.fn, e->fn, sizeof(e->fn));
	reader->names.n = reader->streams.n = 0;
	text_cut(&reader->text, 0);
	reader->names_due = e->names;
	reader->streams_due = e->streams;
	return e->names || e->streams ? 0 : finish_entry(reader);
}

static int
take_name(struct control_reader *reader, const struct wire_name *n, struct view text)
{
	struct control_name *name;

	if (!reader->names_due)
		return -EBADMSG;
	name = vector_push(&reader->names);
	if (!name || text_add(&reader->text, text) < 0)
		return -ENOMEM;
	name->parent = (struct reference){ .entry = n->parent, .sequence = (uint16_t)n->sequence };
	name->name = view_of(NULL, text.n);
	reader->names_due--;
	return reader->names_due || reader->streams_due ? 0 : finish_entry(reader);
}

static int
take_stream(struct control_reader *reader, const struct wire_stream *s, struct view text)
{
	struct control_stream *stream;

	if (reader->names_due || !reader->streams_due)
		return -EBADMSG;
	stream = vector_push(&reader->streams);
	if (!stream || text_add(&reader->text, text) < 0)
		return -ENOMEM;
	*stream = (struct control_stream){ .size = s->size, .id = (uint16_t)s->id, .name = view_of(NULL, text.n) };
	reader->streams_due--;
	return reader->streams_due ? 0 : finish_entry(reader);
}

static int
take_number(struct control_reader *reader, enum wire_type type, uint64_t number, struct view text)
{
	struct control_ear *ear = reader->ear;

	if (number >> 48 || (reader->in_volume && number < reader->next) || (type == WIRE_ERROR && !reader->in_volume))
		return -EBADMSG;
	if (type == WIRE_BEGIN)
		return ear->begin(ear, number);
	reader->next = number + 1;
	return ear->error(ear, number, text);
}

static int
take_read(struct control_reader *reader, const struct wire_read *r, struct view text)
{
	const struct control_read read = {
		.want = r->want, .done = r->done == 1, .bytes = r->bytes, .sha256 = r->sha256, .text = text
	};

	if (r->want >= CONTROL_WANTS_MAX || r->done > 1 || reader->in_volume)
		return -EBADMSG;
	return reader->ear->read(reader->ear, &read);
}

static int
take_end(struct control_reader *reader, enum wire_type type)
{
	if (type == WIRE_VOLUME_END) {
		if (!reader->in_volume)
			return -EBADMSG;
		reader->in_volume = false;
		return reader->ear->volume_end(reader->ear);
	}
	if (reader->in_volume)
		return -EBADMSG;
	reader->ended = true;
	return reader->ear->end(reader->ear);
}

/* A process that dies leaves an entry half told: that one counts as not told. */
static int
take_gone(struct control_reader *reader, const struct wire_gone *gone)
{
	reader->names_due = reader->streams_due = 0;
	reader->in_volume = reader->greeted = reader->ended = false;
	reader->gone = true;
	return reader->ear->gone(reader->ear, gone->signal, gone->status);
}

static int
take_hello(struct control_reader *reader, struct view text)
{
	if (reader->greeted)
		return -EBADMSG;
	reader->greeted = true;
	return reader->ear->hello(reader->ear, text);
}

/* A message whose fixed part is all there, copied so that it lies as its type wants it. */
static int
take(struct control_reader *reader, enum wire_type type, const uint8_t *fixed, struct view text)
{
	union {
		struct wire_volume volume;
		struct wire_entry entry;
		struct wire_name name;
		struct wire_stream stream;
		struct wire_number number;
		struct wire_read read;
		struct wire_gone gone;
	} m;

	memcpy(&m, fixed, wire_fixed(type));
	if (type == WIRE_GONE)
		return take_gone(reader, &m.gone);
	if (type == WIRE_HELLO)
		return take_hello(reader, text);
	if (!reader->greeted || reader->ended)
		return -EBADMSG;
	if ((reader->names_due || reader->streams_due) && type != WIRE_NAME && type != WIRE_STREAM)
		return -EBADMSG;
	switch (type) {
	case WIRE_VOLUME:
		return take_volume(reader, &m.volume, text);
	case WIRE_ENTRY:
		return take_entry(reader, &m.entry);
	case WIRE_NAME:
		return take_name(reader, &m.name, text);
	case WIRE_STREAM:
		return take_stream(reader, &m.stream, text);
	case WIRE_ERROR:
	case WIRE_BEGIN:
		return take_number(reader, type, m.number.number, text);
	case WIRE_READ:
		return take_read(reader, &m.read, text);
	default:
		return take_end(reader, type);
	}
}

/* The next message of bytes at *at: 1, 0 when it is not all there, or negative. */
static int
step(struct control_reader *reader, struct view bytes, size_t *at)
{
	struct wire_head head;
	size_t fixed;
	int r;

	if (!view_has(bytes, *at, sizeof(head)))
		return 0;
	memcpy(&head, bytes.p + *at, sizeof(head));
	if (head.type >= WIRES)
		return -EBADMSG;
	fixed = wire_fixed((enum wire_type)head.type);
	if (head.length < fixed || head.length - fixed > CONTROL_NAME_MAX)
		return -EBADMSG;
	if (!view_has(bytes, *at + sizeof(head), head.length))
		return 0;
	*at += sizeof(head);
	r = take(reader, (enum wire_type)head.type, bytes.p + *at, view_part(bytes, *at + fixed, head.length - fixed));
	*at += head.length;
	return r < 0 ? r : 1;
}

int
control_feed(struct control_reader *reader, struct view bytes)
{
	size_t at = 0;
	int r = text_add(&reader->rest, bytes);

	if (r < 0)
		return r;
	while ((r = step(reader, text_view(&reader->rest), &at)) > 0)
		;
	if (r < 0)
		return r;
	if (at)
		memmove(reader->rest.s, reader->rest.s + at, reader->rest.n - at);
	text_cut(&reader->rest, reader->rest.n - at);
	return 0;
}

void
control_reader_free(struct control_reader *reader)
{
	text_free(&reader->rest);
	text_free(&reader->text);
	vector_free(&reader->names);
	vector_free(&reader->streams);
}
