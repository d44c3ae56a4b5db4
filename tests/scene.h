/* scene.h - a folder with one small disk in it, raw or as an E01 set that a test may break. */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include "e01.h"
#include "image.h"
#include "text.h"

enum { SECTORS = 64 * 10 + 9, CHUNKS = 11, CHUNK = 64 * 512, MEDIA = SECTORS * 512 };

/* What a container told while it was opened. */
struct told {
	struct sink sink;
	struct text text;
	unsigned count;
};

/* A folder with the media in it as raw bytes; half of it is noise, the rest repeats or is zeros. */
struct scene {
	char folder[32];
	uint8_t media[MEDIA];
	struct e01_media e01;
	struct e01 file[3];
	struct told told;
	struct image *image;
};

int scene_set_up(void **state);
int scene_tear_down(void **state);

const char *path_of(const struct scene *s, const char *name);
void write_file(const struct scene *s, const char *name, const void *bytes, size_t n);
int open_named(struct scene *s, const char *name); /* into s->image */
bool was_told(const struct scene *s, const char *what);

/* The first byte that is not as on the media from `from` on, MEDIA when all are. */
size_t first_difference(struct scene *s, size_t from);

/* The one bad range that there must be, and so many bad chunks. */
const struct bad_range *only_bad(struct scene *s, uint64_t chunks);

/* Two segment files: chunks 0 to 4 and 5 to 10, some packed and some not. open_forged writes them as they are then. */
void forge(struct scene *s);
int open_forged(struct scene *s);

#endif
