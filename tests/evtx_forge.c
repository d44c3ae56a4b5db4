/* evtx_forge.c - composes event logs: BinXml, templates with names in line or by reference, chunks, checksums. */
#include "evtx_forge.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <zlib.h>

#include "cleanup.h"
#include "filetime.h"

enum { CHUNK = 65536, NAMES = 512, TEMPLATES = 64, WORDS = 4096, HEADER = 4096 };

struct template {
	struct view name, xml;
	uint32_t at; /* in the chunk in hand; 0: not yet */
};

struct name {
	struct view text;
	uint32_t at;
};

struct forge {
	struct text *file;
	uint8_t chunk[CHUNK + 4096];
	uint32_t at;         /* where the next byte of the chunk goes */
	uint32_t last, before; /* the last record, and the one before */
	uint32_t end;        /* what the chunk tells; 0: where it is */
	bool open, unlisted, no_magic, no_sums, bad_sum, bad_data;
	uint64_t first_id, last_id, chunks;
	struct name names[NAMES];
	size_t name_count;
	struct template templates[TEMPLATES];
	size_t template_count;
	struct { bool dirty, full, no_sums, bad_sum; uint64_t chunks, next; } log;
	bool bad;
};

/* ---- bytes ---- */

static void
put(struct forge *f, uint64_t n, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++, n >>= 8) {
		assert(f->at < sizeof(f->chunk));
		f->chunk[f->at++] = (uint8_t)n;
	}
}

static void
put_at(struct forge *f, uint32_t at, uint64_t n, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++, n >>= 8)
		f->chunk[at + i] = (uint8_t)n;
}

static void
put_bytes(struct forge *f, struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		put(f, v.p[i], 1);
}

static size_t
put_utf16(struct forge *f, struct view utf8)
{
	CLEANUP(text_free) struct text t = { 0 };

	f->bad |= text_to_utf16(utf8, &t) < 0;
	put_bytes(f, text_view(&t));
	return t.n;
}

/* Its length in units before it. */
static void
put_string(struct forge *f, struct view utf8)
{
	uint32_t at = f->at;

	put(f, 0, 2);
	put_at(f, at, put_utf16(f, utf8) / 2, 2);
}

static void
put_name(struct forge *f, struct view name)
{
	CLEANUP(text_free) struct text t = { 0 };
	uint32_t hash = 0;

	for (size_t i = 0; i < f->name_count; i++) {
		if (view_equal(f->names[i].text, name)) {
			put(f, f->names[i].at, 4);
			return;
		}
	}
	assert(f->name_count < NAMES);
	f->bad |= text_to_utf16(name, &t) < 0;
	put(f, f->at + 4, 4);
	f->names[f->name_count++] = (struct name){ name, f->at };
	for (size_t i = 0; i < t.n; i += 2)
		hash = hash * 65599 + (uint8_t)t.s[i] + 256u * (uint8_t)t.s[i + 1];
	put(f, 0, 4);
	put(f, hash, 2);
	put(f, t.n / 2, 2);
	put_bytes(f, text_view(&t));
	put(f, 0, 2);
}

/* ---- words ---- */

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* The next word, whose blanks are held together by "", <> and {}. */
static bool
take_word(struct view *rest, struct view *ret)
{
	size_t n = 0;
	bool quoted = false;
	int angle = 0;

	while (rest->n && is_blank(rest->p[0]))
		*rest = view_from(*rest, 1);
	while (n < rest->n && (quoted || angle > 0 || !is_blank(rest->p[n]))) {
		quoted ^= rest->p[n] == '"' && !angle;
		angle += !quoted && (rest->p[n] == '<' || rest->p[n] == '{');
		angle -= !quoted && angle && (rest->p[n] == '>' || rest->p[n] == '}');
		n++;
	}
	*ret = view_part(*rest, 0, n);
	*rest = view_from(*rest, n);
	return n;
}

static bool
is(struct view v, const char *s)
{
	return view_equal(v, view_text(s));
}

/* What follows `key` where the word begins with it. */
static bool
after(struct view v, const char *key, struct view *ret)
{
	size_t n = strlen(key);

	if (v.n < n || memcmp(v.p, key, n))
		return false;
	*ret = view_from(v, n);
	return true;
}

/* ---- types ---- */

