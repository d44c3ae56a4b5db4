/* judge.c - signs of tampering that the file system itself shows: times that disagree, code where none is shipped. */
#include "judge.h"

#include <strings.h>

#include "filetime.h"

#define OWN_FIELDS(rule_id, rule_level, rule_stage, rule_technique, rule_title, rule_benign)                           \
	.id = rule_id, .kind = RULE_PATH, .level = rule_level, .stage = rule_stage, .technique = rule_technique,       \
	.title = rule_title, .author = "postmortem", .source = "postmortem", .benign = rule_benign, .reason = ""
#define OWN(...) { OWN_FIELDS(__VA_ARGS__), .cve = "" }

static const struct rule rules[OWN_RULES] = {
	[OWN_STOMP] = OWN("times-disagree", LEVEL_LOW, STAGE_DEFENSE_EVASION, "T1070.006",
			  "The times of this file disagree with each other",
			  "installers, archives and copies keep the old times of a file; so do restores and file "
			  "synchronisation"),
	[OWN_WEB_CODE] = OWN("web-root-code", LEVEL_MEDIUM, STAGE_PERSISTENCE, "T1505.003",
			     "Executable type in a web root where Exchange ships no such file",
			     "a page of the owner's own, another product, or a build later than the baseline, which "
			     "ends in March 2021"),
	[OWN_WEB_UNLISTED] =
		OWN("web-root-unlisted", LEVEL_LOW, STAGE_NONE, "",
		    "Executable type in a web folder of Exchange that no list of shipped files covers",
		    "shipped with this version of Exchange, or made by its setup: no list of ours can tell"),
	[OWN_WEB_OTHER] =
		OWN("web-root-other", LEVEL_INFO, STAGE_NONE, "", "Files in a web root that Exchange does not ship",
		    "custom themes and pictures, another product, or a build later than the baseline, which ends in "
		    "March 2021"),
	[OWN_DELETED_CODE] = OWN("web-root-deleted", LEVEL_MEDIUM, STAGE_DEFENSE_EVASION, "T1070.004",
				 "Executable type deleted from a web root", "an update removes files that it replaces"),
	[OWN_INDEX_CODE] =
		OWN("web-root-index", LEVEL_LOW, STAGE_DEFENSE_EVASION, "T1070.004",
		    "Executable type of which only the index of a web folder still tells",
		    "an update removes or renames files; an editor saves under a passing name"),
	[OWN_INDEX_STALE] = OWN("index-stale", LEVEL_LOW, STAGE_NONE, "",
				"A folder lists a name that its record does not have",
				"an image of a running system, or a volume that was not closed cleanly"),
	[OWN_INDEX_UNLISTED] = OWN("index-unlisted", LEVEL_LOW, STAGE_DEFENSE_EVASION, "T1564",
				   "A file in use that its folder does not list",
				   "an image of a running system, or a volume that was not closed cleanly"),
	[OWN_FOLLOWED] = OWN("request-followed", LEVEL_INFO, STAGE_NONE, "",
			     "A request from an address, by a program or for a page that a finding names",
			     "others behind the same proxy or load balancer, or a scanner of the owner's own"),
	[OWN_PAGE_USED] = OWN("page-used", LEVEL_HIGH, STAGE_COMMAND_AND_CONTROL, "T1505.003",
			      "A page that findings name was asked for over the web, and delivered",
			      "whoever examined the incident, or a scanner that knows the name; where a page that "
			      "Exchange ships was changed, its usual visitors"),
	[OWN_FILE_FETCHED] = OWN("file-fetched", LEVEL_HIGH, STAGE_EXFILTRATION, "",
				 "A file that findings name and that no server runs was asked for over the web, and delivered",
				 "whoever examined the incident, or a scanner that knows the name"),
	[OWN_GUESSED] = OWN("password-guessed", LEVEL_HIGH, STAGE_CREDENTIAL_ACCESS, "T1110",
			    "An account was first served from an address after many passwords had been tried from there",
			    "a person behind a shared address (proxy, NAT, VPN) who first worked from there then, or a "
			    "phone at a new place whose password was put right"),
	[OWN_SPRAY] = OWN("password-spray", LEVEL_MEDIUM, STAGE_CREDENTIAL_ACCESS, "T1110.003",
			  "Many accounts were tried from one address within a day",
			  "a proxy, load balancer or NAT that many people sign in through, whose sign-ins stand in logs "
			  "that are gone"),
	[OWN_FORCE] = OWN("password-brute-force", LEVEL_MEDIUM, STAGE_CREDENTIAL_ACCESS, "T1110.001",
			  "Many passwords were tried from one address within a day",
			  "a phone or program that keeps asking with a password that has expired"),
	[OWN_CROWD] = OWN("password-crowd", LEVEL_INFO, STAGE_NONE, "",
			  "Many sign-ins fail from an address that the same accounts are served from",
			  "a proxy, load balancer or NAT; passwords guessed from behind it are not told apart"),
	[OWN_STALE] = OWN("password-stale", LEVEL_INFO, STAGE_NONE, "",
			  "Many sign-ins fail of accounts that had been served from the same address before",
			  "a phone or program that keeps asking with a password that has expired"),
	[OWN_EVENTS_MISSING] =
		OWN("events-missing", LEVEL_MEDIUM, STAGE_DEFENSE_EVASION, "T1070.001",
		    "Records are missing between those of an event log",
		    "a log that was saved with a filter has only some of its records; a host that lost power may lose the "
		    "last ones"),
	[OWN_EVENTS_COVERED] = OWN("events-covered", LEVEL_HIGH, STAGE_DEFENSE_EVASION, "T1070.001",
				   "A record of an event log that another one was made to cover",
				   "none is known: the log service does not write records into each other"),
	[OWN_PAGE_GONE] =
		OWN("compiled-page-gone", LEVEL_HIGH, STAGE_EXECUTION, "T1505.003",
		    "A page was asked for and compiled that is not there any more",
		    "an update that replaced the page, a page of another product that was removed, or a shell that whoever "
		    "examined the incident deleted"),
	[OWN_PAGE_UNLISTED] =
		OWN("compiled-page-unlisted", LEVEL_HIGH, STAGE_EXECUTION, "T1505.003",
		    "A page was asked for and compiled in a folder where Exchange ships no such page",
		    "a page of the owner's own, another product, or a build later than the baseline, which ends in March 2021"),
	[OWN_SAVED_DIRECTORY] =
		OWN("saved-directory", LEVEL_HIGH, STAGE_PERSISTENCE, "T1505.003",
		    "A virtual directory of Exchange saved as a file in a web folder",
		    "the output of an administrator's command that was kept in a web folder"),
	[OWN_SAVED_SCRIPT] = { OWN_FIELDS("saved-script", LEVEL_CRITICAL, STAGE_PERSISTENCE, "T1505.003",
					  "A virtual directory of Exchange saved as a file, with a script in its address: a web "
					  "shell that Exchange was made to write",
					  "a copy that whoever examined the incident kept in a web folder"),
			       .cve = "CVE-2021-27065" },
	[OWN_SETTING_LIBRARY] =
		OWN("setting-library", LEVEL_MEDIUM, STAGE_PERSISTENCE, "T1505.004",
		    "IIS is set to load code that neither it nor Exchange comes with",
		    "a virus scanner, load balancer, monitor or other product that adds a module; a later version of Windows"),
	[OWN_SETTING_HANDLER] =
		OWN("setting-handler", LEVEL_MEDIUM, STAGE_PERSISTENCE, "T1505.003",
		    "IIS is set to answer requests by code that neither it nor Exchange comes with, or to run other files as pages",
		    "another product or a site of the owner's own that brings a handler"),
	[OWN_SETTING_DIRECTORY] =
		OWN("setting-directory", LEVEL_LOW, STAGE_PERSISTENCE, "T1505.003",
		    "A virtual directory leads outside of what IIS and Exchange install",
		    "a site of the owner's own, or another product"),
	[OWN_SETTING_REWRITE] =
		OWN("setting-rewrite", LEVEL_MEDIUM, STAGE_PERSISTENCE, "T1505",
		    "A rewrite rule leads requests elsewhere, or hides under the name of a mitigation",
		    "a redirection of the owner's own; an administrator who changed a mitigation by hand"),
	[OWN_SETTING_MITIGATION] =
		OWN("setting-mitigation", LEVEL_INFO, STAGE_NONE, "", "A rewrite rule of Microsoft's mitigation tools is in place",
		    "made by EOMT, ExchangeMitigations or the emergency mitigation service; it is no fix, and says nothing of what "
		    "happened before"),
	[OWN_SETTING_PUBLIC_KEY] =
		OWN("setting-public-key", LEVEL_HIGH, STAGE_INITIAL_ACCESS, "T1190",
		    "A machine key that is publicly known signs view state (CVE-2020-0688)",
		    "every Exchange without the updates of February 2020 has it: it is a hole, and no trace that anybody used it"),
	[OWN_SETTING_KEY] =
		OWN("setting-key", LEVEL_INFO, STAGE_NONE, "", "Machine keys are written out in a configuration",
		    "setup of Exchange writes keys of its own into SharedWebConfig.config since February 2020; farms of servers share "
		    "keys"),
	[OWN_TASK_HIDDEN] = OWN("task-hidden", LEVEL_HIGH, STAGE_DEFENSE_EVASION, "T1564",
				"Scheduled task without a security descriptor, which hides it from the tools that list tasks",
				"none known but a damaged registry"),
	[OWN_NAME_DIRECTION] =
		OWN("name-direction", LEVEL_LOW, STAGE_DEFENSE_EVASION, "T1036.002",
		    "A name with marks that turn the direction of writing: it reads as another",
		    "programs put such marks into names in Arabic or Hebrew, and some into dates"),
	[OWN_NAME_INVISIBLE] = OWN("name-invisible", LEVEL_INFO, STAGE_DEFENSE_EVASION, "T1036",
				   "A name with characters that are not seen",
				   "pasted from a web page; emoji and some scripts, Persian and Hindi among them, need them"),
	[OWN_NAME_LOOKALIKE] = OWN("name-lookalike", LEVEL_LOW, STAGE_DEFENSE_EVASION, "T1036.005",
				   "A name in which characters stand that only look like Latin ones",
				   "typed on a keyboard of two scripts; full-width forms are usual in East Asia"),
	[OWN_NAME_TAIL] = OWN("name-tail", LEVEL_INFO, STAGE_DEFENSE_EVASION, "T1036",
			      "A name that ends in a dot or blank: Windows programs drop it and open another file or none",
			      "made by another system: a Unix client of a share, WSL, a backup"),
	[OWN_NAME_DEVICE] = OWN("name-device", LEVEL_INFO, STAGE_DEFENSE_EVASION, "T1564",
				"A file called like a device: Windows programs cannot open or delete it",
				"made by another system: a Unix client of a share, WSL, a backup"),
	[OWN_NAME_ILLEGAL] = OWN("name-illegal", LEVEL_INFO, STAGE_DEFENSE_EVASION, "T1564",
				 "A name with a character that Windows programs cannot use, or with half of one",
				 "made by another system: a Unix client of a share, WSL, a backup; names of WSL that were "
				 "cut"),
	[OWN_NAME_SHORT] = OWN("name-short", LEVEL_INFO, STAGE_DEFENSE_EVASION, "T1036",
			       "An 8.3 name that is not one of the long name beside it",
			       "an installer that sets 8.3 names, or a file that was renamed and kept the old one"),
	[OWN_NAME_TWIN] = OWN("name-twin", LEVEL_INFO, STAGE_DEFENSE_EVASION, "T1036",
			      "Names of one folder that differ in case alone: Windows programs reach one of them only",
			      "made by WSL or by a Unix client of a share"),
	[OWN_NAME_STREAM] = OWN("name-stream", LEVEL_INFO, STAGE_DEFENSE_EVASION, "T1564.004",
				"A named stream that is called like a program, or that belongs to a script or folder",
				"backup, file synchronisation, macOS clients and virus scanners keep notes in streams"),
	[OWN_NAME_DOUBLE] = OWN("name-double", LEVEL_INFO, STAGE_DEFENSE_EVASION, "T1036.007",
				"A name with two endings, of which the last one runs and the other one does not",
				"a program's own way to call what it makes of a file"),
	[OWN_NAME_EXACT] = OWN("name-exact", LEVEL_INFO, STAGE_NONE, "",
			       "A folder that tells names apart by case: each of several spellings is another file",
			       "WSL makes such folders; the profile is held against them without regard to case all the same"),
};

