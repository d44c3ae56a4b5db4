/* extract.c - the bytes of findings, under generated names, with a manifest of their hashes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "ask.h"
#include "digest.h"
#include "fail.h"
#include "file.h"
#include "text.h"
#include "verb.h"

struct extract {
	struct case_db *db;
	int folder;
	const char *id;
	FILE *manifest;
	uint64_t rows, missing;
};

/* Nothing of the evidence's names gets into a path: the finding's id is the name. */
static int
write_file(struct extract *x, const char *name, const uint8_t *bytes, size_t n)
{
	CLEANUP(close) int fd = beneath_open(x->folder, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	int r = fd < 0 ? fd : file_write(fd, view_of(bytes, n));

	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	return r < 0 ? fail(-r, "%s: %s", name, strerror(-r)) : 0;
}

/* What was taken out must be what was found. */
static int
check(const char *sha256, const uint8_t *bytes, size_t n)
{
	CLEANUP(text_free) struct text hex = { 0 };
	struct digest_value value;
	int r = digest_sha256(view_of(bytes, n), &value);

	if (r == 0)
		r = text_add_hex(&hex, view_of(value.b, DIGEST_MAX));
	if (r == 0 && strcmp(hex.s, sha256))
		return fail(EILSEQ, "the bytes that the case keeps are not those of SHA-256 %s", sha256);
	return r;
}

static int
take_row(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct extract *x = state;
	struct view hash = row_value(n, names, values, "sha256");
	CLEANUP(free) uint8_t *bytes = NULL;
	CLEANUP(text_free) struct text path = { 0 };
	CLEANUP(text_free) struct text name = { 0 };
	char sha256[65] = "";
	size_t size;
	int r = -ENOENT;

	(void)is_number;
	x->rows++;
	if (hash.n == 64) {
		memcpy(sha256, hash.p, 64);
		r = case_kept(x->db, sha256, &bytes, &size);
	}
	if (r == -ENOENT) {
		x->missing++;
		return fail(ENOENT,
			    "finding %s: the case does not keep its bytes; 'show' prints the command that reads them "
			    "from the image",
			    x->id),
		       0;
	}
	if (r == 0)
		r = check(sha256, bytes, size);
	if (r == 0)
		r = text_printf(&name, x->rows > 1 ? "%s-%llu.bin" : "%s.bin", x->id, (unsigned long long)x->rows);
	if (r == 0)
		r = text_add_escaped(&path, row_value(n, names, values, "path"));
	if (r == 0)
		r = write_file(x, name.s, bytes, size);
	if (r == 0)
		fprintf(x->manifest, "%s  %s\n# %s is %s\n", sha256, name.s, name.s, path.s);
	return r;
}

/* Asked before anything is made. */
static bool
finding_exists(struct case_db *db, const char *id)
{
	uint64_t rows = 0;

	if (case_count_rows(db,
			    &(struct question){ .view = "v_findings", .where_column = "finding", .where_value = id },
			    &rows) < 0)
		return false;
	if (!rows)
		fail(ENOENT, "the case has no finding '%s'", id);
	return rows;
}

static int
take_finding(struct extract *x, const char *id)
{
	x->id = id;
	x->rows = 0;
	return case_ask(x->db, &(struct question){ .view = "v_findings", .where_column = "finding", .where_value = id },
			take_row, x);
}

static FILE *
open_manifest(int folder)
{
	int fd = beneath_open(folder, "MANIFEST.sha256", O_WRONLY | O_CREAT | O_EXCL, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (!file)
		fail(fd < 0 ? -fd : errno, "MANIFEST.sha256: %s", strerror(fd < 0 ? -fd : errno));
	return file;
}

static int
run(const struct request *request)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	CLEANUP(close) int folder = -1;
	struct extract x = { 0 };
	int r;

	if (!request->output) {
		fail(EINVAL, "extract needs -o FOLDER");
		return EXIT_USAGE;
	}
	if (case_open(request->operands[0], &db) < 0)
		return EXIT_FAILED;
	for (size_t i = 1; i < request->operand_count; i++)
		if (!finding_exists(db, request->operands[i]))
			return EXIT_FAILED;
	if (folder_make(request->output) < 0)
		return EXIT_FAILED;
	folder = open(request->output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	x.db = db;
	x.folder = folder;
	x.manifest = folder < 0 ? NULL : open_manifest(folder);
	r = x.manifest ? 0 : -EIO;
	for (size_t i = 1; i < request->operand_count && r == 0; i++)
		r = take_finding(&x, request->operands[i]);
	if (x.manifest && fclose(x.manifest) != 0 && r == 0)
		r = fail(errno, "MANIFEST.sha256: %s", strerror(errno));
	return r < 0 ? EXIT_FAILED : x.missing ? EXIT_LIMITED : EXIT_COMPLETE;
}

const struct verb extract_verb = {
	.name = "extract",
	.operands = "CASE FINDING...",
	.summary = "write the bytes of findings to a folder, with a manifest of SHA-256",
	.description =
		"The case keeps the bytes of small flagged files, so that the image is not needed. The files are named "
		"after the "
		"findings; MANIFEST.sha256 can be checked with sha256sum -c. Nothing that is there is overwritten.",
	.options = "output",
	.least = 2,
	.most = SIZE_MAX,
	.run = run,
};
