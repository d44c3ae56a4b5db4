/* needs.c - what of the sources that an answer rests on is missing: kinds and days, named. */
#include "needs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdarg.h>

enum { RANGES_MAX = 4 }; /* spans of days that are named for one source */

int
add_clause(struct text *t, const char *format, ...)
{
	char *words;
	va_list args;
	int n, r;

	va_start(args, format);
	n = vasprintf(&words, format, args);
	va_end(args);
	if (n < 0)
		return -ENOMEM;
	r = text_printf(t, "%s%s", t->n ? "; " : "", words);
	free(words);
	return r;
}

/* ---- what was read wholly ---- */

static struct source_state *
find_source(const struct needs *needs, uint32_t evidence, struct view name)
{
	for (size_t i = needs->sources.n; i-- > 0;) {
		struct source_state *s = &needs->sources.at[i];

		if (s->evidence == evidence && view_equal(view_text(s->name), name))
			return s;
	}
	return NULL;
}

/* The same, which is made where there is none yet. */
static struct source_state *
source_of(struct needs *needs, uint32_t evidence, struct view name)
{
	struct source_state *s = find_source(needs, evidence, name);

	if (s)
		return s;
	s = vector_push(&needs->sources);
	if (s)
		*s = (struct source_state){ .evidence = evidence, .name = arena_copy(&needs->arena, name) };
	return s && s->name ? s : NULL;
}

static int
note_fault(struct needs *needs, struct source_state *s, struct view path, struct view state, struct view reason)
{
	if (s->faulty++)
		return 0;
	s->fault = arena_printf(&needs->arena, "%.*s %.*s%s%.*s", (int)path.n, (const char *)path.p, (int)state.n,
				(const char *)state.p, reason.n ? ": " : "", (int)reason.n, (const char *)reason.p);
	return s->fault ? 0 : -ENOMEM;
}

static bool
ends_with(struct view text, const char *end)
{
	size_t n = strlen(end);

	return text.n >= n && !memcmp(text.p + text.n - n, end, n);
}

/* A log that is one of a family (evtx/Application) counts for that, too: a question may need all of it. */
static int
note_family(struct needs *needs, uint32_t evidence, struct view name, struct view path, struct view how, struct view reason)
{
	const uint8_t *slash = memchr(name.p, '/', name.n);
	struct source_state *s;

	if (!slash || view_equal(how, view_text("read")) || view_equal(how, view_text("empty")))
		return 0;
	s = source_of(needs, evidence, view_of(name.p, (size_t)(slash - name.p)));
	return s ? note_fault(needs, s, path, how, reason) : -ENOMEM;
}

/* What is absent is no fault where all was looked through. Of "mft" the tables themselves are meant; volumes without
 * one come with take_volume. */
static int
take_source(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct needs *needs = state;
	struct view name = row_value(n, names, values, "source"), how = row_value(n, names, values, "state");
	struct view path = row_value(n, names, values, "path"), reason = row_value(n, names, values, "reason");
	struct source_state *s = source_of(needs, (uint32_t)view_number(row_value(n, names, values, "evidence")), name);
	bool mft = view_equal(name, view_text("mft"));

	(void)is_number;
	if (!s)
		return -ENOMEM;
	if (mft && (!ends_with(path, "/$MFT") || view_equal(how, view_text("skipped"))))
		return 0;
	if (view_equal(how, view_text("read")) || view_equal(how, view_text("empty"))) {
		s->whole++;
		return 0;
	}
	if (!view_equal(how, view_text("absent"))) {
		int r = note_fault(needs, s, path, how, reason);

		return r < 0 ? r : note_family(needs, (uint32_t)view_number(row_value(n, names, values, "evidence")), name,
					       path, how, reason);
	}
	s->unsure += reason.n > 0;
	return 0;
}

