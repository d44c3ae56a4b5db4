/* iisconfig_side.c - which site of an IIS is the front end of an Exchange, and which the back end. */
#include <errno.h>
#include <strings.h>

#include "iisconfig.h"

/* What speaks for the one or the other. */
enum sign {
	PORT_81 = 1,
	PORT_444 = 2,
	SERVES_BACK = 4,  /* a folder below ClientAccess */
	SERVES_FRONT = 8, /* FrontEnd\HttpProxy, from 2013 on; before that clients reach ClientAccess itself */
	NAMED_BACK = 16,
};

bool
iis_true(const char *value, bool otherwise)
{
	return value ? !strcasecmp(value, "true") : otherwise;
}

static void
gather(const struct iis_config *config, uint8_t *signs)
{
	for (size_t i = 0; i < config->sites.n; i++)
		signs[i] = !strcasecmp(config->sites.at[i].name, "Exchange Back End") ? NAMED_BACK : 0;
	for (size_t i = 0; i < config->bindings.n; i++) {
		const struct iis_binding *b = &config->bindings.at[i];

		signs[b->site] |= (b->port == 81 ? PORT_81 : 0) | (b->port == 444 ? PORT_444 : 0);
	}
	for (size_t i = 0; i < config->folders.n; i++) {
		const struct iis_folder *f = &config->folders.at[i];

		signs[f->site] |= (strcasestr(f->physical, "\\ClientAccess\\") ? SERVES_BACK : 0) |
				  (strcasestr(f->physical, "\\FrontEnd\\HttpProxy\\") ? SERVES_FRONT : 0);
	}
}

/* Setup names the back end so, and binds it to ports 81 and 444, which no client is meant to reach. */
static enum iis_side
side_by(uint8_t signs)
{
	if (signs & NAMED_BACK || (signs & PORT_444 && signs & (PORT_81 | SERVES_BACK)))
		return SIDE_BACK;
	return signs & (SERVES_FRONT | SERVES_BACK) ? SIDE_FRONT : SIDE_NONE;
}

int
iisconfig_sides(struct iis_config *config)
{
	CLEANUP(free) uint8_t *signs = calloc(config->sites.n + 1, 1);
	bool exchange = false;

	if (!signs)
		return -ENOMEM;
	gather(config, signs);
	for (size_t i = 0; i < config->sites.n; i++) {
		config->sites.at[i].side = side_by(signs[i]);
		exchange |= config->sites.at[i].side != SIDE_NONE;
	}
	for (size_t i = 0; i < config->sites.n && exchange; i++)
		if (config->sites.at[i].side == SIDE_NONE) /* of a torn configuration the folders may be gone */
			config->sites.at[i].side =
				config->sites.at[i].id == 1 && !config->whole ? SIDE_FRONT : SIDE_OTHER;
	return 0;
}
