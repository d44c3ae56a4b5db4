/*
 * ual.c - User Access Logging: which account used which role of the server from which address, since when and how often.
 *
 * The databases of System32\LogFiles\SUM: a row of CLIENTS stands for an account at an address that used a role, with a
 * count for each day of the year; one of DNS for the name of an address; SystemIdentity.mdb says which host it was. All
 * times are UTC. Windows writes them once a day, and what its log files still have to write is not replayed.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>

#include "artefact_own.h"
#include "ese.h"
#include "filetime.h"

enum {
	UAL_BYTES_MAX = 128 << 20,
	DAYS_TEXT = 4096,
	GUID_BYTES = 16,
	GUID_TEXT = 37,
	DAYS_BEFORE_OLE = 109205, /* from 1601-01-01 to 1899-12-30, where the days of OLE begin */
};

static const char *const fields[] = { "RoleGuid", "RoleName", "TenantId", "TotalAccesses", "InsertDate", "LastAccess",
				      "Address", "AuthenticatedUserName", "ClientName", "Days", "LastSeen", "HostName",
				      "SystemDNSHostName", "SystemDomainName", "OSBuildNumber", "CreationTime", NULL };

static const struct sigma_source source = {
	.title = "User Access Logging",
	.product = "windows",
	.service = "user-access-logging",
	.fields = fields,
};

/* The roles as SystemIdentity.mdb of Windows itself names them. */
static const struct {
	const char *guid, *name;
} roles[] = {
	{ "c50fcc83-bc8d-4df5-8a3d-89d7f80f074b", "Active Directory Certificate Services" },
	{ "b4cdd739-089c-417e-878d-855f90081be7", "Active Directory Rights Management Service" },
	{ "ad495fc3-0eaa-413d-ba7d-8b13fa7ec598", "Active Directory Domain Services" },
	{ "48eed6b2-9cdc-4358-b5a5-8dea3b2f3f6a", "DHCP Server" },
	{ "7fb09bd3-7fe6-435e-8348-7d8aefb6cea3", "Print and Document Services" },
	{ "10a9226f-50ee-49d8-a393-9a501d47ce04", "File Server" },
	{ "bbd85b29-9dcc-4fd9-865d-3846dcba75c7", "Network Policy and Access Services" },
	{ "d6256cf7-98fb-4eb4-aa18-303f1da1f770", "Web Server" },
	{ "c23f1c6a-30a8-41b6-bbf7-f266563dfcd6", "FTP Server" },
	{ "952285d9-edb7-4b6b-9d85-0c09e3da0bbd", "Remote Access" },
	{ "90e64afa-70db-4fef-878b-7eb8c868f091", "Windows Server" },
	{ "2414bc1b-1572-4cd9-9ca5-65166d8def3d", "SQL Server Analysis Services" },
	{ "8cc0ac85-40f7-4886-9dab-021519800418", "Reporting Services" },
};

/* ---- values ---- */

/* Little-endian, of 1 to 8 bytes. */
static uint64_t
number_of(struct view bytes)
{
	uint64_t n = 0;

	for (size_t i = bytes.n < 8 ? bytes.n : 8; i-- > 0;)
		n = n << 8 | bytes.p[i];
	return n;
}

/* Days since 1899 as a double, or a FILETIME: both are seen under this type, and no number is both. */
static uint64_t
time_of(struct view bytes)
{
	uint64_t n = number_of(bytes);
	double days, ticks;

	if (bytes.n != 8)
		return 0;
	memcpy(&days, &n, 8);
	if (!(days > 1 && days < 200000))
		return n > UINT64_C(1) << 56 && n < UINT64_C(1) << 58 ? n : 0;
	ticks = (days + DAYS_BEFORE_OLE) * 86400.0 * 1000.0; /* stored to the millisecond */
	return (uint64_t)llround(ticks) * (FILETIME_SECOND / 1000);
}

