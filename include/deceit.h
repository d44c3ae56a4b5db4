/* deceit.h - names that are not what they seem, or that Windows itself cannot open: facts about a name alone. */
#ifndef DECEIT_H
#define DECEIT_H

#include "view.h"

enum deceit {
	DECEIT_DIRECTION = 1, /* marks that turn the direction of writing: what is read is not what is there */
	DECEIT_INVISIBLE = 2, /* characters that are not seen */
	DECEIT_LOOKALIKE = 4, /* letters of another script, or other forms, that look like Latin ones */
	DECEIT_TAIL = 8,      /* ends in a dot or blank, which Windows programs drop */
	DECEIT_DEVICE = 16,   /* CON, NUL, COM1 and so on, which Windows takes for a device */
	DECEIT_ILLEGAL = 32,  /* a character that Windows programs cannot use in a name, or half of one */
	DECEIT_SHORT = 64,    /* an 8.3 name that is not one of its long name */
	DECEIT_TWIN = 128,    /* differs from a neighbour in case alone */
	DECEIT_STREAM = 256,  /* a named stream that is a script's, a script's name, or a folder's */
	DECEIT_DOUBLE = 512,  /* an ending that runs behind one that does not */
	DECEIT_EXACT = 1024,  /* a folder that tells names apart by case */
	DECEITS = 11,
};

/* What the name shows by itself: a mask of the first six. UTF-16LE; names that are plain ASCII are the fast way. */
unsigned name_deceits(struct view name);

/* Whether a name ends in two endings of which only the last one runs: picture.jpg.aspx. UTF-8. */
bool name_is_double(const char *name);

/* What a named stream of a file or folder called `name` shows; both UTF-8 as in the case. The streams that Windows and
 * browsers keep (Zone.Identifier, WofCompressedData) show nothing. */
unsigned stream_deceits(const char *stream, const char *name, bool directory);

#endif
