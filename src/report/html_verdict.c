/* html_verdict.c - the first thing a reader sees: the answers, how sure they are, and what each of them rests on. */
#include <inttypes.h>

#include "html.h"

static const struct meaning {
	const char *verdict, *look, *words;
} meanings[] = {
	{ "exploited", "bad",
	  "Findings of level high or critical show that this happened. Each can be seen with other tools than this "
	  "one." },
	{ "attempted", "warn",
	  "Requests for this hole stand in the logs; none of them is known to have worked. That is no proof that it "
	  "failed." },
	{ "no trace", "good",
	  "Everything that this question needs was there and was read, and no trace was found. A trace that no rule "
	  "knows is not seen." },
	{ "not affected", "good",
	  "Every build of Exchange since the window began has the fix, or never had the hole." },
	{ "not assessable", "unknown",
	  "Something that a better answer needs was not there or could not be read. This is not the same as clean." },
};

static const struct meaning *
meaning_of(struct view verdict)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (verdict.n >= strlen(meanings[i].verdict) &&
		    !memcmp(verdict.p, meanings[i].verdict, strlen(meanings[i].verdict)))
			return &meanings[i];
	return &meanings[sizeof(meanings) / sizeof(meanings[0]) - 1];
}

static void
put_word(struct page *p, struct view verdict)
{
	putf(p, "<span class=\"word %s\">", meaning_of(verdict)->look);
	put_label(p, verdict, LABEL_MOST);
	put(p, "</span>");
}

/* ---- the exhibit as a whole ---- */

static void
put_sureness(struct page *p, uint64_t evidence)
{
	static const char *const names[SURENESSES] = { "confirmed", "likely", "possible", "not rated" };
	const struct tally *t = NULL;
	bool any = false;

	for (size_t i = 0; i < p->tallies.n; i++)
		if (p->tallies.at[i].evidence == evidence)
			t = &p->tallies.at[i];
	put(p, "<div><dt>Confidence</dt><dd>");
	for (unsigned i = 0; t && i < SURENESSES; i++) {
		if (!t->strong[i])
			continue;
		put(p, any ? ", " : "findings of level high and above: ");
		put_count(p, t->strong[i]);
		putf(p, " %s", names[i]);
		any = true;
	}
	put(p, any ? "</dd></div>\n" : "no finding of level high or above</dd></div>\n");
}

static int
take_overall(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct page *p = state;
	struct view verdict = row_value(n, names, values, "verdict"),
		    evidence = row_value(n, names, values, "evidence");

	(void)is_number;
	putf(p, "<article class=\"card %s\"><h3>", meaning_of(verdict)->look);
	put_exhibit(p, view_number(evidence));
	put(p, "</h3>\n<p class=\"answer\">");
	put_word(p, verdict);
	putf(p, "</p>\n<p>%s</p>\n<dl>", meaning_of(verdict)->words);
	put(p, "<div class=\"why\"><dt>Why</dt><dd>");
	put_prose(p, row_value(n, names, values, "reason"), VALUE_MOST);
	put(p, "</dd></div>\n");
	put_sureness(p, view_number(evidence));
	put(p, "<div><dt>First indicator</dt><dd>");
	put_time(p, row_value(n, names, values, "first"));
	put(p, "</dd></div><div><dt>Last indicator</dt><dd>");
	put_time(p, row_value(n, names, values, "last"));
	put(p, "</dd></div></dl></article>\n");
	return p->r;
}

/* ---- question by question ---- */

enum { IDS_MOST = 60, IDS_PRINT = 9 };

struct questions {
	struct page *page;
	uint64_t rows;
};

static void
put_ids(struct page *p, uint64_t evidence, struct view ids)
{
	unsigned shown = 0, more = 0, most = p->print ? IDS_PRINT : IDS_MOST;

	for (size_t at = 0, n; at < ids.n; at += n + 1) {
		for (n = 0; at + n < ids.n && ids.p[at + n] != ' '; n++)
			;
		if (!n)
			continue;
		if (shown == most) {
			more++;
			continue;
		}
		put(p, shown++ ? " " : "");
		put_finding(p, evidence, view_part(ids, at, n));
	}
	if (more)
		putf(p, " and %u more", more);
}

static int
take_question(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct questions *q = state;
	struct page *p = q->page;
	struct view question = row_value(n, names, values, "question"),
		    findings = row_value(n, names, values, "findings"),
		    evidence = row_value(n, names, values, "evidence"),
		    coverage = row_value(n, names, values, "coverage"),
		    changes = row_value(n, names, values, "changes");

	(void)is_number;
	if (view_equal(question, view_text("overall")) || q->rows++ >= TABLE_MOST)
		return p->r;
	put(p, "<tr>");
	if (p->exhibits.n != 1) {
		put(p, "<td>");
		put_exhibit(p, view_number(evidence));
		put(p, "</td>");
	}
	put(p, "<th scope=\"row\">");
	put_label(p, question, LABEL_MOST);
	put(p, "</th><td>");
	put_word(p, row_value(n, names, values, "verdict"));
	put(p, "</td><td>");
	put_time(p, row_value(n, names, values, "first"));
	put(p, "</td><td>");
	put_time(p, row_value(n, names, values, "last"));
	put(p, "</td><td class=\"why\">");
	put_prose(p, row_value(n, names, values, "reason"), VALUE_MOST);
	if (findings.n || coverage.n || changes.n) {
		put(p, "<details><summary>What it rests on</summary><dl class=\"support\">");
		if (findings.n) {
			put(p, "<dt>Findings</dt><dd>");
			put_ids(p, view_number(evidence), findings);
			put(p, "</dd>");
		}
		put_item(p, "Rows of the coverage", coverage);
		put_item(p, "What would change it", changes);
		put(p, "</dl></details>");
	}
	put(p, "</td></tr>\n");
	return p->r;
}

void
html_verdict(struct page *p)
{
	struct questions questions = { .page = p };

	chapter(p, "verdict", "Verdict",
		"What the findings and the sources that were read support, and no more than that. There is no verdict "
		"“clean”: findings can prove an intrusion, their absence cannot rule one out.");
	page_ask(p, &(struct question){ .view = "v_verdict", .where_column = "question", .where_value = "overall" },
		 take_overall, p);
	put(p, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-labelledby=\"questions-c\"><table "
	       "id=\"questions\" class=\"questions\">"
	       "<caption id=\"questions-c\">Question by question</caption><thead><tr>");
	if (p->exhibits.n != 1)
		put(p, "<th scope=\"col\">Exhibit</th>");
	put(p, "<th scope=\"col\">Question</th><th scope=\"col\">Verdict</th><th scope=\"col\">First trace</th>"
	       "<th scope=\"col\">Last trace</th><th scope=\"col\">Why</th></tr></thead><tbody>\n");
	page_ask(p, &(struct question){ .view = "v_verdict" }, take_question, &questions);
	put(p, "</tbody></table></div>\n");
	if (questions.rows > TABLE_MOST)
		putf(p,
		     "<p class=\"rest\">%" PRIu64
		     " further answers are in the case (<code>postmortem verdict CASE</code>).</p>\n",
		     questions.rows - TABLE_MOST);
	chapter_end(p);
}
