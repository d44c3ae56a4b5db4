/* break_ewf.c - damage to E01 sets: descriptors, descriptions of the media, tables, chunks, hashes, whole files. */
#include "ewf_set.h"

#include <inttypes.h>
#include <string.h>

struct ewf_class {
	const char *name;
	bool (*run)(struct ewf_mutant *m);
	unsigned weight;
};

static void
spoil(struct ewf_mutant *m, const char *what, unsigned file, size_t at, unsigned bytes)
{
	struct file *f = &m->set->files[file];
	uint64_t was, is;

	if (at > f->n || bytes > f->n - at)
		return;
	was = is = get(f->p + at, bytes);
	while (is == was)
		is = chance_hostile(&m->chance, was, bytes);
	put(f->p + at, bytes, is);
	text_printf(&m->log, "    %s in file %u at %zu, %u bytes: 0x%" PRIx64 " -> 0x%" PRIx64 "\n", what, file + 1, at,
		    bytes, was, is);
}

static bool
repaired(struct ewf_mutant *m)
{
	bool yes = chance_one_in(&m->chance, 2);

	text_adds(&m->log, yes ? "    checksum made to fit\n" : "    checksum left as it was\n");
	return yes;
}

/* A section of that type, NULL type: any. */
static const struct section *
pick(struct ewf_mutant *m, const char *type, const char * or)
{
	const struct section *found = NULL;
	unsigned n = 0;

	for (size_t i = 0; i < m->set->sections.n; i++) {
		const struct section *s = &m->set->sections.at[i];

		if ((!type || !strcmp(s->type, type) || !strcmp(s->type, or)) && chance_one_in(&m->chance, ++n))
			found = s;
	}
	return found;
}

static bool
break_descriptor(struct ewf_mutant *m)
{
	static const struct {
		const char *name;
		unsigned at, bytes;
	} fields[] = { { "type", 0, 1 },
		       { "type", 1, 4 },
		       { "next", 16, 8 },
		       { "size", 24, 8 },
		       { "next", 16, 4 },
		       { "padding", 40, 4 },
		       { "descriptor checksum", 72, 4 } };
	const struct section *s = pick(m, NULL, NULL);
	size_t i = chance_below(&m->chance, sizeof(fields) / sizeof(fields[0]));

	text_printf(&m->log, "    section %s\n", s->type);
	spoil(m, fields[i].name, s->file, s->at + fields[i].at, fields[i].bytes);
	if (fields[i].at < 72 && repaired(m))
		seal_descriptor(m->set, s);
	return true;
}

/* The chain leads back, or over some sections, or to where none is. */
static bool
break_chain(struct ewf_mutant *m)
{
	const struct section *s = pick(m, NULL, NULL), *to = pick(m, NULL, NULL);
	uint8_t *p = m->set->files[s->file].p + s->at;

	put(p + 16, 8, to->at);
	if (chance_one_in(&m->chance, 2))
		put(p + 24, 8, to->at - s->at);
	seal_descriptor(m->set, s);
	text_printf(&m->log, "    section %s at %zu of file %u leads to %zu\n", s->type, s->at, s->file + 1, to->at);
	return true;
}

static bool
break_header(struct ewf_mutant *m)
{
	const struct section *s = pick(m, "header", "header2");

	if (!s || s->size <= DESCRIPTOR)
		return false;
	spoil(m, s->type, s->file, s->at + DESCRIPTOR + chance_below(&m->chance, s->size - DESCRIPTOR), 1);
	return true;
}

