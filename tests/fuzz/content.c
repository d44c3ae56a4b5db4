/* content.c - any bytes as a stream, against rules that use every feature which the shipped ones use. */
#include <stdlib.h>

#include "../../src/profile/inside.h"
#include "content.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char rules[] =
	"import \"pe\"\n"
	"rule text { strings: $a = /eval\\s*\\([^)]{0,64}request/ nocase ascii wide $b = \"unsafe\" "
	"condition: any of them }\n"
	"rule bytes { strings: $a = { 21 42 44 4E [0-300] 3C 25 } condition: $a or uint16(0) == 0x5a4d }\n"
	"rule module { condition: pe.number_of_sections > 2 and extension == \".aspx\" }\n";

static int
take_event(struct sink *out, const struct event *e)
{
	(void)out;
	(void)e;
	return 0;
}

static int
take_mark(struct sink *out, const struct mark *m)
{
	(void)out;
	if (!m->rule || m->excerpt.n > EXCERPT_MAX)
		abort();
	return 0;
}

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	(void)offset;
	(void)why;
	return 0;
}

/* Made once: compiling the rules takes longer than many inputs. */
static struct content *
reader(void)
{
	static struct profile profile;
	static struct profile_file file = { .name = "fuzz/rules.yar" };
	static struct content *content;
	static struct origin from = {
		.profile = &profile,
		.name = "fuzz/rules.yar",
		.source = "fuzz/rules.yar sha256:0",
		.bytes = { .p = (const uint8_t *)rules, .n = sizeof(rules) - 1 },
	};

	if (content)
		return content;
	profile.files.at = &file;
	profile.files.n = 1;
	if (yara_load(&from) < 0 || yara_finish(&profile) < 0 || profile.rules.n != 3 ||
	    content_open(&profile, &content) < 0)
		abort();
	return content;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct content_place place = {
		.path = "inetpub/x.aspx",
		.name = "x.aspx",
		.extension = ".aspx",
		.owner = "",
		.relative = "",
		.build = "",
	};
	struct sink out = { .event = take_event, .mark = take_mark, .damage = take_damage };
	CLEANUP(source_close) struct source *stream = NULL;
	struct content_result result;

	if (source_memory(view_of(data, size), "fuzz", &stream) < 0 ||
	    content_read(reader(), stream, &place, &out, &result) < 0)
		abort();
	return 0;
}
