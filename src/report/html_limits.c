/* html_limits.c - what could not be examined and what was, before anybody reads what was found in it. */
#include <errno.h>
#include <stdio.h>

#include "html.h"

static const struct column limitation_columns[] = {
	{ "evidence", "Exhibit", CELL_TEXT }, { "what", "What", CELL_TEXT },     { "count", "Times", CELL_NUMBER },
	{ "path", "Where", CELL_PATH },       { "stream", "Stream", CELL_CODE }, { "mft", "Entry", CELL_NUMBER },
	{ "offset", "Offset", CELL_NUMBER },  { NULL, NULL, CELL_TEXT },
};

/* ---- the coverage, counted by source ---- */

static const char *const states[] = { "read", "partly", "empty", "absent", "unreadable", "skipped" };
enum { STATES = sizeof(states) / sizeof(states[0]), NAME_MOST = 64 };

struct covered {
	char source[NAME_MOST];
	uint64_t rows[STATES], items, lost;
};

struct coverage {
	VECTOR(struct covered) sources;
};

static struct covered *
find_source(struct coverage *c, struct view source)
{
	char name[NAME_MOST];
	struct covered *new;

	snprintf(name, sizeof(name), "%.*s", (int)(source.n < NAME_MOST ? source.n : NAME_MOST - 1),
		 (const char *)source.p);
	for (size_t i = 0; i < c->sources.n; i++)
		if (!strcmp(c->sources.at[i].source, name))
			return &c->sources.at[i];
	new = vector_push(&c->sources);
	if (new)
		memcpy(new->source, name, sizeof(name));
	return new;
}

static int
take_coverage(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct covered *c = find_source(state, row_value(n, names, values, "source"));
	struct view now = row_value(n, names, values, "state");

	(void)is_number;
	if (!c)
		return -ENOMEM;
	for (unsigned i = 0; i < STATES; i++)
		c->rows[i] += view_equal(now, view_text(states[i]));
	c->items += view_number(row_value(n, names, values, "items"));
	c->lost += view_number(row_value(n, names, values, "lost"));
	return 0;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct covered *)a)->source, ((const struct covered *)b)->source);
}

static void
put_source(struct page *p, const struct covered *c)
{
	put(p, "<tr><th scope=\"row\">");
	put_text(p, view_text(c->source));
	put(p, "</th>");
	for (unsigned i = 0; i < STATES; i++) {
		put(p, c->rows[i] && i ? "<td class=\"n told\">" : "<td class=\"n\">");
		if (c->rows[i])
			put_count(p, c->rows[i]);
		else
			put(p, "·");
		put(p, "</td>");
	}
	put(p, "<td class=\"n\">");
	put_count(p, c->items);
	put(p, c->lost ? "</td><td class=\"n told\">" : "</td><td class=\"n\">");
	put_count(p, c->lost);
	put(p, "</td></tr>\n");
}

static void
put_coverage(struct page *p)
{
	struct coverage c = { 0 };

	page_ask(p, &(struct question){ .view = "v_coverage" }, take_coverage, &c);
	vector_sort(&c.sources, compare);
	put(p, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-labelledby=\"sources-c\"><table "
	       "id=\"sources\" class=\"narrow\">"
	       "<caption id=\"sources-c\">What was looked at, by kind of source: how many of each, and in which "
	       "state</caption><thead><tr><th "
	       "scope=\"col\">Source</th>");
	for (unsigned i = 0; i < STATES; i++)
		putf(p, "<th scope=\"col\" class=\"n\">%s</th>", states[i]);
	put(p,
	    "<th scope=\"col\" class=\"n\">records</th><th scope=\"col\" class=\"n\">lost</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < c.sources.n; i++)
		put_source(p, &c.sources.at[i]);
	put(p, "</tbody></table></div>\n");
	vector_free(&c.sources);
}

/* ---- and one by one, where something is not as it should be ---- */

static void
put_gaps(struct page *p)
{
	static const struct column columns[] = {
		{ "evidence", "Exhibit", CELL_TEXT }, { "id", "Row", CELL_CODE },
		{ "source", "Source", CELL_TEXT },    { "path", "Where", CELL_PATH },
		{ "items", "Records", CELL_NUMBER },  { "lost", "Lost", CELL_NUMBER },
		{ "reason", "Why", CELL_PROSE },       { NULL, NULL, CELL_TEXT },
	};
	static const struct {
		const char *state, *id, *caption;
	} gaps[] = {
		{ "unreadable", "gap-unreadable", "There, and not read" },
		{ "partly", "gap-partly", "Read in part" },
		{ "skipped", "gap-skipped", "Skipped: this version does not read it, or it was not asked to" },
		{ "absent", "gap-absent", "Looked for, and not there" },
	};

	for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++)
		put_table(p, &(struct listing){ .id = gaps[i].id,
						.caption = gaps[i].caption,
						.columns = columns,
						.question = { .view = "v_coverage",
							      .where_column = "state",
							      .where_value = gaps[i].state },
						.most = p->print ? 30 : 120,
						.elsewhere = "postmortem coverage CASE" });
}

void
html_limits(struct page *p)
{
	chapter(p, "limitations", "Limitations",
		"What could not be examined, and what was not there. It stands before the findings, as it bounds what "
		"they can mean.");
	put_table(p, &(struct listing){ .id = "limits",
					.caption = "What could not be examined",
					.columns = limitation_columns,
					.question = { .view = "v_limitations" },
					.most = p->print ? TABLE_PRINT : 250,
					.none = "Nothing that was chosen for examination had to be left out.",
					.elsewhere = "postmortem limitations CASE" });
	put_coverage(p);
	put_gaps(p);
	chapter_end(p);
}
