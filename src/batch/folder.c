/* folder.c - the case folder: its name, its lock, and a lasting place for each shard. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "digest.h"
#include "fail.h"
#include "file.h"
#include "supervise.h"

/* Named after the first image, beside the working folder: without ending and with what a shell dislikes replaced. */
static char *
folder_name(const struct batch *b)
{
	const char *image, *slash, *dot;
	char *name;

	if (b->request->case_folder)
		return strdup(b->request->case_folder);
	image = b->jobs.at[0].image;
	slash = strrchr(image, '/');
	image = slash ? slash + 1 : image;
	dot = strrchr(image, '.');
	if (asprintf(&name, "%.*s.case", (int)(dot && dot != image ? dot - image : (ptrdiff_t)strlen(image)), image) <
	    0)
		return NULL;
	for (char *c = name; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *c))
			*c = '_';
	return name;
}

static int
take_lock(struct batch *b)
{
	CLEANUP(close) int folder = open(b->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

	b->lock = folder < 0 ? -errno : beneath_open(folder, ".lock", O_RDWR | O_CREAT, 0600);
	if (b->lock < 0)
		return fail(-b->lock, "%s/.lock: %s", b->folder, strerror(-b->lock));
	if (flock(b->lock, LOCK_EX | LOCK_NB) < 0)
		return fail(EBUSY, "%s: another postmortem is working on this case", b->folder);
	return 0;
}

/* A shard's folder is the same in every run, so that a stopped run is taken up where it stopped. */
static int
name_shard(struct batch *b, struct job *job)
{
	CLEANUP(text_free) struct text key = { 0 };
	CLEANUP(text_free) struct text name = { 0 };
	struct digest_value hash;
	struct stat st = { 0 }; /* stays so for what is not there, which the worker will say */
	int r;

	stat(job->image, &st);
	r = text_printf(&key, "%s|%lld|%s|%s|%s|%s|%" PRIu64, job->image, (long long)st.st_size,
			job->exhibit ? job->exhibit : "", b->request->files ? b->request->files : "",
			b->request->content ? b->request->content : "", b->request->stages ? b->request->stages : "",
			b->request->since);
	if (r == 0)
		r = digest_sha256(text_view(&key), &hash);
	if (r == 0)
		r = text_add_hex(&name, view_of(hash.b, 8));
	job->folder = r == 0 ? path_join(b->work, name.s) : NULL;
	job->shard = job->folder ? path_join(job->folder, "shard.db") : NULL;
	if (!job->shard)
		return -ENOMEM;
	r = output_check(b->work, name.s, true);
	if (r == 0)
		r = folder_make(job->folder);
	if (r == 0)
		r = output_check(job->folder, "shard.db", false);
	return r < 0 ? r : output_check(job->folder, "shard.db-journal", false);
}

int
case_folder_open(struct batch *b)
{
	int r;

	b->folder = folder_name(b);
	if (!b->folder)
		return fail(ENOMEM, "out of memory for the case");
	r = folder_make(b->folder);
	if (r == 0)
		r = take_lock(b);
	if (r == 0)
		r = output_check(b->folder, "work", true);
	b->work = r == 0 ? path_join(b->folder, "work") : NULL;
	if (r == 0)
		r = b->work ? folder_make(b->work) : -ENOMEM;
	for (size_t i = 0; i < b->jobs.n && r == 0; i++)
		r = name_shard(b, &b->jobs.at[i]);
	return r < 0 ? r : runlog_open(b->folder, &b->log);
}
