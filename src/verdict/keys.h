/* keys.h - what ties one event of a case to another: a few values of its record under names of our own. */
#ifndef KEYS_H
#define KEYS_H

#include "arena.h"
#include "fields.h"

enum key {
	KEY_REQUEST,  /* GUID that the front end gave a request: RequestId, cafeReqId; in lower case */
	KEY_ADDRESS,  /* of the client */
	KEY_METHOD,
	KEY_STATUS,   /* of HTTP */
	KEY_PAGE,     /* path of the URL that was asked for */
	KEY_BACKEND,  /* URL that a forged request was led to behind the front end, from its path on */
	KEY_SCHEMA,   /* of the control panel's data service: OABVirtualDirectory, ResetOABVirtualDirectory */
	KEY_CANARY,   /* msExchEcpCanary: one for each session of the control panel */
	KEY_GUID,     /* of the object that a command names, in lower case */
	KEY_COMMAND,  /* that ran: its name */
	KEY_URL,      /* that a command sets: ExternalUrl, InternalUrl */
	KEY_FILE,     /* path of a file that the record names */
	KEY_PORT,     /* of the server */
	KEY_MAILBOX,  /* that was acted as */
	KEY_ID,       /* of a Windows event */
	KEY_PROVIDER,
	KEY_PROCESS,  /* program that was started */
	KEY_PID,
	KEY_PARENT,   /* program that started it */
	KEY_PPID,
	KEY_LINE,     /* its command line */
	KEYS
};

enum { KEY_TEXT_MAX = 1024 }; /* bytes of a value that are kept */

/* The values of a record, in the arena; views of nothing where it has none: 0 or -ENOMEM. */
int keys_take(struct arena *arena, const struct fields *fields, struct view ret_keys[static KEYS]);

#endif
