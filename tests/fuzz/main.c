/* main.c - feeds files to a fuzz target without a fuzzer, so that a corpus is replayed by any compiler. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file's bytes, exactly allocated so that a read behind them is seen. */
static int
feed(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes;
	long size;

	if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
		perror(path);
		return 1;
	}
	rewind(file);
	bytes = malloc(size ? (size_t)size : 1);
	if (!bytes || fread(bytes, 1, (size_t)size, file) != (size_t)size) {
		perror(path);
		return 1;
	}
	fclose(file);
	LLVMFuzzerTestOneInput(bytes, (size_t)size);
	free(bytes);
	return 0;
}

/* Without files: inputs of a fixed small generator, so that every target at least runs. */
static void
feed_noise(void)
{
	enum { INPUTS = 2000, LONGEST = 8192 };
	uint64_t state = 88172645463325252u;
	uint8_t *bytes = malloc(LONGEST);

	for (int i = 0; i < INPUTS && bytes; i++) {
		size_t size;

		for (size_t j = 0; j < LONGEST; j++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			bytes[j] = (uint8_t)(i % 4 ? state : state % 3 ? 0 : state >> 8);
		}
		size = state % LONGEST;
		LLVMFuzzerTestOneInput(bytes, size);
	}
	free(bytes);
}

int
main(int argc, char **argv)
{
	int bad = 0;

	if (argc < 2)
		feed_noise();
	for (int i = 1; i < argc; i++)
		bad |= feed(argv[i]);
	return bad;
}
