/* visit_same.c - addresses, programs, pages and accounts as logs write them: which are the same, and which say nothing. */
#include "log_own.h"
#include "visit.h"

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* ---- addresses ---- */

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* The four numbers of an IPv4 address, also behind `::ffff:`. */
static bool
four(struct view address, unsigned ret[static 4])
{
	size_t at = log_starts(address, "::ffff:") ? 7 : 0;

	for (int i = 0; i < 4; i++) {
		unsigned n = 0, digits = 0;

		for (; at < address.n && is_digit(address.p[at]) && digits < 3; at++, digits++)
			n = n * 10 + address.p[at] - '0';
		if (!digits || n > 255 || (i < 3 && (at >= address.n || address.p[at++] != '.')))
			return false;
		ret[i] = n;
	}
	return at == address.n;
}

static struct view
without_zone(struct view address)
{
	const uint8_t *zone = address.n ? memchr(address.p, '%', address.n) : NULL;

	return zone ? view_of(address.p, (size_t)(zone - address.p)) : address;
}

bool
address_loopback(struct view address)
{
	unsigned n[4];

	return four(address, n) ? n[0] == 127 : view_equal(without_zone(address), view_text("::1"));
}

bool
address_private(struct view address)
{
	unsigned n[4];

	if (four(address, n))
		return n[0] == 10 || (n[0] == 172 && (n[1] & 0xf0) == 16) || (n[0] == 192 && n[1] == 168) ||
		       (n[0] == 169 && n[1] == 254) || (n[0] == 100 && (n[1] & 0xc0) == 64);
	return log_starts(address, "fc") || log_starts(address, "fd") || log_starts(address, "fe8") ||
	       log_starts(address, "fe9") || log_starts(address, "fea") || log_starts(address, "feb");
}

size_t
address_plain(struct view address, char *ret_text, size_t n)
{
	size_t length = 0;

	address = without_zone(address);
	for (; length < address.n && length < n - 1 && address.p[length] > ' '; length++)
		ret_text[length] = (char)lower(address.p[length]);
	ret_text[length] = 0;
	return length;
}

/* ---- programs ---- */

bool
agent_common(struct view agent)
{
	/* how browsers, Outlook, phones, Exchange and Windows itself begin; 15. is the Exchange of these years */
	static const char *const common[] = {
		"Mozilla/",  "Opera/",    "Microsoft", "MacOutlook/", "Outlook", "MSRPC",  "Apple-",  "iOS/",	    "Android",
		"SAMSUNG",   "Samsung",   "Mac+OS",    "Mac OS",      "macOS",	 "CalendarAgent", "AddressBook",
		"accountsd", "dataaccessd", "remindd", "exchangesync", "Calendar", "iPhone", "iPad", "TouchDown", "Nine",
		"Exchange/", "ExchangeServicesClient/15.", "ExchangeInternal", "ExchangeWebServicesProxy", "ASProxy", "OC/",
		"UCCAPI",    "CWA/",      "Skype",     "Teams",	      "SkypeSpaces", "AppleExchangeWebServices", "Thunderbird",
		"Evolution", "DavMail",   "BlackBerry", "MSFT-",       "Windows-",
	};

	if (agent.n < LITERAL_MIN)
		return true;
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (log_starts(agent, common[i]))
			return true;
	return false;
}

static uint8_t
blank(uint8_t c)
{
	return c == '+' || c == ',' ? ' ' : c;
}

