/* reader.h - what every artefact reader is: five slots, two of them optional. */
#ifndef READER_H
#define READER_H

#include "sink.h"
#include "source.h"

struct reader {
	const char *name;                                /* as profiles call it */
	const char *title;                               /* as people do */
	int (*load)(const char *path, void **ret_state); /* optional */
	void (*unload)(void *state);                     /* optional */

	/* Reads the whole source and states facts: 0, or negative when the tool failed or the sink said stop. Damage is
	 * a fact. State is const while reading, so that threads share it. */
	int (*read)(const void *state, struct source *src, struct sink *out);
};

#endif
