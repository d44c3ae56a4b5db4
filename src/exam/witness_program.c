/* witness_program.c - ExSetup.exe, which every cumulative and security update replaces: the best witness of a build. */
#include <errno.h>

#include "builds.h"
#include "fail.h"
#include "pe.h"

static const char by_change[] = "the file is older than the release of this build: written over in place, or given an older "
				"time; the time is that of the last change of its entry";

/* In numbers, or where these are missing in words. */
static bool
version_of(const struct pe *pe, struct build *ret, uint64_t *ret_offset)
{
	const struct pe_string *text = pe_string(pe, "FileVersion");

	if (pe->fixed) {
		*ret = (struct build){ .n = { pe->file_version[0], pe->file_version[1], pe->file_version[2], pe->file_version[3] },
				       .parts = BUILD_PARTS };
		*ret_offset = pe->fixed_at;
		return true;
	}
	*ret_offset = text ? text->offset : 0;
	return text && build_parse(text->value, ret);
}

/* The same version stands there twice; where the two differ, somebody changed one. */
static const char *
doubt_of(struct arena *arena, const struct pe *pe, const struct build *build)
{
	const struct pe_string *text = pe_string(pe, "FileVersion");
	CLEANUP(text_free) struct text shown = { 0 };
	struct build said;

	if (!text || (build_parse(text->value, &said) && build_same(&said, build)))
		return "";
	if (text_add_escaped(&shown, text->value) < 0)
		return NULL;
	return arena_printf(arena, "its text says another version: %s", shown.s ? shown.s : "");
}

/* It was installed when its file was made, unless that cannot be. */
static void
date(const struct exam *exam, const struct candidate *c, struct statement_row *row, const char **note)
{
	uint64_t born = c->fn.created ? c->fn.created : c->si.created;

	row->means = STATED_UNDATED;
	if (born && build_was_out(exam, &row->build, born)) {
		row->means = STATED_INSTALLED;
		row->first = born;
	} else if (c->si.changed && build_was_out(exam, &row->build, c->si.changed)) {
		row->means = STATED_IN_USE;
		row->first = row->last = c->si.changed;
		*note = by_change;
	}
}

int
witness_program(struct witnessed *to, const struct exam *exam, const struct candidate *c, struct source *stream, struct sink *out)
{
	struct statement_row *row = vector_push(&to->rows);
	CLEANUP(pe_free) struct pe pe = { 0 };
	const struct host_place *place = NULL;
	const char *note = "", *doubt;
	int r = row ? pe_read(stream, out, &pe) : fail(ENOMEM, "out of memory for the build that %s tells", c->path);

	if (r < 0)
		return r;
	*row = (struct statement_row){ .witness = WITNESS_PROGRAM,
				       .volume = c->volume,
				       .path = c->path,
				       .mft = c->entry.entry,
				       .files = 1,
				       .deleted = !(c->flags & FILE_ALLOCATED) };
	if (!version_of(&pe, &row->build, &row->offset)) {
		to->rows.n--;
		return sink_damage(out, 0, "ExSetup.exe does not say its version: the build is not known from it");
	}
	row->host = host_relative(exam, c->volume, c->path, &place) ? (uint32_t)(place - exam->hosts.at) : UINT32_MAX;
	date(exam, c, row, &note);
	doubt = doubt_of(&to->arena, &pe, &row->build);
	row->note = doubt && doubt[0] ? note_add(&to->arena, note, doubt) : doubt ? note : NULL;
	return row->note ? 0 : fail(ENOMEM, "out of memory for the build that %s tells", c->path);
}
