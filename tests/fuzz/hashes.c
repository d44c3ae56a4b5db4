/* hashes.c - any bytes as the lists and tables of a profile: hashes, baselines, names and dates. */
#include <stdlib.h>

#include "../../src/profile/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	const char *name;
	int (*load)(const struct origin *from);
} kinds[] = {
	{ "fuzz/a.sha256", hashes_load }, { "fuzz/a.sha1", hashes_load },   { "fuzz/known-benign.md5", hashes_load },
	{ "fuzz/a.csv", baseline_load },  { "fuzz/names.csv", paths_load }, { "fuzz/dates.csv", dates_load },
};

/* One file, taken for each kind in turn. */
static void
load(struct profile *profile, struct view bytes)
{
	struct origin from = { .profile = profile, .source = "fuzz/file", .bytes = bytes };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!vector_push(&profile->files))
			abort();
		from.name = kinds[i].name;
		from.file = (uint32_t)i;
		if (kinds[i].load(&from) < 0)
			abort();
	}
	if (baseline_finish(profile) < 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct profile *profile = calloc(1, sizeof(*profile));
	struct digest_value values[DIGEST_KINDS] = { { { 0 } } };
	char path[256];
	bool benign;

	if (!profile)
		abort();
	load(profile, view_of(data, size));
	hash_lookup(profile, values, 7, &benign);
	snprintf(path, sizeof(path), "%.*s", (int)(size < 255 ? size : 255), (const char *)data);
	baseline_grade(profile, path, values, "15.1.1.1");
	baseline_grade(profile, path, NULL, path);
	profile_free(profile);
	return 0;
}
