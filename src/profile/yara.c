/* yara.c - the YARA rules of a profile, compiled into one set, and what their meta lines say of them. */
#include <ctype.h>
#include <errno.h>
#include <yara.h>

#include "fail.h"
#include "inside.h"

struct meaning {
	const char *space, *identifier;
	const struct rule *rule;
};

struct yara_file {
	const struct origin *origin;
	bool failed;
	size_t at;     /* where the rule that was looked for last begins */
	unsigned line; /* and its line */
};

struct yara_data {
	bool initialised;
	VECTOR(struct yara_file) files;
	YR_RULES *rules;
	VECTOR(struct meaning) meanings;
	struct index by_name;
};

/* What public rules expect to be told of a file. Values are set for each scan. */
static const char *const externals[] = { "filename", "filepath", "extension", "filetype", "owner" };

/* The same file must give the same hits everywhere: no clock, no files of this host. */
static const char *const refused_modules[] = { "time", "magic", "cuckoo" };

int
yara_load(const struct origin *from)
{
	struct profile *profile = from->profile;
	struct yara_file *file;

	if (!profile->yara)
		profile->yara = calloc(1, sizeof(*profile->yara));
	file = profile->yara ? vector_push(&profile->yara->files) : NULL;
	if (!file)
		return -ENOMEM;
	*file = (struct yara_file){ .origin = from };
	return 0;
}

/* ---- compiling ---- */

/* What the callback of a compiler needs: whose file it is, and what went wrong first. */
struct compiling {
	const struct origin *from;
	const char *error; /* in the arena */
	unsigned line;
	bool no_memory;
};

static void
note(int level, const char *file, int line, const YR_RULE *rule, const char *message, void *user)
{
	struct compiling *c = user;
	bool error = level == YARA_ERROR_LEVEL_ERROR;

	(void)file;
	(void)rule;
	if (complain(c->from, (unsigned)line, error, "%s", message) < 0)
		c->no_memory = true;
	if (!error || c->error)
		return;
	c->error = keep_text(c->from, view_text(message));
	c->line = (unsigned)line;
	c->no_memory |= !c->error;
}

static int
compiler_new(struct compiling *c, YR_COMPILER **ret_compiler)
{
	YR_COMPILER *compiler;

	if (yr_compiler_create(&compiler) != ERROR_SUCCESS)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(externals) / sizeof(externals[0]); i++) {
		if (yr_compiler_define_string_variable(compiler, externals[i], "") != ERROR_SUCCESS) {
			yr_compiler_destroy(compiler);
			return -ENOMEM;
		}
	}
	yr_compiler_set_callback(compiler, note, c);
	yr_compiler_set_include_callback(compiler, NULL, NULL, NULL);
	*ret_compiler = compiler;
	return 0;
}

/* Adds one file under its own namespace: 0, -EINVAL when it does not compile, -ENOMEM. */
static int
add_file(YR_COMPILER *compiler, struct compiling *c)
{
	const struct origin *from = c->from;
	FILE *f;
	int errors;

	if (!from->bytes.n)
		return 0;
	f = fmemopen((void *)from->bytes.p, from->bytes.n, "r");
	if (!f)
		return -ENOMEM;
	errors = yr_compiler_add_file(compiler, f, from->name, from->name);
	fclose(f);
	if (c->no_memory || compiler->last_error == ERROR_INSUFFICIENT_MEMORY)
		return -ENOMEM;
	return errors ? -EINVAL : 0;
}

/* One rule stands for all of a file that cannot be used. */
static int
fail_file(struct yara_file *file, unsigned line, const char *why)
{
	struct rule draft = { .kind = RULE_YARA, .state = RULE_FAILED, .title = "the rules of this file are not used" };
	const struct rule *rule;

	file->failed = true;
	draft.id = file->origin->name;
	draft.reason = arena_printf(&file->origin->profile->arena, "line %u: %s", line, why);
	if (!draft.reason)
		return -ENOMEM;
	return rule_add(file->origin, line, &draft, view_of(NULL, 0), &rule);
}

/* All good files together: 0, -EINVAL when one does not compile after all, -ENOMEM. */
static int
compile_together(struct yara_data *y)
{
	struct compiling c = { .error = NULL };
	YR_COMPILER *compiler;
	int r = compiler_new(&c, &compiler);

	if (r < 0)
		return r;
	for (size_t i = 0; i < y->files.n && r == 0; i++) {
		c.from = y->files.at[i].origin;
		if (!y->files.at[i].failed)
			r = add_file(compiler, &c);
	}
	if (r == 0 && yr_compiler_get_rules(compiler, &y->rules) != ERROR_SUCCESS)
		r = -ENOMEM;
	yr_compiler_destroy(compiler);
	return r;
}

static int
compile_alone(struct yara_file *file)
{
	struct compiling c = { .from = file->origin };
	YR_COMPILER *compiler;
	int r = compiler_new(&c, &compiler);

	if (r < 0)
		return r;
	r = add_file(compiler, &c);
	yr_compiler_destroy(compiler);
	return r == -EINVAL ? fail_file(file, c.line, c.error ? c.error : "does not compile") : r;
}

