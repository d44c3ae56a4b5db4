/* walk.c - the stage that lists the files: every entry of every volume held against the profile and the window. */
#include <errno.h>
#include <inttypes.h>

#include "deceit.h"
#include "exam.h"
#include "fail.h"
#include "judge.h"
#include "leads.h"
#include "twins.h"

enum {
	ROWS_MAX = 65536, /* rows for one entry: names times streams */
	TARGETS_MAX = 65536,
	NAMELESS_MAX = 1 << 20, /* bytes of what is read though nobody knows its name */
	FIRST_USER_ENTRY = 24, /* those before are the file system's own */
	FOLDER_USED = 1,  /* some row names it */
	FOLDER_SERVED = 2, /* files of a web root lie in it */
};

/* One volume on its way into the case. */
struct walk {
	struct exam *exam;
	struct exam_volume *v;
	uint32_t volume; /* index */
	struct chooser *chooser;
	const struct upcase *fold;
	int64_t *states;     /* by folder: the patterns alive there, -1 where not worked out yet */
	uint8_t *used;       /* by folder: FOLDER_USED, FOLDER_SERVED */
	struct twins *twins;
	uint64_t targets;    /* of junctions and links, that were read */
	uint64_t *next_file; /* id of the next row */
	bool write, all, read_all;
	struct text name, stream, path, base;
	uint32_t base_folder;      /* the folder whose path `base` holds, UINT32_MAX for none */
	bool suspect;              /* some part of the $MFT is bad, so each record has to be asked about */
	bool unverified;           /* the record that is gone through is */
	uint32_t chosen;           /* streams of it that the profile chose */
	bool scripts;              /* some stream of it is called like a script */
	uint32_t asked;            /* the folder that a chooser's question is about */
	struct chooser_path where; /* tells its path */
};

/* The path of the folder that the chooser is asked about. */
static int
tell_path(void *owner, struct text *ret_path)
{
	struct walk *w = owner;

	if (w->asked >= catalog_folders(w->v->catalog))
		return 0;
	return catalog_folder_path(w->v->catalog, w->asked, ret_path);
}

/* Works out a folder's patterns from those of the folders above it, without recursion. */
static int
folder_state(struct walk *w, uint32_t folder, int64_t *ret_state)
{
	VECTOR(uint32_t) chain = { 0 };
	struct folder f;
	int64_t state = -1;
	uint32_t at = folder, *link;

	while (w->states[at] < 0 && state < 0) {
		catalog_folder(w->v->catalog, at, &f);
		if (f.parent == at) {
			state = at ? 0 : chooser_root(w->chooser, w->volume);
			w->states[at] = state;
			break;
		}
		link = vector_push(&chain);
		if (!link)
			state = -ENOMEM;
		else
			*link = at;
		at = f.parent;
	}
	if (state != -ENOMEM)
		state = w->states[at];
	while (chain.n && state >= 0) {
		at = chain.at[--chain.n];
		catalog_folder(w->v->catalog, at, &f);
		w->asked = f.parent;
		state = w->states[at] = chooser_enter(w->chooser, state, f.name, w->fold, &w->where);
	}
	vector_free(&chain);
	*ret_state = state;
	return state < 0 ? fail(ENOMEM, "out of memory for the folders of %s", w->exam->path) : 0;
}

static int
write_folders(struct walk *w)
{
	uint32_t last = catalog_folders(w->v->catalog);
	int r = 0;

	if (w->used[last] & FOLDER_USED)
		r = case_folder(w->exam->db, &(struct folder_row){ .volume = w->v->number,
								   .number = last,
								   .path = view_text(CATALOG_NAMELESS),
								   .state = FOLDER_MISSING });

	for (uint32_t i = 0; i < last && r == 0; i++) {
		struct folder f;

		if (!(w->used[i] & FOLDER_USED))
			continue;
		text_cut(&w->path, 0);
		r = catalog_folder_path(w->v->catalog, i, &w->path);
		catalog_folder(w->v->catalog, i, &f);
		if (r == 0)
			r = case_folder(w->exam->db, &(struct folder_row){ .volume = w->v->number,
									   .number = i,
									   .path = text_view(&w->path),
									   .state = f.chain });
	}
	return r;
}

