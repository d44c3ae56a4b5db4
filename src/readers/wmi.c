/*
 * wmi.c - permanent event consumers of WMI, where they are readable in OBJECTS.DATA: what runs when something happens.
 *
 * The repository keeps instances in a heap of pages; ASCII texts stand there as a zero byte and the text with its NUL. A
 * binding names its consumer and its filter as paths (CommandLineEventConsumer.Name="x", __EventFilter.Name="y"); the
 * consumer's own instance has the name of its class, then its texts, its name among them, and a filter its name and its
 * query. These texts are looked for: no page is interpreted, so a binding whose texts go over two pages that do not lie
 * together, or are UTF-16, is not found, and one that was deleted may be.
 */
#include <ctype.h>
#include <errno.h>

#include "artefact_own.h"

enum {
	WMI_BYTES_MAX = 128 << 20,
	BINDINGS_MAX = 100,
	NEAR = 1024,       /* bytes within which a binding names its filter */
	INSTANCE = 8192,   /* bytes of an instance that are looked through: one page */
	NAME_MAX_BYTES = 256,
	TEXT_MAX_BYTES = 4096, /* of a command or script that is kept */
	FOUND_MAX = 200000,    /* places at which a text is looked at, in all */
};

static const char *const fields[] = { "ConsumerType", "Consumer", "Filter", "Query", "Destination", NULL };

static const struct sigma_source source = {
	.title = "WMI consumers",
	.product = "windows",
	.service = "wmi-repository",
	.fields = fields,
};

static const struct rule rules[] = {
	ARTEFACT_RULE("wmi-consumer", LEVEL_MEDIUM, STAGE_PERSISTENCE, "T1546.003",
		      "WMI runs a command or a script when something happens",
		      "management software sets such consumers, BVTConsumer comes with old versions of Windows; a binding that "
		      "was deleted may still be readable"),
};

struct binding {
	uint64_t offset, length;
	struct view type, consumer, filter;
};

struct wmi {
	struct artefact_reading *reading;
	struct view all;
	struct binding seen[BINDINGS_MAX];
	size_t n;
	unsigned looked;
};

static struct view
find(struct view in, const char *text)
{
	const uint8_t *at = in.n ? memmem(in.p, in.n, text, strlen(text)) : NULL;

	return at ? view_from(in, (size_t)(at - in.p)) : view_of(NULL, 0);
}

static bool
is_word(uint8_t c)
{
	return isalnum(c) || c == '_';
}

/* The text up to the quote that ends it. */
static struct view
quoted(struct view in)
{
	for (size_t i = 0; i < in.n && i < NAME_MAX_BYTES; i++)
		if (in.p[i] == '"')
			return view_of(in.p, i);
	return view_of(NULL, 0);
}

static struct view
around(struct view all, const uint8_t *at, size_t before, size_t after)
{
	size_t place = (size_t)(at - all.p), from = place > before ? place - before : 0;
	size_t to = all.n - place > after ? place + after : all.n;

	return view_of(all.p + from, to - from);
}

/* ---- bindings ---- */

static int
keep(struct wmi *w, const struct binding *b)
{
	for (size_t i = 0; i < w->n; i++)
		if (view_equal(w->seen[i].type, b->type) && view_equal(w->seen[i].consumer, b->consumer) &&
		    view_equal(w->seen[i].filter, b->filter))
			return 0;
	if (w->n == BINDINGS_MAX)
		return artefact_lose(w->reading, b->offset, "more bindings in the repository of WMI than are told");
	w->seen[w->n++] = *b;
	return 0;
}

/* A binding names its consumer first; where no filter follows, one may stand before. */
static struct view
filter_near(const struct wmi *w, const uint8_t *at)
{
	static const char filter[] = "__EventFilter.Name=\"";
	struct view behind = find(around(w->all, at, 0, NEAR), filter);
	struct view before = around(w->all, at, NEAR, 0), last = { 0 };

	while (!behind.n && (before = find(before, filter)).n) {
		last = view_from(before, sizeof(filter) - 1);
		before = last;
	}
	return quoted(behind.n ? view_from(behind, sizeof(filter) - 1) : last);
}

/* at: where EventConsumer.Name=" stands. */
static int
take_binding(struct wmi *w, const uint8_t *at)
{
	static const char end[] = "EventConsumer.Name=\"";
	struct view whole = around(w->all, at, NAME_MAX_BYTES, NEAR), name;
	struct binding b = { .offset = 0 };
	const uint8_t *from = at;

	while (from > whole.p && is_word(from[-1]))
		from--;
	name = quoted(view_from(w->all, (size_t)(at - w->all.p) + sizeof(end) - 1));
	if (!name.n)
		return 0;
	b.offset = (uint64_t)(from - w->all.p);
	b.type = view_of(from, (size_t)(at - from) + sizeof("EventConsumer") - 1);
	b.consumer = name;
	b.length = (uint64_t)(name.p + name.n - from);
	b.filter = filter_near(w, at);
	return b.filter.n ? keep(w, &b) : 0;
}

static int
find_bindings(struct wmi *w)
{
	static const char end[] = "EventConsumer.Name=\"";
	struct view rest = w->all;
	int r = 0;

	while (r == 0 && (rest = find(rest, end)).n && w->looked++ < FOUND_MAX) {
		r = take_binding(w, rest.p);
		rest = view_from(rest, sizeof(end) - 1);
	}
	return r;
}

/* ---- what they do ---- */

