/*
 * Does the work of doses (dose.h). A side with a dose gets a table of hooks of
 * its own. Its hooks do the extra work and call the hooks of the mechanism. The
 * loops that move messages always call hooks through a table, so these loops
 * are the same with and without a dose.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/stop.h"
#include "copy/dosed.h"

static struct dosed *dosed_of(struct tr *tr)
{
	return (struct dosed *)(uintptr_t)tr->ops;
}

/*
 * Gives a sign of life after a piece of work, if the message is long, since the
 * work then takes long.
 */
static void beat_if_long(struct tr *tr, size_t len)
{
	if (len > TR_LONG_BYTES)
		tr_beat(tr);
}

/* --- copies --------------------------------------------------------------- */

/*
 * Copies the message `times` times, to own[0] and own[1] in turn. Returns the
 * last copy, or `from` if `times` is 0.
 */
static void *copy_on(struct tr *tr, const void *from, size_t len, int times)
{
	struct dosed *d = dosed_of(tr);
	int to = from == d->own[0];

	for (; times > 0 && !stop_requested(); times--, to = !to) {
		bytes_copy(d->own[to], from, len);
		from = d->own[to];
		beat_if_long(tr, len);
	}
	return (void *)(uintptr_t)from;
}

/* --- all other work ------------------------------------------------------- */

/*
 * How many messages begin, and how many end, in the bytes of one .send or
 * .receive. The server sends each message as a whole. The client may get one
 * message by several calls of .receive, or several messages by one call. The
 * last message of a file may be short: then it does not count as one that ends.
 */
struct messages {
	int begun, ended;
};

static struct messages messages_in(struct dosed *d, size_t len)
{
	size_t all = d->passed + len;
	struct messages m = { d->passed ? -1 : 0, (int)(all / d->message) };

	if (d->role == COPY_SERVER)
		return (struct messages){ 1, len == d->message };
	m.begun += (int)((all + d->message - 1) / d->message);
	d->passed = all % d->message;
	return m;
}

/* `messages` is the number of messages that begin in these `len` bytes. */
static int apply(struct dosed *d, struct tr *tr, const void *buf, size_t len,
		 int messages)
{
	int rc = 0;

	for (int k = 0; k < DOSE_KINDS; k++) {
		int n = d->times[k];

		if (!dosed_work[k].once || !n)
			continue;
		if (!dose_is_by_byte((enum dose_kind)k))
			n *= messages;
		while (n-- > 0 && rc == 0 && !stop_requested()) {
			rc = dosed_work[k].once(d, buf, len);
			beat_if_long(tr, len);
		}
	}
	if (rc == 0 || rc == -ECANCELED)
		return rc;
	return err_code(tr->err, rc, "the extra work failed");
}

/*
 * For each message that this side has just sent or received: sends or receives
 * a message of the same size through the second channel. Both sides do this
 * after the whole message has passed. If the client waited at the second
 * channel earlier, the server might still be waiting for room for the message.
 */
static int pass_on(struct dosed *d, struct tr *tr, int messages)
{
	int n = messages * d->times[DOSE_PASSES], rc = 0;

	while (n-- > 0 && rc == 0 && !stop_requested()) {
		rc = d->role == COPY_SERVER
			     ? pass_send(d->second, d->message)
			     : pass_take(d->second, d->message, &d->ahead);
		beat_if_long(tr, d->message);
	}
	return rc;
}

/* --- hooks ---------------------------------------------------------------- */

static int dosed_lend(struct tr *tr, void **buf)
{
	struct dosed *d = dosed_of(tr);
	int rc = d->real->lend(tr, &d->slot);

	*buf = d->times[DOSE_COPIES] ? d->own[0] : d->slot;
	return rc;
}

/* The last copy goes into the mechanism's buffer. */
static int dosed_send(struct tr *tr, size_t len)
{
	struct dosed *d = dosed_of(tr);
	struct messages m = messages_in(d, len);
	int copies = d->times[DOSE_COPIES], rc;
	void *last;

	if (len == 0)
		return d->real->send(tr, 0);
	if (copies) {
		last = copy_on(tr, d->own[0], len, copies - 1);
		bytes_copy(d->slot, last, len);
	}
	rc = apply(d, tr, d->slot, len, m.begun);
	if (rc == 0)
		rc = d->real->send(tr, len);
	return rc < 0 ? rc : pass_on(d, tr, m.ended);
}

static ssize_t dosed_receive(struct tr *tr, const void **buf)
{
	struct dosed *d = dosed_of(tr);
	ssize_t n = d->real->receive(tr, buf);
	struct messages m;
	int rc;

	if (n <= 0)
		return n;
	m = messages_in(d, (size_t)n);
	*buf = copy_on(tr, *buf, (size_t)n, d->times[DOSE_COPIES]);
	rc = apply(d, tr, *buf, (size_t)n, m.begun);
	if (rc == 0)
		rc = pass_on(d, tr, m.ended);
	return rc < 0 ? rc : n;
}

/*
 * The previous transfer has ended. Its last message may have been short, so the
 * next transfer begins with a new message.
 */
static int dosed_again(struct tr *tr)
{
	struct dosed *d = dosed_of(tr);
	struct tr *second = d->second;
	int rc = d->real->again ? d->real->again(tr) : 0;

	d->passed = 0;
	return rc == 0 && second && second->ops->again
		       ? second->ops->again(second)
		       : rc;
}

static struct dosed *new_dosed(const struct dose *dose, enum copy_role role,
			       const struct tr *tr)
{
	struct dosed *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->ops = *tr->ops;
	d->real = tr->ops;
	d->role = role;
	d->message = tr->msg_bytes;
	d->ops.again = dosed_again;
	for (int k = 0; k < DOSE_KINDS; k++)
		d->times[k] = dose->times[k][role];
	if (role == COPY_SERVER) {
		d->ops.lend = dosed_lend;
		d->ops.send = dosed_send;
	} else {
		d->ops.receive = dosed_receive;
		d->ops.discard = NULL;
	}
	return d;
}

static bool has_dose(const struct dose *dose, enum copy_role role)
{
	for (int k = 0; k < DOSE_KINDS; k++)
		if (dose->times[k][role])
			return true;
	return false;
}

int dose_begin(const struct dose *dose, enum copy_role role, struct tr *tr,
	       void *shared, struct tr *second, int other_cpu)
{
	struct dosed *d;
	int rc = 0;

	if (!has_dose(dose, role))
		return 0;
	rc = dose_check(dose, tr->ops, tr->err);
	if (rc < 0)
		return rc;
	d = new_dosed(dose, role, tr);
	if (!d)
		return err_code(tr->err, ENOMEM,
				"cannot prepare the extra work");
	d->cross.region = shared;
	d->second = second;
	d->other_cpu = other_cpu;
	for (int k = 0; k < DOSE_KINDS && rc == 0; k++)
		if (d->times[k] && dosed_work[k].begin)
			rc = dosed_work[k].begin(d, tr);
	tr->ops = &d->ops; /* until this process ends */
	return rc;
}
