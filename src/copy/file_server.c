/* The server's steps if a file is moved. */
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "copy/checks.h"
#include "copy/loop.h"
#include "copy/messages.h"

static bool verifies(const struct work *w)
{
	/* without an output file, the client checks bytes as they come */
	return w->job->verify && !atomic_load(&w->side->unverified) &&
	       !w->tr->ops->carries_nothing &&
	       w->job->load.sink != COPY_NOWHERE;
}

static int send_offer(struct work *w)
{
	const struct input *in = w->in;
	struct offer *o = &w->offer;

	*o = (struct offer){
		.length = in->len,
		.dev = in->st.st_dev,
		.ino = in->st.st_ino,
		.cpu = cpu_bound(),
		.sparse = input_is_sparse(in),
		.verify = verifies(w),
	};
	offer_describe(o, &in->st);
	if (in->stream)
		o->mode = 0666;
	atomic_store(&w->side->length, in->len);
	w->tr->file_fd = in->fd;
	w->tr->file_len = in->len;
	tr_spec_text(&w->tr->spec, true, o->spec, sizeof(o->spec));
	return ctl_send(&w->ctl, SESSION_OFFER, o, sizeof(*o), -1);
}

static int join(struct work *w)
{
	const struct transport *ops = w->tr->ops;
	struct offer_joined joined;
	int rc = check_hash_in_passing(w, w->in->stream && w->job->verify);

	if (w->second)
		worker_watch(w, w->second);
	worker_watch(w, w->tr);
	w->tr->file_len = w->in->len;
	if (rc == 0)
		rc = worker_dose(w);
	if (rc == 0)
		rc = ctl_recv(&w->ctl, SESSION_HELLO, NULL, 0, NULL);
	if (rc == 0)
		rc = send_offer(w);
	if (rc == 0)
		rc = ops->offer(w->tr, &w->ctl);
	if (rc == 0)
		rc = ctl_recv(&w->ctl, SESSION_JOINED, &joined, sizeof(joined),
			      NULL);
	if (rc == 0 && ops->attach)
		rc = ops->attach(w->tr);
	if (rc == 0)
		rc = side_share_cpu(w->side, w->tr, joined.cpu);
	return rc < 0 ? rc : worker_join_second(w);
}

static int again(struct work *w)
{
	struct offer_joined joined;
	int rc = input_rewind(w->in, &w->side->err);

	if (rc == 0)
		rc = send_offer(w);
	if (rc == 0 && w->tr->ops->again)
		rc = w->tr->ops->again(w->tr);
	return rc < 0 ? rc
		      : ctl_recv(&w->ctl, SESSION_JOINED, &joined,
				 sizeof(joined), NULL);
}

static int move(struct work *w)
{
	const struct transport *ops = w->tr->ops;
	struct copy_side *side = w->side;
	int rc;

	if (ops->send_file)
		rc = ops->send_file(w->tr, w->in->fd, w->in->len);
	else
		rc = loop_send(w->tr, w->in, side, w->hash);
	side->bytes = atomic_load(&side->moved_bytes);
	/*
	 * standard input, or a file that became shorter: do not let the client
	 * wait for more
	 */
	return rc == 0 && side->bytes < w->in->len ? tr_end(w->tr) : rc;
}

static int end(struct work *w)
{
	return tr_end(w->tr);
}

/*
 * Takes the client's SESSION_RESULT. The client's time of the last byte is
 * used, unless the mechanism sends nothing or the time cannot be right.
 */
static int take_result(const struct offer_result *result, const struct tr *tr,
		       struct copy_side *side)
{
	bool nothing = tr->ops->carries_nothing;

	if (nothing)
		side->bytes = 0;
	if (result->bytes != side->bytes)
		return err_say(&side->err, EPROTO,
			       "the server sent %" PRIu64
			       " bytes, and the client says that %" PRIu64
			       " arrived",
			       side->bytes, result->bytes);
	/*
	 * the time can have any value, if the client is hostile or in another
	 * time namespace
	 */
	if (!nothing && result->t1_ns >= side->t0_ns &&
	    result->t1_ns <= clock_ns())
		side->t1_ns = result->t1_ns;
	return 0;
}

/*
 * Checks that the file has not changed since it was offered, and hashes it if
 * the copy is verified.
 */
static int check_input(struct work *w)
{
	struct copy_side *side = w->side;
	int rc = input_unchanged(w->in, side->bytes, &side->err);

	if (rc == 0 && w->hash)
		side->hash = hash_value(w->hash);
	else if (rc == 0 && w->offer.verify)
		rc = check_hash_file(w, w->in->fd, w->in->path, side->bytes);
	side->checked_ns = clock_ns();
	return rc;
}

static int judge(struct work *w)
{
	struct copy_side *side = w->side;
	struct offer_done done = { .t0_ns = side->t0_ns };
	struct offer_result result;
	int rc = check_input(w);

	if (rc < 0)
		return rc;
	/* the client reports bytes read back, and then bytes flushed */
	w->ctl.alive_max = 2 * side->bytes;
	done.bytes = side->bytes;
	done.hash = side->hash;
	rc = ctl_send(&w->ctl, SESSION_DONE, &done, sizeof(done), -1);
	if (rc == 0)
		rc = ctl_recv(&w->ctl, SESSION_RESULT, &result, sizeof(result),
			      NULL);
	if (rc == 0)
		rc = take_result(&result, w->tr, side);
	if (rc < 0)
		return rc;
	side->verified = w->offer.verify;
	return 0;
}

const struct part file_server = {
	.join = join,
	.again = again,
	.move = move,
	.end = end,
	.judge = judge,
};
