/* versions.h - the libraries that do part of the work, by name and version, for the record. */
#ifndef VERSIONS_H
#define VERSIONS_H

/* A line each on stdout. Every room adds the libraries that only it may know. */
void versions_print(void);
void versions_evidence(void (*line)(const char *name, const char *version));
void versions_content(void (*line)(const char *name, const char *version));
void versions_case(void (*line)(const char *name, const char *version));
void versions_profile(void (*line)(const char *name, const char *version));
void versions_readers(void (*line)(const char *name, const char *version));

#endif