/* Where no request runs the file but an administrator, a service or IIS' own configuration does. */
static const char *const code[] = { ".bat", ".cmd", ".com",  ".config", ".cpl", ".dll", ".exe", ".hta", ".jar", ".msi",
				    ".pif", ".ps1", ".psm1", ".py",     ".scr", ".vbe", ".vbs", ".wsf", ".wsh" };
static const char *const served[] = { ".asa", ".asax",  ".ascx", ".ashx",   ".asmx", ".asp",    ".aspx",   ".axd",
				      ".cdx", ".cer",   ".cfm",  ".cshtml", ".jsp",  ".jspx",   ".master", ".php",
				      ".rem", ".shtml", ".soap", ".stm",    ".svc",  ".vbhtml", ".xamlx" };

const struct rule *
own_rule(enum own_rule which)
{
	return &rules[which];
}

static bool
ends_in(const char *name, const char *const *endings, size_t n)
{
	size_t length = strlen(name);

	/* Windows drops trailing dots and blanks when such a name is opened, and so does IIS */
	while (length && (name[length - 1] == '.' || name[length - 1] == ' '))
		length--;
	for (size_t i = 0; i < n; i++) {
		size_t ending = strlen(endings[i]);

		if (length > ending && !strncasecmp(name + length - ending, endings[i], ending))
			return true;
	}
	return false;
}

