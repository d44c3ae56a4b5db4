/* control_tsk.c - lets libtsk look: what it sees of a volume entry by entry, and what it reads of a stream.
 *
 * Runs in a process of its own, which may die of it: libtsk 4.11 reads out of bounds, takes memory without limit and
 * does not return on some volumes. By entry, not by folder: it is faster by far, and libtsk stops without a word in
 * folders deeper than 128 and behind paths of 4,096 bytes.
 */
#include <errno.h>

#include "control_wire.h"
#include "digest.h"
#include "tsk_media.h"

enum {
	RANGE = 256,         /* entries in one step */
	CAREFUL = 4096,      /* entries that are looked at one by one after a death */
	STEP_BYTES = 1 << 20 /* of a stream, in one step */
};

struct answer {
	const struct control_request *request;
	struct wire wire;
	void (*step)(void);
	struct tsk_media *media;
	TSK_FS_INFO *fs;
	uint64_t seen; /* entries below it are told */
	int result;
};

static struct view
error_text(void)
{
	const char *text = tsk_error_get();

	return view_text(text ? text : "");
}

static int
put_number(struct answer *a, enum wire_type type, uint64_t number, struct view text)
{
	const struct wire_number message = { .number = number };

	return wire_put(&a->wire, type, &message, text);
}

/* ---- entries ---- */

static bool
is_data(const TSK_FS_ATTR *attr)
{
	return attr && attr->type == TSK_FS_ATTR_TYPE_NTFS_DATA;
}

static uint32_t
count_names(const TSK_FS_META *meta)
{
	uint32_t n = 0;

	for (const TSK_FS_META_NAME_LIST *name = meta->name2; name && n <= CONTROL_PARTS_MAX; name = name->next)
		n++;
	return n;
}

static uint32_t
count_streams(TSK_FS_FILE *file, int attributes)
{
	uint32_t n = 0;

	for (int i = 0; i < attributes && n <= CONTROL_PARTS_MAX; i++)
		n += is_data(tsk_fs_file_attr_get_idx(file, i));
	return n;
}

static int
put_names(struct answer *a, const TSK_FS_META *meta, uint32_t n)
{
	const TSK_FS_META_NAME_LIST *name = meta->name2;
	int r = 0;

	for (uint32_t i = 0; i < n && r == 0; i++, name = name->next) {
		const struct wire_name message = { .parent = name->par_inode, .sequence = name->par_seq };

		r = wire_put(&a->wire, WIRE_NAME, &message,
			     view_of(name->name, strnlen(name->name, sizeof(name->name))));
	}
	return r;
}

static int
put_streams(struct answer *a, TSK_FS_FILE *file, int attributes, uint32_t n)
{
	int r = 0;

	for (int i = 0; i < attributes && n && r == 0; i++) {
		const TSK_FS_ATTR *attr = tsk_fs_file_attr_get_idx(file, i);
		struct wire_stream message;

		if (!is_data(attr))
			continue;
		message = (struct wire_stream){ .size = (uint64_t)attr->size, .id = attr->id };
		r = wire_put(&a->wire, WIRE_STREAM, &message, view_text(attr->name));
		n--;
	}
	return r;
}

static struct control_time
when(time_t seconds, uint64_t nanoseconds)
{
	return (struct control_time){ .seconds = (uint32_t)seconds, .nanoseconds = (uint32_t)nanoseconds };
}

static void
fill_times(const TSK_FS_META *meta, struct wire_entry *e)
{
	const __typeof__(meta->time2.ntfs) *fn = &meta->time2.ntfs;

	e->si[CONTROL_CREATED] = when(meta->crtime, meta->crtime_nano);
	e->si[CONTROL_MODIFIED] = when(meta->mtime, meta->mtime_nano);
	e->si[CONTROL_CHANGED] = when(meta->ctime, meta->ctime_nano);
	e->si[CONTROL_ACCESSED] = when(meta->atime, meta->atime_nano);
	e->fn[CONTROL_CREATED] = when(fn->fn_crtime, (uint64_t)fn->fn_crtime_nano);
	e->fn[CONTROL_MODIFIED] = when(fn->fn_mtime, (uint64_t)fn->fn_mtime_nano);
	e->fn[CONTROL_CHANGED] = when(fn->fn_ctime, (uint64_t)fn->fn_ctime_nano);
	e->fn[CONTROL_ACCESSED] = when(fn->fn_atime, (uint64_t)fn->fn_atime_nano);
}

