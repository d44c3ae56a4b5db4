/* progress.h - what a worker tells its supervisor while it works: small messages of one size over a pipe. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

enum phase { PHASE_START, PHASE_IDENTIFY, PHASE_WALK, PHASE_CONTENT, PHASE_VERIFY, PHASE_DONE, PHASES };
const char *phase_name(enum phase phase); /* "identify", ... */

enum { NEWS_MAGIC = 0x6e657773 };

/* One message. It comes from a process that reads hostile evidence: news_valid before use. */
struct news {
	uint32_t magic, phase;
	uint64_t done, total; /* bytes of the phase */
	uint64_t files;       /* entries or streams so far */
	uint64_t findings;
	uint64_t first_finding; /* milliseconds from the start of the worker, 0 for none yet */
	uint64_t asked;         /* bytes that walk and content wanted: those of their phases */
	uint64_t given;         /* bytes that the image read or inflated for all of it, told at the end */
};
bool news_valid(const struct news *news);

/* A worker's end: fd -1 tells nobody. Rates are kept low by progress_done itself. */
struct progress {
	int fd;
	uint64_t started, told; /* milliseconds of the monotonic clock */
	struct news news;
};

void progress_start(struct progress *p, int fd);
int progress_phase(struct progress *p, enum phase phase, uint64_t total);
/* For callbacks: state is the struct progress. 0, or -ECANCELED once a stop was asked for. */
int progress_done(void *state, uint64_t done);
void progress_finding(struct progress *p);
uint64_t clock_ms(void); /* monotonic */

/* Set by the first SIGINT or SIGTERM; everything long asks. */
bool stop_asked(void);
void stop_watch(void); /* installs the handlers */

#endif
