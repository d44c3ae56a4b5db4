/* wallclock.c - times of a log that says no zone, and what they are by the zone that its server was set to. */
#include "wallclock.h"

#include "filetime.h"

/* As ISO 8601 without a zone. */
static int
add_local(struct text *t, uint64_t local)
{
	char text[FILETIME_TEXT];
	size_t n = strlen(filetime_text(local, text));

	return text_add(t, view_of(text, n && text[n - 1] == 'Z' ? n - 1 : n));
}

static int
add_instant(struct text *t, const struct zone *zone, uint64_t local)
{
	char text[FILETIME_TEXT];
	uint64_t utc = 0;
	int fits = zone_to_utc(zone, local, &utc);

	if (!fits)
		return text_adds(t, "a time that this clock never showed");
	return text_printf(t, "%s%s", filetime_text(utc, text), fits == 2 ? " (or, as it showed this twice, later)" : "");
}

int
wallclock_words(const struct zone *zone, uint64_t first, uint64_t last, struct text *ret)
{
	int r = text_adds(ret, " from ");

	if (r == 0)
		r = add_local(ret, first);
	if (r == 0)
		r = text_adds(ret, " to ");
	if (r == 0)
		r = add_local(ret, last);
	if (r == 0)
		r = text_adds(ret, " by the log's own clock, whose zone it does not tell");
	if (r < 0 || !zone)
		return r;
	r = text_adds(ret, " (by the zone that the server was last set to, ");
	if (r == 0)
		r = text_printf(ret, "%s: from ", zone->name[0] ? zone->name : "which has no name");
	if (r == 0)
		r = add_instant(ret, zone, first);
	if (r == 0)
		r = text_adds(ret, " to ");
	if (r == 0)
		r = add_instant(ret, zone, last);
	return r < 0 ? r : text_addc(ret, ')');
}
