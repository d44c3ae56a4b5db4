/* manifest.c - the list that a seal vouches for, in two forms that other tools read. */
#include "manifest.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cleanup.h"
#include "digest.h"
#include "member.h"

int
manifest_text(const struct manifest *m, struct text *ret)
{
	int r = text_printf(ret,
			    "{\n\"format\":\"postmortem-manifest-1\",\n\"sealed\":\"%s\",\n"
			    "\"run\":{\"name\":\"run.jsonl\",\"lines\":%" PRIu64 ",\"bytes\":%" PRIu64
			    ",\"sha256\":\"%s\",\"head\":\"%s\"},\n\"files\":[",
			    m->sealed, m->lines, m->bytes, m->sha256, m->head);

	for (size_t i = 0; i < m->inventory.list.n && r == 0; i++) {
		const struct deliverable *d = &m->inventory.list.at[i];

		r = text_printf(ret, "%s\n{\"name\":\"%s\",\"bytes\":%" PRIu64 ",\"sha256\":\"%s\"}", i ? "," : "",
				d->name, d->bytes, d->sha256);
	}
	return r < 0 ? r : text_adds(ret, "\n]\n}\n");
}

static int
take_hash(struct view line, const char *key, char ret[static 65])
{
	CLEANUP(text_free) struct text value = { 0 };
	int r = json_text(line, key, &value);

	if (r <= 0 || value.n != 64)
		return r < 0 ? r : 0;
	memcpy(ret, value.s, 65);
	return 1;
}

static int
take_run(struct view line, struct manifest *m)
{
	int r = json_number(line, "lines", &m->lines);

	if (r > 0)
		r = json_number(line, "bytes", &m->bytes);
	if (r > 0)
		r = take_hash(line, "sha256", m->sha256);
	return r > 0 ? take_hash(line, "head", m->head) : r;
}

static int
take_file(struct view line, struct manifest *m)
{
	static const char start[] = "{\"name\":\"";
	struct view rest = view_from(line, sizeof(start) - 1);
	const uint8_t *end = rest.n ? memchr(rest.p, '"', rest.n) : NULL;
	struct deliverable *d = end ? vector_push(&m->inventory.list) : NULL;
	int r;

	if (!d)
		return end ? -ENOMEM : 0;
	*d = (struct deliverable){ .name = arena_copy(&m->inventory.arena, view_of(rest.p, (size_t)(end - rest.p))) };
	if (!d->name)
		return -ENOMEM;
	r = json_number(line, "bytes", &d->bytes);
	return r > 0 ? take_hash(line, "sha256", d->sha256) : r;
}

static bool
begins(struct view line, const char *start)
{
	return line.n >= strlen(start) && !memcmp(line.p, start, strlen(start));
}

static int
take_line(struct view line, struct manifest *m)
{
	static const char sealed[] = "\"sealed\":\"";

	if (begins(line, "{\"name\":\""))
		return take_file(line, m);
	if (begins(line, "\"run\":{"))
		return take_run(line, m);
	if (begins(line, sealed) && line.n > sizeof(sealed) + 1 && line.n - sizeof(sealed) - 1 < sizeof(m->sealed))
		memcpy(m->sealed, line.p + sizeof(sealed) - 1, line.n - sizeof(sealed) - 1);
	return 1;
}

/* Whatever was taken from it: only what writes the very same bytes is the manifest. */
static int
is_same(const struct manifest *m, struct view json)
{
	CLEANUP(text_free) struct text again = { 0 };
	int r = manifest_text(m, &again);

	return r < 0 ? r : view_equal(text_view(&again), json);
}

int
manifest_parse(struct view json, struct manifest *ret_manifest)
{
	struct view rest = json;
	int r = 1;

	while (rest.n && r > 0) {
		const uint8_t *end = memchr(rest.p, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.p) : rest.n;

		r = take_line(view_of(rest.p, n), ret_manifest);
		r = r == -EINVAL ? 0 : r;
		rest = view_from(rest, end ? n + 1 : n);
	}
	return r > 0 ? is_same(ret_manifest, json) : r;
}

int
manifest_sums(const struct manifest *m, struct view json, struct text *ret)
{
	CLEANUP(text_free) struct text hex = { 0 };
	struct digest_value value;
	int r = digest_sha256(json, &value);

	if (r == 0)
		r = text_add_hex(&hex, view_of(value.b, 32));
	if (r == 0)
		r = text_printf(
			ret,
			"# sha256sum -c SHA256SUMS checks all but run.jsonl, which goes on after the seal: for that\n"
			"# head -c %" PRIu64 " run.jsonl | sha256sum gives %s\n",
			m->bytes, m->sha256);
	for (size_t i = 0; i < m->inventory.list.n && r == 0; i++)
		r = text_printf(ret, "%s  %s\n", m->inventory.list.at[i].sha256, m->inventory.list.at[i].name);
	return r < 0 ? r : text_printf(ret, "%s  manifest.json\n", hex.s);
}

void
manifest_free(struct manifest *m)
{
	inventory_free(&m->inventory);
}
