/*
 * locked_meta.c - one copy of BitLocker's metadata: which keys protect the volume, by which method, and in what state.
 *
 * The layout is that of the libbde project's format document and of dislocker's headers: a block header of 64 bytes, a
 * dataset header of 48, entries of 8 bytes and more, and behind them a checksum. Nothing in it is believed before it
 * was held against the size of what holds it.
 */
#include <string.h>
#include <zlib.h>

#include "locked_own.h"

enum {
	VERSION_VISTA = 1,
	VERSION_SEVEN = 2,
	DATASET_VERSION = 1,
	ENTRY_VMK = 2,
	ENTRY_FVEK = 3,
	ENTRY_STARTUP = 6,
	ENTRY_DESCRIPTION = 7,
	ENTRY_HEAD = 15,
	VALUE_KEY = 1,
	VALUE_TEXT = 2,
	VALUE_STRETCH = 3,
	VALUE_SEALED = 5,
	VALUE_VMK = 8,
	VALUE_EXTERNAL = 9,
	VALUE_PLACE = 15,
	BEK_FILE = 1,
};

struct block_header {
	uint8_t signature[8]; /* 0 */
	le16 size;            /* 8: up to the checksum; in units of 16 since version 2 */
	le16 version;         /* 10 */
	le16 state;           /* 12 */
	le16 next_state;      /* 14 */
	le64 encrypted;       /* 16: bytes from the front of the volume */
	le32 converting;      /* 24 */
	le32 head_sectors;    /* 28 */
	le64 copies[3];       /* 32 */
	le64 head;            /* 56: Vista: the cluster of $MFTMirr */
};

struct dataset_header {
	le32 size;        /* 0: with this header */
	le32 version;     /* 4 */
	le32 header_size; /* 8 */
	le32 size_copy;   /* 12 */
	uint8_t id[16];   /* 16 */
	le32 nonce;       /* 32 */
	le16 method;      /* 36 */
	le16 reserved;    /* 38 */
	le64 made;        /* 40: FILETIME */
};

struct entry_header {
	le16 size; /* with this header */
	le16 type;
	le16 value;
	le16 version;
};

struct vmk_header {
	uint8_t id[16]; /* 0 */
	le64 changed;   /* 16: FILETIME */
	le16 unknown;   /* 24 */
	le16 type;      /* 26 */
};

struct checksum {
	le16 size;
	le16 version;
	le32 crc; /* CRC-32 of all bytes before */
};

bool
entry_next(struct view *v, struct fve_entry *ret_entry)
{
	const struct entry_header *h = VIEW_AT(*v, 0, struct entry_header);
	size_t size = h ? le16_get(h->size) : 0;

	if (size < sizeof(*h) || size > v->n)
		return false;
	*ret_entry = (struct fve_entry){ .type = le16_get(h->type),
					 .value = le16_get(h->value),
					 .data = view_part(*v, sizeof(*h), size - sizeof(*h)) };
	*v = view_from(*v, size);
	return true;
}

struct view
entry_key(struct view data)
{
	return data.n > 4 ? view_from(data, 4) : view_of(NULL, 0);
}

size_t
method_key_bytes(uint16_t method)
{
	static const uint8_t bytes[] = { 64, 64, 16, 32, 32, 64 };

	return method >= 0x8000 && method < 0x8000 + sizeof(bytes) ? bytes[method - 0x8000] : 0;
}

static void
take_sealed(struct view data, struct sealed *ret)
{
	if (data.n <= sizeof(ret->bytes) && data.n > 28) {
		memcpy(ret->bytes, data.p, data.n);
		ret->n = data.n;
	}
}

static void
take_property(const struct fve_entry *e, struct locked_protector *p)
{
	struct view key = entry_key(e->data);

	if (e->value == VALUE_KEY && key.n == sizeof(p->key)) {
		memcpy(p->key, key.p, key.n);
		p->keyed = true;
	} else if (e->value == VALUE_STRETCH && view_has(e->data, 4, sizeof(p->salt))) {
		memcpy(p->salt, e->data.p + 4, sizeof(p->salt));
		p->salted = true;
	} else if (e->value == VALUE_SEALED) {
		take_sealed(e->data, &p->vmk);
	}
}

static void
take_protector(struct view data, struct locked *l)
{
	const struct vmk_header *h = VIEW_AT(data, 0, struct vmk_header);
	struct view properties = view_from(data, sizeof(*h));
	struct locked_protector *p;
	struct fve_entry e;

	if (!h)
		return;
	if (l->protector_count == LOCKED_PROTECTORS) {
		l->protectors_beyond++;
		return;
	}
	p = &l->protectors[l->protector_count++];
	*p = (struct locked_protector){ .type = le16_get(h->type) };
	memcpy(p->id, h->id, sizeof(p->id));
	while (entry_next(&properties, &e))
		take_property(&e, p);
}

