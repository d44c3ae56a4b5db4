/* rule.h - one rule of a profile, whatever engine applies it: what a finding says of itself and who says so. */
#ifndef RULE_H
#define RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "view.h"

enum level { LEVEL_INFO, LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL, LEVELS };

enum stage {
	STAGE_NONE,
	STAGE_RECON,
	STAGE_INITIAL_ACCESS,
	STAGE_EXECUTION,
	STAGE_PERSISTENCE,
	STAGE_PRIVILEGE_ESCALATION,
	STAGE_DEFENSE_EVASION,
	STAGE_CREDENTIAL_ACCESS,
	STAGE_DISCOVERY,
	STAGE_LATERAL_MOVEMENT,
	STAGE_COLLECTION,
	STAGE_COMMAND_AND_CONTROL,
	STAGE_EXFILTRATION,
	STAGE_IMPACT,
	STAGES,
};

enum rule_kind { RULE_YARA, RULE_SIGMA, RULE_HASH, RULE_PATH, RULE_IOC, RULE_KINDS };

enum rule_state { RULE_USED, RULE_NOT_EVALUABLE, RULE_FAILED };

/* Strings are UTF-8, never NULL ("" where there is nothing), and live as long as the profile. */
struct rule {
	const char *id; /* unique within the profiles that are loaded together */
	enum rule_kind kind;
	enum level level;
	enum stage stage;
	const char *technique; /* ATT&CK id */
	const char *cve;
	const char *title;
	const char *author;
	const char *source; /* the file it came from, as profile/file, and its SHA-256 */
	const char *benign; /* what else it could be */
	enum rule_state state;
	const char *reason; /* why it is not used */
	uint32_t number;    /* its place among all rules of the profile */
};

const char *level_name(enum level level); /* "info" ... */
const char *stage_name(enum stage stage); /* "initial-access" ..., "" for none */
const char *rule_kind_name(enum rule_kind kind);
const char *rule_state_name(enum rule_state state);
bool level_parse(struct view name, enum level *ret_level);
bool stage_parse(struct view name, enum stage *ret_stage);

#endif
