/* iisconfig.h - applicationHost.config: the sites of an IIS, what each serves from where, and where it logs. */
#ifndef IISCONFIG_H
#define IISCONFIG_H

#include "arena.h"
#include "sink.h"
#include "source.h"
#include "vector.h"

/* Limits; to reach one is damage and is told. */
enum iis_limits {
	IIS_CONFIG_MAX = 16 << 20, /* bytes of the file; one of a busy server has less than a MiB */
	IIS_DEPTH_MAX = 64,        /* elements within each other; IIS writes no more than ten */
	IIS_TEXT_MAX = 4096,       /* bytes of a value that is kept */
	IIS_SITES_MAX = 4096,
	IIS_BINDINGS_MAX = 16384,
	IIS_FOLDERS_MAX = 65536,
};

/* Where a site listens. For protocols other than HTTP and FTP only what is written is known. */
struct iis_binding {
	uint32_t site;                      /* index */
	const char *protocol, *information; /* as written: "https", "*:444:" */
	struct view address, host;          /* within information */
	uint32_t port;                      /* 0: none, or none that can be read */
};

/* A virtual directory: what an address leads to. */
struct iis_folder {
	uint32_t site;                  /* index */
	const char *application, *path; /* of the address: "/owa", "/" */
	const char *physical;           /* on the server, as written, with its variables */
	uint64_t offset;
};

/* How a site logs. What it does not say itself is what the defaults of the file say, else what IIS does by itself; NULL
 * where the file broke off before it would have said so. */
struct iis_log {
	const char *folder; /* below which W3SVC<id> lies, with its variables */
	const char *traces; /* the folder of traces of failed requests */
	const char *enabled, *period, *format, *fields, *target,
		*local_rollover; /* as written: "true", "Daily", "W3C" */
};

/* Which side of Exchange a site is: what clients reach, what only the front end is meant to reach, or neither.
 * SIDE_NONE where the configuration knows of no Exchange. */
enum iis_side { SIDE_NONE, SIDE_FRONT, SIDE_BACK, SIDE_OTHER };

struct iis_site {
	uint64_t id; /* 0: none that can be read */
	const char *name;
	struct iis_log log;
	enum iis_side side;
	uint64_t offset;
};

struct iis_config {
	struct arena arena;
	VECTOR(struct iis_site) sites;
	VECTOR(struct iis_binding) bindings;
	VECTOR(struct iis_folder) folders;
	const char *central; /* "CentralW3C" or "CentralBinary": all sites log into one; "Site" or NULL: each its own */
	const char *central_folder; /* of that mode */
	const char *history;        /* where copies of older ones are kept; NULL: in the usual place */
	const char *redirected;     /* the configuration that counts is kept there, and this one does not */
	uint64_t damaged;           /* faults that were told */
	bool whole;                 /* read to its end */
};

/*
 * Reads a configuration, UTF-8 or UTF-16. What is wrong is told to out at its offset, and what was read up to there
 * counts. A document type and with it every entity of its own is refused: IIS writes none. 0, or what source_read or
 * the sink gave to stop it, or -ENOMEM after fail(). ret_config is to be freed in any case.
 */
int iisconfig_read(struct source *src, struct sink *out, struct iis_config *ret_config);
void iisconfig_free(struct iis_config *config);
static inline void
iisconfig_free_at(struct iis_config *config)
{
	iisconfig_free(config);
}

/* Tells the sides of all sites, once all is known; a part of iisconfig_read. 0 or -ENOMEM. */
int iisconfig_sides(struct iis_config *config);

/* Whether an attribute that is true or false says true; what it is when it says nothing. */
bool iis_true(const char *value, bool otherwise);

#endif
