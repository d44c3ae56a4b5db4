/* control_compare.c - one entry as two programs see it: what they tell differently, and the likely reason.
 *
 * What libtsk 4.11 cannot express is not held against it twice: seconds are compared in its 32 bits, names in its
 * spelling, and the one set of $FILE_NAME times that it keeps with those of any of our names.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "cleanup.h"
#include "control.h"
#include "filetime.h"

enum {
	NAME_ROOM = 512,    /* bytes that libtsk has for a name */
	PAIRS_MAX = 1024,   /* names, and streams, that are paired one by one */
};

static const uint64_t unix_epoch = (uint64_t)FILETIME_UNIX * FILETIME_SECOND;

struct comparing {
	const struct entry *ours;
	const struct control_entry *theirs;
	control_told told;
	void *state;
	struct text text, spelt; /* a name of ours, and as libtsk spells it */
	bool taken[PAIRS_MAX];
};

static int
tell(const struct comparing *c, const char *what, struct view stream, struct view ours, struct view theirs,
     enum control_reason reason)
{
	return c->told(c->state, &(struct control_difference){
					 .what = what, .stream = stream, .ours = ours, .theirs = theirs, .reason = reason });
}

/* What is wrong with our entry as a whole, if anything: then both had to guess. */
static enum control_reason
damage_of(const struct entry *e)
{
	if (e->flags & ENTRY_TORN)
		return REASON_TORN;
	if (e->flags & ENTRY_PARTIAL)
		return REASON_BROKEN;
	for (uint32_t i = 0; i < e->stream_count; i++)
		if (e->streams[i].flags & STREAM_BROKEN)
			return REASON_BROKEN;
	return e->flags & ENTRY_EXTENDED ? REASON_LIST : REASON_NONE;
}

/* ---- numbers ---- */

static int
compare_number(const struct comparing *c, const char *what, struct view stream, uint64_t ours, uint64_t theirs,
	       enum control_reason reason)
{
	char a[24], b[24];

	if (ours == theirs)
		return 0;
	snprintf(a, sizeof(a), "%" PRIu64, ours);
	snprintf(b, sizeof(b), "%" PRIu64, theirs);
	return tell(c, what, stream, view_text(a), view_text(b), reason);
}

static int
compare_head(const struct comparing *c)
{
	enum control_reason reason = damage_of(c->ours);
	struct view none = view_of(NULL, 0);
	int r = compare_number(c, "sequence", none, c->ours->sequence, c->theirs->sequence, reason);

	if (r == 0)
		r = compare_number(c, "allocated", none, (c->ours->flags & ENTRY_ALLOCATED) != 0,
				   (c->theirs->flags & CONTROL_ALLOCATED) != 0, reason);
	if (r == 0)
		r = compare_number(c, "directory", none, (c->ours->flags & ENTRY_DIRECTORY) != 0,
				   (c->theirs->flags & CONTROL_DIRECTORY) != 0, reason);
	return r;
}

/* ---- times ---- */

/* A FILETIME as libtsk cuts it. */
static struct control_time
cut_time(uint64_t ticks)
{
	uint64_t since = ticks - unix_epoch; /* wraps before 1970, as theirs does */

	return (struct control_time){ .seconds = (uint32_t)(since / FILETIME_SECOND),
				      .nanoseconds = (uint32_t)(ticks % FILETIME_SECOND * 100) };
}

static bool
same_time(uint64_t ours, struct control_time theirs)
{
	struct control_time cut = cut_time(ours);

	return cut.seconds == theirs.seconds && cut.nanoseconds == theirs.nanoseconds;
}

static bool
in_range(uint64_t ticks)
{
	return ticks >= unix_epoch && (ticks - unix_epoch) / FILETIME_SECOND <= UINT32_MAX;
}

static int
tell_time(const struct comparing *c, const char *what, uint64_t ours, struct control_time theirs,
	  enum control_reason reason)
{
	char a[FILETIME_TEXT], b[FILETIME_TEXT];

	filetime_text(ours, a);
	filetime_text(filetime_of_unix(theirs.seconds, theirs.nanoseconds), b);
	return tell(c, what, view_of(NULL, 0), view_text(a), view_text(b), reason);
}

static const uint64_t *
time_at(const struct times *t, int i)
{
	const uint64_t *const at[CONTROL_TIMES] = { &t->created, &t->modified, &t->changed, &t->accessed };

	return at[i];
}

static int
compare_si(const struct comparing *c)
{
	static const char *const what[CONTROL_TIMES] = { "si.created", "si.modified", "si.changed", "si.accessed" };
	int r = 0;

	for (int i = 0; i < CONTROL_TIMES && r == 0 && c->ours->flags & ENTRY_HAS_SI; i++) {
		uint64_t ours = *time_at(&c->ours->si, i);

		if (!same_time(ours, c->theirs->si[i]))
			r = tell_time(c, what[i], ours, c->theirs->si[i], damage_of(c->ours));
		else if (!in_range(ours))
			r = tell_time(c, what[i], ours, c->theirs->si[i], REASON_TIME);
	}
	return r;
}

