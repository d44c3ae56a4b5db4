/* replay_feed.c - the sink that prints, and the readers as the program calls them. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "content.h"
#include "evtx.h"
#include "evtx_forge.h"
#include "filetime.h"
#include "logs.h"
#include "replay.h"

struct replay {
	struct sink sink; /* first */
	struct profile *profile;
	struct content *content;
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

int
replay_open(struct replay **ret_replay)
{
	static const char *const names[] = { "hafnium", "proxyshell" };
	CLEANUP(replay_close) struct replay *r = calloc(1, sizeof(*r));

	if (!r || profile_load(names, 2, true, &r->profile) < 0)
		return -ENOENT;
	if (content_open(r->profile, &r->content) < 0)
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
	profile_free(r->profile);
	free(r);
	return NULL;
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

/* A record: where, when, how many fields; and each of them that has a value. */
static int
take_log_line(void *state, const struct log_line *line)
{
	struct replay *r = state;
	CLEANUP(text_free) struct text head = { 0 };
	char when[FILETIME_TEXT];
	int status;

	if (text_printf(&head, "%s%s, %zu fields", line->when ? filetime_text(line->when, when) : line->local ? "local " : "no time",
			!line->when && line->local ? filetime_text(line->local, when) : "", line->fields.n) < 0)
		return -ENOMEM;
	if (!line->split && text_printf(&head, ", not split: %.*s", (int)(line->raw.n < 60 ? line->raw.n : 60), (const char *)line->raw.p) < 0)
		return -ENOMEM;
	status = print(r, line->split ? "record" : "lost", line->offset, line->raw.n, text_view(&head));
	for (size_t i = 0; i < line->fields.n && status == 0 && r->out; i++) {
		CLEANUP(text_free) struct text escaped = { 0 };
		struct field f = line->fields.at[i];

		if (f.value.p && !f.value.n)
			continue;
		if (text_add_escaped(&escaped, f.value) < 0)
			return -ENOMEM;
		fprintf(r->out, "\t%.*s%s%s\n", (int)f.name.n, (const char *)f.name.p, f.value.p ? " = " : " has no value",
			f.value.p ? escaped.s : "");
	}
	return status;
}

static void
print_log(const struct replay *r, const struct log_result *result)
{
	char when[FILETIME_TEXT];

	fprintf(r->out, "%" PRIu64 " lines: %" PRIu64 " records, %" PRIu64 " more, %" PRIu64 " comments, %" PRIu64 " blank, %" PRIu64 " lost",
		result->lines.lines, result->records, result->more, result->comments, result->blank, result->lost);
	fprintf(r->out, "; %" PRIu64 " not UTF-8, %" PRIu64 " NUL%s%s\n", result->foreign, result->lines.nul,
		result->lines.torn ? ", torn" : "", result->assumed ? ", columns assumed" : "");
	for (size_t i = 0; i < result->hour_count; i++) {
		const struct log_hour *h = &result->hours[i];

		fprintf(r->out, "hour %s: %" PRIu64 " lines, %" PRIu64 " bytes, status", h->hour ? filetime_text(h->hour, when) : "unknown",
			h->lines, h->bytes);
		for (size_t k = 0; k < 6; k++)
			fprintf(r->out, " %" PRIu64, h->status[k]);
		fputc('\n', r->out);
	}
	for (size_t i = 0; i < result->note_count; i++)
		if (strcmp(result->notes[i].what, "columns"))
			fprintf(r->out, "%s: %.*s\n", result->notes[i].what, (int)result->notes[i].text.n, (const char *)result->notes[i].text.p);
}

static int
feed_logs(struct replay *r, const char *kind, struct source *src)
{
	struct log_reading reading = { .kind = log_kind_find(kind), .file = src->name, .all = true, .out = &r->sink, .line = take_log_line, .state = r };
	CLEANUP(log_result_free) struct log_result result = { 0 };
	int status;

	if (!reading.kind)
		return -ENOENT;
	status = log_read(&reading, src, &result);
	if (status == 0 && r->out)
		print_log(r, &result);
	return status;
}

static int
print_fields(const struct replay *r, const struct evtx_fields *f)
{
	for (size_t i = 0; i < f->fields.n && r->out; i++) {
		CLEANUP(text_free) struct text line = { 0 };

		if (text_add_escaped(&line, f->fields.at[i].name) < 0 || text_adds(&line, " = ") < 0 ||
		    text_add_escaped(&line, f->fields.at[i].value) < 0)
			return -ENOMEM;
		fprintf(r->out, "\t%s\n", line.s);
	}
	return 0;
}

/* A record: where, which, how found, when; its fields; its XML. */
static int
take_evtx(void *state, const struct evtx_event *event)
{
	struct replay *r = state;
	CLEANUP(text_free) struct text head = { 0 }, xml = { 0 }, escaped = { 0 };
	char when[FILETIME_TEXT];
	struct evtx_fields f;
	bool whole;
	int status = text_printf(&head, "%" PRIu64 " %s%s", event->id, filetime_text(event->when, when), event->recovered ? ", recovered" : "");

	if (status == 0)
		status = print(r, evtx_place_name(event->place), event->offset, event->raw.n, text_view(&head));
	if (status == 0)
		status = evtx_event_fields(event, EVTX_ALL, &f);
	if (status == 0)
		status = print_fields(r, &f);
	if (status == 0)
		status = evtx_event_xml(event, &xml, &whole);
	if (status == 0)
		status = text_add_escaped(&escaped, text_view(&xml));
	if (status == 0 && r->out)
		fprintf(r->out, "\t%s%s\n", escaped.s ? escaped.s : "", whole && f.whole ? "" : " not whole");
	return status;
}

static void
print_evtx(const struct replay *r, const struct evtx_result *e)
{
	static const char *const sums[] = { "unused", "good", "bad" };
	char first[FILETIME_TEXT], last[FILETIME_TEXT];

	fprintf(r->out, "header %s%s%s, checksum %s; %" PRIu64 " chunks of %" PRIu64 ", %" PRIu64 " blank, %" PRIu64 " without",
		e->header ? "there" : "missing", e->dirty ? ", dirty" : "", e->full ? ", full" : "", sums[e->sum], e->chunks, e->counted,
		e->blank, e->without);
	fprintf(r->out, "; checksums bad %" PRIu64 " + %" PRIu64 ", unused %" PRIu64 "\nrecords:", e->bad_headers, e->bad_data, e->unchecked);
	for (unsigned i = 0; i < EVTX_PLACES; i++)
		fprintf(r->out, " %" PRIu64 " %s,", e->records[i], evtx_place_name(i));
	fprintf(r->out, " %" PRIu64 " lost, %" PRIu64 " + %" PRIu64 " not whole\nids %" PRIu64 " to %" PRIu64 ", %" PRIu64 " twice, %" PRIu64
		" missing\n", e->lost, e->broken, e->broken_recovered, e->first_id, e->last_id, e->twice, e->missing);
	for (size_t i = 0; i < e->gap_count; i++)
		fprintf(r->out, "gap %" PRIu64 " to %" PRIu64 " before %" PRIu64 "\n", e->gaps[i].first, e->gaps[i].last, e->gaps[i].offset);
	fprintf(r->out, "from %s to %s\n", filetime_text(e->first, first), filetime_text(e->last, last));
}

static int
feed_evtx(struct replay *r, struct source *src)
{
	struct evtx_reading reading = { .out = &r->sink, .event = take_evtx, .state = r };
	CLEANUP(evtx_result_free) struct evtx_result result = { 0 };
	int status = evtx_read(&reading, src, &result);

	if (status == 0 && r->out)
		print_evtx(r, &result);
	return status;
}

int
replay_load(const char *reader, const char *path, struct text *ret_bytes)
{
	CLEANUP(text_free) struct text scenario = { 0 };

	if (strcmp(reader, "evtx"))
		return file_read(path, 64 << 20, ret_bytes);
	if (file_read(path, 64 << 20, &scenario) < 0)
		return -1;
	return evtx_forge(text_view(&scenario), ret_bytes);
}

int
replay_feed(struct replay *r, const char *reader, struct source *src, FILE *out, uint64_t stop_at)
{
	r->out = out;
	r->facts = 0;
	r->stop_at = stop_at;
	if (!strcmp(reader, "evtx"))
		return feed_evtx(r, src);
	if (!strncmp(reader, "logs/", 5))
		return feed_logs(r, reader + 5, src);
	return feed_content(r, src);
}
