/* ecp.c - the Exchange Control Panel's own logs, Server and Activity: commands that ran and pages that asked for them.
 */
#include "log_own.h"

static const char *const fields[] = {
	"TimeStamp", "ServerName", "EventId", "EventData", "TIME", "SID",  "CMD",   "REQID", "URL", "REFERRER", "EX",
	"ACTID",     "RS",         "BLD",     "TNAME",     "TID",  "USID", "EDOID", "ACID",  "PSA", NULL,
};
static const char *const columns[] = { "TimeStamp", "ServerName", "EventId", "EventData", NULL };
static const char *const *const headers[] = { columns, NULL };

static const struct sigma_alias aliases[] = {
	{ "cs-uri-stem", "URL" },
	{ "cs-uri-query", "URL" },
	{ "cs-referer", "REFERRER" },
	{ NULL, NULL },
};

static const struct sigma_source source = {
	.title = "ECP logs",
	.product = "exchange",
	.service = "ecp",
	.fields = fields,
	.aliases = aliases,
	.columns = true,
};

static bool
is_word(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/*
 * The head of a value within EventData: a type (S, Dbl, I32, F ...), a colon, a key, '='. Keys hold dots, blanks and
 * brackets: `Dbl:MAPI.T[SERVER.guid]=3`. The length of the head, or 0; its key.
 */
static size_t
head(struct view data, struct view *ret_key)
{
	enum { TYPE_MAX = 8, KEY_MAX = 256 };
	size_t type = 0, n;

	while (type < data.n && type < TYPE_MAX && is_word(data.p[type]))
		type++;
	if (!type || type >= data.n || data.p[type] != ':')
		return 0;
	for (n = type + 1; n < data.n && n - type < KEY_MAX; n++) {
		uint8_t c = data.p[n];

		if (c == '=')
			break;
		if (!is_word(c) && !memchr(".[]-_: ", c, 7))
			return 0;
	}
	if (n >= data.n || data.p[n] != '=' || n == type + 1)
		return 0;
	*ret_key = view_of(data.p + type + 1, n - type - 1);
	return n + 1;
}

/* Behind a text in single quotes that begins at `at`, each quote within it doubled; `at` when it does not end. */
static size_t
skip_quoted(struct view data, size_t at)
{
	for (size_t i = at + 1; i < data.n; i++) {
		if (data.p[i] != '\'')
			continue;
		if (i + 1 < data.n && data.p[i + 1] == '\'')
			i++;
		else
			return i + 1;
	}
	return at;
}

/* The length of a value: to a ';' with a head behind it. One that is in single quotes (`.ExternalUrl='..'`) is no end.
 */
static size_t
value_length(struct view data)
{
	struct view key;
	bool open = false; /* a quote was seen that has no end: what follows are no quotes */

	for (size_t i = 0; i < data.n; i++) {
		if (data.p[i] == ';' && (i + 1 == data.n || head(view_from(data, i + 1), &key)))
			return i;
		if (data.p[i] == '\'' && i && data.p[i - 1] == '=' && !open) {
			size_t behind = skip_quoted(data, i);

			open = behind == i;
			i = open ? i : behind - 1;
		}
	}
	return data.n;
}

/* Adds `S:CMD=Set-OabVirtualDirectory...;S:URL=/ecp/...` as fields CMD, URL, and so on. */
static void
add_data(struct log_fields *out)
{
	struct view data = log_fields_value(out, "EventData"), key;

	while (data.n && !out->cut) {
		size_t n = head(data, &key);
		struct view value = view_from(data, n);

		value.n = value_length(value);
		if (n)
			log_fields_add(out, key, value);
		data = view_from(data, n + value.n + 1);
	}
}

static const struct log_format format = {
	.separator = ',',
	.quoted = true,
	.headers = headers,
	.inner = add_data,
};

const struct log_kind log_ecp = {
	.name = "ecp",
	.title = "ECP logs",
	.event = "ecp.command",
	.source = &source,
	.format = &format,
};
