/* ask.c - questions to a case: its views, restricted by what a user may say, with every value bound. */
#include <errno.h>
#include <string.h>

#include "db.h"
#include "fail.h"
#include "file.h"

#define SEVERITY "instr('info low medium high critical', level)"

/* The views that may be asked, and what their columns mean to a question. */
static const struct known {
	const char *view, *order;
	const char *ticks; /* column with FILETIMEs, or NULL */
	const char *path;  /* column that `like` is held against, or NULL */
	bool level;
} views[] = {
	{ "v_evidence", "evidence", NULL, "name", false },
	{ "v_volumes", "evidence, volume, snapshot", NULL, NULL, false },
	{ "v_files", NULL, NULL, "path", false }, /* as they lie: by exhibit, volume, entry */
	{ "v_body", NULL, NULL, "path", false },
	{ "v_timeline", "ticks, evidence, volume, snapshot, kind, mft, stream, offset, subject, summary", "ticks",
	  "subject", true },
	{ "v_findings", SEVERITY " DESC, evidence, ticks, finding", "ticks", "path", true },
	{ "v_suspects", SEVERITY " DESC, evidence, ticks, path, stream", "ticks", "path", true },
	{ "v_accounts", "evidence, name, mailbox, first, address, agent, source, protocol, account", NULL, "account", false },
	{ "v_ledger", "evidence, volume, account, disposition = 'total', disposition", NULL, NULL, false },
	{ "v_control", "evidence, volume, snapshot, explained, mft, stream, what, reason", NULL, "path", false },
	{ "v_flagged", "evidence, volume, snapshot, mft, seq, attribute, finding", NULL, "path", true },
	{ "v_coverage", "evidence, source, path, volume, mft, stream, state", NULL, "path", false },
	{ "v_hours", "evidence, source, path, volume, snapshot, mft, stream, hour", NULL, "path", false },
	{ "v_host", "evidence, volume, host, deleted, what, source, mft, key, name, value, ticks, offset", "ticks", "source", false },
	{ "v_host_main", "evidence, volume, host, what, source, mft, key, name, value, ticks, offset", "ticks", "source", false },
	{ "v_pages", "evidence, ticks, virtual_path, volume, file, mft", "ticks", "virtual_path", false },
	{ "v_builds", "evidence, place, host, means = 'resolved', first IS NULL, first, means, witness, build, path, offset", "first", "path", false },
	{ "v_patches", "evidence, build, cve", NULL, NULL, false },
	{ "v_mitigations", "evidence, cve, first, path, offset, state", NULL, "path", false },
	{ "v_exposure", "evidence, place, host, cve, number", NULL, NULL, false },
	{ "v_verdict", "evidence, question", NULL, NULL, false },
	{ "v_chain", "evidence, chain", NULL, NULL, true },
	{ "v_edges", "evidence, chain, number", NULL, NULL, false },
	{ "v_witnesses", "evidence, volume, snapshot, mft, seq, number", NULL, "path", false },
	{ "v_clock", "evidence, number", NULL, NULL, false },
	{ "v_limitations", "evidence, volume, path, mft, stream, offset, what", NULL, "path", false },
	{ "v_sites", "evidence, volume, current DESC, source DESC, site, name, bindings, log_folder", NULL, NULL, false },
	{ "v_rules", "rule, source", NULL, "source", false },
	{ "v_calendar", "evidence, source, folder, volume, snapshot, day", NULL, "folder", false },
	{ "v_events", "evidence, ticks, event", "ticks", NULL, true },
	{ "v_found_times", "evidence, place, mft, seq, path", NULL, "path", false },
	{ "v_logs", "evidence, source, path, volume, snapshot, log", NULL, "path", false },
	{ "v_log_days", "log, day", NULL, NULL, false },
	{ "v_bindings", "evidence, volume, snapshot, variable, path", NULL, "path", false },
	{ "v_campaign", SEVERITY " DESC, exhibits DESC, kind, value, number", NULL, NULL, true },
	{ "v_kept_events", "event", "ticks", "source", true },
	{ "v_contents", "evidence, number, mft, seq, attribute", NULL, "path", false },
	{ "v_finding_files", "evidence, finding", NULL, "path", true },
	{ "v_indicators", "evidence, kind, value", NULL, NULL, true },
	{ "v_matrix", "number IS NULL, number, evidence, instr('recon initial-access execution persistence privilege-escalation "
	  "defense-evasion credential-access discovery lateral-movement collection command-and-control exfiltration impact', stage)",
	  NULL, NULL, true },
	{ "v_shells", "evidence, sha256, finding", NULL, NULL, true },
	{ "v_traits", "evidence, kind, value, finding, ticks", NULL, NULL, true },
	{ "v_victims", "number IS NULL, number, evidence", NULL, NULL, false },
	{ "v_births", "evidence, place, path, born", NULL, "path", false },
	{ "v_lived", "evidence, day", NULL, NULL, false },
	{ "v_windows", "evidence", NULL, NULL, false },
	{ "v_sought", "evidence, source, artifact", NULL, NULL, false },
	{ "v_questions", "evidence, number, question", NULL, NULL, false },
	{ "v_activity", "evidence, day, stage", NULL, NULL, false },
	{ "v_public_dates", "time, title, source", NULL, NULL, false },
	{ "v_addresses", "evidence, first, address", NULL, NULL, false },
	{ "v_nodes", "evidence, row", NULL, NULL, false },
	{ "v_rule_use", "evidence, rule", NULL, NULL, false },
};

