/*
 * The tracer. It follows a child and all its descendants by ptrace and records
 * in a ledger what it sees. Without all_calls it stops these processes at few
 * of their calls (trace_filter.c); with all_calls, at every call.
 */
#ifndef COUNT_TRACE_H
#define COUNT_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/tracee.h"
#include "count/count.h"
#include "count/ledger.h"
#include "count/probe.h"

/* --- what processes have -------------------------------------------------- */

/* Bytes of private memory that a call has filled. */
struct fill {
	uint64_t start, end;
	int hop;
	/*
	 * the private memory that was filled, as an object of the ledger: this
	 * process's, or its parent's if it was filled before the fork
	 */
	int owner;
	int taker; /* the last hop that took the bytes away; -1: none */
};

/* A shared mapping, or a mapping of a file. */
struct map {
	uint64_t start, end;
	unsigned int dev_major, dev_minor;
	uint64_t ino;
	bool shared; /* false: a private mapping of a file */
	/*
	 * a private, writable mapping of a file: it has the file's pages until
	 * the program stores there
	 */
	bool private;
	bool writable, executable;
	char *path;
	int object; /* -1 until it is needed */
};

#define WATCHPOINTS 4 /* debug registers that are used */

/* The state of a debug register, as set or as wanted; len 0: switched off. */
struct watchpoint {
	uint64_t addr, len;
	uint64_t since; /* t->fills when it was set */
};

/* A word, watched in place of a part of a buffer that a call has filled. */
struct watch {
	struct watchpoint at;
	uint64_t start, end;           /* the part of the buffer */
	uint64_t fill_start, fill_len; /* the whole buffer */
	uint64_t since;                /* t->fills when the buffer was filled */
	pid_t by;                      /* the task that filled it */
	bool valid;  /* false: the buffer has got other contents since */
	bool stored; /* the program stored into the word */
};

#define COW_PAGES 64

/* Pagemap entries of some pages of filled buffers, taken at the last fork. */
struct cow {
	struct cow_page {
		uint64_t addr, entry;
	} page[COW_PAGES];
	size_t n;
	uint64_t faults; /* page faults of the process up to that fork */
};

/* An address space. Threads, and a vfork child and its parent, share one. */
struct mm {
	int refs;
	int object; /* its private memory; -1 until it is needed */
	pid_t pid;  /* some task that has it, for access to /proc */
	pid_t tgid; /* the first process that had it */
	int ending; /* tasks that share it and are ending */
	char name[64];
	bool stale; /* the mappings have changed since they were read */
	struct map *map;
	size_t maps;
	struct fill *fill;
	size_t fills, fills_room;
	struct cow *cow; /* NULL: no fork has shared its filled buffers */
	struct watch watch[WATCHPOINTS];
	unsigned int watch_next;
	uint64_t watch_serial; /* is raised when other words are chosen */
	struct mm *next;
};

enum { FD_UNKNOWN = -2, FD_NONE = -1 };

/* The objects behind a descriptor; a socket has one for each direction. */
struct fd_entry {
	int out, in; /* bytes go into `out` and come from `in` */
	bool direct; /* O_DIRECT: bypasses the page cache */
	bool udp;    /* each message can have its own receiver */
	/* 1 + the last hop by read, and 1 + the last by write; 0: none yet. */
	int in_hop, out_hop;
};

#define FD_CACHE 1024

/* Known descriptors. If one is closed or replaced, its entry is dropped. */
struct files {
	int refs;
	struct fd_entry entry[FD_CACHE];
};

/* A process. It is kept to the end of the count, which needs its numbers. */
struct process {
	pid_t pid;
	uint64_t calls, blocked; /* complete only with all_calls */
	uint64_t waits;          /* calls that only sleep or wake */
	bool marked;             /* between its start line and its last byte */
	/* the same numbers at the start line */
	uint64_t calls_before, blocked_before, waits_before;
	struct process *next;
};

struct ring;

