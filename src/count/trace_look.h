/* Finds which bytes each call has moved, from where and to where. */
#ifndef COUNT_TRACE_LOOK_H
#define COUNT_TRACE_LOOK_H

#include "count/trace.h"

/*
 * Variants of a call: the form of its arguments, and whether it fills memory.
 */
enum {
	LOOK_BUFFER,   /* (fd, buffer, length, …) */
	LOOK_VECTOR,   /* (fd, iovec, count, …) */
	LOOK_MESSAGE,  /* (fd, msghdr, flags) */
	LOOK_MESSAGES, /* (fd, mmsghdr, count, flags) */
	LOOK_KINDS = 0x0f,
	LOOK_INTO = 0x10,  /* the call fills memory */
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

/* A transfer between a descriptor and memory, by a call of any form. */
struct transfer {
	struct fd_entry fd;
	bool into; /* into memory */
	struct piece_list memory;
	uint64_t bytes, flags;
	const char *call, *kind;
};

/*
 * The transfer by the call that the task has just made. The first argument of
 * this call is the descriptor.
 */
struct transfer transfer_of(struct tracer *t, struct task *p);

void look_at(struct tracer *t, struct task *p, const struct transfer *l);

#endif
