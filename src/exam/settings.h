/* settings.h - the versions of a configuration that an exhibit has, oldest first, and which setting came and went when;
 * for the examination alone. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "pages.h"

enum {
	SETTINGS_STEP_MAX = 64,     /* changes of one step that are told one by one; setup makes hundreds */
	SETTINGS_TOLD_MAX = 500,    /* findings on one configuration; one that has more was made to */
	SETTINGS_VERSIONS_MAX = 64, /* of one configuration; IIS keeps ten */
};

/* One file of a family: the same configuration at another time. */
struct version {
	const struct page_fact *fact;
	const char *name; /* "CFGHISTORY_0000000041", or "in use" */
	uint64_t when;    /* it was last written */
	bool current;
	const struct setting **sorted; /* by setting_compare, each once */
	size_t n;
};

/* All versions of one configuration. */
struct family {
	uint32_t volume;
	const char *key; /* what they have in common */
	VECTOR(struct version) versions;
};
typedef VECTOR(struct family) family_list;

/* Gathers the configurations of an exhibit. 0 or negative after fail(). families_free takes them. */
int families_gather(struct exam *exam, const struct pages *pages, struct arena *arena, family_list *ret);
void families_free(family_list *families);

/* Whether a version has a setting. */
bool version_has(const struct version *version, const struct setting *setting);

/* Whether what a version lacks was not in it: it was read wholly, and its bytes are its own. */
bool version_is_whole(const struct version *version);

/* Tells what changed from one version to the next, as events. 0 or negative. */
int family_changes(struct exam *exam, const struct family *family);

#endif
