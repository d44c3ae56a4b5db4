/* trail.c - from findings back to the logs: what is gathered while they are read, and the order of what then follows. */
#include <errno.h>

#include "fail.h"
#include "slot.h"
#include "trail_own.h"

static int
no_memory(int r)
{
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for what logs lead to") : r;
}

int
trail_new(struct trail **ret_trail)
{
	CLEANUP(trail_free) struct trail *trail = calloc(1, sizeof(*trail));

	if (!trail || tries_new(&trail->tries) < 0 || terms_new(&trail->terms) < 0)
		return no_memory(-ENOMEM);
	*ret_trail = TAKE(trail);
	return 0;
}

struct trail *
trail_free(struct trail *trail)
{
	if (!trail)
		return NULL;
	for (size_t i = 0; i < trail->logs.n; i++) {
		free(trail->logs.at[i].told);
		sketch_free(trail->logs.at[i].sketch);
	}
	tries_free(trail->tries);
	terms_free(trail->terms);
	vector_free(&trail->logs);
	vector_free(&trail->servers);
	arena_free(&trail->arena);
	free(trail);
	return NULL;
}

static int
take_servers(struct trail *trail, const struct trace *trace)
{
	for (size_t i = 0; i < trace->servers.n && trail->servers.n < TRAIL_SERVERS_MAX; i++) {
		const char **slot;

		if (has_server(trail->servers.at, trail->servers.n, trace->servers.at[i]))
			continue;
		slot = vector_push(&trail->servers);
		if (!slot)
			return -ENOMEM;
		*slot = arena_copy(&trail->arena, view_text(trace->servers.at[i]));
		if (!*slot)
			return -ENOMEM;
	}
	return 0;
}

/* What Exchange ships is asked for by everybody: a rule that hit a request for it has not found a shell there. */
static bool
shipped(const struct profile *profile, const char *stem)
{
	static const char *const roots[] = { "FrontEnd/HttpProxy", "ClientAccess" };
	static const struct digest_value nothing;
	enum { RELATIVE_MAX = 600 };
	char relative[RELATIVE_MAX];

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		int n = snprintf(relative, sizeof(relative), "%s%s", roots[i], stem);

		if (n > 0 && (size_t)n < sizeof(relative) &&
		    baseline_grade(profile, relative, &nothing, "") == BASELINE_UNKNOWN_HASH)
			return true;
	}
	return false;
}

/* What the lines say that a mark of the slot stands for. */
static int
take_hints(struct trail *trail, const struct exam *exam, const struct trace *trace, const struct rule *rule,
	   enum level level, const char *id)
{
	int r = 0;

	for (size_t i = 0; i < trace->hints.n && r == 0; i++) {
		const struct hint *h = &trace->hints.at[i];
		const struct term like = { .kind = h->kind, .text = h->text, .level = level };

		if (h->rule == rule && !(h->kind == TERM_PAGE && shipped(exam->profile, h->text)))
			r = terms_add(trail->terms, &like, id);
	}
	return r;
}

static int
take_marks(struct trail *trail, const struct exam *exam, const struct slot *slot, const struct trace *trace)
{
	const struct candidate *c = slot->candidate;
	int r = 0;

	for (size_t i = 0; i < slot->marks.n && trace->hints.n && r == 0; i++) {
		const struct kept_mark *mark = &slot->marks.at[i];
		enum level level = slot_mark_level(slot, mark, mark->rule->level);
		CLEANUP(text_free) struct text id = { 0 };

		if (level < LEVEL_HIGH || mark->hiding)
			continue;
		r = finding_id(exam,
			       &(struct place){ .volume = c->volume, .entry = c->entry, .attribute = c->attribute,
						.path = c->path, .stream = c->stream },
			       &(struct mark){ .rule = mark->rule, .offset = mark->offset }, &id);
		if (r == 0)
			r = take_hints(trail, exam, trace, mark->rule, level, id.s);
	}
	return r;
}

/* The lines that are events already. */
static int
take_told(struct trail_log *log, const struct slot *slot)
{
	log->told = calloc(slot->log.lines.n + 1, sizeof(*log->told));
	if (!log->told)
		return -ENOMEM;
	for (; log->told_n < slot->log.lines.n; log->told_n++)
		log->told[log->told_n] = slot->log.lines.at[log->told_n].offset;
	return 0;
}

/* All sketches together have a bound; a log beyond it is read again whatever it holds. */
static struct sketch *
take_sketch(struct trail *trail, struct trace *trace)
{
	size_t bytes = sketch_bytes(trace->sketch);

	if (bytes > SKETCH_ALL_MAX - trail->sketched)
		return NULL;
	trail->sketched += bytes;
	return TAKE(trace->sketch);
}

