/* Makes a copy by a pair (copy/pair.h). This program runs both sides. */
#include "copy/session.h"

#include <errno.h>
#include <string.h>

#include "base/ctl.h"
#include "copy/load.h"
#include "copy/offer.h"
#include "copy/pair_inside.h"

static bool is_stream(const char *path)
{
	return path && !strcmp(path, "-");
}

int copy_check(const struct copy_job *job, struct err *e)
{
	bool stream = is_stream(job->src) || is_stream(job->dst);
	int rc = offer_check_form(&job->spec, stream, e);

	if (rc == 0)
		rc = load_check(&job->load, &job->spec, e);
	if (rc == 0)
		rc = dose_check(&job->dose, job->spec.ops, e);
	return rc < 0 ? rc : tr_probe(&job->spec, e);
}

static int open_output(struct copy_pair *p)
{
	switch (p->job.load.sink) {
	case COPY_OVER:
		return output_open_over(&p->out, p->job.dst, &p->why);
	case COPY_NOWHERE:
		p->out.nowhere = true;
		return 0;
	default:
		return output_open(&p->out, p->job.dst, &p->lease, &p->why);
	}
}

static int open_files(struct copy_pair *p)
{
	int rc = input_open(&p->in, p->job.src, &p->why);

	if (rc == 0)
		rc = open_output(p);
	if (rc == 0 && !p->in.stream)
		rc = output_refuse_same(&p->out, p->in.st.st_dev,
					p->in.st.st_ino, &p->why);
	if (rc < 0)
		return rc;
	if (!p->once && (p->in.stream || p->out.stream))
		return err_say(&p->why, EINVAL,
			       "a pair that transfers a file more than once "
			       "cannot take - instead of a file name");
	return offer_check_form(&p->job.spec, p->in.stream || p->out.stream,
				&p->why);
}

/* Forks both sides and connects them. */
static int start(struct copy_pair *p)
{
	const struct copy_job *job = &p->job;
	int rc = load_check(&job->load, &job->spec, &p->why);

	if (rc == 0 && job->load.kind == COPY_FILE)
		rc = open_files(p);
	if (rc == 0)
		rc = pair_make_channel(p);
	if (rc == 0)
		rc = ctl_pair(p->ctl, &p->why);
	return rc < 0 ? rc : pair_start(p, true, true);
}

int copy_pair_open(const struct copy_job *job, struct copy_pair **pair,
		   struct err *e)
{
	struct copy_outcome unused;
	int rc;

	*pair = pair_new(job, false, e);
	if (!*pair)
		return -e->code;
	rc = start(*pair);
	if (rc < 0) {
		pair_finish(*pair, rc, &unused, e);
		*pair = NULL;
	}
	return rc;
}

int copy_run(const struct copy_job *job, struct copy_outcome *out,
	     struct err *e)
{
	struct copy_pair *p = pair_new(job, true, e);
	int rc;

	if (!p)
		return -e->code;
	rc = start(p);
	if (rc == 0)
		rc = copy_pair_transfer(p, out, e);
	return pair_finish(p, rc, out, e);
}
