/* ewf.c - an E01 set (EnCase 1 to 7, linen, FTK Imager, SMART): its files put in order, and the media in them. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>

#include "ewf.h"
#include "ewf_hand.h"
#include "fail.h"

enum {
	SEGMENTS_TWO_DIGITS = 99,
	STRETCH = 64 << 20, /* how far next_data looks ahead */
};

static const uint8_t signature[8] = { 'E', 'V', 'F', 0x09, 0x0d, 0x0a, 0xff, 0x00 };

/* A file of the set and what it says it is. */
struct claim {
	uint32_t number; /* by its own header, else by its name */
	uint32_t named;
	size_t segment;
	bool by_name; /* its name says the same, or is all that says anything */
	bool guessed; /* by the name alone */
};

typedef VECTOR(struct claim) claim_list;

/* E01 to E99, then EAA to EZZ, FAA and so on to ZZZ; the same from s01 for SMART. Case is as in the given name. */
static int64_t
segment_number(const char *extension, const char *given)
{
	char first = (char)toupper((unsigned char)*given), c[3];

	if (strlen(extension) != 3 || strlen(given) != 3 || (first != 'E' && first != 'S'))
		return -1;
	for (int i = 0; i < 3; i++) {
		if (isalpha((unsigned char)extension[i]) &&
		    !isupper((unsigned char)extension[i]) != !isupper((unsigned char)*given))
			return -1;
		c[i] = (char)toupper((unsigned char)extension[i]);
	}
	if (c[0] == first && isdigit((unsigned char)c[1]) && isdigit((unsigned char)c[2]))
		return c[1] == '0' && c[2] == '0' ? -1 : (c[1] - '0') * 10 + c[2] - '0';
	if (c[0] < first || c[0] > 'Z' || !isalpha((unsigned char)c[1]) || !isalpha((unsigned char)c[2]))
		return -1;
	return SEGMENTS_TWO_DIGITS + 1 + ((c[0] - first) * 26 + c[1] - 'A') * 26 + c[2] - 'A';
}

static bool
has_signature(struct view head)
{
	return view_equal(view_part(head, 0, sizeof(signature)), view_of(signature, sizeof(signature)));
}

bool
ewf_recognise(const char *path, struct view head)
{
	const char *extension = path_extension(path);
	int64_t number = segment_number(extension, extension);

	return has_signature(head) ||
	       (toupper((unsigned char)*extension) == 'E' && number > 0 && number <= SEGMENTS_TWO_DIGITS);
}

/* Names of three letters are common: case.log may lie beside case.E01 and is no segment file of it. */
static bool
belongs(const member_list *members, size_t i)
{
	const struct member *m = &members->at[i];
	struct segment_set set = { 0 };
	uint8_t head[sizeof(signature)];
	bool found;

	if (m->number <= SEGMENTS_TWO_DIGITS || (i && members->at[i - 1].number + 1 == m->number))
		return true;
	found = segment_add(&set, m->path) == 0 &&
		segment_read(&set, 0, 0, head, sizeof(head)) == (ssize_t)sizeof(head) &&
		has_signature(view_of(head, sizeof(head)));
	segments_close(&set);
	return found;
}

static int
compare_claims(const void *a, const void *b)
{
	const struct claim *l = a, *r = b;

	if (l->number != r->number)
		return l->number < r->number ? -1 : 1;
	if (l->guessed != r->guessed)
		return l->guessed ? 1 : -1;
	if (l->by_name != r->by_name)
		return l->by_name ? -1 : 1;
	return (l->segment > r->segment) - (l->segment < r->segment);
}

