/* tries.c - passwords that were tried, counted by address and hour while the logs are read. */
#include "tries.h"

#include <errno.h>
#include <search.h>

#include "filetime.h"

#define WINDOW (TRIES_WINDOW * FILETIME_HOUR)

struct tries {
	void *tree; /* of struct try_address, by kind and address */
	VECTOR(struct try_address *) list;
	struct arena arena;
	size_t hours, names;
	uint64_t beyond;
};

int
tries_new(struct tries **ret_tries)
{
	*ret_tries = calloc(1, sizeof(**ret_tries));
	return *ret_tries ? 0 : -ENOMEM;
}

static void
leave(void *address)
{
	(void)address; /* freed by the list */
}

struct tries *
tries_free(struct tries *tries)
{
	if (!tries)
		return NULL;
	tdestroy(tries->tree, leave);
	for (size_t i = 0; i < tries->list.n; i++) {
		vector_free(&tries->list.at[i]->hours);
		vector_free(&tries->list.at[i]->names);
	}
	vector_free(&tries->list);
	arena_free(&tries->arena);
	free(tries);
	return NULL;
}

static int
by_address(const void *a, const void *b)
{
	const struct try_address *x = a, *y = b;
	int c = strcmp(x->kind->name, y->kind->name);

	return c ? c : strcmp(x->address, y->address);
}

/* *ret is NULL when there is no room for another address. */
static int
address_of(struct tries *tries, const struct log_kind *kind, const char *name, struct try_address **ret)
{
	struct try_address key = { .kind = kind, .address = name }, *address, **slot;
	void *found = tfind(&key, &tries->tree, by_address);

	*ret = found ? *(struct try_address **)found : NULL;
	if (found || tries->list.n == TRIES_ADDRESSES_MAX)
		return 0;
	address = arena_new(&tries->arena, struct try_address);
	if (!address)
		return -ENOMEM;
	address->kind = kind;
	address->address = arena_copy(&tries->arena, view_text(name));
	slot = address->address ? vector_push(&tries->list) : NULL;
	if (!slot)
		return -ENOMEM;
	*slot = *ret = address;
	return tsearch(address, &tries->tree, by_address) ? 0 : -ENOMEM;
}

/* The place of an item in order, mostly the last one. */
static size_t
place_of_hour(const struct try_address *address, uint64_t hour)
{
	size_t i = address->hours.n;

	while (i && address->hours.at[i - 1].hour > hour)
		i--;
	return i;
}

static int
add_hour(struct tries *tries, struct try_address *address, const struct try_hour *more)
{
	size_t i = place_of_hour(address, more->hour);
	struct try_hour *at = i ? &address->hours.at[i - 1] : NULL;

	if (!at || at->hour != more->hour) {
		if (tries->hours == TRIES_HOURS_MAX || address->hours.n == TRIES_HOURS_EACH) {
			tries->beyond += more->tried + more->wrong + more->back;
			return 0;
		}
		if (!vector_push(&address->hours))
			return -ENOMEM;
		tries->hours++;
		memmove(&address->hours.at[i + 1], &address->hours.at[i], (address->hours.n - 1 - i) * sizeof(*at));
		address->hours.at[i] = *more;
		return 0;
	}
	at->tried += more->tried;
	at->wrong += more->wrong;
	at->back += more->back;
	at->named += more->named;
	if (more->first < at->first) {
		at->first = more->first;
		at->place = more->place;
	}
	return 0;
}

static int
compare_name(const struct try_name *a, uint64_t hour, const char *name)
{
	return a->hour != hour ? (a->hour < hour ? -1 : 1) : strcmp(a->name, name);
}

static int
add_name(struct tries *tries, struct try_address *address, uint64_t hour, const char *name)
{
	size_t low = 0, high = address->names.n;
	struct try_name *at;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_name(&address->names.at[middle], hour, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < address->names.n && !compare_name(&address->names.at[low], hour, name))
		return 0;
	if (tries->names == TRIES_NAMES_MAX || address->names.n == TRIES_NAMES_EACH) {
		address->more_names = true;
		return 0;
	}
	name = arena_copy(&tries->arena, view_text(name));
	if (!name || !vector_push(&address->names))
		return -ENOMEM;
	tries->names++;
	at = &address->names.at[low];
	memmove(at + 1, at, (address->names.n - 1 - low) * sizeof(*at));
	*at = (struct try_name){ .hour = hour, .name = name };
	return 0;
}

