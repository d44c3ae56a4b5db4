/* reproduce.c - the same bytes by programs that are not this one: The Sleuth Kit, dislocker, libfsntfs, coreutils. */
#include "reproduce.h"

#include <errno.h>
#include <inttypes.h>

#include "ranges.h"
#include "shell.h"

enum {
	TYPE_DATA = 128,
	TYPE_INDEX_ROOT = 0x90,
	TYPE_INDEX = 0xa0,
	SHOWN = 512, /* bytes, where a finding has no length and no hash */
};

/* A command as it grows: what has to be run before, and what then writes the stream or those bytes of it. */
struct command {
	const struct exam *exam;
	const struct exam_volume *v;
	const struct place *place;
	const struct mark *mark;
	struct text before, source;
	bool blind; /* The Sleuth Kit does not see the entry */
	bool exact; /* source writes the bytes of the finding alone, and not the stream */
};

enum rests
place_rests(const struct place *place)
{
	if (place->outside)
		return RESTS_VOLUME;
	if (!place->bytes)
		return RESTS_NAME;
	if (place->slack)
		return RESTS_SLACK;
	return place->type == TYPE_INDEX ? RESTS_INDEX : place->type == TYPE_INDEX_ROOT ? RESTS_ROOT : RESTS_STREAM;
}

/* The media as one raw file, which is all that dislocker takes. */
static int
add_media(const struct exam *exam, struct text *ret)
{
	int r = text_adds(ret, image_format(exam->image) == IMAGE_EWF     ? "ewfmount "
			       : image_format(exam->image) == IMAGE_SPLIT ? "img_cat "
									  : "");

	if (r == 0 && image_format(exam->image) != IMAGE_RAW)
		r = text_add_file_word(ret, image_name(exam->image));
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
		r = text_add_file_word(ret, image_name(exam->image));
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
	return r < 0 ? r : text_add_file_word(ret, image_name(exam->image));
}

/* The volume as a file of its own, cut out by The Sleuth Kit where dislocker does not show it as one. */
static int
add_volume(struct command *c)
{
	const struct volume *v = &c->v->volume;
	int r = text_adds(&c->before, image_format(c->exam->image) == IMAGE_EWF ? "img_cat -i ewf" : "img_cat");

	if (r == 0)
		r = text_printf(&c->before, " -b %u -s %" PRIu64 " -e %" PRIu64 " ", v->sector_size,
				v->offset / v->sector_size, (v->offset + v->bytes) / v->sector_size - 1);
	if (r == 0)
		r = text_add_file_word(&c->before, image_name(c->exam->image));
	return r < 0 ? r : text_printf(&c->before, " >volume%u.ntfs && ", c->v->number);
}

/* What WOF packed reads as zeros in The Sleuth Kit; libfsntfs unpacks it. */
static int
add_packed(struct command *c)
{
	int r = c->v->plain ? 0 : add_volume(c);

	if (r == 0)
		r = text_adds(&c->source,
			      "/usr/bin/python3 -c 'import pyfsntfs, sys; v = pyfsntfs.volume(); v.open(\"");
	if (r == 0)
		r = c->v->plain ? text_printf(&c->source, "/mnt/volume%u/dislocker-file", c->v->number)
				: text_printf(&c->source, "volume%u.ntfs", c->v->number);
	if (r == 0)
		r = text_printf(&c->source, "\"); e = v.get_file_entry(%" PRIu64 "); sys.stdout.buffer.write(",
				c->place->entry.entry);
	return r < 0 ? r : text_adds(&c->source, "e.read_buffer(e.size))'");
}

static int
add_icat(struct command *c)
{
	const struct place *p = c->place;
	uint32_t type = p->type ? p->type : TYPE_DATA;
	int r = text_adds(&c->source, p->slack ? "icat -s" : "icat");

	if (r == 0)
		r = add_image(c->exam, c->v, &c->source);
	if (r == 0)
		r = text_printf(&c->source, " %" PRIu64 "-%u", p->entry.entry, type);
	return r < 0 ? r : text_printf(&c->source, "-%u", stream_attribute_id(p->attribute));
}

/* Bytes at a place of the volume: sectors of the media, cut to size. */
static int
add_range(void *state, uint64_t at, uint64_t length)
{
	struct command *c = state;
	const struct exam_volume *v = c->v;
	uint64_t sector = v->volume.sector_size, from = v->volume.offset + at;
	int r;

	if (at == RANGE_ZEROS)
		return text_printf(&c->source, "head -c %" PRIu64 " /dev/zero; ", length);
	if (v->plain)
		return text_printf(&c->source,
				   "tail -c +%" PRIu64 " /mnt/volume%u/dislocker-file | head -c %" PRIu64 "; ", at + 1,
				   v->number, length);
	r = text_adds(&c->source, image_format(c->exam->image) == IMAGE_EWF ? "img_cat -i ewf" : "img_cat");
	if (r == 0)
		r = text_printf(&c->source, " -b %" PRIu64 " -s %" PRIu64 " -e %" PRIu64 " ", sector, from / sector,
				(from + length - 1) / sector);
	if (r == 0)
		r = text_add_file_word(&c->source, image_name(c->exam->image));
	if (r == 0)
		r = text_printf(&c->source, " | tail -c +%" PRIu64 " | head -c %" PRIu64 "; ", from % sector + 1,
				length);
	return r;
}

