/* Tries one access to memory in a child, since it may raise a signal. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"
#include "lab/inside.h"

/*
 * For the child's signal handler: the descriptor to which it writes, and its
 * lab. Both are set before the access.
 */
static int report_fd;
static struct lab *report_lab;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	struct lab_fault f = { .sig = sig,
			       .code = info->si_code,
			       .addr = info->si_addr };

	(void)context;
	lab_hide(report_lab);
	_exit(write(report_fd, &f, sizeof(f)) == sizeof(f) ? 0 : 1);
}

static void catch_faults(void)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGILL, SIGTRAP };
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_fault;
	sa.sa_flags = SA_SIGINFO;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigaction(faults[i], &sa, NULL);
}

static unsigned char access_it(const void *addr, enum lab_access how)
{
	switch (how) {
	case LAB_LOAD:
		return *(const volatile unsigned char *)addr;
	case LAB_STORE:
		*(volatile unsigned char *)(uintptr_t)addr = '9';
		break;
	case LAB_RUN:
		((void (*)(void))(uintptr_t)addr)();
		break;
	}
	return 0;
}

static void touch(struct lab *l, int fd, const void *addr, enum lab_access how)
{
	struct lab_fault f = { 0 };

	report_fd = fd;
	report_lab = l;
	catch_faults();
	lab_show(l);
	f.value = access_it(addr, how);
	lab_hide(l);
	_exit(write(fd, &f, sizeof(f)) == sizeof(f) ? 0 : 1);
}

struct lab_fault lab_touch(struct lab *l, const void *addr, enum lab_access how)
{
	struct lab_fault f = { 0 };
	struct err e = { 0 };
	int fd[2], pidfd = -1;
	pid_t pid;
	bool told;

	lab_hide(l);
	lab_need(l, pipe(fd) == 0, "pipe");
	pid = proc_fork(&pidfd, &e);
	if (pid == 0)
		touch(l, fd[1], addr, how);
	fd_close(&fd[1]);
	if (pid < 0)
		lab_cannot(l, "%s", e.text);
	told = fd_read_full(fd[0], &f, sizeof(f)) == sizeof(f);
	fd_close(&fd[0]);
	fd_close(&pidfd);
	proc_reap(pid);
	lab_show(l);
	if (!told)
		lab_cannot(
			l,
			"the process that touched the memory reported nothing");
	return f;
}

/* --- the signal in words -------------------------------------------------- */

static const char *code_name(int sig, int code)
{
	if (sig == SIGSEGV && code == SEGV_MAPERR)
		return "SEGV_MAPERR";
	if (sig == SIGSEGV && code == SEGV_ACCERR)
		return "SEGV_ACCERR";
	if (sig == SIGSEGV && code == SEGV_PKUERR)
		return "SEGV_PKUERR";
	if (sig == SIGBUS && code == BUS_ADRERR)
		return "BUS_ADRERR";
	if (sig == SIGBUS && code == BUS_ADRALN)
		return "BUS_ADRALN";
	if (sig == SIGBUS && code == BUS_OBJERR)
		return "BUS_OBJERR";
	return NULL;
}

const char *lab_fault_words(struct lab *l, struct lab_fault f, const void *base)
{
	const char *code = code_name(f.sig, f.code);
	char *words = lab_word(l);
	char number[20];

	if (f.sig == 0)
		return "fine";
	snprintf(number, sizeof(number), "si_code %d", f.code);
	snprintf(words, sizeof(l->words[0]), "SIG%s (%s) at offset %td",
		 sigabbrev_np(f.sig), code ? code : number,
		 f.addr - (const char *)base);
	return words;
}
