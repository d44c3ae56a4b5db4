/*
 * test_sigmarules.c - every Sigma rule of the shipped profiles, held against lines that it is about and lines that it is
 * not: fixtures/sigma/KIND/RULE.pos and .neg are logs of that kind with their header, those in evtx/ events as lines
 * (event_lines.h).
 *
 * A rule hits each line of its .pos. No other rule hits it, and none hits any line of a .neg, unless fixtures/sigma/also
 * says so: a file, a rule, and why. `{}` within a fixture is nothing: it parts words that antivirus looks for.
 */
#include <dirent.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "artefact.h"
#include "births.h"
#include "event_lines.h"
#include "evtx.h"
#include "evtx_forge.h"
#include "file.h"
#include "literals.h"
#include "logs.h"
#include "profile.h"
#include "real_logs.h"
#include "regvalue.h"
#include "source.h"
#include "vector.h"

enum { LOG_MAX = 64 << 20, RULES_MAX = 1024, NAME_SIZE = 256 };

/* What a rule is seen to do, by its number. */
struct seen {
	char name[NAME_SIZE]; /* of its file, without .yml */
	const struct rule *rule;
	size_t bound, pos, neg; /* kinds of logs that can answer it, fixtures */
};

/* A line of `also`. */
struct also {
	char file[NAME_SIZE], rule[NAME_SIZE];
	bool used;
};

struct bench {
	struct profile *profile;
	struct seen rules[RULES_MAX];
	size_t n;
	VECTOR(struct also) also;
	size_t bad, lines, looked; /* looked at: lines that hold a literal of a rule */
};

/* One log being asked. */
struct asking {
	struct bench *b;
	struct sigma_set *set;
	struct sigma_matcher *matcher;
	const char *file, *own; /* own: the rule that hits every line; NULL: none */
	const struct log_line *line;
	size_t hits; /* of own */
};

static const char *
fixtures(void)
{
	const char *folder = getenv("POSTMORTEM_FIXTURES");

	return folder ? folder : "fixtures";
}

/* "hafnium/sigma/NAME.yml sha256:..." */
static void
name_of(const struct rule *rule, char ret[static NAME_SIZE])
{
	const char *end = strchr(rule->source, ' '), *start = end ? end : rule->source;

	while (start > rule->source && start[-1] != '/')
		start--;
	snprintf(ret, NAME_SIZE, "%.*s", end ? (int)(end - start) - 4 : 0, start);
}

static struct seen *
seen_of(struct bench *b, const struct rule *rule)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->rules[i].rule == rule)
			return &b->rules[i];
	fail_msg("a rule that the profiles do not have");
	return NULL;
}

static struct seen *
seen_named(struct bench *b, const char *name)
{
	for (size_t i = 0; i < b->n; i++)
		if (!strcmp(b->rules[i].name, name))
			return &b->rules[i];
	return NULL;
}

static void
read_also(struct bench *b)
{
	CLEANUP(free) char *path = path_join(fixtures(), "sigma/also");
	CLEANUP(text_free) struct text bytes = { 0 };
	char *rest = NULL, *line;

	assert_non_null(path);
	assert_int_equal(file_read(path, LOG_MAX, &bytes), 0);
	for (line = bytes.n ? strtok_r(bytes.s, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest)) {
		struct also *also = *line != '#' ? vector_push(&b->also) : NULL;
		char reason[2];

		if (*line == '#')
			continue;
		assert_non_null(also);
		*also = (struct also){ .used = false };
		if (sscanf(line, "%255s %255s %1s", also->file, also->rule, reason) != 3)
			fail_msg("also: a file, a rule and a reason, not '%s'", line);
		if (!seen_named(b, also->rule))
			fail_msg("also: no rule is called %s", also->rule);
	}
}

static bool
is_listed(struct bench *b, const char *file, const char *rule)
{
	for (size_t i = 0; i < b->also.n; i++)
		if (!strcmp(b->also.at[i].file, file) && !strcmp(b->also.at[i].rule, rule))
			return b->also.at[i].used = true;
	return false;
}

