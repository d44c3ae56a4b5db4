/*
 * quarantine.c - what Defender has put away: the entry of the quarantine says which file it was, what for, and when.
 *
 * An entry has three parts, each enciphered with RC4 and the same key, which is part of the engine on every Windows:
 * a header of 60 bytes with the sizes of the two others; who and when; and which files, keys and so on.
 */
#include <errno.h>

#include "artefact_own.h"

enum {
	QUARANTINE_BYTES_MAX = 4 << 20,
	QUARANTINE_FILES_MAX = 4096, /* of one entry */
	SIZES = 40,                  /* in the header: of both parts, 4 bytes each */
	HEADER = 60,
	TIME = 32,                   /* in the first part: FILETIME, behind two GUIDs */
	NAME = 52,                   /* of the threat, ended by NUL */
};

static const uint8_t magic[] = { 0xdb, 0xe8, 0xc5, 0x01 };

static const uint8_t key[256] = {
	0x1e, 0x87, 0x78, 0x1b, 0x8d, 0xba, 0xa8, 0x44, 0xce, 0x69, 0x70, 0x2c, 0x0c, 0x78, 0xb7, 0x86,
	0xa3, 0xf6, 0x23, 0xb7, 0x38, 0xf5, 0xed, 0xf9, 0xaf, 0x83, 0x53, 0x0f, 0xb3, 0xfc, 0x54, 0xfa,
	0xa2, 0x1e, 0xb9, 0xcf, 0x13, 0x31, 0xfd, 0x0f, 0x0d, 0xa9, 0x54, 0xf6, 0x87, 0xcb, 0x9e, 0x18,
	0x27, 0x96, 0x97, 0x90, 0x0e, 0x53, 0xfb, 0x31, 0x7c, 0x9c, 0xbc, 0xe4, 0x8e, 0x23, 0xd0, 0x53,
	0x71, 0xec, 0xc1, 0x59, 0x51, 0xb8, 0xf3, 0x64, 0x9d, 0x7c, 0xa3, 0x3e, 0xd6, 0x8d, 0xc9, 0x04,
	0x7e, 0x82, 0xc9, 0xba, 0xad, 0x97, 0x99, 0xd0, 0xd4, 0x58, 0xcb, 0x84, 0x7c, 0xa9, 0xff, 0xbe,
	0x3c, 0x8a, 0x77, 0x52, 0x33, 0x55, 0x7d, 0xde, 0x13, 0xa8, 0xb1, 0x40, 0x87, 0xcc, 0x1b, 0xc8,
	0xf1, 0x0f, 0x6e, 0xcd, 0xd0, 0x83, 0xa9, 0x59, 0xcf, 0xf8, 0x4a, 0x9d, 0x1d, 0x50, 0x75, 0x5e,
	0x3e, 0x19, 0x18, 0x18, 0xaf, 0x23, 0xe2, 0x29, 0x35, 0x58, 0x76, 0x6d, 0x2c, 0x07, 0xe2, 0x57,
	0x12, 0xb2, 0xca, 0x0b, 0x53, 0x5e, 0xd8, 0xf6, 0xc5, 0x6c, 0xe7, 0x3d, 0x24, 0xbd, 0xd0, 0x29,
	0x17, 0x71, 0x86, 0x1a, 0x54, 0xb4, 0xc2, 0x85, 0xa9, 0xa3, 0xdb, 0x7a, 0xca, 0x6d, 0x22, 0x4a,
	0xea, 0xcd, 0x62, 0x1d, 0xb9, 0xf2, 0xa2, 0x2e, 0xd1, 0xe9, 0xe1, 0x1d, 0x75, 0xbe, 0xd7, 0xdc,
	0x0e, 0xcb, 0x0a, 0x8e, 0x68, 0xa2, 0xff, 0x12, 0x63, 0x40, 0x8d, 0xc8, 0x08, 0xdf, 0xfd, 0x16,
	0x4b, 0x11, 0x67, 0x74, 0xcd, 0x0b, 0x9b, 0x8d, 0x05, 0x41, 0x1e, 0xd6, 0x26, 0x2e, 0x42, 0x9b,
	0xa4, 0x95, 0x67, 0x6b, 0x83, 0x98, 0xdb, 0x2f, 0x35, 0xd3, 0xc1, 0xb9, 0xce, 0xd5, 0x26, 0x36,
	0xf2, 0x76, 0x5e, 0x1a, 0x95, 0xcb, 0x7c, 0xa4, 0xc3, 0xdd, 0xab, 0xdd, 0xbf, 0xf3, 0x82, 0x53,
};

static void
decipher(uint8_t *bytes, size_t n)
{
	uint8_t box[256], i = 0, j = 0;

	for (unsigned k = 0; k < 256; k++)
		box[k] = (uint8_t)k;
	for (unsigned k = 0; k < 256; k++) {
		uint8_t was = box[k];

		j = (uint8_t)(j + was + key[k]);
		box[k] = box[j];
		box[j] = was;
	}
	j = 0;
	for (size_t k = 0; k < n; k++) {
		uint8_t was = box[++i];

		j = (uint8_t)(j + was);
		box[i] = box[j];
		box[j] = was;
		bytes[k] ^= box[(uint8_t)(box[i] + box[j])];
	}
}

