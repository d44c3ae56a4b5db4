/* content.c - one stream read once: digests, hash lists, the baseline and YARA, in that order of trust. */
#include "content.h"

#include <errno.h>

#include "fail.h"
#include "scan.h"
#include "text.h"

enum {
	BUFFER_FIRST = 1 << 20,
	BUFFER_KEPT = 4 << 20, /* a larger one is given back after its stream */
};

struct content {
	const struct profile *profile;
	struct scan *scan;
	struct digest *digest;
	unsigned kinds;
	uint8_t *buffer;
	size_t room;
};

int
content_open(const struct profile *profile, struct content **ret_content)
{
	CLEANUP(content_close) struct content *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return fail(ENOMEM, "out of memory for reading content");
	c->profile = profile;
	c->kinds = hash_kinds(profile) | 1u << DIGEST_SHA256;
	r = digest_open(c->kinds, &c->digest);
	if (r == 0)
		r = scan_new(profile, &c->scan);
	if (r < 0)
		return r;
	*ret_content = TAKE(c);
	return 0;
}

struct content *
content_close(struct content *c)
{
	if (!c)
		return NULL;
	scan_free(c->scan);
	digest_close(c->digest);
	free(c->buffer);
	free(c);
	return NULL;
}

static int
need(struct content *c, size_t n)
{
	size_t room = c->room ? c->room : BUFFER_FIRST;

	while (room < n)
		room *= 2;
	if (room == c->room)
		return 0;
	free(c->buffer);
	c->buffer = malloc(room);
	c->room = c->buffer ? room : 0;
	return c->buffer ? 0 : fail(ENOMEM, "out of memory for a stream of %zu bytes", n);
}

static void
give_back(struct content *c)
{
	if (c->room <= BUFFER_KEPT)
		return;
	free(c->buffer);
	c->buffer = NULL;
	c->room = 0;
}

/* Says that a list of known bad files has this one. */
static int
state_hash(const struct rule *rule, struct sink *out)
{
	struct view basis = view_text(rule->id); /* sha256:HEX */

	return out->mark(out, &(struct mark){ .rule = rule, .basis = basis });
}

/* What the digests alone tell, against the lists and the baseline. */
static int
grade(const struct content *c, const struct content_place *place, struct sink *out, struct content_result *result)
{
	const struct digest_value *sha256 = result->kinds ? &result->digests[DIGEST_SHA256] : NULL;
	const struct rule *rule;
	bool benign = false;

	result->baseline = baseline_grade(c->profile, place->relative, sha256, place->build);
	rule = hash_lookup(c->profile, result->digests, result->kinds, &benign);
	if (rule && !benign)
		return state_hash(rule, out);
	result->known_good = rule || result->baseline == BASELINE_KNOWN;
	return 0;
}

static int
read_whole(struct content *c, struct source *stream, const struct content_place *place, struct sink *out,
	   struct content_result *result)
{
	int r = need(c, (size_t)stream->size);
	ssize_t n = r < 0 ? r : source_read(stream, 0, c->buffer, (size_t)stream->size);
	struct view bytes;

	if (n < 0)
		return (int)n;
	bytes = view_of(c->buffer, (size_t)n);
	result->bytes = bytes.n;
	r = digest_add(c->digest, bytes);
	if (r == 0)
		r = digest_end(c->digest, result->digests);
	result->kinds = c->kinds;
	if (r == 0)
		r = grade(c, place, out, result);
	if (r < 0 || result->known_good)
		return r;
	r = scan_bytes(c->scan, place, bytes, 0, &result->incomplete);
	return r < 0 ? r : scan_state(c->scan, out);
}

static int
read_blocks(struct content *c, struct source *stream, const struct content_place *place, struct sink *out,
	    struct content_result *result)
{
	bool digestible = stream->size <= CONTENT_STREAM_MAX;
	struct blocks blocks;
	int r = need(c, BLOCKS_BUFFER);

	if (r < 0)
		return r;
	result->blocks = true;
	result->bytes = stream->size;
	blocks_start(&blocks, stream, digestible ? c->digest : NULL, c->buffer);
	r = scan_blocks(c->scan, place, &blocks, &result->incomplete);
	if (r == 0)
		r = blocks_finish(&blocks);
	if (r == 0 && digestible) {
		r = digest_end(c->digest, result->digests);
		result->kinds = c->kinds;
	}
	if (r == 0)
		r = grade(c, place, out, result);
	return r < 0 || result->known_good ? r : scan_state(c->scan, out);
}

static bool
all_zero(struct view v)
{
	return !v.n || (!v.p[0] && !memcmp(v.p, v.p + 1, v.n - 1));
}

int
content_scan(struct content *c, struct source *source, uint64_t base, const struct content_place *place,
	     struct sink *out, const char **ret_incomplete)
{
	bool more = source->size > CONTENT_WHOLE_MAX;
	size_t wanted = more ? CONTENT_WHOLE_MAX : (size_t)source->size;
	int r = need(c, wanted);
	ssize_t n = r < 0 ? r : source_read(source, 0, c->buffer, wanted);
	struct view bytes;

	*ret_incomplete = NULL;
	if (n < 0)
		return (int)n;
	bytes = view_of(c->buffer, (size_t)n);
	if (!all_zero(bytes)) {
		r = scan_bytes(c->scan, place, bytes, base, ret_incomplete);
		if (r == 0)
			r = scan_state(c->scan, out);
	}
	if (more && !*ret_incomplete)
		*ret_incomplete = "longer than what is searched of bytes that are no content";
	give_back(c);
	return r;
}

int
content_read(struct content *c, struct source *stream, const struct content_place *place, struct sink *out,
	     struct content_result *ret_result)
{
	struct content_result result = { .bytes = 0 };
	int r = digest_reset(c->digest);

	if (r == 0 && stream->size <= CONTENT_WHOLE_MAX)
		r = read_whole(c, stream, place, out, &result);
	else if (r == 0)
		r = read_blocks(c, stream, place, out, &result);
	give_back(c);
	if (r == 0)
		*ret_result = result;
	return r;
}
