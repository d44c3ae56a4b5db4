/* registry_system.c - what SYSTEM says of a host: its name, zone, services, addresses, shares and drives. */
#include <inttypes.h>

#include "registry_own.h"

#define NAMES(...) \
	(const char *const[]) \
	{ \
		__VA_ARGS__, NULL \
	}

static const struct wish wishes[] = {
	{ REGISTRY_COMPUTER, "Control\\ComputerName\\ComputerName", NAMES("ComputerName") },
	{ REGISTRY_COMPUTER, "Services\\Tcpip\\Parameters", NAMES("Hostname", "NV Hostname", "Domain", "NV Domain") },
	{ REGISTRY_ZONE, "Control\\TimeZoneInformation",
	  NAMES("TimeZoneKeyName", "StandardName", "DaylightName", "DynamicDaylightTimeDisabled") },
	{ REGISTRY_SETTING, "Control\\FileSystem", NAMES("NtfsDisableLastAccessUpdate") },
	{ REGISTRY_SETTING, "Control\\Session Manager\\Environment", NAMES("ExchangeInstallPath") },
	{ REGISTRY_SETTING, "Control\\Lsa",
	  NAMES("Security Packages", "Notification Packages", "Authentication Packages") },
	{ REGISTRY_HTTPERR, "Services\\HTTP\\Parameters", NAMES("ErrorLoggingDir") },
};

/* Minutes, which may be below zero: what is added to local time to have UTC. */
static int
put_bias(struct facts *f, const struct at *zone, const char *name)
{
	CLEANUP(text_free) struct text data = { 0 }, text = { 0 };
	struct hive_value value;
	int r = facts_bytes(f, zone, name, &value, &data);
	int64_t n = r == 1 ? facts_number(value.type, text_view(&data)) : -1;

	if (r != 1 || n < 0)
		return r < 0 ? r : 0;
	if (text_printf(&text, "%" PRId32, (int32_t)n) < 0)
		return facts_out_of_memory(f);
	return facts_put(f, zone,
			 (struct registry_fact){ .kind = REGISTRY_ZONE,
						 .subject = view_text(name),
						 .value = text_view(&text),
						 .number = (int32_t)n,
						 .offset = value.offset });
}

struct disk_moment { /* TIME_FIELDS of ntddk.h; week 5 is the last one of the month */
	le16 year, month, week, hour, minute, second, thousandth, weekday;
};

static int
put_moment(struct facts *f, const struct at *zone, const char *name)
{
	CLEANUP(text_free) struct text data = { 0 }, text = { 0 };
	const struct disk_moment *m;
	struct hive_value value;
	int r = facts_bytes(f, zone, name, &value, &data);

	if (r != 1)
		return r;
	m = VIEW_AT(text_view(&data), 0, struct disk_moment);
	if (!m)
		return sink_damage(f->out, value.offset, "the rule of a time zone is too short");
	if (text_printf(&text, "month %u week %u weekday %u at %02u:%02u", le16_get(m->month), le16_get(m->week),
			le16_get(m->weekday), le16_get(m->hour), le16_get(m->minute)) < 0)
		return facts_out_of_memory(f);
	return facts_put(f, zone,
			 (struct registry_fact){ .kind = REGISTRY_ZONE,
						 .subject = view_text(name),
						 .value = text_view(&text),
						 .number = -1,
						 .offset = value.offset });
}

static int
put_zone(struct facts *f, const struct at *set)
{
	struct at zone;
	int r = facts_at(f, set, "Control\\TimeZoneInformation", &zone);

	if (r != 1)
		return r;
	r = put_bias(f, &zone, "Bias");
	if (r == 0)
		r = put_bias(f, &zone, "StandardBias");
	if (r == 0)
		r = put_bias(f, &zone, "DaylightBias");
	if (r == 0)
		r = put_bias(f, &zone, "ActiveTimeBias");
	if (r == 0)
		r = put_moment(f, &zone, "StandardStart");
	return r ? r : put_moment(f, &zone, "DaylightStart");
}

