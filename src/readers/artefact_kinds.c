/* artefact_kinds.c - the kinds of files that keep records, by the name that profiles call them, and what all share. */
#include <errno.h>
#include <stdlib.h>

#include "artefact_own.h"
#include "fail.h"

const struct artefact_kind *const artefact_kinds[ARTEFACT_KINDS_MAX] = { &artefact_console, &artefact_detection, &artefact_quarantine, &artefact_task,
	&artefact_ual, &artefact_wmi, NULL };

const struct artefact_kind *
artefact_find(const char *name)
{
	for (const struct artefact_kind *const *kind = artefact_kinds; *kind; kind++)
		if (!strcmp((*kind)->log.name, name))
			return *kind;
	return NULL;
}

int
artefact_damage(struct artefact_reading *reading, uint64_t offset, const char *why)
{
	return reading->out ? sink_damage(reading->out, offset, why) : 0;
}

int
artefact_lose(struct artefact_reading *reading, uint64_t offset, const char *why)
{
	if (!reading->result.lost++)
		reading->result.lost_at = offset;
	return artefact_damage(reading, offset, why);
}

int
artefact_state(struct artefact_reading *reading, const struct artefact_record *record)
{
	struct artefact_result *result = &reading->result;

	result->records += !record->again;
	if (record->when && !record->filed) {
		if (!result->first || record->when < result->first)
			result->first = record->when;
		if (record->when > result->last)
			result->last = record->when;
	}
	return reading->record(reading->state, record);
}

int
artefact_bytes(struct artefact_reading *reading, uint8_t **ret_bytes, struct view *ret_view)
{
	size_t n = (size_t)reading->src->size;
	uint8_t *bytes = malloc(n + 1);
	int r = bytes ? source_read_all(reading->src, 0, bytes, n) : fail(ENOMEM, "out of memory for %s", reading->place.path);

	if (r == -ENODATA) {
		r = artefact_damage(reading, 0, "the file ends before its size");
		n = 0;
	}
	if (r < 0) {
		free(bytes);
		return r;
	}
	bytes[n] = 0;
	*ret_bytes = bytes;
	*ret_view = view_of(bytes, n);
	return 0;
}

int
artefact_read(struct artefact_reading *reading)
{
	const struct artefact_kind *kind = reading->kind;
	int r;

	reading->result = (struct artefact_result){ 0 };
	if (reading->src->size > kind->longest) {
		reading->result.note = "longer than such a file can be: not read";
		return artefact_lose(reading, kind->longest, reading->result.note);
	}
	r = kind->read(reading);
	if (!reading->result.bytes)
		reading->result.bytes = reading->src->size;
	if (r == -ENOMEM)
		fail(ENOMEM, "out of memory for %s", reading->place.path);
	return r;
}