static int
put_entry(struct answer *a, TSK_FS_FILE *file)
{
	const TSK_FS_META *meta = file->meta;
	int attributes = tsk_fs_file_attr_getsize(file), r;
	uint32_t names = count_names(meta), streams = count_streams(file, attributes);
	struct wire_entry e = { .number = meta->addr, .sequence = meta->seq };

	e.flags = (meta->flags & TSK_FS_META_FLAG_ALLOC ? CONTROL_ALLOCATED : 0) |
		  (TSK_FS_IS_DIR_META(meta->type) ? CONTROL_DIRECTORY : 0) |
		  (names > CONTROL_PARTS_MAX || streams > CONTROL_PARTS_MAX ? CONTROL_MORE : 0);
	e.names = names < CONTROL_PARTS_MAX ? names : CONTROL_PARTS_MAX;
	e.streams = streams < CONTROL_PARTS_MAX ? streams : CONTROL_PARTS_MAX;
	fill_times(meta, &e);
	r = wire_put(&a->wire, WIRE_ENTRY, &e, view_of(NULL, 0));
	if (r == 0)
		r = put_names(a, meta, e.names);
	return r < 0 ? r : put_streams(a, file, attributes, e.streams);
}

/* Records that were never used have no attributes, and no entry in our list either. */
static TSK_WALK_RET_ENUM
take_entry(TSK_FS_FILE *file, void *state)
{
	static const unsigned unused = TSK_FS_META_FLAG_UNUSED | TSK_FS_META_FLAG_UNALLOC;
	struct answer *a = state;

	if (!file->meta || file->meta->addr < a->seen)
		return TSK_WALK_CONT;
	a->seen = file->meta->addr + 1;
	if ((file->meta->flags & unused) == unused)
		return TSK_WALK_CONT;
	a->result = put_entry(a, file);
	return a->result < 0 ? TSK_WALK_STOP : TSK_WALK_CONT;
}

static bool
walk(struct answer *a, uint64_t from, uint64_t to)
{
	static const TSK_FS_META_FLAG_ENUM all = (TSK_FS_META_FLAG_ENUM)(
		TSK_FS_META_FLAG_ALLOC | TSK_FS_META_FLAG_UNALLOC | TSK_FS_META_FLAG_USED | TSK_FS_META_FLAG_UNUSED);

	a->step();
	return !tsk_fs_meta_walk(a->fs, from, to, all, take_entry, a);
}

/* One by one: an error that would end the walk is told of the entry that it belongs to, and the walk goes on. */
static int
walk_singly(struct answer *a, uint64_t from, uint64_t to, bool careful)
{
	int r = 0;

	for (uint64_t at = from; at <= to && r == 0; at++) {
		if (careful)
			r = put_number(a, WIRE_BEGIN, at, view_of(NULL, 0));
		if (r == 0 && careful)
			r = wire_flush(&a->wire);
		if (r == 0 && !walk(a, at, at) && a->result == 0 && a->seen <= at) {
			r = put_number(a, WIRE_ERROR, at, error_text());
			a->seen = at + 1;
		}
		if (r == 0)
			r = a->result;
	}
	tsk_error_reset();
	return r;
}

static int
walk_range(struct answer *a, uint64_t from, uint64_t to)
{
	bool fine = walk(a, from, to);

	if (a->result < 0 || fine)
		return a->result;
	return walk_singly(a, a->seen > from ? a->seen : from, to, false);
}

/* The last number is libtsk's own, for a folder of orphans that it makes up. */
static int
walk_volume(struct answer *a, uint64_t from)
{
	uint64_t end = a->fs->last_inum, careful = a->request->careful ? from + CAREFUL : 0;
	int r = 0;

	a->seen = from;
	for (uint64_t at = from; at < end && r == 0; at += RANGE) {
		uint64_t last = end - at > RANGE ? at + RANGE - 1 : end - 1;

		r = at < careful ? walk_singly(a, at, last, true) : walk_range(a, at, last);
		if (r == 0)
			r = put_number(a, WIRE_BEGIN, last + 1, view_of(NULL, 0));
	}
	return r < 0 ? r : wire_put(&a->wire, WIRE_VOLUME_END, NULL, view_of(NULL, 0));
}

/* ---- volumes ---- */

static void
close_volume(struct answer *a)
{
	if (a->fs)
		tsk_fs_close(a->fs);
	a->fs = NULL;
}

/* NTFS, said explicitly: libtsk's own guessing runs every parser that it has over the bytes. */
static void
open_volume(struct answer *a, uint32_t volume)
{
	a->step();
	close_volume(a);
	a->fs = tsk_fs_open_img(&a->media->info, (TSK_OFF_T)a->request->offsets[volume], TSK_FS_TYPE_NTFS);
}

static int
tell_volume(struct answer *a, uint32_t volume)
{
	const struct wire_volume message = { .volume = volume,
					     .open = a->fs != NULL,
					     .records = a->fs ? a->fs->last_inum : 0 };
	int r = wire_put(&a->wire, WIRE_VOLUME, &message, a->fs ? view_of(NULL, 0) : error_text());

	tsk_error_reset();
	return r < 0 ? r : wire_flush(&a->wire);
}

