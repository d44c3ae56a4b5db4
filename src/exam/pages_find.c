/* pages_find.c - from the address of a page to its record on a volume: whether it is still there, and what was known of
 * it. */
#include <errno.h>
#include <strings.h>

#include "fail.h"
#include "pages.h"

enum { PARTS_MAX = 64 }; /* names of an address */

static int
no_memory(const struct exam *exam)
{
	return fail(ENOMEM, "out of memory for the pages of %s", exam->path);
}

/* ---- roots ---- */

static int
add_root(struct exam *exam, struct pages *pages, const struct page_root *root)
{
	struct page_root *slot;

	if (pages->roots.n == PAGES_ROOTS_MAX)
		return 0;
	slot = vector_push(&pages->roots);
	if (!slot)
		return no_memory(exam);
	*slot = *root;
	return 0;
}

/* The address of a virtual directory: of the site's own root, "". */
static const char *
prefix_of(struct arena *arena, const struct iis_folder *f)
{
	const char *application = f->application ? f->application : "/";

	return arena_printf(arena, "%s%s", strcmp(application, "/") != 0 ? application : "",
			    strcmp(f->path, "/") != 0 ? f->path : "");
}

static int
root_config(struct exam *exam, struct pages *pages, const struct site_config *config)
{
	int r = 0;

	for (size_t i = 0; i < config->config.folders.n && r == 0; i++) {
		const struct iis_folder *f = &config->config.folders.at[i];
		struct site_place places[SITES_PLACES_MAX];
		struct page_root root = { .prefix = prefix_of(&pages->arena, f), .config = config, .site = f->site };
		uint32_t n;

		if (!root.prefix)
			return no_memory(exam);
		r = sites_place(exam, exam->sites, config, f->physical, places, &n);
		for (uint32_t k = 0; k < n && r == 0; k++) {
			root.place = places[k];
			r = add_root(exam, pages, &root);
		}
	}
	return r;
}

/* Where IIS and setup of Exchange put web folders when nobody says otherwise. */
static int
root_guess(struct exam *exam, struct pages *pages, const struct host_place *host, const struct view *parts, uint32_t n)
{
	struct page_root root = { .prefix = "", .site = (uint32_t)pages->roots.n, .place.volume = host->volume };
	uint32_t from = host->folder;
	struct folder f;
	int r;

	catalog_folder(exam->volumes[host->volume].catalog, host->folder, &f);
	if (host->kind == HOST_WINDOWS)
		from = f.parent;
	r = sites_descend(exam, exam->sites, host->volume, from, parts, n, &root.place.found, &root.place.folder);
	return r < 0 || root.place.found != SITE_FOUND ? r : add_root(exam, pages, &root);
}

static int
root_guesses(struct exam *exam, struct pages *pages)
{
	const struct view front[] = { view_text("FrontEnd"), view_text("HttpProxy") },
			  back[] = { view_text("ClientAccess") },
			  iis[] = { view_text("inetpub"), view_text("wwwroot") };
	int r = 0;

	for (size_t i = 0; i < exam->hosts.n && r == 0; i++) {
		const struct host_place *host = &exam->hosts.at[i];

		if (host->kind == HOST_EXCHANGE) {
			r = root_guess(exam, pages, host, front, 2);
			if (r == 0)
				r = root_guess(exam, pages, host, back, 1);
		} else if (host->kind == HOST_WINDOWS) {
			r = root_guess(exam, pages, host, iis, 2);
		}
	}
	return r;
}

static int
make_roots(struct exam *exam, struct pages *pages)
{
	int r = 0;

	if (pages->rooted || !exam->sites)
		return 0;
	pages->rooted = true;
	for (size_t i = 0; i < exam->sites->configs.n && r == 0; i++)
		r = root_config(exam, pages, exam->sites->configs.at[i]);
	return r < 0 || pages->roots.n ? r : root_guesses(exam, pages);
}

/* ---- one address ---- */