static const struct known *
find_view(const char *name)
{
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		if (!strcmp(views[i].view, name))
			return &views[i];
	return NULL;
}

bool
case_view_exists(const char *view)
{
	return find_view(view) != NULL;
}

int
case_open(const char *folder, struct case_db **ret_db)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	CLEANUP(free) char *path = path_join(folder, "case.db");
	const char *why = "";
	int r = path ? db_header(path, &why) : -ENOMEM;

	if (r == -EBADMSG)
		return fail(EBADMSG, "%s: %s", path, why);
	if (r < 0)
		return r == -ENOENT ? fail(ENOENT, "%s is not a case: it has no case.db", folder) : r;
	r = db_open(path, SQLITE_OPEN_READONLY, &db);
	if (r == 0)
		r = db_run(db, DB_CACHE "PRAGMA query_only = ON");
	if (r < 0)
		return r;
	r = db_same_schema(db, false);
	if (r < 0)
		return r == -EBADMSG ? fail(EBADMSG, "%s: its tables and views are not those of a case", path) : r;
	*ret_db = TAKE(db);
	return 0;
}

/* ---- a question as SQL: constants, and names that the view itself has ---- */

static bool
has_column(sqlite3_stmt *statement, struct view name)
{
	for (int i = 0; i < sqlite3_column_count(statement); i++)
		if (view_equal(view_text(sqlite3_column_name(statement, i)), name))
			return true;
	return false;
}

/* Columns with commas between them, each with or without DESC. */
static bool
order_known(sqlite3_stmt *statement, const char *order)
{
	while (*order) {
		size_t n = strcspn(order, ", ");

		if (n && !has_column(statement, view_of(order, n)) && strncmp(order, "DESC", n) != 0)
			return false;
		order += n + (order[n] != 0);
	}
	return true;
}

/* The view as a statement that is never stepped: only its columns matter. */
static int
prepare_view(struct case_db *db, const struct known *known, sqlite3_stmt **ret_statement)
{
	CLEANUP(text_free) struct text sql = { 0 };
	int r = text_printf(&sql, "SELECT * FROM %s", known->view);

	return r < 0 ? fail(-r, "out of memory to ask %s", db->path) : db_prepare(db, sql.s, ret_statement);
}

