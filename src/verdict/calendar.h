/* calendar.h - which days of the window each folder of logs covers, as far as the case can tell. */
#ifndef CALENDAR_H
#define CALENDAR_H

#include "arena.h"
#include "case.h"
#include "vector.h"

enum day_state {
	DAY_PRESENT,
	DAY_PARTLY,
	DAY_EMPTY, /* a log of this day is there and has no lines */
	DAY_QUIET, /* none is there, of a kind that only writes when there is something to write */
	DAY_ABSENT,
	DAY_HOLE,    /* none is there, between days that have some */
	DAY_ROTATED, /* none is there, and Exchange's own deletion explains it */
	DAY_UNREADABLE,
	DAY_BEFORE, /* what writes these logs was not installed yet */
	DAY_AFTER,  /* behind the host's last sign of life */
	DAY_STATES,
};

const char *day_state_name(enum day_state state); /* "present" ... */

enum calendar_limits {
	CALENDAR_DAYS_MAX = 3660,   /* of a window: ten years */
	CALENDAR_AFTER_MAX = 366,   /* days that are laid out behind the last sign of life */
	CALENDAR_FOLDERS_MAX = 512, /* of an exhibit that are laid out by day */
	CALENDAR_LOGS_MAX = 1 << 20,
	CALENDAR_LOG_DAYS_MAX = 1 << 22,
};

/* The window of an exhibit: from the day that the user or the profile says to the host's last sign of life. Days are
 * counted from 1601-01-01. */
struct window {
	uint32_t evidence;
	uint64_t first, last; /* last < first: there is no day to speak of, and reason says why */
	uint64_t end;         /* of what is laid out: up to the acquisition, where that is known */
	const char *reason;
};

/* How far a log was read. */
enum log_grade { LOG_WHOLE, LOG_PART, LOG_BAD };

struct log {
	uint32_t evidence;
	uint64_t place, number; /* volume and log as the views have them */
	const char *kind, *folder, *name;
	const char *why; /* what is missing of it */
	enum log_grade grade;
	bool deleted;
	uint64_t lines, bytes;
	uint64_t named;           /* day that its name tells, 0: none */
	int named_hour;           /* -1: none */
	uint64_t first, last;     /* days of its records, 0: none */
	uint64_t born, modified;  /* days of the file */
	size_t day_at, day_count; /* in calendar.days */
};

/* A day of a log that has lines. */
struct log_day {
	uint64_t log, day, lines, bytes;
	uint32_t hours; /* bit 0: the hour from 0:00 UTC */
};

/* When a folder was made. */
struct birth {
	uint32_t evidence;
	uint64_t place, day;
	const char *path;
};

/* A kind of log that a profile has looked for. */
struct sought {
	uint32_t evidence;
	const char *kind, *artifact;
};

/* A folder of logs without which a question cannot be answered, by its last name. */
struct needed {
	uint32_t evidence;
	const char *kind, *name, *question;
};

/* The logs of one kind in one folder. */
struct series {
	uint32_t evidence;
	uint64_t place;
	const char *kind, *folder;
	bool live;          /* one of them is not deleted */
	bool laid_out;      /* states are known */
	size_t from, count; /* in calendar.logs */
	uint8_t *states;    /* enum day_state for each day from window.first to window.last */
};

struct calendar {
	struct arena arena;
	VECTOR(struct window) windows;
	VECTOR(struct log) logs; /* by evidence, kind, folder, place, name, number */
	VECTOR(struct log_day) days;
	VECTOR(struct birth) births;
	VECTOR(struct sought) sought;
	VECTOR(struct needed) needed; /* each once, with the first question that needs it */
	VECTOR(struct series) series;
};

/* Lays out every folder of logs by day and writes that into the case: 0, or negative after fail(). */
int calendar_make(struct calendar *calendar, struct case_db *db);
void calendar_free(struct calendar *calendar);
static inline void
calendar_free_at(struct calendar *calendar)
{
	calendar_free(calendar);
}

const struct window *calendar_window(const struct calendar *calendar, uint32_t evidence);

/* The last name of its folder, and whether that is this one: without regard to case, as Windows has it. */
const char *series_name(const struct series *series);
bool series_is_named(const struct series *series, struct view name);

/* The next word of a list: false at its end. */
bool next_word(struct view *list, struct view *ret_word);

/* `2021-01-01` of a day. */
enum { DAY_TEXT = 40 };
char *day_text(uint64_t day, char text[static DAY_TEXT]);

/* ---- series.c: what the case says of logs, sorted into folders ---- */

int series_load(struct calendar *calendar, struct case_db *db);

/* ---- days.c: one folder ---- */

struct day {
	uint64_t lines, bytes;
	uint32_t hours;
	uint32_t whole, part, bad; /* logs that have something of it, by grade */
	uint32_t foreign;          /* that were read wholly and are named for another day */
	const struct log *culprit; /* the first of those that were not read wholly */
	enum day_state state;
	const char *reason;
};

/* States of the days [window->first, window->end] of a series, into the zeroed days, and reasons for them that lie in
 * the arena: 0 or -ENOMEM. */
int days_judge(const struct calendar *calendar, const struct series *series, const struct window *window,
	       struct arena *arena, struct day *days);

/* ---- retention.c: what deletes logs, and which logs are written all the time ---- */

struct habit {
	const char *kind;
	unsigned days;  /* that are kept, 0: for ever */
	uint64_t bytes; /* of a folder that are kept */
	bool steady;    /* a server that runs writes some every day */
	bool hourly;    /* a file an hour */
	bool newest;    /* a log that holds what was written last, up to a size: what came before is gone */
	bool undated;   /* notes and histories, of which nobody expects a day */
};

const struct habit *habit_of(const char *kind); /* never NULL */

#endif
