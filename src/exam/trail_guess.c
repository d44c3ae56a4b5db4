/* trail_guess.c - addresses that many passwords were tried from: who was served from there before, and who only then. */
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "filetime.h"
#include "trail_own.h"

/*
 * How it is decided, for one address and the first day's length in which it tried more than people do:
 *  - many accounts were named, and at least half of them are served from there at some time: a proxy or NAT (info),
 *    since nobody guesses that well;
 *  - all accounts that were named had been served from there before (or, where none was named, some had, and nobody
 *    else was afterwards): somebody's phone with an old password (info);
 *  - else it is a spray (many accounts) or brute force (many wrong passwords), and every account that was served from
 *    there for the first time after the first try, within TRAIL_DAYS, may have been guessed. Where the logs name the
 *    accounts of most tries, only those that were named count.
 */
#define DAYS (TRAIL_DAYS * FILETIME_DAY)

/* An account as it was served from the address. */
struct served {
	char name[TRIES_NAME_MAX];
	const char *account; /* as the record of the first request has it */
	uint64_t entered, last, requests; /* requests: as the log tells that the tries are counted in */
	enum visit_protocol protocol;
	struct line_place place;
};

struct judging {
	const struct guesser *guesser;
	VECTOR(struct served) served; /* in order of name */
	VECTOR(const char *) tried;   /* named in the window, in order, each once */
	size_t both, before;          /* of the tried ones: served at all, served before */
	size_t regulars, fresh;       /* of all: served before, only then */
};

static int
add_served(struct judging *j, const struct signin *row)
{
	struct served *s = j->served.n ? &j->served.at[j->served.n - 1] : NULL;
	char name[TRIES_NAME_MAX];

	if (!row->served || !account_name(view_text(row->account), name, sizeof(name)))
		return 0;
	for (size_t i = 0; i < j->served.n && (s = &j->served.at[i], strcmp(s->name, name)); i++)
		s = NULL;
	if (!s) {
		s = vector_push(&j->served);
		if (!s)
			return -ENOMEM;
		memcpy(s->name, name, sizeof(name));
		s->entered = UINT64_MAX;
	}
	s->requests += row->kind == j->guesser->address->kind ? row->served : 0;
	s->last = row->last > s->last ? row->last : s->last;
	if (row->entered < s->entered || (row->entered == s->entered && row->kind == j->guesser->address->kind)) {
		s->entered = row->entered;
		s->account = row->account;
		s->protocol = row->protocol;
		s->place = row->place;
	}
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct served *)a)->name, ((const struct served *)b)->name);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The accounts that were named from the first try on. */
static int
gather_tried(struct judging *j)
{
	const struct try_address *address = j->guesser->address;
	const struct try_window *w = &j->guesser->window;
	size_t n = 0;

	for (size_t i = 0; i < address->names.n; i++) {
		const char **slot;

		if (address->names.at[i].hour + FILETIME_HOUR <= w->first ||
		    address->names.at[i].hour >= w->last)
			continue;
		slot = vector_push(&j->tried);
		if (!slot)
			return -ENOMEM;
		*slot = address->names.at[i].name;
	}
	vector_sort(&j->tried, by_text);
	for (size_t i = 0; i < j->tried.n; i++)
		if (!i || strcmp(j->tried.at[i], j->tried.at[n - 1]) != 0)
			j->tried.at[n++] = j->tried.at[i];
	j->tried.n = n;
	return 0;
}

static bool
was_tried(const struct judging *j, const char *name)
{
	return j->tried.n && bsearch(&name, j->tried.at, j->tried.n, sizeof(name), by_text);
}

static int
gather(struct judging *j, const struct harvest *all)
{
	const struct signin *const *rows;
	size_t n = signins_list(all->signins, &rows);
	int r = gather_tried(j);

	for (size_t i = 0; i < n && r == 0; i++)
		if (rows[i]->address_term == j->guesser->term)
			r = add_served(j, rows[i]);
	vector_sort(&j->served, by_name);
	for (size_t i = 0; i < j->served.n; i++) {
		bool tried = was_tried(j, j->served.at[i].name);

		j->regulars += j->served.at[i].entered < j->guesser->window.first;
		j->fresh += j->served.at[i].entered >= j->guesser->window.first;
		j->both += tried;
		j->before += tried && j->served.at[i].entered < j->guesser->window.first;
	}
	return r;
}

static enum own_rule
verdict_of(const struct judging *j)
{
	const struct try_window *w = &j->guesser->window;

	if (w->accounts >= TRIES_SPRAY && 2 * j->both >= j->tried.n)
		return OWN_CROWD;
	if (j->tried.n ? j->before == j->tried.n : j->regulars && !j->fresh)
		return OWN_STALE;
	return w->accounts >= TRIES_SPRAY ? OWN_SPRAY : OWN_FORCE;
}

