/* A fresh worker: its name, its signals, and what a fault in it means. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cpu.h"
#include "base/stop.h"
#include "copy/worker.h"

/* Set once by worker_begin and when a side starts, read by on_bus. */
static struct copy_side *this_side;
static const struct tr *this_tr;

/* Which of the mapped files holds that address; NULL: none. */
static const char *mapped_file(const char *at)
{
	for (int i = 0; this_tr && i < TR_MAPS; i++) {
		const struct tr_map *m = &this_tr->map[i];

		if (m->base && at >= m->base && at < m->base + m->len)
			return m->what;
	}
	return NULL;
}

/* A region or file that was cut short under our mapping. */
static void on_bus(int sig, siginfo_t *info, void *unused)
{
	const char *what = mapped_file(info->si_addr);

	(void)sig;
	(void)unused;
	if (what)
		err_say(&this_side->err, EIO,
			"%s shrank, or cannot be read, while it was mapped",
			what);
	else
		err_say(&this_side->err, EFAULT,
			"the shared region was cut short while this side had "
			"it mapped");
	_exit(1);
}

/*
 * glibc ends a process whose semaphores hold what they never should, or are not
 * there: in a region that was cut short the look at it ends in on_bus.
 */
static void on_abort(int sig)
{
	(void)sig;
	if (this_tr && this_tr->shared)
		(void)*this_tr->shared;
	err_say(&this_side->err, EPROTO,
		"a semaphore or lock in the shared region was overwritten");
	_exit(1);
}

/* And it follows the pointers in a robust mutex; any other is our own fault. */
static void on_segv(int sig)
{
	if (tr_in_lock)
		on_abort(sig);
	signal(sig, SIG_DFL); /* the same again, and the process ends of it */
}

int worker_begin(const struct copy_job *job, enum copy_role role,
		 struct copy_side *side)
{
	struct sigaction sa;
	char name[16];

	/* for ps and top, and for tools that count each side's work */
	snprintf(name, sizeof(name), "ipcopy-%s", copy_role_names[role]);
	prctl(PR_SET_NAME, name);
	stop_install_worker();
	this_side = side;
	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_bus;
	sa.sa_flags = SA_SIGINFO;
	sigaction(SIGBUS, &sa, NULL);
	sa.sa_flags = 0;
	sa.sa_handler = on_abort;
	sigaction(SIGABRT, &sa, NULL);
	sa.sa_handler = on_segv;
	sigaction(SIGSEGV, &sa, NULL);
	if (job->cpu[role] >= 0)
		return cpu_bind(job->cpu[role], &side->err);
	return 0;
}

void worker_watch(struct work *w, struct tr *tr)
{
	tr->err = &w->side->err;
	tr->moved_bytes = &w->side->moved_bytes;
	tr->beats = &w->side->beats;
	this_tr = tr;
}
