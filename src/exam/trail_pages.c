/* trail_pages.c - files of findings that a web server would hand out, by the path that they are asked for. */
#include <errno.h>
#include <strings.h>

#include "fail.h"
#include "trail_own.h"

/* Where IIS and Exchange keep what they serve; the path behind it is that of the request. */
static const char *const roots[] = { "/FrontEnd/HttpProxy/", "/ClientAccess/", "/inetpub/wwwroot/" };

/* Only what has an ending is a file that is asked for by its name. */
static bool
has_ending(struct view path)
{
	const uint8_t *name = path.n ? memrchr(path.p, '/', path.n) : NULL;

	return name && memchr(name, '.', path.n - (size_t)(name - path.p)) != NULL;
}

int
trail_page(struct view path, bool web_root, struct text *ret_page, bool *ret_tail)
{
	*ret_tail = false;
	if (!has_ending(path))
		return -ENOENT;
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		size_t at = text_find(path, roots[i]);

		if (at != SIZE_MAX)
			return text_add(ret_page, view_from(path, at + strlen(roots[i]) - 1));
	}
	*ret_tail = true;
	return web_root ? text_add(ret_page, path) : -ENOENT;
}

struct search {
	const struct exam *exam;
	struct terms *terms;
};

static bool
in_web_root(const struct exam *exam, uint64_t volume, uint64_t mft)
{
	for (size_t i = 0; i < exam->candidates.n; i++) {
		const struct candidate *c = &exam->candidates.at[i];

		if (c->role == ROLE_WEBROOT && c->entry.entry == mft &&
		    exam->volumes[c->volume].volume.offset == volume)
			return true;
	}
	return false;
}

/* ASP.NET notes what page it compiled: `virtualPath="/owa/auth/x.aspx"`, which outlives the page. */
static struct view
compiled_page(struct view excerpt)
{
	static const char words[] = "virtualPath=\"";
	size_t at = text_find(excerpt, words);
	struct view path = at == SIZE_MAX ? view_of(NULL, 0) : view_from(excerpt, at + sizeof(words) - 1);
	const uint8_t *end = path.n ? memchr(path.p, '"', path.n) : NULL;

	return end ? view_of(path.p, (size_t)(end - path.p)) : view_of(NULL, 0);
}

static int
take_finding(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	const struct search *search = state;
	struct view path = row_value(n, names, values, "path"), finding = row_value(n, names, values, "finding");
	struct view compiled = compiled_page(row_value(n, names, values, "excerpt"));
	CLEANUP(text_free) struct text page = { 0 }, id = { 0 };
	struct term term = { .kind = TERM_PAGE, .file = true };
	int r;

	(void)is_number;
	if (row_value(n, names, values, "stream").n)
		return 0;
	level_parse(row_value(n, names, values, "level"), &term.level);
	if (has_ending(compiled))
		r = text_add(&page, compiled);
	else
		r = trail_page(path, false, &page, &term.tail);
	if (r == -ENOENT && has_ending(path) &&
	    in_web_root(search->exam, view_number(row_value(n, names, values, "volume")),
			view_number(row_value(n, names, values, "mft"))))
		r = trail_page(path, true, &page, &term.tail);
	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = text_add(&id, finding);
	term.text = page.s;
	return r < 0 ? r : terms_add(search->terms, &term, id.s);
}

int
trail_pages(struct exam *exam, struct terms *terms)
{
	struct search search = { .exam = exam, .terms = terms };
	int r = case_ask(exam->db,
			 &(struct question){ .view = "v_findings", .min_level = LEVEL_HIGH, .order = "finding" },
			 take_finding, &search);

	return r == -ENOMEM ? fail(ENOMEM, "out of memory for pages that findings name") : r;
}
