/*
 * detection.c - what Defender detected, as the files of its DetectionHistory have it: name, place, time, user, digest.
 *
 * A file is a run of values, each with size, type and data, padded to 8 bytes. A text "Magic.Version:1.2" stands before
 * each group of them: of the threat, and then one for each thing that it was found in.
 */
#include <errno.h>
#include <inttypes.h>

#include "artefact_own.h"

enum {
	DETECTION_BYTES_MAX = 4 << 20,
	DETECTION_VALUES_MAX = 65536,
	TYPE_FILETIME = 0x0a,
	TYPE_TEXT = 0x15,
	TYPE_TRACKING = 0x28,
	TRACKING_WORD = 3, /* types within it */
	TRACKING_NUMBER = 4,
	TRACKING_FLAG = 5,
	TRACKING_TEXT = 6,
	/* places within the group of the threat, and of a thing */
	PLACE_NAME = 1,
	PLACE_KIND = 1,
	PLACE_PATH = 2,
	PLACE_USER = 12,
	PLACE_PROCESS = 14,
	PLACE_DETECTED = 18,
};

const struct rule defender_rules[1] = {
	ARTEFACT_RULE("defender-detection", LEVEL_MEDIUM, STAGE_NONE, "", "Defender detected something on this server",
		      "tests of the scanner, tools of administrators; the name and the place say more"),
};

static const char *const fields[] = { "Threat Name", "Path",   "Type",   "Detection User", "Process Name",
				      "SHA256",      "SHA1", "MD5", NULL };

const struct sigma_source defender_source = {
	.title = "Defender's detections",
	.product = "windows",
	.service = "windefend",
	.fields = fields,
};

struct detection {
	struct gathered g;
	unsigned group, place;
	uint64_t tracked, detected; /* FILETIMEs */
	struct text kind, things;   /* of the thing in hand; all of them */
};

/* UTF-16 up to its NUL, as UTF-8. */
static int
add_wide(struct text *t, struct view data)
{
	size_t n = 0;

	while (n + 1 < data.n && (data.p[n] || data.p[n + 1]))
		n += 2;
	return text_add_utf16(t, view_of(data.p, n));
}

static int
take_tracked(struct detection *d, struct view name, struct view value)
{
	static const struct {
		const char *name, *field;
	} texts[] = { { "ThreatTrackingSha256", "SHA256" }, { "ThreatTrackingSha1", "SHA1" }, { "ThreatTrackingMD5", "MD5" } };
	CLEANUP(text_free) struct text key = { 0 };
	CLEANUP(text_free) struct text text = { 0 };
	int r = add_wide(&key, name);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && r == 0; i++) {
		if (strcmp(key.s ? key.s : "", texts[i].name) != 0 || gathered_value(&d->g, texts[i].field).n)
			continue;
		r = add_wide(&text, value);
		if (r == 0)
			r = gathered_add(&d->g, texts[i].field, text_view(&text));
	}
	if (r == 0 && key.s && !strcmp(key.s, "ThreatTrackingStartTime") && value.n == 8)
		d->tracked = le64_get(*VIEW_AT(value, 0, le64));
	return r;
}

/* Names and values: a name is a size and UTF-16; a value is a type and what that has. */
static int
take_tracking(struct detection *d, struct view data)
{
	const le32 *size = VIEW_AT(data, 0, le32), *header = VIEW_AT(data, 4, le32);
	uint64_t at = 4;
	int r = 0;

	if (size && header && le32_get(*size) == 1)
		at = (uint64_t)le32_get(*header) + 4;
	while (r == 0 && (size = VIEW_AT(data, at, le32))) {
		struct view name = view_part(data, at + 4, le32_get(*size)), value;
		const le32 *type = name.p ? VIEW_AT(data, at + 4 + name.n, le32) : NULL;
		uint64_t from = at + 8 + name.n, n;

		if (!type || !name.n)
			break;
		n = le32_get(*type) == TRACKING_WORD ? 4 : le32_get(*type) == TRACKING_NUMBER ? 8 : le32_get(*type) == TRACKING_FLAG ? 1 : 5;
		if (le32_get(*type) == TRACKING_TEXT) {
			size = VIEW_AT(data, from, le32);
			n = size ? le32_get(*size) : UINT64_MAX;
			from += 4;
		}
		value = view_part(data, from, n);
		if (!value.p)
			break;
		r = take_tracked(d, name, value);
		at = from + n;
	}
	return r;
}

