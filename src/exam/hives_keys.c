/* hives_keys.c - keys whose last write an examiner wants to see among other events: what starts by itself, what protects. */
#include <errno.h>
#include <strings.h>

#include "fail.h"
#include "hives.h"

enum {
	SHORT_VALUES = 8, /* values of a key that are shown */
	SHORT_TEXT = 200, /* bytes of each, and of a name */
	ALL_BELOW = -1,
};

#define WINDOWS_NOW "Microsoft\\Windows\\CurrentVersion\\"
#define WINDOWS_NT "Microsoft\\Windows NT\\CurrentVersion\\"
#define EXCHANGE "Microsoft\\ExchangeServer\\v15"

/* Paths within the hive, of SYSTEM within the control set in use; depth: 0 the key itself, 1 those right below it. */
static const struct watched_key {
	enum registry_part part;
	const char *path;
	int depth;
} watched[] = {
	{ PART_SYSTEM, "Services", 1 },
	{ PART_SYSTEM, "Services\\PortProxy", ALL_BELOW },
	{ PART_SYSTEM, "Services\\LanmanServer\\Shares", 0 },
	{ PART_SYSTEM, "Control\\Lsa", 0 },
	{ PART_SYSTEM, "Control\\SecurityProviders", 0 },
	{ PART_SYSTEM, "Control\\SecurityProviders\\WDigest", 0 },
	{ PART_SYSTEM, "Control\\Terminal Server", 0 },
	{ PART_SYSTEM, "Control\\Terminal Server\\WinStations\\RDP-Tcp", 0 },
	{ PART_SYSTEM, "Control\\Session Manager", 0 },
	{ PART_SYSTEM, "Control\\Session Manager\\AppCertDlls", 0 },
	{ PART_SYSTEM, "Control\\Session Manager\\Environment", 0 },
	{ PART_SYSTEM, "Control\\Print\\Monitors", 1 },
	{ PART_SYSTEM, "Control\\NetworkProvider\\Order", 0 },
	{ PART_SYSTEM, "Control\\TimeZoneInformation", 0 },
	{ PART_SYSTEM, "Control\\ComputerName\\ComputerName", 0 },
	{ PART_SOFTWARE, WINDOWS_NOW "Run", 0 },
	{ PART_SOFTWARE, WINDOWS_NOW "RunOnce", 0 },
	{ PART_SOFTWARE, WINDOWS_NOW "RunServices", 0 },
	{ PART_SOFTWARE, WINDOWS_NOW "RunServicesOnce", 0 },
	{ PART_SOFTWARE, WINDOWS_NOW "Policies\\Explorer\\Run", 0 },
	{ PART_SOFTWARE, WINDOWS_NOW "Policies\\System", 0 },
	{ PART_SOFTWARE, WINDOWS_NOW "Uninstall", 1 },
	{ PART_SOFTWARE, "WOW6432Node\\" WINDOWS_NOW "Run", 0 },
	{ PART_SOFTWARE, "WOW6432Node\\" WINDOWS_NOW "RunOnce", 0 },
	{ PART_SOFTWARE, "WOW6432Node\\" WINDOWS_NOW "Uninstall", 1 },
	{ PART_SOFTWARE, WINDOWS_NT "Image File Execution Options", 1 },
	{ PART_SOFTWARE, WINDOWS_NT "SilentProcessExit", 1 },
	{ PART_SOFTWARE, WINDOWS_NT "Winlogon", 0 },
	{ PART_SOFTWARE, WINDOWS_NT "Windows", 0 },
	{ PART_SOFTWARE, WINDOWS_NT "ProfileList", 1 },
	{ PART_SOFTWARE, WINDOWS_NT "Schedule\\TaskCache\\Tree", ALL_BELOW },
	{ PART_SOFTWARE, EXCHANGE "\\Setup", 0 },
	{ PART_SOFTWARE, EXCHANGE "\\MailboxRole", 0 },
	{ PART_SOFTWARE, EXCHANGE "\\ClientAccessRole", 0 },
	{ PART_SOFTWARE, "Microsoft\\ExchangeServer\\v14\\Setup", 0 },
	{ PART_SOFTWARE, "Microsoft\\Windows Defender\\Exclusions", ALL_BELOW },
	{ PART_SOFTWARE, "Microsoft\\Windows Defender\\Real-Time Protection", 0 },
	{ PART_SOFTWARE, "Policies\\Microsoft\\Windows Defender", ALL_BELOW },
	{ PART_SOFTWARE, "Policies\\Microsoft\\Windows\\PowerShell", ALL_BELOW },
	{ PART_SOFTWARE, "Microsoft\\Active Setup\\Installed Components", 1 },
	{ PART_SAM, "SAM\\Domains\\Account\\Users\\Names", 1 },
	{ PART_USER, "Software\\" WINDOWS_NOW "Run", 0 },
	{ PART_USER, "Software\\" WINDOWS_NOW "RunOnce", 0 },
	{ PART_USER, "Software\\" WINDOWS_NOW "Policies\\Explorer\\Run", 0 },
	{ PART_USER, "Software\\" WINDOWS_NOW "Explorer\\RunMRU", 0 },
	{ PART_USER, "Software\\" WINDOWS_NOW "Explorer\\TypedPaths", 0 },
	{ PART_USER, "Software\\" WINDOWS_NOW "Explorer\\MountPoints2", 1 },
	{ PART_USER, "Software\\" WINDOWS_NT "Winlogon", 0 },
	{ PART_USER, "Software\\" WINDOWS_NT "Windows", 0 },
	{ PART_USER, "Software\\Sysinternals", 1 },
	{ PART_USER, "Software\\Microsoft\\Terminal Server Client\\Servers", 1 },
	{ PART_USER, "Environment", 0 },
	{ PART_USER, "Network", 1 },
};

