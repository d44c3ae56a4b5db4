/* evtx_walk.c - one record from end to end: its templates with its values in them, piece by piece, within bounds. */
#include "evtx_own.h"

#include <errno.h>

#include "fail.h"

static const char lost_name[] = "Value"; /* of a value whose template is lost */

/* Marks the record as damaged: whether that is to be told. */
static bool
mark(struct evtx_walk *walk)
{
	struct evtx_chunk *chunk = walk->event->chunk;
	size_t at = walk->event->at + 1;
	bool told = walk->event->recovered && chunk->told;

	walk->whole = false;
	if (chunk->bad_at == at)
		return false;
	chunk->bad_at = at;
	chunk->broken += !walk->event->recovered;
	chunk->broken_recovered += walk->event->recovered;
	chunk->told |= walk->event->recovered;
	return !told;
}

void
evtx_walk_damage(struct evtx_walk *walk, uint32_t at, const char *why)
{
	struct evtx_chunk *chunk = walk->event->chunk;

	if (mark(walk) && chunk->out && walk->error == 0)
		walk->error = sink_damage(chunk->out, chunk->offset + at, why);
}

void
evtx_walk_stop(struct evtx_walk *walk, const char *why)
{
	evtx_walk_damage(walk, (uint32_t)walk->event->at, why);
	walk->stopped = true;
}

/* Counts work, which has its bounds for a record and for a chunk: evtx_walk_next looks at them. */
static void
spend(struct evtx_walk *walk, uint64_t steps)
{
	walk->steps += steps;
	walk->event->chunk->steps += steps;
}

static void
out_of_memory(struct evtx_walk *walk)
{
	walk->error = fail(ENOMEM, "out of memory for a record of an event log");
}

/* ---- frames ---- */

/* Puts the values of an instance where its frame finds them. */
static bool
push_values(struct evtx_walk *walk, const struct evtx_instance *instance)
{
	struct evtx_chunk *chunk = walk->event->chunk;
	const uint8_t *kind = chunk->bytes.p + instance->kinds;
	uint32_t at = instance->values;

	spend(walk, instance->value_count);
	for (uint32_t i = 0; i < instance->value_count; i++, kind += 4) {
		uint32_t n = (uint32_t)(kind[0] | kind[1] << 8);
		struct evtx_slot *slot = vector_push(&chunk->slots);

		if (!slot) {
			out_of_memory(walk);
			return false;
		}
		if (n > instance->end - at) {
			evtx_walk_damage(walk, at, "a value goes over the end of its record");
			n = instance->end - at;
		}
		*slot = (struct evtx_slot){ .at = at, .n = (uint16_t)n, .type = kind[2] };
		at += n;
	}
	return true;
}

/* A frame for BinXml that is still to be told; its program is set by the caller. */
static struct evtx_frame *
push_frame(struct evtx_walk *walk)
{
	struct evtx_frame *frame;

	if (walk->depth == EVTX_DEPTH_MAX) {
		evtx_walk_stop(walk, "BinXml lies too deep within BinXml");
		return NULL;
	}
	frame = &walk->frames[walk->depth++];
	*frame = (struct evtx_frame){ .value = (uint32_t)walk->event->chunk->slots.n, .base = walk->level };
	return frame;
}

/* Sets the ops of a frame, the BinXml in [from, end): whether that is not all of it. */
static bool
set_program(struct evtx_walk *walk, struct evtx_frame *frame, uint32_t from, uint32_t end, enum evtx_sort sort)
{
	struct evtx_chunk *chunk = walk->event->chunk;
	int which = evtx_compile(&chunk->store, chunk->bytes, from, end, sort);
	struct evtx_program *program;

	if (which == -ENOMEM) {
		out_of_memory(walk);
		return false;
	}
	if (which < 0) {
		evtx_walk_damage(walk, from, "a chunk has more templates than are read");
		return true;
	}
	program = &chunk->store.programs.at[which];
	frame->op = program->first;
	frame->end = program->first + program->n;
	if (!program->why)
		return false;
	if (program->told) /* once for the chunk, not for each record */
		mark(walk);
	else
		evtx_walk_damage(walk, program->why_at, program->why);
	program->told = true;
	return program->cut;
}

/* A frame that tells its values as they are. */
static void
bare(struct evtx_frame *frame)
{
	frame->bare = true;
	frame->op = 0;
	frame->end = frame->values;
}

