/* open_to.c - whether the Exchange of an exhibit was ever open to a hole since the window began, by its builds alone. */
#include "exposure.h"
#include "filetime.h"

struct asking {
	uint32_t evidence;
	const char *cve;
	uint64_t since;
	bool any, open; /* open: or not known */
};

static int
take_period(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct asking *a = state;
	struct view what = row_value(n, names, values, "state");
	uint64_t to;

	(void)is_number;
	if (view_number(row_value(n, names, values, "evidence")) != a->evidence)
		return 0;
	if (filetime_parse(row_value(n, names, values, "to"), &to) == 0 && to <= a->since)
		return 0; /* over before the window */
	a->any = true;
	a->open |= !view_equal(what, view_text("fixed")) && !view_equal(what, view_text("not affected"));
	return 0;
}

int
exposure_never(struct case_db *db, uint32_t evidence, const char *cve, uint64_t since, bool *ret_never)
{
	struct asking a = { .evidence = evidence, .cve = cve, .since = since };
	int r = case_ask(db, &(struct question){ .view = "v_exposure", .where_column = "cve", .where_value = cve }, take_period, &a);

	*ret_never = r == 0 && a.any && !a.open;
	return r;
}
