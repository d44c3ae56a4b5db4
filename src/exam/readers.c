/* readers.c - the readers that profiles name: one for any content, one for each kind of log or artefact, and one for event logs. */
#include "artefact.h"
#include "asked.h"
#include "births.h"
#include "evtx.h"
#include "exam.h"
#include "judge.h"
#include "logs.h"
#include "regvalue.h"

const struct log_kind asked_hives = {
	.name = "hive", .title = "registry hives", .event = "registry.key", .source = &regvalue_source
};

void
choice_readers(const struct choice *choice, struct named_readers *ret)
{
	*ret = (struct named_readers){ 0 };
	for (const char *const *name = choice->readers; *name; name++) {
		const struct log_kind *log = log_kind_find(*name);
		const struct artefact_kind *artefact = log ? NULL : artefact_find(*name);
		unsigned other = !strcmp(*name, "content") ? READER_CONTENT : !strcmp(*name, "evtx") ? READER_EVENTS : 0;

		if ((log || artefact) && !ret->log) {
			ret->log = log ? log : &artefact->log;
			ret->artefact = artefact;
			ret->readers |= log ? READER_LOG : READER_ARTEFACT;
		}
		if (!strcmp(*name, "hive") && !ret->log) {
			ret->log = &asked_hives;
			ret->readers |= READER_HIVE;
		}
		ret->readers |= other;
		ret->unknown |= !other && !log && !artefact && strcmp(*name, "hive") != 0;
	}
}

/* ---- the rules that come with the program ---- */

/* First those of judge.h, then those of each kind of artefact. */
const struct rule *
own_rule_at(size_t i)
{
	if (i < OWN_RULES)
		return own_rule((enum own_rule)i);
	i -= OWN_RULES;
	for (const struct artefact_kind *const *kind = artefact_kinds; *kind; kind++) {
		if (i < (*kind)->rule_count)
			return &(*kind)->rules[i];
		i -= (*kind)->rule_count;
	}
	return NULL;
}

size_t
own_rule_count(void)
{
	size_t n = OWN_RULES;

	for (const struct artefact_kind *const *kind = artefact_kinds; *kind; kind++)
		n += (*kind)->rule_count;
	return n;
}

int
tell_sources(struct profile *profile)
{
	const struct sigma_source *sources[LOG_KINDS_MAX + ARTEFACT_KINDS_MAX + EVTX_KINDS_MAX + 2];
	size_t n;

	log_sources(sources, &n);
	for (const struct artefact_kind *const *kind = artefact_kinds; *kind; kind++)
		if ((*kind)->log.source)
			sources[n++] = (*kind)->log.source;
	for (const struct evtx_kind *kind = evtx_kinds; kind->source; kind++)
		sources[n++] = kind->source;
	sources[n++] = &births_source;
	sources[n++] = asked_hives.source;
	return profile_sources(profile, sources, n);
}
