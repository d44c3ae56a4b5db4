/* verify.c - the whole media read once: every checksum checked, and its hashes compared with the stored ones. */
#include <errno.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include "container.h"
#include "fail.h"

enum {
	BLOCK = 1 << 20,
	THREADS_MAX = 64,
	AHEAD = 32, /* blocks that may be read before MD5 comes to them: it must never wait */
	CONSUMERS = DIGEST_KINDS + 1, /* the digests, and the caller who reports progress */
	PROGRESS = CONSUMERS - 1,
};

struct block {
	uint64_t ready; /* number of the block that it holds + 1 */
	size_t n;
	uint8_t *bytes;
};

/*
 * Readers fill the ring, each consumer goes through it in order, and a block is free again when all of them are done
 * with it.
 */
struct verify {
	struct image *image;
	size_t block_size;
	uint64_t blocks;
	unsigned kinds;
	pthread_mutex_t lock;
	pthread_cond_t filled, freed;
	uint64_t next;                /* to be read */
	uint64_t consumed[CONSUMERS]; /* UINT64_MAX for those that are not there */
	int result;                   /* negative: all stop */
	unsigned ring_size;
	struct block *ring;
	struct digest_value computed[DIGEST_KINDS];
};

struct hand {
	struct verify *verify;
	int kind;
	pthread_t thread;
};

static void
stop(struct verify *v, int result)
{
	pthread_mutex_lock(&v->lock);
	if (v->result >= 0)
		v->result = result;
	pthread_cond_broadcast(&v->filled);
	pthread_cond_broadcast(&v->freed);
	pthread_mutex_unlock(&v->lock);
}

static uint64_t
slowest(const struct verify *v)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < CONSUMERS; i++)
		least = v->consumed[i] < least ? v->consumed[i] : least;
	return least;
}

/* The next block to read, once its place in the ring is free; NULL when there is nothing left to do. */
static struct block *
take(struct verify *v, uint64_t *ret_number)
{
	struct block *block = NULL;

	pthread_mutex_lock(&v->lock);
	if (v->next < v->blocks && v->result >= 0) {
		*ret_number = v->next++;
		while (*ret_number - slowest(v) >= v->ring_size && v->result >= 0)
			pthread_cond_wait(&v->freed, &v->lock);
		if (v->result >= 0)
			block = &v->ring[*ret_number % v->ring_size];
	}
	pthread_mutex_unlock(&v->lock);
	return block;
}

/* MD5 is the longest of all the work and cannot be divided, so whoever can be ahead of it anyway lets it go first. */
static void
step_back(void)
{
	enum { NICER = 5 };

	setpriority(PRIO_PROCESS, (id_t)gettid(), getpriority(PRIO_PROCESS, 0) + NICER);
}

static void *
read_blocks(void *arg)
{
	struct verify *v = ((struct hand *)arg)->verify;
	struct block *block;
	uint64_t number;

	step_back();
	while ((block = take(v, &number)) != NULL) {
		ssize_t n = source_read(v->image->media, number * v->block_size, block->bytes, v->block_size);

		if (n < 0) {
			stop(v, (int)n);
			break;
		}
		pthread_mutex_lock(&v->lock);
		block->n = (size_t)n;
		block->ready = number + 1;
		pthread_cond_broadcast(&v->filled);
		pthread_mutex_unlock(&v->lock);
	}
	return NULL;
}

/* Block `number` as soon as it was read, or NULL when all stop. */
static const struct block *
await(struct verify *v, uint64_t number)
{
	const struct block *block = &v->ring[number % v->ring_size];
	bool go;

	pthread_mutex_lock(&v->lock);
	while (block->ready != number + 1 && v->result >= 0)
		pthread_cond_wait(&v->filled, &v->lock);
	go = v->result >= 0;
	pthread_mutex_unlock(&v->lock);
	return go ? block : NULL;
}

static void
release(struct verify *v, int consumer)
{
	uint64_t before;

	pthread_mutex_lock(&v->lock);
	before = slowest(v);
	v->consumed[consumer]++;
	if (slowest(v) != before)
		pthread_cond_broadcast(&v->freed);
	pthread_mutex_unlock(&v->lock);
}

static int
digest_blocks(struct verify *v, int kind, struct digest *digest)
{
	struct digest_value values[DIGEST_KINDS];
	int r = 0;

	for (uint64_t i = 0; i < v->blocks; i++) {
		const struct block *block = await(v, i);

		if (!block)
			return 0;
		r = digest_add(digest, view_of(block->bytes, block->n));
		if (r < 0)
			return r;
		release(v, kind);
	}
	r = digest_end(digest, values);
	v->computed[kind] = values[kind];
	return r;
}

