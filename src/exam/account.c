/* account.c - what the exhibit is and claims, what was covered of it, what was not, and by which rules. */
#include <errno.h>
#include <inttypes.h>

#include "artefact.h"
#include "exam.h"
#include "fail.h"
#include "registered.h"

static int
hex_of(const uint8_t *bytes, size_t n, struct text *ret)
{
	return n ? text_add_hex(ret, view_of(bytes, n)) : 0;
}

static int
write_evidence(struct exam *exam, const struct verify_result *verified, const char *state)
{
	const struct acquisition *a = image_acquisition(exam->image);
	CLEANUP(text_free) struct text md5 = { 0 };
	CLEANUP(text_free) struct text sha1 = { 0 };
	struct text computed[DIGEST_KINDS] = { 0 };
	const struct segment *segments;
	const struct bad_range *bad;
	uint64_t bad_chunks;
	int r = hex_of(a->md5, a->has_md5 ? 16 : 0, &md5);

	if (r == 0)
		r = hex_of(a->sha1, a->has_sha1 ? 20 : 0, &sha1);
	for (int kind = 0; kind < DIGEST_KINDS && r == 0; kind++)
		r = hex_of(verified->computed[kind].b, verified->kinds & 1u << kind ? digest_size(kind) : 0,
			   &computed[kind]);
	image_bad(exam->image, &bad, &bad_chunks);
	if (r == 0)
		r = case_evidence(exam->db, &(struct evidence_row){
						    .name = exam->name,
						    .format = image_format_name(image_format(exam->image)),
						    .fingerprint = exam->fingerprint,
						    .exhibit = exam->exhibit,
						    .segments = image_segments(exam->image, &segments),
						    .bytes = image_media(exam->image)->size,
						    .sector_size = image_sector_size(exam->image),
						    .bad_chunks = bad_chunks,
						    .md5_stored = md5.s,
						    .sha1_stored = sha1.s,
						    .md5 = computed[DIGEST_MD5].s,
						    .sha1 = computed[DIGEST_SHA1].s,
						    .sha256 = computed[DIGEST_SHA256].s,
						    .hash_state = state,
						    .acquired = a->acquired,
						    .examiner = a->examiner,
						    .case_number = a->case_number,
						    .evidence_number = a->evidence_number,
						    .description = a->description,
						    .notes = a->notes,
						    .software = a->software_version ? a->software_version : a->software,
					    });
	for (int kind = 0; kind < DIGEST_KINDS; kind++)
		text_free(&computed[kind]);
	return r;
}

static const char *
state_of(const struct exam_volume *v)
{
	const struct catalog_count *count = v->catalog ? catalog_count(v->catalog) : NULL;

	if (!count)
		return "skipped";
	return count->damaged || count->quarantined || limits_count(v->limits) || limits_count(v->mft_limits) ? "partly"
													      : "read";
}

static int
write_volume(struct exam *exam, struct exam_volume *v)
{
	CLEANUP(text_free) struct text label = { 0 };
	char serial[17] = "";
	int r = v->ntfs ? text_add_utf16(&label, ntfs_label(v->ntfs)) : 0;

	if (r < 0)
		return fail(ENOMEM, "out of memory for a volume of %s", exam->path);
	if (v->ntfs && !ntfs_geometry(v->ntfs)->headless)
		snprintf(serial, sizeof(serial), "%016" PRIX64, ntfs_geometry(v->ntfs)->serial);
	return case_volume(exam->db, &(struct volume_row){
					     .number = v->number,
					     .offset = v->volume.offset,
					     .bytes = v->volume.bytes,
					     .fs = volume_fs_name(v->volume.fs),
					     .label = v->ntfs ? label.s ? label.s : "" : NULL,
					     .serial = serial[0] ? serial : NULL, /* without a boot sector nobody knows it */
					     .cluster_size = v->ntfs ? ntfs_geometry(v->ntfs)->cluster_size : 0,
					     .snapshot = "",
					     .state = state_of(v),
					     .reason = v->reason,
					     .host = v->host.s,
				     });
}

/* A hash from a manifest, held against the computed one; true where there is none. */
static bool
listed_hash_fits(const char *hex, const struct verify_result *verified, enum digest_kind kind)
{
	uint8_t bytes[DIGEST_MAX];

	return !hex || (hex_parse(view_text(hex), bytes, DIGEST_MAX) == (int)digest_size(kind) &&
			!memcmp(bytes, verified->computed[kind].b, digest_size(kind)));
}

