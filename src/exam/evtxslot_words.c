/* evtxslot_words.c - one event in a few words: who it is about, which event it is, and what it says. */
#include "evtxslot.h"

#include <errno.h>
#include <inttypes.h>
#include <strings.h>

enum {
	PART_MAX = 240,  /* bytes of one value; the whole record stands beside it */
	VALUES_MAX = 8,  /* that are told where no name says which of them matter */
};

/* Where the record says who, and from where; the first that the record has. */
static const char *const addresses[] = {
	"IpAddress", "SourceIp", "SourceAddress", "ClientIPAddress", "ClientAddress", "Address", NULL,
};
static const char *const accounts[] = {
	"TargetUserName", "User", "SubjectUserName", "UserName", "AccountName", "UserContext", "Detection User", NULL,
};
static const char *const domains[] = { "TargetDomainName", "", "SubjectDomainName", "", "", "", "", NULL };

/* What matters of events that have many values, in this order. */
static const char *const telling[] = {
	"CommandLine", "NewProcessName", "Image", "ParentProcessName", "ParentImage", "TargetFilename", "TargetObject",
	"Details", "ServiceName", "ImagePath", "ServiceFileName", "TaskName", "TaskContent", "Threat Name", "Path",
	"ScriptBlockText", "Payload", "HostApplication", "ObjectName", "ShareName", "RelativeTargetName", "MemberSid",
	"MemberName", "PrivilegeList", "LogonType", "DestinationIp", "DestinationPort", "QueryName", "TargetImage",
	"ImageLoaded", "PipeName", "Query", "Destination", "url", NULL,
};

/* What Windows means by an event, where a rule's title alone would not say it. */
static const struct {
	const char *channel;
	uint32_t id;
	const char *words;
} meanings[] = {
	{ "Application", 1000, "a program crashed" },
	{ "Microsoft-Windows-Sysmon/Operational", 1, "process started" },
	{ "Microsoft-Windows-Sysmon/Operational", 3, "network connection" },
	{ "Microsoft-Windows-Sysmon/Operational", 8, "thread started in another process" },
	{ "Microsoft-Windows-Sysmon/Operational", 10, "process opened by another" },
	{ "Microsoft-Windows-Sysmon/Operational", 11, "file made" },
	{ "Microsoft-Windows-Sysmon/Operational", 13, "registry value set" },
	{ "Microsoft-Windows-TaskScheduler/Operational", 106, "task registered" },
	{ "Microsoft-Windows-TaskScheduler/Operational", 140, "task changed" },
	{ "Microsoft-Windows-TaskScheduler/Operational", 141, "task deleted" },
	{ "Microsoft-Windows-TaskScheduler/Operational", 200, "task started" },
	{ "Microsoft-Windows-Windows Defender/Operational", 1116, "malware detected" },
	{ "Microsoft-Windows-Windows Defender/Operational", 1117, "malware acted upon" },
	{ "Microsoft-Windows-Windows Defender/Operational", 5001, "protection switched off" },
	{ "MSExchange Management", 1, "cmdlet ran" },
	{ "MSExchange Management", 6, "cmdlet failed" },
	{ "Security", 1102, "audit log cleared" },
	{ "Security", 4624, "logon" },
	{ "Security", 4625, "logon failed" },
	{ "Security", 4648, "logon with explicit credentials" },
	{ "Security", 4672, "logon with special privileges" },
	{ "Security", 4688, "process started" },
	{ "Security", 4697, "service installed" },
	{ "Security", 4698, "task registered" },
	{ "Security", 4720, "account made" },
	{ "Security", 4728, "member added to a global group" },
	{ "Security", 4732, "member added to a local group" },
	{ "Security", 4756, "member added to a universal group" },
	{ "Security", 5140, "share opened" },
	{ "Security", 5145, "file on a share asked for" },
	{ "System", 104, "event log cleared" },
	{ "System", 7036, "service changed state" },
	{ "System", 7045, "service installed" },
};

