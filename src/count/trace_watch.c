/*
 * Finds out whether a program stored into a buffer between the call that filled
 * it and the call that took its bytes away. The debug registers watch words of
 * the buffer. A stored byte counts as changed, even if it has the same value as
 * before.
 *
 * One word is watched in place of a whole part of the buffer. Now and then
 * another word of this part is drawn at random. So if a program changes a
 * certain share of the bytes, about the same share of the words is hit. Each
 * task has its own registers; other threads get the same words at their next
 * stop. The registers do not report stores by the kernel.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>

#include "count/trace_registers.h"
#include "count/trace_watch.h"

/* The first fills of a hop are all watched, later ones ever less often. */
#define FIRST_FILLS 16
/*
 * The same if other tasks share the memory. They get the words only at their
 * next stop, so more fills must be watched.
 */
#define SHARED_FILLS 256
#define LARGE        4096 /* from this size on, a buffer has all four words */

/* --- what is watched ------------------------------------------------------ */

/*
 * Called if setting the registers failed. If some stayed set, a program's
 * stores into a word would stop it again and again.
 */
static void switch_off(struct task *p)
{
	memset(p->armed, 0, sizeof(p->armed));
	registers_put(p, p->armed);
}

void watch_sync(struct tracer *t, struct task *p)
{
	struct watchpoint want[WATCHPOINTS];
	bool same = true;

	p->watch_serial = p->mm->watch_serial;
	if (t->watch_refused) {
		switch_off(p);
		return;
	}
	for (int i = 0; i < WATCHPOINTS; i++) {
		want[i] = p->mm->watch[i].at;
		want[i].since = p->armed[i].since;
		if (want[i].addr == p->armed[i].addr &&
		    want[i].len == p->armed[i].len)
			continue;
		want[i].since = t->fills;
		same = false;
	}
	if (same)
		return;
	if (registers_put(p, want)) {
		memcpy(p->armed, want, sizeof(want));
	} else if (errno != ESRCH) {
		t->watch_refused = true;
		watch_clear(p->mm, 0, UINT64_MAX);
		switch_off(p);
	}
}

/* Numbers that look random and are the same in every run. */
static uint64_t next_random(struct tracer *t)
{
	uint64_t x = ++t->drawn * 0x9e3779b97f4a7c15U;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
	return x ^ (x >> 29);
}

static void place(struct tracer *t, struct watch *w, uint64_t start,
		  uint64_t end)
{
	uint64_t at = start + next_random(t) % (end - start);
	uint64_t word = at & ~(uint64_t)(WATCH_WORD - 1);

	w->start = start;
	w->end = end;
	if (word < start)
		word += WATCH_WORD;
	if (word + WATCH_WORD > end && word >= start + WATCH_WORD)
		word -= WATCH_WORD;
	if (word >= start && word + WATCH_WORD <= end)
		w->at = (struct watchpoint){ .addr = word, .len = WATCH_WORD };
	else
		w->at = (struct watchpoint){ .addr = at, .len = 1 };
}

static void begin_watch(struct tracer *t, const struct task *p, struct watch *w)
{
	w->valid = true;
	w->stored = false;
	w->since = t->fills;
	w->by = p->tracee.tid;
}

/* Drops the watches in a range, so that no byte has two watches. */
static void drop_watches(struct mm *mm, uint64_t start, uint64_t len)
{
	for (int i = 0; i < WATCHPOINTS; i++)
		if (mm->watch[i].start < start + len &&
		    mm->watch[i].end > start)
			mm->watch[i] = (struct watch){ .valid = false };
}

bool watch_is_on(const struct mm *mm)
{
	uint64_t watched = 0;

	for (int i = 0; i < WATCHPOINTS; i++)
		watched |= mm->watch[i].at.len;
	return watched;
}

/* Drops watchpoints that are of no use, since they make every stop slower. */
static void rest(struct mm *mm, uint64_t start, uint64_t len)
{
	if (!watch_is_on(mm))
		return;
	drop_watches(mm, start, len);
	mm->watch_serial++;
}

static void sample(struct tracer *t, struct task *p, uint64_t start,
		   uint64_t len)
{
	struct mm *mm = p->mm;
	unsigned int parts = len >= LARGE ? WATCHPOINTS : 1;

	drop_watches(mm, start, len);
	for (unsigned int i = 0; i < parts; i++) {
		struct watch *w = &mm->watch[mm->watch_next++ % WATCHPOINTS];

		w->fill_start = start;
		w->fill_len = len;
		place(t, w, start + len * i / parts,
		      start + len * (i + 1) / parts);
		begin_watch(t, p, w);
	}
	mm->watch_serial++;
}

/* Lets the words that watched this buffer watch its new contents. */
static bool go_on(struct tracer *t, const struct task *p, uint64_t start,
		  uint64_t len)
{
	bool any = false;

	for (int i = 0; i < WATCHPOINTS; i++) {
		struct watch *w = &p->mm->watch[i];

		if (!w->at.len || w->stored || w->fill_start != start ||
		    w->fill_len != len)
			continue;
		begin_watch(t, p, w);
		any = true;
	}
	return any;
}

