/* case.h - the case database: what workers write into their shards, how shards become a case, and how it is asked. */
#ifndef CASE_H
#define CASE_H

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"
#include "entry.h"
#include "rule.h"
#include "view.h"

struct case_db;

enum {
	CASE_APPLICATION = 0x706d6f72, /* PRAGMA application_id: "pmor" */
	CASE_SCHEMA = 1,               /* PRAGMA user_version */
};

/*
 * Rows as the writer takes them. Strings are UTF-8 (names as text_add_name gives them), borrowed, NULL for SQL NULL.
 * Evidence is 1 in a shard; volumes are numbered from 1 in order of offset.
 */
struct evidence_row {
	const char *name, *format, *fingerprint, *exhibit;
	uint64_t segments, bytes, sector_size, bad_chunks;
	const char *md5_stored, *sha1_stored, *md5, *sha1, *sha256; /* hex */
	const char *hash_state;                                     /* match | mismatch | not-stored | not-computed */
	const char *acquired, *examiner, *case_number, *evidence_number, *description, *notes, *software;
};

/* The reason of a volume that nothing is missed of, though it was not read. */
#define VOLUME_RESERVED "a reserved partition: it holds no file system by design"

struct volume_row {
	uint32_t number;
	uint64_t offset, bytes;
	const char *fs, *label, *serial, *state, *reason; /* state: read | partly | skipped */
	uint64_t cluster_size;                            /* 0 for NULL */
	const char *snapshot;                             /* "" for the volume itself */
	const char *host;                                 /* what Windows or Exchange was found on it, in words */
};

struct folder_row {
	uint32_t volume, number;
	struct view path; /* UTF-8, '/' between names, "" for the root */
	uint32_t state;   /* 0 when it hangs below the root */
};

enum file_flags {
	FILE_ALLOCATED = 1,
	FILE_DIRECTORY = 2,
	FILE_CHOSEN = 4,
	FILE_IN_WINDOW = 8,
	FILE_TORN = 16,
	FILE_PARTIAL = 32,
	FILE_RESIDENT = 64,
	FILE_COMPRESSED = 128,
	FILE_SPARSE = 256,
	FILE_ENCRYPTED = 512,
	FILE_REPARSE = 1024,
	FILE_NO_SI = 2048,
	FILE_DATALESS = 4096,  /* has no $DATA at all: bytes is NULL */
	FILE_NAMES_DIFFER = 1 << 21, /* the times of its several $FILE_NAMEs are not the same */
	FILE_ELSEWHERE = 8192, /* a filter keeps its content: what is stored under it is not that */
	FILE_PACKED = 16384,   /* by WOF (`compact /exe`), into the stream WofCompressedData */
	FILE_UNVERIFIED = 1 << 20, /* its MFT record rests on bytes that are missing or whose checksum does not fit */
};

/* One name of one stream (or of a folder). Rows come in order of volume, entry, name and stream. */
struct file_row {
	uint64_t id; /* from 1, ascending */
	uint32_t volume, folder, flags, attributes, reparse;
	uint64_t mft, bytes, attribute; /* attribute: see struct stream; its id is in the low 16 bits */
	uint16_t seq;
	struct view stream, name; /* UTF-8 */
	struct times si, fn;
};

/* Where a junction or symbolic link leads. */
struct reparse_row {
	uint32_t volume;
	uint64_t mft;
	uint16_t seq;
	struct view target, shown; /* shown: what Windows shows instead, nothing where it is the same */
};

/* What reading a stream gave; one for each stream that was read, whatever number of names it has. */
struct content_row {
	uint32_t volume;
	uint64_t mft, bytes, attribute;
	uint16_t seq;
	const uint8_t *md5, *sha1, *sha256; /* binary, NULL when not computed */
	const char *baseline;               /* as in v_files, NULL for none */
	const char *role;
	unsigned trust;   /* TRUST_* of all of it */
	bool deleted;
	uint64_t clusters, reused; /* of a deleted one: all, and those that belong to something else by now */
	uint64_t shared;           /* and those that another deleted file claims, too */
	struct view kept; /* the bytes, for the case to keep; none for a view of nothing */
};

