/*
 * joins.c - what joins requests and commands: the id of the request, the session's canary, the object that a command
 * names, the address of the client, and nearness in time, each with the skew that is allowed for it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "facts.h"
#include "filetime.h"

/* How far apart two rows may be that tell of one thing, and of one visitor. IIS writes whole seconds. */
static const uint64_t skew_request = SECONDS(30), skew_behind = SECONDS(10), skew_command = SECONDS(60),
		      skew_mail = SECONDS(10), gap_address = SECONDS(86400), gap_session = SECONDS(3600);

/* ---- sets ---- */

size_t
facts_root(const struct facts *facts, size_t i)
{
	while (facts->list.at[i].set != i)
		i = facts->list.at[i].set;
	return i;
}

static void
unite(struct facts *facts, size_t a, size_t b)
{
	size_t x = facts_root(facts, a), y = facts_root(facts, b);
	size_t low = x < y ? x : y;

	facts->list.at[x].set = facts->list.at[y].set = low;
	facts->list.at[a].set = facts->list.at[b].set = low; /* short ways */
}

int
facts_edge(struct facts *facts, size_t from, size_t to, const char *relation, const char *basis, bool time_only,
	   const char *format, ...)
{
	struct edge *e = vector_push(&facts->edges);
	char *words;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&words, format, args);
	va_end(args);
	if (!e || n < 0)
		return -ENOMEM;
	*e = (struct edge){ .from = from, .to = to, .relation = relation, .basis = basis, .time_only = time_only,
			    .words = arena_copy(&facts->arena, view_text(words)) };
	free(words);
	facts->list.at[from].single = facts->list.at[to].single = false;
	unite(facts, from, to);
	return e->words ? 0 : -ENOMEM;
}

/* ---- one request in several logs ---- */

static const char *
log_title(const struct fact *f)
{
	if (!strcmp(f->kind, "iis.request"))
		return "IIS";
	if (!strcmp(f->kind, "httpproxy.request"))
		return "HttpProxy";
	return f->kind;
}

static int
join_request(struct facts *facts, size_t from, size_t to, size_t i)
{
	const struct fact *a = &facts->list.at[i];

	if (!a->keys[KEY_REQUEST].n || strcmp(a->kind, "iis.request"))
		return 0;
	for (size_t k = from; k < to; k++) {
		const struct fact *b = &facts->list.at[k];

		if (k == i || !strcmp(a->kind, b->kind) || !view_equal(a->keys[KEY_REQUEST], b->keys[KEY_REQUEST]) ||
		    apart(a, b) > skew_request)
			continue;
		return facts_edge(facts, i, k, "is the same request as", "request id", false,
				  "%s and %s name one request: cafeReqId and RequestId are both %.*s; %.3f s apart",
				  log_title(a), log_title(b), (int)a->keys[KEY_REQUEST].n,
				  (const char *)a->keys[KEY_REQUEST].p, seconds(apart(a, b)));
	}
	return 0;
}

/* ---- the front end's request as the back end has it ---- */

/* The path of a URL: up to its query. */
static struct view
path_of_url(struct view url)
{
	const uint8_t *mark = url.n ? memchr(url.p, '?', url.n) : NULL;

	return mark ? view_of(url.p, (size_t)(mark - url.p)) : url;
}

static bool
same_session(const struct fact *a, const struct fact *b)
{
	return a->keys[KEY_CANARY].n && view_equal(a->keys[KEY_CANARY], b->keys[KEY_CANARY]);
}

/* The nearest row that fits, at most `most` away; SIZE_MAX: none. Of two that are as near, the later. */
static size_t
nearest(const struct facts *facts, size_t from, size_t to, size_t i, uint64_t most,
	bool (*fits)(const struct fact *a, const struct fact *b))
{
	const struct fact *a = &facts->list.at[i];
	size_t best = SIZE_MAX;

	for (size_t k = from; k < to; k++) {
		const struct fact *b = &facts->list.at[k];

		if (k == i || !b->when || apart(a, b) > most || !fits(a, b))
			continue;
		if (best == SIZE_MAX || apart(a, b) <= apart(a, &facts->list.at[best]))
			best = k;
	}
	return best;
}

