/* log_own.h - what the parts of the log reader share: lines, rows, columns, clocks, hours, and how a kind is described. */
#ifndef LOG_OWN_H
#define LOG_OWN_H

#include "arena.h"
#include "decode.h"
#include "logs.h"
#include "vector.h"

/* ---- lines, 64 bytes at a time (log_walk.c) ---- */

/* Bit i: byte i is this. */
struct log_marks {
	uint64_t lf, separator, quote, high; /* high: not ASCII */
};

struct log_marks log_marks(const uint8_t bytes[static 64], uint8_t separator);
struct log_marks log_marks_plain(const uint8_t bytes[static 64], uint8_t separator); /* the same, for tests */
struct log_marks log_marks_wide(const uint8_t bytes[static 64], uint8_t separator);
bool log_walk_wide(void); /* whether this processor has AVX2 and counts bits */

/* The edges of LOG_VALUES_MAX columns, and of the status. */
enum { LOG_EDGES_MAX = 2 * LOG_VALUES_MAX + 1 };

struct log_walk {
	const uint8_t *text;
	size_t at, end; /* the next line; of the text */
	size_t block;   /* where the 64 bytes in hand begin */
	struct log_marks marks; /* of these, without what lies before `at` */
	uint8_t separator;
	unsigned edge_n;
	uint16_t edges[LOG_EDGES_MAX]; /* columns whose beginnings are remembered, in order; none is the first, 0 */
	bool wide;       /* with the instructions that log_walk_wide() says are there */
};

/* A line without its end; CR still belongs to it. */
struct log_shape {
	size_t from, end;
	unsigned separators;
	bool quotes, high;
	unsigned edge_n;             /* that were met before the end */
	size_t edges[LOG_EDGES_MAX]; /* where these columns begin, as if no quote meant anything */
};

void log_walk_start(struct log_walk *walk, const uint8_t *text, size_t from, size_t end);
bool log_walk_next(struct log_walk *walk, struct log_shape *ret_shape);

/* ---- rows (log_row.c) ---- */

enum { LOG_PIECES_MAX = LOG_COLUMNS_MAX + 16 };

struct log_piece {
	uint32_t at, n; /* within the line, without the quotes */
	bool doubled;   /* holds "" */
};

struct log_row {
	struct view line;
	size_t n;
	bool open; /* a quoted value has no end */
	struct log_piece pieces[LOG_PIECES_MAX];
};

/* Takes a line apart; a row with more pieces than there is room for has LOG_PIECES_MAX, which no header has. */
void log_row_split(struct log_row *row, struct view line, uint8_t separator, bool quoted);

/* Makes pieces [from, from + n] one, with what stood between them. */
void log_row_join(struct log_row *row, size_t from, size_t n);

static inline struct view
log_piece_view(const struct log_row *row, size_t i)
{
	return view_of(row->line.p + row->pieces[i].at, row->pieces[i].n);
}

/* ---- columns (log_header.c) ---- */

/* What the values of a column look like where they have one look only. LOOSE: they come from outside and may hold
 * anything, blanks too. */
enum log_look { LOOK_ANY, LOOK_LOOSE, LOOK_DATE, LOOK_TIME, LOOK_ADDRESS, LOOK_NUMBER, LOOK_TOKEN };

struct log_columns {
	char *text;
	size_t n; /* 0: not known yet */
	struct view names[LOG_COLUMNS_MAX];
	uint8_t looks[LOG_COLUMNS_MAX]; /* enum log_look */
	uint8_t separator;
	int date, time, status; /* -1: none. time holds the date, too, where there is none */
};

/* Takes the names of a header row: 0, -EINVAL when they are none or too many, -ENOMEM. */
int log_columns_set(struct log_columns *columns, const struct log_kind *kind, struct view names);
/* The header that this kind is known to have with n columns: as above, -EINVAL where there is none. */
int log_columns_guess(struct log_columns *columns, const struct log_kind *kind, struct log_row *row);
/* Whether a line is a header without #. */
bool log_header_bare(const struct log_columns *columns, const struct log_kind *kind, struct view line);

/* ---- clocks (log_clock.c) ---- */

/* The hour that was read last, which is mostly that of the next line, too; and dates that stand elsewhere. */
struct log_clock {
	uint8_t prefix[13]; /* 2021-03-03T04 */
	uint64_t hour;      /* FILETIME of it; 0: no prefix yet */
	uint64_t day;       /* for times without a date: #Date, or of the file's name; 0: not known */
	uint64_t before;    /* the time of day that was read last, so that midnight is seen */
};

/* A time that a line begins with: `2021-03-03T04:05:06.789Z,` or `2021-03-03 04:05:06 `. 0 when it is none. */
uint64_t log_clock_begin(struct log_clock *clock, struct view line);
/* A time of day, hh:mm:ss, of the clock's day. 0 when it is none. */
uint64_t log_clock_daily(struct log_clock *clock, struct view time);
uint64_t log_day_of_name(const char *file); /* u_ex210303.log, ECPServer20210303-1.LOG, HttpProxy_2021030304-1.LOG */

/* ---- hours (log_hours.c) ---- */

struct log_hours {
	VECTOR(struct log_hour) list;
	uint32_t *table; /* place in the list plus 1, by hash */
	size_t size;     /* of the table: a power of two */
	size_t last;     /* place of the hour asked for last */
	bool full;       /* LOG_HOURS_MAX are not enough */
};

