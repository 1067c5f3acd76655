/*
 * The ledger of a count. It has objects that can hold bytes, and hops: calls,
 * or copies by programs, that moved bytes from one object to another. It is
 * pure data and knows nothing of ptrace or of mechanisms.
 *
 * Copies are counted along paths. A hop is on the way if some path from the
 * input to the output contains it. If no path joins input and output, there is
 * no number of copies.
 *
 * The ledger also follows bytes through private memory: it knows which bytes
 * one call brought in and another call took away from the same addresses. If
 * bytes leave from addresses into which no call brought any, the program made
 * these bytes or copied them itself.
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

/* True for pipes, sockets and queues, in which bytes are only under way. */
static inline bool ledger_is_channel(enum ledger_kind kind)
{
	return kind > LEDGER_FILE && kind < LEDGER_SHARED;
}

enum ledger_by { LEDGER_BY_KERNEL, LEDGER_BY_USER, LEDGER_BY_DEVICE };

/* How we know the number of copies that a hop made. */
enum ledger_evidence {
	LEDGER_CALIBRATED, /* a probe tried this kind of hop on the kernel */
	LEDGER_COUNTED,    /* the program counts its own copies */
	LEDGER_PRELOADED,  /* a preloaded memcpy counted them */
	/*
	 * no call explains the bytes, so some program must have copied them at
	 * least once
	 */
	LEDGER_IMPLIED,
	LEDGER_FRAMES,  /* page frames at a fork and later were compared */
	LEDGER_EXTENTS, /* the file system told whether blocks are shared */
	LEDGER_UNKNOWN,
};

extern const char *const ledger_evidence_names[];

#define LEDGER_COPIES_UNKNOWN (-1)

struct ledger_object {
	enum ledger_kind kind;
	char *key;    /* identifies the object */
	char *name;   /* for people: "pipe 4711", "/dev/shm/in", "cat[812]" */
	char *detail; /* "posix", "memfd", "SysV", "MAP_SHARED of a file" … */
	int64_t pid;  /* LEDGER_PRIVATE: the memory's owner; else 0 */
	/* LEDGER_PRIVATE: the tracer reports all bytes that pass through it */
	bool tracked;
	/*
	 * a program, a library, text that the kernel makes, or a file that was
	 * replaced: it is an end only if the user names it
	 */
	bool aside;
	/*
	 * processes have mapped it shared and writable, so bytes can have come
	 * into it without a call
	 */
	bool mapped;
};

struct ledger_hop {
	int from, to; /* objects */
	enum ledger_by by;
	int64_t pid;         /* the process that made the call or the copy */
	const char *process; /* its name */
	const char *call;    /* "read", "splice", "memcpy", "fork" … */
	uint64_t calls, bytes;
	int copies;    /* of each byte: 0, 1, LEDGER_COPIES_UNKNOWN */
	bool at_least; /* there may be more copies than were seen */
	enum ledger_evidence evidence;
};

struct ledger;

struct ledger *ledger_new(void);
void ledger_free(struct ledger *l);

/*
 * Returns the object with this key, and makes it if it is new. Copies the
 * texts.
 */
int ledger_object(struct ledger *l, enum ledger_kind kind, const char *key,
		  const char *name, const char *detail, int64_t pid);

/* Returns the object with this key; -1: there is none. */
int ledger_find(const struct ledger *l, const char *key);

/* Replaces a name by a better one that became known later. */
void ledger_rename(struct ledger *l, int object, const char *name);

/* Sets the flag `aside` of an object. */
void ledger_aside(struct ledger *l, int object);

/* Marks an object that a process has mapped shared and may store into. */
void ledger_mapped(struct ledger *l, int object);

/*
 * Sets the flag `tracked`: from now on the caller reports all bytes that pass
 * through this private memory, by ledger_pass.
 */
void ledger_track(struct ledger *l, int object);

/*
 * Adds calls and bytes to the hop that agrees in everything else, or begins a
 * new hop. Copies the texts. Returns the index of the hop.
 */
int ledger_add(struct ledger *l, const struct ledger_hop *hop);

