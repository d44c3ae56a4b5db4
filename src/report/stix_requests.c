/* stix_requests.c - the requests of grave findings for a STIX bundle: from where, with which program, for what. */
#include <errno.h>
#include <string.h>

#include "arena.h"
#include "fields.h"
#include "stix_own.h"

/* What logs call the parts of a request. */
enum part { ADDRESS, AGENT, METHOD, HOST, STEM, QUERY, PARTS };

static const struct {
	enum part part;
	const char *field;
} names_of[] = {
	{ ADDRESS, "c-ip" },	     { ADDRESS, "ClientIpAddress" }, { AGENT, "cs(User-Agent)" },
	{ AGENT, "UserAgent" },	     { METHOD, "cs-method" },	     { METHOD, "Method" },
	{ HOST, "cs-host" },	     { HOST, "UrlHost" },	     { STEM, "cs-uri-stem" },
	{ STEM, "UrlStem" },	     { QUERY, "cs-uri-query" },	     { QUERY, "UrlQuery" },
};

static bool
is_hex_or_colon(struct view v)
{
	bool colon = false;

	for (size_t i = 0; i < v.n; i++) {
		if (!strchr("0123456789abcdefABCDEF:.%", v.p[i]) || !v.p[i])
			return false;
		colon |= v.p[i] == ':';
	}
	return colon;
}

/* Four numbers up to 255. */
static bool
is_ipv4(struct view v)
{
	unsigned dots = 0, number = 0, digits = 0;

	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '.' && digits) {
			dots++;
			number = digits = 0;
		} else if (v.p[i] >= '0' && v.p[i] <= '9' && digits < 3) {
			number = number * 10 + (v.p[i] - '0');
			digits++;
		} else {
			return false;
		}
		if (number > 255)
			return false;
	}
	return dots == 3 && digits;
}

/* Whatever may not stand in a URL as it is, percent-encoded: RFC 3986. */
static int
add_url(struct text *t, struct view v)
{
	int r = 0;

	for (size_t i = 0; i < v.n && r == 0; i++)
		r = v.p[i] > ' ' && v.p[i] < 0x7f && !strchr("\"<>\\^`{|}", v.p[i]) ? text_addc(t, (char)v.p[i])
										 : text_printf(t, "%%%02X", v.p[i]);
	return r;
}

static int
compose_value(const struct view *parts, struct text *ret)
{
	int r = text_add(ret, parts[STEM]);

	if (r == 0 && parts[QUERY].n)
		r = text_addc(ret, '?');
	return r < 0 ? r : text_add(ret, parts[QUERY]);
}

/* The properties that name it; keys in order, as RFC 8785 has them. */
static int
compose_properties(const struct view *parts, struct view value, struct view agent, const struct graph_id *source,
		   struct view time, struct text *t)
{
	int r = text_adds(t, "{\"extensions\":{\"http-request-ext\":{");

	if (r == 0 && agent.n)
		r = text_adds(t, "\"request_header\":{\"User-Agent\":[");
	if (r == 0 && agent.n)
		r = stix_canonical(t, agent);
	if (r == 0 && agent.n)
		r = text_adds(t, "]},");
	if (r == 0)
		r = text_adds(t, "\"request_method\":");
	if (r == 0)
		r = stix_canonical(t, parts[METHOD]);
	if (r == 0)
		r = text_adds(t, ",\"request_value\":");
	if (r == 0)
		r = stix_canonical(t, value);
	return r < 0 ? r
		     : text_printf(t, "}},\"protocols\":[\"tcp\",\"http\"],\"src_ref\":\"%s\",\"start\":\"%.*s\"}",
				   source->text, (int)time.n, (const char *)time.p);
}

static void
write_traffic(struct graph *g, const struct view *parts, struct view value, struct view agent,
	      const struct graph_id *source, struct view time, const struct graph_id *id)
{
	stix_begin_observable(g, "network-traffic", id);
	graph_text(g, "start", time);
	graph_text(g, "src_ref", id_view(source));
	graph_open(g, "protocols", '[');
	graph_text(g, NULL, view_text("tcp"));
	graph_text(g, NULL, view_text("http"));
	graph_close(g, ']');
	graph_open(g, "extensions", '{');
	graph_open(g, "http-request-ext", '{');
	graph_text(g, "request_method", parts[METHOD]);
	graph_text(g, "request_value", value);
	if (agent.n) {
		graph_open(g, "request_header", '{');
		graph_one(g, "User-Agent", agent);
		graph_close(g, '}');
	}
	graph_close(g, '}');
	graph_close(g, '}');
	stix_end(g);
}

