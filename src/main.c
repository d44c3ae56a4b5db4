/* main.c - from argv to one verb. */
#include <stdio.h>
#include <stdlib.h>

#include "verb.h"

int
main(int argc, char **argv)
{
	struct request request = { 0 };
	const struct verb *verb;
	int status = request_parse(argc, argv, &request, &verb);

	if (status == 0)
		status = verb->run(&request);
	free((void *)request.operands);
	if (fflush(stdout) != 0 || ferror(stdout))
		return status == EXIT_COMPLETE ? EXIT_FAILED : status;
	return status;
}
