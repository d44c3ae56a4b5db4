/* html_chain.c - how facts of different sources hang together: each intrusion as a picture of rows and what joins them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "html.h"

enum {
	CHAINS_MOST = 8,
	NODES_MOST = 64, /* in one picture; edges beyond are in the table */
	EDGES_MOST = 300,
	STEP = 42,
	TOP = 8,
	BOX_WIDTH = 646,
	BOX_HEIGHT = 34,
	CLOCK_LEFT = 4,
	BOX_LEFT = 340,
	REACH_MOST = 186, /* how far a line bows out to the left of the boxes */
};

/* A row of the case that an edge begins or ends at. */
struct node {
	struct text row, kind, time, label;
	enum stage stage;
};

struct edge {
	size_t from, to;
	bool time_only;
	struct text number, relation, basis, words;
};

struct chain {
	struct page *page;
	uint64_t evidence;
	struct text number;
	VECTOR(struct node) nodes;
	VECTOR(struct edge) edges;
};

static void
chain_free_at(struct chain *c)
{
	for (size_t i = 0; i < c->nodes.n; i++) {
		text_free(&c->nodes.at[i].row);
		text_free(&c->nodes.at[i].kind);
		text_free(&c->nodes.at[i].time);
		text_free(&c->nodes.at[i].label);
	}
	for (size_t i = 0; i < c->edges.n; i++) {
		text_free(&c->edges.at[i].number);
		text_free(&c->edges.at[i].relation);
		text_free(&c->edges.at[i].basis);
		text_free(&c->edges.at[i].words);
	}
	vector_free(&c->nodes);
	vector_free(&c->edges);
	text_free(&c->number);
}

/* ---- loading ---- */

/* The node for a row; SIZE_MAX where there is no memory. */
static size_t
node_of(struct chain *c, struct view row, struct view kind, struct view time, struct view stage)
{
	struct node *node;

	for (size_t i = 0; i < c->nodes.n; i++)
		if (view_equal(text_view(&c->nodes.at[i].row), row))
			return i;
	node = vector_push(&c->nodes);
	if (!node || text_add(&node->row, row) < 0 || text_add(&node->kind, kind) < 0 ||
	    text_add(&node->time, time) < 0)
		return SIZE_MAX;
	node->stage = stage_of(stage);
	return c->nodes.n - 1;
}

static int
take_edge(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct chain *c = state;
	struct edge *e;
	size_t from, to;
	int r;

	(void)is_number;
	if (view_number(row_value(n, names, values, "evidence")) != c->evidence || c->edges.n == EDGES_MOST)
		return 0;
	from = node_of(c, row_value(n, names, values, "from_row"), row_value(n, names, values, "from_kind"),
		       row_value(n, names, values, "from_time"), row_value(n, names, values, "from_stage"));
	to = node_of(c, row_value(n, names, values, "to_row"), row_value(n, names, values, "to_kind"),
		     row_value(n, names, values, "to_time"), row_value(n, names, values, "to_stage"));
	e = vector_push(&c->edges);
	if (!e || from == SIZE_MAX || to == SIZE_MAX)
		return -ENOMEM;
	e->from = from;
	e->to = to;
	e->time_only = view_number(row_value(n, names, values, "time_only"));
	r = text_add(&e->number, row_value(n, names, values, "number"));
	if (r == 0)
		r = text_add(&e->relation, row_value(n, names, values, "relation"));
	if (r == 0)
		r = text_add(&e->basis, row_value(n, names, values, "basis"));
	return r < 0 ? r : text_add(&e->words, row_value(n, names, values, "words"));
}

/* What a row is about, in a word or two. */
static int
take_label(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct chain *c = state;
	struct view row = row_value(n, names, values, "row");

	(void)is_number;
	if (view_number(row_value(n, names, values, "evidence")) != c->evidence)
		return 0;
	for (size_t i = 0; i < c->nodes.n; i++)
		if (!c->nodes.at[i].label.n && view_equal(text_view(&c->nodes.at[i].row), row))
			return text_add(&c->nodes.at[i].label, row_value(n, names, values, "label"));
	return 0;
}

