/* fail.c - messages of the tool itself, one line each on stderr, safe to show on a terminal. */
#include "fail.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include "text.h"

enum { MESSAGE_MAX = 4096 };

/* Set once from the command line, before any thread starts. */
static atomic_bool quiet;

static char last[MESSAGE_MAX];
static pthread_mutex_t last_lock = PTHREAD_MUTEX_INITIALIZER;

static void
speak(const char *what, const char *format, va_list args)
{
	char plain[MESSAGE_MAX];
	struct text line = { 0 };
	int n = vsnprintf(plain, sizeof(plain), format, args);

	if (n < 0)
		return;
	if ((size_t)n >= sizeof(plain))
		n = (int)sizeof(plain) - 1;
	if (text_adds(&line, what) == 0 && text_add_escaped(&line, view_of(plain, (size_t)n)) == 0 &&
	    text_addc(&line, '\n') == 0)
		fwrite(line.s, 1, line.n, stderr);
	text_free(&line);
}

int
fail(int error, const char *format, ...)
{
	va_list args;

	pthread_mutex_lock(&last_lock);
	va_start(args, format);
	vsnprintf(last, sizeof(last), format, args);
	va_end(args);
	pthread_mutex_unlock(&last_lock);
	va_start(args, format);
	speak("postmortem: ", format, args);
	va_end(args);
	return -error;
}

const char *
fail_last(void)
{
	return last;
}

void
say(const char *format, ...)
{
	va_list args;

	if (atomic_load(&quiet))
		return;
	va_start(args, format);
	speak("", format, args);
	va_end(args);
}

void
say_quiet(bool value)
{
	atomic_store(&quiet, value);
}
