/* bind.c - what the variables of a profile stand for on the hosts that were found. */
#include <errno.h>

#include "exam.h"
#include "fail.h"
#include "registered.h"
#include "sites.h"

typedef VECTOR(struct binding) binding_list;

static int
bind(binding_list *list, const char *variable, uint32_t volume, const char *path)
{
	struct binding *b = vector_push(list);

	if (!b)
		return -ENOMEM;
	*b = (struct binding){ .variable = variable, .volume = volume, .path = path };
	return 0;
}

/* The folders that Windows makes on its drive, wherever that drive is. */
static int
bind_drive(struct exam *exam, binding_list *list, uint32_t volume, const char *drive)
{
	static const struct {
		const char *variable, *folder;
	} known[] = {
		{ "environ_programfiles", "Program Files" },
		{ "environ_programfilesx86", "Program Files (x86)" },
		{ "environ_commonprogramfiles", "Program Files/Common Files" },
		{ "environ_programdata", "ProgramData" },
		{ "environ_allusersappdata", "ProgramData" },
		{ "environ_allusersprofile", "ProgramData" },
	};
	const char *slash = drive[0] ? "/" : "";
	int r = bind(list, "environ_systemdrive", volume, drive);

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]) && r == 0; i++) {
		char *path = arena_printf(&exam->arena, "%s%s%s", drive, slash, known[i].folder);

		r = path ? bind(list, known[i].variable, volume, path) : -ENOMEM;
	}
	return r;
}

static int
bind_windows(struct exam *exam, binding_list *list, const struct host_place *place)
{
	const char *slash = strrchr(place->path, '/');
	char *drive = arena_copy(&exam->arena, view_of(place->path, slash ? (size_t)(slash - place->path) : 0));
	int r = drive ? bind_drive(exam, list, place->volume, drive) : -ENOMEM;

	if (r == 0)
		r = bind(list, "environ_systemroot", place->volume, place->path);
	return r < 0 ? r : bind(list, "environ_windir", place->volume, place->path);
}

static int
bind_place(struct exam *exam, binding_list *list, const struct host_place *place)
{
	static const struct {
		const char *variable, *folder;
	} user[] = {
		{ "users.userprofile", "" },
		{ "users.appdata", "/AppData/Roaming" },
		{ "users.localappdata", "/AppData/Local" },
		{ "users.temp", "/AppData/Local/Temp" },
	};
	int r = 0;

	if (place->kind == HOST_WINDOWS)
		return bind_windows(exam, list, place);
	if (place->kind == HOST_EXCHANGE)
		return bind(list, "exchange_install", place->volume, place->path);
	for (size_t i = 0; i < sizeof(user) / sizeof(user[0]) && r == 0; i++) {
		char *path = arena_printf(&exam->arena, "%s%s", place->path, user[i].folder);

		r = path ? bind(list, user[i].variable, place->volume, path) : -ENOMEM;
	}
	return r;
}

/* The folders that a configuration of IIS names. */
static int
bind_sites(binding_list *list, const struct sites *sites)
{
	static const char *const variables[] = {
		[USE_LOGS] = "iis_log_folder",
		[USE_TRACES] = "iis_trace_folder",
		[USE_PAGES] = "iis_web_root",
		[USE_DRIVE] = "iis_served_drive",
	};
	int r = 0;

	for (size_t i = 0; sites && i < sites->roots.n && r == 0; i++)
		r = bind(list, variables[sites->roots.at[i].use], sites->roots.at[i].volume, sites->roots.at[i].path);
	return r;
}

/* What the registry names, where it is not what the folders of the drive have told already. */
static int
bind_told(void *state, const char *variable, uint32_t volume, const char *path)
{
	binding_list *list = state;

	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->at[i].variable, variable) && list->at[i].volume == volume && !strcmp(list->at[i].path, path))
			return 0;
	return bind(list, variable, volume, path);
}

/* Where no Windows is found, any volume may be the system drive of one: patterns then apply to each. */
static int
bind_all(struct exam *exam, binding_list *list)
{
	bool windows = false;
	int r = 0;

	for (size_t i = 0; i < exam->hosts.n && r == 0; i++) {
		windows |= exam->hosts.at[i].kind == HOST_WINDOWS;
		r = bind_place(exam, list, &exam->hosts.at[i]);
	}
	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++) {
		if (!exam->volumes[i].catalog)
			continue;
		r = bind(list, "every_volume", i, "");
		if (r == 0 && !windows)
			r = bind_drive(exam, list, i, "");
		if (r == 0 && !windows)
			r = bind(list, "environ_systemroot", i, "Windows");
	}
	if (r == 0)
		r = registered_folders(exam, bind_told, list);
	return r < 0 ? r : bind_sites(list, exam->sites);
}

int
exam_chooser(struct exam *exam, struct chooser **ret_chooser)
{
	binding_list list = { 0 };
	int r = bind_all(exam, &list);

	if (r < 0)
		r = fail(ENOMEM, "out of memory for the folders of %s", exam->path);
	else
		r = chooser_new(exam->profile, list.at, list.n, exam->volume_count, ret_chooser);
	vector_free(&list);
	return r;
}

int
bindings_write(struct exam *exam)
{
	binding_list list = { 0 };
	int r = bind_all(exam, &list);

	if (r < 0)
		r = fail(ENOMEM, "out of memory for the folders of %s", exam->path);
	for (size_t i = 0; i < list.n && r == 0; i++)
		r = case_binding(exam->db, exam->volumes[list.at[i].volume].number, list.at[i].variable, list.at[i].path);
	vector_free(&list);
	return r;
}
