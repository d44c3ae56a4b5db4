/* profile.c - which profiles there are, what is in one, and whether it is sound. */
#include <stdio.h>

#include "exam.h"
#include "fail.h"
#include "profile.h"
#include "text.h"
#include "verb.h"

static void
print_escaped(const char *s)
{
	CLEANUP(text_free) struct text text = { 0 };

	if (text_add_escaped(&text, view_text(s)) == 0)
		fputs(text.s, stdout);
}

static int
list(void)
{
	char **names;
	size_t n;

	if (profile_list(&names, &n) < 0)
		return EXIT_FAILED;
	for (size_t i = 0; i < n; i++) {
		puts(names[i]);
		free(names[i]);
	}
	free(names);
	return EXIT_COMPLETE;
}

static void
print_rule(const struct rule *rule)
{
	printf("%s\t%s\t%s\t%s\t", rule_kind_name(rule->kind), rule_state_name(rule->state), level_name(rule->level),
	       stage_name(rule->stage));
	print_escaped(rule->id);
	putchar('\t');
	print_escaped(rule->title);
	if (rule->reason[0]) {
		fputs("\t(", stdout);
		print_escaped(rule->reason);
		putchar(')');
	}
	putchar('\n');
}

static int
show(const struct profile *profile)
{
	const struct rule *const *rules;
	const struct choice *choices;
	const struct profile_file *files;
	char digest[65];
	size_t n;

	profile_digest(profile, digest);
	printf("%s  sha256 %s\n", profile_id(profile), digest);
	n = profile_files(profile, &files);
	for (size_t i = 0; i < n; i++) {
		CLEANUP(text_free) struct text hex = { 0 };

		if (text_add_hex(&hex, view_of(files[i].sha256.b, DIGEST_MAX)) == 0)
			printf("file\t%s\t%s\t%u rules\n", files[i].name, hex.s, files[i].rules);
	}
	n = profile_choices(profile, &choices);
	for (size_t i = 0; i < n; i++) {
		printf("choice\t%s\t%s\t", choices[i].artifact, role_name(choices[i].role));
		for (const char *const *reader = choices[i].readers; *reader; reader++)
			printf("%s ", *reader);
		putchar('\n');
	}
	n = profile_rules(profile, &rules);
	for (size_t i = 0; i < n; i++)
		print_rule(rules[i]);
	return EXIT_COMPLETE;
}

/* One line a complaint, as a compiler prints them; a sound profile prints nothing. */
static int
lint(const struct profile *profile)
{
	const struct profile_complaint *complaints;
	size_t n = profile_complaints(profile, &complaints);
	bool fatal = false;

	for (size_t i = 0; i < n; i++) {
		print_escaped(complaints[i].file);
		printf(":%u: %s", complaints[i].line, complaints[i].fatal ? "" : "remark: ");
		print_escaped(complaints[i].what);
		putchar('\n');
		fatal |= complaints[i].fatal;
	}
	return fatal ? EXIT_FAILED : EXIT_COMPLETE;
}

static int
run(const struct request *request)
{
	static const char *const usual[] = { "hafnium" };
	static const char *const actions[] = { "list", "show", "lint" };
	const char *action = request->operands[0], *best;
	CLEANUP(profile_free) struct profile *profile = NULL;
	bool named = request->operand_count > 1;

	if (!strcmp(action, "list"))
		return list();
	if (strcmp(action, "show") && strcmp(action, "lint")) {
		best = nearest(action, actions, 3);
		fail(2, "profile takes list, show or lint, not '%s'%s%s", action, best ? "; did you mean " : "",
		     best ? best : "");
		return EXIT_USAGE;
	}
	if (profile_load(named ? request->operands + 1 : usual, named ? request->operand_count - 1 : 1, true, &profile) < 0)
		return EXIT_FAILED;
	if (tell_sources(profile) < 0)
		return EXIT_FAILED;
	return !strcmp(action, "show") ? show(profile) : lint(profile);
}

const struct verb profile_verb = {
	.name = "profile",
	.operands = "list|show|lint [PROFILE...]",
	.summary = "list the profiles, show one with its rules, or check one",
	.description = "A profile is a folder with a profile.yaml, which lists files of artefact definitions, YARA and "
		       "Sigma rules (or folders of the latter), hashes, paths, baselines and dates. lint names file and "
		       "line of everything that is not supported or does not compile, and exits with 1 when some of it "
		       "makes a rule unusable. The logsource of a Sigma rule says which logs it is for: category "
		       "webserver; product windows with service iis, httperr, powershell, windefend or msert; product "
		       "exchange with service httpproxy, ecp, oab, ews, mapi, rps_http, rps_cmdlet, rps_authz, audit, "
		       "msgtrk, setup or eomt; service msexchange-management for cmdlets. Of the shipped ones, what a log "
		       "shows to have been refused is medium at most.",
	.options = "",
	.least = 1,
	.most = SIZE_MAX,
	.run = run,
};
