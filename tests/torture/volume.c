/* volume.c - an NTFS volume as the victim: every object of the whole one must be in the damaged one, or in a row. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mutant.h"
#include "objects.h"

enum { CLIMB_MAX = 256, SHOWN_MAX = 6 };

/* Which entry's content lies in a stretch of the volume, and which record belongs to which entry. */
struct owner {
	uint64_t entry, from, to;
};
struct link {
	uint64_t entry, parent;
};

struct base {
	const char *path;
	uint8_t *bytes;
	const uint8_t *whole; /* the same bytes, never changed */
	struct disk disk;
	struct objects objects;
	VECTOR(struct owner) owners;
	VECTOR(struct link) links;
	uint64_t *entries; /* by record */
};

struct trial {
	struct base *base;
	struct mutant mutant;
	struct objects found;
	struct outcome *outcome;
	unsigned counts[VERDICTS];
};

static void
note_owners(struct base *base, const struct place *place, const uint8_t *p)
{
	run_list runs = { 0 };

	if (place->nonresident && get(p + 32, 2) < place->length)
		runs_decode(p + get(p + 32, 2), place->length - get(p + 32, 2), 0, &runs);
	for (size_t i = 0; i < runs.n; i++) {
		struct owner *o = runs.at[i].lcn == UINT64_MAX ? NULL : vector_push(&base->owners);

		if (o)
			*o = (struct owner){ .entry = base->entries[place->record],
					     .from = runs.at[i].lcn * base->disk.cluster,
					     .to = (runs.at[i].lcn + runs.at[i].n) * base->disk.cluster };
	}
	vector_free(&runs);
}

static void
note_record(struct base *base, uint64_t number)
{
	struct place place = { 0 };

	while (record_next_attribute(&base->disk, number, &place)) {
		const uint8_t *p = base->bytes + disk_record_at(&base->disk, number) + place.at;
		struct link *link = place.type == TYPE_NAME ? vector_push(&base->links) : NULL;

		if (link)
			*link = (struct link){ .entry = base->entries[number], .parent = get(p + get(p + 20, 2), 6) };
		if (place.type == TYPE_DATA)
			note_owners(base, &place, p);
	}
}

static int
note_records(struct base *base)
{
	base->entries = calloc(base->disk.records, sizeof(*base->entries));
	if (!base->entries)
		return -ENOMEM;
	for (uint64_t i = 0; i < base->disk.records; i++) {
		base->entries[i] = i;
		if (!record_undo(&base->disk, i))
			continue;
		base->entries[i] = entry_of(&base->disk, i);
		note_record(base, i);
		record_redo(&base->disk, i);
	}
	return 0;
}

static int
list_bytes(const uint8_t *p, size_t n, struct objects *ret)
{
	CLEANUP(source_close) struct source *source = NULL;
	int r = source_memory(view_of(p, n), "volume", &source);

	return r < 0 ? r : objects_list(source, ret);
}

static int
load_base(struct base *base, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	base->path = path;
	base->bytes = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	base->whole = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (base->bytes == MAP_FAILED || base->whole == MAP_FAILED)
		return -ENOMEM;
	if (disk_open(&base->disk, base->bytes, (size_t)st.st_size) < 0)
		return fprintf(stderr, "torture: %s is no NTFS volume\n", path), -EINVAL;
	r = note_records(base);
	return r < 0 ? r : list_bytes(base->whole, base->disk.n, &base->objects);
}

struct bases {
	size_t n;
	struct base at[];
};

static int
load(char **paths, int n, void **ret_state)
{
	struct bases *bases = calloc(1, sizeof(*bases) + (size_t)n * sizeof(bases->at[0]));

	if (!bases)
		return -ENOMEM;
	for (bases->n = 0; bases->n < (size_t)n; bases->n++) {
		struct base *base = &bases->at[bases->n];
		int r = load_base(base, paths[bases->n]);

		if (r < 0 || base->objects.refused || base->objects.rows.n)
			return fprintf(stderr, "torture: %s is no good base: %s\n", paths[bases->n],
				       base->objects.rows.n ? base->objects.rows.at[0].text : "not readable"),
			       -EINVAL;
		printf("%s: %zu objects in %" PRIu64 " records\n", paths[bases->n], base->objects.list.n,
		       base->disk.records);
	}
	*ret_state = bases;
	return 0;
}

