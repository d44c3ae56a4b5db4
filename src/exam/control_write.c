/* control_write.c - what the second opinion came to: each difference a row, and how much agrees in the coverage. */
#include <errno.h>
#include <inttypes.h>

#include "control_own.h"
#include "fail.h"

static int
write_difference(struct exam *exam, const struct look *look, const struct difference *d)
{
	return case_control(exam->db, &(struct control_row){
					      .volume = look->v->number,
					      .mft = d->mft,
					      .seq = d->seq,
					      .what = d->what,
					      .path = d->path,
					      .stream = d->stream,
					      .ours = d->ours,
					      .control = d->theirs,
					      .reason = control_reason_text(d->reason),
					      .explained = d->reason != REASON_NONE,
					      .count = d->count,
				      });
}

/* Those of a kind beyond the ones that are listed are one row. */
static int
write_rest(struct exam *exam, const struct look *look, const struct kind *kind)
{
	if (kind->n == kind->listed)
		return 0;
	return write_difference(exam, look, &(struct difference){ .mft = -1,
								  .what = kind->what,
								  .ours = view_text("more of these"),
								  .theirs = view_text("than are listed one by one"),
								  .reason = kind->reason,
								  .count = kind->n - kind->listed });
}

/* 1234567 as 1,234,567. */
static int
add_number(struct text *t, uint64_t n)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%" PRIu64, n), r = 0;

	for (int i = 0; i < length && r == 0; i++) {
		if (i && (length - i) % 3 == 0)
			r = text_addc(t, ',');
		if (r == 0)
			r = text_addc(t, digits[i]);
	}
	return r;
}

static int
add_words(struct text *t, uint64_t n, const char *words)
{
	int r = add_number(t, n);

	return r < 0 ? r : text_adds(t, words);
}

/* "libtsk agrees on 301,234 of 301,240 entries; 6 differ, all explained; ..." */
static int
describe(const struct look *look, struct text *t)
{
	uint64_t all = look->ours + look->theirs - look->both;
	int r;

	if (!look->started)
		return text_adds(t, look->why ? look->why : "libtsk was not asked");
	r = text_adds(t, "libtsk agrees on ");
	if (r == 0)
		r = add_words(t, all - look->differ, " of ");
	if (r == 0)
		r = add_words(t, all, " entries");
	if (r == 0 && look->differ) {
		r = text_adds(t, "; ");
		if (r == 0)
			r = add_words(t, look->differ, look->differ == 1 ? " differs" : " differ");
	}
	if (r == 0 && look->differ + look->unlike && !look->unexplained)
		r = text_adds(t, look->differ ? ", all explained" : "");
	if (r == 0 && look->unexplained) {
		r = text_adds(t, ", ");
		if (r == 0)
			r = add_words(t, look->unexplained, " not explained");
	}
	if (r == 0 && look->streams) {
		r = text_adds(t, "; the same SHA-256 for ");
		if (r == 0)
			r = add_words(t, look->same, " of ");
		if (r == 0)
			r = add_words(t, look->streams, " streams with findings");
	}
	if (r == 0 && look->unread) {
		r = text_adds(t, "; ");
		if (r == 0)
			r = add_words(t, look->unread, " streams with findings were not compared");
	}
	if (r == 0 && look->why)
		r = text_printf(t, "; %s", look->why);
	return r;
}

static int
write_coverage(struct exam *exam, const struct exam_volume *v, const char *state, const char *reason, uint64_t items,
	       uint64_t lost)
{
	CLEANUP(text_free) struct text path = { 0 };

	if (text_printf(&path, "volume %u", v->number) < 0)
		return fail(ENOMEM, "out of memory for the coverage of %s", exam->path);
	return case_coverage(exam->db, &(struct coverage_row){ .source = "control",
							       .path = text_view(&path),
							       .state = state,
							       .items = items,
							       .lost = lost,
							       .reason = reason });
}

static int
write_limitation(struct exam *exam, const struct look *look, const char *what, uint64_t count)
{
	return case_limitation(exam->db, &(struct limitation_row){ .volume = look->v->number,
								   .path = view_text(exam->name),
								   .mft = -1,
								   .offset = -1,
								   .what = what,
								   .count = count });
}

static int
write_look(struct exam *exam, const struct look *look)
{
	CLEANUP(text_free) struct text words = { 0 };
	uint64_t all = look->ours + look->theirs - look->both;
	int r = describe(look, &words) < 0 ? fail(ENOMEM, "out of memory for the coverage of %s", exam->path) : 0;

	for (size_t i = 0; i < look->differences.n && r == 0; i++)
		r = write_difference(exam, look, &look->differences.at[i]);
	for (size_t i = 0; i < look->kinds.n && r == 0; i++)
		r = write_rest(exam, look, &look->kinds.at[i]);
	if (r == 0)
		r = write_coverage(exam, look->v,
				   !look->why      ? "read"
				   : look->started ? "partly"
						   : "unreadable",
				   words.s, all, look->differ);
	if (r == 0 && look->unexplained)
		r = write_limitation(exam, look,
				     "libtsk sees this otherwise, and nothing explains it: 'postmortem control'",
				     look->unexplained);
	if (r == 0 && look->why)
		r = write_limitation(exam, look, "the second opinion is missing or incomplete: 'postmortem coverage'",
				     1);
	return r;
}

/* Volumes that nobody compared, though they were read. */
static int
write_skipped(struct exam *exam, bool asked)
{
	int r = 0;

	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++) {
		const struct exam_volume *v = &exam->volumes[i];
		bool locked = v->volume.fs != FS_NTFS;

		if (v->ntfs && (!asked || locked))
			r = write_coverage(exam, v, "skipped",
					   exam->request->no_control ? "left out by the user (--no-control)"
					   : !asked                  ? "left out by the user (--stages)"
								     : "an encrypted volume, of which libtsk has no key",
					   0, 0);
	}
	return r;
}

int
control_write(struct exam *exam, struct control *c)
{
	int r = write_skipped(exam, c != NULL);

	for (uint32_t i = 0; c && i < c->all && r == 0; i++)
		r = write_look(exam, &c->looks[i]);
	return r;
}