/* Whether an account was served for the first time behind the first try. */
static bool
was_guessed(const struct judging *j, const struct served *s)
{
	const struct try_window *w = &j->guesser->window;
	bool named = 2 * w->named >= w->tried + w->wrong;

	return s->entered >= w->first && s->entered < w->last + DAYS && (!named || was_tried(j, s->name));
}

static int
compose(const struct judging *j, struct text *basis)
{
	const struct try_window *w = &j->guesser->window;
	const char *address = j->guesser->address->address;
	char first[FILETIME_TEXT];
	int r = text_printf(basis, "%s%s, in the %d hours from %s on: %" PRIu64 " passwords were wrong, %" PRIu64
				   " requests led back to the logon page with reason=2, of %" PRIu64
				   " passwords the log does not say whether they were right; ",
			    address, address_private(view_text(address)) ? " (private)" : "", TRIES_WINDOW,
			    filetime_text(w->first, first), w->wrong, w->back, w->tried);

	if (r == 0)
		r = text_printf(basis, "%s%" PRIu64 " accounts are named, of which %zu were served from there in the logs "
				       "around, %zu of them before; ",
				j->guesser->address->more_names ? "at least " : "", w->accounts, j->both, j->before);
	return r < 0 ? r
		     : text_printf(basis, "counted in %s logs; people stay below %d accounts, %d wrong passwords or %d "
					  "undecided ones in %d hours",
				   j->guesser->address->kind->name, TRIES_SPRAY, TRIES_FORCE, TRIES_POSTS, TRIES_WINDOW);
}

static int
write_guessed(struct exam *exam, const struct trail *trail, const struct judging *j, const struct served *s,
	      const char *tries, char ret_id[static 17])
{
	CLEANUP(text_free) struct text basis = { 0 };
	char entered[FILETIME_TEXT], last[FILETIME_TEXT];
	uint64_t after = (s->entered - j->guesser->window.first) / FILETIME_SECOND;
	int r = text_add_escaped(&basis, view_text(s->account));

	if (r == 0)
		r = text_printf(&basis, " was served from there for the first time at %s (%s), %" PRIu64 " h %" PRIu64
					" min after the first try, and for %" PRIu64 " requests in all until %s; ",
				filetime_text(s->entered, entered), visit_protocol_name(s->protocol), after / 3600,
				after / 60 % 60, s->requests, filetime_text(s->last, last));
	if (r == 0)
		r = text_adds(&basis, tries);
	if (r < 0)
		return fail(ENOMEM, "out of memory for passwords that were tried");
	return trail_finding(exam, trail, &s->place, s->entered, OWN_GUESSED, LEVEL_HIGH, basis.s, ret_id);
}

/* The tries themselves, and each account that may have been guessed. */
static int
tell(struct exam *exam, const struct trail *trail, const struct judging *j, struct guesser *guesser)
{
	CLEANUP(text_free) struct text basis = { 0 };
	enum own_rule rule = verdict_of(j);
	bool accused = rule == OWN_SPRAY || rule == OWN_FORCE;
	char id[17], tries_id[17];
	size_t n = 0;
	int r = compose(j, &basis) < 0 ? fail(ENOMEM, "out of memory for passwords that were tried") : 0;

	if (r == 0)
		r = trail_finding(exam, trail, &guesser->window.place, guesser->window.first, rule, own_rule(rule)->level,
				  basis.s, tries_id);
	if (r == 0 && accused)
		memcpy(guesser->id, tries_id, sizeof(tries_id));
	for (size_t i = 0; i < j->served.n && accused && r == 0; i++) {
		if (!was_guessed(j, &j->served.at[i]))
			continue;
		if (n++ < TRAIL_GUESSED_MAX)
			r = write_guessed(exam, trail, j, &j->served.at[i], basis.s, id);
		if (r == 0 && n == 1)
			memcpy(guesser->id, id, sizeof(id));
		guesser->entered = true;
	}
	if (r == 0 && n > TRAIL_GUESSED_MAX)
		r = limits_add(exam->limits, exam->name, -1, "", -1,
			       "accounts that one address may have guessed, more than have a finding of their own",
			       n - TRAIL_GUESSED_MAX);
	return r;
}

int
trail_guesses(struct exam *exam, const struct trail *trail, const struct harvest *all, struct guesser *guessers, size_t n)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		struct judging j = { .guesser = &guessers[i] };

		if (guessers[i].term == UINT32_MAX)
			continue; /* beyond the limits, and said so */
		exam_phase(exam, PHASE_CONTENT);
		r = gather(&j, all) < 0 ? fail(ENOMEM, "out of memory for passwords that were tried") : 0;
		if (r == 0)
			r = tell(exam, trail, &j, &guessers[i]);
		vector_free(&j.served);
		vector_free(&j.tried);
	}
	return r;
}