/* Who owns an entry. */
struct owner_row {
	uint32_t volume;
	uint64_t mft;
	uint16_t seq;
	const char *sid, *name; /* name: "" where only its own domain or host knows it */
};

struct finding_row {
	const char *finding; /* 16 hex digits, stable */
	uint32_t volume;
	uint64_t file; /* file id, 0 for none */
	uint64_t when; /* FILETIME, 0 for none */
	const struct rule *rule;
	enum level level; /* usually the rule's */
	struct view path, excerpt, basis;
	const uint8_t *sha256, *bytes_sha256; /* of the whole stream; of the bytes at offset alone */
	const char *rests_on;                 /* what offset counts in: see rests.h */
	uint64_t mft, attribute, offset, length;
	uint16_t seq;
	struct view stream;
	const char *reproduce;
};

struct event_row {
	uint32_t volume;
	uint64_t file, when, mft, offset;
	const char *kind, *source;
	struct view subject, summary, stream;
	const char *finding; /* or NULL */
	const struct rule *rule;
	struct view raw; /* the line of a log as it stands there, escaped; a view of nothing for NULL */
	struct view fields; /* what it says, as fields_add_json has it, so that rules can be asked of it again; or nothing */
};

/* A text log that was chosen, whatever became of it. */
struct log_row {
	uint32_t volume;
	uint64_t file, mft, attribute;
	uint16_t seq;
	struct view path, stream;
	const char *kind;           /* of log: "iis", "httpproxy" ... */
	const char *state, *reason; /* state: read | partly | empty | unreadable | skipped */
	bool deleted;
	uint64_t lines, records, lost, blank, bytes; /* lost: lines that could not be taken apart */
	uint64_t first, last;                        /* FILETIMEs of its records, 0 for NULL */
};

/* An hour of it: all its lines, and its records by the class of their HTTP status ([0]: without one). */
struct hour_row {
	uint64_t hour; /* FILETIME of its start; 0: lines without a time */
	uint64_t lines, bytes, status[6];
};

struct coverage_row {
	const char *source, *state,
		*reason; /* state as in CONTRACT: read | partly | empty | absent | unreadable | skipped */
	struct view path;
	uint64_t first, last, items, lost, bytes; /* FILETIMEs, 0 for NULL */
};

/* Something that libtsk sees otherwise. */
struct control_row {
	uint32_t volume;
	int64_t mft; /* -1: many are counted in this row */
	uint16_t seq;
	struct view stream, path, ours, control; /* UTF-8; the last two escaped, as a person reads them */
	const char *what, *reason;
	bool explained;
	uint64_t count;
};

struct limitation_row {
	uint32_t volume; /* 0 for none */
	struct view path, stream;
	int64_t mft, offset; /* -1 for NULL */
	const char *what;
	uint64_t count;
};

/* An account or mailbox that was asked for from an address, or by a program, that a finding names. */
struct account_row {
	struct view account, name, mailbox, address, agent; /* name: the account without its domain, in lower case */
	const char *protocol, *source, *network, *why;      /* source: kind of log; network: public | private, or NULL */
	uint64_t first, last;                               /* FILETIMEs, 0 for NULL */
	uint64_t requests, successes, failures;
};

/* A site of IIS, as a configuration has it. */
struct site_row {
	uint32_t volume; /* of the configuration */
	uint64_t site;   /* its number, 0 for none */
	const char *name, *bindings;
	const char *log_folder; /* as the configuration writes it */
	uint32_t log_volume;    /* where that is, 0 where it was not found */
	struct view log_path;
	const char *logging, *source; /* source: path of the configuration */
	bool current;                 /* it is the one that counted, and not a copy of an older one */
	const char *side;             /* front | back | other, or NULL */
};

/* What the registry says of the Windows that it belongs to. */
struct host_row {
	uint32_t volume;
	struct view host;  /* the folder of that Windows; a view of nothing where it is not known which */
	const char *what;  /* "name", "domain", "windows version", "time zone", "address", "service", "run key", "account" ... */
	struct view name, value; /* name: of the service, the value, the account; may be a view of nothing */
	uint64_t when;     /* FILETIME, 0 for NULL */
	bool dated;        /* the fact's own time, and not the last write of its key */
	bool deleted;      /* found in what was deleted: a lead */
	struct view source; /* path of the hive, or of its log where the bytes lie in that */
	int64_t mft, offset; /* -1 for NULL; offset within the source */
	struct view key;   /* within the hive */
	const char *note;
};