int
trail_take(struct trail *trail, const struct exam *exam, const struct slot *slot)
{
	struct trace *trace = slot->log.trace;
	struct trail_log *log;
	int r;

	if (!trace || !slot->log.read)
		return 0;
	r = tries_merge(trail->tries, trace->tries, (uint32_t)trail->logs.n);
	if (r == 0)
		r = take_servers(trail, trace);
	if (r == 0)
		r = take_marks(trail, exam, slot, trace);
	log = r == 0 ? vector_push(&trail->logs) : NULL;
	if (!log)
		return no_memory(r < 0 ? r : -ENOMEM);
	*log = (struct trail_log){
		.candidate = slot->candidate,
		.kind = trace->kind,
		.first = slot->log.result.first,
		.last = slot->log.result.last,
		.sketch = take_sketch(trail, trace),
		.plain = slot->log.result.lines.encoding == LINES_PLAIN && !slot->log.result.lines.nul,
	};
	trail->beyond += trace->beyond;
	return no_memory(take_told(log, slot));
}

/* ---- and what follows from it ---- */

/* IIS has every request, and HttpProxy many of the same: an address is judged by one of them. */
static bool
judged_already(const struct guesser *guessers, size_t n, const char *address)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(guessers[i].address->address, address))
			return true;
	return false;
}

/* The addresses that more was tried from than people do, those of IIS first; they are to be watched. */
static int
find_guessers(struct trail *trail, struct guesser **ret_guessers, size_t *ret_n)
{
	const struct try_address *const *list;
	size_t n = tries_addresses(trail->tries, &list);
	struct guesser *guessers = calloc(n + 1, sizeof(*guessers));
	int r = guessers ? 0 : -ENOMEM;

	*ret_guessers = guessers;
	*ret_n = 0;
	for (size_t i = 0; i < 2 * n && r == 0; i++) {
		const struct try_address *address = list[i % n];
		struct guesser *g = &guessers[*ret_n];
		int many;

		if (!strcmp(address->kind->name, "iis") != (i < n) ||
		    judged_already(guessers, *ret_n, address->address) ||
		    has_server(trail->servers.at, trail->servers.n, address->address))
			continue;
		many = tries_window(address, &g->window);
		r = many < 0 ? many : 0;
		if (many <= 0)
			continue;
		g->address = address;
		g->term = UINT32_MAX;
		++*ret_n;
		r = terms_add(trail->terms,
			      &(struct term){ .kind = TERM_ADDRESS, .text = address->address, .watched = true }, NULL);
	}
	return r;
}

static void
find_terms(const struct trail *trail, struct guesser *guessers, size_t n)
{
	const struct term *list;
	size_t terms = terms_list(trail->terms, &list);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < terms; k++)
			if (list[k].kind == TERM_ADDRESS && !strcmp(list[k].text, guessers[i].address->address))
				guessers[i].term = (uint32_t)k;
}

/* Addresses that guessed a password are named by a finding now: their requests are read once more, to be kept. */
static int
follow_guessers(struct exam *exam, struct trail *trail, const struct guesser *guessers, size_t n)
{
	CLEANUP(terms_free) struct terms *terms = NULL;
	const struct term *list;
	struct harvest again = { 0 };
	uint64_t beyond[TERM_KINDS];
	size_t named = 0;
	int r = terms_new(&terms);

	terms_list(trail->terms, &list);
	for (size_t i = 0; i < n && r == 0; i++) {
		if (!guessers[i].entered || guessers[i].term == UINT32_MAX || list[guessers[i].term].findings)
			continue;
		named++;
		r = terms_add(terms, &(struct term){ .kind = TERM_ADDRESS, .text = guessers[i].address->address,
						     .level = LEVEL_HIGH }, guessers[i].id);
	}
	if (r == 0 && named)
		r = terms_settle(terms, beyond);
	if (r == 0 && named)
		r = harvest_open(&again, terms, NULL);
	if (r == 0 && named)
		r = trail_scan(exam, trail, terms, NULL, 0, &again);
	harvest_close(&again);
	return r;
}

static int
follow(struct exam *exam, struct trail *trail, struct guesser *guessers, size_t n, struct harvest *all)
{
	int r = trail_scan(exam, trail, trail->terms, guessers, n, all);

	if (r == 0)
		r = trail_guesses(exam, trail, all, guessers, n);
	if (r == 0)
		r = trail_uses(exam, trail, all);
	if (r == 0)
		r = trail_accounts(exam, all, guessers, n);
	return r < 0 ? r : follow_guessers(exam, trail, guessers, n);
}

int
trail_follow(struct exam *exam, struct trail *trail)
{
	CLEANUP(free) struct guesser *guessers = NULL;
	struct harvest all = { 0 };
	uint64_t beyond[TERM_KINDS] = { 0 };
	size_t n = 0;
	int r = find_guessers(trail, &guessers, &n);

	if (r == 0)
		r = trail_pages(exam, trail->terms);
	for (size_t i = 0; i < trail->servers.n; i++)
		terms_drop(trail->terms, trail->servers.at[i]);
	if (r == 0)
		r = terms_settle(trail->terms, beyond);
	if (r == 0)
		find_terms(trail, guessers, n);
	if (r == 0)
		r = harvest_open(&all, trail->terms, NULL);
	if (r == 0 && terms_literals(trail->terms, true))
		r = follow(exam, trail, guessers, n, &all);
	if (r == 0)
		r = trail_cover(exam, trail, &all, beyond);
	harvest_close(&all);
	return no_memory(r);
}
