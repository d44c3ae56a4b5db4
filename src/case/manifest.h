/* manifest.h - what a sealed case consists of, as text: for programs in JSON, and for sha256sum -c. */
#ifndef MANIFEST_H
#define MANIFEST_H

#include "inventory.h"
#include "runlog.h"
#include "text.h"

struct manifest {
	struct inventory inventory; /* without what is odd */
	uint64_t lines, bytes;      /* of run.jsonl before the line of the seal, */
	char head[65], sha256[65];  /* the hash of the last of them, and that of all of them */
	char sealed[32];            /* UTC */
};

/* The JSON: a line for each file. 0 or -ENOMEM. */
int manifest_text(const struct manifest *manifest, struct text *ret_json);

/* Takes such a text apart: 1, 0 where it is not word for word what manifest_text writes, or -ENOMEM. */
int manifest_parse(struct view json, struct manifest *ret_manifest);

/* What sha256sum -c takes: all of the manifest, and the manifest itself. */
int manifest_sums(const struct manifest *manifest, struct view json, struct text *ret_sums);

void manifest_free(struct manifest *manifest);
static inline void
manifest_free_at(struct manifest *manifest)
{
	manifest_free(manifest);
} /* CLEANUP of a whole struct */

#endif
