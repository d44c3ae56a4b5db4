/* joins_page.c - what joins files: the request for a page and the page, what wrote it, what it was compiled to, and what
 * came afterwards. */
#include <errno.h>
#include <string.h>

#include "facts.h"
#include "filetime.h"

static const uint64_t skew_write = SECONDS(10), skew_text = SECONDS(3600), gap_shell = SECONDS(7200);

enum { NAMED_MAX = 8, TEXT_LEAST = 20, KEPT_MAX = 1 << 20 };

static const char *
last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* ---- what wrote it ---- */

/* Without quotes and blanks, which logs double and pages break. */
static size_t
squeeze(struct view text, char *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		if (!strchr("\"' \t\r\n\\", text.p[i] ? text.p[i] : ' '))
			ret[n++] = (char)text.p[i];
	return n;
}

/* Whether the file that the case keeps holds the text that the command set: 1, 0 or negative. */
static int
holds(struct case_db *db, const struct fact *file, struct view text)
{
	CLEANUP(free) uint8_t *bytes = NULL;
	CLEANUP(free) char *all = NULL;
	char what[KEY_TEXT_MAX];
	size_t n, length = squeeze(text, what);
	int r;

	if (length < TEXT_LEAST || !file->sha256[0])
		return 0;
	r = case_kept(db, file->sha256, &bytes, &n);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (n > KEPT_MAX)
		return 0;
	all = malloc(n + 1);
	if (!all)
		return -ENOMEM;
	n = squeeze(view_of(bytes, n), all);
	return memmem(all, n, what, length) != NULL;
}

/* A command that set the text which the page holds. */
static int
join_text(struct facts *facts, struct case_db *db, size_t from, size_t to, size_t i, bool *ret_joined)
{
	for (size_t k = from; k < to; k++) {
		const struct fact *f = &facts->list.at[i], *c = &facts->list.at[k];
		int r;

		if (c->step != STEP_COMMAND || !c->keys[KEY_URL].n || !f->when || apart(c, f) > skew_text)
			continue;
		r = holds(db, f, c->keys[KEY_URL]);
		if (r > 0) {
			*ret_joined = true;
			r = facts_edge(facts, k, i, "set the text that is in", "content", false,
				       "the file holds the very text that the command set as a URL; it came to be %.3f s from the "
				       "command (an hour is allowed)",
				       seconds(apart(c, f)));
		}
		if (r < 0)
			return r;
	}
	return 0;
}

/* Records that name the path of the file, the first of them. */
static int
join_named(struct facts *facts, size_t from, size_t to, size_t i, bool *ret_joined)
{
	const struct fact *f;
	size_t n = strlen(facts->list.at[i].path);
	unsigned told = 0;
	int r = 0;

	for (size_t k = from; k < to && told < NAMED_MAX && r == 0; k++) {
		const struct fact *c = &facts->list.at[k];
		size_t m = strlen(c->path);

		f = &facts->list.at[i];

		if (!strcmp(c->kind, "directory.set") && c->mft != f->mft)
			continue; /* it speaks of itself alone */
		if (!strcmp(c->kind, "file") || c->step == STEP_COMPILED || m < 4 || m > n || strcmp(f->path + n - m, c->path))
			continue;
		*ret_joined = true;
		told++;
		if (!strcmp(c->kind, "directory.set"))
			r = facts_edge(facts, k, i, "was saved to", "content", false,
				       "the file is the saved directory, and says itself when that was changed");
		else
			r = facts_edge(facts, k, i, "names the file", "path", false, "the record names the path of the file");
	}
	return r;
}

/* How likely a row is to have written a file: what resets a virtual directory does by design, other commands may, and
 * whoever uses a shell can. 0: no. */
static unsigned
writes(const struct fact *c, const struct fact *f)
{
	if (!c->when)
		return 0;
	if (f->step == STEP_BIRTH && apart(c, f) <= skew_write) {
		if (c->step == STEP_RESET)
			return 3;
		if (c->step == STEP_SET || (c->step == STEP_COMMAND && c->level >= LEVEL_HIGH))
			return 2;
	}
	return (c->step == STEP_USE || c->step == STEP_PROCESS) && c->when <= f->when && apart(c, f) <= gap_shell;
}

/* Of what could have written it, the likeliest, and of these the nearest in time. */
static size_t
nearest(const struct facts *facts, size_t from, size_t to, size_t i)
{
	const struct fact *f = &facts->list.at[i];
	size_t best = SIZE_MAX;
	unsigned most = 0;

	for (size_t k = from; k < to; k++) {
		const struct fact *c = &facts->list.at[k];
		unsigned how = k == i ? 0 : writes(c, f);

		if (!how || how < most || (how == most && apart(c, f) > apart(&facts->list.at[best], f)))
			continue;
		most = how;
		best = k;
	}
	return best;
}

/* known: what it came from is known by more than its time; then only what writes such files is told beside it. */
static int
join_writer(struct facts *facts, size_t from, size_t to, size_t i, bool known)
{
	const struct fact *f = &facts->list.at[i];
	size_t k = f->when ? nearest(facts, from, to, i) : SIZE_MAX;
	const struct fact *c;

	if (k == SIZE_MAX || (known && facts->list.at[k].step != STEP_RESET))
		return 0;
	c = &facts->list.at[k];
	if (c->step < STEP_BIRTH)
		return facts_edge(facts, k, i, "is followed by", "time", true,
				  "the file came to be %.3f s from what writes such files (%.0f s before or after are allowed); "
				  "nothing but that joins them",
				  seconds(apart(c, f)), seconds(skew_write));
	return facts_edge(facts, k, i, "is followed by", "time", true,
			  "%.0f s after the shell was last used (%.0f s are allowed); nothing but that joins them",
			  seconds(apart(c, f)), seconds(gap_shell));
}

