/* assemble.c - what an entry is: its times, all its names, all its streams, out of the attributes it has. */
#include "assemble.h"

#include <errno.h>

#include "layout.h"
#include "reference.h"
#include "shortname.h"

enum {
	FILE_ATTRIBUTE_REPARSE = 0x400,
	FILE_ATTRIBUTE_ELSEWHERE = 0x441000, /* offline, recall on open, recall on data access */
};

bool
whys_add(struct whys *whys, const char *why)
{
	for (uint32_t i = 0; i < whys->n; i++)
		if (whys->at[i] == why)
			return false;
	if (whys->n == sizeof(whys->at) / sizeof(whys->at[0]))
		return false;
	whys->at[whys->n++] = why;
	return true;
}

static void
partial(struct assembly *as, const char *why)
{
	as->entry->flags |= ENTRY_PARTIAL;
	whys_add(as->whys, why);
}

/* Room for one item more behind n, doubling; NULL when there is no memory. */
static void *
roomy(struct arena *arena, void *items, uint32_t n, uint32_t *room, size_t size, size_t align)
{
	void *bigger;

	if (n < *room)
		return items;
	bigger = arena_take(arena, (*room ? *room * 2 : 2) * size, align);
	if (!bigger)
		return NULL;
	if (n)
		memcpy(bigger, items, n * size);
	*room = *room ? *room * 2 : 2;
	return bigger;
}

static struct times
times_of(const struct disk_times *t)
{
	return (struct times){
		.created = le64_get(t->created),
		.modified = le64_get(t->modified),
		.changed = le64_get(t->changed),
		.accessed = le64_get(t->accessed),
	};
}

static void
add_standard(struct assembly *as, const struct attribute *a)
{
	const struct disk_standard *si = VIEW_AT(a->value, 0, struct disk_standard);

	if (!a->resident || !si) {
		partial(as, "$STANDARD_INFORMATION is cut short");
		return;
	}
	if (as->entry->flags & ENTRY_HAS_SI) {
		partial(as, "more than one $STANDARD_INFORMATION: the first is taken");
		return;
	}
	as->entry->flags |= ENTRY_HAS_SI;
	as->entry->si = times_of(&si->times);
	as->entry->attributes = le32_get(si->attributes);
	if ((as->entry->flags & ENTRY_DIRECTORY) && !le32_get(si->versions_max) && (le32_get(si->version) & 1))
		as->entry->flags |= ENTRY_CASE_SENSITIVE;
}

static int
add_name(struct assembly *as, const struct attribute *a)
{
	const struct disk_name *fn = VIEW_AT(a->value, 0, struct disk_name);
	struct name *name;

	if (!a->resident || !fn || !view_has(a->value, sizeof(*fn), (size_t)fn->units * 2)) {
		partial(as, "$FILE_NAME is cut short");
		return 0;
	}
	as->names = roomy(as->arena, as->names, as->entry->name_count, &as->name_room, sizeof(*name),
			  _Alignof(struct name));
	if (!as->names)
		return -ENOMEM;
	name = &as->names[as->entry->name_count++];
	name->parent = reference_of(fn->parent);
	name->fn = times_of(&fn->times);
	name->name = view_part(a->value, sizeof(*fn), (size_t)fn->units * 2);
	name->space = fn->space <= NAME_WIN32_DOS ? fn->space : NAME_POSIX;
	if (fn->space > NAME_WIN32_DOS)
		whys_add(as->whys, "$FILE_NAME of an unknown name space");
	if (le32_get(fn->attributes) & FILE_ATTRIBUTE_REPARSE)
		as->reparse_hint = le32_get(fn->reparse);
	return 0;
}

static uint16_t
stream_flags_of(const struct attribute *a)
{
	return (uint16_t)((a->resident ? STREAM_RESIDENT : 0) |
			  (!a->resident && a->flags & ATTRIBUTE_COMPRESSION ? STREAM_COMPRESSED : 0) |
			  (a->flags & ATTRIBUTE_SPARSE ? STREAM_SPARSE : 0) |
			  (a->flags & ATTRIBUTE_ENCRYPTED ? STREAM_ENCRYPTED : 0) | (a->broken ? STREAM_BROKEN : 0));
}

