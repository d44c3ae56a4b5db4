/* settings_write.c - settings that let foreign code run, as findings that say since when they are there; what was read
 * of each configuration. */
#include <errno.h>
#include <inttypes.h>
#include <strings.h>

#include "fail.h"
#include "filetime.h"
#include "settings.h"

static int
no_memory(const struct exam *exam)
{
	return fail(ENOMEM, "out of memory for the settings of %s", exam->path);
}

/* A setting through the versions of its configuration. */
struct course {
	struct exam *exam;
	const struct family *family;
	const struct setting *setting; /* as the last version has it that does */
	const struct version *last;    /* that version */
	size_t first, after;           /* the first that has it; the first behind the last that lacks it, n for none */
};

static void
follow(struct course *c)
{
	const struct family *f = c->family;
	size_t last = 0;

	c->first = c->after = f->versions.n;
	for (size_t i = 0; i < f->versions.n; i++)
		if (version_has(&f->versions.at[i], c->setting)) {
			c->first = c->first == f->versions.n ? i : c->first;
			last = i;
		}
	for (size_t i = f->versions.n; i-- > last + 1;)
		if (version_is_whole(&f->versions.at[i]))
			c->after = i;
	c->last = &f->versions.at[last];
}

/* The version before the first that has it, and can be asked; NULL where there is none. */
static const struct version *
version_before(const struct course *c)
{
	for (size_t i = c->first; i-- > 0;)
		if (version_is_whole(&c->family->versions.at[i]))
			return &c->family->versions.at[i];
	return NULL;
}

/* ---- words ---- */

static int
add_since(const struct course *c, struct text *t)
{
	const struct version *first = &c->family->versions.at[c->first], *before = version_before(c);
	char a[FILETIME_TEXT], b[FILETIME_TEXT];

	if (before)
		return text_printf(t, "; it came between %s (%s) and %s (%s)", filetime_text(before->when, a),
				   before->name, filetime_text(first->when, b), first->name);
	if (c->family->versions.n == 1)
		return text_printf(t, "; it stands in the file as it was last written, %s: since when is not known",
				   filetime_text(first->when, a));
	return text_printf(t, "; it stands in the oldest version that is kept (%s, written %s)", first->name,
			   filetime_text(first->when, a));
}

static int
add_end(const struct course *c, struct text *t)
{
	const struct version *gone;
	char when[FILETIME_TEXT];

	if (c->after == c->family->versions.n)
		return 0;
	gone = &c->family->versions.at[c->after];
	return text_printf(t, "; from %s (%s) on it is gone", filetime_text(gone->when, when), gone->name);
}

static int
compose(const struct course *c, const char *why, struct text *t)
{
	const struct setting *s = c->setting;
	int r = text_printf(t, "%s ", setting_title(s->kind));

	if (r == 0)
		r = text_add_escaped(t, view_text(s->name));
	if (r == 0 && *s->location)
		r = text_adds(t, " of ");
	if (r == 0)
		r = text_add_escaped(t, view_text(s->location));
	if (r == 0 && *s->value)
		r = text_adds(t, ": ");
	if (r == 0)
		r = text_add_escaped(t, view_text(s->value));
	if (r == 0 && *s->more)
		r = text_adds(t, " (");
	if (r == 0)
		r = text_add_escaped(t, view_text(s->more));
	if (r == 0)
		r = text_printf(t, "%s; %s", *s->more ? ")" : "", why);
	if (r == 0)
		r = add_since(c, t);
	return r < 0 ? r : add_end(c, t);
}

/* ---- findings ---- */

/* What was there before the window is what the owner lived with; places that only intruders use stay what they are. */
static enum level
level_of(const struct course *c, enum level level)
{
	bool old = c->family->versions.at[c->first].when < c->exam->since;

	return old && level == LEVEL_MEDIUM ? LEVEL_LOW : level;
}

/* A configuration without versions has no changes; what is told of it is dated by its last change. */
static int
write_event(const struct course *c, const struct rule *rule, const struct text *words, const char *id)
{
	const struct candidate *file = c->last->fact->candidate;
	uint64_t when = c->family->versions.at[c->first].when;
	CLEANUP(text_free) struct text subject = { 0 };

	if (c->family->versions.n > 1 || when < c->exam->since || rule == own_rule(OWN_SETTING_KEY))
		return 0;
	if (text_add_escaped(&subject, view_text(c->setting->name)) < 0)
		return no_memory(c->exam);
	return case_event(c->exam->db, &(struct event_row){ .volume = c->exam->volumes[file->volume].number,
							    .file = file->file,
							    .when = when,
							    .mft = file->entry.entry,
							    .offset = c->setting->offset,
							    .kind = "config.change",
							    .source = file->path,
							    .subject = text_view(&subject),
							    .summary = text_view(words),
							    .stream = view_text(file->stream),
							    .finding = id,
							    .rule = rule });
}

