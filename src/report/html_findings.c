/* html_findings.c - the findings, the gravest first, each with a drawer: what it rests on, what else it could be, and
 * how to see the same with other tools. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "html.h"

enum {
	DUMP_ROW = 16,
	DUMP_MOST = 192,   /* bytes of a finding that are shown in hexadecimal */
	DUMPS_MOST = 1000, /* findings of which they are: the gravest */
	DUMPS_PRINT = 12,
	LIST_MOST = 96, /* stages and such that can be chosen from */
	MANY = 400,     /* findings from which on a browser lays out only those in view */
};

/* ---- which of them fit ---- */

static struct tally *
tally_of(struct page *p, uint64_t evidence)
{
	struct tally *t;

	for (size_t i = 0; i < p->tallies.n; i++)
		if (p->tallies.at[i].evidence == evidence)
			return &p->tallies.at[i];
	t = vector_push(&p->tallies);
	if (t)
		t->evidence = evidence;
	return t;
}

static enum sureness
sureness_of(struct view confidence)
{
	static const char *const names[] = { "confirmed", "likely", "possible" };

	for (unsigned i = 0; i < UNRATED; i++)
		if (view_equal(confidence, view_text(names[i])))
			return (enum sureness)i;
	return UNRATED;
}

static bool
is_strong(struct view level)
{
	return level_of(level) >= LEVEL_HIGH;
}

static int
take_anchor(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct page *p = state;
	struct view id = row_value(n, names, values, "finding");
	uint64_t evidence = view_number(row_value(n, names, values, "evidence"));
	struct tally *tally = tally_of(p, evidence);
	struct anchor *a;

	(void)is_number;
	if (!tally)
		return -ENOMEM;
	tally->findings++;
	if (is_strong(row_value(n, names, values, "level")))
		tally->strong[sureness_of(row_value(n, names, values, "confidence"))]++;
	if (p->findings++ >= (p->print ? ROWS_PRINT : ROWS_MOST))
		return 0;
	a = vector_push(&p->anchors);
	if (!a)
		return -ENOMEM;
	a->evidence = evidence;
	if (id.n && id.n < sizeof(a->id))
		memcpy(a->id, id.p, id.n);
	return 0;
}

static int
compare(const void *one, const void *other)
{
	const struct anchor *a = one, *b = other;

	return a->evidence != b->evidence ? (a->evidence > b->evidence ? 1 : -1) : strcmp(a->id, b->id);
}

void
find_anchors(struct page *p)
{
	page_ask(p, &(struct question){ .view = "v_findings" }, take_anchor, p);
	vector_sort(&p->anchors, compare);
}

/* ---- the drawer ---- */

static void
put_code(struct page *p, const char *title, struct view value)
{
	if (!value.n)
		return;
	putf(p, "<dt>%s</dt><dd><code>", title);
	put_some(p, value, VALUE_MOST);
	put(p, "</code></dd>");
}

/* Offset, hexadecimal, and what of it can be read: as xxd has it. */
static void
put_dump_row(struct page *p, const uint8_t *bytes, size_t n, uint64_t offset)
{
	char text[DUMP_ROW + 1] = "";

	putf(p, "%08" PRIx64 ":", offset);
	for (size_t i = 0; i < DUMP_ROW; i++)
		if (i < n)
			putf(p, "%s%02x", i % 2 ? "" : " ", bytes[i]);
		else
			put(p, i % 2 ? "  " : "   ");
	put(p, "  ");
	for (size_t i = 0; i < n; i++)
		text[i] = bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '.';
	put_text(p, view_of(text, n));
	put(p, "\n");
}

/* The bytes that the rule hit, or the beginning of the stream, where the case keeps them. */
static void
put_dump(struct page *p, struct view sha256, uint64_t offset, uint64_t length)
{
	CLEANUP(free) uint8_t *bytes = NULL;
	char hash[65] = "";
	size_t n = 0, from = 0, most;
	int r;

	if (sha256.n != 64 || p->r)
		return;
	memcpy(hash, sha256.p, 64);
	r = case_kept(p->db, hash, &bytes, &n);
	if (r == -ENOENT)
		return;
	if (r < 0) {
		p->r = r;
		return;
	}
	if (length && offset < n)
		from = (size_t)(offset / DUMP_ROW * DUMP_ROW);
	most = n - from < DUMP_MOST ? n - from : DUMP_MOST;
	put(p, "<dt>Bytes</dt><dd><pre>");
	for (size_t i = 0; i < most; i += DUMP_ROW)
		put_dump_row(p, bytes + from + i, most - i < DUMP_ROW ? most - i : DUMP_ROW, from + i);
	put(p, "</pre>");
	putf(p, "<span class=\"cut\">%zu of the %zu bytes that the case keeps, from offset %zu</span></dd>", most, n,
	     from);
}

