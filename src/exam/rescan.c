/* rescan.c - other rules asked of what a case keeps of one exhibit: bytes, records and names, and what that leaves open. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "fail.h"
#include "rescan_own.h"

static int
no_memory(void)
{
	return fail(ENOMEM, "out of memory to ask the case again");
}

int
rescan_ask(struct rescan *r, const char *view, const char *order,
	   int (*row)(void *state, int n, const char *const *names, const struct view *values, const bool *is_number),
	   void *state)
{
	return case_ask(r->from,
			&(struct question){
				.view = view, .order = order, .where_column = "evidence", .where_value = r->evidence },
			row, state);
}

/* ---- the exhibit ---- */

static int
take_evidence(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct rescan *r = state;
	const char *name = arena_copy(&r->arena, row_value(n, names, values, "name"));

	(void)is_number;
	r->fingerprint = arena_copy(&r->arena, row_value(n, names, values, "fingerprint"));
	if (!name || !r->fingerprint)
		return no_memory();
	snprintf(r->exam.fingerprint, sizeof(r->exam.fingerprint), "%s", r->fingerprint);
	return case_evidence(r->to, &(struct evidence_row){ .name = name,
							    .format = "",
							    .fingerprint = r->fingerprint,
							    .hash_state = "not-computed" });
}

/* Volumes are numbered in order of their place, and ids of findings tell of that place. */
static int
take_volume(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct rescan *r = state;
	uint64_t number = view_number(row_value(n, names, values, "number"));
	size_t room = number > r->exam.volume_count ? (size_t)number : r->exam.volume_count;
	struct exam_volume *volumes = number ? realloc(r->exam.volumes, room * sizeof(*volumes)) : NULL;

	(void)is_number;
	if (!number)
		return 0;
	if (!volumes)
		return no_memory();
	r->exam.volumes = volumes;
	for (; r->exam.volume_count < number; r->exam.volume_count++)
		volumes[r->exam.volume_count] = (struct exam_volume){ .number = r->exam.volume_count + 1 };
	volumes[number - 1].volume.offset = view_number(row_value(n, names, values, "offset"));
	return 0;
}

/* ---- findings ---- */

static int
write_row(struct rescan *r, const struct rescan_place *place, const struct mark *mark, enum level level, const char *id)
{
	bool range = mark->length && mark->offset <= place->bytes.n && mark->length <= place->bytes.n - mark->offset;
	struct digest_value hash = { 0 };
	int failed = range ? digest_sha256(view_part(place->bytes, mark->offset, mark->length), &hash) : 0;

	if (failed < 0)
		return failed;
	r->hits[mark->rule->number]++;
	r->count.findings++;
	return case_finding(r->to, &(struct finding_row){ .finding = id,
							  .volume = place->number,
							  .file = place->file,
							  .when = place->when,
							  .rule = mark->rule,
							  .level = level,
							  .path = place->path,
							  .excerpt = mark->excerpt,
							  .basis = mark->basis,
							  .sha256 = place->sha256,
							  .bytes_sha256 = range ? hash.b : NULL,
							  .rests_on = mark->length || mark->rule->kind == RULE_SIGMA ? "stream" : "name",
							  .attribute = place->attribute,
							  .mft = place->mft,
							  .seq = place->seq,
							  .offset = mark->offset,
							  .length = mark->length,
							  .stream = place->stream,
							  .reproduce = place->command });
}

int
rescan_finding(struct rescan *r, const struct rescan_place *place, const struct mark *found, enum level level)
{
	CLEANUP(text_free) struct text id = { 0 }, basis = { 0 }, path = { 0 }, stream = { 0 };
	struct mark mark = *found;
	struct place at = { .entry = { .entry = place->mft, .sequence = place->seq }, .attribute = place->attribute };
	int result = text_add(&path, place->path);

	if (!place->number || place->number > r->exam.volume_count)
		return 0;
	at.volume = place->number - 1;
	if (result == 0)
		result = text_adds(&stream, "");
	if (result == 0)
		result = text_add(&stream, place->stream);
	at.path = path.s ? path.s : "";
	at.stream = stream.s;
	if (result == 0)
		result = finding_id(&r->exam, &at, &mark, &id);
	if (result == 0)
		result = text_add(&basis, mark.basis);
	if (result == 0)
		result = text_printf(&basis, "%s; rescan: kept %s only", place->deleted ? "; the file is deleted" : "",
				     mark.rule->kind == RULE_SIGMA ? "events"
				     : mark.rule->kind == RULE_PATH ? "names"
				     : place->bytes.p		    ? "content"
								    : "hashes");
	mark.basis = text_view(&basis);
	return result < 0 ? no_memory() : write_row(r, place, &mark, level, id.s);
}

/* ---- what is said of it ---- */

static const char *
reason_of(const struct rescan *r, const struct rule *rule)
{
	static const char *const reasons[RULE_KINDS][2] = {
		[RULE_YARA] = { "rescan: the case keeps no content", "rescan: asked of kept content only" },
		[RULE_SIGMA] = { "rescan: the case keeps no event that could answer",
				 "rescan: asked of kept events only" },
		[RULE_HASH] = { "rescan: the case holds no hashes", "rescan: asked of the hashes of files that were read" },
		[RULE_PATH] = { "rescan: the case lists no files", "rescan: asked of the files that the case lists" },
		[RULE_IOC] = { "rescan: not asked", "rescan: not asked" },
	};

	return reasons[rule->kind][r->asked[rule->number]];
}

