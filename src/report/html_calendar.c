/* html_calendar.c - which days the logs of each exhibit cover, as a picture over days and as a table of stretches. */
#include <errno.h>
#include <inttypes.h>

#include "html_calendar.h"

enum {
	ROW = 17,
	TOP = 22,
	FOLDERS_MOST = 48, /* in the picture of one exhibit */
	STRETCHES_SHOWN = 300,
};

/* How a state is drawn and what it means; fill and pattern are the page's, see put_patterns. */
static const struct look {
	const char *state, *class, *fill, *meaning;
} looks[DAY_STATES] = {
	[DAY_PRESENT] = { "present", "d-present", "#2f7d5b", "lines, read wholly" },
	[DAY_EMPTY] = { "empty", "d-empty", "#b7d8c8", "a log is there and has no lines" },
	[DAY_PARTLY] = { "partly", "d-partly", "#d19a2a", "something of the day was not read, or is gone" },
	[DAY_UNREADABLE] = { "unreadable", "d-unreadable", "#8c2f2f", "there, and not read" },
	[DAY_HOLE] = { "hole", "d-hole", "url(#h-hole)", "no log, between days that have some" },
	[DAY_QUIET] = { "quiet", "d-quiet", "url(#h-quiet)", "no log, of a kind that writes only now and then" },
	[DAY_ABSENT] = { "absent", "d-absent", "url(#h-absent)", "no log, and nothing explains that" },
	[DAY_ROTATED] = { "rotated", "d-rotated", "url(#h-rotated)",
			  "no log: deleted by Exchange itself, by age or size" },
	[DAY_BEFORE] = { "before-install", "d-before", "#e8e8e2", "not installed yet" },
	[DAY_AFTER] = { "after-end", "d-after", "none", "behind the host's last sign of life" },
};

static enum day_state
state_of(struct view state)
{
	for (unsigned i = 0; i < DAY_STATES; i++)
		if (view_equal(state, view_text(looks[i].state)))
			return (enum day_state)i;
	return DAY_UNREADABLE;
}

/* ---- rows to stretches ---- */

static bool
same_place(const struct stretch *s, uint64_t evidence, struct view source, struct view folder, struct view volume)
{
	return s->evidence == evidence && view_equal(text_view(&s->source), source) &&
	       view_equal(text_view(&s->folder), folder) && s->volume == view_number(volume);
}

static int
take_day(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct days *days = state;
	struct stretch *s = days->stretches.n ? &days->stretches.at[days->stretches.n - 1] : NULL;
	struct view source = row_value(n, names, values, "source"), folder = row_value(n, names, values, "folder"),
		    volume = row_value(n, names, values, "volume"), reason = row_value(n, names, values, "reason");
	uint64_t evidence = view_number(row_value(n, names, values, "evidence"));
	int64_t day = day_of(row_value(n, names, values, "day"));
	enum day_state now = state_of(row_value(n, names, values, "state"));
	bool same = s && same_place(s, evidence, source, folder, volume);
	int r;

	(void)is_number;
	if (same && s->state == now && day == s->to + 1 &&
	    (now == DAY_PRESENT || view_equal(text_view(&s->reason), reason))) {
		s->to = day;
		return 0;
	}
	days->places += !same;
	s = vector_push(&days->stretches);
	if (!s)
		return -ENOMEM;
	s->evidence = evidence;
	s->place = days->places;
	s->volume = view_number(volume);
	s->nowhere = !volume.n;
	s->state = now;
	s->from = s->to = day;
	r = text_add(&s->source, source);
	if (r == 0)
		r = text_add(&s->folder, folder);
	return r < 0 ? r : text_add(&s->reason, reason);
}

void
days_load(struct page *p, struct days *days)
{
	page_ask(p, &(struct question){ .view = "v_calendar" }, take_day, days);
}

void
days_free_at(struct days *days)
{
	for (size_t i = 0; i < days->stretches.n; i++) {
		text_free(&days->stretches.at[i].source);
		text_free(&days->stretches.at[i].folder);
		text_free(&days->stretches.at[i].reason);
	}
	vector_free(&days->stretches);
}

/* ---- the picture ---- */

/* What tells a folder from its neighbours is its end. */
static struct view
last_part(struct view folder)
{
	size_t at = folder.n;

	while (at && folder.p[at - 1] != '/')
		at--;
	return view_from(folder, at);
}

static void
put_stretch(struct page *p, const struct stretch *s, int y)
{
	int x = axis_x(&p->axis, s->from), end = axis_x(&p->axis, s->to + 1), wide = end - x;
	char from[11], to[11];

	if (wide <= 0)
		return;
	put_area(p, looks[s->state].class, looks[s->state].fill,
		 &(struct area){ .x = x, .y = y + 2, .wide = wide, .high = ROW - 4 });
	put(p, "<title>");
	put_label(p, text_view(&s->source), LABEL_MOST);
	putf(p, " %s to %s: %s</title></rect>\n", day_name(s->from, from), day_name(s->to, to), looks[s->state].state);
}

static void
put_folder_name(struct page *p, const struct stretch *s, int y)
{
	putf(p, "<text class=\"ink\" fill=\"#1d1f21\" font-size=\"11\" text-anchor=\"end\" x=\"%d\" y=\"%d\">",
	     PICTURE_LEFT - 8, y + 12);
	if (!s->nowhere) { /* else it is called after what was looked for */
		put_label(p, text_view(&s->source), 14);
		put(p, " · ");
	}
	put_label(p, last_part(text_view(&s->folder)), s->nowhere ? 28 : 16);
	put(p, "</text>\n");
}

