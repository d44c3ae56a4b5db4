/* verify_read.c - the bytes that a finding rests on, taken from the image once more and held against the case. */
#include <errno.h>

#include "fail.h"
#include "verify_case.h"

enum { BLOCK = 1 << 20 };

static struct exam_volume *
volume_at(struct exam *exam, uint64_t offset)
{
	for (uint32_t i = 0; i < exam->volume_count; i++)
		if (exam->volumes[i].volume.offset == offset && exam->volumes[i].ntfs)
			return &exam->volumes[i];
	return NULL;
}

static int
hash(struct source *stream, struct text *ret_hex)
{
	CLEANUP(digest_close) struct digest *digest = NULL;
	CLEANUP(free) uint8_t *block = malloc(BLOCK);
	struct digest_value values[DIGEST_KINDS];
	int r = block ? digest_open(1u << DIGEST_SHA256, &digest) : -ENOMEM;

	for (uint64_t at = 0; at < stream->size && r == 0;) {
		ssize_t n = source_read(stream, at, block, BLOCK);

		if (n <= 0)
			return n < 0 ? (int)n : -ENODATA;
		r = digest_add(digest, view_of(block, (size_t)n));
		at += (uint64_t)n;
		if (r == 0 && stop_asked())
			r = -ECANCELED;
	}
	if (r == 0)
		r = digest_end(digest, values);
	return r < 0 ? r : text_add_hex(ret_hex, view_of(values[DIGEST_SHA256].b, 32));
}

/* Whether what the finding quotes still stands there: 1, 0, or -EINVAL where it quotes nothing that can be compared. */
static int
quote_stands(const struct recheck *f, const struct ground *ground)
{
	CLEANUP(text_free) struct text shown = { 0 };
	uint8_t bytes[EXCERPT_MAX];
	size_t n = f->length < EXCERPT_MAX ? (size_t)f->length : EXCERPT_MAX;
	int r;

	if (!n || !f->excerpt[0])
		return -EINVAL;
	if (f->offset < ground->base)
		return 0;
	r = source_read_all(ground->bytes, f->offset - ground->base, bytes, n);
	if (r == 0)
		r = text_add_escaped(&shown, view_of(bytes, n));
	if (r < 0)
		return r == -ENODATA ? 0 : r;
	if (!strcmp(shown.s, f->excerpt))
		return 1;
	return memchr(bytes, 0, n) ? -EINVAL : 0; /* text of two bytes a character was quoted as decoded */
}

static int
rehash_bytes(struct recheck *f, const struct ground *ground, struct arena *arena)
{
	CLEANUP(text_free) struct text hex = { 0 };
	struct digest_value value;
	int r = ground_hash(ground, f->offset, f->length, &value);

	if (r <= 0)
		return r;
	r = text_add_hex(&hex, view_of(value.b, 32));
	f->our_bytes = r == 0 ? arena_copy(arena, text_view(&hex)) : NULL;
	return f->our_bytes ? 0 : -ENOMEM;
}

/* Findings of one stream come in one stretch. */
static int
rehash_stream(struct recheck *f, const struct recheck *before, struct source *stream, struct arena *arena)
{
	CLEANUP(text_free) struct text hex = { 0 };
	int r;

	if (before && before->on == RESTS_STREAM && before->ours[0] && before->volume == f->volume &&
	    reference_equal(before->entry, f->entry) && before->attribute == f->attribute) {
		f->ours = before->ours;
		return 0;
	}
	r = hash(stream, &hex);
	if (r < 0)
		return r;
	f->ours = arena_copy(arena, text_view(&hex));
	return f->ours ? 0 : -ENOMEM;
}

