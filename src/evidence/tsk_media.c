/* tsk_media.c - gives libtsk the media of an exhibit through our reader: it opens no file itself. */
#include "tsk_media.h"

#include <errno.h>

#include "fail.h"

static ssize_t
media_read(TSK_IMG_INFO *img, TSK_OFF_T offset, char *buf, size_t n)
{
	struct tsk_media *m = (struct tsk_media *)img;
	uint64_t from = (uint64_t)offset;
	ssize_t got;

	if (offset < 0)
		return -1;
	got = source_read(m->media, from, buf, n);
	if (got < 0) {
		m->result = (int)got;
		return -1;
	}
	if (from >= (uint64_t)img->size || n > (uint64_t)img->size - from)
		n = from < (uint64_t)img->size ? (size_t)((uint64_t)img->size - from) : 0;
	if ((size_t)got < n) { /* behind the end of the image */
		memset(buf + got, 0, n - (size_t)got);
		got = (ssize_t)n;
	}
	for (uint64_t at = m->hide_from; at < m->hide_to; at++)
		if (at >= from && at - from < (uint64_t)got)
			buf[at - from] = 0;
	return got;
}

static void
media_close(TSK_IMG_INFO *img)
{
	(void)img;
}

static void
media_stat(TSK_IMG_INFO *img, FILE *to)
{
	(void)img;
	(void)to;
}

int
tsk_media_open(struct source *source, uint64_t size, uint32_t sector_size, struct tsk_media **ret_media)
{
	CLEANUP(free) struct tsk_media *m = calloc(1, sizeof(*m));

	if (!m)
		return fail(ENOMEM, "out of memory for the media of %s", source->name);
	m->media = source;
	if (!tsk_img_open_external(m, (TSK_OFF_T)size, sector_size, media_read, media_close, media_stat))
		return fail(ENOMEM, "libtsk cannot open the media: %s", tsk_error_get());
	*ret_media = TAKE(m);
	return 0;
}
