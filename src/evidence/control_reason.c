/* control_reason.c - why libtsk may see something else: its known ways, in the words that a report prints. */
#include "control.h"

const char *
control_reason_text(enum control_reason reason)
{
	static const char *const texts[REASONS] = {
		[REASON_NONE] = "not explained: somebody has to look at it",
		[REASON_LONG_RUN] = "libtsk gives up an entry that has a run longer than the volume, though a hole may "
				    "be as long as it likes",
		[REASON_RUN_OUTSIDE] = "libtsk gives up an entry of which a run lies behind the end of the volume",
		[REASON_TORN] = "libtsk passes over a torn record; what is left of it is read here, and marked as torn",
		[REASON_EXTENSION] = "libtsk passes over a record that names another as its base; here it is an entry "
				     "of its own when that base does not claim it",
		[REASON_SIGNATURE] = "libtsk does not ask for the signature of a record; here one without is damaged",
		[REASON_LIST] = "libtsk mixes up or loses attributes of entries that fill several records",
		[REASON_BROKEN] = "the attributes of the record are damaged: both save of it what they can",
		[REASON_DOS] = "libtsk passes over names that are for DOS alone",
		[REASON_NUL] = "libtsk ends a name at a NUL",
		[REASON_REPLACED] = "libtsk writes ^ for half a surrogate pair and for control characters",
		[REASON_ROOM] = "libtsk has room for 512 bytes of a name",
		[REASON_TIME] = "libtsk keeps seconds since 1970 in 32 bits: earlier and later times wrap",
		[REASON_SET_ASIDE] = "libtsk takes the clusters that were set aside for the size of an empty stream",
		[REASON_PARTS] = "more names or streams than are compared",
		[REASON_SAID] = "libtsk gave an error",
		[REASON_DIED] = "libtsk did not come back from it: its process was ended",
		[REASON_FILTER] = "a filter of Windows keeps the content elsewhere: libtsk reads zeros",
		[REASON_PACKED] = "libtsk reads beyond the valid data of a compressed stream, or unpacks it differently",
		[REASON_VALID] = "libtsk and this program end the valid data of the stream at different places",
		[REASON_CLUSTER] = "libtsk opens no volume with clusters above 64 KiB",
	};

	return texts[reason];
}
