/* readers.c - the readers that profiles name: one for any content, and one for each kind of log. */
#include "exam.h"
#include "logs.h"

unsigned
choice_readers(const struct choice *choice, const struct log_kind **ret_log, bool *ret_unknown)
{
	unsigned readers = 0;
	bool unknown = false;

	*ret_log = NULL;
	for (const char *const *name = choice->readers; *name; name++) {
		const struct log_kind *log = log_kind_find(*name);

		if (log && !*ret_log)
			*ret_log = log;
		readers |= !strcmp(*name, "content") ? READER_CONTENT : 0;
		unknown |= strcmp(*name, "content") && !log;
	}
	if (ret_unknown)
		*ret_unknown = unknown;
	return readers | (*ret_log ? READER_LOG : 0);
}

int
tell_sources(struct profile *profile)
{
	const struct sigma_source *sources[LOG_KINDS_MAX];
	size_t n;

	log_sources(sources, &n);
	return profile_sources(profile, sources, n);
}
