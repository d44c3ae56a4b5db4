/* uco_parts.c - how the nodes of a CASE graph are named, and what they are put together from. */
#include <string.h>

#include "uco.h"

/* ---- names ---- */

/* What an exhibit or a finding is, in one word; UCO wants a UUID at the end of each name. */
void
uco_name(struct graph *g, const char *what, struct view fingerprint, struct view which, struct graph_id *ret_id)
{
	CLEANUP(text_free) struct text key = { 0 };
	char prefix[GRAPH_ID - UUID_TEXT];
	int r = text_printf(&key, "case|%s|", what);

	snprintf(prefix, sizeof(prefix), "kb:%s-", what);
	if (r == 0)
		r = text_add(&key, fingerprint);
	if (r == 0)
		r = text_addc(&key, '|');
	if (r == 0)
		r = text_add(&key, which);
	graph_add(g, r);
	graph_name(g, prefix, text_view(&key), ret_id);
}

/* Of an exhibit: by its fingerprint, and its name where it could not be opened. */
void
uco_name_exhibit(struct graph *g, const char *what, const struct row *row, const char *image, struct graph_id *ret_id)
{
	uco_name(g, what, of(row, "fingerprint"), of(row, image), ret_id);
}

/* ---- parts of nodes ---- */

void
uco_begin(struct graph *g, const char *key, const struct graph_id *id, const char *type)
{
	graph_open(g, key, '{');
	graph_text(g, "@id", view_text(id->text));
	graph_text(g, "@type", view_text(type));
}

void
uco_end(struct graph *g)
{
	graph_close(g, '}');
}

void
uco_end_node(struct graph *g)
{
	graph_close(g, '}');
	graph_flush(g);
	g->result.rows++;
}

void
uco_refer(struct graph *g, const char *key, const struct graph_id *id)
{
	graph_open(g, key, '{');
	graph_text(g, "@id", view_text(id->text));
	graph_close(g, '}');
}

void
uco_typed(struct graph *g, const char *key, const char *type, struct view value)
{
	if (!value.n)
		return;
	graph_open(g, key, '{');
	graph_text(g, "@type", view_text(type));
	graph_text(g, "@value", value);
	graph_close(g, '}');
}

/* JSON numbers that are whole are xsd:integer; those that 53 bits do not hold would not be: all are written as text. */
void
uco_integer(struct graph *g, const char *key, struct view digits)
{
	uco_typed(g, key, "xsd:integer", digits);
}

/* A facet or a hash: a part of its node, named after that. */
void
uco_begin_part(struct graph *g, const char *key, const char *what, const char *type, const struct graph_id *whole)
{
	struct graph_id id;

	uco_name(g, what, view_text(whole->text), view_of(NULL, 0), &id);
	uco_begin(g, key, &id, type);
}

static void
hash(struct graph *g, const char *what, const char *method, struct view value, const struct graph_id *whole)
{
	if (!value.n)
		return;
	uco_begin_part(g, NULL, what, "uco-types:Hash", whole);
	uco_typed(g, "uco-types:hashMethod", "uco-vocabulary:HashNameVocab", view_text(method));
	uco_typed(g, "uco-types:hashValue", "xsd:hexBinary", value);
	uco_end(g);
}

void
uco_content_facet(struct graph *g, const struct row *row, struct view bytes, const struct graph_id *whole)
{
	struct view md5 = of(row, "md5"), sha1 = of(row, "sha1"), sha256 = of(row, "sha256");

	if (!bytes.n && !sha256.n)
		return;
	uco_begin_part(g, NULL, "content-data-facet", "uco-observable:ContentDataFacet", whole);
	uco_integer(g, "uco-observable:sizeInBytes", bytes);
	if (md5.n || sha1.n || sha256.n) {
		graph_open(g, "uco-observable:hash", '[');
		hash(g, "hash-md5", "MD5", md5, whole);
		hash(g, "hash-sha1", "SHA1", sha1, whole);
		hash(g, "hash-sha256", "SHA256", sha256, whole);
		graph_close(g, ']');
	}
	uco_end(g);
}
