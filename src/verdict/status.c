/* status.c - the exit status that a case deserves. */
#include "case.h"
#include "verdict.h"

static int
count_row(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	(void)n;
	(void)names;
	(void)values;
	(void)is_number;
	++*(uint64_t *)state;
	return 0;
}

static int
count(struct case_db *db, const struct question *question, uint64_t *ret_n)
{
	*ret_n = 0;
	return case_ask(db, question, count_row, ret_n);
}

int
verdict_status(const char *folder, const struct request *request)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	uint64_t n;

	if (case_open(folder, &db) < 0)
		return EXIT_FAILED;
	if (count(db,
		  &(struct question){ .view = "v_evidence", .where_column = "hash_state", .where_value = "mismatch" },
		  &n) < 0)
		return EXIT_FAILED;
	if (n)
		return EXIT_MISMATCH;
	if (request->fail_on_given &&
	    count(db, &(struct question){ .view = "v_findings", .min_level = request->fail_on, .limit = 1 }, &n) < 0)
		return EXIT_FAILED;
	if (request->fail_on_given && n)
		return EXIT_FOUND;
	if (count(db, &(struct question){ .view = "v_limitations", .limit = 1 }, &n) < 0)
		return EXIT_FAILED;
	return n ? EXIT_LIMITED : EXIT_COMPLETE;
}
