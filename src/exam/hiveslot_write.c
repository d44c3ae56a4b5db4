/* hiveslot_write.c - what became of a hive: a row of the coverage, its facts, its keys as events, and what rules found. */
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "hives.h"

static int
no_memory(const struct slot *slot)
{
	return fail(ENOMEM, "out of memory for the rows of %s", slot->candidate->path);
}

/* ---- coverage ---- */

static const char *
state_of(const struct slot *slot, const char *why)
{
	const struct hive_slot *hive = slot->hive;

	if (!hive || !hive->read)
		return "unreadable";
	if (!slot->candidate->size)
		return "empty";
	if (hive->rootless)
		return "unreadable";
	return why || hive->damage || hive->left_dirty || slot->reused || slot->shared ? "partly" : "read";
}

static int
add_clause(struct text *t, const char *clause)
{
	int r = t->n && *clause ? text_adds(t, "; ") : 0;

	return r < 0 ? r : text_adds(t, clause);
}

static int
compose_reason(const struct exam *exam, const struct slot *slot, const char *why, struct text *ret)
{
	const struct hive_slot *hive = slot->hive;
	const struct candidate *c = slot->candidate;
	int r = text_printf(ret, "volume %u", exam->volumes[c->volume].number);

	if (r == 0 && !(c->flags & FILE_ALLOCATED))
		r = add_clause(ret, slot->overwritten ? "deleted, and nothing of it is left" : "deleted");
	if (r == 0 && !slot->opened && !slot->overwritten)
		r = add_clause(ret, slot->aside ? "it ended a worker twice, and was set aside"
						: "the stream could not be opened for reading");
	if (r == 0 && why && *why)
		r = add_clause(ret, why);
	if (r < 0 || !hive || !hive->read)
		return r;
	if (hive->rootless)
		r = add_clause(ret, "no root key can be found: it is no hive, or its head is gone");
	if (r == 0)
		r = text_printf(ret, "; %" PRIu64 " keys, %" PRIu64 " values", hive->keys, hive->values);
	if (r == 0 && hive->lost_keys + hive->lost_values)
		r = text_printf(ret, ", %" PRIu64 " deleted keys and %" PRIu64 " deleted values", hive->lost_keys,
				hive->lost_values);
	if (r == 0)
		r = add_clause(ret, hive->replay);
	if (r == 0 && hive->damage)
		r = add_clause(ret, "damaged: see the limitations");
	return r;
}

static int
write_coverage(struct exam *exam, const struct slot *slot, const char *why)
{
	static const struct hive_slot none = { .read = false };
	const struct hive_slot *hive = slot->hive ? slot->hive : &none;
	CLEANUP(text_free) struct text reason = { 0 };

	if (compose_reason(exam, slot, why, &reason) < 0)
		return no_memory(slot);
	return case_coverage(exam->db, &(struct coverage_row){ .source = "hive",
							       .path = view_text(slot->candidate->path),
							       .state = state_of(slot, why),
							       .first = hive->first,
							       .last = hive->last,
							       .items = hive->keys,
							       .lost = hive->damage,
							       .bytes = hive->read ? slot->candidate->size : 0,
							       .reason = reason.s });
}

/* ---- facts and events ---- */

/* The Windows that a hive lies in, or the only one. */
static const struct host_place *
windows_of(const struct exam *exam, const struct candidate *c)
{
	const struct host_place *only = NULL;
	unsigned n = 0;

	for (size_t i = 0; i < exam->hosts.n; i++) {
		const struct host_place *p = &exam->hosts.at[i];
		size_t length = strlen(p->path);

		if (p->kind != HOST_WINDOWS)
			continue;
		if (p->volume == c->volume && !strncmp(c->path + 1, p->path, length) && c->path[1 + length] == '/')
			return p;
		only = p;
		n++;
	}
	return n == 1 ? only : NULL;
}

static int
write_facts(struct exam *exam, const struct slot *slot)
{
	const struct host_place *windows = windows_of(exam, slot->candidate);
	CLEANUP(text_free) struct text host = { 0 };
	int r = windows ? text_printf(&host, "/%s", windows->path) : 0;

	if (r < 0)
		return no_memory(slot);
	for (size_t i = 0; i < slot->hive->facts.n && r == 0; i++) {
		struct host_row row = slot->hive->facts.at[i].row;

		row.volume = exam->volumes[slot->candidate->volume].number;
		row.host = text_view(&host);
		row.source = view_text(slot->hive->facts.at[i].file->path);
		r = case_host(exam->db, &row);
	}
	return r;
}

