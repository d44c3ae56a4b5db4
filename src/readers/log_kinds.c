/* log_kinds.c - the kinds of text logs that are taken apart, by the name that profiles call them. */
#include "log_own.h"

const struct log_kind *const log_kinds[LOG_KINDS_MAX] = {
	&log_audit, &log_defender, &log_ecp, &log_eomt, &log_ews, &log_generic, &log_httperr, &log_httpproxy,
	&log_iis, &log_mapi, &log_msert, &log_msgtrk, &log_oab, &log_powershell, &log_rps_authz, &log_rps_cmdlet,
	&log_rps_http, &log_setup, &log_plain, NULL,
};

const struct log_kind *
log_kind_find(const char *name)
{
	for (const struct log_kind *const *kind = log_kinds; *kind; kind++)
		if (!strcmp((*kind)->name, name))
			return *kind;
	return NULL;
}

bool
log_kind_plain(const struct log_kind *kind)
{
	return kind->format && kind->source->fields && kind->format->separator && !kind->format->inner;
}

void
log_sources(const struct sigma_source *ret_sources[static LOG_KINDS_MAX], size_t *ret_n)
{
	for (*ret_n = 0; log_kinds[*ret_n]; ++*ret_n)
		ret_sources[*ret_n] = log_kinds[*ret_n]->source;
}
