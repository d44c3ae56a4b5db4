/* hives_facts.c - what a hive says of its Windows, in the words that a case has for it. */
#include <errno.h>
#include <inttypes.h>
#include <strings.h>

#include "fail.h"
#include "hives.h"
#include "zone.h"

enum { VALUE_MAX = 4096 };

/* Several values that are one fact to a person. */
struct together {
	struct text product, build, revision, pack;
	struct registry_fact windows; /* where the first of them stands */
};

struct gathering {
	struct hive_reading *reading;
	struct together together;
};

static int
no_memory(const struct hive_reading *h)
{
	return fail(ENOMEM, "out of memory for facts of %s", h->open->primary.path);
}

/* ---- one fact ---- */

static const struct fact_words {
	enum registry_kind kind;
	const char *subject; /* NULL: any */
	const char *what;
	const char *note;
} words[] = {
	{ REGISTRY_CONTROL_SET, NULL, "control set", "the one in use" },
	{ REGISTRY_COMPUTER, "ComputerName", "name", "" },
	{ REGISTRY_COMPUTER, "Domain", "domain", "" },
	{ REGISTRY_COMPUTER, "NV Domain", "domain", "" },
	{ REGISTRY_COMPUTER, NULL, "host name", "" },
	{ REGISTRY_SHUTDOWN, NULL, "last shutdown", "" },
	{ REGISTRY_ZONE, NULL, "time zone setting", "" },
	{ REGISTRY_SETTING, NULL, "setting", "" },
	{ REGISTRY_SERVICE, NULL, "service", "" },
	{ REGISTRY_SERVICE_DLL, NULL, "service library", "" },
	{ REGISTRY_SHARE, NULL, "share", "" },
	{ REGISTRY_SHIM, NULL, "program seen",
	  "the time is the last change of the file; that it ran is not said by this" },
	{ REGISTRY_HTTPERR, NULL, "http error log folder", "" },
	{ REGISTRY_WINDOWS, "InstallDate", "windows installed", "" },
	{ REGISTRY_WINDOWS, "InstallTime", "windows installed", "" },
	{ REGISTRY_WINDOWS, "SystemRoot", "windows folder", "" },
	{ REGISTRY_WINDOWS, "RegisteredOwner", "registered to", "" },
	{ REGISTRY_WINDOWS, "RegisteredOrganization", "registered to", "" },
	{ REGISTRY_RUN, NULL, "run key", "" },
	{ REGISTRY_EXCHANGE, NULL, "exchange setup", "" },
	{ REGISTRY_ACCOUNT, NULL, "account", "the key was written when the account was made, or renamed" },
	{ REGISTRY_LOGON, NULL, "account logged on last", "" },
	{ REGISTRY_PASSWORD, NULL, "account password set", "" },
	{ REGISTRY_FAILED, NULL, "account refused last", "a wrong password" },
	{ REGISTRY_FOLDER, NULL, "folder", "" },
	{ REGISTRY_PROFILE, NULL, "user profile", "" },
	{ REGISTRY_INSTALLED, NULL, "installed program", "" },
	{ REGISTRY_PROGRAM, NULL, "program listed", "the value is its SHA-1; that it ran is not said by this" },
};

static const struct fact_words *
words_for(const struct registry_fact *fact)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].kind == fact->kind &&
		    (!words[i].subject || view_equal(view_text(words[i].subject), fact->subject)))
			return &words[i];
	return NULL;
}

/* "{guid} DhcpIPAddress": the last word says what it is. */
static const char *
address_what(struct view subject)
{
	static const struct {
		const char *end, *what;
	} ends[] = { { "IPAddress", "address" },         { "Gateway", "gateway" }, { "NameServer", "name server" },
		     { "DhcpServer", "address server" } };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i].end);

		if (subject.n > n && !memcmp(subject.p + subject.n - n, ends[i].end, n))
			return ends[i].what;
	}
	return "address";
}

static bool
is_empty_address(struct view value)
{
	return !value.n || view_equal(value, view_text("0.0.0.0"));
}

