/* test_trail.c - the second scan of the logs: what a line says of a password, what counts as the same, and the bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "filetime.h"
#include "harvest.h"
#include "source.h"
#include "text.h"
#include "trail_own.h"

#define HOUR (UINT64_C(3600) * FILETIME_SECOND)
#define DAY0 UINT64_C(132591168000000000) /* 2021-03-02 */

static const char iis_head[] = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
			       "cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken\r\n";
static const char proxy_head[] = "#Fields: DateTime,Protocol,UrlStem,AuthenticationType,IsAuthenticated,AuthenticatedUser,"
				 "AnchorMailbox,UserAgent,ClientIpAddress,HttpStatus,Method,UrlQuery\r\n";
static const char ews_head[] = "#Fields: DateTime,AuthenticatedUser,UserAgent,ClientIpAddress,SoapAction,HttpStatus,"
			       "ImpersonatedUser,ProxyAsUser,ActAsUser\r\n";
static const char mapi_head[] = "#Fields: DateTime,RequestType,HttpStatusCode,MailboxId,ActAsUserEmail,ClientIP,AuthenticatedUser\r\n";

static void
read_all(const char *kind, const char *head, const char *lines, int (*line)(void *, const struct log_line *), void *state)
{
	CLEANUP(text_free) struct text log = { 0 };
	CLEANUP(source_close) struct source *src = NULL;
	CLEANUP(log_result_free) struct log_result result = { 0 };
	struct log_reading reading = { .kind = log_kind_find(kind), .all = true, .line = line, .state = state };

	assert_int_equal(text_adds(&log, head), 0);
	assert_int_equal(text_adds(&log, lines), 0);
	assert_int_equal(source_memory(text_view(&log), "log", &src), 0);
	assert_int_equal(log_read(&reading, src, &result), 0);
	assert_int_equal(result.lost, 0);
}

struct seen {
	const struct log_kind *kind;
	struct text text;
};

static int
see(void *state, const struct log_line *line)
{
	static const char *const outcomes[] = { "nothing", "tried", "wrong", "back", "served" };
	struct seen *seen = state;
	struct visit v;

	assert_true(visit_of(seen->kind, line, &v));
	assert_int_equal(text_printf(&seen->text, "%s %s %.*s <%.*s>%s|", visit_protocol_name(v.protocol), outcomes[v.outcome],
				     (int)v.account.n, v.account.p ? (const char *)v.account.p : "", (int)v.mailbox.n,
				     v.mailbox.p ? (const char *)v.mailbox.p : "", v.own ? " own" : ""), 0);
	return 0;
}

static void
expect_visits(const char *kind, const char *head, const char *lines, const char *wanted)
{
	struct seen seen = { .kind = log_kind_find(kind) };

	read_all(kind, head, lines, see, &seen);
	assert_string_equal(seen.text.s, wanted);
	text_free(&seen.text);
}

static void
a_line_says_of_a_password(void **state)
{
	(void)state;
	expect_visits("iis", iis_head,
		      "2021-03-02 10:00:00 10.0.0.5 POST /owa/auth.owa &CorrelationID=<empty>; 443 joe 192.0.2.1 UA 302 0 0 14\r\n"
		      "2021-03-02 10:00:00 10.0.0.5 POST /owa/auth.owa - 443 - 192.0.2.1 UA 302 0 0 14\r\n"
		      "2021-03-02 10:00:01 10.0.0.5 GET /owa/auth/logon.aspx url=https%3a%2f%2fm&reason=2 443 - 192.0.2.1 UA 200 0 0 1\r\n"
		      "2021-03-02 10:00:01 10.0.0.5 GET /owa/auth/logon.aspx reason=21 443 - 192.0.2.1 UA 200 0 0 1\r\n"
		      "2021-03-02 10:00:01 10.0.0.5 GET /owa/auth/logon.aspx noreason=2 443 - 192.0.2.1 UA 200 0 0 1\r\n"
		      "2021-03-02 10:00:02 10.0.0.5 POST /EWS/Exchange.asmx - 443 - 192.0.2.1 UA 401 2 5 1\r\n"
		      "2021-03-02 10:00:02 10.0.0.5 POST /EWS/Exchange.asmx - 443 - 192.0.2.1 UA 401 1 2148074254 1\r\n"
		      "2021-03-02 10:00:02 10.0.0.5 POST /EWS/Exchange.asmx - 443 - 192.0.2.1 UA 401 1 2148074252 1\r\n",
		      "owa tried joe <>|owa wrong  <>|owa back  <>|owa nothing  <>|owa nothing  <>|ews nothing  <>|ews nothing  <>|"
		      "ews wrong  <>|");
	expect_visits("iis", iis_head,
		      "2021-03-02 10:00:00 10.0.0.5 POST /Microsoft-Server-ActiveSync/default.eas Cmd=Sync&User=amy&DeviceId=1 443 "
		      "DOM\\amy 192.0.2.1 UA 401 1 1326 14\r\n"
		      "2021-03-02 10:00:00 10.0.0.5 POST /microsoft-server-activesync/default.eas User=amy 443 DOM\\amy 192.0.2.1 UA 200 0 0 1\r\n"
		      "2021-03-02 10:00:00 10.0.0.5 GET /owa/boss@x.test/ - 443 DOM\\amy 192.0.2.1 UA 200 0 0 1\r\n"
		      "2021-03-02 10:00:00 10.0.0.5 GET /owax - 443 DOM\\amy 192.0.2.1 UA 500 0 0 1\r\n"
		      "2021-03-02 10:00:00 10.0.0.5 GET /owa/ - 443 DOM\\amy 10.0.0.5 UA 200 0 0 1\r\n"
		      "2021-03-02 10:00:00 ::1 GET /owa/ - 443 DOM\\amy ::1 UA 200 0 0 1\r\n"
		      "2021-03-02 10:00:00 10.0.0.5 GET /owa/ - 443 HealthMailbox7@x.test 192.0.2.1 UA 200 0 0 1\r\n",
		      "eas wrong DOM\\amy <amy>|eas served DOM\\amy <amy>|owa served DOM\\amy <boss@x.test>|web nothing DOM\\amy <>|"
		      "owa served DOM\\amy <> own|owa served DOM\\amy <> own|owa served HealthMailbox7@x.test <> own|");
}

