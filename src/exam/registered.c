/* registered.c - the registry of each Windows, asked before files are chosen: where its drives are, and what it is. */
#include "registered.h"

#include <ctype.h>
#include <errno.h>

#include "fail.h"

static int
no_memory(const struct exam *exam)
{
	return fail(ENOMEM, "out of memory for the registry of %s", exam->path);
}

static struct registered_windows *
windows_free(struct registered_windows *w)
{
	vector_free(&w->profiles);
	vector_free(&w->setup);
	arena_free(&w->arena);
	free(w);
	return NULL;
}

struct registered *
registered_free(struct registered *registered)
{
	if (!registered)
		return NULL;
	for (size_t i = 0; i < registered->windows.n; i++)
		windows_free(registered->windows.at[i]);
	vector_free(&registered->windows);
	free(registered);
	return NULL;
}

/* ---- facts ---- */

struct taking {
	struct exam *exam;
	struct registered_windows *to;
};

/* The first that is told stays. */
static int
keep(struct taking *t, const char **to, struct view value)
{
	if (*to || !value.n)
		return 0;
	*to = arena_copy(&t->to->arena, value);
	return *to ? 0 : no_memory(t->exam);
}

static int
take_drive(struct taking *t, const struct registry_fact *fact)
{
	static const char drives[] = "\\DosDevices\\";
	size_t n = sizeof(drives) - 1;
	struct registered_drive *drive;

	if (fact->subject.n != n + 2 || memcmp(fact->subject.p, drives, n) != 0 || !isalpha(fact->subject.p[n]) ||
	    fact->subject.p[n + 1] != ':')
		return 0;
	drive = &t->to->drives[toupper(fact->subject.p[n]) - 'A'];
	drive->offset = fact->offset;
	drive->written = fact->written;
	return keep(t, &drive->mounted, fact->value);
}

static int
take_profile(struct taking *t, const struct registry_fact *fact)
{
	struct registered_profile *p;

	if (t->to->profiles.n >= REGISTERED_USERS_MAX)
		return 0;
	p = vector_push(&t->to->profiles);
	if (!p)
		return no_memory(t->exam);
	p->sid = arena_copy(&t->to->arena, fact->subject);
	p->configured = arena_copy(&t->to->arena, fact->value);
	p->place.found = SITE_UNKNOWN;
	return p->sid && p->configured ? 0 : no_memory(t->exam);
}

static int
take_setup(struct taking *t, const struct registry_fact *fact)
{
	struct registered_setup *s;

	if (t->to->setup.n >= REGISTERED_SETUP_MAX)
		return 0;
	s = vector_push(&t->to->setup);
	if (!s)
		return no_memory(t->exam);
	*s = (struct registered_setup){ .name = arena_copy(&t->to->arena, fact->subject),
					.value = arena_copy(&t->to->arena, fact->value),
					.key = arena_copy(&t->to->arena, fact->path),
					.written = fact->written,
					.offset = fact->offset,
					.number = fact->number };
	if (!s->name || !s->value || !s->key)
		return no_memory(t->exam);
	return view_equal(fact->subject, view_text("MsiInstallPath")) ? keep(t, &t->to->install, fact->value) : 0;
}

static bool
is_about(const struct registry_fact *fact, enum registry_kind kind, const char *subject)
{
	return fact->kind == kind && view_equal(fact->subject, view_text(subject));
}

static const char *const folders[REGISTERED_FOLDERS] = {
	[FOLDER_PROGRAMS] = "ProgramFilesDir", [FOLDER_PROGRAMS_X86] = "ProgramFilesDir (x86)",
	[FOLDER_COMMON] = "CommonFilesDir",    [FOLDER_DATA] = "ProgramData",
	[FOLDER_PUBLIC] = "Public",
};

static int
take_fact(void *state, const struct registry_fact *fact)
{
	struct taking *t = state;

	switch (fact->kind) {
	case REGISTRY_MOUNT:
		return take_drive(t, fact);
	case REGISTRY_PROFILE:
		return take_profile(t, fact);
	case REGISTRY_EXCHANGE:
		return take_setup(t, fact);
	case REGISTRY_INSTALLED:
		return registered_is_update(fact->subject) ? take_setup(t, fact) : 0;
	default:
		break;
	}
	for (size_t i = 0; i < REGISTERED_FOLDERS; i++)
		if (is_about(fact, REGISTRY_FOLDER, folders[i]))
			return keep(t, &t->to->folders[i], fact->value);
	if (is_about(fact, REGISTRY_COMPUTER, "ComputerName"))
		return keep(t, &t->to->name, fact->value);
	if (is_about(fact, REGISTRY_COMPUTER, "Domain"))
		return keep(t, &t->to->domain, fact->value);
	if (is_about(fact, REGISTRY_WINDOWS, "ProductName"))
		return keep(t, &t->to->product, fact->value);
	if (is_about(fact, REGISTRY_WINDOWS, "CurrentBuild"))
		return keep(t, &t->to->build, fact->value);
	if (is_about(fact, REGISTRY_WINDOWS, "UBR"))
		return keep(t, &t->to->revision, fact->value);
	return 0;
}

