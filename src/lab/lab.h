/*
 * The lab: every claim of the documents as one experiment, run here and now.
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
 * - What stands between the two marks (written with stars, not plusses) is
 *   what `lab B8 --source` prints. Aim at 10 to 30 lines that a student reads
 *   from top to bottom; call mmap and its friends directly. A block may serve
 *   several claims ("lab: C1 C2"), and a claim may have several blocks. What
 *   is not the point (files, forks, counting, contrasts) stands outside, with
 *   a name that says what it does or a line in the block that does.
 * - There is no way to state an outcome. It follows from what was seen:
 *	lab_check   the claim stands or falls with this  -> holds or fails
 *	lab_limit   true, but the claim leaves this out  -> holds with a limit
 *	lab_see     worth knowing, decides nothing
 *	lab_cannot  cannot be tried here, for this reason; does not return
 *   Every condition is computed from what the machine did. A claim that fails
 *   in one point fails. One that no lab_check has looked at was not tried.
 * - Each experiment runs in a process of its own, which ends afterwards:
 *   mappings, descriptors and memory need no clean-up. What has a name does;
 *   lab_file and lab_name note theirs, and they are removed however it ends.
 * - What faults on purpose does so in lab_touch's child.
 * - Two processes take turns with lab_pass and lab_await. No sleeping.
 * - The page size is lab_page(), never 4096.
 *
 * A file of experiments is one line in src/local.am (lab_files); its table is
 * named after it: b_share.c holds lab_b_share. Rows stand in the order of ids.
 */
#ifndef LAB_LAB_H
#define LAB_LAB_H

#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/lease.h"

struct lab;      /* one experiment while it runs */
struct lab_side; /* the other of two processes, as one of them sees it */

struct experiment {
	const char *id;        /* "B1"; NULL ends a table */
	const char *document;  /* "000 001": who says so */
	const char *claim;     /* one sentence, restated */
	const char *reference; /* the manual page or standard that rules */
	const char *why;       /* a paragraph for students: what happens, why */
	bool varies;           /* chance or the machine's load has a say */
	void (*run)(struct lab *l);
	/* In a program that lab_exec begins; NULL: there is none. */
	void (*second)(struct lab_side *first, const char *arg);
};

/* --- what was seen -------------------------------------------------------- */

/* One line, no full stop, with the values observed. Return the condition. */
bool lab_check(struct lab *l, bool as_claimed, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool lab_limit(struct lab *l, bool left_out, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void lab_see(struct lab *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A line of a drawing: shown unchanged, to people only. */
void lab_draw(struct lab *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The reason, as a clause: "the file system has no sparse files". */
void lab_cannot(struct lab *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/* A call without which there is no experiment: if not ok, says errno, ends. */
void lab_need(struct lab *l, bool ok, const char *call);

/* lab_mapped(l, mmap(...)): the address, which there must be. */
void *lab_mapped(struct lab *l, void *p);

/* errno if mmap has just failed, or 0. */
int lab_map_errno(const void *p);

/* The middle one of n values, which it sorts. */
double lab_median(double *v, size_t n);

/* "EINVAL"; "success" for 0. */
const char *lab_errno(int code);

/* --- files ---------------------------------------------------------------- */

size_t lab_page(void);

/*
 * A new file of `size` zero bytes, open for reading and writing, in TMPDIR or
 * /tmp. Its name goes to `path` unless that is NULL.
 */
#define LAB_PATH_MAX 300
int lab_file(struct lab *l, size_t size, char path[LAB_PATH_MAX]);

/* The same on tmpfs; -1 if there is none to write to, with a lab_see. */
int lab_tmpfs_file(struct lab *l, size_t size, char path[LAB_PATH_MAX]);

/* "ext4", "tmpfs", "overlayfs", or its magic number. */
const char *lab_fs(struct lab *l, int fd);

/*
 * A free name for something of that kind, noted before it is made so that it
 * cannot be left behind: "/ipcopy-…" or, for LEASE_PATH, a path in TMPDIR.
 */
void lab_name(struct lab *l, enum lease_kind kind, char name[LAB_PATH_MAX]);

/* --- faults --------------------------------------------------------------- */

enum lab_access { LAB_LOAD, LAB_STORE, LAB_RUN };

struct lab_fault {
	int sig;             /* 0: the access was fine */
	int code;            /* si_code */
	const char *addr;    /* si_addr */
	unsigned char value; /* what LAB_LOAD read */
};

/*
 * Reads, writes (a '9') or calls one address in a child that dies of it, and
 * says what its signal handler was told. The child has a copy of this process:
 * stores to private memory are not seen here, those to shared memory are.
 */
struct lab_fault lab_touch(struct lab *l, const void *addr,
			   enum lab_access how);

/* "SIGBUS (BUS_ADRERR) at offset 4096", counted from `base`; or "fine". */
const char *lab_fault_words(struct lab *l, struct lab_fault f,
			    const void *base);

/* --- a second process ----------------------------------------------------- */

/*
 * Forks a process that runs `body` and ends. It has all that this one has;
 * what must not be inherited is made after this call.
 */
struct lab_side *lab_fork(struct lab *l,
			  void (*body)(struct lab_side *other, void *arg),
			  void *arg);

/*
 * Begins a second program, by exec, that runs the experiment's `second` with
 * `arg` and ends. It has no memory of this one, and only those of its
 * descriptors by which the two take turns and report.
 */
struct lab_side *lab_exec(struct lab *l, const char *arg);

/* The experiment that a side belongs to: for lab_see and lab_check there. */
struct lab *lab_of(struct lab_side *s);

/*
 * Turns: one side awaits until the other passes. If the other is gone or a
 * deadline passes, the experiment ends as one that could not be tried.
 */
void lab_pass(struct lab_side *other);
void lab_await(struct lab_side *other);

/* The same with something said: what a side saw, at most 4096 bytes. */
void lab_tell(struct lab_side *other, const void *what, size_t len);
void lab_hear(struct lab_side *other, void *what, size_t len);

/* Waits until the process has ended: its wait status. The side is then gone. */
int lab_join(struct lab_side *child);

pid_t lab_pid(struct lab_side *child);

/* Zeros, which this process shares with those it forks later. */
void *lab_shared(struct lab *l, size_t size);

/* sem_wait and sem_post, or, to see what happens without them, nothing. */
void lab_wait_if(bool synchronised, sem_t *sem);
void lab_post_if(bool synchronised, sem_t *sem);

#endif
