/* regvalue.h - the values of a registry hive as records that rules can be asked of, as if each had just been set. */
#ifndef REGVALUE_H
#define REGVALUE_H

#include "fields.h"
#include "hive.h"
#include "sigma.h"

/* Which part of the registry a hive is. */
enum registry_part {
	PART_SYSTEM,
	PART_SOFTWARE,
	PART_SAM,
	PART_SECURITY,
	PART_USER,    /* NTUSER.DAT */
	PART_CLASSES, /* UsrClass.dat */
	PART_AMCACHE, /* not a part of the registry that rules know */
	PART_OTHER,
};

/* By the name of its file, whatever the case. */
enum registry_part registry_part_of(const char *file);
bool registry_is_log(const char *file); /* whether it is called like the transaction log of one of them */
const char *registry_part_name(enum registry_part part); /* "SYSTEM", "user" ... */

/* Where a hive hangs. */
struct regvalue_root {
	enum registry_part part;
	const char *owner; /* of a user's: the SID, or what is known instead; NULL where nothing is */
	unsigned set;      /* of SYSTEM: the control set that is CurrentControlSet, 0 for none */
};

enum regvalue_limits {
	REGVALUE_NAMES = 2,        /* names that one value has */
	REGVALUE_TEXT_MAX = 1 << 20, /* bytes of a value that are asked for */
};

/*
 * A value, as Sysmon would tell of it being set: TargetObject (HKLM\SYSTEM\ControlSet001\... and the same below
 * CurrentControlSet; HKU\SID\... and HKCU\...), Details ("DWORD (0x00000001)", "Binary Data", strings as they are), EventType
 * SetValue. Who set it and when is not in a hive: Image and User are no fields of it, and `when` is the last write of its
 * key. Borrowed for the call.
 */
struct regvalue {
	struct fields fields;
	struct view object;  /* the first of its names */
	struct view details; /* all of it, "; " between several strings */
	struct view path;    /* of its key within the hive */
	const struct hive_key *key;
	const struct hive_value *value;
	uint64_t length; /* bytes of its cell that say name and type; the data may lie elsewhere */
};

typedef int regvalue_take(void *state, const struct regvalue *value);

/* What such records are. */
extern const struct sigma_source regvalue_source;

/* One value of a key at this path. 0, what take gave, or negative. */
int regvalue_tell(struct hive *hive, const struct regvalue_root *root, const struct hive_key *key, struct view path,
		  const struct hive_value *value, struct sink *out, regvalue_take *take, void *state);

/* The path of a key as rules and people write it, from HKLM or HKU on: 0 or -ENOMEM. */
int regvalue_object(const struct regvalue_root *root, struct view path, struct text *ret);

/* What a value holds, in words. At most REGVALUE_TEXT_MAX bytes are looked at. */
int regvalue_details(struct hive *hive, const struct hive_value *value, struct text *ret);

#endif
