/* container.h - what raw, split and E01 images have in common: their segment files, and what is wrong with them. */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <pthread.h>
#include <stdatomic.h>

#include "image.h"

/* The open files of a set. Segment i of the list is handle i. */
struct handle {
	int fd;
	bool untouched; /* O_NOATIME was granted: the access time cannot change through us */
};

struct segment_set {
	VECTOR(struct segment) segments;
	VECTOR(struct handle) handles;
};

/* Opens one more file read-only and remembers what the host says of it: 0, or negative after fail(). */
int segment_add(struct segment_set *set, const char *path);
void segments_close(struct segment_set *set);
int segments_unchanged(const struct segment_set *set);

/* Reads up to n bytes, fewer only at the end of the file; -EIO where the device cannot give them, and anything else is
 * a failure of the tool that was said by fail(). */
ssize_t segment_read(const struct segment_set *set, size_t segment, uint64_t offset, void *buf, size_t n);

/* The same sector by sector: what cannot be had is zeros and is told to lost() with its place in the file. */
struct salvage {
	void *state;
	int (*lost)(void *state, uint64_t from, uint64_t to);
};
int segment_salvage(const struct segment_set *set, size_t segment, uint64_t offset, void *buf, size_t n,
		    const struct salvage *salvage);

/* The files in the folder of path that belong to the same set, in order of their number. */
struct member {
	uint32_t number;
	char *path;
};
typedef VECTOR(struct member) member_list;

/* Gives the number that an extension stands for in the set that the extension `given` is of, or -1. */
typedef int64_t member_number(const char *extension, const char *given);

int members_find(const char *path, member_number *number, member_list *ret_members);
void members_free(member_list *members);
static inline void
members_free_at(member_list *members)
{
	members_free(members);
}

/* What follows the last dot of the file's name, or "". */
const char *path_extension(const char *path);
const char *path_name(const char *path);

/* Bad ranges, one list for each kind of distrust; within a list none overlap. Safe from several threads. */
enum { BAD_KINDS = 4 };

struct bad_list {
	pthread_mutex_t lock;
	VECTOR(struct bad_range) kinds[BAD_KINDS];
	VECTOR(struct bad_range) shown;
	uint64_t chunks;
	atomic_bool any;
};

void bad_start(struct bad_list *bad);
int bad_add(struct bad_list *bad, const struct bad_range *range, uint64_t chunks);
unsigned bad_trust(struct bad_list *bad, uint64_t from, uint64_t to);
size_t bad_show(struct bad_list *bad, const struct bad_range **ret_ranges, uint64_t *ret_chunks);
void bad_free(struct bad_list *bad);

struct image {
	char *name;
	enum image_format format;
	uint32_t sector_size;
	uint32_t unit; /* reading is cheapest in whole ones of these: a chunk */
	struct acquisition acquisition;
	struct segment_set set;
	struct bad_list bad;
	struct source *media;
	atomic_ullong bytes; /* inflated or read */
	bool bomb;           /* its header unpacks to more than anybody typed: no other library should be let near it */
};

/* Tells out, where there is one, that something is wrong with the container; at is a place on the media. */
int image_damage(struct sink *out, uint64_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The two kinds of container. Both set image->media, and with it all they know. */
int raw_open(struct image *image, const char *path, struct sink *out);
int ewf_open(struct image *image, const char *path, struct sink *out);

/* Whether the file is an E01 segment by its first bytes, or names itself one and still can be read as such. */
bool ewf_recognise(const char *path, struct view head);

/* The name of a container that is not read here, or NULL. head and tail are the first and last bytes of the file. */
const char *foreign_container(struct view head, struct view tail);

#endif
