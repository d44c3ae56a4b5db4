/* logs.h - text logs taken apart: every line counted and held against its header, split where somebody wants it. */
#ifndef LOGS_H
#define LOGS_H

#include "fields.h"
#include "lines.h"
#include "literals.h"
#include "sigma.h"
#include "sink.h"
#include "source.h"

enum log_limits {
	LOG_LINE_MAX = 1 << 20,  /* bytes of a record that is taken apart; a longer line is told in raw pieces */
	LOG_COLUMNS_MAX = 256,   /* of a header */
	LOG_FIELDS_MAX = 1024,   /* of a record, the values within its values counted */
	LOG_HOURS_MAX = 1 << 16, /* of one log; beyond it, lines count as lines without a time */
	LOG_NOTES_MAX = 64,
	LOG_KINDS_MAX = 32,
	LOG_VALUES_MAX = 4, /* columns whose values are shown of every record */
};

struct log_format; /* how its lines are written: what a file of src/readers knows */

/* One kind of log. A profile names it for the files that it describes. */
struct log_kind {
	const char *name, *title;
	const char *event; /* what v_timeline calls its records */
	const struct sigma_source *source;
	const struct log_format *format;
	bool inner; /* values stand in the log otherwise than in the fields (JSON): all its records are told, wanted or not */
};

extern const struct log_kind *const log_kinds[LOG_KINDS_MAX]; /* ended by NULL */
const struct log_kind *log_kind_find(const char *name);

/* Whether the fields of its records are the columns of its header, and no others stand within their values. */
bool log_kind_plain(const struct log_kind *kind);

/* What all of them can be asked, for who has rules. */
void log_sources(const struct sigma_source *ret_sources[static LOG_KINDS_MAX], size_t *ret_n);

/*
 * A record as it is told: one line, or the lines of one. A field's value is NULL where the log writes "-". Names are
 * spelled as the kind's source spells them, whatever the log does. Borrowed for the call.
 */
struct log_line {
	uint64_t when;   /* FILETIME, UTC; 0: none, or none that is known to be UTC */
	uint64_t local;  /* by a clock whose zone the log does not tell; 0: none */
	uint64_t offset; /* of the first byte within the source */
	struct view raw; /* as in the log, without its end; UTF-16 as UTF-8 */
	struct fields fields;
	bool split;      /* false: it does not fit its header, and raw is all there is */
};

/* An hour of a log: all its lines, wanted or not. */
struct log_hour {
	uint64_t hour; /* FILETIME of its start; 0: lines without a time */
	uint64_t lines, bytes;
	uint64_t status[6]; /* records by HTTP status: [1] 1xx to [5] 5xx, [0] without one */
};

/* What a log says of itself: who wrote it, its columns, the time zone. Each text once for each `what`. */
struct log_note {
	const char *what;
	uint64_t offset;
	struct view text;
};

/* lines.lines == records + more + comments + blank + lost, whatever the bytes. */
struct log_result {
	struct lines_result lines;
	uint64_t records;  /* that fit their header */
	uint64_t more;     /* lines that go on with the record of the line before */
	uint64_t comments; /* lines of headers, with # or bare */
	uint64_t blank;
	uint64_t lost;        /* lines that could not be split: other columns than their header, torn, too long */
	uint64_t lost_at;     /* offset of the first of them */
	uint64_t foreign;     /* lines that are not UTF-8: in the code page of the server */
	uint64_t first, last; /* FILETIME of the earliest and the latest record; 0: none has a time */
	struct log_hour *hours;
	size_t hour_count; /* in order of hour */
	struct log_note *notes;
	size_t note_count; /* in order of offset */
	bool assumed;      /* without a header: taken for one that this kind is known to have, by the number of columns */
};

struct log_reading {
	const struct log_kind *kind;
	const char *file;                /* name of the log, for dates that only it tells; may be NULL */
	const struct literals *literals; /* what wanted lines hold; NULL and !all: only count */
	bool all;                        /* every line is wanted */
	struct sink *out;                /* for damage; may be NULL */
	size_t block;                    /* bytes read at once; 0: LINES_BLOCK. Never shows in results */
	size_t longest;                  /* 0: LOG_LINE_MAX; for tests */

	/* The wanted records and lost lines, in order. 0, or negative to stop. */
	int (*line)(void *state, const struct log_line *line);
	void *state;

	/* Optional, of a kind with columns: whether this line, which holds a literal (by its place among them) and is a record
	 * of its own, is wanted for it. Others that hold one always are. separator: between its fields; 0 where values
	 * stand within values. */
	bool (*wants)(void *state, uint32_t literal, struct view line, uint8_t separator);

	/*
	 * Optional, for kinds with columns: of every record, wanted or not, the values of these columns, as the fields of
	 * a told one would have them; a view of nothing where there is none. Of columns with one name, the first.
	 */
	void (*values)(void *state, const struct view *values);
	const struct view *columns; /* names, whatever the case; "" is no column */
	size_t column_count;        /* at most LOG_VALUES_MAX */
};

/* Reads all of src: 0, or what source_read, the sink or line gave to stop it, or -ENOMEM after fail(). ret_result is
 * written in any case and is to be freed. */
int log_read(const struct log_reading *reading, struct source *src, struct log_result *ret_result);
void log_result_free(struct log_result *result);
static inline void
log_result_free_at(struct log_result *result)
{
	log_result_free(result);
}

/* The value of the field with this name (case does not matter), or a view of nothing; the first of several. */
struct view log_value(const struct log_line *line, const char *name);

#endif