static const struct {
	const char *name;
	uint8_t type, size;
} types[] = {
	{ "null", 0, 0 },    { "s", 1, 0 },      { "a", 2, 0 },    { "i8", 3, 1 },    { "u8", 4, 1 },    { "i16", 5, 2 },
	{ "u16", 6, 2 },     { "i32", 7, 4 },    { "u32", 8, 4 },  { "i64", 9, 8 },   { "u64", 10, 8 },  { "f32", 11, 4 },
	{ "f64", 12, 8 },    { "bool", 13, 4 },  { "hex", 14, 0 }, { "guid", 15, 0 }, { "size", 16, 8 }, { "ft", 17, 8 },
	{ "st", 18, 0 },     { "sid", 19, 0 },   { "x32", 20, 4 }, { "x64", 21, 8 },  { "handle", 32, 8 }, { "xml", 35, 0 },
	{ "f", 33, 0 },      { "t", 33, 0 },
};

static int
type_of(struct view name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (is(name, types[i].name))
			return (int)i;
	return -1;
}

static void
put_sid(struct forge *f, const char *s)
{
	uint32_t at = f->at;
	unsigned parts = 0;
	char *end;

	put(f, 1, 1);
	put(f, 0, 1);
	for (int i = 5; i >= 0; i--)
		put(f, strtoull(s + 4, &end, 10) >> 8 * i, 1);
	for (; *end == '-'; parts++)
		put(f, strtoull(end + 1, &end, 10), 4);
	put_at(f, at + 1, parts, 1);
}

static void
put_systemtime(struct forge *f, const char *s)
{
	unsigned n[7] = { 0 };

	f->bad |= sscanf(s, "%u-%u-%uT%u:%u:%u.%u", &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &n[6]) < 6;
	for (int i = 0; i < 7; i++) {
		put(f, n[i], 2);
		if (i == 1)
			put(f, 3, 2); /* a day of the week */
	}
}

static void
put_hex(struct forge *f, struct view v)
{
	uint8_t bytes[1024];
	int n = hex_parse(v, bytes, sizeof(bytes));

	f->bad |= n < 0;
	put_bytes(f, view_of(bytes, n < 0 ? 0 : (size_t)n));
}

/* {00112233-4455-...}, whose first three parts lie in the other order. */
static void
put_guid(struct forge *f, const char *s)
{
	unsigned long a;
	unsigned b, c, d[8];

	if (sscanf(s, "{%8lx-%4x-%4x-%2x%2x-%2x%2x%2x%2x%2x%2x}", &a, &b, &c, &d[0], &d[1], &d[2], &d[3], &d[4], &d[5], &d[6], &d[7]) != 11) {
		f->bad = true;
		return;
	}
	put(f, a, 4);
	put(f, b, 2);
	put(f, c, 2);
	for (int i = 0; i < 8; i++)
		put(f, d[i], 1);
}

static void
put_number(struct forge *f, const char *s, int which)
{
	double d = strtod(s, NULL);
	float narrow = (float)d;
	uint64_t bits = 0;

	if (types[which].type == 11)
		memcpy(&bits, &narrow, 4);
	else if (types[which].type == 12)
		memcpy(&bits, &d, 8);
	else
		bits = s[0] == '-' ? (uint64_t)strtoll(s, NULL, 0) : strtoull(s, NULL, 0);
	put(f, bits, types[which].size);
}

static void
put_one(struct forge *f, int which, struct view v)
{
	char s[512];
	uint64_t ticks = 0;

	snprintf(s, sizeof(s), "%.*s", (int)v.n, (const char *)v.p);
	switch (types[which].type) {
	case 0:
		break;
	case 1:
	case 35:
		put_utf16(f, v);
		break;
	case 2:
		put_bytes(f, v);
		break;
	case 14:
		put_hex(f, v);
		break;
	case 15:
		put_guid(f, s);
		break;
	case 17:
		f->bad |= filetime_parse(v, &ticks) < 0;
		put(f, ticks, 8);
		break;
	case 18:
		put_systemtime(f, s);
		break;
	case 19:
		put_sid(f, s);
		break;
	default:
		put_number(f, s, which);
	}
}

/* ---- XML as BinXml ---- */

static void put_fragment(struct forge *f, struct view xml);
static void put_instance(struct forge *f, struct view words);

