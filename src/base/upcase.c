/* upcase.c - matching names as one NTFS volume matches them. */
#include "upcase.h"

void
upcase_default(struct upcase *ret)
{
	for (uint32_t c = 0; c < UPCASE_UNITS; c++)
		ret->to[c] = (uint16_t)c;
	for (uint32_t c = 'a'; c <= 'z'; c++)
		ret->to[c] = (uint16_t)(c - 32);
	for (uint32_t c = 0xe0; c <= 0xfe; c++) /* Latin-1, but for the division sign */
		if (c != 0xf7)
			ret->to[c] = (uint16_t)(c - 32);
	ret->to[0xff] = 0x178;
	for (uint32_t c = 0x101; c <= 0x137; c += 2) /* Latin Extended-A comes in pairs, but for the dotless i */
		if (c != 0x131)
			ret->to[c] = (uint16_t)(c - 1);
	for (uint32_t c = 0x3b1; c <= 0x3c9; c++) /* Greek, but for the final sigma */
		if (c != 0x3c2)
			ret->to[c] = (uint16_t)(c - 32);
	for (uint32_t c = 0x430; c <= 0x44f; c++) /* Cyrillic */
		ret->to[c] = (uint16_t)(c - 32);
	for (uint32_t c = 0x450; c <= 0x45f; c++)
		ret->to[c] = (uint16_t)(c - 80);
}

bool
upcase_load(struct view content, struct upcase *ret)
{
	if (content.n != UPCASE_UNITS * 2) {
		upcase_default(ret);
		return false;
	}
	for (size_t c = 0; c < UPCASE_UNITS; c++)
		ret->to[c] = (uint16_t)(content.p[c * 2] | content.p[c * 2 + 1] << 8);
	return true;
}

bool
upcase_equal(const struct upcase *fold, struct view a, struct view b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i + 1 < a.n; i += 2) {
		uint16_t x = (uint16_t)(a.p[i] | a.p[i + 1] << 8), y = (uint16_t)(b.p[i] | b.p[i + 1] << 8);

		if (x != y && fold->to[x] != fold->to[y])
			return false;
	}
	return true;
}
