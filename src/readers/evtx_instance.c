/* evtx_instance.c - a template as a record uses it: where it is defined, and the values that the record has for it. */
#include "evtx_own.h"

#include <errno.h>

/* 10 bytes. */
struct instance_head {
	uint8_t token, one;
	le32 id;
	le32 definition; /* place in the chunk: right behind this where it is used first */
};

/* 24 bytes, before its BinXml. */
struct definition {
	le32 next;
	uint8_t guid[16]; /* begins with the id */
	le32 size;
};

/* 4 bytes, for each value. */
struct kind {
	le16 size;
	uint8_t type, unused;
};

/* Finds the template. One that does not stand right here may have been written over since. */
static void
find_definition(struct view chunk, const struct instance_head *h, bool here, struct evtx_instance *instance)
{
	uint32_t place = le32_get(h->definition);
	const struct definition *d = VIEW_AT(chunk, place, struct definition);
	uint32_t from = place + (uint32_t)sizeof(*d);

	if (!d || (!here && (place < EVTX_RECORDS || memcmp(d->guid, h->id.b, 4)))) {
		instance->why = "the template of a record is not where it should be";
	} else if (!view_has(chunk, from, le32_get(d->size))) {
		instance->why = "the template of a record goes over the end of the chunk";
	} else {
		instance->from = from;
		instance->to = from + le32_get(d->size);
	}
}

int
evtx_instance_read(struct view chunk, uint32_t at, uint32_t end, struct evtx_instance *ret_instance)
{
	struct view v = view_part(chunk, 0, end);
	const struct instance_head *h = VIEW_AT(v, at, struct instance_head);
	struct evtx_instance instance = { 0 };
	uint64_t behind = (uint64_t)at + sizeof(*h), sum = 0;
	const struct kind *kinds;
	const le32 *count;
	bool here;

	if (!h || h->token != 0x0c)
		return -EINVAL;
	here = le32_get(h->definition) == behind;
	find_definition(here ? v : chunk, h, here, &instance);
	if (here) {
		if (!instance.to)
			return -EINVAL; /* where the values begin is not known then */
		behind = instance.to;
	}
	count = VIEW_AT(v, behind, le32);
	if (!count || le32_get(*count) > UINT16_MAX)
		return -EINVAL;
	instance.value_count = le32_get(*count);
	instance.kinds = (uint32_t)behind + 4;
	if (!view_has(v, instance.kinds, (uint64_t)instance.value_count * sizeof(*kinds)))
		return -EINVAL;
	instance.values = instance.kinds + instance.value_count * (uint32_t)sizeof(*kinds);
	kinds = (const struct kind *)(const void *)(v.p + instance.kinds);
	for (uint32_t i = 0; i < instance.value_count; i++)
		sum += le16_get(kinds[i].size);
	instance.end = view_has(v, instance.values, sum) ? instance.values + (uint32_t)sum : end;
	*ret_instance = instance;
	return 0;
}
