/* ewf.h - the parts of the E01 reader among themselves. Layouts after libewf's EWF documentation, checked on files. */
#ifndef EWF_H
#define EWF_H

#include "container.h"

enum {
	EWF_CHUNK_MAX = 16 << 20,   /* bytes of media in one chunk */
	EWF_SECTIONS_MAX = 1 << 16, /* in one segment file */
	EWF_TABLES_MAX = 1 << 18,   /* in the whole set: 140 TB with tables of 16375 chunks */
	EWF_HEADER_MAX = 1 << 20,   /* bytes that a header section may unpack to */
	EWF_HEADERS_MAX = 64,       /* header sections that are unpacked; a set has two or three */
	EWF_FILE_HEADER = 13,
	EWF_SALVAGE_MAX = 1 << 22, /* chunks that are looked for without a table, in the whole set */
	EWF_RESYNC_MAX = 16,       /* times the chain of sections is picked up again in one segment */
};

/* Offset 0 of every segment file. */
struct ewf_file_header {
	uint8_t signature[8]; /* EVF 09 0d 0a ff 00 */
	uint8_t fields_begin; /* 1 */
	le16 number;          /* from 1 */
	le16 fields_end;      /* 0 */
};

struct ewf_descriptor {
	char type[16];
	le64 next; /* file offset of the next section, its own in the last */
	le64 size; /* with this descriptor; 0 in some dialects */
	uint8_t padding[40];
	le32 checksum; /* Adler-32 of the 72 bytes before */
};

/* A section that was found: its data is [from, to) of the segment file. */
struct ewf_section {
	char type[17];
	uint64_t start, from, to;
};

/* volume, disk and data sections: 94 bytes in SMART and the first specification, 1052 since EnCase 1. */
struct ewf_geometry {
	uint64_t sectors, chunks;
	uint32_t chunk_sectors, sector_size;
	uint8_t set[16]; /* zero before EnCase 5 */
	bool checked;    /* its checksum fits */
};

/* Where the chunks [first, first + count) are told to lie. count 0 stands for tables that are lost. */
struct ewf_table {
	uint64_t first;
	uint64_t entries,
		twin;  /* file offsets of the first entry, and of its copy in table2 where that may be better */
	uint64_t base; /* added to every entry */
	uint64_t end;  /* file offset behind its last chunk */
	uint32_t count;
	uint32_t wide; /* entries from here on have no flag but 32 bits of offset (EnCase 6.7 behind 2 GiB) */
	uint32_t segment;
	bool doubtful; /* its checksum does not fit */
	bool disorder; /* its chunks do not lie one behind the other */
	le32 *own;        /* entries that no table lists any more, found by salvage; else NULL */
	const char *lost; /* for count 0: why */
};

struct ewf_pages;
struct ewf_cache;
struct ewf_hands;

/* A chunk of zeros as the acquisition packed it, once one was met. */
struct ewf_zero {
	size_t n;
	uint8_t packed[];
};

struct ewf {
	struct source source;
	struct image *image;
	struct ewf_geometry geometry;
	bool has_geometry;
	bool geometry_fits;  /* its numbers and those of the tables are the same */
	uint32_t chunk_size; /* bytes */
	uint64_t chunks;     /* of the media */
	uint64_t listed;     /* in the tables found so far */
	uint64_t ordered;    /* 1 + the chunks in front of the first file that is not where its name and header say */
	bool order_known;    /* names and headers agree, or one of them leads to every chunk */
	unsigned headers;
	uint32_t salvaged; /* chunks */
	VECTOR(struct ewf_table) tables;
	struct ewf_pages *pages;
	struct ewf_cache *cache;
	struct ewf_hands *hands;
	struct ewf_zero *_Atomic zero;
};

/* Where a chunk lies in its segment file. */
struct ewf_place {
	uint32_t segment, size;
	uint64_t offset;
	uint64_t twin; /* as in the table: 0 where there is no second opinion */
	bool packed;
	bool misplaced; /* by a doubtful table, and not where the order of the chunks would have it */
};

