/* registry_software.c - what SOFTWARE says of a host: its Windows, its Exchange, and what starts with a logon. */
#include "filetime.h"
#include "registry_own.h"

#define NAMES(...) \
	(const char *const[]) \
	{ \
		__VA_ARGS__, NULL \
	}
#define WINDOWS "Microsoft\\Windows NT\\CurrentVersion"
#define ROLE NAMES("ConfiguredVersion", "UnpackedVersion")
#define SETUP \
	NAMES("MsiInstallPath", "MsiProductMajor", "MsiProductMinor", "MsiBuildMajor", "MsiBuildMinor", "OwaVersion", \
	      "Services", "DatabasePath", "LogPath")

static const struct wish wishes[] = {
	{ REGISTRY_WINDOWS, WINDOWS,
	  NAMES("ProductName", "EditionID", "InstallationType", "CurrentVersion", "CurrentMajorVersionNumber",
		"CurrentMinorVersionNumber", "CurrentBuild", "CurrentBuildNumber", "UBR", "BuildLabEx", "CSDVersion",
		"SystemRoot", "RegisteredOwner", "RegisteredOrganization") },
	{ REGISTRY_EXCHANGE, "Microsoft\\ExchangeServer\\v15\\Setup", SETUP },
	{ REGISTRY_EXCHANGE, "Microsoft\\ExchangeServer\\v14\\Setup", SETUP },
	{ REGISTRY_EXCHANGE, "Microsoft\\Exchange\\v8.0\\Setup", SETUP },
	{ REGISTRY_EXCHANGE, "Microsoft\\Exchange\\Setup", SETUP },
	{ REGISTRY_EXCHANGE, "Microsoft\\ExchangeServer\\v15\\MailboxRole", ROLE },
	{ REGISTRY_EXCHANGE, "Microsoft\\ExchangeServer\\v15\\ClientAccessRole", ROLE },
	{ REGISTRY_EXCHANGE, "Microsoft\\ExchangeServer\\v15\\CafeRole", ROLE },
	{ REGISTRY_FOLDER, "Microsoft\\Windows\\CurrentVersion",
	  NAMES("ProgramFilesDir", "ProgramFilesDir (x86)", "CommonFilesDir") },
	{ REGISTRY_FOLDER, "Microsoft\\Windows NT\\CurrentVersion\\ProfileList",
	  NAMES("ProgramData", "ProfilesDirectory", "Public") },
};

static const char *const uninstalls[] = {
	"Microsoft\\Windows\\CurrentVersion\\Uninstall",
	"WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall",
};

static const char *const runs[] = {
	"Microsoft\\Windows\\CurrentVersion\\Run",
	"Microsoft\\Windows\\CurrentVersion\\RunOnce",
	"Microsoft\\Windows\\CurrentVersion\\RunServices",
	"Microsoft\\Windows\\CurrentVersion\\RunServicesOnce",
	"Microsoft\\Windows\\CurrentVersion\\Policies\\Explorer\\Run",
	"WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Run",
	"WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\RunOnce",
};

/* InstallDate counts seconds since 1970, InstallTime (since Windows 10) is a FILETIME. */
static int
put_installed(struct facts *f, const struct at *windows, const char *name, bool seconds)
{
	CLEANUP(text_free) struct text data = { 0 };
	struct hive_value value;
	int r = facts_bytes(f, windows, name, &value, &data);
	int64_t n = r == 1 ? facts_number(value.type, text_view(&data)) : -1;

	if (r != 1 || n < 0)
		return r < 0 ? r : 0;
	return facts_put(f, windows,
			 (struct registry_fact){ .kind = REGISTRY_WINDOWS,
						 .subject = view_text(name),
						 .number = n,
						 .when = seconds ? filetime_of_unix(n, 0) : (uint64_t)n,
						 .offset = value.offset });
}

/* ---- users, programs ---- */

struct below {
	struct facts *facts;
	const struct at *above;
};

static int
put_profile(void *state, const struct hive_key *key, struct view name)
{
	struct below *b = state;
	struct at at;

	(void)name;
	facts_named(b->above, key, &at);
	return facts_value(b->facts, REGISTRY_PROFILE, &at, "ProfileImagePath", key->name);
}

/* The date of an installation is a text of the installer's, YYYYMMDD by the local clock, and is left alone. */
static int
put_program(void *state, const struct hive_key *key, struct view name)
{
	CLEANUP(text_free) struct text data = { 0 }, text = { 0 }, raw = { 0 }, version = { 0 };
	struct below *b = state;
	struct hive_value value, other;
	struct at at;
	int r;

	(void)name;
	facts_named(b->above, key, &at);
	r = facts_bytes(b->facts, &at, "DisplayName", &value, &data);
	if (r == 1)
		r = facts_text(b->facts, value.type, text_view(&data), &text);
	if (r < 0 || !text.n)
		return r < 0 ? r : 0;
	r = facts_bytes(b->facts, &at, "DisplayVersion", &other, &raw);
	if (r == 1)
		r = facts_text(b->facts, other.type, text_view(&raw), &version);
	if (r < 0)
		return r;
	return facts_put(b->facts, &at,
			 (struct registry_fact){ .kind = REGISTRY_INSTALLED,
						 .subject = text_view(&text),
						 .value = text_view(&version),
						 .number = -1,
						 .offset = value.offset });
}

static int
put_below(struct facts *f, const char *path, hive_take_key *take)
{
	struct at at;
	struct below below = { .facts = f, .above = &at };
	int r = facts_at(f, NULL, path, &at);

	return r == 1 ? hive_subkeys(f->hive, &at.key, take, &below) : r;
}

int
registry_software(struct hive *hive, struct sink *out, registry_take *take, void *state)
{
	struct facts f = { .hive = hive, .out = out, .take = take, .state = state };
	struct at at;
	int r = facts_wishes(&f, NULL, wishes, sizeof(wishes) / sizeof(wishes[0]));

	if (r)
		return r;
	r = facts_at(&f, NULL, WINDOWS, &at);
	if (r == 1) {
		r = put_installed(&f, &at, "InstallDate", true);
		if (r == 0)
			r = put_installed(&f, &at, "InstallTime", false);
	}
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]) && r == 0; i++) {
		r = facts_at(&f, NULL, runs[i], &at);
		if (r == 1)
			r = facts_all(&f, REGISTRY_RUN, &at);
	}
	if (r == 0)
		r = put_below(&f, WINDOWS "\\ProfileList", put_profile);
	for (size_t i = 0; i < sizeof(uninstalls) / sizeof(uninstalls[0]) && r == 0; i++)
		r = put_below(&f, uninstalls[i], put_program);
	return r;
}
