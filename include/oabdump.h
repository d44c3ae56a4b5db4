/* oabdump.h - a virtual directory of Exchange saved as text, which is how a web shell of CVE-2021-27065 looks on disk.
 */
#ifndef OABDUMP_H
#define OABDUMP_H

#include "arena.h"
#include "source.h"

enum oab_limits {
	OAB_DUMP_MAX = 256 << 10, /* bytes of a file that is looked at; a dump has two or three KiB */
	OAB_TEXT_MAX = 2048,      /* bytes of a value that is kept */
	OAB_KEYS_LEAST = 6,       /* names of properties that it takes to be one */
};

/* The properties whose values are kept, in the order in which Exchange writes them. */
enum oab_key {
	OAB_NAME,
	OAB_METABASE,
	OAB_PATH,
	OAB_VERSION, /* of the cumulative update alone */
	OAB_SERVER,
	OAB_INTERNAL_URL,
	OAB_EXTERNAL_URL,
	OAB_DN,
	OAB_IDENTITY,
	OAB_GUID,
	OAB_CLASS,
	OAB_CHANGED,
	OAB_CREATED,
	OAB_CHANGED_UTC,
	OAB_CREATED_UTC,
	OAB_ORIGIN,
	OAB_KEYS
};
const char *oab_key_name(enum oab_key key);

/*
 * A time as the server's locale writes it. Where day and month could be either way round and nothing else in the dump
 * tells, `other` is the second reading; else 0. FILETIMEs, 0 where it cannot be read.
 */
struct oab_time {
	uint64_t when, other;
};

/* Code that stands where an address should. Views are borrowed from the dump. */
struct oab_script {
	enum oab_key key;
	uint64_t offset, length;               /* in the file; both 0 where that is UTF-16 */
	struct view code, language, parameter; /* parameter: the name of what it takes out of a request */
};

struct oab_dump {
	struct arena arena;
	const char *values[OAB_KEYS]; /* NULL where a property is not there */
	struct oab_time changed, created, changed_utc, created_utc;
	int32_t zone; /* minutes east of UTC, where zone_known */
	bool zone_known;
	bool has_script;
	struct oab_script script; /* the first */
};

/*
 * Reads a file: 1 when it is such a dump, 0 when it is none, or what source_read gave, or -ENOMEM after fail(). ret is
 * to be freed in any case.
 */
int oab_dump_read(struct source *src, struct oab_dump *ret);
void oab_dump_free(struct oab_dump *dump);
static inline void
oab_dump_free_at(struct oab_dump *dump)
{
	oab_dump_free(dump);
}

#endif
