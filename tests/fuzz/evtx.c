/*
 * evtx.c - any bytes as an event log: as the file, or as the records of a chunk whose header fits, so that what lies
 * behind the checksums is seen. Seeds are the logs that fixtures/evtx describes.
 */
#include <stdlib.h>

#include "../evtx_check.h"

enum { HEADER = 4096, RECORDS = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct view bytes)
{
	CLEANUP(evtx_result_free) struct evtx_result result = { 0 };
	struct evtx_tally tally = { 0 };

	evtx_check(bytes, &tally, &result);
}

/* Makes the bytes the only record of a log, with its head and its end. */
static void
check_record(struct view bytes)
{
	size_t size = (24 + bytes.n + 4 + 7) / 8 * 8, file = HEADER + EVTX_CHUNK;
	uint8_t *p = calloc(1, file), *record = p ? p + HEADER + RECORDS : NULL;

	if (!p || size > EVTX_CHUNK - RECORDS) {
		free(p);
		return;
	}
	memcpy(p, "ElfFile", 8);
	p[42] = 1;
	memcpy(p + HEADER, "ElfChnk", 8);
	p[HEADER + 120] = 4; /* no checksums */
	p[HEADER + 48] = (uint8_t)(RECORDS + size);
	p[HEADER + 49] = (uint8_t)((RECORDS + size) >> 8);
	memcpy(record, "**\0", 4);
	record[4] = record[size - 4] = (uint8_t)size;
	record[5] = record[size - 3] = (uint8_t)(size >> 8);
	record[8] = 1;
	record[22] = 0xd7;
	record[23] = 1;
	if (bytes.n)
		memcpy(record + 24, bytes.p, bytes.n);
	check(view_of(p, file));
	free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(view_of(data, size));
	check_record(view_of(data, size));
	return 0;
}
