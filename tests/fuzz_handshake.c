/*
 * Fuzz target: the real worker_run(), as server or client. The input decides
 * what the other side says and does.
 *
 * All messages are queued in the control socket before the worker starts, so
 * one thread is enough. Whatever comes, the worker must return, give a reason,
 * leak nothing and touch no file of others. The destination must be as it was,
 * or be what the peer promised to have sent.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/hash.h"
#include "base/stop.h"
#include "copy/worker.h"
#include "fuzz_peer.h"
#include "leftovers.h"
#include "sample.h"

#define STOP_MS  5
#define OLD_TEXT "as it was"

const char fuzz_name[] = "handshake";
const unsigned fuzz_inputs = 2000;

/*
 * The peer, and the rest of the input. checkpoint() needs them, but gets no
 * pointer as an argument.
 */
static struct fuzz_peer peer;
static struct script script;
static struct tr *server_tr;
static char src[PATH_MAX], dst[PATH_MAX];

static void checkpoint(enum copy_role role, enum copy_point point)
{
	if (role == COPY_SERVER && point == COPY_AT_JOIN)
		fuzz_peer_meddle(&peer, &script);
	if (role == COPY_SERVER && point == COPY_AT_START)
		fuzz_peer_scribble(server_tr, &script);
	if (role == COPY_SERVER && point == COPY_AT_START)
		fuzz_peer_take(&peer, &script);
	if (role == COPY_CLIENT && point == COPY_AT_START)
		fuzz_peer_send(&peer, &script);
}

/* --- promises ------------------------------------------------------------ */

static void check_words(const struct err *e, int rc)
{
	if (!memchr(e->text, '\0', sizeof(e->text)))
		fuzz_broken("a reason without a terminating zero");
	if (rc < 0 && (!e->code || !*e->text))
		fuzz_broken("it failed with %d and without a reason", rc);
	if (rc > 0)
		fuzz_broken("it returned %d", rc);
}

/* fill_outcome computes these differences, so they must not overflow. */
static void check_times(const struct copy_side *side)
{
	int64_t diff;

	if (__builtin_sub_overflow(side->t1_ns, side->t0_ns, &diff) ||
	    __builtin_sub_overflow(side->checked_ns, side->t1_ns, &diff))
		fuzz_broken("a time from %lld to %lld", (long long)side->t0_ns,
			    (long long)side->t1_ns);
}

static uint64_t hash_of(int fd, uint64_t len)
{
	static char block[64 << 10];
	struct hash *h = hash_new();
	uint64_t value;
	ssize_t n;

	for (uint64_t at = 0; at < len; at += (uint64_t)n) {
		n = pread(fd, block, sizeof(block), (off_t)at);
		if (n <= 0)
			fuzz_broken("the destination cannot be read: %m");
		hash_add(h, block, (size_t)n);
	}
	value = hash_value(h);
	hash_free(h);
	return value;
}

static bool was_sworn(uint64_t bytes, uint64_t hash, bool verified)
{
	for (int i = 0; i < peer.dones; i++)
		if (peer.done_bytes[i] == bytes &&
		    (!verified || peer.done_hash[i] == hash))
			return true;
	/* the peer made more promises than there was room to note */
	return peer.dones == PEER_DONES_MAX;
}

static void check_new(int fd, const struct stat *st,
		      const struct copy_side *side)
{
	uint64_t len = (uint64_t)st->st_size;

	if (!was_sworn(len, hash_of(fd, len), side->verified))
		fuzz_broken(
			"%llu bytes that the peer did not promise are in place",
			(unsigned long long)len);
}

static bool is_old(int fd, const struct stat *st)
{
	char text[sizeof(OLD_TEXT)] = "";

	return st->st_size == sizeof(OLD_TEXT) - 1 &&
	       pread(fd, text, sizeof(text), 0) == st->st_size &&
	       !strcmp(text, OLD_TEXT);
}

static void check_destination(const struct copy_side *side, int rc, bool old,
			      bool carries_nothing)
{
	int fd = open(dst, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 ? errno != ENOENT : fstat(fd, &st) < 0)
		fuzz_broken("the destination: %m");
	if (rc == 0 && !carries_nothing) {
		if (fd < 0)
			fuzz_broken("it succeeded without a destination");
		check_new(fd, &st, side);
	} else if (fd < 0 ? old : !old || !is_old(fd, &st)) {
		fuzz_broken("it failed and changed the destination");
	}
	fd_close(&fd);
}

/* --- the two sides ------------------------------------------------------- */