static bool
fits_behind(const struct fact *a, const struct fact *b)
{
	struct view path = path_of_url(b->keys[KEY_BACKEND]);

	return path.n && view_equal(path, path_of_url(a->keys[KEY_PAGE])) &&
	       view_equal(a->keys[KEY_SCHEMA], b->keys[KEY_SCHEMA]);
}

static int
join_behind(struct facts *facts, size_t from, size_t to, size_t i)
{
	const struct fact *a = &facts->list.at[i], *b;
	size_t k = a->step == STEP_BEHIND ? nearest(facts, from, to, i, skew_behind, fits_behind) : SIZE_MAX;
	bool session;

	if (k == SIZE_MAX)
		return 0;
	b = &facts->list.at[k];
	session = same_session(a, b);
	return facts_edge(facts, k, i, "reached the back end as", session ? "back-end URL, canary" : "back-end URL", false,
			  "the URL that the front end was led to is what the back end was asked for%s, within %.3f s (%.0f s "
			  "allowed)",
			  session ? ", with the same canary" : "", seconds(apart(a, b)), seconds(skew_behind));
}

/* ---- commands ---- */

/* What runs when a virtual directory is looked up, changed or reset. */
static bool
is_command_of(const struct fact *request, const struct fact *command)
{
	struct view name = command->keys[KEY_COMMAND];
	uint64_t id = view_number(command->keys[KEY_ID]);
	bool look = name.n > 4 && !memcmp(name.p, "Get-", 4);

	if (command->step != STEP_COMMAND || !strcmp(command->kind, "oab.event"))
		return false;
	if (request->step == STEP_OBJECT)
		return look;
	return (request->step == STEP_SET || request->step == STEP_RESET) && !look && (name.n || id == 47 || id == 48 || id == 4);
}

/* A forged request does not always tell where it was led: then a grave command close to it is told, by its time. */
static bool
fits_command(const struct fact *a, const struct fact *b)
{
	if (b->step == STEP_FORGED && !b->keys[KEY_BACKEND].n)
		return a->step == STEP_COMMAND && a->keys[KEY_COMMAND].n && !a->keys[KEY_CANARY].n && a->level >= LEVEL_HIGH &&
		       b->level >= LEVEL_HIGH;
	return b->keys[KEY_BACKEND].n && is_command_of(b, a) && (!a->keys[KEY_CANARY].n || same_session(a, b));
}

static int
join_command(struct facts *facts, size_t from, size_t to, size_t i)
{
	const struct fact *a = &facts->list.at[i], *b;
	size_t k = a->step == STEP_COMMAND ? nearest(facts, from, to, i, skew_command, fits_command) : SIZE_MAX;
	bool session;

	if (k == SIZE_MAX)
		return 0;
	b = &facts->list.at[k];
	session = same_session(a, b);
	return facts_edge(facts, k, i, "ran", session ? "canary" : "time", !session,
			  session ? "the command ran in the session of the request (the canary is the same), %.3f s away "
				    "(%.0f s allowed)"
				  : "the command ran %.3f s from the request (%.0f s allowed); nothing but that joins them",
			  seconds(apart(a, b)), seconds(skew_command));
}

static int
join_object(struct facts *facts, size_t from, size_t i)
{
	const struct fact *a = &facts->list.at[i];

	if (a->step != STEP_COMMAND || !a->keys[KEY_GUID].n)
		return 0;
	for (size_t k = i; k-- > from;) {
		const struct fact *b = &facts->list.at[k];

		if (b->step == STEP_COMMAND && view_equal(a->keys[KEY_GUID], b->keys[KEY_GUID]))
			return facts_edge(facts, k, i, "is followed on the same object by", "object GUID", false,
					  "both commands name the object %.*s, %.3f s apart", (int)a->keys[KEY_GUID].n,
					  (const char *)a->keys[KEY_GUID].p, seconds(apart(a, b)));
	}
	return 0;
}

