/* Finds limits of mechanisms: limits of the kernel, space, missing programs. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

#include "base/place.h"
#include "base/size.h"
#include "measure/doctor_inside.h"

/*
 * A number in /proc/sys, and the value that is recommended. With a smaller
 * value, more cells are skipped or are less deep.
 */
static const struct bound {
	const char *name, *path, *key, *why;
	long long wanted;
	bool bytes;
} bounds[] = {
	{ "mq messages", "/proc/sys/fs/mqueue/msg_max", "fs.mqueue.msg_max",
	  "the most messages in a user's POSIX queue; cells of mq with the "
	  "depth \"deep\" have no more",
	  256, false },
	{ "mq message size", "/proc/sys/fs/mqueue/msgsize_max",
	  "fs.mqueue.msgsize_max",
	  "a user's cells of mq with larger messages are skipped", 1 << 20,
	  true },
	{ "SysV message size", "/proc/sys/kernel/msgmax", "kernel.msgmax",
	  "cells of sysvmq with larger messages are skipped", 1 << 20, true },
	{ "SysV queue size", "/proc/sys/kernel/msgmnb", "kernel.msgmnb",
	  "the most bytes in a user's System V queue", 1 << 24, true },
	{ "pipe capacity", "/proc/sys/fs/pipe-max-size", "fs.pipe-max-size",
	  "the most bytes that a user's pipe may have room for", 1 << 20,
	  true },
	{ "socket buffer", "/proc/sys/net/core/wmem_max", "net.core.wmem_max",
	  "cells of datagram and seqpacket sockets with larger messages are "
	  "skipped",
	  4 << 20, true },
};

static void look_at_bound(struct doctor *d, const struct bound *b)
{
	struct doctor_item *i = doctor_add(d, b->name, b->why);
	long long n = doctor_number(d, b->path);
	char text[32];

	if (n < 0)
		return;
	doctor_value(i, "%s",
		     b->bytes
			     ? size_word((uint64_t)n, text, sizeof(text))
			     : (snprintf(text, sizeof(text), "%lld", n), text));
	if (n < b->wanted)
		doctor_mend(i, DOCTOR_LIMITS, "sysctl -w %s=%lld", b->key,
			    b->wanted);
}

static void look_at_ulimit(struct doctor *d, const char *name, int which,
			   uint64_t wanted, const char *command,
			   const char *why)
{
	struct doctor_item *i = doctor_add(d, name, why);
	struct rlimit rl;
	char text[32];

	if (getrlimit((__rlimit_resource_t)which, &rl) < 0)
		return;
	if (rl.rlim_cur == RLIM_INFINITY) {
		doctor_value(i, "unlimited");
		return;
	}
	doctor_value(i, "%s", size_word(rl.rlim_cur, text, sizeof(text)));
	if (rl.rlim_cur < wanted)
		doctor_mend(i, DOCTOR_LIMITS, "%s", command);
}

static void look_at_room(struct doctor *d)
{
	struct doctor_item *i =
		doctor_add(d, "room on /dev/shm",
			   "by default the files to copy and the rings are "
			   "there; in a folder on a disk, the time of the disk "
			   "may be measured, too");
	unsigned long long bytes;
	struct statvfs fs;

	if (statvfs("/dev/shm", &fs) < 0) {
		doctor_value(i, "there is none");
		doctor_mend(i, DOCTOR_LIMITS, "%s",
			    "mount -t tmpfs -o mode=1777 tmpfs /dev/shm");
		return;
	}
	bytes = (unsigned long long)fs.f_bavail * fs.f_frsize;
	doctor_value(i, "%llu MiB free", bytes >> 20);
	if (bytes < 1ULL << 30)
		doctor_mend(i, DOCTOR_LIMITS, "%s",
			    "mount -o remount,size=2G /dev/shm");
}

