/* finding.c - one rule hit at one place: its lasting id, its words, and the hash of the bytes that it rests on. */
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "reproduce.h"

enum { ID_BYTES = 8 };

/* From what the finding is and where it lies, and nothing of this run or of the container. A name counts where the rule
 * is about names: content is the same under all names of a file. */
int
finding_id(const struct exam *exam, const struct place *place, const struct mark *mark, struct text *ret_id)
{
	const struct exam_volume *v = &exam->volumes[place->volume];
	CLEANUP(text_free) struct text key = { 0 };
	struct digest_value hash;
	int r = text_printf(&key, "%s|%" PRIu64 "||%" PRIu64 "-%u-%" PRIu64 "|%s|%s|%" PRIu64 "|%s", exam->fingerprint,
			    v->volume.offset, place->entry.entry, place->entry.sequence, place->attribute,
			    place->stream, mark->rule->id, mark->offset,
			    mark->rule->kind == RULE_PATH ? place->path : "");

	if (r == 0)
		r = digest_sha256(text_view(&key), &hash);
	return r < 0 ? r : text_add_hex(ret_id, view_of(hash.b, ID_BYTES));
}

/* SHA-256 of the bytes that it rests on, where it names some and all of them are there: 1, 0, or negative. */
static int
hash_bytes(const struct exam *exam, const struct place *place, const struct mark *mark, struct digest_value *ret_value)
{
	struct ntfs *ntfs = exam->volumes[place->volume].ntfs;
	CLEANUP(ground_close) struct ground ground = { 0 };
	int r;

	if (!mark->length || !ntfs || (place->packed && !place->sha256)) /* nobody else unpacks a damaged one */
		return 0;
	r = ground_open(ntfs, place_rests(place), place->entry, place->attribute, &ground);
	if (r == -ENOENT || r == -ESTALE || r == -EINVAL)
		return 0;
	return r < 0 ? r : ground_hash(&ground, mark->offset, mark->length, ret_value);
}

static int
write_row(struct exam *exam, const struct place *place, const struct mark *mark, enum level level, const char *id,
	  const uint8_t *hash, const char *command)
{
	return case_finding(exam->db, &(struct finding_row){
					      .finding = id,
					      .volume = exam->volumes[place->volume].number,
					      .file = place->file,
					      .when = place->when,
					      .rule = mark->rule,
					      .level = level,
					      .path = view_text(place->path),
					      .excerpt = mark->excerpt,
					      .basis = mark->basis,
					      .sha256 = place->sha256,
					      .bytes_sha256 = hash,
					      .rests_on = rests_name(place_rests(place)),
					      .attribute = place->attribute,
					      .mft = place->entry.entry,
					      .seq = place->entry.sequence,
					      .offset = mark->offset,
					      .length = mark->length,
					      .stream = view_text(place->stream),
					      .reproduce = command,
				      });
}

size_t
rule_slot(const struct profile *profile, const struct rule *rule)
{
	const struct rule *const *rules;
	size_t n = profile_rules(profile, &rules);

	for (size_t i = 0; i < own_rule_count(); i++)
		if (rule == own_rule_at(i))
			return n + i;
	return rule->number;
}

/* Names, times and places come from a record of the $MFT: whether that lies on bytes that are missing or in doubt. */
static bool
record_is_doubtful(const struct exam *exam, const struct place *place)
{
	struct ntfs *ntfs = exam->volumes[place->volume].ntfs;
	uint64_t size = ntfs ? ntfs_geometry(ntfs)->record_size : 0;

	return ntfs && !place->outside && place->entry.entry < ntfs_records(ntfs) &&
	       source_trust(ntfs_mft(ntfs), place->entry.entry * size, (place->entry.entry + 1) * size) != 0;
}

int
finding_write(struct exam *exam, const struct place *place, const struct mark *found, enum level level)
{
	CLEANUP(text_free) struct text id = { 0 };
	CLEANUP(text_free) struct text command = { 0 };
	CLEANUP(text_free) struct text basis = { 0 };
	struct mark copy = *found;
	const struct mark *mark = &copy;
	struct digest_value hash;
	int hashed = hash_bytes(exam, place, mark, &hash);
	int r = hashed < 0 ? hashed : finding_id(exam, place, mark, &id);

	if (r == 0 && record_is_doubtful(exam, place)) {
		r = text_add(&basis, mark->basis);
		if (r == 0)
			r = text_adds(&basis, "; its MFT entry rests on damaged or unverified bytes");
		copy.basis = text_view(&basis);
	}
	if (r == 0)
		r = reproduce_compose(exam, place, mark, hashed > 0, &command);
	if (r == -ENOMEM)
		fail(ENOMEM, "out of memory for a finding in %s", exam->path);
	if (r == 0)
		r = write_row(exam, place, mark, level, id.s, hashed > 0 ? hash.b : NULL, command.s);
	if (r < 0)
		return r;
	exam->rule_hits[rule_slot(exam->profile, mark->rule)]++;
	exam->findings++;
	progress_finding(exam->progress);
	return 0;
}
