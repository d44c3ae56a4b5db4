/* asked.c - the rows of the questions and answers: what is asked, which logs were looked for, which days they cover. */
#include "cells.h"

int
case_question(struct case_db *db, const struct question_row *row)
{
	const struct cell cells[] = {
		text(row->question),   number(row->number),  some_text(row->cve),   some_text(row->technique),
		some_text(row->stage), some_text(row->days), some_text(row->whole),
	};

	return PUT(db, PUT_QUESTION, cells);
}

int
case_sought(struct case_db *db, const char *source, const char *artifact)
{
	const struct cell cells[] = { text(source), text(artifact) };

	return PUT(db, PUT_SOUGHT, cells);
}

int
case_calendar(struct case_db *db, const struct calendar_row *row)
{
	const struct cell cells[] = {
		number(row->evidence), text(row->source),  number(row->place), name(row->folder),      number(row->day),
		text(row->state),      number(row->lines), number(row->bytes), some_text(row->reason),
	};

	return PUT(db, PUT_CALENDAR, cells);
}

int
case_verdict(struct case_db *db, const struct verdict_row *row)
{
	const struct cell cells[] = {
		number(row->evidence),
		text(row->question),
		text(row->verdict),
		number_unless(!row->first, row->first),
		number_unless(!row->last, row->last),
		some_text(row->reason),
		some_text(row->findings),
		some_text(row->coverage),
		some_text(row->changes),
	};

	return PUT(db, PUT_VERDICT, cells);
}
