/* html_timeline.c - when what happened, as a picture: a lane for each stage, the days on which the server was open, the
 * days of which no log is left, and the days that everybody knows. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "filetime.h"
#include "html_calendar.h"
#include "html_dates.h"

static const char *const stage_words[STAGES] = {
	[STAGE_NONE] = "no stage",
	[STAGE_RECON] = "looking around",
	[STAGE_INITIAL_ACCESS] = "getting in",
	[STAGE_EXECUTION] = "running code",
	[STAGE_PERSISTENCE] = "staying",
	[STAGE_PRIVILEGE_ESCALATION] = "more rights",
	[STAGE_DEFENSE_EVASION] = "hiding",
	[STAGE_CREDENTIAL_ACCESS] = "passwords",
	[STAGE_DISCOVERY] = "learning",
	[STAGE_LATERAL_MOVEMENT] = "moving on",
	[STAGE_COLLECTION] = "gathering",
	[STAGE_COMMAND_AND_CONTROL] = "remote control",
	[STAGE_EXFILTRATION] = "taking away",
	[STAGE_IMPACT] = "damage",
};

static const char *const fills[LEVELS] = {
	[LEVEL_INFO] = "#5d666e", [LEVEL_LOW] = "#3f6280",      [LEVEL_MEDIUM] = "#85600a",
	[LEVEL_HIGH] = "#a8420f", [LEVEL_CRITICAL] = "#9b1c31",
};

enum {
	LANE = 30,
	BAR = 13, /* a hole and when it was open */
	BARS_MOST = 8,
	DAYS_SHOWN = 400,
};

/* What happened on one day in one stage. */
struct moment {
	uint64_t evidence, count;
	int64_t day;
	enum stage stage;
	enum level level;
	char finding[24];
};

struct story {
	struct page *page;
	VECTOR(struct moment) moments;
	struct dates dates;
	struct days days;
};

/* ---- loading ---- */

static int
take_moment(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct story *story = state;
	struct moment *m = vector_push(&story->moments);
	struct view finding = row_value(n, names, values, "finding");

	(void)is_number;
	if (!m)
		return -ENOMEM;
	m->evidence = view_number(row_value(n, names, values, "evidence"));
	m->count = view_number(row_value(n, names, values, "items"));
	m->day = day_of(row_value(n, names, values, "day"));
	m->stage = stage_of(row_value(n, names, values, "stage"));
	m->level = level_of(row_value(n, names, values, "level"));
	if (finding.n && finding.n < sizeof(m->finding))
		memcpy(m->finding, finding.p, finding.n);
	return 0;
}

static void
story_free_at(struct story *story)
{
	dates_free(&story->dates);
	vector_free(&story->moments);
	days_free_at(&story->days);
}

/* ---- the ground: when open, when without logs ---- */

static void
put_band(struct page *p, const char *class, const char *fill, int64_t from, int64_t to, int top, int bottom,
	 const char *title)
{
	int x = axis_x(&p->axis, from), wide = axis_x(&p->axis, to + 1) - x;
	char first[11], last[11];

	if (wide <= 0)
		return;
	put_area(p, class, fill, &(struct area){ .x = x, .y = top, .wide = wide, .high = bottom - top });
	putf(p, "<title>%s %s to %s</title></rect>\n", title, day_name(from, first), day_name(to, last));
}

static int64_t
day_of_ticks(uint64_t ticks)
{
	return (int64_t)(ticks / FILETIME_DAY);
}

/* From when to when an opening lies on the page; false where it does not. */
static bool
clip(const struct page *p, const struct opening *o, int64_t *ret_from, int64_t *ret_to)
{
	int64_t from = day_of_ticks(o->from), to = o->to ? day_of_ticks(o->to) : p->axis.last;

	*ret_from = from < p->axis.first ? p->axis.first : from;
	*ret_to = to > p->axis.last ? p->axis.last : to;
	return *ret_from <= *ret_to;
}

