/* upcase.h - the case folding of one NTFS volume: its own $UpCase table, so that names match as they did on that host.
 */
#ifndef UPCASE_H
#define UPCASE_H

#include "view.h"

enum { UPCASE_UNITS = 65536 };

struct upcase {
	uint16_t to[UPCASE_UNITS];
};

/* The table that Windows has written since Vista for the letters that Exchange paths use: ASCII, Latin-1, Greek and
 * Cyrillic. For profiles, and for a volume whose own table cannot be read. */
void upcase_default(struct upcase *ret);

/* A table from the content of $UpCase: false when it is not 128 KiB, and *ret is then the default. */
bool upcase_load(struct view content, struct upcase *ret);

/* Whether two UTF-16LE names are the same under the table. */
bool upcase_equal(const struct upcase *fold, struct view a, struct view b);

#endif
