/* exam.h - one image under examination: what the stages of a worker hand to each other. */
#ifndef EXAM_H
#define EXAM_H

#include "arena.h"
#include "case.h"
#include "catalog.h"
#include "content.h"
#include "image.h"
#include "locked.h"
#include "ntfs.h"
#include "profile.h"
#include "progress.h"
#include "request.h"
#include "secure.h"
#include "text.h"
#include "volume.h"
#include "watch.h"

struct artefact_kind;
struct births;
struct asked;
struct builds;
struct claims;
struct limits;
struct pages;
struct log_kind;
struct registered;

/* What became of a chosen stream: every one has exactly one fate. The first that applies, from the end. */
enum fate {
	FATE_READ,
	FATE_UNVERIFIED,
	FATE_DAMAGED,
	FATE_INCOMPLETE,
	FATE_CIPHERTEXT,
	FATE_ELSEWHERE,
	FATE_OVERWRITTEN,
	FATE_ASIDE,
	FATE_UNREADABLE,
	FATE_LEFT_OUT,
	FATE_LISTED,
	FATES
};

/* A part of something that is to be accounted for. */
struct share {
	uint64_t items, bytes;
};

/* Attributes that are counted and not looked into: the entries that have them. */
struct oddments {
	uint64_t object_ids, extended, logged, unknown;
	uint64_t first_unknown; /* entry */
	uint64_t journals, journal_bytes; /* $UsnJrnl:$J, by what is allocated to it */
	uint64_t shadows, shadows_deleted, shadow_bytes, first_shadow; /* stores of shadow copies; the last one an entry */
};

/* A volume of the image; ntfs and catalog are NULL where it is none that can be read. */
struct exam_volume {
	struct volume volume;
	uint32_t number; /* from 1, as in the case */
	bool wanted;     /* by -o or --partitions */
	struct source *window;
	struct ntfs *ntfs;
	struct catalog *catalog;
	struct secure *secure; /* NULL until files are read */
	struct claims *claims; /* of deleted files, NULL where none is to be read */
	struct limits *limits, *mft_limits; /* of the volume; of its $MFT, whose offsets are its own */
	struct text host;                   /* what was found on it, in words */
	const char *reason;                 /* why it is not read, or how it was opened; borrowed */
	struct locked *locked;              /* BitLocker's metadata, NULL without */
	struct source *plain;               /* what it is when open, NULL while it is locked */
	struct locked_key *key;             /* that opened it; its key is wiped by then */
	struct text note;                   /* what reason borrows */
	uint64_t made;                      /* FILETIME: creation of $MFT, 0 where it is not known */
	struct share chosen;                /* streams, as the walk counts them */
	struct share fates[FATES];          /* and as reading them does */
	struct oddments oddments;
};

/* One Exchange or Windows that was found, by its folder. */
enum host_kind { HOST_WINDOWS, HOST_EXCHANGE, HOST_USER };
struct host_place {
	enum host_kind kind;
	uint32_t volume; /* index into the exam's volumes */
	uint32_t folder; /* folder number there */
	char *path;      /* UTF-8, '/' between names */
	char *build;     /* Exchange: what its folders are named after, "" when they do not tell */
	bool confirmed;  /* the file that makes it one is there, too */
	struct reference program; /* Exchange: ExSetup.exe in use, entry 0 for none */
};

enum { READER_CONTENT = 1, READER_LOG = 2, READER_ARTEFACT = 4, READER_EVENTS = 8, READER_HIVE = 16 };
#define READER_RECORDS (READER_LOG | READER_ARTEFACT)

