/* write_logs.c - what the logs hold by the hour, and whom they name. */
#include "cells.h"

static int
put_hour(struct case_db *db, struct cell log, const struct hour_row *row)
{
	const struct cell cells[] = {
		log,
		number(row->hour),
		number(row->lines),
		number(row->bytes),
		number(row->status[0]),
		number(row->status[1]),
		number(row->status[2]),
		number(row->status[3]),
		number(row->status[4]),
		number(row->status[5]),
	};

	return PUT(db, PUT_HOUR, cells);
}

int
case_log(struct case_db *db, const struct log_row *row, const struct hour_row *hours, size_t n)
{
	struct cell cells[] = {
		{ 0 },
		volume_of(row->volume),
		file_of(row->file),
		number(row->mft),
		number(row->seq),
		number(row->attribute),
		name(row->path),
		name(row->stream),
		text(row->kind),
		text(row->state),
		some_text(row->reason),
		number(row->deleted),
		number(row->lines),
		number(row->records),
		number(row->lost),
		number(row->blank),
		number(row->bytes),
		number_unless(!row->first, row->first),
		number_unless(!row->last, row->last),
	};
	int r = check_volume(db, row->volume);

	if (r == 0)
		r = next_id(db, NUMBERED_LOG, &cells[0]);
	if (r == 0)
		r = PUT(db, PUT_LOG, cells);
	for (size_t i = 0; i < n && r == 0; i++)
		r = put_hour(db, cells[0], &hours[i]);
	return r;
}

int
case_account(struct case_db *db, const struct account_row *row)
{
	const struct cell cells[] = {
		name(row->account),
		name(row->name),
		name(row->mailbox),
		text(row->protocol),
		text(row->source),
		name(row->address),
		some_text(row->network),
		name(row->agent),
		number_unless(!row->first, row->first),
		number_unless(!row->last, row->last),
		number(row->requests),
		number(row->successes),
		number(row->failures),
		text(row->why),
	};

	return PUT(db, PUT_ACCOUNT, cells);
}
