/* days.h - one folder of logs while its days are judged. */
#ifndef DAYS_H
#define DAYS_H

#include "calendar.h"

struct folder {
	const struct calendar *calendar;
	struct arena *arena; /* for reasons */
	const struct series *series;
	const struct window *window;
	const struct habit *habit;
	struct day *days;
	uint64_t first, last; /* days that some log of it touches, in the window or not; first 0: none */
	uint64_t bytes;       /* of the logs that are not deleted */
	uint64_t oldest_file; /* births of the folder, and of what it belongs to; 0: not known */
	uint64_t installed;
	const struct log *dateless;         /* one that was not read and does not tell its days */
	bool busy;                          /* no hour is expected to be without lines */
	bool steady;                        /* no day is expected to be without a log */
	bool open;                          /* a log that is not named for a day goes on for as long as the host runs */
	const char *reasons[2][DAY_STATES]; /* before the first day and behind the last, said once */
};

/* ---- missing.c ---- */

/* When the folder, and what writes its logs, were made. */
void folder_births(struct folder *f);

/* A day before what writes the logs was there, and any other day of which there is nothing: 0 or -ENOMEM. */
int judge_before(struct folder *f, struct day *d);
int judge_missing(struct folder *f, uint64_t day, struct day *d);

#endif
