/* Programs that move bytes through memory: private, mapped, shared. */
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/bytes.h"
#include "teach/programs.h"

/* exercise: small-buffer */
static int small_buffer(const struct ends *e)
{
	char *buf = private_memory(e->block);
	ssize_t n;

	while ((n = read(e->in, buf, e->block)) > 0)
		if (write(e->out, buf, n) != n)
			return 1;
	return 0;
}
/* exercise: end */

/* exercise: whole-buffer */
static int whole_buffer(const struct ends *e)
{
	char *all = private_memory(e->len);
	ssize_t n;

	if (read(e->in, all, e->len) != e->len)
		return 1;
	for (ssize_t at = 0; at < e->len; at += n) {
		n = e->len - at < e->block ? e->len - at : e->block;
		if (write(e->out, all + at, n) != n)
			return 1;
	}
	return 0;
}
/* exercise: end */

/* exercise: own-copy */
static int own_copy(const struct ends *e)
{
	char *a = private_memory(e->block), *b = private_memory(e->block);
	ssize_t n;

	while ((n = read(e->in, a, e->block)) > 0) {
		bytes_copy(b, a, n);
		if (write(e->out, b, n) != n)
			return 1;
	}
	return 0;
}
/* exercise: end */

/* exercise: scattered */
static int scattered(const struct ends *e)
{
	ssize_t half = e->len / 2;
	char *buf = private_memory(e->len);
	struct iovec two[2] = { { buf + half, half }, { buf, half } };

	if (readv(e->in, two, 2) != e->len)
		return 1;
	return writev(e->out, two, 2) != e->len;
}
/* exercise: end */

/* exercise: by-child */
static int by_child(const struct ends *e)
{
	char *buf = private_memory(e->len);
	pid_t child;

	if (read(e->in, buf, e->len) != e->len)
		return 1;
	child = fork_as("child");
	if (child == 0)
		return write(e->out, buf, e->len) != e->len;
	return ended(child);
}
/* exercise: end */

/* exercise: mapped-input */
static int mapped_input(const struct ends *e)
{
	char *in = mapped(e->in, e->len);

	return write(e->out, in, e->len) != e->len;
}
/* exercise: end */

/* exercise: mapped-output */
static int mapped_output(const struct ends *e)
{
	char *out = mapped(e->out, e->len);

	return read(e->in, out, e->len) != e->len;
}
/* exercise: end */

/* exercise: mapped-both */
static int mapped_both(const struct ends *e)
{
	char *in = mapped(e->in, e->len);
	char *out = mapped(e->out, e->len);

	bytes_copy(out, in, e->len);
	return 0;
}
/* exercise: end */

/* exercise: slot */
static int slot(const struct ends *e)
{
	struct slot *s = new_slot(e->block);
	pid_t client = fork_as("client");
	ssize_t n;

	if (client == 0) {
		while ((n = wait_full(s)) > 0) {
			if (write(e->out, s->bytes, n) != n)
				return 1;
			tell_empty(s);
		}
		return 0;
	}
	do {
		wait_empty(s);
		n = read(e->in, s->bytes, e->block);
		tell_full(s, n);
	} while (n > 0);
	return ended(client);
}
/* exercise: end */

/* exercise: slot-and-buffers */
static int slot_and_buffers(const struct ends *e)
{
	struct slot *s = new_slot(e->block);
	char *own = private_memory(e->block); /* each process has its own */
	pid_t client = fork_as("client");
	ssize_t n;

	if (client == 0) {
		while ((n = wait_full(s)) > 0) {
			bytes_copy(own, s->bytes, n);
			tell_empty(s);
			if (write(e->out, own, n) != n)
				return 1;
		}
		return 0;
	}
	do {
		n = read(e->in, own, e->block);
		wait_empty(s);
		bytes_copy(s->bytes, own, n);
		tell_full(s, n);
	} while (n > 0);
	return ended(client);
}
/* exercise: end */

/* exercise: slot-and-buffer */
static int slot_and_buffer(const struct ends *e)
{
	struct slot *s = new_slot(e->block);
	char *own = private_memory(e->block);
	pid_t client = fork_as("client");
	ssize_t n;

	if (client == 0) {
		while ((n = wait_full(s)) > 0) {
			bytes_copy(own, s->bytes, n);
			tell_empty(s);
			if (write(e->out, own, n) != n)
				return 1;
		}
		return 0;
	}
	do {
		wait_empty(s);
		n = read(e->in, s->bytes, e->block);
		tell_full(s, n);
	} while (n > 0);
	return ended(client);
}
/* exercise: end */

/* exercise: copy-on-write */
static int copy_on_write(const struct ends *e)
{
	char *buf = private_memory(e->len);
	pid_t child;

	if (read(e->in, buf, e->len) != e->len)
		return 1;
	child = fork_as("child");
	if (child == 0) {
		/* stores into each page a byte that is there already */
		for (ssize_t at = 100; at < e->len; at += 4096)
			*(volatile char *)(buf + at) = buf[at];
		return write(e->out, buf, e->len) != e->len;
	}
	return ended(child);
}
/* exercise: end */

