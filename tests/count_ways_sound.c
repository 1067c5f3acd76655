/* Ways on which the program does more than its calls show. */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "count_ways.h"

#define BLOCK 4096

static char *buf, *copy;

/* --- stores between read and write ---------------------------------------- */

/* Copies the buffer away and back, which leaves the same bytes in it. */
static void there_and_back(size_t len)
{
	memcpy(copy, buf, len);
	memset(buf, 0, len);
	memcpy(buf, copy, len);
}

static int all_at_once(void)
{
	buf = way_buffer();
	copy = way_buffer();
	way_read(way_in(), buf, WAY_BYTES);
	there_and_back(WAY_BYTES);
	way_write(way_out(), buf, WAY_BYTES);
	return 0;
}

static int block_by_block(void)
{
	int in = way_in(), out = way_out();

	buf = way_buffer();
	copy = way_buffer();
	for (int at = 0; at < WAY_BYTES; at += BLOCK) {
		way_read(in, buf, BLOCK);
		there_and_back(BLOCK);
		way_write(out, buf, BLOCK);
	}
	return 0;
}

/* Copies every second block away and back before it writes the block. */
static int every_other_block(void)
{
	int in = way_in(), out = way_out();

	buf = way_buffer();
	copy = way_buffer();
	for (int at = 0; at < WAY_BYTES; at += BLOCK) {
		way_read(in, buf, BLOCK);
		if (at / BLOCK % 2)
			there_and_back(BLOCK);
		way_write(out, buf, BLOCK);
	}
	return 0;
}

/* Stores only after the write. This is no copy by the program. */
static int stored_afterwards(void)
{
	int in = way_in(), out = way_out();

	buf = way_buffer();
	for (int at = 0; at < WAY_BYTES; at += BLOCK) {
		way_read(in, buf, BLOCK);
		way_write(out, buf, BLOCK);
		memset(buf, 0, BLOCK);
	}
	return 0;
}

/* --- copies on write ------------------------------------------------------ */

/* Without CAP_SYS_ADMIN the page frames are hidden; the count must say so. */
static bool sees_frames(void)
{
	uint64_t entry = 0;
	char here = 1;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	off_t at = (off_t)((uintptr_t)&here / (size_t)sysconf(_SC_PAGESIZE) *
			   sizeof(entry));

	if (fd >= 0 && pread(fd, &entry, sizeof(entry), at) < 0)
		entry = 0;
	close(fd);
	return entry << 9 != 0;
}

static int before_fork(void)
{
	if (!sees_frames())
		return WAY_CANNOT;
	buf = way_buffer();
	copy = way_buffer();
	way_read(way_in(), buf, WAY_BYTES);
	return 0;
}

static void touch(void)
{
	volatile char *each = buf;

	for (int at = 0; at < WAY_BYTES; at += BLOCK)
		each[at] = each[at];
}

static int write_it(void)
{
	way_write(way_out(), buf, WAY_BYTES);
	return 0;
}

static int touch_and_write(void)
{
	touch();
	return write_it();
}

static int gate[2];

static int wait_for_parent(void)
{
	char byte;

	close(gate[1]);
	return read(gate[0], &byte, 1) == 0 ? 0 : 2;
}

static int child_touches(void)
{
	int rc = before_fork();

	return rc ? rc : way_join(way_fork(touch_and_write));
}

static int parent_touches(void)
{
	int rc = before_fork();

	pid_t pid;

	if (rc)
		return rc;
	if (pipe(gate) < 0)
		return 2;
	pid = way_fork(wait_for_parent);
	touch_and_write();
	close(gate[1]);
	return way_join(pid);
}

/* The parent stores, so it gets copies of the pages. The child keeps them. */
static int write_late(void)
{
	int rc = wait_for_parent();

	return rc ? rc : write_it();
}

static int parent_touches_child_writes(void)
{
	int rc = before_fork();
	pid_t pid;

	if (rc)
		return rc;
	if (pipe(gate) < 0)
		return 2;
	pid = way_fork(write_late);
	touch();
	close(gate[1]);
	return way_join(pid);
}

static int there_and_back_and_write(void)
{
	there_and_back(WAY_BYTES);
	return write_it();
}

static int child_copies(void)
{
	int rc = before_fork();

	return rc ? rc : way_join(way_fork(there_and_back_and_write));
}

/* --- memory that processes share ------------------------------------------ */

static char *ring;

static int write_ring(void)
{
	way_write(way_out(), ring, WAY_BYTES);
	return 0;
}

static int through_ring(int fd)
{
	buf = way_buffer();
	ring = mmap(NULL, WAY_BYTES, PROT_READ | PROT_WRITE,
		    MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);
	if (ring == MAP_FAILED)
		return 2;
	way_read(way_in(), buf, WAY_BYTES);
	memcpy(ring, buf, WAY_BYTES);
	return way_join(way_fork(write_ring));
}

static int through_anonymous_ring(void)
{
	return through_ring(-1);
}

static int through_named_ring(void)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "/ipcopy-test-%d", (int)getpid());
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || ftruncate(fd, WAY_BYTES) < 0)
		return 2;
	shm_unlink(name);
	return through_ring(fd);
}

/* --- mappings ------------------------------------------------------------- */