static void
each_kind_tells_it_in_its_own_way(void **state)
{
	(void)state;
	expect_visits("httpproxy", proxy_head,
		      "2021-03-02T10:00:00.000Z,Owa,/owa/auth.owa,FBA,false,,,UA,192.0.2.1,302,POST,\r\n"
		      "2021-03-02T10:00:00.000Z,Owa,/owa/auth.owa,FBA,true,DOM\\amy,,UA,192.0.2.1,302,POST,\r\n"
		      "2021-03-02T10:00:00.000Z,Ews,/EWS/Exchange.asmx,NTLM,true,DOM\\amy,Smtp~boss@x.test,UA,192.0.2.1,200,POST,\r\n"
		      "2021-03-02T10:00:00.000Z,Ecp,/ecp/y.js,,false,,ServerInfo~a]@m:444/ecp/x,UA,192.0.2.1,241,POST,\r\n",
		      "owa wrong  <>|owa served DOM\\amy <>|ews served DOM\\amy <boss@x.test>|ecp nothing  <>|");
	expect_visits("ews", ews_head, "2021-03-02T10:00:00.000Z,DOM\\S$,UA,192.0.2.1,FindItem,200,,,ceo@x.test\r\n",
		      "ews served DOM\\S$ <ceo@x.test>|");
	expect_visits("mapi", mapi_head, "2021-03-02T10:00:00.000Z,Execute,200,guid@x.test,,192.0.2.1,DOM\\amy\r\n",
		      "mapi served DOM\\amy <guid@x.test>|");
}

/* Every line that counts holds a literal; the prefilter must never lose one. */
static int
holds_literal(void *state, const struct log_line *line)
{
	const struct log_kind *kind = log_kind_find("iis");
	const struct view *literals;
	size_t n = visit_literals(kind, &literals);
	bool holds = false;
	struct visit v;

	assert_true(visit_of(kind, line, &v));
	for (size_t i = 0; i < n; i++)
		holds |= memmem(line->raw.p, line->raw.n, literals[i].p, literals[i].n) != NULL;
	assert_int_equal(holds, v.outcome == VISIT_WRONG || v.outcome == VISIT_TRIED || v.outcome == VISIT_BACK);
	++*(size_t *)state;
	return 0;
}

static void
every_try_is_found_by_a_literal(void **state)
{
	static const unsigned codes[] = { 1326, 1327, 1328, 1329, 1330, 1331, 1793, 1907, 1909, 2148074252u, 5, 0, 2148074254u };
	CLEANUP(text_free) struct text lines = { 0 };
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		text_printf(&lines, "2021-03-02 10:00:00 10.0.0.5 GET /ews/ - 443 - 192.0.2.1 UA 401 1 %u 14\r\n", codes[i]);
	text_adds(&lines, "2021-03-02 10:00:00 10.0.0.5 POST /owa/auth.owa - 443 x 192.0.2.1 UA 302 0 0 14\r\n"
			  "2021-03-02 10:00:00 10.0.0.5 GET /owa/auth/logon.aspx reason=2 443 - 192.0.2.1 UA 200 0 0 14\r\n");
	read_all("iis", iis_head, lines.s, holds_literal, &n);
	assert_int_equal(n, sizeof(codes) / sizeof(codes[0]) + 2);
	n = 0; /* a server that does not log sc-substatus */
	read_all("iis", "#Fields: date time cs-method cs-uri-stem c-ip sc-status sc-win32-status\r\n",
		 "2021-03-02 10:00:00 GET /ews/ 192.0.2.1 401 1326\r\n2021-03-02 10:00:00 GET /ews/ 192.0.2.1 401 5\r\n", holds_literal, &n);
	assert_int_equal(n, 2);
}

