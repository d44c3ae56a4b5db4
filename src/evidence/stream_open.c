/* stream_open.c - finding the one stream that is meant among all attributes of an entry. */
#include <errno.h>

#include "fail.h"
#include "stream_own.h"

int
stream_of(struct ntfs *ntfs, const struct pieces *pieces, uint32_t type, struct view name, bool whole, struct sink *out,
	  struct source **ret_stream)
{
	struct stream_plan plan = { .ntfs = ntfs, .pieces = pieces, .whole = whole, .out = out };

	for (; plan.start < pieces->list.n; plan.start++) {
		const struct attribute *a = &pieces->list.at[plan.start].attribute;

		if (a->type == type && view_equal(a->name, name) && (a->resident || !a->first_vcn))
			return stream_build(&plan, ret_stream);
	}
	return -ENOENT;
}

/* The stream with that identity, as the entry's own list of streams counts them. */
static int
choose(struct pieces *pieces, uint64_t attribute, struct stream_plan *plan)
{
	CLEANUP(free) size_t *starts = calloc(pieces->list.n + 1, sizeof(*starts));
	struct entry entry;
	bool first = true;
	int r;

	if (!starts)
		return fail(ENOMEM, "out of memory for the streams of an entry");
	r = pieces_entry(pieces, &entry, starts);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < entry.stream_count; i++) {
		bool unnamed = !entry.streams[i].name.n;

		if (entry.streams[i].attribute != attribute) {
			first = first && !unnamed;
			continue;
		}
		plan->attribute = attribute;
		plan->flags = entry.streams[i].flags;
		plan->start = starts[i];
		/* of several unnamed ones Windows shows the first */
		plan->unpack = reparse_packs(entry.reparse) && unnamed && first;
		if (plan->flags & STREAM_ELSEWHERE && !plan->unpack)
			plan->elsewhere = reparse_why(entry.reparse);
		return 0;
	}
	return -ENOENT;
}

int
stream_open(struct ntfs *ntfs, struct reference entry, uint64_t attribute, struct sink *out, struct source **ret_stream)
{
	CLEANUP(pieces_free) struct pieces pieces = { 0 };
	struct stream_plan plan = { .ntfs = ntfs, .pieces = &pieces, .out = out };
	struct stray asked = { .record = attribute >> 16 & UINT32_MAX };
	const struct stray *others;
	size_t n = strays_of(ntfs->strays, ntfs->stray_count, entry.entry, &others);
	int r;

	if (!n && asked.record) { /* named by the caller even where no list names it */
		others = &asked;
		n = 1;
	}
	r = pieces_of(ntfs, entry.entry, others, n, &pieces);
	if (r == -ENODATA)
		return -ENOENT;
	if (r < 0)
		return r;
	if (pieces.head.sequence != entry.sequence)
		return -ESTALE;
	r = choose(&pieces, attribute, &plan);
	return r < 0 ? r : stream_build(&plan, ret_stream);
}
