/* write.c - the rows that a worker states, one function for each kind of fact. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>

#include "db.h"
#include "digest.h"
#include "fail.h"

#define PUT(db, which, cells) put_row((db), (which), (cells), (int)(sizeof(cells) / sizeof((cells)[0])))

static struct cell
number(uint64_t n)
{
	return (struct cell){ .type = CELL_NUMBER, .number = (int64_t)n };
}

static struct cell
number_unless(bool null, uint64_t n)
{
	return null ? (struct cell){ .type = CELL_NULL } : number(n);
}

static struct cell
text(const char *s)
{
	return (struct cell){ .type = s ? CELL_TEXT : CELL_NULL, .bytes = view_text(s) };
}

/* NULL for what is empty. */
static struct cell
some_text(const char *s)
{
	return text(s && *s ? s : NULL);
}

static struct cell
bytes_text(struct view v)
{
	return (struct cell){ .type = v.n ? CELL_TEXT : CELL_NULL, .bytes = v };
}

/* A path or the name of a stream. */
static struct cell
name(struct view v)
{
	return (struct cell){ .type = CELL_TEXT, .bytes = v };
}

static struct cell
name_unless(bool null, struct view v)
{
	return null ? (struct cell){ .type = CELL_NULL } : name(v);
}

static struct cell
hash(const uint8_t *p, size_t n)
{
	return (struct cell){ .type = p ? CELL_BYTES : CELL_NULL, .bytes = view_of(p, p ? n : 0) };
}

static struct cell
volume_of(uint32_t volume)
{
	return number(1u << DB_VOLUME_SHIFT | volume);
}

static struct cell
file_of(uint64_t file)
{
	return number_unless(!file, UINT64_C(1) << DB_EVIDENCE_SHIFT | file);
}

static int
check_volume(const struct case_db *db, uint32_t volume)
{
	return volume <= DB_VOLUME_MAX ? 0 : fail(ERANGE, "%s: more than %d volumes", db->path, DB_VOLUME_MAX);
}

/* The next id of a table, which begins with the exhibit's. */
static int
next_id(struct case_db *db, enum numbered table, struct cell *ret)
{
	static const char *const last[NUMBEREDS] = {
		[NUMBERED_EVENT] = "SELECT coalesce(max(id), 1 << 40) FROM event",
		[NUMBERED_LOG] = "SELECT coalesce(max(id), 1 << 40) FROM log",
		[NUMBERED_COVERAGE] = "SELECT coalesce(max(id), 1 << 40) FROM coverage",
		[NUMBERED_CONTROL] = "SELECT coalesce(max(id), 1 << 40) FROM control",
		[NUMBERED_LIMITATION] = "SELECT coalesce(max(id), 1 << 40) FROM limitation",
		[NUMBERED_SITE] = "SELECT coalesce(max(id), 1 << 40) FROM site",
		[NUMBERED_HOST] = "SELECT coalesce(max(id), 1 << 40) FROM host_fact",
		[NUMBERED_BUILD] = "SELECT coalesce(max(id), 1 << 40) FROM build",
		[NUMBERED_MITIGATION] = "SELECT coalesce(max(id), 1 << 40) FROM mitigation",
	};
	/* the thread that stores files has the database until then */
	int r = db->batch ? batch_settle(db, db->batch) : 0;

	if (r == 0 && !db->last[table])
		r = db_number(db, last[table], &db->last[table]);

	*ret = number((uint64_t)++db->last[table]);
	return r;
}

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

static int
put_hour(struct case_db *db, struct cell log, const struct hour_row *row)
{
	const struct cell cells[] = {
		log,
		number(row->hour),
		number(row->lines),
		number(row->bytes),
		number(row->status[0]),
		number(row->status[1]),
		number(row->status[2]),
		number(row->status[3]),
		number(row->status[4]),
		number(row->status[5]),
	};

	return PUT(db, PUT_HOUR, cells);
}

