/* spoiled.c - which pieces of a stream could not be decoded, each told once. */
#include "spoiled.h"

#include <errno.h>
#include <string.h>

#include "fail.h"

/* The place of a piece in the list, or where it would be put in. */
static size_t
place_of(const struct spoiled *s, uint64_t piece)
{
	size_t low = 0, high = s->list.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->list.at[mid] < piece)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool
spoiled_has(const struct spoiled *s, uint64_t piece)
{
	size_t place = place_of(s, piece);

	return s->many || (place < s->list.n && s->list.at[place] == piece);
}

int
spoiled_add(struct spoiled *s, uint64_t piece, struct sink *out, uint64_t offset, const char *why)
{
	size_t place = place_of(s, piece);

	if (spoiled_has(s, piece))
		return 0;
	if (s->list.n == SPOILED_MAX) {
		s->many = true;
		return out ? sink_damage(out, offset,
					 "more parts of the stream cannot be unpacked than are told one by one")
			   : 0;
	}
	if (!vector_push(&s->list))
		return fail(ENOMEM, "out of memory for the damage of a stream");
	memmove(s->list.at + place + 1, s->list.at + place, (s->list.n - 1 - place) * sizeof(*s->list.at));
	s->list.at[place] = piece;
	return out ? sink_damage(out, offset, why) : 0;
}

void
spoiled_free(struct spoiled *s)
{
	vector_free(&s->list);
}
