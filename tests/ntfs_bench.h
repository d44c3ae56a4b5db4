/* ntfs_bench.h - a forged volume that is open and swept, and an ear for what was said of it. */
#ifndef NTFS_BENCH_H
#define NTFS_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "catalog.h"
#include "forge_ntfs.h"

/* Remembers what was said to be wrong. */
struct ear {
	struct sink sink;
	struct text heard;
	unsigned times;
};

static inline int
hear(struct sink *out, uint64_t offset, const char *why)
{
	struct ear *ear = (struct ear *)out;

	(void)offset;
	ear->times++;
	return text_printf(&ear->heard, "%s\n", why);
}

static inline bool
heard(const struct ear *ear, const char *why)
{
	return ear->heard.s && strstr(ear->heard.s, why);
}

/* A forged volume that is open and swept. */
struct bench {
	struct forge forge;
	struct source *volume;
	struct ntfs *ntfs;
	struct catalog *catalog;
	struct ear ear;
};

static inline void
bench_open(struct bench *b, struct forge f, unsigned threads)
{
	*b = (struct bench){ .forge = f, .ear = { .sink = { .damage = hear } } };
	assert_int_equal(source_memory(view_of(f.bytes, f.size), "forged", &b->volume), 0);
	assert_int_equal(ntfs_open(b->volume, &b->ear.sink, &b->ntfs), 0);
	assert_int_equal(catalog_sweep(b->ntfs, threads, &b->ear.sink, NULL, NULL, &b->catalog), 0);
}

static inline void
bench_close(struct bench *b)
{
	catalog_free(b->catalog);
	ntfs_close(b->ntfs);
	source_close(b->volume);
	text_free(&b->ear.heard);
	free(b->forge.bytes);
}

/* The path of an entry's first name. */
static inline const char *
path_of(struct bench *b, uint64_t number, char *buf, size_t size)
{
	struct catalog_cursor cursor;
	struct text path = { 0 };

	assert_int_equal(catalog_get(b->catalog, number, &cursor), 1);
	assert_true(cursor.entry.name_count > 0);
	assert_int_equal(
		catalog_folder_path(b->catalog, catalog_folder_of(b->catalog, cursor.entry.names[0].parent), &path), 0);
	if (path.n)
		text_addc(&path, '/');
	text_add_utf16(&path, cursor.entry.names[0].name);
	snprintf(buf, size, "%s", path.s ? path.s : "");
	text_free(&path);
	catalog_stop(&cursor);
	return buf;
}

static inline struct source *
open_stream(struct bench *b, uint64_t number, unsigned which, struct ear *ear)
{
	struct catalog_cursor cursor;
	struct source *stream = NULL;

	assert_int_equal(catalog_get(b->catalog, number, &cursor), 1);
	assert_true(cursor.entry.stream_count > which);
	assert_int_equal(stream_open(b->ntfs, (struct reference){ number, cursor.entry.sequence },
				     cursor.entry.streams[which].attribute, &ear->sink, &stream),
			 0);
	catalog_stop(&cursor);
	return stream;
}

/* A file that has an attribute list. */
static inline struct draft
with_list(uint64_t number, const uint64_t (*items)[3], unsigned n)
{
	struct draft d = draft_of(number, 1, 1, 0);
	uint8_t list[16 * 32] = { 0 };

	for (unsigned i = 0; i < n; i++) { /* type, first VCN, holder */
		store(list + i * 32, items[i][0], 4);
		store(list + i * 32 + 4, 32, 2);
		list[i * 32 + 7] = 26;
		store(list + i * 32 + 8, items[i][1], 8);
		store(list + i * 32 + 16, items[i][2], 8);
	}
	draft_si(&d, 1, 2, 3, 4);
	draft_resident(&d, 0x20, "", list, n * 32);
	draft_name(&d, ref(5, 5), "listed", 1, 5);
	return d;
}

#endif
