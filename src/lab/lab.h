/*
 * The lab: each claim of some documents (textbooks and notes) about mmap and
 * shared memory is an experiment, run here and now.
 *
 * How to write one. A claim is one function and one row in a file's table:
 *
 *	/+ lab: B8 +/
 *	static void read_twice(struct lab *l)
 *	{
 *		char *p = lab_mapped(l, mmap(NULL, ...));
 *
 *		...
 *		lab_check(l, !strcmp(first, "once"), "read %s", first);
 *	}
 *	/+ lab: end +/
 *
 *	const struct experiment lab_b_share[] = {
 *		{ .id = "B8", .document = "001", .claim = "Data ...",
 *		  .run = read_twice, .reference = "fifo(7)", .why = "..." },
 *		{ .id = NULL },
 *	};
 *
 * - `lab B8 --source` prints the text between the two marks (written with
 *   stars, not plusses). Aim at 10 to 30 lines that a student reads from top to
 *   bottom, and call mmap and similar functions directly. A block may serve
 *   several claims ("lab: C1 C2"), and a claim may have several blocks. Put
 *   other work (files, forks, counting, contrasts) outside, into functions
 *   whose names say what they do, or explain them by a line in the block.
 * - An experiment cannot state its outcome. The outcome follows from these:
 *	lab_check   this decides about the claim         -> holds or fails
 *	lab_limit   true, but the claim leaves this out  -> holds with a limit
 *	lab_see     worth knowing, decides nothing
 *	lab_cannot  cannot be tried here, for this reason; does not return
 *   Compute every condition from what the machine did. A claim fails if one
 *   lab_check fails. If no lab_check was called, or lab_cannot was, the claim
 *   was not tried.
 * - Each experiment runs in a process of its own, which ends afterwards. So
 *   mappings, descriptors and memory need no clean-up. Objects with a name do:
 *   get their names from lab_file and lab_name, which note them, so that they
 *   are removed however the experiment ends.
 * - Make an access that is meant to fault by lab_touch, which makes it in a
 *   child.
 * - Two processes take turns by lab_pass and lab_await. Never let one sleep for
 *   a fixed time in the hope that the other is ready.
 * - The page size is lab_page(), never 4096.
 *
 * A file of experiments is one line in src/local.am (lab_files). Its table has
 * the name of the file: b_share.c holds lab_b_share. Rows stand in the order of
 * ids.
 */
#ifndef LAB_LAB_H
#define LAB_LAB_H

#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/lease.h"

struct lab; /* one experiment while it runs */
/* the other process of an experiment, as one process sees it */
struct lab_side;

struct experiment {
	const char *id; /* "B1"; NULL ends a table */
	/* "000 001": the documents that make the claim */
	const char *document;
	const char *claim;     /* the claim in one sentence, in our words */
	const char *reference; /* the manual page or standard that decides */
	/* a paragraph for students: what happens, and why */
	const char *why;
	bool varies; /* the result may depend on chance or on load */
	void (*run)(struct lab *l);
	/* Runs in a program that lab_exec starts; NULL: there is none. */
	void (*second)(struct lab_side *first, const char *arg);
};

/* --- observations --------------------------------------------------------- */

/*
 * Each of these reports one line without a full stop, with the values observed.
 * lab_check and lab_limit return their condition.
 */
