/* ewf_hand.h - what one thread needs to unpack a chunk, and the chunks that were unpacked last. */
#ifndef EWF_HAND_H
#define EWF_HAND_H

#include "ewf.h"

struct ewf_hand {
	struct ewf_hand *next;
	struct inflater *inflater;
	uint8_t *packed;
	size_t room;            /* bytes at packed */
	uint8_t *plain, *whole; /* a chunk each */
};

int ewf_hands_open(struct ewf *ewf);
void ewf_hands_close(struct ewf *ewf);
int ewf_hand_take(struct ewf *ewf, struct ewf_hand **ret_hand);
void ewf_hand_give(struct ewf *ewf, struct ewf_hand *hand);
int ewf_hand_room(struct ewf_hand *hand, size_t n); /* packed holds at least n bytes */

int ewf_cache_open(struct ewf *ewf);
struct ewf_cache *ewf_cache_close(struct ewf_cache *cache);
/* Copies n bytes from `from` of the chunk: false when it is not there. */
bool ewf_cache_get(struct ewf_cache *cache, uint64_t chunk, size_t from, uint8_t *buf, size_t n);
/* Keeps the chunk, and puts a buffer that it does not need any more in its place. */
void ewf_cache_put(struct ewf_cache *cache, uint64_t chunk, uint8_t **bytes);

#endif
