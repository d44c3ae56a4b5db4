/* pages.h - compiled pages, saved virtual directories and configurations of a server, gathered while files are read and
 * judged when all are known; for the examination alone. */
#ifndef PAGES_H
#define PAGES_H

#include "compiled.h"
#include "oabdump.h"
#include "slot.h"
#include "sites.h"
#include "webconfig.h"

enum pages_limits {
	PAGES_FACTS_MAX = 65536,      /* files of an exhibit that are kept; one that has more was made to */
	PAGES_SETTINGS_MAX = 1 << 20, /* settings of all configurations together */
	PAGES_ROOTS_MAX = 4096,       /* folders that addresses lead to */
	PAGES_DUMP_MAX = 256 << 10,   /* bytes of a file in a web root that is looked at for a saved directory */
};

/* What stands before the folder of an application in the path of a cache. */
#define PAGES_CACHE "/Temporary ASP.NET Files/"

/* What a file may be, by its place. */
enum page_file { PAGE_NONE, PAGE_COMPILED, PAGE_LIBRARY, PAGE_CONFIG, PAGE_MAYBE_DUMP };

/* What one file said. */
struct page_fact {
	struct arena arena;
	enum page_file kind;
	const struct candidate *candidate;
	uint8_t sha256[32];
	bool has_sha256;
	bool doubtful; /* deleted, and some of its clusters may be another file's */
	unsigned trust;
	bool dumped;              /* of PAGE_MAYBE_DUMP: it is one */
	bool shipped;             /* its bytes are those that Exchange ships */
	struct compiled compiled; /* of a library: what it says of itself */
	struct oab_dump dump;
	struct webconfig config;
	struct view *excerpts; /* of settings, by number: of those that are judged alone */
	struct view excerpt;
};

/* A folder that an address leads to. */
struct page_root {
	const char *prefix;               /* of the address, "" for all of a site */
	const struct site_config *config; /* who says so; NULL: where Exchange and IIS put it by themselves */
	uint32_t site;                    /* of that; of a guess, its own number */
	struct site_place place;
};

/* A record of a name in a folder, in use or deleted. */
struct page_record {
	bool any, in_use;
	struct reference entry;
	uint64_t born, modified;
};

/* What became of a page. */
struct page_found {
	bool sure;               /* every place where it could lie was looked at */
	int shipped;             /* Exchange ships such a page: 1 yes, 0 no, -1 no list tells */
	bool several;            /* records lie in several places, of which this is one */
	bool drop;               /* it lies where no web site is installed */
	const char *path;        /* where it lies, or would lie; NULL where that is not known */
	uint32_t volume, folder; /* of path: index; with a record, folder number */
	const char *site;        /* whose folder that is, NULL for a guess */
	struct page_record record;
};

/* All of an exhibit. */
struct pages {
	struct arena arena;
	VECTOR(struct page_fact *) facts;
	VECTOR(struct page_root) roots;
	bool rooted;
	uint64_t settings, more; /* that are kept; files beyond the limits */
	uint64_t looked, looked_bytes,
		dumps; /* files in web roots that could have been a saved directory; those that are */
};

/* Which of these a file is taken for. */
enum page_file page_file_of(const struct candidate *c);

/* Reads it into its slot; by one of several threads. 0 or negative. */
int page_read(struct slot *slot, const struct exam *exam, struct source *stream);
struct page_fact *page_free(struct page_fact *fact);

/* Takes over what a slot has; in the main thread. */
int page_take(struct exam *exam, struct slot *slot);

/* The place of a finding on a fact's file. */
struct place page_place(const struct page_fact *fact, uint64_t when);

/* Writes a finding on the file, with what has to be said about its bytes; *ret_id, which may be NULL, is its id. */
int page_finding(struct exam *exam, const struct page_fact *fact, uint64_t when, const struct mark *mark,
		 enum level level, struct text *ret_id);

/* Finds what an address leads to. 0 or negative after fail(). */
int page_find(struct exam *exam, struct pages *pages, const char *address, uint64_t before, struct page_found *ret);

/* The record of a name in a folder: one in use before deleted ones, of these the youngest born before a time. */
int page_record_find(struct exam *exam, uint32_t volume, uint32_t folder, struct view name, uint64_t before,
		     struct page_record *ret);

/* How long, in words: "12.0000000 s". */
int page_add_span(struct text *t, uint64_t ticks);

/* The parts of pages_write, each in its own file. */
int pages_compiled(struct exam *exam, struct pages *pages);
int pages_dumps(struct exam *exam, struct pages *pages);
int pages_configs(struct exam *exam, struct pages *pages);

/* Whether a path on a volume is below a folder that no program or web site is installed into. */
bool path_is_drop(const char *path);

/* What is wrong with a setting by itself: false for most. rule and level are written with true, and words are added. */
bool setting_judge(const struct exam *exam, const struct setting *setting, const struct rule **ret_rule,
		   enum level *ret_level, const char **ret_why);

#endif
