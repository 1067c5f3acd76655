/* Runs the real copy_serve() or copy_fetch() in a process of its own. */
#ifndef TESTS_HONEST_H
#define TESTS_HONEST_H

#include <stdbool.h>

#include "copy/meet.h"
#include "copy/session.h"
#include "sample.h"

/*
 * How long the honest side waits for the other side: 0.4 s, and longer on a
 * machine that is so busy that a process may be without a CPU for that long.
 */
#define HONEST_PATIENCE_MS honest_patience_ms()
int honest_patience_ms(void);

struct verdict {
	bool came;  /* it returned; else it crashed or hung */
	int status; /* as from waitpid */
	int rc;
	struct err err;
	struct err stranger; /* the last stranger that it turned away */
	int strangers;
	struct copy_outcome out;
	int fds_before, fds_after;
	bool children; /* it left children behind */
	int64_t took_ns;
};

struct honest {
	pid_t pid;
	int fd; /* the verdict is read from here */
	int64_t begin_ns;
};

/*
 * Forks a child that dies with us. honest_reap kills it. Ends the test if fork
 * fails.
 */
pid_t honest_fork(void);
void honest_reap(pid_t pid);

/*
 * Makes both files anew in the working directory: honest_source and honest_old.
 */
#define HONEST_SRC "src"
#define HONEST_DST "dst"
extern const struct sample honest_source, honest_old;
void honest_files(void);

/* Starts a server with this name, which serves HONEST_SRC to one client. */
void honest_serve(struct honest *h, const char *name, const char *spec);

/* Starts a client, which fetches from the server `name` into HONEST_DST. */
void honest_fetch(struct honest *h, const char *name);

/*
 * Waits for the end of the side, for within_ms or longer on a busy machine.
 * Then kills the side if it has not ended.
 */
struct verdict honest_end(struct honest *h, int within_ms);

/*
 * Whatever the other side does, the honest side must return by itself, give a
 * reason if it failed, and leave nothing open. Prints by diag() what is wrong.
 */
bool honest_is_sound(const struct verdict *v, const char *what);

/* The destination must be an exact copy, or as it was before the copy. */
bool honest_dst_is_sound(const struct verdict *v, const struct sample *sent);

/*
 * Until the next call, asks this process to stop after `ms`, and again after
 * each further `ms`. 0: never.
 */
void honest_stop_us_after(int ms);

#endif
