/* pe.c - any bytes as a Windows program; and as changes to one that is whole, so that what lies deep is reached. */
#include <stdlib.h>

#include "pe.h"
#include "pe_writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct checking {
	struct sink sink;
	uint64_t size;
	unsigned damage;
};

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct checking *c = (struct checking *)out;

	if (!why || offset > 2 * (uint64_t)UINT32_MAX || ++c->damage > PE_ENTRIES_MAX * 4)
		abort();
	return 0;
}

static void
check(struct view bytes)
{
	struct checking c = { .sink.damage = take_damage, .size = bytes.n };
	CLEANUP(source_close) struct source *src = NULL;
	CLEANUP(pe_free) struct pe pe;

	if (source_memory(bytes, "fuzz", &src) < 0)
		return;
	if (pe_read(src, &c.sink, &pe) < 0)
		abort();
	if (pe.strings.n > PE_STRINGS_MAX || pe.section_count > PE_SECTIONS_MAX || pe.versions > PE_VERSIONS_MAX)
		abort();
	for (size_t i = 0; i < pe.strings.n; i++)
		if (pe.strings.at[i].offset > bytes.n || pe.strings.at[i].value.n > PE_STRING_MAX)
			abort();
	if (pe.fixed && (pe.fixed_at > bytes.n || bytes.n - pe.fixed_at < 52))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const strings[] = { "CompanyName", "Example", "FileVersion", "15.01.2176.009", NULL };
	struct pe_bytes pe;

	check(view_of(data, size));
	if (!size)
		return 0;
	pe_write(&pe, &(struct written_pe){ .plus = data[0] & 1, .version = { 15, 1, 2176, 9 }, .strings = { strings, strings } });
	for (size_t i = 1; i + 3 <= size; i += 3) /* where, and what */
		pe.b[(data[i] | data[i + 1] << 8) % pe.n] = data[i + 2];
	check(view_of(pe.b, data[0] & 2 ? pe.n - data[0] : pe.n));
	return 0;
}
