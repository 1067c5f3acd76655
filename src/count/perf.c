/* System calls of a process and its children as perf events. */
#include <stdbool.h>

#include "count/perf.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "count/perf_ids.h"

#define RING_BYTES (4 << 20) /* of each CPU */
#define RECORD_MAX 65536
#define MOMENT_MS  1
/* What happened before that has been written down by now. */
#define SETTLED_NS 200000

struct ring {
	int fd[2]; /* of enter, and of exit, which goes into the same ring */
	struct perf_event_mmap_page *head;
	char *data;
};

struct perf {
	struct ring *ring;
	int cpus;
	struct perf_event *event; /* not yet taken */
	size_t events, room;
	uint64_t order, lost;
};

/* --- opening -------------------------------------------------------------- */

static int open_event(uint64_t id, bool tasks, pid_t pid, int cpu)
{
	struct perf_event_attr a = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(a),
		.config = id,
		.sample_period = 1,
		.sample_type =
			PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_RAW,
		.inherit = 1,
		.task = tasks,
		.comm = tasks,
		.comm_exec = tasks,
		.sample_id_all = 1,
		.watermark = 1,
		.wakeup_watermark = RING_BYTES / 4,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
	};

	return (int)syscall(SYS_perf_event_open, &a, pid, cpu, -1,
			    PERF_FLAG_FD_CLOEXEC);
}

static int say_refused(struct err *e)
{
	if (errno == EACCES || errno == EPERM)
		return err_say(e, EPERM,
			       "system calls are watched by perf events of the "
			       "kernel's, and those are for root: perf_event_"
			       "open: %s",
			       strerror(errno));
	return err_sys(e, "perf_event_open");
}

static int open_ring(struct ring *r, const struct perf_ids *ids, pid_t pid,
		     int cpu, struct err *e)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *base;

	r->fd[0] = open_event(ids->enter, true, pid, cpu);
	if (r->fd[0] < 0 && errno == ENODEV)
		return 0; /* this CPU is off */
	r->fd[1] = open_event(ids->exit, false, pid, cpu);
	if (r->fd[0] < 0 || r->fd[1] < 0)
		return say_refused(e);
	base = mmap(NULL, page + RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
		    r->fd[0], 0);
	if (base == MAP_FAILED)
		return err_sys(e, "a ring of perf events");
	r->head = base;
	r->data = (char *)base + page;
	if (ioctl(r->fd[1], PERF_EVENT_IOC_SET_OUTPUT, r->fd[0]) < 0)
		return err_sys(e, "PERF_EVENT_IOC_SET_OUTPUT");
	return 0;
}

struct perf *perf_open(pid_t pid, struct err *e)
{
	struct perf *p = calloc(1, sizeof(*p));
	struct perf_ids ids;
	int rc = p ? perf_ids_find(&ids, e) : err_code(e, ENOMEM, "perf");

	if (rc < 0) {
		free(p);
		return NULL;
	}
	p->cpus = (int)sysconf(_SC_NPROCESSORS_CONF);
	p->ring = calloc((size_t)p->cpus, sizeof(*p->ring));
	for (int i = 0; p->ring && i < p->cpus; i++)
		p->ring[i].fd[0] = p->ring[i].fd[1] = -1;
	if (!p->ring)
		rc = err_code(e, ENOMEM, "perf");
	for (int i = 0; rc == 0 && i < p->cpus; i++)
		rc = open_ring(&p->ring[i], &ids, pid, i, e);
	if (rc == 0)
		return p;
	perf_close(p);
	return NULL;
}

void perf_close(struct perf *p)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (int i = 0; p->ring && i < p->cpus; i++) {
		struct ring *r = &p->ring[i];

		if (r->head)
			munmap(r->head, page + RING_BYTES);
		for (int k = 0; k < 2; k++)
			if (r->fd[k] >= 0)
				close(r->fd[k]);
	}
	free(p->ring);
	free(p->event);
	free(p);
}

/* --- one record ----------------------------------------------------------- */

struct task {
	uint32_t pid, tid;
	uint64_t time;
};

static struct perf_event *new_event(struct perf *p, enum perf_kind kind,
				    const struct task *by)
{
	if (p->events == p->room) {
		p->room = p->room ? 2 * p->room : 4096;
		p->event = realloc(p->event, p->room * sizeof(*p->event));
		if (!p->event)
			abort(); /* a count with a hole would be wrong */
	}
	p->event[p->events] = (struct perf_event){
		.time_ns = by->time,
		.order = p->order++,
		.kind = kind,
		.pid = (pid_t)by->pid,
		.tid = (pid_t)by->tid,
	};
	return &p->event[p->events++];
}

