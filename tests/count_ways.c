/* Checks that every call that moves bytes is counted, and counted correctly. */
#include "count_ways.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "count/count.h"
#include "sample.h"
#include "scratch.h"
#include "tap.h"

static const struct sample sample = {
	.len = WAY_BYTES,
	.seed = 9,
	.mode = 0600,
};

/* --- parts of ways -------------------------------------------------------- */

int way_in(void)
{
	return open("in", O_RDONLY | O_CLOEXEC);
}

int way_out(void)
{
	return open("out", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

void way_read(int fd, void *buf, size_t len)
{
	for (size_t at = 0; at < len;) {
		ssize_t n = read(fd, (char *)buf + at, len - at);

		if (n <= 0)
			_exit(2);
		at += (size_t)n;
	}
}

void way_write(int fd, const void *buf, size_t len)
{
	for (size_t at = 0; at < len;) {
		ssize_t n = write(fd, (const char *)buf + at, len - at);

		if (n <= 0)
			_exit(2);
		at += (size_t)n;
	}
}

char *way_buffer(void)
{
	void *buf = mmap(NULL, WAY_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (buf == MAP_FAILED)
		_exit(2);
	return buf;
}

pid_t way_fork(int (*go)(void))
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(go());
	return pid;
}

int way_join(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 2;
	return WEXITSTATUS(status);
}

/* --- judging -------------------------------------------------------------- */

static int go(void *arg)
{
	return ((const struct count_way *)arg)->go();
}

static bool is_right(const struct count_way *w, const struct count_result *r)
{
	if (w->why && !strstr(r->sum.why, w->why))
		return false;
	if (w->unresolved)
		return !r->sum.resolved;
	if (w->stops_most && r->stops > w->stops_most)
		return false;
	return r->sum.resolved && r->sum.lower_bound == w->at_least &&
	       r->delivered_bytes == WAY_BYTES &&
	       fabs(r->sum.copies_kernel - w->kernel) <= 0.001 &&
	       fabs(r->sum.copies_user - w->user) <= 0.001;
}

static void show(const struct count_result *r)
{
	diag("kernel %.4f, user %.4f, of %llu bytes%s, %llu stops: %s",
	     r->sum.copies_kernel, r->sum.copies_user,
	     (unsigned long long)r->delivered_bytes,
	     r->sum.lower_bound ? ", at least" : "",
	     (unsigned long long)r->stops, r->sum.why);
	for (size_t i = 0; i < ledger_hops(r->ledger); i++) {
		const struct ledger_hop *h = ledger_hop_at(r->ledger, i);

		diag("%c %s -> %s %s %llu x%d", r->on_path[i] ? '*' : ' ',
		     ledger_object_at(r->ledger, (size_t)h->from)->name,
		     ledger_object_at(r->ledger, (size_t)h->to)->name, h->call,
		     (unsigned long long)h->bytes, h->copies);
	}
}

static void try_way(const struct count_way *w)
{
	const struct count_job job = {
		.run = go,
		.arg = (void *)w,
		.in = w->found ? NULL : "in",
		.out = w->found ? NULL : "out",
		.one_cpu = true,
	};
	struct count_result r = { .in = -1 };
	struct err e = { 0 };
	const char *differs;
	int rc;

	unlink("out");
	rc = count_run(&job, &r, &e);
	differs = sample_differs("out", &sample);
	if (rc == 0 && WIFEXITED(r.status) &&
	    WEXITSTATUS(r.status) == WAY_CANNOT)
		skip("%s: not possible here", w->name);
	else if (rc == 0 && w->at_least && r.sum.unwatched &&
		 !r.sum.lower_bound)
		skip("%s: no debug registers", w->name);
	else if (!ok(rc == 0 && r.status == 0 && !differs && is_right(w, &r),
		     "%s", w->name)) {
		diag("status %x, %s%s", r.status, e.text,
		     differs ? differs : "");
		if (rc == 0)
			show(&r);
	}
	count_result_free(&r);
}

/* --- in a container ------------------------------------------------------- */

/* Forbids two calls that a container without CAP_SYS_PTRACE forbids. */
static bool forbid(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_getfd, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { sizeof(code) / sizeof(code[0]),
					    code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static const struct count_way *tried;

static int try_forbidden(void)
{
	if (!forbid())
		return WAY_CANNOT;
	try_way(tried);
	return tap_failures() > 0;
}

static void try_in_container(const struct count_way *ways, const char *name)
{
	int status;

	for (tried = ways; strcmp(tried->name, name) != 0; tried++)
		;
	/* the line that the child has printed counts as one test */
	status = way_join(way_fork(try_forbidden));
	tap_count_child(status == 0);
}

int main(void)
{
	static const struct count_way *const all[] = {
		ways_memory,  ways_sound, ways_blind,
		ways_sockets, ways_odd,   ways_late,
	};

	scratch_begin();
	sample_write("in", &sample);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		for (const struct count_way *w = all[i]; w->name; w++)
			try_way(w);
	diag("in a container that forbids process_vm_readv and pidfd_getfd:");
	try_in_container(ways_memory, "readv and writev");
	try_in_container(ways_sockets, "sendmsg and recvmsg");
	try_in_container(ways_sockets, "TCP");
	return done_testing();
}