/* The kernel's own counts of a task's bytes and calls, by read and by write. */
struct counts {
	uint64_t in, out, calls_in, calls_out;
};

struct task {
	struct tracee tracee;
	struct process *process;
	struct mm *mm;
	struct files *files;
	const struct call *call;
	uint64_t nr, arg[6];
	int64_t ret;
	uint64_t clone_flags;
	bool ending;
	/* voluntary context switches up to the last call; 0: not read yet */
	uint64_t switches;
	struct watchpoint armed[WATCHPOINTS];
	uint64_t watch_serial; /* mm->watch_serial when `armed` was set */
	bool blocks_trap;      /* it blocked SIGTRAP when `armed` was set */
	int hop;               /* the last hop by this call; -1: none yet */
	/* See trace_late.c. */
	bool late;    /* the call is still to be looked at */
	bool proving; /* compare the counts with the result of the call */
	bool counted; /* `counts` are up to date */
	struct counts counts;
	int counts_fd; /* -1: not open */
};

/*
 * How many calls and waits a process had made at its first and at its last call
 * of one hop.
 */
struct window {
	struct process *process;
	uint64_t first_calls, last_calls;
	uint64_t first_blocked, last_blocked;
	uint64_t first_waits, last_waits;
	uint64_t fills, next_sample;
	uint64_t writes;
	bool packed; /* the bytes begin like a compressed stream */
	struct change_pieces *pieces; /* of the bytes written; NULL: none */
	bool stored; /* the program stored into what the hop had filled */
	/*
	 * calls for which the kernel's count agreed with ours; -1: for one call
	 * it did not agree or could not be read
	 */
	int proofs;
};

struct alias;  /* files that were mapped, as stat numbers them */
struct mapped; /* shared memory and files that processes had mapped */
struct pair;   /* unix sockets that are peers of each other */
struct tracer {
	const struct count_job *job;
	struct count_result *result;
	struct ledger *ledger;
	struct tracees tasks;
	struct process *process;
	struct mm *mm; /* all address spaces in use */
	struct ring *ring;
	struct pair *pair;
	struct mapped *mapped;
	struct alias *alias;
	struct clones *clones;
	struct window *window; /* an array with an entry for each hop */
	size_t windows;
	uint64_t serial;
	uint64_t fills, drawn; /* counters for choosing watched words */
	int counted_tasks;     /* tasks with a descriptor for their counts */
	bool watch_refused;    /* the kernel lets us set no debug registers */
	time_t began;
	pid_t child;
	int status;
	int asked; /* how strongly the running tasks were asked to end */
	bool no_new_privs;
	int copies[PROBE_WAYS];
	/* /dev/null, and the copies that a write to it makes */
	int null_object, null_copies;
	int report_fd; /* tells why the child could not begin */
	int diag_fd;   /* unix_diag; -1: not open */
};

/* --- calls ---------------------------------------------------------------- */

/* When the tracer looks at a call. */
enum call_when {
	CALL_AT_ENTRY = 1,
	CALL_AT_EXIT = 2,
	/* also at the exit, if other tasks share memory or descriptors */
	CALL_AGAIN_IF_SHARED = 4,
	/* the kernel counts its bytes: a look at the next stop can be enough */
	CALL_MAY_BE_LATE = 8,
};

struct call {
	int nr;
	const char *name; /* the name of this variant: "preadv2" */
	const char *kind; /* the name for all variants: "read" */
	int when;
	void (*look)(struct tracer *t, struct task *p, bool exit);
	long variant; /* read by `look` */
};

static inline bool trace_wants_exit(const struct task *p)
{
	int when = p->call->when;

	return when & CALL_AT_EXIT || (when & CALL_AGAIN_IF_SHARED &&
				       (p->mm->refs > 1 || p->files->refs > 1));
}

extern const struct call trace_calls[];
extern const size_t trace_calls_count;

/*
 * True if a call only sleeps or wakes, and for io_uring_enter. The number of
 * such calls depends on which side happens to be ahead.
 */
bool trace_only_waits(uint64_t nr);

