/* registry_own.h - how the facts of the registry are put together. */
#ifndef REGISTRY_OWN_H
#define REGISTRY_OWN_H

#include "registry.h"

struct facts {
	struct hive *hive;
	struct sink *out;
	registry_take *take;
	void *state;
};

/* A key and its path within the hive. */
struct at {
	struct hive_key key;
	char path[HIVE_NAME_TEXT + 512];
};

/* Some values of one key, each a fact with its name as subject. */
struct wish {
	enum registry_kind kind;
	const char *path;         /* below another key */
	const char *const *names; /* ends with NULL */
};

int facts_out_of_memory(const struct facts *f);

/* The key below another one (NULL: the root), by a path: 1, 0 or negative. */
int facts_at(struct facts *f, const struct at *above, const char *path, struct at *ret);

/* A key met in a list, below the one that it was met in. */
void facts_named(const struct at *above, const struct hive_key *key, struct at *ret);

/* The bytes of a value by its name: 1, 0 or negative. */
int
facts_bytes(struct facts *f, const struct at *at, const char *name, struct hive_value *ret_value, struct text *data);

/* What a value says as text: strings (of several: with ", " between them) and numbers; bytes in hexadecimal. */
int facts_text(struct facts *f, uint32_t type, struct view data, struct text *text);

/* The number in a value: -1 when it has none. */
int64_t facts_number(uint32_t type, struct view data);

/* Gives one fact; path, written and, where it is 0, the offset are those of the key. */
int facts_put(struct facts *f, const struct at *at, struct registry_fact fact);

/* A value by its name as a fact with this subject (NULL: its name). */
int facts_value(struct facts *f, enum registry_kind kind, const struct at *at, const char *name, const char *subject);

int facts_wishes(struct facts *f, const struct at *above, const struct wish *wishes, size_t n);

/* All values of a key as facts of a kind. */
int facts_all(struct facts *f, enum registry_kind kind, const struct at *at);

/* registry_shim.c */
int registry_shim(struct facts *f, const struct at *set);

#endif