/* Runs a worker as a supervisor does that wants one transfer. */
static int run_side(struct work *w, const struct copy_job *job, int fd,
		    struct copy_side *side)
{
	int line[2] = { -1, -1 }, rc;
	char order = LINE_GO;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) < 0 ||
	    write(line[0], &order, 1) != 1)
		fuzz_broken("no line: %m");
	w->job = job;
	w->once = true;
	w->line_fd = line[1];
	w->gate = gate_common();
	w->side = side;
	w->ctl.fd = fd;
	gate_arm(w->gate, 1);
	fuzz_stop_after(STOP_MS);
	rc = worker_run(w);
	fuzz_stop_never();
	fd_close(&line[0]);
	fd_close(&line[1]);
	return rc;
}

static void serve(const struct copy_job *job, int fd, struct copy_side *side)
{
	struct lease lease = LEASE_INIT;
	struct input in = INPUT_INIT;
	struct work w = { .role = COPY_SERVER };
	struct tr tr = { .priv = NULL };
	struct tr_spec spec;
	struct err e = { 0 };
	int rc;

	if (!fuzz_peer_spec(&script, &spec))
		return;
	if (input_open(&in, src, &e) < 0 ||
	    tr_init(&tr, &spec, &lease, &e) < 0 ||
	    (spec.ops->create && spec.ops->create(&tr) < 0))
		fuzz_broken("no server: %s", e.text);
	server_tr = &tr;
	peer.bytes = in.len;
	fuzz_peer_speak(&peer, &script);
	w.tr = &tr;
	w.in = &in;
	rc = run_side(&w, job, fd, side);
	check_words(&side->err, rc);
	if (rc == 0)
		check_times(side);
	if (rc == 0 && !spec.ops->carries_nothing && side->bytes != in.len)
		fuzz_broken("%llu bytes are said to have arrived, of %llu",
			    (unsigned long long)side->bytes,
			    (unsigned long long)in.len);
	tr_close(&tr);
	input_close(&in);
	lease_end(&lease);
}

static void put_old(bool there)
{
	int fd;

	unlink(dst);
	if (!there)
		return;
	fd = open(dst, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, OLD_TEXT, sizeof(OLD_TEXT) - 1) < 0)
		fuzz_broken("%s: %m", dst);
	fd_close(&fd);
}

static void fetch(const struct copy_job *job, int fd, struct copy_side *side,
		  bool old)
{
	struct lease lease = LEASE_INIT;
	struct output out;
	struct work w = { .role = COPY_CLIENT };
	struct tr tr = { .priv = NULL };
	struct err e = { 0 };
	int rc;

	put_old(old);
	if (output_open(&out, dst, &lease, &e) < 0)
		fuzz_broken("no client: %s", e.text);
	fuzz_peer_speak(&peer, &script);
	w.tr = &tr;
	w.out = &out;
	rc = run_side(&w, job, fd, side);
	check_words(&side->err, rc);
	if (rc == 0)
		check_times(side);
	check_destination(side, rc, old, tr.priv && tr.ops->carries_nothing);
	tr_close(&tr);
	output_close(&out);
	lease_end(&lease);
}

static void run(uint8_t how)
{
	struct copy_job job = COPY_JOB_INIT;
	struct copy_side side = { .cpu = -1 };
	struct err e = { 0 };
	int fd[2];

	if (ctl_pair(fd, &e) < 0)
		fuzz_broken("%s", e.text);
	job.timeout_ms = 2;
	job.checkpoint = checkpoint;
	job.verify = !(how & 2);
	job.fsync = how / 16 == 1;
	peer = (struct fuzz_peer){
		.sock = fd[1], .lease = LEASE_INIT, .fifo_fd = -1, .item_fd = -1
	};
	if (how & 1)
		serve(&job, fd[0], &side);
	else
		fetch(&job, fd[0], &side, how & 4);
	fd_close(&fd[0]);
	fuzz_peer_end(&peer);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const struct sample source = { .len = FUZZ_SOURCE_LEN, .mode = 0640 };

	(void)argc;
	(void)argv;
	fuzz_begin();
	fuzz_peer_path("here/src", src);
	fuzz_peer_path("here/dst", dst);
	sample_write(src, &source);
	fuzz_peer_prepare();
	fuzz_peer_check_precious();
	return 0;
}

/* Checks the names only now and then, since that takes as long as a run. */
static void leave_no_name(void)
{
	static unsigned runs;
	static char *before;

	if (runs++ % 256)
		return;
	unlink(dst);
	if (!before)
		before = leftovers_names();
	else if (!leftovers_none_since(before))
		fuzz_broken("names are left");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fds = leftovers_fds();

	leave_no_name();
	script = (struct script){ data, size };
	run(script_u8(&script));
	fuzz_peer_check_precious();
	if (leftovers_fds() != fds)
		fuzz_broken("%d descriptors instead of %d", leftovers_fds(),
			    fds);
	return 0;
}
