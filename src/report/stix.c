/* stix.c - STIX 2.1: what was seen on which exhibit, for platforms that exchange such sightings.
 * https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html; the numbers of sections below are of that.
 *
 * A bundle of: who says it (identity), each exhibit (identity), each finding as observed-data with its file, each value of
 * grave findings as an indicator with a pattern, and sightings of techniques, holes and indicators where they were seen.
 * The rules themselves are not in a case, so no indicator claims to be one: findings name rule, source and hash.
 */
#include <string.h>

#include "stix_own.h"

static void
write_self(struct graph *g)
{
	struct graph_id id;

	stix_name(g, "identity", view_text("postmortem"), view_text(""), &id);
	stix_begin(g, "identity", &id);
	graph_text(g, "name", view_text("postmortem"));
	graph_text(g, "description", view_text("Offline forensic triage of Exchange servers. The times 'created' and 'modified' are "
					       "of the evidence (its acquisition, else the start of the window), not of this export."));
	graph_text(g, "identity_class", view_text("system"));
	stix_end(g);
}

static int
take_exhibit(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	const struct row row = { n, names, values };
	struct graph *g = state;
	struct graph_id id;

	(void)is_number;
	stix_name_exhibit(g, of(&row, "name"), of(&row, "fingerprint"), &id);
	stix_begin(g, "identity", &id);
	graph_text(g, "name", of(&row, "name"));
	graph_some(g, "description", of(&row, "description"));
	graph_text(g, "identity_class", view_text("system"));
	graph_open(g, "external_references", '[');
	stix_reference(g, "image", of(&row, "name"), of(&row, "format"));
	if (of(&row, "exhibit").n)
		stix_reference(g, "exhibit", of(&row, "exhibit"), view_of(NULL, 0));
	if (of(&row, "sha256").n)
		stix_reference(g, "sha256 of the media", of(&row, "sha256"), view_of(NULL, 0));
	graph_close(g, ']');
	stix_end(g);
	return g->error;
}

/* ---- findings ---- */

/* {"hashes":{"SHA-256":"..."},"name":"...","parent_directory_ref":"..."} names a file. */
static void
name_file(struct graph *g, const struct text *name, struct view sha256, const struct graph_id *folder, struct graph_id *ret_id)
{
	CLEANUP(text_free) struct text properties = { 0 };
	int r = text_addc(&properties, '{');

	if (r == 0 && sha256.n)
		r = text_printf(&properties, "\"hashes\":{\"SHA-256\":\"%.*s\"},", (int)sha256.n, (const char *)sha256.p);
	if (r == 0)
		r = text_adds(&properties, "\"name\":");
	if (r == 0)
		r = stix_canonical(&properties, text_view(name));
	if (r == 0)
		r = text_printf(&properties, ",\"parent_directory_ref\":\"%s\"}", folder->text);
	graph_add(g, r);
	stix_name_observable(g, "file", &properties, ret_id);
}

/* Of a named stream, the file with the stream's name behind it. */
static int
compose_name(const struct row *row, struct text *ret)
{
	struct view name = name_of_path(of(row, "path")), stream = of(row, "stream");
	int r = text_add(ret, name.n ? name : view_text("/"));

	if (r == 0 && stream.n)
		r = text_addc(ret, ':');
	return r < 0 ? r : text_add(ret, stream);
}

/* The file of a finding, its folder first. */
static void
write_file(struct graph *g, const struct row *row, struct graph_id *ret_id)
{
	struct view sha256 = of(row, "sha256"), folder = folder_of_path(of(row, "path"));
	CLEANUP(text_free) struct text name = { 0 };
	struct graph_id parent;

	graph_add(g, compose_name(row, &name));
	stix_value(g, "directory", folder.n ? folder : view_text("/"), &parent);
	name_file(g, &name, sha256, &parent, ret_id);
	if (!graph_once(g, ret_id))
		return;
	stix_begin_observable(g, "file", ret_id);
	if (sha256.n) {
		graph_open(g, "hashes", '{');
		graph_text(g, "SHA-256", sha256);
		graph_close(g, '}');
	}
	if (sha256.n && of(row, "bytes").n)
		graph_number(g, "size", of(row, "bytes"));
	graph_text(g, "name", text_view(&name));
	graph_text(g, "parent_directory_ref", id_view(&parent));
	stix_end(g);
}

