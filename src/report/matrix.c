/* matrix.c - many exhibits on one page: who was hit first, and how far it went on each of them, stage by stage. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "fail.h"
#include "report.h"
#include "vector.h"

/* The columns, and what stands above them. */
static const struct column {
	enum stage stage;
	const char *head;
} columns[] = {
	{ STAGE_RECON, "rec" },		     { STAGE_INITIAL_ACCESS, "init" },
	{ STAGE_EXECUTION, "exec" },	     { STAGE_PERSISTENCE, "pers" },
	{ STAGE_PRIVILEGE_ESCALATION, "priv" }, { STAGE_DEFENSE_EVASION, "evas" },
	{ STAGE_CREDENTIAL_ACCESS, "cred" }, { STAGE_DISCOVERY, "disc" },
	{ STAGE_LATERAL_MOVEMENT, "lat" },   { STAGE_COLLECTION, "coll" },
	{ STAGE_COMMAND_AND_CONTROL, "c2" }, { STAGE_EXFILTRATION, "exfil" },
	{ STAGE_IMPACT, "imp" },
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]), CELL = 6 };

/* One exhibit. */
struct victim {
	uint64_t evidence;
	char number[8], first[20], grave[16];
	struct text name;
	struct {
		uint64_t findings;
		enum level level;
	} cells[COLUMNS];
};

struct matrix {
	VECTOR(struct victim) victims;
};

static void
matrix_free_at(struct matrix *m)
{
	for (size_t i = 0; i < m->victims.n; i++)
		text_free(&m->victims.at[i].name);
	vector_free(&m->victims);
}

/* At most n - 1 bytes, for what is known to be plain. */
static void
copy_part(char *to, size_t n, struct view from)
{
	n = from.n < n - 1 ? from.n : n - 1;
	if (n)
		memcpy(to, from.p, n);
	to[n] = 0;
}

static int
take_victim(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct matrix *m = state;
	struct victim *v = vector_push(&m->victims);

	(void)is_number;
	if (!v)
		return fail(ENOMEM, "out of memory for the exhibits");
	*v = (struct victim){ .evidence = view_number(row_value(n, names, values, "evidence")) };
	copy_part(v->number, sizeof(v->number), row_value(n, names, values, "number"));
	copy_part(v->first, sizeof(v->first), row_value(n, names, values, "first"));
	copy_part(v->grave, sizeof(v->grave), row_value(n, names, values, "grave"));
	if (text_adds(&v->name, "") < 0 || text_add_escaped(&v->name, row_value(n, names, values, "name")) < 0)
		return fail(ENOMEM, "out of memory for the exhibits");
	return 0;
}

static int
take_cell(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct matrix *m = state;
	uint64_t evidence = view_number(row_value(n, names, values, "evidence"));
	enum stage stage;

	(void)is_number;
	if (!stage_parse(row_value(n, names, values, "stage"), &stage))
		return 0;
	for (size_t i = 0; i < m->victims.n; i++)
		for (size_t c = 0; m->victims.at[i].evidence == evidence && c < COLUMNS; c++) {
			if (columns[c].stage != stage)
				continue;
			m->victims.at[i].cells[c].findings = view_number(row_value(n, names, values, "findings"));
			level_parse(row_value(n, names, values, "level"), &m->victims.at[i].cells[c].level);
		}
	return 0;
}

/* "12C": how many findings, and the letter of the gravest. */
static int
add_cell(struct text *line, uint64_t findings, enum level level)
{
	static const char letters[LEVELS] = { 'i', 'l', 'm', 'H', 'C' };
	char text[24];

	if (!findings)
		snprintf(text, sizeof(text), ".");
	else if (findings > 9999)
		snprintf(text, sizeof(text), ">9k%c", letters[level]);
	else
		snprintf(text, sizeof(text), "%" PRIu64 "%c", findings, letters[level]);
	return text_printf(line, " %*s", CELL, text);
}

static int
add_line(struct text *page, const struct victim *v)
{
	int r = text_printf(page, "%3s  %-19s", v->number[0] ? v->number : "-", v->first[0] ? v->first : "-");

	for (size_t c = 0; c < COLUMNS && r == 0; c++)
		r = add_cell(page, v->cells[c].findings, v->cells[c].level);
	return r < 0 ? r : text_printf(page, "  %" PRIu64 ": %s\n", v->evidence, v->name.s);
}

static int
compose(const struct matrix *m, struct text *page)
{
	int r = text_printf(page, "%3s  %-19s", "nr", "first grave finding");

	for (size_t c = 0; c < COLUMNS && r == 0; c++)
		r = text_printf(page, " %*s", CELL, columns[c].head);
	if (r == 0)
		r = text_adds(page, "  exhibit\n");
	for (size_t i = 0; i < m->victims.n && r == 0; i++)
		r = add_line(page, &m->victims.at[i]);
	return r < 0 ? r
		     : text_adds(page, "\nFindings by stage, with the gravest level of them: i(nfo) l(ow) m(edium) H(igh) C(ritical). "
				       "The order is that\nof the first finding of level high or critical within the window; '-': "
				       "none has a time there.\n");
}

int
report_matrix(struct case_db *db, FILE *out)
{
	CLEANUP(matrix_free) struct matrix m = { 0 };
	CLEANUP(text_free) struct text page = { 0 };
	int r = case_ask(db, &(struct question){ .view = "v_victims" }, take_victim, &m);

	if (r == 0)
		r = case_ask(db, &(struct question){ .view = "v_matrix" }, take_cell, &m);
	if (r == 0 && compose(&m, &page) < 0)
		r = fail(ENOMEM, "out of memory for the matrix");
	if (r == 0 && fwrite(page.s, 1, page.n, out) != page.n)
		r = fail(errno ? errno : EIO, "the matrix cannot be written");
	return r;
}