/* The next text of an instance that a person could have written, from *at on; nothing at its end. */
static struct view
next_text(struct view in, size_t *at)
{
	while (*at < in.n) {
		size_t from = *at, n = 0;

		while (from + n < in.n && (in.p[from + n] >= ' ' || in.p[from + n] == '\t' || in.p[from + n] == '\n' || in.p[from + n] == '\r'))
			n++;
		*at = from + n + 1;
		if (n >= 3)
			return view_of(in.p + from, n);
	}
	return view_of(NULL, 0);
}

/* All texts between the name of the class and the name of the consumer, and the one behind that: command, script. */
static int
add_texts(struct view instance, struct view name, bool *ret_named, struct text *ret)
{
	size_t at = 0;
	bool named = false;
	struct view text;
	int r = 0;

	while (r == 0 && (text = next_text(instance, &at)).n && ret->n < TEXT_MAX_BYTES) {
		bool was = named;

		named |= view_equal(text, name);
		if (!view_equal(text, name) && memcmp(text.p, "__", 2) != 0)
			r = words_add(ret, " | ", view_part(text, 0, text.n < TEXT_MAX_BYTES ? text.n : TEXT_MAX_BYTES));
		if (was)
			break;
	}
	*ret_named = named;
	return r;
}

/* Where the class of the consumer is named and its own name follows within a page. */
static int
find_consumer(struct wmi *w, const struct binding *b, struct text *ret)
{
	char type[NAME_MAX_BYTES + 1];
	struct view rest = w->all;

	snprintf(type, sizeof(type), "%.*s", (int)b->type.n, (const char *)b->type.p);
	while ((rest = find(rest, type)).n && w->looked++ < FOUND_MAX) {
		struct view behind = view_from(rest, b->type.n);
		bool named = false;
		int r;

		rest = behind;
		if (behind.n < 2 || behind.p[0] || behind.p[1])
			continue;
		text_free(ret);
		r = add_texts(view_part(behind, 0, behind.n < INSTANCE ? behind.n : INSTANCE), b->consumer, &named, ret);
		if (r < 0 || named)
			return r;
	}
	text_free(ret);
	return 0;
}

static bool
is_query(struct view text)
{
	return text.n > 7 && !strncasecmp((const char *)text.p, "select ", 7);
}

static struct view
find_query(struct wmi *w, struct view filter)
{
	char name[NAME_MAX_BYTES + 1];
	struct view rest = w->all;

	snprintf(name, sizeof(name), "%.*s", (int)filter.n, (const char *)filter.p);
	while (*name && (rest = find(rest, name)).n && w->looked++ < FOUND_MAX) {
		struct view behind = view_from(rest, filter.n);
		size_t at = 0;
		struct view text = next_text(view_part(behind, 0, behind.n < NEAR ? behind.n : NEAR), &at);

		if (behind.n && !behind.p[0] && is_query(text))
			return text;
		rest = behind;
	}
	return view_of(NULL, 0);
}

static bool
runs(struct view type)
{
	return view_equal(type, view_text("CommandLineEventConsumer")) ||
	       view_equal(type, view_text("ActiveScriptEventConsumer"));
}

static int
tell(struct wmi *w, const struct binding *b)
{
	struct gathered g = { 0 };
	CLEANUP(text_free) struct text what = { 0 };
	CLEANUP(text_free) struct text summary = { 0 };
	int r = runs(b->type) ? find_consumer(w, b, &what) : 0;

	if (r == 0)
		r = gathered_add(&g, "ConsumerType", b->type);
	if (r == 0)
		r = gathered_add(&g, "Consumer", b->consumer);
	if (r == 0)
		r = gathered_add(&g, "Filter", b->filter);
	if (r == 0)
		r = gathered_add(&g, "Query", find_query(w, b->filter));
	if (r == 0)
		r = gathered_add(&g, "Destination", text_view(&what));
	if (r == 0)
		r = words_add(&summary, "", b->type);
	if (r == 0)
		r = words_add(&summary, " does ", what.n ? text_view(&what) : view_text("what could not be read"));
	if (r == 0)
		r = words_add(&summary, " whenever ", gathered_value(&g, "Query").n ? gathered_value(&g, "Query") : b->filter);
	if (r == 0)
		r = artefact_state(w->reading, &(struct artefact_record){
						       .when = w->reading->place.modified,
						       .filed = true,
						       .offset = b->offset,
						       .length = b->length,
						       .subject = b->consumer,
						       .summary = text_view(&summary),
						       .fields = gathered_fields(&g),
						       .rule = runs(b->type) ? &rules[0] : NULL,
						       .basis = text_view(&summary),
					       });
	gathered_clear(&g);
	return r;
}

static int
wmi_read(struct artefact_reading *reading)
{
	CLEANUP(free) uint8_t *bytes = NULL;
	CLEANUP(free) struct wmi *w = calloc(1, sizeof(*w));
	int r = w ? 0 : -ENOMEM;

	reading->result.note = "looked through for the texts of consumers, where readable: its pages are not interpreted";
	if (r < 0 || !reading->src->size)
		return r;
	w->reading = reading;
	reading->result.partly = true;
	r = artefact_bytes(reading, &bytes, &w->all);
	if (r == 0)
		r = find_bindings(w);
	for (size_t i = 0; r == 0 && i < w->n; i++)
		r = tell(w, &w->seen[i]);
	if (r == 0 && w->looked >= FOUND_MAX)
		r = artefact_damage(reading, 0, "more texts of consumers than are looked at: the rest was not");
	return r;
}

const struct artefact_kind artefact_wmi = {
	.log = { .name = "wmi", .title = "WMI consumers", .event = "wmi.consumer", .source = &source },
	.longest = WMI_BYTES_MAX,
	.rules = rules,
	.rule_count = sizeof(rules) / sizeof(rules[0]),
	.read = wmi_read,
};