/* ---- what it was compiled to ---- */

/* `redirsuiteserverproxy.aspx.f5dba9b9.compiled`: the page by its name; a record names its URL. */
static bool
is_compiled_of(const struct fact *compiled, const struct fact *page)
{
	const char *name = last_name(compiled->path), *own = last_name(page->path);
	size_t n = strlen(own);

	if (compiled->page[0])
		return page_is_file(compiled->page, page->path);
	return !strncmp(name, own, n) && name[n] == '.' && strstr(name, ".compiled");
}

/* The cache's record names the page by its URL; a finding in that record only by its name. */
static int
join_compiled(struct facts *facts, size_t from, size_t to, size_t i)
{
	bool told = false;

	for (size_t k = from; k < to; k++)
		told |= facts->list.at[k].step == STEP_COMPILED && facts->list.at[k].page[0] &&
			is_compiled_of(&facts->list.at[k], &facts->list.at[i]);
	for (size_t k = from; k < to; k++) {
		const struct fact *c = &facts->list.at[k], *f = &facts->list.at[i];

		if (c->step != STEP_COMPILED || !is_compiled_of(c, f) || (told && !c->page[0]))
			continue;
		int r = facts_edge(facts, i, k, "was compiled as", c->page[0] ? "path" : "name of the page", false,
				   "the compile cache has the page, as it ran for the first time, %.3f s after the file came to be",
				   f->when && c->when >= f->when ? seconds(c->when - f->when) : 0.0);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- who asked for it ---- */

/* The first and the last request for the page, of each address. */
static int
join_uses(struct facts *facts, size_t from, size_t to, size_t i)
{
	const struct fact *f = &facts->list.at[i];
	size_t before = i;
	int r = 0;

	for (size_t k = from; k < to && r == 0; k++) {
		const struct fact *u = &facts->list.at[k];

		if ((u->step != STEP_USE && u->step != STEP_FETCH) || !page_is_file(u->page, f->path))
			continue;
		r = before == i ? facts_edge(facts, i, k, f->step == STEP_TAKEN ? "was fetched by" : "was first used by", "path",
					     false, "the URL %s is the end of the path of the file", u->page)
				: facts_edge(facts, before, k, "is followed on the same page by", "path", false,
					     "both requests are for %s, %.0f s apart", u->page,
					     seconds(apart(&facts->list.at[before], u)));
		before = k;
	}
	return r;
}

/* ---- and what it did ---- */

/* A program that IIS started, while the shell was being asked. */
static int
join_process(struct facts *facts, size_t from, size_t to, size_t i)
{
	const struct fact *f = &facts->list.at[i];
	size_t k = SIZE_MAX;
	bool joined = false;

	for (size_t n = from; n < i; n++) /* the program that started it */
		if (facts->list.at[n].step == STEP_PROCESS && f->keys[KEY_PPID].n && apart(f, &facts->list.at[n]) <= gap_shell &&
		    view_equal(facts->list.at[n].keys[KEY_PID], f->keys[KEY_PPID]))
			k = n;
	if (k != SIZE_MAX)
		return facts_edge(facts, k, i, "started", "process id", false, "the program was started by the process %.*s",
				  (int)f->keys[KEY_PPID].n, (const char *)f->keys[KEY_PPID].p);
	(void)to;
	for (size_t n = from; n < to && !joined; n++) {
		const struct fact *u = &facts->list.at[n];

		joined = u->step == STEP_USE && apart(u, f) <= skew_write;
		k = joined ? n : SIZE_MAX;
	}
	return joined ? facts_edge(facts, k, i, "is followed by", "time", true,
				   "the program was started %.3f s from a request for the shell (%.0f s allowed); nothing but that "
				   "joins them",
				   seconds(apart(f, &facts->list.at[k])), seconds(skew_write))
		      : 0;
}

int
join_files(struct facts *facts, struct case_db *db, size_t from, size_t to)
{
	unsigned read = 0;
	int r = 0;

	for (size_t i = from; i < to && r == 0; i++) {
		enum step step = facts->list.at[i].step;
		bool joined = false, file = !strcmp(facts->list.at[i].kind, "file");

		if (file && step == STEP_BIRTH && read++ < FILES_READ_MAX)
			r = join_text(facts, db, from, to, i, &joined);
		if (r == 0 && file && step != STEP_COMPILED)
			r = join_named(facts, from, to, i, &joined);
		if (r == 0 && (step == STEP_BIRTH || step == STEP_TAKEN || step == STEP_STAYS))
			r = join_writer(facts, from, to, i, joined);
		if (r == 0 && file && step == STEP_BIRTH)
			r = join_compiled(facts, from, to, i);
		if (r == 0 && file && (step == STEP_BIRTH || step == STEP_TAKEN))
			r = join_uses(facts, from, to, i);
		if (r == 0 && step == STEP_PROCESS)
			r = join_process(facts, from, to, i);
	}
	return r;
}
