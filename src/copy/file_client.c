/* The client's steps if a file is moved. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/stop.h"
#include "copy/checks.h"
#include "copy/loop.h"
#include "copy/messages.h"

#define FLUSH_BYTES (16 << 20)

/* Takes the properties of the file from the offer of a transfer. */
static void take_file(struct work *w)
{
	const struct offer *o = &w->offer;
	struct output *out = w->out;

	atomic_store(&w->side->length, o->length);
	out->sparse =
		o->sparse && !out->stream && !out->nowhere && !out->in_place;
	w->tr->file_fd = out->fd;
	w->tr->file_len = o->length;
}

/*
 * Receives the first offer. The server chooses the settings. A channel that
 * this process has inherited was made with the same settings.
 */
static int take_offer(struct work *w)
{
	struct copy_side *side = w->side;
	struct offer *o = &w->offer;
	struct tr_spec spec;
	int rc = ctl_recv(&w->ctl, SESSION_OFFER, o, sizeof(*o), NULL);

	if (rc == 0)
		rc = offer_check(o, &spec, &side->err);
	if (rc == 0)
		rc = output_refuse_same(w->out, o->dev, o->ino, &side->err);
	if (rc == 0)
		rc = offer_check_form(&spec,
				      w->out->stream ||
					      o->length == COPY_LENGTH_UNKNOWN,
				      &side->err);
	if (rc == 0 && w->job->preserve && o->length == COPY_LENGTH_UNKNOWN)
		rc = err_say(
			&side->err, EINVAL,
			"the server reads from its standard input, and sends "
			"no owner, permissions or times; leave out --preserve");
	if (rc < 0)
		return rc;
	memcpy(side->spec, o->spec, sizeof(side->spec));
	return w->tr->priv ? 0
			   : tr_init(w->tr, &spec, w->out->lease, &side->err);
}

static int say_joined(struct work *w)
{
	struct offer_joined joined = { .cpu = cpu_bound() };

	return ctl_send(&w->ctl, SESSION_JOINED, &joined, sizeof(joined), -1);
}

static int join(struct work *w)
{
	int rc = check_hash_in_passing(w, w->out->stream);

	w->tr->err = &w->side->err;
	if (rc == 0)
		rc = ctl_send(&w->ctl, SESSION_HELLO, NULL, 0, -1);
	if (rc == 0)
		rc = take_offer(w);
	if (rc < 0)
		return rc;
	if (w->second)
		worker_watch(w, w->second);
	worker_watch(w, w->tr);
	take_file(w);
	rc = worker_dose(w);
	if (rc == 0)
		rc = w->tr->ops->join(w->tr, &w->ctl);
	if (rc == 0)
		rc = side_share_cpu(w->side, w->tr, w->offer.cpu);
	if (rc == 0)
		rc = say_joined(w);
	return rc < 0 ? rc : worker_join_second(w);
}

static int again(struct work *w)
{
	int rc = output_again(w->out, &w->side->err);

	if (rc < 0)
		return rc;
	take_file(w);
	if (w->tr->ops->again)
		rc = w->tr->ops->again(w->tr);
	return rc < 0 ? rc : say_joined(w);
}

static int move(struct work *w)
{
	const struct transport *ops = w->tr->ops;
	struct copy_side *side = w->side;
	struct output *out = w->out;
	int rc;

	if (out->nowhere)
		rc = load_swallow(w->tr, side, w->job->load.seed);
	else if (ops->recv_file)
		rc = ops->recv_file(w->tr, out->fd, w->offer.length);
	else
		rc = loop_receive(w->tr, out, side, w->hash);
	side->bytes = atomic_load(&side->moved_bytes);
	if (ops->recv_file)
		out->written_bytes = side->bytes;
	/* if the file ends with a hole, no write has set its length */
	if (rc == 0 && out->sparse &&
	    ftruncate(out->fd, (off_t)out->written_bytes) < 0)
		rc = err_sys(&side->err, "cannot write %s", out->path);
	return rc;
}

static int end(struct work *w)
{
	return loop_ended(w->tr, w->side);
}