/* A stream that the profile chose and that is to be read, with what the walk knew of it. */
struct candidate {
	uint64_t file; /* id of its first row */
	struct reference entry;
	uint64_t attribute;                         /* as stream_open takes it */
	uint32_t role, flags;                       /* flags: FILE_* */
	uint8_t witness;                            /* enum witness: of the build of Exchange */
	uint8_t page_file;                          /* enum page_file: of what a web server ran */
	uint32_t volume, folder;                    /* index, folder number */
	uint64_t size, first_cluster, born;         /* born: $FILE_NAME created, else $SI created */
	const char *path, *name, *relative, *build; /* UTF-8; relative: to the Exchange folder, "" elsewhere */
	const char *stream;
	unsigned readers;              /* a mask of READER_*; 0: only listed */
	const struct log_kind *log;    /* with READER_LOG, READER_ARTEFACT and READER_HIVE */
	const struct artefact_kind *artefact; /* with READER_ARTEFACT */
	const struct rule **rules;     /* path rules that hit */
	const struct choice **choices; /* that named it */
	uint32_t rule_count, choice_count;
	struct times si, fn;
	struct tally *site; /* of the folder of a site of IIS that it lies in, or NULL */
	uint64_t packed; /* with FILE_PACKED: the attribute of the stream that WOF packed it into */
	bool filtered;   /* a filter of Windows may show other content than is stored */
	bool astray;     /* read for its type alone: its folder is not known any more */
	bool first;      /* to be read before all others */
	bool left_out;   /* the user wanted none of its readers */
};

/* A name that is not what it seems, kept until its findings are written. */
struct odd_name {
	uint32_t volume, folder; /* index, folder number */
	struct reference entry;
	uint64_t file, attribute, born; /* file: id of its row, 0 for none */
	unsigned kinds;                 /* DECEIT_* */
	bool allocated, web_root;
	const char *name, *stream, *detail;
};

/* What became of the files that one choice of the profile named. */
struct tally {
	uint64_t files, bytes;     /* chosen */
	uint64_t read, read_bytes; /* by a reader, to the end */
	uint64_t lost;             /* not, or not to the end */
	uint64_t overwritten;      /* deleted, and nothing of them is left */
	uint64_t lines;            /* of those that were searched line by line */
	uint64_t first, last;      /* FILETIMEs: earliest and latest $FILE_NAME created */
	struct tally *above;       /* of a folder that this one's lies in, where the same files count; NULL elsewhere */
};

struct exam {
	const struct request *request;
	const struct profile *profile;
	const char *path; /* of the image, as given */
	const char *name; /* of its first file, without the folder: what the case may say */
	const char *exhibit;
	const char *job_md5, *job_sha256; /* hex, from a manifest; NULL without */
	unsigned threads;
	uint64_t since; /* FILETIME */
	struct image *image;
	struct limits *limits; /* of the container */
	char fingerprint[33];
	struct case_db *db; /* NULL for info */
	struct progress *progress;
	struct watch *watch; /* NULL where nobody watches */
	uint64_t looked;     /* when the evidence was last seen to be unchanged, milliseconds */
	struct exam_volume *volumes;
	uint32_t volume_count;
	VECTOR(struct host_place) hosts;
	struct registered *registered; /* what the registry tells before files are chosen; NULL where nobody asked */
	struct sites *sites; /* what IIS says of itself (sites.h); NULL where nobody asked */
	struct pages *pages;   /* what files say of pages and settings, NULL until the first */
	struct builds *builds; /* what witnesses say of the build of Exchange, NULL until the first */
	VECTOR(struct candidate) candidates;
	VECTOR(struct odd_name) odd_names;
	struct arena arena;    /* of the candidates' texts */
	struct tally *tallies; /* by choice number */
	struct tally astray;   /* scripts whose folder is not known any more */
	uint64_t *rule_hits;   /* by rule number, those of enum own_rule last */
	unsigned reads;        /* a mask of READER_*: what the user wants to be read */
	struct births *births; /* the rules on files that are made; NULL where there are none */
	struct asked *asked;   /* what its logs are asked; NULL where they are not read */
	uint64_t findings;
};

/* Opens the image, finds its volumes and opens those that can be read: 0, or negative after fail(). */
int exam_open(struct exam *exam);
void exam_close(struct exam *exam);
static inline void
exam_close_at(struct exam *exam)
{
	exam_close(exam);
} /* CLEANUP of a whole struct */

