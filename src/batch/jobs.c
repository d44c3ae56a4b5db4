/* jobs.c - which images were meant: files, folders of files, and manifests. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "batch.h"
#include "csv.h"
#include "fail.h"
#include "file.h"

enum { MANIFEST_MAX = 16 << 20 };

static int
add_job(job_list *jobs, const char *image, const char *exhibit)
{
	struct job *job;
	char *real = realpath(image, NULL);

	if (!real)
		return fail(errno, "%s: %s", image, strerror(errno));
	for (size_t i = 0; i < jobs->n; i++)
		if (!strcmp(jobs->at[i].image, real)) {
			free(real);
			return 0;
		}
	job = vector_push(jobs);
	if (!job) {
		free(real);
		return fail(ENOMEM, "out of memory for the list of images");
	}
	job->image = real;
	job->exhibit = exhibit && *exhibit ? strdup(exhibit) : NULL;
	job->fd = -1;
	return 0;
}

/* The first file of a set by the ending of its name; a set's other files are not images of their own. */
static int
is_first(const struct dirent *entry)
{
	static const char *const endings[] = { ".e01", ".s01", ".001", ".aa", ".raw", ".dd", ".img", ".bin", ".ex01" };
	size_t n = strlen(entry->d_name);

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t ending = strlen(endings[i]);

		if (n > ending && !strcasecmp(entry->d_name + n - ending, endings[i]))
			return 1;
	}
	return 0;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
add_folder(job_list *jobs, const char *folder, const char *exhibit)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_first, by_name), r = 0;

	if (n < 0)
		return fail(errno, "%s: %s", folder, strerror(errno));
	for (int i = 0; i < n; i++) {
		char *path;

		if (r == 0 && asprintf(&path, "%s/%s", folder, entries[i]->d_name) >= 0) {
			r = add_job(jobs, path, exhibit);
			free(path);
		}
		free(entries[i]);
	}
	free(entries);
	return r == 0 && n == 0 ? fail(ENOENT, "%s: no image in this folder", folder) : r;
}

static int
add_operand(job_list *jobs, const char *path, const char *exhibit)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return fail(errno, "%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return add_folder(jobs, path, exhibit);
	return add_job(jobs, path, exhibit);
}

/* Paths in a manifest count from the folder that it lies in. */
static int
add_listed(job_list *jobs, const char *manifest, const char *image, const char *exhibit)
{
	const char *slash = strrchr(manifest, '/');
	char *path;
	int r;

	if (image[0] == '/' || !slash)
		return add_operand(jobs, image, exhibit);
	if (asprintf(&path, "%.*s/%s", (int)(slash - manifest), manifest, image) < 0)
		return fail(ENOMEM, "out of memory for the list of images");
	r = add_operand(jobs, path, exhibit);
	free(path);
	return r;
}

static int
add_row(job_list *jobs, const char *manifest, struct view image, struct view exhibit)
{
	char *path = strndup((const char *)image.p, image.n), *text = strndup((const char *)exhibit.p, exhibit.n);
	int r = path && text ? add_listed(jobs, manifest, path, text) : fail(ENOMEM, "out of memory for the list of images");

	free(path);
	free(text);
	return r;
}

static int
add_rows(job_list *jobs, const char *manifest, struct csv *csv)
{
	int image, exhibit, r = csv_next(csv);

	if (r <= 0)
		return fail(EINVAL, "%s: the manifest has no header", manifest);
	image = csv_column(csv, "image");
	exhibit = csv_column(csv, "exhibit");
	if (image < 0)
		return fail(EINVAL, "%s: the manifest has no column 'image'", manifest);
	while ((r = csv_next(csv)) > 0) {
		struct view path = csv_cell(csv, image);

		r = path.n ? add_row(jobs, manifest, path, csv_cell(csv, exhibit)) : 0;
		if (r < 0)
			return r;
	}
	return r < 0 ? fail(EINVAL, "%s:%u: a quoted cell does not end", manifest, csv->line) : 0;
}

static int
add_manifest(job_list *jobs, const char *manifest)
{
	CLEANUP(text_free) struct text text = { 0 };
	CLEANUP(csv_free) struct csv csv = { 0 };
	int r = file_read(manifest, MANIFEST_MAX, &text);

	if (r < 0)
		return r;
	csv.rest = text_view(&text);
	return add_rows(jobs, manifest, &csv);
}

int
jobs_gather(const struct request *request, job_list *ret_jobs)
{
	int r = 0;

	for (size_t i = 0; i < request->operand_count && r == 0; i++)
		r = add_operand(ret_jobs, request->operands[i], request->exhibit);
	if (r == 0 && request->manifest)
		r = add_manifest(ret_jobs, request->manifest);
	return r;
}

void
jobs_free(job_list *jobs)
{
	for (size_t i = 0; i < jobs->n; i++) {
		free(jobs->at[i].image);
		free(jobs->at[i].exhibit);
		free(jobs->at[i].folder);
		free(jobs->at[i].shard);
		if (jobs->at[i].fd >= 0)
			close(jobs->at[i].fd);
	}
	vector_free(jobs);
}
