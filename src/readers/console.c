/*
 * console.c - what was typed in PowerShell: the history that PSReadLine keeps, and transcripts with what was answered.
 *
 * The history has commands and no times: the last ones are put at the time at which the file was last written, before
 * which all of them were typed. A transcript tells times by the server's own clock without its zone; where the file was
 * born in the minute in which the session began, the zone follows from that, and its commands say so.
 */
#include <errno.h>
#include <inttypes.h>

#include "artefact_own.h"
#include "filetime.h"

enum {
	CONSOLE_BYTES_MAX = 64 << 20,
	COMMAND_MAX = 64 << 10, /* bytes of a command over several lines */
	HISTORY_TOLD = 200,     /* commands of a history that become events; the rest is asked all the same */
	STARS = 10,             /* that begin a line between the parts of a transcript */
	STAMP = 14,             /* digits: yyyyMMddHHmmss */
	ZONE_STEP = 15 * 60,    /* seconds; zones lie at multiples of this */
	ZONE_MAX = 14 * 3600,
	BIRTH_LATE = 120,       /* seconds between the start of a session and the birth of its transcript */
};

static const char *const fields[] = { "Message", "Command", "User", "HostApplication", "Machine", "StartTime", NULL };

static const struct sigma_source source = {
	.title = "PowerShell commands",
	.product = "windows",
	.service = "powershell",
	.fields = fields,
};

struct console {
	struct artefact_reading *reading;
	struct artefact_lines lines;
	struct gathered gathered;   /* of the line in hand */
	struct text user, host, machine, command;
	uint64_t local;             /* the clock of the session as last told */
	int64_t zone;               /* seconds to take from it for UTC */
	bool zoned, in_header, answered;
	uint64_t number, count;     /* of the command in hand, and how many there are */
};

static bool
begins(struct view line, const char *with)
{
	size_t n = strlen(with);

	return line.n >= n && !strncasecmp((const char *)line.p, with, n);
}

static int
set(struct text *t, struct view value)
{
	if (t->s)
		text_cut(t, 0);
	return text_add(t, value);
}

static uint64_t
utc_of(const struct console *c)
{
	if (!c->zoned || !c->local)
		return 0;
	return (uint64_t)((int64_t)c->local - c->zone * FILETIME_SECOND);
}

/* One line, or one command, to whoever asks rules of it; what: a word for a person, NULL for what is no event. */
static int
tell(struct console *c, struct view text, const char *what, uint64_t when, bool filed, uint64_t offset, uint64_t length)
{
	struct gathered *g = &c->gathered;
	CLEANUP(text_free) struct text summary = { 0 };
	int r = gathered_add(g, "Message", text);

	if (r == 0 && what)
		r = gathered_add(g, "Command", text);
	if (r == 0)
		r = gathered_add(g, "User", text_view(&c->user));
	if (r == 0)
		r = gathered_add(g, "HostApplication", text_view(&c->host));
	if (r == 0)
		r = gathered_add(g, "Machine", text_view(&c->machine));
	if (r == 0)
		r = text_printf(&summary, "%s", what ? what : "");
	if (r == 0)
		r = text_add(&summary, text);
	if (r == 0 && when && !filed)
		r = text_printf(&summary, " (the server's clock, taken for UTC%c%02d:%02d by the birth of the file)",
				c->zone < 0 ? '-' : '+', (int)(llabs(c->zone) / 3600), (int)(llabs(c->zone) / 60 % 60));
	if (r == 0)
		r = artefact_state(c->reading, &(struct artefact_record){ .when = what ? when : 0,
									  .local = c->local,
									  .filed = filed,
									  .offset = offset,
									  .length = length,
									  .subject = text_view(&c->user),
									  .summary = text_view(&summary),
									  .fields = gathered_fields(g) });
	gathered_clear(g);
	return r;
}

/* ---- transcripts ---- */

static bool
is_stars(struct view line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] != '*')
			return false;
	return line.n >= STARS;
}

/* `... : yyyyMMddHHmmss` whatever the language says before it; 0 where there is none. */
static uint64_t
stamp_of(struct view line)
{
	char text[] = "yyyy-MM-ddTHH:mm:ss";
	static const uint8_t places[STAMP] = { 0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18 };
	uint64_t when;

	line = artefact_trim(line);
	if (line.n < STAMP + 2 || line.p[line.n - STAMP - 1] != ' ' || !memchr(line.p, ':', line.n - STAMP))
		return 0;
	for (size_t i = 0; i < STAMP; i++) {
		uint8_t digit = line.p[line.n - STAMP + i];

		if (digit < '0' || digit > '9')
			return 0;
		text[places[i]] = (char)digit;
	}
	return filetime_parse(view_text(text), &when) == 0 ? when : 0;
}

/* The zone of the clock by which the session began, where the transcript was born with it. */
static void
learn_zone(struct console *c)
{
	uint64_t born = c->reading->place.born;
	int64_t apart = born ? ((int64_t)c->local - (int64_t)born) / FILETIME_SECOND : INT64_MAX;
	int64_t zone;

	if (!born || llabs(apart) > ZONE_MAX + BIRTH_LATE)
		return;
	zone = (apart + BIRTH_LATE + 10 * ZONE_MAX) / ZONE_STEP * ZONE_STEP - 10 * ZONE_MAX;
	c->zoned = apart - zone <= 0 && apart - zone >= -BIRTH_LATE;
	c->zone = zone;
}

