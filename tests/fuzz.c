/*
 * Functions of all fuzz targets: reading scripts, and a timer that stops waits.
 */
#include "fuzz.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/stop.h"
#include "scratch.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

/* fuzz_begin makes it once. */
static timer_t timer;

uint8_t script_u8(struct script *s)
{
	if (!s->left)
		return 0;
	s->left--;
	return *s->p++;
}

uint64_t script_u(struct script *s, int bytes)
{
	uint64_t value = 0;

	for (int i = 0; i < bytes; i++)
		value |= (uint64_t)script_u8(s) << (8 * i);
	return value;
}

size_t script_take(struct script *s, void *to, size_t len)
{
	if (len > s->left)
		len = s->left;
	if (len)
		memcpy(to, s->p, len);
	s->p += len;
	s->left -= len;
	return len;
}

uint64_t script_odd(struct script *s, uint64_t near)
{
	uint8_t which = script_u8(s);

	switch (which % 8) {
	case 0:
		return near;
	case 1:
		return near + 1;
	case 2:
		return near - 1;
	case 3:
		return which & 8 ? 0 : 1;
	case 4:
		return which & 8 ? UINT64_MAX : INT64_MAX;
	case 5:
		return 1ULL << (script_u8(s) % 64);
	case 6:
		return script_u(s, 2);
	default:
		return script_u(s, 8);
	}
}

void fuzz_broken(const char *fmt, ...)
{
	va_list ap;

	fputs("# promise broken: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

static void on_timer(int sig)
{
	stop_signal = sig;
}

static void set_timer(int ms)
{
	struct timespec t = { .tv_sec = ms / 1000,
			      .tv_nsec = ms % 1000 * 1000000L };
	struct itimerspec every = { .it_value = t,
				    .it_interval = { .tv_nsec = 1000000 } };

	timer_settime(timer, 0, &every, NULL);
}

void fuzz_stop_after(int ms)
{
	stop_signal = 0;
	set_timer(ms);
}

void fuzz_stop_never(void)
{
	set_timer(0);
	stop_signal = 0;
}

/*
 * The timer signals only this thread, because libFuzzer has a second one, which
 * watches its memory.
 */
static void make_timer(void)
{
	struct sigevent to = { .sigev_notify = SIGEV_THREAD_ID,
			       .sigev_signo = SIGRTMIN };
	struct sigaction sa = { .sa_handler = on_timer };

	to.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
	sigaction(SIGRTMIN, &sa, NULL);
	if (timer_create(CLOCK_MONOTONIC, &to, &timer) < 0)
		fuzz_broken("timer_create");
}

void fuzz_begin(void)
{
	char here[PATH_MAX];

	if (!getcwd(here, sizeof(here)))
		fuzz_broken("getcwd");
	scratch_begin();
	/* if this fails, our names lie among those of other programs */
	scratch_isolate();
	if (chdir(here) < 0)
		fuzz_broken("chdir");
	make_timer();
	signal(SIGPIPE, SIG_IGN);
}
