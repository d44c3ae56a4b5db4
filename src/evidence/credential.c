/* credential.c - recovery passwords, passwords and startup keys, turned into the keys that BitLocker makes of them. */
#include "credential.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

#include "digest.h"
#include "fail.h"
#include "file.h"
#include "locked_own.h"
#include "text.h"

enum {
	GROUPS = 8,
	GROUP_DIGITS = 6,
	LIST_MAX = 1 << 16, /* bytes of an @FILE */
	BEK_MAX = 1 << 16,  /* of a startup key's file; Windows makes 156 or so */
};

static const struct {
	const char *option, *name;
} kinds[CREDENTIAL_KINDS] = {
	[CREDENTIAL_RECOVERY] = { "recovery", "a recovery password" },
	[CREDENTIAL_PASSWORD] = { "password", "a password" },
	[CREDENTIAL_STARTUP] = { "bek", "a startup key" },
	[CREDENTIAL_VMK] = { "vmk", "the volume master key" },
	[CREDENTIAL_FVEK] = { "fvek", "the full volume encryption key" },
};

const char *
credential_option(enum credential_kind kind)
{
	return kinds[kind].option;
}

const char *
credential_name(enum credential_kind kind)
{
	return kinds[kind].name;
}

static int
keep_digest(struct view bytes, struct credential *c)
{
	struct digest_value value;
	int r = digest_sha256(bytes, &value);

	if (r < 0)
		return r;
	c->n = 32;
	memcpy(c->key, value.b, c->n);
	OPENSSL_cleanse(&value, sizeof(value));
	return 0;
}

/* Eight groups of six digits: each is eleven times a 16-bit number, so that a mistyped one is noticed. */
static int
take_recovery(const char *text, struct credential *c)
{
	uint8_t bits[2 * GROUPS];
	int r;

	for (unsigned group = 0; group < GROUPS; group++) {
		unsigned value = 0, digits = 0;

		text += strspn(text, "- ");
		for (; digits < GROUP_DIGITS && *text >= '0' && *text <= '9'; digits++)
			value = 10 * value + (unsigned)(*text++ - '0');
		if (digits < GROUP_DIGITS || value % 11 || value / 11 > UINT16_MAX)
			return fail(EINVAL, "--credential: group %u of a recovery password is not as Windows makes it",
				    group + 1);
		bits[2 * group] = (uint8_t)(value / 11);
		bits[2 * group + 1] = (uint8_t)(value / 11 >> 8);
	}
	if (*text)
		return fail(EINVAL, "--credential: a recovery password has 48 digits and not more");
	r = keep_digest(view_of(bits, sizeof(bits)), c);
	OPENSSL_cleanse(bits, sizeof(bits));
	return r;
}

static int
take_password(const char *text, struct credential *c)
{
	struct text units = { 0 };
	int r = text_to_utf16(view_text(text), &units) < 0 ? fail(ENOMEM, "out of memory for a password") : 0;

	if (r == 0)
		r = keep_digest(text_view(&units), c);
	if (r == 0)
		r = keep_digest(view_of(c->key, c->n), c);
	if (units.s)
		OPENSSL_cleanse(units.s, units.n);
	text_free(&units);
	return r;
}

static int
take_startup(const char *path, struct credential *c)
{
	CLEANUP(text_free) struct text file = { 0 };
	int r = file_read(path, BEK_MAX, &file);

	if (r < 0)
		return r;
	if (!startup_key(text_view(&file), c))
		r = fail(EINVAL, "%s: this is no startup key of BitLocker", path);
	if (file.s)
		OPENSSL_cleanse(file.s, file.n);
	return r;
}

/* Hexadecimal digits; one colon may part the key from its tweak key, as bdeinfo writes it. */
static int
take_hex(const char *digits, struct credential *c)
{
	size_t first = strcspn(digits, ":");
	int n = hex_parse(view_of(digits, first), c->key, CREDENTIAL_KEY_MAX), more = 0;

	if (n > 0 && digits[first])
		more = hex_parse(view_text(digits + first + 1), c->key + n, CREDENTIAL_KEY_MAX - (size_t)n);
	if (n <= 0 || more < 0 || (n + more) % 16 || (c->kind == CREDENTIAL_VMK && n + more != 32))
		return fail(EINVAL, "--credential: %s takes the hexadecimal digits of a key", kinds[c->kind].option);
	c->n = (size_t)(n + more);
	return 0;
}

static int
add_one(struct credential_list *list, const char *spec)
{
	struct credential *c = &list->items[list->n];
	size_t word = strcspn(spec, ":"), kind = 0;
	int r = -EINVAL;

	while (kind < CREDENTIAL_KINDS &&
	       (strlen(kinds[kind].option) != word || memcmp(kinds[kind].option, spec, word)))
		kind++;
	if (kind == CREDENTIAL_KINDS || !spec[word])
		return fail(EINVAL, "--credential takes recovery:DIGITS, password:TEXT, bek:FILE, vmk:HEX, fvek:HEX or "
				    "@FILE with one of them a line");
	if (list->n == CREDENTIALS_MAX)
		return fail(E2BIG, "--credential: more than %d are not taken", CREDENTIALS_MAX);
	*c = (struct credential){ .kind = (enum credential_kind)kind };
	spec += word + 1;
	switch (c->kind) {
	case CREDENTIAL_RECOVERY:
		r = take_recovery(spec, c);
		break;
	case CREDENTIAL_PASSWORD:
		r = take_password(spec, c);
		break;
	case CREDENTIAL_STARTUP:
		r = take_startup(spec, c);
		break;
	case CREDENTIAL_VMK:
	case CREDENTIAL_FVEK:
		r = take_hex(spec, c);
		break;
	case CREDENTIAL_KINDS:
		break;
	}
	list->n += r == 0;
	return r;
}

/* One a line; empty lines and those that begin with # are passed over. */
static int
add_lines(struct credential_list *list, char *lines)
{
	char *rest;
	int r = 0;

	for (char *line = strtok_r(lines, "\r\n", &rest); line && r == 0; line = strtok_r(NULL, "\r\n", &rest))
		if (*line != '#')
			r = add_one(list, line);
	return r;
}

int
credential_add(struct credential_list *list, const char *spec)
{
	CLEANUP(text_free) struct text file = { 0 };
	int r;

	if (*spec != '@')
		return add_one(list, spec);
	r = file_read(spec + 1, LIST_MAX, &file);
	if (r == 0 && file.n) {
		r = add_lines(list, file.s);
		OPENSSL_cleanse(file.s, file.n);
	}
	return r;
}

size_t
credential_public(const char *spec)
{
	size_t word = strcspn(spec, ":");

	return *spec == '@' || !spec[word] || !strncmp(spec, "bek:", 4) ? strlen(spec) : word + 1;
}
