/* A standing pair for the tests standing.c and crowd.c. */
#include "standing_pair.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "leftovers.h"
#include "scratch.h"
#include "tap.h"

struct standing st;

void standing_begin(void)
{
	const char *why;

	scratch_begin();
	why = scratch_isolate();
	if (why)
		skip("looking for names in /dev/shm and of queues: %s", why);
	st.page = mmap(NULL, sizeof(*st.page), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static void at_point(enum copy_role role, enum copy_point point)
{
	if (point != COPY_AT_START)
		return;
	st.page->worker[role] = getpid();
	st.page->fds[role] = leftovers_fds();
	if (++st.page->started[role] == st.page->dies_at &&
	    (int)role == st.page->victim)
		raise(SIGKILL);
}

void standing_job(const char *spec, enum copy_workload kind,
		  enum copy_sink sink)
{
	st.job = (struct copy_job)COPY_JOB_INIT;
	tr_spec_parse(spec, &st.job.spec, &st.e);
	st.job.src = "in";
	st.job.dst = "out";
	st.job.load.kind = kind;
	st.job.load.sink = sink;
	st.job.load.messages = kind == COPY_FILE ? 0 : MESSAGES;
	st.job.load.warm = kind == COPY_FILE ? 0 : 3;
	st.job.load.seed = 77;
	st.job.trips = kind == COPY_PINGPONG ? &st.page->trips : NULL;
	st.job.checkpoint = at_point;
	memset(st.page, 0, sizeof(*st.page));
	memset(&st.e, 0, sizeof(st.e));
}

bool standing_opens(void)
{
	st.pair = NULL;
	return expect_int(copy_pair_open(&st.job, &st.pair, &st.e), 0) ||
	       (diag("%s: %s", st.job.spec.ops->name, st.e.text), false);
}

bool standing_transfers(void)
{
	return expect_int(copy_pair_transfer(st.pair, &st.out, &st.e), 0) ||
	       (diag("%s: %s", st.job.spec.ops->name, st.e.text), false);
}

bool standing_closes(void)
{
	return expect_int(copy_pair_close(st.pair), 0);
}

bool standing_fails(int code, const char *words)
{
	memset(&st.e, 0, sizeof(st.e));
	return expect_int(copy_pair_transfer(st.pair, &st.out, &st.e), -code) &&
	       expect_int(st.e.code, code) && expect_has(st.e.text, words) &&
	       expect(!strchr(st.e.text, '\n'));
}

const char *standing_dead_words(int role)
{
	return role == COPY_SERVER ? "the server was killed by signal 9"
				   : "the client was killed by signal 9";
}
