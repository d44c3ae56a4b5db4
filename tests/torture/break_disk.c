/* break_disk.c - damage outside the records: boot sectors, indexes, bitmaps, $MFTMirr, compressed data, whole sectors.
 */
#include "mutant.h"

#include <inttypes.h>

struct field {
	const char *name;
	unsigned at, bytes;
};

static const struct field boot_fields[] = {
	{ "OEM name", 3, 8 },          { "sector size", 11, 2 }, { "cluster size", 13, 1 }, { "media", 21, 1 },
	{ "sectors", 40, 8 },          { "$MFT", 48, 8 },        { "$MFTMirr", 56, 8 },     { "record size", 64, 1 },
	{ "index block size", 68, 1 }, { "serial", 72, 8 },      { "mark", 510, 2 },
};

static const struct field block_fields[] = {
	{ "index signature", 0, 4 },    { "index fixup offset", 4, 2 }, { "index VCN", 16, 8 },
	{ "first index entry", 24, 4 }, { "index used", 28, 4 },        { "index room", 32, 4 },
	{ "index flags", 36, 1 },       { "entry reference", 64, 8 },   { "entry length", 72, 2 },
	{ "entry key", 74, 2 },         { "entry flags", 76, 2 },
};

/* The first boot sector, its copy behind the last cluster, or both alike. */
static bool
break_boot(struct mutant *m)
{
	const struct field *field = &boot_fields[chance_below(&m->chance, sizeof(boot_fields) / sizeof(*boot_fields))];
	uint64_t copy = m->disk->n - m->disk->sector, which = chance_below(&m->chance, 4);

	if (which != 1)
		spoil(m, field->name, field->at, field->bytes);
	if (which == 1)
		spoil(m, field->name, copy + field->at, field->bytes);
	if (which == 0) {
		memcpy(m->disk->p + copy + field->at, m->disk->p + field->at, field->bytes);
		text_printf(&m->log, "    and so in the copy\n");
	}
	return true;
}

/* The bytes of a nonresident attribute: where its first run lies. */
static bool
first_bytes(const struct mutant *m, const struct place *place, uint64_t *ret_at, uint64_t *ret_n)
{
	const uint8_t *p = m->disk->p + disk_record_at(m->disk, place->record) + place->at;
	size_t pairs = get(p + 32, 2);
	run_list runs = { 0 };
	bool found = pairs < place->length && runs_decode(p + pairs, place->length - pairs, 0, &runs) && runs.n &&
		     runs.at[0].lcn < m->disk->clusters;

	if (found) {
		*ret_at = runs.at[0].lcn * m->disk->cluster;
		*ret_n = runs.at[0].n * m->disk->cluster;
		found = *ret_at + *ret_n <= m->n;
	}
	vector_free(&runs);
	return found;
}

static bool
break_index(struct mutant *m)
{
	enum { TYPE_BLOCKS = 0xa0, TYPE_ROOT = 0x90 };
	const struct field *field =
		&block_fields[chance_below(&m->chance, sizeof(block_fields) / sizeof(*block_fields))];
	struct place place;
	uint64_t at, n, number;
	bool blocks = chance_one_in(&m->chance, 2);

	if (!pick_attribute(m, blocks ? TYPE_BLOCKS : TYPE_ROOT, blocks, &place))
		return false;
	number = place.record;
	at = disk_record_at(m->disk, number) + place.at + 24;
	n = place.length;
	if (blocks && !first_bytes(m, &place, &at, &n))
		return false;
	record_redo(m->disk, number);
	if (field->at + field->bytes > n)
		return false;
	spoil(m, field->name, at + field->at, field->bytes);
	return true;
}

/* A bit pattern in $Bitmap, in that of the $MFT, in $MFTMirr, $LogFile, $UpCase, $Secure: whatever lies there. */
static bool
break_system(struct mutant *m)
{
	static const unsigned char numbers[] = { 0, 1, 2, 3, 4, 6, 7, 9, 10 };
	uint64_t number = numbers[chance_below(&m->chance, sizeof(numbers))], at, n, bytes;
	struct place place = { 0 }, chosen = { 0 };

	if (!record_undo(m->disk, number))
		return false;
	while (record_next_attribute(m->disk, number, &place))
		if (place.nonresident && !(number == 0 && place.type == TYPE_DATA))
			chosen = place;
	record_redo(m->disk, number);
	if (!chosen.length || !first_bytes(m, &chosen, &at, &n))
		return false;
	bytes = 1 + chance_below(&m->chance, n < 2048 ? n : 2048);
	at += chance_below(&m->chance, n - bytes + 1);
	for (uint64_t i = 0; i < bytes; i++)
		m->disk->p[at + i] = (uint8_t)chance_next(&m->chance);
	text_printf(&m->log, "    %" PRIu64 " bytes of noise at %" PRIu64 ", in entry %" PRIu64 "\n", bytes, at,
		    number);
	return true;
}

/* The blocks of a compressed file: their headers, or anything in them. */
static bool
break_unit(struct mutant *m)
{
	struct place place;
	uint64_t at, n, number;

	for (unsigned tries = 0; tries < 500; tries++) {
		uint8_t *p;

		if (!pick_attribute(m, TYPE_DATA, 1, &place))
			return false;
		number = place.record;
		p = m->disk->p + disk_record_at(m->disk, number) + place.at;
		if (!(get(p + 12, 2) & 1) || !first_bytes(m, &place, &at, &n)) {
			record_redo(m->disk, number);
			continue;
		}
		record_redo(m->disk, number);
		spoil(m, "compressed bytes", at + (chance_one_in(&m->chance, 2) ? 0 : chance_below(&m->chance, n - 2)),
		      2);
		return true;
	}
	return false;
}

static bool
blank_sectors(struct mutant *m)
{
	uint64_t sectors = m->n / STRIDE, n = 1 + chance_below(&m->chance, 16);
	uint64_t first = chance_below(&m->chance, sectors - n);
	bool noise = chance_one_in(&m->chance, 2);

	/* every other time where the $MFT lies */
	if (chance_one_in(&m->chance, 2))
		first = m->disk->mft * m->disk->cluster / STRIDE +
			chance_below(&m->chance, m->disk->records * m->disk->record / STRIDE);
	for (uint64_t i = first * STRIDE; i < (first + n) * STRIDE && i < m->n; i++)
		m->disk->p[i] = noise ? (uint8_t)chance_next(&m->chance) : 0;
	text_printf(&m->log, "    %" PRIu64 " sectors of %s from %" PRIu64 " on\n", n, noise ? "noise" : "zeros",
		    first);
	return true;
}

static bool
cut_volume(struct mutant *m)
{
	uint64_t n = chance_one_in(&m->chance, 2) ? chance_below(&m->chance, m->n)
						  : m->n - 1 - chance_below(&m->chance, 4096);

	if (n < 65536)
		return false;
	note(m, "volume cut", 0, 8, m->n, n);
	m->n = n;
	return true;
}

const struct class disk_classes[] = {
	{ "boot sector", break_boot, 6 },
	{ "index", break_index, 3 },
	{ "system file", break_system, 3 },
	{ "compression unit", break_unit, 4 },
	{ "lost sectors", blank_sectors, 8 },
	{ "cut volume", cut_volume, 3 },
	{ NULL, NULL, 0 },
};
