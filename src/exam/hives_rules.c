/* hives_rules.c - the Sigma rules for changes of the registry, asked of what a hive holds: its state, and not the act. */
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "hives.h"
#include "logslot.h"

enum { VALUE_HEAD = 24 }; /* bytes of a value's cell before its name */

static int
no_memory(const struct hive_reading *h)
{
	return fail(ENOMEM, "out of memory for values of %s", h->open->primary.path);
}

struct asking {
	struct hive_reading *reading;
	const struct regvalue *value;
};

/* Whether there is room for a hit of this rule, which is counted. */
static int
count(struct hive_reading *h, const struct rule *rule, bool *ret_room)
{
	struct rule_count *of = NULL;

	for (size_t i = 0; i < h->to->rules.n && !of; i++)
		if (h->to->rules.at[i].rule == rule)
			of = &h->to->rules.at[i];
	if (!of) {
		of = vector_push(&h->to->rules);
		if (!of)
			return no_memory(h);
		of->rule = rule;
	}
	*ret_room = of->hits++ < HIVE_HITS_MAX;
	h->to->untold_hits += !*ret_room;
	return 0;
}

/* The data where they are in one piece, else the cell that says name and type. */
static void
place(const struct hive_reading *h, const struct hive_value *value, struct kept_hit *hit)
{
	bool data = value->size && value->size <= EXCERPT_MAX * 16 && !value->reused;

	hit->length = data ? value->size : VALUE_HEAD + value->name.n;
	hit->file = hives_origin(h->open, data ? value->data_offset : value->offset, hit->length, &hit->offset);
}

/* What lies there, as far as it is shown. */
static int
excerpt(struct hive_reading *h, struct kept_hit *hit)
{
	uint8_t bytes[EXCERPT_MAX];
	ssize_t n = source_read(hit->file->source, hit->offset, bytes,
				hit->length < sizeof(bytes) ? (size_t)hit->length : sizeof(bytes));
	const char *copy;

	if (n < 0)
		return (int)n;
	copy = arena_copy(&h->to->arena, view_of(bytes, (size_t)n));
	hit->excerpt = view_of(copy, (size_t)n);
	return copy ? 0 : -ENOMEM;
}

static int
compose_basis(struct hive_reading *h, const struct regvalue *value, struct view tests, struct kept_hit *hit)
{
	CLEANUP(text_free) struct text basis = { 0 };
	const char *copy;
	int r = text_add_escaped(&basis, value->object);

	if (r == 0)
		r = text_adds(&basis, " = ");
	if (r == 0)
		r = text_add(&basis, hit->details);
	if (r == 0)
		r = text_adds(&basis, "; a hive shows what was set in the end, and not who set it: the time is the last write of the "
				      "key; ");
	if (r == 0)
		r = text_add_escaped(&basis, tests);
	if (r == 0 && hit->file != &h->open->primary)
		r = text_printf(&basis, "; these bytes are in a transaction log, which still had to be written into %s",
				h->open->primary.path);
	if (r == 0 && hit->lead)
		r = text_adds(&basis, "; it lies in what was deleted from the hive: a lead and no proof");
	copy = r == 0 ? arena_copy(&h->to->arena, text_view(&basis)) : NULL;
	hit->basis = view_of(copy, basis.n);
	return copy ? 0 : -ENOMEM;
}

/* Values that share their data are one place, which a rule is told of once. */
static bool
is_known(const struct hive_slot *to, const struct kept_hit *hit)
{
	for (size_t i = 0; i < to->hits.n; i++) {
		const struct kept_hit *k = &to->hits.at[i];

		if (k->rule == hit->rule && k->file == hit->file && k->offset == hit->offset)
			return true;
	}
	return false;
}

static int
take_hit(void *state, const struct rule *rule, struct view basis)
{
	struct asking *a = state;
	struct hive_reading *h = a->reading;
	struct kept_hit made = { .rule = rule, .when = a->value->key->written, .lead = h->lead }, *hit;
	bool room = false;
	int r = count(h, rule, &room);

	if (r < 0 || !room)
		return r;
	place(h, a->value->value, &made);
	if (is_known(h->to, &made))
		return 0;
	hit = vector_push(&h->to->hits);
	if (!hit)
		return no_memory(h);
	*hit = made;
	r = hive_keep_text(&h->to->arena, a->value->object, SIZE_MAX, &hit->object);
	if (r == 0)
		r = hive_keep_text(&h->to->arena, a->value->details, 1024, &hit->details);
	if (r == 0)
		r = compose_basis(h, a->value, basis, hit);
	if (r == 0)
		r = fields_keep(&h->to->arena, &a->value->fields, &hit->fields);
	if (r == 0)
		r = excerpt(h, hit);
	return r == -ENOMEM ? no_memory(h) : r;
}