/* ---- the picture: rows from top to bottom as they follow in time, stages from left to right ---- */

/* The place of a node in time: ISO texts compare as times. */
static unsigned
rank_of(const struct chain *c, size_t node)
{
	unsigned rank = 0;

	for (size_t i = 0; i < c->nodes.n; i++) {
		int order = view_compare(text_view(&c->nodes.at[i].time), text_view(&c->nodes.at[node].time));

		rank += order < 0 || (!order && i < node);
	}
	return rank;
}

static int
box_y(const struct chain *c, size_t node)
{
	return (int)rank_of(c, node) * STEP + TOP;
}

static void
put_box(const struct chain *c, size_t at)
{
	struct page *p = c->page;
	const struct node *node = &c->nodes.at[at];
	int y = box_y(c, at);
	bool linked = is_anchor(p, c->evidence, text_view(&node->row));

	putf(p, "<text class=\"ink2\" fill=\"#55585c\" font-size=\"11\" x=\"%d\" y=\"%d\">", CLOCK_LEFT, y + 21);
	put_text(p, view_part(text_view(&node->time), 0, 10));
	put(p, " ");
	put_text(p, view_part(text_view(&node->time), 11, 8));
	put(p, "</text>");
	if (linked) {
		putf(p, "<a href=\"#f%u-", (unsigned)c->evidence);
		put_text(p, text_view(&node->row));
		put(p, "\">");
	}
	putf(p,
	     "<rect class=\"c-box\" fill=\"#ffffff\" stroke=\"#3b5b92\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
	     "rx=\"4\"/>",
	     BOX_LEFT, y, BOX_WIDTH, BOX_HEIGHT);
	putf(p, "<text class=\"ink\" fill=\"#1d1f21\" font-size=\"12\" x=\"%d\" y=\"%d\">", BOX_LEFT + 10, y + 15);
	put_label(p, node->label.n ? text_view(&node->label) : text_view(&node->row), 84);
	putf(p, "</text><text class=\"ink2\" fill=\"#55585c\" font-size=\"10\" x=\"%d\" y=\"%d\">", BOX_LEFT + 10,
	     y + 28);
	put_label(p, text_view(&node->kind), 40);
	put(p, node->stage ? " · " : "");
	put(p, stage_name(node->stage));
	put(p, linked ? "</text></a>\n" : "</text>\n");
}

/* A bow from one box to another: lines to what is near stay near, so that they cross as little as they can. */
struct bow {
	int from, to, reach;
};

static struct bow
bow_of(const struct chain *c, const struct edge *e)
{
	int from = box_y(c, e->from), to = box_y(c, e->to), rows = (from < to ? to - from : from - to) / STEP;
	bool down = from < to;
	int reach = 26 + (rows - 1) * 15;

	return (struct bow){ .from = from + (down ? BOX_HEIGHT - 8 : 8),
			     .to = to + (down ? 8 : BOX_HEIGHT - 8),
			     .reach = reach < REACH_MOST ? reach : REACH_MOST };
}

static void
put_edge(const struct chain *c, const struct edge *e)
{
	struct page *p = c->page;
	struct bow bow = bow_of(c, e);
	int out = BOX_LEFT - bow.reach * 4 / 3;

	putf(p,
	     "<path class=\"c-edge\" fill=\"none\" stroke=\"#3b5b92\" stroke-width=\"1.4\"%s d=\"M%d %dC%d %d %d %d %d "
	     "%d\"/>",
	     e->time_only ? " stroke-dasharray=\"2 4\"" : "", BOX_LEFT, bow.from, out, bow.from, out, bow.to,
	     BOX_LEFT - 6, bow.to);
	putf(p, "<path class=\"c-tip\" fill=\"#3b5b92\" d=\"M%d %dl-8 -4v8z\"/>\n", BOX_LEFT, bow.to);
}

