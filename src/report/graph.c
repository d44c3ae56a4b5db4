/* graph.c - one JSON document of many objects, object by object. */
#include "graph.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "fail.h"

void
graph_add(struct graph *g, int r)
{
	if (r < 0 && !g->error)
		g->error = fail(ENOMEM, "out of memory for the export");
}

/* The comma before a value, and its key. */
static void
begin(struct graph *g, const char *key)
{
	if (g->any[g->depth])
		graph_add(g, text_adds(&g->line, ","));
	g->any[g->depth] = true;
	if (key)
		graph_add(g, text_printf(&g->line, "\"%s\":", key));
}

void
graph_open(struct graph *g, const char *key, char bracket)
{
	begin(g, key);
	assert(g->depth + 1 < GRAPH_DEPTH);
	g->any[++g->depth] = false;
	graph_add(g, text_addc(&g->line, bracket));
}

void
graph_close(struct graph *g, char bracket)
{
	assert(g->depth);
	g->depth--;
	graph_add(g, text_addc(&g->line, bracket));
}

void
graph_text(struct graph *g, const char *key, struct view value)
{
	begin(g, key);
	graph_add(g, text_addc(&g->line, '"'));
	graph_add(g, text_add_json(&g->line, value));
	graph_add(g, text_addc(&g->line, '"'));
}

void
graph_some(struct graph *g, const char *key, struct view value)
{
	if (value.n)
		graph_text(g, key, value);
}

void
graph_number(struct graph *g, const char *key, struct view digits)
{
	begin(g, key);
	graph_add(g, text_add(&g->line, digits));
}

void
graph_one(struct graph *g, const char *key, struct view value)
{
	graph_open(g, key, '[');
	graph_text(g, NULL, value);
	graph_close(g, ']');
}

void
graph_bool(struct graph *g, const char *key, bool value)
{
	begin(g, key);
	graph_add(g, text_adds(&g->line, value ? "true" : "false"));
}

void
graph_flush(struct graph *g)
{
	graph_add(g, text_addc(&g->line, '\n'));
	if (!g->error && fwrite(g->line.s, 1, g->line.n, g->out) != g->line.n)
		g->error = fail(errno ? errno : EIO, "the export cannot be written: %s", strerror(errno));
	text_cut(&g->line, 0);
}

/* ---- ids ---- */

void
graph_name(struct graph *g, const char *prefix, struct view name, struct graph_id *ret_id)
{
	char uuid[UUID_TEXT] = "";
	int r = uuid_of(UUID_OURS, name, uuid);

	if (r < 0 && !g->error)
		g->error = r;
	snprintf(ret_id->text, sizeof(ret_id->text), "%s%s", prefix, uuid);
}

/* The table is never more than half full. */
static int
grow(struct graph *g)
{
	size_t room = g->seen_room ? 2 * g->seen_room : 4096;
	uint64_t *seen = calloc(room, sizeof(*seen));

	if (!seen)
		return -ENOMEM;
	for (size_t i = 0; i < g->seen_room; i++) {
		size_t at = g->seen[i] & (room - 1);

		while (seen[at])
			at = (at + 1) & (room - 1);
		seen[at] = g->seen[i];
	}
	free(g->seen);
	g->seen = seen;
	g->seen_room = room;
	return 0;
}

/* In 64 bits: that two of four million objects have the same is one in two million. */
static uint64_t
key_of(const struct graph_id *id)
{
	uint64_t key = 0;

	for (const char *at = id->text; *at; at++)
		key = (key ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
	key ^= key >> 29;
	return key ? key : 1;
}

bool
graph_once(struct graph *g, const struct graph_id *id)
{
	uint64_t key = key_of(id);
	size_t at;

	if (2 * (g->seen_n + 1) > g->seen_room && g->seen_n < GRAPH_SEEN_MAX)
		graph_add(g, grow(g));
	if (g->error || !g->seen_room)
		return false;
	for (at = key & (g->seen_room - 1); g->seen[at]; at = (at + 1) & (g->seen_room - 1))
		if (g->seen[at] == key)
			return false;
	if (g->seen_n < GRAPH_SEEN_MAX) {
		g->seen[at] = key;
		g->seen_n++;
	}
	return true;
}

/* ---- */

void
graph_ask(struct graph *g, const struct question *question,
	  int (*take)(void *state, int n, const char *const *names, const struct view *values, const bool *is_number))
{
	int r = g->error ? 0 : case_ask(g->db, question, take, g);

	if (r < 0 && !g->error)
		g->error = r;
}

void
graph_free(struct graph *g)
{
	text_free(&g->line);
	free(g->seen);
	g->seen = NULL;
}

struct view
name_of_path(struct view path)
{
	const uint8_t *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;

	return slash ? view_from(path, (size_t)(slash - path.p) + 1) : path;
}

struct view
folder_of_path(struct view path)
{
	const uint8_t *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;

	return view_part(path, 0, slash ? (size_t)(slash - path.p) : 0);
}
