/* uuid.c - names that other formats want for things: the same thing has the same one in every export. */
#include "uuid.h"

#include "digest.h"

/* RFC 9562, section 5.5: the SHA-1 of namespace and name, with version and variant set. */
int
uuid_of(const uint8_t space[static 16], struct view name, char ret_uuid[static UUID_TEXT])
{
	CLEANUP(digest_close) struct digest *digest = NULL;
	struct digest_value values[DIGEST_KINDS];
	uint8_t *b = values[DIGEST_SHA1].b;
	int r = digest_open(1u << DIGEST_SHA1, &digest);

	if (r == 0)
		r = digest_add(digest, view_of(space, 16));
	if (r == 0)
		r = digest_add(digest, name);
	if (r == 0)
		r = digest_end(digest, values);
	if (r < 0)
		return r;
	b[6] = (uint8_t)(0x50 | (b[6] & 0x0f));
	b[8] = (uint8_t)(0x80 | (b[8] & 0x3f));
	for (size_t i = 0, n = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			ret_uuid[n++] = '-';
		n += (size_t)snprintf(ret_uuid + n, 3, "%02x", b[i]);
	}
	return 0;
}
