/* written.h - the report, for the verbs that make or change a case. */
#ifndef WRITTEN_H
#define WRITTEN_H

struct request;

/* Writes folder/report.html, and report.pdf where the request asks for it: 0, or negative after fail(). */
int report_write(const char *folder, const struct request *request);

#endif
