/* keys.c - out of a record, what ties it to other records: who asked, for what, which request, session and object. */
#include "keys.h"

#include <errno.h>
#include <strings.h>


/* ---- pieces of text ---- */

static struct view
none(void)
{
	return view_of(NULL, 0);
}

/* Where a text stands in another, whatever the case: what is behind it. */
static bool
behind(struct view text, const char *what, struct view *ret_rest)
{
	size_t n = strlen(what);

	for (size_t i = 0; i + n <= text.n; i++) {
		if ((text.p[i] | 32) != (what[0] | 32) || strncasecmp((const char *)text.p + i, what, n))
			continue;
		*ret_rest = view_from(text, i + n);
		return true;
	}
	return false;
}

/* What a text begins with, up to the first of these characters. */
static struct view
until(struct view text, const char *ends)
{
	size_t n = 0;

	while (n < text.n && !strchr(ends, text.p[n] ? text.p[n] : ' '))
		n++;
	return view_of(text.p, n);
}

static bool
is_guid(struct view text)
{
	enum { GUID = 36 };

	if (text.n < GUID)
		return false;
	for (size_t i = 0; i < GUID; i++) {
		uint8_t c = text.p[i];
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? c != '-' : !strchr("0123456789abcdefABCDEF", c ? c : 'x'))
			return false;
	}
	return true;
}

/* A GUID at the beginning, in braces or quotes or not. */
static struct view
take_guid(struct view text)
{
	while (text.n && strchr("'\"{ =:", text.p[0] ? text.p[0] : 'x'))
		text = view_from(text, 1);
	return is_guid(text) ? view_part(text, 0, 36) : none();
}

/* ---- values that are a field of their own ---- */

static const struct {
	enum key key;
	const char *name;
} plain[] = {
	{ KEY_ADDRESS, "c-ip" },
	{ KEY_ADDRESS, "ClientIpAddress" },
	{ KEY_ADDRESS, "ClientIP" },
	{ KEY_ADDRESS, "client-ip" },
	{ KEY_ADDRESS, "IpAddress" },
	{ KEY_METHOD, "cs-method" },
	{ KEY_METHOD, "Method" },
	{ KEY_METHOD, "SoapAction" },
	{ KEY_STATUS, "sc-status" },
	{ KEY_STATUS, "HttpStatus" },
	{ KEY_STATUS, "HttpStatusCode" },
	{ KEY_PAGE, "cs-uri-stem" },
	{ KEY_PAGE, "cs-uri" },
	{ KEY_PAGE, "UrlStem" },
	{ KEY_PAGE, "VirtualPath" },
	{ KEY_COMMAND, "Cmdlet" },
	{ KEY_COMMAND, "Operation" },
	{ KEY_FILE, "TargetFilename" },
	{ KEY_FILE, "ObjectName" },
	{ KEY_FILE, "RelativeTargetName" },
	{ KEY_PORT, "s-port" },
	{ KEY_MAILBOX, "ActAsUser" },
	{ KEY_MAILBOX, "ImpersonatedUser" },
	{ KEY_PROVIDER, "Provider_Name" },
	{ KEY_FILE, "File" },
	{ KEY_FILE, "Path" },
	{ KEY_PROCESS, "NewProcessName" },
	{ KEY_PROCESS, "Image" },
	{ KEY_PID, "NewProcessId" },
	{ KEY_PID, "ProcessId" },
	{ KEY_PARENT, "ParentProcessName" },
	{ KEY_PARENT, "ParentImage" },
	{ KEY_PPID, "ParentProcessId" },
	{ KEY_LINE, "CommandLine" },
};

static struct view
field(const struct fields *fields, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < fields->n; i++) {
		const struct field *f = &fields->at[i];

		if (f->name.n == n && f->value.n && !strncasecmp((const char *)f->name.p, name, n))
			return f->value;
	}
	return none();
}

static struct view
plain_value(const struct fields *fields, enum key key)
{
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		struct view v = plain[i].key == key ? field(fields, plain[i].name) : none();

		if (v.n)
			return v;
	}
	return none();
}

/* ---- values within others ---- */

/* IIS has it in the query that the front end adds to, HttpProxy and EWS in a column. */
static struct view
request_of(const struct fields *fields)
{
	struct view rest, v;

	if (behind(field(fields, "cs-uri-query"), "cafeReqId=", &rest))
		return take_guid(rest);
	v = take_guid(field(fields, "RequestId"));
	return v.n ? v : take_guid(field(fields, "cafeReqId"));
}