/* A page that ASP.NET compiled, as its cache says, and what became of it. */
struct page_row {
	uint32_t volume;   /* of the record */
	struct view page;  /* virtual path */
	uint64_t compiled; /* FILETIME: the record was made; 0 for NULL */
	int exists, shipped;         /* 1, 0, or -1 for NULL: nobody can tell */
	uint32_t page_volume;        /* 0 where it is not known where the page lies or lay */
	struct view page_path;
	int64_t page_mft;            /* -1: no record of it is left */
	uint64_t page_born;
	const char *site;            /* whose folder that is, or NULL */
	struct view path;            /* of the record */
	uint64_t mft, offset;
	bool deleted;                /* the record is */
	const char *assembly, *type; /* or NULL */
	struct view dll;
	int64_t dll_mft;             /* -1: it is not there */
	const char *finding, *note;  /* finding: or NULL */
};

/* What one witness says of the build that an Exchange had. */
struct build_row {
	uint32_t volume, host_volume; /* of the witness; of the Exchange that it is about, 0 where that is not known */
	struct view host;             /* the folder of that Exchange */
	const char *witness, *build, *release;
	const char *means; /* installed | in use | undated | tried | begins | resolved */
	uint64_t first, last, files; /* FILETIMEs, 0 for NULL */
	struct view path;
	int64_t mft, offset; /* -1 for NULL */
	const char *note;
};

/* Whether a build has a fix; fix_released: when the first of its update that has it came out, 0 for NULL. */
struct patch_row {
	const char *build, *cve, *state, *reason;
	uint64_t fix_released;
};

/* A trace of something that was done instead of patching, or undone. */
struct mitigation_row {
	uint32_t volume;
	const char *cve, *state, *title; /* state: on | off */
	uint64_t first, last;            /* FILETIMEs, 0 for NULL */
	struct view path;
	int64_t mft;
	uint64_t offset;
	const char *note;
};

/* What an Exchange was to a hole for a time. */
struct exposure_row {
	uint32_t evidence;
	uint64_t host_volume; /* as v_builds has it in `place` */
	struct view host;
	const char *cve;
	uint64_t number; /* in order of time, from 1 */
	const char *state, *reason, *witnesses;
	uint64_t first, last; /* FILETIMEs, 0 for NULL */
};

/* What became of some of what was there; "total" for all of it. */
struct ledger_row {
	uint32_t volume; /* 0: the media */
	const char *account, *disposition; /* account: media, records or streams */
	uint64_t items, bytes;
};

struct verdict_row {
	uint32_t evidence; /* 0: the case as a whole */
	const char *question, *verdict, *reason;
	uint64_t first, last; /* FILETIMEs, 0 for NULL */
	const char *findings; /* ids, blank between */
	const char *coverage; /* of v_coverage: ids and runs of them (c7 l12-l40), blank between */
	const char *changes;  /* what would change it, in words */
};

/* Facts that belong together: see v_chain and v_edges in schema.sql. */
struct chain_row {
	uint32_t evidence;
	uint64_t chain; /* from 1 */
	const char *title, *summary, *confidence; /* confidence: confirmed | likely | possible */
	uint64_t first, last;
	enum level level;
};

/* Two rows and why they belong together. */
struct edge_row {
	uint32_t evidence;
	uint64_t chain, number; /* from 1 */
	const char *from_kind, *from_row, *to_kind, *to_row; /* a row: a finding's id, event:ID or file:ID */
	const char *from_stage, *to_stage;                   /* "" for none */
	uint64_t from_time, to_time;
	const char *relation, *basis, *words; /* basis: what joins them, "time" for nothing else */
	bool time_only;
};

/* How sure a finding is. */
struct confidence_row {
	uint32_t evidence;
	const char *finding, *confidence, *reasons;
	uint64_t witnesses;
};

/* Who says since when a file is there; `place` is its volume as views with that column have it. */
struct witness_row {
	uint32_t evidence;
	uint64_t place, mft, number, when; /* when: 0 for NULL */
	uint16_t seq;
	const char *path, *witness, *source, *says, *words;
};

