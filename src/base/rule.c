/* rule.c - the words for levels, stages, kinds and states of rules, as they stand in cases and profiles. */
#include "rule.h"

static const char *const levels[LEVELS] = { "info", "low", "medium", "high", "critical" };

static const char *const stages[STAGES] = {
	[STAGE_NONE] = "",
	[STAGE_RECON] = "recon",
	[STAGE_INITIAL_ACCESS] = "initial-access",
	[STAGE_EXECUTION] = "execution",
	[STAGE_PERSISTENCE] = "persistence",
	[STAGE_PRIVILEGE_ESCALATION] = "privilege-escalation",
	[STAGE_DEFENSE_EVASION] = "defense-evasion",
	[STAGE_CREDENTIAL_ACCESS] = "credential-access",
	[STAGE_DISCOVERY] = "discovery",
	[STAGE_LATERAL_MOVEMENT] = "lateral-movement",
	[STAGE_COLLECTION] = "collection",
	[STAGE_COMMAND_AND_CONTROL] = "command-and-control",
	[STAGE_EXFILTRATION] = "exfiltration",
	[STAGE_IMPACT] = "impact",
};

static const char *const kinds[RULE_KINDS] = { "yara", "sigma", "hash", "path", "ioc" };
static const char *const states[] = { "used", "not-evaluable", "failed" };

/* ASCII letters without case, and '_' as Sigma's and ATT&CK's tags write the '-'. */
static bool
same_word(struct view name, const char *word)
{
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];

		c = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c == '_' ? '-' : c;
		if (!word[i] || c != (uint8_t)word[i])
			return false;
	}
	return !word[name.n];
}

const char *
level_name(enum level level)
{
	return levels[level];
}

const char *
stage_name(enum stage stage)
{
	return stages[stage];
}

const char *
rule_kind_name(enum rule_kind kind)
{
	return kinds[kind];
}

const char *
rule_state_name(enum rule_state state)
{
	return states[state];
}

bool
level_parse(struct view name, enum level *ret_level)
{
	for (int i = 0; i < LEVELS; i++) {
		if (same_word(name, levels[i])) {
			*ret_level = (enum level)i;
			return true;
		}
	}
	return false;
}

bool
stage_parse(struct view name, enum stage *ret_stage)
{
	for (int i = STAGE_NONE + 1; i < STAGES; i++) {
		if (same_word(name, stages[i])) {
			*ret_stage = (enum stage)i;
			return true;
		}
	}
	return false;
}
