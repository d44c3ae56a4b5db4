/* test_registry.c - what the registry says about a host: composed hives, and the facts that come out of them. */
#include "hive_bench.h"
#include "registry.h"

struct facts {
	struct text all;
	unsigned n;
};

static int
take(void *state, const struct registry_fact *fact)
{
	struct facts *facts = state;

	facts->n++;
	assert_true(fact->offset > 0 || fact->kind == REGISTRY_CONTROL_SET);
	assert_true(fact->written > 0 && fact->path.n > 0);
	return text_printf(&facts->all, "%s %.*s=%.*s %d %llu\n", registry_kind_name(fact->kind), (int)fact->subject.n,
			   (const char *)fact->subject.p, (int)fact->value.n, (const char *)fact->value.p,
			   (int)fact->number, (unsigned long long)fact->when);
}

typedef int reader(struct hive *hive, struct sink *out, registry_take *take, void *state);

static void
assert_facts(const char *text, reader *read, unsigned damage, const char *expected)
{
	struct forge_hive *f = forge_hive(text);
	struct facts facts = { 0 };
	struct bench b;

	bench_forged(&b, f);
	assert_int_equal(read(b.hive, &b.sink, take, &facts), 0);
	assert_string_equal(facts.all.s ? facts.all.s : "", expected);
	assert_int_equal(b.damage, damage);
	text_free(&facts.all);
	bench_close(&b);
	forge_hive_free(f);
}

static void
the_control_set_in_use(void **state)
{
	(void)state;
	assert_facts("key Select\ndword Current=2\ndword Default=1\n"
		     "key ControlSet001\\Control\\ComputerName\\ComputerName\nsz ComputerName=OLD\n"
		     "key ControlSet002\\Control\\ComputerName\\ComputerName\nsz ComputerName=EXCH01\n",
		     registry_system, 0, "control-set ControlSet002= 2 0\ncomputer ComputerName=EXCH01 -1 0\n");
	assert_facts("key ControlSet001\\Control\\ComputerName\\ComputerName\nsz ComputerName=OLD\n", registry_system,
		     1, "control-set ControlSet001= 1 0\ncomputer ComputerName=OLD -1 0\n");
	assert_facts("key Other\n", registry_system, 1, "");
}

static void
a_zone_and_its_rules(void **state)
{
	(void)state;
	assert_facts("key Select\ndword Current=1\n"
		     "key ControlSet001\\Control\\TimeZoneInformation\n"
		     "hex StandardName=57002e000000780079000000\n" /* a name with something behind its end, as binary */
		     "dword Bias=0xffffffc4\ndword DaylightBias=0xffffffc4\n"
		     "hex StandardStart=00000a00050003000000000000000000\n"
		     "hex DaylightStart=0000\n"
		     "key ControlSet001\\Control\\Windows\nhex ShutdownTime=0040d7a4f808d701\n",
		     registry_system, 1,
		     "control-set ControlSet001= 1 0\ntime-zone StandardName=57002e000000780079000000 -1 0\n"
		     "time-zone Bias=-60 -60 0\ntime-zone DaylightBias=-60 -60 0\n"
		     "time-zone StandardStart=month 10 week 5 weekday 0 at 03:00 -1 0\n"
		     "shutdown = -1 132584578041200640\n");
}

