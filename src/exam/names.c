/* names.c - names that mislead, from the walk to findings: facts of low level, raised only where a script is concerned.
 */
#include <errno.h>

#include "deceit.h"
#include "exam.h"
#include "fail.h"
#include "judge.h"

enum { ODD_MAX = 10000 }; /* names of one exhibit that get findings; beyond, they are counted */

int
names_note(struct exam *exam, const struct odd_name *odd)
{
	struct exam_volume *v = &exam->volumes[odd->volume];
	struct odd_name *kept;

	if (exam->odd_names.n >= ODD_MAX)
		return limits_add(v->limits, exam->name, -1, "", -1, "more misleading names than are told one by one", 1);
	kept = vector_push(&exam->odd_names);
	if (kept) {
		*kept = *odd;
		kept->name = arena_copy(&exam->arena, view_text(odd->name));
		kept->stream = arena_copy(&exam->arena, view_text(odd->stream));
		kept->detail = arena_copy(&exam->arena, view_text(odd->detail));
	}
	return kept && kept->name && kept->stream && kept->detail
		       ? 0
		       : fail(ENOMEM, "out of memory for the names of %s", exam->path);
}

/* One step where the name is that of something that runs, one more within a web root; never a proof. */
static enum level
level_of(const struct odd_name *odd, enum level level)
{
	if (name_is_code(odd->name) || name_is_code(odd->stream))
		level++;
	if (odd->web_root)
		level++;
	return level < LEVEL_MEDIUM ? level : LEVEL_MEDIUM;
}

static int
path_of(const struct exam *exam, const struct odd_name *odd, struct text *ret)
{
	const struct catalog *catalog = exam->volumes[odd->volume].catalog;
	int r = text_addc(ret, '/');

	if (r == 0 && odd->folder < catalog_folders(catalog))
		r = catalog_folder_path(catalog, odd->folder, ret);
	else if (r == 0)
		r = text_adds(ret, CATALOG_NAMELESS);
	if (r == 0 && ret->n > 1)
		r = text_addc(ret, '/');
	return r < 0 ? r : text_adds(ret, odd->name);
}

/* Names are shown escaped in what a person reads. */
static int
compose_basis(const struct odd_name *odd, struct text *ret)
{
	int r = text_adds(ret, odd->stream[0] ? "the stream is called " : "the name is ");

	if (r == 0)
		r = text_add_escaped(ret, view_text(odd->stream[0] ? odd->stream : odd->name));
	if (r == 0 && odd->detail[0])
		r = text_printf(ret, "; %s", odd->detail);
	if (r == 0 && !odd->allocated)
		r = text_adds(ret, "; the file is deleted");
	return r;
}

static int
write_kind(struct exam *exam, const struct odd_name *odd, const char *path, const char *basis, enum own_rule which)
{
	const struct rule *rule = own_rule(which);

	return finding_write(exam,
			     &(struct place){ .volume = odd->volume,
					      .file = odd->file,
					      .when = odd->stream[0] ? 0 : odd->born,
					      .entry = odd->entry,
					      .attribute = odd->attribute,
					      .path = path,
					      .stream = odd->stream },
			     &(struct mark){ .rule = rule, .basis = view_text(basis) }, level_of(odd, rule->level));
}

static int
weigh(struct exam *exam, const struct odd_name *odd)
{
	CLEANUP(text_free) struct text path = { 0 };
	CLEANUP(text_free) struct text basis = { 0 };
	int r = path_of(exam, odd, &path);

	if (r == 0)
		r = compose_basis(odd, &basis);
	if (r < 0)
		return fail(ENOMEM, "out of memory for the names of %s", exam->path);
	for (int i = 0; i < DECEITS && r == 0; i++)
		if (odd->kinds & 1u << i)
			r = write_kind(exam, odd, path.s, basis.s, (enum own_rule)(OWN_NAME_DIRECTION + i));
	return r;
}

int
names_weigh(struct exam *exam)
{
	int r = 0;

	for (size_t i = 0; i < exam->odd_names.n && r == 0; i++)
		r = weigh(exam, &exam->odd_names.at[i]);
	return r;
}