static int
check_names(struct case_db *db, const struct known *known, const struct question *q)
{
	CLEANUP(statement) sqlite3_stmt *statement = NULL;
	int r = prepare_view(db, known, &statement);

	if (r < 0)
		return r;
	if (q->where_column && !has_column(statement, view_text(q->where_column)))
		return fail(EINVAL, "%s has no column %s", known->view, q->where_column);
	if (q->order && !order_known(statement, q->order))
		return fail(EINVAL, "%s cannot be ordered by %s", known->view, q->order);
	return 0;
}

static int
compose(const struct known *known, const struct question *q, struct text *sql)
{
	const char *order = q->order ? q->order : known->order;
	int r = text_printf(sql, "SELECT * FROM %s WHERE 1", known->view);

	if (r == 0 && known->ticks && q->from)
		r = text_printf(sql, " AND %s >= ?1", known->ticks);
	if (r == 0 && known->ticks && q->to)
		r = text_printf(sql, " AND %s < ?2", known->ticks);
	if (r == 0 && known->level && q->min_level)
		r = text_adds(sql, " AND " SEVERITY " >= instr('info low medium high critical', ?3)");
	if (r == 0 && q->where_column) /* as text, so that 1 is 1 whatever the column is made of */
		r = text_printf(sql, " AND CAST(\"%s\" AS TEXT) = ?4", q->where_column);
	if (r == 0 && known->path && q->like)
		r = text_printf(sql, " AND %s LIKE ?5 ESCAPE '\\'", known->path);
	if (r == 0 && order)
		r = text_printf(sql, " ORDER BY %s", order);
	return r < 0 || !q->limit ? r : text_adds(sql, " LIMIT ?6");
}

/* A glob as SQL's LIKE has it. */
static int
like_of(const char *glob, struct text *like)
{
	int r = text_adds(like, "");

	for (; *glob && r == 0; glob++) {
		if (strchr("%_\\", *glob))
			r = text_addc(like, '\\');
		if (r == 0)
			r = text_addc(like, *glob == '*' ? '%' : *glob == '?' ? '_' : *glob);
	}
	return r;
}

static int64_t
bounded(uint64_t n)
{
	return n > INT64_MAX ? INT64_MAX : (int64_t)n;
}

static int
bind(sqlite3_stmt *statement, const struct question *q, const struct text *like)
{
	const char *texts[] = { [3] = level_name(q->min_level), [4] = q->where_value, [5] = like->s };
	const int64_t numbers[] = { [1] = bounded(q->from), [2] = bounded(q->to), [6] = bounded(q->limit) };
	int rc = SQLITE_OK;

	/* parameters that the question does not use are not in the statement: those behind the last one are no error */
	for (int i = 1; i <= sqlite3_bind_parameter_count(statement) && rc == SQLITE_OK; i++) {
		if (i >= 3 && i <= 5)
			rc = sqlite3_bind_text(statement, i, texts[i], -1, SQLITE_STATIC);
		else
			rc = sqlite3_bind_int64(statement, i, numbers[i]);
	}
	return rc;
}

/* ---- and its answer ---- */

enum { ANSWER_COLUMNS = 64 };

struct answer {
	int n;
	const char *names[ANSWER_COLUMNS];
	struct view values[ANSWER_COLUMNS];
	bool is_number[ANSWER_COLUMNS];
	struct text hex[ANSWER_COLUMNS];
};

static void
answer_free_at(struct answer *a)
{
	for (int i = 0; i < a->n; i++)
		text_free(&a->hex[i]);
}

static int
take_value(struct answer *a, sqlite3_stmt *row, int i)
{
	int type = sqlite3_column_type(row, i);

	a->is_number[i] = type == SQLITE_INTEGER || type == SQLITE_FLOAT;
	a->values[i] = view_of(NULL, 0);
	if (type == SQLITE_NULL)
		return 0;
	if (type != SQLITE_BLOB) {
		const void *p = sqlite3_column_text(row, i);

		a->values[i] = view_of(p, (size_t)sqlite3_column_bytes(row, i));
		return p ? 0 : -ENOMEM;
	}
	text_cut(&a->hex[i], 0);
	if (text_adds(&a->hex[i], "") < 0 ||
	    text_add_hex(&a->hex[i], view_of(sqlite3_column_blob(row, i), (size_t)sqlite3_column_bytes(row, i))) < 0)
		return -ENOMEM;
	a->values[i] = text_view(&a->hex[i]);
	return 0;
}

