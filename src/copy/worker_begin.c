/* Begins a worker: sets its name, signals and CPU, and explains faults. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cpu.h"
#include "base/stop.h"
#include "copy/worker.h"

/* For signal handlers. Only worker_begin and worker_watch write them. */
static struct copy_side *this_side;
static const struct tr *this_tr;

/* The mapped file to which an address belongs; NULL: to none. */
static const char *mapped_file(const char *at)
{
	for (int i = 0; this_tr && i < TR_MAPS; i++) {
		const struct tr_map *m = &this_tr->map[i];

		if (m->base && at >= m->base && at < m->base + m->len)
			return m->what;
	}
	return NULL;
}

/* SIGBUS: a region or file was cut short while we had it mapped. */
static void on_bus(int sig, siginfo_t *info, void *unused)
{
	const char *what = mapped_file(info->si_addr);

	(void)sig;
	(void)unused;
	if (what)
		err_say(&this_side->err, EIO,
			"%s shrank while it was mapped, or it cannot be read "
			"or written",
			what);
	else
		err_say(&this_side->err, EFAULT,
			"the shared region was cut short while it was mapped");
	_exit(1);
}

/*
 * glibc aborts if a semaphore or lock has an impossible value, and also if its
 * memory is missing because the region was cut short. In that case the read of
 * the region below raises SIGBUS, and on_bus reports that instead.
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

/*
 * glibc follows pointers in a robust mutex, which the other side may have
 * overwritten (tr_in_lock). Any other fault is a mistake of ours.
 */
static void on_segv(int sig)
{
	if (tr_in_lock)
		on_abort(sig);
	/* the fault happens again and ends the process */
	signal(sig, SIG_DFL);
}

int worker_begin(const struct copy_job *job, enum copy_role role,
		 struct copy_side *side)
{
	struct sigaction sa;
	char name[16];

	/* shown by ps and top; tools that count each side's work look for it */
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
