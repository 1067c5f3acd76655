/* Sides, workloads and sinks: the words of options, plans and runs. */
#ifndef COPY_WORKLOAD_H
#define COPY_WORKLOAD_H

enum copy_role { COPY_SERVER, COPY_CLIENT, COPY_ROLES };

extern const char *const copy_role_names[COPY_ROLES]; /* "server", "client" */

/* The workload. The latter two are measured and leave nothing behind. */
enum copy_workload {
	COPY_FILE,     /* src into dst */
	COPY_STREAM,   /* messages made by the server, taken in by the client */
	COPY_PINGPONG, /* one message to the client, one back, and again */
	COPY_WORKLOADS
};

extern const char *const copy_workload_names[COPY_WORKLOADS + 1];

/* Where a file goes. */
enum copy_sink {
	COPY_NEW,     /* a file made for it, put in place once verified */
	COPY_OVER,    /* the file that is there, overwritten as it lies */
	COPY_NOWHERE, /* the client reads each byte, and that is all */
	COPY_SINKS
};

extern const char *const copy_sink_names[COPY_SINKS + 1];

#endif
