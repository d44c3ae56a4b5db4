/* html.h - what the chapters of report.html share: a page that grows, ways to write on it, and what it is about. */
#ifndef HTML_H
#define HTML_H

#include "report.h"
#include "rule.h"
#include "vector.h"

enum {
	VALUE_MOST = 4096, /* bytes of one value that are shown; the rest is counted */
	LABEL_MOST = 160,  /* the same of one in a heading or a picture */
	ROWS_MOST = 5000,  /* findings on the page */
	ROWS_PRINT = 60,   /* the same in the edition for paper */
	TABLE_MOST = 400,  /* rows of any other table */
	TABLE_PRINT = 40,
	EXHIBITS_MOST = 24, /* exhibits with pictures of their own */
};

struct exhibit_name {
	uint64_t number;
	struct text name;
};

/* A finding that stands on the page, so that others may lead there. */
struct anchor {
	uint64_t evidence;
	char id[24];
};

/* A time in which an Exchange was open to a hole; a `to` of 0: to the end. */
struct opening {
	uint64_t evidence, from, to;
	char cve[32];
};

/* What was answered to a question of the profile. */
struct answered {
	uint64_t evidence, first, last; /* 0: nothing */
	char question[64], verdict[40];
};

/* How sure the findings of level high and above are, by exhibit. */
enum sureness { CONFIRMED, LIKELY, POSSIBLE, UNRATED, SURENESSES };
struct tally {
	uint64_t evidence, findings, strong[SURENESSES];
};

/* The days that all pictures show: numbers of days since 1601-01-01, last included. */
struct axis {
	int64_t first, last;
};

/* Writing never fails at once: the first error is kept in r, and what is written behind it is lost. */
struct page {
	struct text t;
	int r;
	struct case_db *db;
	const struct report_fields *fields;
	const char *folder; /* of the case, for what stands beside case.db */
	const char *digest; /* of case.db */
	bool print;         /* the edition for paper */
	VECTOR(struct exhibit_name) exhibits;
	VECTOR(struct anchor) anchors; /* in order of exhibit and id */
	VECTOR(struct opening) openings;
	VECTOR(struct answered) answers;
	VECTOR(struct tally) tallies;
	uint64_t findings; /* in the case */
	struct axis axis;
};

/* ---- html_text.c: writing ---- */

void put(struct page *p, const char *markup);                                             /* ours, as it stands */
void putf(struct page *p, const char *format, ...) __attribute__((format(printf, 2, 3))); /* ours, with numbers */
/* Evidence or anything else that is not ours: what acts or deceives is written out, what HTML knows is quoted. The same
 * for text and for a value in double quotes. */
void put_text(struct page *p, struct view text);
/* The same of its first bytes, and how many are left out. */
void put_some(struct page *p, struct view text, size_t most);
/* The same of sentences of ours: times in them lose what is below a second, and keep it for who asks; none is broken. */
void put_prose(struct page *p, struct view text, size_t most);
/* The same with the middle left out, for names of which the end tells most. */
void put_label(struct page *p, struct view text, size_t most);
/* Title and value in a <dl>; nothing where there is no value. */
void put_item(struct page *p, const char *title, struct view value);
void put_attribute(struct page *p, const char *name, struct view value); /* ' name="value"' */
void put_count(struct page *p, uint64_t n);                              /* 1,234,567 */
void put_time(struct page *p, struct view iso);                          /* a <time>, or '-' */
void put_level(struct page *p, struct view level);                       /* a badge */

/* Asks a view; an error ends up in p->r. */
typedef int row_taker(void *state, int n, const char *const *names, const struct view *values, const bool *is_number);
void page_ask(struct page *p, const struct question *question, row_taker *row, void *state);

/* What the case calls a stage or a level; none, and info, for what it does not. */
static inline enum stage
stage_of(struct view name)
{
	enum stage stage = STAGE_NONE;

	stage_parse(name, &stage);
	return stage;
}

static inline enum level
level_of(struct view name)
{
	enum level level = LEVEL_INFO;

	level_parse(name, &level);
	return level;
}

