/*
 * registry.c - any bytes as the values that facts about a host are taken from: the first says which, and the rest is
 * what lies in it.
 */
#include "../forge_hive.h"
#include "registry.h"
#include "regvalue.h"
#include "zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	(void)offset;
	return why ? 0 : -1;
}

static int
take_fact(void *state, const struct registry_fact *fact)
{
	unsigned *n = state;

	if (fact->kind >= REGISTRY_KINDS || !registry_kind_name(fact->kind) || (fact->value.n && !fact->value.p))
		abort();
	return ++*n > 100000 ? -1 : 0;
}

struct asking {
	struct hive *hive;
	struct sink *out;
	struct hive_key key;
	struct view path;
};

static int
take_record(void *state, const struct regvalue *value)
{
	(void)state;
	if (!value->object.n || value->fields.n < 3 || !value->fields.raw.n)
		abort();
	return 0;
}

static int
take_value(void *state, const struct hive_value *value)
{
	static const struct regvalue_root root = { .part = PART_SYSTEM, .set = 1 };
	struct asking *a = state;

	return regvalue_tell(a->hive, &root, &a->key, a->path, value, a->out, take_record, NULL);
}

static int
take_key(void *state, const struct hive_key *key, struct view path)
{
	struct asking *a = state;

	a->key = *key;
	a->path = path;
	return hive_values(a->hive, key, take_value, a);
}

/* A zone of whatever rules has an answer for every instant, and one that leads back. */
static void
ask_zone(struct hive *hive, struct sink *out, uint64_t when)
{
	CLEANUP(text_free) struct text said = { 0 };
	struct zone zone;
	uint64_t utc;
	int r = zone_read(hive, out, &zone);

	if (r < 0 || (r == 1 && zone_describe(&zone, &said) < 0))
		abort();
	if (r == 1 && (zone_ahead(&zone, when) < -3000 || zone_to_utc(&zone, when, &utc) < 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const values[] = {
		"key Select\ndword Current=1\nkey ControlSet001\\Control\\Session Manager\\AppCompatCache\nhex "
		"AppCompatCache=",
		"key Select\ndword Current=1\nkey ControlSet001\\Control\\TimeZoneInformation\nhex StandardStart=",
		"key Select\ndword Current=1\nkey ControlSet001\\Services\\LanmanServer\\Shares\nhex C$=",
		"key Select\ndword Current=1\nkey MountedDevices\nhex C:=",
		"key SAM\\Domains\\Account\\Users\\Names\\a\ntyped =500\nkey "
		"SAM\\Domains\\Account\\Users\\000001F4\nhex F=",
		"key Select\nhex Current=",
		"key Select\ndword Current=1\nkey ControlSet001\\Control\\TimeZoneInformation\ndword Bias=60\nhex "
		"DaylightStart=00000300050002000000000000000000\nhex StandardStart=",
		"key Root\\InventoryApplicationFile\\a\nsz LowerCaseLongPath=a\nhex FileId=",
		"key Root\\File\\b\\c\nsz 15=a\nqword 17=1\nhex 101=",
		"key ControlSet001\\Services\\a\nhex ImagePath=",
	};
	CLEANUP(text_free) struct text text = { 0 };
	CLEANUP(source_close) struct source *source = NULL;
	CLEANUP(hive_close) struct hive *hive = NULL;
	struct sink out = { .damage = take_damage };
	struct forge_hive *f;
	unsigned n = 0;

	if (!size || size > 4000)
		return 0;
	text_adds(&text, values[data[0] % (sizeof(values) / sizeof(values[0]))]);
	text_add_hex(&text, view_of(data + 1, size - 1));
	f = forge_hive(text.s);
	for (int i = 0; i < f->value_count; i++)
		if (data[0] & 64 && f->values[i].type == HIVE_BINARY)
			hive_put(forge_at(f, f->values[i].cell) + 16, HIVE_MULTI_SZ, 4);
	if (source_memory(view_of(f->bytes, f->size), "hive", &source) < 0 ||
	    hive_open(source, &out, NULL, 0, &hive) < 0)
		abort();
	if (registry_system(hive, &out, take_fact, &n) < 0 || registry_software(hive, &out, take_fact, &n) < 0 ||
	    registry_sam(hive, &out, take_fact, &n) < 0 || registry_amcache(hive, &out, take_fact, &n) < 0 ||
	    registry_user(hive, &out, take_fact, &n) < 0 ||
	    hive_walk(hive, take_key, &(struct asking){ .hive = hive, .out = &out }) < 0)
		abort();
	ask_zone(hive, &out, (uint64_t)data[size - 1] << 56 | (uint64_t)size << 44 | data[0]);
	forge_hive_free(f);
	return 0;
}
