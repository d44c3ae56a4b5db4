/* pdf.c - the report on paper: a bounded edition of it that weasyprint, where it is installed, lays out in pages. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "file.h"
#include "html.h"

enum { PDF_MOST = 256 << 20 };

static int
write_pages(int fd, struct view bytes)
{
	int r = file_write(fd, bytes);

	return r == 0 && lseek(fd, 0, SEEK_SET) < 0 ? -errno : r;
}

/* From one file to another, with nothing of our environment but what it needs: no home, no proxy, no language. */
static int
spawn(int in, int out, pid_t *ret_pid)
{
	static char program[] = "weasyprint", quiet[] = "-q", from[] = "-", to[] = "-";
	static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin", locale[] = "LC_ALL=C.UTF-8", zone[] = "TZ=UTC",
		    home[] = "HOME=/nonexistent", epoch[] = "SOURCE_DATE_EPOCH=1609459200", seed[] = "PYTHONHASHSEED=0",
		    isolated[] = "PYTHONNOUSERSITE=1";
	char *arguments[] = { program, quiet, from, to, NULL };
	char *environment[] = { path, locale, zone, home, epoch, seed, isolated, NULL };
	posix_spawn_file_actions_t actions;
	int r = posix_spawn_file_actions_init(&actions);

	if (r)
		return -r;
	r = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (!r)
		r = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (!r)
		r = posix_spawnp(ret_pid, program, &actions, NULL, arguments, environment);
	posix_spawn_file_actions_destroy(&actions);
	return -r;
}

static int
run(int in, int out)
{
	pid_t pid;
	int status = 0, r = spawn(in, out, &pid);

	if (r == -ENOENT)
		return fail(ENOENT, "weasyprint is not installed, so there is no report.pdf; report.html can be "
				    "printed by any browser");
	if (r < 0)
		return fail(-r, "weasyprint cannot be started: %s", strerror(-r));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return fail(errno, "weasyprint: %s", strerror(errno));
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	return fail(EIO, "weasyprint ended with %s %d, so there is no report.pdf",
		    WIFSIGNALED(status) ? "signal" : "status",
		    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static int
take_pdf(const char *folder, int fd)
{
	struct stat st;
	void *bytes;
	int r;

	if (fstat(fd, &st) < 0 || st.st_size < 5 || st.st_size > PDF_MOST)
		return fail(EIO, "weasyprint wrote no PDF, so there is no report.pdf");
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return fail(errno, "the PDF cannot be read: %s", strerror(errno));
	r = memcmp(bytes, "%PDF-", 5) ? fail(EIO, "weasyprint wrote no PDF, so there is no report.pdf")
				      : write_deliverable(folder, "report.pdf", view_of(bytes, (size_t)st.st_size));
	munmap(bytes, (size_t)st.st_size);
	return r;
}

int
report_pdf(const char *folder, const struct report_fields *fields)
{
	CLEANUP(text_free) struct text page = { 0 };
	CLEANUP(close) int in = -1;
	CLEANUP(close) int out = -1;
	int r = html_compose(folder, fields, true, &page);

	if (r < 0)
		return r;
	in = memfd_create("report.html", MFD_CLOEXEC);
	out = memfd_create("report.pdf", MFD_CLOEXEC);
	r = in < 0 || out < 0 ? -errno : write_pages(in, text_view(&page));
	if (r < 0)
		return fail(-r, "the edition for paper cannot be made: %s", strerror(-r));
	r = run(in, out);
	return r < 0 ? r : take_pdf(folder, out);
}