/* A hash says it all; without one, the quoted bytes have to do. */
static int
judge(struct recheck *f, const struct ground *ground)
{
	int r = 1;

	if (f->sha256[0])
		f->differs = strcmp(f->sha256, f->ours) != 0;
	if (f->bytes_sha256[0])
		f->differs |= strcmp(f->bytes_sha256, f->our_bytes) != 0;
	if (!f->sha256[0] && !f->bytes_sha256[0])
		r = quote_stands(f, ground);
	if (r == -EINVAL) {
		f->why = "the case has no hash of it, as bytes are damaged, and nothing that can be compared";
		return 0;
	}
	f->differs |= r == 0;
	return r < 0 ? r : 0;
}

/* What rests on a name, a place or times: the entry has to be there under that name. */
static int
find_name(const struct exam_volume *v, struct recheck *f)
{
	const char *slash = strrchr(f->path, '/');
	CLEANUP(text_free) struct text name = { 0 };
	struct catalog_cursor cursor;
	bool found = false;
	int r = catalog_get(v->catalog, f->entry.entry, &cursor);

	if (r < 0)
		return r;
	f->looked = true;
	f->differs = r == 0 || cursor.entry.sequence != f->entry.sequence;
	for (uint32_t i = 0; r > 0 && i < cursor.entry.name_count && !found; i++) {
		text_cut(&name, 0);
		if (text_add_name(&name, cursor.entry.names[i].name) < 0)
			r = -ENOMEM;
		found = r > 0 && name.n && slash && !strcmp(name.s, slash + 1);
	}
	catalog_stop(&cursor);
	if (f->differs)
		f->why = "its entry is gone, or is another file's";
	else if (!found && r > 0)
		f->why = "its entry is there, but under another name";
	f->differs |= !found;
	return r < 0 ? r : 0;
}

static int
read_bytes(struct exam_volume *v, struct arena *arena, struct recheck *f, const struct recheck *before)
{
	CLEANUP(ground_close) struct ground ground = { 0 };
	struct stream_info info = { 0 };
	int r = ground_open(v->ntfs, f->on, f->entry, f->attribute, &ground);

	if (r == -ESTALE || r == -ENOENT || r == -EINVAL) {
		f->why = "no such bytes are on this image";
		f->differs = true;
		return 0;
	}
	if (r == 0 && f->on == RESTS_STREAM && ground.bytes->size > CONTROL_STREAM_MAX) {
		f->why = "larger than what is read again (1 GiB)";
		return 0;
	}
	if (r == 0 && f->on == RESTS_STREAM)
		r = rehash_stream(f, before, ground.bytes, arena);
	if (r == 0 && f->bytes_sha256[0])
		r = rehash_bytes(f, &ground, arena);
	if (r < 0)
		return r;
	if (f->on == RESTS_STREAM)
		stream_info(ground.bytes, &info);
	f->looked = true;
	f->askable = f->on == RESTS_STREAM && !(info.flags & STREAM_UNPACKED);
	if (!f->askable)
		f->not_asked = f->on == RESTS_STREAM ? "it does not unpack what WOF packed"
						     : "it reads streams, and these bytes are in none";
	return judge(f, &ground);
}

static int
read_one(struct exam *exam, struct arena *arena, struct recheck *f, const struct recheck *before)
{
	struct exam_volume *v = volume_at(exam, f->volume);

	if (f->snapshot || f->on == RESTS || !v || !v->catalog) {
		f->why = f->snapshot      ? "it lies in a snapshot"
			 : f->on == RESTS ? "the case does not say what it rests on"
					  : "its volume is not on this image";
		f->differs = !v && !f->snapshot;
		return 0;
	}
	if (f->on == RESTS_NAME || (!f->length && !f->sha256[0])) {
		f->not_asked = "it rests on a name, a place or times, not on bytes";
		return find_name(v, f);
	}
	return read_bytes(v, arena, f, before);
}

int
recheck_ours(struct exam *exam, struct arena *arena, recheck_list *list)
{
	int r = 0;

	for (size_t i = 0; i < list->n && r == 0; i++)
		r = read_one(exam, arena, &list->at[i], i ? &list->at[i - 1] : NULL);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for the findings of %s", exam->path) : r;
}

