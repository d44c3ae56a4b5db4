/* disk.h - an NTFS volume as the one who breaks it sees it: read by a few lines of its own, not by the product. */
#ifndef TESTS_TORTURE_DISK_H
#define TESTS_TORTURE_DISK_H

#include "torture.h"

enum { TYPE_SI = 0x10, TYPE_LIST = 0x20, TYPE_NAME = 0x30, TYPE_DATA = 0x80, TYPE_END = -1, STRIDE = 512 };

struct run {
	uint64_t vcn, lcn, n; /* lcn UINT64_MAX: a hole */
};
typedef VECTOR(struct run) run_list;

struct disk {
	uint8_t *p;
	size_t n;
	uint32_t sector, cluster, record;
	uint64_t clusters, mft, mirror, records;
	run_list mft_runs;
};

/* An attribute of a record whose update sequence was undone. */
struct place {
	uint64_t record;
	uint32_t at, length, type;
	bool nonresident;
};

/* 0, or -1 when it is no volume. */
int disk_open(struct disk *d, uint8_t *p, size_t n);
void disk_close(struct disk *d);

uint64_t disk_record_at(const struct disk *d, uint64_t number); /* byte offset, or UINT64_MAX */

/* Takes the update sequence out of a record, and puts it in again. */
bool record_undo(const struct disk *d, uint64_t number);
void record_redo(const struct disk *d, uint64_t number);

/* Goes through the attributes of a record that was undone; at 0 to start. */
bool record_next_attribute(const struct disk *d, uint64_t number, struct place *place);

/* The runs of a nonresident attribute, added to the list. */
bool runs_decode(const uint8_t *p, size_t n, uint64_t vcn, run_list *ret_runs);

#endif