/* How many folders an exhibit has. */
static unsigned
count_places(const struct days *days, uint64_t evidence)
{
	unsigned n = 0;

	for (size_t i = 0; i < days->stretches.n; i++)
		n += days->stretches.at[i].evidence == evidence &&
		     (!i || days->stretches.at[i].place != days->stretches.at[i - 1].place);
	return n;
}

static void
put_picture(struct page *p, const struct days *days, uint64_t evidence)
{
	unsigned places = count_places(days, evidence), shown = places < FOLDERS_MOST ? places : FOLDERS_MOST, row = 0;
	int bottom = TOP + (int)shown * ROW;
	uint64_t place = UINT64_MAX;

	if (!places)
		return;
	put(p, "<figure><figcaption>");
	put_exhibit(p, evidence);
	putf(p,
	     "</figcaption><div class=\"scroll picture\" role=\"group\" tabindex=\"0\" aria-label=\"Calendar of the "
	     "logs\"><svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" "
	     "aria-label=\"Days that the logs cover; the same stands in the table below\">\n",
	     PICTURE_WIDTH, bottom + 24, PICTURE_WIDTH, bottom + 24);
	axis_months(p, TOP - 4, bottom);
	for (size_t i = 0; i < days->stretches.n; i++) {
		const struct stretch *s = &days->stretches.at[i];

		if (s->evidence != evidence)
			continue;
		if (s->place != place) {
			if (row++ == shown)
				break;
			put_folder_name(p, s, TOP + ((int)row - 1) * ROW);
		}
		place = s->place;
		put_stretch(p, s, TOP + ((int)row - 1) * ROW);
	}
	put(p, "</svg></div>");
	if (shown < places)
		putf(p, "<p class=\"rest\">%u further folders are in the table or the case.</p>", places - shown);
	put(p, "</figure>\n");
}

static void
put_legend(struct page *p)
{
	put(p, "<ul class=\"legend\">\n");
	for (unsigned i = 0; i < DAY_STATES; i++) {
		put(p, "<li><svg width=\"26\" height=\"13\" viewBox=\"0 0 26 13\" aria-hidden=\"true\">");
		put_area(p, looks[i].class, looks[i].fill, &(struct area){ .x = 5, .wide = 250, .high = 12 });
		putf(p,
		     "</rect><rect fill=\"none\" stroke=\"#8a8d90\" stroke-width=\"0.5\" x=\"0.5\" y=\"0.5\" "
		     "width=\"25\" height=\"12\"/></svg> <b>%s</b> %s</li>\n",
		     looks[i].state, looks[i].meaning);
	}
	put(p, "</ul>\n");
}

/* ---- the table ---- */

static void
put_stretch_row(struct page *p, const struct stretch *s)
{
	char from[11], to[11];

	put(p, "<tr>");
	if (p->exhibits.n != 1) {
		put(p, "<td>");
		put_exhibit(p, s->evidence);
		put(p, "</td>");
	}
	put(p, "<th scope=\"row\">");
	put_label(p, text_view(&s->source), LABEL_MOST);
	put(p, "</th><td><code>");
	put_label(p, text_view(&s->folder), LABEL_MOST);
	putf(p, "</code></td><td class=\"day\">%s</td><td class=\"day\">%s</td><td>%s</td><td>",
	     day_name(s->from, from), day_name(s->to, to), looks[s->state].state);
	put_some(p, text_view(&s->reason), VALUE_MOST);
	put(p, "</td></tr>\n");
}

static void
put_stretches(struct page *p, const struct days *days)
{
	size_t most = p->print ? TABLE_PRINT : STRETCHES_SHOWN;

	put(p, "<details><summary>The same as a table</summary>\n<div class=\"scroll\" role=\"group\" tabindex=\"0\" "
	       "aria-labelledby=\"stretches-c\"><table id=\"stretches\"><caption id=\"stretches-c\">Stretches of days "
	       "in one "
	       "state</caption><thead><tr>");
	if (p->exhibits.n != 1)
		put(p, "<th scope=\"col\">Exhibit</th>");
	put(p, "<th scope=\"col\">Log</th><th scope=\"col\">Folder</th><th scope=\"col\">From</th><th "
	       "scope=\"col\">To</th><th "
	       "scope=\"col\">State</th><th scope=\"col\">Why</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < days->stretches.n && i < most; i++)
		put_stretch_row(p, &days->stretches.at[i]);
	put(p, "</tbody></table></div>\n");
	if (days->stretches.n > most)
		putf(p,
		     "<p class=\"rest\">%zu further stretches are in the case (<code>postmortem coverage --calendar "
		     "CASE</code>).</p>\n",
		     days->stretches.n - most);
	put(p, "</details>\n");
}

void
html_calendar(struct page *p)
{
	CLEANUP(days_free) struct days days = { 0 };

	days_load(p, &days);
	chapter(p, "calendar", "What the logs cover",
		"Each folder of logs, day by day, from the start of the window to the host’s last sign of life. Only "
		"on days that are present, empty or before "
		"the install can the absence of a trace mean anything.");
	if (!days.stretches.n)
		put(p, "<p class=\"none\">No folder of logs was looked for.</p>\n");
	for (size_t i = 0; i < p->exhibits.n && i < EXHIBITS_MOST; i++)
		put_picture(p, &days, p->exhibits.at[i].number);
	if (p->exhibits.n > EXHIBITS_MOST)
		putf(p, "<p class=\"rest\">%zu further exhibits are in the case.</p>\n", p->exhibits.n - EXHIBITS_MOST);
	put_legend(p);
	if (days.stretches.n)
		put_stretches(p, &days);
	chapter_end(p);
}
