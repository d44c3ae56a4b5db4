/* webconfig.h - what configurations of IIS and ASP.NET let run: modules, handlers, filters, rewrite rules, folders,
 * keys. */
#ifndef WEBCONFIG_H
#define WEBCONFIG_H

#include "arena.h"
#include "sink.h"
#include "source.h"
#include "vector.h"

enum webconfig_limits {
	WEBCONFIG_MAX = 16 << 20,      /* bytes of a file */
	WEBCONFIG_DEPTH_MAX = 64,      /* elements within each other */
	WEBCONFIG_TEXT_MAX = 2048,     /* bytes of a value that is kept */
	WEBCONFIG_SETTINGS_MAX = 8192, /* of one file; applicationHost.config of an Exchange has some 1,500 */
};

enum setting_kind {
	SETTING_NATIVE_MODULE, /* a library that IIS loads into every worker process */
	SETTING_MODULE,        /* a class, or the name of a native one, that sees every request */
	SETTING_HANDLER,       /* what answers requests for which path */
	SETTING_FILTER,        /* ISAPI filter */
	SETTING_PROGRAM,       /* ISAPI or CGI program that may be run */
	SETTING_BUILDER,       /* how ASP.NET compiles files of an ending */
	SETTING_REWRITE,       /* rule of URL Rewrite */
	SETTING_DIRECTORY,     /* virtual directory: which folder an address leads to */
	SETTING_KEY,           /* keys that sign view state and cookies, where they are written out */
	SETTING_CONSOLE,       /* module of the management service (administration.config) */
	SETTING_KINDS
};

/* Texts are UTF-8, "" where it says nothing. A setting is the same in two files where all of its texts are. */
struct setting {
	enum setting_kind kind;
	const char *location; /* the part of the server that it is for: path of <location>, or site and application */
	const char *name;     /* as it is called; of a directory, its path */
	const char *value;    /* what is loaded or led to; of a key, its SHA-256 and length and never the key */
	const char *more;     /* paths and verbs of a handler; what a rule looks at, and what it does */
	bool known_key;       /* the key is one that the world has had since 2020 (CVE-2020-0688) */
	uint64_t offset, length; /* of its element's tag */
};

struct webconfig {
	struct arena arena;
	VECTOR(struct setting) settings; /* in order of offset */
	uint64_t damaged;
	bool whole;
};

/* Reads a file: as compiled_read (compiled.h) does. */
int webconfig_read(struct source *src, struct sink *out, struct webconfig *ret);
void webconfig_free(struct webconfig *config);
static inline void
webconfig_free_at(struct webconfig *config)
{
	webconfig_free(config);
}

const char *setting_title(enum setting_kind kind); /* "native module" */

/* An order in which the same settings are equal, whatever file they stand in: kind, location, name, value, more. */
int setting_compare(const struct setting *a, const struct setting *b);

#endif
