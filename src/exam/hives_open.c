/* hives_open.c - a registry hive and the transaction logs that lie beside it, opened to be read as one. */
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "hives.h"

static int
no_memory(const struct exam *exam)
{
	return fail(ENOMEM, "out of memory for registry hives of %s", exam->path);
}

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct hive_sink *s = (struct hive_sink *)out;

	s->damage++;
	return s->quiet ? 0
			: limits_add(s->limits, s->file->path, (int64_t)s->file->entry.entry, "", (int64_t)offset, why, 1);
}

static struct hive_sink
sink_for(const struct hive_request *request, const struct hive_file *file)
{
	return (struct hive_sink){
		.sink.damage = take_damage, .limits = request->limits, .file = file, .quiet = request->quiet
	};
}

/* ---- logs ---- */

struct seeking {
	const struct upcase *fold;
	struct reference folder;
	struct text name; /* UTF-16LE */
	struct hive_file *found;
};

static int
take_file(void *state, const struct entry *entry)
{
	struct seeking *s = state;
	bool named = false;

	if (!(entry->flags & ENTRY_ALLOCATED) || entry->flags & ENTRY_DIRECTORY)
		return 0;
	for (uint32_t i = 0; i < entry->name_count; i++)
		named |= reference_equal(entry->names[i].parent, s->folder) &&
			 upcase_equal(s->fold, entry->names[i].name, text_view(&s->name));
	for (uint32_t i = 0; i < entry->stream_count && named; i++) {
		const struct stream *stream = &entry->streams[i];

		if (stream->name.n || !stream->size)
			continue;
		s->found->entry = (struct reference){ entry->number, entry->sequence };
		s->found->attribute = stream->attribute;
		s->found->size = stream->size;
		s->found->unreadable = stream->flags & (STREAM_ENCRYPTED | STREAM_ELSEWHERE);
		s->found->path = "";
	}
	return 0;
}

int
hives_find(struct exam *exam, uint32_t volume, uint32_t folder, struct view name, struct hive_file *ret)
{
	const struct exam_volume *v = &exam->volumes[volume];
	struct seeking s = { .fold = ntfs_upcase(v->ntfs), .found = ret };
	struct folder f;
	int r = text_to_utf16(name, &s.name);

	*ret = (struct hive_file){ .path = NULL };
	catalog_folder(v->catalog, folder, &f);
	s.folder = f.reference;
	if (r == 0)
		r = catalog_listed(v->catalog, folder, take_file, &s);
	text_free(&s.name);
	return r < 0 ? no_memory(exam) : 0;
}

static int
open_log(struct exam *exam, const struct hive_request *request, struct open_hive *open, unsigned i, const char *ending)
{
	const struct exam_volume *v = &exam->volumes[request->volume];
	struct hive_file *file = &open->logs[i];
	CLEANUP(text_free) struct text name = { 0 };
	int r;

	if (text_printf(&name, "%s%s", request->name, ending) < 0)
		return no_memory(exam);
	r = hives_find(exam, request->volume, request->folder, text_view(&name), file);
	if (r < 0 || !file->path)
		return r;
	file->path = arena_printf(&open->arena, "%s%s", request->path, ending);
	if (!file->path)
		return no_memory(exam);
	open->log_out[i] = sink_for(request, file);
	r = file->unreadable ? -EINVAL
			     : stream_open(v->ntfs, file->entry, file->attribute, &open->log_out[i].sink, &file->source);
	if (r == -ESTALE || r == -ENOENT || r == -EINVAL)
		r = take_damage(&open->log_out[i].sink, 0, "a transaction log of the registry could not be opened for reading");
	return r;
}

int
hives_open(struct exam *exam, const struct hive_request *request, struct source *stream, struct open_hive *ret)
{
	static const char *const endings[HIVE_LOGS] = { ".LOG", ".LOG1", ".LOG2" };
	const struct exam_volume *v = &exam->volumes[request->volume];
	struct hive_log logs[HIVE_LOGS];
	int r = 0;

	*ret = (struct open_hive){ .hive = NULL };
	ret->primary = (struct hive_file){
		.path = request->path, .entry = request->entry, .attribute = request->attribute, .source = stream
	};
	ret->out = sink_for(request, &ret->primary);
	for (unsigned i = 0; i < HIVE_LOGS && r == 0; i++)
		if (!request->deleted && request->folder < catalog_folders(v->catalog))
			r = open_log(exam, request, ret, i, endings[i]);
	for (unsigned i = 0; i < HIVE_LOGS; i++)
		logs[i] = (struct hive_log){ .source = ret->logs[i].source, .out = &ret->log_out[i].sink };
	return r < 0 ? r : hive_open(stream, &ret->out.sink, logs, HIVE_LOGS, &ret->hive);
}

void
hives_close(struct open_hive *open)
{
	open->hive = hive_close(open->hive);
	for (unsigned i = 0; i < HIVE_LOGS; i++)
		open->logs[i].source = source_close(open->logs[i].source);
	arena_free(&open->arena);
}

const struct hive_file *
hives_origin(const struct open_hive *open, uint64_t offset, uint64_t n, uint64_t *ret_offset)
{
	int log = hive_origin(open->hive, offset, n, ret_offset);

	if (log >= 0 && log < HIVE_LOGS)
		return &open->logs[log];
	*ret_offset = offset;
	return &open->primary;
}

/* ---- what the logs had to do with it ---- */

static const char *
name_of(const struct open_hive *open, unsigned log)
{
	const char *path = log < HIVE_LOGS ? open->logs[log].path : NULL;
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : "a log";
}

int
hives_replay_words(const struct open_hive *open, struct text *ret)
{
	const struct hive_state *s = hive_state(open->hive);
	int r = 0;

	switch (s->replay) {
	case HIVE_CLEAN:
		break;
	case HIVE_REPLAYED:
	case HIVE_PARTLY:
		r = text_printf(ret,
				"it was not written to its end (sequence numbers %u and %u): %" PRIu64
				" bytes were taken from %s (changes %u to %u), in memory",
				s->first, s->second, s->replayed, name_of(open, s->log), s->from, s->to);
		if (r == 0 && s->replay == HIVE_PARTLY)
			r = text_adds(ret, "; a later change in the log is damaged");
		break;
	case HIVE_LEFT_DIRTY:
		r = text_printf(ret,
				"it was not written to its end (sequence numbers %u and %u), and no log has what is missing: read "
				"as it lies in the file",
				s->first, s->second);
	}
	if (r == 0 && s->newer)
		r = text_printf(ret, "%s%u changes in a log are newer than it and were not applied, as Windows does not",
				ret->n ? "; " : "", s->newer);
	return r;
}