/* NULL: the tracer need not look at the call. */
const struct call *trace_call(uint64_t nr);

/* Handlers for calls that only change what addresses and descriptors mean. */
void trace_on_mmap(struct tracer *t, struct task *p, bool exit);
void trace_on_unmap(struct tracer *t, struct task *p, bool exit);
void trace_on_remap(struct tracer *t, struct task *p, bool exit);
void trace_on_close(struct tracer *t, struct task *p, bool exit);
void trace_on_socketpair(struct tracer *t, struct task *p, bool exit);

/* --- starting ------------------------------------------------------------- */

/* Starts the child, traced and with its filter. 0 or -errno with the reason. */
int trace_start(struct tracer *t, struct err *e);

/* Once the child has ended: 0 if its program could begin, else -errno. */
int trace_reported(struct tracer *t, struct err *e);

/* Runs until no followed task is left. 0 or -EINTR. */
int trace_loop(struct tracer *t, struct err *e);
void trace_free(struct tracer *t);

/* Called in the child: from now on the tracer sees its calls. 0 or -errno. */
int trace_install_filter(bool all_calls);

/*
 * Called when a tracee begins a new program. Notes what this program cannot do
 * while it is counted, and what the tracer cannot see of it.
 */
void trace_on_exec(struct tracer *t, struct task *p);

/* Begins a task whose parent is unknown. It is taken to share nothing. */
void task_begin(struct tracer *t, struct task *p);
/*
 * Begins a child made by clone(2) with these flags. The flags say what it
 * shares with its parent and what it gets as a copy.
 */
void task_inherit(struct tracer *t, const struct task *parent,
		  struct task *child, uint64_t flags);
void task_leave_memory(struct tracer *t, struct task *p);

static inline struct task *trace_find(const struct tracer *t, pid_t tid)
{
	return (struct task *)tracee_find(&t->tasks, tid);
}

static inline size_t trace_peek(const struct task *p, void *to, uint64_t from,
				size_t len)
{
	return tracee_peek(p->tracee.tid, to, from, len);
}

/* --- memory --------------------------------------------------------------- */

struct mm *mm_new(struct tracer *t, pid_t pid);
struct mm *mm_fork(struct tracer *t, struct mm *parent, pid_t pid);
void mm_put(struct tracer *t, struct mm *mm);

/* The object of an address space's private memory. */
int mm_object(struct tracer *t, struct mm *mm);

/*
 * The mapping at an address; NULL: private memory. *end: where the mapping or
 * the private memory ends.
 */
struct map *mm_map_at(struct tracer *t, struct mm *mm, uint64_t addr,
		      uint64_t *end);
int mm_map_object(struct tracer *t, struct map *m);
void mm_refresh(struct mm *mm);
/* Remembers the numbers that stat gives a file that is about to be mapped. */
void mm_note_file(struct tracer *t, const struct task *p, int fd);
void mm_free_files(struct tracer *t);
void mm_map_key(const struct tracer *t, const struct map *m, char *key,
		size_t size);

void fill_set(struct mm *mm, uint64_t start, uint64_t len, int hop, int owner);
void fill_put(struct mm *mm, const struct fill *f, size_t n);
void fill_clear(struct mm *mm, uint64_t start, uint64_t len);
/* Notes that hop `taker` has taken all bytes of the range. */
void fill_mark(struct mm *mm, uint64_t start, uint64_t len, int taker);
void fill_move(struct mm *mm, uint64_t from, uint64_t to, uint64_t len);
void fill_take(struct mm *mm, uint64_t start, uint64_t len,
	       void (*taken)(void *arg, const struct fill *f, uint64_t from,
			     uint64_t bytes),
	       void *arg);

/* The hop that filled this byte; -1: none. */
int fill_hop(const struct mm *mm, uint64_t addr);

/* --- descriptors ---------------------------------------------------------- */

struct files *files_new(void);
void files_put(struct files *f);
void files_forget(struct files *f, unsigned int from, unsigned int to);