/* Which number the file gives itself. A header that is damaged leaves the name to say it. */
static int
read_claim(struct ewf *ewf, struct sink *out, uint32_t named, struct claim *claim)
{
	struct ewf_file_header h = { 0 };
	const char *name = path_name(ewf->image->set.segments.at[claim->segment].path);
	ssize_t n = segment_read(&ewf->image->set, claim->segment, 0, &h, sizeof(h));

	if (n < 0 && n != -EIO)
		return (int)n;
	claim->number = claim->named = named;
	claim->by_name = true;
	if (n < (ssize_t)sizeof(h) || memcmp(h.signature, signature, sizeof(signature)) || !le16_get(h.number) ||
	    h.fields_begin != 1 || le16_get(h.fields_end)) {
		claim->guessed = true;
		return image_damage(out, 0,
				    "%s does not begin as a segment file should; it was taken for number %" PRIu32,
				    name, named);
	}
	claim->number = le16_get(h.number);
	claim->by_name = claim->number == named;
	if (claim->by_name)
		return 0;
	return image_damage(out, 0, "%s is named as segment file %" PRIu32 " but says that it is number %" PRIu32, name,
			    named, claim->number);
}

static int
open_segment(struct ewf *ewf, const char *path, uint32_t named, struct sink *out, claim_list *claims)
{
	struct claim *claim = vector_push(claims);
	int r;

	if (!claim)
		return fail(ENOMEM, "out of memory for the segment files of %s", path);
	claim->segment = ewf->image->set.segments.n;
	r = segment_add(&ewf->image->set, path);
	return r < 0 ? r : read_claim(ewf, out, named, claim);
}

static int
open_segments(struct ewf *ewf, const char *path, struct sink *out, claim_list *claims)
{
	CLEANUP(members_free) member_list members = { 0 };
	int r;

	if (segment_number(path_extension(path), path_extension(path)) < 0)
		return open_segment(ewf, path, 1, out, claims);
	r = members_find(path, segment_number, &members);
	for (size_t i = 0; r >= 0 && i < members.n; i++)
		if (belongs(&members, i))
			r = open_segment(ewf, members.at[i].path, members.at[i].number, out, claims);
	vector_sort(claims, compare_claims);
	return r;
}

/* ret_more: the file says that another one follows. */
static int
walk_segment(struct ewf *ewf, struct sink *out, size_t segment, bool *ret_more)
{
	struct ewf_walk walk = {
		.ewf = ewf,
		.out = out,
		.segment = segment,
		.size = ewf->image->set.segments.at[segment].size,
	};
	size_t tables = ewf->tables.n;
	uint64_t listed = ewf->listed;
	int r = ewf_walk_segment(&walk);

	if (r < 0)
		return r;
	*ret_more = walk.ended && !walk.last;
	if (!walk.foreign)
		return 0;
	ewf_tables_cut(ewf, tables);
	ewf->listed = listed;
	return ewf_tables_lost(ewf, "their segment file was replaced by one of another set");
}

static int
walk_segments(struct ewf *ewf, struct sink *out, const claim_list *claims)
{
	static const char missing[] = "their segment file is missing";
	uint32_t expected = 1;
	bool more = false;
	int r = 0;

	for (size_t i = 0; i < claims->n && r >= 0; i++) {
		const struct claim *claim = &claims->at[i];
		const char *name = path_name(ewf->image->set.segments.at[claim->segment].path);

		if ((!claim->by_name || claim->guessed || claim->number != expected) && !ewf->ordered)
			ewf->ordered = ewf->listed + 1;
		if (claim->number < expected) {
			r = image_damage(out, 0,
					 "%s says that it is a segment file that there is already; it was left out",
					 name);
			continue;
		}
		if (claim->number > expected) {
			r = image_damage(out, ewf->listed * ewf->chunk_size,
					 "%" PRIu32 " segment file(s) from number %" PRIu32 " on are missing",
					 claim->number - expected, expected);
			r = r < 0 ? r : ewf_tables_lost(ewf, missing);
		}
		r = r < 0 ? r : walk_segment(ewf, out, claim->segment, &more);
		expected = claim->number + 1;
	}
	if (r < 0 || !more)
		return r;
	r = image_damage(out, ewf->listed * ewf->chunk_size, "the segment files behind number %" PRIu32 " are missing",
			 expected - 1);
	return r < 0 ? r : ewf_tables_lost(ewf, missing);
}

