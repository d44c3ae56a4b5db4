/* record.c - one record of the $MFT: its update sequence, its attributes, and the entry they tell of. */
#include "record.h"

#include <errno.h>

#include "assemble.h"
#include "layout.h"
#include "reference.h"

/*
 * The last two bytes of every 512 were exchanged for the sequence number when the record was written; the array keeps
 * what belongs there. Another number in their place: the sector is from another writing than the first.
 */
int
record_fixup(uint8_t *record, size_t size)
{
	struct view v = view_of(record, size);
	const struct disk_sectors *head = VIEW_AT(v, 0, struct disk_sectors);
	size_t sectors = size / SECTOR_STRIDE, array, count;
	int torn = 0;

	if (!head || size < SECTOR_STRIDE)
		return -EINVAL;
	array = le16_get(head->array);
	count = le16_get(head->count);
	if (array % 2 || array < sizeof(*head) || count < 2 || array + count * 2 > SECTOR_STRIDE - 2)
		return -EINVAL;
	for (size_t i = 1; i <= sectors; i++) {
		uint8_t *end = record + i * SECTOR_STRIDE - 2;

		if (i >= count || memcmp(end, record + array, 2))
			torn = 1;
		else
			memcpy(end, record + array + i * 2, 2);
	}
	return torn;
}

/*
 * The name lies behind the header and before the value, the value begins on eight bytes and fills the attribute up to
 * its padding. What is built otherwise was not built by a file system, and bytes between the parts are shown to nobody.
 */
static const char *
oddity_of(struct view raw, const struct disk_attribute *disk, const struct attribute *a)
{
	size_t head = a->resident ? sizeof(struct disk_resident) : sizeof(struct disk_nonresident);
	size_t name = le16_get(disk->name), name_end = disk->name_units ? name + a->name.n : head;
	size_t value = a->value.p ? (size_t)(a->value.p - raw.p) : raw.n, end = value + a->value.n;

	if (a->broken)
		return NULL;
	if (disk->name_units && name < head)
		return "the name of an attribute overlaps its header";
	if (a->value.p && (value < name_end || value % (a->resident ? 8 : 1)))
		return "the value of an attribute does not lie where values lie";
	if (a->resident && a->value.p && raw.n - end >= 8)
		return "an attribute is longer than its value";
	if (!a->resident && a->size > le64_get(VIEW_AT(raw, 0, struct disk_nonresident)->allocated))
		return "an attribute states more bytes than are allocated to it";
	return NULL;
}

static void
read_resident(struct view raw, struct attribute *a)
{
	const struct disk_resident *disk = VIEW_AT(raw, 0, struct disk_resident);
	uint32_t size = disk ? le32_get(disk->size) : 0;

	a->resident = true;
	if (!disk || !view_has(raw, le16_get(disk->value), size)) {
		a->broken = true;
		return;
	}
	a->value = view_part(raw, le16_get(disk->value), size);
	a->size = a->valid = a->allocated = size;
}

static void
read_nonresident(struct view raw, struct attribute *a)
{
	const struct disk_nonresident *disk = VIEW_AT(raw, 0, struct disk_nonresident);
	uint16_t pairs = disk ? le16_get(disk->pairs) : 0;
	const le64 *packed;

	if (!disk || pairs < sizeof(*disk) || pairs > raw.n) {
		a->broken = true;
		return;
	}
	a->value = view_from(raw, pairs);
	a->unit = le16_get(disk->unit);
	a->first_vcn = le64_get(disk->first_vcn);
	a->last_vcn = le64_get(disk->last_vcn);
	a->allocated = le64_get(disk->allocated);
	a->size = le64_get(disk->size);
	a->valid = le64_get(disk->valid);
	/* 64, only with a compression unit or holes: the bytes that are really taken */
	packed = pairs >= sizeof(*disk) + sizeof(le64) ? VIEW_AT(raw, sizeof(*disk), le64) : NULL;
	if (packed && (a->unit || a->flags & (ATTRIBUTE_COMPRESSION | ATTRIBUTE_SPARSE)))
		a->allocated = le64_get(*packed);
	if (a->first_vcn)
		a->allocated = a->size = a->valid = 0;
	if ((a->allocated | a->size | a->valid | a->first_vcn) > INT64_MAX ||
	    (a->last_vcn > INT64_MAX && a->last_vcn != UINT64_MAX)) {
		a->broken = true;
		a->value = view_of(NULL, 0);
		a->allocated = a->size = a->valid = a->first_vcn = a->last_vcn = 0;
	}
}

