/* ewf_media.c - what an E01 says of the media as a whole: its size, its hashes, and what could not be read from it. */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>

#include "ewf.h"
#include "fail.h"

struct volume_disk {
	uint8_t media_type;
	uint8_t zero[3];
	le32 chunks;
	le32 chunk_sectors;
	le32 sector_size;
	le64 sectors; /* 32 bits of it in the short form */
	uint8_t geometry[40];
	uint8_t set[16]; /* offset 64, since EnCase 5 */
	uint8_t more[968];
	le32 checksum; /* 1048 */
};

enum {
	VOLUME_SHORT = 94, /* SMART and the first specification: checksum at 90 */
	VOLUME_LONG = sizeof(struct volume_disk),
	ERRORS_BLOCK = 4096,
	ERRORS_MAX = 1 << 20,
};

struct hash_section {
	uint8_t md5[16];
	uint8_t unknown[16];
	le32 checksum;
};

struct digest_section {
	uint8_t md5[16];
	uint8_t sha1[20];
	uint8_t padding[40];
	le32 checksum;
};

struct error_header {
	le32 count;
	uint8_t padding[512];
	le32 checksum;
};

struct error_entry {
	le32 sector, count;
};

static bool
checksum_fits(struct view data, size_t at)
{
	const le32 *stored = VIEW_AT(data, at, le32);

	return stored && le32_get(*stored) == ewf_adler(1, view_part(data, 0, at));
}

bool
ewf_geometry_parse(struct view data, struct ewf_geometry *ret_geometry)
{
	struct volume_disk d = { 0 };
	bool is_long = data.n >= VOLUME_LONG;
	struct ewf_geometry g = { 0 };

	if (data.n < VOLUME_SHORT)
		return false;
	memcpy(&d, data.p, is_long ? VOLUME_LONG : VOLUME_SHORT);
	g.checked = checksum_fits(data, is_long ? offsetof(struct volume_disk, checksum) : VOLUME_SHORT - sizeof(le32));
	g.sectors =
		is_long ? le64_get(d.sectors) : le32_get(*VIEW_AT(data, offsetof(struct volume_disk, sectors), le32));
	g.chunks = le32_get(d.chunks);
	g.chunk_sectors = le32_get(d.chunk_sectors);
	g.sector_size = le32_get(d.sector_size);
	if (is_long)
		memcpy(g.set, d.set, sizeof(g.set));
	if (g.sector_size < 512 || g.sector_size > 1 << 16 || !g.chunk_sectors ||
	    g.chunk_sectors > EWF_CHUNK_MAX / g.sector_size)
		return false;
	if (g.sectors > INT64_MAX / g.sector_size)
		return false;
	*ret_geometry = g;
	return true;
}

/* Whether two segment files tell of the same media. Not every tool writes a set identifier. */
static bool
same_set(const struct ewf_geometry *a, const struct ewf_geometry *b)
{
	return a->chunk_sectors == b->chunk_sectors && a->sector_size == b->sector_size &&
	       !memcmp(a->set, b->set, sizeof(a->set)) && (a->sectors == b->sectors || !a->sectors || !b->sectors);
}

int
ewf_geometry_section(struct ewf_walk *walk, const struct ewf_section *section)
{
	uint8_t data[VOLUME_LONG];
	uint64_t room = section->to - section->from;
	ssize_t n = segment_read(&walk->ewf->image->set, walk->segment, section->from, data,
				 room < sizeof(data) ? (size_t)room : sizeof(data));
	struct ewf *ewf = walk->ewf;
	struct ewf_geometry g;

	if (n < 0 && n != -EIO)
		return (int)n;
	if (n < 0 || !ewf_geometry_parse(view_of(data, (size_t)n), &g))
		return ewf_walk_damage(walk, section->start, "what it says of the media cannot be used");
	if (!g.checked && ewf->has_geometry)
		return ewf_walk_damage(walk, section->start,
				       "the checksum of a copy of the media's description does not fit");
	if (!ewf->has_geometry || (g.checked && !ewf->geometry.checked)) {
		ewf->geometry = g;
		ewf->has_geometry = true;
		ewf->chunk_size = g.chunk_sectors * g.sector_size;
		return g.checked ? 0
				 : ewf_walk_damage(walk, section->start,
						   "the checksum of the media's description does not fit");
	}
	if (same_set(&ewf->geometry, &g))
		return 0;
	walk->foreign = true;
	return ewf_walk_damage(walk, section->start, "the file belongs to another set and was left out");
}

static void
take_hash(struct acquisition *a, const uint8_t md5[16], const uint8_t *sha1)
{
	static const uint8_t none[20];

	if (!a->has_md5 && memcmp(md5, none, 16)) {
		memcpy(a->md5, md5, 16);
		a->has_md5 = true;
	}
	if (sha1 && !a->has_sha1 && memcmp(sha1, none, 20)) {
		memcpy(a->sha1, sha1, 20);
		a->has_sha1 = true;
	}
}

