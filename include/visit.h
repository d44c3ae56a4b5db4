/* visit.h - what a record of a web log says of one request: from where, as whom, for what, and how it was answered. */
#ifndef VISIT_H
#define VISIT_H

#include "logs.h"

enum visit_protocol {
	VISIT_WEB, /* none of those below */
	VISIT_OWA,
	VISIT_ECP,
	VISIT_EWS,
	VISIT_EAS,
	VISIT_MAPI,
	VISIT_RPS,
	VISIT_OAB,
	VISIT_RPC,
	VISIT_AUTODISCOVER,
	VISIT_PROTOCOLS
};
const char *visit_protocol_name(enum visit_protocol protocol); /* "owa", "eas" ...; "web" */

/* What the record says of a password. */
enum visit_outcome {
	VISIT_NOTHING,
	VISIT_TRIED,  /* one was sent to the logon page; whether it was right, this record does not say */
	VISIT_WRONG,  /* one was sent, and it was wrong */
	VISIT_BACK,   /* the logon page was shown again since one was wrong: once more what VISIT_WRONG says, or in its place */
	VISIT_SERVED, /* the request was answered to an account (2xx or 3xx), so that its password, or a session, was good */
};

/* Views are of the line and as good as that. A view of nothing: the log does not say. */
struct visit {
	struct view address, agent, account, method, stem, query;
	struct view server; /* its own address, where the request came in */
	struct view mailbox; /* that was asked for by name or GUID, where the request names one */
	unsigned status;     /* 0: none */
	enum visit_protocol protocol;
	enum visit_outcome outcome;
	bool own; /* of the server itself or of its own monitoring: loopback, HealthMailbox..., AMProbe, ..._Probe */
};

/* Whether records of this kind are requests with the address of who made them. */
bool visit_kind(const struct log_kind *kind);

/* The names of the columns that its records have address, agent and stem in; "" for none. False: they are not columns. */
enum visit_column { VISIT_ADDRESS, VISIT_AGENT, VISIT_STEM, VISIT_COLUMNS };
bool visit_columns(const struct log_kind *kind, struct view ret_names[static VISIT_COLUMNS]);

/* Takes a line of such a kind: false when it was not split. */
bool visit_of(const struct log_kind *kind, const struct log_line *line, struct visit *ret_visit);

/*
 * Literals of which every line holds one that visit_of calls VISIT_TRIED, VISIT_WRONG or VISIT_BACK; 0 for kinds that
 * are not asked. What IIS writes of a wrong password: 401.1 with the reason as a Windows or SSPI code. The 401.1 of
 * each NTLM handshake (2148074254: no credentials yet) is none. Passwords for OWA go to /owa/auth.owa, always answered
 * with 302: back to logon.aspx with reason=2 when they were wrong. IIS names the account of those that were right.
 */
size_t visit_literals(const struct log_kind *kind, const struct view **ret_literals);

/* ---- addresses, agents and paths, compared as what they are ---- */

bool address_loopback(struct view address);
bool address_private(struct view address); /* RFC 1918, RFC 6598, link-local, unique local: no address of the internet */
/* An address in lower case and without its zone (%12): its length; 0 where it is none. */
size_t address_plain(struct view address, char *ret_text, size_t n);

/* A common browser's, or a client's that Exchange is made for: leads to nobody. */
bool agent_common(struct view agent);
/* IIS writes blanks as '+', Exchange commas as blanks: all three are one. */
bool agent_same(struct view a, struct view b);

/*
 * Whether a request for `stem` is one for the page at `page` (`/owa/auth/x.aspx`): the same, whatever the case,
 * percent-encoding and '+' for blanks, or the same with more behind a '/', which ASP.NET hands to the page. tail: the
 * page is known by the end of its path, of which the stem has to be all from some folder on.
 */
bool stem_asks(struct view stem, struct view page, bool tail);

/*
 * Keys: what is the same, as told above, has the same key; other things mostly have others. 0 is none. Of a stem, the
 * keys of all pages that it could be a request for are handed over; `page` is one of these, whatever `tail` would allow.
 */
uint64_t address_key(struct view address);
uint64_t agent_key(struct view agent);
uint64_t page_key(struct view page);
void stem_keys(struct view stem, void (*take)(void *state, uint64_t key), void *state);

/* A service of Exchange's, which clients of all kinds ask: its end is .asmx, .svc, .eas and the like. */
bool stem_serves(struct view stem);

/* The account without its domain, in lower case: DOMAIN\Name and name@domain are both `name`. Its length, cut to n. */
size_t account_name(struct view account, char *ret_name, size_t n);

#endif