/* ---- programs ---- */

/* The value that has the digits: 1, 0 or negative. */
static int
find_digits(struct hive_reading *h, const struct registry_fact *fact, struct hive_value *ret_value)
{
	static const char *const names[] = { "FileId", "101" };
	CLEANUP(text_free) struct text path = { 0 };
	struct hive_key key;
	int r;

	if (text_add(&path, fact->path) < 0)
		return no_memory(h);
	r = hive_find(h->open->hive, path.s, &key);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && r == 1; i++) {
		r = hive_value(h->open->hive, &key, names[i], ret_value);
		if (r)
			return r;
		r = 1;
	}
	return r < 0 ? r : 0;
}

static int
keep_program(struct hive_reading *h, const struct rule *rule, const struct registry_fact *fact, const struct hive_value *value)
{
	static const char words[] = "Amcache lists %s with the SHA-1 %s, which a list of the profile has: %s; that it lay there is said by "
				    "this, and not that it ran; the time is the last write of the key";
	struct kept_hit made = { .rule = rule, .when = fact->written }, *hit;
	const char *copy;
	int r;

	place(h, value, &made);
	if (is_known(h->to, &made))
		return 0;
	hit = vector_push(&h->to->hits);
	if (!hit)
		return no_memory(h);
	*hit = made;
	r = hive_keep_text(&h->to->arena, fact->subject, 1024, &hit->object);
	if (r == 0)
		r = hive_keep_text(&h->to->arena, fact->value, 1024, &hit->details);
	copy = r == 0 ? arena_printf(&h->to->arena, words, (const char *)hit->object.p, (const char *)hit->details.p, rule->title)
		      : NULL;
	hit->basis = copy ? view_text(copy) : view_of(NULL, 0);
	if (copy)
		r = excerpt(h, hit);
	return copy && r != -ENOMEM ? r : no_memory(h);
}

int
hive_ask_program(struct hive_reading *reading, const struct registry_fact *fact)
{
	struct digest_value digests[DIGEST_KINDS] = { 0 };
	const struct rule *rule = NULL;
	struct hive_value value;
	bool benign = false, room = false;
	int r;

	if (hex_parse(fact->value, digests[DIGEST_SHA1].b, DIGEST_MAX) == (int)digest_size(DIGEST_SHA1))
		rule = hash_lookup(reading->exam->profile, digests, 1u << DIGEST_SHA1, &benign);
	if (!rule || benign)
		return 0;
	r = find_digits(reading, fact, &value);
	if (r == 1)
		r = count(reading, rule, &room);
	return r < 0 || !room ? r : keep_program(reading, rule, fact, &value);
}

/* ---- values ---- */

static int
found_one(void *state, size_t offset, uint32_t which)
{
	(void)state, (void)offset, (void)which;
	return 1;
}

/* Only what holds a text that some rule looks for is asked. */
static int
take_record(void *state, const struct regvalue *value)
{
	struct hive_reading *h = state;
	struct asking asking = { .reading = h, .value = value };

	if (!h->asked->all &&
	    (!h->asked->literals || !literals_scan(h->asked->literals, value->fields.raw, found_one, NULL)))
		return 0;
	return sigma_match(h->matcher, &value->fields, take_hit, &asking);
}

static int
take_value(void *state, const struct hive_value *value)
{
	struct hive_reading *h = state;

	h->to->values++;
	if (!h->matcher || value->reused)
		return 0;
	return regvalue_tell(h->open->hive, &h->to->root, h->key, h->path, value, &h->open->out.sink, take_record, h);
}

int
hive_ask_key(struct hive_reading *reading, const struct hive_key *key, struct view path)
{
	reading->key = key;
	reading->path = path;
	return hive_values(reading->open->hive, key, take_value, reading);
}
