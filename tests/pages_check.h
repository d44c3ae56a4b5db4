/* pages_check.h - what must hold of compile records, saved directories and configurations whatever their bytes are. */
#ifndef PAGES_CHECK_H
#define PAGES_CHECK_H

#include <stdlib.h>
#include <string.h>

#include "compiled.h"
#include "oabdump.h"
#include "text.h"
#include "webconfig.h"

struct pages_told {
	struct sink sink;
	uint64_t count, size;
};

static inline int
pages_take_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct pages_told *told = (struct pages_told *)out;

	if (offset > told->size || !why || !*why)
		abort();
	told->count++;
	return 0;
}

static inline struct source *
pages_source(struct view bytes, struct pages_told *told)
{
	struct source *src;

	*told = (struct pages_told){ .sink.damage = pages_take_damage, .size = bytes.n };
	if (source_memory(bytes, "test", &src) < 0)
		abort();
	return src;
}

static inline void
library_check(struct source *src, struct view bytes)
{
	struct text page = { 0 };
	uint64_t offset = 0, length = 0;
	int r = library_page(src, &page, &offset, &length);

	if (r < 0 || r > 1 ||
	    (r && (!page.n || page.s[0] != '~' || length != page.n * 2 || !view_has(bytes, offset, length))))
		abort();
	text_free(&page);
}

static inline void
compiled_check(struct view bytes)
{
	struct pages_told told;
	struct source *src = pages_source(bytes, &told);
	struct compiled c;

	if (compiled_read(src, &told.sink, &c) != 0 || told.count != c.damaged || (!c.whole && !c.damaged))
		abort();
	if (c.parts.n > COMPILED_PARTS_MAX || (c.page && strlen(c.page) > COMPILED_TEXT_MAX) ||
	    !view_has(bytes, c.offset, c.length))
		abort();
	compiled_free(&c);
	library_check(src, bytes);
	source_close(src);
}

static inline void
oab_dump_check(struct view bytes)
{
	struct pages_told told;
	struct source *src = pages_source(bytes, &told);
	struct oab_dump d;
	int r = oab_dump_read(src, &d);

	if (r != 0 && r != 1)
		abort();
	for (int i = 0; i < OAB_KEYS; i++)
		if (d.values[i] && (!r || strlen(d.values[i]) > OAB_TEXT_MAX))
			abort();
	if ((d.has_script && (!r || !view_has(bytes, d.script.offset, d.script.length))) ||
	    (d.zone_known && (d.zone < -15 * 60 || d.zone > 15 * 60)) || (d.changed.other && !d.changed.when))
		abort();
	oab_dump_free(&d);
	source_close(src);
}

static inline void
webconfig_check(struct view bytes)
{
	struct pages_told told;
	struct source *src = pages_source(bytes, &told);
	struct webconfig c;

	if (webconfig_read(src, &told.sink, &c) != 0 || told.count != c.damaged || (!c.whole && !c.damaged) ||
	    c.settings.n > WEBCONFIG_SETTINGS_MAX)
		abort();
	for (size_t i = 0; i < c.settings.n; i++) {
		const struct setting *s = &c.settings.at[i];

		if (s->kind >= SETTING_KINDS || !s->location || !s->name || !s->value || !s->more ||
		    strlen(s->value) > WEBCONFIG_TEXT_MAX || !view_has(bytes, s->offset, s->length))
			abort();
	}
	webconfig_free(&c);
	source_close(src);
}

#endif
