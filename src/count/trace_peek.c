/*
 * Keeps pieces of the bytes that processes write, to search for them in the
 * input. A program that puts a frame around each block writes other bytes than
 * it read, but it still copies the block. A program that compresses the block
 * does not copy it.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "count/change.h"
#include "count/trace.h"

static bool is_power_of_two(uint64_t n)
{
	return (n & (n - 1)) == 0;
}

static bool is_packed(const char *first)
{
	/*
	 * octal escapes end after three digits; "\xfd7" would be one character
	 */
	static const char *const begins[] = { "\037\213",         "\3757zXZ",
					      "\050\265\057\375", "BZh",
					      "\004\042\115\030", "LZIP" };

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (strncmp(first, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

/* If the input is compressed already, a program may pass it on unchanged. */
static bool file_is_packed(const char *path)
{
	char first[8] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? 0 : read(fd, first, sizeof(first) - 1);

	fd_close(&fd);
	return n > 0 && is_packed(first);
}

/* True at writes 1, 2, 4, 8 …, so pieces come from all over a long stream. */
bool peek_is_due(const struct window *w)
{
	return is_power_of_two(w->writes + 1);
}

void peek_at(struct tracer *t, const struct task *p, uint64_t addr,
	     uint64_t len, int hop)
{
	struct window *w = &t->window[hop];
	uint64_t at = len / 2;
	bool due = peek_is_due(w) && !p->late;
	char first[8] = "";

	if (++w->writes == 1) {
		tracee_peek_softly(p->tracee.tid, first, addr,
				   sizeof(first) - 1);
		w->packed = is_packed(first);
	}
	if (len < CHANGE_PIECE || !due)
		return;
	if (!w->pieces)
		w->pieces = calloc(1, sizeof(*w->pieces));
	if (!w->pieces)
		abort();
	if (w->pieces->n == CHANGE_PIECES)
		return;
	if (at + CHANGE_PIECE > len)
		at = len - CHANGE_PIECE;
	if (tracee_peek_softly(p->tracee.tid, w->pieces->bytes[w->pieces->n],
			       addr + at, CHANGE_PIECE) == CHANGE_PIECE)
		w->pieces->n++;
}

/* fewer pieces may come from a message that is not payload */
#define PIECES_LEAST 4

void peek_settle(struct tracer *t, int in, int out)
{
	const struct ledger_object *o = ledger_object_at(t->ledger, (size_t)in);
	bool packed = file_is_packed(o->name);

	for (size_t i = 0; i < t->windows && i < ledger_hops(t->ledger); i++) {
		const struct window *w = &t->window[i];
		bool on_way = ledger_hop_at(t->ledger, i)->to != out;

		if (w->packed && !packed)
			ledger_content(t->ledger, (int)i, LEDGER_FOREIGN);
		else if (w->pieces && change_holds(o->name, w->pieces))
			ledger_content(t->ledger, (int)i, LEDGER_PAYLOAD);
		else if (w->pieces && w->pieces->n >= PIECES_LEAST && on_way)
			ledger_content(t->ledger, (int)i, LEDGER_FOREIGN);
	}
}

void peek_free(struct tracer *t)
{
	for (size_t i = 0; i < t->windows; i++)
		free(t->window[i].pieces);
}
