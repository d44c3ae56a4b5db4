/* content.h - one stream held against everything that a profile knows of content: YARA, hash sets, the baseline. */
#ifndef CONTENT_H
#define CONTENT_H

#include "digest.h"
#include "profile.h"
#include "sink.h"
#include "source.h"

struct content; /* one for each thread: scratch, digests, a YARA scanner */

enum content_limits {
	CONTENT_WHOLE_MAX = 64 << 20, /* bytes scanned by YARA as one piece; above, in overlapping blocks */
	CONTENT_BLOCK = 16 << 20,
	CONTENT_OVERLAP = 64 << 10,
	CONTENT_SECONDS = 60, /* YARA's time for one stream */
};

/* Bytes read of one stream. A longer one (sparse, or made up of the same clusters over and over) gets no digest. */
#define CONTENT_STREAM_MAX (UINT64_C(64) << 30)

int content_open(const struct profile *profile, struct content **ret_content);
struct content *content_close(struct content *content);
DEFINE_CLEANUP(struct content, content_close)

/* What the externals of public YARA rules are set to. UTF-8, never NULL. */
struct content_place {
	const char *path;      /* on the volume, with '/' */
	const char *name;      /* the file's own */
	const char *extension; /* with its dot, lower case, "" for none */
	const char *owner;     /* its name, else its SID; "" when unknown */
	const char *relative;  /* to the Exchange install folder, "" when it lies elsewhere */
	const char *build;     /* of that install, "" when unknown */
};

struct content_result {
	struct digest_value digests[DIGEST_KINDS];
	unsigned kinds; /* which of them were computed: a mask of 1 << DIGEST_* */
	uint64_t bytes; /* read, or known to be a hole */
	enum baseline baseline;
	bool known_good;        /* by a list of known good files or the baseline: YARA hits are then not stated */
	bool blocks;            /* scanned in blocks: a match across more than CONTENT_OVERLAP could be missed */
	const char *incomplete; /* why YARA did not finish, a constant, NULL when it did */
};

/* Reads the stream once, states hits to out as marks (rule, offset, length, excerpt), and grades it. */
int content_read(struct content *content, struct source *stream, const struct content_place *place, struct sink *out,
		 struct content_result *ret_result);

/*
 * Bytes that are no stream of their own (slack, say), at most CONTENT_WHOLE_MAX: only searched, and not at all where
 * they are all zeros. Byte 0 is told as byte `base`. ret_incomplete as above.
 */
int content_scan(struct content *content, struct source *source, uint64_t base, const struct content_place *place,
		 struct sink *out, const char **ret_incomplete);

#endif
