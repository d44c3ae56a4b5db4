/* registry_sam.c - the accounts that a host keeps itself: names, numbers and times. Password hashes are not looked at.
 */
#include "registry_own.h"

#define USERS "SAM\\Domains\\Account\\Users"

enum { ACCOUNT_DISABLED = 1, NEVER_FLAG = 63 };

/* The value F of an account (the layout that Samba and chntpw know). */
struct disk_account {
	le32 revision, pad;
	le64 logon, logoff;   /* 8, 16 */
	le64 password;        /* 24 */
	le64 expires, failed; /* 32, 40 */
	le32 rid, group;      /* 48 */
	le16 flags;           /* 56 */
};

struct accounts {
	struct facts *facts;
	const struct at *names;
};

static int
put_time(struct facts *f, const struct at *at, enum registry_kind kind, struct registry_fact fact, le64 ticks)
{
	fact.kind = kind;
	fact.when = le64_get(ticks);
	fact.value = view_of(NULL, 0);
	return fact.when && !(fact.when >> NEVER_FLAG) && fact.when != INT64_MAX ? facts_put(f, at, fact) : 0;
}

/* What the account's own key says; its number in hexadecimal is that key's name. */
static int
put_account(struct facts *f, struct registry_fact fact, const struct at *named)
{
	CLEANUP(text_free) struct text data = { 0 };
	const struct disk_account *d = NULL;
	struct hive_value value;
	struct at at;
	char path[64];
	int r;

	snprintf(path, sizeof(path), USERS "\\%08X", (unsigned)fact.number);
	r = facts_at(f, NULL, path, &at);
	if (r == 1)
		r = facts_bytes(f, &at, "F", &value, &data);
	if (r == 1)
		d = VIEW_AT(text_view(&data), 0, struct disk_account);
	if (r < 0)
		return r;
	if (d && le16_get(d->flags) & ACCOUNT_DISABLED)
		fact.value = view_text("disabled");
	r = facts_put(f, named, fact); /* the key with the name was written when the account was made */
	if (r || !d)
		return r ? r : sink_damage(f->out, fact.offset, "an account has a name and nothing else");
	fact.offset = value.offset;
	r = put_time(f, &at, REGISTRY_LOGON, fact, d->logon);
	if (r == 0)
		r = put_time(f, &at, REGISTRY_PASSWORD, fact, d->password);
	return r ? r : put_time(f, &at, REGISTRY_FAILED, fact, d->failed);
}

/* Under Names each account has a key whose nameless value has the account's number for its type. */
static int
take_name(void *state, const struct hive_key *key, struct view name)
{
	struct accounts *a = state;
	struct hive_value value;
	struct at at;
	int r = hive_value(a->facts->hive, key, "", &value);

	if (r != 1)
		return r < 0 ? r : sink_damage(a->facts->out, key->offset, "the name of an account leads to none");
	facts_named(a->names, key, &at);
	return put_account(
		a->facts,
		(struct registry_fact){
			.kind = REGISTRY_ACCOUNT, .subject = name, .number = value.type, .offset = value.offset },
		&at);
}

int
registry_sam(struct hive *hive, struct sink *out, registry_take *take, void *state)
{
	struct facts f = { .hive = hive, .out = out, .take = take, .state = state };
	struct at names;
	struct accounts a = { .facts = &f, .names = &names };
	int r = facts_at(&f, NULL, USERS "\\Names", &names);

	return r == 1 ? hive_subkeys(hive, &names.key, take_name, &a) : r;
}
