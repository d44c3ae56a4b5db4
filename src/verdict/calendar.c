/* calendar.c - the days of every folder of logs, from the start of the window to the host's last sign of life. */
#include "calendar.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "fail.h"
#include "filetime.h"

const char *
day_state_name(enum day_state state)
{
	static const char *const names[DAY_STATES] = {
		[DAY_PRESENT] = "present", [DAY_PARTLY] = "partly",         [DAY_EMPTY] = "empty",
		[DAY_QUIET] = "quiet",     [DAY_ABSENT] = "absent",         [DAY_HOLE] = "hole",
		[DAY_ROTATED] = "rotated", [DAY_UNREADABLE] = "unreadable", [DAY_BEFORE] = "before-install",
		[DAY_AFTER] = "after-end",
	};

	return names[state];
}

char *
day_text(uint64_t day, char text[static DAY_TEXT])
{
	char full[FILETIME_TEXT];

	filetime_text(day * FILETIME_DAY, full);
	snprintf(text, DAY_TEXT, "%.10s", full);
	return text;
}

bool
next_word(struct view *list, struct view *ret_word)
{
	size_t n = 0;

	while (list->n && list->p[0] == ' ')
		*list = view_from(*list, 1);
	while (n < list->n && list->p[n] != ' ')
		n++;
	*ret_word = view_of(list->p, n);
	*list = view_from(*list, n);
	return n > 0;
}

const char *
series_name(const struct series *series)
{
	const char *slash = strrchr(series->folder, '/');

	return slash ? slash + 1 : series->folder;
}

/* Names that profiles give are ASCII. An event log is named without its ending. */
bool
series_is_named(const struct series *series, struct view name)
{
	const char *last = series_name(series);
	size_t n = strlen(last) - (strcmp(series->kind, "evtx") ? 0 : strlen(".evtx"));

	return n == name.n && !strncasecmp(last, (const char *)name.p, name.n);
}

/* ---- the window ---- */

static int
take_window(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct calendar *calendar = state;
	struct view since = row_value(n, names, values, "since");
	struct window *w = vector_push(&calendar->windows);
	uint64_t acquired;

	(void)is_number;
	if (!w)
		return -ENOMEM;
	*w = (struct window){ .evidence = (uint32_t)view_number(row_value(n, names, values, "evidence")),
			      .first = view_number(since) / FILETIME_DAY,
			      .reason = "nothing on it tells until when its host ran" };
	if (!w->first)
		w->reason = "it has no window";
	if (filetime_parse(row_value(n, names, values, "acquired"), &acquired) == 0)
		w->end = acquired / FILETIME_DAY;
	return 0;
}

/* The zone of an acquisition's clock is not known: a day more is allowed for. */
static int
take_lived(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct calendar *calendar = state;
	uint64_t day = view_number(row_value(n, names, values, "day"));

	(void)is_number;
	for (size_t i = 0; i < calendar->windows.n; i++) {
		struct window *w = &calendar->windows.at[i];

		if (w->evidence == view_number(row_value(n, names, values, "evidence")) && day > w->last &&
		    (!w->end || day <= w->end + 1))
			w->last = day;
	}
	return 0;
}

static void
settle_window(struct window *w)
{
	if (w->last && w->last < w->first)
		w->reason = "its host's last sign of life lies before the window";
	if (w->last < w->first || !w->first) {
		w->first = 1;
		w->last = w->end = 0;
		return;
	}
	w->reason = NULL;
	if (w->last - w->first >= CALENDAR_DAYS_MAX) {
		w->last = w->first + CALENDAR_DAYS_MAX - 1;
		w->reason = "the window is longer than what is laid out by day";
	}
	if (w->end < w->last || w->reason)
		w->end = w->last;
	if (w->end - w->last > CALENDAR_AFTER_MAX)
		w->end = w->last + CALENDAR_AFTER_MAX;
}

