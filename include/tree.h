/* tree.h - a YAML file as a small tree that knows its lines. */
#ifndef TREE_H
#define TREE_H

#include "arena.h"

enum tree_kind { TREE_TEXT, TREE_LIST, TREE_MAP };

struct tree {
	enum tree_kind kind;
	unsigned line;      /* the first one is 1 */
	bool plain;         /* a text without quotes: `null` and `true` mean what they say */
	const char *key;    /* within a map, else NULL */
	const char *text;   /* of a text, else "" */
	size_t n;           /* bytes of it: a quoted text can hold a NUL */
	struct tree *first; /* item of a list or a map */
	struct tree *next;  /* beside it, in its list or map, or the next document */
};

/* What is wrong with a file and where. */
struct tree_error {
	const char *what; /* in the arena, or a constant */
	unsigned line;
};

/*
 * Reads all documents: 0 and the first of them (NULL for an empty file), or -ENOMEM, or -EINVAL with what is wrong, and
 * the documents before. Aliases of anchors and keys that are no text are not used by profiles and are errors.
 */
int tree_parse(struct view bytes, struct arena *arena, struct tree **ret_documents, struct tree_error *ret_error);

/* The value under a key of a map, or NULL. */
const struct tree *tree_get(const struct tree *map, const char *key);

/* The text under a key of a map, "" when it is not there or no text. */
const char *tree_text(const struct tree *map, const char *key);

/* A key that stands twice in a map, or NULL. */
const struct tree *tree_twice(const struct tree *map);

#endif
