/* html_page.c - report.html as a whole: what the browser may do, who it is about, and its chapters in order. */
#include <errno.h>
#include <stdio.h>

#include "config.h"
#include "fail.h"
#include "html.h"
#include "src/report/report_css.h"
#include "src/report/report_js.h"

static const struct chapter_of {
	const char *id, *title;
	void (*write)(struct page *p);
} chapters[] = {
	{ "verdict", "Verdict", html_verdict },
	{ "patched", "Before or after the update?", html_patched },
	{ "limitations", "Limitations", html_limits },
	{ "calendar", "What the logs cover", html_calendar },
	{ "timeline", "Timeline", html_timeline },
	{ "chain", "Chain of the intrusion", html_chain },
	{ "matrix", "Exhibits and stages", html_matrix },
	{ "findings", "Findings", html_findings },
	{ "people", "Addresses and accounts", html_people },
	{ "builds", "Builds and updates", html_builds },
	{ "host", "The host", html_host },
	{ "evidence", "Evidence", html_evidence },
	{ "method", "Method", html_method },
	{ "glossary", "Glossary", html_glossary },
	{ "certificate", "Statement to sign", html_certificate },
};

enum { CHAPTERS = sizeof(chapters) / sizeof(chapters[0]) };

/* ---- exhibits ---- */

static int
take_exhibit(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct page *p = state;
	struct exhibit_name *e = vector_push(&p->exhibits);
	struct view exhibit = row_value(n, names, values, "exhibit");
	int r;

	(void)is_number;
	if (!e)
		return -ENOMEM;
	e->number = view_number(row_value(n, names, values, "evidence"));
	r = text_add(&e->name, exhibit);
	if (r == 0 && exhibit.n)
		r = text_adds(&e->name, ": ");
	return r < 0 ? r : text_add(&e->name, row_value(n, names, values, "name"));
}

struct view
exhibit_of(const struct page *p, uint64_t evidence)
{
	for (size_t i = 0; i < p->exhibits.n; i++)
		if (p->exhibits.at[i].number == evidence)
			return text_view(&p->exhibits.at[i].name);
	return view_of(NULL, 0);
}

void
put_exhibit(struct page *p, uint64_t evidence)
{
	struct view name = exhibit_of(p, evidence);

	put_label(p, name.n ? name : view_text(evidence ? "an exhibit without a name" : "the case as a whole"),
		  LABEL_MOST);
}

/* ---- links ---- */

