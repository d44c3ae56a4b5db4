/* indexes.h - where a folder's index and the $MFT disagree; for the check of indexes alone. */
#ifndef INDEXES_H
#define INDEXES_H

#include "exam.h"
#include "index.h"

enum odd_kind {
	ODD_LEFT,     /* a name that only unused bytes of the index still have */
	ODD_STALE,    /* listed, but its record says otherwise */
	ODD_LOST,     /* listed, but there is no record of it that can be read */
	ODD_UNLISTED, /* a record in use that its folder does not list */
	ODD_UNLINKED, /* a record in use that is listed and says that no folder does */
};

/* One object, whatever number of times it was seen. */
struct odd {
	enum odd_kind kind;
	struct index_entry entry; /* name borrowed from the check's arena; of ODD_UNLISTED only file, name and size */
	uint32_t copies;          /* further ones that say nothing newer */
	const char *fate;         /* what the $MFT says of it, a constant */
	bool replaced;            /* a file of that name is there today */
};

/* A folder that is checked. */
struct watched {
	struct reference reference; /* as its files call it */
	uint32_t volume, folder;    /* index; folder number, UINT32_MAX where no record names it as its parent */
	bool allocated;
	size_t first, n; /* its files among the children, while they are held */
};

/* A name that a record has in a watched folder. */
struct child {
	uint64_t file; /* packed reference */
	uint32_t hash; /* of the name */
	uint32_t watched : 30, allocated : 1, seen : 1;
};

/* What the check of one volume came to, for the coverage. */
struct index_sum {
	uint64_t folders, lost, listed, left, bytes;
	uint64_t known; /* of those left: names that the $MFT has, too */
	uint64_t odd[ODD_UNLINKED + 1];
};

struct index_check {
	struct exam *exam;
	struct chooser *chooser;
	bool all;                       /* every folder, not only those that matter */
	VECTOR(struct watched) watched; /* in order of volume and reference */
	VECTOR(struct child) children;  /* of some of them, in order of folder, hash and reference */
	struct exam_volume *v;          /* the volume that is checked, */
	uint32_t volume;                /* its index, */
	struct index_sum sum;           /* and what came of it */
	const struct watched *at;       /* the folder that is checked */
	VECTOR(struct odd) odds;        /* of that folder */
	VECTOR(uint64_t) long_names;    /* files that have one among them: packed references, in order */
	uint64_t beyond;                /* odds that were not kept */
	struct arena arena;             /* of their names */
	int64_t *states;                /* by folder number of the volume: patterns alive there + 1, 0 for not known */
	struct text folder_path, path;
	uint32_t asked;
};

/* Which folders are checked, in order and each once. */
int indexes_choose(struct index_check *check);
/* How many children each of those of one volume has. */
int indexes_count(struct index_check *check);
/* The children of those from one folder on, for as many folders as can be held at once. */
int indexes_children(struct index_check *check, size_t first, size_t *ret_end);
/* Whether the folder has a name like that today; the entry is one whose own record is not known. created: only if it
 * was made at the same time. 1, 0 or negative. */
int indexes_has_name(struct index_check *check, const struct index_entry *entry, bool created);
/* The child that a listed entry is, NULL if there is none. */
struct child *indexes_child(struct index_check *check, const struct index_entry *entry);

/* Adds the path of a folder that no record names as its parent, without '/' at its ends. */
int indexes_path(struct index_check *check, struct reference folder, struct text *ret_path);

/* Writes what the folder's odds come to: events, findings, limitations. */
int indexes_judge(struct index_check *check);

#endif
