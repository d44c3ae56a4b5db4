/* settings.c - configurations of IIS and their kept copies brought together: which are versions of the same, in which
 * order. */
#include "settings.h"

#include <errno.h>
#include <strings.h>

#include "fail.h"

static int
no_memory(const struct exam *exam)
{
	return fail(ENOMEM, "out of memory for the configurations of %s", exam->path);
}

static int
compare_at(const void *a, const void *b)
{
	return setting_compare(*(const struct setting *const *)a, *(const struct setting *const *)b);
}

/* The settings of a file in order, each once; of several that are the same, the first in the file. */
static int
sort(struct version *v)
{
	const struct webconfig *config = &v->fact->config;
	size_t kept = 0;

	v->sorted = malloc((config->settings.n + 1) * sizeof(*v->sorted));
	if (!v->sorted)
		return -ENOMEM;
	for (size_t i = 0; i < config->settings.n; i++)
		v->sorted[i] = &config->settings.at[i];
	qsort(v->sorted, config->settings.n, sizeof(*v->sorted), compare_at);
	for (size_t i = 0; i < config->settings.n; i++) {
		const struct setting *s = v->sorted[i];

		if (!kept || setting_compare(v->sorted[kept - 1], s))
			v->sorted[kept++] = s;
		else if (s->offset < v->sorted[kept - 1]->offset)
			v->sorted[kept - 1] = s;
	}
	v->n = kept;
	return 0;
}

bool
version_has(const struct version *version, const struct setting *setting)
{
	return bsearch(&setting, version->sorted, version->n, sizeof(*version->sorted), compare_at) != NULL;
}

bool
version_is_whole(const struct version *version)
{
	return version->fact->config.whole && !version->fact->doubtful && !version->fact->trust;
}

/* ---- families ---- */

static const char history[] = "/CFGHISTORY_";

/* A copy in the history of IIS is called as the file that it is of, and lies in a folder with a number. */
static const char *
copy_of(struct arena *arena, const char *path, const char **ret_key)
{
	const char *at = strcasestr(path, history), *slash = at ? strchr(at + 1, '/') : NULL;

	if (!slash)
		return NULL;
	*ret_key = slash + 1;
	return arena_copy(arena, view_of(at + 1, (size_t)(slash - at) - 1));
}

/* The configurations of IIS itself lie in one folder, and are known by name; every other is one of its own. */
static const char *
key_of(const char *path)
{
	const char *at = strcasestr(path, "/System32/inetsrv/config/");

	return at ? strrchr(path, '/') + 1 : path;
}

static struct family *
family_of(family_list *families, uint32_t volume, const char *key)
{
	struct family *f;

	for (size_t i = 0; i < families->n; i++)
		if (families->at[i].volume == volume && !strcasecmp(families->at[i].key, key))
			return &families->at[i];
	f = vector_push(families);
	if (f)
		*f = (struct family){ .volume = volume, .key = key };
	return f;
}

/* Copies in the order of their numbers, then what is in use; a deleted file is older than one in use. */
static int
compare_version(const void *a, const void *b)
{
	const struct version *x = a, *y = b;
	int c;

	if (x->current != y->current)
		return x->current ? 1 : -1;
	c = strcasecmp(x->name, y->name);
	if (!c)
		c = (x->when > y->when) - (x->when < y->when);
	if (!c)
		c = (x->fact->candidate->entry.entry > y->fact->candidate->entry.entry) -
		    (x->fact->candidate->entry.entry < y->fact->candidate->entry.entry);
	return c;
}

static int
add(struct exam *exam, family_list *families, const struct page_fact *fact, struct arena *arena)
{
	const struct candidate *c = fact->candidate;
	const char *key = key_of(c->path), *name = copy_of(arena, c->path, &key);
	struct version v = { .fact = fact, .name = name, .when = c->si.modified }, *slot;
	struct family *family = family_of(families, c->volume, key);
	int r;

	if (family && family->versions.n == SETTINGS_VERSIONS_MAX)
		return limits_add(exam->volumes[c->volume].limits, c->path, (int64_t)c->entry.entry, "", -1,
				  "more versions of this configuration than are compared: this one was left out", 1);
	r = family ? sort(&v) : -ENOMEM;
	v.current = !name && c->flags & FILE_ALLOCATED;
	if (!v.name)
		v.name = v.current ? "in use" : "deleted";
	slot = r == 0 ? vector_push(&family->versions) : NULL;
	if (!slot) {
		free(v.sorted);
		return no_memory(exam);
	}
	*slot = v;
	return 0;
}

int
families_gather(struct exam *exam, const struct pages *pages, struct arena *arena, family_list *ret)
{
	int r = 0;

	for (size_t i = 0; i < pages->facts.n && r == 0; i++)
		if (pages->facts.at[i]->kind == PAGE_CONFIG)
			r = add(exam, ret, pages->facts.at[i], arena);
	for (size_t i = 0; i < ret->n; i++)
		vector_sort(&ret->at[i].versions, compare_version);
	return r;
}

void
families_free(family_list *families)
{
	for (size_t i = 0; i < families->n; i++) {
		for (size_t k = 0; k < families->at[i].versions.n; k++)
			free(families->at[i].versions.at[k].sorted);
		vector_free(&families->at[i].versions);
	}
	vector_free(families);
}
