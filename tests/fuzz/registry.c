/*
 * registry.c - any bytes as the values that facts about a host are taken from: the first says which, and the rest is
 * what lies in it.
 */
#include "../forge_hive.h"
#include "registry.h"

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
	    registry_sam(hive, &out, take_fact, &n) < 0)
		abort();
	forge_hive_free(f);
	return 0;
}
