/* uco_finding.c - a finding as an observable of CASE/UCO: its file, its bytes, what it means and in which image it lies. */
#include <string.h>

#include "uco.h"

static void
file_facet(struct graph *g, const struct row *row, const struct graph_id *id)
{
	struct view path = of(row, "path"), allocated = of(row, "allocated");

	if (!path.n)
		return;
	uco_begin_part(g, NULL, "file-facet", "uco-observable:FileFacet", id);
	graph_text(g, "uco-observable:filePath", path);
	graph_some(g, "uco-observable:fileName", name_of_path(path));
	uco_integer(g, "uco-observable:sizeInBytes", of(row, "bytes"));
	if (allocated.n)
		graph_text(g, "uco-observable:allocationStatus", view_text(allocated.p[0] == '1' ? "allocated" : "unallocated"));
	if (of(row, "directory").n)
		graph_bool(g, "uco-observable:isDirectory", of(row, "directory").p[0] == '1');
	uco_typed(g, "uco-observable:observableCreatedTime", "xsd:dateTime", of(row, "si_created"));
	uco_typed(g, "uco-observable:modifiedTime", "xsd:dateTime", of(row, "si_modified"));
	uco_typed(g, "uco-observable:metadataChangeTime", "xsd:dateTime", of(row, "si_changed"));
	uco_typed(g, "uco-observable:accessedTime", "xsd:dateTime", of(row, "si_accessed"));
	uco_end(g);
}

static void
ntfs_facet(struct graph *g, const struct row *row, const struct graph_id *id)
{
	struct graph_id stream;

	if (!of(row, "mft").n)
		return;
	uco_begin_part(g, NULL, "ntfs-file-facet", "uco-observable:NTFSFileFacet", id);
	uco_integer(g, "uco-observable:entryID", of(row, "mft"));
	graph_some(g, "uco-observable:sid", of(row, "owner"));
	if (of(row, "stream").n) {
		uco_name(g, "alternate-data-stream", view_text(id->text), of(row, "stream"), &stream);
		uco_begin(g, "uco-observable:alternateDataStreams", &stream, "uco-observable:AlternateDataStream");
		graph_text(g, "uco-core:name", of(row, "stream"));
		uco_end(g);
	}
	uco_end(g);
}

/* The bytes that were hit, within the stream. */
static void
range_facet(struct graph *g, const struct row *row, const struct graph_id *id)
{
	if (!of(row, "length").n || view_equal(of(row, "length"), view_text("0")))
		return;
	uco_begin_part(g, NULL, "data-range-facet", "uco-observable:DataRangeFacet", id);
	uco_integer(g, "uco-observable:rangeOffset", of(row, "offset"));
	uco_integer(g, "uco-observable:rangeSize", of(row, "length"));
	uco_end(g);
}

static void
tag(struct graph *g, const char *what, struct view value)
{
	CLEANUP(text_free) struct text t = { 0 };
	int r = text_printf(&t, "%s:", what);

	if (!value.n)
		return;
	if (r == 0)
		r = text_add(&t, value);
	graph_add(g, r);
	graph_text(g, NULL, text_view(&t));
}

static void
reference(struct graph *g, const char *context, struct view value, const struct graph_id *id)
{
	if (!value.n)
		return;
	uco_begin_part(g, NULL, context, "uco-core:ExternalReference", id);
	graph_text(g, "uco-core:definingContext", view_text(context));
	graph_text(g, "uco-core:externalIdentifier", value);
	uco_end(g);
}

/* Why it is one, in words and in those of others. */
static void
meaning(struct graph *g, const struct row *row, const struct graph_id *id)
{
	CLEANUP(text_free) struct text words = { 0 };
	int r = text_add(&words, of(row, "basis"));

	if (r == 0 && of(row, "benign").n)
		r = text_adds(&words, words.n ? "; what else it could be: " : "what else it could be: ");
	if (r == 0)
		r = text_add(&words, of(row, "benign"));
	graph_add(g, r);
	graph_text(g, "uco-core:name", of(row, "title"));
	graph_some(g, "uco-core:description", text_view(&words));
	graph_open(g, "uco-core:tag", '[');
	tag(g, "level", of(row, "level"));
	tag(g, "stage", of(row, "stage"));
	tag(g, "time", of(row, "time"));
	graph_close(g, ']');
	graph_open(g, "uco-core:externalReference", '[');
	reference(g, "postmortem-finding", of(row, "finding"), id);
	reference(g, "postmortem-rule", of(row, "rule"), id);
	reference(g, "mitre-attack", of(row, "technique"), id);
	reference(g, "cve", of(row, "cve"), id);
	graph_close(g, ']');
}

static void
write_relationship(struct graph *g, const struct row *row, const struct graph_id *finding)
{
	struct graph_id id, image;

	uco_name(g, "observable-relationship", view_text(finding->text), view_of(NULL, 0), &id);
	uco_name_exhibit(g, "image", row, "image", &image);
	uco_begin(g, NULL, &id, "uco-observable:ObservableRelationship");
	uco_refer(g, "uco-core:source", finding);
	uco_refer(g, "uco-core:target", &image);
	uco_typed(g, "uco-core:kindOfRelationship", "uco-vocabulary:ObservableObjectRelationshipVocab",
	      view_text("Contained_Within"));
	graph_bool(g, "uco-core:isDirectional", true);
	uco_end_node(g);
}

void
uco_name_finding(struct graph *g, const struct row *row, struct graph_id *ret_id)
{
	uco_name(g, "file", of(row, "fingerprint"), of(row, "finding"), ret_id);
}

int
uco_take_finding(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	const struct row row = { n, names, values };
	struct graph *g = state;
	struct graph_id id;

	(void)is_number;
	uco_name_finding(g, &row, &id);
	uco_begin(g, NULL, &id, "uco-observable:File");
	meaning(g, &row, &id);
	graph_open(g, "uco-core:hasFacet", '[');
	file_facet(g, &row, &id);
	uco_content_facet(g, &row, view_of(NULL, 0), &id);
	ntfs_facet(g, &row, &id);
	range_facet(g, &row, &id);
	graph_close(g, ']');
	uco_end_node(g);
	write_relationship(g, &row, &id);
	return g->error;
}
