/*
 * pels.c - lists what the PE reader finds in Windows programs, for comparing it with other readers:
 *
 *     pels FILE...
 *
 * One line for each fact, `what value`: kind, machine, time, subsystem, dll, managed, each section, the version in
 * numbers, and each text of the version resource with its table. Damage goes to stderr.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "pe.h"
#include "text.h"

struct file {
	struct source source;
	int fd;
};

static ssize_t
file_read(struct source *src, uint64_t offset, void *buf, size_t n)
{
	return pread(((struct file *)src)->fd, buf, n, (off_t)offset);
}

static const struct source_ops file_ops = { .read = file_read };

static int
tell_damage(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	fprintf(stderr, "at %" PRIu64 ": %s\n", offset, why);
	return 0;
}

static void
print_text(const struct pe_string *s)
{
	CLEANUP(text_free) struct text text = { 0 };

	if (text_add_escaped(&text, s->value) == 0)
		printf("text %s %s=%s\n", s->table, s->key, text.s ? text.s : "");
}

static void
print_version(const char *what, const uint16_t v[static 4])
{
	printf("%s %u.%u.%u.%u\n", what, v[0], v[1], v[2], v[3]);
}

static void
print(const struct pe *pe)
{
	static const char *const kinds[] = { [PE_NONE] = "none", [PE_DOS] = "dos", [PE_32] = "pe32", [PE_64] = "pe32+" };

	printf("kind %s\n", kinds[pe->kind]);
	if (pe->kind < PE_32)
		return;
	printf("machine %04x\ntime %" PRIu32 "\nsubsystem %u\ndll %d\nmanaged %d\n", pe->machine, pe->timestamp, pe->subsystem,
	       pe->dll, pe->managed);
	for (uint32_t i = 0; i < pe->section_count; i++)
		printf("section %s %08" PRIx32 " %08" PRIx32 " %08" PRIx32 " %08" PRIx32 "\n", pe->sections[i].name, pe->sections[i].size,
		       pe->sections[i].rva, pe->sections[i].stored, pe->sections[i].at);
	if (pe->fixed) {
		print_version("file", pe->file_version);
		print_version("product", pe->product_version);
	}
	for (size_t i = 0; i < pe->strings.n; i++)
		print_text(&pe->strings.at[i]);
}

static int
list(const char *path)
{
	struct sink sink = { .damage = tell_damage };
	CLEANUP(close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	CLEANUP(pe_free) struct pe pe = { 0 };
	struct file file = { .source = { .ops = &file_ops, .name = path }, .fd = fd };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		perror(path);
		return 1;
	}
	file.source.size = (uint64_t)st.st_size;
	if (pe_read(&file.source, &sink, &pe) < 0)
		return 1;
	print(&pe);
	return 0;
}

int
main(int argc, char **argv)
{
	int bad = 0;

	for (int i = 1; i < argc; i++)
		bad |= list(argv[i]);
	return bad;
}
