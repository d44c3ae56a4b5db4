/* stays.c - the builds of an Exchange one after the other, out of single sightings by many witnesses. */
#include <errno.h>

#include "exposure.h"

static int
by_time(const void *a, const void *b)
{
	const struct sighting *x = a, *y = b;

	if (x->when != y->when)
		return x->when < y->when ? -1 : 1;
	if (x->installed != y->installed)
		return x->installed ? -1 : 1;
	return x->build != y->build ? x->build < y->build ? -1 : 1 : strcmp(x->witness, y->witness);
}

/* Whether a build of four numbers begins with these three. */
static bool
is_of_update(const char *build, const char *update)
{
	size_t n = strlen(update);

	return !strncmp(build, update, n) && build[n] == '.';
}

/* A witness that tells the cumulative update alone says nothing where another tells the build. */
static void
shadow(struct exposed *host)
{
	for (size_t i = 0; i < host->builds.n; i++)
		for (size_t k = 0; k < host->builds.n && host->builds.at[i].parts < 4; k++)
			if (host->builds.at[k].parts == 4 && is_of_update(host->builds.at[k].text, host->builds.at[i].text))
				host->builds.at[i].shadowed = true;
}

static struct stay *
earlier_stay(struct exposed *host, uint32_t build)
{
	for (size_t i = host->stays.n; i-- > 0;)
		if (host->stays.at[i].build == build)
			return &host->stays.at[i];
	return NULL;
}

static int
next_stay(struct exposed *host, const struct sighting *s)
{
	struct stay *last = host->stays.n ? &host->stays.at[host->stays.n - 1] : NULL, *slot;

	if (last) {
		last->to = s->when;
		last->next_installed = s->installed;
		last->next_witness = s->witness;
	}
	slot = vector_push(&host->stays);
	if (!slot)
		return -ENOMEM;
	*slot = (struct stay){ .build = s->build, .from = s->when, .seen = s->when, .installed = s->installed, .witness = s->witness };
	return 0;
}

/* One that is seen again when another was there already lingers, unless it was installed anew. */
static int
take(struct exposed *host, const struct sighting *s)
{
	struct stay *last = host->stays.n ? &host->stays.at[host->stays.n - 1] : NULL, *earlier;

	if (last && last->build == s->build) {
		last->seen = s->when;
		return 0;
	}
	earlier = s->installed ? NULL : earlier_stay(host, s->build);
	if (!earlier)
		return next_stay(host, s);
	earlier->lingers = true;
	earlier->seen = s->when;
	return 0;
}

int
exposed_settle(struct exposed *host)
{
	int r = 0;

	shadow(host);
	vector_sort(&host->sightings, by_time);
	for (size_t i = 0; i < host->sightings.n && r == 0; i++)
		if (!host->builds.at[host->sightings.at[i].build].shadowed)
			r = take(host, &host->sightings.at[i]);
	return r;
}
