/* exposure.c - from when to when an Exchange was open to a hole, as far as its witnesses tell, and why that is said. */
#include "exposure.h"

#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "filetime.h"
#include "text.h"

enum { SETUP_DAYS = 2, MITIGATIONS_SHOWN = 4 };

static const char vulnerable[] = "vulnerable", unknown[] = "unknown";

/* A time in one state; texts grow. */
struct period {
	const char *state;
	uint64_t from, to;
	struct text reason, witnesses;
};

/* One host and one hole. */
struct account {
	struct exposures *x;
	const struct exposed *host;
	const char *cve;
	VECTOR(struct period) periods;
};

static const struct fix *
fix_of(const struct account *a, const char *build)
{
	for (size_t i = 0; i < a->x->fixes.n; i++) {
		const struct fix *f = &a->x->fixes.at[i];

		if (f->evidence == a->host->evidence && !strcmp(f->cve, a->cve) && !strcmp(f->build, build))
			return f;
	}
	return NULL;
}

static struct period *
add_period(struct account *a, const char *state, uint64_t from, uint64_t to)
{
	struct period *last = a->periods.n ? &a->periods.at[a->periods.n - 1] : NULL, *p;

	if (last && !strcmp(last->state, state)) {
		last->to = to && last->to > to ? last->to : to;
		return last;
	}
	p = vector_push(&a->periods);
	if (p)
		*p = (struct period){ .state = state, .from = from, .to = to };
	return p;
}

static int
add_word(struct text *t, const char *between, const char *word)
{
	int r = t->n ? text_adds(t, between) : 0;

	return r < 0 ? r : text_adds(t, word);
}

static int
add_witness(struct period *p, const char *witness)
{
	size_t n = strlen(witness);

	for (const char *at = p->witnesses.s; at && *at; at += strcspn(at, ";"), at += strspn(at, "; "))
		if (strcspn(at, ";") == n && !memcmp(at, witness, n))
			return 0;
	return add_word(&p->witnesses, "; ", witness);
}

/* ---- words ---- */

/* "15.1.2176.2 installed 2020-12-19T... (setup log): CU19 ... has no fix" */
static int
tell_stay(const struct account *a, struct period *p, const struct stay *s, const struct fix *fix)
{
	char from[FILETIME_TEXT];
	int r = add_word(&p->reason, "; ", a->host->builds.at[s->build].text);

	if (r == 0)
		r = text_printf(&p->reason, " %s %s (%s): %s", s->installed ? "installed" : "first seen", filetime_text(s->from, from),
				s->witness, fix ? fix->reason : "the profile says nothing of it");
	return r < 0 ? r : add_witness(p, s->witness);
}

/* How the end of a stay is known, where the state changes with it. */
static int
tell_end(struct period *p, const struct stay *s)
{
	char seen[FILETIME_TEXT];
	int r = 0;

	if (s->lingers)
		r = text_printf(&p->reason, "; still in use %s, after the next build was there", filetime_text(s->seen, seen));
	else if (s->to && !s->next_installed)
		r = text_printf(&p->reason, "; replaced after %s and before the end of this time, as the %s shows",
				filetime_text(s->seen, seen), s->next_witness);
	return r;
}

static int
tell_mitigations(const struct account *a, struct period *p)
{
	unsigned shown = 0, more = 0;
	int r = 0;

	for (size_t i = 0; i < a->x->mitigations.n && r == 0; i++) {
		const struct mitigated *m = &a->x->mitigations.at[i];

		if (m->evidence != a->host->evidence || strcmp(m->cve, a->cve))
			continue;
		if (++shown > MITIGATIONS_SHOWN)
			more++;
		else
			r = text_printf(&p->reason, "; %s%s", shown == 1 ? "mitigated, not patched: " : "", m->words);
	}
	return r == 0 && more ? text_printf(&p->reason, "; and %u more traces of mitigation", more) : r;
}

/* ---- periods ---- */

static bool
is_vulnerable(const struct fix *fix)
{
	return fix && !strcmp(fix->state, vulnerable);
}

/* Services that still run a vulnerable build keep the server open; that some still ran a fixed one closes nothing. */
static uint64_t
end_of(const struct stay *s, const struct fix *fix)
{
	return s->to && s->lingers && s->seen > s->to && is_vulnerable(fix) ? s->seen : s->to;
}

/* Only the update is known, and until some day nobody had its fix. */
static int
add_fixless(struct account *a, const struct stay *s, const struct fix *fix, uint64_t from, uint64_t to)
{
	struct period *p = add_period(a, vulnerable, from, to);
	int r = p ? tell_stay(a, p, s, fix) : -ENOMEM;

	return r < 0 ? r : text_adds(&p->reason, "; at that time no build of this update had the fix");
}

