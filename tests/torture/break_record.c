/* break_record.c - damage to records of the $MFT: headers, attributes, names, runs, lists. */
#include "mutant.h"

#include <inttypes.h>

struct field {
	const char *name;
	unsigned at, bytes;
	unsigned excused; /* the change is another valid value of this kind */
	bool below;
};

static const struct field header_fields[] = {
	{ "signature", 0, 4, 0, false },
	{ "update sequence offset", 4, 2, 0, false },
	{ "update sequence count", 6, 2, 0, false },
	{ "journal number", 8, 8, 0, false },
	{ "sequence", 16, 2, PATH, true },
	{ "links", 18, 2, 0, false },
	{ "first attribute", 20, 2, 0, false },
	{ "flags", 22, 2, 0, true },
	{ "used", 24, 4, 0, false },
	{ "room", 28, 4, 0, false },
	{ "base record", 32, 8, 0, false },
	{ "next id", 40, 2, 0, false },
	{ "number", 44, 4, 0, false },
};

static const struct field attribute_fields[] = {
	{ "attribute type", 0, 4, 0, false }, { "attribute length", 4, 4, 0, false },
	{ "nonresident", 8, 1, 0, false },    { "name units", 9, 1, 0, false },
	{ "name offset", 10, 2, 0, false },   { "attribute flags", 12, 2, CONTENT, false },
	{ "attribute id", 14, 2, 0, false },
};

static const struct field resident_fields[] = {
	{ "value size", 16, 4, 0, false },
	{ "value offset", 20, 2, 0, false },
	{ "indexed", 22, 1, 0, false },
};

static const struct field runs_fields[] = {
	{ "first VCN", 16, 8, 0, false }, { "last VCN", 24, 8, 0, false },    { "pairs offset", 32, 2, 0, false },
	{ "unit", 34, 2, 0, false },      { "allocated", 40, 8, 0, false },   { "size", 48, 8, 0, false },
	{ "valid", 56, 8, 0, false },     { "packed size", 64, 8, 0, false },
};

static const struct field name_fields[] = {
	{ "parent entry", 0, 6, PATH, true }, { "parent sequence", 6, 2, PATH, true },
	{ "created", 8, 8, TIMES, false },    { "modified", 16, 8, TIMES, false },
	{ "changed", 24, 8, TIMES, false },   { "accessed", 32, 8, TIMES, false },
	{ "allocated", 40, 8, 0, false },     { "size", 48, 8, 0, false },
	{ "attributes", 56, 4, 0, false },    { "reparse", 60, 4, 0, false },
	{ "units", 64, 1, PATH, true },       { "name space", 65, 1, PATH, true },
	{ "first unit", 66, 2, PATH, true },
};

static const struct field standard_fields[] = {
	{ "created", 0, 8, TIMES, false },   { "modified", 8, 8, TIMES, false }, { "changed", 16, 8, TIMES, false },
	{ "accessed", 24, 8, TIMES, false }, { "attributes", 32, 4, 0, false },  { "versions", 36, 8, 0, false },
};

static const struct field item_fields[] = {
	{ "item type", 0, 4, 0, false },       { "item length", 4, 2, 0, false },
	{ "item name units", 6, 1, 0, false }, { "item name offset", 7, 1, 0, false },
	{ "item VCN", 8, 8, 0, false },        { "item record", 16, 6, 0, false },
	{ "item sequence", 22, 2, 0, false },  { "item id", 24, 2, 0, false },
};

#define PICK(m, table) (&(table)[chance_below(&(m)->chance, sizeof(table) / sizeof((table)[0]))])

static uint64_t
base_of(const struct mutant *m, uint64_t number)
{
	return disk_record_at(m->disk, number);
}

static bool
break_field(struct mutant *m, uint64_t number, uint64_t at, const struct field *field)
{
	uint64_t entry = entry_of(m->disk, number);

	if (at + field->at + field->bytes > m->n)
		return false;
	spoil(m, field->name, at + field->at, field->bytes);
	if (field->excused || field->below)
		excuse(m, entry, field->excused, field->below);
	return true;
}

static bool
break_header(struct mutant *m)
{
	uint64_t number;
	bool done = pick_record(m, &number) && break_field(m, number, base_of(m, number), PICK(m, header_fields));

	if (done)
		seal_record(m, number);
	return done;
}

/* Where a resident value ends, padded as attributes are. */
static uint64_t
value_end(const struct mutant *m, uint64_t at)
{
	return (get(m->disk->p + at + 20, 2) + get(m->disk->p + at + 16, 4) + 7) / 8 * 8;
}

