/* ewf_set.c - reading an E01 set with a few lines of its own, and writing it back. */
#include "ewf_set.h"

#include <string.h>
#include <zlib.h>

static uint8_t *
read_whole(const char *path, size_t *ret_n)
{
	FILE *file = fopen(path, "r");
	uint8_t *p = NULL;
	long n;

	if (!file)
		return NULL;
	if (fseek(file, 0, SEEK_END) == 0 && (n = ftell(file)) > 0 && fseek(file, 0, SEEK_SET) == 0) {
		p = malloc((size_t)n);
		*ret_n = p ? fread(p, 1, (size_t)n, file) : 0;
	}
	fclose(file);
	return p;
}

static void
note_table(struct set *set, const struct section *s, size_t sectors_end)
{
	const uint8_t *p = set->files[s->file].p + s->at + DESCRIPTOR;
	size_t count = get(p, 4), base = get(p + 8, 8);

	for (size_t i = 0; i < count; i++) {
		uint64_t entry = get(p + TABLE_HEAD + 4 * i, 4);
		uint64_t next = i + 1 < count ? base + (get(p + TABLE_HEAD + 4 * (i + 1), 4) & INT32_MAX) : sectors_end;
		struct chunk *chunk = vector_push(&set->chunks);

		if (chunk)
			*chunk = (struct chunk){ .file = s->file,
						 .at = base + (entry & INT32_MAX),
						 .n = next - base - (entry & INT32_MAX),
						 .packed = entry >> 31 };
	}
}

static void
note_sections(struct set *set, unsigned file)
{
	const struct file *f = &set->files[file];
	size_t at = FILE_HEAD, sectors_end = 0;

	while (at + DESCRIPTOR <= f->n) {
		size_t next = get(f->p + at + 16, 8);
		struct section *s = vector_push(&set->sections);

		if (!s)
			return;
		*s = (struct section){ .file = file, .at = at, .size = next > at ? next - at : DESCRIPTOR };
		memcpy(s->type, f->p + at, 16);
		if (!strcmp(s->type, "sectors"))
			sectors_end = next;
		if (!strcmp(s->type, "table"))
			note_table(set, s, sectors_end);
		if (!strcmp(s->type, "volume") || !strcmp(s->type, "disk"))
			set->chunk_size =
				(uint32_t)(get(f->p + at + DESCRIPTOR + 8, 4) * get(f->p + at + DESCRIPTOR + 12, 4));
		if (next <= at)
			return;
		at = next;
	}
}

int
set_load(struct set *set, const char *path)
{
	char name[PATH_LENGTH + 16];
	size_t stem = strlen(path);

	*set = (struct set){ 0 };
	if (stem < 4 || stem >= PATH_LENGTH)
		return -1;
	snprintf(set->path, sizeof(set->path), "%s", path);
	for (set->n = 0; set->n < FILES_MAX; set->n++) {
		struct file *f = &set->files[set->n];

		snprintf(name, sizeof(name), "%.*sE%02u", (int)stem - 3, path, set->n + 1);
		f->p = read_whole(name, &f->n);
		f->number = set->n + 1;
		if (!f->p)
			break;
		note_sections(set, set->n);
	}
	snprintf(name, sizeof(name), "%.*sraw", (int)stem - 3, path);
	set->media = read_whole(name, &set->media_size);
	return set->n && set->media && set->chunk_size && set->chunks.n ? 0 : -1;
}

int
set_write(const struct set *set, const char *folder)
{
	char name[PATH_LENGTH + 16];

	for (unsigned i = 0; i < set->n; i++) {
		const struct file *f = &set->files[i];
		FILE *file;

		if (!f->number)
			continue;
		snprintf(name, sizeof(name), "%s/x.E%02u", folder, f->number);
		file = fopen(name, "w");
		if (!file || fwrite(f->p, 1, f->n, file) != f->n || fclose(file))
			return -1;
	}
	return 0;
}

void
seal_bytes(struct set *set, unsigned file, size_t from, size_t n)
{
	struct file *f = &set->files[file];

	if (from <= f->n && n + 4 <= f->n - from)
		put(f->p + from + n, 4, adler32(1, f->p + from, (uInt)n));
}

void
seal_descriptor(struct set *set, const struct section *s)
{
	seal_bytes(set, s->file, s->at, DESCRIPTOR - 4);
}

void
set_free(struct set *set)
{
	for (unsigned i = 0; i < FILES_MAX; i++)
		free(set->files[i].p);
	free(set->media);
	vector_free(&set->sections);
	vector_free(&set->chunks);
}