static void
services_shares_and_drives(void **state)
{
	(void)state;
	assert_facts(
		"key Select\ndword Current=1\n"
		"key ControlSet001\\Services\\LanmanServer\\Shares\nmulti C$=CSCFlags=0|Path=C:\\|Type=0\n"
		"key ControlSet001\\Services\\Evil\nexpand ImagePath=%SystemRoot%\\evil.exe\ndword Start=2\n"
		"key ControlSet001\\Services\\Hosted\\Parameters\nexpand ServiceDll=C:\\h.dll\n"
		"key ControlSet001\\Services\\HTTP\\Parameters\nsz ErrorLoggingDir=E:\\Logs\n"
		"key ControlSet001\\Services\\Tcpip\\Parameters\\Interfaces\\{A}\nmulti IPAddress=10.0.0.1|10.0.0.2\n"
		"key MountedDevices\nhex \\DosDevices\\C:=fe4c3e270000100000000000\n"
		"hex \\DosDevices\\E:=444d494f3a49443a000102030405060708090a0b0c0d0e0f\n",
		registry_system, 0,
		"control-set ControlSet001= 1 0\nhttperr ErrorLoggingDir=E:\\Logs -1 0\n"
		"address {A} IPAddress=10.0.0.1, 10.0.0.2 -1 0\nshare C$=C:\\ -1 0\n"
		"mount \\DosDevices\\C:=disk 273e4cfe offset 1048576 -1 0\n"
		"mount \\DosDevices\\E:=GPT partition 03020100-0504-0706-0809-0a0b0c0d0e0f -1 0\n"
		"service Evil=%SystemRoot%\\evil.exe 2 0\nservice Hosted= -1 0\nservice-dll Hosted=C:\\h.dll -1 0\n"
		"service HTTP= -1 0\nservice LanmanServer= -1 0\nservice Tcpip= -1 0\n");
}

static void
windows_and_exchange(void **state)
{
	(void)state;
	assert_facts("key Microsoft\\Windows NT\\CurrentVersion\nsz ProductName=Windows Server 2016 Standard\n"
		     "sz CurrentBuild=14393\ndword UBR=4169\ndword InstallDate=1600000000\n"
		     "key Microsoft\\ExchangeServer\\v15\\Setup\nsz MsiInstallPath=D:\\Exchange\\\n"
		     "dword MsiProductMajor=15\n"
		     "key Microsoft\\Windows\\CurrentVersion\\Run\nsz Updater=C:\\u.exe /q\n",
		     registry_software, 0,
		     "windows ProductName=Windows Server 2016 Standard -1 0\nwindows CurrentBuild=14393 -1 0\n"
		     "windows UBR=4169 4169 0\nexchange MsiInstallPath=D:\\Exchange\\ -1 0\n"
		     "exchange MsiProductMajor=15 15 0\nwindows InstallDate= 1600000000 132444736000000000\n"
		     "run Updater=C:\\u.exe /q -1 0\n");
}

static void
accounts_without_their_hashes(void **state)
{
	(void)state;
	assert_facts("key SAM\\Domains\\Account\\Users\\Names\\admin\ntyped =500\n"
		     "key SAM\\Domains\\Account\\Users\\Names\\ghost\ntyped =501\n"
		     "key SAM\\Domains\\Account\\Users\\000001F4\n"
		     "hex "
		     "F="
		     "030001000000000000000000010000000000000000000000000000000200000000000000000000000300000000000000f"
		     "4010000"
		     "0102000011020000\n",
		     registry_sam, 1,
		     "account admin=disabled 500 0\nlogon admin= 500 4294967296\npassword-set admin= 500 8589934592\n"
		     "failed-logon admin= 500 3\naccount ghost= 501 0\n");
}

/* ---- the application compatibility cache ---- */

#define SHIM \
	"key Select\ndword Current=1\nkey ControlSet001\\Control\\Session Manager\\AppCompatCache\nhex " \
	"AppCompatCache="
#define SET "control-set ControlSet001= 1 0\n"

static void
add(struct text *hex, uint64_t v, unsigned n)
{
	uint8_t b[8];

	hive_put(b, v, n);
	text_add_hex(hex, view_of(b, n));
}

static void
add_path(struct text *hex, const char *path)
{
	struct text wide = { 0 };

	text_to_utf16(view_text(path), &wide);
	text_add_hex(hex, text_view(&wide));
	text_free(&wide);
}

static void
pad(struct text *hex, size_t bytes)
{
	while (hex->n < strlen(SHIM) + bytes * 2)
		text_adds(hex, "00");
}

