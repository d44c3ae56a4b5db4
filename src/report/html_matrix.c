/* html_matrix.c - all exhibits on one page: which stages of an intrusion each of them shows, and how grave that is. */
#include <errno.h>

#include "html.h"

enum { MATRIX_EXHIBITS = 200 };

/* One exhibit: how many findings of each stage, and how grave the gravest of them is. */
struct line {
	uint64_t evidence, counts[STAGES];
	enum level gravest[STAGES];
};

struct matrix {
	VECTOR(struct line) lines;
};

static struct line *
line_of(struct matrix *m, uint64_t evidence)
{
	struct line *line;

	for (size_t i = m->lines.n; i-- > 0;)
		if (m->lines.at[i].evidence == evidence)
			return &m->lines.at[i];
	line = vector_push(&m->lines);
	if (line)
		line->evidence = evidence;
	return line;
}

static int
take_finding(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct line *line = line_of(state, view_number(row_value(n, names, values, "evidence")));
	enum stage stage = stage_of(row_value(n, names, values, "stage"));
	enum level level = level_of(row_value(n, names, values, "level"));

	(void)is_number;
	if (!line)
		return -ENOMEM;
	line->counts[stage]++;
	line->gravest[stage] = level > line->gravest[stage] ? level : line->gravest[stage];
	return 0;
}

static int
compare(const void *one, const void *other)
{
	const struct line *a = one, *b = other;

	return (a->evidence > b->evidence) - (a->evidence < b->evidence);
}

static void
put_line(struct page *p, const struct line *line)
{
	put(p, "<tr><th scope=\"row\">");
	put_exhibit(p, line->evidence);
	put(p, "</th>");
	for (unsigned i = 0; i < STAGES; i++) {
		enum stage stage = stage_shown(i);

		if (!line->counts[stage]) {
			put(p, "<td class=\"n\">·</td>");
			continue;
		}
		putf(p, "<td class=\"n g-%s\">", level_name(line->gravest[stage]));
		put_count(p, line->counts[stage]);
		putf(p, "<br><small>%s</small></td>", level_name(line->gravest[stage]));
	}
	put(p, "</tr>\n");
}

/* What several exhibits have in common, and who was hit first. */
static void
put_campaign(struct page *p)
{
	static const struct column victims[] = {
		{ "number", "No.", CELL_NUMBER },
		{ "evidence", "Exhibit", CELL_TEXT },
		{ "first", "First grave finding", CELL_TIME },
		{ "last", "Last", CELL_TIME },
		{ "grave", "Grave findings", CELL_NUMBER },
		{ "findings", "Findings", CELL_NUMBER },
		{ "shared", "Indicators shared", CELL_NUMBER },
		{ NULL, NULL, CELL_TEXT },
	};
	static const struct column shared[] = {
		{ "kind", "Kind", CELL_TEXT },       { "value", "Value", CELL_PATH },
		{ "number", "No.", CELL_NUMBER },    { "evidence", "Exhibit", CELL_TEXT },
		{ "first", "First", CELL_TIME },     { "last", "Last", CELL_TIME },
		{ "level", "Gravest", CELL_LEVEL },  { "findings", "Findings", CELL_FINDINGS },
		{ "caution", "Caution", CELL_TEXT }, { NULL, NULL, CELL_TEXT },
	};

	if (p->exhibits.n < 2)
		return;
	put_table(p, &(struct listing){ .id = "victims",
					.caption = "In which order they were hit",
					.columns = victims,
					.question = { .view = "v_victims" },
					.elsewhere = "postmortem campaign CASE" });
	put_table(p, &(struct listing){ .id = "shared",
					.caption = "What several exhibits share",
					.columns = shared,
					.question = { .view = "v_campaign" },
					.none = "No indicator is shared by two exhibits.",
					.elsewhere = "postmortem campaign CASE" });
}

void
html_matrix(struct page *p)
{
	struct matrix m = { 0 };

	chapter(p, "matrix", "Exhibits and stages",
		"How many findings each exhibit has in each stage, and how grave the gravest of them is.");
	for (size_t i = 0; i < p->exhibits.n && p->r == 0; i++)
		if (!line_of(&m, p->exhibits.at[i].number))
			p->r = -ENOMEM;
	page_ask(p, &(struct question){ .view = "v_findings" }, take_finding, &m);
	vector_sort(&m.lines, compare);
	put(p, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-labelledby=\"matrix-c\"><table "
	       "id=\"matrix-t\" class=\"matrix\"><caption id=\"matrix-c\">Findings by exhibit and "
	       "stage</caption><thead><tr><th scope=\"col\">Exhibit</th>");
	for (unsigned i = 0; i < STAGES; i++)
		putf(p, "<th scope=\"col\" class=\"n\">%s</th>",
		     stage_shown(i) ? stage_name(stage_shown(i)) : "no stage");
	put(p, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < m.lines.n && i < MATRIX_EXHIBITS; i++)
		put_line(p, &m.lines.at[i]);
	put(p, "</tbody></table></div>\n");
	if (m.lines.n > MATRIX_EXHIBITS)
		putf(p, "<p class=\"rest\">%zu further exhibits are in the case.</p>\n", m.lines.n - MATRIX_EXHIBITS);
	vector_free(&m.lines);
	put_campaign(p);
	chapter_end(p);
}
