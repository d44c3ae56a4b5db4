/*
 * hivels.c - lists what the reader of registry hives finds, for comparing it with other readers:
 *
 *     hivels [-drv] [-f system|software|sam] HIVE [LOG...]
 *
 * One line for each key: K, offset, last write (ISO 8601), flags, class, path; with -v one line for each value: V,
 * offset, type, size, SHA-256 of the data, name; with -r the lost ones behind them, with their place; with -d one line
 * about the hive itself. With -f only the facts that a hive of that kind has: F, kind, subject, value, number, time,
 * key and offset. Damage and counts go to stderr.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "digest.h"
#include "file.h"
#include "filetime.h"
#include "registry.h"

struct options {
	bool state, lost, values;
	const char *facts; /* the kind of hive, or NULL */
};

struct list {
	struct hive *hive;
	struct options options;
	uint64_t keys, values, lost_keys, lost_values, damage;
	struct sink sink;
	const char *name;
};

static const char *const places[] = { "live", "orphan", "deleted", "broken", "behind" };

static int
say_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct list *list = (struct list *)((char *)out - offsetof(struct list, sink));

	list->damage++;
	fprintf(stderr, "damage at %" PRIu64 ": %s\n", offset, why);
	return 0;
}

static void
print_text(struct view name)
{
	CLEANUP(text_free) struct text t = { 0 };

	if (text_add_escaped(&t, name) == 0 && t.s)
		fputs(t.s, stdout);
	putchar('\n');
}

static int
take_value(void *state, const struct hive_value *value)
{
	CLEANUP(text_free) struct text data = { 0 }, hex = { 0 };
	struct list *list = state;
	struct digest_value digest;
	int r;

	if (value->place == HIVE_LIVE)
		list->values++;
	if (!list->options.values)
		return 0;
	r = hive_data(list->hive, value, &data);
	if (r == 0)
		r = digest_sha256(text_view(&data), &digest);
	if (r == 0)
		r = text_add_hex(&hex, view_of(digest.b, 32));
	if (r < 0)
		return r;
	printf("V\t%" PRIu64 "\t%" PRIu32 "\t%" PRIu32 "\t%s\t%s\t", value->offset, value->type, value->size,
	       value->reused ? "reused" : hex.s, places[value->place]);
	print_text(value->name);
	return 0;
}

static int
print_key(struct list *list, const struct hive_key *key, struct view path, bool whole)
{
	CLEANUP(text_free) struct text class_name = { 0 };
	char when[FILETIME_TEXT];
	int r = key->place == HIVE_LIVE ? hive_class(list->hive, key, &class_name) : 0;

	if (r < 0)
		return r;
	printf("K\t%" PRIu64 "\t%s\t%x\t%s\t%s%s\t", key->offset, filetime_text(key->written, when), key->flags,
	       class_name.s ? class_name.s : "", places[key->place], whole ? "" : "?");
	print_text(path);
	return hive_values(list->hive, key, take_value, list);
}

static int
take_key(void *state, const struct hive_key *key, struct view path)
{
	struct list *list = state;

	list->keys++;
	return print_key(list, key, path, true);
}

static int
take_lost(void *state, const struct hive_lost *lost)
{
	struct list *list = state;

	if (lost->key) {
		list->lost_keys++;
		return print_key(list, lost->key, lost->path, lost->whole);
	}
	list->lost_values++;
	return take_value(state, lost->value);
}

static void
print_state(const struct hive_state *s)
{
	static const char *const replays[] = { "clean", "replayed", "partly", "left-dirty" };
	char when[FILETIME_TEXT];

	printf("H\t%" PRIu32 ".%" PRIu32 "\t%" PRIu32 "/%" PRIu32 "\t%s\t%s\t%" PRIu32 "\t%s %u %" PRIu32 "-%" PRIu32
	       " %" PRIu64 " newer %" PRIu32 "\t",
	       s->major, s->minor, s->first, s->second, filetime_text(s->written, when), s->sound ? "sound" : "damaged",
	       s->bytes, replays[s->replay], s->log, s->from, s->to, s->replayed, s->newer);
	print_text(view_text(s->name));
}