/* A template with its values: first what could be read of it, then, if that is not all, the values as they are. */
static void
enter_instance(struct evtx_walk *walk, const struct evtx_instance *instance)
{
	struct evtx_frame *frame = push_frame(walk), *above;

	if (!frame || !push_values(walk, instance))
		return;
	frame->values = instance->value_count;
	if (!instance->to) {
		evtx_walk_damage(walk, (uint32_t)walk->event->at, instance->why);
		bare(frame);
		return;
	}
	if (!set_program(walk, frame, instance->from, instance->to, EVTX_DEFINITION))
		return;
	above = push_frame(walk);
	if (above) {
		*above = *frame;
		bare(frame);
	}
}

static void
enter_template(struct evtx_walk *walk, uint32_t at, uint32_t end)
{
	struct evtx_instance instance;

	if (evtx_instance_read(walk->event->chunk->bytes, at, end, &instance) < 0)
		evtx_walk_damage(walk, at, "a template is used where it cannot be read");
	else
		enter_instance(walk, &instance);
}

/* BinXml of any sort in [at, end): a single template, as it mostly is, or anything else. */
static void
enter(struct evtx_walk *walk, uint32_t at, uint32_t end)
{
	static const uint8_t header[] = { 0x0f, 1, 1, 0 };
	struct view bytes = walk->event->chunk->bytes;
	struct evtx_instance instance;
	struct evtx_frame *frame;
	uint32_t from = at;

	if (end - at > sizeof(header) && !memcmp(bytes.p + at, header, sizeof(header)))
		from += (uint32_t)sizeof(header);
	if (evtx_instance_read(bytes, from, end, &instance) == 0 &&
	    (instance.end == end || !bytes.p[instance.end])) {
		enter_instance(walk, &instance);
		return;
	}
	frame = push_frame(walk);
	if (frame)
		set_program(walk, frame, at, end, EVTX_FRAGMENT);
}

void
evtx_walk_start(struct evtx_walk *walk, const struct evtx_event *event)
{
	uint32_t from = (uint32_t)event->at + EVTX_HEAD;

	walk->event = event;
	walk->depth = walk->level = walk->attribute_end = 0;
	walk->steps = 0;
	walk->again = walk->stopped = false;
	walk->whole = true;
	walk->error = 0;
	event->chunk->slots.n = 0;
	enter(walk, from, (uint32_t)(event->at + event->raw.n) - EVTX_TAIL);
}

/* ---- values ---- */

static struct evtx_frame *
top(struct evtx_walk *walk)
{
	return &walk->frames[walk->depth - 1];
}

static struct view
bytes_of(const struct evtx_walk *walk, const struct evtx_slot *slot)
{
	return view_of(walk->event->chunk->bytes.p + slot->at, slot->n);
}

/* A value of the frame in hand, or one that is null. */
static struct evtx_slot
value_of(struct evtx_walk *walk, uint16_t which)
{
	const struct evtx_frame *frame = top(walk);

	if (which < frame->values)
		return walk->event->chunk->slots.at[frame->value + which];
	evtx_walk_damage(walk, (uint32_t)walk->event->at, "a template asks for a value that the record does not have");
	return (struct evtx_slot){ .at = (uint32_t)walk->event->at };
}

static bool
is_null(struct evtx_walk *walk, uint16_t which)
{
	return value_of(walk, which).type == EVTX_NULL;
}

/* ---- elements ---- */

static const struct evtx_op *
op_at(const struct evtx_walk *walk, uint32_t i)
{
	return &walk->event->chunk->store.ops.at[i];
}

/*
 * Looks at the values in the content of an element: false when it is left out, as one is that has nothing else in it
 * than optional values which the record does not have; which of them is an array.
 */
static bool
weigh(struct evtx_walk *walk, uint32_t open, struct evtx_level *level)
{
	uint32_t end = op_at(walk, open)->end;
	bool missing = false, other = false;

	for (uint32_t i = open + 1; i < end;) {
		const struct evtx_op *op = op_at(walk, i);
		struct evtx_slot slot;

		i = op->kind == EVTX_ATTRIBUTE ? op->end : op->kind == EVTX_OPEN ? op->end + 1 : i + 1;
		spend(walk, 1);
		other |= op->kind != EVTX_ATTRIBUTE && op->kind != EVTX_SUBSTITUTE;
		if (op->kind != EVTX_SUBSTITUTE)
			continue;
		slot = value_of(walk, op->which);
		missing |= op->optional && slot.type == EVTX_NULL;
		other |= !op->optional || slot.type != EVTX_NULL;
		if (slot.type & EVTX_ARRAY && level->array == EVTX_NO_VALUE) {
			spend(walk, slot.n / 16);
			level->array = op->which;
			level->items = evtx_array_count(slot.type, bytes_of(walk, &slot));
		}
	}
	return other || !missing;
}