/* ---- hives ---- */

static int
read_hive(struct taking *t, struct open_hive *open, enum registry_part part)
{
	int r;

	if (part == PART_SOFTWARE)
		return registry_software(open->hive, &open->out.sink, take_fact, t);
	r = registry_system(open->hive, &open->out.sink, take_fact, t);
	if (r == 0)
		r = zone_read(open->hive, &open->out.sink, &t->to->zone);
	t->to->has_zone = r == 1;
	return r < 0 ? r : 0;
}

/* It is told when the hive is read wholly. */
static int
keep_quiet(struct sink *out, uint64_t offset, const char *why)
{
	(void)out, (void)offset, (void)why;
	return 0;
}

static int
open_and_read(struct taking *t, const struct hive_request *request, enum registry_part part)
{
	CLEANUP(hives_close) struct open_hive open = { .hive = NULL };
	CLEANUP(source_close) struct source *stream = NULL;
	const struct exam_volume *v = &t->exam->volumes[request->volume];
	struct sink out = { .damage = keep_quiet };
	int r;

	r = stream_open(v->ntfs, request->entry, request->attribute, &out, &stream);
	if (r == -ESTALE || r == -ENOENT || r == -EINVAL)
		return 0;
	if (r == 0)
		r = hives_open(t->exam, request, stream, &open);
	return r < 0 ? r : read_hive(t, &open, part);
}

static int
watched_read(struct taking *t, const struct hive_request *request, enum registry_part part, struct registered_hive *hive)
{
	struct unit unit = { .kind = UNIT_STREAM,
			     .volume = t->exam->volumes[request->volume].number,
			     .at = request->entry.entry << 16 | request->entry.sequence,
			     .sub = request->attribute };
	int r;

	if (watch_aside(t->exam->watch, &unit))
		return 0;
	watch_begin(t->exam->watch, WATCH_MAIN, &unit, WATCH_SECONDS);
	r = open_and_read(t, request, part);
	exam_phase(t->exam, PHASE_WALK);
	hive->read = r == 0;
	return r;
}

static int
read_part(struct taking *t, uint32_t volume, uint32_t folder, enum registry_part part, struct registered_hive *hive)
{
	CLEANUP(text_free) struct text path = { 0 };
	const char *name = registry_part_name(part);
	struct hive_request request = {
		.volume = volume, .folder = folder, .name = name, .quiet = true, .limits = t->exam->volumes[volume].limits
	};
	struct hive_file file;
	int r = hives_find(t->exam, volume, folder, view_text(name), &file);

	if (r < 0 || !file.path || file.unreadable)
		return r;
	r = text_addc(&path, '/');
	if (r == 0)
		r = catalog_folder_path(t->exam->volumes[volume].catalog, folder, &path);
	if (r == 0)
		r = text_printf(&path, "/%s", name);
	hive->path = r == 0 ? arena_copy(&t->to->arena, text_view(&path)) : NULL;
	if (!hive->path)
		return no_memory(t->exam);
	hive->mft = file.entry.entry;
	request.path = hive->path;
	request.entry = file.entry;
	request.attribute = file.attribute;
	return watched_read(t, &request, part, hive);
}

/* ---- drives ---- */

static int
join_drives(struct exam *exam, struct registered_windows *w)
{
	for (uint32_t v = 0; v < exam->volume_count; v++) {
		CLEANUP(text_free) struct text mounted = { 0 };

		if (volume_mounted(image_media(exam->image), &exam->volumes[v].volume, &mounted) < 0)
			return no_memory(exam);
		for (unsigned i = 0; i < DRIVE_LETTERS && mounted.n; i++) {
			struct registered_drive *d = &w->drives[i];

			if (d->mounted && !d->here && !strcmp(d->mounted, mounted.s)) {
				d->here = true;
				d->volume = v;
			}
		}
	}
	return 0;
}

/* ---- every Windows ---- */

/* The folder of that name right within another one; UINT32_MAX where nothing lies in one. */
static uint32_t
folder_within(const struct exam_volume *v, uint32_t above, const char *name)
{
	CLEANUP(text_free) struct text wide = { 0 };
	uint32_t found = UINT32_MAX;

	if (text_to_utf16(view_text(name), &wide) < 0)
		return UINT32_MAX;
	for (uint32_t i = 1; i < catalog_folders(v->catalog); i++) {
		struct folder f;

		catalog_folder(v->catalog, i, &f);
		if (f.parent == above && i != above && f.chain == FOLDER_FOUND &&
		    upcase_equal(ntfs_upcase(v->ntfs), f.name, text_view(&wide)))
			found = i;
	}
	return found;
}

