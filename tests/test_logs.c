/* test_logs.c - the readers of text logs: nothing is lost on any bytes, and rows are what an independent reader says. */
#include <dirent.h>

#include "found.h"
#include "csv.h"
#include "file.h"
#include "filetime.h"
#include "log_check.h"
#include "log_own.h"
#include "real_logs.h"

/* A line or two of each kind, and the header where it needs one. */
static const struct {
	const char *kind, *text;
} seeds[] = {
	{ "iis", "#Software: x\r\n#Date: 2021-03-03 04:00:00\r\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
		 "cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken\r\n2021-03-03 04:00:01 ::1 POST /ecp/y.js - 444  DOM\\a b ::1 UA 200 0 0 1\r\n"
		 "2021-03-03 05:00:01 ::1 GET / - 444 - ::1 UA 404 0 0 1\r\n#Fields: time c-ip sc-status\r\n04:00:03 ::1 500\r\n" },
	{ "httperr", "#Fields: date time c-ip c-port cs-uri sc-status\n2021-03-03 04:00:01 ::1 5 /ecp/a b 400\n" },
	{ "httpproxy", "DateTime,Method,HttpStatus,AnchorMailbox,UrlQuery\r\n#Fields: DateTime,Method,HttpStatus,AnchorMailbox,UrlQuery\r\n"
		       "2021-03-03T04:00:01.123Z,POST,241,ServerInfo~a]@m,\"a,\"\"b\"\"\"\r\n2021-03-03T05:00:01.123Z,POST,500,x,\"a\r\nb\"\r\n" },
	{ "ecp", "#Fields: TimeStamp,ServerName,EventId,EventData\n2021-03-03T04:00:01.123Z,M,ECP.Request,\"S:CMD=Set-OabVirtualDirectory.Url='a"
		 "\"\"b;S:x=''y'';';S:URL=/ecp/z;S:EX=\"\n" },
	{ "audit", "#Fields: Timestamp,Server,Data\n2021-03-03T04:00:01.123Z,M,\"{\"\"Operation\"\":\"\"Set-Oab\"\",\"\"Parameters\"\":[{\"\"Name\"\":"
		   "\"\"a\"\",\"\"Value\"\":\"\"\\u00e9\\ud83d\\ude00\\\"\"\"\"}]}\"\n" },
	{ "setup", "[03/13/2021 05:01:29.0411] [0] Local time zone: x\n[03/13/2021 06:01:29.0411] [0] eins\n zwei /ecp/\n\n drei\n" },
	{ "msert", "Started On Tue Mar  9 05:12:44 2021\nReturn code: 0 POST\n" },
	{ "defender", "2021-03-09T05:12:44.123Z DETECTION_ADD POST eins\r\nohne Zeit\r\n" },
	{ "powershell", "Get-Mailbox | eins\n\nPOST\n" },
	{ "eomt", "2021/03/16 10:20:30 eins\n" },
	{ "generic", "#Fields: date-time,a,b\n2021-03-03T04:00:01.123Z,\"eins, zwei\",POST\n#Fields: a b\neins POST\n" },
	{ "oab", "2021-03-01T02:00:01.000Z,Information,11,2,,\"POST\"\n" },
};

/* A few lines, some bytes of which are others. */
static size_t
mutate(uint64_t *random, const char *seed, uint8_t *bytes, size_t room)
{
	static const char alphabet[] = "\"\",,;; \r\n\n\0##=-::''09aZ{}[]\\\xe9\xc3\xa9\t/";
	size_t n = 0, length = strlen(seed), lines = 1 + next_random(random) % 4;

	for (; lines && n + length < room; lines--, n += length)
		memcpy(bytes + n, seed, length);
	if (next_random(random) % 4 == 0)
		n -= next_random(random) % n / 2;
	for (size_t i = next_random(random) % 20; i; i--)
		bytes[next_random(random) % n] = (uint8_t)alphabet[next_random(random) % (sizeof(alphabet) - 1)];
	return n;
}