static void
put_exposure(struct page *p, uint64_t evidence, int top, int bottom)
{
	int64_t first = INT64_MAX, last = -1, from, to;

	for (size_t i = 0; i < p->openings.n; i++) {
		if (p->openings.at[i].evidence != evidence || !clip(p, &p->openings.at[i], &from, &to))
			continue;
		first = from < first ? from : first;
		last = to > last ? to : last;
	}
	if (last >= 0)
		put_band(p, "t-open", "#fbeedd", first, last, top, bottom,
			 "open to the holes that the profile asks about:");
}

/* Days of which no folder has a log: 1 for each such day of the axis. */
static void
find_dark(const struct story *story, uint64_t evidence, uint8_t *dark, size_t n)
{
	const struct axis *axis = &story->page->axis;

	for (size_t i = 0; i < story->days.stretches.n; i++) {
		const struct stretch *s = &story->days.stretches.at[i];

		for (int64_t day = s->from; day <= s->to; day++) {
			size_t at = (size_t)(day - axis->first);

			if (s->evidence != evidence || day < axis->first || at >= n || s->state == DAY_BEFORE ||
			    s->state == DAY_AFTER)
				continue;
			if (s->state == DAY_PRESENT || s->state == DAY_EMPTY || s->state == DAY_PARTLY)
				dark[at] = 2;
			else if (!dark[at])
				dark[at] = 1;
		}
	}
}

static void
put_dark(const struct story *story, uint64_t evidence, int top, int bottom)
{
	struct page *p = story->page;
	size_t n = (size_t)(p->axis.last - p->axis.first + 1);
	CLEANUP(free) uint8_t *dark = calloc(n + 1, 1);

	if (!dark) {
		p->r = p->r ? p->r : -ENOMEM;
		return;
	}
	find_dark(story, evidence, dark, n);
	for (size_t i = 0, end; i < n; i = end + 1) {
		for (end = i; end < n && dark[end] == 1; end++)
			;
		if (end > i)
			put_band(p, "t-dark", "url(#h-dark)", p->axis.first + (int64_t)i,
				 p->axis.first + (int64_t)end - 1, top, bottom, "no log of any kind is left:");
	}
}

/* ---- a bar for each hole ---- */

static void
put_bars(struct page *p, uint64_t evidence, int y)
{
	unsigned bars = 0;
	int64_t from, to;

	for (size_t i = 0; i < p->openings.n && bars < BARS_MOST; i++) {
		const struct opening *o = &p->openings.at[i];

		if (o->evidence != evidence || !clip(p, o, &from, &to))
			continue;
		put_band(p, "t-bar", "#d9822b", from, to, y + 3, y + BAR - 2, "open");
		putf(p,
		     "<text class=\"ink2\" fill=\"#55585c\" font-size=\"10\" text-anchor=\"end\" x=\"%d\" "
		     "y=\"%d\">open to ",
		     PICTURE_LEFT - 8, y + 10);
		put_label(p, view_text(o->cve), 24);
		put(p, "</text>\n");
		y += BAR;
		bars++;
	}
}

/* ---- lanes ---- */

static bool
in_picture(const struct page *p, const struct moment *m)
{
	return m->day >= p->axis.first && m->day <= p->axis.last;
}

static bool
has_stage(const struct story *story, uint64_t evidence, enum stage stage)
{
	for (size_t i = 0; i < story->moments.n; i++)
		if (story->moments.at[i].evidence == evidence && story->moments.at[i].stage == stage &&
		    in_picture(story->page, &story->moments.at[i]))
			return true;
	return false;
}

/* Area grows slowly with the count: one and a thousand must both be seen. */
static int
radius_of(uint64_t count)
{
	int r = 4;

	for (; count > 1 && r < 11; count /= 3)
		r++;
	return r;
}

static void
put_moment(struct page *p, const struct moment *m, int y)
{
	int x = (axis_x(&p->axis, m->day) + axis_x(&p->axis, m->day + 1)) / 2;
	bool linked = m->finding[0] && is_anchor(p, m->evidence, view_text(m->finding));
	char name[11];

	if (!in_picture(p, m))
		return;
	if (linked) {
		putf(p, "<a href=\"#f%u-", (unsigned)m->evidence);
		put_text(p, view_text(m->finding));
		put(p, "\">");
	}
	putf(p,
	     "<circle class=\"p-%s\" fill=\"%s\" fill-opacity=\"0.85\" cx=\"%d.%d\" cy=\"%d\" r=\"%d\"><title>%s, %s: "
	     "%" PRIu64 " trace%s, the gravest %s</title></circle>%s\n",
	     level_name(m->level), fills[m->level], x / 10, x % 10, y + LANE / 2, radius_of(m->count),
	     day_name(m->day, name), m->stage ? stage_name(m->stage) : "no stage", m->count, plural(m->count),
	     level_name(m->level), linked ? "</a>" : "");
}

