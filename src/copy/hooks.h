/*
 * A mechanism's hooks as a loop of messages calls them: looked up once, those
 * of the textbook's four (pipe and FIFO, queue, ring) directly, so that the
 * loop favours none of them, and not at all where they do nothing. Another's
 * cost what base/hot.h says of an indirect call.
 */
#ifndef COPY_HOOKS_H
#define COPY_HOOKS_H

#include "base/hot.h"
#include "transport/mq.h"
#include "transport/shm.h"
#include "transport/transport.h"

struct hooks {
	bool private; /* the buffer is the side's own, and always at hand */
	int (*lend)(struct tr *tr, void **buf);
	int (*send)(struct tr *tr, size_t len);
	ssize_t (*receive)(struct tr *tr, const void **buf);
	int (*give_back)(struct tr *tr);
	ssize_t (*discard)(struct tr *tr);
};

static inline struct hooks hooks_of(const struct tr *tr)
{
	const struct transport *ops = tr->ops;

	return (struct hooks){
		.private = ops->lend == tr_lend_private &&
			   ops->give_back == tr_give_back_private,
		.lend = ops->lend,
		.send = ops->send,
		.receive = ops->receive,
		.give_back = ops->give_back,
		.discard = ops->discard,
	};
}

static inline int hooks_lend(const struct hooks *h, struct tr *tr, void **buf)
{
	*buf = tr->buf;
	return h->private ? 0 : CALL(h->lend, tr_shm_lend, tr, buf);
}

static inline int hooks_send(const struct hooks *h, struct tr *tr, size_t len)
{
	if (h->send == tr_send_stream)
		return tr_send_stream(tr, len);
	if (h->send == tr_shm_send)
		return tr_shm_send(tr, len);
	return CALL(h->send, tr_mq_send, tr, len);
}

static inline ssize_t hooks_receive(const struct hooks *h, struct tr *tr,
				    const void **buf)
{
	if (h->receive == tr_receive_stream)
		return tr_receive_stream(tr, buf);
	if (h->receive == tr_shm_receive)
		return tr_shm_receive(tr, buf);
	return CALL(h->receive, tr_mq_receive, tr, buf);
}

static inline int hooks_give_back(const struct hooks *h, struct tr *tr)
{
	return h->private ? 0 : CALL(h->give_back, tr_shm_give_back, tr);
}

#endif