/* The hashes are only computed when they were asked for: triage does not wait for them. */
static int
verify_media(struct exam *exam, struct verify_result *ret, const char **ret_state)
{
	unsigned kinds = 1u << DIGEST_MD5 | 1u << DIGEST_SHA1 | 1u << DIGEST_SHA256;
	int r;

	*ret = (struct verify_result){ 0 };
	*ret_state = "not-computed";
	if (!exam->request->verify)
		return 0;
	r = progress_phase(exam->progress, PHASE_VERIFY, image_media(exam->image)->size);
	if (r == 0)
		r = image_verify(exam->image, kinds, exam->threads, progress_done, exam->progress, ret);
	if (r == 0)
		*ret_state = ret->mismatch ? "mismatch" : ret->stored ? "match" : "not-stored";
	if (r == 0 && (!listed_hash_fits(exam->job_md5, ret, DIGEST_MD5) ||
		       !listed_hash_fits(exam->job_sha256, ret, DIGEST_SHA256))) {
		*ret_state = "mismatch";
		r = limits_add(exam->limits, exam->name, -1, "", -1,
			       "the computed hash differs from that of the manifest", 1);
	} else if (r == 0 && (exam->job_md5 || exam->job_sha256) && !ret->mismatch) {
		*ret_state = "match";
	}
	if (r == 0 && ret->mismatch)
		r = limits_add(exam->limits, exam->name, -1, "", -1, "the computed hash differs from the stored one",
			       1);
	return r;
}

/* ---- coverage ---- */

/* The count of records, as the sum that it must be. */
static int
compose_sum(const struct catalog_count *n, struct text *ret)
{
	int r = text_printf(ret,
			    "%" PRIu64 " records = %" PRIu64 " entries + %" PRIu64 " extensions + %" PRIu64
			    " empty + %" PRIu64 " damaged + %" PRIu64 " quarantined",
			    n->records, n->parsed, n->extensions, n->empty, n->damaged, n->quarantined);

	return r < 0 || !n->torn
		       ? r
		       : text_printf(ret, "; %" PRIu64 " are torn, and what they say is unverified", n->torn);
}

/* Attributes that nothing looks into, so that nobody takes them for examined. */
static int
cover_oddments(struct exam *exam, const struct exam_volume *v)
{
	const struct {
		const char *type, *reason;
		uint64_t n;
	} rows[] = {
		{ "$OBJECT_ID", "object ids: counted, not examined", v->oddments.object_ids },
		{ "$EA", "extended attributes: counted, their content is not examined", v->oddments.extended },
		{ "$LOGGED_UTILITY_STREAM", "streams of transactions and of EFS: counted, not examined",
		  v->oddments.logged },
		{ "unknown attributes", "types that are not known: counted, not examined", v->oddments.unknown },
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && r == 0; i++) {
		char path[64];

		snprintf(path, sizeof(path), "volume %u: %s", v->number, rows[i].type);
		if (rows[i].n)
			r = case_coverage(exam->db, &(struct coverage_row){ .source = "mft",
									    .path = view_text(path),
									    .state = "skipped",
									    .items = rows[i].n,
									    .reason = rows[i].reason });
	}
	return r;
}

static int
cover_mft(struct exam *exam, const struct exam_volume *v)
{
	const struct catalog_count *n = v->catalog ? catalog_count(v->catalog) : NULL;
	CLEANUP(text_free) struct text path = { 0 };
	CLEANUP(text_free) struct text sum = { 0 };
	uint64_t lost = n ? n->damaged + n->quarantined : 0;

	if (text_printf(&path, "volume %u: /$MFT", v->number) < 0 || (n && compose_sum(n, &sum) < 0))
		return fail(ENOMEM, "out of memory for the coverage of %s", exam->path);
	return case_coverage(exam->db, &(struct coverage_row){
					       .source = "mft",
					       .path = text_view(&path),
					       .state = !n     ? "skipped"
							: lost ? "partly"
							       : "read",
					       .items = n ? n->records : 0,
					       .lost = lost,
					       .bytes = v->ntfs ? ntfs_mft(v->ntfs)->size : 0,
					       .reason = n ? sum.s : v->reason,
				       });
}