static void
put_number(const struct chain *c, const struct edge *e)
{
	struct page *p = c->page;
	struct bow bow = bow_of(c, e);
	int x = BOX_LEFT - bow.reach, y = (bow.from + bow.to) / 2;

	putf(p,
	     "<circle class=\"c-num\" fill=\"#ffffff\" stroke=\"#3b5b92\" cx=\"%d\" cy=\"%d\" r=\"7.5\"/><text "
	     "class=\"ink\" fill=\"#1d1f21\" font-size=\"9\" text-anchor=\"middle\" x=\"%d\" "
	     "y=\"%d\">",
	     x, y, x, y + 3);
	put_label(p, text_view(&e->number), 8);
	put(p, "</text>\n");
}

static void
put_picture(const struct chain *c)
{
	struct page *p = c->page;
	int height = (int)c->nodes.n * STEP + TOP;

	if (!c->nodes.n || c->nodes.n > NODES_MOST)
		return;
	putf(p,
	     "<figure><div class=\"scroll picture\" role=\"group\" tabindex=\"0\" aria-label=\"The chain as a "
	     "picture\"><svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"group\" "
	     "aria-label=\"The chain as a picture; the same stands in the table below\">\n",
	     PICTURE_WIDTH, height, PICTURE_WIDTH, height);
	for (size_t i = 0; i < c->edges.n; i++)
		put_edge(c, &c->edges.at[i]);
	for (size_t i = 0; i < c->nodes.n; i++)
		put_box(c, i);
	for (size_t i = 0; i < c->edges.n; i++)
		put_number(c, &c->edges.at[i]);
	put(p, "</svg></div><figcaption>From top to bottom in time. A number stands for a row of the table below; a "
	       "dotted line "
	       "rests on nearness in time alone.</figcaption></figure>\n");
}

/* ---- the table ---- */

static void
put_end(const struct chain *c, size_t at)
{
	struct page *p = c->page;
	const struct node *node = &c->nodes.at[at];

	put_time(p, text_view(&node->time));
	put(p, "<br>");
	if (node->label.n) {
		put_label(p, text_view(&node->label), LABEL_MOST);
		put(p, "<br>");
	}
	put(p, "<small>");
	put_label(p, text_view(&node->kind), LABEL_MOST);
	put(p, " ");
	put_finding(p, c->evidence, text_view(&node->row));
	put(p, "</small>");
}

static void
put_edges(const struct chain *c)
{
	struct page *p = c->page;

	putf(p, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"Edges of the chain\"><table "
		"class=\"edges\"><caption>What joins them</caption><thead><tr><th scope=\"col\" "
		"class=\"n\">No.</th><th scope=\"col\">From</th><th scope=\"col\">To</th><th scope=\"col\">How</th><th "
		"scope=\"col\">Joined by</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < c->edges.n; i++) {
		const struct edge *e = &c->edges.at[i];

		put(p, "<tr><th scope=\"row\" class=\"n\">");
		put_label(p, text_view(&e->number), LABEL_MOST);
		put(p, "</th><td>");
		put_end(c, e->from);
		put(p, "</td><td>");
		put_end(c, e->to);
		put(p, "</td><td><b>");
		put_label(p, text_view(&e->relation), LABEL_MOST);
		put(p, "</b>");
		if (e->words.n && !p->print) {
			put(p, "<details><summary>In words</summary>");
			put_prose(p, text_view(&e->words), VALUE_MOST);
			put(p, "</details>");
		}
		put(p, "</td><td>");
		put_some(p, text_view(&e->basis), VALUE_MOST);
		put(p, e->time_only ? " <span class=\"level medium\">time alone</span></td></tr>\n" : "</td></tr>\n");
	}
	put(p, "</tbody></table></div>\n");
}

/* ---- */

struct chains {
	struct page *page;
	uint64_t rows;
};

static void
put_chain(struct chain *c)
{
	page_ask(c->page, &(struct question){ .view = "v_edges", .where_column = "chain", .where_value = c->number.s },
		 take_edge, c);
	if (case_view_exists("v_nodes"))
		page_ask(c->page, &(struct question){ .view = "v_nodes" }, take_label, c);
	put_picture(c);
	put_edges(c);
}

