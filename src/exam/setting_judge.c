/* setting_judge.c - settings that let code run which the server did not come with: by where it lies and what it is
 * called. */
#include <strings.h>

#include "pages.h"

struct verdict_on {
	enum own_rule rule;
	enum level level;
	const char *why;
};

#define LISTED(list, text) is_listed(list, sizeof(list) / sizeof(list[0]), text)

static bool
is_listed(const char *const *list, size_t n, struct view text)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) == text.n && !strncasecmp(list[i], (const char *)text.p, text.n))
			return true;
	return false;
}

static bool
begins(const char *s, const char *with)
{
	return !strncasecmp(s, with, strlen(with));
}

/* ---- paths ---- */

/* Where a file lies, as far as its path tells by itself. */
enum ground {
	GROUND_WINDOWS,
	GROUND_PROGRAMS,
	GROUND_EXCHANGE,
	GROUND_WEB,   /* inetpub */
	GROUND_DROP,  /* where everybody can write, or nobody looks */
	GROUND_DRIVE, /* a whole drive */
	GROUND_REMOTE,
	GROUND_ELSEWHERE,
	GROUND_UNKNOWN, /* no path that means anything */
};

static bool
is_part(const struct windows_path *p, uint32_t at, const char *name)
{
	return at < p->n && p->parts[at].n == strlen(name) &&
	       !strncasecmp((const char *)p->parts[at].p, name, p->parts[at].n);
}

static bool
in_exchange(const struct exam *exam, const struct windows_path *p)
{
	for (size_t i = 0; i < exam->hosts.n; i++) {
		const char *at = exam->hosts.at[i].path;
		uint32_t n = 0;

		for (; exam->hosts.at[i].kind == HOST_EXCHANGE && *at && n < p->n; n++) {
			size_t length = strcspn(at, "/");

			if (p->parts[n].n != length || strncasecmp((const char *)p->parts[n].p, at, length) != 0)
				break;
			at += length + (at[length] != 0);
		}
		if (exam->hosts.at[i].kind == HOST_EXCHANGE && !*at)
			return true;
	}
	return false;
}

static bool
is_drop(const struct windows_path *p)
{
	static const char *const tops[] = { "ProgramData", "Users",
					    "Temp",        "Tmp",
					    "PerfLogs",    "$Recycle.Bin",
					    "Recovery",    "System Volume Information",
					    "MSOCache",    "Documents and Settings" };
	static const char *const in_windows[] = { "Temp", "Tasks", "Debug", "Tracing", "Help",
						  "IME",  "Fonts", "Web",   "Media" };

	if (p->within_windows)
		return p->n && LISTED(in_windows, p->parts[0]);
	if (is_part(p, 0, "Windows"))
		return p->n > 1 && LISTED(in_windows, p->parts[1]);
	return p->n && (LISTED(tops, p->parts[0]) || (is_part(p, 0, "inetpub") && is_part(p, 1, "temp")));
}

bool
path_is_drop(const char *path)
{
	struct windows_path p = { .n = 0 };

	while (*path && p.n < 3) {
		size_t n = strcspn(path, "/");

		if (n)
			p.parts[p.n++] = view_of(path, n);
		path += n + (path[n] != 0);
	}
	return is_drop(&p);
}

/* ret_path's views are borrowed from the text. */
static enum ground
ground_of(const struct exam *exam, const char *text, struct windows_path *ret_path)
{
	switch (windows_path(text, ret_path)) {
	case SITE_FOUND:
		break;
	case SITE_REMOTE:
		return GROUND_REMOTE;
	default:
		return GROUND_UNKNOWN;
	}
	if (!ret_path->n && !ret_path->within_windows)
		return GROUND_DRIVE;
	if (is_drop(ret_path))
		return GROUND_DROP;
	if (in_exchange(exam, ret_path))
		return GROUND_EXCHANGE;
	if (ret_path->within_windows || is_part(ret_path, 0, "Windows"))
		return GROUND_WINDOWS;
	if (is_part(ret_path, 0, "Program Files") || is_part(ret_path, 0, "Program Files (x86)"))
		return GROUND_PROGRAMS;
	return is_part(ret_path, 0, "inetpub") ? GROUND_WEB : GROUND_ELSEWHERE;
}

