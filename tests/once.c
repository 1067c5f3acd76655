/* Makes one copy in this process and keeps its messages. */
#include "once.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"
#include "tap.h"

#define HANGS_AFTER_S 60
#define NOBODY        65534

void once_init(struct once *o, const char *src, const char *dst)
{
	struct err unused = { 0 };

	*o = (struct once){ .job = COPY_JOB_INIT };
	o->job.src = src;
	o->job.dst = dst;
	tr_spec_parse("shm", &o->job.spec, &unused);
}

void once_run(struct once *o)
{
	o->rc = copy_run(&o->job, &o->out, &o->err);
}

bool once_fails(struct once *o, int code, const char *words)
{
	once_run(o);
	if (o->rc == -code && o->err.code == code &&
	    strstr(o->err.text, words) && !strchr(o->err.text, '\n'))
		return true;
	diag("%s to %s: %d %s", o->job.src, o->job.dst, o->rc, o->err.text);
	return false;
}

bool once_refused(struct once *o, const char *src, const char *dst, int code,
		  const char *words)
{
	once_init(o, src, dst);
	return once_fails(o, code, words);
}

bool once_copies(struct once *o, const struct sample *s)
{
	const char *differs;

	once_run(o);
	if (o->rc < 0) {
		diag("%s to %s: %s", o->job.src, o->job.dst, o->err.text);
		return false;
	}
	differs = strcmp(o->job.dst, "-") != 0 ? sample_differs(o->job.dst, s)
					       : NULL;
	if (differs)
		diag("%s to %s: %s", o->job.src, o->job.dst, differs);
	return !differs && o->out.bytes == s->len;
}

static bool ask_child(bool (*ask)(void), bool become)
{
	int status = 1;
	pid_t pid = fork();

	if (pid == 0) {
		alarm(HANGS_AFTER_S);
		if (become)
			scratch_become(NOBODY);
		_exit(!ask());
	}
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		diag("killed by signal %d", WTERMSIG(status));
	return status == 0;
}

bool once_in_child(bool (*ask)(void))
{
	return ask_child(ask, false);
}

bool once_as_nobody(bool (*ask)(void))
{
	return ask_child(ask, geteuid() == 0);
}
