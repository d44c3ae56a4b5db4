/* status.c - the exit status that a case deserves. */
#include "case.h"
#include "verdict.h"

int
verdict_status(const char *folder, const struct request *request)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	uint64_t n;

	if (case_open(folder, &db) < 0)
		return EXIT_FAILED;
	if (case_count_rows(
		    db,
		    &(struct question){ .view = "v_evidence", .where_column = "hash_state", .where_value = "mismatch" },
		    &n) < 0)
		return EXIT_FAILED;
	if (n)
		return EXIT_MISMATCH;
	if (request->fail_on_given &&
	    case_count_rows(db, &(struct question){ .view = "v_findings", .min_level = request->fail_on, .limit = 1 },
			    &n) < 0)
		return EXIT_FAILED;
	if (request->fail_on_given && n)
		return EXIT_FOUND;
	if (case_count_rows(db, &(struct question){ .view = "v_limitations", .limit = 1 }, &n) < 0)
		return EXIT_FAILED;
	return n ? EXIT_LIMITED : EXIT_COMPLETE;
}