/* One moment as two clocks or two writers have it. */
struct clock_row {
	uint32_t evidence;
	uint64_t number, first, second; /* FILETIMEs, 0 for NULL */
	const char *pair, *from_row, *to_row, *words;
	bool measured; /* difference is one */
	int64_t difference;
};

/* What a profile asks; lists are words with blanks between, "" for none. */
struct question_row {
	const char *question;
	uint64_t number;                     /* its place in the profile */
	const char *cve, *technique, *stage; /* of the findings that answer it */
	const char *days, *whole;            /* the sources that "no trace" needs: see profile.h */
};

/* What could lead from one exhibit to another. */
struct indicator_row {
	uint32_t evidence;
	const char *kind; /* of indicator.kind in the schema */
	struct view value;
	enum level level; /* the gravest of its findings */
	uint64_t first, last; /* FILETIMEs, 0 for NULL */
	uint64_t hits;
	const char *findings; /* ids, blank between */
};

/* A day of a folder of logs. */
struct calendar_row {
	uint32_t evidence;
	uint64_t place;     /* the volume, as v_logs has it; 0 where there is no folder */
	const char *source; /* kind of log */
	struct view folder;
	uint64_t day; /* since 1601-01-01 */
	const char *state, *reason;
	uint64_t lines, bytes;
};

/* ---- writing: a worker and its shard ---- */

/* Opens or makes the shard at path. A shard of another tool version or profile is refused with -ESTALE. */
int case_shard(const char *path, const char *tool, const char *profile, struct case_db **ret_db);
struct case_db *case_close(struct case_db *db);
DEFINE_CLEANUP(struct case_db, case_close)

/* A stage is one transaction. case_begin: 1 when the stage is still to be done, 0 when the shard has it. */
int case_begin(struct case_db *db, const char *stage);
int case_has(struct case_db *db, const char *stage); /* 1 when the shard has it, else 0 */
int case_commit(struct case_db *db);                 /* durable when it returns 0 */
int case_abort(struct case_db *db);

/* All return 0, or negative after fail(). */
int case_evidence(struct case_db *db, const struct evidence_row *row);
int case_volume(struct case_db *db, const struct volume_row *row);
int case_folder(struct case_db *db, const struct folder_row *row);
int case_file(struct case_db *db, const struct file_row *row);
int case_reparse(struct case_db *db, const struct reparse_row *row);
int case_content(struct case_db *db, const struct content_row *row); /* again for the same stream: replaces */
int case_owner(struct case_db *db, const struct owner_row *row);     /* again for the same entry: replaces */
int case_finding(struct case_db *db, const struct finding_row *row);
int case_event(struct case_db *db, const struct event_row *row);
int case_log(struct case_db *db, const struct log_row *row, const struct hour_row *hours, size_t n);
int case_account(struct case_db *db, const struct account_row *row);
int case_coverage(struct case_db *db, const struct coverage_row *row);
int case_control(struct case_db *db, const struct control_row *row);
int case_limitation(struct case_db *db, const struct limitation_row *row);
int case_site(struct case_db *db, const struct site_row *row);
int case_host(struct case_db *db, const struct host_row *row);
int case_page(struct case_db *db, const struct page_row *row);
int case_build(struct case_db *db, const struct build_row *row);
int case_patch(struct case_db *db, const struct patch_row *row);
int case_mitigation(struct case_db *db, const struct mitigation_row *row);
int case_exposure(struct case_db *db, const struct exposure_row *row);
int case_ledger(struct case_db *db, const struct ledger_row *row);
int case_verdict(struct case_db *db, const struct verdict_row *row);
int case_chain(struct case_db *db, const struct chain_row *row);
int case_edge(struct case_db *db, const struct edge_row *row);
int case_confidence(struct case_db *db, const struct confidence_row *row);
int case_witness(struct case_db *db, const struct witness_row *row);
int case_clock(struct case_db *db, const struct clock_row *row);
int case_rule(struct case_db *db, const struct rule *rule, uint64_t hits);
int case_question(struct case_db *db, const struct question_row *row);
int case_sought(struct case_db *db, const char *source, const char *artifact); /* a kind of log that was looked for */
int case_indicator(struct case_db *db, const struct indicator_row *row);
int case_binding(struct case_db *db, uint32_t volume, const char *variable, const char *path); /* what it stands for */
int case_calendar(struct case_db *db, const struct calendar_row *row);
/* profile, version and so on: no clock, no host. `since`, a FILETIME in decimal, is where the timeline of files
 * begins. */
