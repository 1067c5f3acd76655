/* The notes of a worker, in memory that it shares with its supervisor. */
#include "copy/side.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/cpu.h"

static int64_t timeval_ns(struct timeval tv)
{
	return (int64_t)tv.tv_sec * 1000000000 + tv.tv_usec * 1000;
}

void side_begin(struct copy_side *s)
{
	atomic_store(&s->moved_bytes, 0);
	atomic_store(&s->checked_bytes, 0);
	s->t0_ns = s->t1_ns = s->checked_ns = 0;
	s->bytes = s->hash = 0;
	s->verified = false;
	memset(&s->used, 0, sizeof(s->used));
	memset(&s->calls, 0, sizeof(s->calls));
}

void side_count(struct copy_side *s, int sign)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	s->used.user_ns += sign * timeval_ns(ru.ru_utime);
	s->used.sys_ns += sign * timeval_ns(ru.ru_stime);
	s->used.voluntary += sign * ru.ru_nvcsw;
	s->used.involuntary += sign * ru.ru_nivcsw;
	s->used.faults += sign * (ru.ru_minflt + ru.ru_majflt);
}

int64_t side_last_byte_ns(const struct copy_side *s, const struct copy_job *job)
{
	int64_t now_ns = clock_ns();
	int64_t end_ns =
		now_ns + (now_ns - s->t0_ns) * job->load.lag_percent / 100;

	while (now_ns < end_ns)
		now_ns = clock_ns();
	return now_ns;
}

int side_share_cpu(struct copy_side *s, struct tr *tr, int other_cpu)
{
	s->cpu = cpu_bound();
	tr->wait.yield = s->cpu >= 0 && s->cpu == other_cpu;
	s->yielded = tr->wait.yield && !waiter_sleeps(&tr->wait);
	return tr->wait.kind == WAIT_BATCH ? cpu_give_way(tr->err) : 0;
}

/*
 * The other side often knows the reason better. If this side only saw that the
 * channel broke, or was told to stop, an error that the other side reports
 * becomes the reason.
 */
int side_give_up(struct copy_side *s, struct ctl *ctl, int rc)
{
	if (rc == -EPIPE || rc == -ECANCELED) {
		struct err own = s->err;

		if (!own.relayed) {
			memset(&s->err, 0, sizeof(s->err));
			ctl_last_words(ctl, rc == -EPIPE ? 500 : 0);
			if (!s->err.code)
				s->err = own;
		}
	}
	if (!s->err.code)
		err_say(&s->err, rc,
			"the transfer was stopped before it was done");
	ctl_say_error(ctl, &s->err);
	return rc;
}

int side_patience_ms(const struct copy_side *s, const struct copy_job *job)
{
	return s->timed_from_above ? INT_MAX : job->timeout_ms;
}
