/*
 * registered_update.c - security updates of Exchange as the installer lists them: "Security Update for Exchange Server
 * 2016 Cumulative Update 19 (KB5000871)" names a build, where a table of the profile knows that number.
 */
#include <ctype.h>
#include <stdlib.h>

#include "patches.h"
#include "registered.h"

enum { KB_MAX = 16, PRODUCT_MAX = 32, UPDATE_MAX = 16 };

/* What the name of an update says, in the words of the tables. */
struct update_name {
	char product[PRODUCT_MAX]; /* "Exchange 2016" */
	char update[UPDATE_MAX];   /* "CU19", "" where it is not named */
	char kb[KB_MAX];           /* "KB5000871" */
};

bool
registered_is_update(struct view name)
{
	static const char server[] = "Exchange Server ", number[] = "(KB";

	return memmem(name.p, name.n, server, sizeof(server) - 1) && memmem(name.p, name.n, number, sizeof(number) - 1);
}

/* Digits right behind some words, with what the tables write before them: false where there are none, or too many. */
static bool
digits_behind(const char *name, const char *words, const char *before, char *ret, size_t room)
{
	const char *at = strstr(name, words);
	size_t n = 0, used = strlen(before);

	for (at = at ? at + strlen(words) : ""; isdigit((unsigned char)at[n]);)
		n++;
	if (!n || used + n >= room)
		return false;
	memcpy(ret, before, used);
	memcpy(ret + used, at, n);
	ret[used + n] = 0;
	return true;
}

static bool
parse(const char *name, struct update_name *ret)
{
	*ret = (struct update_name){ .update = "" };
	if (!digits_behind(name, "Exchange Server ", "Exchange ", ret->product, sizeof(ret->product)) ||
	    !digits_behind(name, "(KB", "KB", ret->kb, sizeof(ret->kb)))
		return false;
	if (!digits_behind(name, "Cumulative Update ", "CU", ret->update, sizeof(ret->update)) &&
	    digits_behind(name, "Service Pack ", "SP", ret->update, sizeof(ret->update)) && !strcmp(ret->product, "Exchange 2013"))
		strcpy(ret->update, "CU4"); /* the only one of 2013 is counted as an update */
	return true;
}

static bool
is_of(const struct release *release, const struct update_name *name)
{
	return !strcmp(release->product, name->product) && (!name->update[0] || !strcmp(release->update, name->update));
}

/* Several builds of one cumulative update leave that; of several, nothing. */
static unsigned
narrow(const struct profile *profile, const struct update_name *name, bool by_number, struct build *ret)
{
	const struct release *releases;
	size_t n = profile_releases(profile, &releases);
	unsigned found = 0;

	for (size_t i = 0; i < n; i++) {
		const struct release *release = &releases[i];

		if (!is_of(release, name) || (by_number && strcmp(release->kb, name->kb) != 0))
			continue;
		if (found && !build_same_cu(&release->build, ret))
			ret->parts = 0;
		else if (found && ret->parts)
			ret->parts = BUILD_CU_PARTS;
		else if (!found)
			*ret = release->build;
		found++;
	}
	return found;
}

int
registered_update(const struct profile *profile, const struct registered_setup *s, struct build *ret_build, struct text *ret_note)
{
	struct update_name name;
	const char *worth = "";

	*ret_build = (struct build){ .parts = 0 };
	if (!registered_is_update(view_text(s->name)) || !parse(s->name, &name))
		return 0;
	if (!narrow(profile, &name, true, ret_build)) {
		if (name.update[0])
			narrow(profile, &name, false, ret_build);
		if (ret_build->parts)
			ret_build->parts = BUILD_CU_PARTS;
		worth = ", a number that is in no table: tells the cumulative update alone";
	} else if (ret_build->parts == BUILD_CU_PARTS) {
		worth = ", which several builds have: tells the cumulative update alone";
	}
	return text_printf(ret_note, "%s in the list of installed programs%s; the time is the last write of the key", name.kb, worth);
}
