/* source.c - which rules are for a source of records, and what the source has for a field of theirs. */
#include <errno.h>

#include "own.h"

enum { NAMES_MAX = 6 };

/* What is commonly called by several names. */
static const char *const synonyms[][NAMES_MAX] = {
	{ "cs-uri-stem", "c-uri-stem", "c-uri-path", "cs-uri-path" },
	{ "cs-uri-query", "c-uri-query" },
	{ "cs-uri", "c-uri" },
	{ "cs-user-agent", "c-useragent", "cs(User-Agent)", "c-user-agent", "cs-useragent" },
	{ "cs-referer", "cs(Referer)", "cs-referrer", "c-referer" },
	{ "cs-cookie", "cs(Cookie)" },
	{ "cs-host", "cs(Host)", "r-dns" },
	{ "cs-method", "c-method" },
	{ "cs-username", "cs-user" },
	{ "sc-status", "sc_status" },
	{ "c-ip", "src_ip", "client_ip" },
	{ "c-port", "src_port" },
	{ "s-ip", "dst_ip" },
	{ "s-port", "dst_port" },
};

static bool
is_web(const char *category)
{
	return same_word(category, "webserver") || same_word(category, "proxy");
}

static bool
part_wanted(const char *rule, const char *source)
{
	return !*rule || (source && same_word(rule, source));
}

/* Windows services whose events stand in a log of their own name, too: what the Management Shell was told to do. */
static const struct {
	const char *rule, *source;
} services[] = {
	{ "msexchange-management", "rps_cmdlet" },
	{ "msexchange-management", "audit" },
};

static bool
is_service(const struct sigma_source *source, const struct parsed *rule)
{
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (source->service && same_word(rule->product, "windows") && !*rule->category &&
		    same_word(rule->service, services[i].rule) && same_word(source->service, services[i].source))
			return true;
	return false;
}

/* What rules for all changes of the registry are for, too: each of these changes has a name of its own. */
static bool
is_category(const struct sigma_source *source, const char *rule)
{
	static const char *const changes[] = { "registry_add", "registry_delete", "registry_rename", "registry_set" };

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		if (source->category && same_word(rule, "registry_event") && same_word(source->category, changes[i]))
			return true;
	return part_wanted(rule, source->category);
}

bool
source_wanted(const struct sigma_source *source, const struct parsed *rule)
{
	bool web = is_web(rule->category) && source->category && is_web(source->category);

	if (source->state && !*rule->category)
		return false;
	return is_service(source, rule) ||
	       ((web || is_category(source, rule->category)) && part_wanted(rule->product, source->product) &&
		part_wanted(rule->service, source->service));
}

static const char *
by_alias(const struct sigma_source *source, const char *name)
{
	for (const struct sigma_alias *a = source->aliases; a && a->sigma; a++)
		if (same_word(a->sigma, name))
			return a->ours;
	return NULL;
}

/* The source's own name for what the name says itself. */
static const char *
directly(const struct sigma_source *source, const char *name)
{
	const char *ours = by_alias(source, name);

	for (const char *const *f = source->fields; f && *f && !ours; f++)
		if (same_word(*f, name))
			ours = *f;
	return ours;
}

static const char *const *
synonyms_of(const char *name)
{
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++)
		for (size_t k = 0; k < NAMES_MAX && synonyms[i][k]; k++)
			if (same_word(synonyms[i][k], name))
				return synonyms[i];
	return NULL;
}

static bool
is_same(const char *name, const char *first)
{
	const char *const *names = synonyms_of(name);

	return names && !strcmp(names[0], first);
}

/* NULL where the source never has it; of a source whose fields nobody knows, the name itself. */
static const char *
resolve(const struct sigma_source *source, const char *name)
{
	const char *const *names = synonyms_of(name);
	const char *ours = directly(source, name);

	for (size_t i = 0; names && i < NAMES_MAX && names[i] && !ours; i++)
		ours = directly(source, names[i]);
	return ours || source->fields ? ours : name;
}

static int
slot_of(struct sigma_set *set, const char *name, uint32_t *ret_slot)
{
	const char **slot;

	*ret_slot = NO_SLOT;
	if (!name)
		return 0;
	for (*ret_slot = 0; *ret_slot < set->slots.n; ++*ret_slot)
		if (same_word(set->slots.at[*ret_slot], name))
			return 0;
	slot = vector_push(&set->slots);
	if (!slot)
		return -ENOMEM;
	*slot = name;
	return 0;
}

static int
place_of(struct sigma_set *set, enum place_kind kind, const char *name, const char *query, struct asked_place *ret)
{
	int r;

	ret->kind = name ? kind : PLACE_ABSENT;
	r = slot_of(set, name, &ret->slot);
	return r == 0 ? slot_of(set, query, &ret->query) : r;
}

/* cs-uri, c-uri and cs-uri-query: the effective URI. */
static int
uri_place(struct sigma_set *set, const char *field, bool text, struct asked_place *ret)
{
	const struct sigma_source *source = set->source;
	const char *stem = resolve(source, "cs-uri-stem"), *query = resolve(source, "cs-uri-query");
	const char *whole = resolve(source, "cs-uri"), *own = resolve(source, field);

	if (!text)
		return place_of(set, PLACE_FIELD, own ? own : stem ? stem : whole, NULL, ret);
	if (stem)
		return place_of(set, PLACE_URI, stem, query, ret);
	return place_of(set, PLACE_WHOLE_URI, whole ? whole : query, NULL, ret);
}

/* What only rules for the web ask in other words than the log has. */
static int
web_place(struct sigma_set *set, const char *field, bool text, struct asked_place *ret)
{
	const struct sigma_source *source = set->source;
	const char *name = resolve(source, field), *stem = resolve(source, "cs-uri-stem");

	if (is_same(field, "cs-uri") || is_same(field, "cs-uri-query"))
		return uri_place(set, field, text, ret);
	if (is_same(field, "cs-uri-stem") && !name)
		return place_of(set, PLACE_STEM, resolve(source, "cs-uri"), NULL, ret);
	if (same_word(field, "c-uri-extension") && !directly(source, field))
		return place_of(set, PLACE_EXTENSION, stem ? stem : resolve(source, "cs-uri"), NULL, ret);
	if (text && (is_same(field, "cs-user-agent") || is_same(field, "cs-referer") || is_same(field, "cs-cookie")))
		return place_of(set, PLACE_BLANKS, name, NULL, ret);
	return place_of(set, PLACE_FIELD, name, NULL, ret);
}

int
source_place(struct sigma_set *set, const char *field, enum op op, struct asked_place *ret_place)
{
	*ret_place = (struct asked_place){ .kind = PLACE_KEYWORDS, .slot = NO_SLOT, .query = NO_SLOT };
	if (!*field)
		return 0;
	if (set->source->category && is_web(set->source->category))
		return web_place(set, field, op == OP_TEXT || op == OP_EXPR, ret_place);
	return place_of(set, PLACE_FIELD, resolve(set->source, field), NULL, ret_place);
}
