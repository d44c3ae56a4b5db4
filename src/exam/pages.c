/* pages.c - files that tell what a web server ran and by which settings, read by the threads that read everything else.
 */
#include "pages.h"

#include <errno.h>
#include <inttypes.h>
#include <strings.h>

#include "fail.h"
#include "filetime.h"

static bool
ends(const char *s, const char *with)
{
	size_t n = strlen(s), w = strlen(with);

	return n >= w && !strcasecmp(s + n - w, with);
}

enum page_file
page_file_of(const struct candidate *c)
{
	if (!(c->readers & READER_CONTENT) || c->flags & FILE_DIRECTORY)
		return PAGE_NONE;
	if (!c->stream[0] && ends(c->name, ".compiled"))
		return PAGE_COMPILED;
	if (!c->stream[0] && !strncasecmp(c->name, "App_Web_", 8) && ends(c->name, ".dll") &&
	    strcasestr(c->path, PAGES_CACHE))
		return PAGE_LIBRARY;
	if (!c->stream[0] && ends(c->name, ".config") && (c->role == ROLE_WEBROOT || c->role == ROLE_CONFIG))
		return PAGE_CONFIG;
	return (c->role == ROLE_WEBROOT || c->astray) && c->size && c->size <= PAGES_DUMP_MAX ? PAGE_MAYBE_DUMP
											      : PAGE_NONE;
}

static int
no_memory(const struct candidate *c)
{
	return fail(ENOMEM, "out of memory for what %s tells", c->path);
}

/* ---- one file ---- */

static int
quote(struct page_fact *fact, struct source *stream, uint64_t offset, uint64_t length, struct view *ret)
{
	uint8_t bytes[EXCERPT_MAX];
	ssize_t n = source_read(stream, offset, bytes, length < EXCERPT_MAX ? (size_t)length : EXCERPT_MAX);
	const char *copy = n < 0 ? NULL : arena_copy(&fact->arena, view_of(bytes, (size_t)n));

	if (n < 0)
		return (int)n;
	*ret = view_of(copy, copy ? (size_t)n : 0);
	return copy ? 0 : no_memory(fact->candidate);
}

/* Of a deleted file nobody expects that it is whole. */
static struct sink *
sink_of(struct slot *slot)
{
	return slot->candidate->flags & FILE_ALLOCATED ? &slot->sink : NULL;
}

static int
read_compiled(struct slot *slot, struct page_fact *fact, struct source *stream)
{
	int r = compiled_read(stream, sink_of(slot), &fact->compiled);

	if (r < 0 || !fact->compiled.page)
		return r;
	return quote(fact, stream, fact->compiled.offset, fact->compiled.length, &fact->excerpt);
}

/* The folder of the cache is called after the application, or "root": a library names its page from there on. */
static const char *
address_of(struct arena *arena, const char *path, const char *page)
{
	const char *application = strcasestr(path, PAGES_CACHE) + sizeof(PAGES_CACHE) - 1;
	int n = (int)strcspn(application, "/");

	if (!page[0])
		return NULL;
	if (n == 4 && !strncasecmp(application, "root", 4))
		return arena_copy(arena, view_text(page + 1));
	return arena_printf(arena, "/%.*s%s", n, application, page + 1);
}

static int
read_library(struct page_fact *fact, struct source *stream)
{
	CLEANUP(text_free) struct text page = { 0 };
	struct compiled *c = &fact->compiled;
	const char *name = fact->candidate->name;
	int r = library_page(stream, &page, &c->offset, &c->length);

	if (r <= 0)
		return r;
	c->page = address_of(&fact->arena, fact->candidate->path, page.s);
	c->assembly = arena_copy(&fact->arena, view_of(name, strlen(name) - 4));
	if (!c->page || !c->assembly)
		return no_memory(fact->candidate);
	return quote(fact, stream, c->offset, c->length, &fact->excerpt);
}

static int
read_dump(struct page_fact *fact, struct source *stream)
{
	const struct oab_script *s = &fact->dump.script;
	int r = oab_dump_read(stream, &fact->dump);

	fact->dumped = r == 1;
	if (r <= 0)
		return r;
	return quote(fact, stream, s->offset, fact->dump.has_script && s->length ? s->length : EXCERPT_MAX,
		     &fact->excerpt);
}

/* Settings that are judged are shown with their bytes. */
static int
read_config(struct slot *slot, const struct exam *exam, struct page_fact *fact, struct source *stream)
{
	struct webconfig *config = &fact->config;
	int r = webconfig_read(stream, sink_of(slot), config);

	if (r < 0 || !config->settings.n)
		return r;
	fact->excerpts = arena_take(&fact->arena, config->settings.n * sizeof(*fact->excerpts), _Alignof(struct view));
	if (!fact->excerpts)
		return no_memory(fact->candidate);
	for (size_t i = 0; i < config->settings.n && r == 0; i++) {
		const struct setting *s = &config->settings.at[i];
		const struct rule *rule;
		enum level level;
		const char *why;

		if (setting_judge(exam, s, &rule, &level, &why) && s->kind != SETTING_KEY) /* a key is not shown */
			r = quote(fact, stream, s->offset, s->length, &fact->excerpts[i]);
	}
	return r;
}

