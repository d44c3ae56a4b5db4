/* asked_columns.c - which columns the logs of an exhibit record, and which rules these leave without an answer. */
#include "asked.h"

#include <errno.h>
#include <strings.h>

#include "fail.h"

enum {
	COLUMNS_MAX = 64,      /* sets of columns of one kind that are told apart; logs beyond count as any of their kind */
	TEXT_MAX = 64 << 10,
};

static int
compose(const struct log_result *result, struct text *ret)
{
	int r = 0;

	for (size_t i = 0; i < result->note_count && r == 0; i++) {
		if (strcmp(result->notes[i].what, "columns") || result->notes[i].text.n > TEXT_MAX - ret->n)
			continue;
		r = text_add(ret, result->notes[i].text);
		if (r == 0)
			r = text_addc(ret, '\n');
	}
	return r;
}

static struct asked_columns *
columns_for(struct asked_kind *asked, const char *text)
{
	struct asked_columns *new;

	for (size_t i = 0; i < asked->columns.n; i++)
		if (!strcmp(asked->columns.at[i].text, text))
			return &asked->columns.at[i];
	new = vector_push(&asked->columns);
	if (new)
		new->text = strdup(text);
	return new && new->text ? new : NULL;
}

int
asked_note(struct asked_kind *asked, const struct log_result *result)
{
	CLEANUP(text_free) struct text text = { 0 };
	struct asked_columns *columns;

	asked->rules.logs++;
	if (!asked->rules.set || !log_kind_plain(asked->kind) || asked->columns.n >= COLUMNS_MAX)
		return 0;
	if (compose(result, &text) < 0)
		return fail(ENOMEM, "out of memory for the columns of logs");
	if (!text.n)
		return 0;
	columns = columns_for(asked, text.s);
	if (!columns)
		return fail(ENOMEM, "out of memory for the columns of logs");
	columns->logs++;
	return 0;
}

void
asked_columns_free(struct asked_kind *asked)
{
	for (size_t i = 0; i < asked->columns.n; i++) {
		free(asked->columns.at[i].text);
		free(asked->columns.at[i].fields);
		sigma_set_free(asked->columns.at[i].set);
	}
	vector_free(&asked->columns);
}

/* Whether a header names the field, whatever its case. */
static bool
has_column(const char *text, const char *name)
{
	static const char between[] = " ,\t\n";

	for (const char *at = text; *at; at += strcspn(at, between), at += strspn(at, between))
		if (strcspn(at, between) == strlen(name) && !strncasecmp(at, name, strlen(name)))
			return true;
	return false;
}

/* The source as it would be if it had these columns alone. */
static int
bind(struct asked_columns *columns, const struct sigma *sigma, const struct sigma_source *source)
{
	size_t n = 0, kept = 0;

	while (source->fields[n])
		n++;
	columns->fields = calloc(n + 1, sizeof(*columns->fields));
	if (!columns->fields)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (has_column(columns->text, source->fields[i]))
			columns->fields[kept++] = source->fields[i];
	columns->source = *source;
	columns->source.fields = columns->fields;
	return sigma_bind(sigma, &columns->source, &columns->set);
}

static const char *
reason_of(const struct sigma_set *set, const struct rule *rule)
{
	const struct sigma_bound *bound;
	size_t n = sigma_set_rules(set, &bound);

	for (size_t i = 0; i < n; i++)
		if (bound[i].rule == rule)
			return bound[i].reason;
	return NULL;
}

int
asked_silent(struct asked_kind *asked, const struct sigma *sigma, const struct rule *rule, uint64_t *ret_logs,
	     const char **ret_why)
{
	int r = 0;

	*ret_logs = 0;
	*ret_why = NULL;
	for (size_t i = 0; i < asked->columns.n && r == 0; i++) {
		struct asked_columns *columns = &asked->columns.at[i];
		const char *why;

		if (!columns->set)
			r = bind(columns, sigma, asked->kind->source);
		why = r == 0 ? reason_of(columns->set, rule) : NULL;
		*ret_logs += why ? columns->logs : 0;
		*ret_why = *ret_why ? *ret_why : why;
	}
	return r;
}
