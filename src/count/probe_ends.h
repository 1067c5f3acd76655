/* The ends that probe.c sends into and receives from. */
#ifndef COUNT_PROBE_ENDS_H
#define COUNT_PROBE_ENDS_H

#include <mqueue.h>
#include <sys/types.h>

#include "base/ctl.h"
#include "base/err.h"
#include "base/lease.h"

/*
 * The byte that is sent, and the byte that its source is changed into before it
 * is received.
 */
#define PROBE_SENT    'a'
#define PROBE_CHANGED 'b'

struct probe {
	size_t page, len;      /* what is sent: a page, or what fits */
	char *memory;          /* the source, whole pages of its own */
	char *window, *mirror; /* one page, mapped twice */
	int behind;            /* the memfd of those two */
	int file;              /* the source, where it is a file */
	int end[2];            /* received from [0], sent into [1] */
	int pipe[2];           /* on the way to them, or from them */
	struct lease lease;
	char name[CTL_NAME_MAX]; /* of a queue, "" for none */
	struct err err;
};

/* The first two 0 or -errno, with words in p->err. Close whatever comes. */
int probe_begin(struct probe *p);
int probe_file(struct probe *p, int *fd); /* an empty one without a name */
void probe_end(struct probe *p);

/* Open p->end. */
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