static void
put_lane(const struct story *story, uint64_t evidence, enum stage stage, int y)
{
	struct page *p = story->page;

	putf(p,
	     "<g class=\"lane\" data-stage=\"%s\"><line class=\"grid\" stroke=\"#d8d8d2\" x1=\"0\" x2=\"%d\" y1=\"%d\" "
	     "y2=\"%d\"/>",
	     stage_name(stage), PICTURE_RIGHT, y + LANE, y + LANE);
	putf(p,
	     "<text class=\"ink\" fill=\"#1d1f21\" font-size=\"12\" text-anchor=\"end\" x=\"%d\" "
	     "y=\"%d\">%s</text><text class=\"ink2\" fill=\"#55585c\" font-size=\"10\" "
	     "text-anchor=\"end\" x=\"%d\" y=\"%d\">%s</text>\n",
	     PICTURE_LEFT - 8, y + 14, stage ? stage_name(stage) : "other", PICTURE_LEFT - 8, y + 26,
	     stage_words[stage]);
	for (size_t i = 0; i < story->moments.n; i++)
		if (story->moments.at[i].evidence == evidence && story->moments.at[i].stage == stage)
			put_moment(p, &story->moments.at[i], y);
	put(p, "</g>\n");
}

static int
lanes_height(const struct story *story, uint64_t evidence)
{
	int lanes = 0;

	for (unsigned i = 0; i < STAGES; i++)
		lanes += has_stage(story, evidence, stage_shown(i));
	return (lanes ? lanes : 1) * LANE;
}

static int
bars_height(const struct page *p, uint64_t evidence)
{
	int bars = 0;
	int64_t from, to;

	for (size_t i = 0; i < p->openings.n && bars < BARS_MOST; i++)
		bars += p->openings.at[i].evidence == evidence && clip(p, &p->openings.at[i], &from, &to);
	return bars ? bars * BAR + 6 : 0;
}

static void
put_story(const struct story *story, uint64_t evidence)
{
	struct page *p = story->page;
	int top = FLAGS_HEIGHT, lanes = top + bars_height(p, evidence), bottom = lanes + lanes_height(story, evidence),
	    y = lanes;

	put(p, "<figure><figcaption>");
	put_exhibit(p, evidence);
	putf(p,
	     "</figcaption><div class=\"scroll picture\" role=\"group\" tabindex=\"0\" aria-label=\"Timeline\"><svg "
	     "viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"group\" "
	     "aria-label=\"Timeline in lanes of stages; the same stands in the table below\">\n",
	     PICTURE_WIDTH, bottom + 24, PICTURE_WIDTH, bottom + 24);
	put_exposure(p, evidence, top, bottom);
	put_dark(story, evidence, lanes, bottom);
	axis_months(p, top, bottom);
	put_bars(p, evidence, top);
	put_flags(p, &story->dates, bottom);
	for (unsigned i = 0; i < STAGES; i++)
		if (has_stage(story, evidence, stage_shown(i))) {
			put_lane(story, evidence, stage_shown(i), y);
			y += LANE;
		}
	if (y == lanes)
		putf(p,
		     "<text class=\"ink2\" fill=\"#55585c\" font-size=\"12\" x=\"%d\" y=\"%d\">no trace with a "
		     "time</text>\n",
		     PICTURE_LEFT + 8, lanes + 18);
	put(p, "</svg></div></figure>\n");
}

/* ---- the same in words ---- */