static int
write_rules(struct rescan *r)
{
	const struct rule *const *rules;
	size_t n = profile_rules(r->profile, &rules);
	int result = 0;

	for (size_t i = 0; i < n && result == 0; i++) {
		struct rule rule = *rules[i];

		if (rule.state == RULE_USED) {
			rule.state = r->asked[rule.number] ? RULE_USED : RULE_NOT_EVALUABLE;
			rule.reason = reason_of(r, &rule);
		}
		result = case_rule(r->to, &rule, r->hits[rule.number]);
	}
	return result;
}

static int
write_limit(struct rescan *r, const char *id, uint64_t n, const char *what)
{
	CLEANUP(text_free) struct text words = { 0 };

	if (!n)
		return 0;
	if (text_printf(&words, "rescan with %s: %s", id, what) < 0)
		return no_memory();
	return case_limitation(r->to, &(struct limitation_row){ .mft = -1, .offset = -1, .what = words.s, .count = n });
}

static int
write_account(struct rescan *r)
{
	const char *id = profile_id(r->profile);
	CLEANUP(text_free) struct text reason = { 0 };
	int result = text_printf(&reason,
				 "asked again without the image: %" PRIu64 " kept contents, the hashes of %" PRIu64
				 " more, %" PRIu64 " kept events, %" PRIu64 " names; nothing else of the exhibit was seen",
				 r->count.contents, r->count.not_kept, r->count.events, r->count.names);

	if (result < 0)
		return no_memory();
	result = case_coverage(r->to, &(struct coverage_row){ .source = "rescan",
							      .path = view_text(id),
							      .state = "partly",
							      .items = r->count.contents + r->count.events + r->count.names,
							      .lost = r->count.not_kept + r->count.unasked,
							      .reason = reason.s });
	if (result == 0)
		result = write_limit(r, id, 1,
				     "only what the case keeps was asked: content that nothing had flagged, slack, "
				     "and records that no rule had hit were not seen");
	if (result == 0)
		result = write_limit(r, id, r->count.not_kept, "files of which only hashes are kept were not searched");
	if (result == 0)
		result = write_limit(r, id, r->count.unasked, "kept events that no rules can be asked of");
	if (result == 0)
		result = write_limit(r, id, r->count.cut, "kept events whose text is kept in part: rules on raw text may miss them");
	return result;
}

/* That it was asked again, and by which rules. */
static int
write_settings(struct rescan *r)
{
	CLEANUP(text_free) struct text key = { 0 };
	char digest[65];

	profile_digest(r->profile, digest);
	if (text_printf(&key, "rescan.%.16s", digest) < 0)
		return no_memory();
	return case_setting(r->to, key.s, profile_id(r->profile));
}

static int
write_questions(struct rescan *r)
{
	const struct profile_question *questions;
	size_t n = profile_questions(r->profile, &questions);
	int result = 0;

	for (size_t i = 0; i < n && result == 0; i++)
		result = case_question(r->to, &(struct question_row){ .question = questions[i].question,
								      .number = i + 1,
								      .cve = questions[i].cve,
								      .technique = questions[i].technique,
								      .stage = questions[i].stage,
								      .days = questions[i].days,
								      .whole = questions[i].whole });
	return result;
}

/* ---- */

static int
ask_all(struct rescan *r)
{
	int result = rescan_ask(r, "v_evidence", NULL, take_evidence, r);

	if (result == 0 && !r->fingerprint)
		result = fail(ENOENT, "the case has no exhibit %s", r->evidence);
	if (result == 0)
		result = rescan_ask(r, "v_volumes", NULL, take_volume, r);
	if (result == 0)
		result = rescan_contents(r);
	if (result == 0)
		result = rescan_events(r);
	if (result == 0)
		result = rescan_names(r);
	if (result == 0)
		result = write_settings(r);
	if (result == 0)
		result = write_rules(r);
	if (result == 0)
		result = write_questions(r);
	return result < 0 ? result : write_account(r);
}

int
rescan_exhibit(struct case_db *from, struct case_db *to, uint32_t evidence, const struct profile *profile,
	       struct rescan_count *ret_count)
{
	const struct rule *const *rules;
	size_t n = profile_rules(profile, &rules);
	struct rescan r = { .from = from, .to = to, .profile = profile };
	int result;

	snprintf(r.evidence, sizeof(r.evidence), "%" PRIu32, evidence);
	r.exam.profile = profile;
	r.hits = calloc(n + 1, sizeof(*r.hits));
	r.asked = calloc(n + 1, sizeof(*r.asked));
	result = r.hits && r.asked ? case_begin(to, "rescan") : no_memory();
	if (result >= 0)
		result = ask_all(&r);
	if (result == 0)
		result = case_commit(to);
	*ret_count = r.count;
	free(r.exam.volumes);
	free(r.hits);
	free(r.asked);
	arena_free(&r.arena);
	return result;
}