int
case_log(struct case_db *db, const struct log_row *row, const struct hour_row *hours, size_t n)
{
	struct cell cells[] = {
		{ 0 },
		volume_of(row->volume),
		file_of(row->file),
		number(row->mft),
		number(row->seq),
		number(row->attribute),
		name(row->path),
		name(row->stream),
		text(row->kind),
		text(row->state),
		some_text(row->reason),
		number(row->deleted),
		number(row->lines),
		number(row->records),
		number(row->lost),
		number(row->blank),
		number(row->bytes),
		number_unless(!row->first, row->first),
		number_unless(!row->last, row->last),
	};
	int r = check_volume(db, row->volume);

	if (r == 0)
		r = next_id(db, NUMBERED_LOG, &cells[0]);
	if (r == 0)
		r = PUT(db, PUT_LOG, cells);
	for (size_t i = 0; i < n && r == 0; i++)
		r = put_hour(db, cells[0], &hours[i]);
	return r;
}

int
case_account(struct case_db *db, const struct account_row *row)
{
	const struct cell cells[] = {
		name(row->account),
		name(row->name),
		name(row->mailbox),
		text(row->protocol),
		text(row->source),
		name(row->address),
		some_text(row->network),
		name(row->agent),
		number_unless(!row->first, row->first),
		number_unless(!row->last, row->last),
		number(row->requests),
		number(row->successes),
		number(row->failures),
		text(row->why),
	};

	return PUT(db, PUT_ACCOUNT, cells);
}

int
case_coverage(struct case_db *db, const struct coverage_row *row)
{
	struct cell cells[] = {
		{ 0 },
		text(row->source),
		name_unless(!row->path.n, row->path),
		text(row->state),
		number_unless(!row->first, row->first),
		number_unless(!row->last, row->last),
		number(row->items),
		number(row->lost),
		number(row->bytes),
		some_text(row->reason),
	};
	int r = next_id(db, NUMBERED_COVERAGE, &cells[0]);

	return r < 0 ? r : PUT(db, PUT_COVERAGE, cells);
}

int
case_control(struct case_db *db, const struct control_row *row)
{
	struct cell cells[] = {
		{ 0 },
		volume_of(row->volume),
		number_unless(row->mft < 0, (uint64_t)row->mft),
		number_unless(row->mft < 0, row->seq),
		name_unless(row->mft < 0, row->stream),
		name_unless(!row->path.n, row->path),
		text(row->what),
		bytes_text(row->ours),
		bytes_text(row->control),
		number(row->explained),
		text(row->reason),
		number(row->count),
	};
	int r = check_volume(db, row->volume);

	if (r == 0)
		r = next_id(db, NUMBERED_CONTROL, &cells[0]);
	return r < 0 ? r : PUT(db, PUT_CONTROL, cells);
}

int
case_limitation(struct case_db *db, const struct limitation_row *row)
{
	struct cell cells[] = {
		{ 0 },
		volume_of(row->volume),
		name_unless(!row->path.n, row->path),
		number_unless(row->mft < 0, (uint64_t)row->mft),
		name_unless(row->mft < 0 && !row->stream.n, row->stream),
		number_unless(row->offset < 0, (uint64_t)row->offset),
		text(row->what),
		number(row->count),
	};
	int r = check_volume(db, row->volume);

	if (r == 0)
		r = next_id(db, NUMBERED_LIMITATION, &cells[0]);
	return r < 0 ? r : PUT(db, PUT_LIMITATION, cells);
}

int
case_site(struct case_db *db, const struct site_row *row)
{
	struct cell cells[] = {
		{ 0 },
		volume_of(row->volume),
		number_unless(!row->site, row->site),
		text(row->name),
		text(row->bindings),
		some_text(row->log_folder),
		row->log_volume ? volume_of(row->log_volume) : (struct cell){ 0 },
		name_unless(!row->log_path.n, row->log_path),
		text(row->logging),
		text(row->source),
		number(row->current),
		some_text(row->side),
	};
	int r = check_volume(db, row->volume);

	if (r == 0)
		r = check_volume(db, row->log_volume);
	if (r == 0)
		r = next_id(db, NUMBERED_SITE, &cells[0]);
	return r < 0 ? r : PUT(db, PUT_SITE, cells);
}

