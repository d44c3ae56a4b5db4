/* ewf_inflate.c - unpacking: libdeflate where it was found, zlib for the rest. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <errno.h>
#include <zlib.h>
#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

#include "ewf.h"
#include "fail.h"

size_t
inflate_broken(struct view packed, uint8_t *buf, size_t room, bool *ret_whole)
{
	z_stream z = {
		.next_in = (Bytef *)packed.p, .avail_in = (uInt)packed.n, .next_out = buf, .avail_out = (uInt)room
	};

	*ret_whole = false;
	if (packed.n > UINT32_MAX || room > UINT32_MAX || inflateInit(&z) != Z_OK)
		return 0;
	*ret_whole = inflate(&z, Z_SYNC_FLUSH) == Z_STREAM_END;
	inflateEnd(&z);
	return room - z.avail_out;
}

#ifdef HAVE_LIBDEFLATE

int
inflater_open(struct inflater **ret_inflater)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();

	if (!d)
		return fail(ENOMEM, "out of memory for unpacking");
	*ret_inflater = (struct inflater *)d;
	return 0;
}

struct inflater *
inflater_close(struct inflater *inflater)
{
	libdeflate_free_decompressor((struct libdeflate_decompressor *)inflater);
	return NULL;
}

int
inflate_whole(struct inflater *inflater, struct view packed, uint8_t *buf, size_t room, size_t *ret_n, size_t *ret_used)
{
	struct libdeflate_decompressor *d = (struct libdeflate_decompressor *)inflater;

	*ret_n = 0;
	return libdeflate_zlib_decompress_ex(d, packed.p, packed.n, buf, room, ret_used, ret_n) == LIBDEFLATE_SUCCESS
		       ? 0
		       : 1;
}

uint32_t
ewf_adler(uint32_t before, struct view bytes)
{
	return libdeflate_adler32(before, bytes.p, bytes.n);
}

#else

struct inflater {
	z_stream z;
};

int
inflater_open(struct inflater **ret_inflater)
{
	struct inflater *inflater = calloc(1, sizeof(*inflater));

	if (!inflater || inflateInit(&inflater->z) != Z_OK) {
		free(inflater);
		return fail(ENOMEM, "out of memory for unpacking");
	}
	*ret_inflater = inflater;
	return 0;
}

struct inflater *
inflater_close(struct inflater *inflater)
{
	if (inflater)
		inflateEnd(&inflater->z);
	free(inflater);
	return NULL;
}

int
inflate_whole(struct inflater *inflater, struct view packed, uint8_t *buf, size_t room, size_t *ret_n, size_t *ret_used)
{
	z_stream *z = &inflater->z;
	int r;

	*ret_n = 0;
	if (packed.n > UINT32_MAX || room > UINT32_MAX || inflateReset(z) != Z_OK)
		return 1;
	z->next_in = (Bytef *)packed.p;
	z->avail_in = (uInt)packed.n;
	z->next_out = buf;
	z->avail_out = (uInt)room;
	r = inflate(z, Z_FINISH);
	*ret_n = room - z->avail_out;
	*ret_used = packed.n - z->avail_in;
	return r == Z_STREAM_END ? 0 : 1;
}

uint32_t
ewf_adler(uint32_t before, struct view bytes)
{
	return (uint32_t)adler32_z(before, bytes.p, bytes.n);
}

#endif
