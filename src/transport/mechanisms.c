/* The table of mechanisms, and the names of their properties. */
#include <string.h>

#include "transport/transport.h"

#define TR(name) extern const struct transport tr_##name;
#include "transport/list.h"
#undef TR

static const struct transport *const table[] = {
#define TR(name) &tr_##name,
#include "transport/list.h"
#undef TR
};

const char *const tr_kind_names[] = {
	[TR_MECHANISM] = "mechanism",
	[TR_CONTROL] = "control",
	NULL,
};

const char *const tr_channel_names[] = {
	[TR_NO_CHANNEL] = "none",       [TR_CHANNEL_PIPE] = "pipe",
	[TR_CHANNEL_FIFO] = "fifo",     [TR_CHANNEL_MQUEUE] = "mqueue",
	[TR_CHANNEL_SYSVMQ] = "sysvmq", [TR_CHANNEL_UNIX] = "unix",
	[TR_CHANNEL_TCP] = "tcp",
};

const char *const tr_family_names[] = {
	[TR_FAMILY_NONE] = "none",
	[TR_FAMILY_CONTROL] = "control",
	[TR_FAMILY_PIPE] = "pipe",
	[TR_FAMILY_QUEUE] = "queue",
	[TR_FAMILY_UNIX] = "unix",
	[TR_FAMILY_TCP] = "tcp",
	[TR_FAMILY_CALL] = "call",
	[TR_FAMILY_PAGES] = "pages",
	[TR_FAMILY_FILE] = "file",
	[TR_FAMILY_RING] = "ring",
	NULL,
};

const char *const tr_claim_names[] = {
	[TR_CLAIM_NONE] = "none",
	[TR_CLAIM_RING] = "ring",
	[TR_CLAIM_RIVAL] = "rival",
	[TR_CLAIM_CEILING] = "ceiling",
	NULL,
};

const char *const tr_reach_names[] = {
	[TR_REACH_RELATED] = "related processes",
	[TR_REACH_DESCRIPTOR] = "any process, by descriptor",
	[TR_REACH_NAME] = "any process, by name",
};

const struct transport *tr_at(size_t i)
{
	return i < sizeof(table) / sizeof(table[0]) ? table[i] : NULL;
}

const struct transport *tr_find(const char *name)
{
	const struct transport *t;

	for_each_transport(t)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

const struct transport *tr_with_claim(enum tr_claim claim)
{
	const struct transport *t;

	for_each_transport(t)
		if (t->claim == claim)
			return t;
	return NULL;
}

int tr_nth_of_family(const struct transport *ops)
{
	const struct transport *t;
	int n = 0;

	for_each_transport(t) {
		if (t == ops)
			break;
		n += t->family == ops->family;
	}
	return n;
}
