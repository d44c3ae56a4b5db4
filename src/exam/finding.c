/* finding.c - one rule hit at one place: its lasting id, its words, and the command by which anybody can see the same.
 */
#include <errno.h>
#include <inttypes.h>

#include "exam.h"
#include "fail.h"

enum { ID_BYTES = 8, TYPE_DATA = 128 };

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

/* A file name as a shell takes it. */
static int
add_quoted(struct text *t, const char *s)
{
	int r = text_addc(t, '\'');

	for (; *s && r == 0; s++)
		r = *s == '\'' ? text_adds(t, "'\\''") : text_addc(t, *s);
	return r < 0 ? r : text_addc(t, '\'');
}

/* The media as one raw file, which is all that dislocker takes. */
static int
add_media(const struct exam *exam, struct text *ret)
{
	int r = text_adds(ret, image_format(exam->image) == IMAGE_EWF     ? "ewfmount "
			       : image_format(exam->image) == IMAGE_SPLIT ? "img_cat "
									  : "");

	if (r == 0 && image_format(exam->image) != IMAGE_RAW)
		r = add_quoted(ret, image_name(exam->image));
	if (r == 0 && image_format(exam->image) != IMAGE_RAW)
		r = text_adds(ret, image_format(exam->image) == IMAGE_EWF ? " /mnt/ewf && " : " >/mnt/media.raw && ");
	return r;
}

/* dislocker's own word for each credential; the examiner has it in a variable, as the case must not. */
static int
add_unlock(const struct exam *exam, const struct exam_volume *v, struct text *ret)
{
	static const char *const options[CREDENTIAL_KINDS] = {
		[CREDENTIAL_RECOVERY] = "-p\"$RECOVERY_PASSWORD\"",
		[CREDENTIAL_PASSWORD] = "-u\"$PASSWORD\"",
		[CREDENTIAL_STARTUP] = "-f \"$BEK_FILE\"",
		[CREDENTIAL_VMK] = "-K \"$VMK_FILE\"",
		[CREDENTIAL_FVEK] = "-k \"$FVEK_FILE\"",
	};
	int r = add_media(exam, ret);

	if (r == 0)
		r = text_printf(ret, "dislocker -r -O %" PRIu64 " -V ", v->volume.offset);
	if (r == 0 && image_format(exam->image) == IMAGE_RAW)
		r = add_quoted(ret, image_name(exam->image));
	else if (r == 0)
		r = text_adds(ret, image_format(exam->image) == IMAGE_EWF ? "/mnt/ewf/ewf1" : "/mnt/media.raw");
	return r < 0 ? r
		     : text_printf(ret, " %s -- /mnt/volume%u && ", v->key->clear ? "-c" : options[v->key->with],
				   v->number);
}

/* The image and the volume in it, or the volume that dislocker shows, as an option and a word of The Sleuth Kit. */
static int
add_image(const struct exam *exam, const struct exam_volume *v, struct text *ret)
{
	int r = 0;

	if (v->plain)
		return text_printf(ret, " /mnt/volume%u/dislocker-file", v->number);
	if (image_format(exam->image) == IMAGE_EWF)
		r = text_adds(ret, " -i ewf");
	if (r == 0 && v->volume.offset)
		r = text_printf(ret, " -b %u -o %" PRIu64, v->volume.sector_size,
				v->volume.offset / v->volume.sector_size);
	if (r == 0)
		r = text_addc(ret, ' ');
	return r < 0 ? r : add_quoted(ret, image_name(exam->image));
}

/* Bytes in no file: those of the media, or of the volume that dislocker shows. */
static int
compose_media_command(const struct exam *exam, const struct place *place, const struct mark *mark, struct text *ret)
{
	const struct exam_volume *v = &exam->volumes[place->volume];
	uint64_t from = (v->plain ? 0 : v->volume.offset) + mark->offset;
	int r = v->plain ? add_unlock(exam, v, ret) : 0;

	if (r == 0 && v->plain)
		r = text_printf(ret, "cat /mnt/volume%u/dislocker-file", v->number);
	else if (r == 0)
		r = text_adds(ret, image_format(exam->image) == IMAGE_EWF ? "img_cat -i ewf " : "img_cat ");
	if (r == 0 && !v->plain)
		r = add_quoted(ret, image_name(exam->image));
	return r < 0 ? r
		     : text_printf(ret, " | tail -c +%" PRIu64 " | head -c %" PRIu64 " | xxd", from + 1,
				   mark->length ? mark->length : 512);
}