/* ewf_walk.c: the sections of one segment file. */
struct ewf_walk {
	struct ewf *ewf;
	struct sink *out;
	size_t segment;
	uint64_t size;         /* of the segment file */
	uint64_t sectors_from; /* the data of the last sectors section */
	uint64_t sectors_end;  /* 0 for none */
	bool awaits_table;     /* a sectors section has no table yet */
	enum { WALK_NO_TABLE, WALK_GOOD_TABLE, WALK_DOUBTFUL_TABLE } table;
	bool foreign;     /* belongs to another set */
	bool ended, last; /* came to next or to done; to done */
};
int ewf_walk_segment(struct ewf_walk *walk);
int ewf_walk_damage(struct ewf_walk *walk, uint64_t offset, const char *what);
bool ewf_descriptor_valid(const struct ewf_descriptor *d);
/* The next valid descriptor that begins in [from, to), or UINT64_MAX. */
uint64_t ewf_resync(struct ewf_walk *walk, uint64_t from, uint64_t to);

/* ewf_table.c */
int ewf_table_section(struct ewf_walk *walk, const struct ewf_section *section, bool second);
int ewf_table_push(struct ewf_walk *walk, const struct ewf_table *table);

/* ewf_place.c */
int ewf_tables_lost(struct ewf *ewf, const char *why);
void ewf_tables_cut(struct ewf *ewf, size_t n); /* back to the first n */
int ewf_tables_place(struct ewf *ewf, struct sink *out);

/* ewf_locate.c */
int ewf_pages_open(struct ewf_pages **ret_pages);
struct ewf_pages *ewf_pages_close(struct ewf_pages *pages);
/* 1, 0 when nothing is known of that chunk, or negative. twin asks the second table. */
int ewf_locate(struct ewf *ewf, uint64_t chunk, bool twin, struct ewf_place *ret_place);

/* ewf_salvage.c: chunks of the last sectors section, found one behind the other without a table. Says whether it came
 * to the section's end, or is negative. */
int ewf_salvage(struct ewf_walk *walk, uint64_t *ret_chunks);

/* ewf_media.c: geometry, stored hashes and acquisition errors. */
int ewf_geometry_section(struct ewf_walk *walk, const struct ewf_section *section);
int ewf_hash_section(struct ewf_walk *walk, const struct ewf_section *section);
int ewf_error_section(struct ewf_walk *walk, const struct ewf_section *section);
bool ewf_geometry_parse(struct view data, struct ewf_geometry *ret_geometry);

/* ewf_header.c: what the examiner and the tool wrote. */
int ewf_header_section(struct ewf_walk *walk, const struct ewf_section *section);
int ewf_header_parse(struct view text, bool utf16, struct acquisition *a);

/* ewf_chunk.c: fills buf with the chunk's bytes; ewf_chunk_bytes() of them. What is wrong is remembered. */
size_t ewf_chunk_bytes(const struct ewf *ewf, uint64_t chunk);
int ewf_chunk_read(struct ewf *ewf, uint64_t chunk, uint8_t *buf);
/* The same through the cache, and only [from, from + n) of it. */
int ewf_chunk_part(struct ewf *ewf, uint64_t chunk, size_t from, uint8_t *buf, size_t n);
/* Whether it is a chunk of zeros, found out without unpacking it wherever that is possible: 1, 0, or negative. */
int ewf_chunk_is_zero(struct ewf *ewf, uint64_t chunk);

/* ewf_inflate.c */
struct inflater;
int inflater_open(struct inflater **ret_inflater);
struct inflater *inflater_close(struct inflater *inflater);
/* Unpacks a zlib stream: 0 when it is whole and its checksum fits, 1 when not. ret_n counts the bytes unpacked and
 * ret_used those that the stream takes up. */
int inflate_whole(struct inflater *inflater, struct view packed, uint8_t *buf, size_t room, size_t *ret_n,
		  size_t *ret_used);
/* What a stream gives before it breaks or the room is used up: the count. */
size_t inflate_broken(struct view packed, uint8_t *buf, size_t room, bool *ret_whole);
uint32_t ewf_adler(uint32_t before, struct view bytes); /* before: 1 to start */

#endif
