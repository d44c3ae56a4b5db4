/* runs.c - the two packed lists of NTFS: where the clusters of a stream lie, and where an entry's attributes. */
#include "record.h"

#include <errno.h>

#include "layout.h"
#include "reference.h"

/* n little-endian bytes, 0 to 8 of them. */
static uint64_t
packed(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	for (unsigned i = n; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

static int64_t
packed_signed(const uint8_t *p, unsigned n)
{
	uint64_t v = packed(p, n), sign = n && n < 8 ? UINT64_C(1) << (n * 8 - 1) : 0;

	return (int64_t)((v ^ sign) - sign);
}

/*
 * A pair is a byte with two lengths (low: of the count, high: of the place), then the count of clusters, then the
 * distance of the first one from that of the run before; no distance means a hole.
 */
int
run_next(struct run_cursor *cursor, uint64_t *ret_lcn, uint64_t *ret_clusters)
{
	struct view rest = view_from(cursor->pairs, cursor->at);
	unsigned count_bytes, place_bytes;
	uint64_t clusters;
	int64_t lcn;

	if (!rest.n)
		return -EINVAL; /* a list ends with a zero */
	if (!rest.p[0])
		return 0;
	count_bytes = rest.p[0] & 15;
	place_bytes = rest.p[0] >> 4;
	if (!count_bytes || count_bytes > 8 || place_bytes > 8 || !view_has(rest, 1, count_bytes + place_bytes))
		return -EINVAL;
	clusters = packed(rest.p + 1, count_bytes);
	if (!clusters || clusters > INT64_MAX)
		return -EINVAL;
	cursor->at += 1 + count_bytes + place_bytes;
	*ret_clusters = clusters;
	*ret_lcn = UINT64_MAX;
	if (!place_bytes)
		return 1;
	if (__builtin_add_overflow(cursor->lcn, packed_signed(rest.p + 1 + count_bytes, place_bytes), &lcn) || lcn < 0)
		return -EINVAL;
	cursor->lcn = lcn;
	*ret_lcn = (uint64_t)lcn;
	return 1;
}

int
list_next(struct view list, size_t *at, struct list_item *ret_item)
{
	struct view rest = view_from(list, *at);
	const struct disk_item *item = VIEW_AT(rest, 0, struct disk_item);
	uint16_t length;

	/* what is left behind the last item is padding */
	if (rest.n < sizeof(le32) || !le32_get(*VIEW_AT(rest, 0, le32)) ||
	    le32_get(*VIEW_AT(rest, 0, le32)) == ATTRIBUTE_END)
		return 0;
	if (!item)
		return -EINVAL;
	length = le16_get(item->length);
	if (length < sizeof(*item) || length > rest.n)
		return -EINVAL;
	*ret_item = (struct list_item){
		.type = le32_get(item->type),
		.id = le16_get(item->id),
		.first_vcn = le64_get(item->first_vcn),
		.holder = reference_of(item->holder),
		.name = view_part(view_part(rest, 0, length), item->name, (uint64_t)item->name_units * 2),
	};
	*at += length;
	return 1;
}