static const char *
start_words(int64_t start)
{
	static const char *const starts[] = { "starts with the boot loader", "starts with the kernel", "starts by itself",
					      "starts on demand", "switched off" };

	return start >= 0 && start < 5 ? starts[start] : "";
}

static int
keep(struct hive_reading *h, const struct registry_fact *fact, const char *what, struct view value, const char *note)
{
	struct hive_slot *to = h->to;
	struct kept_fact *kept;
	uint64_t place;
	struct host_row *row;

	if (to->facts.n >= HIVE_FACTS_MAX) {
		to->untold_facts++;
		return 0;
	}
	kept = vector_push(&to->facts);
	if (!kept)
		return no_memory(h);
	row = &kept->row;
	kept->file = hives_origin(h->open, fact->offset, 1, &place);
	*row = (struct host_row){ .what = what,
				  .when = fact->when ? fact->when : fact->written,
				  .dated = fact->when != 0,
				  .deleted = h->lead,
				  .mft = (int64_t)kept->file->entry.entry,
				  .offset = (int64_t)place,
				  .note = arena_copy(&to->arena, view_text(note)) };
	if (!row->note || hive_keep_text(&to->arena, fact->subject, VALUE_MAX, &row->name) < 0 ||
	    hive_keep_text(&to->arena, value, VALUE_MAX, &row->value) < 0 ||
	    hive_keep_text(&to->arena, fact->path, VALUE_MAX, &row->key) < 0)
		return no_memory(h);
	return 0;
}

/* ---- several values that are one fact ---- */

static int
gather_windows(struct together *t, const struct registry_fact *fact)
{
	struct text *to = view_equal(fact->subject, view_text("ProductName"))   ? &t->product
			  : view_equal(fact->subject, view_text("CurrentBuild")) ? &t->build
			  : view_equal(fact->subject, view_text("UBR"))          ? &t->revision
			  : view_equal(fact->subject, view_text("CSDVersion"))   ? &t->pack
										 : NULL;

	if (!to || to->n)
		return 0;
	if (!t->windows.offset) {
		t->windows = *fact;
		t->windows.subject = t->windows.value = t->windows.path = view_of(NULL, 0);
	}
	return text_add(to, fact->value);
}

static int
keep_windows(struct hive_reading *h, struct together *t)
{
	CLEANUP(text_free) struct text version = { 0 };
	struct registry_fact fact = t->windows;
	int r;

	if (!t->product.n && !t->build.n)
		return 0;
	r = text_add(&version, t->product.n ? text_view(&t->product) : view_text("Windows"));
	if (r == 0 && t->pack.n)
		r = text_printf(&version, " %s", t->pack.s);
	if (r == 0 && t->build.n)
		r = text_printf(&version, ", build %s", t->build.s);
	if (r == 0 && t->build.n && t->revision.n)
		r = text_printf(&version, ".%s", t->revision.s);
	if (r < 0)
		return no_memory(h);
	fact.path = view_text("Microsoft\\Windows NT\\CurrentVersion");
	return keep(h, &fact, "windows version", text_view(&version), "");
}

static int
keep_zone(struct hive_reading *h)
{
	CLEANUP(text_free) struct text said = { 0 };
	struct registry_fact fact = { .path = view_text("Control\\TimeZoneInformation") };
	struct hive_key key;
	struct zone zone;
	char path[64];
	int r = zone_read(h->open->hive, &h->open->out.sink, &zone);

	if (r != 1)
		return r;
	snprintf(path, sizeof(path), "ControlSet%03u\\Control\\TimeZoneInformation", h->to->root.set);
	r = hive_find(h->open->hive, path, &key);
	if (r != 1)
		return r;
	if (zone_describe(&zone, &said) < 0)
		return no_memory(h);
	fact.path = view_text(path);
	fact.offset = key.offset;
	fact.written = key.written;
	return keep(h, &fact, "time zone", text_view(&said), "as it was set when the hive was written; it may have been another before");
}

/* ---- all of them ---- */