static int
open_bench(void **state)
{
	static const char *const names[] = { "hafnium", "proxyshell" };
	struct bench *b = calloc(1, sizeof(*b));
	const struct rule *const *rules;
	size_t n;

	assert_non_null(b);
	assert_int_equal(profile_load(names, 2, true, &b->profile), 0);
	n = profile_rules(b->profile, &rules);
	for (size_t i = 0; i < n; i++) {
		if (rules[i]->kind != RULE_SIGMA)
			continue;
		assert_true(b->n < RULES_MAX);
		b->rules[b->n].rule = rules[i];
		name_of(rules[i], b->rules[b->n++].name);
	}
	read_also(b);
	*state = b;
	return 0;
}

static int
close_bench(void **state)
{
	struct bench *b = *state;

	profile_free(b->profile);
	vector_free(&b->also);
	free(b);
	return 0;
}

/* ---- one log ---- */

static int
hit(void *state, const struct rule *rule, struct view basis)
{
	struct asking *a = state;
	const char *name = seen_of(a->b, rule)->name;

	assert_true(basis.n > 0);
	if (a->own && !strcmp(name, a->own)) {
		a->hits++;
	} else if (!is_listed(a->b, a->file, name)) {
		printf("%s: %s hits: %.*s\n\t%.*s\n", a->file, name, (int)a->line->raw.n, (const char *)a->line->raw.p,
		       (int)basis.n, (const char *)basis.p);
		a->b->bad++;
	}
	return 0;
}

static int
ask(void *state, const struct log_line *line)
{
	struct asking *a = state;
	struct fields record = line->fields;
	size_t before = a->hits;
	int r;

	record.raw = line->raw;
	a->line = line;
	a->b->looked++;
	r = sigma_match(a->matcher, &record, hit, a);
	if (a->own && a->hits != before + 1) {
		printf("%s: %s does not hit: %.*s\n", a->file, a->own, (int)line->raw.n, (const char *)line->raw.p);
		a->b->bad++;
	}
	return r;
}

static bool
wants(void *state, uint32_t literal, struct view line, uint8_t separator)
{
	return sigma_set_wants(((struct asking *)state)->set, literal, line, separator);
}

/* Takes every {} out. */
static void
mend(struct text *bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < bytes->n; i++) {
		if (i + 1 < bytes->n && bytes->s[i] == '{' && bytes->s[i + 1] == '}')
			i++;
		else
			bytes->s[n++] = bytes->s[i];
	}
	text_cut(bytes, n);
}

/* Reads a log as an examination does: only lines that hold a literal of the rules are split. */
static void
ask_log(struct bench *b, const struct log_kind *kind, const char *path, const char *file, const char *own)
{
	CLEANUP(sigma_set_free) struct sigma_set *set = NULL;
	CLEANUP(sigma_matcher_close) struct sigma_matcher *matcher = NULL;
	CLEANUP(literals_close) struct literals *literals = NULL;
	CLEANUP(log_result_free) struct log_result result = { 0 };
	CLEANUP(source_close) struct source *src = NULL;
	CLEANUP(text_free) struct text bytes = { 0 };
	struct asking a = { .b = b, .file = file, .own = own };
	struct log_reading reading = { .kind = kind, .file = path, .line = ask, .state = &a };
	const struct view *all;
	size_t n;

	assert_int_equal(file_read(path, LOG_MAX, &bytes), 0);
	mend(&bytes);
	assert_int_equal(sigma_bind(profile_sigma(b->profile), kind->source, &set), 0);
	assert_int_equal(sigma_matcher_open(set, &matcher), 0);
	n = sigma_set_literals(set, &all, &reading.all);
	if (n)
		assert_int_equal(literals_open(all, n, &literals), 0);
	a.set = set;
	a.matcher = matcher;
	reading.wants = wants;
	reading.literals = literals;
	assert_int_equal(source_memory(text_view(&bytes), path, &src), 0);
	assert_int_equal(log_read(&reading, src, &result), 0);
	b->lines += result.records;
	if (result.lost || !result.records || sigma_undecided(matcher) || (own && a.hits != result.records)) {
		printf("%s: %zu of %ju lines hit, %ju lost\n", file, a.hits, (uintmax_t)result.records, (uintmax_t)result.lost);
		b->bad++;
	}
}