static void
put_place(struct page *p, int n, const char *const *names, const struct view *values)
{
	static const struct {
		const char *column, *words;
	} parts[] = {
		{ "mft", "MFT entry" },     { "seq", "sequence" },  { "stream", "stream" },
		{ "offset", "offset" },     { "length", "length" }, { "volume", "volume at byte" },
		{ "snapshot", "snapshot" },
	};
	bool any = false;

	put(p, "<dt>Place</dt><dd>");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct view value = row_value(n, names, values, parts[i].column);

		if (!value.n)
			continue;
		putf(p, "%s%s ", any ? ", " : "", parts[i].words);
		put_some(p, value, LABEL_MOST);
		any = true;
	}
	put(p, "</dd>");
}

static void
put_rule(struct page *p, int n, const char *const *names, const struct view *values)
{
	static const char *const rest[] = { "technique", "cve" };
	struct view author = row_value(n, names, values, "author");

	put(p, "<dt>Rule</dt><dd><code>");
	put_some(p, row_value(n, names, values, "rule"), LABEL_MOST);
	put(p, "</code>");
	if (author.n) {
		put(p, " by ");
		put_some(p, author, LABEL_MOST);
	}
	for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++) {
		struct view value = row_value(n, names, values, rest[i]);

		if (!value.n)
			continue;
		put(p, "; ");
		put_some(p, value, LABEL_MOST);
	}
	put(p, "</dd>");
}

static void
put_confidence(struct page *p, int n, const char *const *names, const struct view *values)
{
	struct view confidence = row_value(n, names, values, "confidence"),
		    witnesses = row_value(n, names, values, "witnesses"),
		    reasons = row_value(n, names, values, "reasons");

	if (!confidence.n)
		return;
	put(p, "<dt>Confidence</dt><dd><b>");
	put_some(p, confidence, LABEL_MOST);
	put(p, "</b>");
	if (witnesses.n) {
		put(p, ", independent witnesses: ");
		put_some(p, witnesses, LABEL_MOST);
	}
	if (reasons.n) {
		put(p, ". ");
		put_prose(p, reasons, VALUE_MOST);
	}
	put(p, "</dd>");
}

static void
put_owner(struct page *p, struct view sid, struct view name)
{
	if (!sid.n)
		return;
	put(p, "<dt>Owner</dt><dd>");
	put_some(p, name, LABEL_MOST);
	put(p, name.n ? " (<code>" : "<code>");
	put_some(p, sid, LABEL_MOST);
	put(p, name.n ? "</code>)</dd>" : "</code></dd>");
}

static void
put_drawer(struct page *p, uint64_t number, int n, const char *const *names, const struct view *values)
{
	put(p, "<dl class=\"drawer\">");
	put_code(p, "Path", row_value(n, names, values, "path"));
	put_place(p, n, names, values);
	put_code(p, "SHA-256", row_value(n, names, values, "sha256"));
	put_owner(p, row_value(n, names, values, "owner"), row_value(n, names, values, "owner_name"));
	put_rule(p, n, names, values);
	put_item(p, "Rests on", row_value(n, names, values, "basis"));
	put_confidence(p, n, names, values);
	put_item(p, "Against it", row_value(n, names, values, "trust"));
	put_item(p, "May be harmless", row_value(n, names, values, "benign"));
	put_code(p, "Excerpt", row_value(n, names, values, "excerpt"));
	if (number < (p->print ? DUMPS_PRINT : DUMPS_MOST))
		put_dump(p, row_value(n, names, values, "sha256"), view_number(row_value(n, names, values, "offset")),
			 view_number(row_value(n, names, values, "length")));
	put_code(p, "See it yourself", row_value(n, names, values, "reproduce"));
	put(p, "</dl>");
}

/* ---- the list ---- */

struct list {
	struct page *page;
	uint64_t rows;
	VECTOR(struct text) stages;
};

static void
list_free_at(struct list *list)
{
	for (size_t i = 0; i < list->stages.n; i++)
		text_free(&list->stages.at[i]);
	vector_free(&list->stages);
}

static void
put_head(struct page *p, int n, const char *const *names, const struct view *values)
{
	struct view path = row_value(n, names, values, "path"), stream = row_value(n, names, values, "stream"),
		    confidence = row_value(n, names, values, "confidence");

	put(p, "<summary>");
	put_level(p, row_value(n, names, values, "level"));
	put(p, "<span class=\"when\">");
	put_time(p, row_value(n, names, values, "time"));
	put(p, "</span><span class=\"what\"><span class=\"title\">");
	put_some(p, row_value(n, names, values, "title"), LABEL_MOST * 3);
	put(p, "</span> <span class=\"where\">");
	if (p->exhibits.n != 1) {
		put_exhibit(p, view_number(row_value(n, names, values, "evidence")));
		put(p, " ");
	}
	put_label(p, path, LABEL_MOST);
	if (stream.n) {
		put(p, ":");
		put_label(p, stream, LABEL_MOST);
	}
	put(p, "</span></span><span class=\"aside\">");
	put_label(p, row_value(n, names, values, "stage"), LABEL_MOST);
	if (confidence.n) {
		put(p, "<br><i>");
		put_label(p, confidence, LABEL_MOST);
		put(p, "</i>");
	}
	put(p, "</span></summary>");
}

