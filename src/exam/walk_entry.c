/* walk_entry.c - the rows of one entry: each name with each stream, and what is odd about them. */
#include <errno.h>
#include <inttypes.h>

#include "births.h"
#include "deceit.h"
#include "fail.h"
#include "judge.h"
#include "leads.h"

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
		if (entry->names[i].space == NAME_WIN32 && reference_equal(entry->names[i].parent, name->parent))
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
	if (!chosen->choice_count || walk_role(chosen) != ROLE_WEBROOT)
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
	bool packed = holds_packed(entry, stream), astray = !chosen->choice_count && !packed && walk_astray(w, entry, folder);
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
		r = walk_remember(w, entry, name, stream, &row, chosen);
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
	if ((chosen->choice_count || walk_astray(w, entry, folder)) && n > w->chosen)
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
	       walk_lost(w, folder);
}

/* Lists the name if it is chosen, in the window, or odd. */
static int
wanted_name(struct walk *w, const struct entry *entry, const struct name *name, uint32_t folder, bool first,
	    const struct chosen *chosen)
{
	bool in_window = times_since(&entry->si, w->exam->since) || times_since(&name->fn, w->exam->since);
	unsigned kinds = name_kinds(entry, name, first);
	struct odd_streams streams = { 0 };
	uint64_t file;
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
		       streams.n || walk_astray(w, entry, folder)))
		return r;
	if (kinds || streams.n)
		r = note_oddities(w, entry, name, folder, kinds, &streams);
	file = *w->next_file;
	if (r == 0)
		r = all_streams(w, entry, name, folder, first, chosen, in_window);
	return r < 0 ? r : births_ask(w, entry, name, folder, file);
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
		r = walk_folder(w, folder, &state);
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

int
walk_entry(struct walk *w, const struct entry *entry)
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
