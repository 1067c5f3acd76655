/* A side that keeps to the protocol as long as a test wants. */
#include "polite.h"
#include "copy/messages.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "peer.h"

const char *const polite_step_names[POLITE_STEPS] = {
	"the meeting",      "HELLO", "OFFER",
	"JOINED",           "READY", "the first message",
	"the last message", "DONE",
};

void polite_begin(struct polite *p, int sock)
{
	*p = (struct polite){ .lease = LEASE_INIT };
	p->ctl = (struct ctl){ .fd = sock,
			       .err = &p->err,
			       .patience_ms = 3000,
			       .peer = "the honest side" };
}

void polite_end(struct polite *p)
{
	tr_close(&p->tr);
	lease_end(&p->lease);
}

static int make_channel(struct polite *p, const char *text)
{
	struct tr_spec spec;
	int rc = tr_spec_parse(text, &spec, &p->err);

	return rc < 0 ? rc : tr_init(&p->tr, &spec, &p->lease, &p->err);
}

ssize_t polite_receive(struct polite *p)
{
	const void *buf;
	ssize_t n = p->tr.ops->receive(&p->tr, &buf);

	if (n >= 0 && p->tr.ops->give_back(&p->tr) < 0)
		return -EPIPE;
	return n;
}

int polite_send(struct polite *p)
{
	uint64_t left = p->len - p->at;
	size_t len = left < p->tr.msg_bytes ? (size_t)left : p->tr.msg_bytes;
	void *buf;
	int rc = p->tr.ops->lend(&p->tr, &buf);

	if (rc < 0)
		return rc;
	memcpy(buf, p->data + p->at, len);
	p->at += len;
	rc = p->tr.ops->send(&p->tr, len);
	return rc < 0 ? rc : (int)len;
}

/* --- the client's steps -------------------------------------------------- */

static int client_step(struct polite *p, enum polite_step step)
{
	struct offer_joined joined = { .cpu = -1 };
	ssize_t n = 1;
	int rc;

	switch (step) {
	case POLITE_HELLO:
		return ctl_send(&p->ctl, SESSION_HELLO, NULL, 0, -1);
	case POLITE_OFFER:
		return ctl_recv(&p->ctl, SESSION_OFFER, &p->offer,
				sizeof(p->offer), NULL);
	case POLITE_JOINED:
		rc = make_channel(p, p->offer.spec);
		if (rc == 0)
			rc = p->tr.ops->join(&p->tr, &p->ctl);
		return rc < 0 ? rc
			      : ctl_send(&p->ctl, SESSION_JOINED, &joined,
					 sizeof(joined), -1);
	case POLITE_READY:
		rc = ctl_recv(&p->ctl, SESSION_START, NULL, 0, NULL);
		return rc < 0 ? rc
			      : ctl_send(&p->ctl, SESSION_READY, NULL, 0, -1);
	case POLITE_FIRST:
		return polite_receive(p) < 0 ? -EPIPE : 0;
	case POLITE_LAST:
		while (n > 0)
			n = polite_receive(p);
		return (int)n;
	case POLITE_DONE:
		return ctl_recv(&p->ctl, SESSION_DONE, &p->done,
				sizeof(p->done), NULL);
	default:
		return 0;
	}
}

int polite_client(struct polite *p, enum polite_step step)
{
	int rc = 0;

	while (rc == 0 && p->step < step)
		rc = client_step(p, ++p->step);
	return rc;
}

/* --- the server's steps -------------------------------------------------- */

static int say_offer(struct polite *p, const char *text)
{
	int rc = make_channel(p, text);

	p->offer = peer_offer(text, p->claim ? p->claim : p->len);
	p->offer.sparse = p->claim > 0;
	if (rc == 0 && p->tr.ops->create)
		rc = p->tr.ops->create(&p->tr);
	if (rc == 0)
		rc = ctl_send(&p->ctl, SESSION_OFFER, &p->offer,
			      sizeof(p->offer), -1);
	return rc < 0 ? rc : p->tr.ops->offer(&p->tr, &p->ctl);
}

static int hear_joined(struct polite *p)
{
	struct offer_joined joined;
	int rc = ctl_recv(&p->ctl, SESSION_JOINED, &joined, sizeof(joined),
			  NULL);

	if (rc == 0 && p->tr.ops->attach)
		rc = p->tr.ops->attach(&p->tr);
	return rc;
}

static int say_done(struct polite *p)
{
	struct hash *h = hash_new();

	hash_add(h, p->data, p->len);
	p->done = (struct offer_done){ .bytes = p->len,
				       .hash = hash_value(h),
				       .t0_ns = clock_ns() };
	hash_free(h);
	return ctl_send(&p->ctl, SESSION_DONE, &p->done, sizeof(p->done), -1);
}

static int server_step(struct polite *p, const char *spec,
		       enum polite_step step)
{
	int rc = 1;

	switch (step) {
	case POLITE_HELLO:
		return ctl_recv(&p->ctl, SESSION_HELLO, NULL, 0, NULL);
	case POLITE_OFFER:
		return say_offer(p, spec);
	case POLITE_JOINED:
		return hear_joined(p);
	case POLITE_READY:
		rc = ctl_send(&p->ctl, SESSION_START, NULL, 0, -1);
		return rc < 0 ? rc
			      : ctl_recv(&p->ctl, SESSION_READY, NULL, 0, NULL);
	case POLITE_FIRST:
		return polite_send(p) < 0 ? -EPIPE : 0;
	case POLITE_LAST:
		while (rc > 0)
			rc = polite_send(p);
		return rc;
	case POLITE_DONE:
		return say_done(p);
	default:
		return 0;
	}
}

int polite_server(struct polite *p, const char *spec, enum polite_step step)
{
	int rc = 0;

	while (rc == 0 && p->step < step)
		rc = server_step(p, spec, ++p->step);
	return rc;
}
