/* evtx_fields.c - an event as names and values, as Sigma names them. */
#include "evtx_own.h"

#include <errno.h>
#include <strings.h>

#include "fail.h"
#include "filetime.h"

enum { SECTION_NONE, SECTION_SYSTEM, SECTION_DATA, SECTION_OTHER };

/* An element that is open. */
struct element {
	struct view name;
	struct view named; /* by its attribute Name; p NULL: in the chunk's names, at named_at, named.n bytes */
	size_t named_at;
	size_t from;     /* its text begins here among the values */
	bool told, held; /* a field was made of its text; it holds others */
};

struct taker {
	struct evtx_walk *walk;
	struct evtx_chunk *chunk;
	struct evtx_fields *out;
	unsigned section;
	uint32_t depth;        /* elements that are open */
	struct view attribute; /* the one in hand; p NULL: none. Its text stands in the scratch */
	uint64_t filetime;     /* the value of that, if it is a time */
	bool no_memory;
	struct element elements[EVTX_LEVELS_MAX + 1];
};

/* Attributes of System that go by names of their own. */
static const struct {
	const char *element, *attribute, *name;
} attributes[] = {
	{ "Provider", "Name", "Provider_Name" },
	{ "Provider", "Guid", "Provider_Guid" },
	{ "TimeCreated", "SystemTime", "TimeCreated" },
	{ "Security", "UserID", "UserID" },
	{ "Execution", "ProcessID", "Execution_ProcessID" },
	{ "Execution", "ThreadID", "Execution_ThreadID" },
};

static bool
is(struct view v, const char *name)
{
	return view_equal(v, view_text(name));
}

/* Where Sigma's System ends and the data begin: the second element in. */
static unsigned
section_of(struct view name)
{
	return is(name, "System") ? SECTION_SYSTEM : is(name, "EventData") ? SECTION_DATA : SECTION_OTHER;
}

/* ---- fields ---- */

/* A time in words, which may have more decimals than a FILETIME; 0 for none. */
static uint64_t
time_of(struct view v)
{
	enum { TO_SEVEN_DECIMALS = 27 }; /* 2021-03-03T04:05:06.7890000 */
	char text[TO_SEVEN_DECIMALS + 1];
	uint64_t ticks;

	if (v.n > sizeof(text) && v.p[v.n - 1] == 'Z') {
		memcpy(text, v.p, TO_SEVEN_DECIMALS);
		text[TO_SEVEN_DECIMALS] = 'Z';
		v = view_of(text, sizeof(text));
	}
	return filetime_parse(v, &ticks) < 0 ? 0 : ticks;
}

/* What of System is asked for so often that it has a place of its own. */
static void
note_system(struct taker *t, struct view name, struct view value)
{
	struct evtx_fields *out = t->out;

	if (is(name, "EventID"))
		out->event_id = (uint32_t)view_number(value);
	else if (is(name, "TimeCreated"))
		out->created = t->filetime ? t->filetime : time_of(value);
}

/* A field whose value is the end of the values, from `from` on. */
static void
add_field(struct taker *t, struct view name, size_t name_at, size_t from)
{
	struct evtx_chunk *chunk = t->chunk;
	struct evtx_draft *draft = chunk->drafts.n < EVTX_FIELDS_MAX ? vector_push(&chunk->drafts) : NULL;

	if (!draft && chunk->drafts.n < EVTX_FIELDS_MAX) {
		t->no_memory = true;
		return;
	}
	if (!draft) {
		evtx_walk_stop(t->walk, "a record has more fields than are read");
		return;
	}
	*draft = (struct evtx_draft){ .name = name.p ? name : view_of(NULL, 0), .at = name_at, .name_n = name.n,
				      .from = from, .n = chunk->values.n - from };
	if (t->section == SECTION_SYSTEM && name.p)
		note_system(t, name, view_part(text_view(&chunk->values), from, draft->n));
	t->no_memory |= text_addc(&chunk->values, '\n') < 0;
}

/* What the text of an element is called. */
static void
tell_element(struct taker *t, struct element *e)
{
	e->told = true;
	if (e->named.n)
		add_field(t, e->named, e->named_at, e->from);
	else
		add_field(t, e->name, 0, e->from);
	e->from = t->chunk->values.n;
}

/* ---- attributes ---- */

static struct view
well_known(struct view element, struct view attribute)
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (is(attribute, attributes[i].attribute) && is(element, attributes[i].element))
			return view_text(attributes[i].name);
	return view_of(NULL, 0);
}

