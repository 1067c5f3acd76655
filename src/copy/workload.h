/* Sides, workloads and sinks, with their names in options, plans and runs. */
#ifndef COPY_WORKLOAD_H
#define COPY_WORKLOAD_H

enum copy_role { COPY_SERVER, COPY_CLIENT, COPY_ROLES };

extern const char *const copy_role_names[COPY_ROLES]; /* "server", "client" */

/* Workloads. A stream and a pingpong serve only for measuring and counting. */
enum copy_workload {
	COPY_FILE,   /* a file src, copied into dst */
	COPY_STREAM, /* messages that the server makes and the client reads */
	/* one message to the client and one back, again and again */
	COPY_PINGPONG,
	COPY_WORKLOADS
};

extern const char *const copy_workload_names[COPY_WORKLOADS + 1];

/* Where the bytes of a file go. */
enum copy_sink {
	COPY_NEW,     /* into a new file */
	COPY_OVER,    /* into the existing file, which is overwritten */
	COPY_NOWHERE, /* nowhere: the client only compares each byte */
	COPY_SINKS
};

extern const char *const copy_sink_names[COPY_SINKS + 1];

#endif