static void
ask_fixture(struct bench *b, const struct log_kind *kind, const char *folder, const char *name)
{
	CLEANUP(free) char *path = path_join(folder, name);
	CLEANUP(text_free) struct text file = { 0 };
	char rule[NAME_SIZE];
	const char *dot = strrchr(name, '.');
	struct seen *own;
	bool pos;

	assert_non_null(path);
	assert_non_null(dot);
	pos = !strcmp(dot, ".pos");
	snprintf(rule, sizeof(rule), "%.*s", (int)(dot - name), name);
	own = seen_named(b, rule);
	if ((!pos && strcmp(dot, ".neg")) || (!own && strcmp(name, "ordinary.neg")))
		fail_msg("%s/%s is for no rule", kind->name, name);
	if (own && pos)
		own->pos++;
	else if (own)
		own->neg++;
	assert_int_equal(text_printf(&file, "%s/%s", kind->name, name), 0);
	ask_log(b, kind, path, file.s, pos ? rule : NULL);
}

/* ---- records that are no lines of a log ---- */

/* What else rules are asked of: the folder of its fixtures, and the field that a line without a name is. */
struct other {
	const char *name, *field;
	const struct sigma_source *source; /* NULL: event logs, each record of which has its own */
};

static size_t
list_others(struct other ret[static ARTEFACT_KINDS_MAX + 2])
{
	size_t n = 0;

	ret[n++] = (struct other){ "evtx", NULL, NULL };
	ret[n++] = (struct other){ "file_event", "TargetFilename", &births_source };
	ret[n++] = (struct other){ "registry", NULL, &regvalue_source };
	for (const struct artefact_kind *const *kind = artefact_kinds; *kind; kind++)
		if ((*kind)->log.source)
			ret[n++] = (struct other){ (*kind)->log.name, NULL, (*kind)->log.source };
	return n;
}

/* "TaskName: x | Command: y", as artefacts tell their records. */
static struct fields
record_of(const struct other *other, char *line, struct field fields[static ARTEFACT_FIELDS_MAX])
{
	struct fields record = { .at = fields, .raw = view_text(line) };
	char *next = line;

	if (other->field) {
		fields[record.n++] = (struct field){ view_text(other->field), record.raw };
		return record;
	}
	for (char *at = line; at; at = next) {
		char *colon = strstr(at, ": ");

		next = strstr(at, " | ");
		assert_true(colon && (!next || colon < next) && record.n < ARTEFACT_FIELDS_MAX);
		fields[record.n++] = (struct field){ view_of(at, (size_t)(colon - at)),
						     view_of(colon + 2, next ? (size_t)(next - colon - 2) : strlen(colon + 2)) };
		next = next ? next + 3 : NULL;
	}
	return record;
}

/* What a fixture is for: the rule that hits all of it, or NULL. */
static const char *
begin_fixture(struct bench *b, const struct other *other, const char *name, char rule[static NAME_SIZE],
	      char file[static 2 * NAME_SIZE])
{
	const char *dot = strrchr(name, '.');
	bool pos = dot && !strcmp(dot, ".pos");
	struct seen *own;

	snprintf(rule, NAME_SIZE, "%.*s", dot ? (int)(dot - name) : 0, name);
	snprintf(file, 2 * NAME_SIZE, "%s/%s", other->name, name);
	own = seen_named(b, rule);
	if (!own)
		fail_msg("%s is for no rule", file);
	*(pos ? &own->pos : &own->neg) += 1;
	return pos ? rule : NULL;
}

