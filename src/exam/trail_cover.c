/* trail_cover.c - the second scan's account of itself: what was looked for, what was counted and not kept, what was lost. */
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "filetime.h"
#include "trail_own.h"

static int
no_memory(int r)
{
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for what findings lead to") : r;
}

/* What was counted and not kept, with what it belongs to. */
static int
say_beyond(struct exam *exam, const struct term *term, const struct yield *yield)
{
	static const char *const kinds[TERM_KINDS] = { "from the address", "by the program", "for the page" };
	CLEANUP(text_free) struct text what = { 0 };
	char last[FILETIME_TEXT];
	int r;

	if (!yield->beyond)
		return 0;
	r = text_printf(&what, "more requests than are kept as events: %s ", kinds[term->kind]);
	if (r == 0)
		r = text_add_escaped(&what, view_text(term->text));
	if (r == 0)
		r = text_printf(&what, ", the last of them at %s", filetime_text(yield->last_beyond, last));
	return r < 0 ? no_memory(r) : limits_add(exam->limits, exam->name, -1, "", -1, what.s, yield->beyond);
}

static int
count_limit(struct exam *exam, uint64_t n, const char *what)
{
	return n ? limits_add(exam->limits, exam->name, -1, "", -1, what, n) : 0;
}

static int
say_limits(struct exam *exam, const struct trail *trail, const struct harvest *all,
	   const uint64_t beyond[static TERM_KINDS])
{
	const struct term *list;
	size_t n = terms_list(all->terms, &list);
	int r = count_limit(exam, tries_beyond(trail->tries), "passwords tried from more addresses, or in more hours, than are told "
						      "apart: they are counted nowhere");

	if (r == 0)
		r = count_limit(exam, beyond[TERM_ADDRESS], "addresses that findings name, more than are looked for in the logs");
	if (r == 0)
		r = count_limit(exam, beyond[TERM_AGENT], "programs that findings name, more than are looked for in the logs");
	if (r == 0)
		r = count_limit(exam, beyond[TERM_PAGE], "pages that findings name, more than are looked for in the logs");
	if (r == 0)
		r = count_limit(exam, trail->beyond, "addresses, programs and pages in lines that rules hit, more than are "
					     "remembered of one log");
	if (r == 0)
		r = count_limit(exam, signins_beyond(all->signins), "requests of accounts beyond those that v_accounts has room for");
	if (r == 0)
		r = count_limit(exam, trail->lost, "logs that could not be opened again for what findings name");
	for (size_t i = 0; i < n && r == 0; i++)
		r = say_beyond(exam, &list[i], &all->yields[i]);
	return r;
}

/* Logs that the sketches of their requests excuse. */
static int
compose_passed(const struct trail *trail, struct text *reason)
{
	size_t passed = 0;

	for (size_t i = 0; i < trail->logs.n; i++)
		passed += !trail->logs.at[i].again;
	return !passed ? 0
		       : text_printf(reason, "; not read a second time: %zu of the %zu logs, since none of the requests that were "
					     "taken apart in the first reading is from such an address, by such a program or "
					     "for such a page",
				     passed, trail->logs.n);
}

static int
compose_cover(const struct trail *trail, const struct harvest *all, struct text *reason)
{
	const struct term *list;
	size_t n = terms_list(all->terms, &list), count[TERM_KINDS] = { 0 }, watched = 0, common = 0;
	int r;

	for (size_t i = 0; i < n; i++) {
		count[list[i].kind] += list[i].findings != 0;
		watched += list[i].watched;
		common += harvest_common(all, (uint32_t)i);
	}
	if (!n)
		return text_adds(reason, "no finding of level high or critical names an address, a program or a page, and "
					 "passwords were tried no more than people do: nothing to look for");
	r = text_printf(reason, "looked for %zu addresses, %zu programs and %zu pages that findings name, and for who "
				"signed in from %zu addresses that passwords were tried from",
			count[TERM_ADDRESS], count[TERM_AGENT], count[TERM_PAGE], watched);
	if (r == 0 && common)
		r = text_printf(reason, "; %zu of the programs and pages are used from more than %d addresses and lead to nobody",
				common, HARVEST_COMMON);
	return r < 0 ? r : compose_passed(trail, reason);
}

int
trail_cover(struct exam *exam, const struct trail *trail, const struct harvest *all,
	    const uint64_t beyond[static TERM_KINDS])
{
	bool any = terms_literals(all->terms, true) != NULL;
	CLEANUP(text_free) struct text reason = { 0 };
	int r = no_memory(compose_cover(trail, all, &reason));

	if (r == 0)
		r = case_coverage(exam->db, &(struct coverage_row){ .source = "second scan of the logs",
								    .state = !any ? "skipped" : trail->lost ? "partly" : "read",
								    .items = any ? trail->logs.n : 0,
								    .lost = trail->lost,
								    .reason = reason.s });
	return r < 0 ? r : say_limits(exam, trail, all, beyond);
}