static void
cache_of_windows_7(void **state)
{
	struct text t = { 0 };

	(void)state;
	text_adds(&t, SHIM);
	add(&t, 0xbadc0fee, 4);
	add(&t, 2, 4);
	pad(&t, 128);
	add(&t, 10, 2);
	add(&t, 12, 2);
	add(&t, 0, 4);
	add(&t, 128 + 48, 8);
	add(&t, 132500000000000000, 8);
	add(&t, 2, 4);
	pad(&t, 128 + 48);
	add_path(&t, "a.exe"); /* and no second entry */
	text_adds(&t, "\n");
	assert_facts(t.s, registry_system, 1, SET "shim a.exe=execution flag set 0 132500000000000000\n");
	text_free(&t);
}

static void
add_entry(struct text *t, bool ten, const char *path, uint64_t changed, unsigned flags)
{
	uint32_t size = (uint32_t)(2 + strlen(path) * 2 + (ten ? 8 + 4 : 2 + 16));

	text_adds(t, "31307473"); /* 10ts */
	add(t, 0, 4);
	add(t, size, 4);
	add(t, strlen(path) * 2, 2);
	add_path(t, path);
	if (!ten) {
		add(t, 0, 2);
		add(t, flags, 4);
		add(t, 0, 4);
	}
	add(t, changed, 8);
	if (ten)
		add(t, 0, 4);
}

static void
cache_of_server_2012_r2(void **state)
{
	struct text t = { 0 };

	(void)state;
	text_adds(&t, SHIM);
	add(&t, 0x80, 4);
	pad(&t, 128);
	add_entry(&t, false, "SYSVOL\\w.exe", 132500000000000000, 2);
	add_entry(&t, false, "b.exe", 132500000000000001, 0);
	text_adds(&t, "ffff\n");
	assert_facts(t.s, registry_system, 1,
		     SET
		     "shim SYSVOL\\w.exe=execution flag set 0 132500000000000000\nshim b.exe= 1 132500000000000001\n");
	text_free(&t);
}

/* As a real server has it: its header begins with 0, and nothing in it is a size. */
static void
cache_with_counters(void **state)
{
	(void)state;
	for (unsigned version = 0; version < 2; version++) {
		struct text t = { 0 };

		text_adds(&t, SHIM "000000004d030000");
		pad(&t, 128);
		add_entry(&t, false, "w.exe", 132500000000000000, 0xf3);
		if (version) /* Windows 8: 00ts */
			memcpy(t.s + strlen(SHIM) + 256, "3030", 4);
		text_adds(&t, "\n");
		assert_facts(t.s, registry_system, 0, SET "shim w.exe=execution flag set 0 132500000000000000\n");
		text_free(&t);
	}
}

static void
cache_that_is_none(void **state)
{
	struct text t = { 0 };

	(void)state;
	text_adds(&t, SHIM "00000000");
	pad(&t, 200);
	text_adds(&t, "\n");
	assert_facts(t.s, registry_system, 1, SET);
	text_free(&t);
	assert_facts(SHIM "00000000\n", registry_system, 0, SET);
}

static void
cache_of_server_2016_and_2019(void **state)
{
	(void)state;
	for (unsigned header = 0x30; header <= 0x34; header += 4) {
		struct text t = { 0 };

		text_adds(&t, SHIM);
		add(&t, header, 4);
		pad(&t, header);
		add_entry(&t, true, "C:\\t\\w.exe", 132500000000000000, 0);
		text_adds(&t, "\n");
		assert_facts(t.s, registry_system, 0, SET "shim C:\\t\\w.exe= 0 132500000000000000\n");
		text_free(&t);
	}
	assert_facts(SHIM "0102030405060708\n", registry_system, 1, SET);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_control_set_in_use),        cmocka_unit_test(a_zone_and_its_rules),
		cmocka_unit_test(services_shares_and_drives),    cmocka_unit_test(windows_and_exchange),
		cmocka_unit_test(accounts_without_their_hashes), cmocka_unit_test(cache_with_counters),           cmocka_unit_test(cache_that_is_none),
		cmocka_unit_test(cache_of_windows_7),
		cmocka_unit_test(cache_of_server_2012_r2),       cmocka_unit_test(cache_of_server_2016_and_2019),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