/* Why files that were chosen are not read; NULL when they are. */
static const char *
not_read(const struct exam *exam, const struct choice *choice)
{
	struct named_readers named;

	choice_readers(choice, &named);
	if (!named.readers)
		return named.unknown ? "its reader is not known to this version: its content is not examined"
				     : "listed with its times; its content is not examined";
	if (named.artefact && named.artefact->missing)
		return named.artefact->missing;
	if (named.readers & exam->reads)
		return NULL;
	return named.readers & READER_LOG        ? "reading logs was left out by the user"
	       : named.readers & READER_EVENTS   ? "reading event logs was left out by the user"
	       : named.readers & (READER_ARTEFACT | READER_HIVE) ? "reading the state of the system was left out by the user"
						 : "reading content was left out by the user";
}

/* No reader is no reader: what was not read is never called clean. */
static const char *
choice_state(const struct exam *exam, const struct choice *choice, const struct tally *t, bool whole,
	     const char **ret_reason)
{
	*ret_reason = NULL;
	if (!t->files && !whole)
		*ret_reason = "not found in what could be read; part of the media or of an $MFT was not";
	if (!t->files)
		return "absent";
	*ret_reason = not_read(exam, choice);
	if (*ret_reason)
		return "skipped";
	if (t->lost)
		*ret_reason = "see the limitations";
	else if (t->overwritten)
		*ret_reason = "deleted files whose clusters belong to others by now are only listed";
	return t->lost ? t->read ? "partly" : "unreadable" : t->bytes ? "read" : "empty";
}

/* Scripts of which nobody knows whether they lay in a web root. */
static int
cover_astray(struct exam *exam)
{
	const struct tally *t = &exam->astray;
	bool read = exam->reads & READER_CONTENT;

	if (!t->files)
		return 0;
	return case_coverage(exam->db, &(struct coverage_row){
					       .source = "mft",
					       .path = view_text("scripts without a folder"),
					       .state = !read	    ? "skipped"
							: t->lost   ? t->read ? "partly" : "unreadable"
							: t->bytes ? "read"
								    : "empty",
					       .first = t->first,
					       .last = t->last,
					       .items = t->files,
					       .lost = t->lost,
					       .bytes = read ? t->read_bytes : 0,
					       .reason = read ? "their folder is gone or was reused: searched for their "
								"content alone"
							      : "reading content was left out by the user",
				       });
}

/* Whether the media was held against its hashes. */
static int
cover_media(struct exam *exam, const struct verify_result *verified)
{
	bool done = verified->kinds != 0;

	return case_coverage(exam->db, &(struct coverage_row){
					       .source = "media",
					       .path = view_text(exam->name),
					       .state = done ? "read" : "skipped",
					       .items = 1,
					       .bytes = done ? image_media(exam->image)->size : 0,
					       .reason = done ? NULL
							      : "not held against its hashes: 'postmortem verify', or "
								"triage with --verify, does that",
				       });
}

/* What the user left out is left out, but it is not examined either. */
static int
note_left_out(struct exam *exam)
{
	static const struct {
		unsigned reader;
		const char *what;
	} wholes[] = { { READER_CONTENT, "the content of files was left out by the user" },
		       { READER_LOG, "the logs were left out by the user" },
		       { READER_EVENTS, "the event logs were left out by the user" },
		       { READER_ARTEFACT, "the files that keep the state of the system were left out by the user" } };
	bool any = false;
	int r = 0;

	for (uint32_t i = 0; i < exam->volume_count; i++)
		any |= exam->volumes[i].wanted;
	if (exam->volume_count && !any)
		r = limits_add(exam->limits, exam->name, -1, "", -1,
			       "no volume of this image is one of those that were asked for", 1);
	for (size_t i = 0; i < sizeof(wholes) / sizeof(wholes[0]) && r == 0; i++)
		if (!(exam->reads & wholes[i].reader))
			r = limits_add(exam->limits, exam->name, -1, "", -1, wholes[i].what, 1);
	return r;
}

/* Whether every volume was walked and no record of it is lost: only then is what was not found not there. A partition
 * that is reserved by design counts for nothing. */
static bool
all_was_walked(const struct exam *exam)
{
	for (uint32_t i = 0; i < exam->volume_count; i++) {
		const struct exam_volume *v = &exam->volumes[i];
		const struct catalog_count *n = v->catalog ? catalog_count(v->catalog) : NULL;

		if (n ? n->damaged || n->quarantined : !v->volume.reserved)
			return false;
	}
	return exam->volume_count > 0;
}

