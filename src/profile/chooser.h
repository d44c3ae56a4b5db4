/* chooser.h - the machine of one host, and what it needs to answer questions. */
#ifndef CHOOSER_H
#define CHOOSER_H

#include "inside.h"
#include "machine.h"

struct root {
	uint32_t volume, start;
};

struct chooser {
	const struct profile *profile;
	const struct binding *bindings;
	size_t binding_count;
	uint32_t volumes;
	struct machine machine;
	VECTOR(struct root) roots;
	VECTOR(const char *) unbound;
	VECTOR(uint32_t) hits;
	VECTOR(const struct choice *) choices;
	VECTOR(const struct rule *) rules;
	VECTOR(const struct rule *) unless;
	struct text folder, subject;
};

#endif
