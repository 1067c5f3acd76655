/* Which bytes each call has moved, and from where to where. */
#ifndef COUNT_TRACE_LOOK_H
#define COUNT_TRACE_LOOK_H

#include "count/trace.h"

/*
 * The variant of a call with one buffer or an iovec, out of memory or into it.
 */
enum {
	LOOK_BUFFER,   /* (fd, buffer, length, …) */
	LOOK_VECTOR,   /* (fd, iovec, count, …) */
	LOOK_MESSAGE,  /* (fd, msghdr, flags) */
	LOOK_MESSAGES, /* (fd, mmsghdr, count, flags) */
	LOOK_KINDS = 0x0f,
	LOOK_INTO = 0x10,  /* into memory */
	LOOK_FLAGS = 0x20, /* arg[3] has MSG_… flags */
};

void look_memory(struct tracer *t, struct task *p, bool exit);
void look_mqueue(struct tracer *t, struct task *p, bool exit);
void look_sysvmq(struct tracer *t, struct task *p, bool exit);
void look_sendfile(struct tracer *t, struct task *p, bool exit);
void look_splice(struct tracer *t, struct task *p, bool exit);
void look_vmsplice(struct tracer *t, struct task *p, bool exit);
void look_vm(struct tracer *t, struct task *p, bool exit);
void look_copy_range(struct tracer *t, struct task *p, bool exit);
void look_ioctl(struct tracer *t, struct task *p, bool exit);
void look_told(struct tracer *t, struct task *p, bool exit);
void look_clone(struct tracer *t, struct task *p, bool exit);
void look_aio(struct tracer *t, struct task *p, bool exit);
void look_ptrace(struct tracer *t, struct task *p, bool exit);

/* A transfer between a descriptor and memory, of whatever kind the call was. */
struct transfer {
	struct fd_entry fd;
	bool into; /* memory */
	struct piece_list memory;
	uint64_t bytes, flags;
	const char *call, *kind;
};

/* The transfer by a task's call, whose first argument is the descriptor. */
struct transfer transfer_of(struct tracer *t, struct task *p);

void look_at(struct tracer *t, struct task *p, const struct transfer *l);

#endif
