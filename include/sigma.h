/* sigma.h - Sigma rules: parsed once, bound to what a log can say, and asked of its records. */
#ifndef SIGMA_H
#define SIGMA_H

#include "cleanup.h"
#include "fields.h"
#include "rule.h"

/*
 * Three answers, after Kleene. UNKNOWN is what a rule says of a field that the log does not record, also under `not`:
 * nobody is accused, or cleared, by a column that was not written.
 */
enum sigma_answer { SIGMA_NO, SIGMA_UNKNOWN, SIGMA_YES };

enum sigma_limits {
	SIGMA_FILE_MAX = 1 << 20, /* bytes of a file of rules */
	SIGMA_NODES_MAX = 16384,  /* searches and operators of one rule */
	SIGMA_VALUE_MAX = 4096,   /* bytes of one value */
	SIGMA_DEPTH_MAX = 40,     /* operators within each other */
};

/* All parsed rules, of any number of files. */
struct sigma;
int sigma_new(struct sigma **ret_sigma);
struct sigma *sigma_free(struct sigma *sigma);
DEFINE_CLEANUP(struct sigma, sigma_free)

/*
 * Parses one file of one or more YAML documents; file is its name for rules without an id. told gets a draft of every
 * rule, good or not, and the line of the rule or of what is wrong with it. The texts of the draft live as long as the
 * sigma; state and reason say whether the rule can be used; of one that can, reason is a remark on it or "". It gives the filed rule, which must live as long, or NULL
 * where the rule is not wanted. 0, -ENOMEM, or what told returned to stop.
 *
 * A file that is no YAML is one failed rule under the name of the file. Correlations, filters, aggregations (`|
 * count()`), timeframes, `|expand` and unknown modifiers make a rule not evaluable: nothing of a rule is ever left out.
 */
typedef int sigma_told(void *state, const struct rule *draft, unsigned line, const struct rule **ret_filed);
int sigma_parse(struct sigma *sigma, struct view yaml, const char *file, sigma_told *told, void *state);

/* How a source calls what Sigma calls otherwise: { "c-ip", "ClientIpAddress" }; ended by one without `sigma`. */
struct sigma_alias {
	const char *sigma, *ours;
};

/*
 * What a source of records is. A rule applies where each of category, product and service that it names is the
 * source's, whatever their case; rules for proxies apply to web servers, too (they ask for the same fields of the same
 * requests), those for the Windows service msexchange-management to rps_cmdlet and audit (the same commands), and those
 * for registry_event to registry_add, registry_delete, registry_rename and registry_set.
 *
 * Fields are looked for without case: by the source's aliases first, then by name, then under the other names that
 * they commonly have: cs-user-agent, c-useragent and cs(User-Agent), cs-referer and cs(Referer), cs-cookie, cs-host and
 * r-dns, cs-uri-stem and c-uri-stem, cs-uri-query and c-uri-query, c-ip and src_ip ...
 *
 * Rules for web servers and proxies do not agree on what they call the path of a request: most look for it in
 * cs-uri-query. A test of cs-uri, c-uri or cs-uri-query is therefore asked of the effective URI: the stem, the query,
 * and both with '?' between them (or of the one field where the source has only one), each as it stands and
 * percent-decoded once; one of them is enough. cs-uri-stem is asked of the stem alone, c-uri-extension of the end of
 * the stem's last name behind its last dot. User agent, referer and cookie are asked as they stand and with blanks for
 * '+', as IIS writes blanks. The basis of a hit says which of these it was.
 *
 * Empty and "no value" are the same to a rule (`null`, `''`), since logs do not tell them apart; "-" also equals "no
 * value", which is how the log writes it. `|exists` asks whether the record has the field, whatever its value.
 */
struct sigma_source {
	const char *title; /* "IIS logs", for reasons */
	const char *category, *product, *service;
	const char *const *fields; /* all that it can have, ended by NULL; NULL: not known */
	const struct sigma_alias *aliases;
	bool state;   /* no log: a rule has to name the category, and one for all logs of a product is not for it */
	bool columns; /* a record names each field that its log records: one that it does not name is unknown, not empty
		       */
};

/* The rules that apply to one source, bound to its fields. */
struct sigma_set;
int sigma_bind(const struct sigma *sigma, const struct sigma_source *source, struct sigma_set **ret_set);
struct sigma_set *sigma_set_free(struct sigma_set *set);
DEFINE_CLEANUP(struct sigma_set, sigma_set_free)

/* A rule of the set. reason is why it can never answer YES here ("needs cs-cookie, which HTTPERR logs do not have"), or
 * NULL; all: no literal leads to it, so that it needs every record. */
struct sigma_bound {
	const struct rule *rule;
	const char *reason;
	bool all;
};
size_t sigma_set_rules(const struct sigma_set *set, const struct sigma_bound **ret_bound);

/*
 * Literals as literals.h wants them, each once: a record that any rule of the set can answer YES to holds one of them
 * in raw, whatever its case; *ret_all: some rules need every record. This holds as long as a field's letters, digits
 * and
 * -._~/:=@?!$#()[]{}|;^ stand in raw as they stand in the field.
 */
size_t sigma_set_literals(const struct sigma_set *set, const struct view **ret_literals, bool *ret_all);

/*
 * Whether any rule that this literal leads to (by its place in sigma_set_literals) can answer YES to a record that has
 * it: false is certain, found without taking the record apart. raw is the whole record, and
 * separator what stands between its values as the record has them; 0: not known.
 */
bool sigma_set_wants(const struct sigma_set *set, uint32_t literal, struct view raw, uint8_t separator);

/* Asks the rules. A matcher is for one thread; the set must outlive it. */
struct sigma_matcher;
int sigma_matcher_open(const struct sigma_set *set, struct sigma_matcher **ret_matcher);
struct sigma_matcher *sigma_matcher_close(struct sigma_matcher *matcher);
DEFINE_CLEANUP(struct sigma_matcher, sigma_matcher_close)

/*
 * Calls hit for every rule of the set that answers YES, in order of its place among all rules; basis says which tests
 * hit, on what, and the condition. 0, -ENOMEM, or what hit returned to stop.
 */
typedef int sigma_hit(void *state, const struct rule *rule, struct view basis);
int sigma_match(struct sigma_matcher *matcher, const struct fields *record, sigma_hit *hit, void *state);

/* The answer of one rule of the set (by its place in sigma_set_rules), for tests. */
int sigma_ask(struct sigma_matcher *matcher, const struct fields *record, size_t which, enum sigma_answer *ret_answer);

/* Expressions that ran into their limits since the matcher was opened; each of them counted as UNKNOWN. */
uint64_t sigma_undecided(const struct sigma_matcher *matcher);

#endif
