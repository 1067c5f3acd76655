/* The objects into which probe.c sends and from which it receives. */
#ifndef COUNT_PROBE_ENDS_H
#define COUNT_PROBE_ENDS_H

#include <mqueue.h>
#include <sys/types.h>

#include "base/ctl.h"
#include "base/err.h"
#include "base/lease.h"

/*
 * The byte that the probe sends, and the byte that replaces it in the source
 * before the probe receives.
 */
#define PROBE_SENT    'a'
#define PROBE_CHANGED 'b'

struct probe {
	/* the size of a page; the bytes sent: a page, or as many as fit */
	size_t page, len;
	char *memory;          /* the source, in pages of its own */
	char *window, *mirror; /* one page, mapped twice */
	int behind;            /* the memfd behind those two mappings */
	int file;              /* the source, if it is a file */
	/*
	 * bytes are sent into [1] and received from [0]; a file or a queue has
	 * only [0]
	 */
	int end[2];
	int pipe[2]; /* an extra pipe before or after `end` */
	struct lease lease;
	char name[CTL_NAME_MAX]; /* of a queue; "": no queue */
	struct err err;
};

/*
 * probe_begin and probe_file return 0 or -errno, with the reason in p->err.
 * Call probe_end in any case.
 */
int probe_begin(struct probe *p);
/* makes an empty file without a name */
int probe_file(struct probe *p, int *fd);
void probe_end(struct probe *p);

/* Each of these opens p->end as another kind of object. 0 or -errno. */
int probe_open_nothing(struct probe *p);
int probe_open_file(struct probe *p);
/* p->memory becomes a mapping of the file */
int probe_open_mapping(struct probe *p);
int probe_open_pipe(struct probe *p);
int probe_open_unix(struct probe *p);
int probe_open_tcp(struct probe *p);
int probe_open_udp(struct probe *p);
int probe_open_mq(struct probe *p);
int probe_open_sysv(struct probe *p);

/* The directory that probe_use_directory in probe.c sets. */
extern char probe_directory[4096];

#endif
