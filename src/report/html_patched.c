/* html_patched.c - the owner's question: were we already compromised when we patched? Exposure beside indicators. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "filetime.h"
#include "html.h"

static uint64_t
ticks_of(struct view iso)
{
	uint64_t ticks;

	return iso.n && filetime_parse(iso, &ticks) == 0 ? ticks : 0;
}

static void
copy(char *to, size_t room, struct view from)
{
	size_t n = from.n < room ? from.n : room - 1;

	if (n)
		memcpy(to, from.p, n);
	to[n] = 0;
}

static int
take_answer(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct page *p = state;
	struct answered *a = vector_push(&p->answers);

	(void)is_number;
	if (!a)
		return -ENOMEM;
	a->evidence = view_number(row_value(n, names, values, "evidence"));
	a->first = ticks_of(row_value(n, names, values, "first"));
	a->last = ticks_of(row_value(n, names, values, "last"));
	copy(a->question, sizeof(a->question), row_value(n, names, values, "question"));
	copy(a->verdict, sizeof(a->verdict), row_value(n, names, values, "verdict"));
	return 0;
}

static bool
is_asked(const struct page *p, uint64_t evidence, const char *cve)
{
	for (size_t i = 0; i < p->answers.n; i++)
		if (p->answers.at[i].evidence == evidence && !strcmp(p->answers.at[i].question, cve))
			return true;
	return false;
}

static int
take_opening(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct page *p = state;
	struct opening o = { .evidence = view_number(row_value(n, names, values, "evidence")) };
	struct opening *at;

	(void)is_number;
	copy(o.cve, sizeof(o.cve), row_value(n, names, values, "cve"));
	if (!view_equal(row_value(n, names, values, "state"), view_text("vulnerable")) ||
	    !is_asked(p, o.evidence, o.cve))
		return 0;
	o.from = ticks_of(row_value(n, names, values, "from"));
	o.to = ticks_of(row_value(n, names, values, "to"));
	at = vector_push(&p->openings);
	if (!at)
		return -ENOMEM;
	*at = o;
	return 0;
}

void
find_answers(struct page *p)
{
	page_ask(p, &(struct question){ .view = "v_verdict" }, take_answer, p);
	page_ask(p, &(struct question){ .view = "v_exposure" }, take_opening, p);
}

/* ---- the answer in a sentence ---- */

static void
put_ticks(struct page *p, uint64_t ticks)
{
	char text[FILETIME_TEXT];

	put_time(p, ticks ? view_text(filetime_text(ticks, text)) : view_of(NULL, 0));
}

/* "55 days before", "on the same day as", "3 hours after": how far a is from b. */
static void
put_distance(struct page *p, uint64_t a, uint64_t b)
{
	uint64_t far = a < b ? b - a : a - b, days = far / FILETIME_DAY, hours = far / FILETIME_HOUR;

	if (days)
		putf(p, "<b>%" PRIu64 " day%s %s</b>", days, plural(days), a < b ? "before" : "after");
	else
		putf(p, "<b>%" PRIu64 " hour%s %s</b>", hours, plural(hours), a < b ? "before" : "after");
}

/* From the first to the last moment at which the exhibit was open to any of the holes that the profile asks about;
 * *ret_ended is 0 where it still was. */
static bool
find_open(const struct page *p, uint64_t evidence, uint64_t *ret_from, uint64_t *ret_ended)
{
	bool any = false, ends = true;
	uint64_t from = UINT64_MAX, to = 0;

	for (size_t i = 0; i < p->openings.n; i++) {
		const struct opening *o = &p->openings.at[i];

		if (o->evidence != evidence)
			continue;
		any = true;
		from = o->from < from ? o->from : from;
		to = o->to > to ? o->to : to;
		ends &= o->to != 0;
	}
	*ret_from = any ? from : 0;
	*ret_ended = any && ends ? to : 0;
	return any;
}

static void
tell_exploited(struct page *p, const struct answered *a, uint64_t ended)
{
	if (!a->first) {
		put(p, "<p>There are findings of an intrusion, and none of them has a time.</p>\n");
		return;
	}
	if (!ended) {
		put(p, "<p><b>No update is known to have closed the holes.</b> As far as the witnesses of the build "
		       "tell, this "
		       "server was still open at the end of what the image shows. The first indicator is of ");
		put_ticks(p, a->first);
		put(p, ", the last of ");
		put_ticks(p, a->last);
		put(p, ".</p>\n");
		return;
	}
	put(p, a->first < ended ? "<p><b>Yes.</b> The first indicator, of "
				: "<p><b>The first indicator is later than the update.</b> It is of ");
	put_ticks(p, a->first);
	put(p, ", and ");
	put_distance(p, a->first, ended);
	put(p, " the last of the holes was closed, at ");
	put_ticks(p, ended);
	put(p, ". The last indicator, of ");
	put_ticks(p, a->last);
	put(p, ", is ");
	put_distance(p, a->last, ended);
	put(p, a->last > ended ? " it: an update closes holes and removes nobody who is already inside.</p>\n"
			       : " it.</p>\n");
}

