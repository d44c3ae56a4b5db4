/* witness.c - files that say which build of Exchange a server had, read by the threads that read everything else. */
#include "builds.h"

#include <errno.h>
#include <inttypes.h>
#include <strings.h>

#include "fail.h"
#include "filetime.h"
#include "literals.h"
#include "logs.h"
#include "setup.h"

/* Where logs of Exchange lie whose records name the build that wrote them. */
static const struct {
	const char *folder, *kind;
} logs[] = {
	{ "Logging/HttpProxy/", "httpproxy" },
	{ "Logging/Ews/", "ews" },
	{ "Logging/ECP/", "ecp" },
	{ "Logging/MapiHttp/", "mapi" },
	{ "Logging/OABGeneratorLog/", "oab" },
	{ "Logging/CmdletInfra/Powershell-Proxy/Http/", "rps_http" },
	{ "Logging/CmdletInfra/Powershell-Proxy/Cmdlet/", "rps_cmdlet" },
	{ "Logging/CmdletInfra/LocalPowerShell/Cmdlet/", "rps_cmdlet" },
	{ "Logging/CmdletInfra/Others/", "rps_cmdlet" },
};

enum { CONFIG_MAX = 16 << 20 }; /* bytes of a file in which traces of a mitigation are looked for */

static bool
begins(const char *s, const char *with)
{
	return !strncasecmp(s, with, strlen(with));
}

static bool
ends(const char *s, const char *with)
{
	size_t n = strlen(s), w = strlen(with);

	return n >= w && !strcasecmp(s + n - w, with);
}

static const char *
kind_of_log(const char *relative)
{
	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++)
		if (begins(relative, logs[i].folder) && ends(relative, ".log"))
			return logs[i].kind;
	return NULL;
}

enum witness
witness_of(const struct exam *exam, const struct candidate *c)
{
	const struct mitigation *mitigations;
	size_t n = profile_mitigations(exam->profile, &mitigations);

	if (c->stream[0])
		return WITNESS_NONE;
	if (!strcasecmp(c->relative, "Bin/ExSetup.exe"))
		return c->flags & FILE_ALLOCATED ? WITNESS_NONE : WITNESS_PROGRAM; /* builds_confirm has read that */
	if (ends(c->path, "/ExchangeSetupLogs/ExchangeSetup.log"))
		return WITNESS_SETUP;
	if (kind_of_log(c->relative))
		return WITNESS_LOG;
	for (size_t i = 0; i < n; i++)
		if (!strcasecmp(c->name, mitigations[i].file))
			return WITNESS_MITIGATION;
	return WITNESS_NONE;
}

const char *
witness_label(enum witness witness)
{
	static const char *const labels[] = {
		[WITNESS_NONE] = "",          [WITNESS_PROGRAM] = "ExSetup.exe",
		[WITNESS_SETUP] = "setup log", [WITNESS_BEFORE] = "setup log, what it found",
		[WITNESS_LOG] = "log",        [WITNESS_FOLDER] = "folder",
		[WITNESS_MITIGATION] = "mitigation",  [WITNESS_REGISTRY] = "registry",
	};

	return labels[witness];
}

bool
build_was_out(const struct exam *exam, const struct build *build, uint64_t when)
{
	const struct release *release = exam->profile ? release_find(exam->profile, build) : NULL;

	return !release || !release->released || when >= release->released;
}

uint32_t
builds_only_host(const struct exam *exam)
{
	uint32_t only = UINT32_MAX;

	for (uint32_t i = 0; i < exam->hosts.n; i++) {
		if (exam->hosts.at[i].kind != HOST_EXCHANGE)
			continue;
		if (only != UINT32_MAX)
			return UINT32_MAX;
		only = i;
	}
	return only;
}

/* The Exchange that a file lies in. */
static uint32_t
host_of(const struct exam *exam, const struct candidate *c)
{
	const struct host_place *place = NULL;

	if (!host_relative(exam, c->volume, c->path, &place))
		return builds_only_host(exam);
	return (uint32_t)(place - exam->hosts.at);
}

const char *
note_add(struct arena *arena, const char *note, const char *more)
{
	return note && note[0] ? arena_printf(arena, "%s; %s", note, more) : more;
}

/* ---- one witness ---- */

struct hearing {
	struct witnessed *to;
	struct slot *slot;
	const struct exam *exam;
	unsigned runs;
};

static int
no_memory(const struct candidate *c)
{
	return fail(ENOMEM, "out of memory for the build that %s tells", c->path);
}

