/* ewf_table.c - the tables of an E01: which chunks each segment file is said to hold, checked when it is opened. */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>

#include "ewf.h"
#include "fail.h"

enum {
	ENTRY = 4,
	ENTRIES_BLOCK = 16 << 10, /* entries that are checked at a time */
};

/* Behind the descriptor of table and table2; then come the entries and their Adler-32. */
struct table_header {
	le32 count;
	uint8_t padding[4];
	le64 base; /* since EnCase 6, zero before */
	uint8_t padding2[4];
	le32 checksum; /* Adler-32 of the 20 bytes before */
};

/* One pass over the entries. */
struct pass {
	uint32_t adler, previous;
	uint32_t wide; /* the first entry that has no flag bit, count when all have */
	bool large;    /* the segment file is: only then there are any */
	bool disorder; /* chunks do not lie one behind the other */
};

/*
 * EnCase 6.7 wrote segment files of more than 2 GiB with entries that simply go on through the highest bit: from the
 * first chunk that ends behind 2 GiB on, all are plain and the bit belongs to the offset (seen in libewf).
 */
static void
check_wide(struct pass *pass, uint32_t entry, uint32_t i)
{
	uint32_t from = pass->previous & INT32_MAX, to = entry & INT32_MAX;

	if (!i || i >= pass->wide || !pass->large)
		return;
	if (to < from)
		to = entry;
	if (to > from && to > (uint32_t)INT32_MAX)
		pass->wide = i;
}

static void
check_order(struct pass *pass, uint32_t entry, uint32_t i)
{
	uint32_t from = i > pass->wide ? pass->previous : pass->previous & INT32_MAX;

	pass->disorder |= i && (i >= pass->wide ? entry : entry & INT32_MAX) <= from;
}

static int
pass_entries(struct ewf_walk *walk, const struct ewf_table *table, struct pass *pass)
{
	CLEANUP(free) uint8_t *block = malloc((size_t)ENTRIES_BLOCK * ENTRY);

	if (!block)
		return fail(ENOMEM, "out of memory for the tables of %s", walk->ewf->image->name);
	*pass = (struct pass){ .adler = 1, .wide = table->count, .large = walk->size > INT32_MAX };
	for (uint32_t done = 0; done < table->count;) {
		uint32_t n = table->count - done < ENTRIES_BLOCK ? table->count - done : ENTRIES_BLOCK;
		ssize_t r = segment_read(&walk->ewf->image->set, walk->segment, table->entries + (uint64_t)done * ENTRY,
					 block, (size_t)n * ENTRY);

		if (r < 0 && r != -EIO)
			return (int)r;
		if (r < (ssize_t)n * ENTRY)
			return 1;
		pass->adler = ewf_adler(pass->adler, view_of(block, (size_t)n * ENTRY));
		for (uint32_t i = 0; i < n; i++) {
			uint32_t entry = le32_get(*VIEW_AT(view_of(block, (size_t)n * ENTRY), i * ENTRY, le32));

			check_wide(pass, entry, done + i);
			check_order(pass, entry, done + i);
			pass->previous = entry;
		}
		done += n;
	}
	return 0;
}

/* Whether what the section holds agrees with the count, for a header whose own checksum does not fit. */
static bool
count_fits(const struct ewf_section *section, uint32_t count)
{
	uint64_t room = section->to - section->from - sizeof(struct table_header);

	return room == (uint64_t)count * ENTRY || room == ((uint64_t)count + 1) * ENTRY;
}

/*
 * Where the chunks of the table end. Since EnCase 2 they lie in a sectors section in front of it; EnCase 1 and SMART
 * have them in the table section itself, behind the entries.
 */
static void
bound_chunks(struct ewf_walk *walk, const struct ewf_section *section, const struct pass *pass, struct ewf_table *table)
{
	uint64_t last = table->base + (table->wide < table->count ? pass->previous : pass->previous & INT32_MAX);

	if (last < walk->sectors_end)
		table->end = walk->sectors_end;
	else
		table->end = last < section->start ? section->start : section->to;
}

/* The dialects with data behind the entries may do without a checksum of them. */
static bool
has_no_checksum(const struct ewf_section *section, const struct ewf_table *table, uint32_t first_entry)
{
	return table->base + (first_entry & INT32_MAX) == table->entries + (uint64_t)table->count * ENTRY &&
	       section->to > table->entries + (uint64_t)table->count * ENTRY;
}

static int
check_entries(struct ewf_walk *walk, const struct ewf_section *section, struct ewf_table *table, bool *ret_good)
{
	const struct segment_set *set = &walk->ewf->image->set;
	struct pass pass = { 0 };
	le32 first = { 0 }, stored = { 0 };
	int r = pass_entries(walk, table, &pass);

	if (r != 0)
		return r;
	table->wide = pass.wide;
	if (segment_read(set, walk->segment, table->entries, &first, sizeof(first)) != sizeof(first))
		return 1;
	if (segment_read(set, walk->segment, table->entries + (uint64_t)table->count * ENTRY, &stored, sizeof(stored)) <
	    0)
		return 1;
	*ret_good = le32_get(stored) == pass.adler || has_no_checksum(section, table, le32_get(first));
	if (!*ret_good)
		table->wide = table->count;
	table->doubtful = !*ret_good;
	table->disorder = pass.disorder;
	bound_chunks(walk, section, &pass, table);
	return 0;
}

