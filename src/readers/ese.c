/* ese.c - tables of ESE databases by libesedb: from memory, row by row, and nothing of a value beyond its limit. */
#include "config.h"

#include "ese.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef HAVE_LIBESEDB
#include <libbfio.h>
#include <libesedb.h>

struct ese {
	libbfio_handle_t *handle;
	libesedb_file_t *file;
	struct view bytes; /* borrowed */
	uint64_t at;
};

/* A row while it is read: its values, and the bytes that they borrow. */
struct row {
	struct ese_value values[ESE_COLUMNS_MAX];
	uint8_t bytes[ESE_COLUMNS_MAX / 4 * 1024];
	size_t n, used;
};

bool
ese_built(void)
{
	return true;
}

const char *
ese_version(void)
{
	return libesedb_get_version();
}

/* ---- the bytes, as libbfio asks for them: its own handle for memory reads beyond the end of it ---- */

static int
bytes_free(intptr_t **handle, libbfio_error_t **error)
{
	(void)error;
	*handle = NULL; /* whoever opened it has it still */
	return 1;
}

static int
bytes_clone(intptr_t **ret, intptr_t *handle, libbfio_error_t **error)
{
	(void)error;
	*ret = handle;
	return 1;
}

static int
bytes_open(intptr_t *handle, int flags, libbfio_error_t **error)
{
	(void)handle, (void)flags, (void)error;
	return 1;
}

static int
bytes_close(intptr_t *handle, libbfio_error_t **error)
{
	(void)handle, (void)error;
	return 0;
}

static ssize_t
bytes_read(intptr_t *handle, uint8_t *to, size_t n, libbfio_error_t **error)
{
	struct ese *ese = (struct ese *)handle;
	struct view rest = view_from(ese->bytes, ese->at);

	(void)error;
	n = n < rest.n ? n : rest.n;
	if (n)
		memcpy(to, rest.p, n);
	ese->at += n;
	return (ssize_t)n;
}

static ssize_t
bytes_write(intptr_t *handle, const uint8_t *from, size_t n, libbfio_error_t **error)
{
	(void)handle, (void)from, (void)n, (void)error;
	return -1;
}

static off64_t
bytes_seek(intptr_t *handle, off64_t offset, int whence, libbfio_error_t **error)
{
	struct ese *ese = (struct ese *)handle;
	int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (int64_t)ese->at : (int64_t)ese->bytes.n;
	int64_t to;

	(void)error;
	if (__builtin_add_overflow(from, offset, &to) || to < 0)
		return -1;
	ese->at = (uint64_t)to;
	return to;
}

static int
bytes_there(intptr_t *handle, libbfio_error_t **error)
{
	(void)handle, (void)error;
	return 1;
}

static int
bytes_size(intptr_t *handle, size64_t *ret, libbfio_error_t **error)
{
	(void)error;
	*ret = ((struct ese *)handle)->bytes.n;
	return 1;
}

int
ese_open(struct view bytes, struct ese **ret_ese)
{
	struct ese *ese = calloc(1, sizeof(*ese));

	*ret_ese = NULL;
	if (!ese)
		return -ENOMEM;
	ese->bytes = bytes;
	if (libbfio_handle_initialize(&ese->handle, (intptr_t *)ese, bytes_free, bytes_clone, bytes_open, bytes_close, bytes_read,
				      bytes_write, bytes_seek, bytes_there, bytes_there, bytes_size, 0, NULL) != 1 ||
	    libesedb_file_initialize(&ese->file, NULL) != 1 ||
	    libesedb_file_open_file_io_handle(ese->file, ese->handle, LIBESEDB_OPEN_READ, NULL) != 1) {
		ese_close(ese);
		return 0;
	}
	*ret_ese = ese;
	return 1;
}

void
ese_close(struct ese *ese)
{
	if (!ese)
		return;
	if (ese->file) {
		libesedb_file_close(ese->file, NULL);
		libesedb_file_free(&ese->file, NULL);
	}
	if (ese->handle)
		libbfio_handle_free(&ese->handle, NULL);
	free(ese);
}

static enum ese_type
type_of(uint32_t type)
{
	switch (type) {
	case LIBESEDB_COLUMN_TYPE_INTEGER_8BIT_UNSIGNED:
	case LIBESEDB_COLUMN_TYPE_INTEGER_16BIT_SIGNED:
	case LIBESEDB_COLUMN_TYPE_INTEGER_16BIT_UNSIGNED:
	case LIBESEDB_COLUMN_TYPE_INTEGER_32BIT_SIGNED:
	case LIBESEDB_COLUMN_TYPE_INTEGER_32BIT_UNSIGNED:
	case LIBESEDB_COLUMN_TYPE_INTEGER_64BIT_SIGNED:
		return ESE_NUMBER;
	case LIBESEDB_COLUMN_TYPE_DATE_TIME:
		return ESE_TIME;
	case LIBESEDB_COLUMN_TYPE_TEXT:
	case LIBESEDB_COLUMN_TYPE_LARGE_TEXT:
		return ESE_TEXT;
	case LIBESEDB_COLUMN_TYPE_BINARY_DATA:
	case LIBESEDB_COLUMN_TYPE_LARGE_BINARY_DATA:
		return ESE_BYTES;
	case LIBESEDB_COLUMN_TYPE_GUID:
		return ESE_GUID;
	default:
		return ESE_OTHER;
	}
}