static int
take_fact(void *state, const struct registry_fact *fact)
{
	CLEANUP(text_free) struct text line = { 0 };
	char when[FILETIME_TEXT];

	(void)state;
	text_printf(&line, "F\t%s\t", registry_kind_name(fact->kind));
	text_add_escaped(&line, fact->subject);
	text_addc(&line, '\t');
	text_add_escaped(&line, fact->value);
	text_printf(&line, "\t%" PRId64 "\t%s\t", fact->number, fact->when ? filetime_text(fact->when, when) : "");
	text_add_escaped(&line, fact->path);
	printf("%s\t%" PRIu64 "\n", line.s, fact->offset);
	return 0;
}

static int
print_facts(struct list *list)
{
	static const struct {
		const char *name;
		int (*read)(struct hive *hive, struct sink *out, registry_take *take, void *state);
	} kinds[] = { { "system", registry_system }, { "software", registry_software }, { "sam", registry_sam } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(list->options.facts, kinds[i].name))
			return kinds[i].read(list->hive, &list->sink, take_fact, list);
	return -EINVAL;
}

/* A file as one piece of memory: these are small. */
static int
open_file(const char *path, uint8_t **ret_bytes, struct source **ret_source)
{
	FILE *file = fopen(path, "rb");
	struct stat st;

	if (!file || fstat(fileno(file), &st) < 0) {
		perror(path);
		exit(1);
	}
	*ret_bytes = malloc((size_t)st.st_size + 1);
	if (!*ret_bytes || fread(*ret_bytes, 1, (size_t)st.st_size, file) != (size_t)st.st_size)
		return -EIO;
	fclose(file);
	return source_memory(view_of(*ret_bytes, (size_t)st.st_size), path, ret_source);
}

static int
run(struct list *list, char **paths, size_t n)
{
	struct hive_log logs[HIVE_LOGS] = { 0 };
	struct source *sources[HIVE_LOGS + 1] = { 0 };
	uint8_t *bytes[HIVE_LOGS + 1] = { 0 };
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		r = open_file(paths[i], &bytes[i], &sources[i]);
		if (i)
			logs[i - 1] = (struct hive_log){ .source = sources[i], .out = &list->sink };
	}
	if (r == 0)
		r = hive_open(sources[0], &list->sink, logs, n - 1, &list->hive);
	if (r == 0 && list->options.state)
		print_state(hive_state(list->hive));
	if (r == 0 && list->options.facts)
		r = print_facts(list);
	else if (r == 0)
		r = hive_walk(list->hive, take_key, list);
	if (r == 0 && list->options.lost)
		r = hive_recover(list->hive, take_lost, list);
	hive_close(list->hive);
	for (size_t i = 0; i < n; i++) {
		source_close(sources[i]);
		free(bytes[i]);
	}
	return r;
}

int
main(int argc, char **argv)
{
	struct list list = { .sink.damage = say_damage };
	int option, r;

	while ((option = getopt(argc, argv, "df:rv")) != -1) {
		list.options.state |= option == 'd';
		list.options.lost |= option == 'r';
		list.options.values |= option == 'v';
		if (option == 'f')
			list.options.facts = optarg;
		if (option == '?')
			return 2;
	}
	if (argc - optind < 1 || argc - optind > HIVE_LOGS + 1)
		return 2;
	r = run(&list, argv + optind, (size_t)(argc - optind));
	fprintf(stderr,
		"%" PRIu64 " keys, %" PRIu64 " values, %" PRIu64 " lost keys, %" PRIu64 " lost values, %" PRIu64
		" damage\n",
		list.keys, list.values, list.lost_keys, list.lost_values, list.damage);
	return r < 0;
}
