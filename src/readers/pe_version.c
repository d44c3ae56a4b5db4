/*
 * pe_version.c - VS_VERSIONINFO, what a program says of its own version: numbers, and the texts of Explorer's details.
 *
 *	block        its length, that of its value, 1 for text, a name in UTF-16 with NUL, then on multiples of four
 *	             the value and the blocks within it
 *
 *	VS_VERSION_INFO            value: VS_FIXEDFILEINFO
 *	  StringFileInfo
 *	    040904B0               language and code page
 *	      FileVersion          value: text
 *	  VarFileInfo
 */
#include <errno.h>

#include "fail.h"
#include "pe_own.h"
#include "text.h"

enum { HEAD = 6, KEY_MAX = 128 /* units of a name */ };

struct block_head {
	le16 length, value, type; /* type 1: the value is text */
};

struct fixed_info {
	le32 signature, structure;
	le32 file[2], product[2];
	le32 mask, flags, os, type, subtype, date[2];
};

static const uint32_t fixed_signature = 0xfeef04bd;

/* A block within a version resource: offsets count from the start of that. */
struct block {
	size_t at, end;   /* end: behind its last byte */
	struct view key;  /* UTF-16LE */
	size_t value, value_end;
	size_t within;    /* where the blocks within it begin */
};

static size_t
aligned(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

/* The block at `at`, which ends at `end` at the latest; false when it does not hold together. */
static bool
block_at(struct view all, size_t at, size_t end, struct block *ret)
{
	const struct block_head *head = VIEW_AT(all, at, struct block_head);
	size_t length = head ? le16_get(head->length) : 0, value, n = 0;

	if (length < HEAD || at > end || length > end - at)
		return false;
	*ret = (struct block){ .at = at, .end = at + length };
	while (n < KEY_MAX && at + HEAD + n * 2 + 2 <= ret->end && (all.p[at + HEAD + n * 2] | all.p[at + HEAD + n * 2 + 1]))
		n++;
	if (n == KEY_MAX || at + HEAD + n * 2 + 2 > ret->end)
		return false;
	ret->key = view_of(all.p + at + HEAD, n * 2);
	/* of a text the length counts units, though some tools count bytes */
	value = (size_t)le16_get(head->value) * (le16_get(head->type) == 1 ? 2 : 1);
	ret->value = aligned(at + HEAD + n * 2 + 2);
	if (ret->value > ret->end)
		ret->value = ret->end;
	ret->value_end = value < ret->end - ret->value ? ret->value + value : ret->end;
	ret->within = aligned(ret->value_end);
	return true;
}

static bool
is_called(const struct block *block, const char *ascii)
{
	size_t n = strlen(ascii);

	if (block->key.n != n * 2)
		return false;
	for (size_t i = 0; i < n; i++)
		if (block->key.p[i * 2] != (uint8_t)ascii[i] || block->key.p[i * 2 + 1])
			return false;
	return true;
}

/* The next block within `in`, from *at on: 1, 0 at the end, or negative; what is damaged ends it. */
static int
next_block(struct pe_reading *r, struct view all, uint64_t offset, const struct block *in, size_t *at, struct block *ret)
{
	int e;

	if (*at >= in->end || in->end - *at < HEAD)
		return 0;
	if (block_at(all, *at, in->end, ret)) {
		*at = aligned(ret->end);
		return 1;
	}
	/* zeros behind the last block are padding */
	if (!all.p[*at] && !all.p[*at + 1])
		return 0;
	e = sink_damage(r->out, offset + *at, "a part of its version resource is longer than what it lies in");
	return e < 0 ? e : 0;
}

/* Never within a character. */
static void
cut(struct text *text)
{
	size_t n = PE_STRING_MAX;

	while (n && ((uint8_t)text->s[n] & 0xc0) == 0x80)
		n--;
	text_cut(text, n);
}

/* UTF-16 up to its NUL as UTF-8, cut where it is overlong. */
static int
keep_text(struct pe_reading *r, struct view utf16, struct view *ret)
{
	CLEANUP(text_free) struct text text = { 0 };
	size_t n = 0;
	char *copy;

	while (n + 1 < utf16.n && (utf16.p[n] | utf16.p[n + 1]))
		n += 2;
	if (text_adds(&text, "") < 0 || text_add_utf16(&text, view_of(utf16.p, n)) < 0)
		return fail(ENOMEM, "out of memory for the version of %s", r->src->name);
	if (text.n > PE_STRING_MAX)
		cut(&text);
	copy = arena_copy(&r->pe->arena, text_view(&text));
	if (!copy)
		return fail(ENOMEM, "out of memory for the version of %s", r->src->name);
	*ret = view_of(copy, text.n);
	return 0;
}

/* The value of a text reaches to the block's end, whatever its length says: where it ends its NUL tells. */
static int
take_string(struct pe_reading *r, struct view all, uint64_t offset, const char *table, const struct block *block)
{
	struct pe_string *string;
	struct view key, value;
	int e;

	if (r->pe->strings.n >= PE_STRINGS_MAX)
		return sink_damage(r->out, offset + block->at, "more texts in its version resource than are kept");
	e = keep_text(r, block->key, &key);
	if (e == 0)
		e = keep_text(r, view_part(all, block->value, block->end - block->value), &value);
	if (e < 0)
		return e;
	string = vector_push(&r->pe->strings);
	if (!string)
		return fail(ENOMEM, "out of memory for the version of %s", r->src->name);
	*string = (struct pe_string){
		.table = table, .key = (const char *)key.p, .value = value, .offset = offset + block->value
	};
	return 0;
}

static int
take_table(struct pe_reading *r, struct view all, uint64_t offset, const struct block *table)
{
	struct block string;
	struct view name;
	size_t at = table->within;
	int e = keep_text(r, table->key, &name);

	while (e == 0 && (e = next_block(r, all, offset, table, &at, &string)) > 0) {
		e = take_string(r, all, offset, (const char *)name.p, &string);
		if (r->pe->strings.n >= PE_STRINGS_MAX)
			break;
	}
	return e < 0 ? e : 0;
}

static int
take_tables(struct pe_reading *r, struct view all, uint64_t offset, const struct block *tables)
{
	struct block table;
	size_t at = tables->within;
	int e = 0;

	while (e == 0 && (e = next_block(r, all, offset, tables, &at, &table)) > 0)
		e = take_table(r, all, offset, &table);
	return e < 0 ? e : 0;
}

static void
split(const le32 pair[2], uint16_t ret[static 4])
{
	for (int i = 0; i < 4; i++)
		ret[i] = (uint16_t)(le32_get(pair[i / 2]) >> (i % 2 ? 0 : 16));
}

static int
take_fixed(struct pe_reading *r, struct view all, uint64_t offset, const struct block *root)
{
	const struct fixed_info *info = root->value_end - root->value >= sizeof(*info)
						? VIEW_AT(all, root->value, struct fixed_info)
						: NULL;

	if (!info || le32_get(info->signature) != fixed_signature)
		return sink_damage(r->out, offset + root->value, "its version resource has no version in numbers");
	if (r->pe->fixed)
		return 0;
	r->pe->fixed = true;
	r->pe->fixed_at = offset + root->value;
	split(info->file, r->pe->file_version);
	split(info->product, r->pe->product_version);
	return 0;
}

int
pe_version(struct pe_reading *r, struct view bytes, uint64_t offset)
{
	struct block root, child;
	size_t at;
	int e;

	if (!block_at(bytes, 0, bytes.n, &root) || !is_called(&root, "VS_VERSION_INFO"))
		return sink_damage(r->out, offset, "its version resource is none");
	r->pe->versions++;
	e = take_fixed(r, bytes, offset, &root);
	at = root.within;
	while (e == 0 && (e = next_block(r, bytes, offset, &root, &at, &child)) > 0)
		e = is_called(&child, "StringFileInfo") ? take_tables(r, bytes, offset, &child) : 0;
	return e < 0 ? e : 0;
}