int
page_read(struct slot *slot, const struct exam *exam, struct source *stream)
{
	struct page_fact *fact = calloc(1, sizeof(*fact));

	slot->page = fact;
	if (!fact)
		return no_memory(slot->candidate);
	fact->candidate = slot->candidate;
	fact->kind = slot->candidate->page_file;
	fact->trust = slot->trust;
	fact->doubtful = slot->reused || slot->shared;
	fact->shipped = slot->result.baseline == BASELINE_KNOWN || slot->result.baseline == BASELINE_OTHER_BUILD;
	if (slot_digest(slot, DIGEST_SHA256)) {
		memcpy(fact->sha256, slot_digest(slot, DIGEST_SHA256), sizeof(fact->sha256));
		fact->has_sha256 = true;
	}
	switch (fact->kind) {
	case PAGE_COMPILED:
		return read_compiled(slot, fact, stream);
	case PAGE_LIBRARY:
		return read_library(fact, stream);
	case PAGE_CONFIG:
		return read_config(slot, exam, fact, stream);
	default:
		return read_dump(fact, stream);
	}
}

struct page_fact *
page_free(struct page_fact *fact)
{
	if (!fact)
		return NULL;
	compiled_free(&fact->compiled);
	oab_dump_free(&fact->dump);
	webconfig_free(&fact->config);
	arena_free(&fact->arena);
	free(fact);
	return NULL;
}

/* ---- all of them ---- */

struct pages *
pages_free(struct pages *pages)
{
	if (!pages)
		return NULL;
	for (size_t i = 0; i < pages->facts.n; i++)
		page_free(pages->facts.at[i]);
	vector_free(&pages->facts);
	vector_free(&pages->roots);
	arena_free(&pages->arena);
	free(pages);
	return NULL;
}

int
page_take(struct exam *exam, struct slot *slot)
{
	struct page_fact *fact = slot->page, **room;
	struct pages *pages;

	if (!exam->pages)
		exam->pages = calloc(1, sizeof(*exam->pages));
	pages = exam->pages;
	if (!pages)
		return no_memory(slot->candidate);
	if (fact->kind == PAGE_MAYBE_DUMP) {
		pages->looked++;
		pages->looked_bytes += slot->candidate->size;
		if (!fact->dumped)
			return 0;
		pages->dumps++;
	}
	if (pages->facts.n == PAGES_FACTS_MAX || fact->config.settings.n > PAGES_SETTINGS_MAX - pages->settings) {
		pages->more++;
		return 0;
	}
	room = vector_push(&pages->facts);
	if (!room)
		return no_memory(slot->candidate);
	*room = fact;
	slot->page = NULL;
	pages->settings += fact->config.settings.n;
	return 0;
}

/* ---- findings ---- */

int
page_add_span(struct text *t, uint64_t ticks)
{
	return text_printf(t, "%" PRIu64 ".%07" PRIu64 " s", ticks / FILETIME_SECOND, ticks % FILETIME_SECOND);
}

struct place
page_place(const struct page_fact *fact, uint64_t when)
{
	const struct candidate *c = fact->candidate;

	return (struct place){ .volume = c->volume,
			       .file = c->file,
			       .when = when,
			       .bytes = true,
			       .packed = c->flags & FILE_PACKED,
			       .entry = c->entry,
			       .attribute = c->attribute,
			       .path = c->path,
			       .stream = c->stream,
			       .sha256 = fact->has_sha256 ? fact->sha256 : NULL };
}

int
page_finding(struct exam *exam, const struct page_fact *fact, uint64_t when, const struct mark *mark, enum level level,
	     struct text *ret_id)
{
	CLEANUP(text_free) struct text basis = { 0 };
	const struct place place = page_place(fact, when);
	struct mark told = *mark;
	int r = text_add(&basis, mark->basis);

	if (r == 0 && !(fact->candidate->flags & FILE_ALLOCATED))
		r = text_adds(&basis,
			      fact->doubtful ? "; the file is deleted, and some of its clusters may be another's by now"
					     : "; the file is deleted");
	if (r == 0 && fact->trust)
		r = text_adds(&basis, "; rests on damaged or unverified bytes");
	if (r < 0)
		return no_memory(fact->candidate);
	told.basis = text_view(&basis);
	if (fact->doubtful && level > LEVEL_MEDIUM)
		level = LEVEL_MEDIUM;
	r = finding_write(exam, &place, &told, level);
	if (r == 0 && ret_id && finding_id(exam, &place, &told, ret_id) < 0)
		return no_memory(fact->candidate);
	return r;
}

int
pages_write(struct exam *exam)
{
	struct pages *pages;
	int r = 0;

	if (!exam->pages)
		exam->pages = calloc(1, sizeof(*exam->pages));
	pages = exam->pages;
	if (!pages)
		return fail(ENOMEM, "out of memory for the pages of %s", exam->path);
	if (pages->more)
		r = limits_add(exam->limits, exam->name, -1, "", -1,
			       "more configurations and compiled pages than are kept: the others were not judged",
			       pages->more);
	if (r == 0)
		r = pages_compiled(exam, pages);
	if (r == 0)
		r = pages_dumps(exam, pages);
	if (r == 0)
		r = pages_configs(exam, pages);
	if (exam->sites)
		sites_unindex(exam, exam->sites);
	return r;
}