/* File systems that hold no web server and no Exchange, and what is no volume. */
static bool
is_beside(struct view fs, struct view reason)
{
	static const char *const others[] = { "FAT12", "FAT16", "FAT32", "swap", "unallocated" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (view_equal(fs, view_text(others[i])))
			return true;
	return view_equal(fs, view_text("unknown")) && view_equal(reason, view_text(VOLUME_RESERVED));
}

static int
take_volume(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct needs *needs = state;
	struct view how = row_value(n, names, values, "state"), fs = row_value(n, names, values, "fs");
	struct view reason = row_value(n, names, values, "reason");
	struct source_state *s;

	(void)is_number;
	if (!view_equal(how, view_text("skipped")) || is_beside(fs, reason))
		return 0;
	s = source_of(needs, (uint32_t)view_number(row_value(n, names, values, "evidence")), view_text("mft"));
	return s ? note_fault(needs, s, fs, view_text("volume skipped"), reason) : -ENOMEM;
}

/* The last name of the folder that a path lies in. */
static struct view
folder_of(struct view path)
{
	const uint8_t *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
	struct view folder = view_of(path.p, slash ? (size_t)(slash - path.p) : 0);

	slash = folder.n ? memrchr(folder.p, '/', folder.n) : NULL;
	return slash ? view_from(folder, (uint64_t)(slash - folder.p) + 1) : folder;
}

static int
take_cover(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct needs *needs = state;
	struct view id = row_value(n, names, values, "id");
	struct cover *c = id.n > 1 ? vector_push(&needs->covers) : NULL;
	int r = take_source(state, n, names, values, is_number);

	if (r < 0 || !c)
		return r < 0 ? r : -ENOMEM;
	*c = (struct cover){ .evidence = (uint32_t)view_number(row_value(n, names, values, "evidence")),
			     .letter = (char)id.p[0],
			     .number = view_number(view_from(id, 1)),
			     .source = arena_copy(&needs->arena, row_value(n, names, values, "source")),
			     .folder = arena_copy(&needs->arena, folder_of(row_value(n, names, values, "path"))) };
	return c->source && c->folder ? 0 : -ENOMEM;
}

static int
by_id(const void *a, const void *b)
{
	const struct cover *x = a, *y = b;

	if (x->evidence != y->evidence)
		return x->evidence < y->evidence ? -1 : 1;
	if (x->letter != y->letter)
		return x->letter < y->letter ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

int
needs_load(struct needs *needs, struct case_db *db)
{
	int r = case_ask(db, &(struct question){ .view = "v_coverage" }, take_cover, needs);

	vector_sort(&needs->covers, by_id);
	return r < 0 ? r : case_ask(db, &(struct question){ .view = "v_volumes" }, take_volume, needs);
}

void
needs_free(struct needs *needs)
{
	vector_free(&needs->sources);
	vector_free(&needs->covers);
	arena_free(&needs->arena);
}

static int
check_whole(const struct needs *needs, uint32_t evidence, struct view name, struct text *why)
{
	const struct source_state *s = find_source(needs, evidence, name);
	const struct source_state *mft = find_source(needs, evidence, view_text("mft"));

	if (s && s->faulty > 1)
		return add_clause(why, "%s was not read wholly (%s, and %" PRIu64 " more)", s->name, s->fault,
				  s->faulty - 1);
	if (s && s->faulty)
		return add_clause(why, "%s was not read wholly (%s)", s->name, s->fault);
	if (s && s->unsure && mft && mft->faulty)
		return add_clause(why, "more of %s may lie in what could not be read", s->name);
	return s && s->whole ? 0 : add_clause(why, "nothing of %.*s was found", (int)name.n, (const char *)name.p);
}

/* ---- which days are covered ---- */

static bool
is_covered(enum day_state state)
{
	return state == DAY_PRESENT || state == DAY_EMPTY || state == DAY_BEFORE;
}

static bool
is_spoilt(enum day_state state)
{
	return state == DAY_PARTLY || state == DAY_UNREADABLE;
}

/* Two folders of one name, on two volumes or after a move: a day is covered by either, and spoilt by either. */
static void
join_states(uint8_t *joined, const uint8_t *states, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		enum day_state a = joined[i], b = states[i];

		if (is_spoilt(a))
			continue;
		if (is_spoilt(b) || (!is_covered(a) && (is_covered(b) || a == DAY_ABSENT)))
			joined[i] = (uint8_t)b;
	}
}

/* The days from *at on that have the state of the first of them. */
static uint64_t
same_state(const uint8_t *states, uint64_t at, uint64_t n)
{
	uint64_t end = at;

	while (end < n && states[end] == states[at])
		end++;
	return end;
}

/* Names what is not covered, the first spans in full. */
static int
tell_gaps(const uint8_t *states, const struct window *w, const char *kind, const char *folder, struct text *why)
{
	uint64_t n = w->last - w->first + 1, more = 0;
	unsigned told = 0;
	int r = 0;

	for (uint64_t at = 0, end; at < n && r == 0; at = end) {
		char from[DAY_TEXT], to[DAY_TEXT];

		end = same_state(states, at, n);
		if (is_covered(states[at]))
			continue;
		if (told == RANGES_MAX) {
			more += end - at;
			continue;
		}
		if (!told++)
			r = add_clause(why, "%s%s%s:", kind, *folder ? "/" : "", folder);
		day_text(w->first + at, from);
		day_text(w->first + end - 1, to);
		if (r == 0)
			r = text_printf(why, "%s %s %s%s%s", told > 1 ? "," : "", day_state_name(states[at]), from,
					end - at > 1 ? " to " : "", end - at > 1 ? to : "");
	}
	return r < 0 || !more ? r : text_printf(why, ", and %" PRIu64 " further days", more);
}

/* Why there is no folder of that kind: nothing was found, or nobody looked. */
static int
tell_none(const struct calendar *calendar, uint32_t evidence, struct view kind, struct view word, struct text *why)
{
	for (size_t i = 0; i < calendar->sought.n; i++)
		if (calendar->sought.at[i].evidence == evidence &&
		    view_equal(view_text(calendar->sought.at[i].kind), kind))
			return add_clause(why, "no %.*s logs were found", (int)word.n, (const char *)word.p);
	return add_clause(why, "%.*s is not examined by day", (int)word.n, (const char *)word.p);
}

static bool
is_of(const struct series *s, uint32_t evidence, struct view kind)
{
	return s->evidence == evidence && s->live && view_equal(view_text(s->kind), kind);
}

/* All folders of a name as one. */
static int
check_folder(const struct calendar *calendar, const struct window *w, struct view kind, struct view name,
	     struct view word, struct text *why)
{
	uint64_t n = w->last - w->first + 1;
	CLEANUP(free) uint8_t *joined = malloc(n);
	CLEANUP(text_free) struct text label = { 0 };
	bool found = false, laid_out = true;

	if (!joined || text_add(&label, kind) < 0)
		return -ENOMEM;
	memset(joined, DAY_ABSENT, n);
	for (size_t i = 0; i < calendar->series.n; i++) {
		const struct series *s = &calendar->series.at[i];

		if (!is_of(s, w->evidence, kind) || !series_is_named(s, name))
			continue;
		found = true;
		laid_out &= s->laid_out;
		if (s->laid_out)
			join_states(joined, s->states, n);
	}
	if (!found)
		return tell_none(calendar, w->evidence, kind, word, why);
	if (!laid_out)
		return add_clause(why, "%.*s: not laid out by day", (int)word.n, (const char *)word.p);
	text_cut(&label, kind.n);
	return text_addc(&label, '/') < 0 || text_add(&label, name) < 0 ? -ENOMEM
									: tell_gaps(joined, w, label.s, "", why);
}

/* Each folder of a kind for itself. */
static int
check_kind(const struct calendar *calendar, const struct window *w, struct view kind, struct text *why)
{
	bool found = false;
	int r = 0;

	for (size_t i = 0; i < calendar->series.n && r == 0; i++) {
		const struct series *s = &calendar->series.at[i];

		if (!is_of(s, w->evidence, kind))
			continue;
		found = true;
		r = s->laid_out ? tell_gaps(s->states, w, s->kind, series_name(s), why)
				: add_clause(why, "%s: not laid out by day", s->folder);
	}
	return r < 0 || found ? r : tell_none(calendar, w->evidence, kind, kind, why);
}

static int
check_days(const struct calendar *calendar, const struct window *w, struct view word, struct text *why)
{
	const uint8_t *slash = memchr(word.p, '/', word.n);
	size_t n = slash ? (size_t)(slash - word.p) : word.n;

	if (slash)
		return check_folder(calendar, w, view_of(word.p, n), view_from(word, n + 1), word, why);
	return check_kind(calendar, w, word, why);
}

int
needs_check(const struct needs *needs, const struct calendar *calendar, uint32_t evidence, struct view days,
	    struct view whole, struct text *why)
{
	const struct window *w = calendar_window(calendar, evidence);
	struct view word;
	int r = 0;

	if (days.n && (!w || w->reason))
		r = add_clause(why, "%s", w ? w->reason : "its window is not known");
	while (r == 0 && w && w->last >= w->first && next_word(&days, &word))
		r = check_days(calendar, w, word, why);
	while (r == 0 && next_word(&whole, &word))
		r = check_whole(needs, evidence, word, why);
	return r;
}
