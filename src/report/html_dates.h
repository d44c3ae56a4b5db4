/* html_dates.h - the days that everybody knows, numbered: over the lanes of the timeline, and as a list below it. */
#ifndef HTML_DATES_H
#define HTML_DATES_H

#include "html.h"

enum {
	FLAG = 17, /* of a row of numbers above the lanes */
	FLAG_ROWS = 3,
	FLAGS_HEIGHT = FLAG_ROWS * FLAG + 6,
};

/* A day that everybody knows. */
struct date {
	int64_t day;
	unsigned number; /* the same for all of one day */
	struct text title, cve, source;
};

struct dates {
	VECTOR(struct date) list;
	const struct axis *axis;
};

/* Those within the axis of the page. */
void find_dates(struct page *p, struct dates *dates);
void dates_free(struct dates *dates);

/* A number for each day, and a line from it to the bottom of the picture. */
void put_flags(struct page *p, const struct dates *dates, int bottom);
/* What they are. */
void put_dates(struct page *p, const struct dates *dates);

#endif
