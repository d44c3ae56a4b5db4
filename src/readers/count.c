/* count.c - counts in one go what every log is asked for: its line ends, and the NULs of what was never written. */
#include "decode.h"

enum { LANES = 16, ROUNDS = 255 }; /* a lane counts to 255 */

typedef uint8_t lanes __attribute__((vector_size(LANES)));

static uint64_t
lanes_sum(const lanes *v)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < LANES; i++)
		sum += (*v)[i];
	return sum;
}

/* At most ROUNDS vectors: how many bytes that were. */
static size_t
count_some(struct view bytes, struct counts *counts)
{
	lanes nul = { 0 }, lf = { 0 };
	size_t i = 0;

	for (unsigned round = 0; round < ROUNDS && bytes.n - i >= LANES; round++, i += LANES) {
		lanes v;

		memcpy(&v, bytes.p + i, LANES);
		nul -= (lanes)(v == 0); /* true is -1 */
		lf -= (lanes)(v == '\n');
	}
	counts->nul += lanes_sum(&nul);
	counts->lf += lanes_sum(&lf);
	return i;
}

struct counts
count_bytes(struct view bytes)
{
	struct counts counts = { 0 };
	size_t i = 0;

	while (bytes.n - i >= LANES)
		i += count_some(view_from(bytes, i), &counts);
	for (; i < bytes.n; i++) {
		counts.nul += !bytes.p[i];
		counts.lf += bytes.p[i] == '\n';
	}
	return counts;
}
