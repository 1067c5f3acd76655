/*
 * System calls of a process and its children as perf events, one after the
 * other in the order of time: the tracepoints raw_syscalls:sys_enter and
 * sys_exit. Nobody is stopped for it. Root only.
 */
#ifndef COUNT_PERF_H
#define COUNT_PERF_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

enum perf_kind { PERF_ENTER, PERF_EXIT, PERF_FORK, PERF_EXEC, PERF_END };

struct perf_event {
	uint64_t time_ns, order;
	enum perf_kind kind;
	pid_t pid, tid;
	pid_t parent_pid, parent_tid; /* PERF_FORK */
	uint64_t nr, arg[6];          /* PERF_ENTER */
	int64_t ret;                  /* PERF_EXIT */
};

struct perf;

/* Events of that process and of what it forks, from now on. NULL: see `e`. */
struct perf *perf_open(pid_t pid, struct err *e);
void perf_close(struct perf *p);

/*
 * Sleeps for a moment and takes what has happened up to shortly before: `call`
 * for each event. Returns how many. `all`: up to now.
 */
size_t perf_take(struct perf *p, bool all,
		 void (*call)(void *arg, const struct perf_event *event),
		 void *arg);

/* Events that came too fast to be written down. */
uint64_t perf_lost(const struct perf *p);

#endif
