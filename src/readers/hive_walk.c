/* hive_walk.c - all keys of a registry hive that its root leads to, each of them once. */
#include <errno.h>

#include "fail.h"
#include "hive_own.h"

struct rung {
	struct cursor cursor;
	size_t path; /* bytes of it that belong to the keys above */
};

struct walk {
	struct hive *hive;
	hive_take_key *take;
	void *state;
	VECTOR(struct rung) rungs;
	struct text path;
};

static int
out_of_memory(const struct hive *h)
{
	return fail(ENOMEM, "out of memory for the keys of registry hive %s", h->primary->name);
}

/* One key: what belongs to it is claimed, it is told, and those below it come next. */
static int
visit(struct walk *w, const struct hive_key *key)
{
	struct hive *h = w->hive;
	struct rung *rung;
	size_t before = w->path.n;
	int r = hive_claim_key(h, key);

	if (r < 0)
		return r;
	if (w->rungs.n &&
	    ((before && text_addc(&w->path, '\\') < 0) || text_add(&w->path, view_of(key->name, key->name_size)) < 0))
		return out_of_memory(h);
	r = w->take ? w->take(w->state, key, text_view(&w->path)) : 0;
	if (r)
		return r;
	if (w->rungs.n >= HIVE_DEPTH_MAX) {
		text_cut(&w->path, before);
		return key->subkeys ? hive_damage(h, key->cell,
						  "keys lie deeper than any may: those below this one are only found "
						  "as lost ones")
				    : 0;
	}
	rung = vector_push(&w->rungs);
	if (!rung)
		return out_of_memory(h);
	*rung = (struct rung){ .cursor = cursor_of(h, key, true), .path = before };
	return 0;
}

/* The key that a list leads to, unless it is none or was met before. */
static int
take_up(struct walk *w, const struct cursor *c, uint32_t at)
{
	struct hive *h = w->hive;
	struct hive_key key;
	struct cell cell;
	int r = hive_cell(h, at, &cell);

	if (r == 1)
		r = cell.used ? hive_key_at(h, &cell, &key) : 0;
	if (r < 0)
		return r;
	if (!r)
		return hive_damage(h, c->leaf, "a key below this one is not where its list says");
	if (!hive_visit(h, at))
		return hive_damage(h, c->leaf, "a list leads to a key that another one leads to");
	if (key.parent != c->key) {
		r = hive_damage(h, at, "a key names another parent than the one it lies under");
		if (r < 0)
			return r;
	}
	return visit(w, &key);
}

static int
go(struct walk *w)
{
	int r = 0;

	while (w->rungs.n && r == 0) {
		struct rung *rung = &w->rungs.at[w->rungs.n - 1];
		uint32_t at;

		r = cursor_next(w->hive, &rung->cursor, &at);
		if (r == 1) {
			struct cursor c = rung->cursor; /* a push moves the rungs */

			r = take_up(w, &c, at);
		} else if (r == 0) {
			text_cut(&w->path, rung->path);
			w->rungs.n--;
		}
	}
	return r;
}

int
hive_walk(struct hive *h, hive_take_key *take, void *state)
{
	struct walk w = { .hive = h, .take = take, .state = state };
	struct hive_key root;
	int r = hive_root(h, &root);

	if (r == 1) {
		bits_clear(&h->visited);
		hive_visit(h, root.cell);
		r = visit(&w, &root);
		if (r == 0)
			r = go(&w);
	}
	vector_free(&w.rungs);
	text_free(&w.path);
	h->walked |= r == 0;
	return r;
}
