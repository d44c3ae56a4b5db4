/* log_values.c - the values of a few columns of every record of a log, found without taking the record apart. */
#include "log_own.h"

#include <errno.h>
#include <strings.h>

#include "fail.h"

static int
column_of(const struct log_columns *columns, struct view name)
{
	for (size_t i = 0; name.n && i < columns->n; i++)
		if (columns->names[i].n == name.n &&
		    !strncasecmp((const char *)columns->names[i].p, (const char *)name.p, name.n))
			return (int)i;
	return -1;
}

/* Which of the edges is where this column begins. */
static unsigned
edge_of(const struct log_walk *walk, int column)
{
	for (unsigned i = 0; i < walk->edge_n; i++)
		if (walk->edges[i] == column)
			return i;
	return LOG_EDGES_MAX;
}

void
log_values_follow(struct log_run *run)
{
	const struct log_columns *columns = &run->columns;
	bool needed[LOG_COLUMNS_MAX + 1] = { false };
	struct log_walk *walk = &run->walk;
	size_t n = run->reading->values ? run->reading->column_count : 0;

	for (size_t i = 0; i < n; i++) {
		run->places[i].column = column_of(columns, run->reading->columns[i]);
		if (run->places[i].column >= 0)
			needed[run->places[i].column] = needed[run->places[i].column + 1] = true;
	}
	if (columns->status > 0)
		needed[columns->status] = true;
	run->slow = needed[0];
	walk->edge_n = 0;
	for (size_t i = 1; i < columns->n; i++)
		if (needed[i])
			walk->edges[walk->edge_n++] = (uint16_t)i;
	for (size_t i = 0; i < n; i++) {
		run->places[i].begin = edge_of(walk, run->places[i].column);
		run->places[i].end = edge_of(walk, run->places[i].column + 1);
	}
	run->status_edge = columns->status > 0 ? edge_of(walk, columns->status) : LOG_EDGES_MAX;
}

/* The value of a row that is as it was walked: what stands between two edges. */
static struct view
between(const struct log_run *run, const struct log_record *record, const struct log_place *place, struct view line)
{
	const uint8_t *begin = run->page.text + record->shape.edges[place->begin];
	const uint8_t *end = place->end == LOG_EDGES_MAX ? line.p + line.n
							  : run->page.text + record->shape.edges[place->end] - 1;
	struct view v = view_of(begin, (size_t)(end - begin));

	return run->format->dash && v.n == 1 && v.p[0] == '-' ? view_of(NULL, 0) : v;
}

int
log_values_show(struct log_run *run, const struct log_record *record, struct view line)
{
	struct view values[LOG_VALUES_MAX];
	struct log_fields *fields = &run->fields;

	if (!run->split && (run->slow || record->shape.edge_n < run->walk.edge_n))
		log_record_split(run, line);
	fields->no_memory = false;
	for (size_t i = 0; i < run->reading->column_count; i++) {
		const struct log_place *place = &run->places[i];

		values[i] = place->column < 0 ? view_of(NULL, 0)
			    : !run->split     ? between(run, record, place, line)
					      : log_fields_piece(fields, &run->row, (size_t)place->column, run->format->dash);
	}
	if (fields->no_memory)
		return fail(ENOMEM, "out of memory for the values of a log line");
	run->reading->values(run->reading->state, values);
	if (fields->arena.total)
		arena_free(&fields->arena);
	return 0;
}