const struct window *
calendar_window(const struct calendar *calendar, uint32_t evidence)
{
	for (size_t i = 0; i < calendar->windows.n; i++)
		if (calendar->windows.at[i].evidence == evidence)
			return &calendar->windows.at[i];
	return NULL;
}

static int
load_windows(struct calendar *calendar, struct case_db *db)
{
	int r = case_ask(db, &(struct question){ .view = "v_windows" }, take_window, calendar);

	if (r == 0)
		r = case_ask(db, &(struct question){ .view = "v_lived" }, take_lived, calendar);
	for (size_t i = 0; i < calendar->windows.n; i++)
		settle_window(&calendar->windows.at[i]);
	return r;
}

/* ---- rows ---- */

static int
write_day(struct case_db *db, const struct series *s, uint64_t day, enum day_state state, const struct day *d)
{
	return case_calendar(db, &(struct calendar_row){ .evidence = s->evidence,
							 .place = s->place,
							 .source = s->kind,
							 .folder = view_text(s->folder),
							 .day = day,
							 .state = day_state_name(state),
							 .reason = d->reason,
							 .lines = d->lines,
							 .bytes = d->bytes });
}

/* Of a folder whose logs are all deleted, nobody knows which days it should have: those that are there are told. */
static bool
tells(const struct series *s, const struct day *d)
{
	return s->live || d->whole || d->foreign || d->part || d->bad;
}

static int
lay_out(struct calendar *calendar, struct case_db *db, struct series *s, const struct window *w)
{
	CLEANUP(arena_free) struct arena reasons = { 0 };
	CLEANUP(free) struct day *days = calloc(w->end - w->first + 1, sizeof(*days));
	int r;

	s->states = arena_take(&calendar->arena, w->last - w->first + 1, 1);
	r = days && s->states ? days_judge(calendar, s, w, &reasons, days) : -ENOMEM;
	s->laid_out = r == 0;
	for (uint64_t day = w->first; day <= w->end && r == 0; day++) {
		const struct day *d = &days[day - w->first];

		if (day <= w->last)
			s->states[day - w->first] = (uint8_t)(tells(s, d) ? d->state : DAY_ABSENT);
		if (tells(s, d))
			r = write_day(db, s, day, d->state, d);
	}
	return r;
}

/* ---- what is not there at all ---- */

static bool
kind_is_there(const struct calendar *calendar, uint32_t evidence, const char *kind)
{
	for (size_t i = 0; i < calendar->series.n; i++) {
		const struct series *s = &calendar->series.at[i];

		if (s->evidence == evidence && s->live && !strcmp(s->kind, kind))
			return true;
	}
	return false;
}

/* A kind that was looked for and of which there is no log, in a line of its own called after its artefact. */
static int
write_missing(const struct calendar *calendar, struct case_db *db, const struct sought *sought)
{
	const struct window *w = calendar_window(calendar, sought->evidence);
	const struct series series = { .evidence = sought->evidence, .kind = sought->kind, .folder = sought->artifact };
	const struct day none = { .reason = "no log of this kind was found, apart from deleted ones" };
	int r = 0;

	if (!w || habit_of(sought->kind)->undated || kind_is_there(calendar, sought->evidence, sought->kind))
		return 0;
	for (uint64_t day = w->first; day <= w->last && r == 0; day++)
		r = write_day(db, &series, day, DAY_ABSENT, &none);
	return r;
}

static bool
is_noted(const struct calendar *calendar, const struct needed *needed)
{
	for (size_t i = 0; i < calendar->needed.n; i++) {
		const struct needed *n = &calendar->needed.at[i];

		if (n->evidence == needed->evidence && !strcmp(n->kind, needed->kind) &&
		    !strcasecmp(n->name, needed->name))
			return true;
	}
	return false;
}

