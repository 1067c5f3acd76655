/*
 * The number of copies that each hop makes, as the probes find it: on this
 * kernel, and on a made-up kernel that behaves differently.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "count/probe.h"
#include "tests/leftovers.h"
#include "tests/scratch.h"
#include "tests/tap.h"

/* --- a kernel that behaves differently ------------------------------------ */

ssize_t __real_vmsplice(int fd, const struct iovec *iov, size_t n,
			unsigned int flags);
ssize_t __wrap_vmsplice(int fd, const struct iovec *iov, size_t n,
			unsigned int flags);
int __real_listen(int fd, int backlog);
int __wrap_listen(int fd, int backlog);

static bool vmsplice_copies, no_loopback;

ssize_t __wrap_vmsplice(int fd, const struct iovec *iov, size_t n,
			unsigned int flags)
{
	return vmsplice_copies ? writev(fd, iov, (int)n)
			       : __real_vmsplice(fd, iov, n, flags);
}

int __wrap_listen(int fd, int backlog)
{
	return __real_listen(no_loopback ? -1 : fd, backlog);
}

/* --- known answers of Linux ----------------------------------------------- */

static void check(enum probe_way way, int expected)
{
	const char *why;
	int copies = probe_copies(way, &why);

	if (copies == LEDGER_COPIES_UNKNOWN) {
		skip("%s: %s", probe_names[way].call, why);
		return;
	}
	ok(copies == expected, "%s from %s to %s: %d", probe_names[way].call,
	   probe_names[way].from, probe_names[way].to, expected);
}

static void knows_linux(void)
{
	static const enum probe_way aliasing[] = {
		PROBE_VMSPLICE,         PROBE_STORE, PROBE_SPLICE_FILE_PIPE,
		PROBE_SPLICE_PIPE_PIPE, PROBE_TEE,
	};
	static const enum probe_way copying[] = {
		PROBE_WRITE_FILE, PROBE_WRITE_PIPE,    PROBE_SEND_UNIX,
		PROBE_SEND_TCP,   PROBE_SEND_UDP,      PROBE_MQ_SEND,
		PROBE_MSGSND,     PROBE_VM_WRITEV,     PROBE_READ_FILE,
		PROBE_READ_PIPE,  PROBE_RECV_UNIX,     PROBE_RECV_TCP,
		PROBE_RECV_UDP,   PROBE_MQ_RECEIVE,    PROBE_MSGRCV,
		PROBE_VM_READV,   PROBE_SENDFILE_FILE,
	};

	for (size_t i = 0; i < sizeof(aliasing) / sizeof(aliasing[0]); i++)
		check(aliasing[i], 0);
	for (size_t i = 0; i < sizeof(copying) / sizeof(copying[0]); i++)
		check(copying[i], 1);
}

static void answers_all(void)
{
	bool all = true, again = true;
	const char *why;

	for (int way = 0; way < PROBE_WAYS; way++) {
		int copies = probe_copies((enum probe_way)way, &why);

		all = all && (copies == 0 || copies == 1 ||
			      (copies == LEDGER_COPIES_UNKNOWN && *why));
		again = again &&
			probe_copies((enum probe_way)way, NULL) == copies;
	}
	ok(all, "each way has 0 copies, 1 copy, or a reason");
	ok(again, "each way has the same answer again");
	ok(probe_copies(PROBE_NO_WAY, &why) == LEDGER_COPIES_UNKNOWN && *why,
	   "objects without a way between them have no number");
}

static void believes_the_kernel(const char *dir)
{
	const char *why;
	int copies;

	vmsplice_copies = true;
	probe_use_directory(dir);
	ok(probe_copies(PROBE_VMSPLICE, NULL) == 1,
	   "a vmsplice that copies is noticed");
	copies = probe_copies(PROBE_TEE, &why);
	ok(copies == LEDGER_COPIES_UNKNOWN && strstr(why, "vmsplice"),
	   "after that, ways that need vmsplice are unknown: %s", why);
	vmsplice_copies = false;
	no_loopback = true;
	probe_use_directory(dir);
	copies = probe_copies(PROBE_SEND_TCP, &why);
	ok(copies == LEDGER_COPIES_UNKNOWN && *why,
	   "without a connection a way is unknown: %s", why);
	ok(probe_copies(PROBE_TEE, NULL) == 0,
	   "in another directory all ways are asked again");
}

/* --- the way of a call ---------------------------------------------------- */

static void finds_way(enum ledger_kind from, enum ledger_kind to,
		      const char *call, enum probe_way way)
{
	enum probe_way found = probe_way_of(from, to, call);

	ok(found == way, "%s: %s to %s", call,
	   way == PROBE_NO_WAY ? "no way" : probe_names[way].from,
	   way == PROBE_NO_WAY ? "be found" : probe_names[way].to);
}

static void finds_ways(void)
{
	finds_way(LEDGER_FILE, LEDGER_PRIVATE, "preadv2", PROBE_READ_FILE);
	finds_way(LEDGER_FILE, LEDGER_SHARED, "pread64", PROBE_READ_FILE);
	finds_way(LEDGER_PRIVATE, LEDGER_FIFO, "writev", PROBE_WRITE_PIPE);
	finds_way(LEDGER_TCP, LEDGER_PRIVATE, "read", PROBE_RECV_TCP);
	finds_way(LEDGER_UNIX, LEDGER_PRIVATE, "recvmsg", PROBE_RECV_UNIX);
	finds_way(LEDGER_PRIVATE, LEDGER_UNIX, "sendto", PROBE_SEND_UNIX);
	finds_way(LEDGER_PRIVATE, LEDGER_TCP, "send(MSG_ZEROCOPY)",
		  PROBE_SEND_TCP_ZEROCOPY);
	finds_way(LEDGER_FILE, LEDGER_SHARED, "sendfile", PROBE_SENDFILE_FILE);
	finds_way(LEDGER_SHARED, LEDGER_FILE, "sendfile", PROBE_SENDFILE_FILE);
	finds_way(LEDGER_PRIVATE, LEDGER_PIPE, "vmsplice", PROBE_VMSPLICE);
	finds_way(LEDGER_FILE, LEDGER_PIPE, "splice", PROBE_SPLICE_FILE_PIPE);
	finds_way(LEDGER_PRIVATE, LEDGER_MQUEUE, "mq_timedsend", PROBE_MQ_SEND);
	finds_way(LEDGER_SYSVMQ, LEDGER_SHARED, "msgrcv", PROBE_MSGRCV);
	finds_way(LEDGER_PRIVATE, LEDGER_FILE, "io_uring write_fixed",
		  PROBE_WRITE_FILE);
	finds_way(LEDGER_FILE, LEDGER_FILE, "ioctl", PROBE_COPY_RANGE);
	finds_way(LEDGER_PRIVATE, LEDGER_DEVICE, "write", PROBE_NO_WAY);
	finds_way(LEDGER_PIPE, LEDGER_PRIVATE, "splice", PROBE_NO_WAY);
}

int main(void)
{
	const char *why;
	char *before;
	int fds;

	scratch_begin();
	why = scratch_isolate();
	if (why)
		diag("other runs' names are seen too: %s", why);
	/* makes the runtime directory, which stays */
	probe_copies(PROBE_MQ_SEND, NULL);
	before = leftovers_names();
	fds = leftovers_fds();
	knows_linux();
	answers_all();
	probe_use_directory(scratch_dir());
	knows_linux();
	believes_the_kernel(scratch_dir());
	finds_ways();
	ok(leftovers_none_since(before) && leftovers_fds() == fds,
	   "no name and no descriptor is left behind");
	free(before);
	return done_testing();
}
