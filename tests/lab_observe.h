/* The calls that are broken on purpose while experiments of A to C run. */
#ifndef TESTS_LAB_OBSERVE_H
#define TESTS_LAB_OBSERVE_H

enum damage {
	NONE,
	MAP_IS_PRIVATE,   /* MAP_SHARED is not kept */
	MAP_IS_DIRTY,     /* anonymous memory is not cleared */
	MAP_GROWS_FILE,   /* a file becomes as long as its mapping */
	MAP_TAKES_LESS,   /* of two pages only one is mapped */
	MAP_TAKES_MORE,   /* of two pages three are mapped, and stay so */
	MAP_TAKES_ZERO,   /* a length of 0 is a page */
	MAP_TAKES_OFFSET, /* any offset is rounded down */
	MAP_WANTS_FILE,   /* no mapping longer than its file */
	MAP_HAS_ROOM,     /* what is asked to lie behind lies elsewhere */
	CLOSE_UNMAPS,
	UNMAP_IS_LAZY,
	PROTECT_IS_LAZY,
	ZERO_IS_FULL, /* /dev/zero takes no writes */
	NO_REACH,     /* neither process_vm_readv nor /proc/PID/fd */
	NO_HUGE_PAGES,
	NO_SYNC,   /* fsync does nothing */
	NO_PTRACE, /* as in most containers */
	NO_SECCOMP,
	NO_WAITING, /* sem_wait returns at once */
	COPY_SHM_SLOW,
	COPY_SHM_FAST,
	COPY_TIE,
	COPY_FAILS, /* scripted */
	CALLS_NEVER,
	CALLS_ALWAYS,
	COUNT_AS_CLAIMED,
	COUNT_MORE,
	COUNT_AT_LEAST,
	COUNT_REFUSED,
};

/* Set before an experiment's process is forked; read in it. */
extern enum damage damage;

#endif
