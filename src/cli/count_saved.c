/*
 * Says how many copies of a command would not be needed with other system
 * calls, if that is certain.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "base/append.h"
#include "base/columns.h"
#include "cli/count_wish.h"
#include "count/change.h"
#include "count/probe.h"

/* True if the count is exact and the bytes arrived unchanged. */
static bool can_be_saved(const struct ledger_sum *s)
{
	return count_is_exact(s) && !s->transformed && s->delivered_bytes > 0;
}

static const struct ledger_object *file_at(const struct count_shown *c,
					   int object, struct stat *st)
{
	const struct ledger_object *o =
		object < 0 ? NULL : ledger_object_at(c->ledger, (size_t)object);

	if (!o || o->kind != LEDGER_FILE || stat(o->name, st) < 0 ||
	    !S_ISREG(st->st_mode))
		return NULL;
	return o;
}

/*
 * True if the output has exactly the bytes of the input, and both are files of
 * one file system.
 */
static bool is_whole_copy(const struct count_shown *c)
{
	struct stat in, out;
	const struct ledger_object *from = file_at(c, c->in, &in);
	const struct ledger_object *to = file_at(c, c->out, &out);

	return from && to && in.st_dev == out.st_dev &&
	       in.st_size == out.st_size &&
	       (uint64_t)in.st_size == c->sum.delivered_bytes &&
	       change_seen(from->name, to->name) == CHANGE_NONE;
}

/* True if a pipe is on the way, which splice(2) can fill and empty. */
static bool has_pipe(const struct count_shown *c)
{
	for (size_t i = 0; i < ledger_hops(c->ledger); i++) {
		enum ledger_kind to =
			ledger_object_at(
				c->ledger,
				(size_t)ledger_hop_at(c->ledger, i)->to)
				->kind;

		if (c->on_path[i] && (to == LEDGER_PIPE || to == LEDGER_FIFO))
			return true;
	}
	return false;
}

static int copies_by_splice(void)
{
	int in = probe_copies(PROBE_SPLICE_FILE_PIPE, NULL);
	int out = probe_copies(PROBE_SPLICE_PIPE_FILE, NULL);

	return in < 0 || out < 0 ? LEDGER_COPIES_UNKNOWN : in + out;
}

struct other {
	const char *how;
	int copies; /* LEDGER_COPIES_UNKNOWN: not possible here */
};

void count_put_saved(const struct count_shown *c, FILE *to)
{
	const struct other others[] = {
		{ "copy_file_range(2) in one program, as cp does",
		  probe_copies(PROBE_COPY_RANGE, NULL) },
		{ "splice(2) through the pipe",
		  has_pipe(c) ? copies_by_splice() : LEDGER_COPIES_UNKNOWN },
	};
	char text[300] = "";

	if (!can_be_saved(&c->sum) || !is_whole_copy(c))
		return;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		double saved = c->sum.copies - others[i].copies;

		if (others[i].copies == LEDGER_COPIES_UNKNOWN || saved < 0.5)
			continue;
		text_append(text, sizeof(text), "%s%.3g of %.3g copies by %s",
			    *text ? "; " : "", saved, c->sum.copies,
			    others[i].how);
	}
	if (*text)
		columns_fold(to, "could be saved: ", "  ", text);
}
