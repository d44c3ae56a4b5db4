/* reparse.c - filters of Windows that keep a file's content away from its unnamed stream, by their reparse tags. */
#include "entry.h"

/* ntifs.h, IO_REPARSE_TAG_*; [MS-FSCC] 2.1.2.1. */
enum reparse_tag {
	TAG_HSM2 = (int)0x80000006,
	TAG_SIS = (int)0x80000007,
	TAG_WIM = (int)0x80000008,
	TAG_DFS = (int)0x8000000a,
	TAG_FILTER_MANAGER = (int)0x8000000b,
	TAG_DFSR = (int)0x80000012,
	TAG_DEDUP = (int)0x80000013,
	TAG_NFS = (int)0x80000014,
	TAG_PLACEHOLDER = (int)0x80000015,
	TAG_WOF = (int)0x80000017,
	TAG_APPEXECLINK = (int)0x8000001b,
	TAG_ONEDRIVE = (int)0x80000021,
	TAG_AF_UNIX = (int)0x80000023,
	TAG_LX_FIFO = (int)0x80000024,
	TAG_LX_CHR = (int)0x80000025,
	TAG_LX_BLK = (int)0x80000026,
	TAG_CLOUD = (int)0x9000001a, /* to 0x9000f01a */
	TAG_HSM = (int)0xc0000004,
	TAG_SURROGATE = 0x20000000, /* the entry stands for another one: a symbolic link, a junction */
};

static bool
is_cloud(uint32_t tag)
{
	return (int)(tag & 0xffff0fff) == TAG_CLOUD;
}

bool
reparse_hides(uint32_t tag)
{
	switch ((int)tag) {
	case 0:
	case TAG_DFS:
	case TAG_FILTER_MANAGER:
	case TAG_DFSR:
	case TAG_NFS:
	case TAG_APPEXECLINK:
	case TAG_AF_UNIX:
	case TAG_LX_FIFO:
	case TAG_LX_CHR:
	case TAG_LX_BLK:
		return false; /* no content at all, or what is stored */
	default:
		return !(tag & TAG_SURROGATE); /* one that nobody knows may hide, too */
	}
}

bool
reparse_replaces(uint32_t tag)
{
	switch ((int)tag) {
	case TAG_DEDUP:
	case TAG_SIS:
	case TAG_HSM:
	case TAG_HSM2:
	case TAG_WIM:
		return true;
	default:
		return false; /* a cloud file, for one, may be here in full */
	}
}

const char *
reparse_why(uint32_t tag)
{
	switch ((int)tag) {
	case TAG_DEDUP:
	case TAG_SIS:
		return "deduplicated by Windows: the content is not in this file and was not examined";
	case TAG_HSM:
	case TAG_HSM2:
		return "moved to other storage (HSM): the content is not on this volume and was not examined";
	case TAG_WIM:
	case TAG_WOF:
		return "kept by WOF elsewhere: the content is not in this file and was not examined";
	case TAG_ONEDRIVE:
	case TAG_PLACEHOLDER:
		return "kept in a cloud: the content is not on this volume and was not examined";
	case 0:
		return "marked as offline and without stored content: it is not on this volume and was not examined";
	default:
		return is_cloud(tag)
			       ? "kept in a cloud: the content is not on this volume and was not examined"
			       : "a filter of Windows keeps the content: it is not in this file and was not examined";
	}
}

bool
reparse_packs(uint32_t tag)
{
	return (int)tag == TAG_WOF;
}

struct view
packed_name(void)
{
	static const char name[] = "W\0o\0f\0C\0o\0m\0p\0r\0e\0s\0s\0e\0d\0D\0a\0t\0a";

	return view_of(name, sizeof(name));
}

const struct stream *
entry_packed(const struct entry *entry)
{
	for (uint32_t i = 0; reparse_packs(entry->reparse) && i < entry->stream_count; i++)
		if (view_equal(entry->streams[i].name, packed_name()))
			return &entry->streams[i];
	return NULL;
}
