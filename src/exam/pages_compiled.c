/* pages_compiled.c - which pages ASP.NET compiled, when, and whether they are still there: rows, events and findings.
 */
#include <errno.h>
#include <inttypes.h>
#include <strings.h>

#include "fail.h"
#include "filetime.h"
#include "pages.h"

static int
no_memory(const struct page_fact *fact)
{
	return fail(ENOMEM, "out of memory for the page that %s tells of", fact->candidate->path);
}

/* A page while its row is composed. */
struct telling {
	struct exam *exam;
	const struct page_fact *fact;
	struct page_found page;
	struct page_record dll;
	uint64_t when; /* the record was made */
	uint64_t gone; /* the page was gone by then */
	struct text words, id;
	struct text dll_path;
};

/* ---- what is known ---- */

/* The library lies beside the record. */
static int
find_dll(struct telling *t)
{
	const struct candidate *c = t->fact->candidate;
	CLEANUP(text_free) struct text name = { 0 };
	size_t folder = (size_t)(strrchr(c->path, '/') - c->path) + 1;
	int r;

	if (!t->fact->compiled.assembly || c->folder >= catalog_folders(t->exam->volumes[c->volume].catalog))
		return 0;
	if (text_printf(&name, "%s.dll", t->fact->compiled.assembly) < 0)
		return no_memory(t->fact);
	r = page_record_find(t->exam, c->volume, c->folder, text_view(&name), UINT64_MAX, &t->dll);
	if (r < 0 || !t->dll.any)
		return r;
	r = text_add(&t->dll_path, view_of(c->path, folder));
	if (r == 0)
		r = text_add(&t->dll_path, text_view(&name));
	return r < 0 ? no_memory(t->fact) : 0;
}

/* A page whose record is still there was deleted when its folder was last changed, or before. */
static int
find_end(struct telling *t)
{
	const struct page_record *page = &t->page.record;
	struct catalog_cursor cursor;
	struct folder f;
	int r;

	if (!page->any || page->in_use)
		return 0;
	catalog_folder(t->exam->volumes[t->page.volume].catalog, t->page.folder, &f);
	if (f.chain != FOLDER_FOUND)
		return 0;
	r = catalog_get(t->exam->volumes[t->page.volume].catalog, f.reference.entry, &cursor);
	if (r > 0 && cursor.entry.si.modified >= t->when)
		t->gone = cursor.entry.si.modified;
	catalog_stop(&cursor);
	return r < 0 ? r : 0;
}

static bool
is_gone(const struct page_found *page)
{
	return page->sure && !page->record.in_use;
}

/* ---- words ---- */

static int
add_page(struct telling *t)
{
	const struct page_record *page = &t->page.record;
	struct text *w = &t->words;
	char born[FILETIME_TEXT];
	int r;

	if (page->any) {
		r = text_printf(w,
				page->in_use ? "; the page is there, born %s"
					     : "; the page was deleted, and its record says it was born %s",
				filetime_text(page->born, born));
		if (r == 0 && page->born <= t->when) {
			r = text_adds(w, ", ");
			if (r == 0)
				r = page_add_span(w, t->when - page->born);
			if (r == 0)
				r = text_adds(w, " before");
		} else if (r == 0) {
			r = text_adds(w, ", which is later: written anew since, or another file of that name");
		}
		if (r == 0 && page->in_use && page->modified > t->when && page->born <= t->when)
			r = text_printf(w, "; it was changed since, at %s", filetime_text(page->modified, born));
		return r;
	}
	if (t->page.sure)
		return text_adds(w, "; the page is gone, and no record of it is left");
	return text_adds(
		w,
		"; whether the page is still there is not known: no folder of this evidence is known to be its site's, "
		"or not all of them are here");
}

static int
compose(struct telling *t)
{
	const struct compiled *c = &t->fact->compiled;
	struct text *w = &t->words;
	int r = 0;

	if (t->fact->kind == PAGE_LIBRARY)
		r = text_printf(
			w,
			"%s.dll, which ASP.NET made of it, names it, and no record beside that does (the application "
			"is that of the cache's folder)",
			c->assembly);
	else
		r = text_adds(w, "ASP.NET compiled it");
	if (r == 0 && t->fact->kind == PAGE_COMPILED && c->assembly)
		r = text_printf(w, " into %s%s", c->assembly,
				t->dll.in_use ? ".dll"
				: t->dll.any  ? ".dll, deleted since"
					      : ".dll, which is not there");
	if (r == 0)
		r = text_adds(w, ": somebody asked for it then, or just before");
	if (r == 0)
		r = add_page(t);
	if (r == 0 && t->page.several)
		r = text_adds(w, "; another site has, or had, a page of this address, too");
	if (r == 0 && t->page.shipped == 0)
		r = text_adds(w, t->page.drop ? "; it lies in a folder that no web site is installed into"
					      : "; Exchange ships no page there");
	if (r == 0 && t->page.shipped == 1)
		r = text_adds(w, "; Exchange ships a page of this name");
	return r < 0 ? no_memory(t->fact) : 0;
}

