/* log_hours.c - how many lines a log has for each hour: where it is silent, and where it is loud. */
#include "log_own.h"

#include "filetime.h"

enum { TABLE_LEAST = 64 };

static size_t
place_of(const struct log_hours *h, uint64_t hour)
{
	size_t i = (size_t)((hour / FILETIME_HOUR * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (h->size - 1);

	while (h->table[i] && h->list.at[h->table[i] - 1].hour != hour)
		i = (i + 1) & (h->size - 1);
	return i;
}

static bool
grow(struct log_hours *h)
{
	uint32_t *old = h->table;

	h->size = h->size ? h->size * 2 : TABLE_LEAST;
	h->table = calloc(h->size, sizeof(*h->table));
	if (!h->table) {
		h->table = old;
		h->size /= 2;
		return false;
	}
	for (size_t i = 0; i < h->list.n; i++)
		h->table[place_of(h, h->list.at[i].hour)] = (uint32_t)i + 1;
	free(old);
	return true;
}

struct log_hour *
log_hours_at(struct log_hours *h, uint64_t when)
{
	uint64_t hour = when - when % FILETIME_HOUR;
	struct log_hour *new;
	size_t i;

	if (h->list.n && h->list.at[h->last].hour == hour)
		return &h->list.at[h->last];
	if (h->list.n * 2 >= h->size && !grow(h))
		return NULL;
	i = place_of(h, hour);
	if (!h->table[i]) {
		if (hour && h->list.n >= LOG_HOURS_MAX) {
			h->full = true;
			return log_hours_at(h, 0);
		}
		new = vector_push(&h->list);
		if (!new)
			return NULL;
		new->hour = hour;
		h->table[i] = (uint32_t)h->list.n;
	}
	h->last = h->table[i] - 1;
	return &h->list.at[h->last];
}

static int
by_hour(const void *a, const void *b)
{
	const struct log_hour *x = a, *y = b;

	return x->hour < y->hour ? -1 : x->hour > y->hour;
}

void
log_hours_finish(struct log_hours *h)
{
	vector_sort(&h->list, by_hour);
}

void
log_hours_free(struct log_hours *h)
{
	vector_free(&h->list);
	free(h->table);
	*h = (struct log_hours){ 0 };
}