struct address {
	struct view parts[PARTS_MAX];
	uint32_t n;
};

static bool
split(const char *text, struct address *ret)
{
	ret->n = 0;
	while (*text) {
		size_t n = strcspn(text, "/");

		if (n && ret->n == PARTS_MAX)
			return false;
		if (n)
			ret->parts[ret->n++] = view_of(text, n);
		text += n + (text[n] != 0);
	}
	return ret->n != 0;
}

/* How many names of the address a root stands for; SIZE_MAX when it is not below it. */
static size_t
match(const struct address *address, const char *prefix)
{
	struct address p;

	if (!split(prefix, &p))
		return 0;
	if (p.n >= address->n)
		return SIZE_MAX;
	for (uint32_t i = 0; i < p.n; i++)
		if (p.parts[i].n != address->parts[i].n ||
		    strncasecmp((const char *)p.parts[i].p, (const char *)address->parts[i].p, p.parts[i].n) != 0)
			return SIZE_MAX;
	return p.n;
}

/* Of one site the root that stands for most of an address is what IIS goes by. */
static bool
is_best(const struct pages *pages, const struct address *address, size_t which)
{
	const struct page_root *root = &pages->roots.at[which];
	size_t mine = match(address, root->prefix);

	for (size_t i = 0; i < pages->roots.n && mine != SIZE_MAX; i++) {
		const struct page_root *other = &pages->roots.at[i];
		size_t n = match(address, other->prefix);

		if (other->config == root->config && other->site == root->site && n != SIZE_MAX && n > mine)
			return false;
	}
	return mine != SIZE_MAX;
}

/* Records of a name in a folder, while they are looked for. */
struct seeking {
	const struct upcase *fold;
	struct view name;
	struct reference folder;
	uint64_t before;
	bool in_time;
	struct page_record *best;
};

/* One in use before those that were deleted; of these, the youngest that was there in time. */
static bool
is_better(const struct seeking *s, bool in_use, bool in_time, uint64_t born)
{
	const struct page_record *best = s->best;

	if (!best->any || in_use != best->in_use)
		return !best->any || in_use;
	return in_time != s->in_time ? in_time : born > best->born;
}

static int
see_entry(void *state, const struct entry *entry)
{
	struct seeking *s = state;
	bool in_use = entry->flags & ENTRY_ALLOCATED;

	for (uint32_t i = 0; i < entry->name_count && !(entry->flags & ENTRY_DIRECTORY); i++) {
		const struct name *name = &entry->names[i];
		uint64_t born = name->fn.created ? name->fn.created : entry->si.created;

		if (!reference_equal(name->parent, s->folder) || !upcase_equal(s->fold, name->name, s->name) ||
		    !is_better(s, in_use, born <= s->before, born))
			continue;
		s->in_time = born <= s->before;
		*s->best = (struct page_record){ .any = true,
						 .in_use = in_use,
						 .entry = { entry->number, entry->sequence },
						 .born = born,
						 .modified = entry->si.modified };
	}
	return 0;
}

int
page_record_find(struct exam *exam, uint32_t volume, uint32_t folder, struct view name, uint64_t before,
		 struct page_record *ret)
{
	const struct exam_volume *v = &exam->volumes[volume];
	CLEANUP(text_free) struct text wide = { 0 };
	struct seeking seeking = { .fold = ntfs_upcase(v->ntfs), .before = before, .best = ret };
	struct folder f;
	int r = text_to_utf16(name, &wide);

	*ret = (struct page_record){ .any = false };
	if (r < 0)
		return no_memory(exam);
	catalog_folder(v->catalog, folder, &f);
	seeking.name = text_view(&wide);
	seeking.folder = f.reference;
	r = catalog_listed(v->catalog, folder, see_entry, &seeking);
	ret->in_use &= f.chain == FOLDER_FOUND;
	return r;
}

static int
add_path(struct text *t, const struct address *address, size_t from)
{
	int r = 0;

	for (size_t i = from; i < address->n && r == 0; i++) {
		r = text_addc(t, '/');
		if (r == 0)
			r = text_add(t, address->parts[i]);
	}
	return r;
}

