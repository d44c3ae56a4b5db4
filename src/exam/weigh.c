/* weigh.c - from what one stream gave to findings: what it holds, what it is called, where it lies, what its times say.
 */
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "slot.h"

static bool
beyond_baseline(const struct slot *slot)
{
	enum baseline grade = slot->result.baseline;

	return !slot->result.known_good && (grade == BASELINE_NONE || grade == BASELINE_UNEXPECTED_PATH);
}

bool
slot_stray(const struct slot *slot)
{
	const struct candidate *c = slot->candidate;

	return c->role == ROLE_WEBROOT && (name_is_code(c->name) || c->stream[0]) && beyond_baseline(slot);
}

bool
slot_other(const struct slot *slot)
{
	return slot->candidate->role == ROLE_WEBROOT && slot->opened && !slot_stray(slot) && beyond_baseline(slot);
}

const uint8_t *
slot_digest(const struct slot *slot, enum digest_kind kind)
{
	/* a hash is only one of this file when every byte of it was there and was its own */
	if (!slot->opened || slot->reused || slot->shared || slot->trust & (TRUST_MISSING | TRUST_DAMAGED))
		return NULL;
	return slot->result.kinds & 1u << kind ? slot->result.digests[kind].b : NULL;
}

static int
finding_of(struct exam *exam, const struct slot *slot, const struct hiding *hiding, const struct mark *mark,
	   uint64_t when, enum level level)
{
	const struct candidate *c = slot->candidate;

	return finding_write(exam,
			     &(struct place){
				     .volume = c->volume,
				     .file = c->file,
				     .when = when                     ? when
					     : c->stream[0] || hiding ? 0
								      : c->born, /* NTFS keeps no time for those */
				     .bytes = slot->opened && (hiding || !slot->unread),
				     .slack = hiding && hiding->slack,
				     .packed = !hiding && c->flags & FILE_PACKED,
				     .entry = c->entry,
				     .attribute = hiding ? hiding->attribute : c->attribute,
				     .path = c->path,
				     .stream = hiding ? hiding->stream : c->stream,
				     .sha256 = hiding ? NULL : slot_digest(slot, DIGEST_SHA256),
			     },
			     mark, level);
}

static bool
rests_on_bytes(const struct kept_mark *mark)
{
	return mark->rule->kind != RULE_PATH && mark->length;
}

/* What has to be said with every finding of a file, so that nobody is misled by it. */
static int
add_caveats(const struct slot *slot, const struct kept_mark *mark, struct text *basis)
{
	const struct hiding *hiding = mark->hiding;
	int r = hiding ? text_printf(basis, "; %s", hiding->words) : 0;

	if (r == 0 && !(slot->candidate->flags & FILE_ALLOCATED))
		r = text_adds(basis, "; the file is deleted");
	if (r == 0 && slot->candidate->stream[0])
		r = text_adds(basis, "; NTFS keeps no time for a named stream");
	if (r == 0 && slot->reused)
		r = text_printf(basis, ", and %llu of its %llu clusters now belong to something else: %s",
				(unsigned long long)slot->reused, (unsigned long long)slot->clusters,
				mark->taken || !rests_on_bytes(mark) ? "the bytes may be of that"
								     : "those that this rests on do not");
	if (r == 0 && slot->shared)
		r = text_printf(basis, "; %llu of its %llu clusters are claimed by another deleted file, too: %s",
				(unsigned long long)slot->shared, (unsigned long long)slot->clusters,
				mark->shared || !rests_on_bytes(mark) ? "the bytes may be of that"
								      : "those that this rests on are not");
	if (r == 0 && slot->candidate->flags & FILE_TORN)
		r = text_adds(basis, "; its MFT entry is torn");
	if (r == 0 && (hiding ? hiding->trust : slot->trust))
		r = text_adds(basis, "; rests on damaged or unverified bytes");
	if (r == 0 && slot->unread)
		r = text_adds(basis, "; the content of the file could not be read");
	if (r == 0 && !hiding && !slot->unread && slot->opened && slot->candidate->flags & FILE_PACKED)
		r = text_adds(basis,
			      "; unpacked from WofCompressedData (compact /exe): The Sleuth Kit reads zeros here");
	return r;
}

