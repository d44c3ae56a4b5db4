/* write.c - what was found on the media: the exhibit, its files, and the findings and events in them. */
#include <assert.h>
#include <errno.h>

#include "cells.h"
#include "digest.h"
#include "fail.h"

int
case_evidence(struct case_db *db, const struct evidence_row *row)
{
	const struct cell cells[] = {
		text(row->name),
		text(row->fingerprint),
		text(row->format),
		number(row->segments),
		number(row->bytes),
		number(row->sector_size),
		some_text(row->md5_stored),
		some_text(row->sha1_stored),
		some_text(row->md5),
		some_text(row->sha1),
		some_text(row->sha256),
		text(row->hash_state),
		number(row->bad_chunks),
		text(row->acquired),
		text(row->examiner),
		text(row->case_number),
		text(row->evidence_number),
		text(row->description),
		text(row->notes),
		text(row->software),
		text(row->exhibit),
	};

	return PUT(db, PUT_EVIDENCE, cells);
}

int
case_volume(struct case_db *db, const struct volume_row *row)
{
	const struct cell cells[] = {
		volume_of(row->number),
		number(row->offset),
		number(row->bytes),
		text(row->fs),
		text(row->label),
		text(row->serial),
		number_unless(!row->cluster_size, row->cluster_size),
		text(row->snapshot),
		text(row->state),
		some_text(row->reason),
		some_text(row->host),
	};
	int r = check_volume(db, row->number);

	return r < 0 ? r : PUT(db, PUT_VOLUME, cells);
}

/* Files and folders come by the hundred thousand. A batch is only written out when its stage is committed. */
static int
ready_batch(struct case_db *db, uint32_t volume)
{
	int r = check_volume(db, volume);

	assert(db->stage);
	return r == 0 && !db->batch ? batch_open(db, &db->batch) : r;
}

int
case_folder(struct case_db *db, const struct folder_row *row)
{
	int r = ready_batch(db, row->volume);

	return r < 0 ? r : batch_add_folder(db, db->batch, row);
}

int
case_file(struct case_db *db, const struct file_row *row)
{
	int r = ready_batch(db, row->volume);

	if (r == 0 && row->id >> DB_EVIDENCE_SHIFT)
		r = fail(ERANGE, "%s: more than 2^%d files", db->path, DB_EVIDENCE_SHIFT);
	return r < 0 ? r : batch_add(db, db->batch, row);
}

int
case_reparse(struct case_db *db, const struct reparse_row *row)
{
	const struct cell cells[] = {
		volume_of(row->volume), number(row->mft), number(row->seq), name(row->target), bytes_text(row->shown),
	};
	int r = check_volume(db, row->volume);

	return r < 0 ? r : PUT(db, PUT_REPARSE, cells);
}

int
case_content(struct case_db *db, const struct content_row *row)
{
	bool kept = row->kept.p != NULL;
	struct digest_value value;
	int r = check_volume(db, row->volume);

	if (r == 0 && kept)
		r = digest_sha256(row->kept, &value);
	if (r < 0)
		return r;
	const struct cell cells[] = {
		volume_of(row->volume),
		number(row->mft),
		number(row->seq),
		number(row->attribute),
		number(row->bytes),
		hash(row->md5, 16),
		hash(row->sha1, 20),
		hash(row->sha256, 32),
		some_text(row->baseline),
		some_text(row->role),
		hash(kept ? value.b : NULL, 32),
		number(row->trust),
		number_unless(!row->deleted, row->clusters),
		number_unless(!row->deleted, row->reused),
		number_unless(!row->deleted, row->shared),
	};
	const struct cell blob[] = { hash(value.b, 32),
				     number(row->kept.n),
				     { .type = CELL_BYTES, .bytes = row->kept } };

	r = PUT(db, PUT_CONTENT, cells);
	return r < 0 || !kept ? r : PUT(db, PUT_BLOB, blob);
}

