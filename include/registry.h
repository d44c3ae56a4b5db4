/* registry.h - what the registry of a host says about it: facts out of its SYSTEM, SOFTWARE and SAM hives. */
#ifndef REGISTRY_H
#define REGISTRY_H

#include "hive.h"

enum registry_kind {
	REGISTRY_CONTROL_SET, /* the one in use; number: which */
	REGISTRY_COMPUTER,    /* subject: ComputerName, Hostname, Domain */
	REGISTRY_SHUTDOWN,    /* when */
	REGISTRY_ZONE,        /* subject: a value of TimeZoneInformation; number: minutes, where it is a bias */
	REGISTRY_SETTING,     /* subject: the value's name */
	REGISTRY_SERVICE, /* subject: its name, value: its image path, number: when it starts (2 by itself, 4 never) */
	REGISTRY_SERVICE_DLL, /* subject: its name, value: the library that a host process loads for it */
	REGISTRY_ADDRESS,     /* subject: the interface and the value's name, value: addresses */
	REGISTRY_SHARE,       /* subject: its name, value: its path */
	REGISTRY_MOUNT,       /* subject: \DosDevices\C: and so on, value: disk and offset, or partition */
	REGISTRY_SHIM,        /* subject: a path, when: the file's last change, number: place in the cache */
	REGISTRY_HTTPERR,     /* value: the folder above HTTPERR */
	REGISTRY_WINDOWS,     /* subject: ProductName, CurrentBuild and so on; when: of an install date */
	REGISTRY_RUN,         /* subject: the value's name, value: the command */
	REGISTRY_EXCHANGE,    /* subject: MsiInstallPath, OwaVersion and so on */
	REGISTRY_ACCOUNT,     /* subject: its name, number: its RID, value: "disabled" or "" */
	REGISTRY_LOGON,       /* when an account logged on last */
	REGISTRY_PASSWORD,    /* when its password was set */
	REGISTRY_FAILED,      /* when its password was wrong last */
	REGISTRY_FOLDER,      /* subject: ProgramFilesDir and so on, value: where Windows keeps that */
	REGISTRY_PROFILE,     /* subject: the SID of a user, value: the folder of the profile */
	REGISTRY_INSTALLED,   /* subject: a program's name, value: its version */
	REGISTRY_PROGRAM,     /* subject: a path, value: SHA-1 of what lay there or "", when: its last change */
	REGISTRY_KINDS,
};

/* All text is UTF-8 and borrowed for the call. */
struct registry_fact {
	enum registry_kind kind;
	struct view subject, value;
	int64_t number;   /* -1: none */
	uint64_t when;    /* FILETIME; 0: none */
	struct view path; /* of the key within its hive */
	uint64_t written; /* when that key was written */
	uint64_t offset;  /* of the value's cell, or of the key's, in the primary file */
};

typedef int registry_take(void *state, const struct registry_fact *fact);

enum { REGISTRY_SHIM_MAX = 4096 }; /* entries of one cache; Windows keeps 1,024 */

/*
 * All facts that a hive of one kind has, in a fixed order; what is not there is left out. Values whose bytes are not
 * what they should be are told as damage to out, at offsets of the primary file. What take gives back other than 0 ends
 * it and is given back; else 0 or negative.
 */
int registry_system(struct hive *hive, struct sink *out, registry_take *take, void *state);
int registry_software(struct hive *hive, struct sink *out, registry_take *take, void *state);
int registry_user(struct hive *hive, struct sink *out, registry_take *take, void *state);    /* NTUSER.DAT */
int registry_amcache(struct hive *hive, struct sink *out, registry_take *take, void *state);
int registry_sam(struct hive *hive, struct sink *out, registry_take *take, void *state);

/* "service" and so on. */
const char *registry_kind_name(enum registry_kind kind);

#endif
