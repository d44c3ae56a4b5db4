/* sites_write.c - the sites of an IIS as rows of the case, and what became of each folder that its configuration names.
 */
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "sites.h"

static int
no_memory(const struct exam *exam)
{
	return fail(ENOMEM, "out of memory for the sites of %s", exam->path);
}

/* ---- sites ---- */

static const char *
side_of(const struct site *site)
{
	static const char *const sides[] = {
		[SIDE_NONE] = NULL, [SIDE_FRONT] = "front", [SIDE_BACK] = "back", [SIDE_OTHER] = "other"
	};

	return sides[site->config->config.sites.at[site->site].side];
}

/* How it logs, in the words of IIS. */
static int
add_logging(struct text *t, const struct iis_log *log)
{
	if (!log->enabled)
		return text_adds(t, "not known: the configuration broke off before");
	if (!iis_true(log->enabled, true))
		return text_adds(t, "off");
	return text_printf(t, "%s, %s, %s: %s", log->format ? log->format : "?", log->period ? log->period : "?",
			   log->target ? log->target : "?", log->fields ? log->fields : "?");
}

static int
write_site(struct exam *exam, const struct site *site)
{
	CLEANUP(text_free) struct text logging = { 0 };
	CLEANUP(text_free) struct text path = { 0 };
	const struct iis_site *s = &site->config->config.sites.at[site->site];
	const struct site_folder *logs = site->logs;
	int r = add_logging(&logging, &s->log);

	if (r == 0 && logs && logs->path)
		r = text_printf(&path, "/%s", logs->path);
	if (r < 0)
		return no_memory(exam);
	return case_site(exam->db, &(struct site_row){
					   .volume = exam->volumes[site->config->volume].number,
					   .site = s->id,
					   .name = s->name,
					   .bindings = site->bindings,
					   .log_folder = logs ? logs->configured : NULL,
					   .log_volume = path.n ? exam->volumes[logs->place.volume].number : 0,
					   .log_path = text_view(&path),
					   .logging = logging.s,
					   .source = site->config->path,
					   .current = site->config->current,
					   .side = side_of(site),
				   });
}

/* ---- configurations ---- */

static int
cover_config(struct exam *exam, const struct site_config *config)
{
	CLEANUP(text_free) struct text why = { 0 };
	const struct iis_config *c = &config->config;
	const char *state = config->unreadable                          ? "unreadable"
			    : c->damaged || config->partly || !c->whole ? "partly"
									: "read";
	int r = text_printf(&why, "volume %u: %s%s", exam->volumes[config->volume].number,
			    config->deleted   ? "deleted; "
			    : config->current ? ""
					      : "an older copy; ",
			    config->unreadable ? config->unreadable : "sites, their log folders and web folders");

	if (r == 0 && !config->unreadable && !c->whole)
		r = text_adds(&why, "; broken: what was read up to there counts, see the limitations");
	if (r < 0)
		return no_memory(exam);
	return case_coverage(exam->db, &(struct coverage_row){ .source = "iisconfig",
							       .path = view_text(config->path),
							       .state = state,
							       .items = c->sites.n,
							       .lost = c->damaged,
							       .bytes = config->unreadable ? 0 : config->bytes,
							       .reason = why.s });
}

static int
cover_without(struct exam *exam, const struct host_place *windows)
{
	CLEANUP(text_free) struct text path = { 0 };

	if (text_printf(&path, "/%s/System32/inetsrv/config/applicationHost.config", windows->path) < 0)
		return no_memory(exam);
	return case_coverage(exam->db, &(struct coverage_row){
					       .source = "iisconfig",
					       .path = text_view(&path),
					       .state = "absent",
					       .reason = "no IIS, or its configuration is gone: logs and web folders "
							 "are looked for in the usual places alone" });
}

/* ---- folders ---- */

/* Nothing came of any of them: nobody was to read them. */
static bool
was_left_out(const struct tally *t)
{
	return t->files && !t->read && !t->lost && !t->overwritten;
}

static const char *
state_of(const struct site_folder *f)
{
	const struct tally *t = f->tally;

	switch (f->place.found) {
	case SITE_FOUND:
		break;
	case SITE_EMPTY:
		return "empty";
	case SITE_ABSENT:
		return "absent";
	default:
		return "skipped";
	}
	if (!t || !t->files)
		return "empty";
	if (was_left_out(t))
		return "skipped";
	if (t->lost || !t->read)
		return t->read ? "partly" : "unreadable";
	return t->bytes ? "read" : "empty";
}