/* Whether the files in this order hold every chunk of the media; nothing is told, and nothing of it stays. */
static int
holds_all(struct ewf *ewf, const claim_list *claims)
{
	int r = walk_segments(ewf, NULL, claims);
	const struct ewf_geometry *g = &ewf->geometry;
	bool all = ewf->has_geometry && g->sectors && ewf->listed == (g->sectors - 1) / g->chunk_sectors + 1;

	for (size_t i = 0; i < ewf->tables.n; i++)
		all &= ewf->tables.at[i].count != 0;
	ewf_tables_cut(ewf, 0);
	ewf->has_geometry = false;
	ewf->listed = 0;
	ewf->headers = ewf->salvaged = 0;
	ewf->ordered = 0;
	return r < 0 ? r : all;
}

/*
 * The number in a segment file's header has no checksum. Where files do not say what their names do, they go by their
 * headers, unless that leaves chunks missing while the names do not; what the names then say is not proven.
 */
static int
choose_order(struct ewf *ewf, struct sink *out, claim_list *claims)
{
	bool agree = true;
	int r;

	for (size_t i = 0; i < claims->n; i++)
		agree &= claims->at[i].by_name;
	r = agree ? 1 : holds_all(ewf, claims);
	ewf->order_known = r > 0;
	if (r != 0)
		return r < 0 ? r : 0;
	for (size_t i = 0; i < claims->n; i++) {
		uint32_t number = claims->at[i].number;

		claims->at[i].number = claims->at[i].named;
		claims->at[i].named = number;
	}
	vector_sort(claims, compare_claims);
	r = holds_all(ewf, claims);
	if (r > 0) /* files of one size can be exchanged and still hold every chunk: the order is not proven */
		return image_damage(out, 0,
				    "with the files in the order of their names nothing is missing: so they were read");
	for (size_t i = 0; i < claims->n; i++)
		claims->at[i].number = claims->at[i].named;
	vector_sort(claims, compare_claims);
	return r;
}

/* Where the order is not proven, what comes behind the first file that may be another's is in doubt. */
static int
doubt_order(struct ewf *ewf)
{
	uint64_t from = ewf->ordered ? (ewf->ordered - 1) * ewf->chunk_size : UINT64_MAX;

	if (ewf->order_known || from >= ewf->source.size)
		return 0;
	return bad_add(&ewf->image->bad,
		       &(struct bad_range){ .from = from,
					    .to = ewf->source.size,
					    .trust = TRUST_UNVERIFIED,
					    .why = "the segment files do not agree on their order" },
		       0);
}

/* A description without a checksum that fits, and that the tables contradict, may have put all of it in wrong places. */
static int
doubt_geometry(struct ewf *ewf)
{
	if (ewf->geometry.checked || ewf->geometry_fits || !ewf->source.size)
		return 0;
	return bad_add(&ewf->image->bad,
		       &(struct bad_range){ .to = ewf->source.size,
					    .trust = TRUST_UNVERIFIED,
					    .why = "the description of the media is damaged, and its tables do not fit it" },
		       0);
}

/* The number of sectors decides on the size; older tools may leave it 0 until the end. */
static int
set_size(struct ewf *ewf, const char *path, struct sink *out)
{
	struct ewf_geometry *g = &ewf->geometry;
	int r = 0;

	if (!ewf->has_geometry)
		return fail(EINVAL, "%s is no E01 set that can be read: nothing in it says how large the media is",
			    path);
	ewf->image->sector_size = g->sector_size;
	ewf->image->unit = ewf->chunk_size;
	if (!g->sectors && ewf->listed <= INT64_MAX / ewf->chunk_size)
		g->sectors = ewf->listed * g->chunk_sectors;
	ewf->geometry_fits = g->chunks == ewf->listed &&
			     g->chunks == g->sectors / g->chunk_sectors + (g->sectors % g->chunk_sectors != 0);
	if (g->chunks && g->chunks == ewf->listed && g->sectors > ewf->listed * g->chunk_sectors) {
		g->sectors = ewf->listed * g->chunk_sectors;
		r = image_damage(out, 0, "it claims more sectors than its tables and its own count of chunks: they were followed");
	}
	ewf->source.size = g->sectors * g->sector_size;
	ewf->chunks = g->sectors / g->chunk_sectors + (g->sectors % g->chunk_sectors != 0);
	if (r >= 0 && g->chunks != ewf->chunks)
		r = image_damage(out, 0, "%" PRIu64 " sectors do not fit into the %" PRIu64 " chunks it tells of",
				    g->sectors, g->chunks);
	return r;
}

