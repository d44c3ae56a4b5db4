/* ewf_hand.c - memory and tools for unpacking, lent to one thread at a time; and a small cache of chunks. */
#include "ewf_hand.h"

#include <errno.h>

#include "fail.h"

enum {
	CACHE_BYTES = 4 << 20,
	CACHE_MOST = 128, /* chunks */
	CACHE_LEAST = 2,
	SHARDS = 8,
};

struct ewf_hands {
	pthread_mutex_t lock;
	struct ewf_hand *idle;
};

struct slot {
	uint64_t name; /* chunk + 1, 0: empty */
	uint64_t used; /* when, by the shard's own clock */
	uint8_t *bytes;
};

struct shard {
	pthread_mutex_t lock;
	uint64_t clock;
	struct slot slots[CACHE_MOST / SHARDS];
};

struct ewf_cache {
	unsigned shards, ways; /* ways: slots in use of each shard */
	size_t chunk_size;
	struct shard shard[SHARDS];
};

static struct ewf_hand *
hand_free(struct ewf_hand *hand)
{
	if (!hand)
		return NULL;
	inflater_close(hand->inflater);
	free(hand->packed);
	free(hand->plain);
	free(hand->whole);
	free(hand);
	return NULL;
}

int
ewf_hands_open(struct ewf *ewf)
{
	ewf->hands = calloc(1, sizeof(*ewf->hands));
	if (!ewf->hands)
		return fail(ENOMEM, "out of memory for %s", ewf->image->name);
	pthread_mutex_init(&ewf->hands->lock, NULL);
	return 0;
}

void
ewf_hands_close(struct ewf *ewf)
{
	if (!ewf->hands)
		return;
	while (ewf->hands->idle) {
		struct ewf_hand *hand = ewf->hands->idle;

		ewf->hands->idle = hand->next;
		hand_free(hand);
	}
	pthread_mutex_destroy(&ewf->hands->lock);
	free(ewf->hands);
	ewf->hands = NULL;
}

static int
hand_new(struct ewf *ewf, struct ewf_hand **ret_hand)
{
	struct ewf_hand *hand = calloc(1, sizeof(*hand));
	int r = -ENOMEM;

	if (hand) {
		hand->plain = malloc(ewf->chunk_size);
		hand->whole = malloc(ewf->chunk_size);
		r = hand->plain && hand->whole ? inflater_open(&hand->inflater) : -ENOMEM;
	}
	if (r < 0) {
		hand_free(hand);
		return fail(ENOMEM, "out of memory for unpacking %s", ewf->image->name);
	}
	*ret_hand = hand;
	return 0;
}

int
ewf_hand_take(struct ewf *ewf, struct ewf_hand **ret_hand)
{
	struct ewf_hand *hand;

	pthread_mutex_lock(&ewf->hands->lock);
	hand = ewf->hands->idle;
	if (hand)
		ewf->hands->idle = hand->next;
	pthread_mutex_unlock(&ewf->hands->lock);
	if (!hand)
		return hand_new(ewf, ret_hand);
	*ret_hand = hand;
	return 0;
}

void
ewf_hand_give(struct ewf *ewf, struct ewf_hand *hand)
{
	pthread_mutex_lock(&ewf->hands->lock);
	hand->next = ewf->hands->idle;
	ewf->hands->idle = hand;
	pthread_mutex_unlock(&ewf->hands->lock);
}

int
ewf_hand_room(struct ewf_hand *hand, size_t n)
{
	uint8_t *more;

	if (n <= hand->room)
		return 0;
	more = realloc(hand->packed, n);
	if (!more)
		return fail(ENOMEM, "out of memory for a packed chunk");
	hand->packed = more;
	hand->room = n;
	return 0;
}

int
ewf_cache_open(struct ewf *ewf)
{
	struct ewf_cache *cache = calloc(1, sizeof(*cache));
	size_t n = CACHE_BYTES / ewf->chunk_size;

	if (!cache)
		return fail(ENOMEM, "out of memory for %s", ewf->image->name);
	n = n > CACHE_MOST ? CACHE_MOST : n < CACHE_LEAST ? CACHE_LEAST : n;
	cache->shards = n < SHARDS ? 1 : SHARDS;
	cache->ways = (unsigned)n / cache->shards;
	cache->chunk_size = ewf->chunk_size;
	for (unsigned i = 0; i < SHARDS; i++)
		pthread_mutex_init(&cache->shard[i].lock, NULL);
	ewf->cache = cache;
	return 0;
}

struct ewf_cache *
ewf_cache_close(struct ewf_cache *cache)
{
	if (!cache)
		return NULL;
	for (unsigned i = 0; i < SHARDS; i++) {
		for (unsigned k = 0; k < cache->ways; k++)
			free(cache->shard[i].slots[k].bytes);
		pthread_mutex_destroy(&cache->shard[i].lock);
	}
	free(cache);
	return NULL;
}

/* The slot that holds the chunk, or the one that was not used for the longest time. */
static struct slot *
find_slot(struct ewf_cache *cache, struct shard *shard, uint64_t name)
{
	struct slot *oldest = &shard->slots[0];

	for (unsigned i = 0; i < cache->ways; i++) {
		struct slot *slot = &shard->slots[i];

		if (slot->name == name)
			return slot;
		if (slot->used < oldest->used)
			oldest = slot;
	}
	return oldest;
}

bool
ewf_cache_get(struct ewf_cache *cache, uint64_t chunk, size_t from, uint8_t *buf, size_t n)
{
	struct shard *shard = &cache->shard[chunk % cache->shards];
	struct slot *slot;
	bool found;

	pthread_mutex_lock(&shard->lock);
	slot = find_slot(cache, shard, chunk + 1);
	found = slot->name == chunk + 1;
	if (found) {
		slot->used = ++shard->clock;
		memcpy(buf, slot->bytes + from, n);
	}
	pthread_mutex_unlock(&shard->lock);
	return found;
}

void
ewf_cache_put(struct ewf_cache *cache, uint64_t chunk, uint8_t **bytes)
{
	struct shard *shard = &cache->shard[chunk % cache->shards];
	struct slot *slot;

	pthread_mutex_lock(&shard->lock);
	slot = find_slot(cache, shard, chunk + 1);
	if (!slot->bytes) /* the first time round the hand gets a new buffer */
		slot->bytes = malloc(cache->chunk_size);
	if (slot->bytes) {
		uint8_t *spare = slot->bytes;

		slot->bytes = *bytes;
		slot->name = chunk + 1;
		slot->used = ++shard->clock;
		*bytes = spare;
	}
	pthread_mutex_unlock(&shard->lock);
}