int
tries_add(struct tries *tries, const struct log_kind *kind, const struct visit *visit, uint64_t when,
	  const struct line_place *place)
{
	char text[TRIES_NAME_MAX], name[TRIES_NAME_MAX];
	struct try_address *address;
	struct try_hour hour = { .hour = when - when % FILETIME_HOUR,
				 .tried = visit->outcome == VISIT_TRIED,
				 .wrong = visit->outcome == VISIT_WRONG,
				 .back = visit->outcome == VISIT_BACK,
				 .named = visit->outcome != VISIT_BACK && visit->account.n,
				 .first = when,
				 .place = *place };
	int r;

	if (visit->own || !(hour.tried + hour.wrong + hour.back))
		return 0;
	if (!address_plain(visit->address, text, sizeof(text)))
		return 0;
	r = address_of(tries, kind, text, &address);
	if (r < 0 || !address) {
		tries->beyond += r == 0;
		return r;
	}
	r = add_hour(tries, address, &hour);
	if (r == 0 && account_name(visit->account, name, sizeof(name)))
		r = add_name(tries, address, hour.hour, name);
	return r;
}

int
tries_merge(struct tries *into, const struct tries *from, uint32_t log)
{
	int r = 0;

	into->beyond += from->beyond;
	for (size_t i = 0; i < from->list.n && r == 0; i++) {
		const struct try_address *more = from->list.at[i];
		struct try_address *address;

		r = address_of(into, more->kind, more->address, &address);
		for (size_t k = 0; k < more->hours.n && r == 0; k++) {
			struct try_hour hour = more->hours.at[k];

			hour.place.log = log;
			if (address)
				r = add_hour(into, address, &hour);
			else
				into->beyond += hour.tried + hour.wrong + hour.back;
		}
		if (r == 0 && address)
			address->more_names |= more->more_names;
		for (size_t k = 0; k < more->names.n && r == 0 && address; k++)
			r = add_name(into, address, more->names.at[k].hour, more->names.at[k].name);
	}
	return r;
}

uint64_t
tries_beyond(const struct tries *tries)
{
	return tries->beyond;
}

static int
by_address_at(const void *a, const void *b)
{
	return by_address(*(struct try_address *const *)a, *(struct try_address *const *)b);
}

size_t
tries_addresses(struct tries *tries, const struct try_address *const **ret_addresses)
{
	vector_sort(&tries->list, by_address_at);
	*ret_addresses = (const struct try_address *const *)tries->list.at;
	return tries->list.n;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The first name from an hour on. */
static size_t
names_from(const struct try_address *address, uint64_t hour)
{
	size_t low = 0, high = address->names.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (address->names.at[middle].hour < hour)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How many accounts were named in [from, to). */
static int
count_names(const struct try_address *address, uint64_t from, uint64_t to, uint64_t *ret_n)
{
	size_t begin = names_from(address, from), n = names_from(address, to) - begin;
	CLEANUP(free) const char **names = calloc(n + 1, sizeof(*names));

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		names[i] = address->names.at[begin + i].name;
	qsort(names, n, sizeof(*names), by_text);
	*ret_n = 0;
	for (size_t i = 0; i < n; i++)
		*ret_n += !i || strcmp(names[i], names[i - 1]) != 0;
	return 0;
}

static void
add_up(const struct try_address *address, size_t i, struct try_window *w)
{
	for (; i < address->hours.n && address->hours.at[i].hour < w->last; i++) {
		w->tried += address->hours.at[i].tried;
		w->wrong += address->hours.at[i].wrong;
		w->back += address->hours.at[i].back;
		w->named += address->hours.at[i].named;
	}
}

int
tries_window(const struct try_address *address, struct try_window *ret_window)
{
	for (size_t i = 0; i < address->hours.n; i++) {
		const struct try_hour *from = &address->hours.at[i];
		struct try_window w = { .first = from->first, .last = from->hour + WINDOW, .place = from->place };
		int r = 0;

		add_up(address, i, &w);
		if (w.tried + w.wrong >= TRIES_SPRAY)
			r = count_names(address, from->hour, w.last, &w.accounts);
		if (r < 0)
			return r;
		if (w.accounts < TRIES_SPRAY && w.wrong < TRIES_FORCE && w.back < TRIES_FORCE && w.tried < TRIES_POSTS)
			continue;
		*ret_window = w;
		return 1;
	}
	return 0;
}