struct xml {
	struct view rest;
	bool template; /* elements say what they depend on */

};

static uint8_t
peek(const struct xml *x, size_t i)
{
	return i < x->rest.n ? x->rest.p[i] : 0;
}

static struct view
take_until(struct xml *x, const char *ends)
{
	size_t n = 0;
	struct view v;

	while (n < x->rest.n && !strchr(ends, x->rest.p[n]))
		n++;
	v = view_part(x->rest, 0, n);
	x->rest = view_from(x->rest, n);
	return v;
}

static void
skip(struct xml *x, size_t n)
{
	x->rest = view_from(x->rest, n);
}

/* %0:u16 or ?0:u16 */
static void
put_substitution(struct forge *f, struct xml *x)
{
	bool optional = peek(x, 0) == '?';
	struct view number, type;
	int which;

	skip(x, 1);
	number = take_until(x, ":");
	skip(x, 1);
	type = take_until(x, " '<%?;");
	if (peek(x, 0) == ';')
		skip(x, 1);
	which = type_of(type);
	f->bad |= which < 0;
	put(f, optional ? 0x0e : 0x0d, 1);
	put(f, view_number(number), 2);
	put(f, which < 0 ? 1 : types[which].type, 1);
}

static void
put_reference(struct forge *f, struct xml *x)
{
	struct view name;

	skip(x, 1);
	name = take_until(x, ";");
	skip(x, 1);
	if (name.n > 1 && name.p[0] == '#') {
		put(f, 0x08, 1);
		put(f, view_number(view_from(name, 1)), 2);
	} else {
		put(f, 0x09, 1);
		put_name(f, name);
	}
}

/* Text, references and substitutions up to one of `ends`. */
static void
put_text(struct forge *f, struct xml *x, const char *ends)
{
	while (x->rest.n && !strchr(ends, peek(x, 0))) {
		if (x->template && (peek(x, 0) == '%' || peek(x, 0) == '?')) {
			put_substitution(f, x);
		} else if (peek(x, 0) == '&') {
			put_reference(f, x);
		} else {
			put(f, 0x05, 1);
			put(f, 1, 1);
			put_string(f, take_until(x, x->template ? "<'%?&" : "<'&"));
		}
	}
}

static void
put_start(struct forge *f, struct xml *x, uint32_t *ret_size_at)
{
	struct view name = take_until(x, " />");
	uint32_t depends = 0xffff, list = 0, count = 0, token = f->at;

	put(f, 0x01, 1);
	if (peek(x, 0) == ' ' && peek(x, 1) == '~') {
		skip(x, 2);
		depends = (uint32_t)view_number(take_until(x, " />"));
	}
	if (x->template)
		put(f, depends, 2);
	*ret_size_at = f->at;
	put(f, 0, 4);
	put_name(f, name);
	for (; peek(x, 0) == ' '; count++) {
		skip(x, 1);
		if (!count) {
			list = f->at;
			put(f, 0, 4);
			f->chunk[token] = 0x41;
		}
		put(f, 0x46, 1);
		put_name(f, take_until(x, "="));
		skip(x, 2);
		put_text(f, x, "'");
		skip(x, 1);
	}
	if (count)
		put_at(f, list, f->at - list - 4, 4);
}

/* <![CDATA[..]]> or <?target data?>, which have begun. */
static void
put_special(struct forge *f, struct xml *x)
{
	if (peek(x, 0) == '!') {
		skip(x, 8);
		put(f, 0x07, 1);
		put_string(f, take_until(x, "]"));
		skip(x, 3);
		return;
	}
	skip(x, 1);
	put(f, 0x0a, 1);
	put_name(f, take_until(x, " "));
	skip(x, 1);
	put(f, 0x0b, 1);
	put_string(f, take_until(x, "?"));
	skip(x, 2);
}

static void
put_element(struct forge *f, struct xml *x)
{
	uint32_t size_at;

	if (peek(x, 0) == '!' || peek(x, 0) == '?') {
		put_special(f, x);
		return;
	}
	put_start(f, x, &size_at);
	if (peek(x, 0) == '/') {
		skip(x, 2);
		put(f, 0x03, 1);
	} else {
		skip(x, 1);
		put(f, 0x02, 1);
		for (;;) {
			put_text(f, x, "<");
			skip(x, 1);
			if (!x->rest.n || peek(x, 0) == '/')
				break;
			put_element(f, x);
		}
		take_until(x, ">");
		skip(x, 1);
		put(f, 0x04, 1);
	}
	put_at(f, size_at, f->at - size_at - 4, 4);
}

