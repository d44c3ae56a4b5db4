/* shard.c - fuzz target: a shard that a taken-over worker has written is merged; the input says which bytes it changed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "case.h"
#include "cleanup.h"
#include "fail.h"
#include "view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One change: at which of the places that matter, how far behind it, and up to eight bytes. */
struct change {
	le16 page, offset;
	uint8_t n, bytes[8];
};

enum { PAGE = 32768 };

static const struct rule rule = { .id = "r",
				  .kind = RULE_YARA,
				  .level = LEVEL_HIGH,
				  .stage = STAGE_IMPACT,
				  .technique = "",
				  .cve = "",
				  .title = "t",
				  .author = "",
				  .source = "s",
				  .benign = "",
				  .reason = "" };

static int
make_shard(const char *path)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	int r = case_shard(path, "1", "p", &db);

	if (r < 0 || case_begin(db, "all") != 1)
		return -1;
	case_evidence(
		db, &(struct evidence_row){ .name = "e", .format = "raw", .fingerprint = "f", .hash_state = "match" });
	case_volume(db, &(struct volume_row){ .number = 1, .fs = "NTFS", .snapshot = "", .state = "read" });
	case_folder(db, &(struct folder_row){ .volume = 1, .path = view_text("a") });
	for (uint64_t i = 1; i <= 400; i++) {
		case_file(db,
			  &(struct file_row){
				  .id = i, .volume = 1, .mft = i, .name = view_text("name"), .stream = view_text("") });
		case_event(
			db,
			&(struct event_row){
				.volume = 1, .when = i * 7919, .kind = "k", .source = "s", .subject = view_text("x") });
	}
	case_finding(db, &(struct finding_row){
				 .finding = "00", .volume = 1, .file = 1, .rule = &rule, .stream = view_text("") });
	case_content(db, &(struct content_row){ .volume = 1, .mft = 1, .kept = view_text("kept") });
	case_limitation(db, &(struct limitation_row){ .volume = 1, .mft = -1, .offset = -1, .what = "w", .count = 1 });
	case_coverage(db, &(struct coverage_row){ .source = "s", .state = "read" });
	case_rule(db, &rule, 1);
	return case_commit(db);
}

static int
copy_file(const char *from, const char *to)
{
	CLEANUP(close) int in = open(from, O_RDONLY | O_CLOEXEC);
	CLEANUP(close) int out = open(to, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	while (in >= 0 && out >= 0) {
		ssize_t n = copy_file_range(in, NULL, out, NULL, 1 << 20, 0);

		if (n <= 0)
			return (int)n;
	}
	return -1;
}

static void
change_file(const char *path, struct view changes)
{
	CLEANUP(close) int fd = open(path, O_WRONLY | O_CLOEXEC);

	for (size_t at = 0; at < changes.n; at += sizeof(struct change)) {
		const struct change *c = VIEW_AT(changes, at, struct change);
		off_t to =
			c ? (off_t)(le16_get(c->page) % 32) * PAGE + (le16_get(c->offset) ^ (c->n & 128 ? PAGE - 1 : 0))
			  : 0;

		if (!c || pwrite(fd, c->bytes, c->n % 8 + 1, to) < 0)
			return;
	}
}

enum { GOOD, BAD, CASE, PLACES };

/* A folder of this process, with a good shard in it. */
static const char *const *
places(void)
{
	static char folder[] = "/tmp/fuzz_shard.XXXXXX", good[64], bad[64], made[64];
	static const char *const paths[] = { good, bad, made, folder };

	if (*good)
		return paths;
	say_quiet(true);
	if (!mkdtemp(folder))
		abort();
	snprintf(good, sizeof(good), "%s/good", folder);
	snprintf(bad, sizeof(bad), "%s/bad", folder);
	snprintf(made, sizeof(made), "%s/case.db", folder);
	if (make_shard(good) < 0)
		abort();
	return paths;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *const *at = places();

	if (size > 4096 || copy_file(at[GOOD], at[BAD]) < 0)
		return 0;
	change_file(at[BAD], view_of(data, size));
	case_merge(at[PLACES], &at[BAD], 1, NULL, NULL, NULL);
	unlink(at[CASE]);
	return 0;
}
