/* own.h - Sigma rules as the files of the engine see them: tests of fields, and operators over them. */
#ifndef RULES_OWN_H
#define RULES_OWN_H

#include "arena.h"
#include "matching.h"
#include "sigma.h"
#include "text.h"
#include "tree.h"
#include "vector.h"

/* ---- values: texts with wildcards ---- */

/* One byte of a value, or what stands for something else. */
enum unit { UNIT_ANY = 0x100, UNIT_MANY, UNIT_DASH }; /* '?', '*', and any character that a shell takes for a dash */

typedef VECTOR(uint16_t) units;

/* What lies between two '*'. */
struct piece {
	const uint16_t *units;
	const uint8_t *bytes; /* the same where all units are bytes, else NULL */
	size_t n;
};

/* Which two bytes stand beside each other somewhere in a text without case, by a hash of them: rules out most texts. */
struct pairs {
	uint64_t bits[8];
};

void pairs_add(struct pairs *pairs, struct view folded);

static inline bool
pairs_within(const struct pairs *some, const struct pairs *all)
{
	for (size_t i = 0; i < sizeof(some->bits) / sizeof(some->bits[0]); i++)
		if (some->bits[i] & ~all->bits[i])
			return false;
	return true;
}

struct glob {
	struct pairs pairs;
	const struct piece *pieces;
	size_t n;
	bool open_start, open_end; /* a '*' there */
	bool cased;
};

/* Reads a value as Sigma writes it: '*', '?', and '\' before either or before itself. 0 or -ENOMEM, as all below. */
int units_parse(struct view text, units *ret);
int units_wrap(units *u, bool before, bool behind); /* adds '*' */
int units_dash(units *u);                           /* |windash */
bool units_plain(const units *u);                   /* without wildcards */
int units_bytes(const units *u, struct text *ret);  /* of a plain one */

enum wide { WIDE_LE, WIDE_BE, WIDE_MARKED };
int units_wide(units *u, enum wide wide);

enum { BASE64_OFFSETS = 3 };
/* A plain one in base64; offset 1 and 2 are what stays the same when so many bytes stand before it; -1: by itself. */
int units_base64(const units *u, int offset, units *ret);

int glob_new(struct arena *arena, const units *u, bool cased, struct glob *ret);
/* text is folded already unless the glob is cased. */
bool glob_fits(const struct glob *glob, struct view text);

/*
 * Capital letters as small ones, in place: ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic, each by Unicode's
 * simple folding, which keeps the length in UTF-8 for these. Bytes that are no UTF-8 stay.
 */
void fold_text(uint8_t *p, size_t n);

/* ---- expressions ---- */

enum expr_flags { EXPR_CASELESS = 1, EXPR_LINES = 2, EXPR_DOTALL = 4 };
struct expr;
int expr_new(const char *pattern, unsigned flags, struct expr **ret, char *why, size_t why_size); /* -EINVAL and why */
struct expr *expr_free(struct expr *e);
enum sigma_answer expr_fits(const struct expr *e, struct matching *matching, struct view text); /* UNKNOWN: limits */

/* ---- addresses, numbers, times ---- */

struct network {
	uint8_t address[16]; /* of IPv4: mapped into IPv6 */
	unsigned bits;
};
bool network_parse(struct view text, struct network *ret);
bool network_has(const struct network *net, struct view address);

bool number_parse(struct view text, double *ret);

enum time_part { PART_NONE, PART_MINUTE, PART_HOUR, PART_DAY, PART_WEEK, PART_MONTH, PART_YEAR };
bool time_part(struct view text, enum time_part part, double *ret);

/* ---- rules ---- */

enum op { OP_TEXT, OP_EXPR, OP_NETWORK, OP_NUMBER, OP_EMPTY, OP_EXISTS, OP_FIELD };
enum compare { COMPARE_EQUAL, COMPARE_LESS, COMPARE_LESS_EQUAL, COMPARE_GREATER, COMPARE_GREATER_EQUAL };

/* One value that a field is held against. */
struct test {
	const char *field; /* "" for keywords */
	const char *key;   /* as written: field|modifiers */
	const char *value; /* as written */
	unsigned line;
	enum op op;
	struct glob glob;
	const struct expr *expr;
	const char *pattern; /* of the expression */
	struct network network;
	double number;
	enum compare compare;
	enum time_part part;
	const char *other; /* the field that it is compared with, and what of the other may stand around it */
	bool open_start, open_end, cased;
};

enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_TEST };
struct node {
	enum node_kind kind;
	uint32_t first, n; /* its kids; of a test: its number */
};

struct parsed {
	const struct rule *rule;
	const char *category, *product, *service, *condition;
	const struct test *tests;
	const struct node *nodes;
	const uint32_t *kids;
	uint32_t test_count, node_count, root;
};

struct sigma {
	struct arena arena;
	VECTOR(struct parsed) rules;
	VECTOR(struct expr *) exprs;
};

struct search {
	const char *name;
	uint32_t node;
};