int
ewf_hash_section(struct ewf_walk *walk, const struct ewf_section *section)
{
	bool digest = !strcmp(section->type, "digest");
	uint8_t data[sizeof(struct digest_section)];
	size_t want = digest ? sizeof(struct digest_section) : sizeof(struct hash_section);
	ssize_t n = 0;

	if (section->to - section->from >= want)
		n = segment_read(&walk->ewf->image->set, walk->segment, section->from, data, want);
	if (n < 0 && n != -EIO)
		return (int)n;
	if (n < (ssize_t)want || !checksum_fits(view_of(data, want), want - sizeof(le32)))
		return ewf_walk_damage(walk, section->start, "a stored hash is damaged and was not used");
	take_hash(&walk->ewf->image->acquisition, data, digest ? ((struct digest_section *)data)->sha1 : NULL);
	return 0;
}

static int
take_error(struct ewf_walk *walk, const struct ewf_section *section, const struct error_entry *entry, uint64_t offset)
{
	const struct ewf_geometry *g = &walk->ewf->geometry;
	uint64_t first = le32_get(entry->sector), count = le32_get(entry->count);
	int r = 0;

	if (!count)
		return 0;
	if (!walk->ewf->has_geometry || first >= g->sectors || count > g->sectors - first)
		r = ewf_walk_damage(walk, section->start, "an acquisition error lies outside the media");
	if (r < 0 || !walk->ewf->has_geometry || first >= g->sectors)
		return r;
	if (count > g->sectors - first) /* what of it lies on the media is still in doubt */
		count = g->sectors - first;
	return bad_add(&walk->ewf->image->bad,
		       &(struct bad_range){ .from = first * g->sector_size,
					    .to = (first + count) * g->sector_size,
					    .trust = TRUST_ACQUIRED,
					    .why = "the acquisition could not read this",
					    .segment = (uint32_t)walk->segment,
					    .offset = offset },
		       0);
}

/* Reads the entries in blocks; their Adler-32 stands behind them. */
static int
take_errors(struct ewf_walk *walk, const struct ewf_section *section, uint32_t count)
{
	struct error_entry block[ERRORS_BLOCK / sizeof(struct error_entry)];
	const uint32_t most = sizeof(block) / sizeof(*block);
	uint64_t at = section->from + sizeof(struct error_header);
	uint32_t adler = 1;
	le32 stored = { 0 };

	for (uint32_t done = 0; done < count; done += most) {
		uint32_t n = count - done < most ? count - done : most;
		ssize_t r = segment_read(&walk->ewf->image->set, walk->segment, at, block, n * sizeof(*block));

		if (r < (ssize_t)(n * sizeof(*block)))
			return r < 0 && r != -EIO
				       ? (int)r
				       : ewf_walk_damage(walk, at, "the list of acquisition errors cannot be read");
		adler = ewf_adler(adler, view_of(block, n * sizeof(*block)));
		for (uint32_t i = 0; i < n; i++, at += sizeof(*block)) {
			int result = take_error(walk, section, &block[i], at);

			if (result < 0)
				return result;
		}
	}
	if (segment_read(&walk->ewf->image->set, walk->segment, at, &stored, sizeof(stored)) <
		    (ssize_t)sizeof(stored) ||
	    le32_get(stored) != adler)
		return ewf_walk_damage(walk, section->start,
				       "the checksum of the list of acquisition errors does not fit");
	return 0;
}

int
ewf_error_section(struct ewf_walk *walk, const struct ewf_section *section)
{
	struct error_header h;
	uint64_t room = section->to - section->from;
	ssize_t n = 0;
	uint32_t count;
	int r;

	if (room >= sizeof(h))
		n = segment_read(&walk->ewf->image->set, walk->segment, section->from, &h, sizeof(h));
	if (n < (ssize_t)sizeof(h))
		return n < 0 && n != -EIO
			       ? (int)n
			       : ewf_walk_damage(walk, section->start, "the list of acquisition errors is cut off");
	count = le32_get(h.count);
	if (!checksum_fits(view_of(&h, sizeof(h)), offsetof(struct error_header, checksum)) ||
	    count > (room - sizeof(h)) / sizeof(struct error_entry) || count > ERRORS_MAX)
		return ewf_walk_damage(walk, section->start, "the list of acquisition errors is damaged");
	if (!count)
		return 0;
	r = ewf_walk_damage(walk, section->start, "the acquisition recorded sectors that it could not read");
	return r < 0 ? r : take_errors(walk, section, count);
}
