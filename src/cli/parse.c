/* parse.c - the command line, read by the option table. */
#include <errno.h>
#include <stdlib.h>
#include <sys/param.h>

#include "config.h"
#include "fail.h"
#include "filetime.h"
#include "verb.h"

struct parser {
	struct request *request;
	const struct verb *verb;
	char **argv;
	int at, argc;
};

enum { NEAR = 3, WORD_MAX = 48 };

/* Levenshtein distance of two short words. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned row[WORD_MAX + 1];
	size_t na = strlen(a), nb = strlen(b);

	if (na > WORD_MAX || nb > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= nb; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned corner = row[0]++;

		for (size_t j = 1; j <= nb; j++) {
			unsigned change = corner + (a[i - 1] != b[j - 1]);

			corner = row[j];
			row[j] = MIN(MIN(row[j], row[j - 1]) + 1, change);
		}
	}
	return row[nb];
}

const char *
nearest(const char *typed, const char *const *names, size_t n)
{
	const char *best = NULL;
	unsigned least = NEAR;

	for (size_t i = 0; i < n; i++) {
		unsigned d = distance(typed, names[i]);

		if (d < least) {
			least = d;
			best = names[i];
		}
	}
	return best;
}

static int
usage(const char *what, const char *typed, const char *best)
{
	if (best)
		fail(EINVAL, "%s '%s'; did you mean '%s'?", what, typed, best);
	else
		fail(EINVAL, "%s '%s'; see 'postmortem help'", what, typed);
	return EXIT_USAGE;
}

static int
unknown_option(struct parser *p, const char *typed)
{
	const char *names[64];
	size_t n, many = 0;
	const struct option_spec *options = option_table(&n);

	for (size_t i = 0; i < n && many < 64; i++)
		if (verb_takes(p->verb, &options[i]))
			names[many++] = options[i].name;
	return usage("unknown option", typed,
		     typed[0] == '-' && typed[1] == '-' ? nearest(typed + 2, names, many) : NULL);
}

static const struct option_spec *
find_option(const struct verb *verb, const char *name, size_t length, char letter)
{
	size_t n;
	const struct option_spec *options = option_table(&n);

	for (size_t i = 0; i < n; i++) {
		bool same = letter ? options[i].letter == letter
				   : strlen(options[i].name) == length && !memcmp(options[i].name, name, length);

		if (same && verb_takes(verb, &options[i]))
			return &options[i];
	}
	return NULL;
}

static bool
number_parse(const char *text, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && !*end && !errno;
}

static bool
choice_allowed(const char *choices, const char *value)
{
	size_t n = strlen(value);

	for (const char *at = choices; *at; at += strcspn(at, "|"), at += *at == '|')
		if (strcspn(at, "|") == n && !memcmp(at, value, n))
			return true;
	return false;
}

static enum status_view
status_of(const char *value)
{
	static const char *const names[] = { "auto", "window", "linear", "json", "none" };

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i], value))
			return (enum status_view)i;
	return STATUS_AUTO;
}

/* Stores an argument where the table says: false when it is not what the option takes. */
static bool
store(struct request *request, const struct option_spec *option, const char *value)
{
	void *to = (char *)request + option->offset;

	if (option->choices && !choice_allowed(option->choices, value))
		return false;
	switch (option->kind) {
	case OPTION_FLAG:
		*(bool *)to = true;
		return true;
	case OPTION_TEXT:
		*(const char **)to = value;
		return true;
	case OPTION_PROFILE:
		if (request->profile_count == REQUEST_PROFILES_MAX)
			return false;
		request->profiles[request->profile_count++] = value;
		return true;
	case OPTION_SECTORS:
		request->sectors_given = true;
		return number_parse(value, to);
	case OPTION_NUMBER: /* none of these means anything as 0 */
		return number_parse(value, to) && *(uint64_t *)to;
	case OPTION_SINCE:
		request->since_given = true;
		return filetime_parse(view_text(value), to) == 0;
	case OPTION_TIME:
		return filetime_parse(view_text(value), to) == 0;
	case OPTION_FAIL_ON:
		request->fail_on_given = true;
		return level_parse(view_text(value), to);
	case OPTION_LEVEL:
		return level_parse(view_text(value), to);
	case OPTION_CREDENTIAL: /* apart, as what it says must not be repeated */
		return false;
	case OPTION_STATUS:
		*(enum status_view *)to = status_of(value);
		return true;
	}
	return false;
}

