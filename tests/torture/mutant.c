/* mutant.c - which record is damaged, and the list of what was done to it. */
#include "mutant.h"

#include <inttypes.h>

enum { TRIES = 200, REPAIRED = 10 /* of how many one is left torn */ };

void
note(struct mutant *m, const char *what, uint64_t at, unsigned bytes, uint64_t was, uint64_t is)
{
	text_printf(&m->log, "    %s at %" PRIu64 ", %u bytes: 0x%" PRIx64 " -> 0x%" PRIx64 "\n", what, at, bytes, was,
		    is);
}

void
excuse(struct mutant *m, uint64_t entry, unsigned aspects, bool below)
{
	struct excuse *e = vector_push(&m->excuses);

	if (e)
		*e = (struct excuse){ .entry = entry, .aspects = aspects, .below = below };
}

uint64_t
entry_of(const struct disk *d, uint64_t number)
{
	uint64_t base = get(d->p + disk_record_at(d, number) + 32, 6);

	return base ? base : number;
}

void
spoil(struct mutant *m, const char *what, uint64_t at, unsigned bytes)
{
	uint64_t was = get(m->disk->p + at, bytes), is = was;

	while (is == was)
		is = chance_hostile(&m->chance, was, bytes);
	put(m->disk->p + at, bytes, is);
	note(m, what, at, bytes, was, is);
}

/* The first records are the file system itself: every other one is among them, or among those behind. */
bool
pick_record(struct mutant *m, uint64_t *ret_number)
{
	for (unsigned i = 0; i < TRIES; i++) {
		*ret_number = chance_below(&m->chance, chance_one_in(&m->chance, 2) ? 100 : m->disk->records);
		if (*ret_number < m->disk->records && record_undo(m->disk, *ret_number))
			return true;
	}
	return false;
}

bool
pick_attribute(struct mutant *m, uint32_t type, int nonresident, struct place *ret_place)
{
	for (unsigned i = 0; i < TRIES; i++) {
		struct place place = { 0 };
		unsigned n = 0;
		uint64_t number;

		if (!pick_record(m, &number))
			return false;
		while (record_next_attribute(m->disk, number, &place))
			if ((!type || place.type == type) && (nonresident < 0 || place.nonresident == nonresident) &&
			    chance_one_in(&m->chance, ++n))
				*ret_place = place;
		if (n)
			return true;
		record_redo(m->disk, number);
	}
	return false;
}

void
seal_record(struct mutant *m, uint64_t number)
{
	uint8_t *p = m->disk->p + disk_record_at(m->disk, number);

	record_redo(m->disk, number);
	if (!chance_one_in(&m->chance, REPAIRED))
		return;
	p[STRIDE - 2] ^= 1;
	text_printf(&m->log, "    record %" PRIu64 " left torn\n", number);
}

static const struct class *
pick_class(struct mutant *m)
{
	const struct class *all[2] = { record_classes, disk_classes };
	uint64_t sum = 0, at;

	for (int i = 0; i < 2; i++)
		for (const struct class *c = all[i]; c->name; c++)
			sum += c->weight;
	at = chance_below(&m->chance, sum);
	for (int i = 0; i < 2; i++) {
		for (const struct class *c = all[i]; c->name; c++) {
			if (at < c->weight)
				return c;
			at -= c->weight;
		}
	}
	return record_classes;
}

void
mutate(struct mutant *m)
{
	uint64_t n = chance_one_in(&m->chance, 4) ? 2 + chance_below(&m->chance, 5) : 1;

	while (n--) {
		const struct class *c = pick_class(m);

		if (!m->class)
			m->class = c->name;
		text_printf(&m->log, "  %s\n", c->name);
		if (!c->run(m))
			text_printf(&m->log, "    nothing to change\n");
	}
}
