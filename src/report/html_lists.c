/* html_lists.c - what the case says of people, builds and the host, as tables. */
#include "html.h"

void
html_people(struct page *p)
{
	static const struct column addresses[] = {
		{ "evidence", "Exhibit", CELL_TEXT },
		{ "address", "Address", CELL_CODE },
		{ "first", "First", CELL_TIME },
		{ "last", "Last", CELL_TIME },
		{ "requests", "Requests kept", CELL_NUMBER },
		{ "level", "Gravest", CELL_LEVEL },
		{ "kinds", "In", CELL_TEXT },
		{ NULL, NULL, CELL_TEXT },
	};
	static const struct column indicators[] = {
		{ "evidence", "Exhibit", CELL_TEXT }, { "kind", "Kind", CELL_TEXT },
		{ "value", "Value", CELL_PATH },      { "level", "Gravest", CELL_LEVEL },
		{ "first", "First", CELL_TIME },      { "last", "Last", CELL_TIME },
		{ "hits", "Rows", CELL_NUMBER },      { "findings", "Findings", CELL_FINDINGS },
		{ "caution", "Caution", CELL_TEXT },  { NULL, NULL, CELL_TEXT },
	};
	static const struct column accounts[] = {
		{ "evidence", "Exhibit", CELL_TEXT },   { "account", "Account", CELL_CODE },
		{ "mailbox", "Mailbox", CELL_CODE },    { "protocol", "Protocol", CELL_TEXT },
		{ "address", "From", CELL_CODE },       { "network", "Network", CELL_TEXT },
		{ "agent", "Program", CELL_CODE },      { "first", "First", CELL_TIME },
		{ "last", "Last", CELL_TIME },          { "successes", "Served", CELL_NUMBER },
		{ "failures", "Refused", CELL_NUMBER }, { NULL, NULL, CELL_TEXT },
	};

	chapter(p, "people", "Addresses, accounts and programs",
		"Where findings lead to. Behind one address may stand many people, and a program can call itself what "
		"it likes.");
	put_table(p, &(struct listing){ .id = "addresses",
					.caption = "Addresses of which requests are kept",
					.columns = addresses,
					.question = { .view = "v_addresses" },
					.none = "No request of an address that a finding names is kept.",
					.elsewhere = "postmortem timeline CASE" });
	put_table(p, &(struct listing){ .id = "indicators",
					.caption = "Indicators: what findings of level high and critical lead to",
					.columns = indicators,
					.question = { .view = "v_indicators" },
					.none = "No indicator follows from the findings.",
					.elsewhere = "postmortem export CASE --format csv --view indicators" });
	put_table(p,
		  &(struct listing){
			  .id = "accounts",
			  .caption = "Accounts and mailboxes that were used from there, with the program that was used",
			  .columns = accounts,
			  .question = { .view = "v_accounts" },
			  .none = "No account is known to have been used from there.",
			  .elsewhere = "postmortem accounts CASE" });
	chapter_end(p);
}

