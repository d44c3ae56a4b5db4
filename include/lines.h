/* lines.h - a text log read once from end to end: every line counted, and those that hold a literal handed on whole. */
#ifndef LINES_H
#define LINES_H

#include "literals.h"
#include "sink.h"
#include "source.h"

enum lines_limits {
	LINES_BLOCK = 1 << 20,                    /* bytes read at once */
	LINES_MAX = 64 << 10,                     /* bytes of a line that is handed on in one piece */
	LINES_STEP = LINES_MAX - LITERAL_MAX + 1, /* from one piece of a longer line to the next: they overlap */
};

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
	uint64_t long_lines; /* over LINES_MAX: told as damage once each and searched in pieces */
	uint64_t torn_at;    /* where the last line begins, if it is torn */
	bool torn;           /* the last line has no end */
	bool mark;           /* begins with a byte order mark */
	enum lines_encoding encoding;
};

struct lines {
	const struct literals *literals; /* NULL: only count */
	struct sink *out;                /* for damage; may be NULL */
	size_t block;                    /* bytes read at once, 64 at least; 0: LINES_BLOCK. Never shows in results */

	/*
	 * A line that holds literal `which`, without its end: once for each line and literal, lines in order, the
	 * literals of a line in order of their first place in it. offset is that of the line's first byte within the
	 * source. Of a line over LINES_MAX, the piece that the literal begins in. 0 to go on, 1 to hear no more of this
	 * line or piece, negative to stop.
	 */
	int (*hit)(void *state, struct view line, uint64_t offset, uint32_t which);
	void *state;
};

/* Reads all of src: 0, or what source_read, the sink or hit gave to stop it; ret_result is written in any case. */
int lines_read(const struct lines *lines, struct source *src, struct lines_result *ret_result);

#endif
