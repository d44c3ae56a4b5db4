/* control.c - the stage of the second opinion: begun when the volumes are swept, heard beside the other stages. */
#include <errno.h>
#include <string.h>

#include "control_own.h"
#include "fail.h"

static void *
run(void *state)
{
	struct control *c = state;

	c->result = control_walk(c);
	return NULL;
}

static int
choose_volumes(struct control *c)
{
	c->looks = calloc(c->exam->volume_count ? c->exam->volume_count : 1, sizeof(*c->looks));
	if (!c->looks)
		return fail(ENOMEM, "out of memory for the second opinion on %s", c->exam->path);
	for (uint32_t i = 0; i < c->exam->volume_count; i++) {
		struct look *look = &c->looks[c->all];

		if (!c->exam->volumes[i].catalog || c->exam->volumes[i].volume.fs != FS_NTFS)
			continue; /* libtsk would have to be given the key of a volume that was unlocked */
		look->v = &c->exam->volumes[i];
		c->all++;
	}
	c->count = c->all < CONTROL_VOLUMES_MAX ? c->all : CONTROL_VOLUMES_MAX;
	for (uint32_t i = c->count; i < c->all; i++)
		c->looks[i].why = "more volumes than libtsk is asked about";
	return 0;
}

int
control_begin(struct exam *exam, struct keeper *keeper, struct control **ret_control)
{
	CLEANUP(control_free) struct control *c = NULL;
	int done = case_has(exam->db, "control"), r;

	if (done || !keeper)
		return done < 0 ? done : 0;
	c = calloc(1, sizeof(*c));
	if (!c)
		return fail(ENOMEM, "out of memory for the second opinion on %s", exam->path);
	c->exam = exam;
	c->keeper = keeper;
	control_ear_walk(c);
	r = choose_volumes(c);
	if (r < 0)
		return r;
	r = pthread_create(&c->thread, NULL, run, c);
	if (r)
		return fail(r, "cannot start a thread: %s", strerror(r));
	c->running = true;
	*ret_control = TAKE(c);
	return 0;
}

static int
finish(struct control *c)
{
	int r;

	pthread_join(c->thread, NULL);
	c->running = false;
	r = c->result;
	return r < 0 || c->useless ? r : control_streams(c);
}

int
stage_control(struct exam *exam, struct control *control)
{
	int r = control ? finish(control) : 0, fresh;

	if (r < 0)
		return r;
	fresh = case_begin(exam->db, "control");
	if (fresh <= 0)
		return fresh;
	r = control_write(exam, control);
	if (r < 0) {
		case_abort(exam->db);
		return r;
	}
	return case_commit(exam->db);
}

/* Where another stage has failed, the thread may still listen. */
struct control *
control_free(struct control *c)
{
	if (!c)
		return NULL;
	c->unwanted = true;
	if (c->running)
		pthread_join(c->thread, NULL);
	for (uint32_t i = 0; c->looks && i < c->all; i++) {
		if (c->looks[i].started)
			catalog_stop(&c->looks[i].cursor);
		vector_free(&c->looks[i].kinds);
		vector_free(&c->looks[i].differences);
	}
	free(c->looks);
	arena_free(&c->arena);
	free(c);
	return NULL;
}
