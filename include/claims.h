/* claims.h - the clusters that deleted files say were theirs. Where two say so of the same, what lies there can be of
 * one of them at most. */
#ifndef CLAIMS_H
#define CLAIMS_H

#include "ntfs.h"

enum { CLAIMS_MAX = 1 << 21 }; /* runs that are held against each other */

struct claims;

int claims_new(const struct ntfs *ntfs, struct claims **ret_claims); /* 0 or -ENOMEM */
struct claims *claims_free(struct claims *claims);
DEFINE_CLEANUP(struct claims, claims_free)

/* The clusters of one open stream: 0, -ENOMEM, or -ENOSPC when there are too many. All in, they are settled. */
int claims_add(struct claims *claims, const struct source *stream);
void claims_settle(struct claims *claims);

/* How many clusters of what holds the bytes [from, to) of an open stream are claimed more than once. */
uint64_t claims_shared(const struct claims *claims, const struct source *stream, uint64_t from, uint64_t to);

#endif
