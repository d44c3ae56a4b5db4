/* stix_objects.c - how the objects of a STIX bundle are named and begun. */
#include <string.h>

#include "stix_own.h"

int
stix_canonical(struct text *t, struct view v)
{
	static const char controls[] = "\b\t\n\f\r", letters[] = "btnfr";
	int r = text_addc(t, '"');

	for (size_t i = 0; i < v.n && r == 0; i++) {
		const char *control = v.p[i] ? strchr(controls, v.p[i]) : NULL;

		if (v.p[i] == '"' || v.p[i] == '\\')
			r = text_printf(t, "\\%c", v.p[i]);
		else if (control)
			r = text_printf(t, "\\%c", letters[control - controls]);
		else if (v.p[i] < 0x20)
			r = text_printf(t, "\\u%04x", v.p[i]);
		else
			r = text_addc(t, (char)v.p[i]);
	}
	return r < 0 ? r : text_addc(t, '"');
}

void
stix_name_observable(struct graph *g, const char *type, const struct text *properties, struct graph_id *ret_id)
{
	char uuid[UUID_TEXT] = "";
	int r = uuid_of(UUID_STIX_OBSERVABLES, text_view(properties), uuid);

	graph_add(g, r);
	snprintf(ret_id->text, sizeof(ret_id->text), "%s--%s", type, uuid);
}

void
stix_name_value(struct graph *g, const char *type, const char *key, struct view value, struct graph_id *ret_id)
{
	CLEANUP(text_free) struct text properties = { 0 };
	int r = text_printf(&properties, "{\"%s\":", key);

	if (r == 0)
		r = stix_canonical(&properties, value);
	if (r == 0)
		r = text_addc(&properties, '}');
	graph_add(g, r);
	stix_name_observable(g, type, &properties, ret_id);
}

void
stix_name(struct graph *g, const char *type, struct view one, struct view two, struct graph_id *ret_id)
{
	CLEANUP(text_free) struct text name = { 0 };
	char prefix[GRAPH_ID - UUID_TEXT];
	int r = text_printf(&name, "%s|", type);

	snprintf(prefix, sizeof(prefix), "%s--", type);
	if (r == 0)
		r = text_add(&name, one);
	if (r == 0)
		r = text_addc(&name, '|');
	if (r == 0)
		r = text_add(&name, two);
	graph_add(g, r);
	graph_name(g, prefix, text_view(&name), ret_id);
}

void
stix_name_exhibit(struct graph *g, struct view image, struct view fingerprint, struct graph_id *ret_id)
{
	stix_name(g, "identity", image, fingerprint, ret_id);
}

void
stix_begin_observable(struct graph *g, const char *type, const struct graph_id *id)
{
	graph_open(g, NULL, '{');
	graph_text(g, "type", view_text(type));
	graph_text(g, "spec_version", view_text("2.1"));
	graph_text(g, "id", id_view(id));
}

/* A bundle tells nothing of the run that wrote it. */
void
stix_begin(struct graph *g, const char *type, const struct graph_id *id)
{
	struct graph_id self;

	stix_begin_observable(g, type, id);
	stix_name(g, "identity", view_text("postmortem"), view_text(""), &self);
	if (strcmp(self.text, id->text) != 0)
		graph_text(g, "created_by_ref", id_view(&self));
	graph_text(g, "created", view_text(g->created));
	graph_text(g, "modified", view_text(g->created));
}

void
stix_end(struct graph *g)
{
	graph_close(g, '}');
	graph_flush(g);
	g->result.rows++;
}

void
stix_reference(struct graph *g, const char *source, struct view id, struct view description)
{
	graph_open(g, NULL, '{');
	graph_text(g, "source_name", view_text(source));
	graph_some(g, "description", description);
	graph_some(g, "external_id", id);
	graph_close(g, '}');
}

void
stix_value(struct graph *g, const char *type, struct view value, struct graph_id *ret_id)
{
	const char *key = strcmp(type, "user-account") ? strcmp(type, "directory") ? "value" : "path" : "account_login";

	stix_name_value(g, type, key, value, ret_id);
	if (!graph_once(g, ret_id))
		return;
	stix_begin_observable(g, type, ret_id);
	graph_text(g, key, value);
	stix_end(g);
}

bool
stix_time(struct view time)
{
	return time.n == 28 && time.p[27] == 'Z' && memcmp(time.p, "0000", 4) != 0;
}
