/* control_streams.c - the streams with findings, read a second time by libtsk, and their SHA-256 held against ours. */
#include <errno.h>
#include <inttypes.h>

#include "control_own.h"
#include "fail.h"

enum {
	HASH_BLOCK = 1 << 20,
	HASHED_MAX = 256 << 20, /* bytes of streams that have no hash yet */
};

typedef VECTOR(struct flagged) flagged_list;

/* What is gathered from the rows of the findings. */
struct gathering {
	struct control *control;
	flagged_list list;
};

static struct look *
look_at(struct control *c, uint64_t offset)
{
	for (uint32_t i = 0; i < c->count; i++)
		if (c->looks[i].v->volume.offset == offset)
			return &c->looks[i];
	return NULL;
}

static bool
same_stream(const struct flagged *a, const struct flagged *b)
{
	return a->look == b->look && reference_equal(a->entry, b->entry) && a->attribute == b->attribute;
}

static int
add(struct gathering *g, const struct flagged *f, struct view path, struct view stream, struct view sha256)
{
	struct flagged *kept = vector_push(&g->list);
	struct arena *arena = &g->control->arena;

	if (!kept)
		return -ENOMEM;
	*kept = *f;
	kept->path = arena_copy(arena, path);
	kept->stream = arena_copy(arena, stream);
	kept->sha256 = arena_copy(arena, sha256);
	return kept->path && kept->stream && kept->sha256 ? 0 : -ENOMEM;
}

/* Rows come in order, so that a stream with several findings comes in one stretch. */
static int
take_row(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct gathering *g = state;
	struct control *c = g->control;
	struct look *look = look_at(c, view_number(row_value(n, names, values, "volume")));
	struct view sha256 = row_value(n, names, values, "sha256");
	struct flagged f = { .entry.entry = view_number(row_value(n, names, values, "mft")),
			     .entry.sequence = (uint16_t)view_number(row_value(n, names, values, "seq")),
			     .attribute = view_number(row_value(n, names, values, "attribute")) };

	(void)is_number;
	if (!look || row_value(n, names, values, "snapshot").n || !row_value(n, names, values, "attribute").n)
		return 0;
	f.look = (uint32_t)(look - c->looks);
	if (g->list.n && same_stream(&f, &g->list.at[g->list.n - 1]))
		return 0;
	return add(g, &f, row_value(n, names, values, "path"), row_value(n, names, values, "stream"), sha256);
}

/* ---- our side ---- */

static int
stream_hash(struct source *stream, struct digest *digest, struct text *ret_hex)
{
	CLEANUP(free) uint8_t *block = malloc(HASH_BLOCK);
	struct digest_value values[DIGEST_KINDS];
	int r = block ? 0 : -ENOMEM;

	for (uint64_t at = 0; at < stream->size && r == 0;) {
		ssize_t n = source_read(stream, at, block, HASH_BLOCK);

		if (n <= 0)
			return n < 0 ? (int)n : -ENODATA;
		r = digest_add(digest, view_of(block, (size_t)n));
		at += (uint64_t)n;
	}
	if (r == 0)
		r = digest_end(digest, values);
	return r < 0 ? r : text_add_hex(ret_hex, view_of(values[DIGEST_SHA256].b, 32));
}

/* Logs are searched by line and get no hash on the way. */
static int
hash_ours(struct control *c, struct flagged *f, uint64_t size)
{
	CLEANUP(digest_close) struct digest *digest = NULL;
	CLEANUP(source_close) struct source *stream = NULL;
	CLEANUP(text_free) struct text hex = { 0 };
	struct ntfs *ntfs = c->looks[f->look].v->ntfs;
	int r;

	if (size > HASHED_MAX - c->hashed)
		return 0;
	c->hashed += size;
	r = stream_open(ntfs, f->entry, f->attribute, NULL, &stream);
	if (r == -ESTALE || r == -ENOENT || r == -EINVAL)
		return 0;
	if (r == 0)
		r = digest_open(1u << DIGEST_SHA256, &digest);
	if (r == 0)
		r = stream_hash(stream, digest, &hex);
	if (r < 0 || source_trust(stream, 0, stream->size))
		return r;
	f->sha256 = arena_copy(&c->arena, text_view(&hex));
	return f->sha256 ? 0 : -ENOMEM;
}

/* ---- asking ---- */

static enum control_reason
way_of(const struct entry *e, const struct stream *s)
{
	if (s->flags & STREAM_ELSEWHERE || reparse_hides(e->reparse))
		return REASON_FILTER;
	if (s->flags & STREAM_COMPRESSED)
		return REASON_PACKED;
	return s->valid < s->size ? REASON_VALID : REASON_NONE;
}

