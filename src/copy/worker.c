/* What a side does in its own process, from the first word to the last. */
#include "copy/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/fd.h"
#include "base/hash.h"
#include "base/stop.h"
#include "copy/gate.h"
#include "copy/load.h"
#include "copy/loop.h"
#include "copy/offer.h"

#define CHECK_BYTES (256 << 10)
#define ALIVE_BYTES (32 << 20)
#define FLUSH_BYTES (16 << 20)

/* Set once by worker_begin and when a side starts, read by on_bus. */
static struct copy_side *this_side;
static const struct tr *this_tr;

/* Which of the mapped files holds that address; NULL: none. */
static const char *mapped_file(const char *at)
{
	for (int i = 0; this_tr && i < TR_MAPS; i++) {
		const struct tr_map *m = &this_tr->map[i];

		if (m->base && at >= m->base && at < m->base + m->len)
			return m->what;
	}
	return NULL;
}

/* A region or file that was cut short under our mapping. */
static void on_bus(int sig, siginfo_t *info, void *unused)
{
	const char *what = mapped_file(info->si_addr);

	(void)sig;
	(void)unused;
	if (what)
		err_say(&this_side->err, EIO,
			"%s shrank, or cannot be read, while it was mapped",
			what);
	else
		err_say(&this_side->err, EFAULT,
			"the shared region was cut short under this side's "
			"hands");
	_exit(1);
}

/*
 * glibc ends a process whose semaphores hold what they never should, or are not
 * there: in a region that was cut short the look at it ends in on_bus.
 */
static void on_abort(int sig)
{
	(void)sig;
	if (this_tr && this_tr->shared)
		(void)*this_tr->shared;
	err_say(&this_side->err, EPROTO,
		"a semaphore or lock in the shared region was overwritten");
	_exit(1);
}

/* And it follows the pointers in a robust mutex; any other is our own fault. */
static void on_segv(int sig)
{
	if (tr_in_lock)
		on_abort(sig);
	signal(sig, SIG_DFL); /* the same again, and the process ends of it */
}

int worker_begin(const struct copy_job *job, enum copy_role role,
		 struct copy_side *side)
{
	struct sigaction sa;
	char name[16];

	/* for ps and top, and for who counts what each side does */
	snprintf(name, sizeof(name), "ipcopy-%s", copy_role_names[role]);
	prctl(PR_SET_NAME, name);
	stop_install_worker();
	this_side = side;
	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_bus;
	sa.sa_flags = SA_SIGINFO;
	sigaction(SIGBUS, &sa, NULL);
	sa.sa_flags = 0;
	sa.sa_handler = on_abort;
	sigaction(SIGABRT, &sa, NULL);
	sa.sa_handler = on_segv;
	sigaction(SIGSEGV, &sa, NULL);
	if (job->cpu[role] >= 0)
		return cpu_bind(job->cpu[role], &side->err);
	return 0;
}

/* --- common to both sides ----------------------------------------------- */

static void keep_remark(const struct tr *tr, struct copy_side *side)
{
	memcpy(side->remark, tr->remark, sizeof(side->remark));
}

static void let_hooks_count(struct tr *tr, struct copy_side *side)
{
	tr->moved_bytes = &side->moved_bytes;
	tr->beats = &side->beats;
	this_tr = tr;
}

static void know_file(struct tr *tr, int fd, uint64_t len)
{
	tr->file_fd = fd;
	tr->file_len = len;
}

static ssize_t read_at(int fd, void *buf, size_t len, uint64_t at)
{
	ssize_t n;

	do {
		n = pread(fd, buf, len, (off_t)at);
	} while (n < 0 && errno == EINTR && !stop_requested());
	return n < 0 ? -errno : n;
}

/* Hashes what is in `fd` now, a piece at a time, telling the peer we live. */
static int hash_file(int fd, const char *path, uint64_t len, struct ctl *ctl,
		     struct copy_side *side)
{
	struct hash *h = hash_new();
	char *buf = malloc(CHECK_BYTES);
	ssize_t n = h && buf ? 1 : -ENOMEM;

	for (uint64_t at = 0; n > 0 && at < len; at += (uint64_t)n) {
		n = read_at(fd, buf, CHECK_BYTES, at);
		if (n <= 0)
			break; /* cut short: the hashes will differ */
		hash_add(h, buf, (size_t)n);
		atomic_store(&side->checked_bytes, at);
		if (at % ALIVE_BYTES < CHECK_BYTES)
			ctl_say_alive(ctl, at);
	}
	if (n >= 0)
		side->hash = hash_value(h);
	hash_free(h);
	free(buf);
	if (n < 0)
		return err_code(&side->err, (int)n, "cannot read back %s", path);
	return 0;
}