int
case_host(struct case_db *db, const struct host_row *row)
{
	struct cell cells[] = {
		{ 0 },
		volume_of(row->volume),
		name_unless(!row->host.n, row->host),
		text(row->what),
		bytes_text(row->name),
		{ .type = CELL_TEXT, .bytes = row->value },
		number_unless(!row->when, row->when),
		number(row->when && row->dated),
		number(row->deleted),
		name(row->source),
		number_unless(row->mft < 0, (uint64_t)row->mft),
		number_unless(row->offset < 0, (uint64_t)row->offset),
		bytes_text(row->key),
		some_text(row->note),
	};
	int r = check_volume(db, row->volume);

	if (r == 0)
		r = next_id(db, NUMBERED_HOST, &cells[0]);
	return r < 0 ? r : PUT(db, PUT_HOST, cells);
}

int
case_build(struct case_db *db, const struct build_row *row)
{
	struct cell cells[] = {
		{ 0 },
		volume_of(row->volume),
		row->host_volume ? volume_of(row->host_volume) : (struct cell){ 0 },
		name_unless(!row->host.n, row->host),
		text(row->witness),
		text(row->build),
		some_text(row->release),
		text(row->means),
		number_unless(!row->first, row->first),
		number_unless(!row->last, row->last),
		number(row->files),
		name_unless(!row->path.n, row->path),
		number_unless(row->mft < 0, (uint64_t)row->mft),
		number_unless(row->offset < 0, (uint64_t)row->offset),
		some_text(row->note),
	};
	int r = check_volume(db, row->volume);

	if (r == 0)
		r = next_id(db, NUMBERED_BUILD, &cells[0]);
	return r < 0 ? r : PUT(db, PUT_BUILD, cells);
}

int
case_patch(struct case_db *db, const struct patch_row *row)
{
	const struct cell cells[] = {
		text(row->build), text(row->cve), text(row->state), some_text(row->reason),
		number_unless(!row->fix_released, row->fix_released),
	};

	return PUT(db, PUT_PATCH, cells);
}

int
case_mitigation(struct case_db *db, const struct mitigation_row *row)
{
	struct cell cells[] = {
		{ 0 },
		volume_of(row->volume),
		text(row->cve),
		text(row->state),
		text(row->title),
		number_unless(!row->first, row->first),
		number_unless(!row->last, row->last),
		name(row->path),
		number((uint64_t)row->mft),
		number(row->offset),
		some_text(row->note),
	};
	int r = check_volume(db, row->volume);

	if (r == 0)
		r = next_id(db, NUMBERED_MITIGATION, &cells[0]);
	return r < 0 ? r : PUT(db, PUT_MITIGATION, cells);
}

int
case_exposure(struct case_db *db, const struct exposure_row *row)
{
	const struct cell cells[] = {
		number(row->evidence),
		number(row->host_volume),
		name(row->host),
		text(row->cve),
		number(row->number),
		text(row->state),
		number_unless(!row->first, row->first),
		number_unless(!row->last, row->last),
		text(row->reason),
		some_text(row->witnesses),
	};

	return PUT(db, PUT_EXPOSURE, cells);
}

int
case_ledger(struct case_db *db, const struct ledger_row *row)
{
	const struct cell cells[] = {
		volume_of(row->volume), text(row->account), text(row->disposition), number(row->items), number(row->bytes),
	};
	int r = check_volume(db, row->volume);

	return r < 0 ? r : PUT(db, PUT_LEDGER, cells);
}

int
case_verdict(struct case_db *db, const struct verdict_row *row)
{
	const struct cell cells[] = {
		number(row->evidence),
		text(row->question),
		text(row->verdict),
		number_unless(!row->first, row->first),
		number_unless(!row->last, row->last),
		some_text(row->reason),
		some_text(row->findings),
	};

	return PUT(db, PUT_VERDICT, cells);
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