/* `ServerInfo~a]@exch01.example.test:444/ecp/proxyLogon.ecp?#`: what follows the host. */
static struct view
backend_of(const struct fields *fields)
{
	static const char *const columns[] = { "AnchorMailbox", "BackEndCookie", "RoutingHint" };
	struct view rest;

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		struct view v = field(fields, columns[i]);
		const uint8_t *slash;

		if (!behind(v, "ServerInfo~", &rest) && !behind(v, "Server~", &rest))
			continue;
		slash = memchr(rest.p, '/', rest.n);
		if (slash)
			return until(view_from(rest, (uint64_t)(slash - rest.p)), "#");
	}
	return none();
}

/* Behind a text in any of the values; in the record as it stands, where quotes are doubled, only when it is in none. */
static bool
anywhere(const struct fields *fields, const char *what, struct view *ret_rest)
{
	for (size_t i = 0; i < fields->n; i++)
		if (behind(fields->at[i].value, what, ret_rest))
			return true;
	return behind(fields->raw, what, ret_rest);
}

static struct view
behind_any(const struct fields *fields, const char *what, const char *ends)
{
	struct view rest;

	return anywhere(fields, what, &rest) ? until(rest, ends) : none();
}

/* The object that a command is about. Others than virtual directories are named by GUID, too. */
static struct view
guid_of(const struct fields *fields)
{
	struct view rest;
	bool found = anywhere(fields, "Identity", &rest);

	for (; found; found = behind(rest, "Identity", &rest)) {
		struct view guid = take_guid(rest);

		if (guid.n)
			return guid;
	}
	return none();
}

/* `Set-OabVirtualDirectory.ExternalUrl='...'.Identity='...'`: its name alone. Of MSExchange's Windows events, the first
 * of the values without a name. */
static struct view
command_of(const struct fields *fields)
{
	struct view v = plain_value(fields, KEY_COMMAND), rest;

	if (!v.n)
		v = field(fields, "CMD");
	if (!v.n && anywhere(fields, "Command: '", &rest))
		v = rest;
	if (!v.n && behind(field(fields, "Provider_Name"), "CmdletLogs", &rest))
		v = field(fields, "Data");
	return until(v, ".'\" ;(");
}

static struct view
url_of(const struct fields *fields)
{
	struct view rest;

	if (!anywhere(fields, "ExternalUrl", &rest) && !anywhere(fields, "InternalUrl", &rest))
		return none();
	while (rest.n && strchr("=' \":", rest.p[0] ? rest.p[0] : 'x'))
		rest = view_from(rest, 1);
	return rest.n && rest.p[0] == '$' ? none() : until(rest, "'");
}

/* A path that the text of a record names: of an export, of a download that failed. */
static struct view
file_of(const struct fields *fields)
{
	struct view v = plain_value(fields, KEY_FILE), rest;

	if (v.n)
		return v;
	if (!anywhere(fields, "temporary file ", &rest) && !anywhere(fields, "FilePath", &rest) &&
	    !anywhere(fields, "RequestFile", &rest))
		return none();
	while (rest.n && strchr("'\" :=", rest.p[0] ? rest.p[0] : 'x'))
		rest = view_from(rest, 1);
	return until(rest, "'\"");
}

static struct view
value_of(const struct fields *fields, enum key key)
{
	static const char ends[] = "&#;,'\" \t)";

	switch (key) {
	case KEY_REQUEST:
		return request_of(fields);
	case KEY_BACKEND:
		return backend_of(fields);
	case KEY_SCHEMA:
		return behind_any(fields, "schema=", ends);
	case KEY_CANARY:
		return behind_any(fields, "msExchEcpCanary=", ends);
	case KEY_GUID:
		return guid_of(fields);
	case KEY_COMMAND:
		return command_of(fields);
	case KEY_URL:
		return url_of(fields);
	case KEY_FILE:
		return file_of(fields);
	case KEY_ID: /* logs of Exchange have a column of this name, too, with words in it */
		return field(fields, "Provider_Name").n ? field(fields, "EventID") : none();
	default:
		return plain_value(fields, key);
	}
}

/* ---- all of them ---- */

/* A copy that is never cut within a character. */
static struct view
keep(struct arena *arena, struct view v, bool lower)
{
	size_t n = v.n < KEY_TEXT_MAX ? v.n : KEY_TEXT_MAX;
	char *copy;

	while (n < v.n && n && (v.p[n] & 0xc0) == 0x80)
		n--;
	copy = arena_copy(arena, view_of(v.p, n));
	for (size_t i = 0; copy && lower && i < n; i++)
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] + 32);
	return view_of(copy, n);
}

int
keys_take(struct arena *arena, const struct fields *fields, struct view ret_keys[static KEYS])
{
	for (enum key key = 0; key < KEYS; key++) {
		struct view v = value_of(fields, key);

		ret_keys[key] = none();
		if (!v.n)
			continue;
		ret_keys[key] = keep(arena, v, key == KEY_REQUEST || key == KEY_GUID);
		if (!ret_keys[key].p)
			return -ENOMEM;
	}
	return 0;
}
