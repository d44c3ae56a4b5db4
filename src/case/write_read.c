/* write_read.c - what was read and what was not, and where libtsk sees it otherwise. */
#include "cells.h"

int
case_coverage(struct case_db *db, const struct coverage_row *row)
{
	struct cell cells[] = {
		{ 0 },
		text(row->source),
		name_unless(!row->path.n, row->path),
		text(row->state),
		number_unless(!row->first, row->first),
		number_unless(!row->last, row->last),
		number(row->items),
		number(row->lost),
		number(row->bytes),
		some_text(row->reason),
	};
	int r = next_id(db, NUMBERED_COVERAGE, &cells[0]);

	return r < 0 ? r : PUT(db, PUT_COVERAGE, cells);
}

int
case_control(struct case_db *db, const struct control_row *row)
{
	struct cell cells[] = {
		{ 0 },
		volume_of(row->volume),
		number_unless(row->mft < 0, (uint64_t)row->mft),
		number_unless(row->mft < 0, row->seq),
		name_unless(row->mft < 0, row->stream),
		name_unless(!row->path.n, row->path),
		text(row->what),
		bytes_text(row->ours),
		bytes_text(row->control),
		number(row->explained),
		text(row->reason),
		number(row->count),
	};
	int r = check_volume(db, row->volume);

	if (r == 0)
		r = next_id(db, NUMBERED_CONTROL, &cells[0]);
	return r < 0 ? r : PUT(db, PUT_CONTROL, cells);
}

int
case_limitation(struct case_db *db, const struct limitation_row *row)
{
	struct cell cells[] = {
		{ 0 },
		volume_of(row->volume),
		name_unless(!row->path.n, row->path),
		number_unless(row->mft < 0, (uint64_t)row->mft),
		name_unless(row->mft < 0 && !row->stream.n, row->stream),
		number_unless(row->offset < 0, (uint64_t)row->offset),
		text(row->what),
		number(row->count),
	};
	int r = check_volume(db, row->volume);

	if (r == 0)
		r = next_id(db, NUMBERED_LIMITATION, &cells[0]);
	return r < 0 ? r : PUT(db, PUT_LIMITATION, cells);
}

int
case_ledger(struct case_db *db, const struct ledger_row *row)
{
	const struct cell cells[] = {
		volume_of(row->volume), text(row->account), text(row->disposition),
		number(row->items),     number(row->bytes),
	};
	int r = check_volume(db, row->volume);

	return r < 0 ? r : PUT(db, PUT_LEDGER, cells);
}
