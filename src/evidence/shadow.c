/* shadow.c - the marks that shadow copies leave on a volume: their header, and the names of their stores. */
#include "beside.h"

enum {
	HEADER_AT = 0x1e00, /* behind the boot code, in the last 512 bytes of $Boot */
	HEADER = 128,
	CATALOGUE = 48, /* where the catalogue lies, 0 without one (libvshadow documentation, volume header) */
	BRACED = 38,    /* units of {600f0b69-5bdf-11e3-9d6c-005056c00008} */
};

/* 3808876b-c176-4e48-b7ae-04046e6cc752 as it lies on disk and as names end with it. */
static const uint8_t service[16] = { 0x6b, 0x87, 0x08, 0x38, 0x76, 0xc1, 0x48, 0x4e,
				     0xb7, 0xae, 0x04, 0x04, 0x6e, 0x6c, 0xc7, 0x52 };
static const char service_name[] = "{3808876b-c176-4e48-b7ae-04046e6cc752}";

int
shadow_header(struct source *volume)
{
	uint8_t header[HEADER];
	ssize_t n = source_read(volume, HEADER_AT, header, sizeof(header));

	if (n < 0 || (size_t)n < sizeof(header))
		return n < 0 ? (int)n : 0;
	return !memcmp(header, service, sizeof(service)) && le64_get(*(const le64 *)(header + CATALOGUE));
}

bool
shadow_store(struct view name)
{
	const uint8_t *units = name.p;

	if (name.n != 4 * BRACED || units[0] != '{' || units[2 * (BRACED - 1)] != '}')
		return false;
	units += 2 * BRACED;
	for (size_t i = 0; i < BRACED; i++) {
		uint8_t unit = units[2 * i] >= 'A' && units[2 * i] <= 'F' ? units[2 * i] + 32 : units[2 * i];

		if (unit != service_name[i] || units[2 * i + 1])
			return false;
	}
	return true;
}
