/* casetool.c - shards with many made-up rows, merges and exports from the command line, for tests/image/case.sh. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"
#include "report.h"

static const struct rule rule = {
	.id = "made-up",
	.kind = RULE_YARA,
	.level = LEVEL_HIGH,
	.stage = STAGE_PERSISTENCE,
	.technique = "T1505.003",
	.cve = "",
	.title = "made up",
	.author = "",
	.source = "made/up.yar",
	.benign = "",
	.reason = "",
};

static int
identify(struct case_db *db, const char *name)
{
	int r = case_evidence(db, &(struct evidence_row){ .name = name,
							  .format = "raw",
							  .fingerprint = "0",
							  .segments = 1,
							  .bytes = 1 << 30,
							  .sector_size = 512,
							  .hash_state = "not-computed" });

	if (r == 0)
		r = case_volume(db, &(struct volume_row){ .number = 1,
							  .offset = 1048576,
							  .bytes = 1 << 29,
							  .fs = "NTFS",
							  .snapshot = "",
							  .state = "read" });
	return r < 0 ? r : case_setting(db, "since", "132539328000000000");
}

/* One name in seven is made to hurt whoever prints it. */
static struct view
name_of(int i, char text[static 64])
{
	static const char *const hostile[] = { "=1+1|%d.aspx",   "\033[2J%d",        "');DROP TABLE file;--%d",
					       "\xed\xa0\x80%d", "\xe2\x80\xae%d\n", "\"%d,'" };
	int n = snprintf(text, 64, i % 7 ? "file%d.aspx" : hostile[i / 7 % 6], i);

	if (i % 49 == 0)
		text[n - 1] = 0;
	return view_of(text, (size_t)n);
}

static int
walk(struct case_db *db, int files)
{
	char text[64];
	int r = 0;

	for (int i = 0; i <= files / 7 && r == 0; i++) {
		snprintf(text, sizeof(text), "Exchange Server/V15/FrontEnd/f%d", i);
		r = case_folder(db,
				&(struct folder_row){ .volume = 1, .number = (uint32_t)i, .path = view_text(text) });
	}
	for (int i = 0; i < files && r == 0; i++) {
		uint64_t when = 132500000000000000 + (uint64_t)i * 12345678901 % 300000000000000;
		struct times t = { when, when + 1, when + 10000000, i % 5 ? when : 0 };

		r = case_file(db,
			      &(struct file_row){ .id = (uint64_t)i + 1,
						  .volume = 1,
						  .folder = (uint32_t)i / 7,
						  .flags = (i % 3 ? FILE_ALLOCATED : 0) | (i % 50 ? 0 : FILE_CHOSEN) |
							   (i % 11 ? 0 : FILE_DIRECTORY),
						  .attributes = 32,
						  .mft = (uint64_t)i + 64,
						  .bytes = (uint64_t)i * 37,
						  .seq = 3,
						  .attribute = 2,
						  .stream = view_text(i % 13 ? "" : "ads"),
						  .name = name_of(i, text),
						  .si = t,
						  .fn = t });
	}
	return r;
}

static int
content(struct case_db *db, int events)
{
	char id[17];
	int r = 0;

	for (int i = 0; i < events && r == 0; i++) {
		r = case_event(db, &(struct event_row){ .volume = 1,
							.when = 132600000000000000 + (uint64_t)i * 7919 % 100003,
							.kind = "iis.request",
							.source = "W3SVC1",
							.subject = view_text("10.0.0.1"),
							.summary = view_text("GET /owa/"),
							.mft = 99,
							.offset = (uint64_t)i * 80 });
		snprintf(id, sizeof(id), "%016x", (unsigned)i * 2654435761u);
		if (r == 0 && i % 500 == 0)
			r = case_finding(db, &(struct finding_row){ .finding = id,
								    .volume = 1,
								    .file = 51,
								    .rule = &rule,
								    .level = LEVEL_HIGH,
								    .path = view_text("x"),
								    .mft = 114,
								    .seq = 3,
								    .stream = view_text(""),
								    .offset = (uint64_t)i });
	}
	return r;
}

/* Writes what is still missing, a stage at a time. */
static int
make_shard(const char *path, const char *name, int files)
{
	static const char *const stages[] = { "identify", "walk", "content" };
	CLEANUP(case_close) struct case_db *db = NULL;
	int r = case_shard(path, "1", "made up", &db);

	for (int i = 0; i < 3 && r == 0; i++) {
		int fresh = case_begin(db, stages[i]);

		if (fresh <= 0) {
			r = fresh;
			continue;
		}
		r = i == 0 ? identify(db, name) : i == 1 ? walk(db, files) : content(db, files / 10);
		r = r == 0 ? case_commit(db) : r;
		if (r == 0)
			printf("%s\n", stages[i]);
		fflush(stdout);
	}
	return r;
}

static int export(const char *folder, const char *name, const char *view)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	struct export_result result;
	enum export_format format;
	int r = case_open(folder, &db);

	if (r == 0 && !export_parse(name, &format))
		return -1;
	if (r == 0)
		r = report_export(db, format, &(struct question){ .view = view }, stdout, &result);
	if (r == 0)
		fprintf(stderr, "%" PRIu64 " %" PRIu64 "\n", result.rows, result.left_out);
	return r;
}

int
main(int argc, char **argv)
{
	int r = -1;

	if (argc == 5 && !strcmp(argv[1], "shard"))
		r = make_shard(argv[2], argv[3], atoi(argv[4]));
	else if (argc >= 3 && !strcmp(argv[1], "merge"))
		r = case_merge(argv[2], (const char *const *)argv + 3, (size_t)argc - 3, NULL, NULL, NULL);
	else if (argc >= 4 && !strcmp(argv[1], "export"))
		r = export(argv[2], argv[3], argc > 4 ? argv[4] : NULL);
	return r < 0 ? 1 : 0;
}
