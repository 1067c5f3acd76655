/* The objects into which probe.c sends and from which it receives. */
#ifndef COUNT_PROBE_ENDS_H
#define COUNT_PROBE_ENDS_H

#include <mqueue.h>
#include <sys/types.h>

#include "base/ctl.h"
#include "base/err.h"
#include "base/lease.h"

/*
 * The byte that is sent, and the byte into which its source is changed before
 * it is received.
 */
#define PROBE_SENT    'a'
#define PROBE_CHANGED 'b'

struct probe {
	size_t page, len;      /* what is sent: a page, or as much as fits */
	char *memory;          /* the source, whole pages of its own */
	char *window, *mirror; /* one page, mapped twice */
	int behind;            /* the memfd of those two */
	int file;              /* the source, if it is a file */
	int end[2];            /* received from [0], sent into [1] */
	int pipe[2];           /* an extra pipe before or after them */
	struct lease lease;
	char name[CTL_NAME_MAX]; /* of a queue, "" for none */
	struct err err;
};

/*
 * The first two return 0 or -errno, with the reason in p->err. Call probe_end
 * in any case.
 */
int probe_begin(struct probe *p);
int probe_file(struct probe *p, int *fd); /* an empty one without a name */
void probe_end(struct probe *p);

/* These open p->end, each as another kind of object. */
int probe_open_nothing(struct probe *p);
int probe_open_file(struct probe *p);
int probe_open_mapping(struct probe *p); /* p->memory becomes the file's */
int probe_open_pipe(struct probe *p);
int probe_open_unix(struct probe *p);
int probe_open_tcp(struct probe *p);
int probe_open_udp(struct probe *p);
int probe_open_mq(struct probe *p);
int probe_open_sysv(struct probe *p);

/* As probe_use_directory in probe.h. */
extern char probe_directory[4096];

#endif
