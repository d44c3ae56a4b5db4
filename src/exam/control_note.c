/* control_note.c - what two programs see differently of one entry, kept until it is written. */
#include <errno.h>
#include <inttypes.h>

#include "control_own.h"
#include "fail.h"

static int
no_memory(const struct control *c)
{
	return fail(ENOMEM, "out of memory for the second opinion on %s", c->exam->path);
}

static struct kind *
kind_of(struct look *look, const char *what, enum control_reason reason)
{
	struct kind *kind;

	for (size_t i = 0; i < look->kinds.n; i++)
		if (look->kinds.at[i].reason == reason && !strcmp(look->kinds.at[i].what, what))
			return &look->kinds.at[i];
	kind = vector_push(&look->kinds);
	if (kind)
		*kind = (struct kind){ .what = what, .reason = reason };
	return kind;
}

static int
keep(struct control *c, struct view *v)
{
	v->p = (const uint8_t *)arena_copy(&c->arena, *v);
	return v->p ? 0 : no_memory(c);
}

/* As a person reads it: what comes from libtsk may be any bytes. */
static int
keep_escaped(struct control *c, struct view *v)
{
	CLEANUP(text_free) struct text t = { 0 };

	if (text_add_escaped(&t, *v) < 0)
		return no_memory(c);
	*v = text_view(&t);
	return keep(c, v);
}

int
control_note(struct control *c, struct look *look, const struct difference *d)
{
	struct kind *kind = kind_of(look, d->what, d->reason);
	struct difference *kept;
	int r;

	if (!kind)
		return no_memory(c);
	kind->n += d->count;
	if (kind->listed >= (d->reason == REASON_NONE ? UNEXPLAINED_MAX : LISTED_MAX))
		return 0;
	kind->listed += d->count;
	kept = vector_push(&look->differences);
	if (!kept)
		return no_memory(c);
	*kept = *d;
	r = keep(c, &kept->path);
	if (r == 0)
		r = keep(c, &kept->stream);
	if (r == 0)
		r = keep_escaped(c, &kept->ours);
	return r < 0 ? r : keep_escaped(c, &kept->theirs);
}

/* The path of an entry by its first name. */
static int
path_of(const struct look *look, const struct entry *e, struct text *ret_path)
{
	uint32_t folder = e->name_count ? catalog_folder_of(look->v->catalog, e->names[0].parent) : UINT32_MAX;
	int r = text_addc(ret_path, '/');

	if (r == 0 && folder != UINT32_MAX)
		r = catalog_folder_path(look->v->catalog, folder, ret_path);
	if (r == 0 && ret_path->n > 1)
		r = text_addc(ret_path, '/');
	return r < 0 || !e->name_count ? r : text_add_name(ret_path, e->names[0].name);
}

int
control_note_ours(struct control *c, struct look *look, enum control_reason reason, struct view text)
{
	const struct entry *e = &look->cursor.entry;
	CLEANUP(text_free) struct text path = { 0 };
	enum control_reason known = control_why_ours(look->v->ntfs, e);
	int r = path_of(look, e, &path);

	if (r < 0)
		return no_memory(c);
	if (reason != REASON_DIED && known != REASON_NONE)
		reason = known;
	look->ours++;
	look->differ++;
	look->unexplained += reason == REASON_NONE;
	return control_note(c, look, &(struct difference){ .mft = (int64_t)e->number,
						   .seq = e->sequence,
						   .what = "entry",
						   .path = text_view(&path),
						   .ours = view_text("there"),
						   .theirs = text.n ? text : view_text("-"),
						   .reason = reason,
						   .count = 1 });
}

int
control_note_theirs(struct control *c, struct look *look, const struct control_entry *theirs)
{
	enum control_reason reason = control_why_theirs(look->v->ntfs, theirs->number);

	look->theirs++;
	look->differ++;
	look->unexplained += reason == REASON_NONE;
	return control_note(c, look, &(struct difference){ .mft = (int64_t)theirs->number,
						   .seq = (uint16_t)theirs->sequence,
						   .what = "entry",
						   .ours = view_text("-"),
						   .theirs = theirs->name_count ? theirs->names[0].name
										: view_text("there"),
						   .reason = reason,
						   .count = 1 });
}

/* Where a difference within an entry is kept. */
struct within {
	struct control *control;
	struct look *look;
	struct text path;
	bool differs, unexplained;
};

static int
take_difference(void *state, const struct control_difference *d)
{
	struct within *w = state;
	const struct entry *e = &w->look->cursor.entry;

	if (!w->path.n && path_of(w->look, e, &w->path) < 0)
		return no_memory(w->control);
	w->differs = true;
	w->unexplained |= d->reason == REASON_NONE;
	return control_note(w->control, w->look, &(struct difference){ .mft = (int64_t)e->number,
							       .seq = e->sequence,
							       .what = d->what,
							       .path = text_view(&w->path),
							       .stream = d->stream,
							       .ours = d->ours,
							       .theirs = d->theirs,
							       .reason = d->reason,
							       .count = 1 });
}

int
control_note_both(struct control *c, struct look *look, const struct control_entry *theirs)
{
	struct within w = { .control = c, .look = look };
	int r = control_compare(&look->cursor.entry, theirs, take_difference, &w);

	text_free(&w.path);
	look->ours++;
	look->theirs++;
	look->both++;
	look->differ += w.differs;
	look->unexplained += w.unexplained;
	return r;
}