static int
write_setting(struct course *c, const struct rule *rule, enum level level, const char *why)
{
	CLEANUP(text_free) struct text words = { 0 };
	CLEANUP(text_free) struct text id = { 0 };
	const struct page_fact *fact = c->last->fact;
	struct view excerpt;
	int r;

	if (compose(c, why, &words) < 0)
		return no_memory(c->exam);
	excerpt = fact->excerpts[c->setting - fact->config.settings.at];
	r = page_finding(c->exam, fact, c->family->versions.at[c->first].when,
			 &(struct mark){ .rule = rule,
					 .offset = c->setting->offset,
					 .length = excerpt.n ? c->setting->length : 0,
					 .excerpt = excerpt,
					 .basis = text_view(&words) },
			 level_of(c, level), &id);
	return r < 0 ? r : write_event(c, rule, &words, id.s);
}

/* What IIS applied to an application pool is a copy of its configuration: what that has is told there. */
static bool
is_copy_of(const struct family *host, const struct family *family, const struct setting *setting)
{
	if (!host || host == family || !strcasestr(family->key, "/inetpub/temp/appPools/"))
		return false;
	for (size_t i = 0; i < host->versions.n; i++)
		if (version_has(&host->versions.at[i], setting))
			return true;
	return false;
}

static const struct family *
host_of(const family_list *families, uint32_t volume)
{
	for (size_t i = 0; i < families->n; i++)
		if (families->at[i].volume == volume && !strcasecmp(families->at[i].key, "applicationHost.config"))
			return &families->at[i];
	return NULL;
}

/* Every setting once, in the last version that has it. */
static int
judge_family(struct exam *exam, const struct family *family, const struct family *host)
{
	uint64_t told = 0;
	int r = 0;

	for (size_t i = family->versions.n; i-- > 0;) {
		const struct version *v = &family->versions.at[i];

		for (size_t k = 0; k < v->n && r == 0 && !v->fact->shipped; k++) {
			struct course c = { .exam = exam, .family = family, .setting = v->sorted[k] };
			const struct rule *rule;
			enum level level;
			const char *why;

			if (!setting_judge(exam, c.setting, &rule, &level, &why) || is_copy_of(host, family, c.setting))
				continue;
			follow(&c);
			if (c.last == v && told++ < SETTINGS_TOLD_MAX)
				r = write_setting(&c, rule, level, why);
		}
	}
	if (r < 0 || told <= SETTINGS_TOLD_MAX)
		return r;
	return limits_add(exam->volumes[family->volume].limits, family->versions.at[0].fact->candidate->path, -1, "",
			  -1, "more settings let foreign code run than are told of one configuration",
			  told - SETTINGS_TOLD_MAX);
}

/* ---- coverage ---- */

static int
cover(struct exam *exam, const struct family *family, const struct version *v)
{
	CLEANUP(text_free) struct text why = { 0 };
	const struct candidate *c = v->fact->candidate;
	const struct webconfig *config = &v->fact->config;
	int r = text_printf(&why, "modules, handlers, filters, folders, rewrite rules and keys; %s", v->name);

	if (r == 0 && family->versions.n > 1)
		r = text_printf(&why, ", one of %zu versions", family->versions.n);
	if (r == 0 && v->fact->shipped)
		r = text_adds(&why, "; it is as Exchange ships it, and was not judged");
	if (r == 0 && v->fact->doubtful)
		r = text_adds(&why, "; some of its clusters may be another file's by now: not compared with others");
	else if (r == 0 && !version_is_whole(v))
		r = text_adds(
			&why,
			"; broken or in doubt: what was read up to there counts, and it is not compared with others");
	if (r < 0)
		return no_memory(exam);
	return case_coverage(exam->db, &(struct coverage_row){ .source = "settings",
							       .path = view_text(c->path),
							       .state = version_is_whole(v) ? "read" : "partly",
							       .first = c->si.created,
							       .last = c->si.modified,
							       .items = config->settings.n,
							       .lost = config->damaged,
							       .bytes = c->size,
							       .reason = why.s });
}

int
pages_configs(struct exam *exam, struct pages *pages)
{
	family_list families = { 0 };
	int r = families_gather(exam, pages, &pages->arena, &families);

	for (size_t i = 0; i < families.n && r == 0; i++) {
		const struct family *f = &families.at[i];

		exam_phase(exam, PHASE_CONTENT);
		r = judge_family(exam, f, host_of(&families, f->volume));
		if (r == 0)
			r = family_changes(exam, f);
		for (size_t k = 0; k < f->versions.n && r == 0; k++)
			r = cover(exam, f, &f->versions.at[k]);
	}
	if (r == 0 && !families.n)
		r = case_coverage(exam->db,
				  &(struct coverage_row){ .source = "settings",
							  .state = "absent",
							  .reason = "no configuration of IIS or ASP.NET was chosen" });
	families_free(&families);
	return r;
}