static void
unload(void *state)
{
	struct bases *bases = state;

	for (size_t i = 0; i < bases->n; i++) {
		struct base *base = &bases->at[i];

		munmap((void *)(uintptr_t)base->whole, base->disk.n);
		munmap(base->bytes, base->disk.n);
		objects_free(&base->objects);
		vector_free(&base->owners);
		vector_free(&base->links);
		free(base->entries);
		disk_close(&base->disk);
	}
	free(bases);
}

/* Content whose very bytes were changed is another content. */
static void
excuse_bytes(struct trial *t)
{
	const struct base *base = t->base;

	for (size_t i = 0; i < base->owners.n; i++) {
		const struct owner *o = &base->owners.at[i];
		uint64_t to = o->to < t->mutant.n ? o->to : t->mutant.n;

		if (o->from < to && memcmp(base->bytes + o->from, base->whole + o->from, to - o->from))
			excuse(&t->mutant, o->entry, CONTENT, false);
	}
}

/* Whether that entry is the one, or (where below) lies in it by the names it had. */
static bool
lies_in(const struct base *base, uint64_t entry, uint64_t folder)
{
	uint64_t climb[CLIMB_MAX] = { entry };
	size_t n = 1;

	for (size_t at = 0; at < n; at++) {
		if (climb[at] == folder)
			return true;
		for (size_t i = 0; i < base->links.n; i++) {
			bool known = base->links.at[i].entry != climb[at];

			for (size_t k = 0; k < n && !known; k++)
				known = climb[k] == base->links.at[i].parent;
			if (!known && n < CLIMB_MAX)
				climb[n++] = base->links.at[i].parent;
		}
	}
	return false;
}

static unsigned
excused(const struct trial *t, uint64_t entry, unsigned wrong)
{
	unsigned mask = 0;

	for (size_t i = 0; i < t->mutant.excuses.n; i++) {
		const struct excuse *e = &t->mutant.excuses.at[i];

		if (e->entry == entry)
			mask |= e->aspects;
		if (e->below && wrong & PATH && lies_in(t->base, entry, e->entry))
			mask |= PATH;
	}
	return mask;
}

/* The same for a stretch of the $MFT; a boot sector that lies about the size of a record changes their numbers only. */
static unsigned
told_of_records(const struct trial *t, uint64_t entry, unsigned wrong, uint64_t from, uint64_t to)
{
	const uint32_t record = t->base->disk.record;
	unsigned mask = 0;

	for (uint64_t at = from / record; at < t->base->disk.records && at * record < to; at++) {
		if (at == entry || t->base->entries[at] == entry)
			mask |= EXIST | PATH | TIMES | SIZE | CONTENT;
		else if (wrong & PATH && lies_in(t->base, entry, t->base->entries[at]))
			mask |= PATH;
	}
	return mask;
}

/* What rows cover of an entry: one on its record or on an extension of it all; on a folder above it, its path. */
static unsigned
told(const struct trial *t, uint64_t entry, unsigned wrong)
{
	unsigned mask = 0;

	for (size_t i = 0; i < t->found.rows.n; i++) {
		const struct row *row = &t->found.rows.at[i];
		uint64_t to = (row->first + row->n) * t->found.record_size;

		if (row->kind == ROW_STREAM && row->first == entry)
			mask |= SIZE | CONTENT;
		if (row->kind == ROW_RECORD)
			mask |= told_of_records(t, entry, wrong, row->first * t->found.record_size, to);
	}
	return mask;
}

/* Rows of opening the volume that say how much of the $MFT is not seen. */
static bool
told_short(const struct trial *t, uint64_t entry)
{
	for (size_t i = 0; i < t->found.rows.n; i++) {
		const char *text = t->found.rows.at[i].kind == ROW_VOLUME ? t->found.rows.at[i].text : "";

		if (strstr(text, "only the first run of it is seen") ||
		    (entry >= t->found.records && strstr(text, "$MFT")))
			return true;
	}
	return false;
}

/* An entry without any, a folder as a rule, may well have been given one. */
static bool
has_stream(const struct object *o)
{
	return o->opened || *o->stream;
}

static unsigned
difference(const struct object *was, const struct object *is)
{
	unsigned wrong = 0;

	if (strcmp(was->path, is->path))
		wrong |= strstr(is->path, "$Orphan/[") ? 0 : PATH; /* the path itself says what is missing */
	if (memcmp(was->times, is->times, sizeof(was->times)))
		wrong |= TIMES;
	if (!has_stream(was))
		return wrong;
	if (was->size != is->size)
		wrong |= SIZE;
	if (was->content != is->content || was->opened != is->opened)
		wrong |= CONTENT;
	if (is->trust)
		wrong &= ~(unsigned)CONTENT;
	return wrong;
}

