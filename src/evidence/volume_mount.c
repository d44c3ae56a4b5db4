/* volume_mount.c - what Windows calls a volume when it remembers its drive letter, so that registry and media can be joined. */
#include <inttypes.h>

#include "text.h"
#include "volume_own.h"

enum { MBR_SIGNATURE = 440 };

static int
add_guid(struct text *ret, const uint8_t b[static 16])
{
	return text_printf(ret, "GPT partition %02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[3], b[2],
			   b[1], b[0], b[5], b[4], b[7], b[6], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

int
volume_mounted(struct source *media, const struct volume *volume, struct text *ret)
{
	uint8_t guid[16];
	le32 signature;

	switch (volume->table) {
	case TABLE_DOS:
		if (source_read(media, MBR_SIGNATURE, &signature, sizeof(signature)) != sizeof(signature))
			return 0;
		return text_printf(ret, "disk %08" PRIx32 " offset %" PRIu64, le32_get(signature), volume->offset);
	case TABLE_GPT:
		if (gpt_partition(media, volume->sector_size, false, volume->slot, guid) ||
		    gpt_partition(media, volume->sector_size, true, volume->slot, guid))
			return add_guid(ret, guid);
		return 0;
	default:
		return 0;
	}
}
