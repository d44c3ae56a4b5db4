/* regvalue.c - the values of a registry hive as records of a change, by the names that rules for the registry use. */
#include "regvalue.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <strings.h>

#include "fail.h"

enum { STRINGS_MAX = 256, FIELDS_MAX = REGVALUE_NAMES + STRINGS_MAX + 1, SET_DIGITS = 3 };

static const char *const names[] = { "TargetObject", "Details", "EventType", NULL };

const struct sigma_source regvalue_source = {
	.title = "registry hives",
	.category = "registry_set",
	.product = "windows",
	.fields = names,
	.columns = true,
};

static const struct {
	const char *file, *name, *root, *other;
} parts[] = {
	[PART_SYSTEM] = { "SYSTEM", "SYSTEM", "HKLM\\SYSTEM", NULL },
	[PART_SOFTWARE] = { "SOFTWARE", "SOFTWARE", "HKLM\\SOFTWARE", NULL },
	[PART_SAM] = { "SAM", "SAM", "HKLM\\SAM", NULL },
	[PART_SECURITY] = { "SECURITY", "SECURITY", "HKLM\\SECURITY", NULL },
	[PART_USER] = { "NTUSER.DAT", "user", "HKU", "HKCU" },
	[PART_CLASSES] = { "UsrClass.dat", "classes of a user", "HKU", "HKCU\\Software\\Classes" },
	[PART_AMCACHE] = { "Amcache.hve", "Amcache", "Amcache", NULL },
	[PART_OTHER] = { "", "hive", "hive", NULL },
};

enum registry_part
registry_part_of(const char *file)
{
	for (size_t i = 0; i < PART_OTHER; i++)
		if (!strcasecmp(parts[i].file, file))
			return (enum registry_part)i;
	return strcasecmp(file, "DEFAULT") ? PART_OTHER : PART_USER; /* of whoever is not logged on, and of the system */
}

bool
registry_is_log(const char *file)
{
	static const char *const endings[] = { ".LOG", ".LOG1", ".LOG2" };
	char name[sizeof("UsrClass.dat")];
	size_t n = strlen(file);

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t e = strlen(endings[i]);

		if (n <= e || n - e >= sizeof(name) || strcasecmp(file + n - e, endings[i]) != 0)
			continue;
		memcpy(name, file, n - e);
		name[n - e] = 0;
		return registry_part_of(name) != PART_OTHER;
	}
	return false;
}

const char *
registry_part_name(enum registry_part part)
{
	return parts[part].name;
}

/* ---- names ---- */

/* What follows the control set in use: "ControlSet001" itself, or "\..." behind it; p NULL where the path is of none. */
static struct view
below_set(const struct regvalue_root *root, struct view path)
{
	static const char word[] = "ControlSet";
	size_t n = sizeof(word) - 1;
	unsigned number = 0;

	if (root->part != PART_SYSTEM || !root->set || path.n < n + SET_DIGITS ||
	    strncasecmp((const char *)path.p, word, n) != 0)
		return view_of(NULL, 0);
	for (size_t i = n; i < n + SET_DIGITS; i++) {
		if (!isdigit(path.p[i]))
			return view_of(NULL, 0);
		number = number * 10 + path.p[i] - '0';
	}
	n += SET_DIGITS;
	if (number != root->set || (path.n > n && path.p[n] != '\\'))
		return view_of(NULL, 0);
	return view_of(path.p + n, path.n - n);
}

int
regvalue_object(const struct regvalue_root *root, struct view path, struct text *ret)
{
	int r = text_adds(ret, parts[root->part].root);

	if (r == 0 && (root->part == PART_USER || root->part == PART_CLASSES))
		r = text_printf(ret, "\\%s%s", root->owner ? root->owner : "unknown",
				root->part == PART_CLASSES ? "_Classes" : "");
	if (r == 0 && path.n)
		r = text_addc(ret, '\\');
	return r < 0 ? r : text_add(ret, path);
}

/* The other way to call the same key; nothing where there is none. */
static int
other_object(const struct regvalue_root *root, struct view path, struct text *ret)
{
	static const char classes[] = "Classes\\";
	struct view below = below_set(root, path);
	const char *other = parts[root->part].other;
	size_t n = sizeof(classes) - 1;
	int r;

	if (below.p) {
		r = text_adds(ret, "HKLM\\SYSTEM\\CurrentControlSet");
		return r < 0 ? r : text_add(ret, below);
	}
	if (root->part == PART_SOFTWARE && path.n > n && !strncasecmp((const char *)path.p, classes, n)) {
		r = text_adds(ret, "HKCR\\");
		return r < 0 ? r : text_add(ret, view_from(path, n));
	}
	r = other ? text_adds(ret, other) : 0;
	if (r == 0 && other && path.n)
		r = text_addc(ret, '\\');
	return r < 0 || !other ? r : text_add(ret, path);
}

static int
add_value_name(struct text *object, struct view name)
{
	int r = text_addc(object, '\\');

	return r < 0 ? r : name.n ? text_add(object, name) : text_adds(object, "(Default)");
}

/* ---- what it holds ---- */

/* The strings of a value one behind the other; ends[i] is where the i-th ends. Numbers and bytes are one string each. */
struct strings {
	struct text text;
	size_t ends[STRINGS_MAX], n;
};