static int
cover_choices(struct exam *exam)
{
	const struct choice *choices;
	size_t n = profile_choices(exam->profile, &choices);
	bool whole = all_was_walked(exam);
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		const struct tally *t = &exam->tallies[choices[i].number];
		const char *reason, *state = choice_state(exam, &choices[i], t, whole, &reason);

		r = case_coverage(exam->db, &(struct coverage_row){
						    .source = role_name(choices[i].role),
						    .path = view_text(choices[i].artifact),
						    .state = state,
						    .first = t->first,
						    .last = t->last,
						    .items = t->files,
						    .lost = t->lost,
						    .bytes = t->read_bytes,
						    .reason = reason,
					    });
	}
	return r;
}

static int
write_rules(struct exam *exam)
{
	const struct rule *const *rules;
	size_t n = profile_rules(exam->profile, &rules);
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		struct rule rule;

		r = asked_rule(exam, rules[i], &rule);
		if (r == 0)
			r = case_rule(exam->db, &rule, exam->rule_hits[rule_slot(exam->profile, rules[i])]);
	}
	for (size_t i = 0; i < own_rule_count() && r == 0; i++)
		r = case_rule(exam->db, own_rule_at(i), exam->rule_hits[n + i]);
	return r;
}

/* What a profile names and cannot be used: one row for each fault, called after its place. */
static int
write_faults(struct exam *exam)
{
	const struct profile_complaint *complaints;
	size_t n = profile_complaints(exam->profile, &complaints);
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		char *place = arena_printf(&exam->arena, "%s:%u", complaints[i].file, complaints[i].line);
		struct rule fault = { .id = place,
				      .kind = RULE_IOC,
				      .technique = "",
				      .cve = "",
				      .title = "",
				      .author = "",
				      .source = complaints[i].file,
				      .benign = "",
				      .state = RULE_FAILED,
				      .reason = complaints[i].what };

		if (!complaints[i].fatal || complaints[i].rule) /* a rule has its own row */
			continue;
		r = place ? case_rule(exam->db, &fault, 0) : fail(ENOMEM, "out of memory for the faults of a profile");
	}
	return r;
}

/* The parts of the media that could not be had or trusted, as the image layer has met them by now. */
static int
write_bad(struct exam *exam)
{
	const struct bad_range *bad;
	uint64_t chunks;
	size_t n = image_bad(exam->image, &bad, &chunks);
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		CLEANUP(text_free) struct text what = { 0 };

		r = text_printf(&what,
				"media bytes %" PRIu64 " to %" PRIu64 " (sectors %" PRIu64 " to %" PRIu64 "): %s",
				bad[i].from, bad[i].to, bad[i].from / image_sector_size(exam->image),
				(bad[i].to - 1) / image_sector_size(exam->image), bad[i].why);
		if (r == 0)
			r = limits_add(exam->limits, exam->name, -1, "", (int64_t)bad[i].from, what.s, 1);
	}
	return r;
}

int
account_write(struct exam *exam)
{
	struct verify_result verified;
	const char *state;
	int r = verify_media(exam, &verified, &state);

	if (r == 0)
		r = image_unchanged(exam->image);
	if (r == 0)
		r = write_evidence(exam, &verified, state);
	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++)
		r = write_volume(exam, &exam->volumes[i]);
	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++)
		r = cover_mft(exam, &exam->volumes[i]);
	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++)
		r = cover_oddments(exam, &exam->volumes[i]);
	if (r == 0)
		r = beside_cover(exam);
	if (r == 0)
		r = sites_write(exam);
	if (r == 0)
		r = registered_write(exam);
	if (r == 0)
		r = cover_media(exam, &verified);
	if (r == 0)
		r = cover_choices(exam);
	if (r == 0)
		r = cover_astray(exam);
	if (r == 0)
		r = note_left_out(exam);
	if (r == 0)
		r = write_rules(exam);
	if (r == 0)
		r = write_faults(exam);
	if (r == 0)
		r = questions_write(exam);
	if (r == 0)
		r = write_bad(exam);
	if (r == 0)
		r = ledger_write(exam, exam->reads != 0);
	if (r == 0)
		r = limits_write(exam->limits, exam->db);
	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++) {
		r = limits_write(exam->volumes[i].limits, exam->db);
		if (r == 0)
			r = limits_write(exam->volumes[i].mft_limits, exam->db);
	}
	return r;
}
