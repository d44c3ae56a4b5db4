/* registered.h - what the registry tells of a Windows before files are chosen: drives, folders, users, Exchange, clock. */
#ifndef REGISTERED_H
#define REGISTERED_H

#include "build.h"
#include "hives.h"
#include "sites.h"
#include "zone.h"

enum { DRIVE_LETTERS = 26, REGISTERED_USERS_MAX = 4096, REGISTERED_SETUP_MAX = 64 };

/* Folders that Windows keeps where its registry says. */
enum registered_folder { FOLDER_PROGRAMS, FOLDER_PROGRAMS_X86, FOLDER_COMMON, FOLDER_DATA, FOLDER_PUBLIC, REGISTERED_FOLDERS };

/* A letter that MountedDevices names. */
struct registered_drive {
	const char *mounted; /* what it stands for, as volume_mounted() has it; NULL: the letter is not there */
	bool here;           /* that is a volume of this image: */
	uint32_t volume;     /* its index */
	uint64_t offset;     /* of the value, in SYSTEM */
	uint64_t written;
};

/* A profile folder. */
struct registered_profile {
	const char *sid, *configured;
	struct site_place place; /* by registered_bind; found SITE_UNKNOWN before */
};

/* A value of the setup of Exchange, or an update that the installer lists. */
struct registered_setup {
	const char *name, *value, *key;
	uint64_t written, offset;
	int64_t number;
};

/* The hive that says so. */
struct registered_hive {
	const char *path; /* NULL: there is none */
	uint64_t mft;
	bool read;
};

/* One Windows. Texts lie in the arena. */
struct registered_windows {
	uint32_t host;         /* index into the exam's hosts */
	struct arena arena;
	struct registered_hive system, software;
	struct registered_drive drives[DRIVE_LETTERS];
	VECTOR(struct registered_profile) profiles;
	VECTOR(struct registered_setup) setup;
	const char *folders[REGISTERED_FOLDERS]; /* as the registry names them, NULL where it does not */
	struct site_place places[REGISTERED_FOLDERS]; /* where these are, by registered_bind */
	const char *install;     /* MsiInstallPath, NULL where there is none */
	struct site_place found; /* where that is, by registered_bind */
	bool bound;              /* that was asked */
	bool added;              /* an Exchange that nothing else tells of */
	bool has_zone;
	struct zone zone;
	const char *name, *domain, *product, *build, *revision; /* NULL where they are not told */
};

struct registered {
	VECTOR(struct registered_windows *) windows;
};

/* Finds the folders of Exchange and of users that the registry names; those are hosts from then on. 0 or negative. */
int registered_bind(struct exam *exam, struct sites *sites);

/* What the registry says of Exchange's build, as witnesses of it. 0 or negative. */
int registered_builds(struct exam *exam);

/* Whether an installed program is an update of Exchange by its name. */
bool registered_is_update(struct view name);
/* The build that such a name stands for by the tables of the profile, no parts where it stands for none that they tell
 * apart, and why that is said. 0 or -ENOMEM. */
int registered_update(const struct profile *profile, const struct registered_setup *s, struct build *ret_build, struct text *ret_note);

/* What came of drive letters and folders, as facts of the host. 0 or negative. */
int registered_write(struct exam *exam);

/* What a drive letter (upper case) stood for on a Windows; NULL where its registry does not tell. */
const struct registered_drive *registered_drive(const struct exam *exam, const struct host_place *windows, char letter);

/* The folders of each Windows as bindings of a profile's variables, each once: calls put with the variable, the volume and
 * the path. 0, or what put gave. */
int registered_folders(struct exam *exam, int (*put)(void *state, const char *variable, uint32_t volume, const char *path),
		       void *state);

/* The SID of the user whose profile folder a path lies in, by the registry of its Windows; NULL where that is not told. */
const char *registered_user(const struct exam *exam, uint32_t volume, const char *path);

/* The time zone that the Windows of a volume, or the only one of the exhibit, was set to last; NULL where nobody tells.
 * Nothing is moved by it: it is shown beside times of a local clock. */
const struct zone *registered_zone(const struct exam *exam, uint32_t volume);

#endif