/* Reads the metadata of a BitLocker volume, tries what the user gave, and says in v->reason what came of it. */
int exam_unlock(struct exam *exam, struct exam_volume *v);
void exam_lock(struct exam_volume *v);

/* Keeps what was opened, and how, as a setting of the shard; one that was begun otherwise is refused with -EEXIST. */
int stage_identify(struct exam *exam);

/* Sweeps the $MFT of every volume that is read, and then looks for Windows and Exchange. */
int exam_sweep(struct exam *exam);
int host_find(struct exam *exam);

/* Reads the configurations of IIS on every Windows that was found, and finds the folders that they name: the profile
 * is bound to those, too. sites_claim counts what was chosen in each; sites_write tells of all in the case. */
int sites_find(struct exam *exam);
int sites_claim(struct exam *exam);
int sites_write(struct exam *exam);
struct sites *sites_free(struct sites *sites);

/* Takes a folder for a host, unless it is one already. 0 or negative. */
int host_add(struct exam *exam, enum host_kind kind, uint32_t volume, uint32_t folder);

/* Reads SYSTEM and SOFTWARE of every Windows that was found (registered.h): drives, folders, what it is. Before sites_find. */
int registered_find(struct exam *exam);
/* Name, domain, Windows and zone of each Windows of a volume, in words; nothing where there is none. 0 or -ENOMEM. */
int registered_say(const struct exam *exam, uint32_t volume, struct text *ret);
struct registered *registered_free(struct registered *registered);

/* What confirms a host is told by the entry that somebody goes by anyway; then, the hosts in words for each volume. */
void host_see(struct exam *exam, uint32_t volume, const struct entry *entry);
int host_describe(struct exam *exam);

/* Both, for who does not walk. */
int host_confirm(struct exam *exam);

/* The main thread is between the smaller units of a phase. */
void exam_phase(struct exam *exam, enum phase phase);

/* Whether the evidence is still what was opened, asked once a second at most: 0, or -ESTALE after fail(). */
int exam_unchanged(struct exam *exam);

/* The path within the Exchange folder that a file lies in, and that Exchange; NULL where it lies in none. */
const char *host_relative(const struct exam *exam, uint32_t volume, const char *path,
			  const struct host_place **ret_place);

/* Reads ExSetup.exe of every Exchange, for who does not read files: `info`. */
int builds_confirm(struct exam *exam);

/* Writes what is known of builds and of mitigations; a part of stage_content. */
int builds_write(struct exam *exam);
struct builds *builds_free(struct builds *builds);

/* Writes what is known of compiled pages, saved virtual directories and configurations; a part of stage_content. */
int pages_write(struct exam *exam);
struct pages *pages_free(struct pages *pages);

/* A chooser for what host_find found; and the same bindings as rows, so that other rules can be bound to them later. */
int exam_chooser(struct exam *exam, struct chooser **ret_chooser);
int bindings_write(struct exam *exam);

/*
 * The stages: each is one transaction and writes its rows into exam->db where the shard does not have them yet.
 * stage_walk lists the files and gathers the candidates. stage_content reads those, if it is wanted, and then says with
 * account_write what was covered, what was not, and by what rules: an account is only true of the reading it was made
 * in.
 */
int stage_walk(struct exam *exam);
int stage_content(struct exam *exam);
int account_write(struct exam *exam);

/* The readers that a choice of the profile names: a mask of READER_*, and the kind of its logs or else of its artefacts.
 * Of several, the first stands. */
struct named_readers {
	unsigned readers;
	const struct log_kind *log;           /* NULL for neither */
	const struct artefact_kind *artefact; /* NULL for no such kind */
	bool unknown;                         /* it names one that this version does not have */
};
void choice_readers(const struct choice *choice, struct named_readers *ret);

/* Every rule that comes with the program, by its place among them; NULL behind the last. */
const struct rule *own_rule_at(size_t i);
size_t own_rule_count(void);

/* A rule as an exhibit has it: one on logs is not evaluable where no log that could answer was read. 0 or negative. */
int asked_rule(struct exam *exam, const struct rule *rule, struct rule *ret_rule);