static int
read_windows(struct exam *exam, uint32_t host)
{
	const struct host_place *place = &exam->hosts.at[host];
	const struct exam_volume *v = &exam->volumes[place->volume];
	struct registered_windows **slot = vector_push(&exam->registered->windows);
	struct taking t = { .exam = exam, .to = calloc(1, sizeof(*t.to)) };
	uint32_t folder = folder_within(v, place->folder, "System32");
	int r = 0;

	if (!slot || !t.to) {
		free(t.to);
		exam->registered->windows.n -= slot != NULL;
		return no_memory(exam);
	}
	*slot = t.to;
	t.to->host = host;
	if (folder != UINT32_MAX)
		folder = folder_within(v, folder, "config");
	if (folder == UINT32_MAX)
		return 0;
	r = read_part(&t, place->volume, folder, PART_SYSTEM, &t.to->system);
	if (r == 0)
		r = read_part(&t, place->volume, folder, PART_SOFTWARE, &t.to->software);
	return r < 0 ? r : join_drives(exam, t.to);
}

int
registered_find(struct exam *exam)
{
	int r = 0;

	exam->registered = calloc(1, sizeof(*exam->registered));
	if (!exam->registered)
		return no_memory(exam);
	for (uint32_t i = 0; i < exam->hosts.n && r == 0; i++)
		if (exam->hosts.at[i].kind == HOST_WINDOWS)
			r = read_windows(exam, i);
	exam_phase(exam, PHASE_WALK);
	return r;
}

/* ---- answers ---- */

static const struct registered_windows *
registered_of(const struct exam *exam, const struct host_place *windows)
{
	for (size_t i = 0; exam->registered && i < exam->registered->windows.n; i++) {
		const struct registered_windows *w = exam->registered->windows.at[i];
		const struct host_place *place = &exam->hosts.at[w->host];

		if (place->volume == windows->volume && place->folder == windows->folder)
			return w;
	}
	return NULL;
}

const struct registered_drive *
registered_drive(const struct exam *exam, const struct host_place *windows, char letter)
{
	const struct registered_windows *w = registered_of(exam, windows);

	return w && letter >= 'A' && letter <= 'Z' && w->drives[letter - 'A'].mounted ? &w->drives[letter - 'A'] : NULL;
}

const char *
registered_user(const struct exam *exam, uint32_t volume, const char *path)
{
	for (size_t i = 0; exam->registered && i < exam->registered->windows.n; i++) {
		const struct registered_windows *w = exam->registered->windows.at[i];

		for (size_t k = 0; k < w->profiles.n; k++) {
			const struct site_place *p = &w->profiles.at[k].place;
			CLEANUP(text_free) struct text folder = { 0 };

			if (p->found != SITE_FOUND || p->volume != volume || text_addc(&folder, '/') < 0 ||
			    catalog_folder_path(exam->volumes[volume].catalog, p->folder, &folder) < 0)
				continue;
			if (!strncmp(path, folder.s, folder.n) && path[folder.n] == '/')
				return w->profiles.at[k].sid;
		}
	}
	return NULL;
}

const struct zone *
registered_zone(const struct exam *exam, uint32_t volume)
{
	const struct registered_windows *found = NULL;
	size_t n = 0;

	for (size_t i = 0; exam->registered && i < exam->registered->windows.n; i++) {
		const struct registered_windows *w = exam->registered->windows.at[i];

		if (w->has_zone && exam->hosts.at[w->host].volume == volume)
			return &w->zone;
		found = w->has_zone ? w : found;
		n += w->has_zone;
	}
	return n == 1 ? &found->zone : NULL;
}

static int
say_one(const struct registered_windows *w, struct text *ret)
{
	int r = text_printf(ret, "%s%s", ret->n ? "; " : "", w->name ? w->name : "without a name");

	if (r == 0 && w->domain)
		r = text_printf(ret, " in %s", w->domain);
	if (r == 0 && w->product)
		r = text_printf(ret, ", %s", w->product);
	if (r == 0 && w->build)
		r = text_printf(ret, " build %s%s%s", w->build, w->revision ? "." : "", w->revision ? w->revision : "");
	if (r == 0 && w->has_zone)
		r = text_adds(ret, ", ");
	return r < 0 || !w->has_zone ? r : zone_describe(&w->zone, ret);
}

int
registered_say(const struct exam *exam, uint32_t volume, struct text *ret)
{
	int r = 0;

	for (size_t i = 0; exam->registered && i < exam->registered->windows.n && r == 0; i++) {
		const struct registered_windows *w = exam->registered->windows.at[i];

		if (exam->hosts.at[w->host].volume == volume && (w->system.read || w->software.read))
			r = say_one(w, ret);
	}
	return r;
}
