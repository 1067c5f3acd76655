/*
 * A side overwrites semaphores and locks. The other side must end with a clear
 * error.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find_ring.h"
#include "once.h"
#include "sample.h"
#include "scratch.h"
#include "tap.h"

static struct sample in = { .len = 8 << 20, .seed = 1, .mode = 0644 };
static struct sample old = { .len = 100, .seed = 2, .mode = 0600 };
static int pattern;

static void scribble(enum copy_role role, enum copy_point point)
{
	struct ring_shared *ring;

	if (role != COPY_CLIENT || point != COPY_AT_START)
		return;
	ring = find_ring();
	if (!ring)
		_exit(9);
	memset(&ring->empty, pattern, sizeof(ring->empty));
	memset(&ring->full, pattern, sizeof(ring->full));
	memset(&ring->lock, pattern, sizeof(ring->lock));
}

static void try_pattern(const char *spec, const char *what)
{
	const struct sample copy = sample_over(&in, &old);
	struct once o;
	bool good;

	sample_write("out", &old);
	once_init(&o, "in", "out");
	tr_spec_parse(spec, &o.job.spec, &o.err);
	o.job.checkpoint = scribble;
	o.job.timeout_ms = 500;
	once_run(&o);
	good = o.rc < 0 ? o.err.text[0] && !strchr(o.err.text, '\n') &&
				  !sample_differs("out", &old)
			: !sample_differs("out", &copy);
	ok(good && !o.out.forced, "%s full of %02x: %s", what, pattern,
	   o.rc < 0 ? o.err.text : "copied");
}

int main(void)
{
	static const int patterns[] = { 0x00, 0xff, 0x80, 0x01 };

	scratch_begin();
	sample_write("in", &in);
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		pattern = patterns[i];
		try_pattern("shm:depth=2,size=4K", "semaphores");
		try_pattern("shm:depth=2,size=4K,sync=mutex", "a lock");
	}
	return done_testing();
}
