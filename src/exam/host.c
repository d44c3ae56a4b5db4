/* host.c - which Windows and which Exchange lie on an image, told by their folders and files and not by drive letters.
 */
#include <errno.h>

#include "builds.h"
#include "fail.h"

enum { HOSTS_MAX = 4096, LEVELS_UP = 6 };

/* A folder and those above it, nearest first. */
struct climb {
	struct folder at[LEVELS_UP];
	uint32_t number[LEVELS_UP];
	unsigned n;
};

static bool
name_is(struct view utf16, const char *ascii)
{
	size_t n = strlen(ascii);

	if (utf16.n != n * 2)
		return false;
	for (size_t i = 0; i < n; i++) {
		uint8_t c = utf16.p[i * 2];

		if (utf16.p[i * 2 + 1] ||
		    (c != (uint8_t)ascii[i] && ((c ^ ascii[i]) != 32 || (c | 32) < 'a' || (c | 32) > 'z')))
			return false;
	}
	return true;
}

static void
climb_from(const struct catalog *catalog, uint32_t folder, struct climb *ret)
{
	ret->n = 0;
	while (ret->n < LEVELS_UP) {
		ret->number[ret->n] = folder;
		catalog_folder(catalog, folder, &ret->at[ret->n]);
		ret->n++;
		if (ret->at[ret->n - 1].parent == folder)
			break;
		folder = ret->at[ret->n - 1].parent;
	}
}

/* Whether the folders from the one climbed from upwards have these names. */
static bool
climbs(const struct climb *c, const char *const names[], unsigned n)
{
	if (c->n <= n)
		return false;
	for (unsigned i = 0; i < n; i++)
		if (!name_is(c->at[i].name, names[i]))
			return false;
	return true;
}

static struct host_place *
place_of(struct exam *exam, uint32_t volume, uint32_t folder)
{
	for (size_t i = 0; i < exam->hosts.n; i++)
		if (exam->hosts.at[i].volume == volume && exam->hosts.at[i].folder == folder)
			return &exam->hosts.at[i];
	return NULL;
}

int
host_add(struct exam *exam, enum host_kind kind, uint32_t volume, uint32_t folder)
{
	CLEANUP(text_free) struct text path = { 0 };
	struct host_place *place;

	if (place_of(exam, volume, folder) || exam->hosts.n >= HOSTS_MAX)
		return 0;
	if (catalog_folder_path(exam->volumes[volume].catalog, folder, &path) < 0 || text_adds(&path, "") < 0)
		return fail(ENOMEM, "out of memory for what is on %s", exam->path);
	place = vector_push(&exam->hosts);
	if (!place)
		return fail(ENOMEM, "out of memory for what is on %s", exam->path);
	*place = (struct host_place){
		.kind = kind, .volume = volume, .folder = folder, .path = TAKE(path.s), .build = strdup("")
	};
	path = (struct text){ 0 };
	return place->build ? 0 : fail(ENOMEM, "out of memory for what is on %s", exam->path);
}

/* Windows is where System32\config is; Exchange where FrontEnd\HttpProxy (2013 on) or ClientAccess\owa (2010) is. */
static int
look_at(struct exam *exam, uint32_t volume, uint32_t folder)
{
	static const char *const windows[] = { "config", "System32" };
	static const char *const exchange[] = { "HttpProxy", "FrontEnd" };
	static const char *const exchange_2010[] = { "owa", "ClientAccess" };
	static const char *const user[] = { "Users" };
	struct climb c;

	climb_from(exam->volumes[volume].catalog, folder, &c);
	if (c.at[0].chain != FOLDER_FOUND)
		return 0;
	if (climbs(&c, windows, 2))
		return host_add(exam, HOST_WINDOWS, volume, c.number[2]);
	if (climbs(&c, exchange, 2) || climbs(&c, exchange_2010, 2))
		return host_add(exam, HOST_EXCHANGE, volume, c.number[2]);
	if (c.n == 3 && name_is(c.at[1].name, user[0]) && c.number[2] == 0)
		return host_add(exam, HOST_USER, volume, folder);
	return 0;
}

