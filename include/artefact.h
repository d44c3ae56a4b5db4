/*
 * artefact.h - files that keep records which are no lines of a log: a scheduled task, an event consumer, a detection.
 * There is one reader for each kind of them; it states records, and whoever binds it to a file makes rows of these: an
 * event for each dated one, a finding for each rule that met some, and a row of the coverage. A new kind is one file,
 * one line in the table of artefact_kinds.c, and `read: [its name]` in a profile.
 */
#ifndef ARTEFACT_H
#define ARTEFACT_H

#include "fields.h"
#include "logs.h"
#include "rule.h"
#include "sink.h"
#include "source.h"

enum artefact_limits {
	ARTEFACT_KINDS_MAX = 32,
	ARTEFACT_FIELDS_MAX = 64, /* of a record */
};

/* What the file system says of the file. Texts are UTF-8, never NULL. */
struct artefact_place {
	const char *path, *name;         /* on its volume, with '/'; its own */
	uint64_t born, modified;         /* FILETIMEs: $FILE_NAME created, $SI modified; 0: not known */
};

/* A record. Texts are UTF-8 as they stand in the file, borrowed for the call: whoever shows them escapes them. */
struct artefact_record {
	const char *kind; /* of its event, a constant; NULL: the one of the kind of file */
	uint64_t when;    /* FILETIME, UTC; 0: none, or none that is known to be UTC */
	uint64_t local;   /* by a clock whose zone the file does not tell; 0: none */
	bool again;       /* the record before at another time of it: an event, and not counted */
	bool filed;       /* `when` is a time of the file itself, since the record has none of its own: the event says so */
	uint64_t offset, length; /* within the source */
	struct view subject;     /* what it is about: a path, an address, a name */
	struct view summary;     /* one line for a person */
	struct fields fields;    /* what Sigma rules are asked of; raw is the whole of it as text, for keywords */
	const struct rule *rule; /* one of the kind's own that it meets, or NULL; the first record that does is shown */
	struct view basis;       /* with rule: what meets it, in words */
};

/* What reading a file gave. records + lost are all that it holds. */
struct artefact_result {
	uint64_t records, lost, lost_at; /* lost: seen, and not to be made out; lost_at: offset of the first of them */
	uint64_t first, last;            /* FILETIMEs of dated records that have a time of their own; 0: none has */
	uint64_t bytes;                  /* of the source that were gone through */
	const char *note;                /* a constant for the coverage, or NULL: what such reading can and cannot see */
	bool partly;                     /* more may be there than was found */
};

struct artefact_reading;

/* One kind of such files. Its rules come with the program; those of a profile are asked through log.source. */
struct artefact_kind {
	struct log_kind log; /* what profiles, the case and the rules know it by; without a format. source may be NULL */
	uint64_t longest;    /* bytes of a file that is read; a longer one is none of them, or damaged */
	const struct rule *rules; /* its own: dense, so that they can be listed */
	size_t rule_count;
	const char *missing; /* why this build cannot read them, a constant; NULL where it can */

	/* States all records of reading->src. 0, or negative when the tool failed or somebody said stop. */
	int (*read)(struct artefact_reading *reading);
};

extern const struct artefact_kind *const artefact_kinds[ARTEFACT_KINDS_MAX]; /* ended by NULL */
const struct artefact_kind *artefact_find(const char *name);

/* One file while it is read. */
struct artefact_reading {
	const struct artefact_kind *kind;
	struct artefact_place place;
	struct source *src;
	struct sink *out; /* for damage; may be NULL */
	int (*record)(void *state, const struct artefact_record *record); /* 0, or negative to stop */
	void *state;
	struct artefact_result result; /* counted by the two below */
};

/* Reads the file: 0, or negative as above. reading->result says what came of it in any case. */
int artefact_read(struct artefact_reading *reading);

/* ---- for readers ---- */

/* States a record, or that there was one which cannot be made out, and why. */
int artefact_state(struct artefact_reading *reading, const struct artefact_record *record);
int artefact_lose(struct artefact_reading *reading, uint64_t offset, const char *why);

/* Says what is wrong at an offset where no record is lost by it. */
int artefact_damage(struct artefact_reading *reading, uint64_t offset, const char *why);

/* All bytes of the source, which kind->longest bounds: 0, or what source_read gave, or -ENOMEM after fail(). Free
 * *ret_bytes. */
int artefact_bytes(struct artefact_reading *reading, uint8_t **ret_bytes, struct view *ret_view);

/* A rule that comes with the program, for those tables. */
#define ARTEFACT_RULE(rule_id, rule_level, rule_stage, rule_technique, rule_title, rule_benign)                        \
	{                                                                                                              \
		.id = rule_id, .kind = RULE_IOC, .level = rule_level, .stage = rule_stage,                             \
		.technique = rule_technique, .cve = "", .title = rule_title, .author = "postmortem",                   \
		.source = "postmortem", .benign = rule_benign, .reason = ""                                            \
	}

#endif
