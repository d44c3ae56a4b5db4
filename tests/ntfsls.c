/*
 * ntfsls.c - lists what the NTFS reader finds on a raw image, for comparing it with other readers:
 *
 *     ntfsls [-ilqstu] [-j THREADS] IMAGE [OFFSET]
 *
 * One line for each name and stream: entry-sequence-attribute, allocated, directory, size, the four times of
 * $STANDARD_INFORMATION and the four of this $FILE_NAME (created, modified, changed, accessed: FILETIME, with -t
 * ISO 8601, with -u seconds since 1970), with -s the SHA-256 of the content, and the path. -q lists nothing. With -i,
 * one line for each name in the index of each folder in use: where it is, entry-sequence of the folder, entry-sequence
 * of the file, name space, size, times, and the name. Damage and counts go to stderr.
 * With -l, whether asking what lies in each folder gives what going through all entries does.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "catalog.h"
#include "digest.h"
#include "filetime.h"
#include "index.h"

enum time_form { TICKS = 'f', ISO = 't', UNIX = 'u' };

struct options {
	bool hash, indexes, listings, quiet;
	enum time_form times;
	unsigned threads;
};

struct file {
	struct source source;
	int fd;
	uint64_t offset;
};

static ssize_t
file_read(struct source *src, uint64_t offset, void *buf, size_t n)
{
	struct file *f = (struct file *)src;
	size_t done = 0;

	while (done < n) {
		ssize_t r = pread(f->fd, (uint8_t *)buf + done, n - done, (off_t)(f->offset + offset + done));

		if (r <= 0)
			return r < 0 ? -errno : (ssize_t)done;
		done += (size_t)r;
	}
	return (ssize_t)done;
}

static void
file_close(struct source *src)
{
	close(((struct file *)src)->fd);
}

static const struct source_ops file_ops = { .read = file_read, .close = file_close };

static int
say_damage(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	fprintf(stderr, "damage at %" PRIu64 ": %s\n", offset, why);
	return 0;
}

static int
print_hash(struct ntfs *ntfs, const struct entry *entry, const struct stream *s, struct sink *out)
{
	CLEANUP(source_close) struct source *stream = NULL;
	CLEANUP(digest_close) struct digest *digest = NULL;
	struct digest_value values[DIGEST_KINDS];
	struct reference ref = { .entry = entry->number, .sequence = entry->sequence };
	uint8_t buf[65536];
	uint64_t at = 0;
	ssize_t n;
	int r = stream_open(ntfs, ref, s->attribute, out, &stream);

	if (r < 0)
		return printf("error %d\t", r), 0;
	if (stream->size > UINT64_C(1) << 33)
		return printf("too long\t"), 0;
	r = digest_open(1 << DIGEST_SHA256, &digest);
	if (r < 0)
		return r;
	while ((n = source_read(stream, at, buf, sizeof(buf))) > 0) {
		digest_add(digest, view_of(buf, (size_t)n));
		at += (uint64_t)n;
	}
	if (n < 0)
		return (int)n;
	digest_end(digest, values);
	for (size_t i = 0; i < digest_size(DIGEST_SHA256); i++)
		printf("%02x", values[DIGEST_SHA256].b[i]);
	printf("%s\t", source_trust(stream, 0, stream->size) ? "!" : "");
	return 0;
}

static void
print_times(const struct times *t, enum time_form form)
{
	const uint64_t all[] = { t->created, t->modified, t->changed, t->accessed };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		char text[FILETIME_TEXT];

		if (form == ISO)
			printf("%s\t", filetime_text(all[i], text));
		else if (form == UNIX)
			printf("%" PRId64 "\t", filetime_to_unix(all[i]));
		else
			printf("%" PRIu64 "\t", all[i]);
	}
}

/* The path as it is, but for what would break the line. */
static int
print_path(const struct catalog *catalog, const struct name *name, struct view stream)
{
	struct text path = { 0 }, escaped = { 0 };
	int r = 0;

	if (name) {
		r = catalog_folder_path(catalog, catalog_folder_of(catalog, name->parent), &path);
		if (r == 0 && path.n)
			r = text_addc(&path, '/');
		if (r == 0)
			r = text_add_utf16(&path, name->name);
	} else {
		r = text_adds(&path, "[no name]");
	}
	if (r == 0 && stream.n) {
		r = text_addc(&path, ':');
		if (r == 0)
			r = text_add_utf16(&path, stream);
	}
	if (r == 0)
		r = text_add_escaped(&escaped, text_view(&path));
	puts(r == 0 ? escaped.s ? escaped.s : "" : "?");
	text_free(&path);
	text_free(&escaped);
	return r;
}