void
html_builds(struct page *p)
{
	static const struct column builds[] = {
		{ "evidence", "Exhibit", CELL_TEXT }, { "build", "Build", CELL_CODE },
		{ "means", "Means", CELL_TEXT },      { "time", "From", CELL_TIME },
		{ "last", "To", CELL_TIME },          { "witness", "Witness", CELL_TEXT },
		{ "release", "Release", CELL_TEXT },  { "path", "Where", CELL_PATH },
		{ "note", "Note", CELL_TEXT },        { NULL, NULL, CELL_TEXT },
	};
	static const struct column exposure[] = {
		{ "evidence", "Exhibit", CELL_TEXT },
		{ "cve", "Hole", CELL_TEXT },
		{ "state", "State", CELL_STATE },
		{ "from", "From", CELL_TIME },
		{ "to", "To", CELL_TIME },
		{ "reason", "Why", CELL_PROSE },
		{ NULL, NULL, CELL_TEXT },
	};
	static const struct column patches[] = {
		{ "evidence", "Exhibit", CELL_TEXT },
		{ "build", "Build", CELL_CODE },
		{ "cve", "Hole", CELL_TEXT },
		{ "state", "State", CELL_STATE },
		{ "fix_released", "Fix came out", CELL_TIME },
		{ "reason", "Why", CELL_PROSE },
		{ NULL, NULL, CELL_TEXT },
	};
	static const struct column mitigations[] = {
		{ "evidence", "Exhibit", CELL_TEXT }, { "cve", "Hole", CELL_TEXT },    { "state", "State", CELL_STATE },
		{ "title", "What", CELL_TEXT },       { "first", "First", CELL_TIME }, { "last", "Last", CELL_TIME },
		{ "path", "Where", CELL_PATH },       { "note", "Note", CELL_TEXT },   { NULL, NULL, CELL_TEXT },
	};

	chapter(p, "builds", "Builds and updates",
		"Which build of Exchange was installed when, who says so, and what it was open to.");
	put_table(p, &(struct listing){ .id = "exposure",
					.caption = "Open, fixed, or not known",
					.columns = exposure,
					.question = { .view = "v_exposure" },
					.none = "No build of Exchange is known.",
					.elsewhere = "postmortem exposure CASE" });
	put_table(p, &(struct listing){ .id = "witnesses",
					.caption = "Witnesses of the build",
					.columns = builds,
					.question = { .view = "v_builds" },
					.most = 80,
					.elsewhere = "postmortem exposure --builds CASE" });
	put_table(p, &(struct listing){ .id = "patches",
					.caption = "What these builds have fixed",
					.columns = patches,
					.question = { .view = "v_patches" },
					.most = 120,
					.elsewhere = "postmortem export CASE --format csv --view patches" });
	put_table(p, &(struct listing){ .id = "mitigations",
					.caption = "What was done instead of an update, or undone",
					.columns = mitigations,
					.question = { .view = "v_mitigations" },
					.elsewhere = "postmortem export CASE --format csv --view mitigations" });
	chapter_end(p);
}

/* Tables that an older case may not have. */
static uint64_t
put_known(struct page *p, const struct listing *listing)
{
	return case_view_exists(listing->question.view) ? put_table(p, listing) : 0;
}

void
html_host(struct page *p)
{
	static const struct column facts[] = {
		{ "evidence", "Exhibit", CELL_TEXT }, { "what", "What", CELL_TEXT },
		{ "name", "Name", CELL_CODE },        { "value", "Value", CELL_CODE },
		{ "time", "Time", CELL_TIME },        { "time_is", "which is", CELL_TEXT },
		{ "source", "Where", CELL_PATH },     { NULL, NULL, CELL_TEXT },
	};
	static const struct column sites[] = {
		{ "evidence", "Exhibit", CELL_TEXT },
		{ "name", "Site", CELL_TEXT },
		{ "side", "Side", CELL_TEXT },
		{ "bindings", "Bindings", CELL_CODE },
		{ "log_folder", "Logs in", CELL_CODE },
		{ "logging", "Logging", CELL_TEXT },
		{ NULL, NULL, CELL_TEXT },
	};
	static const struct column pages[] = {
		{ "evidence", "Exhibit", CELL_TEXT },  { "virtual_path", "Page", CELL_PATH },
		{ "compiled", "Compiled", CELL_TIME }, { "exists", "Still there", CELL_TEXT },
		{ "shipped", "Shipped", CELL_TEXT },   { "page_born", "Page born", CELL_TIME },
		{ "file", "Record", CELL_PATH },       { "finding", "Finding", CELL_FINDINGS },
		{ "note", "Note", CELL_TEXT },         { NULL, NULL, CELL_TEXT },
	};
	uint64_t rows;

	chapter(p, "host", "The host", "What the exhibit says of itself.");
	rows = put_known(p, &(struct listing){ .id = "facts",
					       .caption = "From the registry",
					       .columns = facts,
					       .question = { .view = "v_host_main" },
					       .most = 200,
					       .elsewhere = "postmortem host CASE" });
	rows += put_table(p, &(struct listing){ .id = "sites",
						.caption = "Sites of IIS",
						.columns = sites,
						.question = { .view = "v_sites" },
						.most = 60,
						.elsewhere = "postmortem sites CASE" });
	rows += put_known(p, &(struct listing){ .id = "pages",
						.caption = "Pages that ASP.NET compiled",
						.columns = pages,
						.question = { .view = "v_pages" },
						.most = 200,
						.elsewhere = "postmortem pages CASE" });
	if (!rows)
		put(p, "<p class=\"none\">The case has nothing about the host.</p>\n");
	chapter_end(p);
}
