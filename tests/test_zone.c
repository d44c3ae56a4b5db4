/* test_zone.c - what a local clock showed, by the rules of a zone, on both halves of the world and around each change. */
#include "filetime.h"
#include "hive_bench.h"
#include "zone.h"

#define PACIFIC \
	"key Select\ndword Current=1\nkey ControlSet001\\Control\\TimeZoneInformation\ndword Bias=480\ndword StandardBias=0\n" \
	"dword DaylightBias=0xffffffc4\nhex StandardStart=00000B00010002000000000000000000\n" \
	"hex DaylightStart=00000300020002000000000000000000\nsz TimeZoneKeyName=Pacific Standard Time\n"
#define SYDNEY \
	"key Select\ndword Current=1\nkey ControlSet001\\Control\\TimeZoneInformation\ndword Bias=0xfffffda8\ndword " \
	"StandardBias=0\ndword DaylightBias=0xffffffc4\nhex StandardStart=00000400010003000000000000000000\n" \
	"hex DaylightStart=00000A00010002000000000000000000\nsz StandardName=AUS Eastern\n"

static int
read_zone(const char *text, struct zone *zone, unsigned *ret_damage)
{
	struct forge_hive *f = forge_hive(text);
	struct bench b;
	int r;

	bench_forged(&b, f);
	r = zone_read(b.hive, &b.sink, zone);
	*ret_damage = b.damage;
	bench_close(&b);
	forge_hive_free(f);
	return r;
}

static uint64_t
at(const char *text)
{
	uint64_t ticks;

	assert_int_equal(filetime_parse(view_text(text), &ticks), 0);
	return ticks;
}

/* The clock on the wall at an instant, and back. */
static void
assert_clock(const struct zone *zone, const char *utc, int minutes)
{
	uint64_t instant = at(utc), local, back;

	assert_int_equal(zone_ahead(zone, instant), minutes);
	local = instant + (uint64_t)((int64_t)minutes * 60 * FILETIME_SECOND);
	assert_true(zone_to_utc(zone, local, &back) >= 1);
	if (back != instant) /* shown twice: the first of them is given */
		assert_int_equal(zone_to_utc(zone, local, &back), 2);
}

static void
a_zone_in_words(void **state)
{
	struct text said = { 0 };
	struct zone zone;
	unsigned damage;

	(void)state;
	assert_int_equal(read_zone(PACIFIC, &zone, &damage), 1);
	assert_int_equal(damage, 0);
	assert_int_equal(zone_describe(&zone, &said), 0);
	assert_string_equal(said.s, "Pacific Standard Time: UTC-08:00; UTC-07:00 from the 2nd Sunday of March at 02:00 to the 1st "
				    "Sunday of November at 02:00");
	text_free(&said);
	assert_int_equal(read_zone("key Select\ndword Current=1\nkey ControlSet001\\Control\\TimeZoneInformation\ndword "
				   "Bias=0xfffffeb6\nsz StandardName=India Standard Time\n",
				   &zone, &damage),
			 1);
	assert_int_equal(zone_describe(&zone, &said), 0);
	assert_string_equal(said.s, "India Standard Time: UTC+05:30");
	text_free(&said);
	assert_int_equal(read_zone("key Select\ndword Current=1\n", &zone, &damage), 0);
}

static void
the_days_of_change(void **state)
{
	struct zone zone;
	uint64_t utc;
	unsigned damage;

	(void)state;
	assert_int_equal(read_zone(PACIFIC, &zone, &damage), 1);
	assert_clock(&zone, "2021-03-03T04:00:00Z", -480);
	assert_clock(&zone, "2021-03-14T09:59:59Z", -480);
	assert_clock(&zone, "2021-03-14T10:00:00Z", -420);
	assert_clock(&zone, "2021-11-07T08:59:59Z", -420);
	assert_clock(&zone, "2021-11-07T09:00:00Z", -480);
	assert_int_equal(zone_to_utc(&zone, at("2021-03-14T02:30:00"), &utc), 0);
	assert_int_equal(zone_to_utc(&zone, at("2021-11-07T01:30:00"), &utc), 2);
	assert_true(utc == at("2021-11-07T08:30:00Z"));
	zone.daylight_off = true;
	assert_clock(&zone, "2021-07-01T00:00:00Z", -480);
	assert_int_equal(read_zone(SYDNEY, &zone, &damage), 1);
	assert_clock(&zone, "2021-01-10T00:00:00Z", 660);
	assert_clock(&zone, "2021-04-03T15:59:59Z", 660);
	assert_clock(&zone, "2021-04-03T16:00:00Z", 600);
	assert_clock(&zone, "2021-10-02T15:59:59Z", 600);
	assert_clock(&zone, "2021-10-02T16:00:00Z", 660);
}

static void
what_no_zone_can_have(void **state)
{
	struct zone zone;
	unsigned damage;

	(void)state;
	assert_int_equal(read_zone("key Select\ndword Current=1\nkey ControlSet001\\Control\\TimeZoneInformation\ndword "
				   "Bias=99999\nhex StandardStart=0000FF00010002000000000000000000\nhex DaylightStart=0000\n",
				   &zone, &damage),
			 1);
	assert_int_equal(damage, 3);
	assert_int_equal(zone_ahead(&zone, at("2021-07-01")), 0);
	assert_int_equal(zone_ahead(&zone, 0), 0);
	zone = (struct zone){ .bias = 480, .daylight_bias = -60, .standard = { .year = 2021, .month = 2, .week = 30 },
			      .daylight = { .month = 12, .week = 5, .weekday = 6 } };
	assert_int_equal(zone_ahead(&zone, at("2021-07-01")), -480);
	assert_int_equal(zone_ahead(&zone, UINT64_MAX), -480);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zone_in_words),
		cmocka_unit_test(the_days_of_change),
		cmocka_unit_test(what_no_zone_can_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