/* The used size of the header is not asked: the end mark says it, and a lie there would hide attributes. */
int
record_next(struct view record, uint32_t *at, struct attribute *ret_attribute)
{
	const struct disk_record *head = VIEW_AT(record, 0, struct disk_record);
	const struct disk_attribute *disk;
	struct view raw;
	const le32 *type;

	if (!head)
		return -EINVAL;
	if (!*at)
		*at = le16_get(head->attributes);
	type = VIEW_AT(record, *at, le32);
	if (!type || *at % 8 || *at < 42) /* 42: the header of NT4, the shortest there is */
		return -EINVAL;
	if (le32_get(*type) == ATTRIBUTE_END)
		return 0;
	disk = VIEW_AT(record, *at, struct disk_attribute);
	if (!disk || le32_get(disk->length) < sizeof(*disk) || le32_get(disk->length) % 8 ||
	    !view_has(record, *at, le32_get(disk->length)))
		return -EINVAL;
	raw = view_part(record, *at, le32_get(disk->length));
	*at += (uint32_t)raw.n;

	*ret_attribute = (struct attribute){
		.type = le32_get(disk->type),
		.id = le16_get(disk->id),
		.flags = le16_get(disk->flags),
		.name = view_part(raw, le16_get(disk->name), (size_t)disk->name_units * 2),
	};
	if (disk->name_units && !ret_attribute->name.n)
		ret_attribute->broken = true;
	else if (disk->nonresident)
		read_nonresident(raw, ret_attribute);
	else
		read_resident(raw, ret_attribute);
	ret_attribute->odd = oddity_of(raw, disk, ret_attribute);
	return 1;
}

static bool
all_zero(struct view v)
{
	return !v.n || (!v.p[0] && !memcmp(v.p, v.p + 1, v.n - 1));
}

/* The types of NTFS 3.1 ($AttrDef); others are no attributes that anybody can read, and two are $Volume's alone. */
static bool
type_known(uint32_t type, uint64_t number)
{
	if (type == ATTRIBUTE_VOLUME_NAME || type == ATTRIBUTE_VOLUME_INFORMATION)
		return number == ENTRY_VOLUME;
	return type && type <= 0x100 && type % 0x10 == 0;
}

/* Attributes stand in the order of their types. One whose type was changed is hidden from whoever asks for it. */
static void
check_type(struct whys *whys, uint64_t number, uint32_t before, const struct attribute *a)
{
	if (!type_known(a->type, number))
		whys_add(whys, "an attribute of an unknown type");
	else if (a->type < before)
		whys_add(whys, "the attributes are not in the order of their types");
	if (a->odd)
		whys_add(whys, a->odd);
}

/* The header counts the bytes in use up to and with the end mark, eight bytes of it. */
static void
check_end(struct whys *whys, struct view record, uint32_t at)
{
	const struct disk_record *head = VIEW_AT(record, 0, struct disk_record);
	uint32_t used = le32_get(head->used);

	if (used <= record.n && used > at + 8)
		whys_add(whys, "the record is in use beyond its last attribute");
}

/* Takes in every attribute that can be walked to: how many, or -ENOMEM. What is wrong with the record itself goes to
 * own, whatever other records may add to the entry. */
