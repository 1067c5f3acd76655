/* Options that copy, serve, fetch and count share, and jobs made of them. */
#include "cli/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "args/say.h"
#include "base/append.h"
#include "base/cpu.h"

int transfer_take_via(const struct opt *o, const char *value, void *field,
		      struct err *e)
{
	struct transfer *t = (void *)((char *)field - o->at);

	if (t->via.count == VIA_MAX)
		return err_say(
			e, EINVAL,
			"--via %.40s is one too many; at most %d are allowed",
			value, VIA_MAX);
	t->via.text[t->via.count++] = value;
	return 0;
}

int transfer_take_dose(const struct opt *o, const char *value, void *field,
		       struct err *e)
{
	if (dose_sides_parse(value, field))
		return 0;
	return err_say(e, EINVAL,
		       "--%s '%.40s' is not allowed; its value is a number "
		       "from 0 to %d for both sides, or two with a comma "
		       "between them: the server's and the client's",
		       o->name, value, DOSE_MOST);
}

static int take_own_dose(const struct opt *o, const char *value, int *times,
			 enum copy_role own, struct err *e)
{
	enum copy_role other = own == COPY_SERVER ? COPY_CLIENT : COPY_SERVER;
	bool well = dose_sides_parse(value, times);

	if (well && (!strpbrk(value, ",+") || !times[other])) {
		times[other] = 0;
		return 0;
	}
	return err_say(
		e, EINVAL,
		"--%s '%.40s' is not allowed; its value is %s with N from 0 to "
		"%d, since the %s's dose is an option of ipcopy %s",
		o->name, value, own == COPY_SERVER ? "N or N,0" : "N or 0,N",
		DOSE_MOST, own == COPY_SERVER ? "client" : "server",
		own == COPY_SERVER ? "fetch" : "serve");
}

int transfer_take_server_dose(const struct opt *o, const char *value,
			      void *field, struct err *e)
{
	return take_own_dose(o, value, field, COPY_SERVER, e);
}

int transfer_take_client_dose(const struct opt *o, const char *value,
			      void *field, struct err *e)
{
	return take_own_dose(o, value, field, COPY_CLIENT, e);
}

/* --- settings ------------------------------------------------------------- */

/*
 * Appends `key=value`, as if it had been written in the --via. If the text is
 * cut off here, it is still too long for tr_spec_parse, which refuses it.
 */
static int append(char *text, size_t size, const char *key, const char *value,
		  struct err *e)
{
	if (!value)
		return 0;
	if (strpbrk(value, ",="))
		return err_say(e, EINVAL,
			       "--%s '%.60s' is not allowed; give one value",
			       key, value);
	text_append(text, size, "%c%s=%s", strchr(text, ':') ? ',' : ':', key,
		    value);
	return 0;
}

int transfer_spec(const struct transfer *t, int i, struct tr_spec *spec,
		  struct err *e)
{
	char text[2 * TR_SPEC_MAX];
	int rc;

	snprintf(text, sizeof(text), "%s",
		 t->via.count ? t->via.text[i]
			      : tr_with_claim(TR_CLAIM_RING)->name);
	rc = append(text, sizeof(text), "size", t->size, e);
	if (rc == 0)
		rc = append(text, sizeof(text), "depth", t->depth, e);
	if (rc == 0)
		rc = append(text, sizeof(text), "wait", t->wait, e);
	return rc < 0 ? rc : tr_spec_parse(text, spec, e);
}

/* --- placement ------------------------------------------------------------ */

int transfer_place(struct transfer *t, struct err *e)
{
	if (t->place != CPU_ANYWHERE && t->cpu[COPY_SERVER] >= 0)
		return err_say(e, EINVAL,
			       "--place and --cpus contradict each other; "
			       "give one of them");
	if (t->place != CPU_ANYWHERE)
		return cpu_find((enum cpu_place)t->place, t->cpu, e);
	for (int role = 0; role < COPY_ROLES; role++)
		if (t->cpu[role] >= 0 && !cpu_allowed(t->cpu[role]))
			return err_say(
				e, ENOTSUP,
				"this process is not allowed to run on CPU %d",
				t->cpu[role]);
	return 0;
}

/* --- files ---------------------------------------------------------------- */

int transfer_check_preserve(const struct transfer *t, struct err *e)
{
	for (int i = 0; t->preserve && i < OPERANDS_MAX && t->operand[i]; i++)
		if (!strcmp(t->operand[i], "-"))
			return err_say(e, EINVAL,
				       "--preserve needs files: - has no "
				       "owner, permissions or times");
	return 0;
}

/* --- jobs ----------------------------------------------------------------- */

struct copy_job transfer_job(const struct transfer *t)
{
	struct copy_job job = COPY_JOB_INIT;

	memcpy(job.cpu, t->cpu, sizeof(job.cpu));
	job.dose = t->dose;
	job.verify = !t->no_verify;
	job.fsync = t->fsync;
	job.preserve = t->preserve;
	job.timeout_ms = t->timeout_ms;
	return job;
}

enum exit_code transfer_fail(int rc, const char *who, const struct err *e,
			     const char *after)
{
	if (rc == -EINTR) {
		say("interrupted%s%s", *after ? "; " : "", after);
		return EXIT_INTERRUPTED;
	}
	say("%s%s%s%s%s%s", who, *who ? ": " : "", e->text, *after ? " (" : "",
	    after, *after ? ")" : "");
	return rc == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
}
