/*
 * plain.c - texts without columns that tell what was typed or found: PowerShell's history and transcripts, Defender's
 * support log, and any other text. A line is a record.
 */
#include "filetime.h"
#include "log_own.h"

static const char *const fields[] = { "Message", NULL };

static const struct sigma_source shell = {
	.title = "PowerShell texts",
	.product = "windows",
	.service = "powershell",
	.fields = fields,
	.columns = true,
};

static const struct sigma_source defender = {
	.title = "Defender logs",
	.product = "windows",
	.service = "windefend",
	.fields = fields,
	.columns = true,
};

static const struct sigma_source any = {
	.title = "other texts",
	.product = "windows",
	.fields = fields,
	.columns = true,
};

/* `2021-03-09T05:12:44.123Z` at the start of a line, 0 where there is none. */
static uint64_t
stamp_of(struct view line)
{
	enum { SECONDS = 19 }; /* bytes to the end of the seconds */
	uint64_t when;

	return line.n > SECONDS && line.p[4] == '-' && filetime_parse(view_part(line, 0, SECONDS), &when) == 0 ? when : 0;
}

static bool
take(struct view line, struct log_text *text)
{
	if (text->fields)
		log_fields_add(text->fields, view_text("Message"), line);
	return true;
}

/* Parts of the support log are stamped by the server's own clock though they end in Z: no such time is taken as UTC. */
static bool
take_stamped(struct view line, struct log_text *text)
{
	text->local = stamp_of(line);
	return take(line, text);
}

static const struct log_format format = { .take = take };
static const struct log_format stamped = { .take = take_stamped };

const struct log_kind log_powershell = {
	.name = "powershell",
	.title = "PowerShell texts",
	.event = "powershell.line",
	.source = &shell,
	.format = &format,
};

const struct log_kind log_defender = {
	.name = "defender",
	.title = "Defender logs",
	.event = "defender.line",
	.source = &defender,
	.format = &stamped,
};

const struct log_kind log_plain = {
	.name = "text",
	.title = "other texts",
	.event = "text.line",
	.source = &any,
	.format = &format,
};
