/* The real copy_serve() or copy_fetch() in a process of its own, watched. */
#ifndef TESTS_HONEST_H
#define TESTS_HONEST_H

#include <stdbool.h>

#include "copy/meet.h"
#include "copy/session.h"
#include "sample.h"

/*
 * Without a word from the other side it gives up after so long: 0.4 s, and more
 * on a machine so busy that a process may be without a CPU for as long.
 */
#define HONEST_PATIENCE_MS honest_patience_ms()
int honest_patience_ms(void);

struct verdict {
	bool came;  /* it returned; else it crashed or hung */
	int status; /* as from waitpid */
	int rc;
	struct err err;
	struct err stranger; /* the last one turned away */
	int strangers;
	struct copy_outcome out;
	int fds_before, fds_after;
	bool children; /* left behind */
	int64_t took_ns;
};

struct honest {
	pid_t pid;
	int fd; /* its verdict comes here */
	int64_t begin_ns;
};

/* A child that dies with us; honest_reap kills it. Ends the test on failure. */
pid_t honest_fork(void);
void honest_reap(pid_t pid);

/* Files in the working directory, made anew: honest_src, an old honest_dst. */
#define HONEST_SRC "src"
#define HONEST_DST "dst"
extern const struct sample honest_source, honest_old;
void honest_files(void);

/* Serves HONEST_SRC to one client by this name. */
void honest_serve(struct honest *h, const char *name, const char *spec);

/* Fetches into HONEST_DST. */
void honest_fetch(struct honest *h, const char *name);

/* Waits at most within_ms, then kills it. */
struct verdict honest_end(struct honest *h, int within_ms);

/*
 * Whatever the other side does, the honest side must come back by itself, give
 * a reason if it failed, and leave nothing open. Tells by diag() what is wrong.
 */
bool honest_is_sound(const struct verdict *v, const char *what);

/* Wherever it stopped, the destination is exact or as it was. */
bool honest_dst_is_sound(const struct verdict *v, const struct sample *sent);

/*
 * Until the next call, whatever waits in this process is asked to stop after
 * `ms`, again and again; 0 for never.
 */
void honest_stop_us_after(int ms);

#endif