static int
print_line(struct ntfs *ntfs, const struct catalog *catalog, const struct entry *e, const struct name *name,
	   const struct stream *s, const struct options *o, struct sink *out)
{
	static const struct times none;
	int r = 0;

	printf("%" PRIu64 "-%u-", e->number, e->sequence);
	if (s)
		printf("%" PRIu64, s->attribute);
	else
		printf("none");
	printf("\t%d\t%d\t%" PRIu64 "\t", !!(e->flags & ENTRY_ALLOCATED), !!(e->flags & ENTRY_DIRECTORY),
	       s ? s->size : 0);
	print_times(&e->si, o->times);
	print_times(name ? &name->fn : &none, o->times);
	if (o->hash && s)
		r = print_hash(ntfs, e, s, out);
	else if (o->hash)
		printf("\t");
	return r < 0 ? r : print_path(catalog, name, s ? s->name : view_of(NULL, 0));
}

/* A line for each stream, and one for what has no unnamed stream, such as a folder. */
static int
print_name(struct ntfs *ntfs, const struct catalog *catalog, const struct entry *e, const struct name *name,
	   const struct options *o, struct sink *out)
{
	bool unnamed = false;
	int r = 0;

	for (uint32_t i = 0; i < e->stream_count; i++)
		unnamed |= !e->streams[i].name.n;
	if (!unnamed)
		r = print_line(ntfs, catalog, e, name, NULL, o, out);
	for (uint32_t i = 0; i < e->stream_count && r >= 0; i++)
		r = print_line(ntfs, catalog, e, name, &e->streams[i], o, out);
	return r;
}

static int
print_entry(struct ntfs *ntfs, const struct catalog *catalog, const struct entry *e, const struct options *o,
	    struct sink *out)
{
	int r = e->name_count ? 0 : print_name(ntfs, catalog, e, NULL, o, out);

	for (uint32_t i = 0; i < e->name_count && r >= 0; i++)
		r = print_name(ntfs, catalog, e, &e->names[i], o, out);
	return r;
}

struct printing {
	struct reference folder;
	enum time_form times;
};

static int
print_indexed(void *state, const struct index_entry *e)
{
	static const char *const where[] = { "listed", "cut-off", "slack", "freed", "record" };
	const struct printing *p = state;
	struct text name = { 0 }, escaped = { 0 };
	int r = text_add_utf16(&name, e->name.name);

	if (r == 0)
		r = text_add_escaped(&escaped, text_view(&name));
	printf("%s\t%" PRIu64 "-%u\t%" PRIu64 "-%u\t%d\t%" PRIu64 "\t", where[e->where], p->folder.entry,
	       p->folder.sequence, e->file.entry, e->file.sequence, (int)e->name.space, e->size);
	print_times(&e->name.fn, p->times);
	puts(escaped.s ? escaped.s : "");
	text_free(&name);
	text_free(&escaped);
	return r;
}

static int
list_indexes(struct ntfs *ntfs, const struct catalog *catalog, const struct options *o, struct sink *out)
{
	struct index_tally tally, sum = { 0 };
	struct catalog_cursor cursor;
	uint64_t folders = 0, whole = 0;
	int r;

	catalog_start(catalog, &cursor);
	while ((r = catalog_next(&cursor)) > 0) {
		const struct entry *e = &cursor.entry;
		struct printing p = { .folder = { e->number, e->sequence }, .times = o->times };

		if (!(e->flags & ENTRY_DIRECTORY) || !(e->flags & ENTRY_ALLOCATED))
			continue;
		r = index_read(ntfs, p.folder, out, print_indexed, &p, &tally);
		if (r == -ENOENT || r == -EINVAL)
			continue;
		if (r < 0)
			break;
		folders++;
		whole += tally.whole;
		sum.listed += tally.listed;
		sum.left += tally.left;
		sum.blocks += tally.blocks;
	}
	catalog_stop(&cursor);
	fprintf(stderr, "indexes %" PRIu64 " whole %" PRIu64 " listed %" PRIu64 " left %" PRIu64 " blocks %" PRIu64 "\n",
		folders, whole, sum.listed, sum.left, sum.blocks);
	return r;
}

/* What lies in a folder, whatever the order: how many entries, and a sum over their numbers. */
struct heap {
	uint64_t n, sum;
};

static int
put_on_heap(void *state, const struct entry *e)
{
	struct heap *heap = state;

	heap->n++;
	heap->sum += (e->number + 1) * 0x9e3779b97f4a7c15u;
	return 0;
}

