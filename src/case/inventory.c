/* inventory.c - what there is to be sealed: every file in the case's folder, whoever put it there. */
#include "inventory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "digest.h"
#include "fail.h"
#include "file.h"

enum {
	BLOCK = 1 << 18,
	DEPTH_MAX = 16,
	FILES_MAX = 1 << 20,
};

const char *const seal_files[] = {
	"manifest.json",     "SHA256SUMS", "manifest.json.minisig", "manifest.json.pub", "manifest.json.sig",
	"manifest.json.tsq", NULL
};

bool
inventory_left_out(const char *name)
{
	for (size_t i = 0; seal_files[i]; i++)
		if (!strcmp(seal_files[i], name))
			return true;
	/* the first goes on after the seal, the second is what an authority answers to it, the last is a lock */
	return !strcmp(name, "run.jsonl") || !strcmp(name, "manifest.json.tsr") || !strcmp(name, ".lock");
}

static int
hash_open(int fd, uint64_t *ret_bytes, char ret_hex[static 65])
{
	CLEANUP(digest_close) struct digest *digest = NULL;
	CLEANUP(text_free) struct text hex = { 0 };
	CLEANUP(free) uint8_t *block = malloc(BLOCK);
	struct digest_value values[DIGEST_KINDS];
	int r = block ? digest_open(1u << DIGEST_SHA256, &digest) : -ENOMEM;
	ssize_t n = 1;

	*ret_bytes = 0;
	while (r == 0 && n > 0) {
		n = read(fd, block, BLOCK);
		r = n < 0 ? -errno : digest_add(digest, view_of(block, (size_t)n));
		*ret_bytes += n > 0 ? (uint64_t)n : 0;
	}
	if (r == 0)
		r = digest_end(digest, values);
	if (r == 0)
		r = text_add_hex(&hex, view_of(values[DIGEST_SHA256].b, 32));
	if (r == 0)
		memcpy(ret_hex, hex.s, 65);
	return r;
}

int
inventory_hash(const char *folder, const char *name, uint64_t *ret_bytes, char ret_hex[static 65])
{
	CLEANUP(free) char *path = path_join(folder, name);
	CLEANUP(close) int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;
	int r = fd < 0 ? -errno : hash_open(fd, ret_bytes, ret_hex);

	return r < 0 && r != -ENOENT ? fail(-r, "%s/%s: %s", folder, name, strerror(-r)) : r;
}

/* A name stands in JSON, in a list for sha256sum and on terminals: what looks otherwise there is not sealed. */
static bool
is_plain(const char *name)
{
	CLEANUP(text_free) struct text shown = { 0 };

	return text_add_escaped(&shown, view_text(name)) == 0 && !strcmp(shown.s, name) && !strpbrk(name, "\\\"");
}

static struct deliverable *
add(struct inventory *inventory, const char *path)
{
	struct deliverable *d = inventory->list.n < FILES_MAX ? vector_push(&inventory->list) : NULL;

	if (!d)
		return NULL;
	*d = (struct deliverable){ .name = arena_copy(&inventory->arena, view_text(path)) };
	if (d->name && !is_plain(path))
		d->odd = "its name has characters that cannot be written down everywhere";
	return d->name ? d : NULL;
}

static int
take_file(struct inventory *inventory, int folder, const char *name, const char *path)
{
	CLEANUP(close) int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct deliverable *d = add(inventory, path);
	struct stat st;
	int r = 0;

	if (!d)
		return fail(ENOMEM, "too many files in the case, or out of memory for them");
	if (fd < 0 || fstat(fd, &st) < 0)
		d->odd = errno == ELOOP ? "it is a link" : "it cannot be read";
	else if (!S_ISREG(st.st_mode))
		d->odd = "it is no file";
	else
		r = hash_open(fd, &d->bytes, d->sha256);
	return r < 0 ? fail(-r, "%s: %s", path, strerror(-r)) : 0;
}

static int take_folder(struct inventory *inventory, int folder, const char *path, unsigned depth);

static int
take_entry(struct inventory *inventory, int folder, const char *above, const char *name, unsigned depth)
{
	CLEANUP(free) char *path = *above ? path_join(above, name) : strdup(name);
	struct deliverable *d;
	struct stat st;
	int sub;

	if (!path)
		return -ENOMEM;
	if (!*above && inventory_left_out(name))
		return 0;
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
		return take_file(inventory, folder, name, path);
	sub = depth < DEPTH_MAX ? openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) : -1;
	if (sub >= 0)
		return take_folder(inventory, sub, path, depth + 1);
	d = add(inventory, path);
	if (!d)
		return fail(ENOMEM, "out of memory for the files of the case");
	d->odd = depth < DEPTH_MAX ? "this folder cannot be read" : "folders lie too deep in each other";
	return 0;
}

/* Takes the descriptor. */
static int
take_folder(struct inventory *inventory, int folder, const char *path, unsigned depth)
{
	DIR *dir = fdopendir(folder);
	struct dirent *entry;
	int r = 0;

	if (!dir) {
		close(folder);
		return fail(errno, "%s: %s", path, strerror(errno));
	}
	while (r == 0 && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = take_entry(inventory, folder, path, entry->d_name, depth);
	closedir(dir);
	return r;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct deliverable *)a)->name, ((const struct deliverable *)b)->name);
}

int
inventory_take(const char *folder, struct inventory *ret_inventory)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;

	if (fd < 0)
		return fail(errno, "%s: %s", folder, strerror(errno));
	r = take_folder(ret_inventory, fd, "", 0);
	if (r == 0 && ret_inventory->list.n)
		qsort(ret_inventory->list.at, ret_inventory->list.n, sizeof(*ret_inventory->list.at), compare);
	return r;
}

void
inventory_free(struct inventory *inventory)
{
	vector_free(&inventory->list);
	arena_free(&inventory->arena);
}
