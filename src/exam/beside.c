/* beside.c - what a volume keeps beside its files and nobody here reads: the change journal, the log, shadow copies.
 * They are named as not examined, so that nobody takes their silence for an answer. */
#include "beside.h"

#include <errno.h>
#include <inttypes.h>

#include "exam.h"
#include "fail.h"

enum { JOURNAL_LEAST = 12 }; /* $UsnJrnl lies behind the records that every volume has */

static bool
is_called(struct view name, const char *text)
{
	size_t n = strlen(text);

	if (name.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (name.p[2 * i] != (uint8_t)text[i] || name.p[2 * i + 1])
			return false;
	return true;
}

void
beside_see(struct oddments *n, const struct entry *entry)
{
	bool journal = false, store = false;

	for (uint32_t i = 0; i < entry->name_count; i++) {
		journal |= entry->number >= JOURNAL_LEAST && is_called(entry->names[i].name, "$UsnJrnl");
		store |= shadow_store(entry->names[i].name);
	}
	for (uint32_t i = 0; i < entry->stream_count && (journal || store); i++) {
		const struct stream *s = &entry->streams[i];

		if (journal && entry->flags & ENTRY_ALLOCATED && is_called(s->name, "$J")) {
			n->journals++;
			n->journal_bytes += s->allocated;
		}
		if (store && !s->name.n)
			n->shadow_bytes += s->size;
	}
	if (store && entry->flags & ENTRY_ALLOCATED && !n->shadows++)
		n->first_shadow = entry->number;
	else if (store && !(entry->flags & ENTRY_ALLOCATED))
		n->shadows_deleted++;
}

static int
cover(struct exam *exam, const struct exam_volume *v, const char *what, struct coverage_row row)
{
	CLEANUP(text_free) struct text path = { 0 };

	if (text_printf(&path, "volume %u: %s", v->number, what) < 0)
		return fail(ENOMEM, "out of memory for the coverage of %s", exam->path);
	row.source = "ntfs";
	row.path = text_view(&path);
	return case_coverage(exam->db, &row);
}

/* What was not found may be in a record that is lost. */
static const char *
why_absent(const struct exam_volume *v)
{
	const struct catalog_count *n = catalog_count(v->catalog);

	return n->damaged || n->quarantined ? "not among the records that can be read; some cannot" : NULL;
}

static int
cover_journal(struct exam *exam, const struct exam_volume *v)
{
	const struct oddments *n = &v->oddments;

	return cover(
		exam, v, "/$Extend/$UsnJrnl:$J",
		(struct coverage_row){ .state = n->journals ? "skipped" : "absent",
				       .items = n->journals,
				       .bytes = n->journal_bytes,
				       .reason = n->journals ? "the change journal: not examined" : why_absent(v) });
}

static int
cover_log(struct exam *exam, struct exam_volume *v)
{
	static const char *const reasons[LOG_STATES] = {
		[LOG_ABSENT] = "it cannot be read",
		[LOG_EMPTY] = "it holds nothing",
		[LOG_CLEAN] = "the volume was closed cleanly; the log's records are not examined",
		[LOG_UNCLEAN] =
			"the volume was not closed cleanly; the log's records are neither examined nor replayed",
		[LOG_BROKEN] = "neither of its restart pages can be read; it is not examined",
	};
	static const char *const limits[LOG_STATES] = {
		[LOG_UNCLEAN] =
			"the log was left open, and was not replayed: changes that stand only in it are not seen",
		[LOG_BROKEN] =
			"neither restart page of the log can be read: whether changes stand only in it is not known",
	};
	enum log_state state;
	uint64_t bytes;
	int r = logfile_of(v->ntfs, &state, &bytes);

	if (r == 0 && limits[state])
		r = limits_add(v->limits, "/$LogFile", 2, "", -1, limits[state], 1);
	if (r == 0 && ntfs_dirty(v->ntfs))
		r = limits_add(v->limits, "/$Volume", 3, "", -1,
			       "the volume is marked dirty: it was not closed cleanly, and what it holds may be "
			       "inconsistent",
			       1);
	return r < 0 ? r
		     : cover(exam, v, "/$LogFile",
			     (struct coverage_row){ .state = state == LOG_ABSENT  ? "unreadable"
							     : state == LOG_EMPTY ? "empty"
										  : "skipped",
						    .items = state != LOG_ABSENT,
						    .bytes = bytes,
						    .reason = reasons[state] });
}

static int
limit_shadows(struct exam_volume *v)
{
	static const char folder[] = "/System Volume Information";
	const struct oddments *n = &v->oddments;
	int r = 0;

	if (n->shadows)
		r = limits_add(
			v->limits, folder, (int64_t)n->first_shadow, "", -1,
			"shadow copies, from this entry on: the earlier states of the volume that they keep were "
			"not examined",
			n->shadows);
	if (r == 0 && n->shadows_deleted)
		r = limits_add(v->limits, folder, -1, "", -1,
			       "deleted stores of shadow copies: what is left of them was not examined",
			       n->shadows_deleted);
	return r;
}

static int
cover_shadows(struct exam *exam, struct exam_volume *v)
{
	const struct oddments *n = &v->oddments;
	bool any = n->shadows || n->shadows_deleted;
	CLEANUP(text_free) struct text reason = { 0 };
	int header = shadow_header(ntfs_volume(v->ntfs)), r = header < 0 ? header : limit_shadows(v);

	if (r < 0)
		return r;
	if (any)
		r = text_printf(&reason, "%" PRIu64 " stores and %" PRIu64 " deleted ones: not examined", n->shadows,
				n->shadows_deleted);
	else if (header)
		r = text_adds(&reason, "the header of the service is there, but no store: there were shadow copies, or "
				       "the service was only set up");
	if (r < 0)
		return fail(ENOMEM, "out of memory for the coverage of %s", exam->path);
	return cover(exam, v, "shadow copies",
		     (struct coverage_row){ .state = any ? "skipped" : "absent",
					    .items = n->shadows + n->shadows_deleted,
					    .bytes = n->shadow_bytes,
					    .reason = reason.n ? reason.s : why_absent(v) });
}

int
beside_cover(struct exam *exam)
{
	int r = 0;

	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++) {
		struct exam_volume *v = &exam->volumes[i];

		if (!v->catalog)
			continue;
		r = cover_journal(exam, v);
		if (r == 0)
			r = cover_log(exam, v);
		if (r == 0)
			r = cover_shadows(exam, v);
	}
	return r;
}