static struct view
value_of(struct view line)
{
	const uint8_t *colon = memchr(line.p, ':', line.n);

	return colon ? artefact_trim(view_from(line, (size_t)(colon - line.p) + 1)) : view_of(NULL, 0);
}

static int
take_header(struct console *c, struct view line)
{
	uint64_t stamp = stamp_of(line);
	int r = 0;

	if (stamp) {
		c->local = stamp;
		if (!c->zoned && !c->answered)
			learn_zone(c);
	}
	if (begins(line, "Username:") || (begins(line, "RunAs User:") && !c->user.n))
		r = set(&c->user, value_of(line));
	else if (begins(line, "Host Application:"))
		r = set(&c->host, value_of(line));
	else if (begins(line, "Machine:"))
		r = set(&c->machine, value_of(line));
	return r;
}

/* The header is over: a session has begun, or a command has the time that was told. */
static int
end_header(struct console *c, uint64_t offset, uint64_t length)
{
	uint64_t when = utc_of(c);

	if (c->answered || (!c->user.n && !c->host.n))
		return 0;
	c->answered = true;
	return tell(c, c->host.n ? text_view(&c->host) : text_view(&c->machine), "a session is written down: ",
		    when ? when : c->reading->place.born, !when, offset, length);
}

/* `PS C:\>command`, as the prompt of the shell is unless somebody has changed it. */
static struct view
command_of(struct view line)
{
	const uint8_t *end = begins(line, "PS ") || begins(line, "[PS] ") ? memchr(line.p, '>', line.n) : NULL;

	while (end && end + 1 < line.p + line.n && end[1] == '>')
		end++;
	return end ? artefact_trim(view_from(line, (size_t)(end - line.p) + 1)) : view_of(NULL, 0);
}

static int
take_line(struct console *c)
{
	struct view line = c->lines.line, command;
	uint64_t when = utc_of(c);

	if (is_stars(line)) {
		c->in_header = !c->in_header;
		return c->in_header ? 0 : end_header(c, c->lines.offset, c->lines.length);
	}
	if (c->in_header) {
		int r = take_header(c, line);

		return r < 0 ? r : tell(c, line, NULL, 0, false, c->lines.offset, c->lines.length);
	}
	command = command_of(line);
	if (!command.n)
		return line.n ? tell(c, line, NULL, 0, false, c->lines.offset, c->lines.length) : 0;
	return tell(c, command, "typed: ", when ? when : c->reading->place.born, !when, c->lines.offset, c->lines.length);
}

static int
read_transcript(struct console *c)
{
	int r = 0;

	while (r == 0 && (r = artefact_line(&c->lines)) > 0)
		r = take_line(c);
	return r;
}

/* ---- the history ---- */

/* PSReadLine ends each line but the last of a command with a backtick. */
static int
next_command(struct console *c, uint64_t *ret_offset, uint64_t *ret_length)
{
	bool more = true, any = false;
	int r = 1;

	if (c->command.s)
		text_cut(&c->command, 0);
	while (more && (r = artefact_line(&c->lines)) > 0) {
		struct view line = c->lines.line;

		if (!any)
			*ret_offset = c->lines.offset;
		*ret_length = c->lines.offset + c->lines.length - *ret_offset;
		more = line.n && line.p[line.n - 1] == '`' && c->command.n < COMMAND_MAX;
		r = text_addc(&c->command, any ? '\n' : ' ');
		if (r == 0)
			r = text_add(&c->command, view_part(line, 0, line.n - more));
		any = true;
		if (r < 0)
			return r;
	}
	return r < 0 ? r : any;
}

static int
read_history(struct console *c)
{
	uint64_t offset = 0, length = 0;
	int r;

	while ((r = next_command(c, &offset, &length)) > 0)
		c->count++;
	c->lines.begun = false;
	c->lines.next = 0;
	while (r == 0 && (r = next_command(c, &offset, &length)) > 0) {
		struct view command = artefact_trim(text_view(&c->command));
		bool told = c->count - ++c->number < HISTORY_TOLD;

		r = command.n ? tell(c, command, told ? "typed, by then: " : NULL, c->reading->place.modified, true, offset, length)
			      : 0;
	}
	return r;
}

static int
console_read(struct artefact_reading *reading)
{
	CLEANUP(free) uint8_t *bytes = NULL;
	struct console c = { .reading = reading };
	int r = reading->src->size ? artefact_bytes(reading, &bytes, &c.lines.bytes) : 0;

	if (r == 0)
		r = artefact_line(&c.lines);
	c.lines.begun = false;
	c.lines.next = 0;
	if (r > 0)
		r = is_stars(c.lines.line) ? read_transcript(&c) : read_history(&c);
	artefact_lines_free(&c.lines);
	gathered_clear(&c.gathered);
	text_free(&c.user);
	text_free(&c.host);
	text_free(&c.machine);
	text_free(&c.command);
	return r;
}

const struct artefact_kind artefact_console = {
	.log = { .name = "console", .title = "PowerShell commands", .event = "powershell.command", .source = &source },
	.longest = CONSOLE_BYTES_MAX,
	.read = console_read,
};
