/*
 * msert.c - what the Microsoft Safety Scanner and the mitigation tool that runs it (EOMT) wrote down: a line is a
 * record. Their clocks are the server's own, and the log does not tell its zone: such times are local, never UTC.
 */
#include <stdio.h>

#include "filetime.h"
#include "log_own.h"

static const char *const fields[] = { "Message", "Name", "Value", NULL };

static const struct sigma_source scanner = {
	.title = "Safety Scanner logs",
	.product = "windows",
	.service = "msert",
	.fields = fields,
	.columns = true,
};

static const struct sigma_source tool = {
	.title = "EOMT logs",
	.product = "exchange",
	.service = "eomt",
	.fields = fields,
	.columns = true,
};

/* `Tue Mar  9 05:12:44 2021`, as C's asctime writes it. */
static uint64_t
asctime_of(struct view v)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char text[26], stamp[32];
	const char *month = NULL;
	uint64_t when;

	if (v.n < 24)
		return 0;
	memcpy(text, v.p, 24);
	text[24] = '\0';
	for (const char *m = months; *m && !month; m += 3)
		month = !memcmp(text + 4, m, 3) ? m : NULL;
	if (!month)
		return 0;
	snprintf(stamp, sizeof(stamp), "%.4s-%02u-%c%cT%.8s", text + 20, (unsigned)((month - months) / 3 + 1),
		 text[8] == ' ' ? '0' : text[8], text[9], text + 11);
	return filetime_parse(view_text(stamp), &when) == 0 ? when : 0;
}

/* `2021-03-16 10:20:30`, the separators of the date being - or /. */
static uint64_t
stamp_of(struct view v)
{
	char text[20];
	uint64_t when;

	if (v.n < 19)
		return 0;
	memcpy(text, v.p, 19);
	text[19] = '\0';
	if (text[4] == '/' && text[7] == '/')
		text[4] = text[7] = '-';
	return filetime_parse(view_text(text), &when) == 0 ? when : 0;
}

/* Where a line names a time: behind "Started On " and "Finished On ", or at its start. */
static uint64_t
time_of(struct view line)
{
	const uint8_t *on = memmem(line.p, line.n, "ed On ", 6);

	return on ? asctime_of(view_from(line, (size_t)(on - line.p) + 6)) : stamp_of(line);
}

/* A line of text; `Return code: 0 (0x0)` is a name and a value, too. */
static bool
take(struct view line, struct log_text *text)
{
	const uint8_t *colon = memmem(line.p, line.n, ": ", 2);
	size_t n = colon ? (size_t)(colon - line.p) : 0;

	text->local = time_of(line);
	if (!text->fields)
		return true;
	log_fields_add(text->fields, view_text("Message"), line);
	if (n) {
		log_fields_add(text->fields, view_text("Name"), view_part(line, 0, n));
		log_fields_add(text->fields, view_text("Value"), view_from(line, n + 2));
	}
	return true;
}

static const struct log_format format = {
	.take = take,
};

const struct log_kind log_msert = {
	.name = "msert",
	.title = "Safety Scanner logs",
	.event = "msert.line",
	.source = &scanner,
	.format = &format,
};

const struct log_kind log_eomt = {
	.name = "eomt",
	.title = "EOMT logs",
	.event = "eomt.line",
	.source = &tool,
	.format = &format,
};
