/* html_method.c - what was examined and how, so that somebody else can do the same; and the statement to be signed. */
#include <errno.h>
#include <stdio.h>

#include "config.h"
#include "html.h"

void
html_evidence(struct page *p)
{
	static const struct column exhibits[] = {
		{ "evidence", "Exhibit", CELL_TEXT },        { "format", "Container", CELL_TEXT },
		{ "segments", "Files", CELL_NUMBER },        { "bytes", "Bytes of media", CELL_NUMBER },
		{ "hash_state", "Hashes", CELL_STATE },      { "bad_chunks", "Bad chunks", CELL_NUMBER },
		{ "fingerprint", "Fingerprint", CELL_CODE }, { NULL, NULL, CELL_TEXT },
	};
	static const struct column hashes[] = {
		{ "evidence", "Exhibit", CELL_TEXT },
		{ "md5_stored", "MD5, stored", CELL_CODE },
		{ "sha1_stored", "SHA-1, stored", CELL_CODE },
		{ "md5", "MD5, computed", CELL_CODE },
		{ "sha1", "SHA-1, computed", CELL_CODE },
		{ "sha256", "SHA-256, computed", CELL_CODE },
		{ NULL, NULL, CELL_TEXT },
	};
	static const struct column claims[] = {
		{ "evidence", "Exhibit", CELL_TEXT },       { "acquired", "Acquired", CELL_TEXT },
		{ "examiner", "Examiner", CELL_TEXT },      { "case_number", "Case", CELL_TEXT },
		{ "evidence_number", "Number", CELL_TEXT }, { "description", "Description", CELL_TEXT },
		{ "software", "Software", CELL_TEXT },      { NULL, NULL, CELL_TEXT },
	};
	static const struct column volumes[] = {
		{ "evidence", "Exhibit", CELL_TEXT },   { "offset", "At byte", CELL_NUMBER },
		{ "bytes", "Bytes", CELL_NUMBER },      { "fs", "File system", CELL_TEXT },
		{ "label", "Label", CELL_CODE },        { "serial", "Serial", CELL_CODE },
		{ "state", "State", CELL_STATE },       { "reason", "Why", CELL_PROSE },
		{ "host", "What is on it", CELL_TEXT }, { NULL, NULL, CELL_TEXT },
	};
	static const struct column ledger[] = {
		{ "evidence", "Exhibit", CELL_TEXT },
		{ "volume", "Volume at byte", CELL_NUMBER },
		{ "account", "Account", CELL_TEXT },
		{ "disposition", "What became of it", CELL_TEXT },
		{ "items", "Items", CELL_NUMBER },
		{ "bytes", "Bytes", CELL_NUMBER },
		{ NULL, NULL, CELL_TEXT },
	};

	chapter(p, "evidence", "Evidence",
		"What was examined. What a container says of its own acquisition is a claim of who made it.");
	put_table(p, &(struct listing){ .id = "exhibits",
					.caption = "Exhibits",
					.columns = exhibits,
					.question = { .view = "v_evidence" },
					.none = "The case holds no exhibit." });
	put_table(p, &(struct listing){ .id = "hashes",
					.caption = "Hashes of the whole media: as the container stores them, and as "
						   "computed where that was asked for",
					.columns = hashes,
					.question = { .view = "v_evidence" } });
	put_table(p, &(struct listing){ .id = "claims",
					.caption = "What the containers claim",
					.columns = claims,
					.question = { .view = "v_evidence" } });
	put_table(p, &(struct listing){ .id = "volumes",
					.caption = "Volumes",
					.columns = volumes,
					.question = { .view = "v_volumes" },
					.elsewhere = "postmortem volumes CASE" });
	put_table(p, &(struct listing){ .id = "ledger",
					.caption = "Ledger: every byte, record and chosen stream under one heading",
					.columns = ledger,
					.question = { .view = "v_ledger" },
					.most = 120,
					.elsewhere = "postmortem ledger CASE" });
	chapter_end(p);
}

/* A setting of the case; "none" where it has none. */
static void
put_value(struct page *p, const char *key)
{
	CLEANUP(free) char *value = NULL;
	int r = p->r ? p->r : case_setting_get(p->db, key, &value);

	if (r < 0 && r != -ENOENT)
		p->r = r;
	put_some(p, view_text(value && *value ? value : "none"), VALUE_MOST);
}

static void
put_setting(struct page *p, const char *title, const char *key)
{
	putf(p, "<div><dt>%s</dt><dd><code>", title);
	put_value(p, key);
	put(p, "</code></dd></div>\n");
}

