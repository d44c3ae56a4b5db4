/* keeper_read.c - has streams read by libtsk, as often as it takes: the one that kills it is left out the next time. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "keeper.h"

struct reading {
	struct control_ear ear; /* first, so that an ear is its reading */
	const char *fingerprint;
	keeper_told told;
	void *state;
	uint32_t first, asked, next; /* the first of this request, how many are asked for, the next of them */
	bool begun, ended;
	int signal, status;
};

static int
hear_hello(struct control_ear *ear, struct view fingerprint)
{
	struct reading *reading = (struct reading *)ear;

	reading->begun = view_equal(fingerprint, view_text(reading->fingerprint));
	return reading->begun ? 0 : -EBADMSG;
}

static int
hear_begin(struct control_ear *ear, uint64_t next)
{
	return next == ((struct reading *)ear)->next ? 0 : -EBADMSG;
}

static int
hear_read(struct control_ear *ear, const struct control_read *read)
{
	struct reading *reading = (struct reading *)ear;

	if (read->want >= reading->asked || read->want != reading->next)
		return -EBADMSG;
	reading->next++;
	return reading->told(reading->state, reading->first + read->want, read, false);
}

static int
hear_end(struct control_ear *ear)
{
	((struct reading *)ear)->ended = true;
	return 0;
}

static int
hear_gone(struct control_ear *ear, int signal, int status)
{
	((struct reading *)ear)->signal = signal;
	((struct reading *)ear)->status = status;
	return 0;
}

/* What no request of this kind is answered with. */
static int
refuse_volume(struct control_ear *ear, uint32_t volume, bool open, uint64_t records, struct view text)
{
	(void)ear, (void)volume, (void)open, (void)records, (void)text;
	return -EBADMSG;
}

static int
refuse_entry(struct control_ear *ear, const struct control_entry *entry)
{
	(void)ear, (void)entry;
	return -EBADMSG;
}

static int
refuse_error(struct control_ear *ear, uint64_t entry, struct view text)
{
	(void)ear, (void)entry, (void)text;
	return -EBADMSG;
}

static int
refuse_end(struct control_ear *ear)
{
	(void)ear;
	return -EBADMSG;
}

void
keeper_death(int signal, int status, char ret_text[static KEEPER_DEATH])
{
	if (signal)
		snprintf(ret_text, KEEPER_DEATH, "ended by signal %d: %s", signal,
			 signal == SIGXCPU ? "it used more processor time than one step may take" : strsignal(signal));
	else
		snprintf(ret_text, KEEPER_DEATH, "it ended by itself, with status %d", status);
}

static int
tell(struct reading *reading, uint32_t want, const char *why)
{
	return reading->told(reading->state, want, &(struct control_read){ .want = want, .text = view_text(why) },
			     true);
}

int
keeper_read(struct keeper *keeper, const char *fingerprint, struct control_request *request,
	    const struct control_want *wants, uint32_t n, keeper_told told, void *state)
{
	struct reading reading = { .ear = { hear_hello, refuse_volume, refuse_entry, refuse_error, hear_begin,
					    refuse_end, hear_read, hear_end, hear_gone },
				   .fingerprint = fingerprint,
				   .told = told,
				   .state = state };
	char why[KEEPER_DEATH] = "";
	unsigned deaths = 0;
	uint32_t at = 0;
	int r = 0;

	while (r == 0 && at < n && deaths < KEEPER_DEATHS) {
		reading.first = at;
		reading.asked = request->wants = n - at < CONTROL_WANTS_MAX ? n - at : CONTROL_WANTS_MAX;
		reading.next = 0;
		reading.begun = reading.ended = false;
		r = keeper_ask(keeper, request, wants + at, &reading.ear);
		at += reading.next;
		if (r < 0 || reading.ended)
			continue;
		if (!reading.begun)
			return -EBADMSG;
		deaths++;
		keeper_death(reading.signal, reading.status, why);
		r = at < n ? tell(&reading, at++, why) : 0;
	}
	for (; r == 0 && at < n; at++)
		r = tell(&reading, at, "it is asked no more after it died too often");
	return r;
}
