/*
 * Checks that mechanisms that move pages deliver what was sent, although the
 * sender fills the same pages again. Otherwise messages are torn.
 *
 * Every eight bytes of an input hold their offset and the round. So bytes in a
 * wrong place show where they came from. To run it for longer:
 *
 *   tests/torn --bytes 10G --round 256M --dir /dev/shm vmsplice splice
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/size.h"
#include "copy/session.h"
#include "tap.h"

#define BLOCK (1 << 20)

static char dir[PATH_MAX - 16], in_path[PATH_MAX], out_path[PATH_MAX];

/* --- the contents --------------------------------------------------------- */

static uint64_t word_at(uint64_t offset, uint64_t round)
{
	return (offset & ~7ULL) ^ (round + 1) * 0x9e3779b97f4a7c15ULL;
}

/* Fills any range, at any offset. */
static void fill(void *buf, size_t len, uint64_t offset, uint64_t round)
{
	unsigned char *p = buf;

	while (len > 0) {
		uint64_t w = word_at(offset, round);
		size_t from = offset % 8, n = 8 - from < len ? 8 - from : len;

		memcpy(p, (char *)&w + from, n);
		p += n;
		offset += n;
		len -= n;
	}
}

/* The offset of the first wrong byte, or `offset + len`. */
static uint64_t find_torn(const void *buf, size_t len, uint64_t offset,
			  uint64_t round)
{
	static unsigned char right[BLOCK];
	const unsigned char *p = buf;

	fill(right, len, offset, round);
	if (!memcmp(p, right, len))
		return offset + len;
	for (size_t i = 0; i < len; i++)
		if (p[i] != right[i])
			return offset + i;
	return offset + len;
}

/* --- whole copies --------------------------------------------------------- */

