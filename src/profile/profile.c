/* profile.c - profiles stacked and made ready: what is looked for in a case comes from here alone. */
#include <errno.h>

#include "fail.h"
#include "filetime.h"
#include "inside.h"

/* 2021-01-01: before it nobody is known to have used ProxyLogon; a profile's own window comes before it. */
static const char default_since[] = "2021-01-01";
static const char content_left_out[] = "the content of files was left out by the user (--stages)";

static int
load_all(struct profile *profile, const char *const *names, size_t n)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		CLEANUP(free) char *folder = NULL;

		r = profile_find(names[i], &folder);
		if (r == 0)
			r = folder_load(profile, folder);
	}
	return r;
}

static int
by_file_name(const void *a, const void *b)
{
	return strcmp(((const struct profile_file *)a)->name, ((const struct profile_file *)b)->name);
}

/* The complaints in order of file and line, as a person reads them; equal ones keep the order in which they came. */
static int
by_place(const void *a, const void *b)
{
	const struct profile_complaint *x = a, *y = b;
	int c = strcmp(x->file, y->file);

	if (!c)
		c = (x->line > y->line) - (x->line < y->line);
	return c ? c : strcmp(x->what, y->what);
}

void
complaints_sort(struct profile *profile)
{
	vector_sort(&profile->complaints, by_place);
}

static int
digest_files(struct profile *profile)
{
	CLEANUP(digest_close) struct digest *digest = NULL;
	CLEANUP(text_free) struct text hex = { 0 };
	struct digest_value values[DIGEST_KINDS];
	int r = digest_open(1u << DIGEST_SHA256, &digest);

	for (size_t i = 0; i < profile->files.n && r == 0; i++) {
		const struct profile_file *file = &profile->files.at[i];

		r = digest_add(digest, view_of(file->name, strlen(file->name) + 1));
		if (r == 0)
			r = digest_add(digest, view_of(file->sha256.b, digest_size(DIGEST_SHA256)));
	}
	if (r == 0)
		r = digest_end(digest, values);
	if (r == 0)
		r = text_add_hex(&hex, view_of(values[DIGEST_SHA256].b, digest_size(DIGEST_SHA256)));
	if (r == 0)
		memcpy(profile->digest, hex.s, sizeof(profile->digest));
	return r;
}

/* The files themselves are not needed once they are read. */
static void
drop_bytes(struct profile *profile)
{
	for (size_t i = 0; i < profile->origins.n; i++) {
		struct origin *origin = profile->origins.at[i];

		if (!origin) /* there was no memory for it */
			continue;
		free((void *)origin->bytes.p);
		origin->bytes = view_of(NULL, 0);
	}
}

/* The rules that nobody will ask, since no file is read. Who reads logs and lists files says so of Sigma rules. */
static void
leave_content(struct profile *profile)
{
	for (size_t i = 0; i < profile->rules.n; i++) {
		const struct rule *rule = profile->rules.at[i];

		if (rule->state == RULE_USED && rule->kind != RULE_PATH && rule->kind != RULE_SIGMA)
			rule_set_aside(profile, rule, content_left_out);
	}
}

static int
finish(struct profile *profile, bool content)
{
	int r = choices_finish(profile);

	if (r == 0)
		r = baseline_finish(profile);
	if (r == 0)
		r = content ? yara_finish(profile) : yara_leave(profile, content_left_out);
	if (r == 0 && !content)
		leave_content(profile);
	drop_bytes(profile);
	if (!profile->since)
		filetime_parse(view_text(default_since), &profile->since);
	vector_sort(&profile->files, by_file_name);
	complaints_sort(profile);
	return r < 0 ? r : digest_files(profile);
}

int
profile_load(const char *const *names, size_t n, bool content, struct profile **ret_profile)
{
	CLEANUP(profile_free) struct profile *profile = calloc(1, sizeof(*profile));
	int r = profile ? load_all(profile, names, n) : -ENOMEM;

	if (r == 0)
		r = finish(profile, content);
	if (r == -ENOMEM)
		return fail(ENOMEM, "out of memory for the profile");
	if (r < 0)
		return r;
	*ret_profile = TAKE(profile);
	return 0;
}

struct profile *
profile_free(struct profile *profile)
{
	if (!profile)
		return NULL;
	drop_bytes(profile);
	for (size_t i = 0; i < profile->regexes.n; i++)
		regex_free(profile->regexes.at[i]);
	yara_free(profile->yara);
	sigma_data_free(profile->sigma);
	baseline_free(&profile->baseline);
	index_free(&profile->by_id);
	index_free(&profile->by_definition);
	index_free(&profile->by_hash);
	vector_free(&profile->rules);
	vector_free(&profile->bodies);
	vector_free(&profile->origins);
	vector_free(&profile->files);
	vector_free(&profile->complaints);
	vector_free(&profile->definitions);
	vector_free(&profile->chosen);
	vector_free(&profile->choices);
	vector_free(&profile->dates);
	vector_free(&profile->questions);
	vector_free(&profile->releases);
	vector_free(&profile->cves);
	vector_free(&profile->mitigations);
	vector_free(&profile->paths);
	vector_free(&profile->regexes);
	vector_free(&profile->hashes);
	arena_free(&profile->arena);
	free(profile);
	return NULL;
}

const char *
profile_id(const struct profile *profile)
{
	return profile->id ? profile->id : "";
}

void
profile_digest(const struct profile *profile, char ret_hex[static 65])
{
	memcpy(ret_hex, profile->digest, sizeof(profile->digest));
}

uint64_t
profile_since(const struct profile *profile)
{
	return profile->since;
}

size_t
profile_rules(const struct profile *profile, const struct rule *const **ret_rules)
{
	*ret_rules = profile->rules.at;
	return profile->rules.n;
}

size_t
profile_choices(const struct profile *profile, const struct choice **ret_choices)
{
	*ret_choices = profile->choices.at;
	return profile->choices.n;
}

size_t
profile_dates(const struct profile *profile, const struct public_date **ret_dates)
{
	*ret_dates = profile->dates.at;
	return profile->dates.n;
}

size_t
profile_files(const struct profile *profile, const struct profile_file **ret_files)
{
	*ret_files = profile->files.at;
	return profile->files.n;
}

size_t
profile_complaints(const struct profile *profile, const struct profile_complaint **ret_complaints)
{
	*ret_complaints = profile->complaints.at;
	return profile->complaints.n;
}
