/* test_regvalue.c - the values of a hive as rules for changes of the registry see them: names, words, and who is asked. */
#include "hive_bench.h"
#include "regvalue.h"

struct telling {
	struct bench b;
	struct regvalue_root root;
	struct hive_key key;
	struct view path;
	struct text all;
};

static int
take(void *state, const struct regvalue *value)
{
	struct telling *t = state;

	for (size_t i = 0; i < value->fields.n; i++)
		text_printf(&t->all, "%s%.*s=%.*s", i ? " | " : "", (int)value->fields.at[i].name.n,
			    (const char *)value->fields.at[i].name.p, (int)value->fields.at[i].value.n,
			    (const char *)value->fields.at[i].value.p);
	assert_true(memmem(value->fields.raw.p, value->fields.raw.n, value->object.p, value->object.n) != NULL);
	return text_adds(&t->all, "\n");
}

static int
take_value(void *state, const struct hive_value *value)
{
	struct telling *t = state;

	return regvalue_tell(t->b.hive, &t->root, &t->key, t->path, value, &t->b.sink, take, t);
}

static int
take_key(void *state, const struct hive_key *key, struct view path)
{
	struct telling *t = state;

	t->key = *key;
	t->path = path;
	return hive_values(t->b.hive, key, take_value, t);
}

static void
assert_told(const char *text, struct regvalue_root root, const char *expected)
{
	struct forge_hive *f = forge_hive(text);
	struct telling t = { .root = root };

	bench_forged(&t.b, f);
	assert_int_equal(hive_walk(t.b.hive, take_key, &t), 0);
	assert_string_equal(t.all.s ? t.all.s : "", expected);
	assert_int_equal(t.b.damage, 0);
	text_free(&t.all);
	bench_close(&t.b);
	forge_hive_free(f);
}

static void
names_of_one_key(void **state)
{
	(void)state;
	assert_told("key ControlSet002\\Services\\a\ndword Start=2\nkey ControlSet001\\b\nsz =x\nkey Setup\nsz y=z\n",
		    (struct regvalue_root){ .part = PART_SYSTEM, .set = 2 },
		    "TargetObject=HKLM\\SYSTEM\\ControlSet001\\b\\(Default) | Details=x | EventType=SetValue\n"
		    "TargetObject=HKLM\\SYSTEM\\ControlSet002\\Services\\a\\Start | "
		    "TargetObject=HKLM\\SYSTEM\\CurrentControlSet\\Services\\a\\Start | Details=DWORD (0x00000002) | EventType=SetValue\n"
		    "TargetObject=HKLM\\SYSTEM\\Setup\\y | Details=z | EventType=SetValue\n");
	assert_told("key Classes\\.txt\nsz =txtfile\n", (struct regvalue_root){ .part = PART_SOFTWARE },
		    "TargetObject=HKLM\\SOFTWARE\\Classes\\.txt\\(Default) | TargetObject=HKCR\\.txt\\(Default) | Details=txtfile | "
		    "EventType=SetValue\n");
	assert_told("key Software\\A\nsz b=c\n", (struct regvalue_root){ .part = PART_USER, .owner = "S-1-5-21-1-2-3-500" },
		    "TargetObject=HKU\\S-1-5-21-1-2-3-500\\Software\\A\\b | TargetObject=HKCU\\Software\\A\\b | Details=c | "
		    "EventType=SetValue\n");
	assert_told("key A\nsz b=c\n", (struct regvalue_root){ .part = PART_CLASSES },
		    "TargetObject=HKU\\unknown_Classes\\A\\b | TargetObject=HKCU\\Software\\Classes\\A\\b | Details=c | "
		    "EventType=SetValue\n");
}