/* Numbers of a version such as 15.1.2176.9: how many parts the name has, 0 when it is no version of Exchange. */
static unsigned
version_parse(struct view utf16, uint32_t ret[static 4])
{
	unsigned part = 0;

	memset(ret, 0, 4 * sizeof(*ret));
	for (size_t i = 0; i + 1 < utf16.n; i += 2) {
		uint8_t c = utf16.p[i];

		if (utf16.p[i + 1] || ret[part] > 99999)
			return 0;
		if (c == '.' && i && part < 3)
			part++;
		else if (c >= '0' && c <= '9')
			ret[part] = ret[part] * 10 + c - '0';
		else
			return 0;
	}
	return ret[0] >= 14 && ret[0] <= 15 ? part + 1 : 0;
}

static bool
newer(const uint32_t a[static 4], const char *than)
{
	uint32_t b[4] = { 0 };

	sscanf(than, "%u.%u.%u.%u", &b[0], &b[1], &b[2], &b[3]);
	for (int i = 0; i < 4; i++)
		if (a[i] != b[i])
			return a[i] > b[i];
	return false;
}

static int
set_build(struct exam *exam, struct host_place *place, const uint32_t v[static 4], unsigned parts)
{
	char *build;
	int n = parts == 4 ? asprintf(&build, "%u.%u.%u.%u", v[0], v[1], v[2], v[3])
			   : asprintf(&build, "%u.%u.%u", v[0], v[1], v[2]);

	if (n < 0)
		return fail(ENOMEM, "out of memory for what is on %s", exam->path);
	free(place->build);
	place->build = build;
	return 0;
}

/*
 * Exchange keeps a folder for every build that was ever installed, under ClientAccess\owa\prem with four numbers and
 * under FrontEnd\HttpProxy\owa\auth with three, which name the cumulative update alone; the newest is the one that
 * runs. The control panel has such folders, too.
 */
static int
note_build(struct exam *exam, uint32_t volume, uint32_t folder)
{
	static const struct {
		const char *names[5];
		unsigned n, parts;
	} above[] = {
		{ { "prem", "owa", "ClientAccess" }, 3, 4 },
		{ { "auth", "owa", "HttpProxy", "FrontEnd" }, 4, 3 },
		{ { "ecp", "ClientAccess" }, 2, 3 },
		{ { "ecp", "ClientAccess" }, 2, 4 },
	};
	struct climb c, up;
	uint32_t v[4];
	unsigned parts;
	int r = 0;

	climb_from(exam->volumes[volume].catalog, folder, &c);
	parts = version_parse(c.at[0].name, v);
	if (parts < 3 || c.n < 2 || c.at[0].chain != FOLDER_FOUND)
		return 0;
	climb_from(exam->volumes[volume].catalog, c.number[1], &up);
	for (size_t i = 0; i < sizeof(above) / sizeof(above[0]) && r == 0; i++) {
		bool fits = parts == above[i].parts && climbs(&up, above[i].names, above[i].n);
		struct host_place *place = fits ? place_of(exam, volume, up.number[above[i].n]) : NULL;

		if (place)
			r = builds_folder(exam, (uint32_t)(place - exam->hosts.at), volume, folder,
					  &(struct build){ .n = { v[0], v[1], v[2], v[3] }, .parts = parts });
		if (r == 0 && place && newer(v, place->build))
			r = set_build(exam, place, v, parts);
	}
	return r;
}

