/* shell.c - names from an examiner's disk within commands that are printed to be run. */
#include "shell.h"

#include <ctype.h>
#include <string.h>

#include "cleanup.h"

/* Whether a terminal shows it as it is: 1, 0, or -ENOMEM. */
static int
is_plain(const char *s)
{
	CLEANUP(text_free) struct text shown = { 0 };
	int r = text_add_escaped(&shown, view_text(s));

	return r < 0 ? r : !*s || !strcmp(shown.s, s);
}

static int
add_quoted(struct text *t, const char *s)
{
	int r = text_addc(t, '\'');

	for (; *s && r == 0; s++)
		r = *s == '\'' ? text_adds(t, "'\\''") : text_addc(t, *s);
	return r < 0 ? r : text_addc(t, '\'');
}

/* Three octal digits each: a digit that follows is then none of the number's. */
static int
add_numbered(struct text *t, const char *s)
{
	int r = text_adds(t, "$'");

	for (; *s && r == 0; s++)
		if (isalnum((unsigned char)*s) || strchr(" ./_-+,:=@%", *s))
			r = text_addc(t, *s);
		else
			r = text_printf(t, "\\%03o", (unsigned)(unsigned char)*s);
	return r < 0 ? r : text_addc(t, '\'');
}

int
text_add_word(struct text *t, const char *s)
{
	int plain = is_plain(s);

	return plain < 0 ? plain : plain ? add_quoted(t, s) : add_numbered(t, s);
}

int
text_add_file_word(struct text *t, const char *path)
{
	int r = path[0] == '-' ? text_adds(t, "./") : 0;

	return r < 0 ? r : text_add_word(t, path);
}