/* A stream that has another valid name now, or an attribute that has become another that may stand at its place. */
static bool
another_kind(const struct mutant *m, const struct place *place, uint64_t at, const struct field *field)
{
	const uint8_t *p = m->disk->p + at;
	uint64_t head = place->nonresident ? 64 : 24, name = get(p + 10, 2), end = name + 2 * get(p + 9, 1);
	uint64_t type = get(p, 4), next = get(p + place->length, 4);

	if (field->at == 0)
		return type > place->type && type <= 0x100 && type % 0x10 == 0 && type <= next;
	return (field->at == 9 || field->at == 10) && get(p + 9, 1) && name >= head &&
	       end <= get(p + (place->nonresident ? 32 : 20), 2);
}

static bool
break_attribute(struct mutant *m)
{
	struct place place;
	const struct field *field;
	uint64_t at, was;

	if (!pick_attribute(m, 0, -1, &place))
		return false;
	at = base_of(m, place.record) + place.at;
	field = PICK(m, attribute_fields);
	if (chance_one_in(&m->chance, 2))
		field = place.nonresident ? PICK(m, runs_fields) : PICK(m, resident_fields);
	if (field->at == 64 && (get(m->disk->p + at + 32, 2) < 72 || m->disk->p[at + 9]))
		field--; /* there is no packed size here */
	was = value_end(m, at);
	break_field(m, place.record, at, field);
	if (place.type == TYPE_DATA && another_kind(m, &place, at, field))
		excuse(m, entry_of(m->disk, place.record), EXIST | SIZE | CONTENT, false);
	if (place.type == TYPE_NAME && another_kind(m, &place, at, field))
		excuse(m, entry_of(m->disk, place.record), EXIST | PATH | TIMES, true);
	/* a few bytes of the padding more or less; a size within what is allocated */
	if (place.type == TYPE_DATA && !place.nonresident && field->at == 16 && value_end(m, at) == was)
		excuse(m, entry_of(m->disk, place.record), SIZE | CONTENT, false);
	if (place.type == TYPE_DATA && place.nonresident && place.record && field->at >= 40 && field->at < 64 &&
	    get(m->disk->p + at + 48, 8) <= get(m->disk->p + at + 40, 8))
		excuse(m, entry_of(m->disk, place.record), SIZE | CONTENT, false);
	seal_record(m, place.record);
	return true;
}

/* A smaller size, or less of it valid, is a file like any other; what lies behind is its slack. */
static bool
break_size(struct mutant *m)
{
	struct place place;
	uint8_t *p;
	uint64_t was[3], is[3];
	const struct field *field;

	if (!pick_attribute(m, 0, 1, &place))
		return false;
	p = m->disk->p + base_of(m, place.record) + place.at;
	field = &runs_fields[4 + chance_below(&m->chance, 3)];
	for (unsigned i = 0; i < 3; i++)
		was[i] = get(p + 40 + 8 * i, 8);
	spoil(m, field->name, base_of(m, place.record) + place.at + field->at, 8);
	for (unsigned i = 0; i < 3; i++)
		is[i] = get(p + 40 + 8 * i, 8);
	if (place.type == TYPE_DATA && place.record && is[1] <= was[0] && is[1] <= is[0])
		excuse(m, entry_of(m->disk, place.record), SIZE | CONTENT, false);
	if (place.type == TYPE_DATA && is[2] < was[2])
		excuse(m, entry_of(m->disk, place.record), CONTENT, false);
	if (place.type == TYPE_DATA && is[2] > was[2] && is[2] <= is[1]) /* what was slack is content */
		excuse(m, entry_of(m->disk, place.record), CONTENT, false);
	seal_record(m, place.record);
	return true;
}

/* Whether the runs still map as many clusters, all of them on the volume. */
static bool
runs_sound(const struct mutant *m, const struct place *place, uint64_t *ret_clusters)
{
	const uint8_t *p = m->disk->p + base_of(m, place->record) + place->at;
	size_t pairs = get(p + 32, 2);
	run_list runs = { 0 };
	bool sound = pairs < place->length && runs_decode(p + pairs, place->length - pairs, 0, &runs);

	*ret_clusters = 0;
	for (size_t i = 0; i < runs.n; i++) {
		*ret_clusters += runs.at[i].n;
		sound &= runs.at[i].lcn == UINT64_MAX ||
			 (runs.at[i].lcn < m->disk->clusters && runs.at[i].n <= m->disk->clusters - runs.at[i].lcn);
	}
	vector_free(&runs);
	return sound;
}