static void
what_is_the_same(void **state)
{
	static const struct {
		const char *stem, *page;
		bool tail, asks;
	} pages[] = {
		{ "/owa/auth/x.aspx", "/owa/auth/x.aspx", false, true },
		{ "/OWA/auth/X.ASPX", "/owa/auth/x.aspx", false, true },
		{ "/owa/auth/%78.aspx", "/owa/auth/x.aspx", false, true },
		{ "/owa/auth/a+b.aspx", "/owa/auth/a b.aspx", false, true },
		{ "/owa/auth/a%20b.aspx/more", "/owa/auth/a b.aspx", false, true },
		{ "/owa/auth/x.aspx.txt", "/owa/auth/x.aspx", false, false },
		{ "/owa/auth/x.asp", "/owa/auth/x.aspx", false, false },
		{ "/y/owa/auth/x.aspx", "/owa/auth/x.aspx", false, false },
		{ "/auth/x.aspx", "/d/web/owa/auth/x.aspx", true, true },
		{ "/x.aspx", "/d/web/owa/auth/x.aspx", true, true },
		{ "/th/x.aspx", "/d/web/owa/auth/x.aspx", true, false },
		{ "", "/owa/x.aspx", true, false },
		{ "/owa/%", "/owa/%", false, true },
	};
	char text[8];

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		assert_int_equal(stem_asks(view_text(pages[i].stem), view_text(pages[i].page), pages[i].tail), pages[i].asks);
	assert_true(agent_same(view_text("Mozilla/5.0+(KHTML,+like+Gecko)"), view_text("Mozilla/5.0 (KHTML  like Gecko)")));
	assert_false(agent_same(view_text("curl/7"), view_text("curl/8")));
	assert_true(agent_common(view_text("Mozilla/5.0+x")) && agent_common(view_text("ExchangeServicesClient/15.01")));
	assert_false(agent_common(view_text("ExchangeServicesClient/0.0.0.0")) || agent_common(view_text("python-requests/2.25.1")));
	assert_true(address_loopback(view_text("127.0.0.9")) && address_loopback(view_text("::1")) &&
		    address_loopback(view_text("::ffff:127.0.0.1")));
	assert_false(address_loopback(view_text("128.0.0.1")) || address_loopback(view_text("127.0.0")));
	assert_true(address_private(view_text("172.31.0.1")) && address_private(view_text("fe80::1%12")) && address_private(view_text("fd00::1")));
	assert_false(address_private(view_text("172.32.0.1")) || address_private(view_text("192.0.2.1")) || address_private(view_text("2001:db8::1")));
	assert_int_equal(account_name(view_text("DOM\\Amy.B@x.test"), text, sizeof(text)), 5);
	assert_string_equal(text, "amy.b");
	assert_int_equal(account_name(view_text("averylongname"), text, sizeof(text)), 7);
}

/* ---- tries ---- */

static void
try_at(struct tries *tries, const char *address, const char *account, uint64_t when, enum visit_outcome outcome)
{
	const struct visit v = { .address = view_text(address), .account = view_text(account), .outcome = outcome };

	assert_int_equal(tries_add(tries, log_kind_find("iis"), &v, when, &(struct line_place){ .offset = when - DAY0 }), 0);
}

static int
only_window(struct tries *tries, struct try_window *ret)
{
	const struct try_address *const *list;

	assert_int_equal(tries_addresses(tries, &list), 1);
	return tries_window(list[0], ret);
}

static void
a_day_is_any_day(void **state)
{
	CLEANUP(tries_free) struct tries *tries = NULL;
	struct try_window w;
	char name[16];

	(void)state;
	assert_int_equal(tries_new(&tries), 0);
	for (unsigned i = 0; i < TRIES_SPRAY - 1; i++) { /* one an hour, over midnight */
		snprintf(name, sizeof(name), "u%u", i);
		try_at(tries, "192.0.2.1", name, DAY0 + (14 + i) * HOUR, VISIT_WRONG);
	}
	assert_int_equal(only_window(tries, &w), 0);
	try_at(tries, "192.0.2.1", "U0", DAY0 + 20 * HOUR, VISIT_WRONG); /* named already */
	assert_int_equal(only_window(tries, &w), 0);
	try_at(tries, "192.0.2.1", "late", DAY0 + 40 * HOUR, VISIT_WRONG); /* more than a day after the first */
	assert_int_equal(only_window(tries, &w), 0);
	try_at(tries, "192.0.2.1", "early", DAY0 + 12 * HOUR + 5, VISIT_WRONG); /* later in the log, earlier in time */
	assert_int_equal(only_window(tries, &w), 1);
	assert_int_equal(w.first, DAY0 + 12 * HOUR + 5);
	assert_int_equal(w.place.offset, 12 * HOUR + 5);
	assert_int_equal(w.accounts, TRIES_SPRAY);
	assert_int_equal(w.wrong, TRIES_SPRAY + 1);
}