/* A place is confirmed by the file that makes it one: the SYSTEM hive, or ExSetup.exe. */
static void
confirm(struct exam *exam, uint32_t volume, const struct entry *entry, const struct name *name)
{
	bool hive = name_is(name->name, "SYSTEM"), setup = name_is(name->name, "ExSetup.exe");
	struct host_place *place;
	struct climb c;
	uint32_t folder;

	if (!hive && !setup)
		return;
	folder = catalog_folder_of(exam->volumes[volume].catalog, name->parent);
	if (folder == UINT32_MAX)
		return;
	climb_from(exam->volumes[volume].catalog, folder, &c);
	if (hive && c.n > 2 && name_is(c.at[0].name, "config") && (place = place_of(exam, volume, c.number[2])))
		place->confirmed = true;
	if (setup && c.n > 1 && name_is(c.at[0].name, "Bin") && (place = place_of(exam, volume, c.number[1]))) {
		place->confirmed = true;
		if (entry->flags & ENTRY_ALLOCATED)
			place->program = (struct reference){ entry->number, entry->sequence };
	}
}

void
host_see(struct exam *exam, uint32_t volume, const struct entry *entry)
{
	for (uint32_t i = 0; i < entry->name_count && !(entry->flags & ENTRY_DIRECTORY); i++)
		confirm(exam, volume, entry, &entry->names[i]);
}

int
host_find(struct exam *exam)
{
	int r = 0;

	for (uint32_t v = 0; v < exam->volume_count && r == 0; v++) {
		const struct catalog *catalog = exam->volumes[v].catalog;

		for (uint32_t f = 0; catalog && f < catalog_folders(catalog) && r == 0; f++)
			r = look_at(exam, v, f);
		for (uint32_t f = 0; catalog && f < catalog_folders(catalog) && r == 0; f++)
			r = note_build(exam, v, f);
	}
	return r;
}

static int
see_all(struct exam *exam, uint32_t volume)
{
	struct catalog_cursor cursor;
	int r;

	catalog_start(exam->volumes[volume].catalog, &cursor);
	while ((r = catalog_next(&cursor)) > 0)
		host_see(exam, volume, &cursor.entry);
	catalog_stop(&cursor);
	return r;
}

int
host_confirm(struct exam *exam)
{
	int r = 0;

	for (uint32_t v = 0; v < exam->volume_count && r == 0; v++)
		if (exam->volumes[v].catalog && exam->hosts.n)
			r = see_all(exam, v);
	if (r < 0)
		return fail(ENOMEM, "out of memory for what is on %s", exam->path);
	r = builds_confirm(exam);
	return r < 0 ? r : host_describe(exam);
}

int
host_describe(struct exam *exam)
{
	int r = 0;

	for (size_t i = 0; i < exam->hosts.n && r == 0; i++) {
		const struct host_place *p = &exam->hosts.at[i];
		struct text *host = &exam->volumes[p->volume].host;
		CLEANUP(text_free) struct text reason = { 0 };
		char text[BUILD_STRING];
		struct build build;
		const char *shown = p->build;

		if (p->kind == HOST_USER)
			continue;
		if (p->kind == HOST_EXCHANGE && builds_resolve(exam, (uint32_t)i, &build, &reason))
			shown = build_text(&build, text);
		r = text_printf(host, "%s%s in /%s%s%s%s", host->n ? "; " : "",
				p->kind == HOST_WINDOWS ? "Windows" : "Exchange", p->path,
				shown[0] ? ", build " : "", shown,
				p->confirmed              ? ""
				: p->kind == HOST_WINDOWS ? " (no SYSTEM hive)"
							  : " (no ExSetup.exe)");
	}
	return r < 0 ? fail(ENOMEM, "out of memory for what is on %s", exam->path) : 0;
}

const char *
host_relative(const struct exam *exam, uint32_t volume, const char *path, const struct host_place **ret_place)
{
	for (size_t i = 0; i < exam->hosts.n; i++) {
		const struct host_place *place = &exam->hosts.at[i];
		size_t n = strlen(place->path);

		if (place->kind == HOST_EXCHANGE && place->volume == volume && !strncmp(path + 1, place->path, n) &&
		    path[1 + n] == '/') {
			*ret_place = place;
			return path + n + 2;
		}
	}
	return NULL;
}
