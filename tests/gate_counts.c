/*
 * The gate of counts notices one more copy or one more call for each message.
 * It finds no difference between two counts of the same program.
 */
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bytes.h"
#include "count/count_spec.h"
#include "judge/gate.h"
#include "scratch.h"
#include "tap.h"

#define BYTES (2 << 20)
#define SIZE  (64 << 10)
#define TIMES 5

ssize_t __real_write(int fd, const void *buf, size_t len);
ssize_t __wrap_write(int fd, const void *buf, size_t len);

/* The extra work of the program for each message. */
static enum { AS_IT_IS, CALLS_MORE, COPIES_MORE } change;

static char spare[SIZE];

ssize_t __wrap_write(int fd, const void *buf, size_t len)
{
	if (len == SIZE && change == CALLS_MORE)
		syscall(SYS_getppid);
	if (len != SIZE || change != COPIES_MORE)
		return __real_write(fd, buf, len);
	bytes_copy(spare, buf, len);
	return __real_write(fd, spare, len);
}

static bool count(const char *text, enum copy_workload workload,
		  struct run_copies *row)
{
	const struct count_load load = { .workload = workload };
	struct count_spec c = { .in = -1, .out = -1 };
	struct err e = { 0 };
	struct tr_spec spec;
	int rc = tr_spec_parse(text, &spec, &e);

	if (rc == 0)
		rc = count_load(&spec, &load, NULL, BYTES, &c, &e);
	if (rc < 0)
		diag("%s: %s", text, e.text);
	*row = (struct run_copies){
		.workload = copy_workload_names[workload],
		.counted_kernel = c.copies_kernel,
		.counted_user = c.copies_user,
		.calls_per_mib = c.calls_per_mib,
		.steady_calls_per_mib = c.steady_calls_per_mib,
		.calls_per_message = c.calls_per_message,
		.steady_calls_per_message = c.steady_calls_per_message,
		.blocked_per_message = c.blocked_per_message,
	};
	count_spec_free(&c);
	return rc == 0;
}

static const char *difference(const char *text, enum copy_workload workload,
			      const struct run_copies *before)
{
	struct run_copies now;
	double from, to;

	if (!count(text, workload, &now))
		return "nothing was counted";
	return rep_counts_differ(before, &now, &from, &to);
}

static void is_itself(const char *text, enum copy_workload workload)
{
	struct run_copies first;
	const char *what = NULL;

	change = AS_IT_IS;
	if (!count(text, workload, &first))
		what = "nothing was counted";
	for (int i = 0; i < TIMES && !what; i++)
		what = difference(text, workload, &first);
	if (!ok(!what, "%s, %s: repeated counts are equal", text,
		copy_workload_names[workload]))
		diag("%s", what);
}

static void is_seen(const char *text, enum copy_workload workload)
{
	struct run_copies first;
	const char *what;

	change = AS_IT_IS;
	count(text, workload, &first);
	change = CALLS_MORE;
	what = difference(text, workload, &first);
	ok(what && strstr(what, "calls for each message"),
	   "%s, %s: an additional call is seen: %s", text,
	   copy_workload_names[workload], what ? what : "no");
	change = COPIES_MORE;
	what = difference(text, workload, &first);
	ok(what && strstr(what, "by the processes"),
	   "%s, %s: an additional copy is seen: %s", text,
	   copy_workload_names[workload], what ? what : "no");
}

static const char *cannot(void)
{
	struct count_spec c = { .in = -1, .out = -1 };
	struct err e = { 0 };
	struct tr_spec spec;
	static char why[300];
	int rc = tr_spec_parse("pipe", &spec, &e);

	if (rc == 0)
		rc = count_spec(&spec, NULL, BYTES, &c, &e);
	count_spec_free(&c);
	snprintf(why, sizeof(why), "%s", e.text);
	return rc < 0 ? why : NULL;
}

int main(void)
{
	const char *why;

	scratch_begin();
	scratch_isolate();
	why = cannot();
	if (why) {
		skip("%s", why);
		return done_testing();
	}
	for (int w = COPY_FILE; w < COPY_WORKLOADS; w++) {
		is_itself("pipe", (enum copy_workload)w);
		is_itself("unix", (enum copy_workload)w);
		is_itself("shm", (enum copy_workload)w);
		is_itself("shm:sync=futex", (enum copy_workload)w);
		is_seen("pipe", (enum copy_workload)w);
		is_seen("unix", (enum copy_workload)w);
	}
	is_itself("splice", COPY_FILE);
	return done_testing();
}
