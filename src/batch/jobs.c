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

/* What is said of an image beside its path; NULL or "" for nothing. */
struct listing {
	const char *exhibit, *md5, *sha256;
};

static char *
kept(const char *s)
{
	return s && *s ? strdup(s) : NULL;
}

static int
add_job(job_list *jobs, const char *image, const struct listing *listing)
{
	struct job *job;
	char *real = realpath(image, NULL);

	/* what is not there is noted like what cannot be read: the other images go on */
	if (!real)
		real = strdup(image);
	if (!real)
		return fail(ENOMEM, "out of memory for the list of images");
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
	job->exhibit = kept(listing->exhibit);
	job->md5 = kept(listing->md5);
	job->sha256 = kept(listing->sha256);
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
add_folder(job_list *jobs, const char *folder, const struct listing *listing)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_first, by_name), r = 0;

	if (n < 0)
		return fail(errno, "%s: %s", folder, strerror(errno));
	for (int i = 0; i < n; i++) {
		char *path;

		if (r == 0 && asprintf(&path, "%s/%s", folder, entries[i]->d_name) >= 0) {
			r = add_job(jobs, path, listing);
			free(path);
		}
		free(entries[i]);
	}
	free(entries);
	return r == 0 && n == 0 ? fail(ENOENT, "%s: no image in this folder", folder) : r;
}

static int
add_operand(job_list *jobs, const char *path, const struct listing *listing)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return add_folder(jobs, path, listing);
	return add_job(jobs, path, listing);
}

/* Paths in a manifest count from the folder that it lies in. */
static int
add_listed(job_list *jobs, const char *manifest, const char *image, const struct listing *listing)
{
	const char *slash = strrchr(manifest, '/');
	char *path;
	int r;

	if (image[0] == '/' || !slash)
		return add_operand(jobs, image, listing);
	if (asprintf(&path, "%.*s/%s", (int)(slash - manifest), manifest, image) < 0)
		return fail(ENOMEM, "out of memory for the list of images");
	r = add_operand(jobs, path, listing);
	free(path);
	return r;
}

/* A cell as a string of its own, NULL without memory. */
static char *
cell_text(const struct csv *csv, int column)
{
	struct view cell = csv_cell(csv, column);

	return strndup(cell.n ? (const char *)cell.p : "", cell.n);
}

static int
add_row(job_list *jobs, const char *manifest, const struct csv *csv, const int columns[static 4])
{
	char *cells[4] = { 0 };
	int r = 0;

	for (int i = 0; i < 4 && r == 0; i++) {
		cells[i] = cell_text(csv, columns[i]);
		r = cells[i] ? 0 : fail(ENOMEM, "out of memory for the list of images");
	}
	if (r == 0 && cells[0][0])
		r = add_listed(jobs, manifest, cells[0], &(struct listing){ cells[1], cells[2], cells[3] });
	for (int i = 0; i < 4; i++)
		free(cells[i]);
	return r;
}

static int
add_rows(job_list *jobs, const char *manifest, struct csv *csv)
{
	static const char *const names[4] = { "image", "exhibit", "md5", "sha256" };
	int columns[4], r = csv_next(csv);

	if (r <= 0)
		return fail(EINVAL, "%s: the manifest has no header", manifest);
	for (int i = 0; i < 4; i++)
		columns[i] = csv_column(csv, names[i]);
	if (columns[0] < 0)
		return fail(EINVAL, "%s: the manifest has no column 'image'", manifest);
	while ((r = csv_next(csv)) > 0) {
		r = add_row(jobs, manifest, csv, columns);
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

/* The end of a path from its n-th slash counted from behind. */
static const char *
tail_of(const char *path, unsigned n)
{
	const char *at = path + strlen(path);

	while (at > path && !(at[-1] == '/' && !--n))
		at--;
	return at;
}

static bool
shared(const job_list *jobs, size_t which, unsigned n)
{
	const char *tail = tail_of(jobs->at[which].image, n);

	for (size_t i = 0; i < jobs->n; i++)
		if (i != which && !strcmp(tail_of(jobs->at[i].image, n), tail))
			return true;
	return false;
}

/* An exhibit is called after its file, and where two files are called alike, after as many folders as tell them apart.
 */
static void
name_jobs(job_list *jobs)
{
	enum { FOLDERS_MAX = 64 };

	for (size_t i = 0; i < jobs->n; i++) {
		unsigned n = 1;

		while (n < FOLDERS_MAX && shared(jobs, i, n))
			n++;
		jobs->at[i].name = tail_of(jobs->at[i].image, n);
	}
}

int
jobs_gather(const struct request *request, job_list *ret_jobs)
{
	int r = 0;

	for (size_t i = 0; i < request->operand_count && r == 0; i++)
		r = add_operand(ret_jobs, request->operands[i], &(struct listing){ .exhibit = request->exhibit });
	if (r == 0 && request->manifest)
		r = add_manifest(ret_jobs, request->manifest);
	name_jobs(ret_jobs);
	return r;
}

void
jobs_free(job_list *jobs)
{
	for (size_t i = 0; i < jobs->n; i++) {
		free(jobs->at[i].image);
		free(jobs->at[i].exhibit);
		free(jobs->at[i].md5);
		free(jobs->at[i].sha256);
		free(jobs->at[i].folder);
		free(jobs->at[i].shard);
		watch_close(jobs->at[i].watch);
		vector_free(&jobs->at[i].asides);
		vector_free(&jobs->at[i].suspects);
		if (jobs->at[i].fd >= 0)
			close(jobs->at[i].fd);
	}
	vector_free(jobs);
}
