/* test_pe.c - what a program says of its version, however it is written, and what is said of one that is damaged. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "build.h"
#include "found.h"
#include "pe.h"
#include "pe_writer.h"

static const char *const exsetup[] = { "CompanyName", "Example", "FileVersion", "15.01.2176.009", "OriginalFilename", "ExSetup.exe", NULL };
static const char *const german[] = { "FileVersion", "15.01.2176.009", "Comments", "zweite Sprache", NULL };

static const struct written_pe usual = {
	.plus = 1, .managed = 1, .machine = 0x8664, .timestamp = 0x60382b31, .version = { 15, 1, 2176, 9 },
	.strings = { exsetup },
};

struct counting {
	struct sink sink;
	unsigned damage;
	int stop; /* what the sink returns */
};

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct counting *c = (struct counting *)out;

	assert_non_null(why);
	(void)offset;
	c->damage++;
	return c->stop;
}

static int
read_bytes(const uint8_t *bytes, size_t n, struct pe *ret_pe, struct counting *counting)
{
	CLEANUP(source_close) struct source *src = NULL;

	counting->sink.damage = take_damage;
	assert_int_equal(source_memory(view_of(bytes, n), "test.exe", &src), 0);
	return pe_read(src, &counting->sink, ret_pe);
}

static void
assert_string(const struct pe *pe, const char *key, const char *value)
{
	const struct pe_string *s = pe_string(pe, key);

	assert_non_null(s);
	assert_true(view_equal(s->value, view_text(value)));
}

static void
a_program_says_its_version(void **state)
{
	static const struct written_pe kinds[] = {
		{ .plus = 1, .managed = 1, .machine = 0x8664, .timestamp = 0x60382b31, .version = { 15, 1, 2176, 9 }, .strings = { exsetup } },
		{ .machine = 0x14c, .dll = 1, .timestamp = 1, .version = { 15, 1, 2176, 9 }, .strings = { exsetup }, .in_bytes = 1 },
		{ .plus = 1, .machine = 0xaa64, .version = { 15, 1, 2176, 9 }, .strings = { exsetup, german } },
	};
	struct pe_bytes bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct counting counting = { 0 };
		CLEANUP(pe_free) struct pe pe;

		pe_write(&bytes, &kinds[i]);
		assert_int_equal(read_bytes(bytes.b, bytes.n, &pe, &counting), 0);
		assert_int_equal(counting.damage, 0);
		assert_int_equal(pe.kind, kinds[i].plus ? PE_64 : PE_32);
		assert_int_equal(pe.machine, kinds[i].machine);
		assert_int_equal(pe.timestamp, kinds[i].timestamp);
		assert_int_equal(pe.subsystem, 3);
		assert_int_equal(pe.dll, kinds[i].dll);
		assert_int_equal(pe.managed, kinds[i].managed);
		assert_int_equal(pe.section_count, 1);
		assert_string_equal(pe.sections[0].name, ".rsrc");
		assert_int_equal(pe.versions, kinds[i].strings[1] ? 2 : 1);
		assert_true(pe.fixed && !memcmp(bytes.b + pe.fixed_at, "\xbd\x04\xef\xfe", 4));
		assert_memory_equal(pe.file_version, kinds[i].version, sizeof(pe.file_version));
		assert_memory_equal(pe.product_version, kinds[i].version, sizeof(pe.product_version));
		assert_string(&pe, "FileVersion", "15.01.2176.009");
		assert_string(&pe, "OriginalFilename", "ExSetup.exe");
		assert_string_equal(pe_string(&pe, "FileVersion")->table, "040904B0");
		assert_int_equal(bytes.b[pe_string(&pe, "FileVersion")->offset], '1');
		assert_null(pe_string(&pe, "ProductName"));
		if (kinds[i].strings[1])
			assert_string(&pe, "Comments", "zweite Sprache");
	}
}

/* ---- damage ---- */

static void
what_is_no_program_says_nothing(void **state)
{
	struct counting counting = { 0 };
	uint8_t zeros[100] = { 0 };
	CLEANUP(pe_free) struct pe pe;

	(void)state;
	assert_int_equal(read_bytes(zeros, sizeof(zeros), &pe, &counting), 0);
	assert_true(pe.kind == PE_NONE && !counting.damage);
	memcpy(zeros, "MZ", 2);
	pe_free(&pe);
	assert_int_equal(read_bytes(zeros, sizeof(zeros), &pe, &counting), 0);
	assert_true(pe.kind == PE_DOS && counting.damage == 1);
}

