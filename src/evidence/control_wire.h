/* control_wire.h - the messages of the process that lets libtsk look: a head, a fixed part, and text. */
#ifndef EVIDENCE_CONTROL_WIRE_H
#define EVIDENCE_CONTROL_WIRE_H

#include "control.h"

enum wire_type {
	WIRE_HELLO,
	WIRE_VOLUME,
	WIRE_ENTRY,
	WIRE_NAME,
	WIRE_STREAM,
	WIRE_ERROR,
	WIRE_BEGIN,
	WIRE_VOLUME_END,
	WIRE_READ,
	WIRE_END,
	WIRE_GONE,
	WIRES,
};

struct wire_head {
	uint16_t type, length; /* of what follows */
};

struct wire_volume {
	uint64_t records;
	uint32_t volume, open;
};

struct wire_entry {
	uint64_t number;
	uint32_t sequence, flags;
	uint32_t names, streams; /* messages of those kinds that follow */
	struct control_time si[CONTROL_TIMES], fn[CONTROL_TIMES];
};

struct wire_name {
	uint64_t parent;
	uint32_t sequence, pad;
};

struct wire_stream {
	uint64_t size;
	uint32_t id, pad;
};

struct wire_number { /* of WIRE_ERROR and WIRE_BEGIN */
	uint64_t number;
};

struct wire_read {
	uint64_t bytes;
	uint32_t want, done;
	uint8_t sha256[32];
};

struct wire_gone {
	int32_t signal, status;
};

enum { WIRE_MAX = sizeof(struct wire_head) + sizeof(struct wire_entry) + CONTROL_NAME_MAX };
_Static_assert((int)WIRE_MAX <= (int)CONTROL_WRITE, "a message fits into one write");

/* Bytes of the fixed part. */
size_t wire_fixed(enum wire_type type);

/* Gathers whole messages and writes them in pieces that a pipe takes at once: a process that dies leaves none torn. */
struct wire {
	int fd;
	size_t n;
	uint8_t bytes[CONTROL_WRITE];
};

/* Text is cut to CONTROL_NAME_MAX. 0 or a negative errno. */
int wire_put(struct wire *wire, enum wire_type type, const void *fixed, struct view text);
int wire_flush(struct wire *wire);

#endif
