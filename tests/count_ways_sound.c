/* Ways on which the program does more than its calls tell. */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "count_ways.h"

#define BLOCK 4096

static char *buf, *copy;

/* --- stores between read and write ---------------------------------------- */

/* The bytes are the same in the end, and were copied twice for that. */
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

/* Half of what is written is what was read. */
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

/* Nobody's copy: it was written before. */
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

/* Without CAP_SYS_ADMIN nobody sees the frames, and the count says so. */
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

/* The parent gets the copies, the child keeps the pages. */
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

const struct count_way ways_sound[] = {
	{ .name = "copied there and back between read and write",
	  all_at_once,
	  2,
	  1,
	  .at_least = true },
	{ .name = "the same with each of many blocks",
	  block_by_block,
	  2,
	  1,
	  .at_least = true },
	{ .name = "the same with every other block",
	  every_other_block,
	  2,
	  0.5,
	  .at_least = true },
	{ .name = "stored into a buffer that is written already",
	  stored_afterwards,
	  2,
	  0 },
	{ .name = "a child that touches each page: copied on write",
	  child_touches,
	  3,
	  0 },
	{ .name = "a parent that does", parent_touches, 3, 0 },
	{ .name = "a parent that does, and its child writes",
	  parent_touches_child_writes,
	  2,
	  0 },
	{ .name = "a child that copies there and back",
	  child_copies,
	  2,
	  1,
	  .at_least = true },
	{ .name = NULL },
};