/* The object that comes nearest: the same entry and stream, with the fewest differences. */
static unsigned
best_match(const struct trial *t, const struct object *was)
{
	unsigned best = EXIST;

	for (size_t i = 0; i < t->found.list.n; i++) {
		const struct object *is = &t->found.list.at[i];
		unsigned wrong;

		if (is->entry != was->entry || (strcmp(is->stream, was->stream) && has_stream(was)))
			continue;
		wrong = difference(was, is);
		if (!strcmp(is->path, was->path)) {
			best = wrong;
			break;
		}
		if (best == EXIST || __builtin_popcount(wrong) < __builtin_popcount(best))
			best = wrong;
		if (!best)
			break;
	}
	for (size_t i = 0; i < t->found.list.n && best; i++) {
		const struct object *is = &t->found.list.at[i];

		if (!strcmp(is->stream, was->stream) && !strcmp(is->path, was->path) && !difference(was, is))
			return 0;
	}
	return best;
}

static enum verdict
judge_object(struct trial *t, const struct object *was)
{
	static const char *const names[] = { "is gone", "path", "times", "size", "content" };
	unsigned wrong = best_match(t, was);

	if (!wrong || (!was->entry && !(wrong & ~(SIZE | CONTENT)))) /* the $MFT is judged by its records */
		return ALL_THERE;
	if (!(wrong & ~excused(t, was->entry, wrong)))
		return EXPLAINED;
	wrong &= ~excused(t, was->entry, wrong);
	if (!(wrong & ~told(t, was->entry, wrong)) || told_short(t, was->entry))
		return TOLD;
	wrong &= ~told(t, was->entry, wrong);
	if (t->counts[SILENT] < SHOWN_MAX) {
		text_printf(&t->outcome->text, "    SILENT: entry %" PRIu64 " %s:%s (", was->entry, was->path,
			    was->stream);
		for (unsigned i = 0; i < 5; i++)
			if (wrong & 1u << i)
				text_printf(&t->outcome->text, " %s", names[i]);
		text_adds(&t->outcome->text, " )\n");
	}
	return SILENT;
}

static void
judge(struct trial *t)
{
	static const enum verdict order[] = { SILENT, REFUSED, TOLD, EXPLAINED, ALL_THERE };

	for (size_t i = 0; i < t->base->objects.list.n && !t->found.refused; i++)
		t->counts[judge_object(t, &t->base->objects.list.at[i])]++;
	t->counts[REFUSED] = t->found.refused;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (!t->counts[order[i]])
			continue;
		t->outcome->verdict = order[i];
		break;
	}
	for (size_t i = 0; i < t->found.rows.n && i < SHOWN_MAX; i++)
		text_printf(&t->outcome->text, "    row about %" PRIu64 ": %s\n", t->found.rows.at[i].first,
			    t->found.rows.at[i].text);
}

/* In a process of its own, whose copy of the base this may ruin. */
static struct base *
make_mutant(struct bases *bases, uint64_t seed, struct mutant *ret)
{
	struct base *base;

	*ret = (struct mutant){ .chance = { .state = seed } };
	base = &bases->at[chance_below(&ret->chance, bases->n)];
	ret->disk = &base->disk;
	ret->n = base->disk.n;
	mutate(ret);
	return base;
}

static int
run(void *state, uint64_t seed, struct outcome *ret)
{
	struct trial t = { .outcome = ret };
	int r;

	t.base = make_mutant(state, seed, &t.mutant);
	snprintf(ret->class, sizeof(ret->class), "%s", t.mutant.class);
	text_printf(&ret->text, "  of %s\n%s", t.base->path, t.mutant.log.s);
	r = list_bytes(t.base->bytes, t.mutant.n, &t.found);
	if (r < 0)
		return text_printf(&ret->text, "    the product failed: %d\n", r), ret->verdict = SILENT, 0;
	excuse_bytes(&t);
	judge(&t);
	return 0;
}

static int
write_mutant(void *state, uint64_t seed, const char *to)
{
	struct mutant m;
	struct base *base = make_mutant(state, seed, &m);
	FILE *file = fopen(to, "w");
	bool done = file && fwrite(base->bytes, 1, m.n, file) == m.n;

	text_free(&m.log);
	vector_free(&m.excuses);

	return file && !fclose(file) && done ? 0 : -EIO;
}

const struct victim volume_victim = {
	.name = "volume", .load = load, .run = run, .write = write_mutant, .unload = unload
};
