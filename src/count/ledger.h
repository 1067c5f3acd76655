/*
 * The ledger of a count: objects that can hold bytes, and hops, the calls that
 * moved bytes from one object to another. Pure data: it knows no ptrace and no
 * mechanism.
 *
 * Copies are counted on paths, not summed: only a hop that can be reached from
 * the input and from which the output can be reached is on the way. Without
 * such a path there is no number.
 *
 * Private memory is looked into: which bytes that one call brought in another
 * took away, from the same addresses. What leaves from where nothing came in
 * was made there, or copied by the program itself.
 */
#ifndef COUNT_LEDGER_H
#define COUNT_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ledger_kind {
	LEDGER_FILE,
	LEDGER_PIPE,
	LEDGER_FIFO,
	LEDGER_UNIX,
	LEDGER_TCP,
	LEDGER_UDP,
	LEDGER_MQUEUE,
	LEDGER_SYSVMQ,
	LEDGER_SHARED,  /* a shared mapping of any kind; .detail says which */
	LEDGER_PRIVATE, /* the private memory of a process */
	LEDGER_DEVICE,
	LEDGER_OTHER,
};

extern const char *const ledger_kind_names[];

enum ledger_by { LEDGER_BY_KERNEL, LEDGER_BY_USER, LEDGER_BY_DEVICE };

/* How we know that a hop made as many copies as it says. */
enum ledger_evidence {
	LEDGER_CALIBRATED, /* the probe of this session, for this kind of hop */
	LEDGER_COUNTED,    /* the program counts its own copies */
	LEDGER_PRELOADED,  /* a preloaded memcpy counted them */
	LEDGER_IMPLIED,    /* no call explains the bytes: at least one copy */
	LEDGER_FRAMES,     /* after a fork the page lies in another frame */
	LEDGER_EXTENTS,    /* the file system says whether blocks are shared */
	LEDGER_UNKNOWN,
};

extern const char *const ledger_evidence_names[];

#define LEDGER_COPIES_UNKNOWN (-1)

struct ledger_object {
	enum ledger_kind kind;
	char *key;    /* what makes it this one and no other */
	char *name;   /* for people: "pipe 4711", "/dev/shm/in", "cat[812]" */
	char *detail; /* "posix", "memfd", "SysV", "MAP_SHARED of a file" … */
	int64_t pid;  /* LEDGER_PRIVATE: the memory's owner; else 0 */
	bool tracked; /* LEDGER_PRIVATE: every passing byte is reported */
	bool aside;  /* a program, or told by the kernel: no end unless named */
	bool mapped; /* shared and writable: a storing process is its source */
};

struct ledger_hop {
	int from, to; /* objects */
	enum ledger_by by;
	int64_t pid;         /* the process that made the call, or the copy */
	const char *process; /* its name */
	const char *call;    /* "read", "splice", "memcpy", "fork" … */
	uint64_t calls, bytes;
	int copies;    /* of each byte: 0, 1, LEDGER_COPIES_UNKNOWN */
	bool at_least; /* more may have been made than is seen */
	enum ledger_evidence evidence;
};

struct ledger;

struct ledger *ledger_new(void);
void ledger_free(struct ledger *l);

/* The object with this key, made if it is new; texts are copied. */
int ledger_object(struct ledger *l, enum ledger_kind kind, const char *key,
		  const char *name, const char *detail, int64_t pid);

/* The object with this key, -1: there is none. */
int ledger_find(const struct ledger *l, const char *key);

/* A better name, once one is known. */
void ledger_rename(struct ledger *l, int object, const char *name);

/* It is a program, a library, or text that the kernel makes up. */
void ledger_aside(struct ledger *l, int object);

/* A process has it mapped, shared, and may store into it. */
void ledger_mapped(struct ledger *l, int object);

/* From now on the bytes that pass through this private memory are reported. */
void ledger_track(struct ledger *l, int object);

