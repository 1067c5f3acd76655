/* The calls that are broken on purpose while experiments of A to C run. */
#ifndef TESTS_LAB_OBSERVE_H
#define TESTS_LAB_OBSERVE_H

enum damage {
	NONE,
	MAP_IS_PRIVATE, /* MAP_SHARED is taken as MAP_PRIVATE */
	MAP_IS_DIRTY,   /* anonymous memory is not cleared */
	MAP_GROWS_FILE, /* mapping a file makes it as long as the mapping */
	MAP_TAKES_LESS, /* only one of two pages is mapped */
	/* three pages are mapped for two, and munmap does nothing */
	MAP_TAKES_MORE,
	MAP_TAKES_ZERO,   /* a length of 0 maps a page */
	MAP_TAKES_OFFSET, /* an offset is rounded down */
	MAP_WANTS_FILE,   /* a mapping may not be longer than its file */
	/* a page that is requested right behind a mapping lies elsewhere */
	MAP_HAS_ROOM,
	CLOSE_UNMAPS,
	UNMAP_IS_LAZY,
	PROTECT_IS_LAZY,
	ZERO_IS_FULL, /* /dev/zero accepts no writes */
	NO_REACH,     /* process_vm_readv and /proc/PID/fd are refused */
	NO_HUGE_PAGES,
	NO_SYNC,   /* fsync does nothing */
	NO_PTRACE, /* ptrace is refused, as in some containers */
	NO_SECCOMP,
	NO_WAITING, /* sem_wait does not wait */
	COPY_SHM_SLOW,
	COPY_SHM_FAST,
	COPY_TIE,
	COPY_FAILS, /* copy_run copies nothing and returns an error */
	CALLS_NEVER,
	CALLS_ALWAYS,
	COUNT_AS_CLAIMED,
	COUNT_MORE,
	COUNT_AT_LEAST,
	COUNT_REFUSED,
};

/* Set before an experiment's process is forked, and read there. */
extern enum damage damage;

#endif