/* ---- libtsk ---- */

struct asked {
	struct arena *arena;
	struct recheck **list;
};

static int
take_read(void *state, uint32_t want, const struct control_read *read, bool died)
{
	const struct asked *asked = state;
	struct recheck *f = asked->list[want];
	CLEANUP(text_free) struct text t = { 0 };
	int r = read->done ? text_add_hex(&t, view_of(read->sha256, 32)) : text_add_escaped(&t, read->text);

	(void)died;
	if (r == 0 && read->done)
		f->theirs = arena_copy(asked->arena, text_view(&t));
	else if (r == 0)
		f->said = arena_copy(asked->arena, text_view(&t));
	return r < 0 || !f->theirs || !f->said ? -ENOMEM : 0;
}

/* libtsk is asked by name, which only the entry itself tells as it is. */
static int
describe(struct exam_volume *v, const struct recheck *f, struct control_want *want)
{
	struct catalog_cursor cursor;
	CLEANUP(text_free) struct text name = { 0 };
	int r = catalog_get(v->catalog, f->entry.entry, &cursor), found = 0;

	*want = (struct control_want){ .entry = f->entry.entry, .id = stream_attribute_id(f->attribute) };
	for (uint32_t i = 0; r > 0 && i < cursor.entry.stream_count && !found; i++)
		if (cursor.entry.streams[i].attribute == f->attribute &&
		    cursor.entry.streams[i].size <= CONTROL_STREAM_MAX)
			found = control_spell(cursor.entry.streams[i].name, &name) < 0 ? -ENOMEM : 1;
	catalog_stop(&cursor);
	if (r < 0 || found <= 0 || name.n > sizeof(want->name))
		return r < 0 ? r : found < 0 ? found : 0;
	want->name_n = (uint16_t)name.n;
	if (name.n)
		memcpy(want->name, name.s, name.n);
	return 1;
}

static int
ask_volume(struct exam *exam, struct exam_volume *v, struct keeper *keeper, struct arena *arena, recheck_list *list)
{
	struct control_request request = { .magic = CONTROL_MAGIC,
					   .task = CONTROL_READ,
					   .volumes = 1,
					   .sector_size = image_sector_size(exam->image),
					   .offsets = { v->volume.offset } };
	CLEANUP(free) struct control_want *wants = calloc(list->n + 1, sizeof(*wants));
	CLEANUP(free) struct recheck **asked = calloc(list->n + 1, sizeof(struct recheck *));
	uint32_t n = 0;
	int r = wants && asked ? 0 : -ENOMEM;

	for (size_t i = 0; i < list->n && r >= 0; i++) {
		struct recheck *f = &list->at[i];

		if (!f->askable || f->volume != v->volume.offset)
			continue;
		r = v->volume.fs == FS_NTFS ? describe(v, f, &wants[n]) : 0;
		f->not_asked = "";
		if (r > 0)
			asked[n++] = f;
		else if (r == 0)
			f->not_asked = v->volume.fs == FS_NTFS ? "too large, or no entry of its own"
							       : "an encrypted volume, of which it has no key";
	}
	return r < 0 || !n ? r
			   : keeper_read(keeper, exam->fingerprint, &request, wants, n, take_read,
					 &(struct asked){ .arena = arena, .list = asked });
}

int
recheck_theirs(struct exam *exam, struct keeper *keeper, struct arena *arena, recheck_list *list)
{
	int r = 0;

	for (uint32_t i = 0; i < exam->volume_count && r >= 0; i++)
		if (exam->volumes[i].catalog)
			r = ask_volume(exam, &exam->volumes[i], keeper, arena, list);
	if (r == -EBADMSG)
		r = fail(EBADMSG, "%s: the process with libtsk gave no answer", exam->path);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for the second opinion on %s", exam->path) : r < 0 ? r : 0;
}
