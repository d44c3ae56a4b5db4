/* case_uco.c - CASE/UCO 1.4 as JSON-LD: the exhibits, what was done with them, and each finding as an observable of its
 * exhibit. https://caseontology.org/, https://unifiedcyberontology.org/
 *
 * An Investigation with, for each exhibit: its Image (hashes of the media), a ProvenanceRecord that names it, the triage as
 * an InvestigativeAction (object: the image, instrument: this program), and a ProvenanceRecord with what that resulted in:
 * the findings. A finding is a File with the facets of file, content, NTFS and range of bytes, and lies in the image by an
 * ObservableRelationship. Nothing of the run that wrote it is in it: when and by whom stands in run.jsonl.
 */
#include <string.h>

#include "config.h"
#include "uco.h"

/* ---- the exhibits ---- */

static void
write_image(struct graph *g, const struct row *row, const struct graph_id *id)
{
	uco_begin(g, NULL, id, "uco-observable:Image");
	graph_text(g, "uco-core:name", of(row, "name"));
	graph_some(g, "uco-core:description", of(row, "description"));
	graph_open(g, "uco-core:hasFacet", '[');
	uco_begin_part(g, NULL, "file-facet", "uco-observable:FileFacet", id);
	graph_text(g, "uco-observable:fileName", name_of_path(of(row, "name")));
	uco_end(g);
	uco_begin_part(g, NULL, "image-facet", "uco-observable:ImageFacet", id);
	graph_text(g, "uco-observable:imageType", of(row, "format"));
	uco_end(g);
	uco_content_facet(g, row, of(row, "bytes"), id);
	graph_close(g, ']');
	uco_end_node(g);
}

/* Which exhibit it is, as the container and the command line say. */
static void
write_provenance(struct graph *g, const struct row *row, const struct graph_id *image)
{
	struct view number = of(row, "exhibit").n ? of(row, "exhibit") : of(row, "evidence_number");
	CLEANUP(text_free) struct text words = { 0 };
	struct graph_id id;
	int r = text_adds(&words, "the image as it was handed over");

	if (r == 0 && of(row, "acquired").n)
		r = text_printf(&words, "; acquired %.*s", (int)of(row, "acquired").n, (const char *)of(row, "acquired").p);
	if (r == 0 && of(row, "examiner").n)
		r = text_printf(&words, " by %.*s", (int)of(row, "examiner").n, (const char *)of(row, "examiner").p);
	graph_add(g, r);
	uco_name_exhibit(g, "provenance-record", row, "name", &id);
	uco_begin(g, NULL, &id, "case-investigation:ProvenanceRecord");
	graph_text(g, "uco-core:description", text_view(&words));
	graph_some(g, "case-investigation:exhibitNumber", number);
	graph_open(g, "uco-core:object", '[');
	uco_refer(g, NULL, image);
	graph_close(g, ']');
	uco_end_node(g);
}

static void
write_action(struct graph *g, const struct row *row, const struct graph_id *image)
{
	struct graph_id id, tool, results;

	uco_name_exhibit(g, "investigative-action", row, "name", &id);
	uco_name_exhibit(g, "provenance-record-results", row, "name", &results);
	uco_name(g, "tool", view_text("postmortem"), view_text(g->of), &tool);
	uco_begin(g, NULL, &id, "case-investigation:InvestigativeAction");
	graph_text(g, "uco-core:name", view_text("triage"));
	graph_text(g, "uco-core:description", view_text("read-only examination of the image; when and by whom is in run.jsonl"));
	uco_refer(g, "uco-action:instrument", &tool);
	uco_refer(g, "uco-action:object", image);
	uco_refer(g, "uco-action:result", &results);
	uco_end_node(g);
}

static int
take_exhibit(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	const struct row row = { n, names, values };
	struct graph *g = state;
	struct graph_id image;

	(void)is_number;
	uco_name_exhibit(g, "image", &row, "name", &image);
	write_image(g, &row, &image);
	write_provenance(g, &row, &image);
	write_action(g, &row, &image);
	return g->error;
}

/* ---- what ties it together: lists, for which the rows are asked once more ---- */

/* The record of results: rows come by exhibit, and each begins one of its own. */
struct results {
	struct view of; /* the exhibit whose list is open; nothing for none */
	char number[24];
};

static void
close_results(struct graph *g, struct results *r)
{
	if (!r->of.n)
		return;
	graph_close(g, ']');
	uco_end_node(g);
	r->of = view_of(NULL, 0);
}

struct listing {
	struct graph *g;
	struct results results;
};