static void
put_xml(struct forge *f, struct view xml, bool template)
{
	struct xml x = { .rest = xml, .template = template };

	put(f, 0x0001010f, 4);
	while (peek(&x, 0) == '<') {
		skip(&x, 1);
		put_element(f, &x);
	}
	put(f, 0, 1);
}

static void
put_fragment(struct forge *f, struct view xml)
{
	put_xml(f, xml, false);
}

/* ---- values ---- */

static struct view
unquote(struct view v)
{
	bool held = v.n >= 2 && ((v.p[0] == '"' && v.p[v.n - 1] == '"') || (v.p[0] == '{' && v.p[v.n - 1] == '}'));

	return held ? view_part(v, 1, v.n - 2) : v;
}

/* Items with | between them. */
static void
put_items(struct forge *f, int which, struct view v)
{
	for (;;) {
		const uint8_t *bar = v.n ? memchr(v.p, '|', v.n) : NULL;
		size_t n = bar ? (size_t)(bar - v.p) : v.n;

		put_one(f, which, view_part(v, 0, n));
		if (types[which].type == 1 || types[which].type == 2)
			put(f, 0, types[which].type == 1 ? 2 : 1);
		if (!bar)
			return;
		v = view_from(v, n + 1);
	}
}

static void
put_value(struct forge *f, struct view word, uint32_t kind_at)
{
	const uint8_t *colon = memchr(word.p, ':', word.n);
	size_t n = colon ? (size_t)(colon - word.p) : word.n;
	bool array = n > 2 && word.p[n - 1] == ']';
	int which = type_of(view_part(word, 0, array ? n - 2 : n));
	struct view v = view_from(word, colon ? n + 1 : n);
	uint32_t from = f->at;

	if (which < 0) {
		f->bad = true;
		return;
	}
	if (types[which].type != 15)
		v = unquote(v);
	if (array)
		put_items(f, which, v);
	else if (!strcmp(types[which].name, "f"))
		put_fragment(f, v);
	else if (!strcmp(types[which].name, "t"))
		put_instance(f, v);
	else
		put_one(f, which, v);
	put_at(f, kind_at, f->at - from, 2);
	put_at(f, kind_at + 2, types[which].type | (array ? 0x80u : 0), 1);
}

/* The template right here where it is used first, else where it is. */
static void
put_definition(struct forge *f, struct template *t)
{
	uint32_t size_at, id = 0x1000u + (uint32_t)(t - f->templates);

	put(f, 0x010c, 2);
	put(f, id, 4);
	put(f, t->at ? t->at : f->at + 4, 4);
	if (t->at)
		return;
	t->at = f->at;
	put(f, 0, 4);
	put(f, id, 4);
	put(f, 0x1111222233334444u, 8);
	put(f, 0x55556666u, 4);
	size_at = f->at;
	put(f, 0, 4);
	put_xml(f, t->xml, true);
	put_at(f, size_at, f->at - size_at - 4, 4);
}

static void
put_instance(struct forge *f, struct view words)
{
	struct view name, word, all[WORDS];
	uint32_t kinds, n = 0;
	struct template *t = NULL;

	take_word(&words, &name);
	for (size_t i = 0; i < f->template_count; i++)
		if (view_equal(f->templates[i].name, name))
			t = &f->templates[i];
	if (!t) {
		f->bad = true;
		return;
	}
	while (n < WORDS && take_word(&words, &word))
		all[n++] = word;
	put(f, 0x0001010f, 4);
	put_definition(f, t);
	put(f, n, 4);
	kinds = f->at;
	for (uint32_t i = 0; i < n; i++)
		put(f, 0, 4);
	for (uint32_t i = 0; i < n; i++)
		put_value(f, all[i], kinds + 4 * i);
	put(f, 0, 1);
}

/* ---- records and chunks ---- */