static void
right_passwords_are_no_brute_force(void **state)
{
	CLEANUP(tries_free) struct tries *tries = NULL;
	struct try_window w;

	(void)state;
	assert_int_equal(tries_new(&tries), 0);
	for (unsigned i = 0; i < TRIES_POSTS - 1; i++)
		try_at(tries, "192.0.2.1", "amy", DAY0 + i, VISIT_TRIED);
	for (unsigned i = 0; i < TRIES_FORCE - 1; i++)
		try_at(tries, "192.0.2.1", "", DAY0 + i, VISIT_WRONG);
	try_at(tries, "::1", "amy", DAY0, VISIT_SERVED); /* says nothing of a try */
	assert_int_equal(only_window(tries, &w), 0);
	try_at(tries, "192.0.2.1%3", "", DAY0 + HOUR, VISIT_WRONG); /* the same address in a zone */
	assert_int_equal(only_window(tries, &w), 1);
	assert_int_equal(w.wrong, TRIES_FORCE);
}

/* A log that tells of ever earlier hours, and of ever other accounts, costs a bounded time; what is left out is known. */
static void
a_hostile_log_is_bounded(void **state)
{
	enum { MORE = 40 };
	CLEANUP(tries_free) struct tries *tries = NULL;
	const struct try_address *const *list;
	char name[16];

	(void)state;
	assert_int_equal(tries_new(&tries), 0);
	for (unsigned i = 0; i < TRIES_HOURS_EACH + MORE; i++) {
		snprintf(name, sizeof(name), "u%u", i);
		try_at(tries, "192.0.2.1", name, DAY0 - i * HOUR, VISIT_WRONG);
	}
	assert_int_equal(tries_beyond(tries), MORE);
	assert_int_equal(tries_addresses(tries, &list), 1);
	assert_int_equal(list[0]->hours.n, TRIES_HOURS_EACH);
	assert_int_equal(list[0]->names.n, TRIES_NAMES_EACH);
	assert_true(list[0]->more_names);
}

/* Many logs, added in any order of their lines, give what one log of all lines gives. */
static void
logs_add_up(void **state)
{
	CLEANUP(tries_free) struct tries *one = NULL, *all = NULL;
	struct try_window a, b;
	char name[16];

	(void)state;
	assert_int_equal(tries_new(&one), 0);
	assert_int_equal(tries_new(&all), 0);
	for (unsigned log = 0; log < 5; log++) {
		CLEANUP(tries_free) struct tries *part = NULL;

		assert_int_equal(tries_new(&part), 0);
		for (unsigned i = 0; i < 30; i++) {
			uint64_t when = DAY0 + ((i * 7 + (4 - log) * 13) % 30) * HOUR + i;

			snprintf(name, sizeof(name), "u%u", (i + log) % 25);
			try_at(one, "192.0.2.1", name, when, VISIT_WRONG);
			try_at(part, "192.0.2.1", name, when, VISIT_WRONG);
		}
		assert_int_equal(tries_merge(all, part, log), 0);
	}
	assert_int_equal(only_window(one, &a), 1);
	assert_int_equal(only_window(all, &b), 1);
	assert_int_equal(a.first, b.first);
	assert_int_equal(a.last, b.last);
	assert_int_equal(a.tried, b.tried);
	assert_int_equal(a.wrong, b.wrong);
	assert_int_equal(a.back, b.back);
	assert_int_equal(a.named, b.named);
	assert_int_equal(a.accounts, b.accounts);
	assert_int_equal(a.place.offset, b.place.offset);
}

/* ---- terms ---- */

static void
name_it(struct terms *terms, enum term_kind kind, const char *text, enum level level, const char *finding)
{
	assert_int_equal(terms_add(terms, &(struct term){ .kind = kind, .text = text, .level = level, .file = true }, finding), 0);
}

static size_t
match(const struct terms *terms, const char *address, const char *agent, const char *stem, uint32_t *hits)
{
	const struct visit v = { .address = view_text(address), .agent = view_text(agent), .stem = view_text(stem) };

	return terms_match(terms, &v, hits);
}

