/* audit.c - whether a sealed case is still the one that was sealed: every file, every line, every signature. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "digest.h"
#include "fail.h"
#include "file.h"
#include "manifest.h"
#include "minisign.h"
#include "notes.h"
#include "seal.h"
#include "sealed.h"
#include "sign.h"

enum { MANIFEST_MAX = 1 << 30, SMALL_MAX = 1 << 20 };

static const char stamp_answer[] = "manifest.json.tsr";

struct auditing {
	struct audit *audit;
	const char *folder;
	struct seal_line seal;
	struct runlog_state run;
	bool has_run;     /* run.jsonl is there and can be read */
	struct text json; /* of the manifest, as far as it is there */
	struct manifest manifest;
	struct inventory now;
};

const char *
audit_state_name(enum audit_state state)
{
	static const char *const names[AUDIT_STATES] = {
		[AUDIT_OK] = "ok",           [AUDIT_NOTE] = "note",   [AUDIT_CHANGED] = "changed",
		[AUDIT_MISSING] = "missing", [AUDIT_ADDED] = "added", [AUDIT_BROKEN] = "broken",
	};

	return names[state];
}

static int
tell(struct auditing *a, enum audit_state what, const char *name, const char *why)
{
	a->audit->counts[what]++;
	return a->audit->told(a->audit->state, what, name, why);
}

static int __attribute__((format(printf, 4, 5)))
tell_of(struct auditing *a, enum audit_state what, const char *name, const char *format, ...)
{
	CLEANUP(free) char *why = NULL;
	va_list list;
	int n;

	va_start(list, format);
	n = vasprintf(&why, format, list);
	va_end(list);
	return n < 0 ? fail(ENOMEM, "out of memory for the audit of %s", a->folder) : tell(a, what, name, why);
}

static bool
is_there(const struct auditing *a, const char *name)
{
	CLEANUP(free) char *path = path_join(a->folder, name);

	return path && access(path, F_OK) == 0;
}

static int
read_small(const struct auditing *a, const char *name, size_t max, struct text *ret)
{
	CLEANUP(free) char *path = path_join(a->folder, name);

	return path ? file_read(path, max, ret) : -ENOMEM;
}

/* ---- the chains ---- */

/* Whether the chain can be gone through: 1, 0 where it is not there or was told, or negative. */
static int
is_chain(struct auditing *a, const char *name)
{
	CLEANUP(free) char *path = path_join(a->folder, name);
	struct stat st;
	int r;

	if (!path)
		return -ENOMEM;
	if (lstat(path, &st) < 0)
		return 0;
	if (S_ISREG(st.st_mode) && access(path, R_OK) == 0)
		return 1;
	r = tell(a, AUDIT_CHANGED, name, "it is no file that can be read");
	return r < 0 ? r : 0;
}

static int
tell_since(struct auditing *a)
{
	int r = 0;

	if (a->seal.checks)
		r = tell_of(a, AUDIT_NOTE, "run.jsonl", "%" PRIu64 " lines of 'verify -c' stand behind the seal",
			    a->seal.checks);
	if (r == 0 && a->seal.broken_at)
		r = tell_of(a, AUDIT_BROKEN, "run.jsonl",
			    "the seal of line %" PRIu64 " was broken by '%s', at line %" PRIu64, a->seal.number,
			    a->seal.broken_by, a->seal.broken_at);
	return r;
}

static int
check_run(struct auditing *a)
{
	int r = is_chain(a, "run.jsonl");

	if (r <= 0)
		return r < 0 || a->audit->counts[AUDIT_CHANGED] ? r : tell(a, AUDIT_MISSING, "run.jsonl", "");
	a->has_run = true;
	r = seal_line_find(a->folder, &a->seal, &a->run);
	if (r < 0)
		return r;
	if (a->run.bad_line)
		r = tell_of(a, AUDIT_BROKEN, "run.jsonl", "line %" PRIu64 ": %s", a->run.bad_line, a->run.why);
	else
		r = tell_of(a, AUDIT_OK, "run.jsonl", "a whole chain of %" PRIu64 " lines", a->run.lines);
	return r < 0 ? r : tell_since(a);
}