static void
guid_text(struct view b, char ret[static GUID_TEXT])
{
	ret[0] = 0;
	if (b.n == GUID_BYTES)
		snprintf(ret, GUID_TEXT, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b.p[3], b.p[2],
			 b.p[1], b.p[0], b.p[5], b.p[4], b.p[7], b.p[6], b.p[8], b.p[9], b.p[10], b.p[11], b.p[12], b.p[13],
			 b.p[14], b.p[15]);
}

/* An address as bytes: 4 of IPv4 or 16 of IPv6. */
static int
add_address(struct view b, struct text *t)
{
	int r = 0;

	if (b.n == 4)
		return text_printf(t, "%u.%u.%u.%u", b.p[0], b.p[1], b.p[2], b.p[3]);
	if (b.n != 16)
		return text_add_hex(t, b);
	for (size_t i = 0; i < 16 && r == 0; i += 2)
		r = text_printf(t, "%s%x", i ? ":" : "", b.p[i] << 8 | b.p[i + 1]);
	return r;
}

static int
add_value(const struct ese_value *v, struct text *t)
{
	char guid[GUID_TEXT], when[FILETIME_TEXT];

	switch (v->type) {
	case ESE_NUMBER:
		return text_printf(t, "%" PRIu64, number_of(v->bytes));
	case ESE_TIME:
		return time_of(v->bytes) ? text_adds(t, filetime_text(time_of(v->bytes), when)) : 0;
	case ESE_TEXT:
		return text_add(t, v->bytes);
	case ESE_GUID:
		guid_text(v->bytes, guid);
		return text_adds(t, guid);
	default:
		if (v->bytes.n == GUID_BYTES && strcmp(v->name, "Address") != 0) {
			guid_text(v->bytes, guid);
			return text_adds(t, guid);
		}
		return !strcmp(v->name, "Address") ? add_address(v->bytes, t) : text_add_hex(t, v->bytes);
	}
}

static bool
is_day(const char *name)
{
	return !strncmp(name, "Day", 3) && name[3] >= '0' && name[3] <= '9';
}

/* ---- rows ---- */

struct ual {
	struct artefact_reading *reading;
	struct gathered g;
	struct text days; /* "61:3 62:1": the accesses by day of the year */
	uint64_t first, last;
	int (*word)(const struct gathered *g, struct text *summary);
	const char *subject;
};

static int
gather(struct ual *u, const struct ese_value *values, size_t n)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		const struct ese_value *v = &values[i];
		CLEANUP(text_free) struct text text = { 0 };

		if (is_day(v->name)) {
			if (number_of(v->bytes) && u->days.n < DAYS_TEXT)
				r = text_printf(&u->days, "%s%s:%" PRIu64, u->days.n ? " " : "", v->name + 3, number_of(v->bytes));
			continue;
		}
		for (const char *const *name = fields; *name && r == 0; name++) {
			if (strcmp(*name, v->name) != 0)
				continue;
			r = add_value(v, &text);
			if (r == 0)
				r = gathered_add(&u->g, *name, text_view(&text));
		}
		if (!strcmp(v->name, "InsertDate"))
			u->first = time_of(v->bytes);
		if (!strcmp(v->name, "LastAccess") || !strcmp(v->name, "LastSeen") || !strcmp(v->name, "CreationTime"))
			u->last = time_of(v->bytes);
	}
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]) && r == 0; i++)
		if (view_equal(gathered_value(&u->g, "RoleGuid"), view_text(roles[i].guid)))
			r = gathered_add(&u->g, "RoleName", view_text(roles[i].name));
	return r < 0 ? r : gathered_add(&u->g, "Days", text_view(&u->days));
}

static int
word_client(const struct gathered *g, struct text *summary)
{
	struct view role = gathered_value(g, "RoleName"), user = gathered_value(g, "AuthenticatedUserName");
	int r = text_add(summary, user.n ? user : view_text("nobody by name"));

	if (r == 0)
		r = words_add(summary, " used ", role.n ? role : gathered_value(g, "RoleGuid"));
	if (r == 0)
		r = words_add(summary, ", times in all: ", gathered_value(g, "TotalAccesses"));
	if (r == 0)
		r = words_add(summary, ", first ", gathered_value(g, "InsertDate"));
	if (r == 0)
		r = words_add(summary, ", last ", gathered_value(g, "LastAccess"));
	return r < 0 ? r : words_add(summary, ", by day of the year ", gathered_value(g, "Days"));
}

