/* lines.c - fuzzes the line reader: whatever the bytes, all are gone through, and the size of blocks never shows. */
#include <assert.h>
#include <stdlib.h>

#include "lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct tally {
	struct sink sink;
	uint64_t count, damage, digest, offset, size;
};

static int
hit(void *state, struct view line, uint64_t offset, uint32_t which)
{
	struct tally *t = state;

	assert(offset < t->size && offset >= t->offset && line.n >= LITERAL_MIN && line.n <= LINES_MAX);
	t->offset = offset;
	t->count++;
	t->digest = (t->digest ^ offset << 3 ^ which) * UINT64_C(1099511628211);
	for (size_t i = 0; i < line.n; i++)
		t->digest = (t->digest ^ line.p[i]) * UINT64_C(1099511628211);
	return 0;
}

static int
damage(struct sink *out, uint64_t offset, const char *why)
{
	struct tally *t = (struct tally *)out;

	assert(why && offset <= t->size);
	t->damage++;
	return 0;
}

static void
read_log(const struct literals *l, struct view bytes, size_t block, struct tally *ret, struct lines_result *ret_result)
{
	CLEANUP(source_close) struct source *src = NULL;
	struct lines lines = { .literals = l, .out = &ret->sink, .block = block, .hit = hit, .state = ret };

	*ret = (struct tally){ .sink.damage = damage, .size = bytes.n };
	if (source_memory(bytes, "fuzz", &src) < 0)
		return;
	assert(lines_read(&lines, src, ret_result) == 0);
	assert(ret_result->bytes == bytes.n && ret_result->nul <= bytes.n && ret_result->lines <= bytes.n);
	assert(ret_result->long_lines == ret->damage);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const words[] = { "eins", "/ecp", "zwei", "aaaa", "ServerInfo~" };
	CLEANUP(literals_close) struct literals *l = NULL;
	struct view literals[sizeof(words) / sizeof(words[0])];
	struct lines_result result = { 0 }, again = { 0 };
	struct tally first, second;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		literals[i] = view_text(words[i]);
	if (literals_open(literals, sizeof(words) / sizeof(words[0]), &l) < 0)
		return 0;
	read_log(l, view_of(data, size), 0, &first, &result);
	read_log(l, view_of(data, size), 64 + size % 100, &second, &again);
	assert(first.count == second.count && first.digest == second.digest);
	assert(result.lines == again.lines && result.nul == again.nul && result.torn_at == again.torn_at);
	return 0;
}
