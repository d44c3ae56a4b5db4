/* lznt1.c - unpacks NTFS compression ([MS-XCA] 2.5): chunks of 4 KiB, each a row of literals and back references. */
#include "lznt1.h"

#include <errno.h>

enum {
	CHUNK = 4096,        /* bytes unpacked */
	CHUNK_SIZE = 0x0fff, /* of a header: bytes that follow, less one */
	CHUNK_SIGNATURE = 0x7000,
	CHUNK_SIGNED = 0x3000,
	CHUNK_PACKED = 0x8000,
	MATCH_LEAST = 3,
};

/* The further into the chunk, the more of a reference's 16 bits tell the distance: 4 at the start, 12 at the end. */
static unsigned
distance_bits(size_t done)
{
	unsigned bits = 4;

	for (size_t i = done ? done - 1 : 0; i >= 0x10; i >>= 1)
		bits++;
	return bits;
}

/* Copies byte by byte, since a match may run into itself. */
static bool
copy_match(uint8_t *out, size_t *done, size_t room, uint16_t token)
{
	unsigned bits = distance_bits(*done);
	size_t distance = (size_t)(token >> (16 - bits)) + 1, length = (token & (0xffffu >> bits)) + MATCH_LEAST;

	if (distance > *done || length > room - *done)
		return false;
	for (size_t i = 0; i < length; i++, (*done)++)
		out[*done] = out[*done - distance];
	return true;
}

/* One packed chunk: the bytes it gave, written through ret_done even where it is broken. */
static int
unpack_chunk(struct view in, uint8_t *out, size_t room, size_t *ret_done)
{
	size_t at = 0;

	*ret_done = 0;
	while (at < in.n) {
		uint8_t flags = in.p[at++];

		for (unsigned bit = 0; bit < 8 && at < in.n; bit++) {
			if (!(flags >> bit & 1)) {
				if (*ret_done == room)
					return -EINVAL;
				out[(*ret_done)++] = in.p[at++];
			} else {
				const le16 *token = VIEW_AT(in, at, le16);

				if (!token || !copy_match(out, ret_done, room, le16_get(*token)))
					return -EINVAL;
				at += sizeof(*token);
			}
		}
	}
	return 0;
}

int
lznt1_unpack(struct view packed, uint8_t *out, size_t n)
{
	size_t at = 0, done = 0;
	int r = 0;

	memset(out, 0, n);
	while (r == 0 && done < n) {
		const le16 *header = VIEW_AT(packed, at, le16);
		uint16_t h = header ? le16_get(*header) : 0;
		struct view chunk;
		size_t room = n - done < CHUNK ? n - done : CHUNK, got = 0;

		if (!h) /* a header of zero, or no room for one, ends the unit */
			break;
		chunk = view_part(packed, at + sizeof(*header), (size_t)(h & CHUNK_SIZE) + 1);
		if (!chunk.n || (h & CHUNK_SIGNATURE) != CHUNK_SIGNED)
			return -EINVAL;
		if (h & CHUNK_PACKED)
			r = unpack_chunk(chunk, out + done, room, &got);
		else if (chunk.n <= room)
			memcpy(out + done, chunk.p, chunk.n);
		else
			r = -EINVAL;
		at += sizeof(*header) + chunk.n;
		done += room; /* a short chunk is filled up with zeros */
	}
	return r;
}
