/* locked_say.c - a BitLocker volume in words: its method, its state, and what would open it. */
#include <inttypes.h>

#include "locked_own.h"

enum { STATE_LOCKED = 4 };

static const char *
method_name(uint16_t method)
{
	static const char *const names[] = { "AES-CBC 128 with diffuser",
					     "AES-CBC 256 with diffuser",
					     "AES-CBC 128",
					     "AES-CBC 256",
					     "XTS-AES 128",
					     "XTS-AES 256" };

	return method >= 0x8000 && method_key_bytes(method) ? names[method - 0x8000] : NULL;
}

static const char *
state_name(uint16_t state)
{
	static const char *const names[] = { "none",      "decrypted",        "being converted", "encrypting on write",
					     "encrypted", "conversion paused" };

	return state < sizeof(names) / sizeof(*names) ? names[state] : "unknown";
}

static const char *
protector_name(uint16_t type)
{
	switch (type) {
	case PROTECTOR_CLEAR:
		return "clear key";
	case PROTECTOR_TPM:
		return "TPM";
	case PROTECTOR_STARTUP:
		return "startup key";
	case PROTECTOR_TPM_PIN:
		return "TPM and PIN";
	case PROTECTOR_RECOVERY:
		return "recovery password";
	case PROTECTOR_PASSWORD:
		return "password";
	default:
		return NULL;
	}
}

/* As manage-bde prints it: the first three fields are numbers. */
static int
add_guid(struct text *t, const uint8_t *g)
{
	return text_printf(t, "{%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X}", g[3], g[2],
			   g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12], g[13], g[14], g[15]);
}

int
locked_say(const struct locked *l, struct text *t)
{
	const char *method = method_name(l->method);
	int r = text_adds(t, l->to_go ? "BitLocker To Go, " : "BitLocker, ");

	if (r == 0)
		r = method ? text_adds(t, method) : text_printf(t, "unknown method 0x%04x", l->method);
	if (r == 0 && l->version == 1)
		r = text_adds(t, ", layout of Windows Vista");
	if (r == 0 && l->state != STATE_LOCKED)
		r = text_printf(t, ", state %u (%s)", l->state, state_name(l->state));
	if (r == 0 && l->encrypted / l->sector < l->size / l->sector)
		r = text_printf(t, ", only the first %" PRIu64 " of %" PRIu64 " bytes encrypted", l->encrypted,
				l->size);
	return r;
}

int
locked_say_protectors(const struct locked *l, struct text *t)
{
	int r = l->protector_count ? 0 : text_adds(t, "no key protector");

	for (size_t i = 0; i < l->protector_count && r == 0; i++) {
		const struct locked_protector *p = &l->protectors[i];
		const char *name = protector_name(p->type);

		r = text_adds(t, i ? ", " : "");
		if (r == 0)
			r = name ? text_printf(t, "%s ", name) : text_printf(t, "kind 0x%04x ", p->type);
		if (r == 0)
			r = add_guid(t, p->id);
	}
	if (r == 0 && l->protectors_beyond)
		r = text_printf(t, " and %zu more", l->protectors_beyond);
	return r;
}

int
locked_say_opened(const struct locked *l, const struct locked_key *key, struct text *t)
{
	int r = key->clear ? text_adds(t, "opened without a credential, since its protection is suspended")
			   : text_printf(t, "opened with %s", credential_name(key->with));

	if (r < 0 || key->protector == SIZE_MAX)
		return r;
	r = text_adds(t, key->clear ? " (clear key, protector " : " (protector ");
	if (r == 0)
		r = add_guid(t, l->protectors[key->protector].id);
	return r < 0 ? r : text_addc(t, ')');
}

const char *
locked_description(const struct locked *l)
{
	return l->description;
}

const char *
locked_hopeless(const struct locked *l)
{
	if (l->version == 1)
		return "the layout of Windows Vista is not opened by this version";
	if (l->writing)
		return "a volume that is being encrypted as it is written to is not opened by this version";
	if (!method_key_bytes(l->method))
		return "its method is not known to this version";
	if (!l->head_bytes)
		return "its metadata does not say where the first sectors are kept";
	return NULL;
}
