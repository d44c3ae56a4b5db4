/* lines.h - what is known of a text log by its lines alone, whatever they say. */
#ifndef LINES_H
#define LINES_H

#include <stdbool.h>
#include <stdint.h>

enum { LINES_BLOCK = 1 << 20 }; /* bytes read at once */

/*
 * UTF-16 is known by its byte order mark, or by every other byte of the first 4 KiB being NUL. Lines are handed on as
 * UTF-8 (WTF-8) or, where the log is plain, as the bytes that are there; without the mark and without NULs. These are
 * padding: a hole, a preallocated tail, or the other halves of UTF-16 that was written into a plain log, so that this
 * is searched, too.
 */
enum lines_encoding { LINES_PLAIN, LINES_UTF16LE, LINES_UTF16BE };

struct lines_result {
	uint64_t lines;      /* ended by LF or CR LF, and a last one without an end if it holds anything */
	uint64_t bytes;      /* of the source that were gone through, holes included */
	uint64_t nul;        /* of these: NUL bytes, U+0000 in UTF-16, holes */
	uint64_t long_lines; /* too long to be taken apart: told as damage once each and searched in pieces */
	uint64_t torn_at;    /* where the last line begins, if it is torn */
	bool torn;           /* the last line has no end */
	bool mark;           /* begins with a byte order mark */
	enum lines_encoding encoding;
};

#endif
