/* calendar.c - which days the logs of a host cover, as a person reads it: a month a line, a day a sign. */
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "report.h"

enum {
	DAYS = 31,
	NOTES_MAX = 12, /* stretches that are explained below a folder */
};

static const struct sign {
	const char *state;
	char sign;
	const char *meaning;
} signs[] = {
	{ "present", '#', "lines, read wholly" },
	{ "empty", '0', "a log is there and has no lines" },
	{ "partly", '%', "something of the day was not read, or is gone" },
	{ "unreadable", '!', "there, and not read" },
	{ "hole", 'O', "no log, between days that have some" },
	{ "quiet", ':', "no log, of a kind that writes only now and then" },
	{ "absent", '.', "no log, and nothing explains that" },
	{ "rotated", '<', "no log: deleted by Exchange itself, by age or size" },
	{ "before-install", '-', "not installed yet" },
	{ "after-end", '~', "behind the host's last sign of life" },
};

enum { SIGNS = sizeof(signs) / sizeof(signs[0]) };

struct sheet {
	FILE *out;
	struct text evidence, source, folder, volume; /* of the line that is being filled */
	char month[8];                                /* "2021-03", "" for none */
	char days[DAYS + 1];
	struct text reason, reason_state; /* of the stretch that is being gone through */
	char from[11], to[11];
	uint64_t stretches;
	struct text notes; /* of the folder, to stand below it */
	bool used[SIGNS];
	bool any;
};

static int
put(struct sheet *s, const struct text *t)
{
	if (t->n && fwrite(t->s, 1, t->n, s->out) != t->n)
		return fail(errno ? errno : EIO, "the calendar cannot be written: %s", strerror(errno));
	return 0;
}

/* ---- lines ---- */

static int
put_month(struct sheet *s)
{
	CLEANUP(text_free) struct text line = { 0 };
	size_t n = DAYS;

	if (!s->month[0] || !s->volume.n) {
		s->month[0] = 0;
		return 0;
	}
	while (n && s->days[n - 1] == ' ')
		n--;
	if (text_printf(&line, "  %s  %.*s\n", s->month, (int)n, s->days) < 0)
		return -ENOMEM;
	s->month[0] = 0;
	return put(s, &line);
}

/* A stretch of days with one reason goes into the notes. */
static int
end_stretch(struct sheet *s)
{
	CLEANUP(text_free) struct text words = { 0 };
	bool one = !strcmp(s->from, s->to);
	int r = 0;

	if (s->reason.n && s->from[0] && strcmp(s->reason_state.s, "present") && strcmp(s->reason_state.s, "empty") &&
	    s->stretches++ < NOTES_MAX)
		r = text_add_escaped(&words, text_view(&s->reason));
	if (r == 0 && words.n)
		r = text_printf(&s->notes, "    %s%s%s %s: %s\n", s->from, one ? "" : " to ", one ? "" : s->to,
				s->reason_state.s, words.s);
	s->from[0] = 0;
	text_cut(&s->reason, 0);
	text_cut(&s->reason_state, 0);
	return r;
}

static int
end_folder(struct sheet *s)
{
	int r = put_month(s);

	if (r == 0)
		r = end_stretch(s);
	if (r == 0 && s->stretches > NOTES_MAX)
		r = text_printf(&s->notes, "    ... %" PRIu64 " in all: with --json, a reason for each day\n",
				s->stretches);
	if (r == 0)
		r = put(s, &s->notes);
	s->stretches = 0;
	text_cut(&s->notes, 0);
	return r;
}

/* `1: httpproxy /Program Files/.../HttpProxy/Ecp`, and the tens of the days above the signs. */
static int
begin_folder(struct sheet *s)
{
	static const char ruler[] = "1        10        20        30";
	CLEANUP(text_free) struct text line = { 0 };
	bool nowhere =
		!s->volume.n; /* a kind of which there is no log: called after its artefact, and told in one line */
	int r = text_printf(&line, "%s%s: ", s->any ? "\n" : "", s->evidence.s);

	if (r == 0)
		r = text_add_escaped(&line, text_view(&s->source));
	if (r == 0)
		r = text_adds(&line, s->volume.n ? " /" : " ");
	if (r == 0)
		r = text_add_escaped(&line, text_view(&s->folder));
	if (r == 0)
		r = nowhere ? text_adds(&line, "\n") : text_printf(&line, "\n           %s\n", ruler);
	s->any = true;
	return r < 0 ? r : put(s, &line);
}

