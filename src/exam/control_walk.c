/* control_walk.c - two lists of the same entries, ours in memory and libtsk's as it comes, gone through side by side.
 */
#include <errno.h>

#include "control_own.h"
#include "fail.h"

static struct look *
look_now(struct control *c)
{
	return &c->looks[c->at];
}

static int
step(struct look *look)
{
	int r = catalog_next(&look->cursor);

	look->more = r > 0;
	return r < 0 ? r : 0;
}

/* Entries of ours below a number that libtsk has gone past. */
static int
pass(struct control *c, struct look *look, uint64_t number)
{
	int r = 0;

	while (r == 0 && look->more && look->cursor.entry.number < number) {
		r = control_note_ours(c, look, REASON_NONE, view_of(NULL, 0));
		if (r == 0)
			r = step(look);
	}
	return r;
}

/* The entry of ours with this number, if there is one: libtsk cannot say anything of it. */
static int
lost(struct control *c, struct look *look, uint64_t number, enum control_reason reason, struct view text)
{
	int r = pass(c, look, number);

	if (r < 0 || !look->more || look->cursor.entry.number != number)
		return r;
	r = control_note_ours(c, look, reason, text);
	return r < 0 ? r : step(look);
}

/* ---- what is heard ---- */

static int
hear_hello(struct control_ear *ear, struct view fingerprint)
{
	struct control *c = (struct control *)ear;

	c->begun = true;
	if (view_equal(fingerprint, view_text(c->exam->fingerprint)))
		return 0;
	return fail(ESTALE, "%s: the second opinion has other media before it", c->exam->path);
}

static int
open_look(struct control *c, struct look *look)
{
	look->open = true;
	if (look->started)
		return 0; /* it is taken up again */
	look->started = true;
	catalog_start(look->v->catalog, &look->cursor);
	c->next = 0;
	return step(look);
}

static int
hear_volume(struct control_ear *ear, uint32_t volume, bool open, uint64_t records, struct view text)
{
	struct control *c = (struct control *)ear;
	bool large = ntfs_geometry(c->looks[volume < c->count ? volume : 0].v->ntfs)->cluster_size > 65536;
	struct look *look;

	(void)records;
	if (volume != c->at || volume >= c->count)
		return -EBADMSG;
	look = look_now(c);
	if (open)
		return open_look(c, look);
	c->at++;
	c->next = 0;
	look->why = large ? "libtsk opens no volume with clusters above 64 KiB" : "libtsk could not open the volume";
	return control_note(c, look, &(struct difference){ .mft = -1,
						   .what = "volume",
						   .ours = view_text("read"),
						   .theirs = text,
						   .reason = large ? REASON_CLUSTER : REASON_SAID,
						   .count = 1 });
}

static int
hear_entry(struct control_ear *ear, const struct control_entry *theirs)
{
	struct control *c = (struct control *)ear;
	struct look *look = look_now(c);
	int r = pass(c, look, theirs->number);

	c->next = theirs->number + 1;
	if (r < 0)
		return r;
	if (!look->more || look->cursor.entry.number != theirs->number)
		return control_note_theirs(c, look, theirs);
	r = control_note_both(c, look, theirs);
	return r < 0 ? r : step(look);
}

static int
hear_error(struct control_ear *ear, uint64_t entry, struct view text)
{
	struct control *c = (struct control *)ear;

	c->next = entry + 1;
	return lost(c, look_now(c), entry, REASON_SAID, text);
}

static int
hear_begin(struct control_ear *ear, uint64_t next)
{
	struct control *c = (struct control *)ear;

	c->next = next;
	return c->unwanted ? -ECANCELED : pass(c, look_now(c), next);
}

static int
hear_volume_end(struct control_ear *ear)
{
	struct control *c = (struct control *)ear;
	struct look *look = look_now(c);
	int r = pass(c, look, UINT64_MAX);

	look->ended = true;
	c->at++;
	c->next = 0;
	return r;
}

static int
hear_read(struct control_ear *ear, const struct control_read *read)
{
	(void)ear, (void)read;
	return -EBADMSG; /* nobody asked for it */
}

static int
hear_end(struct control_ear *ear)
{
	((struct control *)ear)->ended = true;
	return 0;
}

static int
hear_gone(struct control_ear *ear, int signal, int status)
{
	struct control *c = (struct control *)ear;

	c->signal = signal;
	c->status = status;
	return 0;
}

void
control_ear_walk(struct control *c)
{
	c->ear = (struct control_ear){ hear_hello, hear_volume, hear_entry, hear_error, hear_begin,
				       hear_volume_end, hear_read, hear_end, hear_gone };
}

/* ---- asking, as often as it takes ---- */

struct control_request
control_request_of(const struct control *c, enum control_task task)
{
	struct control_request request = { .magic = CONTROL_MAGIC,
					   .task = task,
					   .volumes = c->count,
					   .sector_size = image_sector_size(c->exam->image) };

	for (uint32_t i = 0; i < c->count; i++)
		request.offsets[i] = c->looks[i].v->volume.offset;
	return request;
}

/* A volume that cannot even be opened without dying of it. */
static int
give_up_volume(struct control *c, const char *why)
{
	struct look *look = look_now(c);
	char death[KEEPER_DEATH];

	keeper_death(c->signal, c->status, death);
	look->why = why;
	c->at++;
	c->next = 0;
	c->careful = false;
	return control_note(c, look, &(struct difference){ .mft = -1,
						   .what = "volume",
						   .ours = view_text("read"),
						   .theirs = view_text(death),
						   .reason = REASON_DIED,
						   .count = 1 });
}

/* The first time it is only asked again, to say of each entry that it is next: so the one that kills it is known. */
static int
survive(struct control *c)
{
	struct look *look = look_now(c);
	char death[KEEPER_DEATH];
	int r;

	if (!look->open)
		return give_up_volume(c, "libtsk did not live to open the volume");
	look->open = false;
	if (!c->careful) {
		c->careful = true;
		return 0;
	}
	c->careful = false;
	c->deaths++;
	keeper_death(c->signal, c->status, death);
	r = lost(c, look, c->next, REASON_DIED, view_text(death));
	c->next++;
	return r;
}

static int
ask(struct control *c)
{
	struct control_request request = control_request_of(c, CONTROL_WALK);

	request.volume = c->at;
	request.from = c->next;
	request.careful = c->careful;
	c->begun = c->ended = false;
	return keeper_ask(c->keeper, &request, NULL, &c->ear);
}

static void
give_up(struct control *c, const char *why)
{
	for (; c->at < c->count; c->at++)
		if (!c->looks[c->at].ended && !c->looks[c->at].why)
			c->looks[c->at].why = why;
}

int
control_walk(struct control *c)
{
	int r = 0;

	while (r == 0 && c->at < c->count) {
		r = ask(c);
		if (r == -EBADMSG) {
			c->useless = true;
			give_up(c, "what the process with libtsk answered makes no sense");
			return 0;
		}
		if (r < 0 || c->ended)
			continue;
		if (!c->begun) {
			c->useless = true;
			give_up(c, "the process with libtsk could not open the image");
		} else if (c->deaths >= KEEPER_DEATHS) {
			c->useless = true;
			give_up(c, "libtsk died too often");
		} else {
			r = survive(c);
		}
	}
	return r;
}