/* ---- which ---- */

/* What of a path follows the control set in use; all of it in other hives. */
static struct view
relative(const struct regvalue_root *root, struct view path)
{
	char set[24];
	size_t n;

	if (root->part != PART_SYSTEM)
		return path;
	n = (size_t)snprintf(set, sizeof(set), "ControlSet%03u\\", root->set % 1000);
	return path.n > n && !strncasecmp((const char *)path.p, set, n) ? view_from(path, n) : view_of(NULL, 0);
}

static int
depth_of(struct view rest)
{
	int depth = 0;

	for (size_t i = 0; i < rest.n; i++)
		depth += rest.p[i] == '\\';
	return depth;
}

bool
hive_key_matters(const struct regvalue_root *root, struct view path)
{
	struct view at = relative(root, path);

	for (size_t i = 0; i < sizeof(watched) / sizeof(watched[0]) && at.n; i++) {
		const struct watched_key *w = &watched[i];
		size_t n = strlen(w->path);

		if (w->part != root->part || at.n < n || strncasecmp((const char *)at.p, w->path, n) != 0 ||
		    (at.n > n && at.p[n] != '\\'))
			continue;
		if (w->depth == ALL_BELOW || depth_of(view_from(at, n)) == w->depth)
			return true;
	}
	return false;
}

/* ---- in words ---- */

int
hive_keep_text(struct arena *arena, struct view text, size_t most, struct view *ret)
{
	CLEANUP(text_free) struct text shown = { 0 };
	size_t n = text.n < most ? text.n : most;
	const char *copy;

	while (n && n < text.n && (text.p[n] & 0xc0) == 0x80) /* not within a character */
		n--;
	if (text_add_escaped(&shown, view_of(text.p, n)) < 0 || text_adds(&shown, n < text.n ? "..." : "") < 0)
		return -ENOMEM;
	copy = arena_copy(arena, text_view(&shown));
	*ret = view_of(copy, shown.n);
	return copy ? 0 : -ENOMEM;
}

struct shortening {
	struct hive *hive;
	struct text *to;
	unsigned n;
};

/* Cut where a character ends. */
static int
add_cut(struct text *to, struct view text)
{
	size_t n = text.n < SHORT_TEXT ? text.n : SHORT_TEXT;
	int r;

	while (n && n < text.n && (text.p[n] & 0xc0) == 0x80)
		n--;
	r = text_add(to, view_of(text.p, n));
	return r < 0 || n == text.n ? r : text_adds(to, "...");
}

static int
take_short(void *state, const struct hive_value *value)
{
	CLEANUP(text_free) struct text details = { 0 }, name = { 0 };
	struct shortening *s = state;
	int r;

	if (++s->n > SHORT_VALUES)
		return 0;
	/* the name is good until a value is read again */
	r = text_add(&name, value->name.n ? value->name : view_text("(Default)"));
	if (r == 0)
		r = regvalue_details(s->hive, value, &details);
	if (r == 0 && s->n > 1)
		r = text_adds(s->to, "; ");
	if (r == 0)
		r = add_cut(s->to, text_view(&name));
	if (r == 0)
		r = text_adds(s->to, " = ");
	return r < 0 ? r : add_cut(s->to, text_view(&details));
}

int
hive_short_values(struct hive_reading *reading, const struct hive_key *key, struct text *ret)
{
	struct shortening s = { .hive = reading->open->hive, .to = ret };
	int r = hive_values(s.hive, key, take_short, &s);

	if (r == 0 && s.n > SHORT_VALUES)
		r = text_printf(ret, "; and %u more", s.n - SHORT_VALUES);
	return r == 0 && !s.n ? text_adds(ret, "no values") : r;
}

/* ---- as events ---- */

int
hive_note_key(struct hive_reading *reading, const struct hive_key *key, struct view path)
{
	CLEANUP(text_free) struct text object = { 0 }, values = { 0 };
	struct hive_slot *to = reading->to;
	struct kept_key *kept;
	int r;

	if (!key->values || !key->written || key->written < reading->exam->since || !hive_key_matters(&to->root, path))
		return 0;
	if (to->events.n >= HIVE_EVENTS_MAX) {
		to->untold_events++;
		return 0;
	}
	kept = vector_push(&to->events);
	r = kept ? regvalue_object(&to->root, path, &object) : -ENOMEM;
	if (r == 0)
		r = hive_short_values(reading, key, &values);
	if (r == 0)
		r = hive_keep_text(&to->arena, text_view(&object), SIZE_MAX, &kept->object);
	if (r == 0)
		r = hive_keep_text(&to->arena, text_view(&values), SIZE_MAX, &kept->values);
	if (r < 0)
		return r == -ENOMEM ? fail(ENOMEM, "out of memory for keys of %s", reading->open->primary.path) : r;
	kept->when = key->written;
	kept->offset = key->offset;
	return 0;
}
