/* source.h - bytes that can be read anywhere: a segment file, the media in an image, a volume, a stream. */
#ifndef SOURCE_H
#define SOURCE_H

#include <sys/types.h>

#include "cleanup.h"
#include "view.h"

struct source;

struct source_ops {
	/*
	 * Fills n bytes from offset: the count, short only at the end of the source, or a negative errno when the tool
	 * failed. Bytes that the evidence does not give read as zeros, and trust() tells. Safe from several threads.
	 */
	ssize_t (*read)(struct source *src, uint64_t offset, void *buf, size_t n);

	/* The first stretch at or after offset that is stored, all else up to it reading as zeros: 1 and its bounds, or
	 * 0 when none is left. NULL: everything is stored. */
	int (*next_data)(struct source *src, uint64_t offset, uint64_t *ret_from, uint64_t *ret_to);

	/* What is known against the bytes in [from, to): a mask of TRUST_*, 0 for nothing. NULL: ask the one below. */
	unsigned (*trust)(struct source *src, uint64_t from, uint64_t to);

	void (*close)(struct source *src);
};

enum {
	TRUST_MISSING = 1, /* not there: a missing or short segment, an unreadable sector, a run outside the volume */
	TRUST_UNVERIFIED = 2, /* read, but its checksum does not fit */
	TRUST_ACQUIRED = 4,   /* the acquisition itself recorded an error here */
	TRUST_DAMAGED = 8,    /* could not be decoded (a compression unit, a packed chunk) */
};

/* First member of every kind of source. `under` is borrowed. */
struct source {
	const struct source_ops *ops;
	uint64_t size;
	struct source *under; /* the layer below, NULL at the bottom */
	const char *name;     /* for messages */
};

/* As the slots, with offset beyond the end giving 0. */
ssize_t source_read(struct source *src, uint64_t offset, void *buf, size_t n);
int source_next_data(struct source *src, uint64_t offset, uint64_t *ret_from, uint64_t *ret_to);
unsigned source_trust(struct source *src, uint64_t from, uint64_t to);

/* Reads exactly n bytes: 0, or -ENODATA when the source ends before, or what source_read says. */
int source_read_all(struct source *src, uint64_t offset, void *buf, size_t n);

struct source *source_close(struct source *src);
DEFINE_CLEANUP(struct source, source_close)

/* The bytes [offset, offset + size) of a source as one of its own; name is borrowed. */
int source_window(struct source *under, uint64_t offset, uint64_t size, const char *name, struct source **ret_source);

/* Borrowed bytes as a source, and a source that is all zeros: for tests and for resident streams. */
int source_memory(struct view bytes, const char *name, struct source **ret_source);

#endif
