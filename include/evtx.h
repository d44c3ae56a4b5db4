/* evtx.h - Windows event logs: every record in the file, also those that the log no longer counts as its own. */
#ifndef EVTX_H
#define EVTX_H

#include "fields.h"
#include "logs.h"
#include "sigma.h"
#include "sink.h"
#include "source.h"
#include "text.h"

enum evtx_limits {
	EVTX_CHUNK = 64 << 10,
	EVTX_TEXT_MAX = 256 << 10,        /* bytes of the values of one record, as text */
	EVTX_XML_MAX = 1 << 20,           /* bytes of one record as XML */
	EVTX_FIELDS_MAX = 4096,           /* of one record */
	EVTX_STEPS_MAX = 1 << 17,         /* tokens, values and 16 bytes of these, of one record */
	EVTX_DEPTH_MAX = 16,              /* templates within values within templates */
	EVTX_LEVELS_MAX = 64,             /* elements within elements, templates and all */
	EVTX_CHUNK_STEPS_MAX = 1 << 20,   /* of all records of one chunk, each question counted */
	EVTX_TEMPLATES_MAX = 2048,        /* of one chunk; a real one has some dozens */
	EVTX_OPS_MAX = 1 << 18,           /* tokens of all templates of one chunk */
	EVTX_NAMES_MAX = 4 << 20,         /* bytes of the names and texts of all templates of one chunk */
	EVTX_GAPS_MAX = 4096,
	EVTX_KINDS_MAX = 128,
};

/* How a record was found. Of a log that was not closed, Windows shows the first three; else only the first. */
enum evtx_place {
	EVTX_LISTED,    /* one after the other from the start of its chunk, up to where the chunk says it ends */
	EVTX_BEHIND,    /* directly behind that end, its id being the next one */
	EVTX_UNCOUNTED, /* as listed, in a chunk that the file's header does not count (yet) */
	EVTX_FOUND,     /* by a search of the listed part, the chain of records being broken before it */
	EVTX_SWALLOWED, /* inside another record, whose length was made to cover it: a trace of manipulation */
	EVTX_SLACK,     /* in the unused rest of a chunk, left from before, even from other logs: see its Channel */
	EVTX_STRAY,     /* where no chunk is */
	EVTX_PLACES,
};

const char *evtx_place_name(enum evtx_place place); /* "listed" ... */

struct evtx_chunk;

/* A record as it is told. Borrowed for the call, as everything that is asked of it. */
struct evtx_event {
	uint64_t when;         /* FILETIME, UTC: when the log service wrote it */
	uint64_t id;           /* EventRecordID of its head */
	uint64_t offset;       /* of its first byte within the source */
	enum evtx_place place;
	bool recovered;        /* no record of the log as Windows shows it */
	struct view raw;       /* with its head, which is 24 bytes */
	struct evtx_chunk *chunk;
	size_t at; /* within the chunk */
};

/*
 * What a record says, as Sigma names it. System: EventID, Provider_Name, Provider_Guid, Channel, Computer, Level, Task,
 * Opcode, Keywords, Version, EventRecordID, TimeCreated, UserID; other attributes as Element_Attribute
 * (Execution_ProcessID, EventID_Qualifiers). EventData: by the Name of each Data, unnamed ones as Data, others by their
 * element. UserData and the rest: by element, attributes as Element_Attribute. Values are written as Windows does
 * (0x3e7, {GUID}, S-1-5-18, 2021-03-03T04:05:06.7890000Z). Message, last: the text that Windows shows, of the events of
 * Exchange's cmdlets alone. fields.raw: all values, a line each.
 */
struct evtx_fields {
	struct fields fields;
	struct view provider, channel, computer; /* nothing where the record does not say */
	uint64_t created;                        /* FILETIME of TimeCreated; 0: none */
	uint32_t event_id;

	/* false: damaged or over a limit, what could be read is there. Told as damage, of recovered ones once a chunk.
	 * Where the template is lost, as it often is of records from slack, each value is a field called Value. */
	bool whole;
};

/* How much of a record is wanted: what comes before EventData tells whether the rest is worth taking apart. */
enum evtx_part { EVTX_SYSTEM, EVTX_ALL };