static int
word_name(const struct gathered *g, struct text *summary)
{
	int r = text_adds(summary, "this address was called ");

	return r < 0 ? r : text_add(summary, gathered_value(g, "HostName"));
}

static int
word_system(const struct gathered *g, struct text *summary)
{
	int r = text_adds(summary, "this server was called ");

	if (r == 0)
		r = text_add(summary, gathered_value(g, "SystemDNSHostName"));
	if (r == 0)
		r = words_add(summary, " in ", gathered_value(g, "SystemDomainName"));
	return r < 0 ? r : words_add(summary, ", build ", gathered_value(g, "OSBuildNumber"));
}

static int
take_row(void *state, const struct ese_value *values, size_t n)
{
	struct ual *u = state;
	CLEANUP(text_free) struct text summary = { 0 };
	struct artefact_record record = { .length = 0 };
	int r;

	u->first = u->last = 0;
	r = gather(u, values, n);
	if (r == 0)
		r = u->word(&u->g, &summary);
	record.when = u->last;
	record.subject = gathered_value(&u->g, u->subject);
	record.summary = text_view(&summary);
	record.fields = gathered_fields(&u->g);
	if (r == 0)
		r = artefact_state(u->reading, &record);
	record.when = u->first;
	record.again = true;
	if (r == 0 && u->first && u->first != u->last)
		r = artefact_state(u->reading, &record);
	gathered_clear(&u->g);
	text_free(&u->days);
	return r;
}

static int
take_lost(void *state, const char *why)
{
	struct ual *u = state;

	return artefact_lose(u->reading, 0, why);
}

static const struct table {
	const char *name, *subject;
	int (*word)(const struct gathered *g, struct text *summary);
} tables[] = {
	{ "CLIENTS", "Address", word_client },
	{ "DNS", "Address", word_name },
	{ "SYSTEM_IDENTITY", "SystemDNSHostName", word_system },
};

int
ual_row(struct artefact_reading *reading, const char *table, const struct ese_value *values, size_t n)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (!strcmp(tables[i].name, table))
			return take_row(&(struct ual){ .reading = reading, .word = tables[i].word, .subject = tables[i].subject },
					values, n);
	return 0;
}

static int
read_tables(struct artefact_reading *reading, struct ese *ese)
{
	int found = 0, r = 0;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && r >= 0; i++) {
		struct ual u = { .reading = reading, .word = tables[i].word, .subject = tables[i].subject };
		const struct ese_taker taker = { .row = take_row, .lost = take_lost, .state = &u };

		r = ese_rows(ese, tables[i].name, &taker);
		found += r > 0;
	}
	if (r >= 0 && !found)
		r = artefact_lose(reading, 0, "a database without the tables of User Access Logging");
	return r < 0 ? r : 0;
}

static int
ual_read(struct artefact_reading *reading)
{
	CLEANUP(free) uint8_t *bytes = NULL;
	struct view view = { 0 };
	struct ese *ese = NULL;
	int r = reading->src->size ? artefact_bytes(reading, &bytes, &view) : 0;

	reading->result.note = "read as the file stands: what the log files of the database had still to write is not in it";
	if (r < 0 || !view.n)
		return r;
	r = ese_open(view, &ese);
	if (r == 0)
		r = artefact_lose(reading, 0, "no database that libesedb can open");
	else if (r > 0)
		r = read_tables(reading, ese);
	ese_close(ese);
	return r;
}

const struct artefact_kind artefact_ual = {
	.log = { .name = "ual", .title = "User Access Logging", .event = "ual.client", .source = &source },
	.longest = UAL_BYTES_MAX,
#ifndef HAVE_LIBESEDB
	.missing = "not examined: this program was built without libesedb",
#endif
	.read = ual_read,
};
