/*
 * Why a call, or the letter of a choice, is wrong in the answer to an exercise.
 */
#include <stdio.h>
#include <string.h>

#include "count/kinds.h"
#include "teach/answer.h"
#include "teach/question.h"

/*
 * Facts about calls that answers often name, although they copy nothing on the
 * way.
 */
static const struct {
	const char *call, *why;
} known[] = {
	{ "fault",
	  "no process stores into a page that another process has, too" },
	{ "fork", "it copies no page: both processes have the same pages until "
		  "one of them stores" },
	{ "mmap", "it copies nothing: it gives addresses to pages" },
	{ "memcpy", "no loads and stores of the program move the bytes" },
};

static const char *known_why(const char *call)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i].call, call))
			return known[i].why;
	return "no such call takes the bytes from IN to OUT";
}

static bool is_on_way(const struct question *q, const struct ledger_hop *h)
{
	for (int i = 0; i < q->story->hops; i++)
		if (q->story->hop[i].hop == h)
			return true;
	return false;
}

/*
 * A call of this name that moved all bytes, but to a place from which they do
 * not come to the output. NULL: there is none.
 */
static const struct ledger_hop *goes_elsewhere(const struct question *q,
					       const char *call)
{
	const struct ledger *l = q->counted.ledger;

	for (size_t i = 0; q->story && i < ledger_hops(l); i++) {
		const struct ledger_hop *h = ledger_hop_at(l, i);
		const char *word = answer_word(h->call);

		if (word && !strcmp(word, call) &&
		    h->bytes >= q->counted.delivered_bytes && !is_on_way(q, h))
			return h;
	}
	return NULL;
}

static const char *place_name(const struct ledger_object *o)
{
	return o->kind == LEDGER_FILE || o->kind == LEDGER_FIFO ||
			       o->kind == LEDGER_DEVICE
		       ? kind_file(o->name)
		       : kind_name(o->kind);
}

static void say_too_many(const struct question *q, const char *call, char *buf,
			 size_t size)
{
	const struct ledger_hop *h = goes_elsewhere(q, call);
	const struct ledger *l = q->counted.ledger;

	if (h && ledger_object_at(l, (size_t)h->to)->kind == LEDGER_PRIVATE)
		snprintf(buf, size,
			 "one %s too many; the call of %s takes bytes that do "
			 "not come to OUT",
			 call, h->process);
	else if (h)
		snprintf(buf, size,
			 "one %s too many; the call of %s takes the bytes to "
			 "%s, from where they do not come to OUT",
			 call, h->process,
			 place_name(ledger_object_at(l, (size_t)h->to)));
	else
		snprintf(buf, size,
			 "one %s too many; the way below has all calls that "
			 "copy, in their order",
			 call);
}

void question_extra(const struct question *q, const char *call, char *buf,
		    size_t size)
{
	bool copies = false, refers = false;

	for (int i = 0; i < q->hops; i++) {
		bool same = !strcmp(q->hop[i].call, call);

		copies |= same && q->hop[i].copies > 0;
		refers |= same && q->hop[i].copies == 0;
	}
	if (q->none)
		snprintf(buf, size,
			 "%s copies none of IN's bytes to OUT: the program "
			 "makes other bytes of them",
			 call);
	else if (refers)
		snprintf(buf, size,
			 "%s copies nothing here: pages or blocks are shared",
			 call);
	else if (copies || goes_elsewhere(q, call))
		say_too_many(q, call, buf, size);
	else
		snprintf(buf, size, "one %s too many: %s", call,
			 known_why(call));
}

/* A clause for each reason: a condition that the hop does not meet. */
static const char *const needs[WHYS] = {
	[WHY_FILE] = "this reason needs a call that copies between a file and "
		     "memory of the calling process",
	[WHY_CHANNEL] = "this reason needs a call that copies between a pipe, "
			"a FIFO or a socket and memory of the calling process",
	[WHY_KERNEL] = "this reason needs a copying call that has two "
		       "descriptors and no address of memory",
	[WHY_MEMORY] = "this reason needs a call that copies between memory of "
		       "two processes, such as process_vm_readv",
	[WHY_PAGES] = "this reason needs a call that copies nothing and passes "
		      "references to pages",
	[WHY_BLOCKS] = "this reason needs a call that copies nothing, on a "
		       "file system whose files can share blocks",
	[WHY_PROGRAM] = "this reason needs a copy without a call, such as "
			"memcpy",
	[WHY_FAULT] = "this reason needs a fork, and then a store into the "
		      "page that both processes have, before the bytes go on",
	[WHY_OTHER] = "this reason needs a program that writes other bytes "
		      "than it has read, such as a compressor",
};

const char *question_why_not(enum question_why why)
{
	return needs[why];
}
