/* notes_print.h - the notes of examiners beneath the findings that they are about. */
#ifndef NOTES_PRINT_H
#define NOTES_PRINT_H

#include "request.h"

/* Prints the notes to one finding, or (with NULL) to all, in the order in which they were made. 0 or negative. */
int notes_print(const struct request *request, const char *folder, const char *finding);

#endif
