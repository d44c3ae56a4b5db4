/* hiveslot.c - one registry hive gone through: its facts, its keys, its values, and what was deleted and is still there. */
#include <errno.h>
#include <inttypes.h>
#include <strings.h>

#include "fail.h"
#include "hives.h"
#include "registered.h"

static int
no_memory(const struct slot *slot)
{
	return fail(ENOMEM, "out of memory for the hive %s", slot->candidate->path);
}

struct hive_slot *
hiveslot_free(struct hive_slot *slot)
{
	if (!slot)
		return NULL;
	vector_free(&slot->facts);
	vector_free(&slot->events);
	vector_free(&slot->hits);
	vector_free(&slot->rules);
	arena_free(&slot->arena);
	free(slot);
	return NULL;
}

size_t
hiveslot_weight(const struct hive_slot *slot)
{
	return slot ? slot->arena.total + slot->facts.room * sizeof(*slot->facts.at) +
			      slot->events.room * sizeof(*slot->events.at) + slot->hits.room * sizeof(*slot->hits.at)
		    : 0;
}

static void
widen(struct hive_slot *to, uint64_t when)
{
	if (when && (!to->first || when < to->first))
		to->first = when;
	if (when > to->last)
		to->last = when;
}

static int
take_key(void *state, const struct hive_key *key, struct view path)
{
	struct hive_reading *h = state;
	int r;

	h->to->keys++;
	widen(h->to, key->written);
	r = hive_note_key(h, key, path);
	if (r == 0)
		r = hive_check_task(h, key, path);
	return r < 0 ? r : hive_ask_key(h, key, path);
}

/* ---- what was deleted ---- */

/* Only keys whose way up is known tell what they were; the rest is counted. */
static int
take_lost(void *state, const struct hive_lost *lost)
{
	CLEANUP(text_free) struct text values = { 0 };
	struct hive_reading *h = state;
	uint64_t before = h->to->values;
	int r = 0;

	if (!lost->key) {
		h->to->lost_values++;
		return 0;
	}
	h->to->lost_keys++;
	if (lost->whole) {
		r = hive_ask_key(h, lost->key, lost->path);
		h->to->lost_values += h->to->values - before;
		h->to->values = before;
	}
	if (r < 0 || h->to->lost_keys > HIVE_LEADS_MAX)
		return r;
	r = hive_short_values(h, lost->key, &values);
	if (r == -ENOMEM)
		return no_memory(h->slot);
	return r < 0 ? r : hive_keep_lead(h, lost, text_view(&values));
}

static int
go_through(struct hive_reading *h)
{
	int r = hive_facts(h);

	if (r == 0)
		r = hive_walk(h->open->hive, take_key, h);
	h->lead = true;
	return r < 0 ? r : hive_recover(h->open->hive, take_lost, h);
}

/* ---- opening ---- */

/* What of the open hive outlives it. */
static int
note_files(struct hive_slot *to, const struct open_hive *open)
{
	for (unsigned i = 0; i <= HIVE_LOGS; i++) {
		const struct hive_file *from = i ? &open->logs[i - 1] : &open->primary;

		to->files[i] = *from;
		to->files[i].source = NULL;
		to->files[i].path = from->path ? arena_copy(&to->arena, view_text(from->path)) : NULL;
		if (from->path && !to->files[i].path)
			return -ENOMEM;
	}
	return 0;
}

/* Pointers into the open hive become such into the slot. */
static const struct hive_file *
lasting(struct hive_slot *to, const struct open_hive *open, const struct hive_file *file)
{
	return file == &open->primary ? &to->files[0] : &to->files[1 + (file - open->logs)];
}

