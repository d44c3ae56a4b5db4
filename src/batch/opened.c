/* opened.c - what run.jsonl says of encrypted volumes: which kinds of credential were given, and what they opened. */
#include <string.h>

#include "case.h"
#include "supervise.h"

int
log_credentials(const struct request *request, struct text *line)
{
	const char *kinds[CREDENTIALS_MAX];
	size_t n = request->credentials.n;

	for (size_t i = 0; i < n; i++)
		kinds[i] = credential_option(request->credentials.items[i].kind);
	return n ? log_list(line, "credentials", kinds, n) : 0;
}

/* One line for each BitLocker volume of the case. */
static int
log_volume(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	static const char *const keys[] = { "evidence", "volume", "fs", "state", "reason" };
	CLEANUP(text_free) struct text line = { 0 };
	struct view fs = row_value(n, names, values, "fs");
	int r = 0;

	(void)is_number;
	if (fs.n < 9 || memcmp(fs.p, "BitLocker", 9))
		return 0;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys) && r == 0; i++)
		r = log_text(&line, keys[i], row_value(n, names, values, keys[i]));
	return r < 0 ? r : runlog_add(((struct batch *)state)->log, "encrypted", line.s);
}

int
log_opened(struct batch *b)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	int r = case_open(b->folder, &db);

	return r < 0 ? r : case_ask(db, &(struct question){ .view = "v_volumes" }, log_volume, b);
}