static bool
break_runs(struct mutant *m)
{
	struct place place;
	uint64_t at, before, after;
	size_t pairs, room;
	bool sound;

	if (!pick_attribute(m, chance_one_in(&m->chance, 2) ? TYPE_DATA : 0, 1, &place))
		return false;
	at = base_of(m, place.record) + place.at;
	pairs = get(m->disk->p + at + 32, 2);
	room = place.length > pairs ? place.length - pairs : 0;
	if (!room)
		return false;
	sound = runs_sound(m, &place, &before);
	spoil(m, "mapping pairs", at + pairs + chance_below(&m->chance, room < 12 ? room : 12), 1);
	sound &= runs_sound(m, &place, &after);
	if (sound && before == after && place.type == TYPE_DATA && place.record)
		excuse(m, entry_of(m->disk, place.record), CONTENT, false);
	seal_record(m, place.record);
	return true;
}

static bool
break_name(struct mutant *m)
{
	struct place place;
	uint64_t at;

	if (!pick_attribute(m, TYPE_NAME, 0, &place))
		return false;
	at = base_of(m, place.record) + place.at;
	break_field(m, place.record, at + get(m->disk->p + at + 20, 2), PICK(m, name_fields));
	seal_record(m, place.record);
	return true;
}

static bool
break_standard(struct mutant *m)
{
	struct place place;
	uint64_t at;

	if (!pick_attribute(m, TYPE_SI, 0, &place))
		return false;
	at = base_of(m, place.record) + place.at;
	break_field(m, place.record, at + get(m->disk->p + at + 20, 2), PICK(m, standard_fields));
	seal_record(m, place.record);
	return true;
}

/* An item of an attribute list, which lies in the record or in one run beside it. */
static bool
break_list(struct mutant *m)
{
	struct place place;
	uint64_t at, list, size, item = 0, steps;
	run_list runs = { 0 };

	if (!pick_attribute(m, TYPE_LIST, -1, &place))
		return false;
	at = base_of(m, place.record) + place.at;
	list = at + get(m->disk->p + at + 20, 2);
	size = get(m->disk->p + at + 16, 4);
	if (place.nonresident) {
		size = get(m->disk->p + at + 48, 8);
		runs_decode(m->disk->p + at + get(m->disk->p + at + 32, 2), place.length, 0, &runs);
		list = runs.n ? runs.at[0].lcn * m->disk->cluster : 0;
		vector_free(&runs);
	}
	if (list > m->n - 4096) /* another mutation was here */
		return record_redo(m->disk, place.record), false;
	for (steps = chance_below(&m->chance, 20); steps--;) {
		uint64_t length = get(m->disk->p + list + item + 4, 2);

		if (length < 26 || item + length + 26 > size || item > 2048)
			break;
		item += length;
	}
	break_field(m, place.record, list + item, PICK(m, item_fields));
	seal_record(m, place.record);
	return true;
}

/* What a changed byte of an attribute with runs is: another size within what is allocated, or another place. */
static void
excuse_runs(struct mutant *m, const struct place *place, uint32_t byte)
{
	uint64_t at = base_of(m, place->record) + place->at, entry = entry_of(m->disk, place->record), clusters;
	const uint8_t *p = m->disk->p + at;
	bool size = byte >= 48 && byte < 64 && get(p + 48, 8) <= get(p + 40, 8);
	bool sound = byte >= get(p + 32, 2) && runs_sound(m, place, &clusters) && clusters == get(p + 24, 8) + 1;

	if (place->type == TYPE_DATA && place->record && (size || sound))
		excuse(m, entry, size ? SIZE | CONTENT : CONTENT, false);
}

/* What a changed byte of a resident value is. */
static void
excuse_value(struct mutant *m, const struct place *place, uint32_t byte)
{
	uint64_t entry = entry_of(m->disk, place->record);

	if (place->type == TYPE_DATA)
		excuse(m, entry, CONTENT, false);
	else if (place->type == TYPE_SI && byte < 32)
		excuse(m, entry, TIMES, false);
	else if (place->type == TYPE_NAME && byte >= 8 && byte < 40)
		excuse(m, entry, TIMES, false);
	else if (place->type == TYPE_NAME)
		excuse(m, entry, PATH, true);
}

/* The same for any attribute: its kind, the name of a stream, its value. The byte counts from its start. */
static void
excuse_byte(struct mutant *m, const struct place *place, uint32_t byte)
{
	uint64_t entry = entry_of(m->disk, place->record);
	const uint8_t *p = m->disk->p + base_of(m, place->record) + place->at;
	uint32_t name = (uint32_t)get(p + 10, 2), value = (uint32_t)get(p + 20, 2);

	if (byte == 0 && place->type == TYPE_NAME)
		excuse(m, entry, EXIST | PATH | TIMES, true);
	if (place->type == TYPE_DATA &&
	    (byte == 0 || (p[9] && (byte == 9 || byte == 10)) || (byte >= name && byte < name + 2u * p[9])))
		excuse(m, entry, EXIST | SIZE | CONTENT, false);
	if (place->nonresident)
		excuse_runs(m, place, byte);
	else if (byte >= value)
		excuse_value(m, place, byte - value);
}