bool lab_check(struct lab *l, bool as_claimed, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool lab_limit(struct lab *l, bool left_out, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void lab_see(struct lab *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Shows a line of a drawing unchanged, and only to people. */
void lab_draw(struct lab *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The reason is a clause: "the file system has no sparse files". */
void lab_cannot(struct lab *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/*
 * For a call that the experiment needs: if the call failed, reports errno and
 * ends the experiment.
 */
void lab_need(struct lab *l, bool ok, const char *call);

/*
 * lab_mapped(l, mmap(...)) returns the address. If mmap failed, it ends the
 * experiment.
 */
void *lab_mapped(struct lab *l, void *p);

/* errno if mmap has just failed, or 0. */
int lab_map_errno(const void *p);

/*
 * The median of n values; if n is even, the upper one of the two in the middle.
 * Sorts the values.
 */
double lab_median(double *v, size_t n);

/* "EINVAL"; "success" for 0. */
const char *lab_errno(int code);

/* --- files ---------------------------------------------------------------- */

size_t lab_page(void);

/*
 * Makes a file of `size` zero bytes in TMPDIR or /tmp, open for reading and
 * writing. Stores its name in `path` unless that is NULL.
 */
#define LAB_PATH_MAX 300
int lab_file(struct lab *l, size_t size, char path[LAB_PATH_MAX]);

/*
 * As lab_file, but in /dev/shm. -1: no file can be made there, or it is not on
 * a tmpfs; a lab_see says so.
 */
int lab_tmpfs_file(struct lab *l, size_t size, char path[LAB_PATH_MAX]);

/* The file system of a file: "ext4", "tmpfs", or its magic number. */
const char *lab_fs(struct lab *l, int fd);

/*
 * Picks a free name for an object of this kind: "/ipcopy-…" or, for LEASE_PATH,
 * a path in TMPDIR or /tmp. Notes the name, so that the object is removed even
 * if the experiment dies.
 */
void lab_name(struct lab *l, enum lease_kind kind, char name[LAB_PATH_MAX]);

/* --- faults --------------------------------------------------------------- */

enum lab_access { LAB_LOAD, LAB_STORE, LAB_RUN };

struct lab_fault {
	int sig;             /* 0: the access raised no signal */
	int code;            /* si_code */
	const char *addr;    /* si_addr */
	unsigned char value; /* what LAB_LOAD read */
};

/*
 * Lets a child read one address, store a '9' there, or call it. Returns what
 * the child's signal handler saw or, if the access raised no signal, the byte
 * that was read. The child is a copy of this process: its stores to shared
 * memory are seen here, and its stores to private memory are not.
 */
struct lab_fault lab_touch(struct lab *l, const void *addr,
			   enum lab_access how);

/* "SIGBUS (BUS_ADRERR) at offset 4096" (from `base`), or "fine". */
const char *lab_fault_words(struct lab *l, struct lab_fault f,
			    const void *base);

/* --- a second process ----------------------------------------------------- */

/*
 * Forks a process that runs `body` and exits. The new process inherits all that
 * this process has. So anything that it must not inherit has to be made after
 * this call.
 */
struct lab_side *lab_fork(struct lab *l,
			  void (*body)(struct lab_side *other, void *arg),
			  void *arg);

/*
 * Executes a second program that runs the experiment's `second` with `arg` and
 * exits. The second program shares no memory with this process. Of the lab's
 * descriptors it keeps only those by which the two take turns and report.
 */
struct lab_side *lab_exec(struct lab *l, const char *arg);

/*
 * The lab of a side, for calls that need a lab, such as lab_need and
 * lab_mapped.
 */
struct lab *lab_of(struct lab_side *s);

/*
 * One side waits in lab_await until the other calls lab_pass. If the other has
 * ended, or does not call it in time, the claim cannot be tried.
 */
void lab_pass(struct lab_side *other);
void lab_await(struct lab_side *other);

/* As lab_pass and lab_await, with a message of at most 4096 bytes. */
void lab_tell(struct lab_side *other, const void *what, size_t len);
void lab_hear(struct lab_side *other, void *what, size_t len);

/*
 * Waits until the process has ended, returns its wait status and frees the
 * side.
 */
int lab_join(struct lab_side *child);

pid_t lab_pid(struct lab_side *child);

/* Memory full of zeros, shared with all processes that are forked later. */
void *lab_shared(struct lab *l, size_t size);

/* sem_wait and sem_post if `synchronised`, else nothing. */
void lab_wait_if(bool synchronised, sem_t *sem);
void lab_post_if(bool synchronised, sem_t *sem);

#endif
