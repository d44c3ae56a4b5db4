/* objects.c - a volume through the product, as triage would go: opened, swept, every stream read to its end. */
#include "objects.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "catalog.h"
#include "ntfs.h"

enum { BLOCK = 64 << 10 };

/* Takes the rows that one part of the product writes. */
struct listener {
	struct sink sink;
	struct objects *objects;
	enum row_kind kind;
	uint64_t entry;
};

static char *
keep_text(struct objects *objects, const char *s)
{
	char **slot = vector_push(&objects->texts);

	if (!slot)
		abort();
	*slot = strdup(s ? s : "");
	return *slot;
}

static int
hear(struct sink *out, uint64_t offset, const char *why)
{
	struct listener *l = (struct listener *)out;
	struct row *row = vector_push(&l->objects->rows);
	const char *many = strrchr(why, '(');

	if (!row)
		abort();
	*row = (struct row){ .kind = l->kind, .first = l->entry, .n = 1, .text = keep_text(l->objects, why) };
	if (l->kind == ROW_RECORD) {
		row->first = offset / l->objects->record_size;
		row->n = many && strstr(many, "records)") ? strtoull(many + 1, NULL, 10) : 1;
	}
	return 0;
}

/* FNV-1a over eight bytes at a time. */
static uint64_t
mix(uint64_t hash, const uint8_t *p, size_t n)
{
	for (; n >= 8; p += 8, n -= 8)
		hash = (hash ^ get(p, 8)) * UINT64_C(0x100000001b3);
	while (n--)
		hash = (hash ^ *p++) * UINT64_C(0x100000001b3);
	return hash;
}

/* Blocks of zeros do not count, be they stored or not. */
static int
hash_range(struct source *stream, uint64_t from, uint64_t to, uint64_t *hash)
{
	static const uint8_t zeros[BLOCK];
	uint8_t buf[BLOCK], place[8];

	for (uint64_t at = from - from % BLOCK; at < to; at += BLOCK) {
		ssize_t n = source_read(stream, at, buf, BLOCK);

		if (n < 0)
			return (int)n;
		if (!memcmp(buf, zeros, (size_t)n))
			continue;
		put(place, 8, at);
		*hash = mix(*hash, place, 8);
		while (n && !buf[n - 1]) /* so that a stream's end alone is told by its size */
			n--;
		*hash = mix(*hash, buf, (size_t)n);
	}
	return 0;
}

static int
hash_stream(struct source *stream, uint64_t *ret_hash)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325), from, to = 0, done = 0;
	int r;

	while ((r = source_next_data(stream, to, &from, &to)) > 0) {
		from = from < done ? done : from; /* blocks are larger than stretches */
		if (to <= from)
			continue;
		r = hash_range(stream, from, to, &hash);
		if (r < 0)
			return r;
		done = to + (BLOCK - to % BLOCK) % BLOCK;
	}
	*ret_hash = hash;
	return r;
}

static int
read_object(struct ntfs *ntfs, const struct entry *e, const struct stream *s, struct listener *l, struct object *o)
{
	CLEANUP(source_close) struct source *stream = NULL;
	struct reference ref = { .entry = e->number, .sequence = e->sequence };
	int r;

	l->kind = ROW_STREAM;
	l->entry = e->number;
	r = stream_open(ntfs, ref, s->attribute, &l->sink, &stream);
	if (r == -ESTALE || r == -ENOENT || r == -EINVAL)
		return hear(&l->sink, 0, "the stream could not be opened for reading");
	if (r < 0)
		return r;
	o->opened = true;
	o->size = stream->size;
	r = hash_stream(stream, &o->content);
	o->trust = source_trust(stream, 0, stream->size);
	return r;
}

static char *
path_of(struct objects *objects, const struct catalog *catalog, const struct name *name)
{
	CLEANUP(text_free) struct text path = { 0 };
	uint32_t folder = name ? catalog_folder_of(catalog, name->parent) : UINT32_MAX;

	if (folder == UINT32_MAX) {
		text_adds(&path, "$Orphan/[no name]");
	} else {
		catalog_folder_path(catalog, folder, &path);
	}
	text_addc(&path, '/');
	if (name)
		text_add_utf16(&path, name->name);
	return keep_text(objects, path.s);
}

