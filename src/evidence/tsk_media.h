/* tsk_media.h - our media as libtsk sees it. */
#ifndef EVIDENCE_TSK_MEDIA_H
#define EVIDENCE_TSK_MEDIA_H

#include <tsk/libtsk.h>

#include "source.h"

/* libtsk's handle comes first, so that its callbacks find ours. */
struct tsk_media {
	TSK_IMG_INFO info;
	struct source *media;
	uint64_t hide_from, hide_to; /* reads as zeros */
	int result;                  /* of the last read that failed, 0 when none did */
};

/*
 * Gives a source to libtsk as an image of this size, which may be more than there is: the rest reads as zeros. 0, or
 * negative after fail(). Closed with tsk_img_close(&media->info), then freed.
 */
int tsk_media_open(struct source *source, uint64_t size, uint32_t sector_size, struct tsk_media **ret_media);

#endif