/* Reads what the section says of itself: 0, 1 when it cannot be used at all, or negative. */
static int
read_table(struct ewf_walk *walk, const struct ewf_section *section, struct ewf_table *ret_table, bool *ret_good)
{
	struct table_header h;
	uint64_t room = section->to - section->from;
	ssize_t n = segment_read(&walk->ewf->image->set, walk->segment, section->from, &h, sizeof(h));
	bool header_good, sure;

	if (n < (ssize_t)sizeof(h) || room < sizeof(h))
		return n < 0 && n != -EIO ? (int)n : 1;
	header_good = le32_get(h.checksum) == ewf_adler(1, view_of(&h, offsetof(struct table_header, checksum)));
	sure = header_good || count_fits(section, le32_get(h.count));
	if (le32_get(h.count) > (room - sizeof(h)) / ENTRY)
		return 1;
	*ret_table = (struct ewf_table){
		.entries = section->from + sizeof(h),
		.base = le64_get(h.base),
		.count = le32_get(h.count),
		.segment = (uint32_t)walk->segment,
	};
	if (!header_good && ret_table->base > walk->size) /* most dialects have 0 there */
		ret_table->base = 0;
	if (!ret_table->count) /* with room for entries, it is the count that was lost */
		return room > sizeof(h) + ENTRY;
	if (ret_table->base > walk->size)
		return 1;
	n = check_entries(walk, section, ret_table, ret_good);
	if (n == 0 && !sure && !*ret_good) /* neither the header nor the entries vouch for the count */
		return 1;
	*ret_good = *ret_good && header_good;
	ret_table->doubtful = !*ret_good;
	return (int)n;
}

int
ewf_table_push(struct ewf_walk *walk, const struct ewf_table *table)
{
	struct ewf *ewf = walk->ewf;
	struct ewf_table *slot;

	walk->awaits_table = false;
	if (ewf->tables.n >= EWF_TABLES_MAX)
		return fail(EFBIG, "%s: more tables than an E01 can have", ewf->image->name);
	slot = vector_push(&ewf->tables);
	if (!slot)
		return fail(ENOMEM, "out of memory for the tables of %s", ewf->image->name);
	*slot = *table;
	ewf->listed += table->count;
	return 0;
}

/* table2 is a copy for the case that table is damaged. */
static int
use_second(struct ewf_walk *walk, const struct ewf_section *section, struct ewf_table *table, bool good)
{
	struct ewf *ewf = walk->ewf;
	struct ewf_table *first = ewf->tables.n ? &ewf->tables.at[ewf->tables.n - 1] : NULL;
	int r;

	if (walk->table == WALK_GOOD_TABLE || !first || !first->count) {
		if (good && first && first->count != table->count)
			return ewf_walk_damage(walk, section->start, "table2 is not a copy of table");
		return 0;
	}
	if (!good && first->count == table->count) {
		first->twin = table->entries;
		return ewf_walk_damage(walk, section->start,
				       "neither table nor table2 is whole; each chunk was tried with both");
	}
	if (!good)
		return 0;
	ewf->listed += (uint64_t)table->count - first->count;
	*first = *table;
	r = ewf_walk_damage(walk, section->start, "table is damaged; table2 was used");
	walk->table = WALK_GOOD_TABLE;
	return r;
}

/* EnCase 1 and SMART have the chunks in the same section: with the table its chunks are lost, and those that follow
 * are not to be taken for them. */
static int
table_lost(struct ewf_walk *walk, const struct ewf_section *section, bool second)
{
	int r;

	if (walk->table == WALK_GOOD_TABLE && second)
		return ewf_walk_damage(walk, section->start, "table2 is damaged; table is whole");
	r = ewf_walk_damage(walk, section->start, "a table cannot be used");
	return r < 0 || second || walk->awaits_table ? r : ewf_tables_lost(walk->ewf, "their table is lost");
}

int
ewf_table_section(struct ewf_walk *walk, const struct ewf_section *section, bool second)
{
	struct ewf_table table = { 0 };
	bool good = false;
	int r = read_table(walk, section, &table, &good);

	if (r < 0)
		return r;
	if (r > 0)
		return table_lost(walk, section, second);
	if (second && walk->table != WALK_NO_TABLE)
		return use_second(walk, section, &table, good);
	if (!table.count)
		return 0;
	if (second)
		r = ewf_walk_damage(walk, section->start, "table is lost; table2 was used");
	else if (!good)
		r = ewf_walk_damage(walk, section->start, "the checksum of a table does not fit");
	if (r >= 0 && table.disorder)
		r = ewf_walk_damage(walk, section->start, "the entries of a table are not in the order of the chunks");
	walk->table = good ? WALK_GOOD_TABLE : WALK_DOUBTFUL_TABLE;
	return r < 0 ? r : ewf_table_push(walk, &table);
}
