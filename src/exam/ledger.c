/* ledger.c - the account of an exhibit: every byte of the media, every record and every chosen stream, each under one
 * heading, with sums that are held against what was there. */
#include <errno.h>
#include <inttypes.h>

#include "exam.h"
#include "fail.h"

static const char *const fates[FATES] = {
	[FATE_READ] = "read",
	[FATE_UNVERIFIED] = "read, resting on unverified bytes",
	[FATE_DAMAGED] = "read, with parts missing or damaged",
	[FATE_INCOMPLETE] = "not read or searched to its end",
	[FATE_CIPHERTEXT] = "only ciphertext was there to read",
	[FATE_ELSEWHERE] = "content not on this volume, or not decoded",
	[FATE_OVERWRITTEN] = "deleted and overwritten",
	[FATE_ASIDE] = "set aside: its reading ended a worker twice",
	[FATE_UNREADABLE] = "could not be opened",
	[FATE_LEFT_OUT] = "left out by the user",
	[FATE_LISTED] = "listed only: no reader is named for it",
};

/* One account of one volume, or of the media for volume 0, while its lines are written. */
struct account {
	struct exam *exam;
	uint32_t volume;
	const char *name;
	struct share sum;
};

static int
write_line(struct account *a, const char *disposition, struct share share)
{
	if (!share.items && !share.bytes)
		return 0;
	a->sum.items += share.items;
	a->sum.bytes += share.bytes;
	return case_ledger(a->exam->db, &(struct ledger_row){ .volume = a->volume,
							      .account = a->name,
							      .disposition = disposition,
							      .items = share.items,
							      .bytes = share.bytes });
}

/* The total comes from elsewhere than the lines; where they do not meet, something was lost, and that is said. */
static int
write_total(struct account *a, struct share total)
{
	CLEANUP(text_free) struct text what = { 0 };
	struct share sum = a->sum;
	int r = write_line(a, "total", total);

	if (r < 0 || (sum.items == total.items && sum.bytes == total.bytes))
		return r;
	if (text_printf(&what,
			"the ledger of %s does not balance: %" PRIu64 " of %" PRIu64 " items and %" PRIu64
			" of %" PRIu64 " bytes are accounted for",
			a->name, sum.items, total.items, sum.bytes, total.bytes) < 0)
		return fail(ENOMEM, "out of memory for the ledger of %s", a->exam->path);
	return limits_add(a->volume ? a->exam->volumes[a->volume - 1].limits : a->exam->limits, a->exam->name, -1, "",
			  -1, what.s, 1);
}

/* Volumes may overlap, or reach beyond the media: each byte is counted once, with the first volume that has it. */
static int
write_media(struct exam *exam)
{
	enum { READ, OTHER, OUTSIDE, PLACES };
	static const char *const places[PLACES] = { "volumes examined", "volumes not examined", "outside any volume" };
	struct account a = { .exam = exam, .name = "media" };
	struct share shares[PLACES] = { 0 };
	uint64_t size = image_media(exam->image)->size, at = 0;
	int r = 0;

	for (uint32_t i = 0; i < exam->volume_count; i++) {
		const struct volume *v = &exam->volumes[i].volume;
		uint64_t from = v->offset < size ? v->offset : size;
		uint64_t to = v->bytes < size - from ? from + v->bytes : size;
		struct share *share = &shares[exam->volumes[i].ntfs ? READ : OTHER];

		if (from > at) {
			shares[OUTSIDE].items++;
			shares[OUTSIDE].bytes += from - at;
			at = from;
		}
		share->items++;
		share->bytes += to > at ? to - at : 0;
		at = to > at ? to : at;
	}
	shares[OUTSIDE].items += at < size;
	shares[OUTSIDE].bytes += size - at;
	for (int i = 0; i < PLACES && r == 0; i++)
		r = write_line(&a, places[i], shares[i]);
	return r < 0 ? r : write_total(&a, (struct share){ a.sum.items, size });
}

static int
write_records(struct exam *exam, const struct exam_volume *v)
{
	const struct catalog_count *n = catalog_count(v->catalog);
	const struct {
		const char *disposition;
		uint64_t items;
	} lines[] = {
		{ "entries", n->parsed },
		{ "extensions of other records", n->extensions },
		{ "never used", n->empty },
		{ "damaged", n->damaged },
		{ "set aside", n->quarantined },
	};
	struct account a = { .exam = exam, .volume = v->number, .name = "records" };
	uint64_t size = ntfs_geometry(v->ntfs)->record_size;
	int r = 0;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]) && r == 0; i++)
		r = write_line(&a, lines[i].disposition, (struct share){ lines[i].items, lines[i].items * size });
	return r < 0 ? r : write_total(&a, (struct share){ ntfs_records(v->ntfs), ntfs_records(v->ntfs) * size });
}

/* The total is what the walk chose, the lines are what became of it while reading. */
static int
write_streams(struct exam *exam, struct exam_volume *v, bool read)
{
	struct account a = { .exam = exam, .volume = v->number, .name = "streams" };
	int r = 0;

	if (!read)
		v->fates[FATE_LEFT_OUT] = v->chosen;
	for (int i = 0; i < FATES && r == 0; i++)
		r = write_line(&a, fates[i], v->fates[i]);
	return r < 0 ? r : write_total(&a, v->chosen);
}

int
ledger_write(struct exam *exam, bool read)
{
	int r = write_media(exam);

	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++) {
		struct exam_volume *v = &exam->volumes[i];

		if (!v->catalog)
			continue;
		r = write_records(exam, v);
		if (r == 0)
			r = write_streams(exam, v, read);
	}
	return r;
}
