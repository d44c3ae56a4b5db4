/* exposure.c - from when to when an Exchange was open to a hole, as far as its witnesses tell, and why that is said. */
#include "exposure.h"

#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "filetime.h"
#include "text.h"

enum { SETUP_DAYS = 2, MITIGATIONS_SHOWN = 4 };

static const uint64_t day = UINT64_C(86400) * FILETIME_SECOND;

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
		last->to = to;
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
	return p->witnesses.s && strstr(p->witnesses.s, witness) ? 0 : add_word(&p->witnesses, "; ", witness);
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
		r = text_printf(&p->reason, "; replaced after %s and before the end of this time, as the %s shows", filetime_text(s->seen, seen),
				s->next_witness);
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

static int
add_stay(struct account *a, const struct stay *s, uint64_t from)
{
	const char *build = a->host->builds.at[s->build].text;
	const struct fix *fix = fix_of(a, build);
	const char *state = fix ? fix->state : unknown;
	uint64_t to = s->lingers && s->seen > s->to ? s->seen : s->to;
	struct period *p;
	int r;

	/* only the update is known, and at that time nobody had its fix */
	if (fix && !strcmp(state, unknown) && fix->fix_released > from) {
		uint64_t end = to && to < fix->fix_released ? to : fix->fix_released;

		p = add_period(a, vulnerable, from, end);
		r = p ? tell_stay(a, p, s, fix) : -ENOMEM;
		if (r == 0)
			r = text_adds(&p->reason, "; at that time no build of this update had the fix");
		if (r < 0 || end == to)
			return r;
		from = end;
	}
	p = add_period(a, state, from, to);
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

	if (!first || (host->begins && host->begins + SETUP_DAYS * day >= first))
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
	uint64_t from = 0;
	int r = add_before(a);

	for (size_t i = 0; i < a->host->stays.n && i < EXPOSURE_ROWS_MAX && r == 0; i++) {
		const struct stay *s = &a->host->stays.at[i];

		r = add_stay(a, s, s->from > from ? s->from : from);
		from = s->lingers && s->seen > s->to ? s->seen : s->to;
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