/* What Exchange's lists say of the place, where it lies in an Exchange. */
static void
ask_baseline(const struct exam *exam, uint32_t volume, const char *path, struct page_found *ret)
{
	static const struct digest_value nobodys; /* asked for the place alone */
	const struct host_place *exchange = NULL;
	const char *relative = host_relative(exam, volume, path, &exchange);

	if (!relative)
		return;
	switch (baseline_grade(exam->profile, relative, &nobodys, exchange->build)) {
	case BASELINE_NONE:
		break;
	case BASELINE_UNEXPECTED_PATH:
		if (ret->shipped < 0)
			ret->shipped = 0;
		break;
	default:
		ret->shipped = 1;
	}
}

static int
note_place(struct exam *exam, struct pages *pages, const struct page_root *root, uint32_t folder,
	   const struct address *address, size_t from, const struct page_record *record, struct page_found *ret)
{
	CLEANUP(text_free) struct text path = { 0 };
	const char *copy;
	int r = text_addc(&path, '/');

	if (r == 0)
		r = catalog_folder_path(exam->volumes[root->place.volume].catalog, folder, &path);
	if (r == 0 && path.n == 1)
		text_cut(&path, 0);
	if (r == 0)
		r = add_path(&path, address, from);
	copy = r == 0 ? arena_copy(&pages->arena, text_view(&path)) : NULL;
	if (!copy)
		return no_memory(exam);
	ask_baseline(exam, root->place.volume, copy, ret);
	if (record->any && path_is_drop(copy)) {
		ret->drop = true;
		ret->shipped = 0;
	}
	if (ret->path && (!record->any || (ret->record.any && (ret->record.in_use || !record->in_use))))
		return 0;
	ret->path = copy;
	ret->volume = root->place.volume;
	ret->site = root->config ? root->config->config.sites.at[root->site].name : NULL;
	ret->folder = folder;
	ret->record = *record;
	return 0;
}

/* Looks below one root. */
static int
look(struct exam *exam, struct pages *pages, const struct page_root *root, const struct address *address,
     uint64_t before, struct page_found *ret)
{
	size_t from = match(address, root->prefix);
	struct page_record record = { .any = false };
	enum site_found found = root->place.found;
	uint32_t folder;
	int r;

	if (found != SITE_FOUND) {
		ret->sure &= found == SITE_EMPTY;
		return 0;
	}
	r = sites_descend(exam, exam->sites, root->place.volume, root->place.folder, address->parts + from,
			  address->n - 1 - (uint32_t)from, &found, &folder);
	if (r < 0)
		return r;
	ret->sure &= found != SITE_LEADS;
	if (found != SITE_FOUND)
		return note_place(exam, pages, root, root->place.folder, address, from, &record, ret);
	r = page_record_find(exam, root->place.volume, folder, address->parts[address->n - 1], before, &record);
	return r < 0 ? r : note_place(exam, pages, root, folder, address, address->n - 1, &record, ret);
}

int
page_find(struct exam *exam, struct pages *pages, const char *address, uint64_t before, struct page_found *ret)
{
	static const char client[] = "/aspnet_client/"; /* setup of ASP.NET leaves it without a page */
	struct address a;
	bool any = false;
	int r = make_roots(exam, pages);

	*ret = (struct page_found){ .sure = true,
				    .shipped = strncasecmp(address, client, sizeof(client) - 1) ? -1 : 0 };
	if (r < 0 || !split(address, &a)) {
		ret->sure = false;
		return r;
	}
	exam_phase(exam, PHASE_CONTENT);
	for (size_t i = 0; i < pages->roots.n && r == 0; i++) {
		if (!is_best(pages, &a, i))
			continue;
		any = true;
		r = look(exam, pages, &pages->roots.at[i], &a, before, ret);
	}
	ret->sure &= any;
	return r;
}
