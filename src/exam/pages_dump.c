/* pages_dump.c - saved virtual directories as findings: whose it was, what script stands in it, and when by its own
 * clock. */
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "filetime.h"
#include "pages.h"
#include "registered.h"

enum { SOON = 300 }; /* seconds in which setting and saving a directory follow each other; scripts need two or three */

static int
no_memory(const struct page_fact *fact)
{
	return fail(ENOMEM, "out of memory for the directory saved in %s", fact->candidate->path);
}

static uint64_t
apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* Where day and month could be either way round, the one that is nearer to the birth of the file. */
static uint64_t
choose(const struct oab_time *t, uint64_t born)
{
	return t->other && apart(t->other, born) < apart(t->when, born) ? t->other : t->when;
}

/* ---- words ---- */

static int
add_values(struct text *t, const struct oab_dump *d)
{
	static const struct {
		enum oab_key key;
		const char *words;
	} shown[] = {
		{ OAB_IDENTITY, "" },
		{ OAB_SERVER, "server " },
		{ OAB_GUID, "GUID " },
		{ OAB_VERSION, "Exchange " },
		{ OAB_ORIGIN, "told by " },
		{ OAB_INTERNAL_URL, "InternalUrl " },
		{ OAB_EXTERNAL_URL, "ExternalUrl " },
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]) && r == 0; i++) {
		const char *value = d->values[shown[i].key];

		if (!value || !*value)
			continue;
		r = text_printf(t, "%s%s", t->n ? "; " : "", shown[i].words);
		if (r == 0)
			r = text_add_escaped(t, view_text(value));
	}
	return r;
}

static int
add_script(struct text *t, const struct oab_dump *d)
{
	const struct oab_script *s = &d->script;
	int r;

	if (!d->has_script)
		return text_adds(t, "; no script stands in its addresses");
	r = text_printf(t, "; a script stands in %s", oab_key_name(s->key));
	if (r == 0 && s->language.n)
		r = text_adds(t, ", in the language ");
	if (r == 0)
		r = text_add_escaped(t, s->language);
	if (r == 0)
		r = text_adds(t, s->parameter.n ? ", and takes from a request what is called "
						: ", and does not name what it takes from a request");
	return r < 0 ? r : text_add_escaped(t, s->parameter);
}

/* The clock in it against that of the file system; both are the server's own. */
static int
add_clock(struct text *t, const struct page_fact *fact, uint64_t changed)
{
	uint64_t born = fact->candidate->born;
	char when[FILETIME_TEXT];
	int r;

	if (!changed)
		return text_adds(t, "; it does not tell when it was changed, or not in a way that can be read");
	r = text_printf(t, "; changed at %s by its own words", filetime_text(changed, when));
	if (r == 0 && fact->dump.changed_utc.other)
		r = text_adds(t, " (day and month could be either way round: the reading nearer to the file's birth)");
	if (r < 0 || !born || fact->candidate->stream[0])
		return r;
	r = text_adds(t, "; the file was born ");
	if (r == 0)
		r = page_add_span(t, apart(born, changed));
	if (r == 0)
		r = text_adds(t, born + FILETIME_SECOND > changed ? " later"
								  : " earlier"); /* it is written in whole seconds */
	if (r == 0 && apart(born, changed) > (uint64_t)SOON * FILETIME_SECOND)
		r = text_adds(
			t,
			": the two do not belong to one moment, so the file was copied, its times were changed, or the "
			"directory was set long before it was saved");
	return r;
}

static int
add_ahead(struct text *t, int32_t minutes)
{
	unsigned n = (unsigned)(minutes < 0 ? -minutes : minutes);

	return text_printf(t, "UTC%c%02u:%02u", minutes < 0 ? '-' : '+', n / 60, n % 60);
}