int
case_owner(struct case_db *db, const struct owner_row *row)
{
	const struct cell cells[] = {
		volume_of(row->volume), number(row->mft), number(row->seq), text(row->sid), some_text(row->name),
	};
	int r = check_volume(db, row->volume);

	return r < 0 ? r : PUT(db, PUT_OWNER, cells);
}

/* Hard links give the same finding again; the first one stands. */
int
case_finding(struct case_db *db, const struct finding_row *row)
{
	bool nowhere = !row->file && !row->mft && !row->seq; /* entry 0 has sequence 1 */
	CLEANUP(text_free) struct text excerpt = { 0 };
	int r = check_volume(db, row->volume);

	if (r == 0 && row->excerpt.p && text_add_escaped(&excerpt, row->excerpt) < 0)
		r = fail(ENOMEM, "out of memory for a finding in %s", db->path);
	if (r < 0)
		return r;
	const struct cell cells[] = {
		text(row->finding),
		volume_of(row->volume),
		file_of(row->file),
		number_unless(!row->when, row->when),
		text(level_name(row->level)),
		some_text(stage_name(row->rule->stage)),
		some_text(row->rule->technique),
		some_text(row->rule->cve),
		text(row->rule->id),
		some_text(row->rule->author),
		text(row->rule->title),
		name_unless(!row->path.p, row->path),
		hash(row->sha256, 32),
		number_unless(nowhere, row->mft),
		number_unless(nowhere, row->seq),
		name(row->stream),
		number(row->offset),
		number(row->length),
		text(excerpt.s),
		bytes_text(row->basis),
		some_text(row->rule->benign),
		some_text(row->reproduce),
		some_text(row->rests_on),
		number_unless(nowhere, row->attribute),
		hash(row->bytes_sha256, 32),
	};
	return PUT(db, PUT_FINDING, cells);
}

int
case_event(struct case_db *db, const struct event_row *row)
{
	const struct rule *rule = row->rule;
	struct cell cells[] = {
		{ 0 },
		volume_of(row->volume),
		number(row->when),
		text(row->kind),
		text(row->source),
		bytes_text(row->subject),
		bytes_text(row->summary),
		some_text(rule ? stage_name(rule->stage) : NULL),
		text(rule && !row->finding ? level_name(rule->level) : NULL), /* a finding has a level of its own */
		some_text(row->finding),
		text(rule ? rule->id : NULL),
		file_of(row->file),
		number_unless(!row->file && !row->mft, row->mft),
		name(row->stream),
		number(row->offset),
		bytes_text(row->raw),
		bytes_text(row->fields),
	};
	int r = check_volume(db, row->volume);

	if (r == 0)
		r = next_id(db, NUMBERED_EVENT, &cells[0]);
	return r < 0 ? r : PUT(db, PUT_EVENT, cells);
}

int
case_rule(struct case_db *db, const struct rule *rule, uint64_t hits)
{
	const struct cell cells[] = {
		text(rule->id),
		text(rule->source),
		text(rule_kind_name(rule->kind)),
		some_text(rule->author),
		text(rule_state_name(rule->state)),
		number(hits),
		some_text(rule->reason),
		some_text(stage_name(rule->stage)),
		some_text(rule->technique),
		some_text(rule->cve),
	};

	return PUT(db, PUT_RULE, cells);
}

int
case_indicator(struct case_db *db, const struct indicator_row *row)
{
	const struct cell cells[] = {
		number(row->evidence),
		text(row->kind),
		name(row->value),
		text(level_name(row->level)),
		number_unless(!row->first, row->first),
		number_unless(!row->last, row->last),
		number(row->hits),
		some_text(row->findings),
	};

	return PUT(db, PUT_INDICATOR, cells);
}

int
case_binding(struct case_db *db, uint32_t volume, const char *variable, const char *path)
{
	const struct cell cells[] = { volume_of(volume), text(variable), text(path) };
	int r = check_volume(db, volume);

	return r < 0 ? r : PUT(db, PUT_BINDING, cells);
}

int
case_setting(struct case_db *db, const char *key, const char *value)
{
	const struct cell cells[] = { text(key), text(value) };

	return PUT(db, PUT_SETTING, cells);
}