void
html_method(struct page *p)
{
	static const struct column opinion[] = {
		{ "evidence", "Exhibit", CELL_TEXT },
		{ "path", "Volume", CELL_TEXT },
		{ "state", "State", CELL_STATE },
		{ "reason", "What it saw", CELL_PROSE },
		{ NULL, NULL, CELL_TEXT },
	};
	static const struct column differences[] = {
		{ "evidence", "Exhibit", CELL_TEXT }, { "path", "Where", CELL_PATH },
		{ "what", "What", CELL_TEXT },        { "ours", "Ours", CELL_CODE },
		{ "control", "libtsk", CELL_CODE },   { "reason", "Likely reason", CELL_PROSE },
		{ "count", "Times", CELL_NUMBER },    { NULL, NULL, CELL_TEXT },
	};
	static const struct column rules[] = {
		{ "rule", "Rule", CELL_CODE },   { "kind", "Kind", CELL_TEXT },   { "author", "Author", CELL_TEXT },
		{ "source", "From", CELL_CODE }, { "hits", "Hits", CELL_NUMBER }, { "reason", "Why", CELL_PROSE },
		{ NULL, NULL, CELL_TEXT },
	};

	chapter(p, "method", "Method",
		"The images were opened read-only, in processes that can open nothing else and have no network. The "
		"file system was read by the program’s own sweep over every record of "
		"the $MFT; libtsk read the same volumes beside it. Nothing was mounted and nothing of the evidence was "
		"run.");
	put(p, "<dl class=\"fields\">\n");
	put_setting(p, "Examined with postmortem", "version");
	put(p, "<div><dt>Report written with postmortem</dt><dd><code>" PACKAGE_VERSION "</code></dd></div>\n");
	put_setting(p, "Profile", "profile");
	put_setting(p, "SHA-256 of the profile", "profile_sha256");
	put_setting(p, "Options that change what is found", "options");
	put(p, "</dl>\n<p>The libraries of a host and their versions are listed by <code>postmortem doctor</code>; who "
	       "ran what, when and where stands in "
	       "<code>run.jsonl</code>, in which each line carries the hash of the one before.</p>\n");
	put_table(p, &(struct listing){
			     .id = "opinion",
			     .caption = "The second opinion",
			     .columns = opinion,
			     .question = { .view = "v_coverage", .where_column = "source", .where_value = "control" },
			     .none = "No second opinion was asked for." });
	put_table(p, &(struct listing){ .id = "differences",
					.caption = "What libtsk sees otherwise",
					.columns = differences,
					.question = { .view = "v_control" },
					.most = 60,
					.elsewhere = "postmortem control CASE" });
	put_table(p, &(struct listing){
			     .id = "rules-failed",
			     .caption = "Rules that failed",
			     .columns = rules,
			     .question = { .view = "v_rules", .where_column = "state", .where_value = "failed" },
			     .most = 100,
			     .elsewhere = "postmortem rules CASE" });
	put_table(p, &(struct listing){
			     .id = "rules-idle",
			     .caption = "Rules that nothing could answer",
			     .columns = rules,
			     .question = { .view = "v_rules", .where_column = "state", .where_value = "not-evaluable" },
			     .most = p->print ? 40 : 150,
			     .none = "Every rule could be asked.",
			     .elsewhere = "postmortem rules CASE" });
	chapter_end(p);
}

