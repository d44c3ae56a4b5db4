/*
 * iisls.c - shows what the reader of IIS configurations finds in a file, for comparing it with other readers:
 *
 *     iisls FILE
 *
 * Lines of words with a tab between: site, binding, folder, central and redirected; then how it ended. Damage goes to
 * stderr.
 */
#include <inttypes.h>
#include <stdio.h>

#include "file.h"
#include "iisconfig.h"

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	fprintf(stderr, "damage\t%" PRIu64 "\t%s\n", offset, why);
	return 0;
}

static const char *
shown(const char *text)
{
	return text ? text : "?";
}

static void
show(const struct iis_config *config)
{
	static const char *const sides[] = { "none", "front", "back", "other" };

	for (uint32_t i = 0; i < config->sites.n; i++) {
		const struct iis_site *s = &config->sites.at[i];

		printf("site\t%" PRIu64 "\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s->id, s->name,
		       shown(s->log.folder), shown(s->log.enabled), shown(s->log.period), shown(s->log.format),
		       shown(s->log.fields), shown(s->log.target), shown(s->log.local_rollover), shown(s->log.traces),
		       sides[s->side]);
	}
	for (size_t i = 0; i < config->bindings.n; i++) {
		const struct iis_binding *b = &config->bindings.at[i];

		printf("binding\t%u\t%s\t%s\t%.*s\t%u\t%.*s\n", b->site, b->protocol, b->information, (int)b->address.n,
		       b->address.n ? (const char *)b->address.p : "", b->port, (int)b->host.n,
		       b->host.n ? (const char *)b->host.p : "");
	}
	for (size_t i = 0; i < config->folders.n; i++)
		printf("folder\t%u\t%s\t%s\t%s\n", config->folders.at[i].site, config->folders.at[i].application,
		       config->folders.at[i].path, config->folders.at[i].physical);
	printf("central\t%s\t%s\n", shown(config->central), shown(config->central_folder));
	printf("redirected\t%s\n", shown(config->redirected));
	printf("%s\n", config->whole ? "whole" : "broken");
}

int
main(int argc, char **argv)
{
	CLEANUP(text_free) struct text bytes = { 0 };
	CLEANUP(source_close) struct source *source = NULL;
	CLEANUP(iisconfig_free) struct iis_config config = { 0 };
	struct sink out = { .damage = take_damage };

	if (argc != 2 || file_read(argv[1], (size_t)IIS_CONFIG_MAX * 2, &bytes) < 0 ||
	    source_memory(text_view(&bytes), argv[1], &source) < 0 || iisconfig_read(source, &out, &config) < 0)
		return 1;
	show(&config);
	return 0;
}
