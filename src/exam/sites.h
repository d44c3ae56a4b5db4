/* sites.h - what the configurations of IIS on an image say, and where on its volumes that is; for the examination alone. */
#ifndef SITES_H
#define SITES_H

#include "exam.h"
#include "iisconfig.h"
#include "within.h"

enum {
	SITES_CONFIGS_MAX = 64,     /* of one Windows, with those of its history; IIS keeps ten */
	SITES_BYTES_MAX = 64 << 20, /* of all configurations of an image */
	SITES_FOLDERS_MAX = 1024,   /* paths that they name, each counted once */
	SITES_ROWS_MAX = 4096,      /* sites, each counted once where configurations agree */
	SITES_PLACES_MAX = 8,       /* volumes that a path is found on */
	WINDOWS_PARTS_MAX = 128,    /* names of a path */
};

/* One applicationHost.config. */
struct site_config {
	const struct host_place *windows;
	uint32_t volume; /* index */
	const char *path;
	uint64_t mft, bytes;
	bool current; /* not of the history */
	bool deleted;
	bool partly;            /* something is known against some of its bytes */
	const char *unreadable; /* why nothing of it was read, NULL when it was */
	struct iis_config config;
};

/* What a folder is to a site. */
enum site_use { USE_LOGS, USE_TRACES, USE_PAGES, USE_DRIVE };

/* What came of looking for a path that a configuration names. */
enum site_found {
	SITE_FOUND,
	SITE_EMPTY, /* it is there, and nothing was ever in it that is still known */
	SITE_ABSENT,
	SITE_LEADS,   /* some folder on the way is a junction or mount point */
	SITE_REMOTE,  /* on another computer */
	SITE_UNKNOWN, /* not a path that means anything here: a variable that nobody knows, no drive */
};

/* Where a path lies. */
struct site_place {
	enum site_found found;
	uint32_t volume, folder; /* index and folder number; with SITE_FOUND, else UINT32_MAX */
	bool deleted;            /* the folder was */
	char letter;             /* of the drive that the volume was taken for, 0 where it needed no guess */
	bool told;               /* by the registry: the letter was no guess */
	bool several;            /* volumes hold a folder of this path: this is one of them */
};

/* A folder that a site uses, once for each use and place. */
struct site_folder {
	enum site_use use;
	const char *configured; /* as written; of logs with W3SVC<id> behind it */
	const char *path;       /* on the volume, "" for its root; NULL unless it was found */
	struct site_place place;
	const struct site_config *config;
	uint32_t site; /* index in that; the first that names it */
	uint32_t more; /* further ones that do */
	bool told;     /* has a row of its own in the coverage */
	struct tally
		*tally; /* of its place, whatever uses that has; NULL until sites_claim, and where it was not found */
};

/* A folder that the profile's patterns are to be bound to. */
struct site_root {
	enum site_use use;
	uint32_t volume;
	const char *path;
};

/* A site as one or more configurations have it. */
struct site {
	const struct site_config *config; /* the first: the current one before those of the history */
	uint32_t site;
	const char *bindings;
	const struct site_folder *logs; /* NULL when it has none */
};

struct sites {
	struct arena arena;
	struct within **within;               /* by volume; NULL until it is asked for */
	VECTOR(struct site_config *) configs; /* the current one of each Windows before its history, newest first */
	VECTOR(const struct host_place *) without; /* Windows on which none was found */
	VECTOR(struct site_folder *) folders;
	VECTOR(struct site_root) roots;
	VECTOR(struct site) sites;
	uint64_t bytes; /* of configurations that were read */
	bool full;      /* told that there are more paths than are looked for */
};

/* A path as Windows takes it, from a drive on. */
struct windows_path {
	char letter;         /* upper case; 0: the drive that Windows is on */
	bool within_windows; /* below the folder of Windows */
	uint32_t n;
	struct view parts[WINDOWS_PARTS_MAX]; /* UTF-8, borrowed */
};

/* Takes a path of a configuration apart: SITE_FOUND (it can be looked for), SITE_REMOTE or SITE_UNKNOWN. */
enum site_found windows_path(const char *text, struct windows_path *ret_path);

/* Reads the configurations of one Windows. 0, or negative after fail(). */
int sites_read(struct exam *exam, struct sites *sites, const struct host_place *windows);

/* Forgets what sites_index made. */
void sites_unindex(struct exam *exam, struct sites *sites);

/* Makes the folders of a volume findable; once. */
int sites_index(struct exam *exam, struct sites *sites, uint32_t volume);

/* The folder of a path on one volume, from the folder `from` on: *ret_found, *ret_folder. 0 or negative. */
int sites_descend(struct exam *exam, struct sites *sites, uint32_t volume, uint32_t from, const struct view *parts,
		  uint32_t n, enum site_found *ret_found, uint32_t *ret_folder);

/* Finds the places of a path that a configuration names: one at least, more where several volumes hold it. */
int sites_place(struct exam *exam, struct sites *sites, const struct site_config *config, const char *text,
		struct site_place ret_places[static SITES_PLACES_MAX], uint32_t *ret_n);

/* Binds the profile to a folder; path is borrowed. 0 or negative. */
int sites_root(struct sites *sites, enum site_use use, uint32_t volume, const char *path);

/* The path of a folder, in the arena. 0 or negative. */
int sites_path(struct exam *exam, struct sites *sites, uint32_t volume, uint32_t folder, const char **ret_path);

/* Looks a path up and notes it at every place that it has. *ret_folder is the first of them, NULL when there are too
 * many paths. 0 or negative. */
int sites_folder(struct exam *exam, struct sites *sites, const struct site_config *config, uint32_t site,
		 enum site_use use, const char *configured, struct site_folder **ret_folder);

/* There are more than are looked for: said once, and no more are taken. 0 or negative. */
int sites_full(struct exam *exam, struct sites *sites, const struct site_config *config);

/* The sites and folders of a configuration are found and noted. 0 or negative. */
int sites_note(struct exam *exam, struct sites *sites, const struct site_config *config);

#endif
