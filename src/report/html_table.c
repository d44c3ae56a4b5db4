/* html_table.c - a view of the case as a table on the page: with a caption, headings, and a count of what is not shown.
 */
#include "html.h"

struct tabled {
	struct page *page;
	const struct listing *listing;
	uint64_t most, rows;
};

static bool
is_shown(const struct page *p, const struct column *column)
{
	return p->exhibits.n != 1 || strcmp(column->name, "evidence") != 0;
}

static void
begin(struct tabled *t)
{
	struct page *p = t->page;

	putf(p, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-labelledby=\"%s-c\"><table id=\"%s\">",
	     t->listing->id, t->listing->id);
	putf(p, "<caption id=\"%s-c\">%s</caption><thead><tr>", t->listing->id, t->listing->caption);
	for (const struct column *c = t->listing->columns; c->name; c++)
		if (is_shown(p, c))
			putf(p, "<th scope=\"col\"%s>%s</th>", c->cell == CELL_NUMBER ? " class=\"n\"" : "", c->title);
	put(p, "</tr></thead><tbody>\n");
}

/* Ids with blanks between: those on the page as links. */
static void
put_findings(struct page *p, uint64_t evidence, struct view ids)
{
	enum { FINDINGS_MOST = 3 };
	unsigned shown = 0, more = 0;

	for (size_t at = 0; at < ids.n;) {
		size_t n = 0;

		while (at + n < ids.n && ids.p[at + n] != ' ')
			n++;
		if (n && shown < FINDINGS_MOST) {
			put(p, shown++ ? " " : "");
			put_finding(p, evidence, view_part(ids, at, n));
		} else if (n) {
			more++;
		}
		at += n + 1;
	}
	if (more)
		putf(p, " <span class=\"cut\">and %u more</span>", more);
	if (!shown)
		put(p, "–");
}

static void
put_cell(struct page *p, const struct column *c, struct view value, uint64_t evidence)
{
	if (c->cell == CELL_FINDINGS) {
		put_findings(p, evidence, value);
	} else if (!strcmp(c->name, "evidence")) {
		put_exhibit(p, evidence);
	} else if (!value.p || !value.n) {
		put(p, "–");
	} else if (c->cell == CELL_TIME) {
		put_time(p, value);
	} else if (c->cell == CELL_LEVEL) {
		put_level(p, value);
	} else if (c->cell == CELL_CODE || c->cell == CELL_PATH) {
		put(p, "<code>");
		put_some(p, value, VALUE_MOST);
		put(p, "</code>");
	} else if (c->cell == CELL_STATE) {
		put(p, "<span class=\"state\">");
		put_some(p, value, LABEL_MOST);
		put(p, "</span>");
	} else if (c->cell == CELL_PROSE) {
		put_prose(p, value, VALUE_MOST);
	} else {
		put_some(p, value, VALUE_MOST);
	}
}

static const char *
cell_class(enum cell cell)
{
	return cell == CELL_NUMBER     ? " class=\"n\""
	       : cell == CELL_CODE     ? " class=\"c\""
	       : cell == CELL_PATH     ? " class=\"p\""
	       : cell == CELL_FINDINGS ? " class=\"f\""
	       : cell == CELL_PROSE    ? " class=\"why\""
				       : "";
}

static int
take_row(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct tabled *t = state;
	struct page *p = t->page;
	uint64_t evidence = view_number(row_value(n, names, values, "evidence"));

	(void)is_number;
	if (t->rows++ >= t->most)
		return p->r;
	if (t->rows == 1)
		begin(t);
	put(p, "<tr>");
	for (const struct column *c = t->listing->columns; c->name; c++) {
		if (!is_shown(p, c))
			continue;
		putf(p, "<td%s>", cell_class(c->cell));
		put_cell(p, c, row_value(n, names, values, c->name), evidence);
		put(p, "</td>");
	}
	put(p, "</tr>\n");
	return p->r;
}

static void
end(struct tabled *t)
{
	struct page *p = t->page;

	put(p, "</tbody></table></div>\n");
	if (t->rows <= t->most)
		return;
	put(p, "<p class=\"rest\">");
	put_count(p, t->rows - t->most);
	put(p, " further rows are in the case");
	if (t->listing->elsewhere)
		putf(p, " (<code>%s</code>)", t->listing->elsewhere);
	put(p, ".</p>\n");
}

uint64_t
put_table(struct page *p, const struct listing *listing)
{
	struct tabled t = { .page = p, .listing = listing, .most = listing->most };

	if (!t.most)
		t.most = p->print ? TABLE_PRINT : TABLE_MOST;
	page_ask(p, &listing->question, take_row, &t);
	if (t.rows)
		end(&t);
	else if (listing->none)
		putf(p, "<p class=\"none\">%s</p>\n", listing->none);
	return t.rows;
}
