/* hives.h - the registry hives of an exhibit while they are read: with their logs, into facts, events and hits. */
#ifndef HIVES_H
#define HIVES_H

#include "asked.h"
#include "regvalue.h"
#include "registry.h"
#include "slot.h"

enum hives_limits {
	HIVE_FACTS_MAX = 20000, /* of one hive that are kept */
	HIVE_EVENTS_MAX = 5000, /* keys of one hive that become events */
	HIVE_HITS_MAX = 100,    /* of one rule in one hive that become findings */
	HIVE_LEADS_MAX = 1000,  /* deleted keys of one hive that are listed */
};

/* A file that a hive is read from: itself, or one of its logs. */
struct hive_file {
	const char *path; /* NULL: there is none */
	struct reference entry;
	uint64_t attribute;
	struct source *source; /* owned for logs, borrowed for the hive */
	uint64_t size;
	bool unreadable; /* encrypted, or kept elsewhere */
};

/* Where damage goes: to the limitations, under the file that it is in. */
struct hive_sink {
	struct sink sink;
	struct limits *limits;
	const struct hive_file *file;
	uint64_t damage; /* how often */
	bool quiet;      /* it is told when the hive is read wholly */
};

/* A hive that is open, with those of its logs that lie beside it. */
struct open_hive {
	struct hive *hive;
	struct hive_file primary, logs[HIVE_LOGS];
	struct hive_sink out, log_out[HIVE_LOGS];
	struct arena arena; /* of the paths */
};

/*
 * Opens a hive over a stream that is open already: name and folder (a number of the volume's catalogue) say where its logs
 * are looked for, none for a deleted one. stream, path and limits are borrowed. 0 or negative; to be closed in any case.
 */
struct hive_request {
	uint32_t volume, folder;
	const char *path, *name;
	struct reference entry;
	uint64_t attribute;
	bool deleted, quiet;
	struct limits *limits;
};
/* The file in use by that name in a folder, path "" for now; path NULL where there is none. 0 or negative. */
int hives_find(struct exam *exam, uint32_t volume, uint32_t folder, struct view name, struct hive_file *ret);
int hives_open(struct exam *exam, const struct hive_request *request, struct source *stream, struct open_hive *ret);
void hives_close(struct open_hive *open);
static inline void
hives_close_at(struct open_hive *open)
{
	hives_close(open);
}

/* The file that n bytes at an offset of the primary are in, and where. */
const struct hive_file *hives_origin(const struct open_hive *open, uint64_t offset, uint64_t n, uint64_t *ret_offset);

/* What the logs had to do with it, in words; nothing where all is in the hive: 0 or -ENOMEM. */
int hives_replay_words(const struct open_hive *open, struct text *ret);

/* ---- what is kept of a hive until its rows are written; texts lie in the arena ---- */

struct kept_fact {
	struct host_row row; /* volume, host and source are set when it is written */
	const struct hive_file *file;
};

struct kept_key {
	uint64_t when, offset;
	struct view object, values; /* escaped */
};

/* A value that a rule hit. */
struct kept_hit {
	const struct rule *rule;
	uint64_t when, offset, length; /* of the bytes that it rests on, in file */
	const struct hive_file *file;
	struct view object, details, excerpt, basis, fields;
	bool lead; /* it lay in what was deleted */
};

struct rule_count {
	const struct rule *rule;
	uint64_t hits;
};

struct hive_slot {
	struct arena arena;
	struct hive_file files[1 + HIVE_LOGS]; /* without their sources */
	struct regvalue_root root;
	VECTOR(struct kept_fact) facts;
	VECTOR(struct kept_key) events;
	VECTOR(struct kept_hit) hits;
	VECTOR(struct rule_count) rules;
	uint64_t keys, values, lost_keys, lost_values, damage;
	uint64_t first, last;                  /* FILETIMEs: the earliest and the latest write of a key */
	uint64_t untold_facts, untold_events, untold_hits, undecided;
	const char *replay;                    /* in words, "" for a clean one */
	bool left_dirty, rootless, read;
};

/* One hive while it is gone through. */
struct hive_reading {
	struct exam *exam;
	struct slot *slot;
	struct hive_slot *to;
	struct open_hive *open;
	struct asked_kind *asked;
	struct sigma_matcher *matcher; /* NULL: no rules are for hives */
	const struct hive_key *key;    /* whose values are gone through */
	struct view path;
	uint64_t tasks; /* without a security descriptor */
	bool lead;
};

/* Reads the hive that a slot is of; in one of several threads. */
int hiveslot_read(struct slot *slot, struct exam *exam, struct asked_kind *asked, unsigned thread, struct source *stream);
/* Writes its rows; why: its shortcoming or NULL. */
int hiveslot_write(struct exam *exam, const struct slot *slot, const char *why);
size_t hiveslot_weight(const struct hive_slot *slot); /* bytes */
struct hive_slot *hiveslot_free(struct hive_slot *slot);

/* The facts of a hive, as rows to be. */
int hive_facts(struct hive_reading *reading);
/* The SHA-1 of a program that Amcache lists, held against the hash lists of the profile. */
int hive_ask_program(struct hive_reading *reading, const struct registry_fact *fact);
/* A fact of a key that was deleted. */
int hive_keep_lead(struct hive_reading *reading, const struct hive_lost *lost, struct view values);
/* A key whose last write matters to an examiner becomes an event. */
int hive_note_key(struct hive_reading *reading, const struct hive_key *key, struct view path);
bool hive_key_matters(const struct regvalue_root *root, struct view path);
/* The values of a key in short: "name = value; ...". */
int hive_short_values(struct hive_reading *reading, const struct hive_key *key, struct text *ret);
/* Asks the rules of every value of a key. */
int hive_ask_key(struct hive_reading *reading, const struct hive_key *key, struct view path);

/* Whether a key is a task that is hidden from who lists tasks: then a hit. 0 or negative. */
int hive_check_task(struct hive_reading *h, const struct hive_key *key, struct view path);

/* Text of the evidence, escaped and cut, in an arena. 0 or -ENOMEM. */
int hive_keep_text(struct arena *arena, struct view text, size_t most, struct view *ret);

#endif
