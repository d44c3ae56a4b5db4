/* sink.h - where readers put facts. A reader knows an offset and nothing else about place: the sink is bound to that.
 */
#ifndef SINK_H
#define SINK_H

#include "rule.h"
#include "view.h"

/* A dated fact. Text is UTF-8, borrowed for the call. */
struct event {
	uint64_t when;           /* FILETIME, UTC */
	const char *kind;        /* "iis.request" and so on: a constant */
	uint64_t offset;         /* of the fact's first byte within the source */
	struct view subject;     /* what it is about: an address, a path, an account */
	struct view summary;     /* one line for a person */
	const struct rule *rule; /* the rule that asked for it, or NULL */
};

/* An undated fact: a rule hit, a known hash, a setting. */
struct mark {
	const struct rule *rule;
	uint64_t offset, length; /* within the source; length 0: the whole of it */
	uint64_t end;            /* behind the last byte that the rule rests on, where that is more; else 0 */
	struct view excerpt;     /* the bytes, cut to EXCERPT_MAX */
	struct view basis;       /* what was found, in words */
};

enum { EXCERPT_MAX = 256 };

struct sink {
	int (*event)(struct sink *out, const struct event *e);
	int (*mark)(struct sink *out, const struct mark *m);
	int (*damage)(struct sink *out, uint64_t offset, const char *why);
	bool (*wants)(struct sink *out, struct view raw); /* optional: false when no rule can care about these bytes */
};

/* All return 0, or negative to stop. */
static inline int
sink_damage(struct sink *out, uint64_t offset, const char *why)
{
	return out->damage(out, offset, why);
}

#endif
