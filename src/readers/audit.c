/* audit.c - the admin audit log: which administrator changed what, with the parameters, as JSON within a column. */
#include "log_own.h"

#include "text.h"

static const char *const fields[] = {
	"Timestamp",
	"Server",
	"TenantId",
	"RecordType",
	"Data",
	"UserKey",
	"RecordId",
	"Operation",
	"Workload",
	"ResultStatus",
	"Version",
	"Scope",
	"CreationTime",
	"Id",
	"OrganizationId",
	"UserType",
	"ObjectId",
	"UserId",
	"ExternalAccess",
	"OrganizationName",
	"OriginatingServer",
	"ClientIP",
	"Parameters",
	NULL,
};
static const char *const columns[] = {
	"Timestamp", "Server",   "TenantId",     "RecordType", "Data",  "UserKey", "RecordId",
	"Operation", "Workload", "ResultStatus", "Version",    "Scope", NULL,
};
static const char *const *const headers[] = { columns, NULL };

static const struct sigma_alias aliases[] = {
	{ "cs-username", "UserId" },
	{ "c-ip", "ClientIP" },
	{ NULL, NULL },
};

static const struct sigma_source source = {
	.title = "admin audit logs",
	.product = "exchange",
	.service = "audit",
	.fields = fields,
	.aliases = aliases,
	.columns = true,
};

/* Where the reading of a JSON text stands. Nothing is checked that need not be: what is no JSON gives fewer fields. */
struct json {
	struct view rest;
	struct log_fields *out;
};

static bool
take(struct json *j, uint8_t c)
{
	while (j->rest.n && memchr(" \t\r\n", j->rest.p[0], 4))
		j->rest = view_from(j->rest, 1);
	if (!j->rest.n || j->rest.p[0] != c)
		return false;
	j->rest = view_from(j->rest, 1);
	return true;
}

/* The text of a string literal, which never is longer than the literal. */
static struct view
plain(struct json *j, struct view v)
{
	char *copy = arena_copy(&j->out->arena, v);

	j->out->no_memory |= !copy;
	return view_of(copy, copy ? json_plain(v, copy) : 0);
}

static bool
take_string(struct json *j, struct view *ret)
{
	struct view v;
	bool escaped = false;

	if (!take(j, '"'))
		return false;
	v = j->rest;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '"') {
			j->rest = view_from(v, i + 1);
			*ret = escaped ? plain(j, view_part(v, 0, i)) : view_part(v, 0, i);
			return true;
		}
		escaped |= v.p[i] == '\\';
		i += v.p[i] == '\\';
	}
	return false;
}

/* A value of any kind as it stands: brackets are counted, whatever they are. */
static bool
take_other(struct json *j, struct view *ret)
{
	struct view v = j->rest, skipped;
	size_t depth = 0;

	while (j->rest.n) {
		uint8_t c = j->rest.p[0];

		if (c == '"') {
			if (!take_string(j, &skipped))
				return false;
			continue;
		}
		if (!depth && (c == ',' || c == '}' || c == ']'))
			break;
		depth += c == '{' || c == '[';
		depth -= depth && (c == '}' || c == ']');
		j->rest = view_from(j->rest, 1);
	}
	*ret = view_part(v, 0, v.n - j->rest.n);
	return true;
}

static bool
take_value(struct json *j, struct view *ret)
{
	take(j, ' '); /* blanks in front */
	return j->rest.n && j->rest.p[0] == '"' ? take_string(j, ret) : take_other(j, ret);
}

/* The members of an object, one after the other: a name and its value. */
static bool
take_member(struct json *j, struct view *ret_name, struct view *ret_value)
{
	take(j, ',');
	return take_string(j, ret_name) && take(j, ':') && take_value(j, ret_value);
}

/* [{"Name":"Identity","Value":"x"}] as `-Identity "x"`, the way cmdlet logs write it. */
static void
add_parameters(struct log_fields *out, struct view list)
{
	struct json j = { .rest = list, .out = out };
	CLEANUP(text_free) struct text all = { 0 };
	struct view name, value, key, v;

	if (!take(&j, '['))
		return;
	while (take(&j, '{')) {
		name = value = view_of(NULL, 0);
		while (take_member(&j, &key, &v)) {
			if (log_same(key, "Name"))
				name = v;
			else if (log_same(key, "Value"))
				value = v;
		}
		out->no_memory |= text_printf(&all, "%s-", all.n ? " " : "") < 0 || text_add(&all, name) < 0 ||
				  text_adds(&all, " \"") < 0 || text_add(&all, value) < 0 || text_addc(&all, '"') < 0;
		if (!take(&j, '}'))
			break;
		take(&j, ',');
	}
	if (all.n)
		log_fields_add(out, view_text("Parameters"), log_fields_copy(out, text_view(&all)));
}

static void
add_data(struct log_fields *out)
{
	struct json j = { .rest = log_fields_value(out, "Data"), .out = out };
	struct view name, value;

	if (!take(&j, '{'))
		return;
	while (!out->cut && take_member(&j, &name, &value)) {
		if (log_same(name, "Parameters"))
			add_parameters(out, value);
		else
			log_fields_add(out, name, value);
	}
}

static const struct log_format format = {
	.separator = ',',
	.quoted = true,
	.headers = headers,
	.inner = add_data,
};

const struct log_kind log_audit = {
	.name = "audit",
	.title = "admin audit logs",
	.event = "audit.record",
	.source = &source,
	.format = &format,
	.inner = true,
};
