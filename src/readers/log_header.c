/* log_header.c - the columns of a log: from #Fields, from a bare first line, or from what this kind is known to have.
 */
#include "log_own.h"

#include <errno.h>
#include <strings.h>

#include "text.h"

bool
log_same(struct view a, const char *b)
{
	if (a.n && (a.p[0] ^ (uint8_t)b[0]) & ~0x20) /* most names are told apart by how they begin */
		return false;
	return a.n == strlen(b) && !strncasecmp((const char *)a.p, b, a.n);
}

bool
log_starts(struct view text, const char *with)
{
	size_t n = strlen(with);

	return text.n >= n && !strncasecmp((const char *)text.p, with, n);
}

/* The name as rules know it, or as the log has it. *at is behind the name before: columns mostly come in the order in
 * which they are known. */
static struct view
spelled(const struct log_kind *kind, struct view name, size_t *at)
{
	const char *const *known = kind->source->fields;
	size_t n = 0;

	if (known && known[*at] && log_same(name, known[*at]))
		return view_text(known[(*at)++]);
	for (; known && known[n]; n++) {
		if (!log_same(name, known[n]))
			continue;
		*at = n + 1;
		return view_text(known[n]);
	}
	return name;
}

static bool
is_one_of(struct view name, const char *const *names)
{
	for (; *names; names++)
		if (log_same(name, *names))
			return true;
	return false;
}

/* Remembers what a column is good for, the first of its kind. */
static void
note_role(struct log_columns *columns, int i, struct view name)
{
	static const char *const times[] = { "time", "DateTime", "TimeStamp", "date-time", NULL };
	static const char *const statuses[] = { "sc-status", "HttpStatus", "HttpStatusCode", NULL };

	if (columns->date < 0 && log_same(name, "date"))
		columns->date = i;
	if (columns->time < 0 && is_one_of(name, times))
		columns->time = i;
	if (columns->status < 0 && is_one_of(name, statuses))
		columns->status = i;
	columns->looks[i] = (uint8_t)log_look_of(name);
}

static struct view
trim(struct view v)
{
	while (v.n && (v.p[0] == ' ' || v.p[0] == '\t'))
		v = view_from(v, 1);
	while (v.n && (v.p[v.n - 1] == ' ' || v.p[v.n - 1] == '\t'))
		v.n--;
	return v;
}

static uint8_t
separator_of(const struct log_format *format, struct view names)
{
	if (!format->any)
		return format->separator;
	return memchr(names.p, ',', names.n) ? ',' : memchr(names.p, '\t', names.n) ? '\t' : ' ';
}

int
log_columns_set(struct log_columns *columns, const struct log_kind *kind, struct view names)
{
	struct log_columns new = { .date = -1, .time = -1, .status = -1 };
	struct view rest, name;
	size_t at = 0;

	names = trim(names);
	if (!names.n)
		return -EINVAL;
	new.separator = separator_of(kind->format, names);
	new.text = malloc(names.n);
	if (!new.text)
		return -ENOMEM;
	memcpy(new.text, names.p, names.n);
	for (rest = view_of(new.text, names.n);; rest = view_from(rest, name.n + 1)) {
		const uint8_t *end = memchr(rest.p, new.separator, rest.n);

		name = view_of(rest.p, end ? (size_t)(end - rest.p) : rest.n);
		if (new.n == LOG_COLUMNS_MAX) {
			free(new.text);
			return -EINVAL;
		}
		if (name.n || new.separator == ',') {
			new.names[new.n] = spelled(kind, trim(name), &at);
			note_role(&new, (int)new.n, new.names[new.n]);
			new.n++;
		}
		if (!end)
			break;
	}
	free(columns->text);
	*columns = new;
	return 0;
}

/* Makes the columns those of a header that is known. */
static int
assume(struct log_columns *columns, const struct log_kind *kind, const char *const *header)
{
	CLEANUP(text_free) struct text names = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && header[i]; i++) {
		if (i)
			r = text_addc(&names, (char)kind->format->separator);
		if (r == 0)
			r = text_adds(&names, header[i]);
	}
	return r < 0 ? r : log_columns_set(columns, kind, text_view(&names));
}

int
log_columns_guess(struct log_columns *columns, const struct log_kind *kind, struct log_row *row)
{
	const struct log_format *format = kind->format;
	struct view line = row->line;

	if (!format->headers)
		return -EINVAL;
	log_row_split(row, line, format->separator, format->quoted);
	for (const char *const *const *header = format->headers; !row->open && *header; header++) {
		size_t n = 0;

		while ((*header)[n])
			n++;
		if (n == row->n)
			return assume(columns, kind, *header);
	}
	return -EINVAL;
}

/* Whether the line begins with a name and what separates it from the next. */
static bool
begins_with(struct view line, struct view name, uint8_t separator)
{
	return name.n && line.n > name.n && line.p[name.n] == separator &&
	       !strncasecmp((const char *)line.p, (const char *)name.p, name.n);
}

bool
log_header_bare(const struct log_columns *columns, const struct log_kind *kind, struct view line)
{
	const struct log_format *format = kind->format;
	uint8_t c = line.n ? line.p[0] | 0x20 : 0;

	if (c < 'a' || c > 'z')
		return false;
	if (columns->n && begins_with(line, columns->names[0], columns->separator))
		return true;
	for (const char *const *const *header = format->headers; header && *header; header++)
		if (begins_with(line, view_text((*header)[0]), format->separator))
			return true;
	return false;
}
