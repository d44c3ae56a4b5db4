/* steps.c - which step of an intrusion a row of a case is: by its kind, what it asked for, and what its rule is about. */
#include <strings.h>

#include "facts.h"

const char *
step_words(enum step step)
{
	static const char *const words[STEPS] = {
		[STEP_NONE] = "something else",
		[STEP_FORGED] = "a forged request",
		[STEP_BEHIND] = "a request behind the front end",
		[STEP_SESSION] = "a session of the control panel",
		[STEP_OBJECT] = "the look-up of a virtual directory",
		[STEP_SET] = "the change of a virtual directory",
		[STEP_RESET] = "the reset of a virtual directory",
		[STEP_COMMAND] = "a command",
		[STEP_BIRTH] = "the page",
		[STEP_COMPILED] = "the first run of the page",
		[STEP_USE] = "a request for the page",
		[STEP_PROCESS] = "the start of a program",
		[STEP_TAKEN] = "a file of gathered things",
		[STEP_STAYS] = "something set up to stay",
		[STEP_FETCH] = "a request for the file",
		[STEP_MAIL] = "the reading of a mailbox",
	};

	return words[step];
}

static bool
has(struct view text, const char *what)
{
	size_t n = strlen(what);

	for (size_t i = 0; i + n <= text.n; i++)
		if (!strncasecmp((const char *)text.p + i, what, n))
			return true;
	return false;
}

static bool
ends(const char *text, const char *with)
{
	size_t n = strlen(text), m = strlen(with);

	return n >= m && !strcmp(text + n - m, with);
}

/* ---- requests ---- */

/* By the URL that the back end was asked for. Real consoles ask for it, too: then it is a step only where a rule says so. */
static enum step
step_of_url(struct view url, struct view schema)
{
	if (has(url, "proxylogon.ecp"))
		return STEP_SESSION;
	if (has(url, "/getobject"))
		return STEP_OBJECT;
	if (has(url, "/setobject"))
		return has(schema, "reset") ? STEP_RESET : STEP_SET;
	return has(url, "/ews/") ? STEP_MAIL : STEP_FORGED;
}

/* The back end of Exchange: its ports, and the address of the front end on the same host. */
static bool
is_behind(const struct fact *f)
{
	uint64_t port = view_number(f->keys[KEY_PORT]);

	return port == 444 || port == 81 || port == 445 || view_equal(f->keys[KEY_ADDRESS], view_text("::1"));
}

static enum step
step_of_request(const struct fact *f, struct view technique)
{
	if (f->keys[KEY_BACKEND].n)
		return step_of_url(f->keys[KEY_BACKEND], f->keys[KEY_SCHEMA]);
	if (!f->level || has(technique, "T1505.003"))
		return STEP_NONE; /* a page's, if it is one's: steps_settle */
	return is_behind(f) ? STEP_BEHIND : has(technique, "T1190") ? STEP_FORGED : STEP_NONE;
}

/* ---- Windows events and other records ---- */

static enum step
step_of_record(const struct fact *f, struct view technique)
{
	uint64_t id = view_number(f->keys[KEY_ID]);

	if (has(f->keys[KEY_PROVIDER], "MSExchange"))
		return STEP_COMMAND;
	if (f->keys[KEY_PROCESS].n && (id == 4688 || id == 1))
		return STEP_PROCESS;
	if (!strcmp(f->stage, "persistence"))
		return has(technique, "T1505.003") ? STEP_COMMAND : STEP_STAYS;
	if (!strcmp(f->stage, "credential-access") || !strcmp(f->stage, "collection") || !strcmp(f->stage, "exfiltration"))
		return STEP_TAKEN;
	return f->level >= LEVEL_HIGH && !strcmp(f->stage, "execution") ? STEP_PROCESS : STEP_NONE;
}

enum step
step_of_event(const struct fact *f, struct view technique)
{
	static const char *const commands[] = { "ecp.command", "cmdlet.run", "audit.record" };

	if (!strcmp(f->kind, "iis.request") || !strcmp(f->kind, "httpproxy.request"))
		return step_of_request(f, technique);
	if (!strcmp(f->kind, "ews.request"))
		return f->level >= LEVEL_MEDIUM ? STEP_MAIL : STEP_NONE;
	if (!strcmp(f->kind, "compiled.page"))
		return STEP_COMPILED;
	if (!strcmp(f->kind, "directory.set"))
		return STEP_SET;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(f->kind, commands[i]))
			return STEP_COMMAND;
	if (!strcmp(f->kind, "oab.event"))
		return STEP_COMMAND;
	if (!strncmp(f->kind, "task.", 5) || !strncmp(f->kind, "service.", 8))
		return STEP_STAYS;
	return f->level >= LEVEL_MEDIUM ? step_of_record(f, technique) : STEP_NONE;
}