static int
check_notes(struct auditing *a)
{
	struct notes_state notes = { 0 };
	int r = is_chain(a, "notes.jsonl");

	if (r < 0 || !a->has_run || (!r && is_there(a, "notes.jsonl")))
		return r < 0 ? r : 0;
	r = notes_check(a->folder, &notes);
	if (r == 0 && notes.why)
		r = tell(a, AUDIT_BROKEN, "notes.jsonl", notes.why);
	else if (r == 0 && notes.rows)
		r = tell_of(a, AUDIT_OK, "notes.jsonl", "a whole chain of %" PRIu64 " rows", notes.rows);
	return r;
}

/* ---- the files of the seal itself ---- */

static int
check_seal_file(struct auditing *a, size_t i)
{
	const char *stated = a->seal.hashes[i], *name = seal_files[i];
	char hex[65];
	uint64_t bytes;
	int r = inventory_hash(a->folder, name, &bytes, hex);

	if (r == -ENOENT)
		return stated[0] ? tell(a, AUDIT_MISSING, name, "") : 0;
	if (r < 0)
		return tell(a, AUDIT_CHANGED, name, "it cannot be read");
	if (!stated[0])
		return tell(a, AUDIT_ADDED, name, a->seal.found ? "the seal did not make it" : "run.jsonl has no seal");
	if (strcmp(stated, hex) != 0)
		return tell(a, AUDIT_CHANGED, name, "its SHA-256 is not the one in run.jsonl");
	return tell(a, AUDIT_OK, name, "");
}

static int
check_signature(struct auditing *a)
{
	CLEANUP(text_free) struct text signature = { 0 };
	CLEANUP(text_free) struct text key = { 0 };
	const char *name = seal_files[SEAL_SIGNATURE];
	int r = read_small(a, name, SMALL_MAX, &signature);

	if (r == 0)
		r = a->audit->key ? file_read(a->audit->key, SMALL_MAX, &key)
				  : read_small(a, seal_files[SEAL_KEY], SMALL_MAX, &key);
	if (r < 0)
		return tell(a, AUDIT_BROKEN, name, "it cannot be checked: the key or the signature cannot be read");
	r = sign_check(text_view(&key), text_view(&a->json), text_view(&signature));
	if (r <= 0)
		return tell(a, AUDIT_BROKEN, name,
			    r < 0 ? "the key is no public key in PEM"
				  : "it is no signature of the manifest by this key");
	return tell(
		a, AUDIT_NOTE, name,
		a->audit->key
			? "a signature of the manifest by the key that was given"
			: "a signature of the manifest by the key beside it: whose that is has to be known otherwise");
}

static int
check_minisign(struct auditing *a)
{
	CLEANUP(free) char *file = path_join(a->folder, seal_files[SEAL_MANIFEST]);
	CLEANUP(free) char *signature = path_join(a->folder, seal_files[SEAL_MINISIGN]);
	const char *name = seal_files[SEAL_MINISIGN];
	int r;

	if (!file || !signature)
		return -ENOMEM;
	if (!a->audit->key || !minisign_key(a->audit->key))
		return tell(a, AUDIT_NOTE, name, "not checked: --key takes the public key");
	r = minisign_check(a->audit->key, file, signature);
	if (r < 0)
		return tell(a, AUDIT_NOTE, name, "not checked: minisign cannot be run");
	return r ? tell(a, AUDIT_NOTE, name, "a signature of the manifest by the key that was given")
		 : tell(a, AUDIT_BROKEN, name, "it is no signature of the manifest by this key");
}

/* What an authority answered came after the seal: it can only be held against the manifest. */
static int
check_stamp(struct auditing *a)
{
	CLEANUP(text_free) struct text answer = { 0 };
	CLEANUP(text_free) struct text when = { 0 };
	int r = read_small(a, stamp_answer, SMALL_MAX, &answer);

	if (r == 0)
		r = stamp_about(text_view(&answer), text_view(&a->json), &when);
	if (r < 0)
		return r == -ENOMEM ? r : tell(a, AUDIT_BROKEN, stamp_answer, "it cannot be read");
	return r ? tell_of(a, AUDIT_NOTE, stamp_answer,
			   "a time stamp of the manifest from %s: 'openssl ts -verify' tells whose it is", when.s)
		 : tell(a, AUDIT_BROKEN, stamp_answer, "it is no time stamp of this manifest");
}

static int
check_seal_files(struct auditing *a)
{
	int r = 0;

	for (size_t i = 0; i < SEAL_FILES && r == 0; i++)
		r = check_seal_file(a, i);
	if (r == 0 && is_there(a, seal_files[SEAL_SIGNATURE]))
		r = check_signature(a);
	if (r == 0 && is_there(a, seal_files[SEAL_MINISIGN]))
		r = check_minisign(a);
	return r == 0 && is_there(a, stamp_answer) ? check_stamp(a) : r;
}

