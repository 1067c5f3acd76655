/* Finds out how many bytes of the input an output holds at the end. */
#include "count/delivered.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/size.h"
#include "count/change.h"
#include "count/trace.h"

#define LOST_PART 200 /* a loss of less than 1/LOST_PART is not mentioned */

/* Bytes that came to the output, but not from the input. */
uint64_t delivered_by_others(const struct count_result *r)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < ledger_hops(r->ledger); i++)
		if (ledger_hop_at(r->ledger, i)->to == r->out)
			bytes += ledger_hop_at(r->ledger, i)->bytes;
	return bytes > r->sum.arrived_bytes ? bytes - r->sum.arrived_bytes : 0;
}

/*
 * If the caller named no output, looks whether the path of the output that was
 * found still leads to the same file. Then the size of that file is known, too.
 */
static void find_file(const struct count_result *r, struct end *end)
{
	const struct ledger_object *o =
		ledger_object_at(r->ledger, (size_t)r->out);
	char key[80];

	if (end->is || o->kind != LEDGER_FILE || stat(o->name, &end->st) < 0)
		return;
	trace_file_key(key, sizeof(key), end->st.st_dev, end->st.st_ino);
	end->is = strcmp(key, o->key) == 0;
	end->was = true; /* not known: assume it existed before */
	end->size_before = (uint64_t)end->st.st_size;
}

/*
 * The bytes of a file outside its holes. If the holes are unknown: all bytes.
 */
static uint64_t data_in(const char *path, uint64_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	off_t hole = 0, data = fd < 0 ? -1 : lseek(fd, 0, SEEK_DATA);
	uint64_t bytes = 0;

	if (data < 0)
		bytes = fd >= 0 && errno == ENXIO ? 0 : size;
	while (data >= 0) {
		hole = lseek(fd, data, SEEK_HOLE);
		if (hole < 0)
			break;
		bytes += (uint64_t)(hole - data);
		data = lseek(fd, hole, SEEK_DATA);
	}
	fd_close(&fd);
	return bytes < size ? bytes : size;
}

static void note_holes(struct count_result *r, uint64_t holes)
{
	char text[200], size[32];

	snprintf(text, sizeof(text),
		 "the output has %s in holes: nobody copied these bytes, so "
		 "they do not count as delivered",
		 size_human((double)holes, size, sizeof(size)));
	ledger_note(r->ledger, text);
}

/*
 * The size of the output. If it has holes: the bytes outside them, but at most
 * as many as came to the output.
 */
static uint64_t without_holes(struct count_result *r, uint64_t size)
{
	const struct ledger_object *o =
		ledger_object_at(r->ledger, (size_t)r->out);
	uint64_t came = r->sum.arrived_bytes + delivered_by_others(r);
	uint64_t data = came < size ? data_in(o->name, size) : size;

	if (data == size)
		return size;
	note_holes(r, size - data);
	/* the file system counts a whole block as data */
	return came < data ? came : data;
}

/*
 * True if the output is exactly as long as the input. Then the caller takes it
 * to hold the whole input, even if a few bytes seem to come from other sources:
 * their buffer may have held such bytes before.
 */
static bool is_as_long(const struct count_result *r, uint64_t size)
{
	const struct ledger_object *o =
		ledger_object_at(r->ledger, (size_t)r->in);
	struct stat st;

	return o->kind == LEDGER_FILE && stat(o->name, &st) == 0 &&
	       (uint64_t)st.st_size == size;
}

/*
 * The bytes of the input that the output holds at the end. If the output had
 * contents before, a program may have appended to it. Then at most the bytes
 * that came to the output count.
 */
uint64_t delivered_bytes(struct count_result *r, const struct end *named)
{
	struct end end = *named, *out = &end;
	uint64_t came = r->sum.arrived_bytes, others = delivered_by_others(r),
		 holds;

	find_file(r, out);
	if (!out->is || !S_ISREG(out->st.st_mode))
		return came;
	holds = without_holes(r, (uint64_t)out->st.st_size);
	if (others <= holds / LOST_PART && is_as_long(r, holds))
		return holds;
	if (!out->was || out->size_before == 0)
		return holds > others ? holds - others : came;
	return came < holds ? came : holds;
}

/*
 * If the output holds the whole input, all of it should have come from there.
 * If many bytes came to it from elsewhere, the ledger may have mixed them up,
 * and then it divides the copies by too few bytes.
 */
static void look_for_missing(struct count_result *r)
{
	const struct ledger_object *in, *out;
	uint64_t holds = r->delivered_bytes + delivered_by_others(r);
	uint64_t size;
	struct stat st;

	if (!r->sum.path || !r->sum.resolved)
		return;
	in = ledger_object_at(r->ledger, (size_t)r->in);
	out = ledger_object_at(r->ledger, (size_t)r->out);
	if (out->kind != LEDGER_FILE || stat(out->name, &st) < 0)
		return;
	size = (uint64_t)st.st_size;
	if (r->delivered_bytes >= size - size / LOST_PART ||
	    holds < size - size / LOST_PART || !is_as_long(r, size) ||
	    !change_equal(in->name, out->name))
		return;
	r->sum.resolved = false;
	snprintf(r->sum.why, sizeof(r->sum.why),
		 "%.90s holds the same bytes as %.90s, but only %" PRIu64
		 " of its %" PRIu64 " bytes were seen to come from there",
		 out->name, in->name, r->delivered_bytes, size);
}

/*
 * Notes that the output no longer holds all bytes that came to it, if more than
 * 1/LOST_PART of these bytes are lost. All copies into it count nevertheless.
 */
static void note_lost(struct count_result *r)
{
	uint64_t came = r->sum.arrived_bytes, holds = r->delivered_bytes;
	char text[200], has[32], had[32];

	if (!r->sum.path || came < holds || came - holds <= came / LOST_PART)
		return;
	snprintf(text, sizeof(text),
		 "the output holds %s of the %s that came to it: it was cut "
		 "short or written over; the copies of the lost bytes count, "
		 "too",
		 size_human((double)holds, has, sizeof(has)),
		 size_human((double)came, had, sizeof(had)));
	ledger_note(r->ledger, text);
}

void delivered_judge(struct count_result *r)
{
	note_lost(r);
	look_for_missing(r);
}
