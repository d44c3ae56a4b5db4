/*
 * webls.c - shows which settings the reader of web.config and its like finds in a file, for comparing it with other
 * readers:
 *
 *     webls FILE
 *
 * A line for each: kind, location, name, value and more, with a tab between; blanks of any kind in them are one. Damage
 * goes to stderr.
 */
#include <inttypes.h>
#include <stdio.h>

#include "file.h"
#include "webconfig.h"

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	fprintf(stderr, "damage\t%" PRIu64 "\t%s\n", offset, why);
	return 0;
}

static void
show(const char *text, char end)
{
	for (bool blank = false; *text; text++) {
		bool is = *text == ' ' || *text == '\t' || *text == '\n' || *text == '\r';

		if (!is || !blank)
			putchar(is ? ' ' : *text);
		blank = is;
	}
	putchar(end);
}

int
main(int argc, char **argv)
{
	CLEANUP(text_free) struct text bytes = { 0 };
	CLEANUP(source_close) struct source *source = NULL;
	CLEANUP(webconfig_free) struct webconfig config = { 0 };
	struct sink sink = { .damage = take_damage };

	if (argc != 2) {
		fputs("usage: webls FILE\n", stderr);
		return 2;
	}
	if (file_read(argv[1], WEBCONFIG_MAX, &bytes) < 0 || source_memory(text_view(&bytes), argv[1], &source) < 0 ||
	    webconfig_read(source, &sink, &config) < 0)
		return 1;
	for (size_t i = 0; i < config.settings.n; i++) {
		const struct setting *s = &config.settings.at[i];

		show(setting_title(s->kind), '\t');
		show(s->location, '\t');
		show(s->name, '\t');
		show(s->value, '\t');
		show(s->more, '\n');
	}
	return 0;
}