static void
set_times(struct object *o, const struct times *si, const struct times *fn)
{
	const struct times *all[] = { si, fn };

	for (int i = 0; i < 2; i++) {
		o->times[4 * i] = all[i]->created;
		o->times[4 * i + 1] = all[i]->modified;
		o->times[4 * i + 2] = all[i]->changed;
		o->times[4 * i + 3] = all[i]->accessed;
	}
}

/* All names of an entry with one of its streams. */
static void
add_names(struct objects *objects, const struct catalog *catalog, const struct entry *e, const struct object *like)
{
	static const struct times none;

	for (uint32_t i = 0; i < (e->name_count ? e->name_count : 1); i++) {
		const struct name *name = e->name_count ? &e->names[i] : NULL;
		struct object *o = vector_push(&objects->list);

		if (!o)
			abort();
		*o = *like;
		o->path = path_of(objects, catalog, name);
		set_times(o, &e->si, name ? &name->fn : &none);
	}
}

/* $BadClus:$Bad stands for the whole volume and holds nothing. */
static bool
is_bad_clusters(const struct entry *e, const struct stream *s)
{
	return e->number == 8 && s->name.n;
}

static int
add_entry(struct objects *objects, struct ntfs *ntfs, const struct catalog *catalog, const struct entry *e,
	  struct listener *l)
{
	struct object o = { .entry = e->number, .stream = keep_text(objects, "") };
	int r = 0;

	if (!e->stream_count)
		add_names(objects, catalog, e, &o);
	for (uint32_t i = 0; i < e->stream_count && r == 0; i++) {
		CLEANUP(text_free) struct text name = { 0 };

		text_add_utf16(&name, e->streams[i].name);
		o = (struct object){ .entry = e->number,
				     .size = e->streams[i].size,
				     .stream = keep_text(objects, name.s) };
		if (!is_bad_clusters(e, &e->streams[i]))
			r = read_object(ntfs, e, &e->streams[i], l, &o);
		add_names(objects, catalog, e, &o);
	}
	return r;
}

int
object_compare(const void *a, const void *b)
{
	const struct object *x = a, *y = b;
	int c = (x->entry > y->entry) - (x->entry < y->entry);

	c = c ? c : strcmp(x->stream, y->stream);
	return c ? c : strcmp(x->path, y->path);
}

const char *
object_name(const struct object *o)
{
	return strrchr(o->path, '/') + 1;
}

int
objects_list(struct source *volume, struct objects *ret)
{
	struct listener l = { .sink = { .damage = hear }, .objects = ret, .kind = ROW_VOLUME };
	CLEANUP(ntfs_close) struct ntfs *ntfs = NULL;
	CLEANUP(catalog_free) struct catalog *catalog = NULL;
	struct catalog_cursor cursor;
	int r;

	*ret = (struct objects){ 0 };
	r = ntfs_open(volume, &l.sink, &ntfs);
	ret->refused = r == -EINVAL;
	if (r < 0)
		return ret->refused ? 0 : r;
	ret->record_size = ntfs_geometry(ntfs)->record_size;
	ret->records = ntfs_records(ntfs);
	l.kind = ROW_RECORD;
	r = catalog_sweep(ntfs, 1, &l.sink, NULL, NULL, &catalog);
	if (r < 0)
		return r;
	catalog_start(catalog, &cursor);
	while ((r = catalog_next(&cursor)) > 0) {
		r = add_entry(ret, ntfs, catalog, &cursor.entry, &l);
		if (r < 0)
			break;
	}
	catalog_stop(&cursor);
	vector_sort(&ret->list, object_compare);
	return r;
}

void
objects_free(struct objects *objects)
{
	for (size_t i = 0; i < objects->texts.n; i++)
		free(objects->texts.at[i]);
	vector_free(&objects->texts);
	vector_free(&objects->rows);
	vector_free(&objects->list);
}
