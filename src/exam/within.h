/* within.h - the folders of one volume by name, asked from the root down: which folder lies within which. */
#ifndef WITHIN_H
#define WITHIN_H

#include "catalog.h"
#include "upcase.h"

struct within;

/* Both are borrowed. Of one volume, in time and memory for its folders. */
int within_new(const struct catalog *catalog, const struct upcase *fold, struct within **ret_within);
struct within *within_free(struct within *within);
DEFINE_CLEANUP(struct within, within_free)

/* The folder with this name (UTF-16LE) in a folder, one in use before one that was deleted; UINT32_MAX when there is
 * none that anything lies in. */
uint32_t within_folder(const struct within *within, uint32_t folder, struct view name);

#endif