static int
write_events(struct exam *exam, const struct slot *slot)
{
	const struct candidate *c = slot->candidate;
	int r = 0;

	for (size_t i = 0; i < slot->hive->events.n && r == 0; i++) {
		const struct kept_key *key = &slot->hive->events.at[i];

		r = case_event(exam->db, &(struct event_row){ .volume = exam->volumes[c->volume].number,
							      .file = c->file,
							      .when = key->when,
							      .mft = c->entry.entry,
							      .offset = key->offset,
							      .kind = "registry.key",
							      .source = c->path,
							      .subject = key->object,
							      .summary = key->values,
							      .stream = view_text(c->stream) });
	}
	return r;
}

/* ---- findings ---- */

/* The row of the file that the bytes lie in; of a log, where the profile chose it, too. */
static uint64_t
file_of(const struct exam *exam, const struct candidate *c, const struct hive_file *file)
{
	if (reference_equal(file->entry, c->entry))
		return c->file;
	for (size_t i = 0; i < exam->candidates.n; i++) {
		const struct candidate *other = &exam->candidates.at[i];

		if (other->volume == c->volume && reference_equal(other->entry, file->entry) &&
		    other->attribute == file->attribute)
			return other->file;
	}
	return 0;
}

/* Bytes that may be of another file by now, and what was deleted within the hive, are leads. */
static enum level
level_of(const struct slot *slot, const struct kept_hit *hit)
{
	bool doubtful = hit->lead || slot->reused || slot->shared;

	return doubtful && hit->rule->level > LEVEL_MEDIUM ? LEVEL_MEDIUM : hit->rule->level;
}

static int
add_caveats(const struct slot *slot, struct text *basis)
{
	int r = slot->candidate->flags & FILE_ALLOCATED ? 0 : text_adds(basis, "; the hive is deleted");

	if (r == 0 && slot->reused)
		r = text_printf(basis, ", and %" PRIu64 " of its %" PRIu64 " clusters now belong to something else",
				slot->reused, slot->clusters);
	if (r == 0 && slot->shared)
		r = text_printf(basis, "; %" PRIu64 " of its %" PRIu64 " clusters are claimed by another deleted file, too",
				slot->shared, slot->clusters);
	if (r == 0 && slot->trust)
		r = text_adds(basis, "; rests on damaged or unverified bytes");
	return r;
}

static int
write_hit(struct exam *exam, const struct slot *slot, const struct kept_hit *hit)
{
	const struct candidate *c = slot->candidate;
	CLEANUP(text_free) struct text basis = { 0 }, id = { 0 };
	struct place place = { .volume = c->volume,
			       .file = file_of(exam, c, hit->file),
			       .when = hit->when,
			       .entry = hit->file->entry,
			       .attribute = hit->file->attribute,
			       .path = hit->file->path,
			       .stream = c->stream,
			       .bytes = true,
			       .packed = c->flags & FILE_PACKED && reference_equal(hit->file->entry, c->entry) };
	struct mark mark = { .rule = hit->rule, .offset = hit->offset, .length = hit->length, .excerpt = hit->excerpt };
	int r = text_add(&basis, hit->basis);

	if (r == 0)
		r = add_caveats(slot, &basis);
	mark.basis = text_view(&basis);
	if (r == 0)
		r = finding_id(exam, &place, &mark, &id);
	if (r < 0)
		return no_memory(slot);
	r = finding_write(exam, &place, &mark, level_of(slot, hit));
	if (r < 0 || !hit->when)
		return r;
	return case_event(exam->db, &(struct event_row){ .volume = exam->volumes[c->volume].number,
							 .file = place.file,
							 .when = hit->when,
							 .mft = place.entry.entry,
							 .offset = hit->offset,
							 .kind = "registry.key",
							 .source = hit->file->path,
							 .subject = hit->object,
							 .summary = hit->details,
							 .stream = view_text(c->stream),
							 .finding = id.s,
							 .rule = hit->rule,
							 .fields = hit->fields });
}

int
hiveslot_write(struct exam *exam, const struct slot *slot, const char *why)
{
	struct asked_kind *asked = asked_kind(exam->asked, &asked_hives);
	int r = registry_is_log(slot->candidate->name) ? 0 : write_coverage(exam, slot, why);

	if (r < 0 || !slot->hive || !slot->hive->read)
		return r;
	if (slot->hive->keys && slot->hive->root.part < PART_AMCACHE)
		asked->rules.logs++;
	r = write_facts(exam, slot);
	if (r == 0)
		r = write_events(exam, slot);
	for (size_t i = 0; i < slot->hive->hits.n && r == 0; i++)
		r = write_hit(exam, slot, &slot->hive->hits.at[i]);
	return r;
}