/* What is broken, where, and whether the version is still told. */
static const struct {
	const char *what;
	size_t at;
	uint32_t value;
	int bytes;
	bool fixed;
} faults[] = {
	{ "the header lies beyond the end", 0x3c, 0xfffffff0, 4, false },
	{ "another signature", WRITTEN_PE, 0x4545, 4, false },
	{ "another optional header", WRITTEN_PE + 24, 0x777, 2, false },
	{ "a thousand sections", WRITTEN_PE + 6, 1000, 2, true },
	{ "no section stores the resources", WRITTEN_PE + 24 + 240 + 12, 0x9000, 4, false },
	{ "the section lies beyond the end", WRITTEN_PE + 24 + 240 + 20, 0x7fffffff, 4, false },
	{ "resources at the end of all addresses", WRITTEN_PE + 24 + 112 + 16, 0xfffffff8, 4, false },
	{ "the type leads to data", WRITTEN_RSRC + 28, 0x30, 4, false },
	{ "the type leads to the root", WRITTEN_RSRC + 28, 0x80000000, 4, false },
	{ "the name leads to data", WRITTEN_RSRC + 0x30 + 20, 0x48, 4, false },
	{ "the name leads to itself", WRITTEN_RSRC + 0x30 + 20, 0x80000030, 4, false },
	{ "65,535 names", WRITTEN_RSRC + 0x30 + 14, 0xffff, 2, true },
	{ "the language leads to a directory", WRITTEN_RSRC + 0x48 + 20, 0x80000000, 4, false },
	{ "a version of 4 GiB", WRITTEN_RSRC + 0x80 + 4, 0xffffffff, 4, false },
	{ "a version longer than its section", WRITTEN_RSRC + 0x80 + 4, 0xff00, 4, false },
	{ "a version at the end of all addresses", WRITTEN_RSRC + 0x80, 0xffffffff, 4, false },
	{ "a version of another length than its block", WRITTEN_RSRC + 0x100, 0xffff, 2, false },
	{ "a version without length", WRITTEN_RSRC + 0x100, 0, 2, false },
	{ "another name of the version", WRITTEN_RSRC + 0x106, 'W', 2, false },
	{ "a name without end", WRITTEN_RSRC + 0x100 + 6 + 30, 'x', 2, false },
	{ "other numbers than a version has", WRITTEN_RSRC + 0x128, 0, 4, false },
	{ "a table longer than the version", WRITTEN_RSRC + 0x128 + 52, 0xfff0, 2, true },
};

static void
damage_is_told_and_the_rest_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct counting counting = { 0 }, stopping = { .stop = -ECANCELED };
		CLEANUP(pe_free) struct pe pe, stopped;
		struct pe_bytes bytes;

		pe_write(&bytes, &usual);
		pe_put(bytes.b + faults[i].at, faults[i].value, faults[i].bytes);
		assert_int_equal(read_bytes(bytes.b, bytes.n, &pe, &counting), 0);
		if (!counting.damage || pe.fixed != faults[i].fixed)
			fail_msg("%s: damage %u, version %d", faults[i].what, counting.damage, pe.fixed);
		assert_int_equal(read_bytes(bytes.b, bytes.n, &stopped, &stopping), -ECANCELED);
		assert_int_equal(stopping.damage, 1);
	}
}

/* Cut anywhere, changed anywhere: it is read to an end, and strings stay within what was read. */
static void
no_bytes_lead_astray(void **state)
{
	enum { ROUNDS = 4000 };
	uint64_t random = 88172645463325252u;
	struct pe_bytes bytes;

	(void)state;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct counting counting = { 0 };
		CLEANUP(pe_free) struct pe pe;
		size_t n;

		pe_write(&bytes, &(struct written_pe){ .plus = i & 1, .strings = { exsetup, german } });
		n = i % 3 ? bytes.n : next_random(&random) % bytes.n;
		for (size_t k = next_random(&random) % 8; k; k--)
			bytes.b[next_random(&random) % bytes.n] = (uint8_t)next_random(&random);
		assert_int_equal(read_bytes(bytes.b, n, &pe, &counting), 0);
		assert_true(pe.strings.n <= PE_STRINGS_MAX && pe.section_count <= PE_SECTIONS_MAX);
		for (size_t k = 0; k < pe.strings.n; k++)
			assert_true(pe.strings.at[k].offset <= n && pe.strings.at[k].value.n <= PE_STRING_MAX);
	}
}

/* ---- builds ---- */

static void
builds_are_read_as_they_are_written(void **state)
{
	static const struct {
		const char *text, *plain;
	} good[] = {
		{ "15.1.2176.9", "15.1.2176.9" }, { "15.01.2176.009", "15.1.2176.9" }, { " 15.2.792", "15.2.792" },
		{ "14.03.0123.004 ", "14.3.123.4" },
	};
	static const char *const wrong[] = { "", "15", "15.1", "15.1.", "15..1.2", "15.1.2.3.4", "15.1.2176.9x", "v15.1.2.3", "15.1.9999999.1" };
	char text[BUILD_STRING];
	struct build a, b;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(build_parse(view_text(good[i].text), &a));
		assert_string_equal(build_text(&a, text), good[i].plain);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(build_parse(view_text(wrong[i]), &a));
	assert_true(build_parse(view_text("15.1.2176.9"), &a) && build_parse(view_text("15.1.2176.14"), &b));
	assert_true(build_compare(&a, &b) < 0 && build_same_cu(&a, &b) && !build_same(&a, &b));
	assert_true(build_parse(view_text("15.1.2176"), &b) && !build_compare(&a, &b) && !build_same(&a, &b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_says_its_version),
		cmocka_unit_test(what_is_no_program_says_nothing),
		cmocka_unit_test(damage_is_told_and_the_rest_is_read),
		cmocka_unit_test(no_bytes_lead_astray),
		cmocka_unit_test(builds_are_read_as_they_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
