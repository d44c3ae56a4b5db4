/* ewf.c - an E01 set as the victim: every byte of the media is there, or in a range that says it is not to be trusted.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ewf_set.h"
#include "fail.h"
#include "file.h"
#include "image.h"

enum { STEP = 512, SHOWN_MAX = 6 };

struct sets {
	size_t n;
	char folder[64];
	struct set at[];
};

/* What the reader says while the set is opened and read. */
struct ear {
	struct sink sink;
	unsigned count;
	struct text text;
};

struct trial {
	struct sets *sets;
	size_t which;
	struct ewf_mutant mutant;
	struct ear ear;
	struct outcome *outcome;
	unsigned unmarked, marked, rewritten; /* sectors that are not as they were */
};

static int
hear(struct sink *out, uint64_t offset, const char *why)
{
	struct ear *ear = (struct ear *)out;

	if (ear->count++ < SHOWN_MAX)
		text_printf(&ear->text, "    row at %" PRIu64 ": %s\n", offset, why);
	return 0;
}

static int
load(char **paths, int n, void **ret_state)
{
	struct sets *sets = calloc(1, sizeof(*sets) + (size_t)n * sizeof(sets->at[0]));

	if (!sets)
		return -ENOMEM;
	for (sets->n = 0; sets->n < (size_t)n; sets->n++) {
		struct set *set = &sets->at[sets->n];

		if (set_load(set, paths[sets->n]) < 0)
			return fprintf(stderr, "torture: %s is no E01 set with a raw image beside it\n",
				       paths[sets->n]),
			       -EINVAL;
		printf("%s: %u files, %zu chunks of %" PRIu32 "\n", paths[sets->n], set->n, set->chunks.n,
		       set->chunk_size);
	}
	snprintf(sets->folder, sizeof(sets->folder), "%s", "/tmp/torture-XXXXXX");
	*ret_state = sets;
	return mkdtemp(sets->folder) ? 0 : -errno;
}

static void
unload(void *state)
{
	struct sets *sets = state;

	folder_remove(sets->folder); /* with what a crash has left */
	for (size_t i = 0; i < sets->n; i++)
		set_free(&sets->at[i]);
	free(sets);
}

static void
remove_files(const char *folder)
{
	char name[PATH_LENGTH + 16];

	for (unsigned i = 1; i <= FILES_MAX; i++) {
		snprintf(name, sizeof(name), "%s/x.E%02u", folder, i);
		unlink(name);
	}
	rmdir(folder);
}

static void
tell_wrong(struct trial *t, const char *what)
{
	t->outcome->verdict = SILENT;
	text_printf(&t->outcome->text, "    SILENT: %s\n", what);
}

static bool
was_rewritten(const struct trial *t, uint64_t at)
{
	const struct set *set = &t->sets->at[t->which];

	for (size_t i = 0; i < t->mutant.rewritten.n; i++)
		if (at / set->chunk_size == t->mutant.rewritten.at[i])
			return true;
	return false;
}

/* Sector by sector, what differs must be marked. */
static int
compare_media(struct trial *t, struct image *image)
{
	const struct set *set = &t->sets->at[t->which];
	CLEANUP(free) uint8_t *is = malloc(set->media_size);
	size_t n = set->media_size < image_media(image)->size ? set->media_size : image_media(image)->size;
	int r = is ? source_read_all(image_media(image), 0, is, n) : -ENOMEM;

	for (size_t at = 0; at < n && r == 0; at += STEP) {
		size_t step = n - at < STEP ? n - at : STEP;

		if (!memcmp(is + at, set->media + at, step))
			continue;
		if (source_trust(image_media(image), at, at + step))
			t->marked++;
		else if (was_rewritten(t, at))
			t->rewritten++;
		else if (!t->unmarked++)
			text_printf(&t->outcome->text, "    the first one unmarked lies at %zu\n", at);
	}
	return r;
}

static bool
same_text(const char *a, const char *b)
{
	return !a || (b && !strcmp(a, b));
}

/* Whether something that the tool wrote about the acquisition is not there any more. */
static bool
claims_lost(const struct acquisition *was, const struct acquisition *is)
{
	return !same_text(was->case_number, is->case_number) || !same_text(was->evidence_number, is->evidence_number) ||
	       !same_text(was->description, is->description) || !same_text(was->examiner, is->examiner) ||
	       !same_text(was->notes, is->notes) || !same_text(was->acquired, is->acquired) ||
	       (was->has_md5 && (!is->has_md5 || memcmp(was->md5, is->md5, sizeof(is->md5)))) ||
	       (was->has_sha1 && (!is->has_sha1 || memcmp(was->sha1, is->sha1, sizeof(is->sha1))));
}

