/* visit.c - what a record of a web log says of one request: from where, as whom, for what, and how it was answered. */
#include "visit.h"

#include <strings.h>

#include "log_own.h"
#include "text.h"

#define NAME(text) { (const uint8_t *)(text), sizeof(text) - 1 }

/* What the kinds call it. Of these logs many lines are looked at, so that names are compared by length first. */
static const struct columns {
	const struct log_kind *kind;
	struct view address, agent, account, method, stem, query, server, status;
} columns[] = {
	{ &log_iis, NAME("c-ip"), NAME("cs(User-Agent)"), NAME("cs-username"), NAME("cs-method"), NAME("cs-uri-stem"),
	  NAME("cs-uri-query"), NAME("s-ip"), NAME("sc-status") },
	{ &log_httperr, NAME("c-ip"), NAME(""), NAME(""), NAME("cs-method"), NAME("cs-uri"), NAME(""), NAME("s-ip"),
	  NAME("sc-status") },
	{ &log_httpproxy, NAME("ClientIpAddress"), NAME("UserAgent"), NAME("AuthenticatedUser"), NAME("Method"),
	  NAME("UrlStem"), NAME("UrlQuery"), NAME(""), NAME("HttpStatus") },
	{ &log_ews, NAME("ClientIpAddress"), NAME("UserAgent"), NAME("AuthenticatedUser"), NAME("SoapAction"), NAME(""),
	  NAME(""), NAME(""), NAME("HttpStatus") },
	{ &log_mapi, NAME("ClientIP"), NAME("ClientSoftware"), NAME("AuthenticatedUser"), NAME("RequestType"), NAME(""),
	  NAME(""), NAME(""), NAME("HttpStatusCode") },
	{ &log_rps_http, NAME("ClientIpAddress"), NAME("ClientInfo"), NAME("AuthenticatedUser"), NAME("Action"),
	  NAME("UrlStem"), NAME("UrlQuery"), NAME(""), NAME("HttpStatus") },
};

static const struct columns *
columns_of(const struct log_kind *kind)
{
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		if (columns[i].kind == kind)
			return &columns[i];
	return NULL;
}

static struct view
value(const struct log_line *line, struct view name)
{
	for (size_t i = 0; name.n && i < line->fields.n; i++) {
		const struct field *f = &line->fields.at[i];

		if (f->name.n == name.n && !strncasecmp((const char *)f->name.p, (const char *)name.p, name.n))
			return f->value;
	}
	return view_of(NULL, 0);
}

bool
visit_kind(const struct log_kind *kind)
{
	return columns_of(kind) != NULL;
}

bool
visit_columns(const struct log_kind *kind, struct view ret_names[static VISIT_COLUMNS])
{
	const struct columns *names = columns_of(kind);

	if (!names || !log_kind_plain(kind))
		return false;
	ret_names[VISIT_ADDRESS] = names->address;
	ret_names[VISIT_AGENT] = names->agent;
	ret_names[VISIT_STEM] = names->stem;
	return true;
}

static bool
ends(struct view text, const char *with)
{
	size_t n = strlen(with);

	return text.n >= n && log_same(view_from(text, text.n - n), with);
}

/* ---- protocols ---- */

static const struct {
	const char *name, *begin, *proxy; /* proxy: what HttpProxy calls it */
} protocols[VISIT_PROTOCOLS] = {
	[VISIT_WEB] = { "web", NULL, NULL },
	[VISIT_OWA] = { "owa", "/owa", "Owa" },
	[VISIT_ECP] = { "ecp", "/ecp", "Ecp" },
	[VISIT_EWS] = { "ews", "/ews", "Ews" },
	[VISIT_EAS] = { "eas", "/Microsoft-Server-ActiveSync", "Eas" },
	[VISIT_MAPI] = { "mapi", "/mapi", "Mapi" },
	[VISIT_RPS] = { "rps", "/powershell", "PowerShell" },
	[VISIT_OAB] = { "oab", "/oab", "Oab" },
	[VISIT_RPC] = { "rpc", "/rpc", "RpcHttp" },
	[VISIT_AUTODISCOVER] = { "autodiscover", "/autodiscover", "Autodiscover" },
};

