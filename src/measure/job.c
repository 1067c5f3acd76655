/* Batch systems and CI services tell a job its name in the environment. */
#include <stdlib.h>

#include "measure/machine.h"

static const struct {
	const char *system;
	const char *sign; /* a variable that only this system sets */
	const char *id;
	const char *of;      /* the array, pipeline or workflow of this job */
	const char *task;    /* number or name of this job in `of` */
	const char *attempt; /* number of this attempt, as the system counts */
} systems[] = {
	{ "slurm", "SLURM_JOB_ID", "SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID",
	  "SLURM_ARRAY_TASK_ID", "SLURM_RESTART_COUNT" },
	{ "pbs", "PBS_JOBID", "PBS_JOBID", NULL, "PBS_ARRAY_INDEX", NULL },
	{ "lsf", "LSB_JOBID", "LSB_JOBID", NULL, "LSB_JOBINDEX", NULL },
	{ "gridengine", "SGE_TASK_ID", "JOB_ID", NULL, "SGE_TASK_ID", NULL },
	{ "flux", "FLUX_JOB_ID", "FLUX_JOB_ID", NULL, NULL, NULL },
	{ "github", "GITHUB_RUN_ID", "GITHUB_RUN_ID", "GITHUB_WORKFLOW",
	  "GITHUB_JOB", "GITHUB_RUN_ATTEMPT" },
	{ "gitlab", "CI_JOB_ID", "CI_JOB_ID", "CI_PIPELINE_ID", "CI_JOB_NAME",
	  NULL },
	{ "jenkins", "JENKINS_URL", "BUILD_TAG", NULL, "BUILD_ID", NULL },
	{ "buildkite", "BUILDKITE_JOB_ID", "BUILDKITE_JOB_ID",
	  "BUILDKITE_BUILD_ID", NULL, "BUILDKITE_RETRY_COUNT" },
	{ "parallel", "PARALLEL_SEQ", "PARALLEL_PID", NULL, "PARALLEL_SEQ",
	  NULL },
};

static void put(json_t *to, const char *key, const char *variable)
{
	const char *value = variable ? getenv(variable) : NULL;
	json_t *text = value && *value ? json_string(value) : NULL;

	/* a value that is not UTF-8 counts as unknown */
	json_object_set_new(to, key, text ? text : json_null());
}

json_t *meas_job(void)
{
	for (size_t i = 0; i < sizeof(systems) / sizeof(*systems); i++) {
		const char *sign = getenv(systems[i].sign);
		json_t *job;

		if (!sign || !*sign)
			continue;
		job = json_pack("{s:s}", "system", systems[i].system);
		put(job, "id", systems[i].id);
		put(job, "of", systems[i].of);
		put(job, "task", systems[i].task);
		put(job, "attempt", systems[i].attempt);
		return job;
	}
	return json_null();
}
