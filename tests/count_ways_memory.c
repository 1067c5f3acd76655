/* Ways through memory: private, shared, mapped, moved or inherited memory. */
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/bytes.h"
#include "count_ways.h"

#define HALF  (WAY_BYTES / 2)
#define SMALL 512

static int plain(void)
{
	char *buf = way_buffer();

	way_read(way_in(), buf, WAY_BYTES);
	way_write(way_out(), buf, WAY_BYTES);
	return 0;
}

/* Two files use the same buffer in turn, as with buffers that stdio reuses. */
static int one_small_buffer(void)
{
	char *all = way_buffer(), *buf = way_buffer();
	int in = way_in(), out = way_out();

	for (int at = 0; at < WAY_BYTES; at += SMALL) {
		way_read(in, buf, SMALL);
		memcpy(all + at, buf, SMALL);
	}
	for (int at = 0; at < WAY_BYTES; at += SMALL) {
		memcpy(buf, all + at, SMALL);
		way_write(out, buf, SMALL);
	}
	return 0;
}

static int vectors(void)
{
	char *buf = way_buffer();
	struct iovec iov[3] = { { buf, 5 },
				{ buf + HALF + 5, HALF - 5 },
				{ buf + 5, HALF } };
	int in = way_in(), out = way_out();

	if (readv(in, iov, 3) != WAY_BYTES || writev(out, iov, 3) != WAY_BYTES)
		return 2;
	return 0;
}

static int vectors_at(void)
{
	char *buf = way_buffer();
	struct iovec iov[2] = { { buf, HALF }, { buf + HALF, HALF } };
	int in = way_in(), out = way_out();

	if (preadv(in, iov, 2, 0) != WAY_BYTES ||
	    pwritev2(out, iov, 2, 0, 0) != WAY_BYTES)
		return 2;
	return 0;
}

static int at_offsets(void)
{
	char *buf = way_buffer();
	int in = way_in(), out = way_out();

	for (int i = 1; i >= 0; i--)
		if (pread(in, buf, HALF, i * HALF) != HALF ||
		    pwrite(out, buf, HALF, i * HALF) != HALF)
			return 2;
	return 0;
}

static char *inherited;

static int write_inherited(void)
{
	way_write(way_out(), inherited, WAY_BYTES);
	return 0;
}

static int by_a_child(void)
{
	inherited = way_buffer();
	way_read(way_in(), inherited, WAY_BYTES);
	return way_join(way_fork(write_inherited));
}

static int by_a_grandchild_of(void)
{
	return way_join(way_fork(write_inherited));
}

static int by_a_grandchild(void)
{
	inherited = way_buffer();
	way_read(way_in(), inherited, WAY_BYTES);
	return way_join(way_fork(by_a_grandchild_of));
}

static void *write_in_thread(void *arg)
{
	way_write(way_out(), arg, WAY_BYTES);
	return NULL;
}

static int by_a_thread(void)
{
	char *buf = way_buffer();
	pthread_t thread;

	way_read(way_in(), buf, WAY_BYTES);
	if (pthread_create(&thread, NULL, write_in_thread, buf) != 0)
		return 2;
	pthread_join(thread, NULL);
	return 0;
}

static int moved_buffer(void)
{
	char *buf = way_buffer();

	way_read(way_in(), buf, WAY_BYTES);
	buf = mremap(buf, WAY_BYTES, 64 * WAY_BYTES, MREMAP_MAYMOVE);
	if (buf == MAP_FAILED)
		return 2;
	way_write(way_out(), buf, WAY_BYTES);
	return 0;
}

