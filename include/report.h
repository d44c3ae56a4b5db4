/* report.h - a case as other tools and people take it: exports, JSON and tables, from the case alone. */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "case.h"
#include "text.h"

enum export_format { EXPORT_CSV, EXPORT_JSONL, EXPORT_TIMESKETCH, EXPORT_BODYFILE, EXPORT_L2TCSV, EXPORT_CASE, EXPORT_STIX, EXPORT_FORMATS };

/* The format of that name ("csv"); false for none. */
bool export_parse(const char *name, enum export_format *ret_format);

struct export_result {
	uint64_t rows;     /* written: lines without the header */
	uint64_t tamed;    /* cells of CSV that got an apostrophe in front, since a spreadsheet would run them */
	uint64_t left_out; /* rows or times that the format cannot say; what they are is given by export_limit() */
};

/* What a format cannot say, in words, or NULL: "times before 1970 or after 2286 (written as 0)". */
const char *export_limit(enum export_format format);

/*
 * Writes the answer to the question, row by row and without a limit of its own. Text is escaped as on a terminal
 * (text_add_escaped) in all but JSON, so that a line is a record and nothing in it acts on who shows it.
 *
 * csv, jsonl: any view, v_timeline where question->view is NULL. CSV has a line of names, CR LF, and an apostrophe
 * before what a spreadsheet would run. JSON has the columns as keys, numbers bare, null for NULL.
 * timesketch: CSV for timesketch_importer from v_timeline; years 1700 to 9999.
 * l2tcsv: log2timeline's 17 fields from v_timeline; whole seconds; years up to 9999.
 * bodyfile: every file of the case as `fls -m` has it, for mactime: one line for $STANDARD_INFORMATION and one for each
 * $FILE_NAME; whole seconds from 1970. With several volumes the path begins with the image and the volume's offset. Of
 * the question, like, where and limit are heard.
 * case: CASE/UCO 1.4 as JSON-LD; stix: a STIX 2.1 bundle. Both are of the whole case: the question is not heard.
 *
 * 0, or negative after fail(); what was written until then is whole lines.
 */
int report_export(struct case_db *db, enum export_format format, const struct question *question, FILE *out,
		  struct export_result *ret_result);

/* What the one who makes a report says about it: shown as such, and no part of what follows from the case. "" or NULL
 * where nothing was said. */
struct report_fields {
	const char *case_number, *organisation, *examiner;
};

/*
 * Writes folder/report.html from the case alone: one file that loads nothing and says so to the browser (Content-Security-
 * Policy), whole without its script, bounded (about 5,000 findings; what is left out is counted). The same case.db and the
 * same fields give the same bytes, as long as the notes of examiners and the seal are the same: these stand in a part of
 * their own. An older report is replaced when the new one is whole. 0, or negative after fail().
 */
int report_html(const char *folder, const struct report_fields *fields);

/* The same as folder/report.pdf, with fewer rows, by weasyprint: 0, or negative after fail(), where it is not installed, too. */
int report_pdf(const char *folder, const struct report_fields *fields);

/* One row as a JSON object, as --json and jsonl have it. */
int row_add_json(struct text *t, int n, const char *const *names, const struct view *values, const bool *is_number);

struct table_style {
	const char *const *columns; /* names, ended by NULL: those to show, in this order; NULL shows all */
	bool color;                 /* level in colour */
	bool bare;                  /* without the line of names */
	bool local;                 /* times in the zone that zone_use chose, with its offset from UTC */
};

/* Chooses the zone that tables show times in: 0, or -EINVAL after fail(). For the whole process. */
int zone_use(const char *name);

enum { ZONE_TEXT = 48 };

/* A time as the case has it, in that zone; false for what is no such time. */
bool zone_text(struct view iso, char text[static ZONE_TEXT]);

/* Writes the answer as a table for a terminal: aligned by its first rows, escaped, numbers to the right, '-' for NULL.
 */
int report_table(struct case_db *db, const struct question *question, const struct table_style *style, FILE *out,
		 uint64_t *ret_rows);

/*
 * Writes v_calendar for a terminal: a line for each folder of logs and month, a sign for each day, and below what the
 * signs and the days that are missing mean. Of the question, like and limit (in days) are heard.
 */
int report_calendar(struct case_db *db, const struct question *question, FILE *out);

/* Writes v_victims and v_matrix for a terminal: a line for each exhibit, a column for each stage. */
int report_matrix(struct case_db *db, FILE *out);

#endif
