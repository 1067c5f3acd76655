/* Ways that the tracer does not follow. The count must say so. */
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "count_ways.h"

#define BLOCK 4096

static char *buf, *copy;

static int by_libaio(void)
{
	struct iocb cb = { .aio_lio_opcode = IOCB_CMD_PWRITE };
	struct iocb *one = &cb;
	struct io_event event;
	aio_context_t queue = 0;

	if (syscall(SYS_io_setup, 1, &queue) < 0)
		return WAY_CANNOT;
	buf = way_buffer();
	way_read(way_in(), buf, WAY_BYTES);
	cb.aio_fildes = (uint32_t)way_out();
	cb.aio_buf = (uint64_t)(uintptr_t)buf;
	cb.aio_nbytes = WAY_BYTES;
	if (syscall(SYS_io_submit, queue, 1, &one) != 1 ||
	    syscall(SYS_io_getevents, queue, 1, 1, &event, NULL) != 1)
		return 2;
	return event.res == WAY_BYTES ? 0 : 2;
}

static int by_own_memory(void)
{
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);

	if (mem < 0)
		return WAY_CANNOT;
	buf = way_buffer();
	copy = way_buffer();
	way_read(way_in(), buf, WAY_BYTES);
	if (pread(mem, copy, WAY_BYTES, (off_t)(uintptr_t)buf) != WAY_BYTES)
		return WAY_CANNOT;
	way_write(way_out(), copy, WAY_BYTES);
	return 0;
}

static int by_terminal(void)
{
	int main_end = posix_openpt(O_RDWR | O_NOCTTY), end, in = way_in();
	int out = way_out();
	struct termios raw;

	if (main_end < 0 || grantpt(main_end) < 0 || unlockpt(main_end) < 0)
		return WAY_CANNOT;
	end = open(ptsname(main_end), O_RDWR | O_NOCTTY);
	if (end < 0 || tcgetattr(end, &raw) < 0)
		return WAY_CANNOT;
	cfmakeraw(&raw);
	tcsetattr(end, TCSANOW, &raw);
	buf = way_buffer();
	for (int at = 0; at < WAY_BYTES; at += BLOCK / 4) {
		way_read(in, buf, BLOCK / 4);
		way_write(main_end, buf, BLOCK / 4);
		way_read(end, buf + BLOCK, BLOCK / 4);
		way_write(out, buf + BLOCK, BLOCK / 4);
	}
	return 0;
}

const struct count_way ways_blind[] = {
	{ .name = "io_submit",
	  by_libaio,
	  .unresolved = true,
	  .why = "io_submit" },
	{ .name = "/proc/self/mem",
	  by_own_memory,
	  .unresolved = true,
	  .why = "/mem" },
	{ .name = "a pseudo-terminal",
	  by_terminal,
	  .unresolved = true,
	  .why = "pseudo-terminal" },
	{ .name = NULL },
};
