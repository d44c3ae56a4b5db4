/* html_calendar.h - the days of all logs as stretches in one state: for the calendar, and for the gaps in the timeline.
 */
#ifndef HTML_CALENDAR_H
#define HTML_CALENDAR_H

#include "html.h"

enum day_state {
	DAY_PRESENT,
	DAY_EMPTY,
	DAY_PARTLY,
	DAY_UNREADABLE,
	DAY_HOLE,
	DAY_QUIET,
	DAY_ABSENT,
	DAY_ROTATED,
	DAY_BEFORE,
	DAY_AFTER,
	DAY_STATES
};

struct stretch {
	uint64_t evidence, place, volume; /* place counts the folders of logs */
	bool nowhere;                     /* a kind of which there is no log at all */
	enum day_state state;
	int64_t from, to; /* days since 1601, the last included */
	struct text source, folder, reason;
};

struct days {
	VECTOR(struct stretch) stretches;
	uint64_t places;
};

void days_load(struct page *p, struct days *days);
void days_free_at(struct days *days);

#endif