static int
add_place(struct text *t, const struct exam *exam, const struct site_folder *f)
{
	const struct site_place *p = &f->place;
	int r;

	switch (p->found) {
	case SITE_FOUND:
		r = text_printf(t, "volume %u: /%s", exam->volumes[p->volume].number, f->path);
		if (r == 0 && !(f->tally && f->tally->files))
			r = text_printf(t, "; %s", f->use == USE_LOGS ? "no log is in it" : "nothing in it was chosen");
		break;
	case SITE_EMPTY:
		r = text_printf(t, "volume %u: the folder is there and nothing is in it",
				exam->volumes[p->volume].number);
		break;
	case SITE_LEADS:
		r = text_printf(t,
				"volume %u: a folder on the way is a junction or mount point, which was not followed",
				exam->volumes[p->volume].number);
		break;
	case SITE_REMOTE:
		r = text_adds(t, "on another computer");
		break;
	case SITE_UNKNOWN:
		r = text_adds(t, "no path that means anything without the server: an unknown variable, or no drive");
		break;
	default:
		r = text_adds(t, p->told ? "this folder is not there" : "no volume that was read holds this folder");
	}
	if (r == 0 && p->told && p->letter)
		r = text_printf(t, "; drive %c: is the volume at %" PRIu64 " by the registry", p->letter,
				exam->volumes[p->volume].volume.offset);
	else if (r == 0 && p->found != SITE_ABSENT && p->letter)
		r = text_printf(t, "; drive %c: taken for the volume at %" PRIu64 " because it holds the folder",
				p->letter, exam->volumes[p->volume].volume.offset);
	if (r == 0 && p->several)
		r = text_adds(t, "; another volume holds such a folder, too, which was taken as well");
	if (r == 0 && p->found == SITE_FOUND && p->deleted)
		r = text_adds(t, "; the folder was deleted");
	return r;
}

/* What the settings say about logs that are not there, or not to be read as others are. */
static int
add_settings(struct text *t, const struct site_folder *f)
{
	const struct iis_config *c = &f->config->config;
	const struct iis_log *log = &c->sites.at[f->site].log;
	int r = 0;

	if (f->use == USE_DRIVE)
		return text_adds(
			t,
			"; a site serves a whole drive, or a folder of the system: of it the pages alone were chosen");
	if (f->use != USE_LOGS)
		return 0;
	if (!iis_true(log->enabled, true))
		r = text_adds(t, "; logging is switched off");
	if (r == 0 && log->target && !strcmp(log->target, "ETW"))
		r = text_adds(t, "; logs go to event tracing, and to no file");
	if (r == 0 && c->central && !strcmp(c->central, "CentralBinary"))
		r = text_adds(t, "; all sites log into one binary file, which is not read");
	if (r == 0 && log->format && strcmp(log->format, "W3C") != 0)
		r = text_printf(t, "; logs are in the format %s, whose fields are not known", log->format);
	return r;
}

static int
add_who(struct text *t, const struct site_folder *f)
{
	static const char *const uses[] = {
		[USE_LOGS] = "logs",
		[USE_TRACES] = "traces of failed requests",
		[USE_PAGES] = "web folder",
		[USE_DRIVE] = "web folder",
	};
	const struct iis_site *s = &f->config->config.sites.at[f->site];
	int r = text_printf(t, "%s of site %" PRIu64 " (%s)", uses[f->use], s->id, s->name);

	if (r == 0 && f->more)
		r = text_printf(t, ", named %u times,", f->more + 1);
	return r < 0 ? r : text_printf(t, " by %s; ", f->config->path);
}

static int
cover_folder(struct exam *exam, const struct site_folder *f)
{
	static const struct tally none = { .files = 0 };
	CLEANUP(text_free) struct text why = { 0 };
	const struct tally *t = f->tally ? f->tally : &none;
	int r = add_who(&why, f);

	if (r == 0)
		r = add_place(&why, exam, f);
	if (r == 0)
		r = add_settings(&why, f);
	if (r == 0 && was_left_out(t))
		r = text_adds(&why, "; reading it was left out by the user");
	if (r == 0 && t->lost)
		r = text_adds(&why, "; see the limitations");
	if (r == 0 && t->overwritten)
		r = text_printf(&why,
				"; %" PRIu64 " deleted files whose clusters belong to others by now are only listed",
				t->overwritten);
	if (r < 0)
		return no_memory(exam);
	return case_coverage(exam->db, &(struct coverage_row){ .source = "site",
							       .path = view_text(f->configured),
							       .state = state_of(f),
							       .first = t->first,
							       .last = t->last,
							       .items = t->files,
							       .lost = t->lost,
							       .bytes = t->read_bytes,
							       .reason = why.s });
}

int
sites_write(struct exam *exam)
{
	const struct sites *sites = exam->sites;
	int r = 0;

	for (size_t i = 0; sites && i < sites->sites.n && r == 0; i++)
		r = write_site(exam, &sites->sites.at[i]);
	for (size_t i = 0; sites && i < sites->configs.n && r == 0; i++)
		r = cover_config(exam, sites->configs.at[i]);
	for (size_t i = 0; sites && i < sites->without.n && r == 0; i++)
		r = cover_without(exam, sites->without.at[i]);
	for (size_t i = 0; sites && i < sites->folders.n && r == 0; i++)
		if (sites->folders.at[i]->told)
			r = cover_folder(exam, sites->folders.at[i]);
	return r;
}
