/* file.h - the tool's own files: small ones read whole, folders made and removed. Never for evidence. */
#ifndef FILE_H
#define FILE_H

#include "text.h"

/* Reads a file of at most max bytes: 0, or negative after fail(). */
int file_read(const char *path, size_t max, struct text *ret_text);

/* Writes all of it to a descriptor: 0 or a negative errno, silently. */
int file_write(int fd, struct view bytes);

/* Makes a folder (mode 0700) if it is not there yet: 0, or negative after fail(). */
int folder_make(const char *path);

/*
 * Opens `name` in an open folder, never by way of a link and never outside the folder: a descriptor or a negative
 * errno, silently. mode counts where flags have O_CREAT.
 */
int beneath_open(int folder, const char *name, int flags, unsigned mode);

/*
 * Whether `name` in a folder may be written to: it is not there yet, or a plain file that has no other name, or (where
 * `is_folder`) a folder and no link to one. 0, or negative after fail(). For what others open by its path.
 */
int output_check(const char *folder, const char *name, bool is_folder);

/* Removes a folder and the plain files in it, two levels deep; what cannot be removed stays. */
void folder_remove(const char *path);

/* "a/b" from "a" and "b": free it; NULL after fail(). */
char *path_join(const char *folder, const char *name);

#endif
