/* locked_open.c - the plain bytes of a BitLocker volume, as Windows shows them when it is open. */
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "locked_own.h"

enum {
	STRETCHES = 16,   /* head, three copies, what keeps the head, the end of what is enciphered, and between them */
	CHUNK = 64 << 10, /* read and deciphered at once */
};

enum stretch_kind { STRETCH_SEALED, STRETCH_PLAIN, STRETCH_ZERO };

/* Bytes [from, to) of the plain volume, and where they lie. */
struct stretch {
	uint64_t from, to, at;
	enum stretch_kind kind;
};

struct plain {
	struct source source;
	struct sector_cipher *cipher;
	struct stretch stretches[STRETCHES];
	uint32_t sector;
	size_t count;
};

static bool
within(uint64_t at, uint64_t from, uint64_t n)
{
	return at >= from && at - from < n;
}

/* What is at one place: the first sectors are kept elsewhere, and that place and those of the metadata read as zeros.
 */
static struct stretch
stretch_at(const struct locked *l, uint64_t at)
{
	struct stretch s = { .from = at, .at = at };

	if (at < l->head_bytes)
		s.at = l->head + at;
	else if (within(at, l->head, l->head_bytes))
		s.kind = STRETCH_ZERO;
	for (size_t i = 0; i < LOCKED_COPIES; i++)
		if (l->copies[i] != UINT64_MAX && within(at, l->copies[i], LOCKED_BLOCK))
			s.kind = STRETCH_ZERO;
	if (s.kind == STRETCH_SEALED && s.at >= l->encrypted)
		s.kind = STRETCH_PLAIN;
	return s;
}

static int
compare_places(const void *a, const void *b)
{
	uint64_t l = *(const uint64_t *)a, r = *(const uint64_t *)b;

	return (l > r) - (l < r);
}

/* Cut wherever something begins or ends; all of these are whole sectors, but for the end of the volume. */
static void
lay_out(struct plain *p, const struct locked *l)
{
	uint64_t cuts[STRETCHES] = { 0, l->head_bytes, l->head, l->head + l->head_bytes, l->encrypted, l->size };
	size_t n = 6;

	for (size_t i = 0; i < LOCKED_COPIES; i++) {
		if (l->copies[i] == UINT64_MAX)
			continue;
		cuts[n++] = l->copies[i];
		cuts[n++] = l->copies[i] + LOCKED_BLOCK;
	}
	if (l->head < l->encrypted && l->encrypted - l->head < l->head_bytes)
		cuts[n++] = l->encrypted - l->head; /* what keeps the first sectors is enciphered in part */
	qsort(cuts, n, sizeof(*cuts), compare_places);
	for (size_t i = 0; i + 1 < n; i++) {
		if (cuts[i] == cuts[i + 1] || cuts[i] >= l->size)
			continue;
		p->stretches[p->count] = stretch_at(l, cuts[i]);
		p->stretches[p->count++].to = cuts[i + 1] < l->size ? cuts[i + 1] : l->size;
	}
}

static const struct stretch *
find(const struct plain *p, uint64_t at)
{
	size_t i = 0;

	while (i + 1 < p->count && at >= p->stretches[i].to)
		i++;
	return &p->stretches[i];
}

/* What was missing below read as zeros and must not become noise. */
static void
blank_missing(struct source *under, uint32_t sector, uint64_t at, uint8_t *bytes, size_t n)
{
	if (!(source_trust(under, at, at + n) & TRUST_MISSING))
		return;
	for (size_t i = 0; i < n; i += sector)
		if (source_trust(under, at + i, at + i + sector) & TRUST_MISSING)
			memset(bytes + i, 0, sector);
}

/* Whole sectors of one sealed stretch; bytes that the volume does not have are zeros. */
static int
read_sealed(const struct plain *p, uint64_t at, uint8_t *bytes, size_t n)
{
	ssize_t have = source_read(p->source.under, at, bytes, n);
	int r;

	if (have < 0)
		return (int)have;
	memset(bytes + have, 0, n - (size_t)have);
	r = sectors_open(p->cipher, at, bytes, n);
	if (r == 0)
		blank_missing(p->source.under, p->sector, at, bytes, n);
	return r;
}

/* Part of a sealed stretch, of any alignment, by whole sectors. */
static int
read_part(const struct plain *p, uint64_t at, uint8_t *buf, size_t n)
{
	uint8_t sector[LOCKED_SECTOR_MAX];
	size_t lead = at % p->sector, whole;
	int r = 0;

	if (lead || n < p->sector) {
		size_t take = p->sector - lead < n ? p->sector - lead : n;

		r = read_sealed(p, at - lead, sector, p->sector);
		memcpy(buf, sector + lead, take);
		return r < 0 ? r : (int)take;
	}
	whole = n < CHUNK ? n / p->sector * p->sector : CHUNK;
	r = read_sealed(p, at, buf, whole);
	return r < 0 ? r : (int)whole;
}

static ssize_t
read_stretch(const struct plain *p, const struct stretch *s, uint64_t offset, uint8_t *buf, size_t n)
{
	uint64_t at = s->at + (offset - s->from);

	if (n > s->to - offset)
		n = (size_t)(s->to - offset);
	if (s->kind == STRETCH_ZERO) {
		memset(buf, 0, n);
		return (ssize_t)n;
	}
	return s->kind == STRETCH_PLAIN ? source_read(p->source.under, at, buf, n) : read_part(p, at, buf, n);
}

static ssize_t
plain_read(struct source *src, uint64_t offset, void *buf, size_t n)
{
	const struct plain *p = (const struct plain *)src;
	size_t done = 0;

	while (done < n) {
		ssize_t r = read_stretch(p, find(p, offset + done), offset + done, (uint8_t *)buf + done, n - done);

		if (r < 0)
			return r;
		if (r == 0)
			break;
		done += (size_t)r;
	}
	return (ssize_t)done;
}

/* Of the sectors below that the bytes come from. */
static unsigned
plain_trust(struct source *src, uint64_t from, uint64_t to)
{
	const struct plain *p = (const struct plain *)src;
	unsigned trust = 0;

	for (uint64_t at = from; at < to && at < src->size;) {
		const struct stretch *s = find(p, at);
		uint64_t end = to < s->to ? to : s->to, lowest = s->at + (at - s->from);

		if (s->kind != STRETCH_ZERO)
			trust |= source_trust(src->under, lowest / p->sector * p->sector,
					      (lowest + (end - at) + p->sector - 1) / p->sector * p->sector);
		at = end;
	}
	return trust;
}

static void
plain_close(struct source *src)
{
	struct plain *p = (struct plain *)src;

	sector_cipher_free(p->cipher);
	free(p);
}

int
locked_open(const struct locked *l, const struct locked_key *key, struct source *volume, struct source **ret_plain)
{
	static const struct source_ops ops = { .read = plain_read, .trust = plain_trust, .close = plain_close };
	struct plain *p = calloc(1, sizeof(*p));
	int r = p ? 0 : fail(ENOMEM, "out of memory for %s", volume->name);

	if (r == 0)
		r = sector_cipher_new(l->method, l->sector, key->key, &p->cipher);
	if (r < 0) {
		free(p);
		return r;
	}
	p->source = (struct source){ .ops = &ops, .size = l->size, .under = volume, .name = volume->name };
	p->sector = l->sector;
	lay_out(p, l);
	*ret_plain = &p->source;
	return 0;
}
