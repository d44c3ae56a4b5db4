/* replay.c - what a reader makes of a file, as text: `replay READER FILE`. A golden is a fixture and an .expected beside it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "replay.h"

int
main(int argc, char **argv)
{
	CLEANUP(replay_close) struct replay *replay = NULL;
	CLEANUP(text_free) struct text bytes = { 0 };
	CLEANUP(source_close) struct source *src = NULL;

	if (argc != 3 || (strcmp(argv[1], "content") && strcmp(argv[1], "evtx") && strncmp(argv[1], "logs/", 5))) {
		fputs("usage: replay content|evtx|logs/KIND FILE\n", stderr);
		return 2;
	}
	if (replay_open(&replay) < 0 || replay_load(argv[1], argv[2], &bytes) < 0 ||
	    source_memory(text_view(&bytes), argv[2], &src) < 0)
		return 1;
	return replay_feed(replay, argv[1], src, stdout, UINT64_MAX) < 0;
}
