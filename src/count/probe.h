/*
 * Asks the running kernel how many copies a hop makes, instead of asserting it.
 *
 * To probe a call that sends, the probe sends a page, changes the source and
 * receives. If it receives the change, the kernel aliased the page (0 copies).
 * If not, the kernel copied the bytes (1 copy). To probe a call that receives,
 * the probe receives into a page that is mapped twice. If the kernel copied
 * bytes into that page, they are seen through the other mapping. If the kernel
 * put another page in its place, they are not.
 */
#ifndef COUNT_PROBE_H
#define COUNT_PROBE_H

#include "count/ledger.h"

enum probe_way {
	/* calls that take bytes from memory */
	PROBE_WRITE_FILE,
	PROBE_WRITE_PIPE,
	PROBE_VMSPLICE,
	PROBE_SEND_UNIX,
	PROBE_SEND_TCP,
	PROBE_SEND_TCP_ZEROCOPY, /* MSG_ZEROCOPY on loopback */
	PROBE_SEND_UDP,
	PROBE_MQ_SEND,
	PROBE_MSGSND,
	PROBE_VM_WRITEV, /* into another process's memory */
	/* a store into a shared mapping of a file, in place of a write */
	PROBE_STORE,
	/* calls that bring bytes into memory */
	PROBE_READ_FILE,
	PROBE_READ_PIPE,
	PROBE_RECV_UNIX,
	PROBE_RECV_TCP,
	PROBE_RECV_UDP,
	PROBE_MQ_RECEIVE,
	PROBE_MSGRCV,
	PROBE_VM_READV,
	/* calls that move bytes between objects of the kernel */
	PROBE_SPLICE_FILE_PIPE,
	PROBE_SPLICE_PIPE_FILE,
	PROBE_SPLICE_PIPE_PIPE,
	PROBE_TEE,
	PROBE_SPLICE_PIPE_UNIX,
	PROBE_SPLICE_PIPE_TCP,
	PROBE_SPLICE_UNIX_PIPE,
	PROBE_SPLICE_TCP_PIPE,
	PROBE_SENDFILE_FILE,
	PROBE_SENDFILE_PIPE,
	PROBE_SENDFILE_UNIX,
	PROBE_SENDFILE_TCP,
	/* 0 copies: the two files share extents; no page is aliased */
	PROBE_COPY_RANGE,
	PROBE_WAYS,
	PROBE_NO_WAY = -1, /* no known way */
};

struct probe_name {
	const char *from, *call,
		*to; /* for people to read: "memory", "write", "pipe" */
};

extern const struct probe_name probe_names[PROBE_WAYS];

/*
 * The way of a call between two kinds of object; PROBE_NO_WAY if no way is
 * known. The call may be any variant ("preadv2" counts as "read"). The way is
 * PROBE_SEND_TCP_ZEROCOPY only if `call` has ZEROCOPY in its text, as in
 * "send(MSG_ZEROCOPY)".
 */
enum probe_way probe_way_of(enum ledger_kind from, enum ledger_kind to,
			    const char *call);

/*
 * True if the call fills memory; false if it only takes from memory, or moves
 * bytes between objects of the kernel.
 */
static inline bool probe_fills_memory(enum probe_way way)
{
	return (way >= PROBE_READ_FILE && way <= PROBE_VM_READV) ||
	       way == PROBE_VM_WRITEV;
}

static inline bool probe_takes_memory(enum probe_way way)
{
	return way >= PROBE_WRITE_FILE && way <= PROBE_STORE;
}

/*
 * Sets the directory in which probes make files, since the answer can depend on
 * the file system. Copies the path, and forgets earlier answers. If it is never
 * called, or if no file without a name can be made there, the files are memfds.
 */
void probe_use_directory(const char *dir);

/*
 * Returns the copies of each byte: 0, 1, or LEDGER_COPIES_UNKNOWN. If they are
 * unknown, *why (if why is not NULL) gets the reason, a clause in static
 * memory. The first call for a way runs the probe, which usually takes a
 * millisecond or two; later calls return the same answer. The probe leaves
 * nothing behind.
 */
int probe_copies(enum probe_way way, const char **why);

#endif