static int compare(const struct work *w, const struct offer_done *done)
{
	struct copy_side *side = w->side;

	if (side->bytes != done->bytes)
		return err_say(&side->err, EIO,
			       "the server sent %" PRIu64 " bytes, and %" PRIu64
			       " arrived",
			       done->bytes, side->bytes);
	if (w->offer.verify && side->hash != done->hash)
		return err_say(&side->err, EIO,
			       "the bytes that arrived are not those that were "
			       "sent: their XXH3 checksum is %016" PRIx64
			       " instead of %016" PRIx64,
			       side->hash, done->hash);
	side->verified = w->offer.verify || w->job->load.sink == COPY_NOWHERE;
	return 0;
}

/* Flushes in pieces, so that a slow disk is not taken for a hung client. */
static int flush_output(struct work *w)
{
	const struct output *out = w->out;

	for (uint64_t at = 0; at < out->written_bytes; at += FLUSH_BYTES) {
		sync_file_range(out->fd, (off_t)at, FLUSH_BYTES,
				SYNC_FILE_RANGE_WRITE |
					SYNC_FILE_RANGE_WAIT_AFTER);
		atomic_fetch_add(&w->side->beats, 1);
		/*
		 * bytes read back may have been reported before: the number
		 * must grow
		 */
		ctl_say_alive(&w->ctl, w->side->bytes + at);
		if (stop_requested())
			return -ECANCELED;
	}
	/* pipes and terminals cannot be synchronised, and need not be */
	if (fsync(out->fd) < 0 && errno != EINVAL && errno != EROFS)
		return err_sys(&w->side->err, "fsync of %s", out->path);
	return 0;
}

/*
 * Receives SESSION_DONE. Uses the server's time of the start line, unless it is
 * 0 or later than this side's last byte.
 */
static int hear_done(struct work *w, struct offer_done *done)
{
	struct copy_side *side = w->side;
	int rc = ctl_recv(&w->ctl, SESSION_DONE, done, sizeof(*done), NULL);

	if (rc < 0)
		return rc;
	if (done->t0_ns > 0 && done->t0_ns <= side->t1_ns)
		side->t0_ns = done->t0_ns;
	side->checked_ns = clock_ns();
	return 0;
}

/*
 * Flushes the output if that was asked for. Then puts it in its place if the
 * pair makes a single copy, and otherwise only checks it.
 */
static int keep_output(struct work *w)
{
	struct stat like;
	int rc = 0;

	offer_described(&w->offer, &like);
	w->out->preserve = w->job->preserve;
	if (w->job->fsync)
		rc = flush_output(w);
	if (rc == 0 && w->once)
		rc = output_commit(w->out, &like, &w->side->err);
	else if (rc == 0)
		rc = output_check(w->out, &w->side->err);
	return rc;
}

static int judge_file(struct work *w)
{
	struct copy_side *side = w->side;
	struct offer_done done;
	int rc = 0;

	/* the server reports at most so many bytes as read back */
	w->ctl.alive_max = side->bytes;
	if (w->hash)
		side->hash = hash_value(w->hash);
	else if (w->offer.verify)
		rc = check_hash_file(w, w->out->fd, w->out->path, side->bytes);
	if (rc == 0)
		rc = hear_done(w, &done);
	if (rc == 0)
		rc = compare(w, &done);
	return rc < 0 ? rc : keep_output(w);
}

static int judge(struct work *w)
{
	struct offer_result result = { .t1_ns = w->side->t1_ns };
	struct offer_done done;
	int rc;

	/* the mechanism sends nothing, so the output stays unchanged */
	if (w->tr->ops->carries_nothing)
		rc = hear_done(w, &done);
	else
		rc = judge_file(w);
	if (rc < 0)
		return rc;
	if (!w->tr->ops->carries_nothing)
		result.bytes = w->side->bytes;
	side_enter(w->side, COPY_COMMITTED);
	/* if this fails, the output is in place all the same */
	ctl_send(&w->ctl, SESSION_RESULT, &result, sizeof(result), -1);
	return 0;
}

const struct part file_client = {
	.join = join,
	.again = again,
	.move = move,
	.end = end,
	.judge = judge,
};
