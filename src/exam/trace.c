/* trace.c - what one log leaves for the second scan: whom its lines name that rules hit, and who tried passwords. */
#include <errno.h>

#include "fail.h"
#include "trail_own.h"

static int
no_memory(int r)
{
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for what logs lead to") : r;
}

int
trace_new(const struct log_kind *kind, struct trace **ret_trace)
{
	CLEANUP(trace_free) struct trace *trace = calloc(1, sizeof(*trace));

	if (!trace || tries_new(&trace->tries) < 0)
		return no_memory(-ENOMEM);
	trace->kind = kind;
	if (visit_columns(kind, trace->columns) && sketcher_new(&trace->sketcher) < 0)
		return no_memory(-ENOMEM);
	*ret_trace = TAKE(trace);
	return 0;
}

struct trace *
trace_free(struct trace *trace)
{
	if (!trace)
		return NULL;
	tries_free(trace->tries);
	sketcher_free(trace->sketcher);
	sketch_free(trace->sketch);
	vector_free(&trace->hints);
	vector_free(&trace->servers);
	arena_free(&trace->arena);
	free(trace);
	return NULL;
}

const struct view *
trace_columns(const struct trace *trace)
{
	return trace->sketcher ? trace->columns : NULL;
}

void
trace_values(struct trace *trace, const struct view *values)
{
	sketcher_add(trace->sketcher, values);
}

int
trace_end(struct trace *trace)
{
	int r = trace->sketcher ? sketcher_finish(trace->sketcher, &trace->sketch) : 0;

	trace->sketcher = sketcher_free(trace->sketcher);
	return no_memory(r);
}

/* An address that the server was asked at is its own. */
static int
note_server(struct trace *trace, struct view server)
{
	char text[TERM_ADDRESS_TEXT];
	const char **slot;

	if (trace->servers.n == TRAIL_SERVERS_MAX || !address_plain(server, text, sizeof(text)) ||
	    has_server(trace->servers.at, trace->servers.n, text))
		return 0;
	slot = vector_push(&trace->servers);
	if (!slot)
		return -ENOMEM;
	*slot = arena_copy(&trace->arena, view_text(text));
	return *slot ? 0 : -ENOMEM;
}

int
trace_line(struct trace *trace, const struct log_line *line)
{
	const struct line_place place = { .offset = line->offset, .length = line->raw.n };
	struct visit visit;
	int r;

	if (!visit_of(trace->kind, line, &visit))
		return 0;
	r = note_server(trace, visit.server);
	if (r == 0)
		r = tries_add(trace->tries, trace->kind, &visit, line->when, &place);
	return no_memory(r);
}

static int
hint(struct trace *trace, const struct rule *rule, enum term_kind kind, struct view text)
{
	struct hint *slot;

	for (size_t i = 0; i < trace->hints.n; i++)
		if (trace->hints.at[i].rule == rule && trace->hints.at[i].kind == kind &&
		    view_equal(view_text(trace->hints.at[i].text), text))
			return 0;
	if (trace->hints.n == TRAIL_HINTS_MAX) {
		trace->beyond++;
		return 0;
	}
	slot = vector_push(&trace->hints);
	if (!slot)
		return -ENOMEM;
	*slot = (struct hint){ .rule = rule, .kind = kind, .text = arena_copy(&trace->arena, text) };
	return slot->text ? 0 : -ENOMEM;
}

/* A rule about web shells says of a page that it is one; what serves clients of all kinds is none. */
static bool
names_page(const struct rule *rule, const struct visit *visit)
{
	enum { PATH_MAX_SHOWN = 512 };
	char path[PATH_MAX_SHOWN];

	if (strncmp(rule->technique, "T1505", 5) != 0 || stem_serves(visit->stem) || !visit->stem.n || visit->stem.n >= sizeof(path))
		return false;
	memcpy(path, visit->stem.p, visit->stem.n);
	path[visit->stem.n] = 0;
	return strlen(path) == visit->stem.n && name_is_served(path);
}

static int
add_hints(struct trace *trace, const struct visit *visit, const struct rule *rule)
{
	char address[TERM_ADDRESS_TEXT];
	size_t n = visit->own ? 0 : address_plain(visit->address, address, sizeof(address));
	int r = n ? hint(trace, rule, TERM_ADDRESS, view_of(address, n)) : 0;

	if (r == 0 && !visit->own && !agent_common(visit->agent))
		r = hint(trace, rule, TERM_AGENT, visit->agent);
	return r < 0 || !names_page(rule, visit) ? r : hint(trace, rule, TERM_PAGE, visit->stem);
}

int
trace_hit(struct trace *trace, const struct log_line *line, const struct rule *rule)
{
	struct visit visit;
	int r = 0;

	if (rule->level >= LEVEL_HIGH && visit_of(trace->kind, line, &visit))
		r = add_hints(trace, &visit, rule);
	return no_memory(r);
}
