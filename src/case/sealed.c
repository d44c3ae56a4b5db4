/* sealed.c - the last seal of a case, and what was done to the case since, from its run.jsonl. */
#include "sealed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "file.h"
#include "member.h"
#include "seal.h"

static int
take_seal(struct seal_line *seal, uint64_t number, struct view line)
{
	CLEANUP(text_free) struct text value = { 0 };
	int r = 1;

	*seal = (struct seal_line){ .found = true, .number = number };
	for (size_t i = 0; i < SEAL_FILES && r >= 0; i++) {
		r = json_text(line, seal_files[i], &value);
		if (r > 0 && value.n == 64)
			memcpy(seal->hashes[i], value.s, 65);
	}
	return r < 0 ? r : 0;
}

static int
take_line(void *state, uint64_t number, struct view line)
{
	struct seal_line *seal = state;
	CLEANUP(text_free) struct text kind = { 0 };
	CLEANUP(text_free) struct text by = { 0 };
	int r = json_text(line, "kind", &kind);

	if (r <= 0 || !kind.n)
		return r == -ENOMEM ? r : 0; /* a broken line is the chain's matter */
	if (!strcmp(kind.s, "seal"))
		return take_seal(seal, number, line);
	if (!seal->found)
		return 0;
	seal->checks += !strcmp(kind.s, "verify");
	if (seal->broken_at || !strcmp(kind.s, "verify"))
		return 0;
	seal->broken_at = number;
	r = json_text(line, "by", &by);
	snprintf(seal->broken_by, sizeof(seal->broken_by), "%.31s", r > 0 && by.n ? by.s : kind.s);
	return r == -ENOMEM ? r : 0;
}

int
seal_line_find(const char *folder, struct seal_line *ret_line, struct runlog_state *ret_state)
{
	*ret_line = (struct seal_line){ 0 };
	return runlog_read(folder, "run.jsonl", take_line, ret_line, ret_state);
}

int
seal_manifest(const char *folder, char ret_manifest[static 65])
{
	CLEANUP(free) char *path = path_join(folder, "run.jsonl");
	struct seal_line seal = { 0 };
	struct runlog_state state;
	int r = path ? 0 : -ENOMEM;

	if (r == 0 && access(path, F_OK) == 0)
		r = seal_line_find(folder, &seal, &state);
	if (r == 0)
		memcpy(ret_manifest, seal.hashes[SEAL_MANIFEST], 65);
	return r;
}
