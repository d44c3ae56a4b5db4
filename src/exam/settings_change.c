/* settings_change.c - what was put into the configuration of IIS and taken out of it, version after version. */
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "filetime.h"
#include "settings.h"

/* A step from one version to the next. */
struct step {
	struct exam *exam;
	const struct version *from, *to;
	size_t told, added, removed;
};

static int
no_memory(const struct step *s)
{
	return fail(ENOMEM, "out of memory for the changes of %s", s->to->fact->candidate->path);
}

static int
write_event(struct step *s, const struct setting *setting, struct view subject, struct view summary)
{
	const struct candidate *c = s->to->fact->candidate;

	return case_event(s->exam->db, &(struct event_row){ .volume = s->exam->volumes[c->volume].number,
							    .file = c->file,
							    .when = s->to->when,
							    .mft = c->entry.entry,
							    .offset = setting ? setting->offset : 0,
							    .kind = "config.change",
							    .source = c->path,
							    .subject = subject,
							    .summary = summary,
							    .stream = view_text(c->stream) });
}

static int
add_words(struct text *t, const struct setting *setting)
{
	int r = text_adds(t, setting_title(setting->kind));

	if (r == 0)
		r = text_addc(t, ' ');
	if (r == 0)
		r = text_add_escaped(t, view_text(setting->name));
	if (r == 0 && *setting->location)
		r = text_adds(t, " of ");
	if (r == 0)
		r = text_add_escaped(t, view_text(setting->location));
	if (r == 0 && *setting->value)
		r = text_adds(t, ": ");
	if (r == 0)
		r = text_add_escaped(t, view_text(setting->value));
	if (r == 0 && *setting->more)
		r = text_adds(t, "; ");
	return r < 0 ? r : text_add_escaped(t, view_text(setting->more));
}

/* The version that is compared with bounds the time from below. */
static int
add_before(struct text *t, const struct version *from)
{
	char when[FILETIME_TEXT];

	return text_printf(t, " (the version before, %s, was written %s)", from->name, filetime_text(from->when, when));
}

static int
tell(struct step *s, const struct setting *setting, bool added)
{
	CLEANUP(text_free) struct text words = { 0 };
	CLEANUP(text_free) struct text subject = { 0 };
	int r = text_adds(&words, added ? "added: " : "removed: ");

	if (s->told++ >= SETTINGS_STEP_MAX)
		return 0;
	if (r == 0)
		r = add_words(&words, setting);
	if (r == 0)
		r = add_before(&words, s->from);
	if (r == 0)
		r = text_add_escaped(&subject, view_text(setting->name));
	return r < 0 ? no_memory(s) : write_event(s, added ? setting : NULL, text_view(&subject), text_view(&words));
}

static int
tell_rest(struct step *s)
{
	CLEANUP(text_free) struct text words = { 0 };
	int r = text_printf(&words, "%zu settings were added and %zu removed; %d of them are told one by one", s->added,
			    s->removed, SETTINGS_STEP_MAX);

	if (r == 0)
		r = add_before(&words, s->from);
	return r < 0 ? no_memory(s) : write_event(s, NULL, view_text(s->to->name), text_view(&words));
}

static int
compare_step(struct step *s)
{
	int r = 0;

	for (size_t i = 0; i < s->to->n && r == 0; i++)
		if (!version_has(s->from, s->to->sorted[i])) {
			s->added++;
			r = tell(s, s->to->sorted[i], true);
		}
	for (size_t i = 0; i < s->from->n && r == 0; i++)
		if (!version_has(s->to, s->from->sorted[i])) {
			s->removed++;
			r = tell(s, s->from->sorted[i], false);
		}
	return r < 0 || s->told <= SETTINGS_STEP_MAX ? r : tell_rest(s);
}

int
family_changes(struct exam *exam, const struct family *family)
{
	const struct version *before = NULL;
	int r = 0;

	for (size_t i = 0; i < family->versions.n && r == 0; i++) {
		const struct version *v = &family->versions.at[i];
		struct step step = { .exam = exam, .from = before, .to = v };

		if (!version_is_whole(v))
			continue;
		if (before && v->when >= exam->since)
			r = compare_step(&step);
		before = v;
	}
	return r;
}