static int
walk_volumes(struct answer *a)
{
	int r = 0;

	for (uint32_t i = a->request->volume; i < a->request->volumes && r == 0; i++) {
		open_volume(a, i);
		r = tell_volume(a, i);
		if (r == 0 && a->fs)
			r = walk_volume(a, i == a->request->volume ? a->request->from : 0);
		if (r == 0)
			r = wire_flush(&a->wire);
	}
	return r;
}

/* ---- streams ---- */

struct reading {
	struct answer *answer;
	struct digest *digest;
	uint64_t bytes, stepped;
	int result;
};

static TSK_WALK_RET_ENUM
take_bytes(TSK_FS_FILE *file, TSK_OFF_T offset, TSK_DADDR_T block, char *bytes, size_t n, TSK_FS_BLOCK_FLAG_ENUM flags,
	   void *state)
{
	struct reading *reading = state;

	(void)file, (void)offset, (void)block, (void)flags;
	reading->bytes += n;
	if (reading->bytes > CONTROL_STREAM_MAX)
		return TSK_WALK_ERROR;
	if (reading->bytes - reading->stepped >= STEP_BYTES) {
		reading->stepped = reading->bytes;
		reading->answer->step();
	}
	reading->result = digest_add(reading->digest, view_of(bytes, n));
	return reading->result < 0 ? TSK_WALK_ERROR : TSK_WALK_CONT;
}

/* By name, and among equals by id: libtsk gives ids of its own to what lies in further records. */
static const TSK_FS_ATTR *
find_stream(TSK_FS_FILE *file, const struct control_want *want)
{
	const TSK_FS_ATTR *found = NULL;
	struct view name = view_of(want->name, want->name_n);
	int n = tsk_fs_file_attr_getsize(file);

	for (int i = 0; i < n; i++) {
		const TSK_FS_ATTR *attr = tsk_fs_file_attr_get_idx(file, i);

		if (is_data(attr) && view_equal(view_text(attr->name), name) && (!found || attr->id == want->id))
			found = attr;
	}
	return found;
}

static struct view
read_stream(struct answer *a, const struct control_want *want, struct reading *reading, struct wire_read *ret)
{
	struct digest_value values[DIGEST_KINDS];
	const TSK_FS_ATTR *attr;
	TSK_FS_FILE *file = a->fs ? tsk_fs_file_open_meta(a->fs, NULL, want->entry) : NULL;
	struct view why = view_of(NULL, 0);

	if (!file)
		return error_text();
	attr = find_stream(file, want);
	if (!attr)
		why = view_text("it lists no such stream");
	else if (tsk_fs_attr_walk(attr, TSK_FS_FILE_WALK_FLAG_NONE, take_bytes, reading))
		why = reading->bytes > CONTROL_STREAM_MAX ? view_text("it finds more bytes than are compared")
							  : error_text();
	else if (digest_end(reading->digest, values) == 0)
		ret->done = 1;
	ret->bytes = reading->bytes;
	if (ret->done)
		memcpy(ret->sha256, values[DIGEST_SHA256].b, sizeof(ret->sha256));
	tsk_fs_file_close(file);
	return why;
}

static int
answer_want(struct answer *a, const struct control_want *want, uint32_t number)
{
	CLEANUP(digest_close) struct digest *digest = NULL;
	struct wire_read message = { .want = number };
	struct reading reading = { .answer = a };
	struct view why;
	int r = put_number(a, WIRE_BEGIN, number, view_of(NULL, 0));

	if (r == 0)
		r = wire_flush(&a->wire);
	if (r == 0)
		r = digest_open(1u << DIGEST_SHA256, &digest);
	if (r < 0)
		return r;
	reading.digest = digest;
	a->step();
	why = read_stream(a, want, &reading, &message);
	r = wire_put(&a->wire, WIRE_READ, &message, why);
	tsk_error_reset();
	return r;
}

static int
read_wants(struct answer *a, const struct control_want *wants)
{
	uint32_t open = UINT32_MAX;
	int r = 0;

	for (uint32_t i = 0; i < a->request->wants && r == 0; i++) {
		if (wants[i].volume >= a->request->volumes)
			return -EINVAL;
		if (wants[i].volume != open)
			open_volume(a, wants[i].volume);
		open = wants[i].volume;
		r = answer_want(a, &wants[i], i);
	}
	return r;
}

int
control_answer(const struct control_request *request, const struct control_want *wants, struct source *media,
	       int fd, void (*step)(void))
{
	struct answer a = { .request = request, .wire.fd = fd, .step = step };
	int r = tsk_media_open(media, media->size, request->sector_size, &a.media);

	if (r < 0)
		return r;
	r = request->task == CONTROL_WALK ? walk_volumes(&a) : read_wants(&a, wants);
	if (r == 0)
		r = wire_put(&a.wire, WIRE_END, NULL, view_of(NULL, 0));
	if (r == 0)
		r = wire_flush(&a.wire);
	close_volume(&a);
	tsk_img_close(&a.media->info);
	free(a.media);
	return r;
}
