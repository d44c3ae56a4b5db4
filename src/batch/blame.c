/* blame.c - a worker has died: which piece of the image is to blame, and whether another try goes on without it. */
#include <stdio.h>
#include <string.h>

#include "supervise.h"

enum { DEATHS_MAX = 3, ASIDES_MAX = 64 };

const char *
death_text(int status, char ret_text[static 64])
{
	if (WIFSIGNALED(status))
		snprintf(ret_text, 64, "ended its worker by SIG%s", sigabbrev_np(WTERMSIG(status)) ?: "?");
	else
		snprintf(ret_text, 64, "%s",
			 WEXITSTATUS(status) == WORKER_STUCK ? "used up the processor time that it is given"
							     : "needed more memory than a worker may take");
	return ret_text;
}

bool
status_is_death(int status)
{
	return WIFSIGNALED(status) || WEXITSTATUS(status) == WORKER_STUCK || WEXITSTATUS(status) == WORKER_FULL;
}

static bool
listed(const struct unit *units, size_t n, const struct unit *unit)
{
	for (size_t i = 0; i < n; i++)
		if (unit_same(&units[i], unit))
			return true;
	return false;
}

static bool
is_aside(const struct job *job, const struct unit *unit)
{
	for (size_t i = 0; i < job->asides.n; i++)
		if (unit_same(&job->asides.at[i].unit, unit))
			return true;
	return false;
}

/* One that was at work at two deaths, the second time alone. */
static bool
set_aside(struct job *job, const struct unit *unit, const char *how)
{
	struct aside *aside;

	if (job->asides.n >= ASIDES_MAX || is_aside(job, unit))
		return false;
	aside = vector_push(&job->asides);
	if (!aside)
		return false;
	*aside = (struct aside){ .unit = *unit, .narrow = unit->kind == UNIT_RECORDS && unit->sub > 1 };
	snprintf(aside->why, sizeof(aside->why), "set aside: it %s twice", how);
	return true;
}

bool
status_is_full(int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == WORKER_FULL;
}

/*
 * Whether a unit can be to blame. A phase cannot: it is the image's, and that is what is left when no smaller unit is
 * known. Nor can a record be for want of memory: all of them together are, and leaving out one would help nobody.
 */
static bool
can_be_guilty(const struct unit *unit, int status)
{
	return unit->kind == UNIT_STREAM || (unit->kind != UNIT_PHASE && !status_is_full(status));
}

static size_t
small_units(struct unit *units, size_t n, int status)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (can_be_guilty(&units[i], status) && !listed(units, kept, &units[i]))
			units[kept++] = units[i];
	return kept;
}

bool
job_blame(struct job *job, int status, struct text *ret_units)
{
	struct unit units[WATCH_THREADS + 1];
	size_t n = small_units(units, watch_suspects(job->watch, units, WATCH_THREADS + 1), status);
	char how[64], name[96];
	bool settled = false;

	death_text(status, how);
	for (size_t i = 0; i < n; i++) {
		unit_text(&units[i], name);
		text_printf(ret_units, "%s%s", i ? "; " : "", name);
		if (job->alone && listed(job->suspects.at, job->suspects.n, &units[i]))
			settled |= set_aside(job, &units[i], how);
	}
	job->suspects.n = 0;
	for (size_t i = 0; i < n && !settled; i++) {
		struct unit *suspect = vector_push(&job->suspects);

		if (suspect)
			*suspect = units[i];
	}
	job->deaths = settled ? 0 : job->deaths + 1;
	job->alone = !settled;
	return job->deaths < DEATHS_MAX && (n || !status_is_full(status));
}
