/* owners.c - the owners of files: $Secure is read once for each volume, before the files are. */
#include "exam.h"

enum { ENTRY_SECURE = 9 };

/* Damage of $SDS, with its place. */
struct secure_sink {
	struct sink sink;
	struct limits *limits;
};

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct secure_sink *s = (struct secure_sink *)out;

	return limits_add(s->limits, "/$Secure", ENTRY_SECURE, "$SDS", (int64_t)offset, why, 1);
}

int
owners_open(struct exam *exam)
{
	int r = 0;

	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++) {
		struct exam_volume *v = &exam->volumes[i];
		struct secure_sink sink = { .sink = { .damage = take_damage }, .limits = v->limits };

		if (v->catalog && !v->secure)
			r = secure_open(v->ntfs, &sink.sink, &v->secure);
	}
	return r;
}