/* A stay from `from` on, which is later than its beginning where services lingered on the one before. */
static int
add_stay(struct account *a, const struct stay *s, uint64_t from)
{
	const struct fix *fix = fix_of(a, a->host->builds.at[s->build].text);
	uint64_t to = end_of(s, fix);
	struct period *p;
	int r = 0;

	if (to && from >= to)
		return 0;
	if (fix && !strcmp(fix->state, unknown) && fix->fix_released > from) {
		uint64_t end = to && to < fix->fix_released ? to : fix->fix_released;

		r = add_fixless(a, s, fix, from, end);
		if (r < 0 || end == to)
			return r;
		from = end;
	}
	p = add_period(a, fix ? fix->state : unknown, from, to);
	r = p ? tell_stay(a, p, s, fix) : -ENOMEM;
	return r < 0 || !s->to ? r : tell_end(p, s);
}

/* What was before the first witness. */
static int
add_before(struct account *a)
{
	const struct exposed *host = a->host;
	uint64_t first = host->stays.n ? host->stays.at[0].from : 0;
	struct period *p;

	if (!first || (host->begins && host->begins + SETUP_DAYS * FILETIME_DAY >= first))
		return 0;
	p = add_period(a, unknown, host->begins, first);
	if (!p)
		return -ENOMEM;
	return text_adds(&p->reason, host->begins ? "the folder of Exchange is older than every witness of its build"
						  : "no witness tells what was installed before");
}

/* The build that it ended with, where the last one that is dated is another. */
static int
add_end(struct account *a)
{
	const struct exposed *host = a->host;
	const char *last = host->stays.n ? host->builds.at[host->stays.at[host->stays.n - 1].build].text : NULL;
	const struct fix *fix = host->resolved ? fix_of(a, host->resolved) : NULL;
	struct period *p;

	if (!host->resolved && host->stays.n)
		return 0;
	if (host->resolved && last && (!strcmp(last, host->resolved) || !strncmp(last, host->resolved, strlen(host->resolved))))
		return 0;
	if (a->periods.n && host->resolved) {
		p = &a->periods.at[a->periods.n - 1];
		if (text_adds(&p->reason, "; until when is not known") < 0)
			return -ENOMEM;
	}
	p = vector_push(&a->periods);
	if (!p)
		return -ENOMEM;
	*p = (struct period){ .state = fix ? fix->state : unknown };
	if (!host->resolved)
		return text_adds(&p->reason, "no witness of its build was found");
	return text_printf(&p->reason, "%s in the end, since when is not known: %s", host->resolved,
			   fix ? fix->reason : "the profile says nothing of it");
}

static int
write_period(struct account *a, struct case_db *db, size_t i)
{
	struct period *p = &a->periods.at[i];
	int r = strcmp(p->state, vulnerable) ? 0 : tell_mitigations(a, p);

	if (r < 0)
		return r;
	return case_exposure(db, &(struct exposure_row){ .evidence = a->host->evidence,
							 .host_volume = a->host->place,
							 .host = view_text(a->host->host),
							 .cve = a->cve,
							 .number = i + 1,
							 .state = p->state,
							 .reason = p->reason.s ? p->reason.s : "",
							 .witnesses = p->witnesses.s,
							 .first = p->from,
							 .last = p->to });
}

static int
write_account(struct account *a, struct case_db *db)
{
	uint64_t covered = 0; /* until when services lingered on a vulnerable build */
	int r = add_before(a);

	for (size_t i = 0; i < a->host->stays.n && i < EXPOSURE_ROWS_MAX && r == 0; i++) {
		const struct stay *s = &a->host->stays.at[i];
		uint64_t end = end_of(s, fix_of(a, a->host->builds.at[s->build].text));

		r = add_stay(a, s, s->from > covered ? s->from : covered);
		covered = end > s->to && end > covered ? end : covered;
	}
	if (r == 0)
		r = add_end(a);
	for (size_t i = 0; i < a->periods.n; i++) {
		if (r == 0)
			r = write_period(a, db, i);
		text_free(&a->periods.at[i].reason);
		text_free(&a->periods.at[i].witnesses);
	}
	vector_free(&a->periods);
	return r;
}

/* Every hole that the profile speaks of for this exhibit, each once: rows come in order of build, then of CVE. */
static int
write_host(struct exposures *x, struct case_db *db, const struct exposed *host)
{
	int r = 0;

	for (size_t i = 0; i < x->fixes.n && r == 0; i++) {
		struct account a = { .x = x, .host = host, .cve = x->fixes.at[i].cve };

		if (x->fixes.at[i].evidence != host->evidence)
			continue;
		if (i && x->fixes.at[i - 1].evidence == host->evidence && strcmp(x->fixes.at[i - 1].build, x->fixes.at[i].build))
			break; /* the next build: all holes were gone through */
		r = write_account(&a, db);
	}
	return r;
}

int
exposure_make(struct case_db *db)
{
	CLEANUP(exposures_free) struct exposures x = { 0 };
	int r = exposures_load(&x, db);

	for (size_t i = 0; i < x.hosts.n && r == 0; i++) {
		r = exposed_settle(&x.hosts.at[i]);
		if (r == 0)
			r = write_host(&x, db, &x.hosts.at[i]);
	}
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for what Exchange was open to") : r;
}
