/* show.c - all that a case knows of one finding. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "arena.h"
#include "ask.h"
#include "fail.h"
#include "notes_print.h"
#include "report.h"
#include "show_steps.h"
#include "verb.h"

enum { BYTES_SHOWN = 4096, ROW = 16 };

struct shown {
	const struct request *request;
	uint64_t rows;
	struct arena arena;
	struct steps steps;
	char sha256[65];
	uint64_t offset, length;
};

static void
print_value(const char *name, struct view value)
{
	CLEANUP(text_free) struct text text = { 0 };

	if (value.n && text_add_escaped(&text, value) == 0)
		printf("%-10s %s\n", name, text.s);
}

static int
take_steps(struct shown *shown, int n, const char *const *names, const struct view *values)
{
	static const char *const wanted[] = { "finding", "evidence", "rule", "path", "owner_name", "mft" };
	const char *kept[6];

	for (size_t i = 0; i < 6; i++) {
		kept[i] = arena_copy(&shown->arena, row_value(n, names, values, wanted[i]));
		if (!kept[i])
			return -ENOMEM;
	}
	shown->steps = (struct steps){ .finding = kept[0],
				       .evidence = kept[1],
				       .rule = kept[2],
				       .path = kept[3],
				       .owner = kept[4],
				       .mft = kept[5],
				       .volume = view_number(row_value(n, names, values, "volume")) };
	return 0;
}

static int
print_row(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct shown *shown = state;

	if (shown->rows++)
		putchar('\n');
	if (shown->request->json) {
		CLEANUP(text_free) struct text line = { 0 };

		if (row_add_json(&line, n, names, values, is_number) < 0)
			return -ENOMEM;
		puts(line.s);
		return 0;
	}
	if (take_steps(shown, n, names, values) < 0)
		return -ENOMEM;
	for (int i = 0; i < n; i++) {
		print_value(names[i], values[i]);
		if (!strcmp(names[i], "sha256") && values[i].n == 64)
			memcpy(shown->sha256, values[i].p, 64);
		if (!strcmp(names[i], "offset"))
			shown->offset = view_number(values[i]);
		if (!strcmp(names[i], "length"))
			shown->length = view_number(values[i]);
	}
	return 0;
}

/* Offset, hexadecimal, and what of it can be read: as xxd has it. */
static void
dump(const uint8_t *bytes, size_t n, uint64_t offset)
{
	for (size_t i = 0; i < n; i += ROW) {
		size_t row = n - i < ROW ? n - i : ROW;

		printf("%08" PRIx64 ":", offset + i);
		for (size_t j = 0; j < ROW; j++)
			if (j < row)
				printf("%s%02x", j % 2 ? "" : " ", bytes[i + j]);
			else
				fputs(j % 2 ? "  " : "   ", stdout);
		fputs("  ", stdout);
		for (size_t j = 0; j < row; j++)
			putchar(bytes[i + j] >= 0x20 && bytes[i + j] < 0x7f ? bytes[i + j] : '.');
		putchar('\n');
	}
}

/* The bytes that the rule hit, or the beginning of the stream, if the case keeps them. */
static int
print_bytes(struct case_db *db, const struct shown *shown)
{
	CLEANUP(free) uint8_t *bytes = NULL;
	size_t n, from = 0;
	int r = shown->sha256[0] ? case_kept(db, shown->sha256, &bytes, &n) : -ENOENT;

	if (r == -ENOENT) {
		puts("\nThe case does not keep these bytes; the command above shows them.");
		return 0;
	}
	if (r < 0)
		return r;
	if (shown->length && shown->offset < n)
		from = (size_t)(shown->offset / ROW * ROW);
	printf("\n%zu bytes are kept%s:\n", n, n - from > BYTES_SHOWN ? ", of which the first from there" : "");
	dump(bytes + from, n - from > BYTES_SHOWN ? BYTES_SHOWN : n - from, from);
	return 0;
}

static int
show(const struct request *request, struct shown *shown)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	struct question question = { .view = "v_findings",
				     .where_column = "finding",
				     .where_value = request->operands[1] };
	int r = case_open(request->operands[0], &db);

	if (r == 0)
		r = case_ask(db, &question, print_row, shown);
	if (r == 0 && !shown->rows)
		r = fail(ENOENT, "%s has no finding %s", request->operands[0], request->operands[1]);
	if (r == 0 && !request->json)
		r = steps_print(db, &shown->steps);
	if (r == 0 && !request->json)
		r = print_bytes(db, shown);
	if (r == 0 && (!request->json || request->notes))
		r = notes_print(request, request->operands[0], request->operands[1]);
	return r;
}

static int
run(const struct request *request)
{
	struct shown shown = { .request = request };
	int r = show(request, &shown);

	arena_free(&shown.arena);
	return r < 0 ? EXIT_FAILED : EXIT_COMPLETE;
}

const struct verb show_verb = {
	.name = "show",
	.operands = "CASE FINDING",
	.summary = "show one finding: place, rule, bytes, and how to see the same elsewhere",
	.description =
		"The command under 'reproduce' shows the same bytes with The Sleuth Kit, where the image lies "
		"in the working folder, and ends with the SHA-256 that stands under 'sha256' or, where a hash of the "
		"whole would not be the file's, under 'bytes_sha256'. The commands under 'check' tell what it lies in: "
		"the container, the "
		"volume, the entry; and that of a YARA rule is run in the folder of the profiles. Notes of examiners "
		"come last; with --json, only "
		"where --notes asks for them.",
	.options = "notes json",
	.least = 2,
	.most = 2,
	.run = run,
};
