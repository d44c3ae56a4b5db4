/* disk.c - the few facts about an NTFS volume that one needs to break it well. */
#include "disk.h"

enum { MFT_PAIRS_MAX = 4096 };

bool
runs_decode(const uint8_t *p, size_t n, uint64_t vcn, run_list *ret_runs)
{
	uint64_t lcn = 0;

	for (size_t at = 0; at < n && p[at];) {
		unsigned count = p[at] & 15, place = p[at] >> 4;
		struct run *run;
		uint64_t step;

		if (!count || count > 8 || place > 8 || n - at < 1u + count + place)
			return false;
		run = vector_push(ret_runs);
		if (!run)
			return false;
		*run = (struct run){ .vcn = vcn, .lcn = UINT64_MAX, .n = get(p + at + 1, count) };
		if (place) {
			step = get(p + at + 1 + count, place);
			if (place < 8 && step >> (place * 8 - 1))
				step |= UINT64_MAX << place * 8;
			run->lcn = lcn += step;
		}
		vcn += run->n;
		at += 1 + count + place;
	}
	return true;
}

uint64_t
disk_record_at(const struct disk *d, uint64_t number)
{
	uint64_t byte = number * d->record;

	for (size_t i = 0; i < d->mft_runs.n; i++) {
		const struct run *run = &d->mft_runs.at[i];
		uint64_t from = run->vcn * d->cluster, bytes = run->n * d->cluster;

		if (byte >= from && byte - from + d->record <= bytes)
			return run->lcn * d->cluster + (byte - from);
	}
	return UINT64_MAX;
}

bool
record_undo(const struct disk *d, uint64_t number)
{
	uint64_t at = disk_record_at(d, number);
	uint8_t *p = at < d->n ? d->p + at : NULL;
	size_t array, count;

	if (!p || at > d->n - d->record || memcmp(p, "FILE", 4))
		return false;
	array = get(p + 4, 2);
	count = get(p + 6, 2);
	if (count != d->record / STRIDE + 1 || array + count * 2 > STRIDE - 2)
		return false;
	for (size_t i = 1; i < count; i++)
		if (memcmp(p + i * STRIDE - 2, p + array, 2))
			return false; /* torn: to seal it again would hide that */
	for (size_t i = 1; i < count; i++)
		memcpy(p + i * STRIDE - 2, p + array + 2 * i, 2);
	return true;
}

/* As Windows would write it: with another sequence number. An array that lies elsewhere by now is left alone. */
void
record_redo(const struct disk *d, uint64_t number)
{
	uint8_t *p = d->p + disk_record_at(d, number);
	size_t array = get(p + 4, 2), count = get(p + 6, 2);

	if (count > d->record / STRIDE + 1)
		count = d->record / STRIDE + 1;
	if (array + count * 2 > STRIDE - 2)
		return;
	put(p + array, 2, get(p + array, 2) + 1);
	for (size_t i = 1; i < count; i++) {
		memcpy(p + array + 2 * i, p + i * STRIDE - 2, 2);
		memcpy(p + i * STRIDE - 2, p + array, 2);
	}
}

bool
record_next_attribute(const struct disk *d, uint64_t number, struct place *place)
{
	const uint8_t *p = d->p + disk_record_at(d, number);
	uint32_t at = place->at ? place->at + place->length : (uint32_t)get(p + 20, 2);

	if (at < 42 || at > d->record - 24 || get(p + at, 4) == (uint32_t)TYPE_END)
		return false;
	*place = (struct place){
		.record = number,
		.at = at,
		.type = (uint32_t)get(p + at, 4),
		.length = (uint32_t)get(p + at + 4, 4),
		.nonresident = p[at + 8],
	};
	return place->length >= 24 && place->length <= d->record - at;
}

static bool
map_mft(struct disk *d)
{
	struct place place = { 0 };
	const uint8_t *p = d->p + d->mft * d->cluster;

	while (record_next_attribute(d, 0, &place)) {
		if (place.type != TYPE_DATA || !place.nonresident)
			continue;
		d->mft_runs.n = 0;
		d->records = get(p + place.at + 48, 8) / d->record;
		return runs_decode(p + place.at + get(p + place.at + 32, 2), place.length - get(p + place.at + 32, 2),
				   0, &d->mft_runs);
	}
	return false;
}

int
disk_open(struct disk *d, uint8_t *p, size_t n)
{
	struct run *first;
	int8_t record;

	*d = (struct disk){ .p = p, .n = n };
	if (n < STRIDE || memcmp(p + 3, "NTFS", 4))
		return -1;
	d->sector = (uint32_t)get(p + 11, 2);
	d->cluster = d->sector * p[13];
	record = (int8_t)p[64];
	d->record = record < 0 ? 1u << -record : (uint32_t)record * d->cluster;
	d->clusters = get(p + 40, 8) / p[13];
	d->mft = get(p + 48, 8);
	d->mirror = get(p + 56, 8);
	first = vector_push(&d->mft_runs);
	if (!first || d->mft * d->cluster > n - d->record)
		return -1;
	*first = (struct run){ .lcn = d->mft, .n = d->record };
	if (!record_undo(d, 0))
		return -1;
	n = map_mft(d);
	record_redo(d, 0);
	return n ? 0 : -1;
}

void
disk_close(struct disk *d)
{
	vector_free(&d->mft_runs);
}
