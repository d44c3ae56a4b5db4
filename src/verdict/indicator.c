/* indicator.c - addresses, programs, canaries, hosts, accounts and shells of grave findings, gathered so that exhibits can
 * be held against each other. */
#include "indicator.h"

#include <errno.h>
#include <stdlib.h>

#include "arena.h"
#include "digest.h"
#include "fail.h"
#include "fields.h"
#include "row.h"
#include "vector.h"

enum { ID = 16 /* digits of a finding's id */ };

/* One indicator of one exhibit, as far as it is known. */
struct gathered {
	uint32_t evidence;
	const char *kind;
	struct view value;
	enum level level;
	uint64_t first, last, hits;
	uint32_t id_count;
	char ids[INDICATOR_IDS_MAX][ID + 1];
};

struct gathering {
	struct case_db *db;
	struct arena arena;
	VECTOR(struct gathered) all;
	uint64_t beyond; /* those that found no room */
};

static int
compare(const void *a, const void *b)
{
	const struct gathered *x = a, *y = b;
	int c = strcmp(x->kind, y->kind);
	size_t n = x->value.n < y->value.n ? x->value.n : y->value.n;

	if (x->evidence != y->evidence)
		return x->evidence < y->evidence ? -1 : 1;
	if (!c)
		c = n ? memcmp(x->value.p, y->value.p, n) : 0;
	if (!c && x->value.n != y->value.n)
		c = x->value.n < y->value.n ? -1 : 1;
	return c;
}

/* Ids in their order, each once, as many as there is room for. */
static void
note_id(struct gathered *g, struct view id)
{
	uint32_t i = 0;

	if (id.n != ID)
		return;
	while (i < g->id_count && memcmp(g->ids[i], id.p, ID) < 0)
		i++;
	if (i == INDICATOR_IDS_MAX || (i < g->id_count && !memcmp(g->ids[i], id.p, ID)))
		return;
	g->id_count += g->id_count < INDICATOR_IDS_MAX;
	memmove(g->ids[i + 1 < INDICATOR_IDS_MAX ? i + 1 : i], g->ids[i], (g->id_count - 1 - i) * sizeof(g->ids[0]));
	memcpy(g->ids[i], id.p, ID);
	g->ids[i][ID] = 0;
}

static void
widen(struct gathered *g, uint64_t first, uint64_t last)
{
	if (first && (!g->first || first < g->first))
		g->first = first;
	if (last > g->last)
		g->last = last;
}

/* Two of the same become one. */
static void
unite(struct gathered *into, const struct gathered *from)
{
	into->hits += from->hits;
	into->level = from->level > into->level ? from->level : into->level;
	widen(into, from->first, from->last);
	for (uint32_t i = 0; i < from->id_count; i++)
		note_id(into, view_of(from->ids[i], ID));
}

/* Brings those of one indicator together, in order. */
static void
settle(struct gathering *g)
{
	size_t n = 0;

	vector_sort(&g->all, compare);
	for (size_t i = 0; i < g->all.n; i++) {
		if (n && !compare(&g->all.at[n - 1], &g->all.at[i]))
			unite(&g->all.at[n - 1], &g->all.at[i]);
		else
			g->all.at[n++] = g->all.at[i];
	}
	g->all.n = n;
}

/* A place for one more: lines of one indicator come apart, and are brought together when they are many. */
static struct gathered *
place_for(struct gathering *g, const struct gathered *like)
{
	struct gathered *at;

	if (g->all.n >= 2 * INDICATORS_MAX)
		settle(g);
	at = g->all.n >= 2 * INDICATORS_MAX ? NULL : vector_push(&g->all);
	if (!at)
		return NULL;
	*at = *like;
	at->value.p = (const uint8_t *)arena_copy(&g->arena, like->value);
	at->kind = arena_copy(&g->arena, view_text(like->kind));
	return at->value.p && at->kind ? at : NULL;
}

static int
add(struct gathering *g, const char *kind, struct view value, const struct row *row)
{
	const struct gathered like = {
		.evidence = (uint32_t)number_of(row, "evidence"), .kind = kind, .value = value
	};
	struct gathered *at = g->all.n ? &g->all.at[g->all.n - 1] : NULL;
	enum level level = LEVEL_INFO;

	if (!value.n || value.n > INDICATOR_VALUE_MAX)
		return 0;
	if (!at || compare(at, &like) != 0)
		at = place_for(g, &like);
	if (!at && g->all.n < 2 * INDICATORS_MAX)
		return -ENOMEM;
	if (!at) {
		g->beyond++;
		return 0;
	}
	at->hits++;
	if (level_parse(text_of(row, "level"), &level) && level > at->level)
		at->level = level;
	widen(at, number_of(row, "ticks"), number_of(row, "ticks"));
	note_id(at, text_of(row, "finding"));
	return 0;
}

static int
take_trait(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	const struct row row = { n, names, values };
	struct view kind = text_of(&row, "kind");
	char name[32];

	(void)is_number;
	if (kind.n >= sizeof(name))
		return 0;
	memcpy(name, kind.p, kind.n);
	name[kind.n] = 0;
	return add(state, name, text_of(&row, "value"), &row);
}

/* ---- what lines say ---- */

/* The fields of logs that have one, and what may not stand in it. */
static const struct said {
	const char *field, *kind;
	const char *behind; /* the value begins behind this, NULL for its beginning */
	char until;         /* and ends before this */
} said[] = {
	{ "c-ip", "address", NULL, 0 },
	{ "ClientIpAddress", "address", NULL, 0 },
	{ "ClientIP", "address", NULL, 0 },
	{ "client-ip", "address", NULL, 0 },
	{ "cs(User-Agent)", "user agent", NULL, 0 },
	{ "UserAgent", "user agent", NULL, 0 },
	{ "AnchorMailbox", "host string", "ServerInfo~", '/' },
	{ NULL, "canary", "msExchEcpCanary=", '&' },
};

