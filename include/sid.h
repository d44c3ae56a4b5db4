/* sid.h - security identifiers: who Windows means by them. */
#ifndef SID_H
#define SID_H

#include "view.h"

enum { SID_PARTS_MAX = 15, SID_TEXT = 192 }; /* sub-authorities, and bytes of the longest text with its NUL */

/* The SID at the start of these bytes as "S-1-5-18": false when there is none. */
bool sid_text(struct view bytes, char ret[static SID_TEXT]);

/*
 * What a SID that is the same on every host is called: "NT AUTHORITY\SYSTEM", "IIS APPPOOL\DefaultAppPool", "" for one
 * that only its domain or host could name. A constant.
 */
const char *sid_name(const char *sid);

#endif