/* What the dump says of its zone against what the registry says. */
static int
add_zone(const struct exam *exam, struct text *t, const struct page_fact *fact, uint64_t changed)
{
	const struct zone *zone = registered_zone(exam, fact->candidate->volume);
	int32_t ahead;
	int r;

	if (!fact->dump.zone_known)
		return 0;
	r = text_adds(t, "; its local time was ");
	if (r == 0)
		r = add_ahead(t, fact->dump.zone);
	if (r < 0 || !zone)
		return r;
	ahead = zone_ahead(zone, changed);
	if (ahead == fact->dump.zone)
		return text_adds(t, ", as the registry has it");
	r = text_adds(t, ", but by the registry it was ");
	if (r == 0)
		r = add_ahead(t, ahead);
	return r < 0 ? r : text_adds(t, " then: the zone was changed since, or the file is of another server");
}

/* ---- one ---- */

static const struct rule *
rule_of(const struct page_fact *fact)
{
	return own_rule(fact->dump.has_script ? OWN_SAVED_SCRIPT : OWN_SAVED_DIRECTORY);
}

static int
write_finding(struct exam *exam, const struct page_fact *fact, const struct text *words, struct text *ret_id)
{
	const struct oab_script *s = &fact->dump.script;

	return page_finding(exam, fact, fact->candidate->stream[0] ? 0 : fact->candidate->born,
			    &(struct mark){ .rule = rule_of(fact),
					    .offset = s->offset,
					    .length = s->length ? s->length : fact->excerpt.n,
					    .excerpt = fact->excerpt,
					    .basis = text_view(words) },
			    fact->dump.has_script                   ? LEVEL_CRITICAL
			    : name_is_served(fact->candidate->name) ? LEVEL_HIGH
								    : LEVEL_MEDIUM,
			    ret_id);
}

static int
write_event(struct exam *exam, const struct page_fact *fact, uint64_t when, const struct text *words, const char *id)
{
	const struct candidate *c = fact->candidate;
	const char *server = fact->dump.values[OAB_IDENTITY];
	CLEANUP(text_free) struct text subject = { 0 };

	if (when < exam->since)
		return 0;
	if (text_add_escaped(&subject, view_text(server ? server : fact->dump.values[OAB_SERVER])) < 0)
		return no_memory(fact);
	return case_event(exam->db, &(struct event_row){ .volume = exam->volumes[c->volume].number,
							 .file = c->file,
							 .when = when,
							 .mft = c->entry.entry,
							 .offset = fact->dump.script.offset,
							 .kind = "directory.set",
							 .source = c->path,
							 .subject = text_view(&subject),
							 .summary = text_view(words),
							 .stream = view_text(c->stream),
							 .finding = id,
							 .rule = rule_of(fact) });
}

static int
tell(struct exam *exam, const struct page_fact *fact)
{
	CLEANUP(text_free) struct text words = { 0 };
	CLEANUP(text_free) struct text id = { 0 };
	uint64_t changed = choose(&fact->dump.changed_utc, fact->candidate->born);
	int r = add_values(&words, &fact->dump);

	if (r == 0)
		r = add_script(&words, &fact->dump);
	if (r == 0)
		r = add_clock(&words, fact, changed);
	if (r == 0)
		r = add_zone(exam, &words, fact, changed);
	if (r < 0)
		return r == -ENOMEM ? no_memory(fact) : r;
	r = write_finding(exam, fact, &words, &id);
	return r < 0 || !changed ? r : write_event(exam, fact, changed, &words, id.s);
}

int
pages_dumps(struct exam *exam, struct pages *pages)
{
	char reason[160];
	int r = 0;

	for (size_t i = 0; i < pages->facts.n && r == 0; i++)
		if (pages->facts.at[i]->dumped)
			r = tell(exam, pages->facts.at[i]);
	if (r < 0)
		return r;
	snprintf(reason, sizeof(reason),
		 "files in web folders of at most %d KiB, looked at for saved virtual directories: %" PRIu64
		 " of them are such",
		 PAGES_DUMP_MAX >> 10, pages->dumps);
	return case_coverage(exam->db, &(struct coverage_row){ .source = "directory",
							       .state = pages->looked ? "read" : "absent",
							       .items = pages->looked,
							       .bytes = pages->looked_bytes,
							       .reason = reason });
}