/* ---- files ---- */

enum step
step_of_file(const struct fact *f, struct view technique)
{
	if (strstr(f->path, "/temporary asp.net files/"))
		return ends(f->path, ".compiled") ? STEP_COMPILED : STEP_NONE;
	if (has(technique, "T1505.003") || ends(f->path, ".aspx") || ends(f->path, ".ashx") || ends(f->path, ".asmx"))
		return STEP_BIRTH;
	if (!strcmp(f->stage, "credential-access") || !strcmp(f->stage, "collection") || !strcmp(f->stage, "exfiltration"))
		return STEP_TAKEN;
	return !strcmp(f->stage, "persistence") || !strcmp(f->stage, "command-and-control") ? STEP_STAYS : STEP_NONE;
}

/* ---- pages ---- */

static int
hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* `C:\x`, `\\127.0.0.1\C$\x` and `\\?\C:\x`: the path on the volume alone. */
static struct view
without_drive(struct view text)
{
	for (size_t i = 1; i + 1 < text.n && i < 80; i++)
		if ((text.p[i] == ':' || text.p[i] == '$') && (text.p[i + 1] == '\\' || text.p[i + 1] == '/'))
			return view_from(text, i + 1);
	return text;
}

const char *
plain_path(struct arena *arena, struct view text, bool url)
{
	struct view v = url ? text : without_drive(text);
	char *copy = arena_copy(arena, v);
	size_t n = 0;

	for (size_t i = 0; copy && i < v.n; i++) {
		char c = (char)v.p[i];

		if (url && c == '%' && i + 2 < v.n && hex((char)v.p[i + 1]) >= 0 && hex((char)v.p[i + 2]) >= 0) {
			c = (char)(hex((char)v.p[i + 1]) << 4 | hex((char)v.p[i + 2]));
			i += 2;
		} else if (url && c == '+') {
			c = ' ';
		}
		copy[n++] = (char)(c == '\\' ? '/' : c >= 'A' && c <= 'Z' ? c + 32 : c ? c : '?');
	}
	if (copy)
		copy[n] = 0;
	return copy;
}

bool
page_is_file(const char *page, const char *path)
{
	size_t n = strlen(page), m = strlen(path);
	const char *more;

	if (n < 2 || page[0] != '/' || strchr(page, '.') == NULL)
		return false;
	/* what follows the name of a page is handed to the page: /x.aspx/y */
	more = strstr(page, ".aspx/");
	if (more)
		n = (size_t)(more - page) + 5;
	return m >= n && !memcmp(path + m - n, page, n);
}

/* A request that was answered, for a page or for what was taken, as the findings know them by their files. */
static enum step
step_for_file(const struct facts *facts, const struct fact *request)
{
	for (size_t i = facts->list.n; i-- > 0;) {
		const struct fact *f = &facts->list.at[i];

		if (strcmp(f->kind, "file"))
			break;
		if (f->evidence != request->evidence || !page_is_file(request->page, f->path))
			continue;
		if (f->step == STEP_BIRTH)
			return STEP_USE;
		if (f->step == STEP_TAKEN)
			return STEP_FETCH;
	}
	return STEP_NONE;
}

/* A page that a rule takes for a shell is one even where its file is not there any more. */
static enum step
step_of_answer(const struct facts *facts, const struct fact *f)
{
	enum step step = step_for_file(facts, f);

	if (!step && f->step == STEP_NONE && f->level >= LEVEL_HIGH && strstr(f->page, ".as"))
		return STEP_USE;
	return step ? step : f->step;
}

void
steps_settle(struct facts *facts)
{
	for (size_t i = 0; i < facts->list.n; i++) {
		struct fact *f = &facts->list.at[i];
		bool request = !strcmp(f->kind, "iis.request") || !strcmp(f->kind, "httpproxy.request");

		if (request && f->answered && !f->keys[KEY_BACKEND].n && (f->step == STEP_NONE || f->step == STEP_FORGED))
			f->step = step_of_answer(facts, f);
	}
}