/* The bytes [offset, offset + length) by their places on the media, told one by one. */
static int
add_ranges(struct command *c, enum rests on, uint64_t offset, uint64_t length)
{
	int r = text_adds(&c->source, "{ ");

	if (r == 0)
		r = ranges_of(c->v->ntfs, on, c->place, offset, length, add_range, c);
	if (r == 0)
		return text_adds(&c->source, "}");
	if (r == -ENOENT || r == -EINVAL)
		text_cut(&c->source, 0);
	return r;
}

/* All of the stream where a hash of it is stated, else the bytes alone; 0, -ENOENT or -EINVAL where neither can be. */
static int
add_places(struct command *c, enum rests on)
{
	uint64_t size;
	int r = -EINVAL;

	if (on == RESTS_STREAM && c->place->sha256 && ranges_size(c->v->ntfs, c->place, &size) == 0)
		r = add_ranges(c, on, 0, size);
	if (r != -EINVAL && r != -ENOENT)
		return r;
	c->exact = c->mark->length || on == RESTS_VOLUME;
	return c->exact ? add_ranges(c, on, c->mark->offset, c->mark->length ? c->mark->length : SHOWN) : r;
}

/*
 * What The Sleuth Kit will not open: a volume whose boot sector is gone or has another name, or whose $MFT is not all
 * where its first record says; an entry that is torn, or with a stream that is larger than the volume. To an attribute
 * outside the base record it gives a number of its own.
 */
static int
others_open(const struct command *c)
{
	const struct geometry *g = ntfs_geometry(c->v->ntfs);
	struct catalog_cursor cursor;
	bool fits = !g->backup_boot && !g->headless && !g->foreign && !g->mended;
	int r = fits && c->v->catalog ? catalog_get(c->v->catalog, c->place->entry.entry, &cursor) : 0;

	if (r == 0)
		return fits;
	if (r > 0)
		fits = !(cursor.entry.flags & (ENTRY_TORN | ENTRY_PARTIAL)) && !(c->place->attribute >> 16);
	for (uint32_t i = 0; r > 0 && i < cursor.entry.stream_count; i++)
		fits = fits && cursor.entry.streams[i].size / g->cluster_size <= g->clusters;
	catalog_stop(&cursor);
	return r < 0 ? r : fits;
}

static int
add_source(struct command *c, enum rests on)
{
	int r = on == RESTS_VOLUME || c->blind ? add_places(c, on) : -ENOENT;

	if (r != -ENOENT && r != -EINVAL)
		return r;
	c->exact = false;
	if (on != RESTS_STREAM || !c->place->packed)
		return add_icat(c);
	return c->place->sha256 ? add_packed(c) : 0; /* nobody else unpacks what is left of a damaged one */
}

/* ---- what is done with the bytes ---- */

static int
add_part(const struct command *c, struct text *ret)
{
	int r = text_add(ret, text_view(&c->source));

	if (r == 0 && !c->exact && c->mark->length)
		r = text_printf(ret, " | tail -c +%" PRIu64 " | head -c %" PRIu64, c->mark->offset + 1,
				c->mark->length);
	return r < 0 ? r : text_adds(ret, " | ");
}

/* The entry as The Sleuth Kit tells it, or its record as it is stored. */
static int
add_entry(const struct command *c, struct text *ret)
{
	struct command record = { .exam = c->exam, .v = c->v };
	uint64_t size = ntfs_geometry(c->v->ntfs)->record_size;
	int r = c->blind ? ranges_mft(c->v->ntfs, c->place->entry.entry * size, size, add_range, &record) : -EINVAL;

	if (r == 0)
		r = text_printf(ret, "{ %s} | xxd", record.source.s);
	text_free(&record.source);
	if (r != -EINVAL)
		return r;
	r = text_adds(ret, "istat");
	if (r == 0)
		r = add_image(c->exam, c->v, ret);
	return r < 0 ? r : text_printf(ret, " %" PRIu64, c->place->entry.entry);
}

/* The pipes end when their reader has enough: what comes next must not hang on how. */
static int
finish(const struct command *c, bool hashed, struct text *ret)
{
	bool whole = c->place->sha256 && !c->exact, bytes = c->source.n && (c->mark->length || c->exact);
	int r = text_add(ret, text_view(&c->before));

	if (r == 0)
		r = bytes ? add_part(c, ret) : add_entry(c, ret);
	if (r == 0 && bytes)
		r = text_adds(ret, "xxd");
	if (r < 0 || !(whole || (hashed && c->mark->length)))
		return r;
	r = text_adds(ret, "; ");
	if (r == 0)
		r = whole ? text_printf(ret, "%s | ", c->source.s) : add_part(c, ret);
	return r < 0 ? r : text_adds(ret, "sha256sum");
}

int
reproduce_compose(const struct exam *exam, const struct place *place, const struct mark *mark, bool hashed,
		  struct text *ret_command)
{
	struct command c = { .exam = exam, .v = &exam->volumes[place->volume], .place = place, .mark = mark };
	enum rests on = place_rests(place);
	int r = others_open(&c);

	c.blind = r == 0;
	if (r >= 0)
		r = c.v->plain ? add_unlock(exam, c.v, &c.before) : 0;
	if (r == 0)
		r = add_source(&c, on);
	if (r == 0)
		r = finish(&c, hashed, ret_command);
	text_free(&c.before);
	text_free(&c.source);
	return r;
}