/* A text or bytes that lie outside of the row. */
static size_t
read_long(libesedb_record_t *record, int at, bool text, uint8_t *to, size_t room)
{
	libesedb_long_value_t *value = NULL;
	size_t size = 0;
	size64_t large = 0;
	bool done = false;

	if (libesedb_record_get_long_value(record, at, &value, NULL) != 1)
		return 0;
	if (text)
		done = libesedb_long_value_get_utf8_string_size(value, &size, NULL) == 1 && size && size <= room &&
		       libesedb_long_value_get_utf8_string(value, to, size, NULL) == 1;
	else
		done = libesedb_long_value_get_data_size(value, &large, NULL) == 1 && large <= room &&
		       libesedb_long_value_get_data(value, to, (size_t)large, NULL) == 1;
	libesedb_long_value_free(&value, NULL);
	return !done ? 0 : text ? size - 1 : (size_t)large;
}

static size_t
read_short(libesedb_record_t *record, int at, bool text, uint8_t *to, size_t room)
{
	size_t size = 0;

	if (text)
		return libesedb_record_get_value_utf8_string_size(record, at, &size, NULL) == 1 && size && size <= room &&
				       libesedb_record_get_value_utf8_string(record, at, to, size, NULL) == 1
			       ? size - 1
			       : 0;
	return libesedb_record_get_value_data_size(record, at, &size, NULL) == 1 && size && size <= room &&
			       libesedb_record_get_value_data(record, at, to, size, NULL) == 1
		       ? size
		       : 0;
}

/* A value that is not there is left out. */
static void
take_value(struct row *row, libesedb_record_t *record, int at)
{
	struct ese_value *v = &row->values[row->n];
	size_t name = 0, room = sizeof(row->bytes) - row->used, n;
	uint32_t type = 0;
	bool text;

	if (libesedb_record_get_column_type(record, at, &type, NULL) != 1 ||
	    libesedb_record_get_utf8_column_name_size(record, at, &name, NULL) != 1 || !name || name > ESE_NAME_MAX ||
	    libesedb_record_get_utf8_column_name(record, at, (uint8_t *)v->name, name, NULL) != 1)
		return;
	v->type = type_of(type);
	text = v->type == ESE_TEXT;
	room = room < ESE_VALUE_MAX ? room : ESE_VALUE_MAX;
	n = libesedb_record_is_long_value(record, at, NULL) == 1
		    ? read_long(record, at, text, row->bytes + row->used, room)
		    : read_short(record, at, text, row->bytes + row->used, room);
	if (!n)
		return;
	v->bytes = view_of(row->bytes + row->used, n);
	row->used += n;
	row->n++;
}

static int
take_row(libesedb_table_t *table, int at, struct row *row, const struct ese_taker *taker)
{
	libesedb_record_t *record = NULL;
	int values = 0;

	row->n = row->used = 0;
	if (libesedb_table_get_record(table, at, &record, NULL) != 1)
		return taker->lost(taker->state, "a row of the database cannot be read");
	if (libesedb_record_get_number_of_values(record, &values, NULL) != 1)
		values = 0;
	for (int i = 0; i < values && row->n < ESE_COLUMNS_MAX; i++)
		take_value(row, record, i);
	libesedb_record_free(&record, NULL);
	return taker->row(taker->state, row->values, row->n);
}

int
ese_rows(struct ese *ese, const char *name, const struct ese_taker *taker)
{
	struct row *row = malloc(sizeof(*row));
	libesedb_table_t *table = NULL;
	int rows = 0, found, r = 0;

	if (!row)
		return -ENOMEM;
	found = libesedb_file_get_table_by_utf8_name(ese->file, (const uint8_t *)name, strlen(name), &table, NULL);
	if (found == 1 && libesedb_table_get_number_of_records(table, &rows, NULL) != 1)
		r = taker->lost(taker->state, "the rows of a table of the database cannot be counted");
	if (rows > ESE_ROWS_MAX) {
		rows = ESE_ROWS_MAX;
		r = taker->lost(taker->state, "more rows in a table of the database than are read");
	}
	for (int i = 0; i < rows && r == 0; i++)
		r = take_row(table, i, row, taker);
	if (table)
		libesedb_table_free(&table, NULL);
	free(row);
	return r < 0 ? r : found == 1;
}

#else

bool
ese_built(void)
{
	return false;
}

const char *
ese_version(void)
{
	return "";
}

int
ese_open(struct view bytes, struct ese **ret_ese)
{
	(void)bytes;
	*ret_ese = NULL;
	return 0;
}

int
ese_rows(struct ese *ese, const char *table, const struct ese_taker *taker)
{
	(void)ese, (void)table, (void)taker;
	return 0;
}

void
ese_close(struct ese *ese)
{
	(void)ese;
}
#endif