static void
no_bytes_lose_a_line(void **state)
{
	enum { ROUNDS = 600, ROOM = 4096 };
	CLEANUP(literals_close) struct literals *l = NULL;
	const struct literals *words = log_check_literals(&l);
	uint64_t random = 88172645463325252u;
	uint8_t bytes[ROOM];

	(void)state;
	for (size_t i = 0; i < ROUNDS * sizeof(seeds) / sizeof(seeds[0]); i++) {
		size_t which = i % (sizeof(seeds) / sizeof(seeds[0])), n = mutate(&random, seeds[which].text, bytes, ROOM);
		size_t longest = next_random(&random) % 3 ? 0 : 80 + next_random(&random) % 300;

		log_check(log_kind_find(seeds[which].kind), words, view_of(bytes, n), longest, 64 + next_random(&random) % 500);
	}
}

static void
noise_is_read_by_every_kind(void **state)
{
	enum { ROUNDS = 40, ROOM = 3000 };
	CLEANUP(literals_close) struct literals *l = NULL;
	const struct literals *words = log_check_literals(&l);
	uint64_t random = 1181783497276652981u;
	uint8_t bytes[ROOM];

	(void)state;
	for (const struct log_kind *const *kind = log_kinds; *kind; kind++)
		for (size_t i = 0; i < ROUNDS; i++) {
			for (size_t k = 0; k < ROOM; k++)
				bytes[k] = i % 2 ? (uint8_t)next_random(&random) : (uint8_t)"\n\r\",; a#0\0-'"[next_random(&random) % 13];
			log_check(*kind, words, view_of(bytes, next_random(&random) % ROOM), i % 3 ? 0 : 100, 64 + i);
		}
}

static void
marks_are_the_same_with_vectors(void **state)
{
	uint64_t random = 42;
	uint8_t bytes[64];

	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct log_marks a, b;

		for (size_t k = 0; k < sizeof(bytes); k++)
			bytes[k] = i % 2 ? (uint8_t)next_random(&random) : (uint8_t)"\n,\" a\xff"[next_random(&random) % 6];
		a = log_marks(bytes, ',');
		b = log_marks_plain(bytes, ',');
		assert_memory_equal(&a, &b, sizeof(a));
		if (!log_walk_wide())
			continue;
		a = log_marks_wide(bytes, ',');
		assert_memory_equal(&a, &b, sizeof(a));
	}
}

static void
lines_are_the_same_with_vectors(void **state)
{
	enum { MOST = 3000 };
	uint64_t random = 43;
	uint8_t bytes[MOST];

	(void)state;
	for (int i = 0; i < 300; i++) {
		struct log_walk a = { .separator = ',', .edge_n = (unsigned)i % 4, .edges = { 1 + (uint16_t)i % 3, 4, 5 + (uint16_t)i % 7 } }, b = a;
		size_t n = next_random(&random) % MOST;
		bool more = true;

		for (size_t k = 0; k < n; k++)
			bytes[k] = (uint8_t)"\n,,,\" abcdefghi\xff"[next_random(&random) % 16];
		b.wide = log_walk_wide();
		log_walk_start(&a, bytes, 0, n);
		log_walk_start(&b, bytes, 0, n);
		while (more) {
			struct log_shape x = { 0 }, y = { 0 };

			more = log_walk_next(&a, &x);
			assert_int_equal(log_walk_next(&b, &y), more);
			assert_true(x.from == y.from && x.end == y.end && x.separators == y.separators && x.edge_n == y.edge_n);
			for (unsigned k = 0; k < x.edge_n; k++)
				assert_int_equal(x.edges[k], y.edges[k]);
			assert_true(x.quotes == y.quotes && x.high == y.high);
		}
	}
}

