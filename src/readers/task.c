/*
 * task.c - scheduled tasks, as the XML files of System32\Tasks have them: who set up what to run, as whom and when.
 *
 * [MS-TSCH] 2.5: UTF-16LE. The Date in it is what the program that registered the task wrote there, mostly by the
 * server's own clock without a zone, and anybody can write any: the event lies at the birth of the file.
 */
#include <errno.h>

#include "artefact_own.h"
#include "filetime.h"

enum { TRIGGERS_MAX = 16, TASK_BYTES_MAX = 1 << 20 };

static const char *const fields[] = {
	"TaskName", "URI", "Author", "Date", "Source", "Description", "Command", "Arguments", "CommandLine",
	"WorkingDirectory", "ClassId", "Data", "UserId", "GroupId", "LogonType", "RunLevel", "Enabled", "Hidden",
	"Trigger", "StartBoundary", "Interval", "SecurityDescriptor", NULL,
};

static const struct sigma_source source = {
	.title = "scheduled tasks",
	.product = "windows",
	.service = "scheduled-task",
	.fields = fields,
};

/* Where in the file what we call so stands. */
static const struct {
	const char *path, *field;
} elements[] = {
	{ "Task/RegistrationInfo/URI", "URI" },
	{ "Task/RegistrationInfo/Author", "Author" },
	{ "Task/RegistrationInfo/Date", "Date" },
	{ "Task/RegistrationInfo/Source", "Source" },
	{ "Task/RegistrationInfo/Description", "Description" },
	{ "Task/RegistrationInfo/SecurityDescriptor", "SecurityDescriptor" },
	{ "Task/Principals/Principal/UserId", "UserId" },
	{ "Task/Principals/Principal/GroupId", "GroupId" },
	{ "Task/Principals/Principal/LogonType", "LogonType" },
	{ "Task/Principals/Principal/RunLevel", "RunLevel" },
	{ "Task/Settings/Enabled", "Enabled" },
	{ "Task/Settings/Hidden", "Hidden" },
	{ "Task/Actions/Exec/WorkingDirectory", "WorkingDirectory" },
	{ "Task/Actions/ComHandler/ClassId", "ClassId" },
	{ "Task/Actions/ComHandler/Data", "Data" },
};

struct task {
	struct gathered gathered;
	struct text command, arguments; /* of the action in hand */
	struct text actions;            /* all of them, for a person */
	unsigned triggers;
	bool is_task;
};

static bool
is(const char *path, const char *other)
{
	return !strcmp(path, other);
}

static int
keep(struct text *t, struct view value)
{
	if (t->s)
		text_cut(t, 0);
	return text_add(t, value);
}

/* A program with its arguments, as it would be typed. */
static int
end_action(struct task *task)
{
	CLEANUP(text_free) struct text line = { 0 };
	int r = text_add(&line, text_view(&task->command));

	if (r == 0)
		r = words_add(&line, " ", text_view(&task->arguments));
	if (r == 0)
		r = gathered_add(&task->gathered, "Command", text_view(&task->command));
	if (r == 0)
		r = gathered_add(&task->gathered, "Arguments", text_view(&task->arguments));
	if (r == 0)
		r = gathered_add(&task->gathered, "CommandLine", text_view(&line));
	if (r == 0)
		r = words_add(&task->actions, "; ", text_view(&line));
	if (task->command.s)
		text_cut(&task->command, 0);
	if (task->arguments.s)
		text_cut(&task->arguments, 0);
	return r;
}

/* "Task/Triggers/CalendarTrigger" and what says when and how often within it. */
static int
take_trigger(struct task *task, const char *path, struct view text)
{
	static const char above[] = "Task/Triggers/";
	const char *name = path + sizeof(above) - 1, *slash = strchr(name, '/');

	if (strncmp(path, above, sizeof(above) - 1) != 0 || task->triggers >= TRIGGERS_MAX)
		return 0;
	if (!slash) {
		task->triggers++;
		return gathered_add(&task->gathered, "Trigger", view_text(name));
	}
	if (is(slash, "/StartBoundary"))
		return gathered_add(&task->gathered, "StartBoundary", text);
	return is(slash, "/Repetition/Interval") ? gathered_add(&task->gathered, "Interval", text) : 0;
}