static uint32_t
u32_at(struct view v, uint64_t at)
{
	const le32 *n = VIEW_AT(v, at, le32);

	return n ? le32_get(*n) : 0;
}

static uint64_t
u64_at(struct view v, uint64_t at)
{
	const le64 *n = VIEW_AT(v, at, le64);

	return n ? le64_get(*n) : 0;
}

/* Up to its NUL. */
static struct view
string_at(struct view v, uint64_t at)
{
	struct view text = view_from(v, at);
	const uint8_t *end = text.n ? memchr(text.p, 0, text.n) : NULL;

	return view_of(text.p, end ? (size_t)(end - text.p) : text.n);
}

static struct view
wide_at(struct view v, uint64_t at)
{
	struct view text = view_from(v, at);
	size_t n = 0;

	while (n + 1 < text.n && (text.p[n] || text.p[n + 1]))
		n += 2;
	return view_of(text.p, n);
}

/* One of the things that were put away, at an offset of the second part. */
static int
take_thing(struct artefact_reading *reading, struct view first, struct view second, uint64_t at, uint64_t base)
{
	struct gathered g = { 0 };
	CLEANUP(text_free) struct text path = { 0 };
	CLEANUP(text_free) struct text summary = { 0 };
	struct view wide = wide_at(second, at), kind = string_at(second, at + wide.n + 4), threat = string_at(first, NAME);
	int r = text_add_utf16(&path, wide);

	if (r == 0)
		r = gathered_add(&g, "Threat Name", threat);
	if (r == 0)
		r = gathered_add(&g, "Path", text_view(&path));
	if (r == 0)
		r = gathered_add(&g, "Type", kind);
	if (r == 0)
		r = text_adds(&summary, "Defender put away ");
	if (r == 0)
		r = words_add(&summary, "", threat);
	if (r == 0)
		r = words_add(&summary, " in the ", kind);
	if (r == 0)
		r = words_add(&summary, " ", text_view(&path));
	if (r == 0)
		r = artefact_state(reading, &(struct artefact_record){ .when = u64_at(first, TIME),
								       .offset = base + at,
								       .length = wide.n,
								       .subject = text_view(&path),
								       .summary = text_view(&summary),
								       .fields = gathered_fields(&g),
								       .rule = &defender_rules[0],
								       .basis = text_view(&summary) });
	gathered_clear(&g);
	return r;
}

static int
take_things(struct artefact_reading *reading, struct view first, struct view second, uint64_t base)
{
	uint32_t n = u32_at(second, 0);
	int r = 0;

	if (n > QUARANTINE_FILES_MAX || n > second.n / 4)
		return artefact_lose(reading, base, "more things in an entry of the quarantine than there is room for");
	for (uint32_t i = 0; i < n && r == 0; i++) {
		uint32_t at = u32_at(second, 4 + 4 * (uint64_t)i);

		r = at && at < second.n ? take_thing(reading, first, second, at, base)
					: artefact_lose(reading, base + 4 + 4 * (uint64_t)i,
							"a thing in an entry of the quarantine lies outside of it");
	}
	return r;
}

static int
quarantine_read(struct artefact_reading *reading)
{
	CLEANUP(free) uint8_t *bytes = NULL;
	struct view all = { 0 }, header;
	uint64_t first, second;
	int r = reading->src->size ? artefact_bytes(reading, &bytes, &all) : 0;

	if (r < 0 || !all.n)
		return r;
	if (all.n < HEADER)
		return artefact_lose(reading, 0, "no entry of the quarantine: shorter than its header");
	decipher(bytes, HEADER);
	header = view_of(bytes, HEADER);
	first = u32_at(header, SIZES);
	second = u32_at(header, SIZES + 4);
	if (memcmp(bytes, magic, sizeof(magic)) != 0)
		return artefact_lose(reading, 0, "no entry of the quarantine: it does not begin as one");
	if (first < NAME || first > all.n - HEADER || second > all.n - HEADER - first)
		return artefact_lose(reading, SIZES, "the parts of an entry of the quarantine are not all there");
	decipher(bytes + HEADER, (size_t)first);
	decipher(bytes + HEADER + first, (size_t)second);
	return take_things(reading, view_of(bytes + HEADER, (size_t)first), view_of(bytes + HEADER + first, (size_t)second),
			   HEADER + first);
}

const struct artefact_kind artefact_quarantine = {
	.log = { .name = "quarantine",
		 .title = "Defender's quarantine",
		 .event = "defender.detection",
		 .source = &defender_source },
	.longest = QUARANTINE_BYTES_MAX,
	.read = quarantine_read,
};