static void
a_request_is_for_what_it_equals(void **state)
{
	CLEANUP(terms_free) struct terms *terms = NULL;
	uint64_t beyond[TERM_KINDS];
	uint32_t hits[TERM_HITS];
	const struct term *list;

	(void)state;
	assert_int_equal(terms_new(&terms), 0);
	name_it(terms, TERM_ADDRESS, "192.0.2.1", LEVEL_HIGH, "f1");
	name_it(terms, TERM_ADDRESS, "192.0.2.1", LEVEL_CRITICAL, "f2");
	name_it(terms, TERM_ADDRESS, "192.0.2.1", LEVEL_CRITICAL, "f2");
	name_it(terms, TERM_ADDRESS, "10.0.0.5", LEVEL_HIGH, "f1");
	name_it(terms, TERM_ADDRESS, "2001:db8::1", LEVEL_HIGH, "f1");
	name_it(terms, TERM_AGENT, "antSword/v2.1", LEVEL_HIGH, "f1");
	name_it(terms, TERM_PAGE, "/owa/auth/help me.aspx", LEVEL_HIGH, "f3");
	terms_drop(terms, "10.0.0.5");
	assert_int_equal(terms_settle(terms, beyond), 0);
	assert_int_equal(terms_list(terms, &list), 4);
	assert_string_equal(list[0].text, "192.0.2.1");
	assert_int_equal(list[0].findings, 2);
	assert_int_equal(list[0].level, LEVEL_CRITICAL);
	assert_true(view_equal(list[3].literal, view_text("me.aspx")));
	assert_int_equal(match(terms, "192.0.2.1", "UA", "/", hits), 1);
	assert_int_equal(match(terms, "192.0.2.11", "UA", "/", hits), 0);
	assert_int_equal(match(terms, "2001:DB8::1%4", "UA", "/", hits), 1);
	assert_int_equal(match(terms, "10.0.0.5", "UA", "/", hits), 0);
	assert_int_equal(match(terms, "10.0.0.6", "antSword/v2.10", "/", hits), 0);
	assert_int_equal(match(terms, "192.0.2.1", "antSword/v2.1", "/owa/auth/help+me.aspx", hits), 3);
	assert_int_equal(hits[2], 3);
}

static void
the_gravest_find_room(void **state)
{
	CLEANUP(terms_free) struct terms *terms = NULL;
	uint64_t beyond[TERM_KINDS];
	uint32_t hits[TERM_HITS];
	char address[32];

	(void)state;
	assert_int_equal(terms_new(&terms), 0);
	for (unsigned i = 0; i < TERMS_ADDRESSES_MAX + 5; i++) {
		snprintf(address, sizeof(address), "198.51.%u.%u", i / 250, i % 250);
		name_it(terms, TERM_ADDRESS, address, LEVEL_HIGH, "f1");
	}
	name_it(terms, TERM_ADDRESS, "192.0.2.1", LEVEL_CRITICAL, "f2");
	assert_int_equal(terms_settle(terms, beyond), 0);
	assert_int_equal(beyond[TERM_ADDRESS], 6);
	assert_int_equal(match(terms, "192.0.2.1", "", "/", hits), 1);
	assert_int_equal(match(terms, "198.51.0.0", "", "/", hits), 1);
	assert_int_equal(match(terms, "198.51.4.28", "", "/", hits), 0);
}

/* ---- the harvest ---- */

static void
requests_are_kept_up_to_a_number(void **state)
{
	enum { MORE = 50 };
	CLEANUP(terms_free) struct terms *terms = NULL;
	CLEANUP(text_free) struct text lines = { 0 };
	const struct signin *const *rows;
	uint64_t beyond[TERM_KINDS], told = sizeof(iis_head) - 1;
	struct harvest harvest, all;
	char time[FILETIME_TEXT];

	(void)state;
	assert_int_equal(terms_new(&terms), 0);
	name_it(terms, TERM_ADDRESS, "192.0.2.1", LEVEL_HIGH, "f1");
	name_it(terms, TERM_PAGE, "/x.aspx", LEVEL_HIGH, "f1");
	assert_int_equal(terms_settle(terms, beyond), 0);
	assert_int_equal(harvest_open(&harvest, terms, log_kind_find("iis")), 0);
	assert_int_equal(harvest_open(&all, terms, NULL), 0);
	harvest.told = &told;
	harvest.told_n = 1;
	for (unsigned i = 0; i < 1 + HARVEST_LINES_MAX + MORE; i++) {
		filetime_text(DAY0 + i * (uint64_t)FILETIME_SECOND, time);
		text_printf(&lines, "%.10s %.8s 10.0.0.5 GET /x.aspx - 443 D\\amy 192.0.2.1 UA %u 0 0 1\r\n", time, time + 11, i ? 200 : 404);
	}
	read_all("iis", iis_head, lines.s, harvest_line, &harvest);
	assert_int_equal(harvest.lines.n, HARVEST_LINES_MAX);
	assert_int_equal(harvest.yields[0].beyond, MORE);
	assert_int_equal(harvest.yields[0].last_beyond, DAY0 + (HARVEST_LINES_MAX + MORE) * (uint64_t)FILETIME_SECOND);
	assert_true(strstr((const char *)harvest.lines.at[0].summary.p, "GET /x.aspx 200; from the address that f1 names"));
	assert_int_equal(harvest_merge(&all, &harvest, 7), 0);
	assert_int_equal(harvest_merge(&all, &harvest, 8), 0);
	assert_int_equal(all.yields[1].usage[0].requests, 2 * (1 + HARVEST_LINES_MAX + MORE));
	assert_int_equal(all.yields[1].usage[0].delivered, 2 * (HARVEST_LINES_MAX + MORE));
	assert_int_equal(all.yields[1].usage[0].first, DAY0 + FILETIME_SECOND);
	assert_int_equal(all.yields[1].usage[0].place.log, 7);
	assert_int_equal(all.yields[1].usage[0].visitors.n, 1);
	assert_int_equal(signins_list(all.signins, &rows), 1);
	assert_int_equal(rows[0]->served, 2 * (HARVEST_LINES_MAX + MORE));
	assert_int_equal(rows[0]->entered, DAY0 + FILETIME_SECOND);
	harvest_close(&harvest);
	harvest_close(&all);
}