static int
settle(struct hive_slot *to, const struct open_hive *open)
{
	CLEANUP(text_free) struct text replay = { 0 };
	int r = note_files(to, open);

	for (size_t i = 0; i < to->facts.n; i++)
		to->facts.at[i].file = lasting(to, open, to->facts.at[i].file);
	for (size_t i = 0; i < to->hits.n; i++)
		to->hits.at[i].file = lasting(to, open, to->hits.at[i].file);
	to->damage = open->out.damage;
	for (unsigned i = 0; i < HIVE_LOGS; i++)
		to->damage += open->log_out[i].damage;
	to->left_dirty = hive_state(open->hive)->replay == HIVE_LEFT_DIRTY || hive_state(open->hive)->replay == HIVE_PARTLY;
	to->rootless = hive_state(open->hive)->root == HIVE_NO_CELL;
	if (r == 0)
		r = hives_replay_words(open, &replay);
	if (r == 0)
		r = text_adds(&replay, "");
	to->replay = r == 0 ? arena_copy(&to->arena, text_view(&replay)) : NULL;
	return to->replay ? 0 : -ENOMEM;
}

static int
tell_shortcomings(const struct slot *slot, const struct hive_slot *to)
{
	const struct {
		uint64_t n;
		const char *what;
	} said[] = {
		{ to->left_dirty,
		  "the hive was not written to its end, and its logs do not have all that is missing: what it says may not be the "
		  "last that was set" },
		{ to->untold_facts, "more facts of a hive than are kept: the others were left out" },
		{ to->untold_events, "more keys of a hive than are kept as events: the others were left out" },
		{ to->untold_hits, "more values of a hive that rules hit than are kept: the others were only counted" },
		{ to->lost_keys > HIVE_LEADS_MAX ? to->lost_keys - HIVE_LEADS_MAX : 0,
		  "more deleted keys of a hive than are listed: the others were only asked by rules" },
		{ to->undecided,
		  "searches of Sigma rules ran into their limits, and what they ask for counts as unknown" },
	};
	const struct candidate *c = slot->candidate;
	int r = 0;

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]) && r == 0; i++)
		if (said[i].n)
			r = limits_add(slot->limits, c->path, (int64_t)c->entry.entry, c->stream, -1, said[i].what, said[i].n);
	return r;
}

static int
read_open(struct hive_reading *h, unsigned thread)
{
	uint64_t before;
	int r = 0;

	if (h->asked->rules.set && h->to->root.part != PART_AMCACHE && h->to->root.part != PART_OTHER)
		r = asked_matcher(&h->asked->rules, thread, &h->matcher);
	before = h->matcher ? sigma_undecided(h->matcher) : 0;
	if (r == 0)
		r = go_through(h);
	if (r == 0 && h->matcher)
		h->to->undecided = sigma_undecided(h->matcher) - before;
	if (r == 0 && settle(h->to, h->open) < 0)
		r = no_memory(h->slot);
	return r < 0 ? r : tell_shortcomings(h->slot, h->to);
}

int
hiveslot_read(struct slot *slot, struct exam *exam, struct asked_kind *asked, unsigned thread, struct source *stream)
{
	CLEANUP(hives_close) struct open_hive open = { .hive = NULL };
	const struct candidate *c = slot->candidate;
	struct hive_reading reading = { .exam = exam, .slot = slot, .open = &open, .asked = asked };
	struct hive_request request = { .volume = c->volume,
					.folder = c->folder,
					.path = c->path,
					.name = c->name,
					.entry = c->entry,
					.attribute = c->attribute,
					.deleted = !(c->flags & FILE_ALLOCATED),
					.limits = slot->limits };
	int r;

	if (registry_is_log(c->name)) { /* its hive reads it */
		slot->result.bytes = stream->size;
		return 0;
	}
	slot->hive = calloc(1, sizeof(*slot->hive));
	if (!slot->hive)
		return no_memory(slot);
	reading.to = slot->hive;
	slot->hive->replay = "";
	slot->result.bytes = stream->size;
	slot->hive->root = (struct regvalue_root){ .part = registry_part_of(c->name),
						   .owner = strcasecmp(c->name, "DEFAULT")
								    ? registered_user(exam, c->volume, c->path)
								    : ".DEFAULT",
						   .set = 1 };
	r = hives_open(exam, &request, stream, &open);
	if (r == 0)
		r = read_open(&reading, thread);
	slot->hive->read = r == 0;
	return r;
}