/* The i-th of the stages as they are shown: those that have a name, then what has none. */
static inline enum stage
stage_shown(unsigned i)
{
	return i + 1 < STAGES ? (enum stage)(i + 1) : STAGE_NONE;
}

static inline const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* ---- html_page.c ---- */

/* Days since 1601 of a text that begins with a date; -1 for none. */
int64_t day_of(struct view iso);
char *day_name(int64_t day, char text[static 11]);
/* The name of an exhibit; a view of nothing where there is no such. */
struct view exhibit_of(const struct page *p, uint64_t evidence);
void put_exhibit(struct page *p, uint64_t evidence);
/* Whether that finding stands on the page. */
bool is_anchor(const struct page *p, uint64_t evidence, struct view id);
/* A link to a finding where it stands on the page, else its id. */
void put_finding(struct page *p, uint64_t evidence, struct view id);
/* Opens and ends a chapter. */
void chapter(struct page *p, const char *id, const char *title, const char *lead);
void chapter_end(struct page *p);

/* ---- html_table.c ---- */

enum cell { CELL_TEXT, CELL_PROSE, CELL_NUMBER, CELL_TIME, CELL_CODE, CELL_PATH, CELL_LEVEL, CELL_STATE, CELL_FINDINGS };

struct column {
	const char *name, *title; /* of the view, and on the page; a name of NULL ends a list of them */
	enum cell cell;
};

struct listing {
	const char *id, *caption;
	const struct column *columns;
	struct question question; /* without a limit: what is not shown is counted */
	uint64_t most;            /* 0: TABLE_MOST, or TABLE_PRINT on paper */
	const char *none;         /* said instead of an empty table; NULL: nothing at all */
	const char *elsewhere;    /* where the rest is: "postmortem accounts CASE" */
};

/* Writes a table, and returns how many rows the answer has. The column evidence is left out where there is one exhibit
 * alone. */
uint64_t put_table(struct page *p, const struct listing *listing);

/* ---- the chapters, in the order of the page ---- */

void html_verdict(struct page *p);
void html_patched(struct page *p); /* html_patched.c: were we already compromised when we patched? */
void html_limits(struct page *p);
void html_calendar(struct page *p);
void html_timeline(struct page *p);
void html_chain(struct page *p);
void html_matrix(struct page *p);
void html_findings(struct page *p);
void html_people(struct page *p);
void html_builds(struct page *p);
void html_host(struct page *p);
void html_evidence(struct page *p);
void html_method(struct page *p);
void html_glossary(struct page *p);
void html_certificate(struct page *p);
void html_beside(struct page *p); /* html_notes.c: the end of that chapter */

/* Before all: finds the findings that fit, html_findings.c; and the days that the pictures show, html_axis.c. */
void find_anchors(struct page *p);
void find_answers(struct page *p); /* html_patched.c: openings and answers */
void find_axis(struct page *p);

/* ---- html_axis.c: pictures over days ---- */

enum { PICTURE_WIDTH = 1000, PICTURE_LEFT = 170, PICTURE_RIGHT = 986 };

/* Where a day begins, in the picture's units, times ten. */
int axis_x(const struct axis *axis, int64_t day);
/* Months as lines and words, from top to bottom. */
void axis_months(struct page *p, int top, int bottom);

/* What pictures are drawn with: html_draw.c gives the hatchings once for the page. */
void put_patterns(struct page *p);
/* A rectangle that is filled so; x and width are times ten. Its <rect> stays open, for a title. On paper, hatchings are
 * ruled by hand, as weasyprint leaves patterns out. */
struct area {
	int x, y, wide, high;
};
void put_area(struct page *p, const char *class, const char *fill, const struct area *area);

/* ---- html_base64.c ---- */

/* SHA-256 of a text in base64, as Content-Security-Policy wants it. */
int csp_hash(struct view text, char ret_hash[static 48]);

/* The whole document: 0, or negative after fail(). */
int html_compose(const char *folder, const struct report_fields *fields, bool print, struct text *ret_text);

/* write.c: a file of the case, put in the place of an older one when it is whole. */
int write_deliverable(const char *folder, const char *name, struct view bytes);

#endif
