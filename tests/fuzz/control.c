/* control.c - any bytes as what the process with libtsk answers: what it says next cannot be more than it may say. */
#include <stdlib.h>

#include "control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct hearing {
	struct control_ear ear;
	uint64_t next;
};

static int
hear_hello(struct control_ear *ear, struct view fingerprint)
{
	(void)ear;
	return fingerprint.n > CONTROL_NAME_MAX ? (abort(), 0) : 0;
}

static int
hear_volume(struct control_ear *ear, uint32_t volume, bool open, uint64_t records, struct view text)
{
	(void)open, (void)records, (void)text;
	((struct hearing *)ear)->next = 0;
	if (volume >= CONTROL_VOLUMES_MAX)
		abort();
	return 0;
}

/* Every byte of every name is looked at, so that a wrong one is seen. */
static int
hear_entry(struct control_ear *ear, const struct control_entry *e)
{
	struct hearing *h = (struct hearing *)ear;
	unsigned sum = 0;

	if (e->number < h->next || e->name_count > CONTROL_PARTS_MAX || e->stream_count > CONTROL_PARTS_MAX)
		abort();
	h->next = e->number + 1;
	for (uint32_t i = 0; i < e->name_count; i++)
		for (size_t k = 0; k < e->names[i].name.n; k++)
			sum += e->names[i].name.p[k];
	for (uint32_t i = 0; i < e->stream_count; i++)
		for (size_t k = 0; k < e->streams[i].name.n; k++)
			sum += e->streams[i].name.p[k];
	return sum == UINT32_MAX ? -1 : 0;
}

static int
hear_error(struct control_ear *ear, uint64_t entry, struct view text)
{
	(void)ear, (void)text;
	return entry >> 48 ? (abort(), 0) : 0;
}

static int
hear_begin(struct control_ear *ear, uint64_t next)
{
	return hear_error(ear, next, view_of(NULL, 0));
}

static int
hear_nothing(struct control_ear *ear)
{
	(void)ear;
	return 0;
}

static int
hear_read(struct control_ear *ear, const struct control_read *read)
{
	(void)ear;
	return read->want >= CONTROL_WANTS_MAX ? (abort(), 0) : read->sha256[31] == read->sha256[0];
}

static int
hear_gone(struct control_ear *ear, int signal, int status)
{
	(void)ear, (void)signal, (void)status;
	return 0;
}

/* In pieces of odd sizes, as a pipe gives them. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hearing h = { .ear = { hear_hello, hear_volume, hear_entry, hear_error, hear_begin, hear_nothing,
				      hear_read, hear_nothing, hear_gone } };
	struct control_reader reader = { .ear = &h.ear };

	for (size_t at = 0, n; at < size; at += n) {
		n = 1 + data[at] * 7u;
		n = n < size - at ? n : size - at;
		if (control_feed(&reader, view_of(data + at, n)) < 0)
			break;
	}
	control_reader_free(&reader);
	return 0;
}