/* ---- sketches ---- */

struct sought {
	uint64_t key;
	bool found;
};

static void
seek(void *state, uint64_t key)
{
	struct sought *sought = state;

	sought->found |= key == sought->key;
}

static bool
has_key(const char *stem, const char *page)
{
	struct sought sought = { .key = page_key(view_text(page)) };

	stem_keys(view_text(stem), seek, &sought);
	return sought.found;
}

static void
what_is_the_same_has_the_same_key(void **state)
{
	char longer[100] = "";

	(void)state;
	assert_true(address_key(view_text("FE80::1%12")) == address_key(view_text("fe80::1")));
	assert_true(address_key(view_text("192.0.2.1")) != address_key(view_text("192.0.2.10")));
	assert_int_equal(address_key(view_text("%eth0")), 0);
	memset(longer, '7', 90); /* which address_plain cuts to one text */
	assert_true(address_key(view_of(longer, 63)) == address_key(view_of(longer, 90)));
	assert_true(agent_key(view_text("a+b,c d")) == agent_key(view_text("a b+c,d")));
	assert_true(agent_key(view_text("curl/7")) != agent_key(view_text("curl/8")) && agent_key(view_text("x")) != address_key(view_text("x")));
	assert_true(has_key("/OWA/auth/%78.aspx/more", "/owa/auth/x.aspx") && has_key("/owa/auth/a+b.aspx", "/owa/auth/a b.aspx"));
	assert_true(has_key("/owa\\x.aspx", "/owa/x.aspx") && has_key("/owa/%", "/owa/%") && has_key("/a%2fb.aspx", "/a/b.aspx"));
	assert_false(has_key("/owa/x.aspx.txt", "/owa/x.aspx") || has_key("/owa/x.asp", "/owa/x.aspx") || has_key("", "/"));
}

static uint64_t
next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

#define ONE_OF(list, random) ((list)[next_random(random) % (sizeof(list) / sizeof((list)[0]))])

static const char *const some_addresses[] = { "192.0.2.1", "192.0.2.10", "2001:DB8::1%4", "2001:db8::1", "::ffff:192.0.2.1", "-", "10.0.0.5",
					      "198.51.100.77", "fe80::7%eth0", "192.0.2.2:443" };
static const char *const some_agents[] = { "curl/7.1", "curl/7.2", "python-requests/2.25.1", "antSword+v2,1", "antSword v2 1", "-", "an agent, with commas",
					   "Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)+AppleWebKit/537.36+(KHTML,+like+Gecko)+Chrome/88.0.4324.190", "\xc3\xa9tude/1" };
static const char *const some_stems[] = { "/owa/auth/x.aspx", "/OWA/auth/%78.aspx", "/owa/auth/a+b.aspx", "/owa/auth/a%20b.aspx/more", "/owa/", "-",
					  "/ecp/y.js", "/a b/x.aspx", "/auth/x.aspx", "/x.aspx/", "/owa\\auth\\x.aspx", "/y/x%2easpx", "//x.aspx" };
static const char *const some_pages[] = { "/owa/auth/x.aspx", "/owa/auth/a b.aspx", "/d/web/owa/auth/x.aspx", "/ecp/y.js", "/y/x.aspx", "/none/here.aspx" };

/* A value as IIS or Exchange writes it, or somebody who means no good. */
static void
add_value(struct text *log, const char *value, bool quoted, uint64_t *random)
{
	if (quoted && (strpbrk(value, ",\"") || next_random(random) % 8 == 0)) {
		text_printf(log, next_random(random) % 9 ? "\"%s\"" : "\"%s", value);
		return;
	}
	for (; *value; value++)
		text_addc(log, !quoted && *value == ' ' && next_random(random) % 8 ? '+' : *value);
}

