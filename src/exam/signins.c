/* signins.c - accounts that addresses and programs of interest have signed in as, gathered over all logs. */
#include "signins.h"

#include <errno.h>
#include <search.h>

struct signins {
	void *tree; /* of struct signin */
	VECTOR(struct signin *) list;
	struct arena arena;
	uint64_t beyond;
};

int
signins_new(struct signins **ret_signins)
{
	*ret_signins = calloc(1, sizeof(**ret_signins));
	return *ret_signins ? 0 : -ENOMEM;
}

static void
leave(void *row)
{
	(void)row; /* the arena's */
}

struct signins *
signins_free(struct signins *signins)
{
	if (!signins)
		return NULL;
	tdestroy(signins->tree, leave);
	vector_free(&signins->list);
	arena_free(&signins->arena);
	free(signins);
	return NULL;
}

static int
by_key(const void *a, const void *b)
{
	const struct signin *x = a, *y = b;
	int c = strcmp(x->account, y->account);

	if (!c)
		c = strcmp(x->mailbox, y->mailbox);
	if (!c)
		c = strcmp(x->address, y->address);
	if (!c)
		c = strcmp(x->agent, y->agent);
	if (!c)
		c = strcmp(x->kind->name, y->kind->name);
	return c ? c : (int)x->protocol - (int)y->protocol;
}

/* A row like that one with texts of its own, or NULL when there is no memory. */
static struct signin *
make(struct signins *signins, const struct signin *like)
{
	struct signin *row = arena_new(&signins->arena, struct signin);

	if (!row)
		return NULL;
	*row = *like;
	row->address = arena_copy(&signins->arena, view_text(like->address));
	row->agent = arena_copy(&signins->arena, view_text(like->agent));
	row->account = arena_copy(&signins->arena, view_text(like->account));
	row->mailbox = arena_copy(&signins->arena, view_text(like->mailbox));
	return row->address && row->agent && row->account && row->mailbox ? row : NULL;
}

static void
add_up(struct signin *row, const struct signin *more)
{
	row->requests += more->requests;
	row->served += more->served;
	row->wrong += more->wrong;
	if (more->first && (!row->first || more->first < row->first))
		row->first = more->first;
	if (more->last > row->last)
		row->last = more->last;
	if (more->entered && (!row->entered || more->entered < row->entered)) {
		row->entered = more->entered;
		row->place = more->place;
	}
	if (more->address_term < row->address_term)
		row->address_term = more->address_term;
	if (more->agent_term < row->agent_term)
		row->agent_term = more->agent_term;
}

static int
add(struct signins *signins, const struct signin *more)
{
	void *found = tfind(more, &signins->tree, by_key);
	struct signin *row, **slot;

	if (found) {
		add_up(*(struct signin **)found, more);
		return 0;
	}
	if (signins->list.n == SIGNINS_MAX) {
		signins->beyond += more->requests;
		return 0;
	}
	row = make(signins, more);
	slot = row ? vector_push(&signins->list) : NULL;
	if (!slot)
		return -ENOMEM;
	*slot = row;
	return tsearch(row, &signins->tree, by_key) ? 0 : -ENOMEM;
}

static const char *
cut(struct view text, char ret[static SIGNIN_TEXT_MAX])
{
	size_t n = text.n < SIGNIN_TEXT_MAX - 1 ? text.n : SIGNIN_TEXT_MAX - 1;

	if (n)
		memcpy(ret, text.p, n);
	ret[n] = 0;
	return ret;
}

int
signins_add(struct signins *signins, const struct log_kind *kind, const struct visit *visit, uint64_t when,
	    const struct line_place *place, uint32_t address_term, uint32_t agent_term)
{
	char address[SIGNIN_TEXT_MAX], agent[SIGNIN_TEXT_MAX], account[SIGNIN_TEXT_MAX], mailbox[SIGNIN_TEXT_MAX];
	bool served = visit->outcome == VISIT_SERVED;

	if (!visit->account.n && !visit->mailbox.n)
		return 0;
	return add(signins, &(struct signin){
				    .kind = kind,
				    .protocol = visit->protocol,
				    .address = cut(visit->address, address),
				    .agent = cut(visit->agent, agent),
				    .account = cut(visit->account, account),
				    .mailbox = cut(visit->mailbox, mailbox),
				    .requests = 1,
				    .served = served,
				    .wrong = visit->outcome == VISIT_WRONG,
				    .first = when,
				    .last = when,
				    .entered = served ? when : 0,
				    .place = *place,
				    .address_term = address_term,
				    .agent_term = agent_term,
			    });
}

int
signins_merge(struct signins *into, const struct signins *from, uint32_t log)
{
	int r = 0;

	into->beyond += from->beyond;
	for (size_t i = 0; i < from->list.n && r == 0; i++) {
		struct signin row = *from->list.at[i];

		row.place.log = log;
		r = add(into, &row);
	}
	return r;
}

static int
by_key_at(const void *a, const void *b)
{
	return by_key(*(struct signin *const *)a, *(struct signin *const *)b);
}

size_t
signins_list(struct signins *signins, const struct signin *const **ret_rows)
{
	vector_sort(&signins->list, by_key_at);
	*ret_rows = (const struct signin *const *)signins->list.at;
	return signins->list.n;
}

uint64_t
signins_beyond(const struct signins *signins)
{
	return signins->beyond;
}
