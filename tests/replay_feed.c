/* replay_feed.c - the sink that prints, and the readers as the program calls them. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "content.h"
#include "lines.h"
#include "replay.h"

struct replay {
	struct sink sink; /* first */
	struct profile *profile;
	struct content *content;
	struct literals *literals;
	struct line_matcher *matcher;
	FILE *out;
	uint64_t facts, stop_at;
};

/* One fact, escaped; every fact is one line. */
static int
print(struct replay *r, const char *what, uint64_t offset, uint64_t length, struct view text)
{
	CLEANUP(text_free) struct text line = { 0 };

	if (r->facts++ == r->stop_at)
		return -EINTR;
	if (!r->out)
		return 0;
	if (text_add_escaped(&line, text) < 0)
		return -ENOMEM;
	fprintf(r->out, "%" PRIu64 " %" PRIu64 " %s %s\n", offset, length, what, line.s ? line.s : "");
	return 0;
}

static int
take_mark(struct sink *out, const struct mark *m)
{
	return print((struct replay *)out, m->rule->id, m->offset, m->length, m->basis);
}

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	return print((struct replay *)out, "damage", offset, 0, view_text(why));
}

static int
take_event(struct sink *out, const struct event *e)
{
	return print((struct replay *)out, e->kind, e->offset, 0, e->summary);
}

static int
take_line(void *state, struct view line, uint64_t offset, uint32_t which)
{
	struct replay *r = state;
	const struct rule *rule = line_rule(r->matcher, which, line);

	return rule ? print(r, rule->id, offset, line.n, view_of(line.p, line.n < 60 ? line.n : 60)) : 0;
}

int
replay_open(struct replay **ret_replay)
{
	static const char *const names[] = { "hafnium", "proxyshell" };
	CLEANUP(replay_close) struct replay *r = calloc(1, sizeof(*r));
	const struct view *literals;
	size_t n;

	if (!r || profile_load(names, 2, &r->profile) < 0)
		return -ENOENT;
	n = profile_literals(r->profile, &literals);
	if (literals_open(literals, n, &r->literals) < 0 || line_matcher_open(r->profile, &r->matcher) < 0 ||
	    content_open(r->profile, &r->content) < 0)
		return -ENOMEM;
	r->sink = (struct sink){ .event = take_event, .mark = take_mark, .damage = take_damage };
	*ret_replay = TAKE(r);
	return 0;
}

struct replay *
replay_close(struct replay *r)
{
	if (!r)
		return NULL;
	content_close(r->content);
	line_matcher_close(r->matcher);
	literals_close(r->literals);
	profile_free(r->profile);
	free(r);
	return NULL;
}

static int
feed_lines(struct replay *r, struct source *src)
{
	struct lines lines = { .literals = r->literals, .out = &r->sink, .hit = take_line, .state = r };
	struct lines_result result;
	int status = lines_read(&lines, src, &result);

	if (status == 0 && r->out)
		fprintf(r->out, "%" PRIu64 " lines, %" PRIu64 " bytes, %" PRIu64 " of them NUL, %" PRIu64 " too long%s%s\n", result.lines,
			result.bytes, result.nul, result.long_lines, result.torn ? ", the last one torn" : "",
			result.encoding ? ", UTF-16" : "");
	return status;
}

static int
feed_content(struct replay *r, struct source *src)
{
	struct content_place place = { .path = "/inetpub/wwwroot/x.aspx", .name = "x.aspx", .extension = ".aspx", .owner = "", .relative = "",
				       .build = "" };
	struct content_result result;
	CLEANUP(text_free) struct text hex = { 0 };
	int status = content_read(r->content, src, &place, &r->sink, &result);

	if (status == 0 && r->out && text_add_hex(&hex, view_of(result.digests[DIGEST_SHA256].b, DIGEST_MAX)) == 0)
		fprintf(r->out, "%" PRIu64 " bytes, sha256 %s%s%s\n", result.bytes, hex.s, result.incomplete ? ", " : "",
			result.incomplete ? result.incomplete : "");
	return status;
}

int
replay_feed(struct replay *r, const char *reader, struct source *src, FILE *out, uint64_t stop_at)
{
	r->out = out;
	r->facts = 0;
	r->stop_at = stop_at;
	return strcmp(reader, "lines") ? feed_content(r, src) : feed_lines(r, src);
}
