/* The calls that the tracer looks at, and how to read each. */
#include <string.h>
#include <sys/syscall.h>

#include "count/trace_look.h"

#define BOTH   (CALL_AT_ENTRY | CALL_AT_EXIT)
#define AGAIN  (CALL_AT_ENTRY | CALL_AGAIN_IF_SHARED)
#define IN(k)  (LOOK_##k | LOOK_INTO)
#define OUT(k) LOOK_##k

/* The number, name and kind of a call, when to look at it, and the handler. */
#define TRACED(name, kind, when, look, ...)                      \
	{                                                        \
		SYS_##name, #name, kind, when, look, __VA_ARGS__ \
	}
#define MOVES(name, kind, variant) \
	TRACED(name, kind, CALL_AT_EXIT, look_memory, variant)
#define COUNTED(name, kind, variant)                                     \
	TRACED(name, kind, CALL_AT_EXIT | CALL_MAY_BE_LATE, look_memory, \
	       variant)
#define OTHER(name, kind, look) TRACED(name, kind, CALL_AT_EXIT, look, 0)

const struct call trace_calls[] = {
	COUNTED(read, "read", IN(BUFFER)),
	COUNTED(write, "write", OUT(BUFFER)),
	OTHER(mq_timedsend, "mq_send", look_mqueue),
	TRACED(mq_timedreceive, "mq_receive", CALL_AT_EXIT, look_mqueue,
	       LOOK_INTO),
	MOVES(recvfrom, "recv", IN(BUFFER) | LOOK_FLAGS),
	MOVES(sendto, "send", OUT(BUFFER) | LOOK_FLAGS),
	MOVES(recvmsg, "recv", IN(MESSAGE)),
	MOVES(sendmsg, "send", OUT(MESSAGE)),
	COUNTED(pread64, "read", IN(BUFFER)),
	COUNTED(pwrite64, "write", OUT(BUFFER)),
	MOVES(readv, "read", IN(VECTOR)),
	MOVES(writev, "write", OUT(VECTOR)),
	MOVES(preadv, "read", IN(VECTOR)),
	MOVES(pwritev, "write", OUT(VECTOR)),
	MOVES(preadv2, "read", IN(VECTOR)),
	MOVES(pwritev2, "write", OUT(VECTOR)),
	MOVES(recvmmsg, "recv", IN(MESSAGES)),
	MOVES(sendmmsg, "send", OUT(MESSAGES)),
	OTHER(msgsnd, "msgsnd", look_sysvmq),
	TRACED(msgrcv, "msgrcv", CALL_AT_EXIT, look_sysvmq, LOOK_INTO),
	OTHER(splice, "splice", look_splice),
	OTHER(tee, "tee", look_splice),
	OTHER(vmsplice, "vmsplice", look_vmsplice),
	OTHER(sendfile, "sendfile", look_sendfile),
	OTHER(copy_file_range, "copy_file_range", look_copy_range),
	TRACED(process_vm_readv, "process_vm_readv", CALL_AT_EXIT, look_vm,
	       LOOK_INTO),
	OTHER(process_vm_writev, "process_vm_writev", look_vm),
	OTHER(ioctl, "ioctl", look_ioctl),
	TRACED(prctl, "memcpy", CALL_AT_ENTRY, look_told, 0),
#ifdef SYS_io_uring_setup
	OTHER(io_uring_setup, "io_uring", trace_on_ring_setup),
	TRACED(io_uring_enter, "io_uring", BOTH, trace_on_ring_enter, 0),
	OTHER(io_uring_register, "io_uring", trace_on_ring_register),
#endif
	/* calls that change the meaning of an address */
	TRACED(mmap, "", AGAIN, trace_on_mmap, 0),
	TRACED(munmap, "", AGAIN, trace_on_unmap, 0),
	TRACED(mremap, "", BOTH, trace_on_remap, 0),
	TRACED(shmat, "", CALL_AT_EXIT, trace_on_remap, 0),
	TRACED(shmdt, "", BOTH, trace_on_remap, 0),
	TRACED(execve, "", CALL_AT_ENTRY, trace_on_execve, 0),
	TRACED(execveat, "", CALL_AT_ENTRY, trace_on_execve, 0),
	/* calls that change the meaning of a descriptor */
	TRACED(close, "", AGAIN, trace_on_close, 0),
#ifdef SYS_dup2
	TRACED(dup2, "", AGAIN, trace_on_close, 1),
#endif
	TRACED(dup3, "", AGAIN, trace_on_close, 1),
#ifdef SYS_close_range
	TRACED(close_range, "", AGAIN, trace_on_close, 2),
#endif
	TRACED(socketpair, "", CALL_AT_EXIT, trace_on_socketpair, 0),
	/* calls that change which tasks share memory or descriptors */
	TRACED(clone, "", CALL_AT_ENTRY, look_clone, 0),
#ifdef SYS_clone3
	TRACED(clone3, "", CALL_AT_ENTRY, look_clone, 1),
#endif
	TRACED(unshare, "", CALL_AT_ENTRY, look_clone, 2),
	/* calls that are not followed, only noted */
	TRACED(ptrace, "ptrace", CALL_AT_ENTRY, look_ptrace, 0),
	TRACED(io_submit, "aio", CALL_AT_ENTRY, look_aio, 0),
};

const size_t trace_calls_count = sizeof(trace_calls) / sizeof(trace_calls[0]);

#define NUMBERS 1024

const struct call *trace_call(uint64_t nr)
{
	/* filled once, from the table above */
	static const struct call *at[NUMBERS];

	if (!at[SYS_read])
		for (size_t i = 0; i < trace_calls_count; i++)
			at[trace_calls[i].nr] = &trace_calls[i];
	return nr < NUMBERS ? at[nr] : NULL;
}

/*
 * Calls that only sleep or wake. io_uring_enter is one of them here, although
 * it also submits requests.
 */
static const int waits[] = {
	SYS_futex,
	SYS_ppoll,
	SYS_pselect6,
	SYS_epoll_pwait,
	SYS_sched_yield,
	SYS_nanosleep,
	SYS_clock_nanosleep,
	SYS_io_uring_enter,
	SYS_restart_syscall,
	SYS_semtimedop,
#ifdef SYS_poll
	SYS_poll,
	SYS_select,
	SYS_epoll_wait,
#endif
	SYS_semop,
};

bool trace_only_waits(uint64_t nr)
{
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		if (nr == (uint64_t)waits[i])
			return true;
	return false;
}