/* A secret leaves argv as soon as it was read: that is shown to every user of the host, and goes into run.jsonl. */
static int
take_credential(struct parser *p, const char *value)
{
	char *word = p->argv[p->at], *secret = word + (value - word) + credential_public(value);
	int r = credential_add(&p->request->credentials, value);

	if (*secret) {
		memset(secret + 1, 0, strlen(secret) - 1); /* its length is nobody's business either */
		*secret = '*';
	}
	return r < 0 ? EXIT_USAGE : 0;
}

static int
take(struct parser *p, const struct option_spec *option, const char *value)
{
	if (option->kind != OPTION_FLAG && !value) {
		if (p->at + 1 >= p->argc)
			return usage("an argument is missing after", p->argv[p->at], NULL);
		value = p->argv[++p->at];
	}
	if (option->kind == OPTION_CREDENTIAL)
		return take_credential(p, value);
	if (store(p->request, option, value))
		return 0;
	fail(EINVAL, "--%s does not take '%s'; it takes %s", option->name, value,
	     option->choices ? option->choices : option->argument);
	return EXIT_USAGE;
}

static int
long_option(struct parser *p)
{
	const char *word = p->argv[p->at] + 2;
	size_t length = strcspn(word, "=");
	const struct option_spec *option = find_option(p->verb, word, length, 0);
	const char *value = word[length] == '=' ? word + length + 1 : NULL;

	if (!option || (value && option->kind == OPTION_FLAG))
		return unknown_option(p, p->argv[p->at]);
	return take(p, option, value);
}

/* -q, -j4, -j 4, -qj4 */
static int
short_options(struct parser *p)
{
	const char *word = p->argv[p->at];

	for (const char *at = word + 1; *at; at++) {
		const struct option_spec *option = find_option(p->verb, NULL, 0, *at);
		bool flag;
		int r;

		if (!option)
			return unknown_option(p, word);
		flag = option->kind == OPTION_FLAG;
		r = take(p, option, !flag && at[1] ? at + 1 : NULL);
		if (r || !flag)
			return r;
	}
	return 0;
}

int
unknown_verb(const char *typed)
{
	const char *names[64];
	size_t n;
	const struct verb *const *verbs = verb_table(&n);

	for (size_t i = 0; i < n && i < 64; i++)
		names[i] = verbs[i]->name;
	return usage("unknown verb", typed, nearest(typed, names, n));
}

static int
check_operands(const struct request *request, const struct verb *verb)
{
	if (request->operand_count < verb->least && !request->help && !(request->manifest && !request->operand_count)) {
		fail(EINVAL, "%s needs %s; see 'postmortem help %s'", verb->name, verb->operands, verb->name);
		return EXIT_USAGE;
	}
	if (request->operand_count > verb->most) {
		fail(EINVAL, "%s takes only %s; '%s' is too much", verb->name, verb->operands,
		     request->operands[verb->most]);
		return EXIT_USAGE;
	}
	return 0;
}

/* Operands are gathered apart, so that argv stays what was typed. They live as long as the program. */
static int
parse_words(struct parser *p)
{
	char **operands = calloc((size_t)p->argc + 1, sizeof(*operands));
	size_t n = 0;
	bool options = true;
	int r = operands ? 0 : EXIT_FAILED;

	p->request->operands = (const char *const *)operands;
	for (; p->at < p->argc && !r; p->at++) {
		char *word = p->argv[p->at];

		if (options && !strcmp(word, "--"))
			options = false;
		else if (options && word[0] == '-' && word[1] == '-')
			r = long_option(p);
		else if (options && word[0] == '-' && word[1])
			r = short_options(p);
		else
			operands[n++] = word;
	}
	p->request->operand_count = n;
	return r;
}

int
request_parse(int argc, char **argv, struct request *ret_request, const struct verb **ret_verb)
{
	struct parser p = { .request = ret_request, .argv = argv, .argc = argc, .at = 2 };
	int r;

	ret_request->argc = argc;
	ret_request->argv = argv;

	ret_request->verb = argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ? "help" : argv[1];
	if (!strcmp(ret_request->verb, "--version") || !strcmp(ret_request->verb, "-V")) {
		ret_request->verb = "help";
		ret_request->version = true;
	}
	p.verb = *ret_verb = verb_find(ret_request->verb);
	if (!p.verb)
		return unknown_verb(ret_request->verb);
	r = parse_words(&p);
	if (r)
		return r;
	say_quiet(ret_request->quiet);
	if (ret_request->help || ret_request->version)
		*ret_verb = &help_verb;
	else
		r = check_operands(ret_request, p.verb);
	return r;
}