/* Rows against csv.c, which profiles are read with and which shares nothing with log_row.c. */
static void
rows_are_those_of_another_reader(void **state)
{
	static struct log_row row;
	static struct log_fields fields;
	uint64_t random = 7;
	size_t compared = 0;
	char line[40];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct log_columns columns = { .n = 0 };
		struct csv csv = { 0 };
		size_t n = 1 + next_random(&random) % (sizeof(line) - 1);
		bool twice = false;

		for (size_t k = 0; k < n; k++)
			line[k] = "\"\"\",,a b"[next_random(&random) % 8];
		log_row_split(&row, view_of(line, n), ',', true);
		csv.rest = view_of(line, n);
		if (csv_next(&csv) != 1 || row.open) {
			assert_true(row.open || (row.n == 1 && !row.pieces[0].n)); /* `""` is no row to a profile */
			csv_free(&csv);
			continue;
		}
		for (size_t k = 0; k < row.n; k++) /* text behind a closing quote: csv.c drops the quotes, a log keeps them */
			twice |= row.pieces[k].n && row.line.p[row.pieces[k].at] == '"' &&
				 (!row.pieces[k].at || row.line.p[row.pieces[k].at - 1] == ',');
		columns.n = row.n;
		fields.n = 0;
		log_fields_row(&fields, &columns, &row, false);
		for (size_t k = 0; !twice && k < row.n; k++)
			assert_true(view_equal(fields.at[k].value, csv_cell(&csv, (int)k)));
		if (!twice) {
			assert_int_equal(row.n, csv.cells.n);
			compared++;
		}
		arena_free(&fields.arena);
		csv_free(&csv);
	}
	assert_true(compared > 3000);
}

static int
check_blanks(void *state, const struct log_line *line)
{
	if (line->split) {
		log_check_blanks(line);
		++*(size_t *)state;
	}
	return 0;
}

/* Whatever is put together from blanks, the values of a row of W3C give the row. */
static void
values_of_a_row_give_the_row(void **state)
{
	static const char *const values[] = { "::1", "POST", "/x", "-", "443", "DOM\\a", "b c", "", " y", "200", "10.0.0.5", "q=1" };
	CLEANUP(text_free) struct text log = { 0 };
	CLEANUP(source_close) struct source *src = NULL;
	CLEANUP(log_result_free) struct log_result result = { 0 };
	uint64_t random = 99;
	size_t split = 0;
	struct log_reading reading = { .kind = log_kind_find("iis"), .all = true, .line = check_blanks, .state = &split };

	(void)state;
	text_adds(&log, "#Fields: date time s-ip cs-method cs-uri-stem s-port cs-username c-ip sc-status\n");
	for (int i = 0; i < 20000; i++) {
		text_adds(&log, "2021-03-03 04:05:06 10.0.0.5 POST /x");
		for (size_t k = 0; k < 4; k++)
			text_printf(&log, " %s", next_random(&random) % 2 ? values[(const size_t[]){ 4, 5, 0, 9 }[k]] : values[next_random(&random) % 12]);
		text_addc(&log, '\n');
	}
	assert_int_equal(source_memory(text_view(&log), "log", &src), 0);
	assert_int_equal(log_read(&reading, src, &result), 0);
	assert_int_equal(split, result.records);
	assert_true(result.records > 10000 && result.lost > 1000);
}