/* The objects behind a descriptor; both are FD_NONE if it is not open. */
struct fd_entry trace_fd(struct tracer *t, const struct task *p, int fd);

/* The key of a file, the same for open and for mapped files. */
void trace_file_key(char *key, size_t size, uint64_t dev, uint64_t ino);

struct fd_entry trace_socket(struct tracer *t, const struct task *p, int fd,
			     uint64_t ino);
/* A copy of a tracee's descriptor, or -1. Close it before the tracee runs. */
int trace_borrow(const struct task *p, int fd);
/*
 * The object that gets the messages sent to the UDP port in a tracee's
 * sockaddr; FD_NONE if there is none.
 */
int trace_udp_to(struct tracer *t, const struct task *p, uint64_t addr);
void trace_pair(struct tracer *t, uint64_t a, uint64_t b);
void trace_free_sockets(struct tracer *t);

/* --- moving --------------------------------------------------------------- */

/* A piece of memory, or of a kernel object (mm == NULL). */
struct piece {
	struct mm *mm;
	uint64_t addr, len;
	int object;
};

#define PIECES 1040 /* an iovec has at most 1024 pieces */

struct move {
	struct task *by;
	const char *call, *kind;
	/* PROBE_NO_WAY: derive it from the two objects and `kind` */
	enum probe_way way;
	enum ledger_by who;
	/* any other than LEDGER_CALIBRATED: use `copies` */
	enum ledger_evidence evidence;
	int copies;
};

struct piece_list {
	const struct piece *piece;
	size_t n;
};

/* Records that `bytes` moved from the pieces `from` into the pieces `to`. */
void trace_move(struct tracer *t, const struct move *m, struct piece_list from,
		struct piece_list to, uint64_t bytes);

/* Now and then keeps a piece of the bytes that this hop takes. */
void peek_at(struct tracer *t, const struct task *p, uint64_t addr,
	     uint64_t len, int hop);
/* True if peek_at would keep a piece at the next write. */
bool peek_is_due(const struct window *w);
/*
 * Tells the ledger which hops moved bytes of the input, and which did not, as
 * far as the kept pieces show.
 */
void peek_settle(struct tracer *t, int in, int out);
void peek_free(struct tracer *t);

/* Notes how many calls a process had made when it made this hop. */
void trace_window(struct tracer *t, int hop, const struct window *w);

/* A kernel object as one endless piece. */
static inline struct piece piece_of(int object)
{
	return (struct piece){ .len = UINT64_MAX, .object = object };
}

/* Reads an iovec at an address of the task. Its pieces are memory of `mm`. */
size_t trace_iovec(const struct task *p, struct mm *mm, uint64_t addr,
		   uint64_t count, struct piece *piece);

/* --- rings of requests ---------------------------------------------------- */

void trace_on_ring_setup(struct tracer *t, struct task *p, bool exit);
void trace_on_ring_enter(struct tracer *t, struct task *p, bool exit);
void trace_on_ring_register(struct tracer *t, struct task *p, bool exit);
/* Called when a task ends: looks at the rings of its memory once more. */
void trace_look_at_rings(struct tracer *t, struct task *p);
void trace_ring_closed(struct tracer *t, const struct task *p, unsigned int fd,
		       unsigned int last);
void trace_free_rings(struct tracer *t, const struct mm *mm);

/* --- loads and stores ----------------------------------------------------- */

/* Call it before a process loses its mappings in this range. */
void trace_note_maps(struct tracer *t, struct mm *mm, uint64_t start,
		     uint64_t len);
/* Concludes which loads and stores happened. `in`, `out`: -1 if not known. */
void trace_settle_maps(struct tracer *t, int in, int out);
void trace_free_maps(struct tracer *t);
void trace_on_execve(struct tracer *t, struct task *p, bool exit);

/* --- block sharing -------------------------------------------------------- */

/* Finds out by extents how many bytes of cloned files were copied. */
void trace_settle_clones(struct tracer *t);

void trace_doubt(struct tracer *t, struct mm *mm, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