static void
begin_chunk(struct forge *f)
{
	memset(f->chunk, 0, sizeof(f->chunk));
	f->at = 512;
	f->last = f->before = f->end = 0;
	f->open = true;
	f->unlisted = f->no_magic = f->no_sums = f->bad_sum = f->bad_data = false;
	f->first_id = f->last_id = 0;
	f->name_count = 0;
	for (size_t i = 0; i < f->template_count; i++)
		f->templates[i].at = 0;
}

static void
end_chunk(struct forge *f)
{
	uint32_t end = f->unlisted ? f->end : f->at, sum_end;

	if (!f->open)
		return;
	assert(f->at <= CHUNK);
	if (f->end)
		end = f->end;
	sum_end = end < 512 ? 512 : end > CHUNK ? CHUNK : end;
	memcpy(f->chunk, f->no_magic ? "........" : "ElfChnk", 8);
	put_at(f, 8, f->first_id, 8);
	put_at(f, 16, f->last_id, 8);
	put_at(f, 24, f->first_id, 8);
	put_at(f, 32, f->last_id, 8);
	put_at(f, 40, 128, 4);
	put_at(f, 44, f->last, 4);
	put_at(f, 48, end, 4);
	put_at(f, 52, crc32(0, f->chunk + 512, sum_end - 512) + f->bad_data, 4);
	put_at(f, 120, f->no_sums ? 4 : 1, 4);
	put_at(f, 124, crc32(crc32(0, f->chunk, 120), f->chunk + 128, 384) + f->bad_sum, 4);
	f->bad |= text_add(f->file, view_of(f->chunk, CHUNK)) < 0;
	f->chunks += !f->no_magic;
	f->open = false;
}

static void
add_record(struct forge *f, struct view rest, bool plain)
{
	struct view id, when;
	uint32_t from;
	uint64_t ticks = 0;

	if (!f->open)
		begin_chunk(f);
	from = f->at;
	f->bad |= !take_word(&rest, &id) || !take_word(&rest, &when) || filetime_parse(when, &ticks) < 0;
	put(f, 0x00002a2a, 4);
	put(f, 0, 4);
	put(f, view_number(id), 8);
	put(f, ticks, 8);
	if (plain) {
		while (rest.n && is_blank(rest.p[0]))
			rest = view_from(rest, 1);
		put_fragment(f, rest);
	} else {
		put_instance(f, rest);
	}
	while (f->at % 8 != 4)
		put(f, 0, 1);
	put(f, f->at + 4 - from, 4);
	put_at(f, from + 4, f->at - from, 4);
	f->before = f->last;
	f->last = from;
	if (!f->unlisted && !f->first_id)
		f->first_id = view_number(id);
	if (!f->unlisted)
		f->last_id = view_number(id);
}

/* The one before the last record is made as long as both: what the end of the last one tells, too. */
static void
swallow(struct forge *f)
{
	uint32_t n = f->at - f->before;

	put_at(f, f->before + 4, n, 4);
	put(f, 0, 4);
	put_at(f, f->at - 4, n + 4, 4);
	put_at(f, f->before + 4, n + 4, 4);
}

static void
take_chunk(struct forge *f, struct view rest)
{
	struct view word, v;

	end_chunk(f);
	begin_chunk(f);
	while (take_word(&rest, &word)) {
		f->no_magic |= is(word, "no-magic");
		f->no_sums |= is(word, "no-sums");
		f->bad_sum |= is(word, "bad-sum");
		f->bad_data |= is(word, "bad-data");
		if (after(word, "end=", &v))
			f->end = (uint32_t)view_number(v);
	}
}

static void
take_log(struct forge *f, struct view rest)
{
	struct view word, v;

	while (take_word(&rest, &word)) {
		f->log.dirty |= is(word, "dirty");
		f->log.full |= is(word, "full");
		f->log.no_sums |= is(word, "no-sums");
		f->log.bad_sum |= is(word, "bad-sum");
		if (after(word, "chunks=", &v))
			f->log.chunks = view_number(v) + 1;
		if (after(word, "next=", &v))
			f->log.next = view_number(v);
	}
}

static void
take_template(struct forge *f, struct view rest)
{
	struct template *t = &f->templates[f->template_count++];

	assert(f->template_count <= TEMPLATES);
	*t = (struct template){ 0 };
	f->bad |= !take_word(&rest, &t->name);
	while (rest.n && is_blank(rest.p[0]))
		rest = view_from(rest, 1);
	t->xml = rest;
}

