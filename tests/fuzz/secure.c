/* secure.c - any bytes as $Secure:$SDS and its copy: descriptors, hashes, owners. */
#include <stdlib.h>

#include "../forge_ntfs.h"
#include "secure.h"

enum { SDS_AT = 64, SDS_CLUSTERS = 128, COPY = 256 << 10, FILE_ENTRY = 30 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	(void)offset;
	return why ? 0 : -1;
}

static uint32_t
number_at(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Gives what looks like entries the offset and the hash that they must have, or nothing would ever get through. */
static void
mend(uint8_t *sds, size_t n)
{
	for (size_t at = 0; at + 20 <= n;) {
		uint32_t size = number_at(sds + at + 16), hash = 0;

		if (size < 20 || size > n - at || !(sds[at] & 1)) {
			at += 16;
			continue;
		}
		for (size_t i = 20; i + 4 <= size; i += 4)
			hash = (hash << 3 | hash >> 29) + number_at(sds + at + i);
		store(sds + at, hash, 4);
		store(sds + at + 8, at, 8);
		at += (size + 15) / 16 * 16;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sink out = { .damage = take_damage };
	struct forge f = forge_new(40);
	struct draft secure = draft_usual(9, 9, 1, ref(5, 5), "$Secure"), file = draft_of(FILE_ENTRY, 1, 1, 0);
	char pairs[] = { 0x22, (char)SDS_CLUSTERS, 0, SDS_AT, 0, 0 }, sid[SID_TEXT];
	uint8_t *sds = f.bytes + SDS_AT * FORGE_CLUSTER, si[72] = { 0 };
	size_t n = size < COPY ? size : COPY;
	CLEANUP(source_close) struct source *volume = NULL;
	CLEANUP(ntfs_close) struct ntfs *ntfs = NULL;
	CLEANUP(secure_close) struct secure *known = NULL;

	if (n)
		memcpy(sds, data, n);
	mend(sds, n);
	if (n)
		memcpy(sds + COPY, data, n / 2);
	draft_runs(&secure, 0x80,
		   (struct runs){ .name = "$SDS",
				  .last = SDS_CLUSTERS - 1,
				  .size = COPY + n,
				  .valid = COPY + n,
				  .pairs = pairs,
				  .pairs_size = sizeof(pairs) });
	forge_add(&f, secure);
	store(si + 52, n >= 8 ? number_at(sds + 4) : 256, 4);
	draft_resident(&file, 0x10, "", si, sizeof(si));
	draft_resident(&file, 0x50, "", data, n < 400 ? n : 400);
	forge_add(&f, file);
	if (source_memory(view_of(f.bytes, f.size), "input", &volume) < 0 || ntfs_open(volume, &out, &ntfs) < 0 ||
	    secure_open(ntfs, &out, &known) < 0)
		abort();
	if (secure_owner(known, (struct reference){ FILE_ENTRY, 1 }, sid) > 0 && strlen(sid) >= SID_TEXT)
		abort();
	known = secure_close(known);
	ntfs = ntfs_close(ntfs);
	volume = source_close(volume);
	free(f.bytes);
	return 0;
}
