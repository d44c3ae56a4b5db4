/* volume_table.c - partition tables read by libtsk over our media, with their type said explicitly. */
#include <errno.h>

#include "fail.h"
#include "tsk_media.h"
#include "volume_own.h"

enum { PARTITIONS_MAX = 4096 };

/* The description comes from the media: cut where a character ends. */
static void
describe(char *to, size_t room, const char *text)
{
	size_t n = strlen(text);

	if (n >= room) {
		n = room - 1;
		while (n && ((uint8_t)text[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(to, text, n);
	to[n] = 0;
}

static int
add(const TSK_VS_INFO *vs, const TSK_VS_PART_INFO *part, const struct table_look *look, volume_list *to)
{
	struct volume *v;

	if (part->start > INT64_MAX / vs->block_size || part->len > INT64_MAX / vs->block_size)
		return 0;
	v = vector_push(to);
	if (!v)
		return fail(ENOMEM, "out of memory for the list of partitions");
	v->offset = part->start * vs->block_size;
	v->bytes = part->len * vs->block_size;
	v->sector_size = look->sector_size;
	v->table = look->table;
	v->slot = (uint32_t)(uint8_t)part->slot_num +
		  (look->table == TABLE_DOS ? 4u * (uint32_t)(uint8_t)part->table_num : 0);
	describe(v->description, sizeof(v->description), part->desc ? part->desc : "");
	return 0;
}

static int
list(const TSK_VS_INFO *vs, const struct table_look *look, volume_list *volumes, volume_list *gaps)
{
	unsigned budget = PARTITIONS_MAX;

	for (const TSK_VS_PART_INFO *part = vs->part_list; part && budget; part = part->next, budget--) {
		int r = 0;

		if (part->flags & TSK_VS_PART_FLAG_ALLOC)
			r = add(vs, part, look, volumes);
		else if (part->flags & TSK_VS_PART_FLAG_UNALLOC)
			r = add(vs, part, look, gaps);
		if (r < 0)
			return r;
	}
	return 1;
}

int
table_partitions(struct source *media, const struct table_look *look, volume_list *volumes, volume_list *gaps)
{
	CLEANUP(free) struct tsk_media *m = NULL;
	TSK_VS_INFO *vs;
	int r = tsk_media_open(media, look->size > media->size ? look->size : media->size, look->sector_size, &m);

	if (r < 0)
		return r;
	m->hide_from = look->sector_size;
	m->hide_to = look->hide_primary ? 2 * (uint64_t)look->sector_size : 0;
	vs = tsk_vs_open(&m->info, 0, look->table == TABLE_GPT ? TSK_VS_TYPE_GPT : TSK_VS_TYPE_DOS);
	r = vs ? list(vs, look, volumes, gaps) : m->result;
	if (vs)
		tsk_vs_close(vs);
	tsk_img_close(&m->info);
	tsk_error_reset();
	return r;
}