/* A thing that the threat was found in: its kind, then its place. */
static int
take_thing(struct detection *d, struct view text)
{
	int r = gathered_add(&d->g, "Type", text_view(&d->kind));

	if (r == 0)
		r = gathered_add(&d->g, "Path", text);
	if (r == 0)
		r = words_add(&d->things, ", ", text_view(&d->kind));
	if (r == 0)
		r = words_add(&d->things, " ", text);
	text_free(&d->kind);
	return r;
}

static int
take_text(struct detection *d, struct view data)
{
	static const char magic[] = "Magic.Version";
	CLEANUP(text_free) struct text text = { 0 };
	int r = add_wide(&text, data);

	if (r < 0)
		return r;
	if (text.n >= sizeof(magic) - 1 && !memcmp(text.s, magic, sizeof(magic) - 1)) {
		d->group += d->group < 2;
		d->place = 0;
		return 0;
	}
	if (d->group == 1 && d->place == PLACE_NAME)
		return gathered_add(&d->g, "Threat Name", text_view(&text));
	if (d->group == 2 && d->place == PLACE_KIND)
		return text_add(&d->kind, text_view(&text));
	if (d->group == 2 && d->place == PLACE_PATH)
		return take_thing(d, text_view(&text));
	if (d->group == 2 && d->place == PLACE_USER)
		return gathered_add(&d->g, "Detection User", text_view(&text));
	return d->group == 2 && d->place == PLACE_PROCESS ? gathered_add(&d->g, "Process Name", text_view(&text)) : 0;
}

static int
take_value(struct detection *d, uint32_t type, struct view data)
{
	int r = 0;

	if (type == TYPE_TEXT)
		r = take_text(d, data);
	else if (type == TYPE_TRACKING)
		r = take_tracking(d, data);
	else if (type == TYPE_FILETIME && data.n == 8 && d->group == 2 && d->place == PLACE_DETECTED)
		d->detected = le64_get(*VIEW_AT(data, 0, le64));
	d->place++;
	return r;
}

static int
tell(struct artefact_reading *reading, struct detection *d)
{
	CLEANUP(text_free) struct text summary = { 0 };
	uint64_t when = d->tracked ? d->tracked : d->detected;
	int r = text_adds(&summary, "Defender detected ");

	if (!gathered_value(&d->g, "Threat Name").n)
		return artefact_lose(reading, 0, "no detection of Defender: it names no threat");
	if (r == 0)
		r = text_add(&summary, gathered_value(&d->g, "Threat Name"));
	if (r == 0)
		r = words_add(&summary, " in ", text_view(&d->things));
	if (r == 0)
		r = words_add(&summary, " by the process ", gathered_value(&d->g, "Process Name"));
	return r < 0 ? r
		     : artefact_state(reading, &(struct artefact_record){ .when = when ? when : reading->place.born,
									  .filed = !when,
									  .length = reading->src->size,
									  .subject = gathered_value(&d->g, "Path"),
									  .summary = text_view(&summary),
									  .fields = gathered_fields(&d->g),
									  .rule = &defender_rules[0],
									  .basis = text_view(&summary) });
}

static int
read_values(struct artefact_reading *reading, struct detection *d, struct view bytes)
{
	uint64_t at = 0;
	unsigned n = 0;
	int r = 0;

	for (; at + 8 <= bytes.n && n < DETECTION_VALUES_MAX && r == 0; n++) {
		uint32_t size = le32_get(*VIEW_AT(bytes, at, le32)), type = le32_get(*VIEW_AT(bytes, at + 4, le32));
		struct view data = view_part(bytes, at + 8, size);

		if (!data.p && size) {
			reading->result.partly = true;
			r = artefact_damage(reading, at, "a value of a detection goes beyond its file: not read on");
			break;
		}
		r = take_value(d, type, data);
		at += 8 + ((uint64_t)size + 7) / 8 * 8;
	}
	return r < 0 ? r : tell(reading, d);
}

static int
detection_read(struct artefact_reading *reading)
{
	CLEANUP(free) uint8_t *bytes = NULL;
	struct detection d = { .group = 0 };
	struct view view = { 0 };
	int r = reading->src->size ? artefact_bytes(reading, &bytes, &view) : 0;

	if (r == 0 && view.n)
		r = read_values(reading, &d, view);
	gathered_clear(&d.g);
	text_free(&d.kind);
	text_free(&d.things);
	return r;
}

const struct artefact_kind artefact_detection = {
	.log = { .name = "detection",
		 .title = "Defender's detection history",
		 .event = "defender.detection",
		 .source = &defender_source },
	.longest = DETECTION_BYTES_MAX,
	.rules = defender_rules,
	.rule_count = 1,
	.read = detection_read,
};
