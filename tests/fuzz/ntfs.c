/*
 * ntfs.c - any bytes as a whole volume: opened, swept, every stream opened and read at its start and end. The input is
 * a boot sector and the $MFT, and everything that lies elsewhere on the volume is zeros.
 */
#include <stdlib.h>

#include "catalog.h"

enum { VOLUME = 4 << 20, STREAMS = 64, READ = 64 << 10 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	struct source source;
	struct view bytes;
};

static ssize_t
input_read(struct source *src, uint64_t offset, void *buf, size_t n)
{
	struct view part = view_from(((struct input *)src)->bytes, offset);
	size_t there = part.n < n ? part.n : n;

	if (there)
		memcpy(buf, part.p, there);
	memset((uint8_t *)buf + there, 0, n - there);
	return (ssize_t)n;
}

static void
input_close(struct source *src)
{
	(void)src;
}

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	(void)offset;
	return why ? 0 : -1;
}

static void
read_stream(struct ntfs *ntfs, const struct entry *e, const struct stream *s, struct sink *out, uint8_t *buf)
{
	CLEANUP(source_close) struct source *stream = NULL;
	struct reference ref = { .entry = e->number, .sequence = e->sequence };
	uint64_t from, to, reused, clusters;

	if (stream_open(ntfs, ref, s->attribute, out, &stream) < 0)
		return;
	if (source_read(stream, 0, buf, READ) < 0 ||
	    (stream->size > READ && source_read(stream, stream->size - READ, buf, READ) < 0))
		abort();
	for (from = to = 0; source_next_data(stream, to, &from, &to) > 0;)
		if (from >= to || to > stream->size)
			abort();
	source_trust(stream, 0, stream->size < VOLUME ? stream->size : VOLUME);
	stream_reused(ntfs, stream, &reused, &clusters);
}

static void
read_entries(struct ntfs *ntfs, const struct catalog *catalog, struct sink *out, uint8_t *buf)
{
	struct catalog_cursor cursor;
	unsigned streams = STREAMS;

	catalog_start(catalog, &cursor);
	while (catalog_next(&cursor) > 0)
		for (uint32_t i = 0; i < cursor.entry.stream_count && streams; i++, streams--)
			read_stream(ntfs, &cursor.entry, &cursor.entry.streams[i], out, buf);
	catalog_stop(&cursor);
}

static void
name_folders(const struct catalog *catalog)
{
	for (uint32_t i = 0; i < catalog_folders(catalog) && i < 256; i++) {
		struct text path = { 0 };
		struct folder folder;

		catalog_folder(catalog, i, &folder);
		if (catalog_folder_of(catalog, folder.reference) != i || catalog_folder_path(catalog, i, &path) < 0)
			abort();
		text_free(&path);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct source_ops ops = { .read = input_read, .close = input_close };
	struct input input = { .source = { .ops = &ops, .size = VOLUME, .name = "input" },
			       .bytes = view_of(data, size) };
	struct sink out = { .damage = take_damage };
	CLEANUP(ntfs_close) struct ntfs *ntfs = NULL;
	CLEANUP(catalog_free) struct catalog *catalog = NULL;
	CLEANUP(free) uint8_t *buf = malloc(READ);
	const struct catalog_count *c;

	if (!buf || ntfs_open(&input.source, &out, &ntfs) < 0)
		return 0;
	if (ntfs_records(ntfs) > 65536 || catalog_sweep(ntfs, 1, &out, NULL, NULL, &catalog) < 0)
		return 0;
	c = catalog_count(catalog);
	if (c->records != ntfs_records(ntfs) ||
	    c->parsed + c->extensions + c->empty + c->damaged + c->quarantined != c->records)
		abort();
	read_entries(ntfs, catalog, &out, buf);
	name_folders(catalog);
	return 0;
}
