/* walk_own.h - one volume while its files are listed; for the walk alone. */
#ifndef WALK_OWN_H
#define WALK_OWN_H

#include "exam.h"
#include "twins.h"

enum {
	ROWS_MAX = 65536, /* rows for one entry: names times streams */
	TARGETS_MAX = 65536,
	NAMELESS_MAX = 1 << 20, /* bytes of what is read though nobody knows its name */
	FIRST_USER_ENTRY = 24, /* those before are the file system's own */
	FOLDER_USED = 1,  /* some row names it */
	FOLDER_SERVED = 2, /* files of a web root lie in it */
};

/* One volume on its way into the case. */
struct walk {
	struct exam *exam;
	struct exam_volume *v;
	uint32_t volume; /* index */
	struct chooser *chooser;
	const struct upcase *fold;
	int64_t *states;     /* by folder: the patterns alive there, -1 where not worked out yet */
	uint8_t *used;       /* by folder: FOLDER_USED, FOLDER_SERVED */
	struct twins *twins;
	uint64_t targets;    /* of junctions and links, that were read */
	uint64_t *next_file; /* id of the next row */
	bool write, all, read_all;
	struct text name, stream, path, base;
	uint32_t base_folder;      /* the folder whose path `base` holds, UINT32_MAX for none */
	bool suspect;              /* some part of the $MFT is bad, so each record has to be asked about */
	bool unverified;           /* the record that is gone through is */
	uint32_t chosen;           /* streams of it that the profile chose */
	bool scripts;              /* some stream of it is called like a script */
	uint32_t asked;            /* the folder that a chooser's question is about */
	struct chooser_path where; /* tells its path */
};

/* The patterns that are alive in a folder: 0, or negative after fail(). */
int walk_folder(struct walk *w, uint32_t folder, int64_t *ret_state);

/* All rows of an entry: 0, or negative. */
int walk_entry(struct walk *w, const struct entry *entry);

/* The path of w->name in a folder, into w->path. The folder's own is kept from one file to the next. 0 or -ENOMEM. */
int walk_path(struct walk *w, uint32_t folder);

/* A file that the profile chose or a path rule hit is remembered for the next stage. 0 or -ENOMEM. */
int walk_remember(struct walk *w, const struct entry *entry, const struct name *name, const struct stream *stream,
		  const struct file_row *row, const struct chosen *chosen);

/* The role that weighs most among those that the profile gives a file. */
enum role walk_role(const struct chosen *chosen);

/* Nobody knows where it lay: a folder that was reused, is gone or goes round. */
bool walk_lost(const struct walk *w, uint32_t folder);

/* Whether it is a script that may have lain in a web root, for all that is known. */
bool walk_astray(const struct walk *w, const struct entry *entry, uint32_t folder);

#endif
