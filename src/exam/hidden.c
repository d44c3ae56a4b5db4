/*
 * hidden.c - bytes under a chosen file that no program is shown: slack, clusters that a filter covers, packed bytes
 * that cannot be unpacked. Searched by the content rules and told as what they are, never as the file's content.
 */
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "hidden.h"

static int
limited(const struct slot *slot, const char *why, int64_t offset)
{
	const struct candidate *c = slot->candidate;

	return limits_add(slot->limits, c->path, (int64_t)c->entry.entry, c->stream, offset, why, 1);
}

/* Byte 0 of the source is byte `base` of what the findings are about. */
static int
scan(struct slot *slot, struct content *content, struct source *source, uint64_t base, const struct hiding *hiding)
{
	char extension[EXTENSION_MAX];
	struct content_place place = slot_place(slot, extension);
	const char *incomplete = NULL;
	int r;

	slot->hiding = hiding;
	r = content_scan(content, source, base, &place, &slot->sink, &incomplete);
	slot->hiding = NULL;
	return r < 0 || !incomplete ? r : limited(slot, incomplete, (int64_t)base);
}

static int
make_hiding(struct slot *slot, struct hiding **ret, uint64_t attribute, const char *stream, const char *words)
{
	*ret = arena_take(&slot->arena, sizeof(**ret), _Alignof(struct hiding));
	if (!*ret || !stream || !words)
		return fail(ENOMEM, "out of memory for the slack of %s", slot->candidate->path);
	**ret = (struct hiding){ .attribute = attribute, .stream = stream, .words = words };
	return 0;
}

static int
scan_slack(struct slot *slot, struct content *content, struct source *stream)
{
	const struct candidate *c = slot->candidate;
	CLEANUP(source_close) struct source *slack = NULL;
	struct slack_info info;
	struct stream_info is;
	struct hiding *hiding;
	int r = stream_slack(stream, &slack, &info);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	stream_info(stream, &is);
	r = make_hiding(slot, &hiding, c->attribute,
			arena_printf(&slot->arena, "%s%s[%s]", c->stream, c->stream[0] ? " " : "",
				     info.covered ? "covered" : "slack"),
			info.covered
				? arena_printf(&slot->arena,
					       "in clusters of the stream that a filter of Windows covers: no "
					       "program is shown them")
				: arena_printf(&slot->arena,
					       "in slack and not in the file's content, which ends at byte %" PRIu64
					       " (%" PRIu64 " of them valid): of what file these bytes were is not "
					       "known",
					       is.size, is.valid));
	if (r < 0)
		return r;
	hiding->slack = true;
	hiding->trust = source_trust(slack, 0, slack->size);
	r = scan(slot, content, slack, info.from, hiding);
	if (r == 0 && info.more)
		r = limited(slot, "more slack than is searched: only its first 64 MiB were",
			    (int64_t)(info.from + STREAM_SLACK_MAX));
	return r;
}

/* The packed bytes as they are, where they could not be unpacked. */
static int
scan_packed(struct slot *slot, struct content *content, struct ntfs *ntfs)
{
	const struct candidate *c = slot->candidate;
	CLEANUP(source_close) struct source *packed = NULL;
	struct hiding *hiding;
	int r = stream_open(ntfs, c->entry, c->packed, NULL, &packed);

	if (r == -ESTALE || r == -ENOENT || r == -EINVAL)
		return 0; /* said already: that is why it could not be unpacked */
	if (r == 0)
		r = make_hiding(slot, &hiding, c->packed, "WofCompressedData",
				"in the packed bytes of a file that could not be unpacked, taken as they are");
	if (r == 0)
		hiding->trust = source_trust(packed, 0, packed->size);
	return r < 0 ? r : scan(slot, content, packed, 0, hiding);
}

int
hidden_read(struct slot *slot, struct content *content, struct ntfs *ntfs, struct source *stream)
{
	const struct candidate *c = slot->candidate;
	int r = scan_slack(slot, content, stream);

	if (r == 0 && c->flags & FILE_PACKED && (slot->unread || slot->trust & TRUST_DAMAGED))
		r = scan_packed(slot, content, ntfs);
	return r;
}
