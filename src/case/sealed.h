/* sealed.h - the line of run.jsonl that closes a case, as a seal writes it and an audit reads it. */
#ifndef SEALED_H
#define SEALED_H

#include "inventory.h"
#include "runlog.h"

/* In the order of seal_files. */
enum seal_file { SEAL_MANIFEST, SEAL_SUMS, SEAL_MINISIGN, SEAL_KEY, SEAL_SIGNATURE, SEAL_STAMP, SEAL_FILES };

struct seal_line {
	bool found;
	uint64_t number;             /* of the last one, from 1 */
	char hashes[SEAL_FILES][65]; /* "" for a file that it did not make */
	uint64_t broken_at;          /* number of the line that breaks it, 0 for none */
	char broken_by[32];          /* kind of the line behind that */
	uint64_t checks;             /* lines of the kind "verify" since */
};

/* Goes through run.jsonl for it: 0 with both, or negative after fail(). */
int seal_line_find(const char *folder, struct seal_line *ret_line, struct runlog_state *ret_state);

#endif
