/*
 * hivemake.c - writes the hive of a text (see forge_hive.h) to a file, and with a second text the log that makes that
 * hive out of the first one:
 *
 *     hivemake TEXT HIVE
 *     hivemake dirt|entries TEXT NEWER HIVE LOG
 */
#include "forge_hive.h"

static char *
read_text(const char *path)
{
	char *text = calloc(1, 1 << 16);
	FILE *file = fopen(path, "rb");

	if (!text || !file || !fread(text, 1, (1 << 16) - 1, file)) {
		perror(path);
		exit(1);
	}
	fclose(file);
	return text;
}

static void
write_bytes(const char *path, const void *p, size_t n)
{
	FILE *file = fopen(path, "wb");

	if (!file || fwrite(p, 1, n, file) != n || fclose(file)) {
		perror(path);
		exit(1);
	}
}

static struct forge_hive *
hive_of(const char *path)
{
	char *text = read_text(path);
	struct forge_hive *f = forge_hive(text);

	free(text);
	return f;
}

static void
make_log(const char *kind, const struct forge_hive *old, const struct forge_hive *new, struct text *log)
{
	if (!strcmp(kind, "dirt")) {
		forge_dirt(old, new, 6, log);
		return;
	}
	forge_entries_start(old, 5, log);
	forge_entry(old, new, 5, log);
}

int
main(int argc, char **argv)
{
	struct forge_hive *old, *new;
	struct text log = { 0 };

	if (argc != 3 && argc != 6)
		return 2;
	old = hive_of(argv[argc == 3 ? 1 : 2]);
	if (argc == 6) {
		new = hive_of(argv[3]);
		make_log(argv[1], old, new, &log);
		forge_number_hive(old, 6, 5);
		write_bytes(argv[5], log.s, log.n);
		forge_hive_free(new);
		text_free(&log);
	}
	write_bytes(argv[argc == 3 ? 2 : 4], old->bytes, old->size);
	forge_hive_free(old);
	return 0;
}
