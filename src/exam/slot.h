/* slot.h - what one stream gave while it was read, until its rows are written; for the content stage alone. */
#ifndef SLOT_H
#define SLOT_H

#include "evtx.h"
#include "exam.h"
#include "judge.h"
#include "logs.h"
#include "trail.h"

/* Where a mark lies that is not in the content. */
struct hiding {
	const char *stream, *words; /* the stream as the finding calls it; what the basis says */
	uint64_t attribute;
	unsigned trust;
	bool slack; /* to be seen with icat -s */
};

struct kept_mark {
	const struct rule *rule;
	uint64_t offset, length, end; /* end as in struct mark */
	uint64_t taken;               /* of the clusters it rests on, those that belong to something else by now */
	uint64_t shared;              /* and those that another deleted file claims, too */
	uint64_t when; /* FILETIME where the bytes themselves say it, else 0 */
	bool recovered; /* of a log: in records that it does not list any more */
	struct view excerpt, basis;
	const struct hiding *hiding; /* NULL in the content */
};

/* A line that rules hit, or a record of an artefact, as an event; texts are escaped. */
struct kept_line {
	const struct rule *rule; /* the gravest of them; NULL: none hit */
	const char *kind;        /* of the event; NULL: as the kind of log has it */
	uint64_t when, offset;
	bool recovered;
	struct view subject, summary, raw, fields;
};

/* What reading a stream as a log, or as an artefact, gave. */
struct log_slot {
	struct log_result result;
	VECTOR(struct kept_line) lines;
	uint64_t hits;                /* lines that rules hit */
	uint64_t untold;              /* of the dated ones, those that found no room among `lines` */
	uint64_t unasked, unasked_at; /* lines that hold a text of a rule and could not be taken apart; the first */
	uint64_t undecided;           /* searches of rules that ran into their limits */
	const char *note;             /* on an artefact: what such reading can and cannot see */
	bool partly;                  /* of an artefact: more may be there than was found */
	struct trace *trace;          /* what leads to other requests; NULL where nothing does */
	bool read;
};

/* What reading it as an event log gave; its lines and hits are in the log_slot. */
struct events_slot {
	struct evtx_result result;
	uint64_t counts[EVTX_KINDS_MAX]; /* records of each of evtx_kinds, but for recovered ones */
	uint64_t foreign;                /* of these, those of another channel than the file is named after */
	uint64_t leftover;               /* records that it does not list any more */
	uint64_t damaged;                /* places where something is wrong with what it lists */
};

enum { EXTENSION_MAX = 16 };

struct page_fact;
struct witnessed;
struct hive_slot;
struct zone;

struct slot {
	struct sink sink; /* first, so that a sink is its slot */
	struct limits *limits;
	const struct candidate *candidate;
	struct arena arena;
	VECTOR(struct kept_mark) marks;
	struct content_result result;
	uint8_t *kept;
	size_t kept_n;
	uint64_t reused, clusters; /* of a deleted file */
	uint64_t shared;           /* of its clusters, those that another deleted file claims, too */
	struct log_slot log;
	struct events_slot *events; /* NULL for most */
	char owner[SID_TEXT];      /* "" where it is not known */
	unsigned trust;
	size_t held;                 /* bytes, as the reading counts them */
	const char *unread;          /* why it was opened and not read, NULL when it was */
	const struct hiding *hiding; /* of what is being read, NULL for the content */
	struct page_fact *page;      /* what it says of what a web server ran, NULL for most */
	struct witnessed *witnessed; /* what it says of the build of Exchange, NULL for most */
	const struct zone *zone;     /* that its server was set to, NULL where nobody tells; only shown */
	struct hive_slot *hive;      /* what a registry hive gave, NULL for everything else */
	bool opened;
	bool aside; /* it ended a worker twice, and was not opened again */
	bool overwritten; /* a deleted file of whose clusters none is its own any more: not read */
};

/* A digest of what was read, NULL where it was not computed. */
const uint8_t *slot_digest(const struct slot *slot, enum digest_kind kind);

/* What rules are told of where it lies; the extension is written to the buffer. */
struct content_place slot_place(const struct slot *slot, char extension[static EXTENSION_MAX]);

/* Whether the place alone makes this file worth a finding, whatever it holds. */
bool slot_stray(const struct slot *slot);

/* Whether it lies in a web root, is no code, and is not shipped: told by the folder. */
bool slot_other(const struct slot *slot);

/* How much a mark is worth that a rule gives this level: bytes that may not be the file's own are a lead and no proof. */
enum level slot_mark_level(const struct slot *slot, const struct kept_mark *mark, enum level level);

/* Writes the findings of a slot. again: the same stream under another name, whose content has been weighed already. */
int slot_weigh(struct exam *exam, const struct slot *slot, bool again);

/* Files beyond the baseline that are no code, one finding a folder. The array is sorted on the way. */
int others_weigh(struct exam *exam, const struct candidate **others, size_t n);

#endif
