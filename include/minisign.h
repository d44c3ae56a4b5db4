/* minisign.h - signatures by the program minisign, where it is installed. */
#ifndef MINISIGN_H
#define MINISIGN_H

#include <stdbool.h>

/* Whether a file is one of minisign's keys. */
bool minisign_key(const char *path);

/* Both run the program, which may ask for a password on the terminal. Signing: 0, or negative after fail(). Checking:
 * 1, 0 where the signature is not good, or negative after fail(). */
int minisign_sign(const char *key, const char *file, const char *signature);
int minisign_check(const char *key, const char *file, const char *signature);

#endif
