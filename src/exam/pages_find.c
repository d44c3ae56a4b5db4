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

/* What Exchange's lists say of the place, where it lies in an Exchange: 1 shipped, 0 not, -1 no list tells. */
static int
ask_baseline(const struct exam *exam, uint32_t volume, const char *path)
{
	static const struct digest_value nobodys; /* asked for the place alone */
	const struct host_place *exchange = NULL;
	const char *relative = host_relative(exam, volume, path, &exchange);
	enum baseline grade =
		relative ? baseline_grade(exam->profile, relative, &nobodys, exchange->build) : BASELINE_NONE;

	return grade == BASELINE_NONE ? -1 : grade != BASELINE_UNEXPECTED_PATH;
}

/* A folder below which an address was looked for, without the names that its root stands for. */
struct looked {
	uint32_t volume, folder;
	size_t from;
};

/* One address while the roots are gone through. */
struct search {
	struct exam *exam;
	struct pages *pages;
	struct address address;
	uint64_t before;
	struct page_found *found;
	bool client; /* below aspnet_client, which setup of ASP.NET leaves without a page */
	VECTOR(struct looked) looked;
};

/* Sites can have the same address. A page in use before one that was deleted, and of two in use the one that Exchange
 * does not ship; without any, a place where it is shipped. */
static int
worth(const struct page_record *record, int shipped)
{
	if (!record->any)
		return shipped > 0;
	return (record->in_use ? 8 : 4) + (shipped == 0);
}

static int
note_place(struct search *s, const struct page_root *root, uint32_t folder, size_t from,
	   const struct page_record *record)
{
	CLEANUP(text_free) struct text path = { 0 };
	struct page_found *found = s->found;
	int r = text_addc(&path, '/'), shipped;
	const char *copy;
	bool drop;

	if (r == 0)
		r = catalog_folder_path(s->exam->volumes[root->place.volume].catalog, folder, &path);
	if (r == 0 && path.n == 1)
		text_cut(&path, 0);
	if (r == 0)
		r = add_path(&path, &s->address, from);
	copy = r == 0 ? arena_copy(&s->pages->arena, text_view(&path)) : NULL;
	if (!copy)
		return no_memory(s->exam);
	drop = record->any && path_is_drop(copy);
	shipped = drop || s->client ? 0 : ask_baseline(s->exam, root->place.volume, copy);
	found->several |= record->any && found->record.any;
	if (found->path && worth(record, shipped) <= worth(&found->record, found->shipped)) {
		if (!found->record.any && found->shipped < 0)
			found->shipped = shipped;
		return 0;
	}
	found->path = copy;
	found->shipped = shipped;
	found->drop = drop;
	found->volume = root->place.volume;
	found->site = root->config ? root->config->config.sites.at[root->site].name : NULL;
	found->folder = folder;
	found->record = *record;
	return 0;
}

/* Versions of a configuration mostly lead to the same folders. */
static int
seen_before(struct search *s, const struct page_root *root, size_t from, bool *ret_seen)
{
	struct looked *slot;

	*ret_seen = false;
	for (size_t i = 0; i < s->looked.n && !*ret_seen; i++)
		*ret_seen = s->looked.at[i].volume == root->place.volume &&
			    s->looked.at[i].folder == root->place.folder && s->looked.at[i].from == from;
	if (*ret_seen)
		return 0;
	slot = vector_push(&s->looked);
	if (!slot)
		return no_memory(s->exam);
	*slot = (struct looked){ root->place.volume, root->place.folder, from };
	return 0;
}

/* Looks below one root that stands for `from` names of the address. */
static int
look(struct search *s, const struct page_root *root, size_t from)
{
	const struct address *a = &s->address;
	struct page_record record = { .any = false };
	enum site_found found = root->place.found;
	uint32_t folder;
	bool seen;
	int r;

	if (found != SITE_FOUND) {
		s->found->sure &= found == SITE_EMPTY;
		return 0;
	}
	r = seen_before(s, root, from, &seen);
	if (r < 0 || seen)
		return r;
	r = sites_descend(s->exam, s->exam->sites, root->place.volume, root->place.folder, a->parts + from,
			  a->n - 1 - (uint32_t)from, &found, &folder);
	if (r < 0)
		return r;
	s->found->sure &= found != SITE_LEADS;
	if (found != SITE_FOUND)
		return note_place(s, root, root->place.folder, from, &record);
	r = page_record_find(s->exam, root->place.volume, folder, a->parts[a->n - 1], s->before, &record);
	return r < 0 ? r : note_place(s, root, folder, a->n - 1, &record);
}

static bool
same_site(const struct page_root *a, const struct page_root *b)
{
	return a->config == b->config && a->site == b->site;
}

/* Of one site, whose roots follow each other, that which stands for most of an address is what IIS goes by. */
static int
look_in_site(struct search *s, const struct page_root *roots, size_t n)
{
	size_t most = SIZE_MAX;
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		size_t from = match(&s->address, roots[i].prefix);

		if (from != SIZE_MAX && (most == SIZE_MAX || from > most))
			most = from;
	}
	for (size_t i = 0; i < n && most != SIZE_MAX && r == 0; i++)
		if (match(&s->address, roots[i].prefix) == most)
			r = look(s, &roots[i], most);
	return r;
}

int
page_find(struct exam *exam, struct pages *pages, const char *address, uint64_t before, struct page_found *ret)
{
	static const char client[] = "/aspnet_client/";
	struct search s = { .exam = exam, .pages = pages, .before = before, .found = ret };
	int r = make_roots(exam, pages);

	*ret = (struct page_found){ .sure = true, .shipped = -1 };
	s.client = !strncasecmp(address, client, sizeof(client) - 1);
	if (r < 0 || !split(address, &s.address)) {
		ret->sure = false;
		return r;
	}
	exam_phase(exam, PHASE_CONTENT);
	for (size_t i = 0, n; i < pages->roots.n && r == 0; i += n) {
		const struct page_root *roots = &pages->roots.at[i];

		for (n = 1; i + n < pages->roots.n && same_site(&roots[0], &roots[n]);)
			n++;
		r = look_in_site(&s, roots, n);
	}
	ret->sure &= ret->path != NULL;
	if (!ret->path && s.client)
		ret->shipped = 0;
	vector_free(&s.looked);
	return r;
}