/* The cluster of the first run that is stored, UINT64_MAX if none is; broken pairs are told. */
static uint64_t
first_cluster(struct assembly *as, const struct attribute *a)
{
	struct run_cursor cursor = { .pairs = a->value };
	uint64_t lcn = UINT64_MAX, clusters;
	int r = 0;

	if (a->resident || a->broken)
		return UINT64_MAX;
	while (lcn == UINT64_MAX && (r = run_next(&cursor, &lcn, &clusters)) > 0)
		;
	if (r < 0)
		partial(as, "mapping pairs of $DATA are broken");
	return lcn;
}

/* The newest stream of that name, or NULL. */
static struct stream *
stream_named(struct assembly *as, struct view name)
{
	for (uint32_t i = as->entry->stream_count; i-- > 0;)
		if (view_equal(as->streams[i].name, name))
			return &as->streams[i];
	return NULL;
}

static uint64_t
stream_identity(const struct assembly *as, uint16_t id, uint64_t holder)
{
	uint64_t identity = id | (holder & UINT32_MAX) << 16, twins = 0;

	for (uint32_t i = 0; i < as->entry->stream_count; i++)
		twins += (as->streams[i].attribute & REFERENCE_ENTRY) == identity;
	if (twins)
		whys_add(as->whys, "two streams of a record have the same attribute id");
	return identity | twins << 48;
}

static int
add_stream(struct assembly *as, const struct attribute *a, uint64_t holder)
{
	struct stream *known = as->entry->stream_count ? stream_named(as, a->name) : NULL;
	uint64_t first = first_cluster(as, a), identity;
	struct stream *s;

	if (known && !a->resident && a->first_vcn) {
		if (known->flags & STREAM_RESIDENT)
			known->flags |= STREAM_BROKEN;
		else if (known->first_cluster == UINT64_MAX)
			known->first_cluster = first;
		known->flags |= a->broken ? STREAM_BROKEN : 0;
		return 0;
	}
	if (known)
		whys_add(as->whys, "more than one $DATA of the same name");
	identity = stream_identity(as, a->id, holder);
	as->streams = roomy(as->arena, as->streams, as->entry->stream_count, &as->stream_room, sizeof(*s),
			    _Alignof(struct stream));
	if (!as->streams)
		return -ENOMEM;
	s = &as->streams[as->entry->stream_count++];
	*s = (struct stream){
		.name = a->name,
		.size = a->size,
		.valid = a->valid < a->size ? a->valid : a->size,
		.allocated = a->allocated,
		.first_cluster = first,
		.attribute = identity,
		.flags = stream_flags_of(a),
	};
	if (!a->resident && a->first_vcn) {
		s->flags |= STREAM_BROKEN;
		if (!as->extension)
			partial(as, "the beginning of a $DATA stream is missing");
	}
	return 0;
}

/* What is only counted: no reader looks into these. */
static uint32_t
flag_of_type(uint32_t type)
{
	switch (type) {
	case ATTRIBUTE_OBJECT_ID:
		return ENTRY_OBJECT_ID;
	case ATTRIBUTE_EA:
		return ENTRY_EA;
	case ATTRIBUTE_LOGGED_UTILITY_STREAM:
		return ENTRY_LOGGED;
	case ATTRIBUTE_SECURITY_DESCRIPTOR:
	case ATTRIBUTE_VOLUME_NAME:
	case ATTRIBUTE_VOLUME_INFORMATION:
	case ATTRIBUTE_INDEX_ROOT:
	case ATTRIBUTE_INDEX_ALLOCATION:
	case ATTRIBUTE_BITMAP:
	case ATTRIBUTE_EA_INFORMATION:
		return 0;
	default:
		return ENTRY_UNKNOWN;
	}
}