static bool
break_volume(struct ewf_mutant *m)
{
	static const struct {
		const char *name;
		unsigned at, bytes;
	} fields[] = { { "chunks", 4, 4 },       { "sectors in a chunk", 8, 4 },
		       { "sector size", 12, 4 }, { "sectors", 16, 8 },
		       { "set", 64, 8 },         { "level", 52, 1 } };
	size_t i = chance_below(&m->chance, sizeof(fields) / sizeof(fields[0]));
	bool all = chance_one_in(&m->chance, 2), fit = repaired(m);
	const struct section *one = pick(m, "volume", "data");

	for (size_t k = 0; k < m->set->sections.n; k++) {
		const struct section *s = &m->set->sections.at[k];

		if (!(all && (!strcmp(s->type, "volume") || !strcmp(s->type, "data"))) && s != one)
			continue;
		if (s->size < DESCRIPTOR + 94)
			continue;
		spoil(m, fields[i].name, s->file, s->at + DESCRIPTOR + fields[i].at, fields[i].bytes);
		if (fit)
			seal_bytes(m->set, s->file, s->at + DESCRIPTOR,
				   s->size >= DESCRIPTOR + 1052 ? 1048 : s->size - DESCRIPTOR - 4);
	}
	m->layout_rewritten |= fit;
	return true;
}

/* One entry of the table, two of them exchanged, or what the header says of them. */
static void
spoil_table(struct ewf_mutant *m, const struct section *s, unsigned how, size_t at, size_t with)
{
	struct file *f = &m->set->files[s->file];
	size_t head = s->at + DESCRIPTOR, entries = head + TABLE_HEAD;
	uint8_t keep[4];

	switch (how) {
	case 0:
		spoil(m, "table count", s->file, head, 4);
		break;
	case 1:
		spoil(m, "table base", s->file, head + 8, 8);
		break;
	case 2:
		spoil(m, "table checksum", s->file, head + 20, 4);
		break;
	case 3:
		memcpy(keep, f->p + entries + 4 * at, 4);
		memcpy(f->p + entries + 4 * at, f->p + entries + 4 * with, 4);
		memcpy(f->p + entries + 4 * with, keep, 4);
		text_printf(&m->log, "    entries %zu and %zu of the table at %zu exchanged\n", at, with, s->at);
		break;
	default:
		spoil(m, "table entry", s->file, entries + 4 * at, 4);
		break;
	}
}

static bool
break_table(struct ewf_mutant *m)
{
	const struct section *s = pick(m, "table", "table2");
	unsigned how = (unsigned)chance_below(&m->chance, 8);
	bool both = chance_one_in(&m->chance, 3), fit = repaired(m);
	size_t at, with, count;

	if (!s)
		return false;
	count = get(m->set->files[s->file].p + s->at + DESCRIPTOR, 4);
	if (!count || count > s->size / 4)
		return false;
	at = chance_below(&m->chance, count);
	with = chance_below(&m->chance, count);
	for (size_t i = 0; i < m->set->sections.n; i++) {
		const struct section *t = &m->set->sections.at[i];

		if (t != s && !(both && t->file == s->file && t->size == s->size && !strncmp(t->type, "table", 5)))
			continue;
		spoil_table(m, t, how, at, with);
		if (!fit)
			continue;
		seal_bytes(m->set, t->file, t->at + DESCRIPTOR, 20);
		seal_bytes(m->set, t->file, t->at + DESCRIPTOR + TABLE_HEAD, 4 * count);
	}
	m->layout_rewritten |= fit;
	return true;
}

/* Other bytes in a chunk. One that is not packed can be given a checksum that fits: only the hash tells that. */
static bool
break_chunk(struct ewf_mutant *m)
{
	size_t i = chance_below(&m->chance, m->set->chunks.n), *slot;
	const struct chunk *c = &m->set->chunks.at[i];
	bool fit = !c->packed && repaired(m);

	if (c->n < 8)
		return false;
	spoil(m, "chunk", c->file, c->at + chance_below(&m->chance, c->n - (fit ? 4 : 0)), 1);
	if (!fit)
		return true;
	seal_bytes(m->set, c->file, c->at, c->n - 4);
	slot = vector_push(&m->rewritten);
	if (slot)
		*slot = i;
	return true;
}

static bool
break_hash(struct ewf_mutant *m)
{
	const struct section *s = pick(m, "hash", "digest");

	if (!s)
		return false;
	spoil(m, s->type, s->file, s->at + DESCRIPTOR + chance_below(&m->chance, 16), 1);
	if (!repaired(m))
		return true;
	seal_bytes(m->set, s->file, s->at + DESCRIPTOR, s->size - DESCRIPTOR - 4);
	m->hash_rewritten = true;
	return true;
}