/* Adds to the names: where it begins. */
static size_t
keep_name(struct taker *t, struct view one, const char *between, struct view two)
{
	struct text *names = &t->chunk->names;
	size_t at = names->n;

	t->no_memory |= text_add(names, one) < 0 || text_adds(names, between) < 0 || text_add(names, two) < 0;
	return at;
}

/* The attribute in hand has all its text: it names its element, or is a field of its own. */
static void
end_attribute(struct taker *t)
{
	struct element *e = &t->elements[t->depth];
	struct view name = t->attribute, value = text_view(&t->chunk->scratch), known;
	size_t from = t->chunk->values.n;

	t->attribute = view_of(NULL, 0);
	if (!name.p || is(name, "xmlns") || (name.n > 6 && !memcmp(name.p, "xmlns:", 6)))
		return;
	if (t->section != SECTION_SYSTEM && is(name, "Name")) {
		e->named_at = keep_name(t, value, "", view_of("", 0));
		e->named = view_of(NULL, value.n);
		return;
	}
	known = t->section == SECTION_SYSTEM ? well_known(e->name, name) : view_of(NULL, 0);
	if (text_add(&t->chunk->values, value) < 0) {
		t->no_memory = true;
	} else if (known.p) {
		add_field(t, known, 0, from);
	} else {
		size_t at = keep_name(t, e->name, "_", name);

		add_field(t, view_of(NULL, e->name.n + 1 + name.n), at, from);
	}
	e->from = t->chunk->values.n;
}

/* ---- items ---- */

static void
take_open(struct taker *t, struct view name)
{
	struct element *e = &t->elements[t->depth];

	e->held = true;
	if (t->chunk->values.n > e->from)
		tell_element(t, e);
	e = &t->elements[++t->depth];
	*e = (struct element){ .name = name, .from = t->chunk->values.n };
	if (t->depth == 2)
		t->section = section_of(name);
}

static void
take_text(struct taker *t, const struct evtx_item *item)
{
	struct text *to = item->attribute ? &t->chunk->scratch : &t->chunk->values;
	int r = item->kind == EVTX_ITEM_VALUE ? evtx_value_add(to, item->type, item->text) : text_add(to, item->text);

	t->no_memory |= r < 0;
	if (r > 0)
		evtx_walk_damage(t->walk, (uint32_t)t->walk->event->at, "a value has another size than its type");
	if (item->attribute && item->kind == EVTX_ITEM_VALUE && item->type == EVTX_FILETIME && item->text.n == 8)
		t->filetime = le64_get(*VIEW_AT(item->text, 0, le64));
}

/* An element that is empty says something only where data are. */
static void
take_close(struct taker *t)
{
	struct element *e = &t->elements[t->depth];
	bool data = t->depth > 2 && t->section != SECTION_SYSTEM;

	if (t->chunk->values.n > e->from || (data && !e->held && !e->told))
		tell_element(t, e);
	if (t->depth == 2)
		t->section = SECTION_NONE;
	t->depth--;
	t->elements[t->depth].from = t->chunk->values.n;
}

static void
take_item(struct taker *t, const struct evtx_item *item)
{
	if (!item->attribute)
		end_attribute(t);
	switch (item->kind) {
	case EVTX_ITEM_OPEN:
		take_open(t, item->text);
		break;
	case EVTX_ITEM_ATTRIBUTE:
		t->attribute = item->text;
		t->filetime = 0;
		text_cut(&t->chunk->scratch, 0);
		break;
	case EVTX_ITEM_TEXT:
	case EVTX_ITEM_VALUE:
	case EVTX_ITEM_CDATA:
		take_text(t, item);
		break;
	case EVTX_ITEM_CLOSE:
		take_close(t);
		break;
	case EVTX_ITEM_PI:
	case EVTX_ITEM_PI_DATA:
		break;
	case EVTX_ITEM_END:
		if (t->chunk->values.n > t->elements[0].from) /* text outside of all elements */
			tell_element(t, &t->elements[0]);
	}
}

/* ---- what Windows would show ---- */

/* Texts of events that rules are written for; %1 and %2 are the first two unnamed data. */
static const struct {
	const char *provider;
	uint32_t id;
	const char *before, *between, *behind;
} messages[] = {
	{ "MSExchange CmdletLogs", 1, "Cmdlet suceeded. Cmdlet ", ", parameters ", "." }, /* as it is spelled there */
	{ "MSExchange CmdletLogs", 6, "Cmdlet failed. Cmdlet ", ", parameters ", "." },
};