/* Bytes that may be of another file by now, or never were of this one. */
enum level
slot_mark_level(const struct slot *slot, const struct kept_mark *mark, enum level level)
{
	bool doubtful = mark->hiding || mark->recovered || ((slot->reused || slot->shared) && (mark->taken || mark->shared || !mark->length));

	return doubtful && mark->rule->kind != RULE_PATH && level > LEVEL_MEDIUM ? LEVEL_MEDIUM : level;
}

static int
write_mark(struct exam *exam, const struct slot *slot, const struct kept_mark *mark, enum level level)
{
	CLEANUP(text_free) struct text basis = { 0 };
	int r = text_add(&basis, mark->basis);

	level = slot_mark_level(slot, mark, level);
	if (r == 0)
		r = add_caveats(slot, mark, &basis);
	if (r < 0)
		return fail(ENOMEM, "out of memory for a finding in %s", slot->candidate->path);
	return finding_of(exam, slot, mark->hiding,
			  &(struct mark){ .rule = mark->rule,
					  .offset = mark->offset,
					  .length = mark->length,
					  .excerpt = mark->excerpt,
					  .basis = text_view(&basis) },
			  mark->when, level);
}

/* A name says little once the content is known to be what ships under it. */
static int
write_path_rule(struct exam *exam, const struct slot *slot, const struct rule *rule)
{
	static const char plain[] = "the path matches",
			  ships[] = "the path matches; Exchange ships a file here, but the hash of "
				    "this one is in no list";
	bool shipped = slot->result.baseline == BASELINE_UNKNOWN_HASH;
	enum level level = shipped && rule->level > LEVEL_LOW ? LEVEL_LOW : rule->level;

	if (slot->result.known_good || slot->result.baseline == BASELINE_KNOWN ||
	    slot->result.baseline == BASELINE_OTHER_BUILD || (shipped && rule->level < LEVEL_LOW))
		return 0;
	return write_mark(exam, slot, &(struct kept_mark){ .rule = rule, .basis = view_text(shipped ? ships : plain) },
			  level);
}

static int
write_stray(struct exam *exam, const struct slot *slot)
{
	static const char words[] = "an executable type in a web root that the baseline of shipped files does not name";
	static const char unlisted[] = "an executable type where the profile has no list of what Exchange ships";
	static const char gone[] = "an executable type, deleted from a web root";
	const struct candidate *c = slot->candidate;
	bool deleted = !(c->flags & FILE_ALLOCATED);
	enum level level = own_rule(OWN_WEB_CODE)->level;

	if (!slot_stray(slot))
		return 0;
	if (c->relative[0] && slot->result.baseline == BASELINE_NONE && !c->stream[0])
		return write_mark(
			exam, slot,
			&(struct kept_mark){ .rule = own_rule(OWN_WEB_UNLISTED), .basis = view_text(unlisted) },
			name_is_served(c->name) && c->born >= exam->since ? LEVEL_MEDIUM : LEVEL_LOW);
	if (name_is_served(c->name) && c->born >= exam->since)
		level = LEVEL_HIGH;
	if (!name_is_served(c->name) && c->born < exam->since)
		level = LEVEL_LOW;
	return write_mark(exam, slot,
			  &(struct kept_mark){ .rule = own_rule(deleted ? OWN_DELETED_CODE : OWN_WEB_CODE),
					       .basis = view_text(deleted ? gone : words) },
			  level);
}

