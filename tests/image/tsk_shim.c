/* tsk_shim.c - libtsk as hostile volumes make it behave: laid over the real one by the dynamic linker, for tests alone.
 *
 * SHIM=crash|hang|eat|lie:ENTRY misbehaves at that entry; lie counts the names of all entries from there on falsely.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <tsk/libtsk.h>

static void
misbehave(const char *how)
{
	if (!strncmp(how, "crash", 5))
		abort();
	if (!strncmp(how, "hang", 4))
		for (volatile unsigned i = 0;; i++)
			;
	if (!strncmp(how, "eat", 3)) /* what malloc does not give, libtsk does not check everywhere */
		for (;;)
			memset(malloc(1 << 24), 1, 1 << 24);
}

struct call {
	TSK_FS_META_WALK_CB callback;
	void *state;
	const char *how;
	TSK_INUM_T at;
};

static TSK_WALK_RET_ENUM
take(TSK_FS_FILE *file, void *state)
{
	struct call *call = state;

	if (file->meta->addr == call->at)
		misbehave(call->how);
	if (file->meta->addr >= call->at && !strncmp(call->how, "lie", 3))
		file->meta->seq++;
	return call->callback(file, call->state);
}

uint8_t
tsk_fs_meta_walk(TSK_FS_INFO *fs, TSK_INUM_T from, TSK_INUM_T to, TSK_FS_META_FLAG_ENUM flags, TSK_FS_META_WALK_CB callback,
		 void *state)
{
	uint8_t (*real)(TSK_FS_INFO *, TSK_INUM_T, TSK_INUM_T, TSK_FS_META_FLAG_ENUM, TSK_FS_META_WALK_CB, void *) =
		(__typeof__(real))dlsym(RTLD_NEXT, "tsk_fs_meta_walk");
	struct call call = { .callback = callback, .state = state, .how = getenv("SHIM") };

	call.at = (TSK_INUM_T)strtoull(strchr(call.how, ':') + 1, NULL, 10);
	return real(fs, from, to, flags, take, &call);
}

/* A second of processor time is long enough for a test. */
int
setrlimit(__rlimit_resource_t which, const struct rlimit *limit)
{
	int (*real)(__rlimit_resource_t, const struct rlimit *) = (__typeof__(real))dlsym(RTLD_NEXT, "setrlimit");
	struct rlimit shorter = *limit;

	if (which == RLIMIT_CPU && shorter.rlim_cur > 9)
		shorter.rlim_cur -= 9;
	return real(which, &shorter);
}