static bool
no_address(struct view v)
{
	return view_equal(v, view_text("::1")) || (v.n >= 4 && !memcmp(v.p, "127.", 4));
}

/* IIS writes a blank as '+'; the other logs do not. */
static void
unplus(struct text *t)
{
	for (size_t i = 0; i < t->n; i++)
		t->s[i] = t->s[i] == '+' ? ' ' : t->s[i];
}

static int
add_said(struct gathering *g, const struct said *s, struct view value, const struct row *row)
{
	CLEANUP(text_free) struct text plain = { 0 };
	const uint8_t *at = s->behind && value.n ? memmem(value.p, value.n, s->behind, strlen(s->behind)) : value.p, *end;
	int r;

	if (!at || !value.n)
		return 0;
	if (s->behind)
		value = view_from(value, (size_t)(at - value.p) + strlen(s->behind));
	end = s->until && value.n ? memchr(value.p, s->until, value.n) : NULL;
	if (end)
		value = view_part(value, 0, (size_t)(end - value.p));
	if (!strcmp(s->kind, "address") && no_address(value))
		return 0;
	r = text_add(&plain, value);
	if (r == 0 && s->field && s->field[0] == 'c' && !strcmp(s->kind, "user agent"))
		unplus(&plain);
	return r < 0 ? r : add(g, s->kind, text_view(&plain), row);
}

/* The line of a grave finding: all that it says of who was there. */
static int
take_line(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	const struct row row = { n, names, values };
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct fields fields;
	int r;

	(void)is_number;
	if (!text_of(&row, "finding").n)
		return 0;
	r = fields_parse_json(text_of(&row, "fields"), &arena, &fields);
	if (r < 0)
		return r == -EINVAL ? 0 : r;
	for (size_t i = 0; i < fields.n; i++)
		for (size_t k = 0; k < sizeof(said) / sizeof(said[0]) && r == 0; k++)
			if (!said[k].field || view_equal(fields.at[i].name, view_text(said[k].field)))
				r = add_said(state, &said[k], fields.at[i].value, &row);
	return r;
}

/* ---- shells ---- */

/* The last shell that was read: its rows come one after the other. */
struct shells {
	struct gathering *g;
	struct text sha256, normal, host;
};

static int
read_shell(struct shells *s, struct view sha256)
{
	CLEANUP(text_free) struct text normal = { 0 };
	CLEANUP(free) uint8_t *bytes = NULL;
	struct digest_value hash;
	size_t n = 0;
	int r;

	text_cut(&s->sha256, 0);
	text_cut(&s->normal, 0);
	text_cut(&s->host, 0);
	r = text_add(&s->sha256, sha256);
	if (r == 0)
		r = case_kept(s->g->db, s->sha256.s, &bytes, &n);
	if (r == 0)
		r = text_add(&s->host, shell_host(view_of(bytes, n)));
	if (r == 0)
		r = shell_normal(view_of(bytes, n), &normal);
	if (r < 0 || !normal.n)
		return r == -ENOENT ? 0 : r;
	r = digest_sha256(text_view(&normal), &hash);
	return r < 0 ? r : text_add_hex(&s->normal, view_of(hash.b, DIGEST_MAX));
}

static int
take_shell(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	const struct row row = { n, names, values };
	struct shells *s = state;
	struct view sha256 = text_of(&row, "sha256");
	int r = 0;

	(void)is_number;
	if (!view_equal(sha256, text_view(&s->sha256)))
		r = read_shell(s, sha256);
	if (r == 0)
		r = add(s->g, "shell", text_view(&s->normal), &row);
	return r < 0 ? r : add(s->g, "host string", text_view(&s->host), &row);
}

static int
gather_shells(struct gathering *g)
{
	struct shells s = { .g = g };
	int r = case_ask(g->db, &(struct question){ .view = "v_shells" }, take_shell, &s);

	text_free(&s.sha256);
	text_free(&s.normal);
	text_free(&s.host);
	return r;
}

/* ---- and what is written ---- */

static int
put(struct gathering *g, const struct gathered *of)
{
	CLEANUP(text_free) struct text ids = { 0 };
	int r = 0;

	for (uint32_t i = 0; i < of->id_count && r == 0; i++)
		r = text_printf(&ids, "%s%s", i ? " " : "", of->ids[i]);
	return r < 0 ? r
		     : case_indicator(g->db, &(struct indicator_row){ .evidence = of->evidence,
								      .kind = of->kind,
								      .value = of->value,
								      .level = of->level,
								      .first = of->first,
								      .last = of->last,
								      .hits = of->hits,
								      .findings = ids.s });
}

static int
write_all(struct gathering *g)
{
	int r = 0;

	settle(g);
	for (size_t i = 0; i < g->all.n && i < INDICATORS_MAX && r == 0; i++)
		r = put(g, &g->all.at[i]);
	g->beyond += g->all.n > INDICATORS_MAX ? g->all.n - INDICATORS_MAX : 0;
	if (r == 0 && g->beyond)
		say("%llu values of grave findings found no room among the indicators", (unsigned long long)g->beyond);
	return r;
}

int
indicators_make(struct case_db *db)
{
	struct gathering g = { .db = db };
	int r = case_ask(db, &(struct question){ .view = "v_traits" }, take_trait, &g);

	if (r == 0)
		r = case_ask(db, &(struct question){ .view = "v_kept_events", .min_level = LEVEL_HIGH }, take_line, &g);
	if (r == 0)
		r = gather_shells(&g);
	if (r == 0)
		r = write_all(&g);
	vector_free(&g.all);
	arena_free(&g.arena);
	return r;
}
