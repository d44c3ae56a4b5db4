/* table.c - every verb and every option, once. */
#include "verb.h"

static const struct verb *const verbs[] = {
	&triage_verb,   &info_verb,     &verify_verb, &status_verb,      &verdict_verb, &ledger_verb, &suspects_verb, &accounts_verb, &findings_verb,
	&timeline_verb, &coverage_verb, &control_verb, &files_verb,  &limitations_verb, &rules_verb,   &evidence_verb, &volumes_verb, &sites_verb, &host_verb, &pages_verb,
	&exposure_verb, &campaign_verb, &rescan_verb, &chain_verb,
	&note_verb,     &tag_verb,      &seal_verb,   &audit_verb,
	&show_verb,     &extract_verb, &report_verb,  &export_verb, &merge_verb,       &profile_verb, &doctor_verb,   &help_verb,
};

#define AT(member) offsetof(struct request, member)

static const struct option_spec options[] = {
	{ 'c', "case", OPTION_TEXT, AT(case_folder), "CASE", "the case folder; without it, named after the first image",
	  NULL },
	{ 'p', "profile", OPTION_PROFILE, 0, "PROFILE",
	  "a profile by name or folder; may be given again to stack them (hafnium)", NULL },
	{ 'j', "jobs", OPTION_NUMBER, AT(jobs), "N", "how many processors to use (all of them)", NULL },
	{ 'o', "offset", OPTION_SECTORS, AT(sectors), "SECTORS",
	  "only the volume that begins at this sector of the image", NULL },
	{ 'o', "output", OPTION_TEXT, AT(output), "FILE", "where to write; a folder for extract (standard output)",
	  NULL },
	{ 'z', "zone", OPTION_TEXT, AT(zone), "ZONE",
	  "show times in this zone, such as Europe/Berlin; what is stored stays UTC", NULL },
	{ 0, "manifest", OPTION_TEXT, AT(manifest), "FILE",
	  "a CSV of images: image, exhibit, custodian, sha256, md5, note", NULL },
	{ 0, "exhibit", OPTION_TEXT, AT(exhibit), "TEXT", "the exhibit number to record with the image", NULL },
	{ 0, "since", OPTION_SINCE, AT(since), "TIME", "start of the window (2021-01-01)", NULL },
	{ 0, "from", OPTION_TIME, AT(from), "TIME", "only what happened at or after this time", NULL },
	{ 0, "to", OPTION_TIME, AT(to), "TIME", "only what happened before this time", NULL },
	{ 0, "min-level", OPTION_LEVEL, AT(min_level), "LEVEL", "only findings of this level or above", NULL },
	{ 0, "fail-on", OPTION_FAIL_ON, AT(fail_on), "LEVEL",
	  "exit with status 10 when there is a finding of this level or above", NULL },
	{ 0, "path", OPTION_TEXT, AT(path), "GLOB", "only paths that match, without case; * and ? also match /", NULL },
	{ 0, "limit", OPTION_NUMBER, AT(limit), "N", "at most this many rows", NULL },
	{ 0, "files", OPTION_TEXT, AT(files), "WHICH",
	  "which files the case lists: those chosen or in the window, or all; and which folders have their index held "
	  "against the $MFT: those of web roots and chosen files, or all", "chosen|all" },
	{ 0, "content", OPTION_TEXT, AT(content), "WHICH",
	  "which streams are read, hashed and scanned: those chosen, or all", "chosen|all" },
	{ 0, "stages", OPTION_TEXT, AT(stages), "LIST", "only these stages, comma between: identify,walk,index,content,logs,events,state,control",
	  NULL },
	{ 0, "no-control", OPTION_FLAG, AT(no_control), NULL, "do without the second opinion of libtsk", NULL },
	{ 0, "partitions", OPTION_TEXT, AT(partitions), "LIST",
	  "only these volumes by number, comma between, or all (all)", NULL },
	{ 0, "credential", OPTION_CREDENTIAL, 0, "SPEC",
	  "opens BitLocker volumes: recovery:DIGITS, password:TEXT, bek:FILE, vmk:HEX, fvek:HEX[:HEX], or @FILE with one "
	  "of them a line; may be given again",
	  NULL },
	{ 0, "memory", OPTION_NUMBER, AT(memory), "MIB",
	  "how much memory the worker of one image may take; what needs more is a limitation (2048)", NULL },
	{ 0, "verify", OPTION_FLAG, AT(verify), NULL, "also read the whole image and compare its hashes", NULL },
	{ 0, "hashes", OPTION_TEXT, AT(hashes), "LIST", "digests to compute, comma between: md5,sha1,sha256", NULL },
	{ 0, "pdf", OPTION_FLAG, AT(pdf), NULL, "also lay the report out in pages, by weasyprint", NULL },
	{ 0, "case-number", OPTION_TEXT, AT(case_number), "TEXT", "the number of the case, for the report", NULL },
	{ 0, "organisation", OPTION_TEXT, AT(organisation), "TEXT", "who has the report made, for the report", NULL },
	{ 0, "examiner", OPTION_TEXT, AT(examiner), "TEXT", "who examines, for the report", NULL },
	{ 0, "with", OPTION_TEXT, AT(with), "WHOM", "who else reads the bytes of findings", "tsk" },
	{ 0, "sign-key", OPTION_TEXT, AT(sign_key), "FILE", "a private key in PEM, or minisign's, to sign the manifest with", NULL },
	{ 0, "renew", OPTION_FLAG, AT(renew), NULL, "seal what is there now, though the case was sealed before", NULL },
	{ 0, "key", OPTION_TEXT, AT(key), "FILE", "the public key that the signature has to be of", NULL },
	{ 0, "author", OPTION_TEXT, AT(author), "NAME", "who writes the note", NULL },
	{ 0, "notes", OPTION_FLAG, AT(notes), NULL, "the notes and tags of examiners below", NULL },
	{ 0, "checksums-only", OPTION_FLAG, AT(checksums_only), NULL,
	  "check the checksums inside an E01 and compute no digest", NULL },
	{ 0, "format", OPTION_TEXT, AT(format), "FORMAT", "csv, jsonl, timesketch, bodyfile, l2tcsv, case or stix; man or bash for help",
	  NULL },
	{ 0, "view", OPTION_TEXT, AT(view), "VIEW", "the view to export (timeline)", NULL },
	{ 0, "all", OPTION_FLAG, AT(all), NULL, "everything, not the essentials alone", NULL },
	{ 0, "builds", OPTION_FLAG, AT(builds), NULL, "the witnesses of the build, and what they come to", NULL },
	{ 0, "bom", OPTION_FLAG, AT(bom), NULL, "begin CSV with a byte order mark", NULL },
	{ 0, "calendar", OPTION_FLAG, AT(calendar), NULL, "which days the logs cover, a line for each folder and month", NULL },
	{ 0, "json", OPTION_FLAG, AT(json), NULL, "one JSON object a line, its keys the columns of the case", NULL },
	{ 'q', "quiet", OPTION_FLAG, AT(quiet), NULL, "no progress and no remarks", NULL },
	{ 0, "no-color", OPTION_FLAG, AT(no_color), NULL, "no colour; NO_COLOR in the environment does the same",
	  NULL },
	{ 0, "status-view", OPTION_STATUS, AT(status_view), "VIEW", "how to show progress", "window|linear|json|none" },
	{ 'h', "help", OPTION_FLAG, AT(help), NULL, "show help and stop", NULL },
	{ 'V', "version", OPTION_FLAG, AT(version), NULL, "show the version and stop", NULL },
};

const struct verb *const *
verb_table(size_t *ret_n)
{
	*ret_n = sizeof(verbs) / sizeof(verbs[0]);
	return verbs;
}

const struct verb *
verb_find(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(verbs[i]->name, name))
			return verbs[i];
	return NULL;
}

const struct option_spec *
option_table(size_t *ret_n)
{
	*ret_n = sizeof(options) / sizeof(options[0]);
	return options;
}

/* Whether name is one of the blank-separated words. */
static bool
listed(const char *words, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = words; *at;) {
		size_t word = strcspn(at, " ");

		if (word == n && !memcmp(at, name, n))
			return true;
		at += word;
		at += strspn(at, " ");
	}
	return false;
}

bool
verb_takes(const struct verb *verb, const struct option_spec *option)
{
	return listed("quiet no-color help version", option->name) || listed(verb->options, option->name);
}
