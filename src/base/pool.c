/* pool.c - threads that work ahead while one hands the results on in order. */
#include "pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cleanup.h"
#include "fail.h"

/* What became of an item; slot i % ahead belongs to item i while due <= i < due + ahead. */
struct slot {
	bool through;
	int result;
};

struct pool {
	const struct pool_job *job;
	pthread_mutex_t lock;
	pthread_cond_t room, ready; /* there is room to work ahead; the item that is due is through */
	uint64_t next, due;
	bool stop;
	struct slot *slots;
};

struct hand {
	struct pool *pool;
	pthread_t thread;
	unsigned number;
};

/* Whether another item may be begun; the one that is due always may. */
static bool
has_room(const struct pool *pool)
{
	const struct pool_job *job = pool->job;
	uint64_t begun = pool->next - pool->due;

	return !begun || (begun < job->ahead && (!job->room || job->room(job->state)));
}

/* The next item to work on: false when there is none any more. Called and left with the lock held. */
static bool
take_item(struct pool *pool, uint64_t *ret_item)
{
	while (!pool->stop && pool->next < pool->job->n && !has_room(pool))
		pthread_cond_wait(&pool->room, &pool->lock);
	if (pool->stop || pool->next >= pool->job->n)
		return false;
	*ret_item = pool->next++;
	return true;
}

static void *
hand_run(void *arg)
{
	struct hand *hand = arg;
	struct pool *pool = hand->pool;
	const struct pool_job *job = pool->job;
	uint64_t item;

	pthread_mutex_lock(&pool->lock);
	while (take_item(pool, &item)) {
		struct slot *slot = &pool->slots[item % job->ahead];
		int r;

		pthread_mutex_unlock(&pool->lock);
		r = job->work(job->state, hand->number, item);
		pthread_mutex_lock(&pool->lock);
		slot->result = r;
		slot->through = true;
		if (item == pool->due)
			pthread_cond_signal(&pool->ready);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

/* Waits for the item that is due and gives back its result. */
static int
await(struct pool *pool)
{
	struct slot *slot = &pool->slots[pool->due % pool->job->ahead];
	int r;

	pthread_mutex_lock(&pool->lock);
	while (!slot->through)
		pthread_cond_wait(&pool->ready, &pool->lock);
	r = slot->result;
	pthread_mutex_unlock(&pool->lock);
	return r;
}

static void
release(struct pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	pool->slots[pool->due % pool->job->ahead].through = false;
	pool->due++;
	pthread_cond_broadcast(&pool->room);
	pthread_mutex_unlock(&pool->lock);
}

static int
hand_on(struct pool *pool)
{
	const struct pool_job *job = pool->job;

	while (pool->due < job->n) {
		int r = await(pool);

		if (r >= 0 && job->done)
			r = job->done(job->state, pool->due);
		if (r < 0)
			return r;
		release(pool);
	}
	return 0;
}

static int
run_alone(const struct pool_job *job)
{
	for (uint64_t i = 0; i < job->n; i++) {
		int r = job->work(job->state, 0, i);

		if (r >= 0 && job->done)
			r = job->done(job->state, i);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
run_threads(struct pool *pool, struct hand *hands)
{
	unsigned started = 0;
	int r = 0;

	for (; started < pool->job->threads; started++) {
		hands[started] = (struct hand){ .pool = pool, .number = started };
		if (pthread_create(&hands[started].thread, NULL, hand_run, &hands[started]) != 0)
			break;
	}
	if (!started)
		r = fail(EAGAIN, "the host gives no thread");
	else
		r = hand_on(pool);
	pthread_mutex_lock(&pool->lock);
	pool->stop = true;
	pthread_cond_broadcast(&pool->room);
	pthread_mutex_unlock(&pool->lock);
	while (started)
		pthread_join(hands[--started].thread, NULL);
	return r;
}

int
pool_run(const struct pool_job *job)
{
	CLEANUP(free) struct slot *slots = NULL;
	CLEANUP(free) struct hand *hands = NULL;
	struct pool pool = { .job = job };
	int r;

	if (job->threads <= 1 || job->n <= 1 || job->ahead <= 1)
		return run_alone(job);
	slots = calloc(job->ahead, sizeof(*slots));
	hands = calloc(job->threads, sizeof(*hands));
	if (!slots || !hands)
		return fail(ENOMEM, "out of memory for %u threads", job->threads);
	pool.slots = slots;
	pthread_mutex_init(&pool.lock, NULL);
	pthread_cond_init(&pool.room, NULL);
	pthread_cond_init(&pool.ready, NULL);
	r = run_threads(&pool, hands);
	pthread_cond_destroy(&pool.ready);
	pthread_cond_destroy(&pool.room);
	pthread_mutex_destroy(&pool.lock);
	return r;
}
