/* sigma.c - the Sigma rules of a profile, and which of them the logs that are read can answer. */
#include "sigma.h"

#include <errno.h>

#include "fail.h"
#include "inside.h"

/* A rule that can be used, as far as the rule itself goes. */
struct sigma_entry {
	const struct rule *rule;
	const struct origin *origin;
	unsigned line;
	struct text refusals; /* why the sources that were asked cannot answer */
	bool answered;        /* one of them can */
	bool all;             /* by looking at every record */
};

struct sigma_data {
	struct sigma *sigma;
	VECTOR(struct sigma_entry) entries;
};

static int
complain_of(const struct origin *from, unsigned line, const struct rule *rule)
{
	struct profile *profile = from->profile;
	int r = complain(from, line, true, "%s: %s", rule->id, rule->reason);

	if (r == 0)
		profile->complaints.at[profile->complaints.n - 1].rule = rule;
	return r;
}

/* The body of a rule is the file it stands in, by its digest, and its line there. */
static int
file_rule(void *state, const struct rule *draft, unsigned line, const struct rule **ret_filed)
{
	CLEANUP(text_free) struct text body = { 0 };
	const struct origin *from = state;
	struct rule rule = *draft;
	struct sigma_entry *entry;
	int r = 0;

	*ret_filed = NULL;
	if (rule.state == RULE_USED && *rule.reason) {
		r = complain(from, line, false, "%s: %s", rule.id, rule.reason);
		rule.reason = "";
	}
	if (r == 0)
		r = text_printf(&body, "%s:%u", strrchr(from->source, ':'), line);
	if (r == 0)
		r = rule_add(from, line, &rule, text_view(&body), ret_filed);
	if (r < 0 || !*ret_filed)
		return r;
	if (draft->state != RULE_USED)
		return complain_of(from, line, *ret_filed);
	entry = vector_push(&from->profile->sigma->entries);
	if (!entry)
		return -ENOMEM;
	*entry = (struct sigma_entry){ .rule = *ret_filed, .origin = from, .line = line };
	return 0;
}

int
sigma_load(const struct origin *from)
{
	struct profile *profile = from->profile;
	int r = 0;

	if (!profile->sigma) {
		profile->sigma = calloc(1, sizeof(*profile->sigma));
		r = profile->sigma ? sigma_new(&profile->sigma->sigma) : -ENOMEM;
	}
	return r == 0 ? sigma_parse(profile->sigma->sigma, from->bytes, from->name, file_rule, (void *)from) : r;
}

struct sigma_data *
sigma_data_free(struct sigma_data *data)
{
	if (!data)
		return NULL;
	for (size_t i = 0; i < data->entries.n; i++)
		text_free(&data->entries.at[i].refusals);
	vector_free(&data->entries);
	sigma_free(data->sigma);
	free(data);
	return NULL;
}

const struct sigma *
profile_sigma(const struct profile *profile)
{
	return profile->sigma ? profile->sigma->sigma : NULL;
}

/* ---- held against the logs ---- */

static struct sigma_entry *
entry_of(struct sigma_data *data, const struct rule *rule)
{
	for (size_t i = 0; i < data->entries.n; i++)
		if (data->entries.at[i].rule == rule)
			return &data->entries.at[i];
	return NULL;
}

static int
note(struct sigma_entry *entry, const struct sigma_bound *bound)
{
	if (!bound->reason) {
		entry->answered = true;
		entry->all |= bound->all;
		return 0;
	}
	if (entry->refusals.n && strstr(entry->refusals.s, bound->reason))
		return 0;
	return text_printf(&entry->refusals, "%s%s", entry->refusals.n ? "; " : "", bound->reason);
}

static int
ask_source(struct sigma_data *data, const struct sigma_source *source)
{
	CLEANUP(sigma_set_free) struct sigma_set *set = NULL;
	const struct sigma_bound *bound;
	int r = sigma_bind(data->sigma, source, &set);
	size_t n = r == 0 ? sigma_set_rules(set, &bound) : 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		struct sigma_entry *entry = entry_of(data, bound[i].rule);

		if (entry)
			r = note(entry, &bound[i]);
	}
	return r;
}

static int
settle(struct profile *profile, struct sigma_entry *entry)
{
	const char *reason;

	if (entry->answered)
		return entry->all ? complain(entry->origin, entry->line, false,
					     "%s has no text that must stand in a record: every record is looked at",
					     entry->rule->id)
				  : 0;
	reason = entry->refusals.n ? keep_text(entry->origin, text_view(&entry->refusals))
				   : "none of the logs that are read is of its logsource";
	if (!reason)
		return -ENOMEM;
	rule_set_aside(profile, entry->rule, reason);
	return complain_of(entry->origin, entry->line, entry->rule);
}

int
profile_sources(struct profile *profile, const struct sigma_source *const *sources, size_t n)
{
	struct sigma_data *data = profile->sigma;
	int r = 0;

	for (size_t i = 0; data && i < n && r == 0; i++)
		r = ask_source(data, sources[i]);
	for (size_t i = 0; data && i < data->entries.n && r == 0; i++)
		r = settle(profile, &data->entries.at[i]);
	complaints_sort(profile);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for the Sigma rules") : r;
}