static struct view
last_part(const struct windows_path *p)
{
	return p->n ? p->parts[p->n - 1] : view_of(NULL, 0);
}

/* ---- libraries ---- */

/* What IIS, ASP.NET, URL Rewrite and Exchange load into worker processes. */
static const char *const shipped[] = {
	"AirFilter.dll",    "asp.dll",      "aspnet_filter.dll",
	"aspnet_isapi.dll", "authanon.dll", "authbas.dll",
	"authcert.dll",     "authmap.dll",  "authmd5.dll",
	"authsspi.dll",     "cachfile.dll", "cachhttp.dll",
	"cachtokn.dll",     "cachuri.dll",  "cgi.dll",
	"compdyn.dll",      "compstat.dll", "custerr.dll",
	"defdoc.dll",       "dirlist.dll",  "diprestr.dll",
	"exppw.dll",        "filter.dll",   "gzip.dll",
	"iis_ssi.dll",      "iisetw.dll",   "iisfcgi.dll",
	"iisfreb.dll",      "iisreqs.dll",  "iiswsock.dll",
	"iprestr.dll",      "isapi.dll",    "kerbauth.dll",
	"logcust.dll",      "loghttp.dll",  "modrqflt.dll",
	"owaauth.dll",      "protsup.dll",  "redirect.dll",
	"rewrite.dll",      "rpcproxy.dll", "RpcProxyShim.dll",
	"static.dll",       "urlauthz.dll", "validcfg.dll",
	"warmup.dll",       "webdav.dll",   "webengine.dll",
	"webengine4.dll",   "wsmsvc.dll",   "ftpctrlps.dll",
	"httpodbc.dll",     "ssinc.dll",    "webdav_simple_lock.dll",
};

static bool
judge_library(const struct exam *exam, const char *path, struct verdict_on *ret)
{
	struct windows_path p;

	ret->rule = OWN_SETTING_LIBRARY;
	switch (ground_of(exam, path, &p)) {
	case GROUND_WINDOWS:
	case GROUND_EXCHANGE:
		ret->level = LEVEL_MEDIUM;
		ret->why = "a library that neither IIS nor Exchange comes with, among those that they do come with";
		return !LISTED(shipped, last_part(&p));
	case GROUND_PROGRAMS:
		ret->level = LEVEL_LOW;
		ret->why = "a library of another product";
		return true;
	case GROUND_DROP:
		ret->level = LEVEL_HIGH;
		ret->why = "a library in a folder that no program is installed into";
		return true;
	case GROUND_REMOTE:
		ret->level = LEVEL_HIGH;
		ret->why = "a library on another computer";
		return true;
	case GROUND_UNKNOWN:
		ret->level = LEVEL_LOW;
		ret->why = "a library whose path means nothing without the server";
		return true;
	default:
		ret->level = LEVEL_HIGH;
		ret->why = "a library outside of Windows, Exchange and installed programs";
		return true;
	}
}

/* Classes of .NET and of Exchange are called so; a name proves nothing, and its absence is a lead. */
static bool
is_of_microsoft(const char *type)
{
	return !*type || begins(type, "System.") || begins(type, "Microsoft.") || begins(type, "AjaxControlToolkit.");
}

static bool
judge_class(const char *type, struct verdict_on *ret)
{
	*ret = (struct verdict_on){ OWN_SETTING_LIBRARY, LEVEL_MEDIUM,
				    "a class that neither .NET nor Exchange comes with" };
	return !is_of_microsoft(type);
}

