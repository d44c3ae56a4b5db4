/* watch.c - the page on which a worker notes what it is at, and the guard that ends one which does not get on. */
#include "watch.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "fail.h"

enum { LOOK_MS = 250, OVER_NONE = -1 };

/* Written by one thread of the worker, read by its guard and, when all is over, by the supervisor. */
struct slot {
	_Atomic uint32_t kind; /* written last, so that the rest belongs to it */
	_Atomic uint32_t volume;
	_Atomic uint64_t at, sub;
	_Atomic uint64_t beats;
	_Atomic uint32_t seconds;
	_Atomic int clock; /* clockid_t: the thread's processor time */
};

struct page {
	_Atomic uint64_t ticks;
	_Atomic int over; /* the slot that used up its time, or OVER_NONE */
	_Atomic unsigned active;
	_Atomic int failed; /* a unit could not be done: `then` holds what was at work */
	struct slot slots[WATCH_THREADS + 1], then[WATCH_THREADS + 1];
};

struct watch {
	struct page *page;
	const struct aside *asides;
	size_t aside_count;
	void (*first)(void);
	int status;
};

bool
unit_same(const struct unit *a, const struct unit *b)
{
	return a->kind == b->kind && a->volume == b->volume && a->at == b->at && a->sub == b->sub;
}

int
watch_open(struct watch **ret_watch)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	void *page = watch ? mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
			   : MAP_FAILED;

	if (page == MAP_FAILED) {
		free(watch);
		return fail(ENOMEM, "out of memory to watch a worker");
	}
	watch->page = page;
	watch_clear(watch);
	*ret_watch = watch;
	return 0;
}

struct watch *
watch_close(struct watch *watch)
{
	if (!watch)
		return NULL;
	munmap(watch->page, sizeof(*watch->page));
	free(watch);
	return NULL;
}

void
watch_set_asides(struct watch *watch, const struct aside *asides, size_t n)
{
	watch->asides = asides;
	watch->aside_count = n;
}

void
watch_clear(struct watch *watch)
{
	memset(watch->page, 0, sizeof(*watch->page));
	atomic_store(&watch->page->over, OVER_NONE);
}

static struct slot *
slot_of(struct watch *watch, unsigned thread)
{
	return &watch->page->slots[thread == WATCH_MAIN ? WATCH_MAIN : thread % WATCH_THREADS];
}

#define PUT(field, value) atomic_store_explicit(&slot->field, value, memory_order_relaxed)
#define GET(field)        atomic_load_explicit(&slot->field, memory_order_relaxed)

void
watch_begin(struct watch *watch, unsigned thread, const struct unit *unit, unsigned seconds)
{
	struct slot *slot;
	clockid_t clock;

	if (!watch)
		return;
	slot = slot_of(watch, thread);
	if (GET(kind) == UNIT_NONE && pthread_getcpuclockid(pthread_self(), &clock) == 0)
		PUT(clock, clock);
	PUT(kind, UNIT_NONE);
	atomic_thread_fence(memory_order_release);
	PUT(volume, unit->volume);
	PUT(at, unit->at);
	PUT(sub, unit->sub);
	PUT(seconds, seconds);
	PUT(beats, GET(beats) + 1);
	atomic_store_explicit(&slot->kind, unit->kind, memory_order_release);
}

void
watch_beat(struct watch *watch, unsigned thread, unsigned seconds)
{
	struct slot *slot;

	if (!watch)
		return;
	slot = slot_of(watch, thread);
	PUT(seconds, seconds);
	PUT(beats, GET(beats) + 1);
}

void
watch_end(struct watch *watch, unsigned thread)
{
	if (watch)
		atomic_store_explicit(&slot_of(watch, thread)->kind, UNIT_NONE, memory_order_release);
}

void
watch_failed(struct watch *watch)
{
	if (!watch || atomic_exchange(&watch->page->failed, 1))
		return;
	for (int i = 0; i <= WATCH_THREADS; i++) {
		const struct slot *slot = &watch->page->slots[i];
		struct slot *then = &watch->page->then[i];

		atomic_store(&then->volume, GET(volume));
		atomic_store(&then->at, GET(at));
		atomic_store(&then->sub, GET(sub));
		atomic_store(&then->kind, GET(kind));
	}
}

const struct aside *
watch_aside(const struct watch *watch, const struct unit *unit)
{
	for (size_t i = 0; watch && i < watch->aside_count; i++)
		if (unit_same(&watch->asides[i].unit, unit))
			return &watch->asides[i];
	return NULL;
}

