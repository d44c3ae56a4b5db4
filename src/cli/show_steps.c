/* show_steps.c - what a finding rests on besides its bytes, and the commands that tell the same without this program.
 */
#include "show_steps.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "shell.h"

/* What the case says of the exhibit, the volume and the rule. */
struct known {
	const struct steps *steps;
	struct text name, format, sha256, fs, kind, source;
	uint64_t sector_size;
};

static int
keep(struct text *to, struct view value)
{
	text_cut(to, 0);
	return text_add(to, value) < 0 || text_adds(to, "") < 0 ? -ENOMEM : 0;
}

/* The image lies in the working folder: an exhibit may be named with a part of its own. */
static int
take_evidence(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct known *known = state;
	struct view name = row_value(n, names, values, "name");
	const uint8_t *slash = name.n ? memrchr(name.p, '/', name.n) : NULL;

	(void)is_number;
	known->sector_size = view_number(row_value(n, names, values, "sector_size"));
	return keep(&known->name, slash ? view_from(name, (size_t)(slash - name.p) + 1) : name) < 0 ||
			       keep(&known->format, row_value(n, names, values, "format")) < 0 ||
			       keep(&known->sha256, row_value(n, names, values, "sha256")) < 0
		       ? -ENOMEM
		       : 0;
}

static int
take_volume(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct known *known = state;

	(void)is_number;
	if (view_number(row_value(n, names, values, "offset")) != known->steps->volume)
		return 0;
	return keep(&known->fs, row_value(n, names, values, "fs"));
}

static int
take_rule(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct known *known = state;
	struct view source = row_value(n, names, values, "source");
	const uint8_t *blank = source.n ? memchr(source.p, ' ', source.n) : NULL;

	(void)is_number;
	if (keep(&known->kind, row_value(n, names, values, "kind")) < 0)
		return -ENOMEM;
	return keep(&known->source, blank ? view_part(source, 0, (size_t)(blank - source.p)) : source);
}

static int
ask(struct case_db *db, struct known *known)
{
	const struct steps *s = known->steps;
	int r = case_ask(
		db, &(struct question){ .view = "v_evidence", .where_column = "evidence", .where_value = s->evidence },
		take_evidence, known);

	if (r == 0)
		r = case_ask(db,
			     &(struct question){
				     .view = "v_volumes", .where_column = "evidence", .where_value = s->evidence },
			     take_volume, known);
	return r < 0 ? r
		     : case_ask(db,
				&(struct question){ .view = "v_rules", .where_column = "rule", .where_value = s->rule },
				take_rule, known);
}

static bool
is(const struct text *t, const char *word)
{
	return t->s && !strcmp(t->s, word);
}

/* The container, and where the volume begins in it. */
static int
add_media(const struct known *k, struct text *t)
{
	bool ewf = is(&k->format, "ewf");
	int r = ewf                     ? text_adds(t, "check      ewfverify ")
		: is(&k->format, "raw") ? text_adds(t, "check      sha256sum ")
					: 0;

	if (r == 0 && (ewf || is(&k->format, "raw")))
		r = text_add_file_word(t, k->name.s);
	if (r == 0 && t->n)
		r = text_printf(t, "%s%s\n", k->sha256.n ? "   # the media: " : "", k->sha256.n ? k->sha256.s : "");
	if (r < 0 || !k->steps->volume || !k->sector_size)
		return r;
	r = text_printf(t, "check      mmls%s ", ewf ? " -i ewf" : "");
	if (r == 0)
		r = text_add_file_word(t, k->name.s);
	return r < 0 ? r
		     : text_printf(t, "   # the volume begins at sector %" PRIu64 "\n",
				   k->steps->volume / k->sector_size);
}

static int
add_entry(const struct known *k, struct text *t)
{
	int r;

	if (!*k->steps->mft || !is(&k->fs, "NTFS") || !k->sector_size)
		return 0;
	r = text_printf(t, "check      istat%s", is(&k->format, "ewf") ? " -i ewf" : "");
	if (r == 0 && k->steps->volume)
		r = text_printf(t, " -b %" PRIu64 " -o %" PRIu64, k->sector_size, k->steps->volume / k->sector_size);
	if (r == 0)
		r = text_addc(t, ' ');
	if (r == 0)
		r = text_add_file_word(t, k->name.s);
	return r < 0 ? r : text_printf(t, " %s\n", k->steps->mft);
}

static int
add_variable(struct text *t, const char *name, const char *value)
{
	CLEANUP(text_free) struct text word = { 0 };
	int r = text_printf(&word, "%s=%s", name, value);

	if (r == 0)
		r = text_adds(t, " -d ");
	return r < 0 ? r : text_add_word(t, word.s);
}

/* A folder as public rules write it: from the root of its drive, with the slashes of Windows. */
static int
add_folder(struct text *t, const char *path, const char *name)
{
	struct text folder = { 0 };
	int r = text_add(&folder, view_of(path, (size_t)(name - path)));

	if (r == 0 && folder.n > 1)
		text_cut(&folder, folder.n - 1);
	for (size_t i = 0; i < folder.n; i++)
		if (folder.s[i] == '/')
			folder.s[i] = '\\';
	r = r < 0 ? r : add_variable(t, "filepath", folder.n ? folder.s : "");
	text_free(&folder);
	return r;
}

static int
add_extension(struct text *t, const char *name)
{
	const char *dot = strrchr(name, '.');
	char lower[16] = "";

	for (size_t i = 0; dot && dot[i] && i + 1 < sizeof(lower); i++)
		lower[i] = dot[i] >= 'A' && dot[i] <= 'Z' ? (char)(dot[i] | 32) : dot[i];
	return add_variable(t, "extension", lower);
}

/* In the folder of the profiles, with the file that `extract` writes or the command of the finding shows. */
static int
add_rule(const struct known *k, struct text *t)
{
	const char *slash = strrchr(k->steps->path, '/'), *name = slash ? slash + 1 : k->steps->path;
	int r;

	if (!is(&k->kind, "yara") || !k->source.n)
		return 0;
	r = text_adds(t, "check      yara -s -i ");
	if (r == 0)
		r = text_add_word(t, k->steps->rule);
	if (r == 0)
		r = add_variable(t, "filename", name);
	if (r == 0)
		r = add_folder(t, k->steps->path, name);
	if (r == 0)
		r = add_extension(t, name);
	if (r == 0)
		r = add_variable(t, "filetype", "");
	if (r == 0)
		r = add_variable(t, "owner", k->steps->owner);
	if (r == 0)
		r = text_addc(t, ' ');
	if (r == 0)
		r = text_add_file_word(t, k->source.s);
	return r < 0 ? r : text_printf(t, " %s.bin   # the bytes, by 'postmortem extract'\n", k->steps->finding);
}

int
steps_print(struct case_db *db, const struct steps *steps)
{
	struct known known = { .steps = steps };
	CLEANUP(text_free) struct text lines = { 0 };
	int r = ask(db, &known);

	if (r == 0 && known.name.n)
		r = add_media(&known, &lines);
	if (r == 0 && known.name.n)
		r = add_entry(&known, &lines);
	if (r == 0)
		r = add_rule(&known, &lines);
	if (r == 0 && lines.n)
		fputs(lines.s, stdout);
	text_free(&known.name);
	text_free(&known.format);
	text_free(&known.sha256);
	text_free(&known.fs);
	text_free(&known.kind);
	text_free(&known.source);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for a finding") : r;
}