static int
take_finding(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct list *list = state;
	struct page *p = list->page;
	struct view id = row_value(n, names, values, "finding");
	uint64_t number = list->rows++;

	(void)is_number;
	if (number >= (p->print ? ROWS_PRINT : ROWS_MOST))
		return p->r;
	putf(p, "<li id=\"f%u-", (unsigned)view_number(row_value(n, names, values, "evidence")));
	put_text(p, id);
	putf(p, "\" data-level=\"%u\"", level_of(row_value(n, names, values, "level")));
	put_attribute(p, "data-stage", row_value(n, names, values, "stage"));
	put_attribute(p, "data-time", row_value(n, names, values, "time"));
	put(p, p->print ? "><details open>" : "><details>");
	put_head(p, n, names, values);
	put(p, "<p class=\"id\">Finding <code>");
	put_text(p, id);
	put(p, "</code></p>");
	put_drawer(p, number, n, names, values);
	put(p, "</details></li>\n");
	return p->r;
}

/* ---- what can be chosen from, where the page's script runs ---- */

static int
take_stage(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct list *list = state;
	struct view stage = row_value(n, names, values, "stage");
	struct text *t;

	(void)is_number;
	for (size_t i = 0; i < list->stages.n; i++)
		if (view_equal(text_view(&list->stages.at[i]), stage))
			return 0;
	if (list->stages.n == LIST_MOST)
		return 0;
	t = vector_push(&list->stages);
	return t ? text_add(t, stage) : -ENOMEM;
}

static int
compare_stages(const void *a, const void *b)
{
	return view_compare(text_view(a), text_view(b));
}

static void
put_tools(struct list *list)
{
	struct page *p = list->page;

	vector_sort(&list->stages, compare_stages);
	put(p, "<form class=\"tools\" id=\"tools\" hidden aria-label=\"Choose findings\">\n<p><label>Text <input "
	       "type=\"search\" id=\"t-text\" "
	       "autocomplete=\"off\" spellcheck=\"false\"></label>\n<label>Level at least <select id=\"t-level\">");
	for (unsigned i = 0; i < LEVELS; i++)
		putf(p, "<option value=\"%u\">%s</option>", i, level_name(i));
	put(p, "</select></label>\n<label>Order <select id=\"t-order\"><option value=\"level\">gravest "
	       "first</option><option "
	       "value=\"time\">by time</option><option value=\"stage\">by stage</option></select></label>\n"
	       "<button type=\"button\" id=\"t-open\">Open all</button> <button type=\"button\" id=\"t-shut\">Close "
	       "all</button></p>\n<fieldset "
	       "id=\"t-stages\"><legend>Stages</legend>");
	for (size_t i = 0; i < list->stages.n; i++) {
		struct view stage = text_view(&list->stages.at[i]);

		put(p, "<label><input type=\"checkbox\" checked");
		put_attribute(p, "value", stage);
		put(p, "> ");
		put_label(p, stage.n ? stage : view_text("no stage"), LABEL_MOST);
		put(p, "</label> ");
	}
	put(p, "</fieldset>\n<p id=\"t-count\" role=\"status\"></p></form>\n");
}

void
html_findings(struct page *p)
{
	CLEANUP(list_free) struct list list = { .page = p };
	uint64_t most = p->print ? ROWS_PRINT : ROWS_MOST;

	chapter(p, "findings", "Findings",
		"The gravest first. Each opens to what it rests on, what else it could be, and the command with which "
		"the same bytes are seen by another tool. Levels "
		"are proposals of the profile and no measure of guilt.");
	if (!p->print) {
		page_ask(p, &(struct question){ .view = "v_findings" }, take_stage, &list);
		put_tools(&list);
	}
	putf(p, "<ol class=\"findings%s\" id=\"list\">\n", p->findings > MANY ? " many" : "");
	page_ask(p, &(struct question){ .view = "v_findings" }, take_finding, &list);
	put(p, "</ol>\n");
	if (!list.rows)
		put(p, "<p class=\"none\">There are no findings. That is not a clean bill: see the verdict.</p>\n");
	if (list.rows > most) {
		put(p, "<p class=\"rest\">");
		put_count(p, list.rows - most);
		put(p, p->print ? " further findings are in report.html and in the case (<code>postmortem findings "
				  "CASE</code>).</p>\n"
				: " further findings, none graver than these, are in the case (<code>postmortem "
				  "findings CASE</code>).</p>\n");
	}
	chapter_end(p);
}
