/* logfile.c - whether Windows was done with a volume when it was taken: what the restart pages of $LogFile say. */
#include <errno.h>

#include "beside.h"
#include "fail.h"
#include "layout.h"
#include "record.h"
#include "stream.h"

enum {
	ENTRY_LOGFILE = 2,
	PAGE_LEAST = 512,
	PAGE_MOST = 65536,
	PAGE_USUAL = 4096,
	NO_CLIENT = 0xffff,
	VOLUME_IS_CLEAN = 2, /* set when the volume is dismounted, since NTFS 3.1 */
};

/* A restart page (Linux-NTFS documentation, $LogFile; the layout of ntfs-3g's logfile.h). */
struct disk_restart {
	struct disk_sectors sectors; /* "RSTR", or "CHKD" behind chkdsk */
	le64 chkdsk;                 /* 8 */
	le32 page_size, log_page;    /* 16, 20 */
	le16 area, minor, major;     /* 24 */
};

/* The area that it leads to. */
struct disk_area {
	le64 current;      /* 0, sequence number of the last record */
	le16 clients;      /* 8 */
	le16 free, in_use; /* 10, 12, first clients of two lists; NO_CLIENT ends them */
	le16 flags;        /* 14 */
};

/* One page, if it is one: 1, 0, or negative. */
static int
read_page(struct source *stream, uint64_t offset, uint8_t *page, size_t size, uint64_t *ret_current, bool *ret_clean)
{
	const struct disk_restart *restart = VIEW_AT(view_of(page, size), 0, struct disk_restart);
	const struct disk_area *area;
	ssize_t n = source_read(stream, offset, page, size);

	if (n < 0 || (size_t)n < size)
		return n < 0 ? (int)n : 0;
	if ((memcmp(page, "RSTR", 4) && memcmp(page, "CHKD", 4)) || record_fixup(page, size) != 0)
		return 0;
	area = VIEW_AT(view_of(page, size), le16_get(restart->area), struct disk_area);
	if (!area)
		return 0;
	*ret_current = le64_get(area->current);
	*ret_clean = le16_get(area->in_use) == NO_CLIENT || le16_get(area->flags) & VOLUME_IS_CLEAN;
	return 1;
}

/* How long the pages are: the first says it, and where that is lost, the usual length finds the second. */
static size_t
page_size(struct view start)
{
	const struct disk_restart *restart = VIEW_AT(start, 0, struct disk_restart);
	uint32_t size = restart ? le32_get(restart->page_size) : 0;

	return size < PAGE_LEAST || size > PAGE_MOST || size & (size - 1) ? PAGE_USUAL : size;
}

static bool
all_ones(const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i] != 0xff)
			return false;
	return true;
}

int
logfile_state(struct source *stream, enum log_state *ret_state)
{
	CLEANUP(free) uint8_t *page = malloc(PAGE_MOST);
	uint64_t newest = 0, current = 0;
	bool clean = false;
	ssize_t n;
	size_t size;

	if (!page)
		return fail(ENOMEM, "out of memory for a page of $LogFile");
	n = source_read(stream, 0, page, PAGE_USUAL);
	if (n < 0)
		return (int)n;
	*ret_state = n && all_ones(page, (size_t)n) ? LOG_EMPTY : LOG_BROKEN;
	size = page_size(view_of(page, (size_t)n));
	for (uint64_t at = 0; at <= size; at += size) {
		int r = read_page(stream, at, page, size, &current, &clean);

		if (r < 0)
			return r;
		if (!r || (at && *ret_state != LOG_BROKEN && *ret_state != LOG_EMPTY && current <= newest))
			continue;
		*ret_state = clean ? LOG_CLEAN : LOG_UNCLEAN;
		newest = current;
	}
	return 0;
}

int
logfile_of(struct ntfs *ntfs, enum log_state *ret_state, uint64_t *ret_bytes)
{
	CLEANUP(source_close) struct source *stream = NULL;
	CLEANUP(pieces_free) struct pieces pieces = { 0 };
	int r = pieces_of(ntfs, ENTRY_LOGFILE, NULL, 0, &pieces);

	*ret_state = LOG_ABSENT;
	*ret_bytes = 0;
	if (r == 0)
		r = stream_of(ntfs, &pieces, ATTRIBUTE_DATA, view_of(NULL, 0), true, NULL, &stream);
	if (r == -ENOENT || r == -EINVAL || r == -ENODATA)
		return 0;
	if (r < 0)
		return r;
	*ret_bytes = stream->size;
	return logfile_state(stream, ret_state);
}