void watch_clear(struct mm *mm, uint64_t start, uint64_t len)
{
	for (int i = 0; i < WATCHPOINTS; i++)
		if (mm->watch[i].start < start + len &&
		    mm->watch[i].end > start)
			mm->watch[i].valid = false;
	cow_clear(mm, start, len);
}

void watch_forget(struct mm *mm, uint64_t start, uint64_t len)
{
	fill_clear(mm, start, len);
	watch_clear(mm, start, len);
}

void watch_move(struct mm *mm, uint64_t from, uint64_t to, uint64_t len)
{
	for (int i = 0; i < WATCHPOINTS; i++) {
		struct watch *w = &mm->watch[i];

		if (w->start < from || w->end > from + len)
			continue;
		w->start += to - from;
		w->end += to - from;
		w->fill_start += to - from;
		w->at.addr += w->at.len ? to - from : 0;
		mm->watch_serial++;
	}
	cow_clear(mm, from, len);
}

/*
 * True if the next fill is to be watched, even if no task shares the memory.
 * The first fills of a hop are watched, and later ones ever less often. After
 * the program has stored into a watched fill, all are watched.
 */
bool watch_is_due(const struct window *w)
{
	uint64_t fill = w->fills + 1;

	return fill <= FIRST_FILLS || fill >= w->next_sample || w->stored;
}

static bool take_turn(struct window *w)
{
	bool due = watch_is_due(w);

	w->fills++;
	if (due)
		w->next_sample = w->fills + w->fills / 8;
	return due;
}

void watch_filled(struct tracer *t, struct task *p, uint64_t start,
		  uint64_t len, int hop)
{
	struct window *w = &t->window[hop];
	/* after a call that is looked at late, it is too late to watch */
	bool due = take_turn(w) && !p->late;

	t->fills++;
	watch_clear(p->mm, start, len);
	if (t->watch_refused)
		return;
	if (!due && !(p->mm->refs > 1 && w->fills < SHARED_FILLS))
		rest(p->mm, start, len);
	else if (!go_on(t, p, start, len) ||
		 (due && (w->stored || w->fills % FIRST_FILLS == 0)))
		sample(t, p, start, len);
}

/* Begins watching in a child, which has the buffers of its parent. */
void watch_forked(struct tracer *t, struct task *p, const struct mm *parent)
{
	const struct fill *last = NULL;

	for (int i = 0; i < WATCHPOINTS; i++)
		if (parent->watch[i].valid && parent->watch[i].stored)
			fill_clear(p->mm, parent->watch[i].start,
				   parent->watch[i].end -
					   parent->watch[i].start);
	for (size_t i = 0; i < p->mm->fills; i++)
		if (!last || p->mm->fill[i].hop > last->hop)
			last = &p->mm->fill[i];
	if (last && !t->watch_refused)
		sample(t, p, last->start, last->end - last->start);
	t->fills++;
}

/* --- the results ---------------------------------------------------------- */

static bool was_armed(const struct task *p, const struct mm *mm, int i)
{
	const struct watch *w = &mm->watch[i];

	if (p->mm != mm)
		return true;
	return p->armed[i].len && p->armed[i].addr == w->at.addr &&
	       (p->tracee.tid == w->by || p->armed[i].since <= w->since);
}

struct watched watch_taken(const struct task *p, const struct mm *mm,
			   uint64_t start, uint64_t len)
{
	struct watched sum = { 0 };

	for (int i = 0; i < WATCHPOINTS; i++) {
		const struct watch *w = &mm->watch[i];
		uint64_t from = w->start > start ? w->start : start;
		uint64_t to = w->end < start + len ? w->end : start + len;

		if (!w->valid || from >= to)
			continue;
		if (w->stored)
			sum.stored += to - from;
		else if (was_armed(p, mm, i))
			sum.kept += to - from;
	}
	return sum;
}

static void hit(struct tracer *t, struct task *p, int i)
{
	struct watch *w = &p->mm->watch[i];
	size_t at;

	if (p->armed[i].addr != w->at.addr)
		return;
	w->at.len = 0;
	p->mm->watch_serial++;
	if (!w->valid)
		return;
	w->stored = true;
	at = (size_t)fill_hop(p->mm, w->start);
	if (at < t->windows)
		t->window[at].stored = true;
}

bool watch_hit(struct tracer *t, struct task *p)
{
	unsigned int which;
	siginfo_t si;

	if (ptrace(PTRACE_GETSIGINFO, p->tracee.tid, 0, &si) < 0 ||
	    si.si_code != TRAP_HWBKPT)
		return false;
	which = registers_hit(p, &si);
	for (int i = 0; i < WATCHPOINTS; i++)
		if (which & 1U << i)
			hit(t, p, i);
	watch_sync(t, p);
	return true; /* only this tracer can set these registers */
}