/* How many columns an answer has, and their names. */
static int
name_columns(sqlite3_stmt *statement, const char *ret_names[static ANSWER_COLUMNS])
{
	int n = sqlite3_column_count(statement);

	if (n > ANSWER_COLUMNS)
		n = ANSWER_COLUMNS;
	for (int i = 0; i < n; i++)
		ret_names[i] = sqlite3_column_name(statement, i);
	return n;
}

static int
give_rows(struct case_db *db, sqlite3_stmt *statement,
	  int (*row)(void *state, int n, const char *const *names, const struct view *values, const bool *is_number),
	  void *state)
{
	CLEANUP(answer_free) struct answer a = { 0 };
	int r = 0, rc;

	/* a first step may prepare the statement once more, by what is bound, and its names are then others */
	while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
		if (!a.n)
			a.n = name_columns(statement, a.names);
		for (int i = 0; i < a.n && r == 0; i++)
			r = take_value(&a, statement, i);
		if (r < 0)
			return fail(-r, "out of memory to ask %s", db->path);
		r = row(state, a.n, a.names, a.values, a.is_number);
		if (r < 0)
			return r;
	}
	return rc == SQLITE_DONE ? 0 : db_fail(db, rc, "ask it");
}

int
case_ask(struct case_db *db, const struct question *question,
	 int (*row)(void *state, int n, const char *const *names, const struct view *values, const bool *is_number),
	 void *state)
{
	CLEANUP(statement) sqlite3_stmt *statement = NULL;
	CLEANUP(text_free) struct text sql = { 0 };
	CLEANUP(text_free) struct text like = { 0 };
	const struct known *known = find_view(question->view);
	int r = known ? check_names(db, known, question) : fail(EINVAL, "a case has no view %s", question->view);

	if (r < 0)
		return r;
	if (compose(known, question, &sql) < 0 || (question->like && like_of(question->like, &like) < 0))
		return fail(ENOMEM, "out of memory to ask %s", db->path);
	r = db_prepare(db, sql.s, &statement);
	if (r < 0)
		return r;
	r = bind(statement, question, &like);
	return r != SQLITE_OK ? db_fail(db, r, "ask it") : give_rows(db, statement, row, state);
}

int
case_columns(struct case_db *db, const char *view, int (*names)(void *state, int n, const char *const *names),
	     void *state)
{
	CLEANUP(statement) sqlite3_stmt *statement = NULL;
	const struct known *known = find_view(view);
	const char *columns[ANSWER_COLUMNS];
	int r = known ? prepare_view(db, known, &statement) : fail(EINVAL, "a case has no view %s", view);

	return r < 0 ? r : names(state, name_columns(statement, columns), columns);
}

int
case_count(struct case_db *db, const char *view, uint64_t *ret_n)
{
	CLEANUP(statement) sqlite3_stmt *statement = NULL;
	CLEANUP(text_free) struct text sql = { 0 };
	const struct known *known = find_view(view);
	int r = !known ? fail(EINVAL, "a case has no view %s", view)
		       : text_printf(&sql, "SELECT count(*) FROM %s", known->view);

	if (r == 0)
		r = db_prepare(db, sql.s, &statement);
	if (r < 0)
		return r;
	r = sqlite3_step(statement);
	if (r != SQLITE_ROW)
		return db_fail(db, r, "ask it");
	*ret_n = (uint64_t)sqlite3_column_int64(statement, 0);
	return 0;
}

static int
count_row(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	(void)n, (void)names, (void)values, (void)is_number;
	++*(uint64_t *)state;
	return 0;
}

int
case_count_rows(struct case_db *db, const struct question *question, uint64_t *ret_n)
{
	uint64_t rows = 0;
	int r = case_ask(db, question, count_row, &rows);

	*ret_n = rows;
	return r;
}