static char *map_of(int fd, int prot, int flags)
{
	char *map = mmap(NULL, WAY_BYTES, prot, flags, fd, 0);

	if (map == MAP_FAILED)
		_exit(2);
	return map;
}

static char *from, *to;

static void *copy_half(void *unused)
{
	memcpy(to + WAY_BYTES / 2, from + WAY_BYTES / 2, WAY_BYTES / 2);
	return unused;
}

static void *wait_for_end(void *unused)
{
	pause();
	return unused;
}

/* Nothing shows which thread ends last. */
static int two_threads_without_munmap(void)
{
	int out = way_out();
	pthread_t thread;

	if (ftruncate(out, WAY_BYTES) < 0)
		return 2;
	from = map_of(way_in(), PROT_READ, MAP_SHARED);
	to = map_of(out, PROT_READ | PROT_WRITE, MAP_SHARED);
	if (pthread_create(&thread, NULL, copy_half, NULL) != 0)
		return 2;
	memcpy(to, from, WAY_BYTES / 2);
	pthread_join(thread, NULL);
	if (pthread_create(&thread, NULL, wait_for_end, NULL) != 0)
		return 2;
	return 0;
}

static int from_a_writable_mapping(void)
{
	buf = map_of(way_in(), PROT_READ | PROT_WRITE, MAP_PRIVATE);
	return write_it();
}

static int from_a_touched_mapping(void)
{
	buf = map_of(way_in(), PROT_READ | PROT_WRITE, MAP_PRIVATE);
	return touch_and_write();
}

/* --- writing twice -------------------------------------------------------- */

static int written_twice(void)
{
	int out = way_out();

	buf = way_buffer();
	way_read(way_in(), buf, WAY_BYTES);
	for (int i = 0; i < 2; i++)
		if (pwrite(out, buf, WAY_BYTES, 0) != WAY_BYTES)
			return 2;
	return 0;
}

/* --- sockets -------------------------------------------------------------- */

static int listening;
static struct sockaddr_un name = { .sun_family = AF_UNIX };

static int connect_and_send(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), in = way_in();

	if (connect(fd, (struct sockaddr *)&name, sizeof(name)) < 0)
		return 2;
	buf = way_buffer();
	way_read(in, buf, BLOCK);
	way_write(fd, buf, BLOCK);
	close(gate[1]); /* now the server may accept */
	for (int at = BLOCK; at < WAY_BYTES; at += BLOCK) {
		way_read(in, buf, BLOCK);
		way_write(fd, buf, BLOCK);
	}
	return 0;
}

static int sent_before_accepted(void)
{
	char byte;
	pid_t pid;
	int fd;

	snprintf(name.sun_path, sizeof(name.sun_path), "socket");
	unlink(name.sun_path);
	listening = socket(AF_UNIX, SOCK_STREAM, 0);
	if (pipe(gate) < 0 ||
	    bind(listening, (struct sockaddr *)&name, sizeof(name)) < 0 ||
	    listen(listening, 1) < 0)
		return 2;
	pid = way_fork(connect_and_send);
	close(gate[1]);
	if (read(gate[0], &byte, 1) != 0)
		return 2;
	fd = accept(listening, NULL, NULL);
	buf = way_buffer();
	way_read(fd, buf, WAY_BYTES);
	way_write(way_out(), buf, WAY_BYTES);
	unlink(name.sun_path);
	return way_join(pid);
}

const struct count_way ways_sound[] = {
	{ .name = "copied away and back between read and write",
	  all_at_once,
	  2,
	  1,
	  .at_least = true },
	{ .name = "many blocks, each copied away and back",
	  block_by_block,
	  2,
	  1,
	  .at_least = true },
	{ .name = "every second block copied away and back",
	  every_other_block,
	  2,
	  0.5,
	  .at_least = true },
	{ .name = "a store into a buffer after its write",
	  stored_afterwards,
	  2,
	  0 },
	{ .name = "a child stores into each page: copied on write",
	  child_touches,
	  3,
	  0 },
	{ .name = "a parent stores into each page", parent_touches, 3, 0 },
	{ .name = "a parent stores into each page, and its child writes",
	  parent_touches_child_writes,
	  2,
	  0 },
	{ .name = "a child copies its buffer away and back",
	  child_copies,
	  2,
	  1,
	  .at_least = true },
	{ .name = "copied into shared memory, written from there",
	  through_anonymous_ring,
	  2,
	  1,
	  .at_least = true,
	  .found = true },
	{ .name = "copied into named shared memory, written from there",
	  through_named_ring,
	  2,
	  1,
	  .at_least = true,
	  .found = true },
	{ .name = "two threads, both files mapped until the end",
	  two_threads_without_munmap,
	  0,
	  1,
	  .at_least = true },
	{ .name = "written from a private mapping that may be stored to",
	  from_a_writable_mapping,
	  1,
	  0 },
	{ .name = "written from a private mapping after a store",
	  from_a_touched_mapping,
	  1,
	  1,
	  .at_least = true },
	{ .name = "written twice", written_twice, 3, 0 },
	{ .name = "sent before the server accepts",
	  sent_before_accepted,
	  4,
	  0,
	  .found = true },
	{ .name = NULL },
};