static bool
same_fn(const struct name *name, const struct control_entry *theirs)
{
	for (int i = 0; i < CONTROL_TIMES; i++)
		if (!same_time(*time_at(&name->fn, i), theirs->fn[i]))
			return false;
	return true;
}

/* libtsk keeps the times of one name, the last that is not for DOS alone: ours with the same times is taken for it. */
static int
compare_fn(const struct comparing *c)
{
	static const char *const what[CONTROL_TIMES] = { "fn.created", "fn.modified", "fn.changed", "fn.accessed" };
	const struct name *same = NULL, *last = NULL;
	int r = 0;

	for (uint32_t i = 0; i < c->ours->name_count && !same; i++) {
		if (c->ours->names[i].space != NAME_DOS)
			last = &c->ours->names[i];
		if (same_fn(&c->ours->names[i], c->theirs))
			same = &c->ours->names[i];
	}
	if (!c->theirs->name_count || !last)
		return 0; /* told as a name */
	for (int i = 0; i < CONTROL_TIMES && r == 0; i++) {
		uint64_t ours = *time_at(same ? &same->fn : &last->fn, i);

		if (!same && !same_time(ours, c->theirs->fn[i]))
			r = tell_time(c, what[i], ours, c->theirs->fn[i], damage_of(c->ours));
		else if (same && !in_range(ours))
			r = tell_time(c, what[i], ours, c->theirs->fn[i], REASON_TIME);
	}
	return r;
}

/* ---- names ---- */

/* How many bytes of WTF-8 the character at i has; the bytes are our own, and whole. */
static size_t
character(struct view name, size_t i)
{
	return name.p[i] < 0x80 ? 1 : name.p[i] < 0xe0 ? 2 : name.p[i] < 0xf0 ? 3 : 4;
}

/* Half a surrogate pair: 0 for none, else the byte that tells the halves apart. */
static uint8_t
half_at(struct view name, size_t i)
{
	return name.p[i] == 0xed && name.n - i >= 3 && name.p[i + 1] >= 0xa0 ? name.p[i + 1] : 0;
}

/*
 * Half a pair as libtsk spells it. Behind a first half it takes the next unit for the second one, whatever that is; of
 * a whole pair behind it, the second half is left over. A first half at the end ends the name before it.
 */
static int
spell_half(struct view name, size_t *i, struct text *ret)
{
	bool first = half_at(name, *i) < 0xb0;
	size_t next = *i + 3;
	int r;

	if (first && next >= name.n) {
		*i = name.n;
		return 0;
	}
	r = text_addc(ret, '^');
	if (r == 0 && first) {
		if (character(name, next) == 4)
			r = text_addc(ret, '^');
		next += character(name, next);
	}
	*i = next;
	return r;
}

/* A name as libtsk spells it; streams also lose control characters. REASON_NONE where that changes nothing. */
static int
spell(struct view name, bool stream, struct text *ret, enum control_reason *ret_reason)
{
	const uint8_t *nul = name.n ? memchr(name.p, 0, name.n) : NULL;
	int r = 0;

	*ret_reason = nul ? REASON_NUL : REASON_NONE;
	text_cut(ret, 0);
	if (nul)
		name.n = (size_t)(nul - name.p);
	for (size_t i = 0; i < name.n && r == 0;) {
		if (half_at(name, i)) {
			r = spell_half(name, &i, ret);
		} else if (stream && name.p[i] < 0x20) {
			r = text_addc(ret, '^');
			i++;
		} else {
			r = text_addc(ret, (char)name.p[i++]);
			continue;
		}
		*ret_reason = nul ? REASON_NUL : REASON_REPLACED;
	}
	return r;
}

/* Whether theirs is what libtsk makes of ours, and by which of its ways. */
static bool
spelt_same(const struct comparing *c, struct view theirs, bool stream, enum control_reason way,
	   enum control_reason *ret_reason)
{
	struct view whole = text_view(&c->text), spelt = text_view(&c->spelt);

	*ret_reason = REASON_NONE;
	if (view_equal(whole, theirs))
		return true;
	*ret_reason = way;
	if (view_equal(spelt, theirs))
		return true;
	*ret_reason = REASON_ROOM;
	return !stream && spelt.n > theirs.n && theirs.n + 4 > NAME_ROOM && !memcmp(spelt.p, theirs.p, theirs.n);
}

static int
tell_name(const struct comparing *c, struct view theirs, bool ours, enum control_reason reason)
{
	return tell(c, "name", view_of(NULL, 0), ours ? text_view(&c->text) : view_text("-"),
		    theirs.p ? theirs : view_text("-"), reason);
}