static void look_at_tracing(struct doctor *d)
{
	struct doctor_item *i = doctor_add(
		d, "ptrace",
		"ipcopy count traces processes, and the mechanism cma reads "
		"another process's memory; both need ptrace");
	long long n = doctor_number(d, "/proc/sys/kernel/yama/ptrace_scope");

	/* without the file there is no such limit */
	if (n < 0)
		doctor_value(i, "no limit");
	else
		doctor_value(i, "ptrace_scope %lld", n);
	if (n > 1)
		doctor_mend(i, DOCTOR_LIMITS, "%s",
			    n == 2 ? "sysctl -w kernel.yama.ptrace_scope=1"
				   : "boot with a smaller ptrace_scope; the "
				     "value 3 cannot be changed without a new "
				     "boot");
}

static void look_at_uring(struct doctor *d)
{
	struct doctor_item *i =
		doctor_add(d, "io_uring", "the mechanism uring needs io_uring");
	long long n = doctor_number(d, "/proc/sys/kernel/io_uring_disabled");

	doctor_value(i, "%s", n > 0 ? "forbidden" : "allowed");
	if (n > 0)
		doctor_mend(i, DOCTOR_LIMITS, "%s",
			    "sysctl -w kernel.io_uring_disabled=0");
}

void doctor_limits(struct doctor *d)
{
	for (size_t k = 0; k < sizeof(bounds) / sizeof(bounds[0]); k++)
		look_at_bound(d, &bounds[k]);
	look_at_ulimit(d, "mq bytes", RLIMIT_MSGQUEUE, 800 << 10,
		       "ulimit -q 819200",
		       "the most bytes in all POSIX queues of a user together; "
		       "the more pairs a cell has, the more it needs");
	look_at_ulimit(d, "locked memory", RLIMIT_MEMLOCK, 8 << 20,
		       "ulimit -l unlimited",
		       "tcp-zerocopy and uring lock the memory of their "
		       "messages");
	look_at_room(d);
	look_at_tracing(d);
	look_at_uring(d);
}

/* --- programs ------------------------------------------------------------- */

static const struct {
	const char *program, *package, *why;
} programs[] = {
	{ "gnuplot", "gnuplot-nox", "ipcopy plot draws with it" },
	{ "hyperfine", "hyperfine",
	  "bench/whole-process.sh measures times with it" },
	{ "strace", "strace", "some tests call it" },
	{ "valgrind", "valgrind",
	  "ipcopy count uses it to count copies inside a program" },
	{ "pv", "pv", "bench/whole-process.sh compares ipcopy with it" },
	{ "mbuffer", "mbuffer",
	  "bench/whole-process.sh compares ipcopy with it" },
	{ "socat", "socat", "bench/whole-process.sh compares ipcopy with it" },
};

static void look_at_parts(struct doctor *d)
{
	struct doctor_item *i = doctor_add(d, "Google Benchmark",
					   "ipcopy bench measures with it");

#ifdef HAVE_BENCHMARK
	doctor_value(i, "built in");
#else
	doctor_value(i, "missing");
	doctor_mend(i, DOCTOR_LIMITS, "%s",
		    "apt-get install libbenchmark-dev g++ && ./configure && "
		    "make");
#endif
	i = doctor_add(d, "hwloc",
		       "ipcopy finds CPUs for the places of a plan with it");
#ifdef HAVE_HWLOC
	doctor_value(i, "built in");
#else
#ifdef STATIC_PROGRAM
	doctor_value(i, "left out of this static program");
#else
	doctor_value(i, "missing");
#endif
	doctor_mend(i, DOCTOR_LIMITS, "%s",
		    "apt-get install libhwloc-dev && ./configure && make");
#endif
}

void doctor_programs(struct doctor *d)
{
	look_at_parts(d);
	for (size_t k = 0; k < sizeof(programs) / sizeof(programs[0]); k++) {
		struct doctor_item *i =
			doctor_add(d, programs[k].program, programs[k].why);
		bool there = place_has_program(programs[k].program);

		doctor_value(i, "%s", there ? "there" : "missing");
		if (!there)
			doctor_mend(i, DOCTOR_LIMITS, "apt-get install %s",
				    programs[k].package);
	}
}
