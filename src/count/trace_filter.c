/*
 * A seccomp filter that stops a tracee only at the calls in trace_calls[] (at
 * ioctl, prctl and mmap only with some arguments) and at calls of another
 * architecture or of x32, unless all calls are to be counted. Other calls run
 * at full speed.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bytes.h"
#include "count/trace.h"

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "the tracer knows the system calls of x86-64 and aarch64 only"
#endif

#define FILTER_MAX 400

/* The lower half of an argument. The calls tested here use only that half. */
#define ARG_LOW(n) ((uint32_t)offsetof(struct seccomp_data, args[n]))

struct filter {
	struct sock_filter code[FILTER_MAX];
	unsigned short n;
};

static void put_instruction(struct filter *f, struct sock_filter instruction)
{
	f->code[f->n++] = instruction;
}

#define STMT(code, k)         ((struct sock_filter)BPF_STMT(code, k))
#define JUMP(code, k, jt, jf) ((struct sock_filter)BPF_JUMP(code, k, jt, jf))

static void put_load(struct filter *f, uint32_t offset)
{
	put_instruction(f, STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

static void put_return(struct filter *f, uint32_t action)
{
	put_instruction(f, STMT(BPF_RET | BPF_K, action));
}

/*
 * Stops calls of another architecture. The tracer cannot read them and notes a
 * doubt.
 */
static void put_native_only(struct filter *f)
{
	put_load(f, offsetof(struct seccomp_data, arch));
	put_instruction(f, JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0));
	put_return(f, SECCOMP_RET_TRACE);
	put_load(f, offsetof(struct seccomp_data, nr));
}

/* Stops this call only if the argument has the value `a` or `b`. */
static void put_argument(struct filter *f, int nr, int arg, uint32_t a,
			 uint32_t b)
{
	put_instruction(f, JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 5));
	put_load(f, ARG_LOW(arg));
	put_instruction(f, JUMP(BPF_JMP | BPF_JEQ | BPF_K, a, 1, 0));
	put_instruction(f, JUMP(BPF_JMP | BPF_JEQ | BPF_K, b, 0, 1));
	put_return(f, SECCOMP_RET_TRACE);
	put_return(f, SECCOMP_RET_ALLOW);
}

/*
 * Does not stop mmap if it only maps new private memory at an address that the
 * kernel chooses. Such an address is free, so if something was mapped there
 * before, the tracer has seen the call that unmapped it.
 */
static void put_mmap(struct filter *f)
{
	put_instruction(f, JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 5));
	put_load(f, ARG_LOW(3));
	put_instruction(f, STMT(BPF_ALU | BPF_AND | BPF_K,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED));
	put_instruction(f, JUMP(BPF_JMP | BPF_JEQ | BPF_K,
				MAP_PRIVATE | MAP_ANONYMOUS, 0, 1));
	put_return(f, SECCOMP_RET_ALLOW);
	put_return(f, SECCOMP_RET_TRACE);
}

static void put_calls(struct filter *f)
{
	put_argument(f, SYS_ioctl, 1, FICLONE, FICLONERANGE);
	put_argument(f, SYS_prctl, 0, BYTES_TELL, PR_SET_NAME);
	put_mmap(f);
	for (size_t i = 0; i < trace_calls_count; i++) {
		int nr = trace_calls[i].nr;

		if (nr == SYS_ioctl || nr == SYS_prctl || nr == SYS_mmap)
			continue;
		put_instruction(
			f, JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 1));
		put_return(f, SECCOMP_RET_TRACE);
	}
#ifdef __x86_64__
	/* x32 has the same architecture, but other numbers */
	put_instruction(f, JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
	put_return(f, SECCOMP_RET_TRACE);
#endif
}

int trace_install_filter(bool all_calls)
{
	struct filter f = { .n = 0 };
	struct sock_fprog program;

	if (all_calls) {
		put_return(&f, SECCOMP_RET_TRACE);
	} else {
		put_native_only(&f);
		put_calls(&f);
		put_return(&f, SECCOMP_RET_ALLOW);
	}
	program = (struct sock_fprog){ f.n, f.code };
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
		return 0;
	/* an unprivileged process must set this before it may set a filter */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return -errno;
	return 0;
}