static void
tell_exhibit(struct page *p, const struct answered *a)
{
	uint64_t from, ended;
	bool open = find_open(p, a->evidence, &from, &ended);

	put(p, "<h3>");
	put_exhibit(p, a->evidence);
	put(p, "</h3>\n");
	if (!strcmp(a->verdict, "exploited") && open) {
		tell_exploited(p, a, ended);
		return;
	}
	if (!strcmp(a->verdict, "exploited"))
		put(p, "<p>There are findings of an intrusion; nothing tells when this server was open to the holes "
		       "that the profile asks about, so "
		       "before and after cannot be told.</p>\n");
	else if (!open)
		put(p, "<p>Nothing shows that this server was open to the holes that the profile asks about, and no "
		       "finding of level high or above shows an "
		       "intrusion.</p>\n");
	else
		put(p, "<p>No finding of level high or above shows an intrusion, before or after an update. What that "
		       "is worth, "
		       "the <a href=\"#verdict\">verdict</a> and the <a href=\"#calendar\">days that the logs "
		       "cover</a> say.</p>\n");
}

/* ---- the same as a table ---- */

/* A time, and below it how far that is from the end of the exposure. */
static void
put_indicator(struct page *p, uint64_t ticks, uint64_t ended)
{
	put(p, "<td>");
	put_ticks(p, ticks);
	if (ticks && ended) {
		put(p, "<br>");
		put_distance(p, ticks, ended);
	}
	put(p, "</td>");
}

static void
put_row(struct page *p, const struct answered *a)
{
	uint64_t from, ended;
	bool open = find_open(p, a->evidence, &from, &ended);

	for (size_t i = 0; i < p->openings.n; i++) { /* a question about one hole is held against that */
		const struct opening *o = &p->openings.at[i];

		if (o->evidence == a->evidence && !strcmp(o->cve, a->question)) {
			from = o->from;
			ended = o->to;
		}
	}
	put(p, "<tr>");
	if (p->exhibits.n != 1) {
		put(p, "<td>");
		put_exhibit(p, a->evidence);
		put(p, "</td>");
	}
	put(p, "<th scope=\"row\">");
	put_label(p, view_text(a->question), LABEL_MOST);
	put(p, "</th><td>");
	put_ticks(p, from);
	put(p, "</td><td>");
	if (open && !ended)
		put(p, "not known to have ended");
	else
		put_ticks(p, ended);
	put(p, "</td>");
	put_indicator(p, a->first, ended);
	put_indicator(p, a->last, ended);
	put(p, "</tr>\n");
}

void
html_patched(struct page *p)
{
	unsigned told = 0;

	chapter(p, "patched", "Were we already compromised when we patched?",
		"The time in which this server was open to the holes, by the builds of Exchange that its own files and "
		"logs name, beside the first and the last indicator.");
	for (size_t i = 0; i < p->answers.n; i++)
		if (!strcmp(p->answers.at[i].question, "overall") && told++ < EXHIBITS_MOST)
			tell_exhibit(p, &p->answers.at[i]);
	if (told > EXHIBITS_MOST)
		putf(p, "<p class=\"rest\">%u further exhibits are in the table.</p>\n", told - EXHIBITS_MOST);
	put(p,
	    "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-labelledby=\"exposed-c\"><table id=\"exposed\">"
	    "<caption id=\"exposed-c\">Exposure beside indicators</caption><thead><tr>");
	if (p->exhibits.n != 1)
		put(p, "<th scope=\"col\">Exhibit</th>");
	put(p, "<th scope=\"col\">Question</th><th scope=\"col\">Open from</th><th scope=\"col\">Open to</th><th "
	       "scope=\"col\">First "
	       "trace, against the end</th><th scope=\"col\">Last trace, against the end</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < p->answers.n && i < TABLE_MOST; i++)
		put_row(p, &p->answers.at[i]);
	put(p,
	    "</tbody></table></div>\n<p class=\"note\">A question that is not about one hole is held against the time "
	    "in which the server was open to any "
	    "that the profile asks about. Where the time of an update is only bounded, the later bound is used: see <a "
	    "href=\"#builds\">builds and updates</a>.</p>\n");
	chapter_end(p);
}
