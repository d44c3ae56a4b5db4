/* logslot_words.c - one record of a log in a few words: who, and what was asked and answered. */
#include <errno.h>

#include "logslot.h"

enum {
	PART_MAX = 240,    /* bytes of one value; the whole record stands beside it */
	FIELDS_MAX = 8192, /* bytes of a record whose fields are kept */
};

/* What the kinds call it; the first that the record has. */
static const char *const addresses[] = {
	"c-ip", "ClientIpAddress", "ClientIP", "client-ip", "original-client-ip", "remote-endpoint", NULL,
};
static const char *const accounts[] = { "cs-username", "AuthenticatedUser", "UserId", "USID", "sender-address", NULL };
static const char *const methods[] = {
	"cs-method",   "Method",   "SoapAction", "Cmdlet",     "CMD",   "Operation",
	"RequestType", "event-id", "EventId",    "recordType", "Level", NULL,
};
static const char *const stems[] = {
	"cs-uri-stem",       "UrlStem", "cs-uri",  "URL",       "Parameters", "ObjectId",
	"recipient-address", "Message", "message", "EventData", "Data",       NULL,
};
static const char *const queries[] = { "cs-uri-query", "UrlQuery", NULL };
static const char *const anchors[] = { "AnchorMailbox", NULL };
static const char *const answers[] = {
	"sc-status", "HttpStatus", "HttpStatusCode", "ResultStatus", "ExecutionResult", "recipient-status", NULL,
};

static struct view
value_of(const struct log_line *line, const char *const *names)
{
	for (; *names; names++) {
		struct view v = log_value(line, *names);

		if (v.n)
			return v;
	}
	return view_of(NULL, 0);
}

static int
add(struct text *t, const char *before, struct view value)
{
	int r = value.n && t->n ? text_adds(t, before) : 0;

	return r == 0 ? text_add_some(t, value, PART_MAX) : r;
}

static int
compose(const struct log_line *line, struct text *subject, struct text *summary)
{
	struct view address = value_of(line, addresses);
	int r = add(subject, "", address.n ? address : value_of(line, accounts));

	if (r == 0)
		r = add(summary, "", value_of(line, methods));
	if (r == 0)
		r = add(summary, " ", value_of(line, stems));
	if (r == 0)
		r = add(summary, "?", value_of(line, queries));
	if (r == 0)
		r = add(summary, " for ", value_of(line, anchors));
	return r < 0 ? r : add(summary, " ", value_of(line, answers));
}

int
logslot_words(struct arena *arena, const struct log_line *line, struct view *ret_subject, struct view *ret_summary)
{
	CLEANUP(text_free) struct text subject = { 0 };
	CLEANUP(text_free) struct text summary = { 0 };
	const char *who = NULL, *what = NULL;

	if (compose(line, &subject, &summary) == 0) {
		who = arena_copy(arena, text_view(&subject));
		what = arena_copy(arena, text_view(&summary));
	}
	if (!who || !what)
		return -ENOMEM;
	*ret_subject = view_of(who, subject.n);
	*ret_summary = view_of(what, summary.n);
	return 0;
}

int
fields_keep(struct arena *arena, const struct fields *fields, struct view *ret_fields)
{
	CLEANUP(text_free) struct text json = { 0 };
	const char *copy;

	*ret_fields = view_of(NULL, 0);
	if (fields->raw.n > FIELDS_MAX)
		return 0;
	copy = fields_add_json(&json, fields) == 0 ? arena_copy(arena, text_view(&json)) : NULL;
	*ret_fields = view_of(copy, json.n);
	return copy ? 0 : -ENOMEM;
}

int
logslot_fields(struct arena *arena, const struct log_line *line, struct view *ret_fields)
{
	*ret_fields = view_of(NULL, 0);
	return line->split ? fields_keep(arena, &line->fields, ret_fields) : 0;
}
