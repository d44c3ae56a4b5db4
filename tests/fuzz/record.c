/* record.c - any bytes as an MFT record; what is parsed can be packed into a catalogue and comes out of it the same. */
#include <stdlib.h>

#include "../../src/evidence/catalog_pack.h"
#include "record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
same_names(const struct entry *a, const struct entry *b)
{
	if (a->name_count != b->name_count)
		abort();
	for (uint32_t i = 0; i < a->name_count; i++)
		if (memcmp(&a->names[i].fn, &b->names[i].fn, sizeof(struct times)) ||
		    !view_equal(a->names[i].name, b->names[i].name) || a->names[i].space != b->names[i].space ||
		    a->names[i].parent.entry != b->names[i].parent.entry ||
		    a->names[i].parent.sequence != b->names[i].parent.sequence)
			abort();
}

static void
same_streams(const struct entry *a, const struct entry *b)
{
	if (a->stream_count != b->stream_count)
		abort();
	for (uint32_t i = 0; i < a->stream_count; i++) {
		const struct stream *x = &a->streams[i], *y = &b->streams[i];

		if (!view_equal(x->name, y->name) || x->size != y->size || x->valid != y->valid ||
		    x->allocated != y->allocated || x->first_cluster != y->first_cluster ||
		    x->attribute != y->attribute || x->flags != y->flags)
			abort();
	}
}

static void
pack_and_compare(const struct entry *entry)
{
	struct packer packer = { 0 };
	struct slab slab = { 0 };
	struct packed packed;
	struct name names[2];
	struct stream streams[2];
	struct entry out;

	packer_start(&packer, 0, 4096);
	if (packer_add(&packer, entry) < 0 || packer_end(&packer, &slab) < 0)
		abort();
	for (uint32_t i = 0; i < slab.folder_count; i++)
		slab.folders[i] = i;
	{
		struct unpacker unpacker = { .folders = &packer.parents, .cluster_size = 4096 };

		if (!slab_peek(&slab, slab_find(&slab, entry->number), &packed) ||
		    slab_unpack(&slab, &packed, &unpacker, names, streams, 2, &out) < 0)
			abort();
		if (out.number != entry->number || out.sequence != entry->sequence || out.links != entry->links ||
		    out.flags != entry->flags || out.attributes != entry->attributes || out.reparse != entry->reparse ||
		    memcmp(&out.si, &entry->si, sizeof(out.si)))
			abort();
		same_names(entry, &out);
		same_streams(entry, &out);
		free(unpacker.scratch);
	}
	slab_free(&slab);
	packer_free(&packer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct entry entry;
	struct reference base;
	const char *why;
	uint8_t *record = malloc(size ? size : 1);
	int fixup, state;

	if (!record || size > NTFS_RECORD_MAX) {
		free(record);
		return 0;
	}
	if (size)
		memcpy(record, data, size);
	fixup = record_fixup(record, size);
	state = record_parse(view_of(record, size), 77, fixup != 0, &arena, &entry, &base, &why);
	if (state == RECORD_PARSED || state == RECORD_EXTENSION)
		pack_and_compare(&entry);
	arena_free(&arena);
	free(record);
	return 0;
}