static int
compare_name(struct comparing *c, uint32_t i)
{
	const struct name *name = &c->ours->names[i];
	uint32_t n = c->theirs->name_count;
	enum control_reason way, reason;

	text_cut(&c->text, 0);
	if (text_add_utf16(&c->text, name->name) < 0 || spell(text_view(&c->text), false, &c->spelt, &way) < 0)
		return -ENOMEM;
	for (uint32_t k = 0; k < n; k++) { /* both keep the order of the record: the first try fits */
		const struct control_name *t = &c->theirs->names[(i + k) % n];

		if (c->taken[(i + k) % n] || !reference_equal(name->parent, t->parent) ||
		    !spelt_same(c, t->name, false, way, &reason))
			continue;
		c->taken[(i + k) % n] = true;
		return reason == REASON_NONE ? 0 : tell_name(c, t->name, true, reason);
	}
	return tell_name(c, view_of(NULL, 0), true, name->space == NAME_DOS ? REASON_DOS : damage_of(c->ours));
}

static int
compare_names(struct comparing *c)
{
	int r = 0;

	if (c->ours->name_count > PAIRS_MAX || c->theirs->name_count > PAIRS_MAX)
		return compare_number(c, "names", view_of(NULL, 0), c->ours->name_count, c->theirs->name_count,
				      REASON_PARTS);
	memset(c->taken, 0, sizeof(c->taken));
	for (uint32_t i = 0; i < c->ours->name_count && r == 0; i++)
		r = compare_name(c, i);
	for (uint32_t i = 0; i < c->theirs->name_count && r == 0; i++)
		if (!c->taken[i])
			r = tell_name(c, c->theirs->names[i].name, false, damage_of(c->ours));
	return r;
}

/* ---- streams ---- */

static enum control_reason
size_reason(const struct comparing *c, const struct stream *s, uint64_t theirs)
{
	enum control_reason damage = damage_of(c->ours);

	if (damage == REASON_NONE && !s->size && s->allocated && theirs >= s->allocated)
		return REASON_SET_ASIDE;
	return damage;
}

static int
compare_stream(struct comparing *c, uint32_t i)
{
	const struct stream *s = &c->ours->streams[i];
	uint32_t n = c->theirs->stream_count;
	enum control_reason way, reason;
	int r;

	text_cut(&c->text, 0);
	if (text_add_utf16(&c->text, s->name) < 0 || spell(text_view(&c->text), true, &c->spelt, &way) < 0)
		return -ENOMEM;
	for (uint32_t k = 0; k < n; k++) {
		const struct control_stream *t = &c->theirs->streams[(i + k) % n];

		if (c->taken[(i + k) % n] || !spelt_same(c, t->name, true, way, &reason))
			continue;
		c->taken[(i + k) % n] = true;
		r = reason == REASON_NONE ? 0
					  : tell(c, "stream", text_view(&c->text), text_view(&c->text), t->name,
						 reason);
		return r < 0 ? r
			     : compare_number(c, "size", text_view(&c->text), s->size, t->size,
					      size_reason(c, s, t->size));
	}
	return tell(c, "stream", text_view(&c->text), view_text("there"), view_text("-"),
		    damage_of(c->ours));
}

static int
compare_streams(struct comparing *c)
{
	int r = 0;

	if (c->ours->stream_count > PAIRS_MAX || c->theirs->stream_count > PAIRS_MAX)
		return compare_number(c, "streams", view_of(NULL, 0), c->ours->stream_count, c->theirs->stream_count,
				      REASON_PARTS);
	memset(c->taken, 0, sizeof(c->taken));
	for (uint32_t i = 0; i < c->ours->stream_count && r == 0; i++)
		r = compare_stream(c, i);
	for (uint32_t i = 0; i < c->theirs->stream_count && r == 0; i++)
		if (!c->taken[i])
			r = tell(c, "stream", c->theirs->streams[i].name, view_text("-"), view_text("there"),
				 damage_of(c->ours));
	return r;
}

int
control_compare(const struct entry *ours, const struct control_entry *theirs, control_told told, void *state)
{
	struct comparing c = { .ours = ours, .theirs = theirs, .told = told, .state = state };
	int r = compare_head(&c);

	if (r == 0)
		r = compare_si(&c);
	if (r == 0)
		r = compare_fn(&c);
	if (r == 0)
		r = compare_names(&c);
	if (r == 0)
		r = compare_streams(&c);
	text_free(&c.text);
	text_free(&c.spelt);
	return r;
}

int
control_spell(struct view utf16le, struct text *ret_name)
{
	CLEANUP(text_free) struct text whole = { 0 };
	enum control_reason way;
	int r = text_add_utf16(&whole, utf16le);

	return r < 0 ? r : spell(text_view(&whole), true, ret_name, &way);
}