/* An element begins, or is left out. */
static bool
open_element(struct evtx_walk *walk, struct evtx_frame *frame, struct evtx_item *item)
{
	uint32_t at = frame->op;
	const struct evtx_op *op = op_at(walk, at);
	struct evtx_level *level = &walk->levels[walk->level];

	if (!walk->again) {
		if (walk->level == EVTX_LEVELS_MAX) {
			evtx_walk_stop(walk, "elements lie too deep");
			return false;
		}
		*level = (struct evtx_level){ .op = at, .array = EVTX_NO_VALUE };
		if ((op->which != EVTX_NO_VALUE && is_null(walk, op->which)) || (op->asks && !weigh(walk, at, level))) {
			frame->op = op->end + 1;
			return false;
		}
		walk->level++;
	}
	walk->again = false;
	frame->op++;
	*item = (struct evtx_item){ .kind = EVTX_ITEM_OPEN, .text = op->text };
	return true;
}

/* An element ends, and begins once more when there is another item for it. */
static bool
close_element(struct evtx_walk *walk, struct evtx_frame *frame, struct evtx_item *item)
{
	struct evtx_level *level = &walk->levels[walk->level - 1];
	const struct evtx_op *op = op_at(walk, frame->op);

	*item = (struct evtx_item){ .kind = EVTX_ITEM_CLOSE, .text = op->text, .empty = op->empty };
	if (++level->item < level->items) {
		frame->op = level->op;
		walk->again = true;
	} else {
		frame->op++;
		walk->level--;
	}
	return true;
}

/* Whether a value within an attribute's text makes it be left out. */
static bool
left_out(struct evtx_walk *walk, uint32_t from, uint32_t end)
{
	for (uint32_t i = from; i < end; i++) {
		const struct evtx_op *op = op_at(walk, i);

		spend(walk, 1);
		if (op->kind == EVTX_SUBSTITUTE && op->optional && is_null(walk, op->which))
			return true;
	}
	return false;
}

static bool
open_attribute(struct evtx_walk *walk, struct evtx_frame *frame, struct evtx_item *item)
{
	const struct evtx_op *op = op_at(walk, frame->op);

	if (left_out(walk, frame->op + 1, op->end)) {
		frame->op = op->end;
		return false;
	}
	frame->op++;
	walk->attribute_end = op->end;
	*item = (struct evtx_item){ .kind = EVTX_ITEM_ATTRIBUTE, .text = op->text };
	return true;
}

static bool
tell_value(struct evtx_walk *walk, struct evtx_frame *frame, struct evtx_item *item)
{
	const struct evtx_op *op = op_at(walk, frame->op);
	bool attribute = frame->op++ < walk->attribute_end;
	struct evtx_level *level = walk->level > frame->base ? &walk->levels[walk->level - 1] : NULL;
	struct evtx_slot slot = value_of(walk, op->which);
	struct view bytes = bytes_of(walk, &slot);

	if (slot.type == EVTX_NULL)
		return false;
	if (slot.type == EVTX_BINXML && !attribute) {
		if (slot.n)
			enter(walk, slot.at, slot.at + slot.n);
		return false;
	}
	if (level && !attribute && level->array == op->which) {
		bytes = evtx_array_item(slot.type, bytes, &level->cursor);
		slot.type &= ~EVTX_ARRAY;
	}
	spend(walk, bytes.n / 16);
	*item = (struct evtx_item){ .kind = EVTX_ITEM_VALUE, .attribute = attribute, .type = slot.type, .text = bytes };
	return true;
}

static bool
tell_text(struct evtx_walk *walk, struct evtx_frame *frame, struct evtx_item *item, enum evtx_item_kind kind)
{
	const struct evtx_op *op = op_at(walk, frame->op);

	*item = (struct evtx_item){ .kind = kind, .attribute = frame->op < walk->attribute_end, .text = op->text };
	frame->op++;
	return true;
}