static void
put_sample(struct page *p, const char *class, const char *fill, const char *words)
{
	put(p, "<li><svg width=\"26\" height=\"13\" viewBox=\"0 0 26 13\" aria-hidden=\"true\">");
	put_area(p, class, fill, &(struct area){ .x = 5, .wide = 250, .high = 12 });
	putf(p,
	     "</rect><rect fill=\"none\" stroke=\"#8a8d90\" stroke-width=\"0.5\" x=\"0.5\" y=\"0.5\" width=\"25\" "
	     "height=\"12\"/></svg> %s</li>\n",
	     words);
}

static void
put_key(struct page *p)
{
	put(p, "<ul class=\"legend\">\n");
	for (unsigned i = LEVELS; i-- > 1;)
		putf(p,
		     "<li><svg width=\"14\" height=\"14\" viewBox=\"0 0 14 14\" aria-hidden=\"true\"><circle "
		     "class=\"p-%s\" fill=\"%s\" cx=\"7\" cy=\"7\" r=\"6\"/></svg> <b>%s</b></li>\n",
		     level_name(i), fills[i], level_name(i));
	put_sample(p, "t-open", "#fbeedd", "open to the holes");
	put_sample(p, "t-dark", "url(#h-dark)", "no log of any kind is left");
	put(p,
	    "<li><span class=\"disc\" aria-hidden=\"true\">n</span> a day that everybody knows, below</li>\n</ul>\n");
}

static void
put_days(const struct story *story)
{
	struct page *p = story->page;
	size_t most = p->print ? TABLE_PRINT : DAYS_SHOWN;
	char name[11];

	put(p, "<details><summary>The same as a table</summary>\n<div class=\"scroll\" role=\"group\" tabindex=\"0\" "
	       "aria-labelledby=\"days-c\"><table id=\"days\" "
	       "class=\"narrow\"><caption id=\"days-c\">Traces by day and stage</caption><thead><tr>");
	if (p->exhibits.n != 1)
		put(p, "<th scope=\"col\">Exhibit</th>");
	put(p, "<th scope=\"col\">Day</th><th scope=\"col\">Stage</th><th scope=\"col\">Gravest</th><th scope=\"col\" "
	       "class=\"n\">Traces</th><th "
	       "scope=\"col\">Finding</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < story->moments.n && i < most; i++) {
		const struct moment *m = &story->moments.at[i];

		put(p, "<tr>");
		if (p->exhibits.n != 1) {
			put(p, "<td>");
			put_exhibit(p, m->evidence);
			put(p, "</td>");
		}
		putf(p, "<th scope=\"row\" class=\"day\">%s</th><td>%s</td><td>", day_name(m->day, name),
		     m->stage ? stage_name(m->stage) : "–");
		put_level(p, view_text(level_name(m->level)));
		putf(p, "</td><td class=\"n\">%" PRIu64 "</td><td>", m->count);
		if (m->finding[0])
			put_finding(p, m->evidence, view_text(m->finding));
		put(p, "</td></tr>\n");
	}
	put(p, "</tbody></table></div>\n");
	if (story->moments.n > most)
		putf(p,
		     "<p class=\"rest\">%zu further rows are in the case (<code>postmortem timeline "
		     "CASE</code>).</p>\n",
		     story->moments.n - most);
	put(p, "</details>\n");
}

void
html_timeline(struct page *p)
{
	CLEANUP(story_free) struct story story = { .page = p };
	size_t beyond = 0;

	page_ask(p, &(struct question){ .view = "v_activity" }, take_moment, &story);
	find_dates(p, &story.dates);
	days_load(p, &story.days);
	chapter(p, "timeline", "Timeline",
		"Findings and the events that they rest on, a lane for each stage of an intrusion. The larger the "
		"disc, the more traces on that day; its colour is that "
		"of the gravest. Where it is hatched, no log is left that could tell.");
	for (size_t i = 0; i < p->exhibits.n && i < EXHIBITS_MOST; i++)
		put_story(&story, p->exhibits.at[i].number);
	put_key(p);
	put_dates(p, &story.dates);
	for (size_t i = 0; i < story.moments.n; i++)
		beyond += !in_picture(p, &story.moments.at[i]);
	if (beyond)
		putf(p, "<p class=\"rest\">%zu days with traces lie outside the picture; they are in the table.</p>\n",
		     beyond);
	if (story.moments.n)
		put_days(&story);
	chapter_end(p);
}
