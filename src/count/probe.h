/*
 * How many copies one hop is, on this kernel: asked of the kernel, not
 * asserted. The mutate-after-send probe sends a page, changes the source and
 * receives: where the change is seen the page was aliased (0 copies), where it
 * is not the bytes were copied (1). A receiving call is probed by a page that
 * is mapped twice: what was copied into it is seen through the other mapping,
 * what was put in its place is not.
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
	PROBE_STORE,     /* into a MAP_SHARED mapping of a file: file's way */
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
	PROBE_COPY_RANGE, /* by extents: sharing them is not aliasing */
	PROBE_WAYS,
	PROBE_NO_WAY = -1, /* nothing known goes like this */
};

struct probe_name {
	const char *from, *call,
		*to; /* for people: "memory", "write", "pipe" */
};

extern const struct probe_name probe_names[PROBE_WAYS];

/*
 * The way of a call between two kinds of object, by the call's own name and
 * whatever its variant ("preadv2" is "read"). PROBE_NO_WAY if there is none.
 * MSG_ZEROCOPY has to be told apart by its flag: it is never returned.
 */
enum probe_way probe_way_of(enum ledger_kind from, enum ledger_kind to,
			    const char *call);

/* A call that fills memory, or that takes from it. */
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
 * Where files may be made for a probe, since what they are like depends on
 * their file system: a directory, copied. By default they are memfds.
 */
void probe_use_directory(const char *dir);

/*
 * Copies of each byte: 0, 1, or LEDGER_COPIES_UNKNOWN with the reason in *why
 * (if why is not NULL), a clause that lives as long as the process. The first
 * call for a way runs it, in less than a millisecond or two; later ones
 * remember. Leaves nothing behind.
 */
int probe_copies(enum probe_way way, const char **why);

#endif