/* In order of exhibit and id, as find_anchors leaves them. */
bool
is_anchor(const struct page *p, uint64_t evidence, struct view id)
{
	size_t low = 0, high = p->anchors.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct anchor *a = &p->anchors.at[middle];
		int c = a->evidence != evidence ? (a->evidence > evidence ? 1 : -1)
						: view_compare(view_text(a->id), id);

		if (!c)
			return true;
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

void
put_finding(struct page *p, uint64_t evidence, struct view id)
{
	bool linked = is_anchor(p, evidence, id);

	if (linked) {
		putf(p, "<a href=\"#f%u-", (unsigned)evidence);
		put_text(p, id);
		put(p, "\">");
	}
	put(p, "<code>");
	put_label(p, id, LABEL_MOST);
	put(p, linked ? "</code></a>" : "</code>");
}

void
chapter(struct page *p, const char *id, const char *title, const char *lead)
{
	putf(p, "\n<section id=\"%s\" aria-labelledby=\"%s-h\">\n<h2 id=\"%s-h\">%s</h2>\n", id, id, id, title);
	if (lead) {
		put(p, "<p class=\"lead\">");
		put(p, lead);
		put(p, "</p>\n");
	}
}

void
chapter_end(struct page *p)
{
	put(p, "</section>\n");
}

/* ---- the head ---- */

/* On paper each page says whose report it is. The style is the page's own like the other, and known by its hash. */
static int
paper_style(const struct page *p, struct text *style)
{
	return text_printf(style,
			   "@page{@bottom-left{content:\"case.db SHA-256 %.64s\"}"
			   "@bottom-right{content:\"Page \" counter(page) \" of \" counter(pages)}}",
			   p->digest);
}

/* Nothing may be loaded from anywhere, and nothing runs but the one script and the styles that stand here. */
static int
put_policy(struct page *p, struct view paper)
{
	char style[48], page[48], script[48];
	int r = csp_hash(view_text(report_css), style);

	if (r == 0)
		r = csp_hash(paper, page);
	if (r == 0)
		r = csp_hash(view_text(report_js), script);
	if (r < 0)
		return r;
	putf(p,
	     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-%s' "
	     "'sha256-%s'; script-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'\">\n",
	     style, page, script);
	return 0;
}

static void
put_title(struct page *p)
{
	put(p, "Report on ");
	for (size_t i = 0; i < p->exhibits.n && i < 3; i++) {
		put(p, i ? ", " : "");
		put_label(p, text_view(&p->exhibits.at[i].name), LABEL_MOST);
	}
	if (p->exhibits.n > 3)
		putf(p, " and %zu more", p->exhibits.n - 3);
	if (!p->exhibits.n)
		put(p, "an empty case");
}

static int
put_head(struct page *p)
{
	CLEANUP(text_free) struct text paper = { 0 };
	int r = paper_style(p, &paper);

	put(p, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	if (r == 0)
		r = put_policy(p, text_view(&paper));
	put(p, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	       "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
	       "<meta name=\"generator\" content=\"postmortem " PACKAGE_VERSION "\">\n"
	       "<link rel=\"icon\" href=\"data:,\">\n<title>");
	put_title(p);
	put(p, "</title>\n<style>");
	put(p, report_css);
	put(p, "</style>\n<style>");
	put(p, paper.s ? paper.s : "");
	put(p, "</style>\n</head>\n");
	return r;
}

static void
put_field(struct page *p, const char *name, const char *value)
{
	putf(p, "<div><dt>%s</dt><dd>", name);
	if (value && *value)
		put_some(p, view_text(value), LABEL_MOST * 2);
	else
		put(p, "<span class=\"blank\">not given</span>");
	put(p, "</dd></div>\n");
}

static void
put_masthead(struct page *p)
{
	put(p, "<header class=\"masthead\" id=\"top\">\n<p class=\"kind\">Forensic triage of a Microsoft Exchange "
	       "server</p>\n<h1>");
	put_title(p);
	put(p, "</h1>\n<dl class=\"fields\">\n");
	put_field(p, "Case", p->fields->case_number);
	put_field(p, "Organisation", p->fields->organisation);
	put_field(p, "Examiner", p->fields->examiner);
	put(p, "<div class=\"wide\"><dt>SHA-256 of case.db</dt><dd><code>");
	put(p, p->digest);
	put(p, "</code></dd></div>\n</dl>\n"
	       "<p class=\"note\">Case, organisation and examiner are as given by who made this report; notes of "
	       "examiners and the seal stand in the <a href=\"#certificate\">statement</a>. All else "
	       "follows from case.db alone, and is the same for the same case.db. All times are UTC as the evidence "
	       "has them, at the resolution of 100 nanoseconds; no clock was corrected. In sentences they may be shown to the second.</p>\n</header>\n");
}

static void
put_contents(struct page *p)
{
	put(p, "<nav aria-label=\"Contents\"><p>Contents</p><ol>\n");
	for (size_t i = 0; i < CHAPTERS; i++)
		putf(p, "<li><a href=\"#%s\">%s</a></li>\n", chapters[i].id, chapters[i].title);
	put(p, "</ol></nav>\n");
}

static void
put_body(struct page *p)
{
	put(p, p->print ? "<body class=\"paper\">\n" : "<body>\n");
	put(p, "<a class=\"skip\" href=\"#verdict\">Skip to the verdict</a>\n");
	put_patterns(p);
	put_masthead(p);
	put(p, "<div class=\"columns\">\n");
	put_contents(p);
	put(p, "<main>\n");
	for (size_t i = 0; i < CHAPTERS; i++)
		chapters[i].write(p);
	put(p, "</main>\n</div>\n<footer><p>Made by postmortem " PACKAGE_VERSION " from case.db with SHA-256 <code>");
	put(p, p->digest);
	put(p, "</code>.</p></footer>\n");
	if (!p->print) {
		put(p, "<script>");
		put(p, report_js);
		put(p, "</script>\n");
	}
	put(p, "</body>\n</html>\n");
}

/* ---- */

static void
page_free_at(struct page *p)
{
	for (size_t i = 0; i < p->exhibits.n; i++)
		text_free(&p->exhibits.at[i].name);
	vector_free(&p->exhibits);
	vector_free(&p->anchors);
	vector_free(&p->openings);
	vector_free(&p->answers);
	vector_free(&p->tallies);
	text_free(&p->t);
}

int
html_compose(const char *folder, const struct report_fields *fields, bool print, struct text *ret_text)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	char digest[65] = "";
	CLEANUP(page_free) struct page p = { .fields = fields, .folder = folder, .digest = digest, .print = print };
	int r = case_open(folder, &db);

	if (r == 0)
		r = case_digest(folder, digest);
	if (r < 0)
		return r;
	p.db = db;
	page_ask(&p, &(struct question){ .view = "v_evidence" }, take_exhibit, &p);
	find_anchors(&p);
	find_answers(&p);
	find_axis(&p);
	r = put_head(&p);
	put_body(&p);
	r = r < 0 ? r : p.r;
	if (r < 0)
		return r == -ENOMEM ? fail(ENOMEM, "out of memory for the report") : r;
	*ret_text = p.t;
	p.t = (struct text){ 0 };
	return 0;
}

int
report_html(const char *folder, const struct report_fields *fields)
{
	CLEANUP(text_free) struct text page = { 0 };
	int r = html_compose(folder, fields, false, &page);

	return r < 0 ? r : write_deliverable(folder, "report.html", text_view(&page));
}