/* ---- handlers ---- */

/* The ending that a handler's path or a provider's extension names: "aspx" of "*.aspx"; nothing where it names none. */
static struct view
ending_of(struct view path)
{
	const uint8_t *dot = path.n ? memrchr(path.p, '.', path.n) : NULL;

	return dot ? view_from(path, (size_t)(dot - path.p) + 1) : view_of(NULL, 0);
}

static bool
is_page_ending(struct view ending)
{
	static const char *const pages[] = { "asa",  "asax", "ascx",  "ashx",   "asmx",   "asp",    "aspq", "aspx",
					     "axd",  "cdx",  "cer",   "cshtm",  "cshtml", "master", "rem",  "shtml",
					     "soap", "svc",  "vbhtm", "vbhtml", "xamlx",  "xoml",   "rules" };

	return (ending.p && !ending.n) || LISTED(pages, ending); /* "*.": addresses without any ending */
}

/* Outlook asks for autodiscover.xml, which is a service: setup of Exchange maps it so. */
static bool
is_autodiscover(const struct setting *s, struct view ending)
{
	return ending.n == 3 && !strncasecmp((const char *)ending.p, "xml", 3) &&
	       strcasestr(s->location, "/Autodiscover");
}

/* What compiles and runs a file because of a request. */
static bool
runs_pages(const char *handler)
{
	static const char *const makers[] = { "System.Web.UI.PageHandlerFactory",
					      "System.Web.UI.SimpleHandlerFactory",
					      "System.Web.Services.Protocols.WebServiceHandlerFactory",
					      "System.Web.Script.Services.ScriptHandlerFactory",
					      "System.Web.Compilation.PageBuildProvider",
					      "System.Web.Compilation.WebHandlerBuildProvider" };
	size_t n = strlen(handler);

	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
		if (begins(handler, makers[i]))
			return true;
	return (n >= 16 && !strcasecmp(handler + n - 16, "aspnet_isapi.dll")) ||
	       (n >= 8 && !strcasecmp(handler + n - 8, "\\asp.dll"));
}

static bool
judge_handler(const struct exam *exam, const struct setting *s, struct verdict_on *ret)
{
	static const char lead[] = "path ";
	const char *path = begins(s->more, lead) ? s->more + sizeof(lead) - 1 : "";
	struct view ending =
		ending_of(s->kind == SETTING_BUILDER ? view_text(s->name) : view_of(path, strcspn(path, ",")));

	if (runs_pages(s->value) && !is_page_ending(ending) && !is_autodiscover(s, ending)) {
		*ret = (struct verdict_on){ OWN_SETTING_HANDLER, LEVEL_HIGH,
					    "files of an ending that is none of a page are run as pages" };
		return true;
	}
	if (strchr(s->value, '\\')) {
		bool odd = judge_library(exam, s->value, ret);

		ret->rule = OWN_SETTING_HANDLER;
		return odd;
	}
	if (s->kind == SETTING_HANDLER &&
	    !strchr(s->value, '.')) /* modules of IIS by name; those are judged where they are set */
		return false;
	if (!judge_class(s->value, ret))
		return false;
	ret->rule = OWN_SETTING_HANDLER;
	return true;
}

/* ---- virtual directories ---- */

static bool
judge_directory(const struct exam *exam, const struct setting *s, struct verdict_on *ret)
{
	struct windows_path p;

	ret->rule = OWN_SETTING_DIRECTORY;
	switch (ground_of(exam, s->value, &p)) {
	case GROUND_DROP:
		ret->level = LEVEL_HIGH;
		ret->why = "an address leads to a folder that no web site is installed into";
		return true;
	case GROUND_DRIVE:
		ret->level = LEVEL_HIGH;
		ret->why = "an address leads to a whole drive";
		return true;
	case GROUND_REMOTE:
		ret->level = LEVEL_MEDIUM;
		ret->why = "an address leads to another computer";
		return true;
	case GROUND_ELSEWHERE:
		ret->level = LEVEL_LOW;
		ret->why = "an address leads outside of what IIS and Exchange install";
		return true;
	default:
		return false;
	}
}