/*
 * A compiler cannot go on after an error. So all files are tried together, and only where that fails each alone, and
 * then the good ones together again; complaints are those of the last time.
 */
static int
compile(struct profile *profile)
{
	struct yara_data *y = profile->yara;
	size_t before = profile->complaints.n, after;
	int r = compile_together(y);

	if (r != -EINVAL)
		return r;
	profile->complaints.n = before;
	r = 0;
	for (size_t i = 0; i < y->files.n && r == 0; i++)
		if (!y->files.at[i].failed)
			r = compile_alone(&y->files.at[i]);
	after = profile->complaints.n;
	if (r == 0)
		r = compile_together(y);
	profile->complaints.n = after;
	return r;
}

/* ---- what rules say of themselves ---- */

static bool
begins_rule(struct view v, const char *identifier, size_t n)
{
	return v.n > n + 5 && !memcmp(v.p, "rule ", 5) && !memcmp(v.p + 5, identifier, n) && !isalnum(v.p[5 + n]) &&
	       v.p[5 + n] != '_';
}

/* The line on which a rule begins, 1 where it cannot be found. Rules are asked for in the order of the file. */
static unsigned
line_of(struct yara_file *file, const char *identifier)
{
	struct view bytes = file->origin->bytes;
	size_t n = strlen(identifier);
	unsigned line = file->line ? file->line : 1;

	for (size_t i = file->at; i < bytes.n; i++) {
		if (bytes.p[i] == 'r' && begins_rule(view_from(bytes, i), identifier, n)) {
			file->at = i;
			file->line = line;
			return line;
		}
		line += bytes.p[i] == '\n';
	}
	return 1;
}

/* The text of a meta line; public rules write some of them in capitals. */
static struct view
meta_text(YR_RULE *rule, const char *name)
{
	YR_META *meta;

	yr_rule_metas_foreach(rule, meta)
	{
		if (meta->type == META_TYPE_STRING && !strcasecmp(meta->identifier, name))
			return view_text(meta->string);
	}
	return view_of(NULL, 0);
}

static bool
meta_score(YR_RULE *rule, enum level *ret_level)
{
	YR_META *meta;

	yr_rule_metas_foreach(rule, meta)
	{
		char number[24];

		if (strcasecmp(meta->identifier, "score"))
			continue;
		if (meta->type == META_TYPE_STRING)
			return score_level(view_text(meta->string), ret_level);
		snprintf(number, sizeof(number), "%lld", (long long)meta->integer);
		return score_level(view_text(number), ret_level);
	}
	return false;
}

static int
draft_grades(const struct origin *from, unsigned line, YR_RULE *rule, struct rule *draft)
{
	struct view level = meta_text(rule, "level"), stage = meta_text(rule, "stage");
	int r = 0;

	draft->level = LEVEL_MEDIUM;
	if (level.n && !level_parse(level, &draft->level))
		r = complain(from, line, false, "%s: unknown level %s; taken as medium", rule->identifier,
			     (const char *)level.p);
	if (!level.n)
		meta_score(rule, &draft->level);
	if (r == 0 && stage.n && !stage_parse(stage, &draft->stage))
		r = complain(from, line, false, "%s: unknown stage %s", rule->identifier, (const char *)stage.p);
	return r;
}

static int
draft_texts(const struct origin *from, YR_RULE *rule, struct rule *draft)
{
	struct view title = meta_text(rule, "description"), benign = meta_text(rule, "benign");
	struct view reference = meta_text(rule, "reference");

	if (!benign.n)
		benign = meta_text(rule, "falsepositives");
	draft->id = keep_text(from, view_text(rule->identifier));
	draft->title = keep_text(from, title.n ? title : view_text(rule->identifier));
	draft->author = keep_text(from, meta_text(rule, "author"));
	draft->technique = keep_text(from, meta_text(rule, "technique"));
	draft->cve = keep_text(from, meta_text(rule, "cve"));
	draft->benign = keep_text(from, benign);
	draft->source = from->source;
	if (reference.n)
		draft->source = arena_printf(&from->profile->arena, "%s; %s", from->source, (const char *)reference.p);
	if (!draft->id || !draft->title || !draft->author || !draft->technique || !draft->cve || !draft->benign ||
	    !draft->source)
		return -ENOMEM;
	return 0;
}

static uint64_t
name_hash(const char *space, const char *identifier)
{
	return index_hash(view_text(space)) * 31 + index_hash(view_text(identifier));
}

static int
keep_meaning(struct yara_data *y, const struct origin *from, const struct rule *rule)
{
	struct meaning *slot = vector_push(&y->meanings);

	if (!slot)
		return -ENOMEM;
	*slot = (struct meaning){ .space = from->name, .identifier = rule->id, .rule = rule };
	return index_add(&y->by_name, name_hash(from->name, rule->id), (uint32_t)y->meanings.n - 1);
}