/* Does one op: whether that gave an item. */
static bool
step(struct evtx_walk *walk, struct evtx_frame *frame, struct evtx_item *item)
{
	const struct evtx_op *op = op_at(walk, frame->op);

	if (frame->op >= walk->attribute_end)
		walk->attribute_end = 0;
	switch ((enum evtx_op_kind)op->kind) {
	case EVTX_OPEN:
		return open_element(walk, frame, item);
	case EVTX_ATTRIBUTE:
		return open_attribute(walk, frame, item);
	case EVTX_LITERAL:
		return tell_text(walk, frame, item, EVTX_ITEM_TEXT);
	case EVTX_SUBSTITUTE:
		return tell_value(walk, frame, item);
	case EVTX_CLOSE:
		return close_element(walk, frame, item);
	case EVTX_CDATA:
		return tell_text(walk, frame, item, EVTX_ITEM_CDATA);
	case EVTX_PI:
		return tell_text(walk, frame, item, EVTX_ITEM_PI);
	case EVTX_PI_DATA:
		return tell_text(walk, frame, item, EVTX_ITEM_PI_DATA);
	case EVTX_TEMPLATE:
		frame->op++;
		enter_template(walk, op->end, op->limit);
		return false;
	}
	return false;
}

/* A value of a record whose template is lost, as an element of its own: opened, told and closed. */
static bool
step_bare(struct evtx_walk *walk, struct evtx_frame *frame, struct evtx_item *item)
{
	struct evtx_slot slot = walk->event->chunk->slots.at[frame->value + frame->op];

	if (slot.type == EVTX_NULL) {
		frame->op++;
		return false;
	}
	if (walk->level == frame->base) {
		if (walk->level == EVTX_LEVELS_MAX) {
			evtx_walk_stop(walk, "elements lie too deep");
			return false;
		}
		walk->levels[walk->level++] = (struct evtx_level){ .op = UINT32_MAX };
		*item = (struct evtx_item){ .kind = EVTX_ITEM_OPEN, .text = view_text(lost_name) };
		return true;
	}
	if (!walk->levels[walk->level - 1].item++) {
		if (slot.type == EVTX_BINXML) {
			if (slot.n)
				enter(walk, slot.at, slot.at + slot.n);
			return false;
		}
		*item = (struct evtx_item){ .kind = EVTX_ITEM_VALUE, .type = slot.type, .text = bytes_of(walk, &slot) };
		return true;
	}
	walk->level--;
	frame->op++;
	*item = (struct evtx_item){ .kind = EVTX_ITEM_CLOSE, .text = view_text(lost_name) };
	return true;
}

/* Closes what is open, innermost first. */
static void
unwind(struct evtx_walk *walk, struct evtx_item *item)
{
	const struct evtx_level *level;

	if (walk->again) /* the innermost one is closed already, and was to begin once more */
		walk->level--;
	walk->again = false;
	if (!walk->level)
		return;
	level = &walk->levels[--walk->level];
	*item = (struct evtx_item){ .kind = EVTX_ITEM_CLOSE, .text = view_text(lost_name) };
	if (level->op != UINT32_MAX)
		item->text = op_at(walk, level->op)->text;
}

/* Back to the frame below, and its values. */
static void
pop_frame(struct evtx_walk *walk)
{
	const struct evtx_frame *below = --walk->depth ? top(walk) : NULL;

	walk->event->chunk->slots.n = below ? below->value + below->values : 0;
}

void
evtx_walk_next(struct evtx_walk *walk, struct evtx_item *item)
{
	struct evtx_chunk *chunk = walk->event->chunk;

	*item = (struct evtx_item){ .kind = EVTX_ITEM_END };
	while (walk->depth && !walk->stopped && walk->error == 0) {
		struct evtx_frame *frame = top(walk);

		if (frame->op == frame->end) {
			pop_frame(walk);
			continue;
		}
		spend(walk, 1);
		if (walk->steps > EVTX_STEPS_MAX || chunk->steps > EVTX_CHUNK_STEPS_MAX) {
			evtx_walk_stop(walk, "a record says more than is read of one");
			break;
		}
		if (frame->bare ? step_bare(walk, frame, item) : step(walk, frame, item))
			return;
	}
	if (walk->error == 0)
		unwind(walk, item);
}