/* The hour that a time lies in, good until the next call; NULL when there is no memory. */
struct log_hour *log_hours_at(struct log_hours *hours, uint64_t when);
void log_hours_finish(struct log_hours *hours); /* in order */
void log_hours_free(struct log_hours *hours);

/* ---- fields (log_fields.c) ---- */

struct log_fields {
	size_t n;
	bool cut;    /* more than LOG_FIELDS_MAX */
	bool no_memory;
	struct arena arena; /* of what does not stand in the log as it is */
	struct field at[LOG_FIELDS_MAX];
};

void log_fields_add(struct log_fields *fields, struct view name, struct view value);
struct view log_fields_value(const struct log_fields *fields, const char *name);
/* A copy of bytes that lives as long as the record, or nothing when there is no memory. */
struct view log_fields_copy(struct log_fields *fields, struct view bytes);
/* The value of a piece: without doubled quotes, and NULL where the log writes "-". */
struct view log_fields_piece(struct log_fields *fields, const struct log_row *row, size_t i, bool dash);
void log_fields_row(struct log_fields *fields, const struct log_columns *columns, const struct log_row *row, bool dash);

/* ---- kinds ---- */

/* A record of a text without columns. */
struct log_text {
	uint64_t when, local;
	struct log_fields *fields; /* NULL: only the time is wanted */
};

struct log_format {
	uint8_t separator; /* ' ' or ','; 0: text, which take() takes apart */
	bool any;          /* the separator is what #Fields has, a comma or a blank */
	bool quoted;       /* values may stand in double quotes, as RFC 4180 says */
	bool dash;         /* "-" is no value */

	/* Headers that this kind is known to have; all lists are ended by NULL */
	const char *const *const *headers;

	/* Optional: a row that has more pieces than the header has columns is mended, if there is but one way to. */
	bool (*mend)(struct log_row *row, const struct log_columns *columns);
	/* Optional: whether the values of a row look like those of its columns; asked of a last line without an end, in
	 * which a value with blanks could stand in for columns that were never written. */
	bool (*looks)(const struct log_row *row, const struct log_columns *columns);
	/* Optional: adds the values that stand within a value. */
	void (*inner)(struct log_fields *fields);

	/* Text only. begins: NULL when every line is a record. take: false when the record is not as it should be. */
	bool (*begins)(struct view line);
	bool (*take)(struct view record, struct log_text *text);
	/* Optional: what a record says of the log as a whole, or NULL. */
	const char *(*tells)(struct view record, struct view *ret_text);
};

bool log_same(struct view a, const char *b); /* whatever the case */
bool log_starts(struct view text, const char *with);

/* Rows whose blanks within values were not encoded (log_mend.c). */
enum log_look log_look_of(struct view name);
bool log_looks_w3c(const struct log_row *row, const struct log_columns *columns);
bool log_mend_w3c(struct log_row *row, const struct log_columns *columns);

extern const struct log_kind log_iis, log_httperr, log_httpproxy, log_ecp, log_oab, log_ews, log_mapi, log_rps_http,
	log_rps_cmdlet, log_rps_authz, log_audit, log_msgtrk, log_setup, log_msert, log_eomt, log_generic,
	log_powershell, log_defender, log_plain;

/* ---- one log being read (logs.c, log_record.c) ---- */

/* A record: a line, or the lines of one. */
struct log_record {
	struct log_shape shape; /* of the first line; end is that of the last one */
	uint64_t lines;
};

/* A column whose values are shown, and the edges that it lies between; LOG_EDGES_MAX: the end of the line. */
struct log_place {
	int column; /* -1: the log has none */
	unsigned begin, end;
};

struct log_run {
	const struct log_reading *reading;
	const struct log_format *format;
	struct log_result *result;
	struct page page;
	size_t longest;
	struct log_walk walk;
	struct log_columns columns;
	struct log_place places[LOG_VALUES_MAX];
	unsigned status_edge; /* LOG_EDGES_MAX: none */
	bool slow;            /* a value that is shown is the first of its row, and no edge says where it begins */
	struct log_clock clock;
	struct log_hours hours;
	VECTOR(struct log_note) notes;
	bool told_lost, told_hours, told_cut, told_header; /* the damage was */
	bool inside;                            /* the page begins within a long line, at one of its pieces */
	bool last;                              /* nothing comes behind the page */
	uint64_t long_when, long_at;            /* the time of the long line, and where it begins */
	size_t region, told;                    /* where the region under search begins; what is done of it */
	bool split;                             /* row is the record's */
	struct log_row row;
	struct log_fields fields;
};

int log_damage(struct log_run *run, uint64_t offset, const char *why, bool *told);
void log_record_split(struct log_run *run, struct view line);
/* Files a record, and tells it if it is wanted. */
int log_record_take(struct log_run *run, const struct log_record *record, bool wanted);
/* A line that is too long to be taken apart: counted when it begins, then its bytes, and told in pieces. */
int log_count_lost(struct log_run *run, struct view line, uint64_t offset);
int log_count_bytes(struct log_run *run, size_t bytes);
int log_tell_raw(struct log_run *run, struct view raw, uint64_t offset);

/* ---- values of a few columns, found without taking the record apart (log_values.c) ---- */

/* The columns have changed: what the walk is to remember of each line. */
void log_values_follow(struct log_run *run);
/* Shows the values of a record that fits its header. 0 or -ENOMEM after fail(). */
int log_values_show(struct log_run *run, const struct log_record *record, struct view line);

#endif