/* ---- findings ---- */

/* A page that is shipped says nothing, and one that no list tells of only when it is gone. */
static bool
judge(const struct telling *t, enum own_rule *ret_rule, enum level *ret_level)
{
	bool recent = t->when >= t->exam->since, gone = is_gone(&t->page),
	     served = name_is_served(t->fact->compiled.page);

	if (t->page.shipped == 1 || !served)
		return false;
	*ret_rule = gone ? OWN_PAGE_GONE : OWN_PAGE_UNLISTED;
	if (t->page.shipped == 0) {
		*ret_level = recent ? LEVEL_HIGH : LEVEL_MEDIUM;
		return true;
	}
	*ret_level = recent ? LEVEL_MEDIUM : LEVEL_LOW;
	return gone;
}

static int
write_finding(struct telling *t, const struct rule **ret_rule)
{
	CLEANUP(text_free) struct text basis = { 0 };
	const struct compiled *c = &t->fact->compiled;
	enum own_rule which;
	enum level level;

	if (!judge(t, &which, &level))
		return 0;
	if (text_add_escaped(&basis, view_text(c->page)) < 0 || text_adds(&basis, ": ") < 0 ||
	    text_add_escaped(&basis, text_view(&t->words)) < 0)
		return no_memory(t->fact);
	*ret_rule = own_rule(which);
	return page_finding(t->exam, t->fact, t->when,
			    &(struct mark){ .rule = *ret_rule,
					    .offset = c->offset,
					    .length = c->length,
					    .excerpt = t->fact->excerpt,
					    .basis = text_view(&basis) },
			    level, &t->id);
}

/* ---- rows ---- */

static int
write_row(struct telling *t)
{
	const struct candidate *c = t->fact->candidate;
	const struct compiled *compiled = &t->fact->compiled;
	const struct page_record *page = &t->page.record;
	bool placed = t->page.path && (page->any || t->page.sure);

	return case_page(t->exam->db, &(struct page_row){
					      .volume = t->exam->volumes[c->volume].number,
					      .page = view_text(compiled->page),
					      .compiled = t->when,
					      .exists = page->in_use   ? 1
							: t->page.sure ? 0
								       : -1,
					      .shipped = t->page.shipped,
					      .page_volume = placed ? t->exam->volumes[t->page.volume].number : 0,
					      .page_path = view_text(placed ? t->page.path : NULL),
					      .page_mft = page->any ? (int64_t)page->entry.entry : -1,
					      .page_born = page->any ? page->born : 0,
					      .site = placed ? t->page.site : NULL,
					      .path = view_text(c->path),
					      .mft = c->entry.entry,
					      .offset = compiled->offset,
					      .deleted = !(c->flags & FILE_ALLOCATED),
					      .assembly = compiled->assembly,
					      .type = compiled->type,
					      .dll = text_view(&t->dll_path),
					      .dll_mft = t->dll.any ? (int64_t)t->dll.entry.entry : -1,
					      .finding = t->id.n ? t->id.s : NULL,
					      .note = t->words.s,
				      });
}

static int
write_event(struct telling *t, uint64_t when, const char *kind, struct view summary, const struct rule *rule)
{
	const struct candidate *c = t->fact->candidate;
	CLEANUP(text_free) struct text subject = { 0 };

	if (when < t->exam->since)
		return 0;
	if (text_add_escaped(&subject, view_text(t->fact->compiled.page)) < 0)
		return no_memory(t->fact);
	return case_event(t->exam->db, &(struct event_row){ .volume = t->exam->volumes[c->volume].number,
							    .file = c->file,
							    .when = when,
							    .mft = c->entry.entry,
							    .offset = t->fact->compiled.offset,
							    .kind = kind,
							    .source = c->path,
							    .subject = text_view(&subject),
							    .summary = summary,
							    .stream = view_text(c->stream),
							    .finding = t->id.n ? t->id.s : NULL,
							    .rule = rule });
}

static int
tell(struct telling *t)
{
	static const char gone[] =
		"by this time the compiled page was gone: no name was put into its folder or taken out of it later";
	const struct rule *rule = NULL;
	int r = find_dll(t);

	if (r == 0)
		r = page_find(t->exam, t->exam->pages, t->fact->compiled.page, t->when, &t->page);
	if (r == 0)
		r = find_end(t);
	if (r == 0)
		r = compose(t);
	if (r == 0)
		r = write_finding(t, &rule);
	if (r == 0)
		r = write_row(t);
	if (r == 0 && t->when)
		r = write_event(t, t->when, "compiled.page", text_view(&t->words), rule);
	return r < 0 || !t->gone ? r : write_event(t, t->gone, "page.gone", view_text(gone), rule);
}

