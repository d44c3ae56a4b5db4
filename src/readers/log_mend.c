/* log_mend.c - W3C rows in which a value holds blanks: put together again where only one value can have held them. */
#include "log_own.h"

enum { BLANKS_MAX = 16 };

static bool
is_number(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
	return v.n > 0;
}

/* Letters, digits and what else stands in a method or a protocol version: no blank, no '/' first. */
static bool
is_token(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] <= ' ' || v.p[i] >= 0x7f)
			return false;
	return v.n > 0 && v.p[0] != '/';
}

/* IPv4, IPv6, with or without a zone (fe80::1%3, %eth0). */
static bool
is_address(struct view v)
{
	size_t marks = 0, i = 0;

	for (; i < v.n && v.p[i] != '%'; i++) {
		uint8_t c = v.p[i] | 0x20;

		if (v.p[i] == '.' || v.p[i] == ':')
			marks++;
		else if (!((v.p[i] >= '0' && v.p[i] <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return marks >= 2 && marks <= 10;
}

static bool
is_time(struct view v)
{
	return v.n >= 8 && v.p[2] == ':' && v.p[5] == ':';
}

static bool
is_date(struct view v)
{
	return v.n == 10 && v.p[4] == '-' && v.p[7] == '-';
}

static bool
looks(enum log_look look, struct view v)
{
	if (look <= LOOK_LOOSE || (v.n == 1 && v.p[0] == '-'))
		return true;
	return look == LOOK_DATE      ? is_date(v)
	       : look == LOOK_TIME    ? is_time(v)
	       : look == LOOK_ADDRESS ? is_address(v)
	       : look == LOOK_NUMBER  ? is_number(v)
				      : is_token(v);
}

enum log_look
log_look_of(struct view name)
{
	static const struct {
		const char *name;
		enum log_look look;
	} known[] = {
		{ "date", LOOK_DATE },
		{ "time", LOOK_TIME },
		{ "s-ip", LOOK_ADDRESS },
		{ "c-ip", LOOK_ADDRESS },
		{ "s-port", LOOK_NUMBER },
		{ "c-port", LOOK_NUMBER },
		{ "sc-status", LOOK_NUMBER },
		{ "sc-substatus", LOOK_NUMBER },
		{ "sc-win32-status", LOOK_NUMBER },
		{ "time-taken", LOOK_NUMBER },
		{ "sc-bytes", LOOK_NUMBER },
		{ "cs-bytes", LOOK_NUMBER },
		{ "cs-method", LOOK_TOKEN },
		{ "cs-version", LOOK_TOKEN },
		{ "cs-username", LOOK_LOOSE },
		{ "cs-uri-stem", LOOK_LOOSE },
		{ "cs-uri-query", LOOK_LOOSE },
		{ "cs-uri", LOOK_LOOSE },
		{ "cs(User-Agent)", LOOK_LOOSE },
		{ "cs(Referer)", LOOK_LOOSE },
		{ "cs(Cookie)", LOOK_LOOSE },
		{ "cs-host", LOOK_LOOSE },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (log_same(name, known[i].name))
			return known[i].look;
	return LOOK_ANY;
}

/* Whether every value looks right if that of column c holds `extra` blanks. */
static bool
fits(const struct log_row *row, const struct log_columns *columns, size_t c, size_t extra)
{
	for (size_t i = 0; i < columns->n; i++)
		if (i != c && !looks(columns->looks[i], log_piece_view(row, i < c ? i : i + extra)))
			return false;
	return true;
}

bool
log_looks_w3c(const struct log_row *row, const struct log_columns *columns)
{
	return row->n >= columns->n && fits(row, columns, columns->n, 0);
}

bool
log_mend_w3c(struct log_row *row, const struct log_columns *columns)
{
	size_t extra, found = SIZE_MAX;

	if (row->n == columns->n + 1 && !row->pieces[row->n - 1].n && log_looks_w3c(row, columns)) {
		row->n--; /* IIS 6 ends its rows with a blank */
		return true;
	}
	if (row->n <= columns->n || row->n - columns->n > BLANKS_MAX || row->n == LOG_PIECES_MAX)
		return false;
	extra = row->n - columns->n;
	for (size_t c = 0; c < columns->n; c++) {
		if (columns->looks[c] != LOOK_LOOSE || !fits(row, columns, c, extra))
			continue;
		if (found != SIZE_MAX)
			return false; /* it could be either */
		found = c;
	}
	if (found == SIZE_MAX)
		return false;
	log_row_join(row, found, extra);
	return true;
}
