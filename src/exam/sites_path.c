/* sites_path.c - from a path as Windows wrote it to a folder on a volume of the image, without knowing its drives. */
#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "fail.h"
#include "registered.h"
#include "sites.h"

/* ---- paths as text ---- */

/* What Windows sets by itself for every service, and setup does not change. */
static const struct {
	const char *name;
	bool within_windows;
	const char *parts[3];
} variables[] = {
	{ "SystemDrive", false, { NULL } },
	{ "SystemRoot", true, { NULL } },
	{ "windir", true, { NULL } },
	{ "ProgramFiles", false, { "Program Files" } },
	{ "ProgramFiles(x86)", false, { "Program Files (x86)" } },
	{ "CommonProgramFiles", false, { "Program Files", "Common Files" } },
	{ "ProgramData", false, { "ProgramData" } },
	{ "ALLUSERSPROFILE", false, { "ProgramData" } },
	{ "PUBLIC", false, { "Users", "Public" } },
};

static bool
is_separator(char c)
{
	return c == '\\' || c == '/';
}

static size_t
name_length(const char *at)
{
	return strcspn(at, "\\/");
}

/* The variable that a path begins with: what follows it, NULL when it means nothing here. */
static const char *
take_variable(const char *text, struct windows_path *path)
{
	const char *end = strchr(text + 1, '%');
	size_t n = end ? (size_t)(end - text) - 1 : 0;

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]) && end; i++) {
		if (strlen(variables[i].name) != n || strncasecmp(variables[i].name, text + 1, n) != 0)
			continue;
		if (end[1] && !is_separator(end[1]))
			return NULL;
		path->within_windows = variables[i].within_windows;
		for (const char *const *part = variables[i].parts; *part; part++)
			path->parts[path->n++] = view_text(*part);
		return end + 1;
	}
	return NULL;
}

/* `\\host\C$\...` by a name of the host for itself is a drive, too; that is how some mapped folders of their own. */
static const char *
take_share(const char *at, struct windows_path *path)
{
	static const char *const here[] = { "localhost", "127.0.0.1", "::1", "[::1]", "." };
	size_t host = name_length(at), share = at[host] ? name_length(at + host + 1) : 0;
	const char *name = at + host + 1;

	for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++)
		if (strlen(here[i]) == host && !strncasecmp(here[i], at, host) && share == 2 &&
		    isalpha((unsigned char)name[0]) && name[1] == '$') {
			path->letter = (char)toupper((unsigned char)name[0]);
			return name + 2;
		}
	return NULL;
}

static const char *
take_drive(const char *at, struct windows_path *path)
{
	if (!isalpha((unsigned char)at[0]) || at[1] != ':' || (at[2] && !is_separator(at[2])))
		return NULL;
	path->letter = (char)toupper((unsigned char)at[0]);
	return at + 2;
}

/* What stands before the first folder; NULL with *ret_found where there is no drive in it. */
static const char *
take_root(const char *text, struct windows_path *path, enum site_found *ret_found)
{
	const char *at = text, *behind;
	bool unc = is_separator(at[0]) && is_separator(at[1]);

	*ret_found = SITE_UNKNOWN;
	if (*at == '%')
		return take_variable(at, path);
	if (!unc)
		return take_drive(at, path);
	at += 2;
	if ((at[0] == '?' || at[0] == '.') && is_separator(at[1])) {
		at += 2;
		behind = take_drive(at, path);
		if (behind || strncasecmp(at, "UNC", 3) != 0 || !is_separator(at[3]))
			return behind;
		at += 4;
	}
	*ret_found = SITE_REMOTE;
	return take_share(at, path);
}

enum site_found
windows_path(const char *text, struct windows_path *ret_path)
{
	enum site_found found;
	const char *at;

	*ret_path = (struct windows_path){ .n = 0 };
	at = take_root(text, ret_path, &found);
	while (at && *at) {
		size_t n = name_length(at), whole = n;
		bool up = n == 2 && at[0] == '.' && at[1] == '.';

		while (n && (at[n - 1] == ' ' || at[n - 1] == '.')) /* Windows drops them, and so "." is nothing */
			n--;
		if (n && ret_path->n == WINDOWS_PARTS_MAX)
			return SITE_UNKNOWN;
		if (n)
			ret_path->parts[ret_path->n++] = view_of(at, n);
		ret_path->n -= up && ret_path->n;
		at += whole + (at[whole] != 0);
	}
	return at ? SITE_FOUND : found;
}

/* ---- folders on volumes ---- */

int
sites_index(struct exam *exam, struct sites *sites, uint32_t volume)
{
	const struct exam_volume *v = &exam->volumes[volume];

	if (!sites->within) {
		sites->within = calloc(exam->volume_count, sizeof(struct within *));
		if (!sites->within)
			return fail(ENOMEM, "out of memory for the folders of %s", exam->path);
	}
	return sites->within[volume] ? 0 : within_new(v->catalog, ntfs_upcase(v->ntfs), &sites->within[volume]);
}

/* A folder that nothing lies in is known by its own entry alone. */
struct empty {
	const struct catalog *catalog;
	const struct upcase *fold;
	struct reference folder;
	struct view name;
	bool there, leads;
};

static int
see_entry(void *state, const struct entry *entry)
{
	struct empty *e = state;

	for (uint32_t i = 0; i < entry->name_count; i++)
		if (entry->flags & ENTRY_DIRECTORY && entry->flags & ENTRY_ALLOCATED &&
		    reference_equal(entry->names[i].parent, e->folder) &&
		    upcase_equal(e->fold, entry->names[i].name, e->name)) {
			e->there = true;
			e->leads |= entry->reparse != 0;
		}
	return 0;
}