/* Once to each folder that some name of the entry is in. */
static void
put_in_folders(const struct catalog *catalog, const struct entry *e, struct heap *heaps)
{
	for (uint32_t i = 0; i < e->name_count; i++) {
		bool again = false;

		for (uint32_t k = 0; k < i; k++)
			again |= reference_equal(e->names[k].parent, e->names[i].parent);
		if (!again)
			put_on_heap(&heaps[catalog_folder_of(catalog, e->names[i].parent)], e);
	}
}

static int
compare_listings(const struct catalog *catalog)
{
	CLEANUP(free) struct heap *heaps = calloc(catalog_folders(catalog) + 1, sizeof(*heaps));
	struct catalog_cursor cursor;
	uint64_t wrong = 0, entries = 0;
	int r = heaps ? 0 : -ENOMEM;

	catalog_start(catalog, &cursor);
	while (r == 0 && (r = catalog_next(&cursor)) > 0) {
		put_in_folders(catalog, &cursor.entry, heaps);
		r = 0;
	}
	catalog_stop(&cursor);
	for (uint32_t i = 0; i < catalog_folders(catalog) && r == 0; i++) {
		struct heap heap = { 0 };

		r = catalog_listed(catalog, i, put_on_heap, &heap);
		wrong += heap.n != heaps[i].n || heap.sum != heaps[i].sum;
		entries += heap.n;
	}
	printf("folders %u entries %" PRIu64 " wrong %" PRIu64 "\n", catalog_folders(catalog), entries, wrong);
	return r;
}

static int
list(struct source *volume, const struct options *o)
{
	CLEANUP(ntfs_close) struct ntfs *ntfs = NULL;
	CLEANUP(catalog_free) struct catalog *catalog = NULL;
	struct sink out = { .damage = say_damage };
	const struct catalog_count *c;
	struct catalog_cursor cursor;
	int r = ntfs_open(volume, &out, &ntfs);

	if (r == 0)
		r = catalog_sweep(ntfs, o->threads, &out, NULL, NULL, &catalog);
	if (r < 0 || o->indexes)
		return r < 0 ? r : list_indexes(ntfs, catalog, o, &out);
	if (o->listings)
		return compare_listings(catalog);
	catalog_start(catalog, &cursor);
	while (!o->quiet && (r = catalog_next(&cursor)) > 0) {
		r = print_entry(ntfs, catalog, &cursor.entry, o, &out);
		if (r < 0)
			break;
	}
	catalog_stop(&cursor);
	c = catalog_count(catalog);
	fprintf(stderr,
		"records %" PRIu64 " parsed %" PRIu64 " extensions %" PRIu64 " empty %" PRIu64 " damaged %" PRIu64
		" allocated %" PRIu64 " folders %" PRIu64 " torn %" PRIu64 " parents %u bytes %zu%s\n",
		c->records, c->parsed, c->extensions, c->empty, c->damaged, c->allocated, c->folders, c->torn,
		catalog_folders(catalog), catalog_bytes(catalog), ntfs_dirty(ntfs) ? " dirty" : "");
	return r;
}

int
main(int argc, char **argv)
{
	struct file file = { .source = { .ops = &file_ops, .name = "image" } };
	struct options o = { .times = TICKS, .threads = 2 };
	struct stat st;
	int c, r;

	while ((c = getopt(argc, argv, "ilqstuj:")) != -1) {
		o.hash |= c == 's';
		o.indexes |= c == 'i';
		o.listings |= c == 'l';
		o.quiet |= c == 'q';
		if (c == 't' || c == 'u')
			o.times = (enum time_form)c;
		if (c == 'j')
			o.threads = (unsigned)atoi(optarg);
	}
	if (optind >= argc)
		return fprintf(stderr, "ntfsls [-ilqstu] [-j THREADS] IMAGE [OFFSET]\n"), 2;
	file.fd = open(argv[optind], O_RDONLY | O_CLOEXEC);
	if (file.fd < 0 || fstat(file.fd, &st) < 0)
		return perror(argv[optind]), 1;
	file.offset = optind + 1 < argc ? strtoull(argv[optind + 1], NULL, 0) : 0;
	if (file.offset > (uint64_t)st.st_size)
		return fprintf(stderr, "the offset lies behind the end\n"), 1;
	file.source.size = (uint64_t)st.st_size - file.offset;
	r = list(&file.source, &o);
	close(file.fd);
	if (r < 0)
		fprintf(stderr, "error %d\n", r);
	return r < 0;
}