/* exercise: backwards */
static int backwards(const struct ends *e)
{
	char *buf = private_memory(e->block);
	ssize_t n;

	for (ssize_t at = e->len; at > 0;) {
		n = at < e->block ? at : e->block;
		at -= n;
		if (pread(e->in, buf, n, at) != n ||
		    pwrite(e->out, buf, n, at) != n)
			return 1;
	}
	return 0;
}
/* exercise: end */

/* exercise: mapped-and-buffer */
static int mapped_and_buffer(const struct ends *e)
{
	char *in = mapped(e->in, e->len), *buf = private_memory(e->len);

	bytes_copy(buf, in, e->len);
	return write(e->out, buf, e->len) != e->len;
}
/* exercise: end */

/* exercise: buffer-and-mapped */
static int buffer_and_mapped(const struct ends *e)
{
	char *buf = private_memory(e->len), *out = mapped(e->out, e->len);

	if (read(e->in, buf, e->len) != e->len)
		return 1;
	bytes_copy(out, buf, e->len);
	return 0;
}
/* exercise: end */

/* exercise: child-reads */
static int child_reads(const struct ends *e)
{
	char *both = shared_memory(e->len);
	pid_t child = fork_as("child");

	if (child == 0)
		return read(e->in, both, e->len) != e->len;
	if (ended(child) != 0)
		return 1;
	return write(e->out, both, e->len) != e->len;
}
/* exercise: end */

/* exercise: child-reads-and-copy */
static int child_reads_and_copy(const struct ends *e)
{
	char *both = shared_memory(e->len), *own = private_memory(e->len);
	pid_t child = fork_as("child");

	if (child == 0)
		return read(e->in, both, e->len) != e->len;
	if (ended(child) != 0)
		return 1;
	bytes_copy(own, both, e->len);
	return write(e->out, own, e->len) != e->len;
}
/* exercise: end */

/* exercise: collected */
static int collected(const struct ends *e)
{
	char *buf = private_memory(e->block), *all = private_memory(e->len);
	ssize_t n, at = 0;

	for (; (n = read(e->in, buf, e->block)) > 0; at += n)
		bytes_copy(all + at, buf, n);
	return write(e->out, all, at) != at;
}
/* exercise: end */

/* exercise: stores-and-pipe */
static int stores_and_pipe(const struct ends *e)
{
	char *buf = private_memory(e->len);
	int p[2];
	pid_t child;

	if (pipe(p) < 0 || read(e->in, buf, e->len) != e->len)
		return 1;
	child = fork_as("child");
	if (child == 0) {
		/* stores into each page a byte that is there already */
		for (ssize_t at = 100; at < e->len; at += 4096)
			*(volatile char *)(buf + at) = buf[at];
		return write(p[1], buf, e->len) != e->len;
	}
	close(p[1]);
	return pump(p[0], e->out, e->block) || ended(child);
}
/* exercise: end */

/* exercise: parent-stores */
static int parent_stores(const struct ends *e)
{
	char *buf = private_memory(e->len), go = 'y';
	int p[2];
	pid_t child;

	if (pipe(p) < 0 || read(e->in, buf, e->len) != e->len)
		return 1;
	child = fork_as("child");
	if (child == 0) {
		if (read(p[0], &go, 1) != 1)
			return 1;
		return write(e->out, buf, e->len) != e->len;
	}
	/* stores into each page a byte that is there already */
	for (ssize_t at = 100; at < e->len; at += 4096)
		*(volatile char *)(buf + at) = buf[at];
	if (write(p[1], &go, 1) != 1)
		return 1;
	return ended(child);
}
/* exercise: end */

#define KNOW_STORES \
	"Each page gets a store, and none of the stores changes a byte."

const struct form forms_memory[] = {
	{ .name = "small-buffer", .level = 1, .run = small_buffer },
	{ .name = "whole-buffer", .level = 1, .run = whole_buffer },
	{ .name = "own-copy", .level = 1, .run = own_copy },
	{ .name = "collected", .level = 1, .run = collected },
	{ .name = "scattered", .level = 1, .run = scattered },
	{ .name = "by-child", .level = 3, .run = by_child },
	{ .name = "mapped-input", .level = 2, .run = mapped_input },
	{ .name = "mapped-output", .level = 2, .run = mapped_output },
	{ .name = "mapped-both", .level = 2, .run = mapped_both },
	{ .name = "backwards", .level = 2, .run = backwards },
	{ .name = "mapped-and-buffer", .level = 2, .run = mapped_and_buffer },
	{ .name = "buffer-and-mapped", .level = 2, .run = buffer_and_mapped },
	{ .name = "child-reads", .level = 2, .run = child_reads },
	{ .name = "child-reads-and-copy",
	  .level = 2,
	  .run = child_reads_and_copy },
	{ .name = "slot", .level = 3, .run = slot },
	{ .name = "slot-and-buffers", .level = 3, .run = slot_and_buffers },
	{ .name = "slot-and-buffer", .level = 3, .run = slot_and_buffer },
	{ .name = "copy-on-write",
	  .level = 3,
	  .know = KNOW_STORES,
	  .run = copy_on_write },
	{ .name = "stores-and-pipe",
	  .level = 3,
	  .know = KNOW_STORES,
	  .run = stores_and_pipe },
	{ .name = "parent-stores",
	  .level = 3,
	  .know = KNOW_STORES,
	  .run = parent_stores },
	{ .name = NULL },
};
