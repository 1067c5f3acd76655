/* io_uring: said, since what goes through its rings is not seen. */
#include "count/trace.h"

struct ring {
	struct mm *mm;
	struct ring *next;
};

void trace_on_ring_setup(struct tracer *t, struct tracee *p, bool exit)
{
	(void)exit;
	mm_object(t, p->mm);
	trace_doubt(t, p->mm,
		    "%s uses io_uring, whose requests are not "
		    "seen",
		    p->mm->name);
}

void trace_on_ring_enter(struct tracer *t, struct tracee *p, bool exit)
{
	(void)t;
	(void)p;
	(void)exit;
}

void trace_on_ring_register(struct tracer *t, struct tracee *p, bool exit)
{
	(void)t;
	(void)p;
	(void)exit;
}

void trace_look_at_rings(struct tracer *t, struct tracee *p)
{
	(void)t;
	(void)p;
}

void trace_ring_closed(struct tracer *t, const struct tracee *p,
		       unsigned int fd, unsigned int last)
{
	(void)t;
	(void)p;
	(void)fd;
	(void)last;
}

void trace_free_rings(struct tracer *t, const struct mm *mm)
{
	(void)t;
	(void)mm;
}