/* ---- one session, one visitor ---- */

static int
join_session(struct facts *facts, size_t from, size_t i)
{
	const struct fact *a = &facts->list.at[i];

	if (!a->keys[KEY_BACKEND].n || !a->keys[KEY_CANARY].n)
		return 0;
	for (size_t k = i; k-- > from;) {
		const struct fact *b = &facts->list.at[k];

		if (b->keys[KEY_BACKEND].n && same_session(a, b) && apart(a, b) <= gap_session)
			return facts_edge(facts, k, i, "goes on in the same session with", "canary", false,
					  "both requests have the canary %.*s, %.3f s apart", (int)a->keys[KEY_CANARY].n,
					  (const char *)a->keys[KEY_CANARY].p, seconds(apart(a, b)));
	}
	return 0;
}

static bool
is_visitor(const struct fact *f)
{
	struct view address = f->keys[KEY_ADDRESS];

	return address.n && !view_equal(address, view_text("::1")) && !view_equal(address, view_text("127.0.0.1"));
}

/* The step before of the same visitor, as the same log tells it, or another where it does not. */
static int
join_address(struct facts *facts, size_t from, size_t i)
{
	const struct fact *a = &facts->list.at[i];

	if (!is_visitor(a) || !a->when)
		return 0;
	for (size_t k = i; k-- > from;) {
		const struct fact *b = &facts->list.at[k];

		if (!is_visitor(b) || !view_equal(a->keys[KEY_ADDRESS], b->keys[KEY_ADDRESS]))
			continue;
		if (apart(a, b) > gap_address)
			return 0;
		if (facts_root(facts, i) == facts_root(facts, k))
			return 0;
		return facts_edge(facts, k, i, "is followed from the same address by", "client address", false,
				  "both requests came from %.*s, %.3f s apart (a day is allowed)", (int)a->keys[KEY_ADDRESS].n,
				  (const char *)a->keys[KEY_ADDRESS].p, seconds(apart(a, b)));
	}
	return 0;
}

/* ---- mail ---- */

static bool
fits_mail(const struct fact *a, const struct fact *b)
{
	return b->step == STEP_MAIL && b->keys[KEY_BACKEND].n && view_equal(a->keys[KEY_ADDRESS], b->keys[KEY_ADDRESS]);
}

static int
join_mail(struct facts *facts, size_t from, size_t to, size_t i)
{
	const struct fact *a = &facts->list.at[i];
	bool ews = !strcmp(a->kind, "ews.request");
	size_t k = ews ? nearest(facts, from, to, i, skew_mail, fits_mail) : SIZE_MAX;

	if (k == SIZE_MAX)
		return 0;
	return facts_edge(facts, k, i, "reached the mailbox as", "client address, back-end URL", false,
			  "the front end was led to Exchange Web Services, which were asked from the same address %.3f s away "
			  "(%.0f s allowed)",
			  seconds(apart(a, &facts->list.at[k])), seconds(skew_mail));
}

static int
join_exhibit(struct facts *facts, struct case_db *db, size_t from, size_t to)
{
	int r = 0;

	for (size_t i = from; i < to && r == 0; i++) {
		r = join_request(facts, from, to, i);
		if (r == 0)
			r = join_behind(facts, from, to, i);
		if (r == 0)
			r = join_command(facts, from, to, i);
		if (r == 0)
			r = join_mail(facts, from, to, i);
	}
	for (size_t i = from; i < to && r == 0; i++) {
		r = join_session(facts, from, i);
		if (r == 0)
			r = join_object(facts, from, i);
	}
	if (r == 0)
		r = join_files(facts, db, from, to);
	for (size_t i = from; i < to && r == 0; i++)
		r = join_address(facts, from, i);
	return r;
}

int
facts_join(struct facts *facts, struct case_db *db)
{
	size_t from = 0, to;
	int r = 0;

	for (; from < facts->list.n && r == 0; from = to) {
		facts_of(facts, facts->list.at[from].evidence, &from, &to);
		r = join_exhibit(facts, db, from, to);
	}
	return r;
}