static int
list_finding(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	const struct row row = { n, names, values };
	struct listing *l = state;
	struct graph_id id;

	(void)is_number;
	if (!view_equal(of(&row, "evidence"), l->results.of)) {
		size_t length = of(&row, "evidence").n < sizeof(l->results.number) ? of(&row, "evidence").n : 0;

		close_results(l->g, &l->results);
		memcpy(l->results.number, of(&row, "evidence").p, length);
		l->results.of = view_of(l->results.number, length);
		uco_name_exhibit(l->g, "provenance-record-results", &row, "image", &id);
		uco_begin(l->g, NULL, &id, "case-investigation:ProvenanceRecord");
		graph_text(l->g, "uco-core:description", view_text("what the triage found"));
		graph_open(l->g, "uco-core:object", '[');
	}
	uco_name_finding(l->g, &row, &id);
	uco_refer(l->g, NULL, &id);
	graph_flush(l->g);
	return l->g->error;
}

static void
write_results(struct graph *g)
{
	struct listing l = { .g = g };
	int r = g->error ? 0 : case_ask(g->db, &(struct question){ .view = "v_finding_files" }, list_finding, &l);

	if (r < 0 && !g->error)
		g->error = r;
	close_results(g, &l.results);
}

/* An exhibit without a finding has a record, too: of the image that was examined. */
static int
list_empty(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	const struct row row = { n, names, values };
	struct graph *g = state;
	struct graph_id id, image;

	(void)is_number;
	if (!view_equal(of(&row, "findings"), view_text("0")))
		return 0;
	uco_name_exhibit(g, "provenance-record-results", &row, "name", &id);
	uco_name_exhibit(g, "image", &row, "name", &image);
	uco_begin(g, NULL, &id, "case-investigation:ProvenanceRecord");
	graph_text(g, "uco-core:description", view_text("the triage found nothing that its rules name; that is not 'clean'"));
	uco_refer(g, "uco-core:object", &image);
	uco_end_node(g);
	return g->error;
}

static int
list_exhibit(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	static const char *const parts[] = { "provenance-record", "investigative-action", "provenance-record-results" };
	const struct row row = { n, names, values };
	struct graph *g = state;
	struct graph_id id;

	(void)is_number;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		uco_name_exhibit(g, parts[i], &row, "name", &id);
		uco_refer(g, NULL, &id);
	}
	graph_flush(g);
	return g->error;
}

static void
write_investigation(struct graph *g)
{
	struct graph_id id;

	uco_name(g, "investigation", g->which, view_text(g->of), &id);
	uco_begin(g, NULL, &id, "case-investigation:Investigation");
	graph_text(g, "uco-core:name", view_text("postmortem case"));
	uco_typed(g, "case-investigation:investigationForm", "case-vocabulary:InvestigationFormVocab", view_text("incident"));
	graph_open(g, "uco-core:object", '[');
	graph_ask(g, &(struct question){ .view = "v_evidence" }, list_exhibit);
	graph_close(g, ']');
	uco_end_node(g);
}

static void
write_tool(struct graph *g)
{
	struct graph_id id;

	uco_name(g, "tool", view_text("postmortem"), view_text(g->of), &id);
	uco_begin(g, NULL, &id, "uco-tool:Tool");
	graph_text(g, "uco-core:name", view_text("postmortem"));
	graph_text(g, "uco-tool:toolType", view_text("forensic triage"));
	graph_text(g, "uco-tool:version", view_text(PACKAGE_VERSION));
	graph_text(g, "uco-core:description", view_text(g->of));
	uco_end_node(g);
}

static void
write_context(struct graph *g)
{
	static const struct {
		const char *prefix, *space;
	} spaces[] = {
		{ "kb", "urn:postmortem:kb:" },
		{ "case-investigation", "https://ontology.caseontology.org/case/investigation/" },
		{ "case-vocabulary", "https://ontology.caseontology.org/case/vocabulary/" },
		{ "uco-action", "https://ontology.unifiedcyberontology.org/uco/action/" },
		{ "uco-core", "https://ontology.unifiedcyberontology.org/uco/core/" },
		{ "uco-observable", "https://ontology.unifiedcyberontology.org/uco/observable/" },
		{ "uco-tool", "https://ontology.unifiedcyberontology.org/uco/tool/" },
		{ "uco-types", "https://ontology.unifiedcyberontology.org/uco/types/" },
		{ "uco-vocabulary", "https://ontology.unifiedcyberontology.org/uco/vocabulary/" },
		{ "xsd", "http://www.w3.org/2001/XMLSchema#" },
	};

	graph_open(g, "@context", '{');
	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		graph_text(g, spaces[i].prefix, view_text(spaces[i].space));
	graph_close(g, '}');
}

int
case_uco_write(struct graph *g)
{
	graph_open(g, NULL, '{');
	write_context(g);
	graph_open(g, "@graph", '[');
	graph_flush(g);
	write_tool(g);
	graph_ask(g, &(struct question){ .view = "v_evidence" }, take_exhibit);
	graph_ask(g, &(struct question){ .view = "v_finding_files" }, uco_take_finding);
	write_results(g);
	graph_ask(g, &(struct question){ .view = "v_victims", .order = "evidence" }, list_empty);
	write_investigation(g);
	graph_close(g, ']');
	graph_close(g, '}');
	graph_flush(g);
	return g->error;
}
