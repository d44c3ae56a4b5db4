/* control_why.c - why one of two programs alone sees an entry: the record as it lies on disk tells. */
#include <errno.h>

#include "control.h"
#include "layout.h"
#include "record.h"
#include "reference.h"

/* Fixes a record up in place and says what its update sequence came to, as record_fixup; -ENODATA when it is not there.
 */
static int
load(struct ntfs *ntfs, uint64_t number, uint8_t *record)
{
	size_t size = ntfs_geometry(ntfs)->record_size;
	int r = number < ntfs_records(ntfs) ? source_read_all(ntfs_mft(ntfs), number * size, record, size) : -ENODATA;

	return r < 0 ? -ENODATA : record_fixup(record, size);
}

/* What libtsk holds against a run: REASON_NONE for nothing. */
static enum control_reason
judge_runs(struct view pairs, uint64_t clusters)
{
	struct run_cursor cursor = { .pairs = pairs };
	unsigned budget = NTFS_EXTENTS_MAX;
	uint64_t lcn, length;

	while (budget-- && run_next(&cursor, &lcn, &length) > 0) {
		if (length > clusters)
			return REASON_LONG_RUN;
		if (lcn != UINT64_MAX && (lcn > clusters || length > clusters - lcn))
			return REASON_RUN_OUTSIDE;
	}
	return REASON_NONE;
}

static enum control_reason
judge_attributes(struct view record, uint64_t clusters)
{
	enum control_reason known = REASON_NONE;
	struct attribute a;
	uint32_t at = 0;
	int r;

	while ((r = record_next(record, &at, &a)) > 0) {
		enum control_reason reason = a.broken      ? REASON_BROKEN
					     : a.resident ? REASON_NONE
							  : judge_runs(a.value, clusters);

		if (reason != REASON_NONE)
			return reason;
		if (a.type == ATTRIBUTE_LIST)
			known = REASON_LIST;
	}
	return r < 0 ? REASON_BROKEN : known;
}

enum control_reason
control_why_ours(struct ntfs *ntfs, const struct entry *ours)
{
	const struct geometry *g = ntfs_geometry(ntfs);
	uint8_t record[NTFS_RECORD_MAX];
	struct view v = view_of(record, g->record_size);
	const struct disk_record *head;
	int r = load(ntfs, ours->number, record);

	if (r != 0 || ours->flags & ENTRY_TORN)
		return r == -ENODATA ? REASON_NONE : REASON_TORN;
	head = VIEW_AT(v, 0, struct disk_record);
	if (head && le64_get(head->base) & REFERENCE_ENTRY)
		return REASON_EXTENSION;
	return judge_attributes(v, g->clusters);
}

enum control_reason
control_why_theirs(struct ntfs *ntfs, uint64_t number)
{
	uint8_t record[NTFS_RECORD_MAX];
	struct view v = view_of(record, ntfs_geometry(ntfs)->record_size);
	int r = load(ntfs, number, record);

	if (r == -ENODATA)
		return REASON_NONE;
	if (r != 0)
		return REASON_TORN;
	return memcmp(v.p, "FILE", 4) && memcmp(v.p, "BAAD", 4) ? REASON_SIGNATURE
								: judge_attributes(v, ntfs_geometry(ntfs)->clusters);
}
