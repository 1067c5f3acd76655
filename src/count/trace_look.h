/* The bytes that each call has moved, from where to where. */
#ifndef COUNT_TRACE_LOOK_H
#define COUNT_TRACE_LOOK_H

#include "count/trace.h"

/* call.variant of those in one buffer or an iovec, out of memory or into it */
enum {
	LOOK_BUFFER,   /* (fd, buffer, length, …) */
	LOOK_VECTOR,   /* (fd, iovec, count, …) */
	LOOK_MESSAGE,  /* (fd, msghdr, flags) */
	LOOK_MESSAGES, /* (fd, mmsghdr, count, flags) */
	LOOK_KINDS = 0x0f,
	LOOK_INTO = 0x10,  /* memory */
	LOOK_FLAGS = 0x20, /* arg[3] has MSG_… */
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

/* Between an object and memory, of whatever kind the call was. */
void look_at(struct tracer *t, struct task *p, struct fd_entry e, bool into,
	     const struct piece *memory, size_t n, uint64_t bytes,
	     const char *call, const char *kind, uint64_t flags);

/* Between a descriptor and memory: what reads and writes have in common. */
void look_move(struct tracer *t, struct task *p, int fd, bool into,
	       const struct piece *memory, size_t n, uint64_t bytes,
	       const char *call, const char *kind, uint64_t flags);

#endif