static void
times_are_read(void **state)
{
	static const struct {
		const char *text, *when; /* "": none */
	} times[] = {
		{ "2021-03-03 04:05:06 x", "2021-03-03T04:05:06.0000000Z" },
		{ "2021-03-03T04:05:06.7Z,x", "2021-03-03T04:05:06.7000000Z" },
		{ "2021-03-03T04:05:06.1234567Z", "2021-03-03T04:05:06.1234567Z" },
		{ "2021-03-03T04:05:06.12345678Z", "2021-03-03T04:05:06.1234567Z" },
		{ "2024-02-29T23:59:59,", "2024-02-29T23:59:59.0000000Z" },
		{ "2023-02-29T23:59:59,", "" },
		{ "2021-03-03T24:05:06Z", "" },
		{ "2021-03-03T04:60:06Z", "" },
		{ "2021-03-03T04:05:60Z", "" },
		{ "2021-03-03T04:05:06+01:00", "" },
		{ "2021-03-03T04-05:06Z,", "" },
		{ "2021-03-03T04:05:0", "" },
		{ "2021-03-03x04:05:06Z", "" },
	};
	struct log_clock clock = { 0 };
	char text[FILETIME_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		uint64_t when = log_clock_begin(&clock, view_text(times[i].text));

		assert_string_equal(when ? filetime_text(when, text) : "", times[i].when);
	}
	for (uint64_t s = 0; s < 200000; s += 997) { /* against filetime.c */
		uint64_t when = UINT64_C(132592032000000000) + s * FILETIME_SECOND + s * 37 % FILETIME_SECOND;

		assert_int_equal(log_clock_begin(&clock, view_text(filetime_text(when, text))), when);
	}
}

static void
names_tell_days(void **state)
{
	static const struct {
		const char *name, *day;
	} names[] = {
		{ "u_ex210303.log", "2021-03-03T00:00:00.0000000Z" },
		{ "ex130730.log", "2013-07-30T00:00:00.0000000Z" },
		{ "a20190101/ECPActivity_11500_20210303-1.LOG", "2021-03-03T00:00:00.0000000Z" },
		{ "HttpProxy_2021030304-1.LOG", "2021-03-03T00:00:00.0000000Z" },
		{ "httperr1.log", "" },
		{ "u_ex211303.log", "" },
		{ "1234567", "" },
	};
	char text[FILETIME_TEXT];

	(void)state;
	assert_int_equal(log_day_of_name(NULL), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint64_t day = log_day_of_name(names[i].name);

		assert_string_equal(day ? filetime_text(day, text) : "", names[i].day);
	}
}

/* More hours than are counted apart: the rest counts as lines without a time, and that is said. */
static void
hours_are_bounded(void **state)
{
	enum { HOURS = LOG_HOURS_MAX + 100 };
	CLEANUP(text_free) struct text log = { 0 };
	CLEANUP(log_result_free) struct log_result result = { 0 };
	struct log_reading reading = { .kind = log_kind_find("generic") };
	struct log_tally tally = { 0 };
	char text[FILETIME_TEXT];

	(void)state;
	text_adds(&log, "#Fields: date-time,a\n");
	for (uint64_t i = 0; i < HOURS; i++)
		text_printf(&log, "%s,x\n", filetime_text(UINT64_C(119600064000000000) + (HOURS - i) * 3600 * FILETIME_SECOND, text));
	log_check_read(reading, text_view(&log), &tally, &result);
	assert_int_equal(result.hour_count, LOG_HOURS_MAX + 1);
	assert_int_equal(result.hours[0].hour, 0);
	assert_int_equal(result.hours[0].lines, 100);
	assert_int_equal(tally.damage, 1);
	assert_int_equal(result.last - result.first, (HOURS - 1) * UINT64_C(3600) * FILETIME_SECOND);
}

static int
stop_at_third(void *state, const struct log_line *line)
{
	(void)line;
	return ++*(int *)state == 3 ? -4 : 0;
}

static void
who_listens_can_stop(void **state)
{
	CLEANUP(source_close) struct source *src = NULL;
	CLEANUP(log_result_free) struct log_result result = { 0 };
	int told = 0;
	struct log_reading reading = { .kind = log_kind_find("msert"), .all = true, .line = stop_at_third, .state = &told };

	(void)state;
	assert_int_equal(source_memory(view_text("a\nb\nc\nd\n"), "log", &src), 0);
	assert_int_equal(log_read(&reading, src, &result), -4);
	assert_int_equal(told, 3);
}

static int
see_row(void *state, const struct log_line *line)
{
	*(size_t *)state = log_value(line, "urlquery").n;
	return 0;
}