static bool
blank_bytes(struct ewf_mutant *m)
{
	unsigned file = (unsigned)chance_below(&m->chance, m->set->n);
	struct file *f = &m->set->files[file];
	size_t n = 1 + chance_below(&m->chance, chance_one_in(&m->chance, 3) ? 60000 : 600), at;
	bool noise = chance_one_in(&m->chance, 2);

	if (n >= f->n)
		return false;
	at = chance_below(&m->chance, f->n - n);
	for (size_t i = 0; i < n; i++)
		f->p[at + i] = noise ? (uint8_t)chance_next(&m->chance) : 0;
	text_printf(&m->log, "    %zu bytes of %s in file %u at %zu\n", n, noise ? "noise" : "zeros", file + 1, at);
	return true;
}

static bool
cut_file(struct ewf_mutant *m)
{
	unsigned file = (unsigned)chance_below(&m->chance, m->set->n);
	struct file *f = &m->set->files[file];

	f->n = chance_one_in(&m->chance, 8) ? chance_below(&m->chance, 100) : chance_below(&m->chance, f->n);
	text_printf(&m->log, "    file %u cut to %zu bytes\n", file + 1, f->n);
	return true;
}

static bool
break_file(struct ewf_mutant *m)
{
	unsigned a = (unsigned)chance_below(&m->chance, m->set->n), b = (unsigned)chance_below(&m->chance, m->set->n);
	const struct set *other = &m->others[chance_below(&m->chance, m->other_count)];
	uint32_t number = m->set->files[a].number;

	switch (chance_below(&m->chance, 4)) {
	case 0:
		if (!a)
			return false; /* without its first file nobody would find the set */
		m->set->files[a].number = 0;
		text_printf(&m->log, "    file %u is gone\n", a + 1);
		break;
	case 1:
		m->set->files[a].number = m->set->files[b].number;
		m->set->files[b].number = number;
		text_printf(&m->log, "    files %u and %u have each other's names\n", a + 1, b + 1);
		break;
	case 2:
		if (a >= other->n || other == m->set || !a)
			return false;
		memcpy(m->set->files[a].p, other->files[a].p,
		       other->files[a].n < m->set->files[a].n ? other->files[a].n : m->set->files[a].n);
		if (other->files[a].n < m->set->files[a].n)
			m->set->files[a].n = other->files[a].n;
		text_printf(&m->log, "    file %u is of another set, %s\n", a + 1, other->path);
		break;
	default:
		spoil(m, "file header", a, chance_below(&m->chance, 2) ? 9 : 0, 2);
		break;
	}
	return true;
}

static const struct ewf_class classes[] = {
	{ "descriptor", break_descriptor, 15 },
	{ "chain", break_chain, 6 },
	{ "header", break_header, 3 },
	{ "volume", break_volume, 10 },
	{ "table", break_table, 20 },
	{ "chunk", break_chunk, 10 },
	{ "hash", break_hash, 4 },
	{ "lost bytes", blank_bytes, 12 },
	{ "cut file", cut_file, 8 },
	{ "segment file", break_file, 8 },
};

static const struct ewf_class *
pick_class(struct ewf_mutant *m)
{
	uint64_t sum = 0, at;
	size_t i;

	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		sum += classes[i].weight;
	at = chance_below(&m->chance, sum);
	for (i = 0; at >= classes[i].weight; i++)
		at -= classes[i].weight;
	return &classes[i];
}

void
ewf_mutate(struct ewf_mutant *m)
{
	uint64_t n = chance_one_in(&m->chance, 4) ? 2 + chance_below(&m->chance, 4) : 1;

	while (n--) {
		const struct ewf_class *c = pick_class(m);

		if (!m->class)
			m->class = c->name;
		text_printf(&m->log, "  %s\n", c->name);
		if (!c->run(m))
			text_printf(&m->log, "    nothing to change\n");
	}
}
