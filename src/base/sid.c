/* sid.c - security identifiers as text, and the names of those that every Windows has. */
#include "sid.h"

#include <inttypes.h>
#include <stdio.h>

#include "digest.h"

struct disk_sid {
	uint8_t revision, parts; /* 0, 1 */
	uint8_t authority[6];    /* 2, big-endian; the parts follow */
};

bool
sid_text(struct view bytes, char ret[static SID_TEXT])
{
	const struct disk_sid *sid = VIEW_AT(bytes, 0, struct disk_sid);
	uint64_t authority = 0;
	int n;

	if (!sid || sid->revision != 1 || !sid->parts || sid->parts > SID_PARTS_MAX ||
	    !view_has(bytes, sizeof(*sid), sid->parts * sizeof(le32)))
		return false;
	for (size_t i = 0; i < sizeof(sid->authority); i++)
		authority = authority << 8 | sid->authority[i];
	n = snprintf(ret, SID_TEXT, "S-1-%" PRIu64, authority);
	for (unsigned i = 0; i < sid->parts; i++)
		n += snprintf(ret + n, SID_TEXT - (size_t)n, "-%" PRIu32,
			      le32_get(*VIEW_AT(bytes, sizeof(*sid) + i * sizeof(le32), le32)));
	return true;
}

/* [MS-DTYP] 2.4.2.4, and the accounts that IIS and Windows servicing bring. */
static const struct {
	const char *sid, *name;
} known[] = {
	{ "S-1-1-0", "Everyone" },
	{ "S-1-3-0", "CREATOR OWNER" },
	{ "S-1-5-7", "NT AUTHORITY\\ANONYMOUS LOGON" },
	{ "S-1-5-11", "NT AUTHORITY\\Authenticated Users" },
	{ "S-1-5-17", "NT AUTHORITY\\IUSR" },
	{ "S-1-5-18", "NT AUTHORITY\\SYSTEM" },
	{ "S-1-5-19", "NT AUTHORITY\\LOCAL SERVICE" },
	{ "S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE" },
	{ "S-1-5-32-544", "BUILTIN\\Administrators" },
	{ "S-1-5-32-545", "BUILTIN\\Users" },
	{ "S-1-5-32-546", "BUILTIN\\Guests" },
	{ "S-1-5-32-551", "BUILTIN\\Backup Operators" },
	{ "S-1-5-32-568", "BUILTIN\\IIS_IUSRS" },
	{ "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", "NT SERVICE\\TrustedInstaller" },
};

/* What the last number says in any domain and on any host. */
static const struct {
	const char *ending, *name;
} relative[] = {
	{ "-500", "the built-in Administrator" },
	{ "-501", "the built-in Guest" },
	{ "-512", "Domain Admins" },
	{ "-519", "Enterprise Admins" },
};

/* Those of IIS itself and of Exchange 2013 to 2019. */
static const char *const pools[] = {
	"IIS APPPOOL\\DefaultAppPool",
	"IIS APPPOOL\\.NET v4.5",
	"IIS APPPOOL\\.NET v4.5 Classic",
	"IIS APPPOOL\\MSExchangeAutodiscoverAppPool",
	"IIS APPPOOL\\MSExchangeECPAppPool",
	"IIS APPPOOL\\MSExchangeMapiAddressBookAppPool",
	"IIS APPPOOL\\MSExchangeMapiFrontEndAppPool",
	"IIS APPPOOL\\MSExchangeMapiMailboxAppPool",
	"IIS APPPOOL\\MSExchangeOABAppPool",
	"IIS APPPOOL\\MSExchangeOWAAppPool",
	"IIS APPPOOL\\MSExchangeOWACalendarAppPool",
	"IIS APPPOOL\\MSExchangePowerShellAppPool",
	"IIS APPPOOL\\MSExchangePowerShellFrontEndAppPool",
	"IIS APPPOOL\\MSExchangePushNotificationsAppPool",
	"IIS APPPOOL\\MSExchangeRestAppPool",
	"IIS APPPOOL\\MSExchangeRpcProxyAppPool",
	"IIS APPPOOL\\MSExchangeRpcProxyFrontEndAppPool",
	"IIS APPPOOL\\MSExchangeServicesAppPool",
	"IIS APPPOOL\\MSExchangeSyncAppPool",
};

/* The SID of a pool is S-1-5-82 and the SHA-1 of its name in lower case, UTF-16LE. */
static bool
pool_is(const char *pool, const char *sid)
{
	CLEANUP(digest_close) struct digest *digest = NULL;
	struct digest_value values[DIGEST_KINDS];
	char text[SID_TEXT];
	int n;

	if (digest_open(1u << DIGEST_SHA1, &digest) < 0)
		return false;
	for (const char *c = strchr(pool, '\\') + 1; *c; c++) {
		uint8_t unit[2] = { (uint8_t)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c) };

		if (digest_add(digest, view_of(unit, sizeof(unit))) < 0)
			return false;
	}
	if (digest_end(digest, values) < 0)
		return false;
	n = snprintf(text, sizeof(text), "S-1-5-82");
	for (size_t i = 0; i < 5; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "-%" PRIu32,
			      le32_get(*VIEW_AT(view_of(values[DIGEST_SHA1].b, 20), i * 4, le32)));
	return !strcmp(text, sid);
}

static const char *
pool_name(const char *sid)
{
	for (size_t i = 0; i < sizeof(pools) / sizeof(pools[0]); i++)
		if (pool_is(pools[i], sid))
			return pools[i];
	return "an application pool of IIS";
}

const char *
sid_name(const char *sid)
{
	const char *last = strrchr(sid, '-');

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(sid, known[i].sid))
			return known[i].name;
	if (!strncmp(sid, "S-1-5-82-", 9))
		return pool_name(sid);
	if (!strncmp(sid, "S-1-5-80-", 9))
		return "a service";
	for (size_t i = 0; last && !strncmp(sid, "S-1-5-21-", 9) && i < sizeof(relative) / sizeof(relative[0]); i++)
		if (!strcmp(last, relative[i].ending))
			return relative[i].name;
	return "";
}