static int
judge(struct trial *t, struct image *image, const struct acquisition *claims)
{
	const struct set *set = &t->sets->at[t->which];
	struct verify_result verified = { 0 };
	int r = compare_media(t, image);
	bool resized = image_media(image)->size != set->media_size;
	bool lost = claims_lost(claims, image_acquisition(image)), excused = t->mutant.layout_rewritten;

	/* a description that fits its checksum may claim any size: whoever asks for its hash waits for it */
	if (r == 0 && image_media(image)->size <= 8 * (uint64_t)set->media_size)
		r = image_verify(image, 1u << DIGEST_MD5 | 1u << DIGEST_SHA1, 1, NULL, NULL, &verified);
	if (r < 0)
		return r;
	t->outcome->verdict = t->ear.count || t->marked ? TOLD : ALL_THERE;
	if (t->unmarked && excused && (t->ear.count || verified.mismatch))
		t->outcome->verdict = EXPLAINED;
	else if (t->unmarked)
		tell_wrong(t, "bytes that differ, and no mark on them");
	if (t->rewritten && verified.stored && !verified.mismatch)
		tell_wrong(t, "rewritten bytes, and the stored hash is said to fit");
	else if (t->rewritten)
		t->outcome->verdict = EXPLAINED;
	if (resized && !t->ear.count && !verified.mismatch)
		tell_wrong(t, "the media has another size, and no row says so");
	if (lost && !t->ear.count && !(t->mutant.hash_rewritten && verified.mismatch))
		tell_wrong(t, "what was said of the acquisition is gone or another, and no row says so");
	if (verified.stored && verified.mismatch && !t->unmarked && !t->marked && !t->rewritten && !resized &&
	    !t->mutant.hash_rewritten)
		tell_wrong(t, "all bytes are there, and the hash is said not to fit");
	text_printf(&t->outcome->text, "    sectors: %u marked, %u rewritten, %u unmarked; size %" PRIu64 " of %zu\n",
		    t->marked, t->rewritten, t->unmarked, image_media(image)->size, set->media_size);
	return 0;
}

static void
make_mutant(struct sets *sets, uint64_t seed, struct trial *t)
{
	t->sets = sets;
	t->mutant = (struct ewf_mutant){ .others = sets->at, .other_count = sets->n, .chance = { .state = seed } };
	t->which = chance_below(&t->mutant.chance, sets->n);
	t->mutant.set = &sets->at[t->which];
	ewf_mutate(&t->mutant);
}

/* The whole set first, for what it says of its acquisition. */
static int
read_claims(struct trial *t, const char *folder, struct image **ret_image)
{
	char name[PATH_LENGTH + 16];

	if (mkdir(folder, 0700) < 0 || set_write(t->mutant.set, folder) < 0)
		return -errno;
	snprintf(name, sizeof(name), "%s/x.E01", folder);
	return image_open(name, NULL, ret_image);
}

static int
examine(struct trial *t, const char *folder, const struct acquisition *claims)
{
	CLEANUP(image_close) struct image *image = NULL;
	char name[PATH_LENGTH + 16];
	int r;

	t->ear.sink.damage = hear;
	snprintf(name, sizeof(name), "%s/x.E01", folder);
	r = image_open(name, &t->ear.sink, &image);
	if (r < 0)
		t->outcome->verdict = fail_last()[0] ? REFUSED : SILENT;
	else
		r = judge(t, image, claims);
	if (t->outcome->verdict == REFUSED)
		text_printf(&t->outcome->text, "    refused: %s\n", fail_last());
	else if (r < 0)
		tell_wrong(t, "the reader failed");
	return 0;
}

static int
run(void *state, uint64_t seed, struct outcome *ret)
{
	struct sets *sets = state;
	struct trial t = { .outcome = ret };
	CLEANUP(image_close) struct image *whole = NULL;
	char folder[PATH_LENGTH], base[PATH_LENGTH];
	struct chance chance = { .state = seed };
	int r;

	snprintf(folder, sizeof(folder), "%s/%d", sets->folder, getpid());
	snprintf(base, sizeof(base), "%s/%d-whole", sets->folder, getpid());
	t.mutant.set = &sets->at[chance_below(&chance, sets->n)];
	r = read_claims(&t, base, &whole);
	if (r == 0) {
		make_mutant(sets, seed, &t);
		snprintf(ret->class, sizeof(ret->class), "%s", t.mutant.class);
		text_printf(&ret->text, "  of %s\n%s", sets->at[t.which].path, t.mutant.log.s);
		r = mkdir(folder, 0700) < 0 || set_write(t.mutant.set, folder) < 0
			    ? -errno
			    : examine(&t, folder, image_acquisition(whole));
	}
	text_adds(&ret->text, t.ear.text.s ? t.ear.text.s : "");
	remove_files(folder);
	remove_files(base);
	return r;
}

static int
write_mutant(void *state, uint64_t seed, const char *to)
{
	struct trial t = { 0 };

	make_mutant(state, seed, &t);
	text_free(&t.mutant.log);
	vector_free(&t.mutant.rewritten);
	return mkdir(to, 0700) < 0 && errno != EEXIST ? -errno : set_write(t.mutant.set, to);
}

const struct victim ewf_victim = { .name = "ewf", .load = load, .run = run, .write = write_mutant, .unload = unload };