int case_setting(struct case_db *db, const char *key, const char *value);

/* ---- merging ---- */

/*
 * Makes the case at folder/case.db anew from what it held and the shards or cases (files, or folders of cases) at
 * paths: opened read-only with trusted_schema off and defensive on, only known columns copied and checked for type, in
 * evidence order (name, then fingerprint). Evidence that two of them hold (same name and fingerprint) is taken from the
 * later one; but where the case at folder held it already and it was examined under other settings, nothing is done:
 * -EEXIST. Verdicts are not copied: judge (may be NULL) gives them anew with case_verdict, from the whole new case,
 * before that takes its place. What is not as it should be is left out, said, and a limitation of the case. So is a
 * shard whose worker was killed within a stage, unless case_shard has opened it since: that undoes the half stage,
 * which is a worker's work, as it writes where evidence may have had its hands. The old case is replaced by rename only
 * when the new one is complete and on disk; it stays, with -EBADMSG, when it cannot be read. ret_sha256 may be NULL; it
 * gets what case_digest would.
 */
int case_merge(const char *folder, const char *const *paths, size_t n, int (*judge)(void *state, struct case_db *db),
	       void *state, char ret_sha256[65]);

/*
 * Adds what a shard says of its one exhibit to what the case at path (a file that nobody else has open) says of exhibit
 * `evidence`: findings, rules, questions and settings that it has stay, coverage and limitations of the same words are
 * replaced. 0, or negative after fail().
 */
int case_extend(const char *path, const char *shard, uint32_t evidence);

/* ---- asking ---- */

/* Opens folder/case.db read-only for the questions below: 0, or negative after fail(). */
int case_open(const char *folder, struct case_db **ret_db);

/* What the user restricts a question to; zero for no restriction. */
struct question {
	const char *view;                       /* "v_timeline" and so on: see case_view_exists() */
	uint64_t from, to;                      /* FILETIMEs, for views with a time; to is exclusive */
	enum level min_level;                   /* for views with a level */
	const char *where_column, *where_value; /* equality, e.g. "finding" */
	const char *like;                       /* for views with a path: a glob with * and ?, caseless */
	const char *order;                      /* a constant: columns, NULL for the view's own */
	uint64_t limit;                         /* 0: all */
};

/* Asks; for each row, row(state, n, names, values) with values NULL for SQL NULL, all borrowed; it may return negative
 * to stop. is_number tells which values are numbers. */
int case_ask(struct case_db *db, const struct question *question,
	     int (*row)(void *state, int n, const char *const *names, const struct view *values, const bool *is_number),
	     void *state);
/* The value of a column of such a row; a view of nothing when it has no such column. */
static inline struct view
row_value(int n, const char *const *names, const struct view *values, const char *name)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return values[i];
	return view_of(NULL, 0);
}

/* How many rows the answer has. */
int case_count_rows(struct case_db *db, const struct question *question, uint64_t *ret_n);

bool case_view_exists(const char *view);

/* The names of a view's columns, given to names(state, n, names) once. */
int case_columns(struct case_db *db, const char *view, int (*names)(void *state, int n, const char *const *names),
		 void *state);

/* How many rows a view has. */
int case_count(struct case_db *db, const char *view, uint64_t *ret_n);

/* A setting, -ENOENT silently when there is none; exhibits that differ in it give "a, b". Free *ret_value. */
int case_setting_get(struct case_db *db, const char *key, char **ret_value);

/* The bytes kept under a SHA-256 (64 hex digits): 0, -ENOENT, or negative. Free *ret_bytes. */
int case_kept(struct case_db *db, const char *sha256, uint8_t **ret_bytes, size_t *ret_n);

/* SHA-256 of case.db itself. */
int case_digest(const char *folder, char ret_hex[static 65]);

#endif