/* Techniques and holes are a list with blanks or commas between. */
static bool
next_word(struct view *list, struct view *ret_word)
{
	size_t n = 0;

	while (list->n && (list->p[0] == ' ' || list->p[0] == ','))
		*list = view_from(*list, 1);
	while (n < list->n && list->p[n] != ' ' && list->p[n] != ',')
		n++;
	*ret_word = view_part(*list, 0, n);
	*list = view_from(*list, n);
	return n != 0;
}

static void
write_observed(struct graph *g, const struct row *row, const struct graph_id *id, const struct graph_id *file)
{
	struct view time = stix_time(of(row, "time")) ? of(row, "time") : view_text(g->created);

	stix_begin(g, "observed-data", id);
	graph_open(g, "labels", '[');
	graph_text(g, NULL, of(row, "level"));
	if (of(row, "stage").n)
		graph_text(g, NULL, of(row, "stage"));
	if (!stix_time(of(row, "time")))
		graph_text(g, NULL, view_text("undated: the time is that of the acquisition"));
	graph_close(g, ']');
	graph_open(g, "external_references", '[');
	stix_reference(g, "postmortem finding", of(row, "finding"), of(row, "title"));
	stix_reference(g, "rule", of(row, "rule"), of(row, "basis"));
	graph_close(g, ']');
	graph_text(g, "first_observed", time);
	graph_text(g, "last_observed", time);
	graph_number(g, "number_observed", view_text("1"));
	graph_one(g, "object_refs", id_view(file));
	stix_end(g);
}

/* That something was seen on an exhibit: section 5.2. */
static void
write_sighting(struct graph *g, const struct graph_id *what, const struct graph_id *where, struct view of_what,
	       struct view first, struct view last, struct view count, const struct graph_id *observed)
{
	struct graph_id id;

	stix_name(g, "sighting", of_what, id_view(what), &id);
	stix_begin(g, "sighting", &id);
	if (stix_time(first))
		graph_text(g, "first_seen", first);
	if (stix_time(last))
		graph_text(g, "last_seen", last);
	if (count.n && count.n < 10) /* at most 999,999,999 */
		graph_number(g, "count", count);
	graph_text(g, "sighting_of_ref", id_view(what));
	if (observed)
		graph_one(g, "observed_data_refs", id_view(observed));
	graph_one(g, "where_sighted_refs", id_view(where));
	stix_end(g);
}

/* The technique or the hole that a finding speaks for. */
static void
write_meaning(struct graph *g, const struct row *row, const char *type, const char *source, struct view word,
	      const struct graph_id *observed)
{
	struct graph_id id, where;

	stix_name(g, type, word, view_text(""), &id);
	if (graph_once(g, &id)) {
		stix_begin(g, type, &id);
		graph_text(g, "name", word);
		graph_open(g, "external_references", '[');
		stix_reference(g, source, word, view_of(NULL, 0));
		graph_close(g, ']');
		stix_end(g);
	}
	stix_name_exhibit(g, of(row, "image"), of(row, "fingerprint"), &where);
	write_sighting(g, &id, &where, id_view(observed), of(row, "time"), of(row, "time"), view_text("1"), observed);
}

static int
take_finding(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	const struct row row = { n, names, values };
	struct view techniques = of(&row, "technique"), holes = of(&row, "cve"), word;
	struct graph *g = state;
	struct graph_id id, file;

	(void)is_number;
	stix_name(g, "observed-data", of(&row, "fingerprint"), of(&row, "finding"), &id);
	write_file(g, &row, &file);
	write_observed(g, &row, &id, &file);
	while (next_word(&techniques, &word))
		write_meaning(g, &row, "attack-pattern", "mitre-attack", word, &id);
	while (next_word(&holes, &word))
		write_meaning(g, &row, "vulnerability", "cve", word, &id);
	return g->error;
}

/* ---- indicators ---- */

