/*
 * setup.c - ExchangeSetup.log: which version was installed when, by whom, and what it met. Times are UTC, which the log
 * itself shows: its messages name local times beside its zone. A message may go on over lines.
 *
 *	[03/13/2021 05:01:29.0411] [0] Setup version: 15.1.2176.9.
 */
#include <stdio.h>

#include "filetime.h"
#include "log_own.h"

enum { STAMP = 27 }; /* the time in its brackets and a blank */

static const char *const fields[] = { "Time", "Level", "Message", NULL };

static const struct sigma_source source = {
	.title = "Exchange setup logs",
	.product = "exchange",
	.service = "setup",
	.fields = fields,
	.columns = true,
};

/* Between month, day and year stands what the server's region has there; their order is always this. */
static bool
fits(uint8_t c, char shape)
{
	if (shape == '0')
		return c >= '0' && c <= '9';
	return shape == '/' ? c == '/' || c == '.' || c == '-' : c == (uint8_t)shape;
}

static bool
begins(struct view line)
{
	static const char shape[] = "[00/00/0000 00:00:00.0000] ";

	if (line.n < STAMP)
		return false;
	for (size_t i = 0; i < STAMP; i++)
		if (!fits(line.p[i], shape[i]))
			return false;
	return true;
}

/* [MM/dd/yyyy HH:mm:ss.ffff] */
static uint64_t
time_of(const char *stamp)
{
	char text[32];
	uint64_t when;

	snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.13s", stamp + 7, stamp + 1, stamp + 4, stamp + 12);
	return filetime_parse(view_text(text), &when) == 0 ? when : 0;
}

/* What stands behind the time: `[2] ` and the message, or the message. */
static struct view
message_of(struct view record, struct view *ret_level)
{
	struct view rest = view_from(record, STAMP);
	const uint8_t *end = rest.n && rest.p[0] == '[' ? memchr(rest.p, ']', rest.n < 8 ? rest.n : 8) : NULL;
	size_t n = end ? (size_t)(end - rest.p) : 0;

	*ret_level = n ? view_part(rest, 1, n - 1) : view_of(NULL, 0);
	rest = n ? view_from(rest, n + 1) : rest;
	return rest.n && rest.p[0] == ' ' ? view_from(rest, 1) : rest;
}

static bool
take(struct view record, struct log_text *text)
{
	struct view level, message;
	char stamp[STAMP + 1];

	if (!begins(record))
		return false;
	memcpy(stamp, record.p, STAMP);
	stamp[STAMP] = '\0';
	text->when = time_of(stamp);
	if (!text->fields)
		return true;
	message = message_of(record, &level);
	log_fields_add(text->fields, view_text("Time"), view_part(record, 1, STAMP - 3));
	log_fields_add(text->fields, view_text("Level"), level);
	log_fields_add(text->fields, view_text("Message"), message);
	return true;
}

static const char *
tells(struct view record, struct view *ret_text)
{
	static const struct {
		const char *start, *what;
	} facts[] = {
		{ "Local time zone: ", "local time zone" },
		{ "Setup version: ", "setup version" },
		{ "The locally installed version is ", "installed version" },
		{ "Logged on user: ", "user of setup" },
	};
	struct view level, message;

	if (!begins(record))
		return NULL;
	message = message_of(record, &level);
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		if (!log_starts(message, facts[i].start))
			continue;
		*ret_text = view_from(message, strlen(facts[i].start));
		if (ret_text->n && ret_text->p[ret_text->n - 1] == '.')
			ret_text->n--;
		return facts[i].what;
	}
	return NULL;
}

static const struct log_format format = {
	.begins = begins,
	.take = take,
	.tells = tells,
};

const struct log_kind log_setup = {
	.name = "setup",
	.title = "Exchange setup logs",
	.event = "setup.step",
	.source = &source,
	.format = &format,
};
