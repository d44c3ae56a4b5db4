/* registry_facts.c - facts about a host out of single values of its registry. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "registry_own.h"

const char *
registry_kind_name(enum registry_kind kind)
{
	static const char *const names[REGISTRY_KINDS] = {
		[REGISTRY_CONTROL_SET] = "control-set",
		[REGISTRY_COMPUTER] = "computer",
		[REGISTRY_SHUTDOWN] = "shutdown",
		[REGISTRY_ZONE] = "time-zone",
		[REGISTRY_SETTING] = "setting",
		[REGISTRY_SERVICE] = "service",
		[REGISTRY_SERVICE_DLL] = "service-dll",
		[REGISTRY_ADDRESS] = "address",
		[REGISTRY_SHARE] = "share",
		[REGISTRY_MOUNT] = "mount",
		[REGISTRY_SHIM] = "shim",
		[REGISTRY_HTTPERR] = "httperr",
		[REGISTRY_WINDOWS] = "windows",
		[REGISTRY_RUN] = "run",
		[REGISTRY_EXCHANGE] = "exchange",
		[REGISTRY_ACCOUNT] = "account",
		[REGISTRY_LOGON] = "logon",
		[REGISTRY_PASSWORD] = "password-set",
		[REGISTRY_FAILED] = "failed-logon",
		[REGISTRY_FOLDER] = "folder",
		[REGISTRY_PROFILE] = "profile",
		[REGISTRY_INSTALLED] = "installed",
		[REGISTRY_PROGRAM] = "program",
	};

	return names[kind];
}

int
facts_out_of_memory(const struct facts *f)
{
	return fail(ENOMEM, "out of memory for the facts of registry hive %s", hive_state(f->hive)->name);
}

/* Room is there: what is above is a fixed path and at most one name of a key, and what is added is the other of them. */
static void
join(const struct at *above, struct view name, struct at *ret)
{
	size_t n = above ? strlen(above->path) : 0;

	assert(n + name.n + 2 <= sizeof(ret->path));
	memcpy(ret->path, above ? above->path : "", n);
	if (n)
		ret->path[n++] = '\\';
	memcpy(ret->path + n, name.p, name.n);
	ret->path[n + name.n] = 0;
}

int
facts_at(struct facts *f, const struct at *above, const char *path, struct at *ret)
{
	int r = above ? hive_below(f->hive, &above->key, path, &ret->key) : hive_find(f->hive, path, &ret->key);

	if (r == 1)
		join(above, view_text(path), ret);
	return r;
}

void
facts_named(const struct at *above, const struct hive_key *key, struct at *ret)
{
	ret->key = *key;
	join(above, view_of(key->name, key->name_size), ret);
}

int
facts_bytes(struct facts *f, const struct at *at, const char *name, struct hive_value *ret_value, struct text *data)
{
	int r = hive_value(f->hive, &at->key, name, ret_value);

	if (r == 1)
		r = hive_data(f->hive, ret_value, data);
	else
		return r;
	return r < 0 ? r : 1;
}

int
facts_text(struct facts *f, uint32_t type, struct view data, struct text *text)
{
	uint64_t number;
	size_t at = 0;
	int r = 0;

	switch (type) {
	case HIVE_SZ:
	case HIVE_EXPAND_SZ:
	case HIVE_LINK:
		r = hive_string(data, text);
		break;
	case HIVE_MULTI_SZ:
		while ((r = hive_next_string(data, &at, text)) == 1)
			if (text_adds(text, ", ") < 0)
				return facts_out_of_memory(f);
		if (at)
			text_cut(text, text->n - 2);
		break;
	case HIVE_DWORD:
	case HIVE_DWORD_BIG:
	case HIVE_QWORD:
		if (hive_number(type, data, &number))
			r = text_printf(text, "%" PRIu64, number);
		break;
	default:
		r = text_add_hex(text, data);
	}
	return r < 0 || text_adds(text, "") < 0 ? facts_out_of_memory(f) : 0;
}

int64_t
facts_number(uint32_t type, struct view data)
{
	uint64_t number;

	if ((type != HIVE_DWORD && type != HIVE_QWORD && type != HIVE_DWORD_BIG) || !hive_number(type, data, &number) ||
	    number > INT64_MAX)
		return -1;
	return (int64_t)number;
}

int
facts_put(struct facts *f, const struct at *at, struct registry_fact fact)
{
	fact.path = view_text(at->path);
	fact.written = at->key.written;
	if (!fact.offset)
		fact.offset = at->key.offset;
	return f->take(f->state, &fact);
}

int
facts_value(struct facts *f, enum registry_kind kind, const struct at *at, const char *name, const char *subject)
{
	CLEANUP(text_free) struct text data = { 0 }, text = { 0 };
	struct hive_value value;
	int r = facts_bytes(f, at, name, &value, &data);

	if (r == 1)
		r = facts_text(f, value.type, text_view(&data), &text);
	else
		return r;
	if (r < 0)
		return r;
	return facts_put(f, at,
			 (struct registry_fact){ .kind = kind,
						 .subject = view_text(subject ? subject : name),
						 .value = text_view(&text),
						 .offset = value.offset,
						 .number = facts_number(value.type, text_view(&data)) });
}

int
facts_wishes(struct facts *f, const struct at *above, const struct wish *wishes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct at at;
		int r = facts_at(f, above, wishes[i].path, &at);

		for (const char *const *name = wishes[i].names; r == 1 && *name; name++) {
			int s = facts_value(f, wishes[i].kind, &at, *name, NULL);

			if (s)
				return s;
		}
		if (r < 0)
			return r;
	}
	return 0;
}

struct all {
	struct facts *facts;
	const struct at *at;
	enum registry_kind kind;
};

static int
take_one(void *state, const struct hive_value *value)
{
	CLEANUP(text_free) struct text data = { 0 }, text = { 0 };
	struct all *all = state;
	int r = hive_data(all->facts->hive, value, &data);

	if (r == 0)
		r = facts_text(all->facts, value->type, text_view(&data), &text);
	if (r < 0)
		return r;
	return facts_put(all->facts, all->at,
			 (struct registry_fact){ .kind = all->kind,
						 .subject = value->name,
						 .value = text_view(&text),
						 .offset = value->offset,
						 .number = facts_number(value->type, text_view(&data)) });
}

int
facts_all(struct facts *f, enum registry_kind kind, const struct at *at)
{
	struct all all = { .facts = f, .at = at, .kind = kind };

	return hive_values(f->hive, &at->key, take_one, &all);
}