/* What the profile asks, and the kinds of logs that it has looked for. */
int questions_write(struct exam *exam);

/* The account of what was there and what became of it; a line that does not balance is a limitation. */
int ledger_write(struct exam *exam, bool read);

/*
 * The second opinion. control_begin lets libtsk look at the volumes beside the other stages, once they are swept;
 * keeper is NULL where none is wanted, and *ret_control is then NULL, too. stage_control waits for it, has the streams
 * with findings read, and writes what the two see differently.
 */
struct control;
struct keeper;
int control_begin(struct exam *exam, struct keeper *keeper, struct control **ret_control);
int stage_control(struct exam *exam, struct control *control);
struct control *control_free(struct control *control);
DEFINE_CLEANUP(struct control, control_free)

/* Searches what lies behind the last cluster of each volume; a part of stage_content. */
int slack_read(struct exam *exam);
/* Counts what an entry is of what a volume keeps beside its files; then says of each kind that it was not examined. */
void beside_see(struct oddments *n, const struct entry *entry);
int beside_cover(struct exam *exam);

/* Remembers an odd name, with copies of its texts: 0 or negative. */
int names_note(struct exam *exam, const struct odd_name *odd);

/* Writes what was found of names, once all have been seen. */
int names_weigh(struct exam *exam);

/* Writes what rules on files that are made (file_event) say of those that were listed: see births.h. */
int births_weigh(struct exam *exam);
struct births *births_free(struct births *births);

/* Finds the clusters that more than one deleted file claims. */
int rivals_find(struct exam *exam);

/* Reads who owns what on every volume, for secure_owner. */
int owners_open(struct exam *exam);

/* Holds the indexes of folders against the $MFT and writes where they disagree, or that it was left out; a part of
 * stage_content. */
int index_check(struct exam *exam);

/* Whether the user's list names a stage; without a list all are wanted. */
bool stage_wanted(const struct request *request, const char *stage);

/* Where a finding rests. */
struct place {
	uint32_t volume; /* index */
	uint64_t file, when;
	struct reference entry;
	uint64_t attribute;
	const char *path, *stream;
	const uint8_t *sha256;
	bool bytes;       /* it rests on bytes of the stream, and not on its name or times alone */
	bool outside;     /* it lies in no file: offsets are those of the volume */
	bool slack;       /* which lie in its slack */
	bool packed;      /* which WOF packed */
	uint32_t type;    /* of the attribute that holds them, 0 for $DATA */
};

/* The lasting id of a finding. 0 or -ENOMEM. */
int finding_id(const struct exam *exam, const struct place *place, const struct mark *mark, struct text *ret_id);

/* Composes id and reproduce command, and writes the finding: one mark at one place. */
int finding_write(struct exam *exam, const struct place *place, const struct mark *mark, enum level level);

/* Where a rule's hits are counted in exam->rule_hits. */
size_t rule_slot(const struct profile *profile, const struct rule *rule);

/* ---- limits: what could not be seen, gathered while reading and written with the stage ---- */

int limits_new(const char *path, uint32_t volume, struct limits **ret_limits);
struct limits *limits_free(struct limits *limits);
void limits_records(struct limits *limits, uint32_t record_size); /* offsets told to it are in a $MFT of such records */
struct sink *limits_sink(struct limits *limits); /* takes damage only; from several threads */
int limits_add(struct limits *limits, const char *path, int64_t mft, const char *stream, int64_t offset,
	       const char *what, uint64_t count);
int limits_write(struct limits *limits, struct case_db *db);         /* sorted, and then forgotten */
void limits_forget(struct limits *limits);                           /* those that a resumed shard has already */
uint64_t limits_count(const struct limits *limits);                  /* all that were ever told */
int limits_text(const struct limits *limits, struct text *ret_text); /* for a person, a line each */

/* Tells a profile which logs there are to ask, so that it knows which of its Sigma rules can be answered. */
int tell_sources(struct profile *profile);

#endif