/* What to do with the bytes of the stream: show those that were hit, or hash all. */
static int
add_part(struct text *ret, const struct mark *mark)
{
	int r = 0;

	if (mark->length)
		r = text_printf(ret, " | tail -c +%" PRIu64 " | head -c %" PRIu64, mark->offset + 1, mark->length);
	return r < 0 ? r : text_adds(ret, mark->length ? " | xxd" : " | sha256sum");
}

/* The volume as a file of its own, cut out by The Sleuth Kit where dislocker does not show it as one. */
static int
add_volume(const struct exam *exam, const struct exam_volume *v, struct text *ret)
{
	uint32_t sector = v->volume.sector_size;
	int r = text_adds(ret, image_format(exam->image) == IMAGE_EWF ? "img_cat -i ewf" : "img_cat");

	if (r == 0)
		r = text_printf(ret, " -b %u -s %" PRIu64 " -e %" PRIu64 " ", sector, v->volume.offset / sector,
				(v->volume.offset + v->volume.bytes) / sector - 1);
	if (r == 0)
		r = add_quoted(ret, image_name(exam->image));
	return r < 0 ? r : text_adds(ret, " >volume.ntfs && ");
}

/* What WOF packed reads as zeros in The Sleuth Kit; libfsntfs unpacks it. */
static int
compose_packed(const struct exam *exam, const struct place *place, const struct mark *mark, struct text *ret)
{
	const struct exam_volume *v = &exam->volumes[place->volume];
	int r = v->plain ? add_unlock(exam, v, ret) : add_volume(exam, v, ret);

	if (r == 0)
		r = text_adds(ret, "python3 -c 'import pyfsntfs, sys; v = pyfsntfs.volume(); v.open(\"");
	if (r == 0 && v->plain)
		r = text_printf(ret, "/mnt/volume%u/dislocker-file", v->number);
	else if (r == 0)
		r = text_adds(ret, "volume.ntfs");
	if (r == 0)
		r = text_printf(
			ret, "\"); e = v.get_file_entry(%" PRIu64 "); sys.stdout.buffer.write(e.read_buffer(e.size))'",
			place->entry.entry);
	return r < 0 ? r : add_part(ret, mark);
}

/* By The Sleuth Kit, which is not what found it: the bytes of the stream, or the record where there are none. */
static int
compose_command(const struct exam *exam, const struct place *place, const struct mark *mark, struct text *ret)
{
	const struct exam_volume *v = &exam->volumes[place->volume];
	bool stream = place->bytes;
	int r;

	if (stream && place->packed)
		return compose_packed(exam, place, mark, ret);
	r = v->plain ? add_unlock(exam, v, ret) : 0;
	if (r == 0)
		r = text_adds(ret, !stream ? "istat" : place->slack ? "icat -s" : "icat");
	if (r == 0)
		r = add_image(exam, v, ret);
	if (r == 0)
		r = text_printf(ret, stream ? " %" PRIu64 "-%u-%u" : " %" PRIu64, place->entry.entry,
				place->type ? place->type : TYPE_DATA, stream_attribute_id(place->attribute));
	return r < 0 || !stream ? r : add_part(ret, mark);
}

static int
write_row(struct exam *exam, const struct place *place, const struct mark *mark, enum level level, const char *id,
	  const char *command)
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
	int r = finding_id(exam, place, mark, &id);

	if (r == 0 && record_is_doubtful(exam, place)) {
		r = text_add(&basis, mark->basis);
		if (r == 0)
			r = text_adds(&basis, "; its MFT entry rests on damaged or unverified bytes");
		copy.basis = text_view(&basis);
	}
	if (r == 0)
		r = (place->outside ? compose_media_command : compose_command)(exam, place, mark, &command);
	if (r == -ENOMEM)
		fail(ENOMEM, "out of memory for a finding in %s", exam->path);
	if (r == 0)
		r = write_row(exam, place, mark, level, id.s, command.s);
	if (r < 0)
		return r;
	exam->rule_hits[rule_slot(exam->profile, mark->rule)]++;
	exam->findings++;
	progress_finding(exam->progress);
	return 0;
}
