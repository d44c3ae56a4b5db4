/* wof.h - a file that `compact /exe` packed: what its reparse point says, and its content chunk by chunk. */
#ifndef EVIDENCE_WOF_H
#define EVIDENCE_WOF_H

#include "cleanup.h"
#include "sink.h"
#include "source.h"

/* By the numbers that the reparse point uses. */
enum wof_algorithm { WOF_XPRESS4K, WOF_LZX, WOF_XPRESS8K, WOF_XPRESS16K, WOF_ALGORITHMS };

/* A longer file is not unpacked. */
#define WOF_SIZE_MAX (UINT64_C(64) << 30)

/*
 * What an IO_REPARSE_TAG_WOF reparse point (with its 8 bytes of header) says of how the file is packed: 0, or -EINVAL
 * with ret_why set to a constant when this is nothing that can be unpacked.
 */
int wof_parse(struct view reparse, enum wof_algorithm *ret_algorithm, const char **ret_why);

struct wof;

/*
 * The content, size bytes of it, of what `packed` (the stream WofCompressedData) holds. packed is the wof's own from
 * now on, whatever comes out; out is borrowed and may be NULL. 0, -EINVAL with ret_why set when the chunk table cannot
 * be one, or negative after fail().
 */
int wof_open(struct source *packed, uint64_t size, enum wof_algorithm algorithm, struct sink *out, struct wof **ret_wof,
	     const char **ret_why);
struct wof *wof_close(struct wof *wof);
DEFINE_CLEANUP(struct wof, wof_close)

/* Reads n bytes within the size; a damaged chunk reads as zeros, is told once and costs no other. Safe from several
 * threads. 0 or negative. */
int wof_read(struct wof *wof, uint64_t offset, uint8_t *buf, size_t n);

/* TRUST_DAMAGED if a chunk in [from, to) cannot be unpacked, and what is known against its packed bytes. */
unsigned wof_trust(struct wof *wof, uint64_t from, uint64_t to);

struct source *wof_packed(const struct wof *wof);

#endif