/* ---- rewrite rules ---- */

/* Those that Microsoft's own tools made, by all that they say. */
static const struct {
	const char *name, *looks; /* the end of its name; what must stand in what it looks at */
} mitigations[] = {
	{ "X-AnonResource-Backend Abort - inbound", "X-AnonResource-Backend" },
	{ "X-BEResource Abort - inbound", "X-BEResource=" },
	{ "PowerShell - inbound",
	  "powershell" }, /* autodiscover.json and PowerShell in one address, in several versions */
};

static bool
judge_rewrite(const struct setting *s, struct verdict_on *ret)
{
	size_t n = strlen(s->name);
	bool away = begins(s->value, "AbortRequest") || begins(s->value, "CustomResponse");

	ret->rule = OWN_SETTING_REWRITE;
	for (size_t i = 0; i < sizeof(mitigations) / sizeof(mitigations[0]); i++) {
		size_t length = strlen(mitigations[i].name);

		if (n < length || strcasecmp(s->name + n - length, mitigations[i].name) != 0)
			continue;
		*ret = (struct verdict_on){ OWN_SETTING_MITIGATION, LEVEL_INFO,
					    "a rule that Microsoft's mitigation tools make" };
		if (away && strcasestr(s->more, mitigations[i].looks) && !begins(s->more, "switched off"))
			return true;
		*ret = (struct verdict_on){
			OWN_SETTING_REWRITE, LEVEL_HIGH,
			"called like a mitigation of Microsoft's, and it does not do what that does"
		};
		return true;
	}
	ret->level = LEVEL_MEDIUM;
	ret->why = "requests are led to another place";
	if (!begins(s->value, "Rewrite") && !begins(s->value, "Redirect"))
		return false;
	return strcasestr(s->value, ".as") || (strstr(s->value, "://") && !strcasestr(s->value, "://{HTTP_HOST}"));
}

/* ---- all ---- */

static bool
judge_key(const struct setting *s, struct verdict_on *ret)
{
	*ret = s->known_key ? (struct verdict_on){ OWN_SETTING_PUBLIC_KEY, LEVEL_HIGH,
						   "the key that every Exchange had before February 2020, and that is "
						   "published" }
			    : (struct verdict_on){
				      OWN_SETTING_KEY, LEVEL_INFO,
				      "keys are written out: whoever read this file can sign view state and cookies"
			      };
	return true;
}

static bool
judge(const struct exam *exam, const struct setting *s, struct verdict_on *ret)
{
	switch (s->kind) {
	case SETTING_NATIVE_MODULE:
	case SETTING_FILTER:
		return judge_library(exam, s->value, ret);
	case SETTING_PROGRAM:
		return strcasestr(s->more, "allowed true") && judge_library(exam, s->value, ret);
	case SETTING_MODULE:
	case SETTING_CONSOLE:
		return judge_class(s->value, ret);
	case SETTING_HANDLER:
	case SETTING_BUILDER:
		return judge_handler(exam, s, ret);
	case SETTING_DIRECTORY:
		return judge_directory(exam, s, ret);
	case SETTING_REWRITE:
		return judge_rewrite(s, ret);
	case SETTING_KEY:
		return judge_key(s, ret);
	default:
		return false;
	}
}

bool
setting_judge(const struct exam *exam, const struct setting *setting, const struct rule **ret_rule,
	      enum level *ret_level, const char **ret_why)
{
	struct verdict_on v = { .rule = OWN_SETTING_LIBRARY };

	if (!judge(exam, setting, &v))
		return false;
	*ret_rule = own_rule(v.rule);
	*ret_level = v.level;
	*ret_why = v.why;
	return true;
}
