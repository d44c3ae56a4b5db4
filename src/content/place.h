/* place.h - what public YARA rules expect to be told of a file: its folder and its type. */
#ifndef PLACE_H
#define PLACE_H

#include "text.h"

/* The folder of a path on the volume as `\Windows\Temp`, without the drive letter that an image does not have. */
int place_folder(const char *path, struct text *ret_folder);

/* The type by its first bytes, in the words of LOKI's signature list; "" for others. */
const char *place_type(struct view head);

#endif
