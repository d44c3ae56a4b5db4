/* help.c - help, man page and completion, all from the tables of verbs and options. */
#include <stdio.h>

#include "cleanup.h"
#include "config.h"
#include "verb.h"

static const char about[] =
	"Offline forensic triage of seized Microsoft Exchange servers, from E01 or raw images to a case.";

static const struct {
	int status;
	const char *meaning;
} statuses[] = {
	{ EXIT_COMPLETE, "complete" },
	{ EXIT_FAILED, "failed" },
	{ EXIT_USAGE, "the command line was not understood" },
	{ EXIT_LIMITED, "complete with limitations: something was not examined, see 'postmortem limitations'" },
	{ EXIT_MISMATCH, "integrity mismatch: a computed hash differs from a stored one" },
	{ EXIT_STOPPED, "stopped; the same command takes it up again" },
	{ EXIT_FOUND, "a finding of the level given to --fail-on" },
};

static int
option_line(struct text *t, const struct option_spec *o)
{
	CLEANUP(text_free) struct text left = { 0 };
	int r = o->letter ? text_printf(&left, "-%c, --%s", o->letter, o->name)
			  : text_printf(&left, "    --%s", o->name);

	if (r == 0 && o->argument)
		r = text_printf(&left, " %s", o->argument);
	if (r == 0)
		r = text_printf(t, "  %-26s %s%s%s%s\n", left.s, o->help, o->choices ? " (" : "",
				o->choices ? o->choices : "", o->choices ? ")" : "");
	return r;
}

static int
verb_help(const struct verb *verb, struct text *t)
{
	size_t n;
	const struct option_spec *options = option_table(&n);
	int r = text_printf(t, "usage: postmortem %s [OPTION]... %s\n\n%s\n\n%s\n\n", verb->name, verb->operands,
			    verb->summary, verb->description);

	for (size_t i = 0; i < n && r == 0; i++)
		if (verb_takes(verb, &options[i]))
			r = option_line(t, &options[i]);
	return r;
}

int
help_text(const struct verb *verb, struct text *ret_text)
{
	size_t n;
	const struct verb *const *verbs = verb_table(&n);
	int r;

	if (verb)
		return verb_help(verb, ret_text);
	r = text_printf(ret_text, "postmortem %s - %s\n\nusage: postmortem VERB [OPTION]... [OPERAND]...\n\n",
			PACKAGE_VERSION, about);
	for (size_t i = 0; i < n && r == 0; i++)
		r = text_printf(ret_text, "  %-12s %s\n", verbs[i]->name, verbs[i]->summary);
	if (r == 0)
		r = text_adds(ret_text, "\nA first run: postmortem triage server.E01\n"
					"More: postmortem help VERB, man postmortem\n\nExit status:\n");
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]) && r == 0; i++)
		r = text_printf(ret_text, "  %2d  %s\n", statuses[i].status, statuses[i].meaning);
	return r;
}

/* Text of ours in roff: a hyphen is a minus, and a line must not begin with a dot. */
static int
add_roff(struct text *t, const char *s)
{
	int r = 0;

	for (const char *c = s; *c && r == 0; c++) {
		if (*c == '-')
			r = text_adds(t, "\\-");
		else if (*c == '\\')
			r = text_adds(t, "\\e");
		else if (*c == '\n' && c[1] == '\n')
			r = text_adds(t, "\n.PP");
		else if ((*c == '.' || *c == '\'') && (c == s || c[-1] == '\n'))
			r = text_printf(t, "\\&%c", *c);
		else
			r = text_addc(t, *c);
	}
	return r;
}

static int
man_option(struct text *t, const struct option_spec *o)
{
	int r = text_adds(t, ".TP\n.B ");

	if (r == 0 && o->letter)
		r = text_printf(t, "\\-%c, ", o->letter);
	if (r == 0)
		r = text_adds(t, "\\-\\-");
	if (r == 0)
		r = add_roff(t, o->name);
	if (r == 0 && o->argument)
		r = text_printf(t, " \\fI%s\\fR", o->argument);
	if (r == 0)
		r = text_addc(t, '\n');
	if (r == 0)
		r = add_roff(t, o->help);
	if (r == 0 && o->choices)
		r = text_printf(t, " (%s)", o->choices);
	return r < 0 ? r : text_addc(t, '\n');
}