static void *
run_digest(void *arg)
{
	CLEANUP(digest_close) struct digest *digest = NULL;
	struct hand *hand = arg;
	int r = digest_open(1u << hand->kind, &digest);

	if (hand->kind != DIGEST_MD5)
		step_back();
	r = r < 0 ? r : digest_blocks(hand->verify, hand->kind, digest);
	if (r < 0)
		stop(hand->verify, r);
	return NULL;
}

static void
report(struct verify *v, int (*progress)(void *state, uint64_t done), void *state)
{
	for (uint64_t i = 0; i < v->blocks; i++) {
		const struct block *block = await(v, i);
		int r;

		if (!block)
			return;
		r = progress ? progress(state, i * v->block_size + block->n) : 0;
		if (r < 0)
			stop(v, r);
		release(v, PROGRESS);
	}
}

/* Starts a thread for each digest and the readers: how many. */
static unsigned
start(struct verify *v, unsigned readers, struct hand hands[static THREADS_MAX + DIGEST_KINDS])
{
	unsigned n = 0;

	for (int kind = 0; kind < DIGEST_KINDS; kind++) {
		if (!(v->kinds & 1u << kind))
			continue;
		hands[n] = (struct hand){ .verify = v, .kind = kind };
		if (pthread_create(&hands[n].thread, NULL, run_digest, &hands[n]) == 0)
			n++;
		else
			stop(v, fail(EAGAIN, "cannot start a thread to verify %s", v->image->name));
	}
	for (unsigned i = 0; i < readers; i++) {
		hands[n] = (struct hand){ .verify = v };
		if (pthread_create(&hands[n].thread, NULL, read_blocks, &hands[n]) == 0)
			n++;
		else if (!i)
			stop(v, fail(EAGAIN, "cannot start a thread to verify %s", v->image->name));
	}
	return n;
}

static int
make_ring(struct verify *v)
{
	v->ring = calloc(v->ring_size, sizeof(*v->ring));
	for (unsigned i = 0; v->ring && i < v->ring_size; i++) {
		v->ring[i].bytes = malloc(v->block_size);
		if (!v->ring[i].bytes)
			return fail(ENOMEM, "out of memory to verify %s", v->image->name);
	}
	return v->ring ? 0 : fail(ENOMEM, "out of memory to verify %s", v->image->name);
}

static void
free_ring(struct verify *v)
{
	for (unsigned i = 0; v->ring && i < v->ring_size; i++)
		free(v->ring[i].bytes);
	free(v->ring);
}

static void
compare(const struct verify *v, struct verify_result *result)
{
	const struct acquisition *a = &v->image->acquisition;
	bool md5 = a->has_md5 && v->kinds & 1u << DIGEST_MD5, sha1 = a->has_sha1 && v->kinds & 1u << DIGEST_SHA1;

	result->stored = md5 || sha1;
	result->mismatch = (md5 && memcmp(a->md5, v->computed[DIGEST_MD5].b, sizeof(a->md5))) ||
			   (sha1 && memcmp(a->sha1, v->computed[DIGEST_SHA1].b, sizeof(a->sha1)));
}

int
image_verify(struct image *image, unsigned kinds, unsigned threads, int (*progress)(void *state, uint64_t done),
	     void *state, struct verify_result *ret_result)
{
	struct hand hands[THREADS_MAX + DIGEST_KINDS];
	unsigned n = 0, readers = !threads ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads;
	size_t units = image->unit < BLOCK ? BLOCK / image->unit : 1;
	struct verify_result result = { 0 };
	const struct bad_range *ranges;
	struct verify v = {
		.image = image,
		.block_size = units * image->unit,
		.kinds = kinds & ((1u << DIGEST_KINDS) - 1),
		.ring_size = readers + AHEAD,
	};
	int r = make_ring(&v);

	v.blocks = image->media->size / v.block_size + (image->media->size % v.block_size != 0);
	for (int i = 0; i < DIGEST_KINDS; i++)
		v.consumed[i] = v.kinds & 1u << i ? 0 : UINT64_MAX;
	pthread_mutex_init(&v.lock, NULL);
	pthread_cond_init(&v.filled, NULL);
	pthread_cond_init(&v.freed, NULL);
	if (r >= 0) {
		n = start(&v, readers, hands);
		report(&v, progress, state);
		while (n)
			pthread_join(hands[--n].thread, NULL);
		r = v.result;
	}
	pthread_cond_destroy(&v.freed);
	pthread_cond_destroy(&v.filled);
	pthread_mutex_destroy(&v.lock);
	free_ring(&v);
	if (r < 0)
		return r;
	result.kinds = v.kinds;
	memcpy(result.computed, v.computed, sizeof(result.computed));
	image_bad(image, &ranges, &result.bad_chunks);
	compare(&v, &result);
	*ret_result = result;
	return 0;
}