static const char *
meaning_of(const struct evtx_fields *fields)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].id == fields->event_id && fields->channel.n == strlen(meanings[i].channel) &&
		    !strncasecmp((const char *)fields->channel.p, meanings[i].channel, fields->channel.n))
			return meanings[i].words;
	return NULL;
}

/* Windows writes "-" for none. */
static bool
is_none(struct view v)
{
	return !v.n || (v.n == 1 && v.p[0] == '-');
}

static int
add(struct text *t, const char *before, struct view value)
{
	int r = t->n ? text_adds(t, before) : 0;

	return r == 0 ? text_add_some(t, value, PART_MAX) : r;
}

/* ---- who ---- */

static int
add_account(const struct evtx_fields *fields, struct text *t)
{
	int r = 0;

	for (size_t i = 0; accounts[i] && !t->n && r == 0; i++) {
		struct view name = evtx_value(fields, accounts[i]), domain = evtx_value(fields, domains[i]);

		if (is_none(name))
			continue;
		if (*domains[i] && !is_none(domain))
			r = add(t, "", domain);
		if (r == 0)
			r = add(t, "\\", name);
	}
	return r;
}

static int
compose_subject(const struct evtx_fields *fields, struct text *t)
{
	struct view address = view_of(NULL, 0);
	int r = add_account(fields, t);

	for (size_t i = 0; addresses[i] && is_none(address); i++)
		address = evtx_value(fields, addresses[i]);
	if (r == 0 && !is_none(address))
		r = add(t, " from ", address);
	return r < 0 || t->n ? r : add(t, "", fields->computer);
}

/* ---- what ---- */

static bool
is_telling(struct view name)
{
	for (size_t i = 0; telling[i]; i++)
		if (name.n == strlen(telling[i]) && !strncasecmp((const char *)name.p, telling[i], name.n))
			return true;
	return false;
}

/* The data begin where System ends: its last element is Security, before that Computer. */
static size_t
data_begin(const struct evtx_fields *fields)
{
	size_t begin = 0;

	for (size_t i = 0; i < fields->fields.n; i++) {
		struct view name = fields->fields.at[i].name;

		if (view_equal(name, view_text("Computer")))
			begin = i + 1;
		else if (view_equal(name, view_text("UserID")) && i == begin)
			begin = i + 1;
	}
	return begin;
}

/* Adds the values, either those that are known to tell something or the first ones: how many. */
static int
add_values(const struct evtx_fields *fields, bool known, struct text *t)
{
	int n = 0;

	for (size_t i = data_begin(fields); i < fields->fields.n && n < VALUES_MAX; i++) {
		const struct field *f = &fields->fields.at[i];

		if (is_none(f->value) || (known && !is_telling(f->name)))
			continue;
		if (add(t, n ? ", " : ": ", f->value) < 0)
			return -ENOMEM;
		n++;
	}
	return n;
}

static int
compose_summary(const struct evtx_fields *fields, bool recovered, struct text *t)
{
	const char *words = meaning_of(fields);
	int r = recovered ? text_adds(t, "[recovered]") : 0;

	if (r == 0)
		r = add(t, " ", fields->provider.n ? fields->provider : view_text("event"));
	if (r == 0)
		r = text_printf(t, " %" PRIu32 "%s%s", fields->event_id, words ? " " : "", words ? words : "");
	if (r == 0)
		r = add_values(fields, true, t);
	if (r == 0)
		r = add_values(fields, false, t);
	return r < 0 ? r : 0;
}

int
evtxslot_words(struct arena *arena, const struct evtx_fields *fields, bool recovered, struct view *ret_subject,
	       struct view *ret_summary)
{
	CLEANUP(text_free) struct text subject = { 0 };
	CLEANUP(text_free) struct text summary = { 0 };
	const char *who = NULL, *what = NULL;

	if (compose_subject(fields, &subject) == 0 && compose_summary(fields, recovered, &summary) == 0) {
		who = arena_copy(arena, text_view(&subject));
		what = arena_copy(arena, text_view(&summary));
	}
	if (!who || !what)
		return -ENOMEM;
	*ret_subject = view_of(who, subject.n);
	*ret_summary = view_of(what, summary.n);
	return 0;
}