/* What an entry of ours says of the stream: 1, 0 where there is nothing to compare, or negative. */
static int
prepare(struct control *c, struct flagged *f, const struct entry *e, struct control_want *want)
{
	CLEANUP(text_free) struct text name = { 0 };
	const struct stream *s = NULL;
	int r = 0;

	for (uint32_t i = 0; i < e->stream_count; i++)
		if (e->streams[i].attribute == f->attribute)
			s = &e->streams[i];
	if (!s)
		return 0; /* a folder, or a name without content */
	if (control_spell(s->name, &name) < 0)
		return -ENOMEM;
	f->way = way_of(e, s);
	if (!*f->sha256 && f->way != REASON_FILTER)
		r = hash_ours(c, f, s->size);
	if (r == 0 && (!*f->sha256 || s->size > CONTROL_STREAM_MAX || name.n > sizeof(want->name))) {
		c->looks[f->look].unread++;
		return 0;
	}
	want->name_n = (uint16_t)name.n;
	if (name.n)
		memcpy(want->name, name.s, name.n);
	return r < 0 ? r : 1;
}

static int
describe(struct control *c, struct flagged *f, struct control_want *want)
{
	struct catalog_cursor cursor;
	int r = catalog_get(c->looks[f->look].v->catalog, f->entry.entry, &cursor);

	*want = (struct control_want){ .entry = f->entry.entry,
				       .volume = f->look,
				       .id = stream_attribute_id(f->attribute) };
	if (r > 0)
		r = prepare(c, f, &cursor.entry, want);
	catalog_stop(&cursor);
	return r;
}

static int
unread(struct control *c, const struct flagged *f, enum control_reason reason, struct view text)
{
	struct look *look = &c->looks[f->look];
	struct catalog_cursor cursor;
	int r = catalog_get(look->v->catalog, f->entry.entry, &cursor);
	enum control_reason known = r > 0 ? control_why_ours(look->v->ntfs, &cursor.entry) : REASON_NONE;

	catalog_stop(&cursor);
	if (r < 0)
		return r;
	if (ntfs_geometry(look->v->ntfs)->cluster_size > 65536)
		known = REASON_CLUSTER;
	look->unread++;
	return control_note(c, look, &(struct difference){ .mft = (int64_t)f->entry.entry,
						   .seq = f->entry.sequence,
						   .what = "content",
						   .path = view_text(f->path),
						   .stream = view_text(f->stream),
						   .ours = view_text(f->sha256),
						   .theirs = text.n ? text : view_text("not read"),
						   .reason = reason == REASON_SAID && known != REASON_NONE ? known
												       : reason,
						   .count = 1 });
}

static int
compare(struct control *c, const struct flagged *f, const uint8_t *sha256)
{
	CLEANUP(text_free) struct text hex = { 0 };
	struct look *look = &c->looks[f->look];

	if (text_add_hex(&hex, view_of(sha256, 32)) < 0)
		return -ENOMEM;
	look->streams++;
	if (!strcmp(hex.s, f->sha256)) {
		look->same++;
		return 0;
	}
	look->unlike++;
	look->unexplained += f->way == REASON_NONE;
	return control_note(c, look, &(struct difference){ .mft = (int64_t)f->entry.entry,
							   .seq = f->entry.sequence,
							   .what = "content",
							   .path = view_text(f->path),
							   .stream = view_text(f->stream),
							   .ours = view_text(f->sha256),
							   .theirs = text_view(&hex),
							   .reason = f->way,
							   .count = 1 });
}

/* The streams that are asked for. */
struct asked {
	struct control *control;
	const struct flagged *list;
};

static int
take_read(void *state, uint32_t want, const struct control_read *read, bool died)
{
	const struct asked *asked = state;
	const struct flagged *f = &asked->list[want];

	return read->done ? compare(asked->control, f, read->sha256)
			  : unread(asked->control, f, died ? REASON_DIED : REASON_SAID, read->text);
}

static int
ask(struct control *c, const struct flagged *list, const struct control_want *wants, uint32_t n)
{
	struct control_request request = control_request_of(c, CONTROL_READ);
	struct asked asked = { .control = c, .list = list };
	int r = keeper_read(c->keeper, c->exam->fingerprint, &request, wants, n, take_read, &asked);

	if (r != -EBADMSG)
		return r;
	c->useless = true;
	for (uint32_t i = 0; i < c->count; i++)
		c->looks[i].why = "what the process with libtsk answered makes no sense";
	return 0;
}

static int
ask_all(struct control *c, flagged_list *list)
{
	CLEANUP(free) struct control_want *wants = calloc(CONTROL_WANTS_MAX, sizeof(*wants));
	size_t at = 0;
	int r = wants ? 0 : -ENOMEM;

	while (r == 0 && at < list->n && !c->useless) {
		uint32_t n = 0;
		size_t first = at;

		/* those that cannot be asked for make way for the next */
		for (; r == 0 && at < list->n && n < CONTROL_WANTS_MAX; at++) {
			struct flagged *f = &list->at[at];

			r = describe(c, f, &wants[n]);
			if (r > 0)
				list->at[first + n++] = *f;
			r = r < 0 ? r : 0;
		}
		if (r == 0 && n)
			r = ask(c, &list->at[first], wants, n);
	}
	return r;
}

int
control_streams(struct control *c)
{
	struct gathering g = { .control = c };
	int r = case_ask(c->exam->db, &(struct question){ .view = "v_flagged" }, take_row, &g);

	if (r == 0 && g.list.n)
		r = ask_all(c, &g.list);
	vector_free(&g.list);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for the second opinion on %s", c->exam->path) : r;
}
