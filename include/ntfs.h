/* ntfs.h - an NTFS volume, read by ourselves: its geometry, its $MFT, and the content of its streams. */
#ifndef NTFS_H
#define NTFS_H

#include "entry.h"
#include "sink.h"
#include "source.h"
#include "upcase.h"
#include "watch.h"

struct ntfs;

struct geometry {
	uint32_t sector_size, cluster_size, record_size, index_size; /* bytes */
	uint64_t clusters;                                           /* of the volume */
	uint64_t mft, mirror;                                        /* first clusters */
	uint64_t serial;
	bool backup_boot; /* the first boot sector was not usable */
	bool headless;    /* nor was its copy: all this was worked out from records of the $MFT */
	bool foreign;     /* the boot sector bears another name than NTFS */
	bool mended;      /* the first record of the $MFT does not lead to all of it */
};

/* Limits; to reach one is damage and is told. */
enum ntfs_limits {
	NTFS_RECORD_MAX = 65536,    /* bytes of a record */
	NTFS_CLUSTER_MAX = 2 << 20, /* bytes of a cluster */
	NTFS_LIST_MAX = 1 << 20,    /* bytes of an attribute list (Windows stops at 256 KiB) */
	NTFS_EXTENTS_MAX = 1 << 20, /* runs of one stream */
	NTFS_DEPTH_MAX = 32767,     /* folders above a file */
	NTFS_PATH_MAX = 32767,      /* UTF-16 units of a path */
};

/* The geometry in a boot sector, if it can be one: 0, or -EINVAL with ret_why set to a constant. */
int boot_parse(struct view sector, struct geometry *ret_geometry, const char **ret_why);

/*
 * Opens the volume that `volume` is all of. Damage (backup boot sector used, $MFT not wholly readable, no $UpCase) is
 * told to out, offsets being those of the volume. -EINVAL (silent but for damage) when it is no NTFS that can be read.
 */
int ntfs_open(struct source *volume, struct sink *out, struct ntfs **ret_ntfs);

/* The same, and tells the watch (main thread) that it gets on, where a volume has to be searched as a whole. */
int ntfs_open_watched(struct source *volume, struct sink *out, struct watch *watch, struct ntfs **ret_ntfs);
struct ntfs *ntfs_close(struct ntfs *ntfs);
DEFINE_CLEANUP(struct ntfs, ntfs_close)

/* From now on a sweep tells the watch what it is at, and leaves out what that has set aside. Borrowed. */
void ntfs_watch(struct ntfs *ntfs, struct watch *watch, uint32_t volume);

const struct geometry *ntfs_geometry(const struct ntfs *ntfs);
const struct upcase *ntfs_upcase(const struct ntfs *ntfs);
struct source *ntfs_mft(struct ntfs *ntfs); /* the raw $MFT stream, borrowed */
uint64_t ntfs_records(const struct ntfs *ntfs);
struct view ntfs_label(const struct ntfs *ntfs); /* UTF-16LE, from $Volume */
bool ntfs_dirty(const struct ntfs *ntfs);        /* the volume's dirty flag */

/*
 * Where each part of a stream lies: length bytes at `at` of the volume; UINT64_MAX for a hole, any other place behind
 * the volume's end for what is missing.
 */
struct extent {
	uint64_t offset; /* within the stream */
	uint64_t at;
	uint64_t length;
};

/* What else is known of an open stream. */
struct stream_info {
	struct reference entry;
	uint64_t attribute; /* as in struct stream */
	uint16_t flags;     /* STREAM_* */
	uint64_t size, valid, allocated;
	uint64_t record_offset;       /* of a resident stream's first byte within the volume */
	const struct extent *extents; /* borrowed from the stream */
	size_t extent_count;
};

/*
 * Opens the $DATA stream with this `attribute` (see struct stream) of an entry, allocated or not, as a source of its
 * logical content: runs, holes, valid-data length, LZNT1 and resident content are all seen to. What the entry must be
 * is given by its reference; -ESTALE when the sequence is another one, -ENOENT when there is no such stream, -EINVAL
 * when it is too broken. Damage is told to out, now or while reading, at offsets of the stream. The source is safe from
 * several threads, lives no longer than ntfs, and `out` must live as long (it may be NULL).
 */
int stream_open(struct ntfs *ntfs, struct reference entry, uint64_t attribute, struct sink *out,
		struct source **ret_stream);
void stream_info(const struct source *stream, struct stream_info *ret_info);

/* Of the stream's clusters, how many now belong to somebody else by $Bitmap (for deleted files), and how many there
 * are. */
int stream_reused(struct ntfs *ntfs, const struct source *stream, uint64_t *ret_reused, uint64_t *ret_clusters);

/* The same for what holds the bytes [from, to) of the stream alone; of a compressed one, for the units they lie in. */
int stream_reused_at(struct ntfs *ntfs, const struct source *stream, uint64_t from, uint64_t to, uint64_t *ret_reused);

enum { STREAM_SLACK_MAX = 64 << 20 }; /* bytes of slack that are shown of one stream */

struct slack_info {
	uint64_t from; /* byte of the stream that is byte 0 of the slack */
	bool covered;  /* no slack: a filter of Windows shows other content than these clusters hold */
	bool more;     /* than STREAM_SLACK_MAX */
};

/*
 * What an open stream's clusters hold that is not its content: what lies behind the valid-data length, behind the end
 * up to the last cluster's, and everything where a filter shows other content. As a source that lives no longer than
 * the stream: 0, -ENOENT when there is none, or -ENOMEM. Of compressed streams the packed units are left out.
 */
int stream_slack(const struct source *stream, struct source **ret_slack, struct slack_info *ret_info);

/* The volume's bytes at a cluster that no stream has to know. */
struct source *ntfs_volume(struct ntfs *ntfs);

#endif
