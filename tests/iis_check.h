/* iis_check.h - what must hold of a configuration of IIS whatever its bytes are. */
#ifndef IIS_CHECK_H
#define IIS_CHECK_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iisconfig.h"

struct iis_told {
	struct sink sink;
	uint64_t count, first, size;
	int stop_at; /* the fact at which it says stop; 0: never */
	char why[160];
};

static inline int
iis_take_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct iis_told *told = (struct iis_told *)out;

	if (offset > told->size || !why || !*why)
		abort();
	if (!told->count++) {
		told->first = offset;
		snprintf(told->why, sizeof(told->why), "%s", why);
	}
	return told->stop_at && told->count == (uint64_t)told->stop_at ? -ECANCELED : 0;
}

static inline int
iis_read(struct view bytes, struct iis_told *told, struct iis_config *ret)
{
	CLEANUP(source_close) struct source *source = NULL;

	told->sink.damage = iis_take_damage;
	told->size = bytes.n;
	if (source_memory(bytes, "test", &source) < 0)
		abort();
	return iisconfig_read(source, &told->sink, ret);
}

static inline bool
iis_within(const struct iis_binding *b, struct view part)
{
	const uint8_t *from = (const uint8_t *)b->information;

	return !part.n || (part.p >= from && part.p + part.n <= from + strlen(b->information));
}

/* Everything that is known belongs to a site, every text has its bounds, and damage was told where it is counted. */
static inline void
iis_check(struct view bytes)
{
	struct iis_told told = { .count = 0 };
	struct iis_config c = { 0 };

	if (iis_read(bytes, &told, &c) != 0 || told.count != c.damaged || (!c.whole && !c.damaged))
		abort();
	if (c.sites.n > IIS_SITES_MAX || c.bindings.n > IIS_BINDINGS_MAX || c.folders.n > IIS_FOLDERS_MAX)
		abort();
	for (uint32_t i = 0; i < c.sites.n; i++) {
		const struct iis_site *s = &c.sites.at[i];

		if (s->offset >= bytes.n || strlen(s->name) > IIS_TEXT_MAX || s->id > 9999999999u ||
		    (c.whole && (!s->log.folder || !s->log.enabled)) || s->side > SIDE_OTHER)
			abort();
	}
	for (size_t i = 0; i < c.bindings.n; i++)
		if (c.bindings.at[i].site >= c.sites.n || !iis_within(&c.bindings.at[i], c.bindings.at[i].host) ||
		    !iis_within(&c.bindings.at[i], c.bindings.at[i].address) || c.bindings.at[i].port > UINT16_MAX)
			abort();
	for (size_t i = 0; i < c.folders.n; i++)
		if (c.folders.at[i].site >= c.sites.n || strlen(c.folders.at[i].physical) > IIS_TEXT_MAX ||
		    !c.folders.at[i].application)
			abort();
	iisconfig_free(&c);
}

#endif