/* ---- what is sealed ---- */

/* What stood in run.jsonl when it was sealed stands there still. */
static int
check_start(struct auditing *a)
{
	CLEANUP(text_free) struct text run = { 0 };
	CLEANUP(text_free) struct text hex = { 0 };
	struct digest_value value;
	int r = a->has_run ? read_small(a, "run.jsonl", MANIFEST_MAX, &run) : -ENOENT;

	if (r == 0)
		r = digest_sha256(view_part(text_view(&run), 0, a->manifest.bytes), &value);
	if (r == 0)
		r = text_add_hex(&hex, view_of(value.b, 32));
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return run.n < a->manifest.bytes || strcmp(hex.s, a->manifest.sha256) != 0
		       ? tell(a, AUDIT_CHANGED, "run.jsonl", "what stands before the seal is not what was sealed")
		       : 0;
}

static int
compare_file(struct auditing *a, const struct deliverable *was, const struct deliverable *is)
{
	if (is->odd)
		return tell(a, AUDIT_CHANGED, is->name, is->odd);
	if (was->bytes != is->bytes)
		return tell_of(a, AUDIT_CHANGED, is->name, "%" PRIu64 " bytes, and %" PRIu64 " when it was sealed",
			       is->bytes, was->bytes);
	if (strcmp(was->sha256, is->sha256) != 0)
		return tell(a, AUDIT_CHANGED, is->name, "its SHA-256 is not the one that was sealed");
	return tell(a, AUDIT_OK, is->name, "");
}

/* Both lists are in order of name. */
static int
compare_all(struct auditing *a)
{
	const struct deliverable *was = a->manifest.inventory.list.at, *is = a->now.list.at;
	const struct deliverable *was_end = was + a->manifest.inventory.list.n, *is_end = is + a->now.list.n;
	int r = 0;

	while (r == 0 && (was < was_end || is < is_end)) {
		int order = was == was_end ? 1 : is == is_end ? -1 : strcmp(was->name, is->name);

		if (order < 0)
			r = tell(a, AUDIT_MISSING, was->name, "");
		else if (order > 0)
			r = tell(a, AUDIT_ADDED, is->name, is->odd ? is->odd : "");
		else
			r = compare_file(a, was, is);
		was += order <= 0;
		is += order >= 0;
	}
	return r;
}

static int
check_files(struct auditing *a)
{
	int r = manifest_parse(text_view(&a->json), &a->manifest);

	if (r == 0)
		return tell(a, AUDIT_BROKEN, seal_files[SEAL_MANIFEST],
			    "it is not as this program writes it: what it lists is not compared");
	if (r > 0)
		r = inventory_take(a->folder, &a->now);
	if (r == 0)
		r = compare_all(a);
	return r < 0 ? r : check_start(a);
}

/* The lock is empty as long as it is only one. */
static int
check_lock(struct auditing *a)
{
	char hex[65];
	uint64_t bytes = 0;
	int r = inventory_hash(a->folder, ".lock", &bytes, hex);

	return r == 0 && bytes ? tell(a, AUDIT_ADDED, ".lock", "it should be empty") : r == -ENOENT ? 0 : r;
}

static int
audit(struct auditing *a)
{
	int r = check_run(a);

	if (r == 0)
		r = check_notes(a);
	if (r == 0 && is_there(a, seal_files[SEAL_MANIFEST]))
		r = read_small(a, seal_files[SEAL_MANIFEST], MANIFEST_MAX, &a->json);
	if (r < 0)
		return r;
	if (!a->seal.found && !is_there(a, seal_files[SEAL_MANIFEST]) && !is_there(a, seal_files[SEAL_SUMS]))
		return fail(ENOENT, "%s is not sealed", a->folder);
	if (!a->seal.found)
		r = tell(a, AUDIT_BROKEN, "run.jsonl", "it has no line of the seal");
	if (r == 0)
		r = check_seal_files(a);
	if (r == 0 && a->json.n)
		r = check_files(a);
	return r < 0 ? r : check_lock(a);
}

int
audit_case(const char *folder, struct audit *audit_request)
{
	struct auditing a = { .audit = audit_request, .folder = folder };
	int r = audit(&a);

	text_free(&a.json);
	manifest_free(&a.manifest);
	inventory_free(&a.now);
	return r;
}
