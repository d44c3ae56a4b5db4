/* artifacts.c - any bytes as artefact definitions, all of them chosen and held against a few paths. */
#include <stdlib.h>

#include "../../src/profile/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct binding bindings[] = {
	{ "environ_systemdrive", 1, "" },
	{ "exchange_install", 1, "Program Files/Exchange" },
	{ "users.userprofile", 1, "Users/Joe" },
};

static void
choose_all(struct profile *profile, const struct origin *from)
{
	static const char *const readers[] = { "content", NULL };

	for (size_t i = 0; i < profile->definitions.n; i++) {
		struct chosen_line *line = vector_push(&profile->chosen);

		if (!line)
			abort();
		*line = (struct chosen_line){
			.artifact = profile->definitions.at[i].name,
			.origin = from,
			.readers = readers,
			.choice = UINT32_MAX,
		};
	}
	if (choices_finish(profile) < 0)
		abort();
}

static void
walk(const struct profile *profile)
{
	static const char *const names[] = { "inetpub", "wwwroot", "a", "logs", "web.config", "x.aspx" };
	static struct upcase fold;
	struct chooser *chooser;
	int64_t state;

	upcase_default(&fold);
	if (chooser_new(profile, bindings, sizeof(bindings) / sizeof(bindings[0]), 2, &chooser) < 0)
		abort();
	state = chooser_root(chooser, 1);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && state >= 0; i++) {
		CLEANUP(text_free) struct text name = { 0 };
		struct chosen chosen;

		if (text_to_utf16(view_text(names[i]), &name) < 0 ||
		    chooser_file(chooser, state, text_view(&name), &fold, NULL, &chosen) < 0)
			abort();
		state = chooser_enter(chooser, state, text_view(&name), &fold, NULL);
	}
	chooser_free(chooser);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct profile *profile = calloc(1, sizeof(*profile));
	struct origin from = {
		.profile = profile, .name = "fuzz/file", .source = "fuzz/file", .bytes = view_of(data, size)
	};

	if (!profile || artifacts_load(&from) < 0)
		abort();
	choose_all(profile, &from);
	walk(profile);
	profile_free(profile);
	return 0;
}
