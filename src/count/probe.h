/*
 * Asks the running kernel how many copies a hop makes, instead of asserting it.
 *
 * To probe a sending call, send a page, change the source, and receive. If the
 * change is seen, the page was aliased (0 copies); if not, the bytes were
 * copied (1). To probe a receiving call, receive into a page that is mapped
 * twice. Bytes that were copied into the page are seen through the other
 * mapping. A page that was put in its place is not.
 */
#ifndef COUNT_PROBE_H
#define COUNT_PROBE_H

#include "count/ledger.h"

enum probe_way {
	/* out of memory */
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
	/* into a shared mapping of a file, as a write to the file */
	PROBE_STORE,
	/* into memory */
	PROBE_READ_FILE,
	PROBE_READ_PIPE,
	PROBE_RECV_UNIX,
	PROBE_RECV_TCP,
	PROBE_RECV_UDP,
	PROBE_MQ_RECEIVE,
	PROBE_MSGRCV,
	PROBE_VM_READV,
	/* between objects of the kernel */
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
	PROBE_COPY_RANGE, /* by extents; sharing extents is not aliasing */
	PROBE_WAYS,
	PROBE_NO_WAY = -1, /* no known way */
};

struct probe_name {
	const char *from, *call,
		*to; /* for people to read: "memory", "write", "pipe" */
};

extern const struct probe_name probe_names[PROBE_WAYS];

/*
 * The way of a call between two kinds of object. The call may be any variant
 * ("preadv2" counts as "read"). PROBE_NO_WAY if there is none. MSG_ZEROCOPY
 * must be recognised by its flag, so this never returns its way.
 */
enum probe_way probe_way_of(enum ledger_kind from, enum ledger_kind to,
			    const char *call);

/* True if the call fills memory, false if it takes from memory. */
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
 * The directory in which probes make files, since the answer can depend on the
 * file system. The path is copied. By default the files are memfds.
 */
void probe_use_directory(const char *dir);

/*
 * Copies of each byte: 0, 1, or LEDGER_COPIES_UNKNOWN. In the last case *why
 * (if why is not NULL) gets the reason, a clause that lives as long as the
 * process. The first call for a way runs the probe, which takes a millisecond
 * or two at most; later calls remember the answer. Leaves nothing behind.
 */
int probe_copies(enum probe_way way, const char **why);

#endif
