/*
 * A1: is shared memory the fastest? This is a small measurement, and the
 * experiment says so.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "copy/session.h"
#include "lab/lab.h"

/* lab: A1 */
enum { ROUNDS = 9, RIVALS = 4, FILE_BYTES = 8 << 20 };

static const char *const rivals[RIVALS] = { "pipe", "fifo", "mq", "unix" };

/* lab: end */

/* False: this machine cannot use the mechanism. */
static bool prepare(struct copy_job *job, const char *via)
{
	struct err e = { 0 };

	return tr_spec_parse(via, &job->spec, &e) == 0 &&
	       tr_probe(&job->spec, &e) == 0;
}

/* lab: A1 */
/* The time of one copy between two processes, in ns; 0: not possible here. */
static int64_t copy_ns(struct lab *l, const char *name, int size,
		       const char *src, const char *dst)
{
	struct copy_job job = COPY_JOB_INIT;
	struct copy_outcome out;
	struct err e = { 0 };
	char via[40];

	snprintf(via, sizeof(via), "%s:size=%d", name, size);
	job.src = src;
	job.dst = dst;
	if (!prepare(&job, via))
		return 0; /* this machine cannot use the mechanism */
	if (copy_run(&job, &out, &e) < 0)
		lab_cannot(l, "%s: %s", via, e.text);
	return out.transfer_ns;
}
/* lab: end */

static void see_undecided(struct lab *l, const char *rival, int size,
			  int faster, int n, double median)
{
	lab_limit(l, true,
		  "messages of %d bytes: undecided, shm was faster "
		  "than %s in %d of %d rounds; median: %s takes %.2f times as "
		  "long as shm",
		  size, rival, faster, n, rival, median);
}

/* lab: A1 */
/* Compares times of the same round, so that a slow moment affects both. */
static void compare(struct lab *l, const char *rival, int size, int n,
		    double ratio[])
{
	double median = lab_median(ratio, (size_t)n);
	int faster = 0;

	for (int i = 0; i < n; i++)
		faster += ratio[i] > 1;
	if (faster != n && faster != 0)
		see_undecided(l, rival, size, faster, n, median);
	else /* by chance, if both are equally fast: in 1 of 256 cases */
		lab_check(l, faster == n,
			  "messages of %d bytes: shm was %s than %s in all %d "
			  "rounds; median: %s takes %.2f times as long as shm",
			  size, faster ? "faster" : "slower", rival, n, rival,
			  median);
}
/* lab: end */

static void fill_input(struct lab *l, int fd)
{
	char block[1 << 16];

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (char)(i * 7 + i / 251);
	for (int i = 0; i < FILE_BYTES / (int)sizeof(block); i++)
		lab_need(l, fd_write_all(fd, block, sizeof(block)) == 0,
			 "write");
}

/* A file on tmpfs, where possible, so that no disk is measured. */
static int scratch(struct lab *l, char path[LAB_PATH_MAX])
{
	int fd = lab_tmpfs_file(l, 0, path);

	return fd < 0 ? lab_file(l, 0, path) : fd;
}

struct speeds {
	char src[LAB_PATH_MAX], dst[LAB_PATH_MAX];
	/* time of the rival, divided by the time of shm */
	double ratio[RIVALS][ROUNDS];
	bool absent[RIVALS];
};

/* In each round each mechanism runs once, and they take turns to be first. */
static void measure_round(struct lab *l, struct speeds *s, int size, int round)
{
	int64_t ns[RIVALS + 1] = { 0 };

	for (int i = 0; i <= RIVALS; i++) {
		int way = (i + round) % (RIVALS + 1);

		if (way < RIVALS && s->absent[way])
			continue;
		ns[way] = copy_ns(l, way < RIVALS ? rivals[way] : "shm", size,
				  s->src, s->dst);
	}
	for (int i = 0; i < RIVALS; i++) {
		s->absent[i] = ns[i] == 0;
		s->ratio[i][round] = (double)ns[i] / (double)ns[RIVALS];
	}
}

static void measure(struct lab *l, struct speeds *s, int size)
{
	memset(s->absent, 0, sizeof(s->absent));
	for (int round = 0; round < ROUNDS; round++)
		measure_round(l, s, size, round);
	for (int i = 0; i < RIVALS; i++) {
		if (s->absent[i]) {
			lab_see(l,
				"messages of %d bytes: %s cannot send "
				"them on this machine",
				size, rivals[i]);
			continue;
		}
		compare(l, rivals[i], size, ROUNDS, s->ratio[i]);
	}
}

static void fastest(struct lab *l)
{
	static struct speeds s;
	int fd = scratch(l, s.src);

	fill_input(l, fd);
	lab_see(l,
		"this is a small measurement: a file of 8 MiB on %s, %d "
		"rounds; ipcopy bench measures better",
		lab_fs(l, fd), ROUNDS);
	scratch(l, s.dst);
	measure(l, &s, 4096);
	measure(l, &s, 65536);
}

const struct experiment lab_a_speed[] = {
	{ .id = "A1",
	  .document = "003",
	  .claim = "Shared memory is the fastest form of IPC there is.",
	  .run = fastest,
	  .varies = true,
	  .reference = "no standard says which is fastest; to measure: ipcopy "
		       "copy --via shm --via pipe; to learn how much time "
		       "copies take: ipcopy bench why",
	  .why = "Shared memory does save two copies. But copies between the "
		 "sides take only a part of the time: both sides also read and "
		 "write files and wait for one another. Where it costs more to "
		 "wake the other side, or to touch memory that is not in a "
		 "cache, than to copy, shared memory is hardly faster, or not "
		 "faster, or slower. So the answer depends on the message size "
		 "and the workload, and often two mechanisms are equally "
		 "fast." },
	{ .id = NULL },
};
