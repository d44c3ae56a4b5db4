/* evtx_name.c - which channel a file holds, by its name: Windows calls each event log after its channel. */
#include "evtx.h"

#include <strings.h>

static const char archived[] = "Archive-";

static bool
starts_with(struct view v, const char *text)
{
	size_t n = strlen(text);

	return v.n >= n && !strncasecmp((const char *)v.p, text, n);
}

/* How long `-2021-03-03-04-05-06-789` at the end is, 0 without one: when Windows put the log away. */
static size_t
stamp_length(struct view v)
{
	static const char form[] = "-0000-00-00-00-00-00-000";
	size_t n = sizeof(form) - 1;
	const uint8_t *at;

	if (v.n <= n)
		return 0;
	at = v.p + v.n - n;
	for (size_t i = 0; i < n; i++)
		if (form[i] == '-' ? at[i] != '-' : at[i] < '0' || at[i] > '9')
			return 0;
	return n;
}

struct view
evtx_name(struct view file)
{
	static const char ending[] = ".evtx";
	size_t n = sizeof(ending) - 1;

	if (file.n > n && starts_with(view_from(file, file.n - n), ending))
		file.n -= n;
	n = starts_with(file, archived) ? stamp_length(file) : 0;
	return n ? view_part(file, sizeof(archived) - 1, file.n - n - (sizeof(archived) - 1)) : file;
}

int
evtx_channel(struct view file, struct text *ret_channel)
{
	struct view name = evtx_name(file);
	int r = 0;

	for (size_t i = 0; i < name.n && r == 0; i++) {
		bool slash = view_has(name, i, 2) && name.p[i] == '%' && name.p[i + 1] == '4';

		r = text_addc(ret_channel, slash ? '/' : (char)name.p[i]);
		i += slash;
	}
	return r;
}
