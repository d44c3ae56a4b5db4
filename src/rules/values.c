/* values.c - the values of a record that rules ask for, and the effective URI of a request. */
#include "values.h"

#include <errno.h>

/* ---- names ---- */

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static uint32_t
name_hash(struct view name)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ lower(name.p[i])) * 16777619u;
	return h ^ h >> 15;
}

static bool
is_name(const char *name, struct view text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!name[i] || lower((uint8_t)name[i]) != lower(text.p[i]))
			return false;
	return !name[text.n];
}

static uint32_t
slot_named(const struct record_view *v, struct view name)
{
	for (size_t at = name_hash(name);; at++) {
		uint32_t slot = v->names[at & (v->name_room - 1)];

		if (slot == NO_SLOT || is_name(v->set->slots.at[slot], name))
			return slot;
	}
}

int
record_open(const struct sigma_set *set, struct record_view *ret)
{
	size_t room = 16;

	while (room < set->slots.n * 4)
		room *= 2;
	*ret = (struct record_view){ .set = set, .name_room = room };
	ret->names = malloc(room * sizeof(*ret->names));
	ret->places = calloc(set->places.n + 1, sizeof(*ret->places));
	if (!ret->names || !ret->places)
		return -ENOMEM;
	for (size_t i = 0; i < room; i++)
		ret->names[i] = NO_SLOT;
	for (uint32_t i = 0; i < set->slots.n; i++) {
		size_t at = name_hash(view_text(set->slots.at[i]));

		while (ret->names[at & (room - 1)] != NO_SLOT)
			at++;
		ret->names[at & (room - 1)] = i;
	}
	return 0;
}

void
record_close(struct record_view *v)
{
	for (size_t i = 0; v->places && i < v->set->places.n; i++) {
		vector_free(&v->places[i].values);
		text_free(&v->places[i].bytes);
	}
	vector_free(&v->slots);
	free(v->places);
	free(v->names);
}

/* A record's names are mostly those of the record before. */
static void
learn_name(const struct record_view *v, struct known_name *known, struct view name)
{
	known->slot = slot_named(v, name);
	known->n = name.n <= sizeof(known->bytes) ? (uint8_t)name.n : 0;
	if (known->n)
		memcpy(known->bytes, name.p, name.n);
}

int
record_take(struct record_view *v, const struct fields *record)
{
	v->record = record;
	for (size_t i = 0; i < record->n; i++) {
		struct view name = record->at[i].name;
		struct known_name *known = i < v->slots.n ? &v->slots.at[i] : vector_push(&v->slots);

		if (!known)
			return -ENOMEM;
		if (!known->n || known->n != name.n || memcmp(known->bytes, name.p, name.n))
			learn_name(v, known, name);
	}
	for (size_t i = 0; i < v->set->places.n; i++)
		v->places[i].filled = false;
	return 0;
}

/* ---- values ---- */

/* The bytes as they stand, and behind them once more without case. */
static int
add_value(struct place_values *p, struct view text, const struct value *as)
{
	struct value *value = vector_push(&p->values);
	size_t at = p->bytes.n;

	if (!value || text_add(&p->bytes, text) < 0 || text_add(&p->bytes, text) < 0)
		return -ENOMEM;
	*value = *as;
	value->none = !text.p;
	value->at = at;
	value->n = text.n;
	value->folded = at + text.n;
	fold_text((uint8_t *)p->bytes.s + value->folded, text.n);
	pairs_add(&value->pairs, value_folded(p, value));
	return 0;
}

static int
hex(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : lower(c) >= 'a' && lower(c) <= 'f' ? lower(c) - 'a' + 10 : -1;
}

/* %hh once; anything else, and a '%' that is none, as it stands. False when there was none of these. */
static bool
decode(struct view text, uint8_t *to, size_t *ret_n)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		bool coded = text.p[i] == '%' && text.n - i > 2 && hex(text.p[i + 1]) >= 0 && hex(text.p[i + 2]) >= 0;

		to[n++] = coded ? (uint8_t)(hex(text.p[i + 1]) << 4 | hex(text.p[i + 2])) : text.p[i];
		i += coded ? 2 : 0;
	}
	*ret_n = n;
	return n < text.n;
}

/* A part of a URI as it stands and, where that makes a difference, decoded. */
static int
add_uri(struct place_values *p, struct view text, const struct value *as)
{
	CLEANUP(free) uint8_t *bytes = NULL;
	struct value decoded = *as;
	size_t n;
	int r = add_value(p, text, as);

	if (r < 0 || !text.n || !memchr(text.p, '%', text.n))
		return r;
	bytes = malloc(text.n);
	if (!bytes)
		return -ENOMEM;
	decoded.decoded = true;
	return decode(text, bytes, &n) ? add_value(p, view_of(bytes, n), &decoded) : 0;
}

/* What stands before the first '?', and behind it. */
static struct view
stem_of(struct view uri)
{
	const uint8_t *mark = uri.n ? memchr(uri.p, '?', uri.n) : NULL;

	return mark ? view_of(uri.p, (size_t)(mark - uri.p)) : uri;
}

static int
add_whole_uri(struct place_values *p, struct view uri, uint32_t field)
{
	struct view stem = stem_of(uri);
	int r = add_uri(p, uri, &(struct value){ .field = field });

	if (stem.n == uri.n || r < 0)
		return r;
	r = add_uri(p, stem, &(struct value){ .how = HOW_PATH, .field = field });
	if (r == 0)
		r = add_uri(p, view_from(uri, stem.n + 1), &(struct value){ .how = HOW_QUERY, .field = field });
	return r;
}