/* Another order of columns now and then, without some of them, and lines that do not fit. */
static void
add_header(struct text *log, bool iis, unsigned order)
{
	static const char *const iis_heads[] = { "date time c-ip cs(User-Agent) cs-uri-stem sc-status", "date time cs-uri-stem c-ip cs(User-Agent) sc-status",
						 "date time c-ip cs-uri-stem cs-host cs(User-Agent)" };
	static const char *const proxy_heads[] = { "DateTime,ClientIpAddress,UserAgent,UrlStem,HttpStatus", "DateTime,UserAgent,ClientIpAddress,UrlStem,HttpStatus",
						   "UrlStem,DateTime,ClientIpAddress,HttpStatus,UserAgent" };

	text_printf(log, "#Fields: %s\r\n", iis ? iis_heads[order] : proxy_heads[order]);
}

static void
add_line(struct text *log, bool iis, unsigned order, uint64_t *random)
{
	static const char *const columns[2][3] = { { "dtaus2", "dtsau2", "dtashu" }, { "taus2", "tuas2", "sta2u" } };
	const char *address = ONE_OF(some_addresses, random), *agent = ONE_OF(some_agents, random), *stem = ONE_OF(some_stems, random);

	for (const char *c = columns[!iis][order]; *c; c++) {
		if (c != columns[!iis][order])
			text_addc(log, iis ? ' ' : ',');
		if (*c == 'd')
			text_adds(log, "2021-03-02");
		else if (*c == 't')
			text_adds(log, iis ? "10:00:00" : "2021-03-02T10:00:00.000Z");
		else if (*c == '2' || *c == 'h')
			text_adds(log, *c == '2' ? "200" : "mail.example.test");
		else
			add_value(log, *c == 'a' ? address : *c == 'u' ? agent : stem, !iis, random);
	}
	text_adds(log, next_random(random) % 20 ? "\r\n" : "\n");
}

static void
random_log(struct text *log, bool iis, uint64_t *random)
{
	size_t lines = next_random(random) % 6;
	unsigned order = (unsigned)next_random(random) % 3;

	add_header(log, iis, order);
	for (size_t i = 0; i < lines; i++) {
		if (next_random(random) % 4 == 0)
			add_header(log, iis, order = (unsigned)next_random(random) % 3);
		add_line(log, iis, order, random);
	}
}

static void
random_terms(struct terms *terms, uint64_t *random)
{
	char plain[TERM_ADDRESS_TEXT];

	for (size_t i = next_random(random) % 2; i < 2; i++) {
		const char *address = ONE_OF(some_addresses, random);
		struct term page = { .kind = TERM_PAGE, .text = ONE_OF(some_pages, random), .level = LEVEL_HIGH, .tail = next_random(random) % 2 };

		if (next_random(random) % 2 && address_plain(view_text(address), plain, sizeof(plain)))
			assert_int_equal(terms_add(terms, &(struct term){ .kind = TERM_ADDRESS, .text = plain, .watched = true },
						   next_random(random) % 2 ? "f1" : NULL), 0);
		if (next_random(random) % 2)
			name_it(terms, TERM_AGENT, ONE_OF(some_agents, random), LEVEL_HIGH, "f2");
		if (next_random(random) % 2)
			assert_int_equal(terms_add(terms, &page, "f3"), 0);
	}
}

struct both {
	struct trace *trace;
	const struct terms *terms;
	size_t hits;
};

static void
both_values(void *state, const struct view *values)
{
	trace_values(((struct both *)state)->trace, values);
}

static int
both_line(void *state, const struct log_line *line)
{
	struct both *both = state;
	uint32_t hits[TERM_HITS];
	struct visit visit;

	both->hits += visit_of(both->trace->kind, line, &visit) && terms_match(both->terms, &visit, hits);
	return 0;
}

/* Whether the log has a request for one of the terms: what its sketch says of them, and what its lines do. */
static void
ask_both(const struct log_kind *kind, struct view log, const struct terms *terms, bool *ret_maybe, bool *ret_is)
{
	CLEANUP(trace_free) struct trace *trace = NULL;
	CLEANUP(source_close) struct source *src = NULL;
	CLEANUP(log_result_free) struct log_result result = { 0 };
	struct sketch_question question = { 0 };
	struct both both = { .terms = terms };

	assert_int_equal(trace_new(kind, &trace), 0);
	both.trace = trace;
	assert_int_equal(source_memory(log, "log", &src), 0);
	assert_int_equal(log_read(&(struct log_reading){ .kind = kind, .all = true, .line = both_line, .state = &both, .values = both_values,
							 .columns = trace_columns(trace), .column_count = VISIT_COLUMNS, .block = 100 },
				  src, &result), 0);
	assert_int_equal(trace_end(trace), 0);
	assert_int_equal(sketch_ask(terms, &question), 0);
	*ret_maybe = sketch_may_hold(trace->sketch, &question);
	*ret_is = both.hits != 0;
	sketch_question_free(&question);
}