static int
put_shutdown(struct facts *f, const struct at *set)
{
	CLEANUP(text_free) struct text data = { 0 };
	struct registry_fact fact = { .kind = REGISTRY_SHUTDOWN, .number = -1 };
	struct hive_value value;
	struct at at;
	int r = facts_at(f, set, "Control\\Windows", &at);

	if (r == 1)
		r = facts_bytes(f, &at, "ShutdownTime", &value, &data);
	if (r != 1)
		return r;
	if (!hive_time(text_view(&data), &fact.when))
		return sink_damage(f->out, value.offset, "the time of the last shutdown is too short");
	fact.offset = value.offset;
	return facts_put(f, &at, fact);
}

/* ---- services, interfaces ---- */

struct below {
	struct facts *facts;
	const struct at *above;
};

static int
put_service(void *state, const struct hive_key *key, struct view name)
{
	CLEANUP(text_free) struct text data = { 0 }, text = { 0 }, start = { 0 };
	struct below *b = state;
	struct facts *f = b->facts;
	struct registry_fact fact = { .kind = REGISTRY_SERVICE, .subject = name, .number = -1 };
	struct hive_value value;
	struct at at, parameters;
	int r;

	facts_named(b->above, key, &at);
	r = facts_bytes(f, &at, "Start", &value, &start);
	if (r == 1)
		fact.number = facts_number(value.type, text_view(&start));
	if (r >= 0)
		r = facts_bytes(f, &at, "ImagePath", &value, &data);
	if (r == 1) {
		fact.offset = value.offset;
		r = facts_text(f, value.type, text_view(&data), &text);
	}
	fact.value = text_view(&text);
	if (r == 0)
		r = facts_put(f, &at, fact);
	if (r == 0)
		r = facts_value(f, REGISTRY_SERVICE_DLL, &at, "ServiceDll", key->name);
	if (r == 0 && facts_at(f, &at, "Parameters", &parameters) == 1)
		r = facts_value(f, REGISTRY_SERVICE_DLL, &parameters, "ServiceDll", key->name);
	return r;
}

static int
put_interface(void *state, const struct hive_key *key, struct view name)
{
	static const char *const names[] = { "IPAddress",  "DhcpIPAddress", "DefaultGateway",
					     "DhcpServer", "NameServer",    "DhcpNameServer" };
	struct below *b = state;
	struct at at;
	int r = 0;

	facts_named(b->above, key, &at);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && r == 0; i++) {
		CLEANUP(text_free) struct text subject = { 0 };

		if (text_printf(&subject, "%.*s %s", (int)name.n, (const char *)name.p, names[i]) < 0)
			return facts_out_of_memory(b->facts);
		r = facts_value(b->facts, REGISTRY_ADDRESS, &at, names[i], subject.s);
	}
	return r;
}

static int
put_below(struct facts *f, const struct at *set, const char *path, hive_take_key *take)
{
	struct at at;
	struct below below = { .facts = f, .above = &at };
	int r = facts_at(f, set, path, &at);

	return r == 1 ? hive_subkeys(f->hive, &at.key, take, &below) : r;
}

/* ---- shares, drives ---- */

/* A share is a list of settings; the one that begins with Path= says what of the disk it opens. */
static int
put_share(void *state, const struct hive_value *value)
{
	CLEANUP(text_free) struct text data = { 0 }, text = { 0 };
	struct below *b = state;
	struct registry_fact fact = {
		.kind = REGISTRY_SHARE, .subject = value->name, .number = -1, .offset = value->offset
	};
	size_t at = 0;
	int r = hive_data(b->facts->hive, value, &data);

	while (r == 0 && (r = hive_next_string(text_view(&data), &at, &text)) == 1) {
		if (text.n > 5 && !memcmp(text.s, "Path=", 5)) {
			fact.value = view_from(text_view(&text), 5);
			return facts_put(b->facts, b->above, fact);
		}
		text_cut(&text, 0);
		r = 0;
	}
	return r < 0 ? facts_out_of_memory(b->facts) : 0;
}

