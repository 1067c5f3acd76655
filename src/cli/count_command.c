/*
 * ipcopy count -- COMMAND: runs the command, shows the count, and ends with the
 * status of the command.
 */
#include "cli/count_wish.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "args/say.h"
#include "base/proc.h"
#include "cli/follow_show.h"
#include "cli/way_show.h"

/* --- showing it ----------------------------------------------------------- */

/* /dev/null: a report there would be lost */
#define NULL_DEVICE makedev(1, 3)

bool count_took_stdout(const struct ledger *l)
{
	struct stat st;
	char key[80];
	int object;

	if (fstat(STDOUT_FILENO, &st) < 0)
		return false;
	if (S_ISREG(st.st_mode))
		snprintf(key, sizeof(key), "file:%u:%u:%" PRIu64,
			 major(st.st_dev), minor(st.st_dev),
			 (uint64_t)st.st_ino);
	else if (S_ISFIFO(st.st_mode))
		snprintf(key, sizeof(key), "pipe:%" PRIu64 ":%" PRIu64,
			 (uint64_t)st.st_dev, (uint64_t)st.st_ino);
	else if (S_ISCHR(st.st_mode) && st.st_rdev == NULL_DEVICE)
		snprintf(key, sizeof(key), "device:c:%u:%u", major(st.st_rdev),
			 minor(st.st_rdev));
	else
		return false;
	object = ledger_find(l, key);
	for (size_t i = 0; object >= 0 && i < ledger_hops(l); i++)
		if (ledger_hop_at(l, i)->to == object)
			return true;
	return false;
}

static enum exit_code put_page(const struct counting *c,
			       const struct tr_spec *spec,
			       const struct count_shown *s)
{
	char title[300];

	if (!c->page)
		return EXIT_WELL;
	follow_title(spec ? c->t.via.text : c->word, title, sizeof(title));
	return follow_counted(c->page, title,
			      spec ? spec->ops->summary : "A command", spec, s);
}

static enum exit_code show_count(const struct counting *c,
				 const struct count_shown *s)
{
	bool to_stderr = count_took_stdout(s->ledger);

	if (c->dot)
		return count_show_dot(s, to_stderr);
	switch ((enum table_format)c->format) {
	case TABLE_JSON:
		return count_show_json(s, to_stderr);
	case TABLE_CSV:
		return count_show_hops(s, TABLE_CSV, to_stderr);
	default:
		return count_show_words(s, c->draw, c->ascii || way_ascii(),
					to_stderr);
	}
}

enum exit_code counting_show(const struct counting *c,
			     const struct tr_spec *spec,
			     const struct count_shown *s)
{
	enum exit_code code = show_count(c, s);

	return code == EXIT_WELL ? put_page(c, spec, s) : code;
}

/* --- a command ------------------------------------------------------------ */

/* The number of bytes that came to the output, from the input or elsewhere. */
static uint64_t came_to_output(const struct count_result *r)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < ledger_hops(r->ledger); i++)
		if (ledger_hop_at(r->ledger, i)->to == r->out)
			bytes += ledger_hop_at(r->ledger, i)->bytes;
	return bytes;
}

enum exit_code count_end_of(const char *command, int status)
{
	char words[100];

	if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
		say("the command %s ended with status %d; the report has what "
		    "was counted until then",
		    command, WEXITSTATUS(status));
		return (enum exit_code)WEXITSTATUS(status);
	}
	if (WIFEXITED(status))
		return EXIT_WELL;
	say("the command %s %s; the report has what was counted until then",
	    command, proc_end_words(status, words, sizeof(words)));
	return EXIT_FAILED;
}

enum exit_code counting_cannot(int rc, const struct err *e)
{
	/* a command that does not exist is a wrong argument */
	if (rc == -ENOENT || rc == -ENOTDIR)
		return say_error(e, EXIT_USAGE);
	return say_error(e, rc == -EPERM || rc == -ENOSYS ? EXIT_CANNOT
							  : EXIT_FAILED);
}

static enum exit_code cut_off(void)
{
	say("interrupted; the report has what was counted until then");
	return EXIT_INTERRUPTED;
}

static struct count_shown shown_of(const struct count_result *r,
				   const struct counting *c)
{
	double mib = (double)r->delivered_bytes / (1 << 20);

	return (struct count_shown){
		.ledger = r->ledger,
		.in = r->in,
		.out = r->out,
		.in_found = r->in_found,
		.out_found = r->out_found,
		.sum = r->sum,
		.on_path = r->on_path,
		.has_calls = c->calls && mib > 0,
		.calls_per_mib = r->calls_per_mib,
		.blocked_per_mib = mib > 0 ? (double)r->blocked / mib : NAN,
		.calls_per_message = NAN,
		.steady_per_message = NAN,
		.processes = r->processes,
		.command = true,
		.user = c->user != COUNT_USER_NO,
	};
}

static enum exit_code run_command(struct counting *c, struct count_job *job,
				  const struct count_user_run *user)
{
	enum exit_code code, judged;
	struct count_shown shown;
	struct count_result r;
	struct err e = { 0 };
	int rc = count_run(job, &r, &e);

	if (rc < 0 && rc != -EINTR) {
		count_result_free(&r);
		return counting_cannot(rc, &e);
	}
	count_user_take(user, &r, came_to_output(&r));
	shown = shown_of(&r, c);
	judged = rc < 0 ? cut_off() : count_end_of(c->word[0], r.status);
	code = counting_show(c, NULL, &shown);
	if (code == EXIT_WELL)
		code = judged == EXIT_WELL ? count_gate(c, &r.sum) : judged;
	count_result_free(&r);
	return code;
}

enum exit_code count_command(struct counting *c)
{
	struct count_job job = { .argv = (char *const *)c->word,
				 .in = c->in,
				 .out = c->out,
				 .one_cpu = !c->all_cpus,
				 .all_calls = c->calls };
	struct count_user_run user = { .words = NULL };
	enum exit_code code = EXIT_CANNOT;
	struct err e = { 0 };

	if (count_user_begin(&user, (enum count_user)c->user, &job, &e) < 0)
		say("%s", e.text);
	else
		code = run_command(c, &job, &user);
	count_user_end(&user);
	return code;
}
