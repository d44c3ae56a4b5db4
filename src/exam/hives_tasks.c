/* hives_tasks.c - tasks that the registry keeps without a security descriptor: the scheduler runs them, no tool lists them. */
#include <errno.h>
#include <strings.h>

#include "fail.h"
#include "hives.h"
#include "judge.h"

enum { KEY_BYTES = 80 }; /* of a key's cell before its name, size of the cell included */

static const char tree[] = "Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tree\\";

/* A task has an Id, which a folder of tasks has not; Windows gives each an SD. */
static int
is_hidden(struct hive_reading *h, const struct hive_key *key)
{
	struct hive_value id, sd;
	int r = hive_value(h->open->hive, key, "Id", &id);

	if (r <= 0)
		return r;
	r = hive_value(h->open->hive, key, "SD", &sd);
	return r < 0 ? r : !r || !sd.size;
}

static int
keep(struct hive_reading *h, const struct hive_key *key, struct view path)
{
	static const char words[] = "in TaskCache\\Tree, the task has an Id and no security descriptor (SD): schtasks and the Task "
				    "Scheduler do not show it; the time is the last write of the key";
	CLEANUP(text_free) struct text object = { 0 };
	struct kept_hit *hit = vector_push(&h->to->hits);
	int r = hit ? regvalue_object(&h->to->root, path, &object) : -ENOMEM;

	if (r == 0)
		r = hive_keep_text(&h->to->arena, text_view(&object), SIZE_MAX, &hit->object);
	if (r < 0)
		return r;
	hit->rule = own_rule(OWN_TASK_HIDDEN);
	hit->when = key->written;
	hit->length = KEY_BYTES;
	hit->file = hives_origin(h->open, key->offset, KEY_BYTES, &hit->offset);
	hit->details = view_text("a task without a security descriptor");
	hit->basis = view_text(words);
	return 0;
}

int
hive_check_task(struct hive_reading *h, const struct hive_key *key, struct view path)
{
	int r;

	if (h->lead || h->to->root.part != PART_SOFTWARE || path.n < sizeof(tree) ||
	    strncasecmp((const char *)path.p, tree, sizeof(tree) - 1) != 0)
		return 0;
	r = is_hidden(h, key);
	if (r > 0 && h->tasks++ >= HIVE_HITS_MAX) {
		h->to->untold_hits++;
		return 0;
	}
	r = r > 0 ? keep(h, key, path) : r;
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for tasks of %s", h->open->primary.path) : r;
}