/* ---- libraries ---- */

/* A library is told of where no record names it. */
static bool
has_record(const struct pages *pages, const struct page_fact *library)
{
	for (size_t i = 0; i < pages->facts.n; i++) {
		const struct page_fact *fact = pages->facts.at[i];

		if (fact->kind == PAGE_COMPILED && fact->compiled.assembly &&
		    fact->candidate->volume == library->candidate->volume &&
		    fact->candidate->folder == library->candidate->folder &&
		    !strcasecmp(fact->compiled.assembly, library->compiled.assembly))
			return true;
	}
	return false;
}

static bool
is_told(const struct pages *pages, const struct page_fact *fact)
{
	if (fact->kind != PAGE_COMPILED && fact->kind != PAGE_LIBRARY)
		return false;
	return fact->compiled.page && (fact->kind == PAGE_COMPILED || !has_record(pages, fact));
}

/* ---- coverage ---- */

/* A cache of compiled pages: of one framework, or wherever such records lie. */
struct cache_count {
	uint32_t volume;
	struct view path;
	uint64_t records, broken, bytes, first, last, deleted;
};

static struct view
cache_of(const struct candidate *c)
{
	const char *at = strcasestr(c->path, PAGES_CACHE);

	return at ? view_of(c->path, (size_t)(at - c->path) + sizeof(PAGES_CACHE) - 2)
		  : view_of(c->path, (size_t)(strrchr(c->path, '/') - c->path));
}

static void
count(struct cache_count *n, const struct page_fact *fact)
{
	const struct candidate *c = fact->candidate;

	n->records += fact->compiled.page != NULL;
	n->broken += !fact->compiled.page || !fact->compiled.whole;
	n->deleted += !(c->flags & FILE_ALLOCATED);
	n->bytes += c->size;
	if (c->born && (!n->first || c->born < n->first))
		n->first = c->born;
	if (c->born > n->last)
		n->last = c->born;
}

static int
cover_one(struct exam *exam, const struct cache_count *n)
{
	char reason[200];

	snprintf(reason, sizeof(reason), "records of compiled pages; the times are those of the files%s%s",
		 n->deleted ? "; some of them are deleted files" : "",
		 n->broken ? "; some are broken, or are no such record" : "");
	return case_coverage(exam->db, &(struct coverage_row){ .source = "compiled",
							       .path = n->path,
							       .state = n->broken ? "partly" : "read",
							       .first = n->first,
							       .last = n->last,
							       .items = n->records,
							       .lost = n->broken,
							       .bytes = n->bytes,
							       .reason = reason });
}

typedef VECTOR(struct cache_count) cache_list;

static struct cache_count *
count_of(cache_list *caches, const struct candidate *c)
{
	struct view path = cache_of(c);
	struct cache_count *n;

	for (size_t i = 0; i < caches->n; i++)
		if (caches->at[i].volume == c->volume && view_equal(caches->at[i].path, path))
			return &caches->at[i];
	n = vector_push(caches);
	if (n)
		*n = (struct cache_count){ .volume = c->volume, .path = path };
	return n;
}

static int
cover(struct exam *exam, const struct pages *pages)
{
	cache_list caches = { 0 };
	int r = 0;

	for (size_t i = 0; i < pages->facts.n && r == 0; i++) {
		const struct page_fact *fact = pages->facts.at[i];
		struct cache_count *n = fact->kind == PAGE_COMPILED ? count_of(&caches, fact->candidate) : NULL;

		if (n)
			count(n, fact);
		else if (fact->kind == PAGE_COMPILED)
			r = no_memory(fact);
	}
	for (size_t i = 0; i < caches.n && r == 0; i++)
		r = cover_one(exam, &caches.at[i]);
	if (r == 0 && !caches.n)
		r = case_coverage(
			exam->db,
			&(struct coverage_row){
				.source = "compiled",
				.state = "absent",
				.reason = "no record of a compiled page was found: no page was compiled, or the "
					  "cache was emptied" });
	vector_free(&caches);
	return r;
}

int
pages_compiled(struct exam *exam, struct pages *pages)
{
	int r = 0;

	for (size_t i = 0; i < pages->facts.n && r == 0; i++) {
		const struct page_fact *fact = pages->facts.at[i];
		struct telling t = { .exam = exam, .fact = fact, .when = fact->candidate->born };

		if (is_told(pages, fact))
			r = tell(&t);
		text_free(&t.words);
		text_free(&t.id);
		text_free(&t.dll_path);
	}
	return r < 0 ? r : cover(exam, pages);
}
