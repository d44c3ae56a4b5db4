/* place.c - folders and types of files in the words of public rule sets. */
#include "place.h"

static const struct {
	const char *name;
	size_t n;
	const char *bytes;
} types[] = {
	{ "EXE", 2, "MZ" },
	{ "ZIP", 4, "PK\x03\x04" },
	{ "RAR", 4, "Rar!" },
	{ "7Z", 4, "7z\xbc\xaf" },
	{ "CAB", 4, "MSCF" },
	{ "GIF", 4, "GIF8" },
	{ "JPG", 3, "\xff\xd8\xff" },
	{ "PNG", 4, "\x89PNG" },
	{ "PDF", 4, "%PDF" },
	{ "RTF", 5, "{\\rtf" },
	{ "OLE", 4, "\xd0\xcf\x11\xe0" },
	{ "MDMP", 4, "MDMP" },
	{ "LNK", 4, "L\x00\x00\x00" },
};

int
place_folder(const char *path, struct text *ret_folder)
{
	const char *slash = strrchr(path, '/');
	int r = text_adds(ret_folder, "\\");

	while (*path == '/')
		path++;
	if (r == 0 && slash && slash > path)
		r = text_add(ret_folder, view_of(path, (size_t)(slash - path)));
	for (size_t i = 0; r == 0 && i < ret_folder->n; i++)
		if (ret_folder->s[i] == '/')
			ret_folder->s[i] = '\\';
	return r;
}

const char *
place_type(struct view head)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (head.n >= types[i].n && !memcmp(head.p, types[i].bytes, types[i].n))
			return types[i].name;
	return "";
}