/* Several names, hard links or 8.3 ones, with times of their own. */
static bool
times_differ(const struct entry *entry)
{
	for (uint32_t i = 1; i < entry->name_count; i++)
		if (memcmp(&entry->names[i].fn, &entry->names[0].fn, sizeof(entry->names[0].fn)) != 0)
			return true;
	return false;
}

static uint32_t
flags_of(const struct entry *entry, const struct stream *stream, bool unverified)
{
	uint32_t flags = 0;

	flags |= entry->flags & ENTRY_ALLOCATED ? FILE_ALLOCATED : 0;
	flags |= entry->flags & ENTRY_DIRECTORY ? FILE_DIRECTORY : 0;
	flags |= entry->flags & ENTRY_TORN ? FILE_TORN : 0;
	flags |= entry->flags & ENTRY_PARTIAL ? FILE_PARTIAL : 0;
	flags |= entry->flags & ENTRY_HAS_SI ? 0 : FILE_NO_SI;
	flags |= entry->reparse ? FILE_REPARSE : 0;
	flags |= unverified ? FILE_UNVERIFIED : 0;
	flags |= times_differ(entry) ? FILE_NAMES_DIFFER : 0;
	if (!stream)
		return flags | FILE_DATALESS;
	flags |= stream->flags & STREAM_RESIDENT ? FILE_RESIDENT : 0;
	flags |= stream->flags & STREAM_COMPRESSED ? FILE_COMPRESSED : 0;
	flags |= stream->flags & STREAM_SPARSE ? FILE_SPARSE : 0;
	flags |= stream->flags & STREAM_ENCRYPTED ? FILE_ENCRYPTED : 0;
	flags |= stream->flags & STREAM_ELSEWHERE ? FILE_ELSEWHERE : 0;
	flags |= !stream->name.n && entry_packed(entry) ? FILE_PACKED : 0;
	return flags;
}

static bool
times_since(const struct times *t, uint64_t since)
{
	return t->created >= since || t->modified >= since || t->changed >= since || t->accessed >= since;
}

/* The folder's path is kept from one file to the next: neighbours in the $MFT often share it. */
static int
path_of(struct walk *w, uint32_t folder)
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
static enum role
role_of(const struct chosen *chosen)
{
	static const enum role order[] = { ROLE_WEBROOT, ROLE_STAGING, ROLE_CONFIG, ROLE_ARTIFACT, ROLE_LOG,
					   ROLE_EVTX,    ROLE_HIVE,    ROLE_DATA,   ROLE_NTFS };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		for (size_t c = 0; c < chosen->choice_count; c++)
			if (chosen->choices[c]->role == order[i])
				return order[i];
	return ROLE_NONE;
}

static unsigned
readers_of(const struct chosen *chosen)
{
	static const struct {
		const char *name;
		unsigned reader;
	} known[] = { { "content", READER_CONTENT }, { "lines", READER_LINES } };
	unsigned readers = 0;

	for (size_t c = 0; c < chosen->choice_count; c++)
		for (const char *const *name = chosen->choices[c]->readers; *name; name++)
			for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
				readers |= !strcmp(*name, known[i].name) ? known[i].reader : 0;
	return readers;
}

/* $BadClus:$Bad is as large as the volume and stands for clusters that must not be used: it has no content. */
static bool
bad_clusters(const struct entry *entry, const struct stream *stream)
{
	return entry->number == 8 && stream->name.n;
}

