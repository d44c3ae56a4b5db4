/* compiled.h - what ASP.NET notes down of a page that it compiled: which it was, and what became of it. */
#ifndef COMPILED_H
#define COMPILED_H

#include "arena.h"
#include "sink.h"
#include "source.h"
#include "vector.h"

enum compiled_limits {
	COMPILED_MAX = 1 << 20,   /* bytes of a record; ASP.NET writes some hundred */
	COMPILED_DEPTH_MAX = 16,  /* elements within each other; ASP.NET writes three */
	COMPILED_TEXT_MAX = 4096, /* bytes of a value that is kept */
	COMPILED_PARTS_MAX = 256, /* files that a page was made of, which are kept */
};

/* One NAME.HASH.compiled. Texts are NULL where it does not say them. */
struct compiled {
	struct arena arena;
	const char *page;             /* virtual path: "/owa/auth/x.aspx" */
	const char *kind;             /* its number for what it is: 3 a page, 8 global.asax */
	const char *hash, *file_hash; /* of the settings that it was compiled under, of the files that it was made of */
	const char *assembly, *type;  /* the library without its ending, the class in it; none where it failed */
	VECTOR(const char *) parts;   /* virtual paths of the files that it was made of */
	uint64_t parts_more;          /* beyond those that are kept */
	uint64_t offset, length;      /* of the element that says all this */
	uint64_t damaged;             /* faults that were told */
	bool whole;                   /* read to its end */
};

enum { LIBRARY_MAX = 4 << 20 }; /* bytes of a compiled library that is searched; those of pages have some KiB */

/*
 * Finds the page that a library of the cache (App_Web_NAME.dll) was made of, as the library itself names it: relative
 * to its application, "~/auth/x.aspx", in ASCII; the first that ends as a page does. 1, 0 when it names none, or what
 * source_read gave, or -ENOMEM after fail(). ret_page grows; offset and length are those of the name in the file, in
 * UTF-16.
 */
struct text;
int library_page(struct source *src, struct text *ret_page, uint64_t *ret_offset, uint64_t *ret_length);

/*
 * Reads a record; what is wrong is told to out at its offset, and what was read up to there counts. 0 also where it is
 * none at all (page is NULL then), or what source_read or the sink gave to stop it, or -ENOMEM after fail(). ret is to
 * be freed in any case.
 */
int compiled_read(struct source *src, struct sink *out, struct compiled *ret);
void compiled_free(struct compiled *compiled);
static inline void
compiled_free_at(struct compiled *compiled)
{
	compiled_free(compiled);
}

#endif
