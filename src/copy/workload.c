/* The names of sides, workloads and sinks. */
#include "copy/workload.h"

const char *const copy_role_names[COPY_ROLES] = { "server", "client" };

const char *const copy_workload_names[COPY_WORKLOADS + 1] = {
	[COPY_FILE] = "file",
	[COPY_STREAM] = "stream",
	[COPY_PINGPONG] = "pingpong",
};

const char *const copy_sink_names[COPY_SINKS + 1] = {
	[COPY_NEW] = "new",
	[COPY_OVER] = "over",
	[COPY_NOWHERE] = "null",
};
