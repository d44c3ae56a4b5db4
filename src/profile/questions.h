/* questions.h - the questions of one profile.yaml. */
#ifndef QUESTIONS_H
#define QUESTIONS_H

#include "inside.h"

/* Takes what stands under `questions`: 0, complaints made, or -ENOMEM. */
int questions_take(const struct origin *from, const struct tree *map);

#endif