static int
look_for_empty(struct exam *exam, uint32_t volume, uint32_t folder, struct view name, bool last,
	       enum site_found *ret_found)
{
	const struct exam_volume *v = &exam->volumes[volume];
	struct empty e = { .fold = ntfs_upcase(v->ntfs), .name = name };
	struct folder f;
	int r;

	catalog_folder(v->catalog, folder, &f);
	e.folder = f.reference;
	r = catalog_listed(v->catalog, folder, see_entry, &e);
	*ret_found = e.leads ? SITE_LEADS : e.there && last ? SITE_EMPTY : SITE_ABSENT;
	return r;
}

int
sites_descend(struct exam *exam, struct sites *sites, uint32_t volume, uint32_t from, const struct view *parts,
	      uint32_t n, enum site_found *ret_found, uint32_t *ret_folder)
{
	CLEANUP(text_free) struct text name = { 0 };
	int r = sites_index(exam, sites, volume);

	*ret_found = SITE_FOUND;
	for (uint32_t i = 0; i < n && r == 0; i++) {
		uint32_t next;

		text_cut(&name, 0);
		r = text_to_utf16(parts[i], &name);
		if (r < 0)
			return fail(ENOMEM, "out of memory for a path on %s", exam->path);
		next = within_folder(sites->within[volume], from, text_view(&name));
		if (next == UINT32_MAX)
			return look_for_empty(exam, volume, from, text_view(&name), i + 1 == n, ret_found);
		from = next;
	}
	*ret_folder = from;
	return r;
}

/* ---- drives ---- */

struct search {
	struct exam *exam;
	struct sites *sites;
	const struct windows_path *path;
	struct site_place *places;
	uint32_t n;
};

/* What an answer is worth: a folder that holds something, one in use before one that was deleted; one that leads
 * elsewhere; one that is empty; none. */
static int
worth(const struct site_place *place)
{
	switch (place->found) {
	case SITE_FOUND:
		return place->deleted ? 3 : 4;
	case SITE_LEADS:
		return 2;
	case SITE_EMPTY:
		return 1;
	default:
		return 0;
	}
}

/* A better answer takes the place of those that were had; of equals all are kept. */
static void
keep_place(struct search *s, const struct site_place *place)
{
	int is = worth(place), was = s->n ? worth(&s->places[0]) : -1;

	if (is < was || (is == was && (is == 0 || s->n == SITES_PLACES_MAX)))
		return;
	if (is > was)
		s->n = 0;
	s->places[s->n++] = *place;
}

static int
look_on(struct search *s, uint32_t volume, uint32_t from, char letter)
{
	struct site_place place = { .volume = volume, .letter = letter };
	struct folder f;
	int r = sites_descend(s->exam, s->sites, volume, from, s->path->parts, s->path->n, &place.found, &place.folder);

	if (r < 0)
		return r;
	if (place.found == SITE_FOUND) {
		catalog_folder(s->exam->volumes[volume].catalog, place.folder, &f);
		place.deleted = f.chain == FOLDER_DELETED;
	} else {
		place.folder = UINT32_MAX;
	}
	keep_place(s, &place);
	return 0;
}

static int
look_on_others(struct search *s, uint32_t own)
{
	int r = 0;

	for (uint32_t i = 0; i < s->exam->volume_count && r == 0; i++)
		if (i != own && s->exam->volumes[i].catalog)
			r = look_on(s, i, 0, s->path->letter);
	return r;
}

/* The volume that MountedDevices names for the letter, whether it holds the folder or not. */
static int
look_on_told(struct search *s, uint32_t volume, uint32_t own, uint32_t root)
{
	int r = look_on(s, volume, volume == own ? root : 0, volume == own && s->path->letter == 'C' ? 0 : s->path->letter);

	for (uint32_t i = 0; i < s->n; i++)
		s->places[i].told = true;
	return r;
}

/* The letters of drives are in the registry. Where that does not tell, a drive is the volume that holds such a folder: that of Windows
 * first for C:, last for every other. */
static int
look_everywhere(struct search *s, const struct host_place *windows, uint32_t own, uint32_t root)
{
	const struct registered_drive *drive = registered_drive(s->exam, windows, s->path->letter);
	bool system = s->path->letter == 'C';
	int r;

	if (drive && drive->here && s->exam->volumes[drive->volume].catalog)
		return look_on_told(s, drive->volume, own, root);
	r = system ? look_on(s, own, root, 0) : look_on_others(s, own);

	if (r == 0 && (!s->n || s->places[0].found == SITE_ABSENT))
		r = system ? look_on_others(s, own) : look_on(s, own, root, s->path->letter);
	return r;
}

int
sites_place(struct exam *exam, struct sites *sites, const struct site_config *config, const char *text,
	    struct site_place ret_places[static SITES_PLACES_MAX], uint32_t *ret_n)
{
	const struct host_place *windows = config->windows;
	struct windows_path path;
	struct search s = { .exam = exam, .sites = sites, .path = &path, .places = ret_places };
	enum site_found found = windows_path(text, &path);
	struct folder f;
	int r = 0;

	ret_places[0] = (struct site_place){ .found = found, .volume = UINT32_MAX, .folder = UINT32_MAX };
	*ret_n = 1;
	if (found != SITE_FOUND)
		return 0;
	catalog_folder(exam->volumes[windows->volume].catalog, windows->folder, &f);
	if (path.letter)
		r = look_everywhere(&s, windows, windows->volume, f.parent);
	else
		r = look_on(&s, windows->volume, path.within_windows ? windows->folder : f.parent, 0);
	if (s.n)
		*ret_n = s.n;
	if (!s.n)
		ret_places[0].found = SITE_ABSENT;
	for (uint32_t i = 0; i < s.n; i++)
		ret_places[i].several = s.n > 1;
	return r;
}