void
html_glossary(struct page *p)
{
	static const struct {
		const char *term, *words;
	} terms[] = {
		{ "Exchange", "Microsoft’s mail server. Parts of it can be reached from the internet with a browser." },
		{ "ProxyLogon",
		  "four holes in Exchange, closed on 2 March 2021: CVE-2021-26855 lets anybody send requests in the "
		  "server’s own name, the others let such a person write files or run code." },
		{ "CVE", "the public number of a security hole." },
		{ "web shell",
		  "a page that somebody put on a web server to give it orders later, with nothing but a browser." },
		{ "build", "the exact version of a program; each update of Exchange has its own." },
		{ "finding", "something in the evidence that a rule of the profile fits, with its place. Its number is "
			     "the same in every run over the same evidence." },
		{ "level", "how much a finding means by itself: critical is conclusive, high is strong, medium is a "
			   "lead for a person to look at, low and info are context." },
		{ "confidence",
		  "how many sources that do not depend on each other say so: confirmed, likely or possible." },
		{ "stage", "what an intruder does at that point, in the words of MITRE ATT&amp;CK; so are the "
			   "techniques (T1505.003 and the like)." },
		{ "coverage", "what was read of what. Without it, the absence of a finding means nothing." },
		{ "limitation", "something that could not be examined, and why." },
		{ "$MFT", "the table in which NTFS, the file system of Windows, has a record for every file, those of "
			  "many deleted ones among them." },
		{ "$SI and $FN times", "NTFS keeps four times of a file twice: programs can set the first, the second "
				       "are kept by the system itself." },
		{ "SHA-256, SHA-1, MD5", "digests: the same bytes give the same number, others practically never do. "
					 "Against somebody who wants to deceive, SHA-256 is to be used." },
		{ "E01", "a container for a copy of a disk, with checksums and hashes of its own." },
		{ "UTC", "the time of the world, without time zones and summer time." },
	};

	chapter(p, "glossary", "Glossary", NULL);
	put(p, "<dl class=\"glossary\">\n");
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		putf(p, "<div><dt>%s</dt><dd>%s</dd></div>\n", terms[i].term, terms[i].words);
	put(p, "</dl>\n");
	chapter_end(p);
}

/* ---- the statement ---- */

static int
take_exhibit(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	static const struct {
		const char *column, *words;
	} hashes[] = {
		{ "sha256", "SHA-256, computed" },
		{ "sha1", "SHA-1, computed" },
		{ "md5", "MD5, computed" },
		{ "sha1_stored", "SHA-1, stored in the container" },
		{ "md5_stored", "MD5, stored in the container" },
	};
	struct page *p = state;
	bool any = false;

	(void)is_number;
	put(p, "<li><b>");
	put_exhibit(p, view_number(row_value(n, names, values, "evidence")));
	put(p, "</b>, ");
	put_text(p, row_value(n, names, values, "bytes"));
	put(p, " bytes of media, container ");
	put_label(p, row_value(n, names, values, "format"), LABEL_MOST);
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		struct view value = row_value(n, names, values, hashes[i].column);

		if (!value.n)
			continue;
		putf(p, "; %s <code>", hashes[i].words);
		put_label(p, value, LABEL_MOST);
		put(p, "</code>");
		any = true;
	}
	put(p, any ? "</li>\n" : "; no hash of the whole media is known to the case</li>\n");
	return p->r;
}

static void
put_blank(struct page *p, const char *title, const char *value)
{
	putf(p, "<div><dt>%s</dt><dd>", title);
	if (value && *value)
		put_some(p, view_text(value), LABEL_MOST * 2);
	put(p, "</dd></div>\n");
}

void
html_certificate(struct page *p)
{
	chapter(p, "certificate", "Statement to sign",
		"Facts of the process alone; what they mean is for who signs to say. What is not true is to be struck "
		"out by hand.");
	put(p, "<div class=\"certificate\">\n<ol>\n<li>The following exhibits were examined:<ul>\n");
	page_ask(p, &(struct question){ .view = "v_evidence" }, take_exhibit, p);
	put(p, "</ul></li>\n<li>They were opened read-only. The program wrote nothing to them.</li>\n<li>They were "
	       "examined with postmortem, version ");
	put_value(p, "version");
	put(p, ", by the profile ");
	put_value(p, "profile");
	put(p, " with the SHA-256 <code>");
	put_value(p, "profile_sha256");
	put(p, "</code>.</li>\n<li>The result is the file case.db with the SHA-256 <code>");
	put(p, p->digest);
	put(p, "</code>. The same exhibits, profile, version and options give the same file.</li>\n<li>It holds ");
	put_count(p, p->findings);
	put(p, " findings. Each names its place in the evidence and a command that shows it with another "
	       "program.</li>\n<li>What could not be examined is listed under <a "
	       "href=\"#limitations\">limitations</a>, and which days the logs cover under <a href=\"#calendar\">what "
	       "the logs cover</a>.</li>\n<li>This report was made from that "
	       "file alone, but for what stands beside the case, below. Case, organisation and examiner were given by who "
	       "made it.</li>\n</ol>\n<dl "
	       "class=\"sign\">\n");
	put_blank(p, "Case", p->fields->case_number);
	put_blank(p, "Organisation", p->fields->organisation);
	put_blank(p, "Name", p->fields->examiner);
	put_blank(p, "Place and date", NULL);
	put_blank(p, "Signature", NULL);
	put(p, "</dl>\n</div>\n");
	html_beside(p);
	chapter_end(p);
}