static void
ask_others(struct bench *b, const struct other *other, const char *folder, const char *name)
{
	CLEANUP(sigma_set_free) struct sigma_set *set = NULL;
	CLEANUP(sigma_matcher_close) struct sigma_matcher *matcher = NULL;
	CLEANUP(free) char *path = path_join(folder, name);
	CLEANUP(text_free) struct text bytes = { 0 };
	char rule[NAME_SIZE], file[2 * NAME_SIZE], *rest = NULL;
	struct asking a = { .b = b, .file = file };

	a.own = begin_fixture(b, other, name, rule, file);
	assert_int_equal(file_read(path, LOG_MAX, &bytes), 0);
	mend(&bytes);
	assert_int_equal(sigma_bind(profile_sigma(b->profile), other->source, &set), 0);
	assert_int_equal(sigma_matcher_open(set, &matcher), 0);
	a.matcher = matcher;
	for (char *line = strtok_r(bytes.s, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		struct field fields[ARTEFACT_FIELDS_MAX];
		const struct log_line record = { .raw = view_text(line), .fields = record_of(other, line, fields) };

		b->lines++;
		ask(&a, &record);
	}
}

/* An event is asked of the rules on its kind, as an examination does. */
static int
ask_event(void *state, const struct evtx_event *event)
{
	struct asking *a = state;
	CLEANUP(sigma_set_free) struct sigma_set *set = NULL;
	CLEANUP(sigma_matcher_close) struct sigma_matcher *matcher = NULL;
	struct evtx_fields fields;
	struct log_line record;

	assert_int_equal(evtx_event_fields(event, EVTX_ALL, &fields), 0);
	assert_true(fields.whole);
	record = (struct log_line){ .raw = fields.fields.raw, .fields = fields.fields };
	assert_int_equal(sigma_bind(profile_sigma(a->b->profile), evtx_kind_of(&fields)->source, &set), 0);
	assert_int_equal(sigma_matcher_open(set, &matcher), 0);
	a->matcher = matcher;
	return ask(a, &record);
}

static void
ask_events(struct bench *b, const struct other *other, const char *folder, const char *name)
{
	CLEANUP(text_free) struct text lines = { 0 }, scenario = { 0 }, log = { 0 };
	CLEANUP(evtx_result_free) struct evtx_result result = { 0 };
	CLEANUP(source_close) struct source *src = NULL;
	CLEANUP(free) char *path = path_join(folder, name);
	char rule[NAME_SIZE], file[2 * NAME_SIZE];
	struct asking a = { .b = b, .file = file };
	struct evtx_reading reading = { .event = ask_event, .state = &a };
	int n;

	a.own = begin_fixture(b, other, name, rule, file);
	assert_int_equal(file_read(path, LOG_MAX, &lines), 0);
	mend(&lines);
	n = event_lines(text_view(&lines), &scenario);
	assert_true(n > 0);
	assert_int_equal(evtx_forge(text_view(&scenario), &log), 0);
	assert_int_equal(source_memory(text_view(&log), path, &src), 0);
	assert_int_equal(evtx_read(&reading, src, &result), 0);
	assert_int_equal(result.records[EVTX_LISTED], n);
	b->lines += (size_t)n;
}

static void
try_others(struct bench *b)
{
	struct other others[ARTEFACT_KINDS_MAX + 2];
	size_t n = list_others(others);

	for (size_t i = 0; i < n; i++) {
		CLEANUP(text_free) struct text folder = { 0 };
		struct dirent *entry;
		DIR *dir;

		assert_int_equal(text_printf(&folder, "%s/sigma/%s", fixtures(), others[i].name), 0);
		dir = opendir(folder.s);
		while (dir && (entry = readdir(dir)))
			if (entry->d_name[0] != '.')
				(others[i].source ? ask_others : ask_events)(b, &others[i], folder.s, entry->d_name);
		if (dir)
			closedir(dir);
	}
}

static void
each_rule_hits_its_lines_and_no_others(void **state)
{
	struct bench *b = *state;

	for (const struct log_kind *const *kind = log_kinds; *kind; kind++) {
		CLEANUP(text_free) struct text folder = { 0 };
		struct dirent *entry;
		DIR *dir;

		assert_int_equal(text_printf(&folder, "%s/sigma/%s", fixtures(), (*kind)->name), 0);
		dir = opendir(folder.s);
		while (dir && (entry = readdir(dir)))
			if (entry->d_name[0] != '.')
				ask_fixture(b, *kind, folder.s, entry->d_name);
		if (dir)
			closedir(dir);
	}
	try_others(b);
	for (size_t i = 0; i < b->n; i++) {
		if (!b->rules[i].pos || !b->rules[i].neg) {
			printf("%s has no lines to be tried on\n", b->rules[i].name);
			b->bad++;
		}
	}
	printf("%zu rules, %zu lines\n", b->n, b->lines);
	assert_true(b->n > 0);
	assert_int_equal(b->bad, 0);
}

/* An entry that is not needed any more would hide the next mistake. */
static void
check_also(struct bench *b, bool corpus)
{
	for (size_t i = 0; i < b->also.n; i++)
		if (!b->also.at[i].used && corpus == !strncmp(b->also.at[i].file, "corpus/", 7))
			fail_msg("also: %s does not hit %s any more", b->also.at[i].rule, b->also.at[i].file);
}

static void
what_is_listed_is_needed(void **state)
{
	check_also(*state, false);
}

static void
bind_all(struct bench *b, const struct sigma_source *source)
{
	CLEANUP(sigma_set_free) struct sigma_set *set = NULL;
	const struct sigma_bound *bound;
	size_t n;

	assert_int_equal(sigma_bind(profile_sigma(b->profile), source, &set), 0);
	n = sigma_set_rules(set, &bound);
	for (size_t i = 0; i < n; i++) {
		struct seen *seen = seen_of(b, bound[i].rule);

		seen->bound += !bound[i].reason;
		if (!bound[i].reason && bound[i].all)
			fail_msg("%s needs every record of %s", seen->name, source->title);
	}
}

static void
each_rule_can_be_answered_without_all_records(void **state)
{
	struct bench *b = *state;
	struct other others[ARTEFACT_KINDS_MAX + 2];
	size_t m = list_others(others);

	for (const struct log_kind *const *kind = log_kinds; *kind; kind++)
		bind_all(b, (*kind)->source);
	for (size_t i = 0; i < m; i++)
		if (others[i].source)
			bind_all(b, others[i].source);
	for (const struct evtx_kind *kind = evtx_kinds; kind->source; kind++)
		bind_all(b, kind->source);
	for (size_t i = 0; i < b->n; i++)
		if (!b->rules[i].bound)
			fail_msg("%s can be answered by no log", b->rules[i].name);
}

static void
each_rule_says_who_and_what(void **state)
{
	struct bench *b = *state;

	for (size_t i = 0; i < b->n; i++) {
		const struct rule *rule = b->rules[i].rule;

		if (rule->state != RULE_USED)
			fail_msg("%s: %s", b->rules[i].name, rule->reason);
		if (strlen(rule->id) != 36 || rule->id[14] != '4')
			fail_msg("%s: %s is no random UUID", b->rules[i].name, rule->id);
		if (rule->stage == STAGE_NONE || !*rule->technique || !*rule->title || !*rule->benign || strcmp(rule->author, "postmortem"))
			fail_msg("%s lacks a tactic, a technique, a title, another explanation or its author", b->rules[i].name);
		if (strstr(b->rules[i].name, "refused") && rule->level > LEVEL_MEDIUM)
			fail_msg("%s: what was refused is medium at most", b->rules[i].name);
	}
}

/* ---- logs of servers that nobody attacked, where there are any ---- */

static void
ordinary_logs_are_left_alone(void **state)
{
	static const char *const folders[] = { "logs/iis", "logs/exchange" };
	const char *corpus = getenv("POSTMORTEM_CORPUS");
	struct bench *b = *state;

	if (!corpus)
		skip();
	b->lines = b->looked = b->bad = 0;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		CLEANUP(free) char *folder = path_join(corpus, folders[i]);
		struct dirent *entry;
		DIR *dir;

		assert_non_null(folder);
		dir = opendir(folder);
		assert_non_null(dir);
		while ((entry = readdir(dir))) {
			const struct log_kind *kind = entry->d_name[0] == '.' ? NULL : real_log_kind(entry->d_name);
			CLEANUP(free) char *path = path_join(folder, entry->d_name);
			CLEANUP(text_free) struct text file = { 0 };

			if (!kind)
				continue;
			assert_int_equal(text_printf(&file, "corpus/%s", entry->d_name), 0);
			ask_log(b, kind, path, file.s, NULL);
		}
		closedir(dir);
	}
	printf("%zu ordinary lines, %zu of them looked at\n", b->lines, b->looked);
	assert_int_equal(b->bad, 0);
	check_also(b, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_says_who_and_what),
		cmocka_unit_test(each_rule_can_be_answered_without_all_records),
		cmocka_unit_test(each_rule_hits_its_lines_and_no_others),
		cmocka_unit_test(what_is_listed_is_needed),
		cmocka_unit_test(ordinary_logs_are_left_alone),
	};

	return cmocka_run_group_tests(tests, open_bench, close_bench);
}