/* That the line of the log says so. */
static void
write_observed(struct graph *g, const struct row *row, const struct graph_id *const *refs, struct view time)
{
	CLEANUP(text_free) struct text which = { 0 };
	struct graph_id id;

	graph_add(g, text_printf(&which, "%.*s byte %.*s", (int)of(row, "source").n, (const char *)of(row, "source").p,
				 (int)of(row, "offset").n, (const char *)of(row, "offset").p));
	stix_name(g, "observed-data", of(row, "fingerprint"), text_view(&which), &id);
	stix_begin(g, "observed-data", &id);
	graph_open(g, "external_references", '[');
	stix_reference(g, "postmortem finding", of(row, "finding"), view_of(NULL, 0));
	stix_reference(g, "log", text_view(&which), of(row, "raw"));
	graph_close(g, ']');
	graph_text(g, "first_observed", time);
	graph_text(g, "last_observed", time);
	graph_number(g, "number_observed", view_text("1"));
	graph_open(g, "object_refs", '[');
	for (; *refs; refs++)
		graph_text(g, NULL, id_view(*refs));
	graph_close(g, ']');
	stix_end(g);
}

/* The URL, where the log says of which host. */
static bool
write_url(struct graph *g, const struct view *parts, struct view value, struct graph_id *ret_id)
{
	CLEANUP(text_free) struct text url = { 0 };
	int r = text_adds(&url, "https://");

	if (!parts[HOST].n)
		return false;
	if (r == 0)
		r = add_url(&url, parts[HOST]);
	if (r == 0)
		r = add_url(&url, value);
	graph_add(g, r);
	stix_value(g, "url", text_view(&url), ret_id);
	return true;
}

static void
write_request(struct graph *g, const struct row *row, const struct view *parts, struct view time)
{
	CLEANUP(text_free) struct text value = { 0 }, properties = { 0 };
	struct graph_id source, url, id;
	const struct graph_id *refs[4] = { &id, &source, NULL, NULL };

	stix_value(g, is_ipv4(parts[ADDRESS]) ? "ipv4-addr" : "ipv6-addr", parts[ADDRESS], &source);
	graph_add(g, compose_value(parts, &value));
	if (write_url(g, parts, text_view(&value), &url))
		refs[2] = &url;
	graph_add(g, compose_properties(parts, text_view(&value), parts[AGENT], &source, time, &properties));
	stix_name_observable(g, "network-traffic", &properties, &id);
	if (graph_once(g, &id))
		write_traffic(g, parts, text_view(&value), parts[AGENT], &source, time, &id);
	write_observed(g, row, refs, time);
}

static void
find_parts(const struct fields *fields, struct view *ret_parts)
{
	for (size_t i = 0; i < fields->n; i++)
		for (size_t k = 0; k < sizeof(names_of) / sizeof(names_of[0]); k++)
			if (!ret_parts[names_of[k].part].n && view_equal(fields->at[i].name, view_text(names_of[k].field)))
				ret_parts[names_of[k].part] = fields->at[i].value;
}

/* IIS writes a blank of the program's name as '+'. */
static struct view
unplus(struct view agent, struct arena *arena)
{
	char *copy = arena_copy(arena, agent);

	for (size_t i = 0; copy && i < agent.n; i++)
		copy[i] = copy[i] == '+' ? ' ' : copy[i];
	return view_of(copy, copy ? agent.n : 0);
}

static int
take_event(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	const struct row row = { n, names, values };
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct view parts[PARTS] = { 0 };
	struct graph *g = state;
	struct fields fields;
	int r;

	(void)is_number;
	if (!of(&row, "finding").n || !stix_time(of(&row, "time")))
		return 0;
	r = fields_parse_json(of(&row, "fields"), &arena, &fields);
	if (r < 0)
		return r == -EINVAL ? 0 : r;
	find_parts(&fields, parts);
	if (view_equal(of(&row, "kind"), view_text("iis.request")))
		parts[AGENT] = unplus(parts[AGENT], &arena);
	if (parts[METHOD].n && parts[STEM].n && (is_ipv4(parts[ADDRESS]) || is_hex_or_colon(parts[ADDRESS])))
		write_request(g, &row, parts, of(&row, "time"));
	return g->error;
}

void
stix_requests(struct graph *g)
{
	graph_ask(g, &(struct question){ .view = "v_kept_events", .min_level = LEVEL_HIGH }, take_event);
}
