/* pattern.h - paths with wildcards as profiles write them, taken apart into one part for each name. */
#ifndef PATTERN_H
#define PATTERN_H

#include "arena.h"
#include "upcase.h"

enum part_kind {
	PART_END,     /* behind the last name */
	PART_LITERAL, /* this name */
	PART_GLOB,    /* a name with '*' and '?' in it */
	PART_ANY,     /* any one name: '*' */
	PART_DEEP,    /* any number of names: '**' */
	PART_LEVEL,   /* one name or none; N of them for '**N' */
};

struct part {
	enum part_kind kind;
	uint32_t n;            /* units */
	const uint16_t *units; /* UTF-16 as written */
};

enum pattern_limits {
	PATTERN_PARTS = 256,
	PATTERN_LEVELS = 64, /* N of '**N' */
	NAME_UNITS = 255,    /* of an NTFS name */
};

/* A pattern begins with a variable, %%name%%; one that does not is meant from the root of every volume. */
#define EVERY_VOLUME "every_volume"

struct pattern {
	const char *variable;
	const char *text;         /* as written */
	const struct part *parts; /* without PART_END */
	uint32_t n;
};

/* Takes text apart: 0, -ENOMEM, or -EINVAL and why it cannot be used. Strings are copied to the arena. */
int pattern_parse(struct arena *arena, const char *text, struct pattern *ret_pattern, const char **ret_why);

/* The same for the path of a folder, in which nothing is a wildcard. ret_pattern->variable is EVERY_VOLUME. */
int pattern_literal(struct arena *arena, const char *path, struct pattern *ret_pattern, const char **ret_why);

/* Whether a name fits a PART_GLOB; both folded already. */
bool pattern_glob(const uint16_t *glob, size_t glob_n, const uint16_t *name, size_t name_n);

#endif