static ssize_t
ewf_read(struct source *src, uint64_t offset, void *buf, size_t n)
{
	struct ewf *ewf = (struct ewf *)src;
	size_t done = 0;

	while (done < n) {
		uint64_t chunk = (offset + done) / ewf->chunk_size;
		size_t from = (size_t)((offset + done) % ewf->chunk_size), bytes = ewf_chunk_bytes(ewf, chunk);
		size_t step = bytes - from < n - done ? bytes - from : n - done;
		int r;

		if (step == bytes)
			r = ewf_chunk_read(ewf, chunk, (uint8_t *)buf + done);
		else
			r = ewf_chunk_part(ewf, chunk, from, (uint8_t *)buf + done, step);
		if (r < 0)
			return r;
		done += step;
	}
	return (ssize_t)n;
}

/* Chunks of zeros are the holes of an E01. A lost chunk is no hole: it is not known to be zeros. */
static int
ewf_next_data(struct source *src, uint64_t offset, uint64_t *ret_from, uint64_t *ret_to)
{
	struct ewf *ewf = (struct ewf *)src;
	uint64_t chunk = offset / ewf->chunk_size, most = chunk;
	int zero = 1;

	while (chunk < ewf->chunks && (zero = ewf_chunk_is_zero(ewf, chunk)) > 0)
		chunk++;
	if (zero < 0)
		return zero;
	if (chunk >= ewf->chunks)
		return 0;
	*ret_from = chunk * ewf->chunk_size > offset ? chunk * ewf->chunk_size : offset;
	most = chunk + STRETCH / ewf->chunk_size;
	while (++chunk < ewf->chunks && chunk < most && (zero = ewf_chunk_is_zero(ewf, chunk)) == 0)
		;
	if (zero < 0)
		return zero;
	*ret_to = chunk < ewf->chunks ? chunk * ewf->chunk_size : src->size;
	return 1;
}

static unsigned
ewf_trust(struct source *src, uint64_t from, uint64_t to)
{
	return bad_trust(&((struct ewf *)src)->image->bad, from, to);
}

static void
ewf_close(struct source *src)
{
	struct ewf *ewf = (struct ewf *)src;

	ewf_pages_close(ewf->pages);
	ewf_cache_close(ewf->cache);
	ewf_hands_close(ewf);
	free(atomic_load(&ewf->zero));
	ewf_tables_cut(ewf, 0);
	vector_free(&ewf->tables);
	free(ewf);
}

static const struct source_ops ewf_ops = {
	.read = ewf_read,
	.next_data = ewf_next_data,
	.trust = ewf_trust,
	.close = ewf_close,
};

int
ewf_open(struct image *image, const char *path, struct sink *out)
{
	struct ewf *ewf = calloc(1, sizeof(*ewf));
	claim_list claims = { 0 };
	int r;

	if (!ewf)
		return fail(ENOMEM, "out of memory for %s", path);
	ewf->source = (struct source){ .ops = &ewf_ops, .name = image->name };
	ewf->image = image;
	image->media = &ewf->source;
	image->format = IMAGE_EWF;
	r = open_segments(ewf, path, out, &claims);
	r = r < 0 ? r : choose_order(ewf, out, &claims);
	r = r < 0 ? r : walk_segments(ewf, out, &claims);
	vector_free(&claims);
	r = r < 0 ? r : set_size(ewf, path, out);
	r = r < 0 ? r : doubt_geometry(ewf);
	r = r < 0 ? r : doubt_order(ewf);
	r = r < 0 ? r : ewf_tables_place(ewf, out);
	r = r < 0 ? r : ewf_pages_open(&ewf->pages);
	r = r < 0 ? r : ewf_hands_open(ewf);
	return r < 0 ? r : ewf_cache_open(ewf);
}
