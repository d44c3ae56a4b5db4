/* setup_runs.c - the runs of setup in an ExchangeSetup.log: which build, on top of which, and whether it came to an end. */
#include "setup.h"

#include <errno.h>
#include <strings.h>

#include "filetime.h"

/* Setup names its version again when it has copied itself: within this time it is the same run. */
enum { SAME_RUN = 2 * 60 * 60 };

enum word { STARTING, VERSION, BEFORE, MODE, PREPARE, COMPLETED, FAILED, WORDS };

static const char *const words[WORDS] = {
	[STARTING] = "Starting Microsoft Exchange",
	[VERSION] = "Setup version: ",
	[BEFORE] = "The locally installed version is ",
	[MODE] = "Command Line Parameter Name='mode', Value='",
	[PREPARE] = "Command Line Parameter Name='prepare",
	[COMPLETED] = "Exchange Server setup operation completed successfully",
	[FAILED] = "Exchange Server setup operation didn",
};

struct reading {
	struct setup_run run;
	bool in_run;
	int (*tell)(void *state, const struct setup_run *run);
	void *state;
};

bool
setup_installs(const struct setup_run *run)
{
	static const char *const modes[] = { "Install", "Upgrade", "BuildToBuildUpgrade", "RecoverServer" };

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcasecmp(run->mode, modes[i]))
			return true;
	return false;
}

static int
end_run(struct reading *r)
{
	bool told = r->in_run && r->run.version.parts;

	r->in_run = false;
	return told ? r->tell(r->state, &r->run) : 0;
}

static int
begin_run(struct reading *r, const struct log_line *line)
{
	int e = end_run(r);

	r->run = (struct setup_run){ .began = line->when, .offset = line->offset };
	r->in_run = true;
	return e;
}

static bool
same_run(const struct reading *r, const struct log_line *line, const struct build *version)
{
	if (!r->in_run || r->run.outcome != SETUP_UNKNOWN)
		return false;
	return !r->run.version.parts || (build_same(&r->run.version, version) && line->when >= r->run.began &&
					 line->when - r->run.began < (uint64_t)SAME_RUN * FILETIME_SECOND);
}

/* The build that stands at the start of a text, up to the full stop that ends the sentence. */
static bool
leading_build(struct view text, struct build *ret)
{
	size_t n = 0;

	while (n < text.n && ((text.p[n] >= '0' && text.p[n] <= '9') || text.p[n] == '.'))
		n++;
	while (n && text.p[n - 1] == '.')
		n--;
	return build_parse(view_of(text.p, n), ret);
}

static int
take_version(struct reading *r, const struct log_line *line, struct view rest)
{
	struct build version;
	int e = 0;

	if (!leading_build(rest, &version))
		return 0;
	if (!same_run(r, line, &version))
		e = begin_run(r, line);
	r->run.version = version;
	r->run.offset = line->offset;
	return e;
}

static void
take_mode(struct setup_run *run, struct view rest)
{
	size_t n = 0;

	while (n < rest.n && n + 1 < sizeof(run->mode) && rest.p[n] != '\'' && rest.p[n] >= ' ' && rest.p[n] < 0x7f) {
		run->mode[n] = (char)rest.p[n];
		n++;
	}
	run->mode[n] = 0;
}

static void
take_outcome(struct setup_run *run, const struct log_line *line, enum setup_outcome outcome)
{
	run->outcome = outcome;
	run->ended = line->when;
}

/* Behind a word where a message begins with it, or holds it; nothing where it does not. */
static struct view
behind(struct view message, enum word word)
{
	size_t n = strlen(words[word]);
	const uint8_t *at = message.n ? memmem(message.p, message.n, words[word], n) : NULL;

	return at ? view_from(message, (uint64_t)(at - message.p) + n) : view_of(NULL, 0);
}

static int
take_line(void *state, const struct log_line *line)
{
	struct reading *r = state;
	struct view message = log_value(line, "Message");

	if (behind(message, VERSION).p)
		return take_version(r, line, behind(message, VERSION));
	if (behind(message, STARTING).p && (!r->in_run || r->run.outcome != SETUP_UNKNOWN))
		return begin_run(r, line);
	if (!r->in_run)
		return 0;
	if (behind(message, BEFORE).p)
		leading_build(behind(message, BEFORE), &r->run.before);
	else if (behind(message, MODE).p)
		take_mode(&r->run, behind(message, MODE));
	else if (behind(message, PREPARE).p && !r->run.mode[0])
		memcpy(r->run.mode, "prepare", sizeof("prepare"));
	else if (behind(message, COMPLETED).p)
		take_outcome(&r->run, line, SETUP_COMPLETED);
	else if (behind(message, FAILED).p)
		take_outcome(&r->run, line, SETUP_FAILED);
	return 0;
}

int
setup_runs(struct source *src, struct sink *out, int (*run)(void *state, const struct setup_run *run), void *state)
{
	struct reading r = { .tell = run, .state = state };
	CLEANUP(log_result_free) struct log_result result = { 0 };
	CLEANUP(literals_close) struct literals *literals = NULL;
	struct log_reading reading = { .kind = log_kind_find("setup"), .out = out, .line = take_line, .state = &r };
	struct view views[WORDS];
	int e;

	for (int i = 0; i < WORDS; i++)
		views[i] = view_text(words[i]);
	e = literals_open(views, WORDS, &literals);
	reading.literals = literals;
	if (e == 0)
		e = log_read(&reading, src, &result);
	return e < 0 ? e : end_run(&r);
}
