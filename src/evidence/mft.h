/* mft.h - an open volume as its own parts see it. */
#ifndef EVIDENCE_MFT_H
#define EVIDENCE_MFT_H

#include "ntfs.h"
#include "text.h"
#include "vector.h"

/* An extension record and the base record it names: entry in bits 16-63, sequence below, so that they sort by entry. */
struct stray {
	uint64_t base, record;
};

/* Records that were read and will be asked for again, with their update sequence undone. */
struct held {
	VECTOR(uint64_t) records; /* in order: number << 1, and 1 for a torn one */
	struct text bytes;        /* of geometry.record_size each */
};

struct ntfs {
	struct source *volume;
	struct geometry geometry;
	struct source *mft, *bitmap; /* bitmap is NULL where it cannot be read */
	struct source *records;      /* a bit for each record of the $MFT that is in use; NULL likewise */
	struct upcase upcase;
	struct text label;
	bool dirty;
	struct stray *strays; /* those that no attribute list names, in order; known after a sweep */
	size_t stray_count;
	struct held held;    /* while a sweep puts together what lies in several records */
	struct watch *watch; /* who is told of each record, NULL for nobody */
	uint32_t number;     /* of the volume, for the watch */
};

/*
 * Reads one record of geometry.record_size bytes and undoes its update sequence: 0, 1 when it is torn, -ENODATA when
 * the $MFT has no such record, or what reading says.
 */
int mft_record(struct ntfs *ntfs, uint64_t number, uint8_t *buf);

/* Holds a record for mft_record, in order of number. 0 or -ENOMEM; beyond some megabytes nothing more is held. */
int mft_hold(struct ntfs *ntfs, uint64_t record, struct view bytes);
void mft_hold_none(struct ntfs *ntfs);

/*
 * Opens ntfs->mft by the geometry that is set: by record 0, or by its copy where that maps more; and what neither of
 * them maps is searched for. Without either it is only searched for where `search` says so: the geometry may be wrong.
 * What is amiss is told to out, which may be NULL. -EINVAL when there is no $MFT.
 */
int mft_find(struct ntfs *ntfs, bool search, struct sink *out);

/* Ends the $MFT where its runs do, or the volume. */
void mft_cut(struct ntfs *ntfs);

/* Those that name this entry as their base, out of n in order; ret_first is borrowed from them. */
size_t strays_of(const struct stray *strays, size_t n, uint64_t entry, const struct stray **ret_first);

#endif