static int
man_verb(struct text *t, const struct verb *verb)
{
	size_t n;
	const struct option_spec *options = option_table(&n);
	int r = text_printf(t, ".SS postmortem %s [OPTION]... %s\n", verb->name, verb->operands);

	if (r == 0)
		r = add_roff(t, verb->summary);
	if (r == 0)
		r = text_adds(t, ".\n.PP\n");
	if (r == 0)
		r = add_roff(t, verb->description);
	if (r == 0)
		r = text_addc(t, '\n');
	for (size_t i = 0; i < n && r == 0; i++)
		if (verb_takes(verb, &options[i]))
			r = man_option(t, &options[i]);
	return r;
}

int
help_man(struct text *ret_text)
{
	size_t n;
	const struct verb *const *verbs = verb_table(&n);
	int r = text_printf(ret_text,
			    ".TH POSTMORTEM 1 \"\" \"postmortem %s\" \"User commands\"\n.SH NAME\npostmortem \\- ",
			    PACKAGE_VERSION);

	if (r == 0)
		r = add_roff(ret_text, about);
	if (r == 0)
		r = text_adds(ret_text, "\n.SH SYNOPSIS\n.B postmortem\nVERB [OPTION]... [OPERAND]...\n.SH VERBS\n");
	for (size_t i = 0; i < n && r == 0; i++)
		r = man_verb(ret_text, verbs[i]);
	if (r == 0)
		r = text_adds(ret_text, ".SH EXIT STATUS\n");
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]) && r == 0; i++)
		r = text_printf(ret_text, ".TP\n.B %d\n%s\n", statuses[i].status, statuses[i].meaning);
	return r < 0 ? r
		     : text_adds(ret_text, ".SH ENVIRONMENT\n.TP\n.B POSTMORTEM_PROFILES\nfolders to look for profiles "
					   "in, colon between\n"
					   ".TP\n.B NO_COLOR\nno colour when set\n");
}

int
help_completion(struct text *ret_text)
{
	size_t n, many;
	const struct verb *const *verbs = verb_table(&n);
	const struct option_spec *options = option_table(&many);
	int r = text_adds(
		ret_text,
		"# bash completion for postmortem\n_postmortem()\n{\n\tlocal word=${COMP_WORDS[COMP_CWORD]} words\n"
		"\tif [ \"$COMP_CWORD\" = 1 ]; then\n\t\twords='");

	for (size_t i = 0; i < n && r == 0; i++)
		r = text_printf(ret_text, "%s%s", i ? " " : "", verbs[i]->name);
	if (r == 0)
		r = text_adds(ret_text, "'\n\telse\n\t\tcase ${COMP_WORDS[1]} in\n");
	for (size_t i = 0; i < n && r == 0; i++) {
		r = text_printf(ret_text, "\t\t%s) words='", verbs[i]->name);
		for (size_t j = 0; j < many && r == 0; j++)
			if (verb_takes(verbs[i], &options[j]))
				r = text_printf(ret_text, "--%s ", options[j].name);
		if (r == 0)
			r = text_adds(ret_text, "' ;;\n");
	}
	return r < 0 ? r
		     : text_adds(ret_text, "\t\tesac\n\tfi\n\t[ \"${word#-}\" = \"$word\" ] && [ \"$COMP_CWORD\" != 1 "
					   "] && words=''\n"
					   "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n}\n"
					   "complete -o default -F _postmortem postmortem\n");
}

static int
run(const struct request *request)
{
	CLEANUP(text_free) struct text text = { 0 };
	const char *about_verb = strcmp(request->verb, "help") ? request->verb
				 : request->operand_count      ? request->operands[0]
							       : NULL;
	const struct verb *verb = about_verb ? verb_find(about_verb) : NULL;
	int r;

	if (request->version)
		r = text_printf(&text, "postmortem %s\n", PACKAGE_VERSION);
	else if (request->format && !strcmp(request->format, "man"))
		r = help_man(&text);
	else if (request->format && !strcmp(request->format, "bash"))
		r = help_completion(&text);
	else if (about_verb && !verb)
		return unknown_verb(about_verb);
	else
		r = help_text(verb, &text);
	if (r < 0)
		return EXIT_FAILED;
	fputs(text.s, stdout);
	return EXIT_COMPLETE;
}

const struct verb help_verb = {
	.name = "help",
	.operands = "[VERB]",
	.summary = "show what there is, or one verb",
	.description = "With --format man the manual page, with --format bash the completion for bash.",
	.options = "format",
	.most = 1,
	.run = run,
};