/* UTF-16 with an end; what is longer than there is room for is cut. */
static void
take_description(struct view data, struct locked *l)
{
	struct text text = { 0 };
	size_t n = data.n / 2 * 2;

	while (n >= 2 && !data.p[n - 1] && !data.p[n - 2])
		n -= 2;
	if (text_add_utf16(&text, view_of(data.p, n)) == 0 && text.n) {
		size_t room = text.n < sizeof(l->description) ? text.n : sizeof(l->description) - 1;

		memcpy(l->description, text.s, room);
	}
	text_free(&text);
}

static void
take_place(struct view data, struct locked *l)
{
	const le64 *at = VIEW_AT(data, 0, le64), *size = VIEW_AT(data, 8, le64);

	if (at && size) {
		l->head = le64_get(*at);
		l->head_bytes = le64_get(*size);
	}
}

static void
take_entry(const struct fve_entry *e, struct locked *l)
{
	if (e->type == ENTRY_VMK && e->value == VALUE_VMK)
		take_protector(e->data, l);
	else if (e->type == ENTRY_FVEK && e->value == VALUE_SEALED)
		take_sealed(e->data, &l->fvek);
	else if (e->type == ENTRY_DESCRIPTION && e->value == VALUE_TEXT)
		take_description(e->data, l);
	else if (e->type == ENTRY_HEAD && e->value == VALUE_PLACE)
		take_place(e->data, l);
}

static void
take_header(const struct block_header *h, struct locked *l)
{
	l->version = le16_get(h->version);
	l->state = le16_get(h->state);
	l->next_state = le16_get(h->next_state);
	for (size_t i = 0; i < LOCKED_COPIES; i++)
		l->copies[i] = le64_get(h->copies[i]);
	if (l->version == VERSION_SEVEN) {
		l->encrypted = le64_get(h->encrypted);
		l->head = le64_get(h->head);
		l->head_sectors = le32_get(h->head_sectors);
	}
}

static bool
checksum_fits(struct view block, const struct block_header *h)
{
	size_t n = le16_get(h->size) * (le16_get(h->version) == VERSION_SEVEN ? 16u : 1u);
	const struct checksum *c = VIEW_AT(block, n, struct checksum);

	return c && n > sizeof(*h) && le32_get(c->crc) == crc32(0, block.p, (uInt)n);
}

bool
locked_parse(struct view block, struct locked *ret_locked, bool *ret_fits)
{
	const struct block_header *h = VIEW_AT(block, 0, struct block_header);
	const struct dataset_header *d = VIEW_AT(block, sizeof(*h), struct dataset_header);
	struct view entries;
	struct fve_entry e;
	size_t size;

	if (!h || !d || memcmp(h->signature, "-FVE-FS-", 8) ||
	    (le16_get(h->version) != VERSION_VISTA && le16_get(h->version) != VERSION_SEVEN))
		return false;
	size = le32_get(d->size);
	if (le32_get(d->version) != DATASET_VERSION || le32_get(d->header_size) != sizeof(*d) || size < sizeof(*d) ||
	    !view_has(block, sizeof(*h), size))
		return false;
	take_header(h, ret_locked);
	memcpy(ret_locked->id, d->id, sizeof(d->id));
	ret_locked->method = le16_get(d->method);
	ret_locked->made = le64_get(d->made);
	entries = view_part(block, sizeof(*h) + sizeof(*d), size - sizeof(*d));
	while (entry_next(&entries, &e))
		take_entry(&e, ret_locked);
	*ret_fits = checksum_fits(block, h);
	return true;
}

/* The file begins like the dataset above; its one entry names the protector and holds the key in the clear. */
bool
startup_key(struct view file, struct credential *ret_credential)
{
	const struct dataset_header *d = VIEW_AT(file, 0, struct dataset_header);
	struct view entries = view_from(file, sizeof(*d)), properties;
	struct fve_entry e, property;

	if (!d || le32_get(d->version) != BEK_FILE || le32_get(d->header_size) != sizeof(*d))
		return false;
	while (entry_next(&entries, &e)) {
		if (e.type != ENTRY_STARTUP || e.value != VALUE_EXTERNAL || !view_has(e.data, 0, 24))
			continue;
		memcpy(ret_credential->id, e.data.p, sizeof(ret_credential->id));
		properties = view_from(e.data, 24); /* identifier and time */
		while (entry_next(&properties, &property)) {
			struct view key = entry_key(property.data);

			if (property.value != VALUE_KEY || key.n != 32)
				continue;
			memcpy(ret_credential->key, key.p, key.n);
			ret_credential->n = key.n;
			return true;
		}
	}
	return false;
}