bool
name_is_served(const char *name)
{
	return ends_in(name, served, sizeof(served) / sizeof(served[0]));
}

bool
name_is_code(const char *name)
{
	return name_is_served(name) || ends_in(name, code, sizeof(code) / sizeof(code[0]));
}

static bool
whole_second(uint64_t ticks)
{
	return ticks && ticks % FILETIME_SECOND == 0;
}

static int
sign(struct text *signs, const char *words, uint64_t a, uint64_t b)
{
	char x[FILETIME_TEXT], y[FILETIME_TEXT];

	return text_printf(signs, "%s%s: %s, %s", signs->n ? "; " : "", words, filetime_text(a, x),
			   filetime_text(b, y));
}

int
stomp_signs(const struct times *si, const struct times *fn, uint64_t volume_made, struct text *ret_signs)
{
	int n = 0, r = 0;

	if (si->created && fn->created && si->created < fn->created) {
		r = sign(ret_signs, "$STANDARD_INFORMATION was created before $FILE_NAME", si->created, fn->created);
		n++;
	}
	if (r == 0 && whole_second(si->created) && whole_second(si->modified)) {
		uint64_t beside = fn->created && !whole_second(fn->created) ? fn->created : si->changed;

		if (beside && !whole_second(beside)) {
			r = sign(ret_signs,
				 "$STANDARD_INFORMATION was created and modified at whole seconds beside a time that "
				 "is none",
				 si->created, beside);
			n++;
		}
	}
	if (r == 0 && volume_made && si->created && si->created < volume_made) {
		r = sign(ret_signs, "$STANDARD_INFORMATION was created before the volume was made", si->created,
			 volume_made);
		n++;
	}
	return r < 0 ? r : n;
}