/* The body of a rule is the file it stands in, by its digest: the same file stacked twice says the same. */
static int
take_rule(struct yara_data *y, struct yara_file *file, YR_RULE *compiled)
{
	const struct origin *from = file->origin;
	unsigned line = line_of(file, compiled->identifier);
	struct rule draft = { .kind = RULE_YARA };
	const struct rule *rule;
	int r = draft_grades(from, line, compiled, &draft);

	if (r == 0)
		r = draft_texts(from, compiled, &draft);
	if (r == 0)
		r = rule_add(from, line, &draft, view_text(strrchr(from->source, ':')), &rule);
	return r == 0 && rule ? keep_meaning(y, from, rule) : r;
}

static struct yara_file *
file_of(const struct yara_data *y, const char *space)
{
	for (size_t i = 0; i < y->files.n; i++)
		if (!strcmp(y->files.at[i].origin->name, space))
			return &y->files.at[i];
	return NULL;
}

static int
take_rules(struct yara_data *y)
{
	YR_RULE *rule;
	int r = 0;

	yr_rules_foreach(y->rules, rule)
	{
		struct yara_file *file = file_of(y, rule->ns->name);

		if (file && !RULE_IS_PRIVATE(rule) && r == 0)
			r = take_rule(y, file, rule);
	}
	return r;
}

/* ---- modules ---- */

/* The module that a line imports, in quotes; nothing for other lines. */
static struct view
imported(struct view line)
{
	const uint8_t *open, *close;

	while (line.n && (line.p[0] == ' ' || line.p[0] == '\t'))
		line = view_from(line, 1);
	if (line.n < 6 || memcmp(line.p, "import", 6))
		return view_of(NULL, 0);
	open = memchr(line.p, '"', line.n);
	close = open ? memchr(open + 1, '"', line.n - (size_t)(open - line.p) - 1) : NULL;
	return close ? view_of(open + 1, (size_t)(close - open) - 1) : view_of(NULL, 0);
}

static int
check_modules(struct yara_file *file)
{
	struct view rest = file->origin->bytes;

	for (unsigned line = 1; rest.n && !file->failed; line++) {
		const uint8_t *end = memchr(rest.p, '\n', rest.n);
		struct view name = imported(view_of(rest.p, end ? (size_t)(end - rest.p) : rest.n));
		int r = 0;

		rest = end ? view_from(rest, (uint64_t)(end - rest.p) + 1) : view_of(NULL, 0);
		for (size_t i = 0; i < sizeof(refused_modules) / sizeof(refused_modules[0]) && r == 0; i++) {
			if (!view_equal(name, view_text(refused_modules[i])))
				continue;
			r = complain(file->origin, line, true, "module %s is not supported", refused_modules[i]);
			if (r == 0)
				r = fail_file(file, line, "imports a module whose answer depends on this machine");
		}
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- */

int
yara_finish(struct profile *profile)
{
	struct yara_data *y = profile->yara;
	int r = 0;

	if (!y)
		return 0;
	if (yr_initialize() != ERROR_SUCCESS)
		return fail(EIO, "libyara cannot be started");
	y->initialised = true;
	for (size_t i = 0; i < y->files.n && r == 0; i++)
		r = check_modules(&y->files.at[i]);
	if (r == 0)
		r = compile(profile);
	return r == 0 ? take_rules(y) : r;
}

int
yara_leave(struct profile *profile, const char *why)
{
	struct yara_data *y = profile->yara;
	int r = 0;

	for (size_t i = 0; y && i < y->files.n && r == 0; i++) {
		struct rule draft = { .kind = RULE_YARA, .state = RULE_NOT_EVALUABLE, .reason = why };
		const struct rule *rule;

		draft.id = y->files.at[i].origin->name;
		draft.title = "the rules of this file were not asked";
		r = rule_add(y->files.at[i].origin, 0, &draft, view_of(NULL, 0), &rule);
	}
	return r;
}

struct yara_data *
yara_free(struct yara_data *y)
{
	if (!y)
		return NULL;
	if (y->rules)
		yr_rules_destroy(y->rules);
	if (y->initialised)
		yr_finalize();
	vector_free(&y->files);
	vector_free(&y->meanings);
	index_free(&y->by_name);
	free(y);
	return NULL;
}

void *
profile_yara(const struct profile *profile)
{
	return profile->yara ? profile->yara->rules : NULL;
}

const struct rule *
yara_rule(const struct profile *profile, const char *space, const char *identifier)
{
	const struct yara_data *y = profile->yara;
	size_t at = 0;
	uint32_t number;

	while (y && index_next(&y->by_name, name_hash(space, identifier), &at, &number)) {
		const struct meaning *m = &y->meanings.at[number];

		if (!strcmp(m->space, space) && !strcmp(m->identifier, identifier))
			return m->rule;
	}
	return NULL;
}
