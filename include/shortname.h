/* shortname.h - 8.3 names: whether Windows would have made this one for the long name beside it. */
#ifndef SHORTNAME_H
#define SHORTNAME_H

#include "view.h"

/*
 * Both are UTF-16LE. Windows takes the first letters of the long name, or two of them and four hexadecimal digits, then
 * ~N, and the first three letters of the ending (MS-FSCC 2.1.5.2.1). A long name that is not all ASCII always fits:
 * what becomes of it depends on a code page.
 */
bool short_name_fits(struct view dos, struct view name);

#endif
