/*
 * Makes a ledger of a mechanism's predicted path, so that the path is drawn
 * like a counted path.
 */
#include <string.h>

#include "count/chain.h"

static const enum ledger_kind channels[] = {
	[TR_NO_CHANNEL] = LEDGER_OTHER,
	[TR_CHANNEL_PIPE] = LEDGER_PIPE,
	[TR_CHANNEL_FIFO] = LEDGER_FIFO,
	[TR_CHANNEL_MQUEUE] = LEDGER_MQUEUE,
	[TR_CHANNEL_SYSVMQ] = LEDGER_SYSVMQ,
	[TR_CHANNEL_UNIX] = LEDGER_UNIX,
	[TR_CHANNEL_TCP] = LEDGER_TCP,
};

static enum ledger_kind kind_of_name(const struct tr_spec *spec,
				     const char *name)
{
	if (!strcmp(name, "IN") || !strcmp(name, "OUT"))
		return LEDGER_FILE;
	if (!strcmp(name, "server") || !strcmp(name, "client"))
		return LEDGER_PRIVATE;
	if (!strcmp(name, "channel"))
		return channels[spec->ops->channel];
	return LEDGER_SHARED;
}

static int object_of_name(struct ledger *l, const struct tr_spec *spec,
			  const char *name)
{
	return ledger_object(l, kind_of_name(spec, name), name, name, "", 0);
}

/*
 * The name of a call: a path says `send` or `receive`, and each channel has its
 * own calls for the two.
 */
static const char *call_of(const struct ledger *l, const struct hop *hop,
			   int from, int to)
{
	enum ledger_kind out = ledger_object_at(l, (size_t)from)->kind;
	enum ledger_kind in = ledger_object_at(l, (size_t)to)->kind;
	bool send = !strcmp(hop->call, "send");

	if (!send && strcmp(hop->call, "receive") != 0)
		return hop->call;
	switch (send ? in : out) {
	case LEDGER_MQUEUE:
		return send ? "mq_send" : "mq_receive";
	case LEDGER_SYSVMQ:
		return send ? "msgsnd" : "msgrcv";
	default:
		return send ? "write" : "read";
	}
}

bool chain_touches(const struct hop *hop, const char *name)
{
	return !strcmp(hop->from, name) || !strcmp(hop->to, name);
}

/* The process that makes the call; "" if the path does not say which. */
static const char *process_of(const struct hop *path, const struct hop *hop)
{
	if (hop == path && !hop[1].from && !chain_touches(hop, "server"))
		return "";
	if (chain_touches(hop, "client"))
		return "client";
	if (chain_touches(hop, "server") || hop == path)
		return "server";
	return !hop[1].from ? "client" : "";
}

struct ledger *chain_predict(const struct tr_spec *spec, uint64_t bytes,
			     int *in, int *out)
{
	const struct hop *path = tr_path(spec);
	struct ledger *l = ledger_new();

	*in = *out = -1;
	if (!l)
		return NULL;
	for (const struct hop *hop = path; hop->from; hop++) {
		int from = object_of_name(l, spec, hop->from);
		int to = object_of_name(l, spec, hop->to);
		struct ledger_hop h = {
			.from = from,
			.to = to,
			.by = hop->by == HOP_USER ? LEDGER_BY_USER
						  : LEDGER_BY_KERNEL,
			.process = process_of(path, hop),
			.call = call_of(l, hop, from, to),
			.calls = 1,
			.bytes = bytes,
			.copies = hop->copies,
			.evidence = LEDGER_UNKNOWN,
		};

		ledger_add(l, &h);
		*out = to;
		if (*in < 0)
			*in = from;
	}
	return l;
}
