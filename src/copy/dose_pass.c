/* Passages through a channel that has both ends in the same process. */
#include "copy/dose_pass.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/fd.h"
#include "base/stop.h"
#include "transport/transport.h"

/*
 * At most so many bytes go in before they are taken out, as in a deep channel.
 * A channel has room for them unless its settings `capacity` and `depth` say
 * otherwise.
 */
#define HELD_BYTES ((uint64_t)64 << 10)

enum { IN, OUT, ENDS };

struct pass {
	struct tr end[ENDS];
	struct err err; /* failure of the end that joins in a thread */
	struct lease lease;
	struct ctl ctl[ENDS];
	size_t piece;      /* bytes of a message that go in with one send */
	size_t held, most; /* pieces in the channel: now, at most */
};

/*
 * Joins as a client does, in a thread: some mechanisms wait for the server
 * here.
 */
static void *join(void *of)
{
	struct pass *p = of;

	return p->end[OUT].ops->join(&p->end[OUT], &p->ctl[OUT]) < 0 ? p : NULL;
}

static int offer(struct pass *p)
{
	struct tr *in = &p->end[IN];
	int rc = in->ops->create ? in->ops->create(in) : 0;

	return rc < 0 ? rc : in->ops->offer(in, &p->ctl[IN]);
}

/* Both ends meet as those of a server and a client do. */
static int meet(struct pass *p)
{
	struct tr *in = &p->end[IN];
	pthread_t thread;
	void *failed;
	int rc = pthread_create(&thread, NULL, join, p);

	if (rc != 0)
		return err_code(in->err, -rc, "pthread_create");
	rc = offer(p);
	if (rc < 0)
		fd_close(&p->ctl[IN].fd); /* ends the other end's wait */
	pthread_join(thread, &failed);
	if (rc == 0 && failed)
		rc = err_say(in->err, EPROTO, "%s", p->err.text);
	if (rc == 0 && in->ops->attach)
		rc = in->ops->attach(in);
	return rc;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* How much may be in the channel: HELD_BYTES, or less by its settings. */
static void measure(struct pass *p, const struct tr *like)
{
	uint64_t bytes = tr_spec_value(&like->spec, "capacity", HELD_BYTES);
	uint64_t depth = tr_spec_value(&like->spec, "depth", HELD_BYTES);

	bytes = least(bytes, HELD_BYTES);
	p->piece = least(like->msg_bytes, bytes);
	p->most = least(bytes / p->piece, depth);
}

static int open_both(struct pass *p, struct tr *like)
{
	const struct tr_spec *spec = &like->spec;
	int fd[ENDS], rc = ctl_pair(fd, like->err);

	p->lease = (struct lease)LEASE_INIT;
	if (rc < 0)
		return rc;
	for (int i = 0; i < ENDS && rc == 0; i++) {
		struct err *e = i == IN ? like->err : &p->err;

		p->ctl[i] = (struct ctl){ .fd = fd[i],
					  .err = e,
					  .patience_ms = 10000,
					  .peer = "the other end" };
		rc = tr_init(&p->end[i], spec, &p->lease, e);
		p->end[i].beats = like->beats;
		p->end[i].moved_bytes = like->moved_bytes;
	}
	measure(p, like);
	if (rc == 0)
		rc = meet(p);
	for (int i = 0; i < ENDS; i++)
		fd_close(&p->ctl[i].fd);
	return rc;
}

void pass_end(struct pass *p)
{
	for (int i = 0; p && i < ENDS; i++)
		tr_close(&p->end[i]);
	if (p)
		lease_end(&p->lease);
	free(p);
}

int pass_begin(struct pass **to, struct tr *like)
{
	*to = calloc(1, sizeof(**to));
	if (!*to)
		return err_code(like->err, ENOMEM,
				"cannot make a second channel");
	return open_both(*to, like);
}

static int take(struct tr *out, size_t len)
{
	const void *buf;
	ssize_t n;
	int rc = 0;

	for (; len > 0 && rc == 0; len -= (size_t)n) {
		n = out->ops->receive(out, &buf);
		if (n <= 0 || (size_t)n > len)
			return n < 0 ? (int)n : -EIO;
		rc = out->ops->give_back(out);
	}
	return rc;
}

static int put(struct pass *p, size_t len)
{
	struct tr *in = &p->end[IN];
	void *buf;
	int rc = in->ops->lend(in, &buf);

	return rc < 0 ? rc : in->ops->send(in, len);
}

int pass_once(struct pass *p, size_t len)
{
	int rc = 0;

	for (size_t n = 0; n < len && rc == 0 && !stop_requested();
	     n += p->piece) {
		rc = put(p, p->piece);
		if (rc < 0 || ++p->held < p->most)
			continue;
		rc = take(&p->end[OUT], p->held * p->piece);
		p->held = 0;
	}
	return rc;
}
