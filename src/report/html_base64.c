/* html_base64.c - the hash by which a browser knows that a script or a style is the page's own. */
#include "digest.h"
#include "html.h"

enum { HASH = 32, HASH_TEXT = 44 };

int
csp_hash(struct view text, char ret_hash[static 48])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct digest_value value;
	uint8_t bytes[HASH + 1] = { 0 };
	int r = digest_sha256(text, &value);

	if (r < 0)
		return r;
	memcpy(bytes, value.b, HASH);
	for (size_t i = 0, at = 0; i < HASH; i += 3, at += 4) {
		uint32_t three =
			(uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 | (i + 2 < HASH ? bytes[i + 2] : 0u);

		for (unsigned k = 0; k < 4; k++)
			ret_hash[at + k] = letters[three >> (18 - 6 * k) & 63];
	}
	ret_hash[HASH_TEXT - 1] = '='; /* 32 bytes are ten times three, and two */
	ret_hash[HASH_TEXT] = 0;
	return 0;
}