/* Both tracepoints begin with 8 bytes common to all, and the call's number. */
static void take_sample(struct perf *p, const struct perf_ids *ids,
			const char *at)
{
	struct {
		uint16_t id;
		char rest[6];
		int64_t nr;
		uint64_t word[6];
	} raw = { 0 };
	struct perf_event *event;
	struct task by;
	uint32_t size;

	memcpy(&by, at, sizeof(by));
	memcpy(&size, at + sizeof(by), sizeof(size));
	memcpy(&raw, at + sizeof(by) + sizeof(size),
	       size < sizeof(raw) ? size : sizeof(raw));
	event = new_event(p, raw.id == ids->enter ? PERF_ENTER : PERF_EXIT,
			  &by);
	event->nr = (uint64_t)raw.nr;
	memcpy(event->arg, raw.word, sizeof(event->arg));
	event->ret = (int64_t)raw.word[0];
}

/* Forks and ends are written alike; who was first is told by the record. */
static void take_task(struct perf *p, const struct perf_event_header *h,
		      const char *at)
{
	struct {
		uint32_t pid, ppid, tid, ptid;
		uint64_t time;
	} t;
	struct perf_event *event;

	memcpy(&t, at, sizeof(t));
	event = new_event(p, h->type == PERF_RECORD_FORK ? PERF_FORK : PERF_END,
			  &(struct task){ t.pid, t.tid, t.time });
	event->parent_pid = (pid_t)t.ppid;
	event->parent_tid = (pid_t)t.ptid;
}

static void take_record(struct perf *p, const struct perf_ids *ids,
			const struct perf_event_header *h, const char *at)
{
	struct task by;
	uint64_t lost;

	switch (h->type) {
	case PERF_RECORD_SAMPLE:
		take_sample(p, ids, at);
		break;
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
		take_task(p, h, at);
		break;
	case PERF_RECORD_COMM:
		/* who, and when, stands at the end of all but samples */
		memcpy(&by, at + h->size - sizeof(*h) - sizeof(by), sizeof(by));
		if (h->misc & PERF_RECORD_MISC_COMM_EXEC)
			new_event(p, PERF_EXEC, &by);
		break;
	case PERF_RECORD_LOST:
		memcpy(&lost, at + sizeof(uint64_t), sizeof(lost));
		p->lost += lost;
		break;
	default:
		break;
	}
}

/* --- the rings ------------------------------------------------------------ */

/* A record may begin at the end of the ring and end at its beginning. */
static void copy_out(const struct ring *r, uint64_t at, void *to, size_t len)
{
	size_t from = (size_t)(at % RING_BYTES), first = RING_BYTES - from;

	if (first > len)
		first = len;
	memcpy(to, r->data + from, first);
	memcpy((char *)to + first, r->data, len - first);
}

static void drain(struct perf *p, const struct perf_ids *ids, struct ring *r)
{
	static char record[RECORD_MAX];
	struct perf_event_header h;
	uint64_t tail, head;

	if (!r->head)
		return;
	head = __atomic_load_n(&r->head->data_head, __ATOMIC_ACQUIRE);
	for (tail = r->head->data_tail; tail < head; tail += h.size) {
		copy_out(r, tail, &h, sizeof(h));
		copy_out(r, tail + sizeof(h), record, h.size - sizeof(h));
		take_record(p, ids, &h, record);
	}
	__atomic_store_n(&r->head->data_tail, tail, __ATOMIC_RELEASE);
}

static int by_time(const void *a, const void *b)
{
	const struct perf_event *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

size_t perf_take(struct perf *p, bool all,
		 void (*call)(void *arg, const struct perf_event *event),
		 void *arg)
{
	uint64_t settled = (uint64_t)clock_ns() - SETTLED_NS;
	struct perf_ids ids;
	size_t n = 0;

	perf_ids_known(&ids);
	for (int i = 0; i < p->cpus; i++)
		drain(p, &ids, &p->ring[i]);
	if (p->events > 1)
		qsort(p->event, p->events, sizeof(*p->event), by_time);
	while (n < p->events && (all || p->event[n].time_ns < settled))
		call(arg, &p->event[n++]);
	if (n > 0)
		memmove(p->event, p->event + n,
			(p->events - n) * sizeof(*p->event));
	p->events -= n;
	if (n == 0 && !all)
		poll(NULL, 0, MOMENT_MS);
	return n;
}

uint64_t perf_lost(const struct perf *p)
{
	return p->lost;
}