/* Notes each kind/NAME among the days that a question needs. */
static int
take_question(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct calendar *calendar = state;
	struct view days = row_value(n, names, values, "days"), word;

	(void)is_number;
	while (next_word(&days, &word)) {
		const uint8_t *slash = memchr(word.p, '/', word.n);
		size_t kind = slash ? (size_t)(slash - word.p) : 0;
		struct needed *slot, needed = {
			.evidence = (uint32_t)view_number(row_value(n, names, values, "evidence")),
			.kind = arena_copy(&calendar->arena, view_of(word.p, kind)),
			.name = arena_copy(&calendar->arena, view_from(word, slash ? kind + 1 : word.n)),
			.question = arena_copy(&calendar->arena, row_value(n, names, values, "question")),
		};

		if (!needed.kind || !needed.name || !needed.question)
			return -ENOMEM;
		if (!slash || is_noted(calendar, &needed))
			continue;
		slot = vector_push(&calendar->needed);
		if (!slot)
			return -ENOMEM;
		*slot = needed;
	}
	return 0;
}

/* Of a kind that is there, a folder that is not: where all of the kind is gone, that has been said. */
static int
write_needed(const struct calendar *calendar, struct case_db *db, const struct needed *needed)
{
	const struct window *w = calendar_window(calendar, needed->evidence);
	const struct series series = { .evidence = needed->evidence, .kind = needed->kind, .folder = needed->name };
	char reason[160];
	const struct day none = { .reason = reason };
	int r = 0;

	if (!w || !kind_is_there(calendar, needed->evidence, needed->kind))
		return 0;
	for (size_t i = 0; i < calendar->series.n; i++) {
		const struct series *s = &calendar->series.at[i];

		if (s->evidence == needed->evidence && s->live && !strcmp(s->kind, needed->kind) &&
		    series_is_named(s, view_text(needed->name)))
			return 0;
	}
	snprintf(reason, sizeof(reason), "no folder of this name has such logs, apart from deleted ones; needed for %s",
		 needed->question);
	for (uint64_t day = w->first; day <= w->last && r == 0; day++)
		r = write_day(db, &series, day, DAY_ABSENT, &none);
	return r;
}

/* More folders than are laid out: an image can be made to have any number of them. */
static int
write_rest(struct case_db *db, const struct series *s, const struct window *w)
{
	const struct day one = { .reason =
					 "not laid out by day: there are more folders of logs than that is done for" };

	return write_day(db, s, w->first, DAY_UNREADABLE, &one);
}

int
calendar_make(struct calendar *calendar, struct case_db *db)
{
	uint32_t evidence = 0, folders = 0;
	int r = load_windows(calendar, db);

	if (r == 0)
		r = series_load(calendar, db);
	for (size_t i = 0; i < calendar->series.n && r == 0; i++) {
		struct series *s = &calendar->series.at[i];
		const struct window *w = calendar_window(calendar, s->evidence);

		if (!w || w->last < w->first || habit_of(s->kind)->undated)
			continue;
		folders = s->evidence == evidence ? folders + 1 : 1;
		evidence = s->evidence;
		r = folders <= CALENDAR_FOLDERS_MAX ? lay_out(calendar, db, s, w) : write_rest(db, s, w);
	}
	for (size_t i = 0; i < calendar->sought.n && r == 0; i++)
		r = write_missing(calendar, db, &calendar->sought.at[i]);
	if (r == 0)
		r = case_ask(db, &(struct question){ .view = "v_questions" }, take_question, calendar);
	for (size_t i = 0; i < calendar->needed.n && r == 0; i++)
		r = write_needed(calendar, db, &calendar->needed.at[i]);
	return r;
}

void
calendar_free(struct calendar *calendar)
{
	vector_free(&calendar->windows);
	vector_free(&calendar->logs);
	vector_free(&calendar->days);
	vector_free(&calendar->births);
	vector_free(&calendar->sought);
	vector_free(&calendar->needed);
	vector_free(&calendar->series);
	arena_free(&calendar->arena);
}