/*
 * As ledger_add, for a copy that a program made within its tracked memory, of
 * bytes that hop `before` had brought there; -1: no hop is known that brought
 * them. Copies with different hops before them are different hops. Otherwise
 * the bytes of all files that a program reads would be mixed. Calls
 * ledger_pass.
 */
int ledger_add_copy(struct ledger *l, const struct ledger_hop *hop, int before);

/* Adds one call to a hop. */
void ledger_called(struct ledger *l, int hop);

/*
 * Notes that hop `out` took away `bytes` of the bytes that hop `in` had brought
 * into tracked private memory, at the same addresses.
 */
void ledger_pass(struct ledger *l, int in, int out, uint64_t bytes);

/*
 * The bytes that a hop moved. UNSEEN: they are not known. PAYLOAD: bytes of the
 * input, perhaps with other bytes around them. FOREIGN: only other bytes.
 */
enum ledger_content { LEDGER_UNSEEN, LEDGER_PAYLOAD, LEDGER_FOREIGN };

void ledger_content(struct ledger *l, int hop, enum ledger_content content);

/*
 * Notes that `bytes` of the bytes that passed from hop `in` to hop `out` were
 * watched, and that the program did not overwrite these between the two hops.
 */
void ledger_kept(struct ledger *l, int in, int out, uint64_t bytes);

/*
 * Notes a doubt: something may have moved bytes unseen. `object` is usually the
 * private memory of the process that did it; -1: the doubt may concern any
 * path. The same doubt is noted only once.
 */
void ledger_doubt(struct ledger *l, int object, const char *text);

/*
 * Notes a fact for the user that changes no count. The same fact is noted only
 * once.
 */
void ledger_note(struct ledger *l, const char *text);

/*
 * Passed to ledger_doubt in place of an object: the doubt matters only if no
 * path joins the ends.
 */
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
	bool path; /* a path joins input and output */
	/* the number of copies is known: exactly, or as a lower bound */
	bool resolved;
	bool lower_bound; /* the number is a lower bound */
	bool transformed; /* a process wrote other bytes than it had read */
	/* bytes were added between the input's bytes, or left out */
	bool framed;
	/*
	 * bytes of several inputs were mixed and then went to several outputs:
	 * the share of each input is known only in proportion
	 */
	bool split;
	/*
	 * Process `unwatched_by` may have changed bytes between reading and
	 * writing them.
	 */
	bool unwatched;
	char unwatched_by[64];
	uint64_t delivered_bytes;
	/* bytes that hops on the path brought to the output */
	uint64_t arrived_bytes;
	double copies; /* per delivered byte; NaN if there is no path */
	double copies_kernel, copies_user;
	/* how often a device moved each byte; these are no copies */
	double by_device;
	uint64_t calls; /* on the path */
	/* why the number is unresolved or only a lower bound */
	char why[300];
	char bound[300]; /* the first reason why it is a lower bound */
};

/*
 * Sums up the hops between two objects. If other inputs are mixed in, a hop
 * counts only for the bytes of `in` that it moved. If `on_path` is not NULL, it
 * gets a flag for each hop: true if the hop is on a path. `delivered_bytes`:
 * the bytes that the output holds at the end.
 */
struct ledger_sum ledger_sum(const struct ledger *l, int in, int out,
			     uint64_t delivered_bytes, bool *on_path);

/*
 * Sets part[] for each hop on the way: how many bytes it moved for each byte
 * that was delivered. The number of copies is the sum of these parts, each
 * multiplied by the copies of its hop. 0 or -ENOMEM.
 */
int ledger_parts(const struct ledger *l, int in, int out,
		 uint64_t delivered_bytes, double *part);

/*
 * Adds hops that no call made but that must have happened: copies within
 * private memory on the way from `in` to `out`.
 */
void ledger_imply(struct ledger *l, int in, int out);

/*
 * Finds the largest input and output that a path joins. Keeps an end that is
 * given (not -1). Memory cannot be an end, and a file that a process has mapped
 * shared and writable cannot be the input, unless it is given. A pipe, socket
 * or queue can be the input only if no followed process wrote into it, and the
 * output only if no followed process read from it. Returns false if there are
 * no such ends.
 */
bool ledger_ends(const struct ledger *l, int *in, int *out);

#endif
