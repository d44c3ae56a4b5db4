/* objects.h - what the product finds on a volume: every name of every stream, and every row it wrote about damage. */
#ifndef TESTS_TORTURE_OBJECTS_H
#define TESTS_TORTURE_OBJECTS_H

#include "source.h"
#include "torture.h"

/* One name of one stream, or of an entry without any. */
struct object {
	uint64_t entry, size;
	char *path, *stream; /* borrowed from the list's texts */
	uint64_t times[8];
	uint64_t content; /* a hash of what it holds, holes left out but for where they are */
	unsigned trust;   /* not 0: the stream itself says that it is not all there; a row follows from that */
	bool opened;
};

/* Something said about damage. A record row is about records [first, first + n), a stream row about one entry. */
enum row_kind { ROW_VOLUME, ROW_RECORD, ROW_STREAM };
struct row {
	enum row_kind kind;
	uint64_t first, n;
	char *text;
};

struct objects {
	bool refused; /* no volume that can be read, and that was said */
	uint64_t records;
	uint32_t record_size;
	VECTOR(struct object) list; /* by entry, stream, path */
	VECTOR(struct row) rows;
	VECTOR(char *) texts;
};

/* 0, or negative when the product failed. */
int objects_list(struct source *volume, struct objects *ret);
void objects_free(struct objects *objects);

int object_compare(const void *a, const void *b);
const char *object_name(const struct object *o); /* the last part of its path */

#endif
