/* registry_user.c - what starts when a user logs on, by the user's own hive. */
#include "registry_own.h"

static const char *const runs[] = {
	"Software\\Microsoft\\Windows\\CurrentVersion\\Run",
	"Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce",
	"Software\\Microsoft\\Windows\\CurrentVersion\\Policies\\Explorer\\Run",
	"Software\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Run",
	"Software\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\RunOnce",
};

int
registry_user(struct hive *hive, struct sink *out, registry_take *take, void *state)
{
	struct facts f = { .hive = hive, .out = out, .take = take, .state = state };
	int r = 0;

	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]) && r == 0; i++) {
		struct at at;

		r = facts_at(&f, NULL, runs[i], &at);
		if (r == 1)
			r = facts_all(&f, REGISTRY_RUN, &at);
	}
	return r;
}