/* Takes a record apart, damage going to the sink. 0, -ENOMEM after fail(), or what the sink returned to stop. Good
 * until the next question about any record. */
int evtx_event_fields(const struct evtx_event *event, enum evtx_part part, struct evtx_fields *ret_fields);

/* Adds the record as XML, on one line as Windows renders it. As above, and fields of the same record stay good;
 * *ret_whole as there. */
int evtx_event_xml(const struct evtx_event *event, struct text *xml, bool *ret_whole);

/* Ids that no record has between the lowest and the highest one of the log. */
struct evtx_gap {
	uint64_t first, last;
	uint64_t offset; /* of the record behind the gap */
};

enum evtx_state { EVTX_SUM_UNUSED, EVTX_SUM_GOOD, EVTX_SUM_BAD }; /* of a checksum */

struct evtx_result {
	bool header;           /* begins with a file header */
	bool dirty, full;      /* flags of the file header: not closed, was full */
	enum evtx_state sum;   /* of the file header */
	uint64_t counted;      /* chunks, by the file header */
	uint64_t next_id;      /* by the file header */
	uint64_t chunks;       /* that are there */
	uint64_t blank;        /* places of chunks that hold nothing but zeros, holes included */
	uint64_t without;      /* places of chunks with other bytes and no chunk header */
	uint64_t bad_headers;  /* chunks whose header has another checksum */
	uint64_t bad_data;     /* chunks whose records have another checksum */
	uint64_t unchecked;    /* chunks that say that they have no checksums */
	uint64_t records[EVTX_PLACES];
	uint64_t lost;         /* places with the head of a record and no whole record */
	uint64_t lost_unused;  /* of these, those in slack and where no chunk is */
	uint64_t broken;       /* records that were asked for and not whole */
	uint64_t broken_recovered; /* the same of recovered ones */
	uint64_t first, last;  /* FILETIME of the earliest and the latest record that is not recovered, or found */
	uint64_t first_id, last_id; /* of these */
	uint64_t twice;        /* records whose id another of these has */
	uint64_t missing;      /* ids in gaps */
	struct evtx_gap *gaps; /* in order of ids; EVTX_GAPS_MAX at most, missing counts all */
	size_t gap_count;
	struct log_hour *hours;     /* of the records that first and last are of, by when they were written */
	size_t hour_count;          /* in order of hour; LOG_HOURS_MAX, and those beyond as records without a time */
};

struct evtx_reading {
	struct sink *out; /* for damage; may be NULL */

	/* Every record, in order of place in the file. 0, or negative to stop. NULL: only count. */
	int (*event)(void *state, const struct evtx_event *event);
	void *state;
};

/* Reads all of src: 0, or what source_read, the sink or event gave to stop it, or -ENOMEM after fail(). ret_result is
 * written in any case and is to be freed. */
int evtx_read(const struct evtx_reading *reading, struct source *src, struct evtx_result *ret_result);
void evtx_result_free(struct evtx_result *result);
static inline void
evtx_result_free_at(struct evtx_result *result)
{
	evtx_result_free(result);
}

/* The name of an event log: that of its file, without the ending and what Windows adds when it archives one
 * (Archive-Security-2021-03-03-04-05-06-789.evtx). evtx_channel adds it as the channel is called: '/' for %4. */
struct view evtx_name(struct view file);
int evtx_channel(struct view file, struct text *ret_channel); /* 0 or -ENOMEM */

/* Records of an event log that rules speak of by one name. */
struct evtx_kind {
	const char *channel;       /* NULL: any */
	const uint32_t *ids;       /* ended by 0; NULL: any */
	const char *field, *value; /* must have this value, too; NULL: need not */
	bool optional;             /* only written where somebody switched that on: a log without one says nothing of them */
	const struct sigma_source *source;
};

/* All of them, ended by one without a source; the last one is of all records. */
extern const struct evtx_kind evtx_kinds[EVTX_KINDS_MAX];

/* The first kind that a record is of: exactly one for every record, so that no rule is asked twice. */
const struct evtx_kind *evtx_kind_of(const struct evtx_fields *fields);

/* The value of the field with this name (case does not matter), or a view of nothing; the first of several. */
struct view evtx_value(const struct evtx_fields *fields, const char *name);

#endif