static void
take_gap(struct forge *f, struct view rest)
{
	struct view n;

	take_word(&rest, &n);
	for (uint64_t i = view_number(n); i; i--)
		put(f, 0xff, 1);
}

static void
add_zeros(struct forge *f)
{
	end_chunk(f);
	memset(f->chunk, 0, CHUNK);
	f->bad |= text_add(f->file, view_of(f->chunk, CHUNK)) < 0;
}

static void
end_header(struct forge *f)
{
	uint8_t *h = (uint8_t *)f->file->s;
	uint64_t chunks = f->log.chunks ? f->log.chunks - 1 : f->chunks;
	unsigned flags = f->log.dirty | f->log.full << 1 | f->log.no_sums << 2;
	uint32_t sum;

	memcpy(h, "ElfFile", 8);
	h[16] = (uint8_t)(chunks ? chunks - 1 : 0);
	for (int i = 0; i < 8; i++)
		h[24 + i] = (uint8_t)(f->log.next >> 8 * i);
	h[32] = 128;
	h[36] = 1;
	h[38] = 3;
	h[41] = HEADER >> 8;
	h[42] = (uint8_t)chunks;
	h[43] = (uint8_t)(chunks >> 8);
	sum = (uint32_t)crc32(0, h, 120) + f->log.bad_sum;
	h[120] = (uint8_t)flags;
	for (int i = 0; i < 4; i++)
		h[124 + i] = (uint8_t)(sum >> 8 * i);
}

/* patch OFFSET HEX, cut N: on the finished file. */
static void
change(struct forge *f, struct view verb, struct view rest)
{
	struct view number, hex;
	uint8_t bytes[256];
	int n = 0;

	take_word(&rest, &number);
	if (is(verb, "cut")) {
		text_cut(f->file, view_number(number));
		return;
	}
	f->bad |= !take_word(&rest, &hex) || (n = hex_parse(hex, bytes, sizeof(bytes))) < 0 || !view_has(text_view(f->file), view_number(number), (uint64_t)n);
	if (!f->bad)
		memcpy(f->file->s + view_number(number), bytes, (size_t)n);
}

static void
take_line(struct forge *f, struct view verb, struct view rest)
{
	if (is(verb, "log"))
		take_log(f, rest);
	else if (is(verb, "template"))
		take_template(f, rest);
	else if (is(verb, "chunk"))
		take_chunk(f, rest);
	else if (is(verb, "event") || is(verb, "plain"))
		add_record(f, rest, is(verb, "plain"));
	else if (is(verb, "unlisted"))
		f->end = f->at, f->unlisted = true;
	else if (is(verb, "swallow"))
		swallow(f);
	else if (is(verb, "unend"))
		put_at(f, f->at - 4, 1, 4);
	else if (is(verb, "gap"))
		take_gap(f, rest);
	else if (is(verb, "zeros"))
		add_zeros(f);
	else
		f->bad = true;
}

/* All lines, once for what composes and once for what changes the finished file. */
static int
take_lines(struct forge *f, struct view rest, bool changes)
{
	for (unsigned number = 1; rest.n; number++) {
		const uint8_t *lf = memchr(rest.p, '\n', rest.n);
		size_t n = lf ? (size_t)(lf - rest.p) : rest.n;
		struct view line = view_part(rest, 0, n), verb;

		rest = view_from(rest, lf ? n + 1 : n);
		if (!take_word(&line, &verb) || verb.p[0] == '#')
			continue;
		if ((is(verb, "patch") || is(verb, "cut")) != changes)
			continue;
		if (changes)
			change(f, verb, line);
		else
			take_line(f, verb, line);
		if (f->bad) {
			fprintf(stderr, "line %u of an event log's scenario is wrong\n", number);
			return -1;
		}
	}
	return 0;
}

int
evtx_forge(struct view scenario, struct text *ret_file)
{
	CLEANUP(free) struct forge *f = calloc(1, sizeof(*f));
	static const uint8_t header[HEADER];

	if (!f || text_add(ret_file, view_of(header, HEADER)) < 0)
		return -1;
	f->file = ret_file;
	if (take_lines(f, scenario, false) < 0)
		return -1;
	end_chunk(f);
	end_header(f);
	return take_lines(f, scenario, true);
}
