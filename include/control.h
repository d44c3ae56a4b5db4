/* control.h - the second opinion: what libtsk, in a process of its own, says of the same volumes, and how it is heard.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "entry.h"
#include "ntfs.h"
#include "text.h"
#include "vector.h"

/* ---- what is asked: sent as it is over a pipe, within one machine and one program ---- */

enum control_limits {
	CONTROL_VOLUMES_MAX = 128,
	CONTROL_WANTS_MAX = 256, /* streams in one request */
	CONTROL_NAME_MAX = 1024, /* bytes of a name, UTF-8: 255 units have 765 at most */
	CONTROL_PARTS_MAX = 4096, /* names, and streams, of one entry */
	CONTROL_WRITE = 4096,    /* bytes that a pipe takes wholly or not at all */
	CONTROL_SECONDS = 10,    /* of processor time for one step */
	CONTROL_PATIENCE = 120,  /* seconds of the clock that nothing may be heard */
	CONTROL_MEMORY = 1024, /* MiB */
};

/* Bytes of one stream that are compared; a larger one (sparse, or made up) is left out and that is said. */
#define CONTROL_STREAM_MAX (UINT64_C(1) << 30)

enum { CONTROL_MAGIC = 0x6374726c };
enum control_task { CONTROL_WALK, CONTROL_READ };

/* A stream to be read; known by its name, and by its id where several have that. */
struct control_want {
	uint64_t entry;
	uint32_t volume; /* index in the request */
	uint16_t id, name_n;
	char name[CONTROL_NAME_MAX];
};

struct control_request {
	uint32_t magic, task, volumes, wants; /* how many of each */
	uint32_t sector_size;
	uint32_t volume; /* WALK: the index to begin with */
	uint64_t from;   /* and the entry there */
	uint32_t careful; /* say of each entry that it is next */
	uint32_t pad;
	uint64_t offsets[CONTROL_VOLUMES_MAX]; /* of the volumes, in bytes */
};

/* Whether a request can be one: nobody believes a process that has read hostile bytes. */
bool control_request_valid(const struct control_request *request);

/*
 * Carries a request out with libtsk over this media and writes the answer to fd; wants are request->wants many. step is
 * called before each step that may not end. 0, or negative when the answer could not be written.
 */
int control_answer(const struct control_request *request, const struct control_want *wants, struct source *media,
		   int fd, void (*step)(void));

/* ---- what is answered ---- */

struct control_time {
	uint32_t seconds, nanoseconds; /* since 1970, as libtsk cuts them */
};

enum { CONTROL_CREATED, CONTROL_MODIFIED, CONTROL_CHANGED, CONTROL_ACCESSED, CONTROL_TIMES };

struct control_name {
	struct reference parent;
	struct view name; /* UTF-8 as libtsk has it: cut at a NUL, `^` for what it cannot show */
};

struct control_stream {
	uint64_t size;
	uint16_t id;
	struct view name;
};

enum control_entry_flags { CONTROL_ALLOCATED = 1, CONTROL_DIRECTORY = 2, CONTROL_MORE = 4 /* parts than are told */ };

struct control_entry {
	uint64_t number;
	uint32_t sequence, flags;
	struct control_time si[CONTROL_TIMES], fn[CONTROL_TIMES];
	const struct control_name *names;
	const struct control_stream *streams;
	uint32_t name_count, stream_count;
};

/* What libtsk made of a wanted stream. */
struct control_read {
	uint32_t want;
	bool done; /* else text says why not */
	uint64_t bytes;
	const uint8_t *sha256;
	struct view text;
};

/* Who hears the answer: each returns 0, or negative to stop. Views are borrowed for the call. */
struct control_ear {
	int (*hello)(struct control_ear *ear, struct view fingerprint); /* of the media that it reads */
	/* A volume is open, with so many records; or it could not be opened, and text says why. */
	int (*volume)(struct control_ear *ear, uint32_t volume, bool open, uint64_t records, struct view text);
	int (*entry)(struct control_ear *ear, const struct control_entry *entry);
	int (*error)(struct control_ear *ear, uint64_t entry, struct view text); /* libtsk gave an error for an entry */
	int (*begin)(struct control_ear *ear, uint64_t next); /* all below is told; this entry, or wanted stream, is next */
	int (*volume_end)(struct control_ear *ear);
	int (*read)(struct control_ear *ear, const struct control_read *read);
	int (*end)(struct control_ear *ear); /* all that was asked is told */
	/* The process is gone: by a signal (else 0), with an exit status. */
	int (*gone)(struct control_ear *ear, int signal, int status);
};

/* Takes the answer to pieces as it comes, whatever it is made of. Zero but for the ear to start. */
struct control_reader {
	struct control_ear *ear;
	struct text rest; /* of a message that has not come wholly */
	struct control_entry entry;
	VECTOR(struct control_name) names;
	VECTOR(struct control_stream) streams;
	struct text text;         /* of the names; their views are offsets until the entry is whole */
	uint32_t names_due, streams_due;
	uint64_t next;            /* the least number that an entry may have */
	bool greeted, in_volume, ended;
	bool gone; /* set when the process is said to be: an answer ends there */
};

/* 0, -EBADMSG when it is no answer, or what an ear returned. */
int control_feed(struct control_reader *reader, struct view bytes);
void control_reader_free(struct control_reader *reader);

/* Says to the ear that the process is gone: for whoever watches it. 0 or a negative errno. */
int control_tell_gone(int fd, int signal, int status);
int control_tell_hello(int fd, const char *fingerprint);

/* ---- how the two compare ---- */

/* Why they may differ; all but the first are known. */
enum control_reason {
	REASON_NONE,
	REASON_LONG_RUN,
	REASON_RUN_OUTSIDE,
	REASON_TORN,
	REASON_EXTENSION,
	REASON_SIGNATURE,
	REASON_LIST,
	REASON_BROKEN,
	REASON_DOS,
	REASON_NUL,
	REASON_REPLACED,
	REASON_ROOM,
	REASON_TIME,
	REASON_SET_ASIDE,
	REASON_PARTS,
	REASON_SAID,
	REASON_DIED,
	REASON_FILTER,
	REASON_PACKED,
	REASON_VALID,
	REASON_CLUSTER,
	REASONS,
};
const char *control_reason_text(enum control_reason reason); /* a sentence */

/* One thing that the two see differently: ours and theirs in words. */
struct control_difference {
	const char *what; /* a constant: "entry", "name", "si.created", ... */
	struct view stream, ours, theirs; /* UTF-8; what comes from libtsk may be any bytes */
	enum control_reason reason;
};
typedef int (*control_told)(void *state, const struct control_difference *difference);

/* An entry that both see: 0, or what told returned. */
int control_compare(const struct entry *ours, const struct control_entry *theirs, control_told told, void *state);

/* The name of a stream as libtsk spells it, for a control_want: 0, or -ENOMEM. */
int control_spell(struct view utf16le, struct text *ret_name);

/* Why only one of them sees an entry, by its record as it lies on disk. */
enum control_reason control_why_ours(struct ntfs *ntfs, const struct entry *ours);
enum control_reason control_why_theirs(struct ntfs *ntfs, uint64_t number);

#endif