/* For files that cannot be read twice the hash is taken in passing. */
static int hash_in_passing(bool wanted, struct hash **h, struct copy_side *side)
{
	*h = wanted ? hash_new() : NULL;
	return wanted && !*h ? err_code(&side->err, ENOMEM, "a hash") : 0;
}

/* --- the server --------------------------------------------------------- */

static mode_t permissions_of(const struct input *in)
{
	mode_t mask;

	/* a set-user-ID bit means its owner, whom the copy does not have */
	if (!in->stream)
		return in->st.st_uid == geteuid() ? in->st.st_mode
						  : in->st.st_mode & 0777;
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

static bool verifies(const struct copy_job *job, const struct tr *tr)
{
	/* what goes nowhere is looked at as it passes */
	return job->verify && !tr->ops->carries_nothing &&
	       job->load.sink != COPY_NOWHERE;
}

static int send_offer(const struct copy_job *job, struct tr *tr,
		      const struct input *in, struct ctl *ctl)
{
	struct offer o = {
		.length = in->len,
		.dev = in->st.st_dev,
		.ino = in->st.st_ino,
		.mode = permissions_of(in),
		.cpu = cpu_bound(),
		.sparse = input_is_sparse(in),
		.verify = verifies(job, tr),
	};
	int rc;

	tr_spec_text(&tr->spec, true, o.spec, sizeof(o.spec));
	rc = ctl_send(ctl, CTL_OFFER, &o, sizeof(o), -1);
	return rc < 0 ? rc : tr->ops->offer(tr, ctl);
}

static int serve_handshake(const struct copy_job *job, struct tr *tr,
			   const struct input *in, struct ctl *ctl,
			   struct copy_side *side)
{
	struct offer_joined joined;
	int rc;

	rc = ctl_recv(ctl, CTL_HELLO, NULL, 0, NULL);
	if (rc == 0)
		rc = send_offer(job, tr, in, ctl);
	if (rc == 0)
		rc = ctl_recv(ctl, CTL_JOINED, &joined, sizeof(joined), NULL);
	if (rc == 0 && tr->ops->attach)
		rc = tr->ops->attach(tr);
	if (rc == 0)
		rc = side_share_cpu(side, tr, joined.cpu);
	if (rc < 0)
		return rc;
	side_reach(job, COPY_SERVER, COPY_AT_START);
	if (job->gate)
		rc = gate_wait(job->gate, &side->err);
	if (rc == 0)
		rc = ctl_send(ctl, CTL_START, NULL, 0, -1);
	return rc < 0 ? rc : ctl_recv(ctl, CTL_READY, NULL, 0, NULL);
}

static int serve_bytes(struct tr *tr, struct input *in, struct copy_side *side,
		       struct hash *h)
{
	int rc;

	side_count(side, -1);
	side_enter(side, COPY_MOVING);
	side->t0_ns = clock_ns();
	if (tr->ops->send_file)
		rc = tr->ops->send_file(tr, in->fd, in->len);
	else
		rc = loop_send(tr, in, side, h);
	side->t1_ns = clock_ns();
	side_enter(side, COPY_CHECKING);
	side_count(side, 1);
	keep_remark(tr, side);
	side->bytes = atomic_load(&side->moved_bytes);
	return rc;
}

/* The client's clock ends the transfer, unless nothing was to come. */
static int take_result(const struct offer_result *result, const struct tr *tr,
		       struct copy_side *side)
{
	bool nothing = tr->ops->carries_nothing;

	if (nothing)
		side->bytes = 0;
	if (result->bytes != side->bytes)
		return err_say(&side->err, EPROTO,
			       "%" PRIu64 " bytes were sent and the client says "
			       "that %" PRIu64 " arrived",
			       side->bytes, result->bytes);
	/* from another time namespace, or a hostile client, it may be any */
	if (!nothing && result->t1_ns >= side->t0_ns &&
	    result->t1_ns <= clock_ns())
		side->t1_ns = result->t1_ns;
	return 0;
}

static int serve_verdict(const struct copy_job *job, const struct tr *tr,
			 struct input *in, struct ctl *ctl,
			 struct copy_side *side, const struct hash *h)
{
	struct offer_done done = { .t0_ns = side->t0_ns };
	struct offer_result result;
	int rc = input_unchanged(in, side->bytes, &side->err);

	if (rc == 0 && h)
		side->hash = hash_value(h);
	else if (rc == 0 && verifies(job, tr))
		rc = hash_file(in->fd, in->path, side->bytes, ctl, side);
	if (rc < 0)
		return rc;
	side->checked_ns = clock_ns();
	ctl->alive_max = 2 * side->bytes; /* read back, and flushed */
	done.bytes = side->bytes;
	done.hash = side->hash;
	rc = ctl_send(ctl, CTL_DONE, &done, sizeof(done), -1);
	if (rc < 0)
		return rc;
	rc = ctl_recv(ctl, CTL_RESULT, &result, sizeof(result), NULL);
	if (rc == 0)
		rc = take_result(&result, tr, side);
	if (rc < 0)
		return rc;
	side->verified = verifies(job, tr);
	return 0;
}

int worker_serve(const struct copy_job *job, struct tr *tr, struct input *in,
		 int ctl_fd, struct copy_side *side)
{
	struct ctl ctl = {
		.fd = ctl_fd,
		.err = &side->err,
		.patience_ms = side_patience_ms(side, job),
		.peer = "the client",
		.beats = &side->beats,
	};
	struct hash *h;
	int rc;

	tr->err = &side->err;
	atomic_store(&side->length, in->len);
	let_hooks_count(tr, side);
	know_file(tr, in->fd, in->len);
	side_reach(job, COPY_SERVER, COPY_AT_JOIN);
	rc = hash_in_passing(in->stream && job->verify, &h, side);
	if (rc == 0)
		rc = serve_handshake(job, tr, in, &ctl, side);
	if (rc == 0)
		rc = serve_bytes(tr, in, side, h);
	if (rc == 0) {
		side_reach(job, COPY_SERVER, COPY_AT_END);
		rc = serve_verdict(job, tr, in, &ctl, side, h);
	}
	if (rc < 0)
		side_give_up(side, &ctl, rc);
	hash_free(h);
	return rc;
}

/* --- the client --------------------------------------------------------- */

/* The settings are the server's; what was inherited was made from the same. */
static int take_offer(struct tr *tr, struct output *out, struct ctl *ctl,
		      struct offer *o, struct copy_side *side)
{
	struct tr_spec spec;
	int rc = ctl_send(ctl, CTL_HELLO, NULL, 0, -1);

	if (rc == 0)
		rc = ctl_recv(ctl, CTL_OFFER, o, sizeof(*o), NULL);
	if (rc == 0)
		rc = offer_check(o, &spec, &side->err);
	if (rc == 0)
		rc = output_refuse_same(out, o->dev, o->ino, &side->err);
	if (rc == 0)
		rc = offer_check_form(&spec, out->stream ||
				      o->length == COPY_LENGTH_UNKNOWN,
				      &side->err);
	if (rc < 0)
		return rc;
	atomic_store(&side->length, o->length);
	memcpy(side->spec, o->spec, sizeof(side->spec));
	out->sparse = o->sparse && !out->stream && !out->nowhere &&
		      !out->in_place;
	return tr->priv ? 0 : tr_init(tr, &spec, out->lease, &side->err);
}

static int fetch_handshake(const struct copy_job *job, struct tr *tr,
			   struct output *out, struct ctl *ctl, struct offer *o,
			   struct copy_side *side)
{
	struct offer_joined joined = { .cpu = cpu_bound() };
	int rc = take_offer(tr, out, ctl, o, side);

	if (rc == 0) {
		let_hooks_count(tr, side);
		know_file(tr, out->fd, o->length);
		rc = tr->ops->join(tr, ctl);
	}
	if (rc == 0)
		rc = side_share_cpu(side, tr, o->cpu);
	if (rc < 0)
		return rc;
	rc = ctl_send(ctl, CTL_JOINED, &joined, sizeof(joined), -1);
	if (rc == 0)
		rc = ctl_recv(ctl, CTL_START, NULL, 0, NULL);
	if (rc < 0)
		return rc;
	side_reach(job, COPY_CLIENT, COPY_AT_START);
	return ctl_send(ctl, CTL_READY, NULL, 0, -1);
}

static int fetch_bytes(const struct copy_job *job, struct tr *tr,
		       struct output *out, uint64_t length,
		       struct copy_side *side, struct hash *h)
{
	int rc;

	side_count(side, -1);
	side_enter(side, COPY_MOVING);
	side->t0_ns = clock_ns(); /* until the server tells its own */
	if (out->nowhere)
		rc = load_swallow(tr, side, job->load.seed);
	else if (tr->ops->recv_file)
		rc = tr->ops->recv_file(tr, out->fd, length);
	else
		rc = loop_receive(tr, out, side, h);
	side->t1_ns = side_last_byte_ns(side, job);
	side_enter(side, COPY_CHECKING);
	side_count(side, 1);
	keep_remark(tr, side);
	side->bytes = atomic_load(&side->moved_bytes);
	if (tr->ops->recv_file)
		out->written_bytes = side->bytes;
	/* a hole at the end has no last byte until the length is set */
	if (rc == 0 && out->sparse &&
	    ftruncate(out->fd, (off_t)out->written_bytes) < 0)
		rc = err_sys(&side->err, "cannot write %s", out->path);
	return rc;
}

static int compare(const struct copy_job *job, const struct offer *o,
		   const struct offer_done *done, struct copy_side *side)
{
	if (side->bytes != done->bytes)
		return err_say(&side->err, EIO,
			       "%" PRIu64 " bytes were sent and %" PRIu64
			       " arrived",
			       done->bytes, side->bytes);
	if (o->verify && side->hash != done->hash)
		return err_say(&side->err, EIO,
			       "what arrived is not what was sent: XXH3 "
			       "%016" PRIx64 " instead of %016" PRIx64,
			       side->hash, done->hash);
	side->verified = o->verify || job->load.sink == COPY_NOWHERE;
	return 0;
}

/* Piece by piece, so that a slow disk is not taken for a hung client. */
static int flush_output(const struct output *out, struct ctl *ctl,
			struct copy_side *side)
{
	for (uint64_t at = 0; at < out->written_bytes; at += FLUSH_BYTES) {
		sync_file_range(out->fd, (off_t)at, FLUSH_BYTES,
				SYNC_FILE_RANGE_WRITE |
					SYNC_FILE_RANGE_WAIT_AFTER);
		atomic_fetch_add(&side->beats, 1);
		/* on from where the reading back ended */
		ctl_say_alive(ctl, side->bytes + at);
	}
	/* pipes and terminals cannot be synchronised, and need not be */
	if (fsync(out->fd) < 0 && errno != EINVAL && errno != EROFS)
		return err_sys(&side->err, "fsync of %s", out->path);
	return 0;
}

/* The server's clock begins the transfer, if that can be. */
static void take_start(const struct offer_done *done, struct copy_side *side)
{
	if (done->t0_ns > 0 && done->t0_ns <= side->t1_ns)
		side->t0_ns = done->t0_ns;
}

static int fetch_verdict(const struct copy_job *job, struct output *out,
			 struct ctl *ctl, const struct offer *o,
			 struct copy_side *side, const struct hash *h)
{
	struct offer_result result = { .t1_ns = side->t1_ns };
	struct offer_done done;
	int rc = 0;

	ctl->alive_max = side->bytes; /* it reads back no more than it sent */
	if (h)
		side->hash = hash_value(h);
	else if (o->verify)
		rc = hash_file(out->fd, out->path, side->bytes, ctl, side);
	if (rc == 0)
		rc = ctl_recv(ctl, CTL_DONE, &done, sizeof(done), NULL);
	if (rc < 0)
		return rc;
	take_start(&done, side);
	side->checked_ns = clock_ns();
	result.bytes = side->bytes;
	rc = compare(job, o, &done, side);
	if (rc == 0 && job->fsync)
		rc = flush_output(out, ctl, side);
	if (rc == 0)
		rc = output_commit(out, o->mode, &side->err);
	if (rc < 0)
		return rc;
	side_enter(side, COPY_COMMITTED);
	/* it is in place, whether or not the server can be told */
	ctl_send(ctl, CTL_RESULT, &result, sizeof(result), -1);
	return 0;
}

/* Nothing came, nothing was to come: the output stays as it was. */
static int fetch_nothing(struct ctl *ctl, struct copy_side *side)
{
	struct offer_result result = { .t1_ns = side->t1_ns };
	struct offer_done done;
	int rc = ctl_recv(ctl, CTL_DONE, &done, sizeof(done), NULL);

	if (rc < 0)
		return rc;
	take_start(&done, side);
	side->checked_ns = clock_ns();
	/* as above: once the server is content, so are we */
	side_enter(side, COPY_COMMITTED);
	ctl_send(ctl, CTL_RESULT, &result, sizeof(result), -1);
	return 0;
}

int worker_fetch(const struct copy_job *job, struct tr *tr, struct output *out,
		 int ctl_fd, struct copy_side *side)
{
	struct ctl ctl = {
		.fd = ctl_fd,
		.err = &side->err,
		.patience_ms = side_patience_ms(side, job),
		.peer = "the server",
		.beats = &side->beats,
	};
	struct offer o = { 0 };
	struct hash *h;
	int rc;

	tr->err = &side->err;
	side_reach(job, COPY_CLIENT, COPY_AT_JOIN);
	rc = hash_in_passing(out->stream, &h, side);
	if (rc == 0)
		rc = fetch_handshake(job, tr, out, &ctl, &o, side);
	if (rc == 0)
		rc = fetch_bytes(job, tr, out, o.length, side, h);
	if (rc == 0) {
		side_reach(job, COPY_CLIENT, COPY_AT_END);
		if (tr->ops->carries_nothing)
			rc = fetch_nothing(&ctl, side);
		else
			rc = fetch_verdict(job, out, &ctl, &o, side, h);
	}
	if (rc < 0)
		side_give_up(side, &ctl, rc);
	hash_free(h);
	return rc;
}
