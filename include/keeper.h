/* keeper.h - the process beside a worker that lets libtsk look at the same exhibit, as often as it dies of it. */
#ifndef KEEPER_H
#define KEEPER_H

#include "cleanup.h"
#include "control.h"

struct keeper;

/*
 * Starts it for the image at this path. To be called while the process has one thread, before it opens evidence and
 * before it gives anything up: the keeper opens nothing itself, and starts a process for each request, which opens the
 * image anew. 0, or negative after fail().
 */
int keeper_start(const char *image, struct keeper **ret_keeper);
struct keeper *keeper_stop(struct keeper *keeper);
DEFINE_CLEANUP(struct keeper, keeper_stop)

/*
 * Puts a request and hears its answer up to and with `gone`. 0; -EBADMSG when the answer is none or none comes, after
 * which the keeper is of no use any more; -ECANCELED when a stop was asked for; or what an ear returned.
 */
int keeper_ask(struct keeper *keeper, const struct control_request *request, const struct control_want *wants,
	       struct control_ear *ear);

/* How a process ended, in words. */
enum { KEEPER_DEATH = 160, KEEPER_DEATHS = 8 /* after which no more is asked of it */ };
void keeper_death(int signal, int status, char ret_text[static KEEPER_DEATH]);

/*
 * Has streams read, however often it dies of them; request is what it is asked but for the number of wants, and
 * fingerprint that of the media it must have before it. told hears of each want in its order what was read of it, or
 * that the process died of it. -EBADMSG as above.
 */
typedef int (*keeper_told)(void *state, uint32_t want, const struct control_read *read, bool died);
int keeper_read(struct keeper *keeper, const char *fingerprint, struct control_request *request,
		const struct control_want *wants, uint32_t n, keeper_told told, void *state);

#endif