/* ---- rows ---- */

/* Whether the text is this one already; else it becomes it. */
static int
differs(struct text *t, struct view now, bool *ret_differs)
{
	if (t->s && view_equal(text_view(t), now))
		return 0;
	*ret_differs = true;
	text_cut(t, 0);
	return text_adds(t, "") < 0 ? -ENOMEM : text_add(t, now);
}

static int
note_day(struct sheet *s, const char *day, struct view state, struct view reason)
{
	int r = 0;

	if (s->from[0] && view_equal(text_view(&s->reason), reason) && view_equal(text_view(&s->reason_state), state)) {
		memcpy(s->to, day, sizeof(s->to));
		return 0;
	}
	r = end_stretch(s);
	if (r == 0)
		r = text_add(&s->reason, reason);
	if (r == 0)
		r = text_add_escaped(&s->reason_state, state);
	memcpy(s->from, day, sizeof(s->from));
	memcpy(s->to, day, sizeof(s->to));
	return r;
}

static char
sign_of(struct sheet *s, struct view state)
{
	for (size_t i = 0; i < SIGNS; i++)
		if (view_equal(state, view_text(signs[i].state))) {
			s->used[i] = true;
			return signs[i].sign;
		}
	return '?';
}

static int
take_day(struct sheet *s, const char day[static 11], struct view state, struct view reason)
{
	uint64_t number = view_number(view_text(day + 8));
	int r = 0;

	if (strncmp(s->month, day, 7)) {
		r = put_month(s);
		snprintf(s->month, sizeof(s->month), "%.7s", day);
		memset(s->days, ' ', DAYS);
	}
	if (number >= 1 && number <= DAYS)
		s->days[number - 1] = sign_of(s, state);
	return r < 0 ? r : note_day(s, day, state, reason);
}

static int
take_row(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct sheet *s = state;
	struct view day = row_value(n, names, values, "day");
	const struct {
		struct text *text;
		const char *name;
	} places[] = {
		{ &s->evidence, "evidence" },
		{ &s->source, "source" },
		{ &s->folder, "folder" },
		{ &s->volume, "volume" },
	};
	bool other = !s->any;
	char text[11] = "";
	int r = 0;

	(void)is_number;
	if (day.n != 10)
		return 0;
	memcpy(text, day.p, 10);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (!places[i].text->s ||
		    !view_equal(text_view(places[i].text), row_value(n, names, values, places[i].name)))
			other = true;
	if (other && s->any)
		r = end_folder(s);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && r == 0; i++)
		r = differs(places[i].text, row_value(n, names, values, places[i].name), &other);
	if (other && r == 0)
		r = begin_folder(s);
	if (r == 0)
		r = take_day(s, text, row_value(n, names, values, "state"), row_value(n, names, values, "reason"));
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for a calendar") : r;
}

static int
put_legend(struct sheet *s)
{
	int r = s->any ? 0 : fprintf(s->out, "no folder of logs was looked for\n");

	if (s->any && r >= 0)
		r = fputc('\n', s->out);
	for (size_t i = 0; i < SIGNS && r >= 0; i++)
		if (s->used[i])
			r = fprintf(s->out, "%c  %-14s  %s\n", signs[i].sign, signs[i].state, signs[i].meaning);
	return r < 0 ? fail(errno ? errno : EIO, "the calendar cannot be written: %s", strerror(errno)) : 0;
}

int
report_calendar(struct case_db *db, const struct question *question, FILE *out)
{
	struct sheet s = { .out = out };
	struct question asked = *question;
	int r;

	asked.view = "v_calendar";
	r = case_ask(db, &asked, take_row, &s);
	if (r == 0)
		r = end_folder(&s);
	if (r == 0)
		r = put_legend(&s);
	text_free(&s.evidence);
	text_free(&s.source);
	text_free(&s.folder);
	text_free(&s.volume);
	text_free(&s.reason);
	text_free(&s.reason_state);
	text_free(&s.notes);
	return r;
}