/* A row with a query of 700 KB, as an attack by a serialised object leaves, is one row. */
static void
rows_of_many_kilobytes_are_whole(void **state)
{
	enum { QUERY = 700 << 10 };
	CLEANUP(text_free) struct text log = { 0 };
	CLEANUP(source_close) struct source *src = NULL;
	CLEANUP(log_result_free) struct log_result result = { 0 };
	size_t seen = 0;
	struct log_reading reading = { .kind = log_kind_find("httpproxy"), .all = true, .line = see_row, .state = &seen };

	(void)state;
	text_adds(&log, "#Fields: DateTime,UrlQuery,HttpStatus\n2021-03-03T04:05:06.789Z,");
	for (size_t i = 0; i < QUERY; i++)
		text_addc(&log, "VgEAVAdX"[i % 8]);
	text_adds(&log, ",200\n");
	assert_int_equal(source_memory(text_view(&log), "log", &src), 0);
	assert_int_equal(log_read(&reading, src, &result), 0);
	assert_int_equal(seen, QUERY);
	assert_int_equal(result.records, 1);
	assert_int_equal(result.hours[0].status[2], 1);
}

/* A record of a real log: W3C rows give their line again, CSV is what csv.c says. */
static int
check_real(void *state, const struct log_line *line)
{
	struct csv csv = { .rest = line->raw };

	assert_true(line->split && line->when);
	++*(size_t *)state;
	if (line->raw.p[4] == '-' && line->raw.p[10] == 'T') {
		assert_int_equal(csv_next(&csv), 1);
		assert_true(csv.cells.n <= line->fields.n);
		for (size_t i = 0; i < csv.cells.n; i++)
			assert_true(view_equal(csv_cell(&csv, (int)i), line->fields.at[i].value));
		csv_free(&csv);
	} else {
		log_check_blanks(line);
	}
	return 0;
}

static size_t
read_real(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t files = 0;

	while (dir && (entry = readdir(dir))) {
		CLEANUP(free) char *path = entry->d_name[0] != '.' ? path_join(folder, entry->d_name) : NULL;
		struct log_reading reading = { .kind = path ? real_log_kind(entry->d_name) : log_kind_find("iis"), .all = true, .line = check_real };
		CLEANUP(log_result_free) struct log_result result = { 0 };
		CLEANUP(source_close) struct source *src = NULL;
		CLEANUP(text_free) struct text bytes = { 0 };
		size_t told = 0;

		if (!path)
			continue;
		reading.state = &told;
		assert_int_equal(file_read(path, 64 << 20, &bytes), 0);
		assert_int_equal(source_memory(text_view(&bytes), path, &src), 0);
		assert_int_equal(log_read(&reading, src, &result), 0);
		assert_int_equal(result.lost, 0);
		assert_int_equal(told, result.records);
		assert_true(told > 0);
		log_check_sums(&result);
		files++;
	}
	if (dir)
		closedir(dir);
	return files;
}

static void
every_line_of_real_logs_is_split(void **state)
{
	static const char *const folders[] = { "logs/iis", "logs/exchange" };
	const char *corpus = getenv("POSTMORTEM_CORPUS");

	(void)state;
	if (!corpus)
		skip();
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		CLEANUP(free) char *folder = path_join(corpus, folders[i]);

		assert_non_null(folder);
		assert_true(read_real(folder) > 5);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_bytes_lose_a_line),
		cmocka_unit_test(noise_is_read_by_every_kind),
		cmocka_unit_test(lines_are_the_same_with_vectors),
		cmocka_unit_test(marks_are_the_same_with_vectors),
		cmocka_unit_test(rows_are_those_of_another_reader),
		cmocka_unit_test(values_of_a_row_give_the_row),
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(names_tell_days),
		cmocka_unit_test(hours_are_bounded),
		cmocka_unit_test(who_listens_can_stop),
		cmocka_unit_test(rows_of_many_kilobytes_are_whole),
		cmocka_unit_test(every_line_of_real_logs_is_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