/* Nobody knows where it lay: a folder that was reused, is gone or goes round. */
static bool
lost_folder(const struct walk *w, uint32_t folder)
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
static bool
is_astray(const struct walk *w, const struct entry *entry, uint32_t folder)
{
	return w->name.n && lost_folder(w, folder) &&
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
static int
remember(struct walk *w, const struct entry *entry, const struct name *name, const struct stream *stream,
	 const struct file_row *row, const struct chosen *chosen)
{
	const struct host_place *exchange = NULL;
	struct candidate *c = vector_push(&w->exam->candidates);
	struct arena *arena = &w->exam->arena;
	const char *relative;
	int r = c ? path_of(w, row->folder) : -ENOMEM;

	if (r == 0)
		r = keep_hits(w->exam, c, chosen);
	if (r < 0)
		return r;
	c->file = row->id;
	c->entry = (struct reference){ entry->number, entry->sequence };
	c->attribute = row->attribute;
	c->role = role_of(chosen);
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
	c->readers = stream ? readers_of(chosen) : 0;
	c->astray = !chosen->choice_count && is_astray(w, entry, row->folder);
	if (c->astray && stream)
		c->readers |= READER_CONTENT;
	if (w->read_all && stream && !bad_clusters(entry, stream))
		c->readers |= READER_CONTENT;
	relative = c->path ? host_relative(w->exam, w->volume, c->path, &exchange) : NULL;
	c->relative = relative ? relative : "";
	c->build = exchange ? exchange->build : "";
	return c->path && c->name && c->stream ? 0 : -ENOMEM;
}

static void
count_file(struct tally *t, uint64_t bytes, uint64_t born)
{
	t->files++;
	t->bytes += bytes;
	if (born && (!t->first || born < t->first))
		t->first = born;
	if (born > t->last)
		t->last = born;
}

static void
count_choices(struct exam *exam, const struct chosen *chosen, uint64_t bytes, uint64_t born)
{
	for (size_t i = 0; i < chosen->choice_count; i++)
		count_file(&exam->tallies[chosen->choices[i]->number], bytes, born);
}

/* What WOF packed is read as the unnamed stream that it is the content of. */
static bool
holds_packed(const struct entry *entry, const struct stream *stream)
{
	return stream && stream == entry_packed(entry);
}

/* Why an 8.3 name was not folded into the long name of the same folder. */
static int
tell_short(const struct entry *entry, const struct name *name, struct text *ret)
{
	const struct name *twin = NULL;
	int r;

	for (uint32_t i = 0; i < entry->name_count && !twin; i++)
		if (entry->names[i].space == NAME_WIN32 &&
		    !memcmp(&entry->names[i].parent, &name->parent, sizeof(name->parent)))
			twin = &entry->names[i];
	if (!twin)
		return text_adds(ret, "there is no long name beside it");
	r = text_adds(ret, "the long name beside it is ");
	if (r == 0)
		r = text_add_name(ret, twin->name);
	if (r == 0 && memcmp(&twin->fn, &name->fn, sizeof(name->fn)) != 0)
		r = text_adds(ret, ", whose $FILE_NAME has other times");
	return r;
}

/* What is odd about a name, or about a stream where there is one, goes to the findings. */
static int
note_odd(struct walk *w, const struct entry *entry, const struct name *name, const struct file_row *row,
	 unsigned kinds, uint32_t streams)
{
	CLEANUP(text_free) struct text detail = { 0 };
	int r = text_adds(&detail, "");

	if (r == 0 && kinds & DECEIT_SHORT)
		r = tell_short(entry, name, &detail);
	if (r == 0 && streams > 1)
		r = text_printf(&detail, "%u streams of this file are like that, this is the first", streams);
	if (r < 0)
		return fail(ENOMEM, "out of memory for the names of %s", w->exam->path);
	return names_note(w->exam, &(struct odd_name){ .volume = w->volume,
						       .folder = row->folder,
						       .entry = { row->mft, row->seq },
						       .file = row->id,
						       .attribute = row->attribute,
						       .born = name->fn.created,
						       .kinds = kinds,
						       .allocated = row->flags & FILE_ALLOCATED,
						       .web_root = w->used[row->folder] & FOLDER_SERVED,
						       .name = w->name.s,
						       .stream = (const char *)row->stream.p,
						       .detail = detail.s });
}

/* What a named stream shows; its name and the file's stand in w. Those of the file system itself are its own affair. */
static unsigned
stream_kinds(const struct walk *w, const struct entry *entry, const struct stream *stream)
{
	static const unsigned of_names = DECEIT_DIRECTION | DECEIT_INVISIBLE | DECEIT_LOOKALIKE | DECEIT_ILLEGAL;

	if (!stream->name.n || entry->number < FIRST_USER_ENTRY)
		return 0;
	return stream_deceits(w->stream.s, w->name.s, entry->flags & ENTRY_DIRECTORY) |
	       (name_deceits(stream->name) & of_names);
}

static int
name_stream(struct walk *w, const struct stream *stream)
{
	int r = text_adds(&w->stream, "");

	text_cut(&w->stream, 0);
	if (r == 0 && stream)
		r = text_add_name(&w->stream, stream->name);
	return r < 0 ? fail(ENOMEM, "out of memory for the files of %s", w->exam->path) : 0;
}

/* The streams of an entry that are odd: which is the first, how many there are, and what they all show. */
struct odd_streams {
	const struct stream *first;
	uint32_t n;
	unsigned kinds;
};

static int
find_odd_streams(struct walk *w, const struct entry *entry, struct odd_streams *ret)
{
	int r = 0;

	*ret = (struct odd_streams){ 0 };
	for (uint32_t i = 0; i < entry->stream_count && r == 0; i++) {
		const struct stream *stream = &entry->streams[i];
		unsigned kinds;

		if (!stream->name.n)
			continue;
		r = name_stream(w, stream);
		kinds = r == 0 ? stream_kinds(w, entry, stream) : 0;
		if (kinds && !ret->n++)
			ret->first = stream;
		ret->kinds |= kinds;
	}
	return r;
}

/* What the name of an entry shows by itself. */
static unsigned
name_kinds(const struct entry *entry, const struct name *name, bool first)
{
	return name_deceits(name->name) | (name->space == NAME_DOS ? DECEIT_SHORT : 0) |
	       (first && entry->flags & ENTRY_CASE_SENSITIVE ? DECEIT_EXACT : 0);
}

/* What it shows in a web root; marks its folder as one. */
static unsigned
web_kinds(struct walk *w, uint32_t folder, const struct chosen *chosen)
{
	if (!chosen->choice_count || role_of(chosen) != ROLE_WEBROOT)
		return 0;
	w->used[folder] |= FOLDER_SERVED;
	return name_is_double(w->name.s) ? DECEIT_DOUBLE : 0;
}

/* One name of one stream: a row if it is wanted, a candidate if the profile names it. */
static int
one_row(struct walk *w, const struct entry *entry, const struct name *name, uint32_t folder,
	const struct stream *stream, const struct chosen *chosen, bool in_window)
{
	static const struct chosen nothing;
	bool packed = holds_packed(entry, stream), astray = !chosen->choice_count && !packed && is_astray(w, entry, folder);
	struct file_row row = {
		.id = *w->next_file,
		.volume = w->v->number,
		.folder = folder,
		.flags = flags_of(entry, stream, w->unverified) | (in_window ? FILE_IN_WINDOW : 0) |
			 ((chosen->choice_count && !packed) || astray ? FILE_CHOSEN : 0),
		.attributes = entry->attributes,
		.reparse = entry->reparse,
		.mft = entry->number,
		.bytes = stream ? stream->size : 0,
		.seq = entry->sequence,
		.attribute = stream ? stream->attribute : 0,
		.name = text_view(&w->name),
		.si = entry->si,
		.fn = name->fn,
	};
	int r = name_stream(w, stream);

	if (packed)
		chosen = &nothing;
	if (r < 0)
		return r;
	row.stream = text_view(&w->stream);
	w->used[folder] |= FOLDER_USED;
	++*w->next_file;
	count_choices(w->exam, chosen, row.bytes, name->fn.created);
	if (astray)
		count_file(&w->exam->astray, row.bytes, name->fn.created);
	if (r == 0 && !packed && (chosen->choice_count || chosen->rule_count || w->read_all || astray))
		r = remember(w, entry, name, stream, &row, chosen);
	if (r < 0)
		return fail(ENOMEM, "out of memory for the files of %s", w->exam->path);
	return w->write ? case_file(w->exam->db, &row) : 0;
}

static int
all_streams(struct walk *w, const struct entry *entry, const struct name *name, uint32_t folder, bool first,
	    const struct chosen *chosen, bool in_window)
{
	uint32_t n = entry->stream_count;
	bool unnamed = false;
	int r = 0;

	for (uint32_t i = 0; i < entry->stream_count; i++)
		unnamed |= !entry->streams[i].name.n;
	if (!unnamed)
		r = one_row(w, entry, name, folder, NULL, chosen, in_window);
	if (!first && (uint64_t)entry->stream_count * entry->name_count > ROWS_MAX && n)
		n = 1;
	for (uint32_t i = 0; i < n && r == 0; i++)
		r = one_row(w, entry, name, folder, &entry->streams[i], chosen, in_window);
	if ((chosen->choice_count || is_astray(w, entry, folder)) && n > w->chosen)
		w->chosen = n;
	return r;
}

/* Notes what is odd about a name and, with the first name of an entry, about its streams. */
static int
note_oddities(struct walk *w, const struct entry *entry, const struct name *name, uint32_t folder, unsigned kinds,
	      const struct odd_streams *streams)
{
	struct file_row row = { .id = *w->next_file, .folder = folder, .mft = entry->number, .seq = entry->sequence };
	int r = 0;

	row.flags = entry->flags & ENTRY_ALLOCATED ? FILE_ALLOCATED : 0;
	row.stream = view_text("");
	if (kinds)
		r = note_odd(w, entry, name, &row, kinds, 1);
	if (r < 0 || !streams->n)
		return r;
	r = name_stream(w, streams->first);
	row.stream = text_view(&w->stream);
	row.attribute = streams->first->attribute;
	return r < 0 ? r : note_odd(w, entry, name, &row, streams->kinds, streams->n);
}

/* Whether a name may be listed, by all that needs no text of it. */
static bool
may_be_wanted(const struct walk *w, const struct entry *entry, uint32_t folder, unsigned kinds,
	      const struct chosen *chosen, bool in_window)
{
	bool streams = false;

	for (uint32_t i = 0; i < entry->stream_count; i++)
		streams |= entry->streams[i].name.n != 0;
	return w->all || w->read_all || in_window || chosen->choice_count || chosen->rule_count || kinds || streams ||
	       lost_folder(w, folder);
}

/* Lists the name if it is chosen, in the window, or odd. */
static int
wanted_name(struct walk *w, const struct entry *entry, const struct name *name, uint32_t folder, bool first,
	    const struct chosen *chosen)
{
	bool in_window = times_since(&entry->si, w->exam->since) || times_since(&name->fn, w->exam->since);
	unsigned kinds = name_kinds(entry, name, first);
	struct odd_streams streams = { 0 };
	int r;

	if (!may_be_wanted(w, entry, folder, kinds, chosen, in_window))
		return 0;
	text_cut(&w->name, 0);
	r = name->name.n ? text_add_name(&w->name, name->name)
			 : text_printf(&w->name, "[entry %" PRIu64 "]", entry->number);
	if (r < 0)
		return fail(ENOMEM, "out of memory for the files of %s", w->exam->path);
	kinds |= web_kinds(w, folder, chosen);
	r = first ? find_odd_streams(w, entry, &streams) : 0;
	if (r < 0 || !(w->all || w->read_all || in_window || chosen->choice_count || chosen->rule_count || kinds ||
		       streams.n || is_astray(w, entry, folder)))
		return r;
	if (kinds || streams.n)
		r = note_oddities(w, entry, name, folder, kinds, &streams);
	return r < 0 ? r : all_streams(w, entry, name, folder, first, chosen, in_window);
}

static int
one_name(struct walk *w, const struct entry *entry, const struct name *name, bool first)
{
	uint32_t folder = name->name.n ? catalog_folder_of(w->v->catalog, name->parent) : UINT32_MAX;
	struct chosen chosen = { 0 };
	int64_t state;
	int r = 0;

	if (folder == UINT32_MAX) /* no name at all: the folder behind the last */
		folder = catalog_folders(w->v->catalog);
	state = w->states[folder];
	if (state < 0)
		r = folder_state(w, folder, &state);
	w->asked = folder;
	if (r == 0)
		r = chooser_file(w->chooser, state, name->name, w->fold, &w->where, &chosen);
	if (r < 0)
		return r;
	if (name->name.n && entry->flags & ENTRY_ALLOCATED && name->space != NAME_DOS)
		r = twins_add(w->twins, folder, name->name);
	if (r < 0)
		return fail(ENOMEM, "out of memory for the files of %s", w->exam->path);
	return wanted_name(w, entry, name, folder, first, &chosen);
}

static bool
rests_on_bad_bytes(const struct walk *w, uint64_t number)
{
	uint64_t size = ntfs_geometry(w->v->ntfs)->record_size;

	return source_trust(ntfs_mft(w->v->ntfs), number * size, (number + 1) * size) != 0;
}

/* Where a listed junction or link leads is a fact of its own; nobody goes there. */
static int
write_target(struct walk *w, const struct entry *entry)
{
	CLEANUP(text_free) struct text target = { 0 };
	CLEANUP(text_free) struct text shown = { 0 };
	int r;

	if (!w->write || !reparse_leads(entry->reparse))
		return 0;
	if (w->targets++ >= TARGETS_MAX)
		return limits_add(w->v->limits, w->exam->name, -1, "", -1,
				  "more junctions and links than are told one by one: their targets were not read", 1);
	r = reparse_target(w->v->ntfs, entry->number, &target, &shown);
	if (r == -EINVAL || r == -ENOENT)
		return limits_add(w->v->limits, w->exam->name, (int64_t)entry->number, "", -1,
				  "the target of this junction or link cannot be read", 1);
	return r < 0 ? r : case_reparse(w->exam->db, &(struct reparse_row){ .volume = w->v->number,
									    .mft = entry->number,
									    .seq = entry->sequence,
									    .target = text_view(&target),
									    .shown = text_view(&shown) });
}

static int
one_entry(struct walk *w, const struct entry *entry)
{
	static const struct name nameless = { .space = NAME_POSIX };
	uint64_t before = *w->next_file;
	int r = 0;

	if ((uint64_t)entry->stream_count * entry->name_count > ROWS_MAX)
		r = limits_add(w->v->limits, w->exam->name, (int64_t)entry->number, "", -1,
			       "too many names and streams: streams are listed under the first name only", 1);
	w->chosen = 0;
	w->unverified = w->suspect && rests_on_bad_bytes(w, entry->number);
	w->scripts = false;
	for (uint32_t i = 0; i < entry->stream_count && r == 0; i++)
		if (entry->streams[i].name.n && (r = name_stream(w, &entry->streams[i])) == 0)
			w->scripts |= name_is_served(w->stream.s);
	for (uint32_t i = 0; i < entry->name_count && r == 0; i++)
		r = one_name(w, entry, &entry->names[i], i == 0);
	if (!entry->name_count)
		r = one_name(w, entry, &nameless, true);
	for (uint32_t i = 0; i < w->chosen; i++) {
		w->v->chosen.items += !holds_packed(entry, &entry->streams[i]);
		w->v->chosen.bytes += holds_packed(entry, &entry->streams[i]) ? 0 : entry->streams[i].size;
	}
	if (r == 0 && entry->reparse && *w->next_file != before)
		r = write_target(w, entry);
	return r;
}

static void
count_oddments(struct oddments *n, const struct entry *entry)
{
	if (!(entry->flags & (ENTRY_OBJECT_ID | ENTRY_EA | ENTRY_LOGGED | ENTRY_UNKNOWN)))
		return;
	n->object_ids += !!(entry->flags & ENTRY_OBJECT_ID);
	n->extended += !!(entry->flags & ENTRY_EA);
	n->logged += !!(entry->flags & ENTRY_LOGGED);
	if (entry->flags & ENTRY_UNKNOWN && !n->unknown++)
		n->first_unknown = entry->number;
}

/* What must hold of any sweep: every record of the $MFT came out as one thing. */
static int
check_count(struct walk *w)
{
	const struct catalog_count *n = catalog_count(w->v->catalog);
	uint64_t unknown = w->v->oddments.unknown;
	int r = 0;

	if (n->records != n->parsed + n->extensions + n->empty + n->damaged + n->quarantined ||
	    n->records != ntfs_records(w->v->ntfs))
		r = limits_add(w->v->limits, "/$MFT", -1, "", -1,
			       "the count of its records does not come out: some were not looked at", 1);
	if (r == 0 && unknown)
		r = limits_add(w->v->limits, "/$MFT", (int64_t)w->v->oddments.first_unknown, "", -1,
			       "entries from this one on have attributes of types that are not known: not examined", unknown);
	return r;
}

static int
watched_entry(struct walk *w, const struct entry *entry)
{
	struct unit unit = { .kind = UNIT_NAMES, .volume = w->v->number, .at = entry->number };
	const struct aside *aside = watch_aside(w->exam->watch, &unit);

	if (aside)
		return limits_add(w->v->limits, w->exam->name, (int64_t)entry->number, "", -1, aside->why, 1);
	watch_begin(w->exam->watch, WATCH_MAIN, &unit, WATCH_SECONDS);
	return one_entry(w, entry);
}

static int
walk_entries(struct walk *w)
{
	struct catalog_cursor cursor;
	int r;

	w->v->oddments = (struct oddments){ 0 };
	catalog_start(w->v->catalog, &cursor);
	while ((r = catalog_next(&cursor)) > 0) {
		host_see(w->exam, w->volume, &cursor.entry);
		count_oddments(&w->v->oddments, &cursor.entry);
		beside_see(&w->v->oddments, &cursor.entry);
		r = watched_entry(w, &cursor.entry);
		if (r < 0)
			break;
		w->exam->progress->news.files++;
	}
	catalog_stop(&cursor);
	return r;
}

static int
walk_volume(struct exam *exam, uint32_t volume, struct chooser *chooser, uint64_t *next_file, bool write)
{
	struct exam_volume *v = &exam->volumes[volume];
	size_t folders = catalog_folders(v->catalog);
	struct walk w = {
		.exam = exam,
		.v = v,
		.volume = volume,
		.chooser = chooser,
		.fold = ntfs_upcase(v->ntfs),
		.next_file = next_file,
		.write = write,
		.base_folder = UINT32_MAX,
		.all = exam->request->files && !strcmp(exam->request->files, "all"),
		.read_all = exam->request->content && !strcmp(exam->request->content, "all"),
		.states = malloc((folders + 1) * sizeof(int64_t)),
		.used = calloc(folders + 1, 1),
	};
	int r;

	w.suspect = source_trust(ntfs_mft(v->ntfs), 0, ntfs_mft(v->ntfs)->size) != 0;
	w.where = (struct chooser_path){ .get = tell_path, .owner = &w };
	r = w.states && w.used ? twins_new(w.fold, catalog_count(v->catalog)->allocated, &w.twins) : -ENOMEM;
	if (r < 0)
		fail(ENOMEM, "out of memory for the folders of %s", exam->path);

	for (size_t i = 0; i < folders && r == 0; i++)
		w.states[i] = -1;
	if (r == 0)
		w.states[folders] = 0;
	if (r == 0)
		r = walk_entries(&w);
	if (r == 0)
		r = check_count(&w);
	if (r == 0)
		r = twins_tell(w.twins, exam, volume, w.used, FOLDER_SERVED);
	if (r == 0)
		exam_phase(exam, PHASE_WALK);
	if (r == 0 && write)
		r = write_folders(&w);
	twins_free(w.twins);
	text_free(&w.name);
	text_free(&w.stream);
	text_free(&w.path);
	text_free(&w.base);
	free(w.states);
	free(w.used);
	return r;
}

static int
walk_all(struct exam *exam, bool write)
{
	CLEANUP(chooser_free) struct chooser *chooser = NULL;
	uint64_t next_file = 1;
	int r = exam_chooser(exam, &chooser);

	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++)
		if (exam->volumes[i].catalog)
			r = walk_volume(exam, i, chooser, &next_file, write);
	return r < 0 ? r : host_describe(exam);
}

static int
write_limits(struct exam *exam)
{
	int r = limits_write(exam->limits, exam->db);

	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++)
		r = limits_write(exam->volumes[i].limits, exam->db);
	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++)
		r = limits_write(exam->volumes[i].mft_limits, exam->db);
	return r;
}

static void
forget_limits(struct exam *exam)
{
	limits_forget(exam->limits);
	for (uint32_t i = 0; i < exam->volume_count; i++)
		limits_forget(exam->volumes[i].limits);
	for (uint32_t i = 0; i < exam->volume_count; i++)
		limits_forget(exam->volumes[i].mft_limits);
}

/* A shard that has this stage already still needs the candidates, so the walk is done again without writing. */
int
stage_walk(struct exam *exam)
{
	int fresh = case_begin(exam->db, "walk");
	int r = fresh < 0 ? fresh : walk_all(exam, fresh);

	if (r == 0 && fresh)
		r = write_limits(exam);
	if (r == 0 && !fresh)
		forget_limits(exam);
	if (r < 0 && fresh > 0)
		case_abort(exam->db);
	return r < 0 || !fresh ? r : case_commit(exam->db);
}