static void
what_a_value_holds(void **state)
{
	(void)state;
	assert_told("key A\nqword q=0x100000002\nhex h=0102\nmulti m=one|two\ntyped n=7\nexpand e=%a%\nfill f=40000\ntyped t=9\n",
		    (struct regvalue_root){ .part = PART_SAM },
		    "TargetObject=HKLM\\SAM\\A\\q | Details=QWORD (0x00000001-0x00000002) | EventType=SetValue\n"
		    "TargetObject=HKLM\\SAM\\A\\h | Details=Binary Data | EventType=SetValue\n"
		    "TargetObject=HKLM\\SAM\\A\\m | Details=one | Details=two | EventType=SetValue\n"
		    "TargetObject=HKLM\\SAM\\A\\n | Details= | EventType=SetValue\n"
		    "TargetObject=HKLM\\SAM\\A\\e | Details=%a% | EventType=SetValue\n"
		    "TargetObject=HKLM\\SAM\\A\\f | Details=Binary Data | EventType=SetValue\n"
		    "TargetObject=HKLM\\SAM\\A\\t | Details=Binary Data | EventType=SetValue\n");
}

static void
parts_by_their_files(void **state)
{
	(void)state;
	assert_int_equal(registry_part_of("system"), PART_SYSTEM);
	assert_int_equal(registry_part_of("NTUSER.DAT"), PART_USER);
	assert_int_equal(registry_part_of("DEFAULT"), PART_USER);
	assert_int_equal(registry_part_of("COMPONENTS"), PART_OTHER);
	assert_true(registry_is_log("SYSTEM.LOG1") && registry_is_log("ntuser.dat.LOG2") && registry_is_log("UsrClass.dat.log"));
	assert_false(registry_is_log("SYSTEM") || registry_is_log(".LOG1") || registry_is_log("setup.LOG") ||
		     registry_is_log("u_ex210303.log"));
}

struct filed {
	struct rule rules[8];
	size_t n;
};

static int
file_rule(void *state, const struct rule *draft, unsigned line, const struct rule **ret_filed)
{
	struct filed *filed = state;

	(void)line;
	assert_true(filed->n < 8);
	filed->rules[filed->n] = *draft;
	*ret_filed = &filed->rules[filed->n++];
	return 0;
}

/* Rules on one change of the registry are for this source, and those on all of them; who did it is not known. */
static void
rules_that_apply(void **state)
{
	static const char rules[] =
		"title: a\nid: 00000000-0000-4000-8000-000000000001\nlogsource: {category: registry_set, product: windows}\n"
		"detection: {s: {TargetObject|endswith: '\\Run\\x'}, condition: s}\nlevel: high\n"
		"---\ntitle: b\nid: 00000000-0000-4000-8000-000000000002\nlogsource: {category: registry_event, product: windows}\n"
		"detection: {s: {TargetObject|contains: '\\Run\\', EventType: SetValue}, condition: s}\nlevel: high\n"
		"---\ntitle: c\nid: 00000000-0000-4000-8000-000000000003\nlogsource: {category: registry_set, product: windows}\n"
		"detection: {s: {TargetObject|contains: '\\Run\\'}, f: {Image|endswith: a.exe}, condition: s and not f}\nlevel: high\n"
		"---\ntitle: d\nid: 00000000-0000-4000-8000-000000000004\nlogsource: {category: registry_delete, product: windows}\n"
		"detection: {s: {TargetObject|contains: '\\Run\\'}, condition: s}\nlevel: high\n";
	struct sigma *sigma;
	struct sigma_set *set;
	const struct sigma_bound *bound;
	struct filed filed = { .n = 0 };

	(void)state;
	assert_int_equal(sigma_new(&sigma), 0);
	assert_int_equal(sigma_parse(sigma, view_text(rules), "rules.yml", file_rule, &filed), 0);
	assert_int_equal(sigma_bind(sigma, &regvalue_source, &set), 0);
	assert_int_equal(sigma_set_rules(set, &bound), 3);
	assert_null(bound[0].reason);
	assert_null(bound[1].reason);
	assert_string_equal(bound[2].reason, "needs Image, which registry hives do not have");
	sigma_set_free(set);
	sigma_free(sigma);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_one_key),
		cmocka_unit_test(what_a_value_holds),
		cmocka_unit_test(parts_by_their_files),
		cmocka_unit_test(rules_that_apply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
