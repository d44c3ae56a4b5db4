/* rests.c - the bytes that a finding rests on, read from the evidence again, for their hash to be stated and checked.
 */
#include "rests.h"

#include <errno.h>
#include <string.h>

#include "fail.h"
#include "index.h"
#include "progress.h"

enum { BLOCK = 1 << 20 };

static const char *const names[RESTS] = {
	[RESTS_NAME] = "name",   [RESTS_STREAM] = "stream",   [RESTS_SLACK] = "slack",
	[RESTS_INDEX] = "index", [RESTS_ROOT] = "index root", [RESTS_VOLUME] = "volume",
};

const char *
rests_name(enum rests on)
{
	return names[on];
}

enum rests
rests_of(struct view name)
{
	int i = 0;

	while (i < RESTS && !view_equal(name, view_text(names[i])))
		i++;
	return (enum rests)i;
}

static int
open_slack(struct ground *ground)
{
	struct slack_info info;
	int r = stream_slack(ground->stream, &ground->bytes, &info);

	if (r == 0)
		ground->base = info.from;
	return r;
}

int
ground_open(struct ntfs *ntfs, enum rests on, struct reference entry, uint64_t attribute, struct ground *ret_ground)
{
	CLEANUP(ground_close) struct ground ground = { 0 };
	int r = -ENOENT;

	if (on == RESTS_VOLUME) {
		ground.bytes = ntfs_volume(ntfs);
		ground.borrowed = true;
		r = 0;
	} else if (on == RESTS_INDEX || on == RESTS_ROOT) {
		r = index_open(ntfs, entry, on == RESTS_ROOT, &ground.bytes);
	} else if (on == RESTS_STREAM) {
		r = stream_open(ntfs, entry, attribute, NULL, &ground.bytes);
	} else if (on == RESTS_SLACK) {
		r = stream_open(ntfs, entry, attribute, NULL, &ground.stream);
		r = r < 0 ? r : open_slack(&ground);
	}
	if (r < 0)
		return r;
	*ret_ground = ground;
	ground = (struct ground){ 0 };
	return 0;
}

void
ground_close(struct ground *ground)
{
	if (!ground->borrowed)
		source_close(ground->bytes);
	source_close(ground->stream);
	*ground = (struct ground){ 0 };
}

static int
digest_range(struct source *bytes, uint64_t at, uint64_t end, struct digest *digest)
{
	size_t room = end - at < BLOCK ? (size_t)(end - at) : BLOCK;
	CLEANUP(free) uint8_t *block = malloc(room + 1);
	int r = block ? 0 : fail(ENOMEM, "out of memory for the bytes of a finding");

	while (at < end && r == 0) {
		size_t want = end - at < room ? (size_t)(end - at) : room;

		r = source_read_all(bytes, at, block, want);
		if (r == 0)
			r = digest_add(digest, view_of(block, want));
		at += want;
		if (r == 0 && stop_asked())
			r = -ECANCELED;
	}
	return r;
}

int
ground_hash(const struct ground *ground, uint64_t offset, uint64_t length, struct digest_value *ret_value)
{
	CLEANUP(digest_close) struct digest *digest = NULL;
	struct digest_value values[DIGEST_KINDS];
	uint64_t from = offset - ground->base;
	int r;

	if (offset < ground->base || from > ground->bytes->size || length > ground->bytes->size - from ||
	    length > GROUND_MAX || source_trust(ground->bytes, from, from + length) & (TRUST_MISSING | TRUST_DAMAGED))
		return 0;
	r = digest_open(1u << DIGEST_SHA256, &digest);
	if (r == 0)
		r = digest_range(ground->bytes, from, from + length, digest);
	if (r == 0)
		r = digest_end(digest, values);
	if (r < 0)
		return r == -ENODATA ? 0 : r;
	*ret_value = values[DIGEST_SHA256];
	return 1;
}