/* New memory at the same address as the old memory. */
static int buffer_anew(void)
{
	char *buf = way_buffer(), *copy = way_buffer();

	way_read(way_in(), buf, WAY_BYTES);
	memcpy(copy, buf, WAY_BYTES);
	munmap(buf, WAY_BYTES);
	if (mmap(buf, WAY_BYTES, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != buf)
		return 2;
	memcpy(buf, copy, WAY_BYTES);
	way_write(way_out(), buf, WAY_BYTES);
	return 0;
}

static int own_copy(void)
{
	char *buf = way_buffer(), *copy = way_buffer();

	way_read(way_in(), buf, WAY_BYTES);
	memcpy(copy, buf, WAY_BYTES);
	way_write(way_out(), copy, WAY_BYTES);
	return 0;
}

static int told_copy(void)
{
	char *buf = way_buffer(), *copy = way_buffer();

	way_read(way_in(), buf, WAY_BYTES);
	bytes_copy(copy, buf, HALF);
	bytes_copy(copy + HALF, buf + HALF, HALF);
	way_write(way_out(), copy, WAY_BYTES);
	return 0;
}

static int told_within_a_child(void)
{
	char *copy = way_buffer();

	bytes_copy(copy, inherited, WAY_BYTES);
	way_write(way_out(), copy, WAY_BYTES);
	return 0;
}

static int told_and_inherited(void)
{
	inherited = way_buffer();
	way_read(way_in(), inherited, WAY_BYTES);
	return way_join(way_fork(told_within_a_child));
}

static int from_a_mapping(int flags)
{
	void *map = mmap(NULL, WAY_BYTES, PROT_READ, flags, way_in(), 0);

	if (map == MAP_FAILED)
		return 2;
	way_write(way_out(), map, WAY_BYTES);
	return 0;
}

static int from_a_shared_mapping(void)
{
	return from_a_mapping(MAP_SHARED);
}

static int from_a_private_mapping(void)
{
	return from_a_mapping(MAP_PRIVATE);
}

static int into_a_mapping(void)
{
	int out = way_out();
	void *map;

	if (ftruncate(out, WAY_BYTES) < 0)
		return 2;
	map = mmap(NULL, WAY_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, out, 0);
	close(out);
	if (map == MAP_FAILED)
		return 2;
	way_read(way_in(), map, WAY_BYTES);
	munmap(map, WAY_BYTES);
	return 0;
}

static int through_anonymous(void)
{
	inherited = mmap(NULL, WAY_BYTES, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (inherited == MAP_FAILED)
		return 2;
	way_read(way_in(), inherited, WAY_BYTES);
	return way_join(way_fork(write_inherited));
}

static int segment;

static int write_segment(void)
{
	inherited = shmat(segment, NULL, 0);
	write_inherited();
	shmdt(inherited);
	return 0;
}

static int through_segment(void)
{
	char *base;
	int rc;

	segment = shmget(IPC_PRIVATE, WAY_BYTES, 0600);
	if (segment < 0)
		return WAY_CANNOT;
	base = shmat(segment, NULL, 0);
	way_read(way_in(), base, WAY_BYTES);
	shmdt(base);
	rc = way_join(way_fork(write_segment));
	shmctl(segment, IPC_RMID, NULL);
	return rc;
}

static int half_and_half(void)
{
	char *map = mmap(NULL, (size_t)2 * WAY_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED ||
	    mmap(map + HALF, WAY_BYTES, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		return 2;
	way_read(way_in(), map, WAY_BYTES);
	way_write(way_out(), map, WAY_BYTES);
	return 0;
}

/*
 * A child writes into its parent's memory. The parent writes these bytes to the
 * output.
 */
static pid_t parent;

static int write_to_parent(void)
{
	char *buf = way_buffer();
	struct iovec local = { buf, WAY_BYTES };
	struct iovec remote = { inherited, WAY_BYTES };

	way_read(way_in(), buf, WAY_BYTES);
	return process_vm_writev(parent, &local, 1, &remote, 1, 0) == WAY_BYTES
		       ? 0
		       : WAY_CANNOT;
}

static int into_other_memory(void)
{
	int rc;

	inherited = way_buffer();
	parent = getpid();
	rc = way_join(way_fork(write_to_parent));
	if (rc == 0)
		way_write(way_out(), inherited, WAY_BYTES);
	return rc;
}

/* --- loads and stores, which no call shows -------------------------------- */

static char *map_in(void)
{
	char *map = mmap(NULL, WAY_BYTES, PROT_READ, MAP_SHARED, way_in(), 0);

	if (map == MAP_FAILED)
		_exit(2);
	return map;
}

static char *map_out(void)
{
	int out = way_out();
	char *map;

	if (ftruncate(out, WAY_BYTES) < 0)
		_exit(2);
	map = mmap(NULL, WAY_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, out, 0);
	close(out);
	if (map == MAP_FAILED)
		_exit(2);
	return map;
}

static int both_mapped(void)
{
	memcpy(map_out(), map_in(), WAY_BYTES);
	return 0;
}

static int stored(void)
{
	char *buf = way_buffer(), *out = map_out();

	way_read(way_in(), buf, WAY_BYTES);
	memcpy(out, buf, WAY_BYTES);
	munmap(out, WAY_BYTES);
	return 0;
}

static int loaded(void)
{
	char *buf = way_buffer(), *in = map_in();

	memcpy(buf, in, WAY_BYTES);
	munmap(in, WAY_BYTES);
	way_write(way_out(), buf, WAY_BYTES);
	return 0;
}

static int load_and_write(void)
{
	char *buf = way_buffer();

	memcpy(buf, inherited, WAY_BYTES);
	way_write(way_out(), buf, WAY_BYTES);
	return 0;
}

static int stored_and_loaded(void)
{
	char *buf = way_buffer();

	inherited = mmap(NULL, WAY_BYTES, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (inherited == MAP_FAILED)
		return 2;
	way_read(way_in(), buf, WAY_BYTES);
	memcpy(inherited, buf, WAY_BYTES);
	return way_join(way_fork(load_and_write));
}

const struct count_way ways_memory[] = {
	{ .name = "read and write", plain, 2, 0 },
	{ .name = "readv and writev", vectors, 2, 0 },
	{ .name = "preadv and pwritev2", vectors_at, 2, 0 },
	{ .name = "pread and pwrite", at_offsets, 2, 0 },
	{ .name = "read by a parent, written by its child", by_a_child, 2, 0 },
	{ .name = "read by a process, written by its grandchild",
	  by_a_grandchild,
	  2,
	  0 },
	{ .name = "read by one thread, written by another", by_a_thread, 2, 0 },
	{ .name = "a buffer that mremap has moved", moved_buffer, 2, 0 },
	{ .name = "other memory at the same address",
	  buffer_anew,
	  2,
	  1,
	  .at_least = true },
	{ .name = "read into a small buffer, and later written from it",
	  one_small_buffer,
	  2,
	  1,
	  .at_least = true },
	{ .name = "a program's own copy", own_copy, 2, 1, .at_least = true },
	{ .name = "a program's own copy, which it reports", told_copy, 2, 1 },
	{ .name = "a reported copy of inherited memory",
	  told_and_inherited,
	  2,
	  1 },
	{ .name = "written from a shared mapping",
	  from_a_shared_mapping,
	  1,
	  0 },
	{ .name = "written from a private mapping",
	  from_a_private_mapping,
	  1,
	  0 },
	{ .name = "read into a mapped output", into_a_mapping, 1, 0 },
	{ .name = "shared anonymous memory", through_anonymous, 2, 0 },
	{ .name = "a System V segment", through_segment, 2, 0 },
	{ .name = "a buffer half private, half shared", half_and_half, 2, 0 },
	{ .name = "process_vm_writev", into_other_memory, 3, 0 },
	{ .name = "both files mapped", both_mapped, 0, 1, .at_least = true },
	{ .name = "read, and stored in a mapped output",
	  stored,
	  1,
	  1,
	  .at_least = true },
	{ .name = "loaded from a mapped input, and written",
	  loaded,
	  1,
	  1,
	  .at_least = true },
	{ .name = "stored in shared memory and loaded",
	  stored_and_loaded,
	  2,
	  2,
	  .at_least = true },
	{ .name = NULL },
};