/*
 * Adds to the hop that agrees in all but calls and bytes, or starts it; texts
 * are copied. The hop's index.
 */
int ledger_add(struct ledger *l, const struct ledger_hop *hop);

/*
 * Notes that hop `out` took `bytes` of those that hop `in` brought into tracked
 * private memory, from the same addresses.
 */
void ledger_pass(struct ledger *l, int in, int out, uint64_t bytes);

/* A hop's content: the input's bytes, with or without frames, or others. */
enum ledger_content { LEDGER_UNSEEN, LEDGER_PAYLOAD, LEDGER_FOREIGN };

void ledger_content(struct ledger *l, int hop, enum ledger_content content);

/*
 * Notes that `bytes` of these were watched: the program stored nothing there
 * between the two hops.
 */
void ledger_kept(struct ledger *l, int in, int out, uint64_t bytes);

/*
 * Something that may have moved bytes unseen, said once: by `object`, mostly
 * the private memory of a process, or anywhere (-1).
 */
void ledger_doubt(struct ledger *l, int object, const char *text);

/* A fact for the user that changes no count, said once. */
void ledger_note(struct ledger *l, const char *text);

/* As an object of a doubt: it matters only if nothing else joins the ends. */
#define LEDGER_IF_NO_PATH (-2)

struct ledger_doubt {
	int object;
	char *text;
};

size_t ledger_objects(const struct ledger *l);
const struct ledger_object *ledger_object_at(const struct ledger *l, size_t i);
size_t ledger_hops(const struct ledger *l);
const struct ledger_hop *ledger_hop_at(const struct ledger *l, size_t i);
size_t ledger_doubts(const struct ledger *l);
const struct ledger_doubt *ledger_doubt_at(const struct ledger *l, size_t i);
size_t ledger_notes(const struct ledger *l);
const char *ledger_note_at(const struct ledger *l, size_t i);

struct ledger_sum {
	bool path;        /* some hops join input and output */
	bool resolved;    /* and all on it is known: the number is the number */
	bool lower_bound; /* "at least" */
	bool transformed; /* what left a process is not what came to it */
	bool framed;      /* some bytes are between the input's, or left out */
	/* Between reading and writing a program may have stored: this one. */
	bool unwatched;
	char unwatched_by[64];
	uint64_t delivered_bytes;
	uint64_t arrived_bytes; /* brought to the output by hops on the path */
	double copies; /* per delivered byte; NaN if there is no path */
	double copies_kernel, copies_user;
	double by_device; /* moved by a device alone: no copies */
	uint64_t calls;   /* on the path */
	char why[300];    /* unresolved, or else a lower bound: a reason */
	char bound[300];  /* a lower bound: the first reason */
};

/*
 * Sums up the hops between two objects. Where other inputs mix with this one,
 * hops count in proportion. `on_path`, if not NULL, gets one flag for each hop.
 * delivered_bytes: what the output holds at the end.
 */
struct ledger_sum ledger_sum(const struct ledger *l, int in, int out,
			     uint64_t delivered_bytes, bool *on_path);

/*
 * For each hop on the way, the part of each delivered byte that it moved. The
 * sum of these parts, each times the hop's copies, is the number of copies. 0
 * or -ENOMEM.
 */
int ledger_parts(const struct ledger *l, int in, int out,
		 uint64_t delivered_bytes, double *part);

/*
 * Adds the hops that no call made but that must have been: copies in private
 * memory on the way from `in` to `out`.
 */
void ledger_imply(struct ledger *l, int in, int out);

/*
 * The largest input and output that a path joins; one that is given (not -1)
 * stays. Files, pipes, sockets, queues and devices can be ends, but no memory
 * that processes share: its bytes come from elsewhere. A pipe, a socket or a
 * queue is an input if no process that was followed wrote into it, and an
 * output if none read from it. False: there are none.
 */
bool ledger_ends(const struct ledger *l, int *in, int *out);

#endif
