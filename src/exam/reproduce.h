/* reproduce.h - the command by which anybody sees the bytes of a finding with other tools; for findings alone. */
#ifndef REPRODUCE_H
#define REPRODUCE_H

#include "exam.h"
#include "rests.h"

/* What a finding at this place rests on. */
enum rests place_rests(const struct place *place);

/*
 * One line for a POSIX shell in the folder of the image: shows the bytes (or the entry, where it rests on none), and
 * ends with the SHA-256 that the case states: of the stream where it has one, else of the bytes (`hashed`). 0 or
 * -ENOMEM.
 */
int reproduce_compose(const struct exam *exam, const struct place *place, const struct mark *mark, bool hashed,
		      struct text *ret_command);

#endif