static int
state(const struct hearing *h, const struct statement_row *row)
{
	const struct candidate *c = h->slot->candidate;
	struct statement_row *slot = vector_push(&h->to->rows);

	if (!slot)
		return no_memory(c);
	*slot = *row;
	slot->host = host_of(h->exam, c);
	slot->volume = c->volume;
	slot->path = c->path;
	slot->mft = c->entry.entry;
	slot->files = 1;
	if (!slot->note)
		slot->note = "";
	return 0;
}

static const char *
words_of_run(struct arena *arena, const struct setup_run *run)
{
	static const char *const outcomes[] = { "how it ended is not told", "completed", "failed" };
	char before[BUILD_STRING];

	return arena_printf(arena, "%s%s, %s%s%s", run->mode[0] ? "mode " : "no mode is told", run->mode, outcomes[run->outcome],
			    run->before.parts ? ", found " : "", build_text(&run->before, before));
}

static int
take_run(void *owner, const struct setup_run *run)
{
	struct hearing *h = owner;
	const char *note = words_of_run(&h->to->arena, run);
	bool installed = setup_installs(run) && run->outcome == SETUP_COMPLETED, out;
	uint64_t when = run->ended ? run->ended : run->began;
	struct build cu = run->before;
	int r;

	if (++h->runs > WITNESS_RUNS_MAX)
		return 0;
	out = build_was_out(h->exam, &run->version, when);
	if (note && !out)
		note = note_add(&h->to->arena, note, "dated before this build was released, and so not taken for its time");
	if (!note)
		return no_memory(h->slot->candidate);
	r = state(h, &(struct statement_row){ .witness = WITNESS_SETUP,
					      .means = !installed     ? STATED_TRIED
						       : out && when ? STATED_INSTALLED
								     : STATED_UNDATED,
					      .build = run->version,
					      .first = when,
					      .note = note,
					      .offset = run->offset });
	if (r < 0 || !run->before.parts)
		return r;
	cu.parts = BUILD_CU_PARTS;
	return state(h, &(struct statement_row){ .witness = WITNESS_BEFORE,
						 .means = run->began ? STATED_IN_USE : STATED_UNDATED,
						 .build = cu,
						 .first = run->began,
						 .last = run->began,
						 .note = "tells the cumulative update alone",
						 .offset = run->offset });
}

static int
read_setup(struct hearing *h, struct source *stream)
{
	int r = setup_runs(stream, NULL, take_run, h);

	if (r == 0 && h->runs > WITNESS_RUNS_MAX)
		r = limits_add(h->slot->limits, h->slot->candidate->path, (int64_t)h->slot->candidate->entry.entry, "", -1,
			       "more runs of setup than are taken for true: the later ones are not told",
			       h->runs - WITNESS_RUNS_MAX);
	return r;
}

static int
read_log(struct hearing *h, struct source *stream)
{
	const struct candidate *c = h->slot->candidate;
	struct log_writer w;
	int r = log_writer_read(log_kind_find(kind_of_log(c->relative)), c->name, stream, &w);
	bool out;

	if (r < 0 || !w.found)
		return r;
	out = build_was_out(h->exam, &w.build, w.when);
	return state(h, &(struct statement_row){
				.witness = WITNESS_LOG,
				.means = w.when && out ? STATED_IN_USE : STATED_UNDATED,
				.build = w.build,
				.first = w.when,
				.last = w.when,
				.note = out ? "" : "dated before this build was released, and so not taken for its time",
				.offset = w.offset });
}

/* ---- mitigations ---- */

/* What a line is searched for, and for whom. */
struct tracing {
	struct hearing *hearing;
	const struct literals *literals;
	const struct log_line *line;
};

static int
take_trace(void *state, size_t at, uint32_t which)
{
	const struct tracing *t = state;
	struct hearing *h = t->hearing;
	const struct candidate *c = h->slot->candidate;
	struct mitigation_seen *seen = &h->to->mitigations.at[which];
	struct view stamp = view_part(t->line->raw, 0, t->line->raw.n < 19 ? t->line->raw.n : 19);
	uint64_t when;

	(void)at;
	if (!seen->path)
		seen->offset = t->line->offset;
	seen->path = c->path;
	if (!ends(c->name, ".log") || filetime_parse(stamp, &when) < 0)
		return 0;
	seen->note = "by the server's own clock, whose zone the log does not tell";
	if (!seen->first || when < seen->first)
		seen->first = when;
	if (when > seen->last)
		seen->last = when;
	return 0;
}