static int
take_element(void *state, const char *path, struct view text)
{
	struct task *task = state;

	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++)
		if (is(path, elements[i].path))
			return gathered_add(&task->gathered, elements[i].field, text);
	if (is(path, "Task/Actions/Exec/Command"))
		return keep(&task->command, text);
	if (is(path, "Task/Actions/Exec/Arguments"))
		return keep(&task->arguments, text);
	if (is(path, "Task/Actions/Exec"))
		return end_action(task);
	return take_trigger(task, path, text);
}

static int
take_start(void *state, const char *path, const char *const *attributes)
{
	struct task *task = state;

	(void)attributes;
	task->is_task |= is(path, "Task");
	return 0;
}

/* The name by which the scheduler knows it is the path of its file below the folder Tasks. */
static int
add_name(const struct artefact_place *place, struct text *ret)
{
	static const char folder[] = "32/Tasks/", folder64[] = "WOW64/Tasks/";
	const char *at = strcasestr(place->path, folder), *at64 = strcasestr(place->path, folder64);
	const char *name = at ? at + sizeof(folder) - 1 : at64 ? at64 + sizeof(folder64) - 1 : place->name;
	int r = text_addc(ret, '\\');

	for (; *name && r == 0; name++)
		r = text_addc(ret, *name == '/' ? '\\' : *name);
	return r;
}

static uint64_t
date_of(struct view date)
{
	uint64_t when;

	return date.n && filetime_parse(date, &when) == 0 ? when : 0;
}

static int
compose(const struct gathered *g, const struct task *task, struct text *summary)
{
	struct view handler = gathered_value(g, "ClassId"), date = gathered_value(g, "Date");
	int r = text_adds(summary, "runs ");

	if (r == 0 && task->actions.n)
		r = text_add(summary, text_view(&task->actions));
	else if (r == 0)
		r = handler.n ? words_add(summary, "the COM handler ", handler) : text_adds(summary, "nothing");
	if (r == 0)
		r = words_add(summary, " as ", gathered_value(g, "UserId"));
	if (r == 0)
		r = words_add(summary, " as group ", gathered_value(g, "GroupId"));
	if (r == 0)
		r = words_add(summary, ", author ", gathered_value(g, "Author"));
	if (r == 0 && view_equal(gathered_value(g, "Hidden"), view_text("true")))
		r = text_adds(summary, ", hidden");
	if (r == 0 && view_equal(gathered_value(g, "Enabled"), view_text("false")))
		r = text_adds(summary, ", disabled");
	return r < 0 ? r : words_add(summary, ", dated by itself ", date);
}

static int
tell(struct artefact_reading *reading, struct task *task)
{
	const struct gathered *g = &task->gathered;
	CLEANUP(text_free) struct text summary = { 0 };
	CLEANUP(text_free) struct text name = { 0 };
	int r = add_name(&reading->place, &name);

	if (r == 0)
		r = gathered_add(&task->gathered, "TaskName", text_view(&name));
	if (r == 0)
		r = compose(g, task, &summary);
	return r < 0 ? r
		     : artefact_state(reading, &(struct artefact_record){ .when = reading->place.born,
									  .local = date_of(gathered_value(g, "Date")),
									  .filed = true,
									  .length = reading->src->size,
									  .subject = text_view(&name),
									  .summary = text_view(&summary),
									  .fields = gathered_fields(g) });
}

static int
read_xml(struct artefact_reading *reading, struct task *task, struct view bytes)
{
	const struct xml_taker taker = { .start = take_start, .end = take_element, .state = task };
	struct xml_result result;
	int r = xml_leaves(bytes, &taker, reading->out, &result);

	if (r == 0 && !task->is_task)
		return artefact_lose(reading, 0, "no scheduled task: its XML does not begin as one");
	reading->result.partly = !result.closed;
	if (r == 0 && task->command.n) /* broken off within the action */
		r = end_action(task);
	return r < 0 ? r : tell(reading, task);
}

static int
task_read(struct artefact_reading *reading)
{
	CLEANUP(free) uint8_t *bytes = NULL;
	struct task task = { 0 };
	struct view view;
	int r = reading->src->size ? artefact_bytes(reading, &bytes, &view) : 0;

	if (r == 0 && bytes)
		r = read_xml(reading, &task, view);
	gathered_clear(&task.gathered);
	text_free(&task.command);
	text_free(&task.arguments);
	text_free(&task.actions);
	return r;
}

const struct artefact_kind artefact_task = {
	.log = { .name = "task", .title = "scheduled tasks", .event = "task.registered", .source = &source },
	.longest = TASK_BYTES_MAX,
	.read = task_read,
};