/* A rule while it is read, and the first thing that is wrong with it. */
struct building {
	struct sigma *sigma;
	VECTOR(struct test) tests;
	VECTOR(struct node) nodes;
	VECTOR(uint32_t) kids;
	VECTOR(struct search) searches;
	enum rule_state state;
	const char *reason;
	unsigned line;
};

/* Notes why a rule cannot be used: -EINVAL, or -ENOMEM. */
int building_stop(struct building *b, enum rule_state state, unsigned line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* A new node over these kids: one alone stands for itself. */
int building_node(struct building *b, enum node_kind kind, unsigned line, const uint32_t *kids, size_t n,
		  uint32_t *ret_node);
int building_test(struct building *b, const struct test *test, uint32_t *ret_node);

/* `key: value` of a search; key is field|modifiers. */
int item_parse(struct building *b, const char *key, const struct tree *value, uint32_t *ret_node);

/* What a rule says of itself. One without an id goes by the name of its file, and its place in it behind the first. */
int
meaning_draft(struct sigma *sigma, const struct tree *root, const char *file, size_t number, struct rule *ret_draft);
const char *meaning_name(struct sigma *sigma, const char *file, size_t number);

/* The condition over the searches. */
int condition_parse(struct building *b, const char *text, unsigned line, uint32_t *ret_node);

bool same_word(const char *a, const char *b); /* ASCII letters without case */

/* ---- binding ---- */

enum place_kind {
	PLACE_ABSENT,
	PLACE_FIELD,
	PLACE_KEYWORDS,
	PLACE_URI,
	PLACE_WHOLE_URI,
	PLACE_STEM,
	PLACE_EXTENSION,
	PLACE_BLANKS
};

enum { NO_SLOT = UINT32_MAX };

/* Where the values of a test come from in a record. */
struct asked_place {
	enum place_kind kind;
	uint32_t slot, query; /* fields of the record, by their place among the names of the set */
};

struct bound_rule {
	const struct parsed *parsed;
	const uint32_t *places; /* by test */
	const uint32_t *others; /* by test: of the field it is compared with */
};

/* A rule that a literal leads to. */
struct led {
	uint32_t literal, rule;
};

/* Texts one of which a record must hold besides: folded, perhaps at the edges of a value; encoded: or a '%'. */
struct beside {
	struct view text;
	uint32_t rare; /* place of its byte that is rarest in logs: by that it is looked for */
	bool starts, ends;
};
struct companion {
	const struct beside *texts;
	uint32_t n;
	bool encoded;
	uint32_t place;             /* that all texts are asked of, UINT32_MAX for several */
	const struct view *without; /* whole values of that place with which the rule says no, folded */
	uint32_t without_n;
};

/* What a rule needs beside the literal that leads to it: companions of the set, which rules share. */
struct company {
	const uint32_t *at;
	uint32_t n;
};

struct sigma_set {
	struct arena arena;
	const struct sigma_source *source;
	VECTOR(const char *) slots; /* names of the fields that are asked for */
	VECTOR(struct asked_place) places;
	VECTOR(struct bound_rule) rules;
	VECTOR(struct sigma_bound) bound;
	VECTOR(struct view) literals;
	VECTOR(struct led) led; /* in order of literal */
	const uint32_t *led_at; /* by literal: the first of its pairs; one more at the end */
	struct company *company; /* by rule */
	VECTOR(struct companion) companions;
	struct literals *search;
	bool all;
};

/* Whether the rule is for records of this source. */
bool source_wanted(const struct sigma_source *source, const struct parsed *rule);

/* What a source has for a field that Sigma calls so: a name that lives as long as the source or the set, or NULL. */
int source_place(struct sigma_set *set, const char *field, enum op op, struct asked_place *ret_place);

/* The literals of one rule: *ret_all when it has none. 0 or -ENOMEM. */
typedef VECTOR(struct view) literal_list;
int literal_derive(struct sigma_set *set, const struct bound_rule *rule, literal_list *ret, bool *ret_all);

/* What the rule needs of a record, each part of it by itself. 0 or -ENOMEM. */
int company_derive(struct sigma_set *set, const struct bound_rule *rule, struct company *ret);

/* A record that is asked for companions: its text, folded, and what is known already; separator stands between its
 * values, 0: nobody knows where they end. */
enum {
	COMPANIONS_MAX = 256, /* of a set; rules beyond are asked by their literals alone */
	FOLDED_MAX = 4096,    /* bytes of a record that is looked through for more than its literal */
};
struct company_view {
	struct view text; /* NULL: the record is too long, and everything may be there */
	uint8_t separator;
	uint8_t known[COMPANIONS_MAX]; /* 0: not asked yet */
	uint8_t folded[FOLDED_MAX];
};
void company_see(struct company_view *view, struct view raw, uint8_t separator);

/* Whether a record that holds one of a rule's literals has all that it needs besides, too. */
bool company_there(const struct sigma_set *set, uint32_t rule, struct company_view *view);

#endif