const char *
visit_protocol_name(enum visit_protocol protocol)
{
	return protocols[protocol].name;
}

static enum visit_protocol
protocol_of(const struct log_kind *kind, const struct log_line *line, struct view stem)
{
	static const struct view name = NAME("Protocol");
	struct view proxy = kind == &log_httpproxy ? value(line, name) : view_of(NULL, 0);

	if (kind == &log_ews)
		return VISIT_EWS;
	if (kind == &log_mapi)
		return VISIT_MAPI;
	if (kind == &log_rps_http)
		return VISIT_RPS;
	for (int i = VISIT_WEB + 1; i < VISIT_PROTOCOLS; i++) {
		size_t n = strlen(protocols[i].begin);

		if (proxy.n ? log_same(proxy, protocols[i].proxy)
			    : log_starts(stem, protocols[i].begin) && (stem.n == n || stem.p[n] == '/'))
			return (enum visit_protocol)i;
	}
	return VISIT_WEB;
}

/* ---- passwords ---- */

/* Windows: wrong name or password (1326), not allowed here or now (1327-1329), expired (1330, 1907), disabled (1331),
 * account expired (1793), locked (1909); SSPI: logon denied (0x8009030C). */
static const char *const refusals[] = { "1326", "1327", "1328", "1329", "1330",
					"1331", "1793", "1907", "1909", "2148074252" };

static bool
refused(const struct log_line *line)
{
	static const struct view name = NAME("sc-win32-status");
	struct view reason = value(line, name);

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (view_equal(reason, view_text(refusals[i])))
			return true;
	return false;
}

/* `reason=2`, and not reason=21. */
static bool
says_wrong(struct view query)
{
	static const char words[] = "reason=2";
	size_t at = text_find(query, words), behind = at + sizeof(words) - 1;

	return at != SIZE_MAX && (behind == query.n || query.p[behind] < '0' || query.p[behind] > '9') &&
	       (!at || query.p[at - 1] == '&' || query.p[at - 1] == '?');
}

static enum visit_outcome
outcome_of(const struct log_kind *kind, const struct log_line *line, const struct visit *v)
{
	static const struct view authenticated = NAME("IsAuthenticated");

	if (ends(v->stem, "/auth.owa") && log_same(v->method, "POST")) {
		if (kind == &log_httpproxy && log_same(value(line, authenticated), "true"))
			return VISIT_SERVED;
		return v->account.n ? VISIT_TRIED : VISIT_WRONG;
	}
	if (ends(v->stem, "/logon.aspx") && says_wrong(v->query))
		return VISIT_BACK;
	if (v->status == 401)
		return kind == &log_iis && refused(line) ? VISIT_WRONG : VISIT_NOTHING;
	return v->account.n && v->status >= 200 && v->status < 400 ? VISIT_SERVED : VISIT_NOTHING;
}


size_t
visit_literals(const struct log_kind *kind, const struct view **ret_literals)
{
	/* sc-status, sc-substatus and sc-win32-status stand beside each other, with or without the second */
	static const struct view words[] = {
		NAME("/auth.owa"),    NAME("reason=2"),     NAME(" 401 1 1326"), NAME(" 401 1 1327"), NAME(" 401 1 1328"),
		NAME(" 401 1 1329"),  NAME(" 401 1 1330"),  NAME(" 401 1 1331"), NAME(" 401 1 1793"), NAME(" 401 1 1907"),
		NAME(" 401 1 1909"),  NAME(" 401 1 2148074252"), NAME(" 401 1326"), NAME(" 401 1327"), NAME(" 401 1328"),
		NAME(" 401 1329"),    NAME(" 401 1330"),    NAME(" 401 1331"),   NAME(" 401 1793"),   NAME(" 401 1907"),
		NAME(" 401 1909"),    NAME(" 401 2148074252"),
	};
	enum { OWA_WORDS = 2 };

	*ret_literals = words;
	return kind == &log_iis ? sizeof(words) / sizeof(words[0]) : kind == &log_httpproxy ? OWA_WORDS : 0;
}

/* ---- mailboxes ---- */

