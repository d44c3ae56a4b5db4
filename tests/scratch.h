/* scratch.h - a folder for each test, with a case in it: entered before, gone afterwards. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"

static int
enter_folder(void **state)
{
	char folder[] = "/tmp/postmortem-test.XXXXXX";

	if (!mkdtemp(folder) || chdir(folder) < 0 || mkdir("case", 0700) < 0)
		return -1;
	*state = strdup(folder);
	say_quiet(true);
	return *state ? 0 : -1;
}

static int
leave_folder(void **state)
{
	char command[128];
	int r;

	snprintf(command, sizeof(command), "rm -rf '%s'", (char *)*state);
	r = chdir("/");
	if (r == 0)
		r = system(command);
	free(*state);
	return r;
}

#endif