static int
keep_service(struct hive_reading *h, const struct registry_fact *fact)
{
	return fact->value.n || fact->number >= 0 ? keep(h, fact, "service", fact->value, start_words(fact->number)) : 0;
}

static int
keep_mount(struct hive_reading *h, const struct registry_fact *fact)
{
	static const char drives[] = "\\DosDevices\\";
	struct registry_fact named = *fact;
	size_t n = sizeof(drives) - 1;
	bool drive = fact->subject.n > n && !memcmp(fact->subject.p, drives, n);

	if (drive)
		named.subject = view_from(fact->subject, n);
	return keep(h, &named, drive ? "drive" : "volume name", fact->value, "");
}

static int
keep_account(struct hive_reading *h, const struct registry_fact *fact, const struct fact_words *w)
{
	CLEANUP(text_free) struct text value = { 0 };
	int r = text_printf(&value, "RID %" PRId64, fact->number);

	if (r == 0 && fact->value.n)
		r = text_printf(&value, ", %.*s", (int)fact->value.n, (const char *)fact->value.p);
	return r < 0 ? no_memory(h) : keep(h, fact, w->what, text_view(&value), w->note);
}

static int
take_fact(void *state, const struct registry_fact *fact)
{
	struct gathering *g = state;
	struct hive_reading *h = g->reading;
	const struct fact_words *w = words_for(fact);

	switch (fact->kind) {
	case REGISTRY_ADDRESS:
		return is_empty_address(fact->value) ? 0 : keep(h, fact, address_what(fact->subject), fact->value, "");
	case REGISTRY_MOUNT:
		return keep_mount(h, fact);
	case REGISTRY_SERVICE:
		return keep_service(h, fact);
	case REGISTRY_PROGRAM: {
		int r = hive_ask_program(h, fact);

		return r < 0 ? r : keep(h, fact, w->what, fact->value, w->note);
	}
	case REGISTRY_CONTROL_SET:
		h->to->root.set = (unsigned)fact->number;
		return keep(h, fact, w->what, fact->subject, w->note);
	case REGISTRY_ACCOUNT:
	case REGISTRY_LOGON:
	case REGISTRY_PASSWORD:
	case REGISTRY_FAILED:
		return keep_account(h, fact, w);
	case REGISTRY_WINDOWS:
		if (gather_windows(&g->together, fact) < 0)
			return no_memory(h);
		break;
	default:
		break;
	}
	if (fact->kind == REGISTRY_COMPUTER && !fact->value.n)
		return 0;
	return w ? keep(h, fact, w->what, fact->value, w->note) : 0;
}

static int
read_facts(struct hive_reading *h, struct gathering *g)
{
	struct hive *hive = h->open->hive;
	struct sink *out = &h->open->out.sink;
	int r;

	switch (h->to->root.part) {
	case PART_SYSTEM:
		r = registry_system(hive, out, take_fact, g);
		return r < 0 ? r : keep_zone(h);
	case PART_SOFTWARE:
		r = registry_software(hive, out, take_fact, g);
		return r < 0 ? r : keep_windows(h, &g->together);
	case PART_SAM:
		return registry_sam(hive, out, take_fact, g);
	case PART_USER:
		return registry_user(hive, out, take_fact, g);
	case PART_AMCACHE:
		return registry_amcache(hive, out, take_fact, g);
	default:
		return 0;
	}
}

int
hive_facts(struct hive_reading *reading)
{
	struct gathering g = { .reading = reading };
	int r = read_facts(reading, &g);

	text_free(&g.together.product);
	text_free(&g.together.build);
	text_free(&g.together.revision);
	text_free(&g.together.pack);
	return r;
}

int
hive_keep_lead(struct hive_reading *reading, const struct hive_lost *lost, struct view values)
{
	struct registry_fact fact = { .subject = lost->path,
				      .path = lost->path,
				      .written = lost->key->written,
				      .offset = lost->key->offset };

	return keep(reading, &fact, "deleted key", values,
		    lost->whole ? "a lead: found in what is free of the hive"
				: "a lead: found in what is free of the hive, and the keys above it are not all known");
}