/* A string of a pattern. */
static int
add_literal(struct text *t, struct view v)
{
	int r = text_addc(t, '\'');

	for (size_t i = 0; i < v.n && r == 0; i++)
		r = v.p[i] == '\'' || v.p[i] == '\\' ? text_printf(t, "\\%c", v.p[i]) : text_addc(t, (char)v.p[i]);
	return r < 0 ? r : text_addc(t, '\'');
}

static bool
is_kind(struct view kind, const char *name)
{
	return view_equal(kind, view_text(name));
}

/* What STIX can look for; 0 with nothing added for what it cannot. */
static int
add_pattern(struct text *t, struct view kind, struct view value)
{
	const char *path = NULL;
	int r;

	if (is_kind(kind, "address"))
		path = memchr(value.p, ':', value.n) ? "ipv6-addr:value" : "ipv4-addr:value";
	else if (is_kind(kind, "file"))
		path = "file:hashes.'SHA-256'";
	else if (is_kind(kind, "user agent"))
		path = "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'";
	else if (is_kind(kind, "account"))
		path = "user-account:account_login";
	if (!path)
		return 0;
	r = text_printf(t, "[%s = ", path);
	if (r == 0)
		r = add_literal(t, value);
	return r < 0 ? r : text_addc(t, ']');
}

/* The value itself as an observable, where there is a type for it. */
static const char *
observable_type(struct view kind, struct view value)
{
	if (is_kind(kind, "address"))
		return memchr(value.p, ':', value.n) ? "ipv6-addr" : "ipv4-addr";
	return is_kind(kind, "account") ? "user-account" : NULL;
}

static void
write_indicator(struct graph *g, const struct row *row, const struct graph_id *id, struct view pattern)
{
	struct view first = stix_time(of(row, "first")) ? of(row, "first") : view_text(g->created);

	stix_begin(g, "indicator", id);
	graph_text(g, "name", of(row, "value"));
	graph_some(g, "description", of(row, "caution"));
	graph_one(g, "indicator_types", view_text(of(row, "caution").n ? "anomalous-activity" : "malicious-activity"));
	graph_text(g, "pattern", pattern);
	graph_text(g, "pattern_type", view_text("stix"));
	graph_text(g, "pattern_version", view_text("2.1"));
	graph_text(g, "valid_from", first);
	stix_end(g);
}

/* Rows come by kind and value, the earliest first: the first of them gives the indicator its beginning. */
static int
take_indicator(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	const struct row row = { n, names, values };
	struct view kind = of(&row, "kind"), value = of(&row, "value");
	CLEANUP(text_free) struct text pattern = { 0 };
	struct graph *g = state;
	struct graph_id id, where;
	const char *type = observable_type(kind, value);
	int r = add_pattern(&pattern, kind, value);

	(void)is_number;
	graph_add(g, r);
	if (!pattern.n) {
		g->result.left_out++;
		return g->error;
	}
	stix_name(g, "indicator", kind, value, &id);
	if (graph_once(g, &id))
		write_indicator(g, &row, &id, text_view(&pattern));
	if (type)
		stix_value(g, type, value, &where);
	stix_name_exhibit(g, of(&row, "image"), of(&row, "fingerprint"), &where);
	write_sighting(g, &id, &where, of(&row, "fingerprint"), of(&row, "first"), of(&row, "last"), of(&row, "hits"), NULL);
	return g->error;
}

/* ---- the bundle ---- */

int
stix_write(struct graph *g)
{
	struct graph_id id;

	stix_name(g, "bundle", g->which, view_text(g->of), &id);
	graph_open(g, NULL, '{');
	graph_text(g, "type", view_text("bundle"));
	graph_text(g, "id", id_view(&id));
	graph_open(g, "objects", '[');
	graph_flush(g);
	write_self(g);
	graph_ask(g, &(struct question){ .view = "v_evidence" }, take_exhibit);
	graph_ask(g, &(struct question){ .view = "v_finding_files" }, take_finding);
	stix_requests(g);
	graph_ask(g, &(struct question){ .view = "v_indicators", .order = "kind, value, first, evidence" }, take_indicator);
	graph_close(g, ']');
	graph_close(g, '}');
	graph_flush(g);
	return g->error;
}