/* The value of `key=` within a query, up to '&'. */
static struct view
parameter(struct view query, const char *key)
{
	size_t at = text_find(query, key), n = strlen(key);
	struct view v;

	if (at == SIZE_MAX || (at && query.p[at - 1] != '&' && query.p[at - 1] != '?'))
		return view_of(NULL, 0);
	v = view_from(query, at + n);
	for (n = 0; n < v.n && v.p[n] != '&' && v.p[n] != ';'; n++)
		;
	return view_of(v.p, n);
}

/* `/owa/name@domain/...`: somebody else's mailbox, opened by name. */
static struct view
opened_by_name(struct view stem)
{
	size_t from = log_starts(stem, "/owa/") || log_starts(stem, "/ecp/") ? 5 : 0, end = from;
	bool at = false;

	for (; from && end < stem.n && stem.p[end] != '/'; end++)
		at |= stem.p[end] == '@';
	return at ? view_of(stem.p + from, end - from) : view_of(NULL, 0);
}

/* `Smtp~name@domain`, `MailboxGuid~...`: the others name servers and accounts. */
static struct view
anchored(struct view anchor)
{
	static const char *const mailboxes[] = { "Smtp~", "Upn~", "MailboxGuid~" };

	for (size_t i = 0; i < sizeof(mailboxes) / sizeof(mailboxes[0]); i++)
		if (log_starts(anchor, mailboxes[i]))
			return view_from(anchor, strlen(mailboxes[i]));
	return view_of(NULL, 0);
}

/* Whom EWS and MAPI let somebody else act as. */
static struct view
acted_as(const struct log_kind *kind, const struct log_line *line)
{
	static const struct view ews[] = { NAME("ActAsUser"), NAME("ImpersonatedUser"), NAME("ProxyAsUser") },
				 mapi[] = { NAME("ActAsUserEmail"), NAME("MailboxId") };
	const struct view *names = kind == &log_ews ? ews : mapi;
	size_t n = kind == &log_ews ? 3 : kind == &log_mapi ? 2 : 0;
	struct view mailbox = { NULL, 0 };

	for (size_t i = 0; i < n && !mailbox.n; i++)
		mailbox = value(line, names[i]);
	return mailbox;
}

static struct view
mailbox_of(const struct log_kind *kind, const struct log_line *line, const struct visit *v)
{
	static const struct view anchor = NAME("AnchorMailbox");
	struct view mailbox = acted_as(kind, line);

	if (!mailbox.n)
		mailbox = opened_by_name(v->stem);
	if (!mailbox.n && v->protocol == VISIT_EAS)
		mailbox = parameter(v->query, "User=");
	if (!mailbox.n && v->protocol == VISIT_MAPI)
		mailbox = parameter(v->query, "MailboxId=");
	return mailbox.n || kind != &log_httpproxy ? mailbox : anchored(value(line, anchor));
}

/* ---- the whole ---- */

static bool
own(const struct visit *v)
{
	char name[16];
	size_t n = account_name(v->account, name, sizeof(name));

	return address_loopback(v->address) || (v->address.n && view_equal(v->address, v->server)) ||
	       (n >= 13 && !memcmp(name, "healthmailbox", 13)) || log_starts(v->agent, "AMProbe/") ||
	       text_find(v->agent, "_Probe/") != SIZE_MAX;
}

bool
visit_of(const struct log_kind *kind, const struct log_line *line, struct visit *ret_visit)
{
	const struct columns *names = columns_of(kind);
	struct visit v = { 0 };

	if (!line->split || !names)
		return false;
	v.address = value(line, names->address);
	v.agent = value(line, names->agent);
	v.account = value(line, names->account);
	v.method = value(line, names->method);
	v.stem = value(line, names->stem);
	v.query = value(line, names->query);
	v.server = value(line, names->server);
	v.status = (unsigned)(view_number(value(line, names->status)) % 1000);
	v.protocol = protocol_of(kind, line, v.stem);
	v.outcome = outcome_of(kind, line, &v);
	v.mailbox = mailbox_of(kind, line, &v);
	v.own = own(&v);
	*ret_visit = v;
	return true;
}
