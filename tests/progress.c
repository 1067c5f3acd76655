/* The progress line, on terminals of different widths. */
#include <stdlib.h>
#include <string.h>

#include "args/progress.h"
#include "copy/session.h"
#include "tap.h"

#define MIB (1ULL << 20)

static struct progress_state state(const char *label, uint64_t done_bytes,
				   uint64_t all_bytes)
{
	return (struct progress_state){
		.label = label,
		.done_bytes = done_bytes,
		.all_bytes = all_bytes,
		.moved_bytes = done_bytes,
		.ns = 2000000000,
	};
}

static void looks(const struct progress_state *s, int width,
		  const char *expected)
{
	char line[PROGRESS_LINE_MAX];

	progress_line(s, line, width);
	if (!ok(!strcmp(line, expected), "%s at %d columns", s->label, width)) {
		diag("expected: %s", expected);
		diag("got:      %s", line);
	}
}

static void fits(const struct progress_state *s)
{
	char line[PROGRESS_LINE_MAX];
	bool all = true;

	for (int width = 0; width < 80; width++) {
		progress_line(s, line, width);
		all = all && (int)strlen(line) <= width;
	}
	ok(all, "%s fits any terminal", s->label);
}

int main(void)
{
	struct progress_state half = state("shm", 256 * MIB, 512 * MIB);
	struct progress_state stream =
		state("shm", 256 * MIB, COPY_LENGTH_UNKNOWN);
	struct progress_state idle = state("pipe", 0, 512 * MIB);
	struct progress_state all = state("mq", 512 * MIB, 512 * MIB);
	struct progress_state slow =
		state("a-long-name-of-a-mechanism", 1, UINT64_MAX - 1);

	looks(&half, 79,
	      "shm  [=============             ]   50%   256.0 MiB   "
	      "128.0 MiB/s     0:02 left");
	looks(&half, 49, "shm   50%   256.0 MiB   128.0 MiB/s     0:02 left");
	looks(&half, 30, " 50%   256.0 MiB   128.0 MiB/s");
	looks(&stream, 79, "shm   256.0 MiB   128.0 MiB/s");
	looks(&idle, 60,
	      "pipe  [                    ]    0%         0 B         0 B/s");
	looks(&all, 60,
	      "mq  [=========================]  100%   512.0 MiB  finishing");
	fits(&half);
	fits(&stream);
	fits(&idle);
	fits(&all);
	fits(&slow);
	return done_testing();
}