/* Any byte of the record, whatever it means; excused where it is a value and nothing else. */
static bool
break_byte(struct mutant *m)
{
	struct place place = { 0 }, hit = { 0 };
	uint64_t number;
	uint32_t byte;

	if (!pick_record(m, &number))
		return false;
	byte = (uint32_t)chance_below(&m->chance, m->disk->record);
	while (record_next_attribute(m->disk, number, &place))
		if (byte >= place.at && byte - place.at < place.length)
			hit = place;
	if (byte == 16 || byte == 17 || byte == 22)
		excuse(m, entry_of(m->disk, number), PATH, true);
	spoil(m, "a byte of a record", base_of(m, number) + byte, 1);
	if (hit.length)
		excuse_byte(m, &hit, byte - hit.at);
	seal_record(m, number);
	return true;
}

/* A sector of the record from another writing of it. */
static bool
tear_record(struct mutant *m)
{
	uint64_t number = chance_below(&m->chance, m->disk->records), at = base_of(m, number);
	uint32_t sector = (uint32_t)chance_below(&m->chance, m->disk->record / STRIDE);
	uint8_t *p = m->disk->p + at + sector * STRIDE;

	if (at == UINT64_MAX || memcmp(m->disk->p + at, "FILE", 4))
		return false;
	if (chance_one_in(&m->chance, 2))
		memset(p, chance_one_in(&m->chance, 2) ? 0 : 0xff, STRIDE);
	else
		for (unsigned i = sector ? 0 : 48; i < STRIDE; i++)
			p[i] = (uint8_t)chance_next(&m->chance);
	text_printf(&m->log, "    record %" PRIu64 ", sector %u of another writing\n", number, sector);
	return true;
}

static bool
blank_record(struct mutant *m)
{
	uint64_t number = chance_below(&m->chance, m->disk->records), at = base_of(m, number);
	bool noise = chance_one_in(&m->chance, 2);

	if (at == UINT64_MAX)
		return false;
	for (uint32_t i = 0; i < m->disk->record; i++)
		m->disk->p[at + i] = noise ? (uint8_t)chance_next(&m->chance) : 0;
	text_printf(&m->log, "    record %" PRIu64 " is %s\n", number, noise ? "noise" : "zeros");
	return true;
}

/* Two records change places; they state the number of the other, unless that is repaired. */
static bool
swap_records(struct mutant *m)
{
	uint8_t keep[65536];
	uint64_t a, b, at, bt;
	bool repaired = chance_one_in(&m->chance, 2);

	if (!pick_record(m, &a))
		return false;
	record_redo(m->disk, a);
	if (!pick_record(m, &b))
		return false;
	record_redo(m->disk, b);
	at = base_of(m, a);
	bt = base_of(m, b);
	if (a == b || m->disk->record > sizeof(keep))
		return false;
	if (repaired) {
		excuse(m, entry_of(m->disk, a), EXIST | PATH | TIMES | SIZE | CONTENT, true);
		excuse(m, entry_of(m->disk, b), EXIST | PATH | TIMES | SIZE | CONTENT, true);
	}
	memcpy(keep, m->disk->p + at, m->disk->record);
	memcpy(m->disk->p + at, m->disk->p + bt, m->disk->record);
	memcpy(m->disk->p + bt, keep, m->disk->record);
	if (repaired) {
		put(m->disk->p + at + 44, 4, a);
		put(m->disk->p + bt + 44, 4, b);
	}
	text_printf(&m->log, "    records %" PRIu64 " and %" PRIu64 " swapped%s\n", a, b,
		    repaired ? ", numbers too" : "");
	return true;
}

const struct class record_classes[] = {
	{ "record header", break_header, 10 },
	{ "attribute header", break_attribute, 20 },
	{ "size", break_size, 8 },
	{ "run list", break_runs, 12 },
	{ "file name", break_name, 10 },
	{ "standard information", break_standard, 3 },
	{ "attribute list", break_list, 10 },
	{ "byte of a record", break_byte, 10 },
	{ "torn record", tear_record, 5 },
	{ "lost record", blank_record, 5 },
	{ "swapped records", swap_records, 3 },
	{ NULL, NULL, 0 },
};
