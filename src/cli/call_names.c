/* Names of the system calls that a copy is likely to make. */
#include "cli/call_names.h"

#include <stdio.h>
#include <sys/syscall.h>

static const struct {
	int nr;
	const char *name;
} names[] = {
	{ SYS_read, "read" },
	{ SYS_write, "write" },
	{ SYS_readv, "readv" },
	{ SYS_writev, "writev" },
	{ SYS_pread64, "pread64" },
	{ SYS_pwrite64, "pwrite64" },
	{ SYS_preadv2, "preadv2" },
	{ SYS_pwritev2, "pwritev2" },
	{ SYS_lseek, "lseek" },
	{ SYS_close, "close" },
	{ SYS_fstat, "fstat" },
	{ SYS_ftruncate, "ftruncate" },
	{ SYS_fallocate, "fallocate" },
	{ SYS_fsync, "fsync" },
	{ SYS_sync_file_range, "sync_file_range" },
	{ SYS_ppoll, "ppoll" },
	{ SYS_pselect6, "pselect6" },
	{ SYS_epoll_pwait, "epoll_pwait" },
	{ SYS_sendto, "sendto" },
	{ SYS_recvfrom, "recvfrom" },
	{ SYS_sendmsg, "sendmsg" },
	{ SYS_recvmsg, "recvmsg" },
	{ SYS_sendmmsg, "sendmmsg" },
	{ SYS_recvmmsg, "recvmmsg" },
	{ SYS_mq_timedsend, "mq_timedsend" },
	{ SYS_mq_timedreceive, "mq_timedreceive" },
	{ SYS_msgsnd, "msgsnd" },
	{ SYS_msgrcv, "msgrcv" },
	{ SYS_semop, "semop" },
	{ SYS_semtimedop, "semtimedop" },
	{ SYS_futex, "futex" },
	{ SYS_sched_yield, "sched_yield" },
	{ SYS_nanosleep, "nanosleep" },
	{ SYS_clock_nanosleep, "clock_nanosleep" },
	{ SYS_clock_gettime, "clock_gettime" },
	{ SYS_splice, "splice" },
	{ SYS_vmsplice, "vmsplice" },
	{ SYS_tee, "tee" },
	{ SYS_copy_file_range, "copy_file_range" },
	{ SYS_process_vm_readv, "process_vm_readv" },
	{ SYS_process_vm_writev, "process_vm_writev" },
	{ SYS_mmap, "mmap" },
	{ SYS_munmap, "munmap" },
	{ SYS_mprotect, "mprotect" },
	{ SYS_madvise, "madvise" },
	{ SYS_mremap, "mremap" },
	{ SYS_brk, "brk" },
	{ SYS_io_uring_enter, "io_uring_enter" },
	{ SYS_io_uring_setup, "io_uring_setup" },
	{ SYS_rt_sigreturn, "rt_sigreturn" },
	{ SYS_rt_sigaction, "rt_sigaction" },
	{ SYS_rt_sigprocmask, "rt_sigprocmask" },
	{ SYS_restart_syscall, "restart_syscall" },
	{ SYS_getrusage, "getrusage" },
	{ SYS_getpid, "getpid" },
	{ SYS_getppid, "getppid" },
	{ SYS_gettid, "gettid" },
/* younger architectures have only the successors of these */
#ifdef SYS_newfstatat
	{ SYS_newfstatat, "newfstatat" },
#endif
#ifdef SYS_poll
	{ SYS_poll, "poll" },
#endif
#ifdef SYS_select
	{ SYS_select, "select" },
#endif
#ifdef SYS_epoll_wait
	{ SYS_epoll_wait, "epoll_wait" },
#endif
#ifdef SYS_sendfile
	{ SYS_sendfile, "sendfile" },
#endif
};

const char *call_name(int nr, char *buf, size_t size)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].nr == nr)
			return names[i].name;
	snprintf(buf, size, "syscall %d", nr);
	return buf;
}
