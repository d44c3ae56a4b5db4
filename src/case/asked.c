/* asked.c - the rows of the questions: what is asked, which logs were looked for, and which days they cover. */
#include "db.h"

#define PUT(db, which, cells) put_row((db), (which), (cells), (int)(sizeof(cells) / sizeof((cells)[0])))

static struct cell
number(uint64_t n)
{
	return (struct cell){ .type = CELL_NUMBER, .number = (int64_t)n };
}

static struct cell
text(struct view v)
{
	return (struct cell){ .type = CELL_TEXT, .bytes = v };
}

/* NULL for what is empty. */
static struct cell
some_text(const char *s)
{
	return (struct cell){ .type = s && *s ? CELL_TEXT : CELL_NULL, .bytes = view_text(s) };
}

int
case_question(struct case_db *db, const struct question_row *row)
{
	const struct cell cells[] = {
		text(view_text(row->question)), number(row->number),  some_text(row->cve),   some_text(row->technique),
		some_text(row->stage),          some_text(row->days), some_text(row->whole),
	};

	return PUT(db, PUT_QUESTION, cells);
}

int
case_sought(struct case_db *db, const char *source, const char *artifact)
{
	const struct cell cells[] = { text(view_text(source)), text(view_text(artifact)) };

	return PUT(db, PUT_SOUGHT, cells);
}

int
case_calendar(struct case_db *db, const struct calendar_row *row)
{
	const struct cell cells[] = {
		number(row->evidence),  text(view_text(row->source)), number(row->place), text(row->folder),
		number(row->day),       text(view_text(row->state)),  number(row->lines), number(row->bytes),
		some_text(row->reason),
	};

	return PUT(db, PUT_CALENDAR, cells);
}
