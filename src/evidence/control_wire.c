/* control_wire.c - writes the messages of the process that lets libtsk look at the evidence. */
#include "control_wire.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

size_t
wire_fixed(enum wire_type type)
{
	static const size_t sizes[WIRES] = {
		[WIRE_VOLUME] = sizeof(struct wire_volume), [WIRE_ENTRY] = sizeof(struct wire_entry),
		[WIRE_NAME] = sizeof(struct wire_name),     [WIRE_STREAM] = sizeof(struct wire_stream),
		[WIRE_ERROR] = sizeof(struct wire_number),  [WIRE_BEGIN] = sizeof(struct wire_number),
		[WIRE_READ] = sizeof(struct wire_read),     [WIRE_GONE] = sizeof(struct wire_gone),
	};

	return sizes[type];
}

int
wire_flush(struct wire *wire)
{
	ssize_t n;

	while (wire->n && (n = write(wire->fd, wire->bytes, wire->n)) != (ssize_t)wire->n)
		if (n >= 0 || errno != EINTR)
			return n >= 0 ? -EIO : -errno;
	wire->n = 0;
	return 0;
}

int
wire_put(struct wire *wire, enum wire_type type, const void *fixed, struct view text)
{
	size_t size = wire_fixed(type), cut = text.n < CONTROL_NAME_MAX ? text.n : CONTROL_NAME_MAX;
	struct wire_head head = { .type = (uint16_t)type, .length = (uint16_t)(size + cut) };
	int r = 0;

	assert(sizeof(head) + size + cut <= sizeof(wire->bytes));
	if (sizeof(wire->bytes) - wire->n < sizeof(head) + size + cut)
		r = wire_flush(wire);
	if (r < 0)
		return r;
	memcpy(wire->bytes + wire->n, &head, sizeof(head));
	wire->n += sizeof(head);
	if (size)
		memcpy(wire->bytes + wire->n, fixed, size);
	wire->n += size;
	if (cut)
		memcpy(wire->bytes + wire->n, text.p, cut);
	wire->n += cut;
	return 0;
}

static int
tell(int fd, enum wire_type type, const void *fixed, struct view text)
{
	struct wire wire = { .fd = fd };
	int r = wire_put(&wire, type, fixed, text);

	return r < 0 ? r : wire_flush(&wire);
}

int
control_tell_gone(int fd, int signal, int status)
{
	const struct wire_gone gone = { .signal = signal, .status = status };

	return tell(fd, WIRE_GONE, &gone, view_of(NULL, 0));
}

int
control_tell_hello(int fd, const char *fingerprint)
{
	return tell(fd, WIRE_HELLO, NULL, view_text(fingerprint));
}

bool
control_request_valid(const struct control_request *request)
{
	return request->magic == CONTROL_MAGIC && request->task <= CONTROL_READ &&
	       request->volumes <= CONTROL_VOLUMES_MAX && request->wants <= CONTROL_WANTS_MAX &&
	       request->volume <= request->volumes && request->sector_size >= 512 && request->sector_size <= 4096;
}