void
watch_protections(struct watch *watch, unsigned active)
{
	if (watch)
		atomic_store(&watch->page->active, active);
}

/* ---- the guard ---- */

/* When a slot was last seen to get on. */
struct seen {
	uint64_t beats;
	double since; /* seconds of the thread's processor time */
	bool busy;
};

static double
processor_time(clockid_t clock)
{
	struct timespec t;

	return clock_gettime(clock, &t) < 0 ? -1 : (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Waiting for a slow disk is no sin, so that only the processor time of the thread counts. */
static bool
used_up(const struct slot *slot, struct seen *seen)
{
	uint64_t beats = GET(beats);
	uint32_t seconds = GET(seconds);
	double now = GET(kind) == UNIT_NONE || !seconds ? -1 : processor_time(GET(clock));

	if (now < 0 || !seen->busy || seen->beats != beats) {
		*seen = (struct seen){ .beats = beats, .since = now, .busy = now >= 0 };
		return false;
	}
	return now - seen->since > seconds;
}

static void *
guard(void *state)
{
	const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };
	struct watch *watch = state;
	struct seen seen[WATCH_THREADS + 1] = { 0 };

	if (watch->first)
		watch->first();
	for (;;) {
		nanosleep(&pause, NULL);
		atomic_fetch_add(&watch->page->ticks, 1);
		for (int i = 0; i <= WATCH_THREADS; i++) {
			if (!used_up(&watch->page->slots[i], &seen[i]))
				continue;
			atomic_store(&watch->page->over, i);
			_exit(watch->status);
		}
	}
	return NULL;
}

int
watch_guard(struct watch *watch, void (*first)(void), int status)
{
	sigset_t all, old;
	pthread_t thread;
	int r;

	if (!watch)
		return 0;
	watch->status = status;
	watch->first = first;
	sigfillset(&all); /* a request to stop is for the others */
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&thread, NULL, guard, watch);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r != 0)
		return fail(r, "the host gives no thread");
	pthread_detach(thread);
	return 0;
}

/* ---- the supervisor's side ---- */

/* What can have been written by a worker of ours; anything else is no unit. */
static bool
sensible(const struct unit *u)
{
	static const uint64_t most[UNIT_KINDS] = { [UNIT_PHASE] = 255,
						   [UNIT_RECORDS] = UINT64_C(1) << 48,
						   [UNIT_ENTRY] = UINT64_C(1) << 48,
						   [UNIT_NAMES] = UINT64_C(1) << 48,
						   [UNIT_STREAM] = UINT64_MAX };

	return u->kind > UNIT_NONE && u->kind < UNIT_KINDS && u->volume <= UINT16_MAX && u->at <= most[u->kind];
}

static struct unit
unit_of(const struct slot *slot)
{
	return (struct unit){ .kind = GET(kind), .volume = GET(volume), .at = GET(at), .sub = GET(sub) };
}

size_t
watch_suspects(const struct watch *watch, struct unit *ret_units, size_t most)
{
	const struct slot *slots = atomic_load(&watch->page->failed) ? watch->page->then : watch->page->slots;
	int over = atomic_load(&watch->page->over);
	size_t n = 0;

	for (int i = 0; i <= WATCH_THREADS && n < most; i++) {
		struct unit unit = unit_of(&slots[i]);

		if ((over == OVER_NONE || over == i) && sensible(&unit))
			ret_units[n++] = unit;
	}
	return n;
}

uint64_t
watch_ticks(const struct watch *watch)
{
	return atomic_load(&watch->page->ticks);
}

unsigned
watch_active(const struct watch *watch)
{
	return atomic_load(&watch->page->active);
}

void
unit_text(const struct unit *u, char ret_text[static 96])
{
	uint64_t entry = u->at >> 16, sequence = u->at & 0xffff;

	switch (u->kind) {
	case UNIT_RECORDS:
		snprintf(ret_text, 96, "volume %" PRIu32 ", records %" PRIu64 " to %" PRIu64, u->volume, u->at,
			 u->at + u->sub - 1);
		break;
	case UNIT_ENTRY:
	case UNIT_NAMES:
		snprintf(ret_text, 96, "volume %" PRIu32 ", entry %" PRIu64, u->volume, u->at);
		break;
	case UNIT_STREAM:
		snprintf(ret_text, 96, "volume %" PRIu32 ", entry %" PRIu64 " sequence %" PRIu64 ", attribute %" PRIu64,
			 u->volume, entry, sequence, u->sub);
		break;
	default:
		snprintf(ret_text, 96, "the image as a whole");
		break;
	}
}
