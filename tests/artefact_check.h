/* artefact_check.h - any bytes as a file that keeps records, read twice; for the unit tests and the fuzz target. */
#ifndef ARTEFACT_CHECK_H
#define ARTEFACT_CHECK_H

#include <errno.h>
#include <stdlib.h>

#include "artefact.h"
#include "text.h"

static inline void
must(bool holds)
{
	if (!holds)
		abort();
}

/* All records as text, so that two readings can be compared and one can be looked at. */
struct artefact_told {
	struct text text;
	uint64_t size, damaged, stop_at, told, born;
	struct artefact_result result;
};

struct artefact_ear {
	struct sink sink; /* first */
	struct artefact_told *told;
};

static int
artefact_damaged(struct sink *out, uint64_t offset, const char *why)
{
	struct artefact_told *told = ((struct artefact_ear *)out)->told;

	must(why && *why && offset <= told->size);
	told->damaged++;
	return told->stop_at && told->told++ >= told->stop_at ? -EINTR
							      : text_printf(&told->text, "%llu damage %s\n",
									    (unsigned long long)offset, why);
}

static int
artefact_take(void *state, const struct artefact_record *record)
{
	struct artefact_told *told = ((struct artefact_ear *)state)->told;
	int r;

	must(record->offset <= told->size && record->length <= told->size - record->offset);
	must(record->fields.n <= ARTEFACT_FIELDS_MAX);
	must(!record->rule || (record->rule->id && record->basis.n));
	if (told->stop_at && told->told++ >= told->stop_at)
		return -EINTR;
	r = text_printf(&told->text, "%llu %llu %s ", (unsigned long long)record->offset,
			(unsigned long long)record->length, record->kind ? record->kind : "-");
	if (r == 0)
		r = text_add_escaped(&told->text, record->subject);
	if (r == 0)
		r = text_adds(&told->text, ": ");
	if (r == 0)
		r = text_add_escaped(&told->text, record->summary);
	if (r == 0 && record->rule)
		r = text_printf(&told->text, " [%s]", record->rule->id);
	if (r == 0)
		r = text_addc(&told->text, '\n');
	for (size_t i = 0; i < record->fields.n && r == 0; i++) {
		r = text_printf(&told->text, "\t%.*s=", (int)record->fields.at[i].name.n,
				(const char *)record->fields.at[i].name.p);
		if (r == 0)
			r = text_add_escaped(&told->text, record->fields.at[i].value);
		if (r == 0)
			r = text_addc(&told->text, '\n');
	}
	return r;
}

static inline int
artefact_tell(const struct artefact_kind *kind, struct view bytes, const char *path, struct artefact_told *told)
{
	struct artefact_ear ear = { .sink = { .damage = artefact_damaged }, .told = told };
	const char *slash = strrchr(path, '/');
	struct artefact_reading reading = {
		.kind = kind,
		.place = { .path = path, .name = slash ? slash + 1 : path, .born = told->born, .modified = told->born },
		.out = &ear.sink,
		.record = artefact_take,
		.state = &ear,
	};
	int r = source_memory(bytes, "memory", &reading.src);

	must(r == 0);
	told->size = bytes.n;
	r = kind->missing ? 0 : artefact_read(&reading);
	told->result = reading.result;
	source_close(reading.src);
	return r;
}

/* The same bytes say the same twice, and whoever says stop is heard. */
static inline void
artefact_check(const struct artefact_kind *kind, struct view bytes)
{
	struct artefact_told one = { 0 }, two = { 0 }, few = { .stop_at = 1 };
	int r = artefact_tell(kind, bytes, "/Windows/System32/Tasks/x", &one);

	must(r == 0 && artefact_tell(kind, bytes, "/Windows/System32/Tasks/x", &two) == 0);
	must(view_equal(text_view(&one.text), text_view(&two.text)));
	must(one.result.lost || one.result.lost_at == 0);
	r = artefact_tell(kind, bytes, "/x", &few);
	must(r == 0 || r == -EINTR);
	text_free(&one.text);
	text_free(&two.text);
	text_free(&few.text);
}

#endif