/* A summary is told in parts with a semicolon between. */
static void
put_steps(struct page *p, struct view summary)
{
	const uint8_t *end;

	put(p, "<ul class=\"steps\">\n");
	for (bool more = summary.n > 0; more;) {
		end = memmem(summary.p, summary.n, "; ", 2);
		more = end != NULL;
		put(p, "<li>");
		put_prose(p, more ? view_of(summary.p, (size_t)(end - summary.p)) : summary, VALUE_MOST);
		put(p, "</li>\n");
		if (more)
			summary = view_from(summary, (uint64_t)(end - summary.p) + 2);
	}
	put(p, "</ul>\n");
}

static int
take_chain(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct chains *chains = state;
	struct page *p = chains->page;
	CLEANUP(chain_free)
	struct chain c = { .page = p, .evidence = view_number(row_value(n, names, values, "evidence")) };

	(void)is_number;
	if (chains->rows++ >= CHAINS_MOST)
		return p->r;
	if (text_add(&c.number, row_value(n, names, values, "chain")) < 0)
		return -ENOMEM;
	put(p, "<h3>");
	put_some(p, row_value(n, names, values, "title"), LABEL_MOST * 2);
	put(p, "</h3>\n<p>");
	put_level(p, row_value(n, names, values, "level"));
	put(p, " <span class=\"state\">");
	put_label(p, row_value(n, names, values, "confidence"), LABEL_MOST);
	put(p, "</span>, ");
	if (p->exhibits.n != 1)
		put_exhibit(p, c.evidence);
	put(p, " from ");
	put_time(p, row_value(n, names, values, "first"));
	put(p, " to ");
	put_time(p, row_value(n, names, values, "last"));
	put(p, "</p>\n");
	put_steps(p, row_value(n, names, values, "summary"));
	put_chain(&c);
	return p->r;
}

static void
put_clocks(struct page *p)
{
	static const struct column witnesses[] = {
		{ "evidence", "Exhibit", CELL_TEXT },
		{ "path", "File", CELL_PATH },
		{ "witness", "Witness", CELL_TEXT },
		{ "time", "Time", CELL_TIME },
		{ "says", "Says", CELL_TEXT },
		{ "words", "In words", CELL_PROSE },
		{ NULL, NULL, CELL_TEXT },
	};
	static const struct column clocks[] = {
		{ "evidence", "Exhibit", CELL_TEXT },
		{ "pair", "Pair", CELL_TEXT },
		{ "first", "First", CELL_TIME },
		{ "second", "Second", CELL_TIME },
		{ "seconds", "Seconds apart", CELL_NUMBER },
		{ "words", "In words", CELL_PROSE },
		{ NULL, NULL, CELL_TEXT },
	};

	if (case_view_exists("v_witnesses"))
		put_table(p, &(struct listing){ .id = "births",
						.caption = "Since when a file has been there, by witnesses that do not "
							   "depend on each other",
						.columns = witnesses,
						.question = { .view = "v_witnesses" },
						.most = p->print ? 40 : 200 });
	if (case_view_exists("v_clock"))
		put_table(p,
			  &(struct listing){ .id = "clocks",
					     .caption = "One moment as two clocks have it; nothing was corrected by it",
					     .columns = clocks,
					     .question = { .view = "v_clock" },
					     .most = 80 });
}

void
html_chain(struct page *p)
{
	struct chains chains = { .page = p };

	chapter(p, "chain", "Chain of the intrusion",
		"Facts of different sources that belong together, and what joins them: a number of a request, an "
		"address, a path. Both rows of each link are named.");
	if (case_view_exists("v_chain"))
		page_ask(p, &(struct question){ .view = "v_chain" }, take_chain, &chains);
	if (!chains.rows)
		put(p, "<p class=\"none\">No facts of different sources could be joined into a chain.</p>\n");
	if (chains.rows > CHAINS_MOST)
		putf(p,
		     "<p class=\"rest\">%" PRIu64
		     " further chains are in the case (<code>postmortem chain CASE</code>).</p>\n",
		     chains.rows - CHAINS_MOST);
	put_clocks(p);
	chapter_end(p);
}