/* Times are only held against each other where it matters who set them: in web roots and drop zones. */
static int
write_stomp(struct exam *exam, const struct slot *slot, bool suspect)
{
	const struct candidate *c = slot->candidate;
	CLEANUP(text_free) struct text signs = { 0 };
	uint64_t made = exam->volumes[c->volume].made;
	int n;

	if (!(c->role == ROLE_WEBROOT || c->role == ROLE_STAGING || suspect) ||
	    (c->fn.created < exam->since && c->si.changed < exam->since))
		return 0;
	n = stomp_signs(&c->si, &c->fn, made, &signs);
	if (n < 0)
		return fail(ENOMEM, "out of memory for a finding in %s", c->path);
	if (!n ||
	    (!suspect && slot->result.baseline != BASELINE_NONE && slot->result.baseline != BASELINE_UNEXPECTED_PATH))
		return 0;
	return write_mark(exam, slot, &(struct kept_mark){ .rule = own_rule(OWN_STOMP), .basis = text_view(&signs) },
			  suspect ? LEVEL_MEDIUM : LEVEL_LOW);
}

/* Those in the content, or those beside it, which say nothing of the file itself. */
static int
write_marks(struct exam *exam, const struct slot *slot, bool hidden)
{
	int r = 0;

	for (size_t i = 0; i < slot->marks.n && r == 0; i++)
		if (!slot->marks.at[i].hiding == !hidden)
			r = write_mark(exam, slot, &slot->marks.at[i], slot->marks.at[i].rule->level);
	return r;
}

int
slot_weigh(struct exam *exam, const struct slot *slot, bool again)
{
	const struct candidate *c = slot->candidate;
	uint64_t before = exam->findings;
	int r = 0;

	if (!again)
		r = write_marks(exam, slot, false);
	for (uint32_t i = 0; i < c->rule_count && r == 0; i++)
		r = write_path_rule(exam, slot, c->rules[i]);
	if (r == 0 && slot->opened)
		r = write_stray(exam, slot);
	if (r == 0)
		r = write_stomp(exam, slot, exam->findings > before);
	return r < 0 || again ? r : write_marks(exam, slot, true);
}

static int
compare_folder(const void *a, const void *b)
{
	const struct candidate *x = *(const struct candidate *const *)a, *y = *(const struct candidate *const *)b;

	if (x->volume != y->volume)
		return x->volume < y->volume ? -1 : 1;
	if (x->folder != y->folder)
		return x->folder < y->folder ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

/* One finding for the others of a folder: how many, and how many of them were born in the window. */
static int
write_folder(struct exam *exam, const struct candidate *const *others, size_t n)
{
	const struct candidate *c = others[0];
	CLEANUP(text_free) struct text path = { 0 };
	CLEANUP(text_free) struct text basis = { 0 };
	struct folder folder;
	uint64_t born = 0, newest = 0;
	int r;

	for (size_t i = 0; i < n; i++) {
		born += others[i]->born >= exam->since;
		newest = others[i]->born > newest ? others[i]->born : newest;
	}
	catalog_folder(exam->volumes[c->volume].catalog, c->folder, &folder);
	r = text_add(&path, view_of(c->path, (size_t)(strrchr(c->path, '/') - c->path)));
	if (r == 0)
		r = text_printf(&basis, "%zu files, %llu of them born in the window; the first is %s", n,
				(unsigned long long)born, c->name);
	if (r < 0)
		return fail(ENOMEM, "out of memory for files in web roots");
	return finding_write(
		exam,
		&(struct place){
			.volume = c->volume, .when = newest, .entry = folder.reference, .path = path.s, .stream = "" },
		&(struct mark){ .rule = own_rule(OWN_WEB_OTHER), .basis = text_view(&basis) }, LEVEL_INFO);
}

int
others_weigh(struct exam *exam, const struct candidate **others, size_t n)
{
	int r = 0;

	if (n)
		qsort(others, n, sizeof(*others), compare_folder);
	for (size_t i = 0, many; i < n && r == 0; i += many) {
		const struct candidate *const *from = (const struct candidate *const *)others + i;

		for (many = 1;
		     i + many < n && from[many]->volume == from[0]->volume && from[many]->folder == from[0]->folder;
		     many++)
			;
		r = write_folder(exam, from, many);
	}
	return r;
}
