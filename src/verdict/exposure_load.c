/* exposure_load.c - the witnesses of builds as the case has them, by the Exchange that they speak of. */
#include <errno.h>

#include "exposure.h"
#include "filetime.h"
#include "text.h"

static const char *
copy(struct exposures *x, int n, const char *const *names, const struct view *values, const char *column)
{
	return arena_copy(&x->arena, row_value(n, names, values, column));
}

static uint64_t
time_of(int n, const char *const *names, const struct view *values, const char *column)
{
	uint64_t when;

	return filetime_parse(row_value(n, names, values, column), &when) == 0 ? when : 0;
}

/* Rows come in order of host. */
static struct exposed *
host_for(struct exposures *x, int n, const char *const *names, const struct view *values)
{
	uint32_t evidence = (uint32_t)view_number(row_value(n, names, values, "evidence"));
	uint64_t place = view_number(row_value(n, names, values, "place"));
	struct view path = row_value(n, names, values, "host");
	struct exposed *host = x->hosts.n ? &x->hosts.at[x->hosts.n - 1] : NULL;

	if (host && host->evidence == evidence && host->place == place && view_equal(view_text(host->host), path))
		return host;
	host = vector_push(&x->hosts);
	if (host)
		*host = (struct exposed){ .evidence = evidence, .place = place, .host = arena_copy(&x->arena, path) };
	return host && host->host ? host : NULL;
}

static unsigned
parts_of(const char *build)
{
	unsigned parts = 1;

	for (; *build; build++)
		parts += *build == '.';
	return parts;
}

static int
build_for(struct exposures *x, struct exposed *host, struct view text, uint32_t *ret)
{
	struct host_build *slot;

	for (uint32_t i = 0; i < host->builds.n; i++)
		if (view_equal(view_text(host->builds.at[i].text), text)) {
			*ret = i;
			return 0;
		}
	slot = vector_push(&host->builds);
	if (!slot)
		return -ENOMEM;
	*slot = (struct host_build){ .text = arena_copy(&x->arena, text) };
	if (!slot->text)
		return -ENOMEM;
	slot->parts = parts_of(slot->text);
	*ret = (uint32_t)host->builds.n - 1;
	return 0;
}

static int
add_sighting(struct exposed *host, uint64_t when, uint32_t build, bool installed, const char *witness)
{
	struct sighting *s = when ? vector_push(&host->sightings) : NULL;

	if (!when)
		return 0;
	if (!s)
		return -ENOMEM;
	*s = (struct sighting){ .when = when, .build = build, .installed = installed, .witness = witness };
	return 0;
}

static int
take_statement(struct exposures *x, struct exposed *host, int n, const char *const *names, const struct view *values,
	       bool installed)
{
	const char *witness = copy(x, n, names, values, "witness");
	uint64_t first = time_of(n, names, values, "time"), last = time_of(n, names, values, "last");
	uint32_t build;
	int r = witness ? build_for(x, host, row_value(n, names, values, "build"), &build) : -ENOMEM;

	if (r == 0)
		r = add_sighting(host, first, build, installed, witness);
	return r < 0 ? r : add_sighting(host, last, build, false, witness);
}

static int
take_build(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct exposures *x = state;
	struct view means = row_value(n, names, values, "means");
	struct exposed *host = host_for(x, n, names, values);
	bool installed = view_equal(means, view_text("installed"));

	(void)is_number;
	if (!host)
		return -ENOMEM;
	if (installed || view_equal(means, view_text("in use")))
		return take_statement(x, host, n, names, values, installed);
	if (view_equal(means, view_text("begins")))
		host->begins = time_of(n, names, values, "time");
	if (!view_equal(means, view_text("resolved")) || !row_value(n, names, values, "build").n)
		return 0;
	host->resolved = copy(x, n, names, values, "build");
	return host->resolved ? 0 : -ENOMEM;
}

static int
take_fix(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct exposures *x = state;
	struct fix *fix = vector_push(&x->fixes);

	(void)is_number;
	if (!fix)
		return -ENOMEM;
	*fix = (struct fix){ .evidence = (uint32_t)view_number(row_value(n, names, values, "evidence")),
			     .build = copy(x, n, names, values, "build"),
			     .cve = copy(x, n, names, values, "cve"),
			     .state = copy(x, n, names, values, "state"),
			     .reason = copy(x, n, names, values, "reason"),
			     .fix_released = time_of(n, names, values, "fix_released") };
	return fix->build && fix->cve && fix->state && fix->reason ? 0 : -ENOMEM;
}

static int
take_mitigation(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct exposures *x = state;
	CLEANUP(text_free) struct text words = { 0 };
	struct mitigated *m = vector_push(&x->mitigations);
	struct view first = row_value(n, names, values, "first"), last = row_value(n, names, values, "last");
	bool on = view_equal(row_value(n, names, values, "state"), view_text("on"));
	int r = m ? text_add(&words, row_value(n, names, values, "title")) : -ENOMEM;

	(void)is_number;
	if (r == 0)
		r = text_adds(&words, on ? ", seen in " : ", by ");
	if (r == 0)
		r = text_add(&words, row_value(n, names, values, "path"));
	if (r == 0 && first.n)
		r = text_printf(&words, " (%.*s%s%.*s)", (int)first.n, (const char *)first.p, last.n ? " to " : "", (int)last.n,
				last.n ? (const char *)last.p : "");
	if (r < 0)
		return r;
	*m = (struct mitigated){ .evidence = (uint32_t)view_number(row_value(n, names, values, "evidence")),
				 .cve = copy(x, n, names, values, "cve"),
				 .words = arena_copy(&x->arena, text_view(&words)) };
	return m->cve && m->words ? 0 : -ENOMEM;
}

int
exposures_load(struct exposures *x, struct case_db *db)
{
	int r = case_ask(db, &(struct question){ .view = "v_builds" }, take_build, x);

	if (r == 0)
		r = case_ask(db, &(struct question){ .view = "v_patches" }, take_fix, x);
	return r < 0 ? r : case_ask(db, &(struct question){ .view = "v_mitigations" }, take_mitigation, x);
}

void
exposures_free(struct exposures *x)
{
	for (size_t i = 0; i < x->hosts.n; i++) {
		vector_free(&x->hosts.at[i].builds);
		vector_free(&x->hosts.at[i].sightings);
		vector_free(&x->hosts.at[i].stays);
	}
	vector_free(&x->hosts);
	vector_free(&x->fixes);
	vector_free(&x->mitigations);
	arena_free(&x->arena);
}