struct disk_partition { /* of a disk with an MBR */
	le32 signature;
	le64 offset;
};

static int
add_guid(struct text *text, const uint8_t b[static 16])
{
	return text_printf(text, "GPT partition %02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
			   b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6], b[8], b[9], b[10], b[11], b[12], b[13],
			   b[14], b[15]);
}

static int
put_mount(void *state, const struct hive_value *value)
{
	CLEANUP(text_free) struct text data = { 0 }, text = { 0 };
	struct below *b = state;
	const struct disk_partition *p;
	int r = hive_data(b->facts->hive, value, &data);

	if (r < 0)
		return r;
	p = VIEW_AT(text_view(&data), 0, struct disk_partition);
	if (data.n == sizeof(*p))
		r = text_printf(&text, "disk %08" PRIx32 " offset %" PRIu64, le32_get(p->signature),
				le64_get(p->offset));
	else if (data.n == 24 && !memcmp(data.s, "DMIO:ID:", 8))
		r = add_guid(&text, (const uint8_t *)data.s + 8);
	else
		r = hive_string(text_view(&data), &text);
	if (r < 0)
		return facts_out_of_memory(b->facts);
	return facts_put(b->facts, b->above,
			 (struct registry_fact){ .kind = REGISTRY_MOUNT,
						 .subject = value->name,
						 .value = text_view(&text),
						 .number = -1,
						 .offset = value->offset });
}

static int
put_values(struct facts *f, const struct at *set, const char *path, hive_take_value *take)
{
	struct at at;
	struct below below = { .facts = f, .above = &at };
	int r = facts_at(f, set, path, &at);

	return r == 1 ? hive_values(f->hive, &at.key, take, &below) : r;
}

/* ---- the control set ---- */

/* The one that Select says Windows started with; without it the first that there is. 1, 0 or negative. */
static int
choose_set(struct facts *f, struct at *ret)
{
	CLEANUP(text_free) struct text data = { 0 };
	struct registry_fact fact = { .kind = REGISTRY_CONTROL_SET };
	struct hive_value value = { 0 };
	struct at select;
	char name[32] = "";
	int64_t number = 0;
	int r = facts_at(f, NULL, "Select", &select);

	if (r == 1)
		r = facts_bytes(f, &select, "Current", &value, &data);
	if (r == 1)
		number = facts_number(value.type, text_view(&data));
	if (r >= 0 && (number < 1 || number > 999)) {
		r = sink_damage(f->out, 0, "the control set in use is not named: the first one is taken");
		number = 1;
	}
	if (r < 0)
		return r;
	snprintf(name, sizeof(name), "ControlSet%03d", (int)number);
	r = facts_at(f, NULL, name, ret);
	if (r != 1)
		return r;
	fact.subject = view_text(name);
	fact.number = number;
	fact.offset = value.offset;
	r = facts_put(f, value.offset ? &select : ret, fact);
	return r ? r : 1;
}

int
registry_system(struct hive *hive, struct sink *out, registry_take *take, void *state)
{
	struct facts f = { .hive = hive, .out = out, .take = take, .state = state };
	struct at set;
	int r = choose_set(&f, &set);

	if (r == 0)
		return put_values(&f, NULL, "MountedDevices", put_mount);
	if (r < 0)
		return r;
	r = facts_wishes(&f, &set, wishes, sizeof(wishes) / sizeof(wishes[0]));
	if (r == 0)
		r = put_zone(&f, &set);
	if (r == 0)
		r = put_shutdown(&f, &set);
	if (r == 0)
		r = put_below(&f, &set, "Services\\Tcpip\\Parameters\\Interfaces", put_interface);
	if (r == 0)
		r = put_values(&f, &set, "Services\\LanmanServer\\Shares", put_share);
	if (r == 0)
		r = put_values(&f, NULL, "MountedDevices", put_mount);
	if (r == 0)
		r = put_below(&f, &set, "Services", put_service);
	return r ? r : registry_shim(&f, &set);
}
