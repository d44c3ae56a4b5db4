/* cleanup.h - handles that close themselves when their name goes out of scope. */
#ifndef CLEANUP_H
#define CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

/* `CLEANUP(source_close) struct source *src = NULL;` for every type that DEFINE_CLEANUP names. */
#define CLEANUP(function) __attribute__((cleanup(function##_at)))

/* To stand in the header of a type behind the declaration of its `type *function(type *)`, which accepts NULL. */
#define DEFINE_CLEANUP(type, function) \
	static inline void function##_at(type **at) \
	{ \
		if (*at) \
			function(*at); \
	}

static inline void
free_at(void *at)
{
	free(*(void **)at);
}

static inline void
close_at(int *at)
{
	if (*at >= 0)
		close(*at);
}

/* Gives what a CLEANUP variable holds to the caller, and leaves the variable empty. */
#define TAKE(variable) \
	({ \
		__typeof__(variable) taken_ = (variable); \
		(variable) = NULL; \
		taken_; \
	})

#endif