bool
agent_same(struct view a, struct view b)
{
	if (a.n != b.n || !a.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (blank(a.p[i]) != blank(b.p[i]))
			return false;
	return true;
}

/* ---- pages ---- */

static int
hex_digit(uint8_t c)
{
	return is_digit(c) ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* The character that stands at *at, percent-decoded once; '+' is what IIS writes for a blank. */
static uint8_t
next(struct view text, size_t *at)
{
	size_t i = (*at)++;

	if (text.p[i] == '%' && i + 2 < text.n && hex_digit(text.p[i + 1]) >= 0 && hex_digit(text.p[i + 2]) >= 0) {
		*at = i + 3;
		return (uint8_t)(hex_digit(text.p[i + 1]) << 4 | hex_digit(text.p[i + 2]));
	}
	return text.p[i];
}

static bool
same_letter(uint8_t asked, uint8_t page)
{
	return lower(asked) == lower(page) || (asked == '+' && page == ' ') || (asked == '\\' && page == '/');
}

static bool
asks(struct view stem, struct view page)
{
	size_t at = 0;

	for (size_t i = 0; i < page.n; i++)
		if (at >= stem.n || !same_letter(next(stem, &at), page.p[i]))
			return false;
	return at == stem.n || stem.p[at] == '/';
}

bool
stem_asks(struct view stem, struct view page, bool tail)
{
	if (asks(stem, page))
		return true;
	for (size_t i = 1; tail && i < page.n; i++)
		if (page.p[i] == '/' && asks(stem, view_from(page, i)))
			return true;
	return false;
}

/* ---- keys ---- */

/* FNV-1a, begun with another byte for each sort of text. */
static uint64_t
key_begin(uint8_t sort)
{
	return (UINT64_C(0xcbf29ce484222325) ^ sort) * UINT64_C(0x100000001b3);
}

static uint64_t
key_add(uint64_t key, uint8_t c)
{
	return (key ^ c) * UINT64_C(0x100000001b3);
}

/* Each bit of a key depends on all that was added. */
static uint64_t
key_end(uint64_t key)
{
	key = (key ^ key >> 33) * UINT64_C(0xff51afd7ed558ccd);
	key = (key ^ key >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	key ^= key >> 33;
	return key ? key : 1;
}

/* Of the beginning alone, since address_plain cuts what is longer, and some ask it for less. */
uint64_t
address_key(struct view address)
{
	enum { BEGINNING = 40 };
	uint64_t key = key_begin('a');
	size_t i = 0;

	address = without_zone(address);
	for (; i < address.n && i < BEGINNING && address.p[i] > ' '; i++)
		key = key_add(key, lower(address.p[i]));
	return i ? key_end(key) : 0;
}

uint64_t
agent_key(struct view agent)
{
	uint64_t key = key_begin('p');

	for (size_t i = 0; i < agent.n; i++)
		key = key_add(key, blank(agent.p[i]));
	return agent.n ? key_end(key) : 0;
}

/* One for all letters that same_letter could call the same. */
static uint8_t
any_letter(uint8_t c)
{
	return c == '+' ? ' ' : c == '\\' ? '/' : lower(c);
}

uint64_t
page_key(struct view page)
{
	uint64_t key = key_begin('u');

	for (size_t i = 0; i < page.n; i++)
		key = key_add(key, any_letter(page.p[i]));
	return page.n ? key_end(key) : 0;
}

void
stem_keys(struct view stem, void (*take)(void *state, uint64_t key), void *state)
{
	uint64_t key = key_begin('u');

	for (size_t at = 0; at < stem.n;) {
		key = key_add(key, any_letter(next(stem, &at)));
		if (at == stem.n || stem.p[at] == '/')
			take(state, key_end(key));
	}
}

bool
stem_serves(struct view stem)
{
	static const char *const endings[] = { ".asmx", ".svc", ".eas", ".owa", ".xml", ".json", ".wsdl", ".dll", ".ecp" };

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t n = strlen(endings[i]);

		if (stem.n >= n && log_same(view_from(stem, stem.n - n), endings[i]))
			return true;
	}
	return false;
}

/* ---- accounts ---- */

size_t
account_name(struct view account, char *ret_name, size_t n)
{
	const uint8_t *domain = account.n ? memrchr(account.p, '\\', account.n) : NULL, *at;
	size_t length;

	if (domain)
		account = view_from(account, (size_t)(domain - account.p) + 1);
	at = account.n ? memchr(account.p, '@', account.n) : NULL;
	if (at && at != account.p)
		account.n = (size_t)(at - account.p);
	while (account.n && (account.p[0] == ' ' || account.p[0] == '+'))
		account = view_from(account, 1);
	length = account.n < n - 1 ? account.n : n - 1;
	for (size_t i = 0; i < length; i++)
		ret_name[i] = (char)lower(account.p[i]);
	ret_name[length] = 0;
	return length;
}