static void
a_sketch_never_says_no_of_what_is_there(void **state)
{
	uint64_t random = 1, beyond[TERM_KINDS];
	size_t there = 0, passed = 0, in_vain = 0;

	(void)state;
	for (int i = 0; i < 4000; i++) {
		CLEANUP(terms_free) struct terms *terms = NULL;
		CLEANUP(text_free) struct text log = { 0 };
		bool maybe, is;

		assert_int_equal(terms_new(&terms), 0);
		random_terms(terms, &random);
		assert_int_equal(terms_settle(terms, beyond), 0);
		random_log(&log, i % 2, &random);
		ask_both(log_kind_find(i % 2 ? "iis" : "httpproxy"), text_view(&log), terms, &maybe, &is);
		assert_true(maybe || !is);
		there += is;
		passed += !maybe;
		in_vain += maybe && !is;
	}
	assert_true(there > 500 && passed > 500);
	assert_true(in_vain < 40); /* pages and addresses that need not be the same, and have the same key */
}

/* Of a log with more values than a sketch has room for there is none; it is read. */
static void
a_full_sketch_is_none(void **state)
{
	CLEANUP(sketcher_free) struct sketcher *sketcher = NULL;
	CLEANUP(sketch_free) struct sketch *small = NULL, *full = NULL;
	CLEANUP(terms_free) struct terms *terms = NULL;
	struct sketch_question question = { 0 };
	uint64_t beyond[TERM_KINDS];
	char text[32];

	(void)state;
	assert_int_equal(terms_new(&terms), 0);
	name_it(terms, TERM_AGENT, "nobody/1.0", LEVEL_HIGH, "f1");
	assert_int_equal(terms_settle(terms, beyond), 0);
	assert_int_equal(sketch_ask(terms, &question), 0);
	assert_int_equal(sketcher_new(&sketcher), 0);
	sketcher_add(sketcher, (struct view[VISIT_COLUMNS]){ [VISIT_ADDRESS] = view_text("192.0.2.1") });
	assert_int_equal(sketcher_finish(sketcher, &small), 0);
	assert_true(sketch_bytes(small) && sketch_bytes(small) < 100);
	assert_false(sketch_may_hold(small, &question));
	sketcher_free(sketcher);
	assert_int_equal(sketcher_new(&sketcher), 0);
	for (unsigned i = 0; i < SKETCH_BITS_MAX / SKETCH_PROBES; i++) {
		snprintf(text, sizeof(text), "agent/%u", i);
		sketcher_add(sketcher, (struct view[VISIT_COLUMNS]){ [VISIT_AGENT] = view_text(text) });
	}
	assert_int_equal(sketcher_finish(sketcher, &full), 0);
	assert_null(full);
	assert_true(sketch_may_hold(full, &question));
	sketch_question_free(&question);
}

static void
a_file_is_served_as(void **state)
{
	static const struct {
		const char *path, *page;
		bool web_root, tail;
	} files[] = {
		{ "/Program Files/Microsoft/Exchange Server/V15/FrontEnd/HttpProxy/owa/auth/x.aspx", "/owa/auth/x.aspx", true, false },
		{ "/Program Files/Microsoft/Exchange Server/V15/clientaccess/ecp/x.aspx", "/ecp/x.aspx", false, false },
		{ "/inetpub/wwwroot/aspnet_client/s.aspx", "/aspnet_client/s.aspx", true, false },
		{ "/sites/shop/s.aspx", "/sites/shop/s.aspx", true, true },
		{ "/Windows/Temp/s.aspx", NULL, false, false },
		{ "/inetpub/wwwroot/aspnet_client/system_web", NULL, true, false },
		{ "/inetpub/logs/LogFiles/W3SVC1/u_ex210228.log", NULL, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		CLEANUP(text_free) struct text page = { 0 };
		bool tail = false;
		int r = trail_page(view_text(files[i].path), files[i].web_root, &page, &tail);

		assert_int_equal(r == 0, files[i].page != NULL);
		if (r == 0)
			assert_string_equal(page.s, files[i].page);
		assert_int_equal(r == 0 && tail, files[i].tail);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_says_of_a_password),
		cmocka_unit_test(each_kind_tells_it_in_its_own_way),
		cmocka_unit_test(every_try_is_found_by_a_literal),
		cmocka_unit_test(what_is_the_same),
		cmocka_unit_test(a_day_is_any_day),
		cmocka_unit_test(right_passwords_are_no_brute_force),
		cmocka_unit_test(a_hostile_log_is_bounded),
		cmocka_unit_test(logs_add_up),
		cmocka_unit_test(a_request_is_for_what_it_equals),
		cmocka_unit_test(the_gravest_find_room),
		cmocka_unit_test(requests_are_kept_up_to_a_number),
		cmocka_unit_test(what_is_the_same_has_the_same_key),
		cmocka_unit_test(a_sketch_never_says_no_of_what_is_there),
		cmocka_unit_test(a_full_sketch_is_none),
		cmocka_unit_test(a_file_is_served_as),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
