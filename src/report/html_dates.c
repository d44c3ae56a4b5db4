/* html_dates.c - the days that everybody knows: when holes were used, told, and closed, to hold the case against. */
#include "html_dates.h"

#include <errno.h>

static int
take_date(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct dates *dates = state;
	const struct axis *axis = dates->axis;
	struct date *last = dates->list.n ? &dates->list.at[dates->list.n - 1] : NULL, *d;
	int64_t day = day_of(row_value(n, names, values, "day"));
	unsigned number = !last ? 1 : last->day == day ? last->number : last->number + 1;
	int r;

	(void)is_number;
	if (day < axis->first || day > axis->last)
		return 0;
	d = vector_push(&dates->list);
	if (!d)
		return -ENOMEM;
	d->day = day;
	d->number = number;
	r = text_add(&d->title, row_value(n, names, values, "title"));
	if (r == 0)
		r = text_add(&d->cve, row_value(n, names, values, "cve"));
	return r < 0 ? r : text_add(&d->source, row_value(n, names, values, "source"));
}

void
find_dates(struct page *p, struct dates *dates)
{
	dates->axis = &p->axis;
	page_ask(p, &(struct question){ .view = "v_public_dates" }, take_date, dates);
}

void
dates_free(struct dates *dates)
{
	for (size_t i = 0; i < dates->list.n; i++) {
		text_free(&dates->list.at[i].title);
		text_free(&dates->list.at[i].cve);
		text_free(&dates->list.at[i].source);
	}
	vector_free(&dates->list);
}

void
put_flags(struct page *p, const struct dates *dates, int bottom)
{
	int ends[FLAG_ROWS];
	unsigned last = 0;

	for (int i = 0; i < FLAG_ROWS; i++)
		ends[i] = -100;
	for (size_t i = 0; i < dates->list.n; i++) {
		const struct date *d = &dates->list.at[i];
		int x = axis_x(&p->axis, d->day) / 10, row = 0;

		if (d->number == last)
			continue;
		last = d->number;
		while (row < FLAG_ROWS - 1 && x - ends[row] < FLAG)
			row++;
		ends[row] = x;
		putf(p,
		     "<line class=\"t-flag\" stroke=\"#3b5b92\" stroke-dasharray=\"2 3\" x1=\"%d\" x2=\"%d\" y1=\"%d\" "
		     "y2=\"%d\"/>",
		     x, x, row * FLAG + 14, bottom);
		putf(p,
		     "<circle class=\"t-disc\" fill=\"#3b5b92\" cx=\"%d\" cy=\"%d\" r=\"7.5\"/><text class=\"t-num\" "
		     "fill=\"#ffffff\" font-size=\"10\" text-anchor=\"middle\" x=\"%d\" "
		     "y=\"%d\">%u</text>\n",
		     x, row * FLAG + 9, x, row * FLAG + 12, d->number);
	}
}

void
put_dates(struct page *p, const struct dates *dates)
{
	unsigned last = 0;
	char name[11];

	put(p, "<ol class=\"dates\" aria-label=\"Dates that everybody knows\">\n");
	for (size_t i = 0; i < dates->list.n; i++) {
		const struct date *d = &dates->list.at[i];

		if (d->number != last)
			putf(p,
			     "%s<li><span class=\"disc\" aria-hidden=\"true\">%u</span><span class=\"day\">%s</span> ",
			     last ? "</li>\n" : "", d->number, day_name(d->day, name));
		else
			put(p, "<br>");
		last = d->number;
		put_some(p, text_view(&d->title), LABEL_MOST * 2);
		if (d->source.n) {
			put(p, " <small>");
			put_label(p, text_view(&d->source), LABEL_MOST);
			put(p, "</small>");
		}
	}
	put(p, last ? "</li>\n</ol>\n" : "</ol>\n");
}
