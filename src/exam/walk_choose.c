/* walk_choose.c - what the walk hands on: the files that are to be read, with all that is known of them by then. */
#include <errno.h>

#include "builds.h"
#include "fail.h"
#include "judge.h"
#include "pages.h"
#include "walk_own.h"

/* The folder's path is kept from one file to the next: neighbours in the $MFT often share it. */
int
walk_path(struct walk *w, uint32_t folder)
{
	int r = 0;

	if (w->base_folder != folder) {
		text_cut(&w->base, 0);
		r = text_adds(&w->base, folder < catalog_folders(w->v->catalog) ? "" : CATALOG_NAMELESS);
		if (r == 0 && folder < catalog_folders(w->v->catalog))
			r = catalog_folder_path(w->v->catalog, folder, &w->base);
		w->base_folder = folder;
	}
	text_cut(&w->path, 0);
	if (r == 0)
		r = text_addc(&w->path, '/');
	if (r == 0)
		r = text_add(&w->path, text_view(&w->base));
	if (r == 0 && w->base.n)
		r = text_addc(&w->path, '/');
	return r < 0 ? r : text_add(&w->path, text_view(&w->name));
}

/* The role that weighs most among those that the profile gives a file. */
enum role
walk_role(const struct chosen *chosen)
{
	static const enum role order[] = { ROLE_WEBROOT, ROLE_STAGING, ROLE_CONFIG, ROLE_ARTIFACT, ROLE_LOG,
					   ROLE_EVTX,    ROLE_HIVE,    ROLE_DATA,   ROLE_NTFS };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		for (size_t c = 0; c < chosen->choice_count; c++)
			if (chosen->choices[c]->role == order[i])
				return order[i];
	return ROLE_NONE;
}

/* Of several kinds of log or artefact that choices name, the first stands: those of one profile come in its order. */
static unsigned
readers_of(const struct chosen *chosen, struct candidate *c)
{
	unsigned readers = 0;

	for (size_t i = 0; i < chosen->choice_count; i++) {
		struct named_readers named;

		choice_readers(chosen->choices[i], &named);
		readers |= named.readers & (READER_CONTENT | READER_EVENTS);
		if (named.log && !c->log) {
			readers |= named.readers;
			c->log = named.log;
			c->artefact = named.artefact;
		}
	}
	return readers;
}

/* $BadClus:$Bad is as large as the volume and stands for clusters that must not be used: it has no content. */
static bool
bad_clusters(const struct entry *entry, const struct stream *stream)
{
	return entry->number == 8 && stream->name.n;
}

/* Nobody knows where it lay: a folder that was reused, is gone or goes round. */
bool
walk_lost(const struct walk *w, uint32_t folder)
{
	struct folder f;

	if (folder >= catalog_folders(w->v->catalog))
		return true;
	catalog_folder(w->v->catalog, folder, &f);
	return f.chain > FOLDER_DELETED && f.chain < FOLDER_TOO_DEEP;
}

/* Of what has lost its name, too, nobody knows the type: it is read where it is small and whole. */
static bool
is_small(const struct entry *entry)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < entry->stream_count; i++) {
		if (entry->streams[i].flags & STREAM_BROKEN || entry->streams[i].size > NAMELESS_MAX - bytes)
			return false;
		bytes += entry->streams[i].size;
	}
	return bytes != 0;
}

/* A script that may have lain in a web root, for all that is known; w->name is its name, scripts says whether one of
 * its streams is called like one. */
bool
walk_astray(const struct walk *w, const struct entry *entry, uint32_t folder)
{
	return w->name.n && walk_lost(w, folder) &&
	       (w->scripts || name_is_served(w->name.s) || (!entry->name_count && is_small(entry)));
}

static int
keep_hits(struct exam *exam, struct candidate *c, const struct chosen *chosen)
{
	c->rule_count = (uint32_t)chosen->rule_count;
	c->choice_count = (uint32_t)chosen->choice_count;
	c->rules = arena_take(&exam->arena, chosen->rule_count * sizeof(*c->rules) + 1, _Alignof(void *));
	c->choices = arena_take(&exam->arena, chosen->choice_count * sizeof(*c->choices) + 1, _Alignof(void *));
	if (!c->rules || !c->choices)
		return -ENOMEM;
	if (c->rule_count)
		memcpy(c->rules, chosen->rules, chosen->rule_count * sizeof(*c->rules));
	if (c->choice_count)
		memcpy(c->choices, chosen->choices, chosen->choice_count * sizeof(*c->choices));
	return 0;
}

/* A file that the profile chose or a path rule hit is remembered for the next stage. */
int
walk_remember(struct walk *w, const struct entry *entry, const struct name *name, const struct stream *stream,
	 const struct file_row *row, const struct chosen *chosen)
{
	const struct host_place *exchange = NULL;
	struct candidate *c = vector_push(&w->exam->candidates);
	struct arena *arena = &w->exam->arena;
	const char *relative;
	int r = c ? walk_path(w, row->folder) : -ENOMEM;

	if (r == 0)
		r = keep_hits(w->exam, c, chosen);
	if (r < 0)
		return r;
	c->file = row->id;
	c->entry = (struct reference){ entry->number, entry->sequence };
	c->attribute = row->attribute;
	c->role = walk_role(chosen);
	c->flags = row->flags;
	c->volume = w->volume;
	c->folder = row->folder;
	c->size = row->bytes;
	c->first_cluster = row->flags & FILE_PACKED ? entry_packed(entry)->first_cluster
			   : stream                 ? stream->first_cluster
						    : UINT64_MAX;
	c->born = name->fn.created ? name->fn.created : entry->si.created;
	c->si = entry->si;
	c->fn = name->fn;
	c->path = arena_copy(arena, text_view(&w->path));
	c->name = arena_copy(arena, text_view(&w->name));
	c->stream = arena_copy(arena, text_view(&w->stream));
	c->packed = row->flags & FILE_PACKED ? entry_packed(entry)->attribute : 0;
	c->filtered = stream && !stream->name.n && reparse_hides(entry->reparse) && !(row->flags & FILE_PACKED);
	c->readers = readers_of(chosen, c);
	if (!stream)
		c->readers = 0;
	c->astray = !chosen->choice_count && walk_astray(w, entry, row->folder);
	if (c->astray && stream)
		c->readers |= READER_CONTENT;
	if (w->read_all && stream && !bad_clusters(entry, stream))
		c->readers |= READER_CONTENT;
	relative = c->path ? host_relative(w->exam, w->volume, c->path, &exchange) : NULL;
	c->relative = relative ? relative : "";
	c->build = exchange ? exchange->build : "";
	c->witness = c->readers && c->path ? witness_of(w->exam, c) : 0;
	c->page_file = c->path && c->name && c->stream ? page_file_of(c) : PAGE_NONE;
	return c->path && c->name && c->stream ? 0 : -ENOMEM;
}
