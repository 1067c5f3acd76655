/* The debug registers of a task, and the signal that they send. */
#include "count/trace_registers.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#ifndef __x86_64__
#include <asm/ptrace.h>
#endif

#ifdef __x86_64__

#define REGISTER(i) offsetof(struct user, u_debugreg[i])
#define CONTROL     7
#define STATUS      6

static bool set_register(pid_t tid, size_t reg, uint64_t value)
{
	return ptrace(PTRACE_POKEUSER, tid, REGISTER(reg), value) == 0;
}

/* bits of debug register 7: enabled, for stores, of one byte or of a word */
static uint64_t control_of(const struct watchpoint *w, int i)
{
	uint64_t kind = w->len == WATCH_WORD ? 0x9 : 0x1;

	return w->len ? 1UL << (2 * i) | kind << (16 + 4 * i) : 0;
}

static uint64_t control(const struct watchpoint *w)
{
	uint64_t all = 0;

	for (int i = 0; i < WATCHPOINTS; i++)
		all |= control_of(&w[i], i);
	return all;
}

/*
 * The kernel checks each length against the address. So first switch a register
 * off, and then set its address and length.
 */
static bool put(struct task *p, const struct watchpoint *w)
{
	struct watchpoint off[WATCHPOINTS];
	bool moved = false;

	memcpy(off, p->armed, sizeof(off));
	for (int i = 0; i < WATCHPOINTS; i++) {
		if (w[i].addr == off[i].addr && w[i].len == off[i].len)
			continue;
		moved |= off[i].len != 0;
		off[i].len = 0;
	}
	if (moved && !set_register(p->tracee.tid, CONTROL, control(off)))
		return false;
	for (int i = 0; i < WATCHPOINTS; i++)
		if (w[i].len && !off[i].len &&
		    !set_register(p->tracee.tid, (size_t)i, w[i].addr))
			return false;
	return set_register(p->tracee.tid, CONTROL, control(w));
}

static unsigned int hits(struct task *p, const siginfo_t *si)
{
	uint64_t status;

	(void)si;
	errno = 0;
	status = (uint64_t)ptrace(PTRACE_PEEKUSER, p->tracee.tid,
				  REGISTER(STATUS), 0);
	if (errno)
		return 0;
	set_register(p->tracee.tid, STATUS, 0);
	return status & 0xf;
}

#else

/* enabled, for stores by programs, with a bit for each byte of the word */
static uint32_t control_of(const struct watchpoint *w)
{
	uint32_t bytes =
		w->len == WATCH_WORD ? 0xff : 1U << w->addr % WATCH_WORD;

	return w->len ? bytes << 5 | 0x15 : 0;
}

static bool put(struct task *p, const struct watchpoint *w)
{
	struct user_hwdebug_state all = { .dbg_info = 0 };
	struct iovec io = { &all, sizeof(all) };

	if (ptrace(PTRACE_GETREGSET, p->tracee.tid, NT_ARM_HW_WATCH, &io) < 0 ||
	    (all.dbg_info & 0xff) < WATCHPOINTS)
		return false;
	for (int i = 0; i < WATCHPOINTS; i++) {
		/* Linux 6.12 refuses an address within a word */
		all.dbg_regs[i].addr = w[i].addr & ~(uint64_t)(WATCH_WORD - 1);
		all.dbg_regs[i].ctrl = control_of(&w[i]);
	}
	io.iov_len = offsetof(struct user_hwdebug_state, dbg_regs) +
		     WATCHPOINTS * sizeof(all.dbg_regs[0]);
	return ptrace(PTRACE_SETREGSET, p->tracee.tid, NT_ARM_HW_WATCH, &io) ==
	       0;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* Returns the nearest word, since a wide store may begin before its word. */
static unsigned int hits(struct task *p, const siginfo_t *si)
{
	uint64_t addr = (uint64_t)(uintptr_t)si->si_addr;
	int nearest = -1;

	for (int i = 0; i < WATCHPOINTS; i++)
		if (p->armed[i].len &&
		    (nearest < 0 ||
		     distance(addr, p->armed[i].addr) <
			     distance(addr, p->armed[nearest].addr)))
			nearest = i;
	return nearest < 0 ? 0 : 1U << nearest;
}

#endif

/* --- SIGTRAP -------------------------------------------------------------- */

#define TRAP_BIT (1UL << (SIGTRAP - 1))

static uint64_t blocked(const struct task *p)
{
	uint64_t mask = 0;

	ptrace(PTRACE_GETSIGMASK, p->tracee.tid, sizeof(mask), &mask);
	return mask;
}

/*
 * The kernel forces the SIGTRAP of a register on the task: if the task blocks
 * SIGTRAP, it does not block it afterwards. So block it again.
 */
static void block_again(const struct task *p)
{
	uint64_t mask = blocked(p) | TRAP_BIT;

	ptrace(PTRACE_SETSIGMASK, p->tracee.tid, sizeof(mask), &mask);
}

bool registers_put(struct task *p, const struct watchpoint *w)
{
	p->blocks_trap = blocked(p) & TRAP_BIT;
	return put(p, w);
}

unsigned int registers_hit(struct task *p, const siginfo_t *si)
{
	if (p->blocks_trap)
		block_again(p);
	return hits(p, si);
}