/* The extension of a path's last name; no value where it has none. */
static struct view
extension_of(struct view uri)
{
	struct view stem = stem_of(uri);

	for (size_t i = stem.n; i > 0 && stem.p[i - 1] != '/'; i--)
		if (stem.p[i - 1] == '.')
			return view_from(stem, i);
	return view_of(NULL, 0);
}

static int
add_blanks(struct place_values *p, struct view text, uint32_t field)
{
	struct value *value;
	int r = add_value(p, text, &(struct value){ .field = field });

	if (r < 0 || !text.n || !memchr(text.p, '+', text.n))
		return r;
	r = add_value(p, text, &(struct value){ .how = HOW_BLANKS, .field = field });
	if (r < 0)
		return r;
	value = &p->values.at[p->values.n - 1];
	for (size_t i = 0; i < value->n * 2; i++)
		if (p->bytes.s[value->at + i] == '+')
			p->bytes.s[value->at + i] = ' ';
	pairs_add(&value->pairs, value_folded(p, value));
	return 0;
}

static int
add_field(struct place_values *p, enum place_kind kind, struct view text, uint32_t field)
{
	switch (kind) {
	case PLACE_WHOLE_URI:
		return add_whole_uri(p, text, field);
	case PLACE_STEM:
		return add_value(p, stem_of(text), &(struct value){ .how = HOW_PATH, .field = field });
	case PLACE_EXTENSION:
		return add_value(p, extension_of(text), &(struct value){ .how = HOW_EXTENSION, .field = field });
	case PLACE_BLANKS:
		return add_blanks(p, text, field);
	default:
		return add_value(p, text, &(struct value){ .field = field });
	}
}

/* ---- places ---- */

/* A field that the record does not name: unknown where that means that the log does not record it. */
static bool
is_unknown(const struct record_view *v)
{
	return v->set->source->columns || !v->set->source->fields;
}

static int
fill_field(struct record_view *v, const struct asked_place *place, struct place_values *p)
{
	bool found = false;
	int r = 0;

	for (uint32_t i = 0; i < v->record->n && r == 0; i++) {
		if (v->slots.at[i].slot != place->slot)
			continue;
		found = true;
		r = add_field(p, place->kind, v->record->at[i].value, i);
	}
	if (r < 0 || found)
		return r;
	p->unknown = is_unknown(v);
	return p->unknown ? 0 : add_value(p, view_of(NULL, 0), &(struct value){ .field = UINT32_MAX });
}

/* The field of the record for a slot, UINT32_MAX when it has none. */
static uint32_t
field_of(const struct record_view *v, uint32_t slot)
{
	for (uint32_t i = 0; i < v->record->n; i++)
		if (slot != NO_SLOT && v->slots.at[i].slot == slot)
			return i;
	return UINT32_MAX;
}

static int
add_joined(struct place_values *p, struct view stem, struct view query, uint32_t field)
{
	CLEANUP(text_free) struct text joined = { 0 };
	int r = text_add(&joined, stem);

	if (r == 0)
		r = text_addc(&joined, '?');
	if (r == 0)
		r = text_add(&joined, query);
	return r == 0 ? add_uri(p, text_view(&joined), &(struct value){ .how = HOW_BOTH, .field = field }) : r;
}

static int
fill_uri(struct record_view *v, const struct asked_place *place, struct place_values *p)
{
	uint32_t stem_at = field_of(v, place->slot), query_at = field_of(v, place->query);
	struct view stem = stem_at == UINT32_MAX ? view_of(NULL, 0) : v->record->at[stem_at].value;
	struct view query = query_at == UINT32_MAX ? view_of(NULL, 0) : v->record->at[query_at].value;
	int r = 0;

	p->unknown = is_unknown(v) && (stem_at == UINT32_MAX || (query_at == UINT32_MAX && place->query != NO_SLOT));
	if (stem.n)
		r = add_uri(p, stem, &(struct value){ .how = HOW_PATH, .field = stem_at });
	if (r == 0 && query.n)
		r = add_uri(p, query, &(struct value){ .how = HOW_QUERY, .field = query_at });
	if (r == 0 && stem.n && query.n)
		r = add_joined(p, stem, query, stem_at);
	if (r == 0 && !p->values.n && !p->unknown)
		r = add_value(p, view_of(NULL, 0), &(struct value){ .field = UINT32_MAX });
	return r;
}

static int
fill_keywords(struct record_view *v, struct place_values *p)
{
	const struct fields *record = v->record;
	int r = add_value(p, record->raw, &(struct value){ .how = HOW_RAW, .field = UINT32_MAX });

	for (uint32_t i = 0; i < record->n && r == 0; i++)
		r = add_value(p, record->at[i].value, &(struct value){ .field = i });
	return r;
}

int
record_values(struct record_view *v, uint32_t place, const struct place_values **ret)
{
	const struct asked_place *asked = &v->set->places.at[place];
	struct place_values *p = &v->places[place];
	int r = 0;

	*ret = p;
	if (p->filled)
		return 0;
	p->values.n = 0;
	p->unknown = asked->kind == PLACE_ABSENT;
	text_cut(&p->bytes, 0);
	if (asked->kind == PLACE_KEYWORDS)
		r = fill_keywords(v, p);
	else if (asked->kind == PLACE_URI)
		r = fill_uri(v, asked, p);
	else if (asked->kind != PLACE_ABSENT)
		r = fill_field(v, asked, p);
	p->filled = r == 0;
	return r;
}