/* The values of the nth draft of this name. */
static struct view
draft_value(const struct evtx_chunk *chunk, const char *name, size_t nth)
{
	for (size_t i = 0; i < chunk->drafts.n; i++) {
		const struct evtx_draft *draft = &chunk->drafts.at[i];

		if (draft->name.p && is(draft->name, name) && !nth--)
			return view_part(text_view(&chunk->values), draft->from, draft->n);
	}
	return view_of(NULL, 0);
}

/* The parts are copied: adding to the values may move them. */
static void
add_message(struct taker *t, size_t which)
{
	struct evtx_chunk *chunk = t->chunk;
	struct text *text = &chunk->scratch;
	size_t from = chunk->values.n;

	text_cut(text, 0);
	t->no_memory |= text_adds(text, messages[which].before) < 0 || text_add(text, draft_value(chunk, "Data", 0)) < 0 ||
			text_adds(text, messages[which].between) < 0 || text_add(text, draft_value(chunk, "Data", 1)) < 0 ||
			text_adds(text, messages[which].behind) < 0 || text_add(&chunk->values, text_view(text)) < 0;
	if (!t->no_memory)
		add_field(t, view_text("Message"), 0, from);
}

static void
compose_message(struct taker *t)
{
	struct view provider = draft_value(t->chunk, "Provider_Name", 0);

	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		if (t->out->event_id == messages[i].id && is(provider, messages[i].provider))
			add_message(t, i);
}

/* ---- all of it ---- */

/* Texts do not move any more: drafts become fields. */
static bool
settle(struct taker *t)
{
	struct evtx_chunk *chunk = t->chunk;
	struct view values = text_view(&chunk->values), names = text_view(&chunk->names);

	chunk->fields.n = 0;
	for (size_t i = 0; i < chunk->drafts.n; i++) {
		const struct evtx_draft *draft = &chunk->drafts.at[i];
		struct field *field = vector_push(&chunk->fields);

		if (!field)
			return false;
		field->name = draft->name.p ? draft->name : view_part(names, draft->at, draft->name_n);
		field->value = view_part(values, draft->from, draft->n);
	}
	t->out->fields = (struct fields){ .at = chunk->fields.at, .n = chunk->fields.n, .raw = values };
	return true;
}

static void
take_system(struct evtx_fields *out)
{
	for (size_t i = 0; i < out->fields.n; i++) {
		const struct field *f = &out->fields.at[i];
		struct view *to = is(f->name, "Provider_Name") ? &out->provider
				  : is(f->name, "Channel")       ? &out->channel
				  : is(f->name, "Computer")      ? &out->computer
								  : NULL;

		if (to && !to->p)
			*to = f->value;
	}
}

int
evtx_event_fields(const struct evtx_event *event, enum evtx_part part, struct evtx_fields *ret_fields)
{
	struct evtx_chunk *chunk = event->chunk;
	struct evtx_walk *walk = &chunk->walk;
	struct taker t = { .walk = walk, .chunk = chunk, .out = ret_fields, .elements[0].name = view_text("Value") };
	struct evtx_item item;

	*ret_fields = (struct evtx_fields){ 0 };
	text_cut(&chunk->values, 0);
	text_cut(&chunk->names, 0);
	chunk->drafts.n = 0;
	evtx_walk_start(walk, event);
	do {
		evtx_walk_next(walk, &item);
		take_item(&t, &item);
		if (chunk->values.n + chunk->names.n > EVTX_TEXT_MAX && !walk->stopped)
			evtx_walk_stop(walk, "a record is longer than is read of one");
		if (part == EVTX_SYSTEM && t.depth == 2 && t.section > SECTION_SYSTEM)
			break;
	} while (item.kind != EVTX_ITEM_END && !t.no_memory);
	if (walk->error < 0)
		return walk->error;
	if (part == EVTX_ALL && !walk->stopped)
		compose_message(&t);
	if (t.no_memory || !settle(&t))
		return fail(ENOMEM, "out of memory for a record of an event log");
	take_system(ret_fields);
	ret_fields->whole = walk->whole;
	return 0;
}

struct view
evtx_value(const struct evtx_fields *fields, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < fields->fields.n; i++) {
		const struct field *f = &fields->fields.at[i];

		if (f->name.n == n && !strncasecmp((const char *)f->name.p, name, n))
			return f->value;
	}
	return view_of(NULL, 0);
}
