/*
 * registry_amcache.c - programs that Windows made an inventory of, with the SHA-1 of their first 31,457,280 bytes. That a
 * program is listed says that it lay there; it does not say that it ran.
 */
#include <ctype.h>
#include <stdio.h>

#include "registry_own.h"

enum { SHA1_DIGITS = 40, FILE_ID_ZEROS = 4 };

/* What an entry of either format calls its values. */
static const struct layout {
	const char *path, *hash, *changed; /* changed: FILETIME of the file's last change, NULL where it has none */
} newer = { "LowerCaseLongPath", "FileId", NULL }, older = { "15", "101", "17" };

struct inventory {
	struct facts *facts;
	const struct at *above;
	const struct layout *layout;
};

static int
read_text(struct facts *f, const struct at *at, const char *name, struct hive_value *ret_value, struct text *text)
{
	CLEANUP(text_free) struct text data = { 0 };
	int r = facts_bytes(f, at, name, ret_value, &data);

	if (r == 1)
		r = facts_text(f, ret_value->type, text_view(&data), text);
	else
		return r;
	return r < 0 ? r : 1;
}

static int
read_time(struct facts *f, const struct at *at, const char *name, uint64_t *ret)
{
	CLEANUP(text_free) struct text data = { 0 };
	struct hive_value value;
	int r = facts_bytes(f, at, name, &value, &data);

	if (r == 1 && value.type == HIVE_QWORD)
		hive_number(value.type, text_view(&data), ret);
	return r < 0 ? r : 0;
}

/* "0000" and the digits; nothing where it is none. */
static struct view
sha1_of(const struct text *id)
{
	if (id->n != FILE_ID_ZEROS + SHA1_DIGITS || memcmp(id->s, "0000", FILE_ID_ZEROS) != 0)
		return view_of(NULL, 0);
	for (size_t i = FILE_ID_ZEROS; i < id->n; i++)
		if (!isxdigit((unsigned char)id->s[i]))
			return view_of(NULL, 0);
	return view_from(text_view(id), FILE_ID_ZEROS);
}

static int
take_program(void *state, const struct hive_key *key, struct view name)
{
	CLEANUP(text_free) struct text path = { 0 }, id = { 0 };
	struct inventory *i = state;
	struct hive_value value, hash;
	uint64_t changed = 0;
	struct at at;
	int r;

	(void)name;
	facts_named(i->above, key, &at);
	r = read_text(i->facts, &at, i->layout->path, &value, &path);
	if (r != 1)
		return r;
	r = read_text(i->facts, &at, i->layout->hash, &hash, &id);
	if (r >= 0 && i->layout->changed)
		r = read_time(i->facts, &at, i->layout->changed, &changed);
	if (r < 0)
		return r;
	return facts_put(i->facts, &at,
			 (struct registry_fact){ .kind = REGISTRY_PROGRAM,
						 .subject = text_view(&path),
						 .value = sha1_of(&id),
						 .number = -1,
						 .when = changed,
						 .offset = sha1_of(&id).n ? hash.offset : value.offset });
}

/* Windows 8 and Server 2012: a key for each volume, and in it one for each file. */
static int
take_volume(void *state, const struct hive_key *key, struct view name)
{
	struct inventory *i = state;
	struct at at;
	struct inventory below = { .facts = i->facts, .above = &at, .layout = i->layout };

	(void)name;
	facts_named(i->above, key, &at);
	return hive_subkeys(i->facts->hive, key, take_program, &below);
}

int
registry_amcache(struct hive *hive, struct sink *out, registry_take *take, void *state)
{
	struct facts f = { .hive = hive, .out = out, .take = take, .state = state };
	struct at at;
	struct inventory i = { .facts = &f, .above = &at, .layout = &newer };
	int r = facts_at(&f, NULL, "Root\\InventoryApplicationFile", &at);

	if (r == 1)
		r = hive_subkeys(hive, &at.key, take_program, &i);
	if (r == 0)
		r = facts_at(&f, NULL, "Root\\File", &at);
	i.layout = &older;
	return r == 1 ? hive_subkeys(hive, &at.key, take_volume, &i) : r;
}
