/*
 * event_lines.h - events as short lines, made into a scenario for evtx_forge: CHANNEL | PROVIDER | ID/LEVEL | DATA | ...
 * A datum is `@Name=Value`, or a value without a name. # begins a comment.
 */
#ifndef EVENT_LINES_H
#define EVENT_LINES_H

#include "text.h"

/* The next part of a line, up to " | " or its end. */
static inline struct view
event_part(struct view *line)
{
	const uint8_t *bar = memmem(line->p, line->n, " | ", 3);
	struct view part = view_part(*line, 0, bar ? (size_t)(bar - line->p) : line->n);

	*line = bar ? view_from(*line, part.n + 3) : view_of(NULL, 0);
	return part;
}

static inline int
event_text(struct text *t, struct view v)
{
	int r = 0;

	for (size_t i = 0; i < v.n && r == 0; i++) {
		const char *entity = v.p[i] == '&' ? "&amp;" : v.p[i] == '<' ? "&lt;" : v.p[i] == '>' ? "&gt;"
				   : v.p[i] == '\'' ? "&apos;" : NULL;

		r = entity ? text_adds(t, entity) : text_addc(t, (char)v.p[i]);
	}
	return r;
}

static inline int
event_datum(struct text *t, struct view v)
{
	const uint8_t *equal = v.n && v.p[0] == '@' ? memchr(v.p, '=', v.n) : NULL;
	size_t n = equal ? (size_t)(equal - v.p) : 0;
	int r = text_adds(t, n ? "<Data Name='" : "<Data>");

	if (r == 0 && n)
		r = event_text(t, view_of(v.p + 1, n - 1));
	if (r == 0 && n)
		r = text_adds(t, "'>");
	if (r == 0)
		r = event_text(t, n ? view_from(v, n + 1) : v);
	return r < 0 ? r : text_adds(t, "</Data>");
}

static inline int
event_line(struct text *t, unsigned id, struct view line)
{
	struct view channel = event_part(&line), provider = event_part(&line), number = event_part(&line);
	const uint8_t *slash = memchr(number.p, '/', number.n);
	size_t n = slash ? (size_t)(slash - number.p) : number.n;
	int r = text_printf(t, "plain %u 2021-03-03T04:05:%02uZ <Event><System><Provider Name='", id, id % 60);

	if (r == 0)
		r = event_text(t, provider);
	if (r == 0)
		r = text_printf(t, "'/><EventID>%.*s</EventID>", (int)n, (const char *)number.p);
	if (r == 0 && slash)
		r = text_printf(t, "<Level>%.*s</Level>", (int)(number.n - n - 1), (const char *)slash + 1);
	if (r == 0)
		r = text_printf(t, "<Channel>%.*s</Channel><Computer>mail01</Computer></System><EventData>", (int)channel.n,
				(const char *)channel.p);
	while (r == 0 && line.n)
		r = event_datum(t, event_part(&line));
	return r < 0 ? r : text_adds(t, "</EventData></Event>\n");
}

/* All lines: how many events that are, or negative. */
static inline int
event_lines(struct view lines, struct text *ret_scenario)
{
	unsigned id = 0;
	int r = 0;

	while (lines.n && r == 0) {
		const uint8_t *end = memchr(lines.p, '\n', lines.n);
		struct view line = view_part(lines, 0, end ? (size_t)(end - lines.p) : lines.n);

		lines = view_from(lines, line.n + (end != NULL));
		if (line.n && line.p[0] != '#')
			r = event_line(ret_scenario, ++id, line);
	}
	return r < 0 ? r : (int)id;
}

#endif