static int
take_attributes(struct view record, struct assembly *as, struct whys *own)
{
	struct attribute a = { 0 };
	uint32_t at = 0, before = 0;
	int n = 0, r;

	while ((r = record_next(record, &at, &a)) > 0) {
		check_type(own, as->entry->number, before, &a);
		before = a.type;
		r = assembly_add(as, &a, 0);
		if (r < 0)
			return r;
		n++;
	}
	if (r < 0) {
		as->entry->flags |= ENTRY_PARTIAL;
		whys_add(as->whys, "the attributes of the record break off");
	} else {
		check_end(own, record, at);
	}
	return n;
}

/* Every base record has times of its own, also once it is freed, and its update sequence ends before the first
 * attribute. */
static void
check_entry(const struct assembly *as, const struct disk_record *head, struct whys *whys)
{
	uint32_t end = le16_get(head->sectors.array) + le16_get(head->sectors.count) * 2u;

	bool used = as->entry->flags & ENTRY_ALLOCATED;

	if (!as->extension && !(as->entry->flags & ENTRY_HAS_SI) && (used || as->entry->name_count))
		whys_add(whys, used ? "no $STANDARD_INFORMATION in a record that is in use"
				    : "no $STANDARD_INFORMATION in a record that was freed");
	if (end > le16_get(head->attributes))
		whys_add(whys, "the update sequence overlaps the attributes");
}

/*
 * Windows XP and later write the number into the record; behind an update sequence at 42 there is none (NT4), and in
 * those of the first 24 records that are kept in reserve it is 0 (mkntfs).
 */
static bool
number_fits(const struct disk_record *head, uint64_t number)
{
	bool in_use = le16_get(head->flags) & RECORD_IN_USE;

	return le16_get(head->sectors.array) < sizeof(*head) || le32_get(head->number) == (uint32_t)number ||
	       (!in_use && !le32_get(head->number));
}

static enum record_state
classify(const struct entry *entry, struct reference base, int attributes, struct whys *whys)
{
	if (!attributes && entry->flags & ENTRY_PARTIAL)
		return RECORD_DAMAGED;
	if (!attributes && !(entry->flags & ENTRY_ALLOCATED))
		return RECORD_EMPTY;
	if (!reference_pack(base))
		return RECORD_PARSED;
	if (base.entry != entry->number)
		return RECORD_EXTENSION;
	whys_add(whys, "the record names itself as its base record");
	return RECORD_PARSED;
}

static bool
signature_is(const struct disk_record *head, const char *signature)
{
	return !memcmp(head->sectors.signature, signature, sizeof(head->sectors.signature));
}

int
record_parse(struct view record, uint64_t number, bool torn, struct arena *arena, struct entry *ret_entry,
	     struct reference *ret_base, const char **ret_why)
{
	const struct disk_record *head = VIEW_AT(record, 0, struct disk_record);
	struct assembly as;
	struct whys whys, own = { 0 };
	int n, state;

	*ret_entry = (struct entry){ .number = number };
	*ret_base = (struct reference){ 0 };
	*ret_why = NULL;
	if (head && signature_is(head, "\0\0\0\0") && all_zero(record))
		return RECORD_EMPTY;
	if (!head || (!signature_is(head, "FILE") && !signature_is(head, "BAAD"))) {
		*ret_why = "no record signature";
		return RECORD_DAMAGED;
	}
	torn |= signature_is(head, "BAAD");
	assembly_head(record, number, torn, ret_entry, ret_base);
	assembly_begin(&as, arena, ret_entry, &whys);
	as.extension = reference_pack(*ret_base) && ret_base->entry != number;
	if (torn)
		whys_add(&own, signature_is(head, "BAAD") ? "Windows marked the record as torn (BAAD)"
							  : "torn record: its sectors were not written together");
	if (!number_fits(head, number))
		whys_add(&own, "the record states another number than its place");
	n = take_attributes(record, &as, &own);
	if (n < 0)
		return n;
	check_entry(&as, head, &own);
	state = classify(ret_entry, *ret_base, n, &own);
	assembly_end(&as);
	*ret_why = own.n ? own.at[0] : NULL;
	if (!own.n && whys.n && !(ret_entry->flags & ENTRY_EXTENDED)) /* of several records, it is told with all of them */
		*ret_why = whys.at[0];
	return state;
}