/* A configuration that has a rule had it when it was last written, at the latest. */
static void
date_by_file(const struct candidate *c, struct mitigation_seen *seen)
{
	bool deleted = !(c->flags & FILE_ALLOCATED);

	if (!ends(c->name, ".log")) {
		seen->first = seen->last = c->si.modified;
		seen->note = deleted ? "in a file that was deleted; the time is that of its last change" : "as of the last change of the file";
	} else if (!seen->note) {
		seen->note = deleted ? "in a log that was deleted" : "";
	}
}

static int
search_line(void *state, const struct log_line *line)
{
	struct tracing *t = state;

	t->line = line;
	return literals_scan(t->literals, line->raw, take_trace, t);
}

/* Goes through a text of any kind for what a mitigation leaves. */
static int
search_text(struct hearing *h, struct source *stream, const struct literals *literals)
{
	struct tracing tracing = { .hearing = h, .literals = literals };
	const struct log_reading reading = { .kind = log_kind_find("text"),
					     .file = h->slot->candidate->name,
					     .literals = literals,
					     .line = search_line,
					     .state = &tracing };
	struct log_result result;
	int r = log_read(&reading, stream, &result);

	log_result_free(&result);
	return r;
}

/* One literal for each trace that can stand in a file of this name. */
static int
read_traces(struct hearing *h, struct source *stream)
{
	const struct candidate *c = h->slot->candidate;
	CLEANUP(literals_close) struct literals *literals = NULL;
	struct view texts[PATCH_CVES_MAX];
	const struct mitigation *all;
	size_t n = profile_mitigations(h->exam->profile, &all), kept = 0;
	int r;

	for (size_t i = 0; i < n && h->to->mitigations.n < PATCH_CVES_MAX; i++) {
		struct mitigation_seen *seen;

		if (strcasecmp(c->name, all[i].file))
			continue;
		texts[h->to->mitigations.n] = view_text(all[i].text);
		seen = vector_push(&h->to->mitigations);
		if (!seen)
			return no_memory(c);
		*seen = (struct mitigation_seen){ .mitigation = &all[i], .volume = c->volume, .mft = c->entry.entry };
	}
	r = literals_open(texts, h->to->mitigations.n, &literals);
	if (r == 0)
		r = search_text(h, stream, literals);
	for (size_t i = 0; i < h->to->mitigations.n; i++)
		if (h->to->mitigations.at[i].path)
			h->to->mitigations.at[kept++] = h->to->mitigations.at[i];
	h->to->mitigations.n = kept;
	for (size_t i = 0; i < kept; i++)
		date_by_file(c, &h->to->mitigations.at[i]);
	return r;
}

/* ---- all of them ---- */

static int
hear(struct hearing *h, struct source *stream)
{
	switch ((enum witness)h->slot->candidate->witness) {
	case WITNESS_PROGRAM:
		return witness_program(h->to, h->exam, h->slot->candidate, stream, &h->slot->sink);
	case WITNESS_SETUP:
		return read_setup(h, stream);
	case WITNESS_LOG:
		return read_log(h, stream);
	case WITNESS_MITIGATION:
		return stream->size <= CONFIG_MAX ? read_traces(h, stream) : 0;
	default:
		return 0;
	}
}

/* What is known against the bytes that a statement rests on is a part of it; of another file's bytes nothing is said. */
static int
add_doubts(struct hearing *h)
{
	const struct slot *slot = h->slot;
	const char *why = NULL;

	if (slot->reused || slot->shared)
		why = "deleted, and some of its clusters may be another file's: no proof";
	else if (!(slot->candidate->flags & FILE_ALLOCATED))
		why = "deleted";
	else if (slot->trust)
		why = "rests on damaged or unverified bytes";
	for (size_t i = 0; i < h->to->rows.n && why; i++) {
		struct statement_row *row = &h->to->rows.at[i];

		row->note = note_add(&h->to->arena, row->note, why);
		if (!row->note)
			return no_memory(slot->candidate);
		if (slot->reused || slot->shared)
			row->means = STATED_UNDATED;
	}
	return 0;
}

int
witness_read(struct slot *slot, const struct exam *exam, struct source *stream)
{
	struct hearing h = { .slot = slot, .exam = exam };
	int r;

	slot->witnessed = h.to = calloc(1, sizeof(*h.to));
	if (!h.to)
		return no_memory(slot->candidate);
	r = hear(&h, stream);
	return r < 0 ? r : add_doubts(&h);
}

struct witnessed *
witness_free(struct witnessed *witnessed)
{
	if (!witnessed)
		return NULL;
	vector_free(&witnessed->rows);
	vector_free(&witnessed->mitigations);
	arena_free(&witnessed->arena);
	free(witnessed);
	return NULL;
}