static int
end_string(struct strings *s)
{
	if (s->n < STRINGS_MAX)
		s->ends[s->n++] = s->text.n;
	return 0;
}

static int
add_strings(struct view data, struct strings *s)
{
	size_t at = 0;
	int r = 0;

	while (s->n < STRINGS_MAX && (r = hive_next_string(data, &at, &s->text)) == 1)
		end_string(s);
	return r < 0 ? r : s->n ? 0 : end_string(s);
}

static int
read_strings(struct hive *hive, const struct hive_value *value, struct strings *s)
{
	CLEANUP(text_free) struct text data = { 0 };
	uint64_t number = 0;
	int r = value->size <= REGVALUE_TEXT_MAX ? hive_data(hive, value, &data) : 0;

	if (r < 0)
		return r;
	switch (value->type) {
	case HIVE_SZ:
	case HIVE_EXPAND_SZ:
	case HIVE_LINK:
		r = hive_string(text_view(&data), &s->text);
		break;
	case HIVE_MULTI_SZ:
		return add_strings(text_view(&data), s);
	case HIVE_DWORD:
	case HIVE_DWORD_BIG:
		if (hive_number(value->type, text_view(&data), &number))
			r = text_printf(&s->text, "DWORD (0x%08" PRIx64 ")", number);
		break;
	case HIVE_QWORD:
		if (hive_number(value->type, text_view(&data), &number))
			r = text_printf(&s->text, "QWORD (0x%08" PRIx64 "-0x%08" PRIx64 ")", number >> 32,
					number & UINT32_MAX);
		break;
	default:
		r = text_adds(&s->text, "Binary Data");
	}
	return r < 0 ? r : end_string(s);
}

static struct view
string_at(const struct strings *s, size_t i)
{
	size_t from = i ? s->ends[i - 1] : 0;

	return view_of(s->text.s ? s->text.s + from : "", s->ends[i] - from);
}

static int
join(const struct strings *s, struct text *ret)
{
	int r = text_adds(ret, "");

	for (size_t i = 0; i < s->n && r == 0; i++) {
		r = i ? text_adds(ret, "; ") : 0;
		if (r == 0)
			r = text_add(ret, string_at(s, i));
	}
	return r;
}

int
regvalue_details(struct hive *hive, const struct hive_value *value, struct text *ret)
{
	struct strings s = { .n = 0 };
	int r = read_strings(hive, value, &s);

	if (r == 0)
		r = join(&s, ret);
	text_free(&s.text);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for values of a registry hive") : r;
}

/* ---- as a record ---- */

struct telling {
	struct strings strings;
	struct text objects[REGVALUE_NAMES], details, raw;
	struct field fields[FIELDS_MAX];
	size_t n;
};

static void
put_field(struct telling *t, const char *name, struct view value)
{
	t->fields[t->n++] = (struct field){ .name = view_text(name), .value = value };
}

static int
compose(struct telling *t, const struct regvalue_root *root, struct view path, const struct hive_value *value)
{
	int r = regvalue_object(root, path, &t->objects[0]);

	if (r == 0)
		r = other_object(root, path, &t->objects[1]);
	for (size_t i = 0; i < REGVALUE_NAMES && r == 0; i++) {
		if (!t->objects[i].n)
			continue;
		r = add_value_name(&t->objects[i], value->name);
		put_field(t, names[0], text_view(&t->objects[i]));
		if (r == 0)
			r = text_add(&t->raw, text_view(&t->objects[i]));
		if (r == 0)
			r = text_addc(&t->raw, '\n');
	}
	for (size_t i = 0; i < t->strings.n; i++)
		put_field(t, names[1], string_at(&t->strings, i));
	put_field(t, names[2], view_text("SetValue"));
	if (r == 0)
		r = join(&t->strings, &t->details);
	if (r == 0)
		r = text_add(&t->raw, text_view(&t->details));
	return r < 0 ? r : text_adds(&t->raw, "\nSetValue");
}

int
regvalue_tell(struct hive *hive, const struct regvalue_root *root, const struct hive_key *key, struct view path,
	      const struct hive_value *value, struct sink *out, regvalue_take *take, void *state)
{
	struct telling t = { .n = 0 };
	int r = read_strings(hive, value, &t.strings);

	if (r == 0 && value->size > REGVALUE_TEXT_MAX && value->type != HIVE_BINARY)
		r = sink_damage(out, value->offset, "a value is longer than is looked at: no rule was asked of its data");
	if (r == 0)
		r = compose(&t, root, path, value);
	if (r == -ENOMEM)
		r = fail(ENOMEM, "out of memory for values of a registry hive");
	if (r == 0)
		r = take(state, &(struct regvalue){ .fields = { .at = t.fields, .n = t.n, .raw = text_view(&t.raw) },
						    .object = text_view(&t.objects[0]),
						    .details = text_view(&t.details),
						    .path = path,
						    .key = key,
						    .value = value,
						    .length = 24 + value->name.n });
	for (size_t i = 0; i < REGVALUE_NAMES; i++)
		text_free(&t.objects[i]);
	text_free(&t.strings.text);
	text_free(&t.details);
	text_free(&t.raw);
	return r;
}