static bool write_input(uint64_t len, uint64_t round)
{
	static char block[BLOCK];
	int fd = open(in_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	bool well = fd >= 0 && ftruncate(fd, (off_t)len) == 0;

	for (uint64_t at = 0; well && at < len; at += BLOCK) {
		size_t n = len - at < BLOCK ? (size_t)(len - at) : BLOCK;

		fill(block, n, at, round);
		well = fd_write_all(fd, block, n) == 0;
	}
	fd_close(&fd);
	return well;
}

/* The number of right bytes, from the start; `len`: the file is right. */
static uint64_t right_bytes(uint64_t len, uint64_t round)
{
	static char block[BLOCK];
	int fd = open(out_path, O_RDONLY | O_CLOEXEC);
	uint64_t at = 0;
	ssize_t n;

	while ((n = fd_read_full(fd, block, BLOCK)) > 0) {
		uint64_t torn = find_torn(block, (size_t)n, at, round);

		at += (uint64_t)n;
		if (torn != at) {
			at = torn;
			break;
		}
	}
	fd_close(&fd);
	if (at < len)
		diag("round %" PRIu64 ": wrong at byte %" PRIu64, round, at);
	return at;
}

static bool has_setting(const struct transport *ops, const char *name)
{
	for (const struct tr_param *p = ops->params; p->name; p++)
		if (!strcmp(p->name, name))
			return true;
	return false;
}

/*
 * Chooses other settings in each round, since perhaps only some settings tear
 * messages.
 */
static void choose(const struct transport *ops, uint64_t round, char *text,
		   size_t size)
{
	static const char *const sizes[] = { "64K", "9000", "1M", "4K",
					     "100001" };
	static const char *const capacities[] = { "64K", "4K", "1M", "16K" };
	static const char *const waits[] = { "block", "spin", "spin-then-block",
					     "batch" };
	int used =
		snprintf(text, size, "%s:size=%s", ops->name, sizes[round % 5]);

	if (has_setting(ops, "capacity"))
		used += snprintf(text + used, size - (size_t)used,
				 ",capacity=%s", capacities[round % 4]);
	if (has_setting(ops, "wait"))
		snprintf(text + used, size - (size_t)used, ",wait=%s",
			 waits[round % 4]);
}

static bool copy_round(const struct transport *ops, uint64_t len,
		       uint64_t round)
{
	struct copy_job job = COPY_JOB_INIT;
	struct copy_outcome out;
	struct err e = { 0 };
	char text[TR_SPEC_MAX];

	choose(ops, round, text, sizeof(text));
	job.src = in_path;
	job.dst = out_path;
	job.verify = false; /* this test compares the files itself */
	job.timeout_ms = 60000;
	if (!write_input(len, round)) {
		diag("cannot write %s: %s", in_path, strerror(errno));
		return false;
	}
	if (tr_spec_parse(text, &job.spec, &e) < 0 ||
	    copy_run(&job, &out, &e) < 0) {
		diag("%s: %s", text, e.text);
		return false;
	}
	if (right_bytes(len, round) == len)
		return true;
	diag("%s delivers torn data", text);
	return false;
}

static void deliver(const struct transport *ops, uint64_t bytes,
		    uint64_t round_bytes)
{
	struct err e = { 0 };
	struct tr_spec spec;
	uint64_t done = 0, round = 0;
	bool well = true;

	if (tr_spec_parse(ops->name, &spec, &e) < 0 ||
	    tr_probe(&spec, &e) < 0) {
		skip("%s: %s", ops->name, e.text);
		return;
	}
	for (; well && done < bytes; round++) {
		/* seldom a multiple of a size, and another length each time */
		uint64_t len = round_bytes + round * 1237 % 8191;

		well = copy_round(ops, len, round);
		done += len;
	}
	ok(well, "%s: %" PRIu64 " bytes in %" PRIu64 " rounds are all right",
	   ops->name, done, round);
}

/* --- the buffers of vmsplice under pressure ------------------------------- */

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/*
 * Sends messages of any length as fast as the pipe takes them. Never returns.
 */
static void press(struct tr *tr, uint64_t bytes)
{
	uint32_t seed = 1;
	uint64_t at = 0;
	void *buf;

	fd_close(&tr->fd[TR_READ_END]);
	if (tr->ops->attach(tr) < 0)
		_exit(1);
	while (at < bytes) {
		size_t len = next_random(&seed) % tr->msg_bytes + 1;

		if (tr->ops->lend(tr, &buf) < 0)
			_exit(1);
		fill(buf, len, at, 0);
		if (tr->ops->send(tr, len) < 0)
			_exit(1);
		at += len;
	}
	_exit(tr->ops->send(tr, 0) < 0);
}

/*
 * Waits until the pipe is full, so that the sender is ahead as far as it can
 * be.
 */
static void let_fill(int fd)
{
	int had = -1, have = 0;

	for (int quiet = 0; quiet < 3; quiet++) {
		sched_yield();
		if (ioctl(fd, FIONREAD, &have) < 0)
			return;
		if (have != had)
			quiet = 0;
		had = have;
	}
}

static uint64_t read_pressed(int fd)
{
	static char buf[1 << 16];
	uint32_t seed = 2;
	uint64_t at = 0;
	ssize_t n;

	for (;;) {
		let_fill(fd);
		n = read(fd, buf, next_random(&seed) % sizeof(buf) + 1);
		if (n <= 0)
			return at;
		if (find_torn(buf, (size_t)n, at, 0) != at + (uint64_t)n)
			return 0;
		at += (uint64_t)n;
	}
}

static void refill_in_time(const char *text, uint64_t bytes)
{
	struct lease lease = LEASE_INIT;
	struct err e = { 0 };
	struct tr_spec spec;
	struct tr tr;
	uint64_t got;
	int status;
	pid_t pid;

	if (tr_spec_parse(text, &spec, &e) < 0 ||
	    tr_init(&tr, &spec, &lease, &e) < 0 || tr.ops->create(&tr) < 0) {
		ok(false, "%s: %s", text, e.text);
		return;
	}
	pid = fork();
	if (pid == 0)
		press(&tr, bytes);
	fd_close(&tr.fd[TR_WRITE_END]);
	got = read_pressed(tr.fd[TR_READ_END]);
	tr_close(&tr);
	waitpid(pid, &status, 0);
	ok(status == 0 && got >= bytes,
	   "%s: %" PRIu64
	   " bytes from a full pipe, no buffer filled again too soon",
	   text, got);
}

/*
 * With a single buffer, which is not enough, bytes are torn. The test must
 * notice.
 */
static void notice_torn(void)
{
	static char page[65536] __attribute__((aligned(65536)));
	static char got[2 * 4096];
	struct iovec iov = { .iov_base = page, .iov_len = 4096 };
	int fd[2];
	bool moved;

	if (pipe2(fd, O_CLOEXEC) < 0)
		return;
	fill(page, 4096, 0, 0);
	moved = vmsplice(fd[1], &iov, 1, 0) == 4096;
	fill(page, 4096, 4096, 0);
	moved = moved && vmsplice(fd[1], &iov, 1, 0) == 4096 &&
		fd_read_full(fd[0], got, sizeof(got)) == sizeof(got);
	ok(moved && find_torn(got, sizeof(got), 0, 0) < 4096,
	   "a buffer that is filled again too soon is noticed");
	fd_close(&fd[0]);
	fd_close(&fd[1]);
}

/* --- by hand, or all of them ---------------------------------------------- */

/*
 * True for mechanisms that move pages or whole files. They may deliver later
 * changes of the source.
 */
static bool is_mover(const struct transport *t)
{
	return t->kind == TR_MECHANISM &&
	       (t->family == TR_FAMILY_PAGES || !tr_has_message_form(t));
}

static bool make_dir(const char *under)
{
	char run[PATH_MAX];

	snprintf(dir, sizeof(dir), "%s/ipcopy-torn-XXXXXX", under);
	if (!mkdtemp(dir))
		return false;
	snprintf(in_path, sizeof(in_path), "%s/in", dir);
	snprintf(out_path, sizeof(out_path), "%s/out", dir);
	snprintf(run, sizeof(run), "%s/run", dir);
	return mkdir(run, 0700) == 0 && setenv("XDG_RUNTIME_DIR", run, 1) == 0;
}

static void remove_dir(void)
{
	char path[PATH_MAX];

	unlink(in_path);
	unlink(out_path);
	snprintf(path, sizeof(path), "%s/run/ipcopy", dir);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/run", dir);
	rmdir(path);
	rmdir(dir);
}

struct wish {
	uint64_t bytes, round_bytes;
	const char *under;
};

static bool read_options(int argc, char **argv, struct wish *w)
{
	static const struct option options[] = {
		{ "bytes", required_argument, NULL, 'b' },
		{ "round", required_argument, NULL, 'r' },
		{ "dir", required_argument, NULL, 'd' },
		{ .name = NULL },
	};
	bool well = true;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'b')
			well &= size_parse(optarg, &w->bytes);
		else if (c == 'r')
			well &= size_parse(optarg, &w->round_bytes);
		else if (c == 'd')
			w->under = optarg;
		else
			well = false;
	}
	return well;
}

int main(int argc, char **argv)
{
	const char *tmp = getenv("TMPDIR");
	struct wish w = { 64ULL << 20, 8ULL << 20, tmp ? tmp : "/tmp" };
	const struct transport *t;

	if (!read_options(argc, argv, &w) || !make_dir(w.under)) {
		fprintf(stderr,
			"usage: %s [--bytes N] [--round N] [--dir DIR] "
			"[MECHANISM...]\n",
			argv[0]);
		return 2;
	}
	notice_torn();
	refill_in_time("vmsplice:size=64K,capacity=64K", w.bytes / 4);
	refill_in_time("vmsplice:size=9000,capacity=4K", w.bytes / 16);
	refill_in_time("vmsplice:size=20000,capacity=1M", w.bytes / 4);
	refill_in_time("vmsplice:size=100,capacity=64K", w.bytes / 256);
	for (char **name = &argv[optind]; *name; name++)
		if (ok(tr_find(*name), "%s is a mechanism", *name))
			deliver(tr_find(*name), w.bytes, w.round_bytes);
	for_each_transport(t)
		if (!argv[optind] && is_mover(t))
			deliver(t, w.bytes, w.round_bytes);
	remove_dir();
	return done_testing();
}