int
assembly_add(struct assembly *as, const struct attribute *a, uint64_t holder)
{
	if (a->broken)
		partial(as, "an attribute states an impossible size or place");
	switch (a->type) {
	case ATTRIBUTE_STANDARD_INFORMATION:
		add_standard(as, a);
		return 0;
	case ATTRIBUTE_LIST:
		as->entry->flags |= ENTRY_EXTENDED;
		return 0;
	case ATTRIBUTE_FILE_NAME:
		return add_name(as, a);
	case ATTRIBUTE_DATA:
		return add_stream(as, a, holder);
	case ATTRIBUTE_REPARSE_POINT:
		if (a->resident && VIEW_AT(a->value, 0, le32))
			as->entry->reparse = le32_get(*VIEW_AT(a->value, 0, le32));
		return 0;
	default:
		as->entry->flags |= flag_of_type(a->type);
		return 0;
	}
}

void
assembly_begin(struct assembly *as, struct arena *arena, struct entry *entry, struct whys *whys)
{
	*as = (struct assembly){ .arena = arena, .entry = entry, .whys = whys };
	whys->n = 0;
}

static bool
is_twin(const struct name *dos, const struct name *name)
{
	return name->space == NAME_WIN32 && reference_pack(name->parent) == reference_pack(dos->parent) &&
	       !memcmp(&name->fn, &dos->fn, sizeof(dos->fn)) && short_name_fits(dos->name, name->name);
}

/*
 * A DOS name says nothing of its own when its long twin stands beside it, with the same times. Windows writes one DOS
 * name; a record may hold some more before looking for the twins of each becomes a matter of patience.
 */
static void
fold_dos_names(struct assembly *as)
{
	enum { FOLDED_MAX = 64 };
	uint32_t kept = 0, tried = 0;

	for (uint32_t i = 0; i < as->entry->name_count; i++) {
		bool dos = as->names[i].space == NAME_DOS && tried++ < FOLDED_MAX, twin = false;

		for (uint32_t k = 0; k < as->entry->name_count && dos && !twin; k++)
			twin = is_twin(&as->names[i], &as->names[k]);
		if (!twin)
			as->names[kept++] = as->names[i];
	}
	as->entry->name_count = kept;
}

/* A filter may fill the holes of a sparse stream; a file that is only said to be offline must be all hole. */
static bool
is_elsewhere(const struct stream *s, uint32_t tag)
{
	if (s->name.n || !s->size)
		return false;
	if (s->flags & STREAM_RESIDENT)
		return reparse_replaces(tag);
	return reparse_replaces(tag) || s->first_cluster == UINT64_MAX ||
	       (reparse_hides(tag) && s->flags & STREAM_SPARSE);
}

static void
mark_elsewhere(struct assembly *as)
{
	for (uint32_t i = 0; i < as->entry->stream_count; i++)
		if (is_elsewhere(&as->streams[i], as->entry->reparse))
			as->streams[i].flags |= STREAM_ELSEWHERE;
}

void
assembly_end(struct assembly *as)
{
	struct entry *entry = as->entry;

	if (entry->name_count > 1)
		fold_dos_names(as);
	if (!entry->reparse)
		entry->reparse = as->reparse_hint;
	entry->names = as->names;
	entry->streams = as->streams;
	if (entry_packed(entry))
		return; /* its content is here, in another stream */
	if (reparse_hides(entry->reparse) || entry->attributes & FILE_ATTRIBUTE_ELSEWHERE)
		mark_elsewhere(as);
}

void
assembly_head(struct view record, uint64_t number, bool torn, struct entry *ret_entry, struct reference *ret_base)
{
	const struct disk_record *head = VIEW_AT(record, 0, struct disk_record);
	uint16_t flags = le16_get(head->flags);

	*ret_entry = (struct entry){
		.number = number,
		.sequence = le16_get(head->sequence),
		.links = le16_get(head->links),
		.flags = (flags & RECORD_IN_USE ? ENTRY_ALLOCATED : 0) |
			 (flags & RECORD_IS_DIRECTORY ? ENTRY_DIRECTORY : 0) | (torn ? ENTRY_TORN : 0),
	};
	*ret_base = reference_of(head->base);
}
