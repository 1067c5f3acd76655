/* Checks that the options of count can be used together. */
#include <errno.h>
#include <math.h>

#include "cli/count_wish.h"
#include "text/table.h"

static int refuse_pair(struct err *e, const char *a, const char *b)
{
	return err_say(e, EINVAL,
		       "%s and %s contradict each other; give one of them", a,
		       b);
}

static int check_shown(const struct counting *c, struct err *e)
{
	if (c->dot && c->draw)
		return refuse_pair(e, "--dot", "--draw");
	if (c->dot && c->format != TABLE_HUMAN)
		return refuse_pair(e, "--dot", "--format");
	if (c->draw && c->format != TABLE_HUMAN)
		return refuse_pair(e, "--draw", "--format");
	if (c->ascii && !c->draw)
		return err_say(e, EINVAL, "--ascii needs --draw");
	if (c->calls && (c->format == TABLE_CSV || c->dot || c->compare))
		return err_say(e, EINVAL,
			       "--calls is not shown with --format csv, --dot "
			       "and --compare; leave it out, or use --format "
			       "json");
	return 0;
}

/* True if an option is given that only a mechanism takes, but for --dir. */
static bool has_mechanism_options(const struct counting *c)
{
	return c->t.size || c->t.depth || c->t.wait || c->bytes ||
	       c->workload || !dose_is_none(&c->t.dose);
}

static int check_calibrate(const struct counting *c, struct err *e)
{
	if (c->word[0] || c->t.via.count || has_mechanism_options(c) || c->in ||
	    c->out || c->draw || c->dot || c->page || c->calls || c->user ||
	    c->all_cpus || c->compare || !isnan(c->at_most))
		return err_say(e, EINVAL,
			       "--calibrate counts no command; give only "
			       "--dir, --format and --output with it");
	return 0;
}

static int check_via(const struct counting *c, struct err *e)
{
	if (c->t.via.count > 1)
		return err_say(e, EINVAL,
			       "--via is given more than once; one mechanism "
			       "is counted at a time");
	if (c->word[0])
		return refuse_pair(e, "--via", "a command");
	if (c->all_cpus)
		return err_say(e, EINVAL,
			       "--all-cpus is for commands: mechanisms are "
			       "counted on one CPU");
	if (c->user)
		return err_say(e, EINVAL,
			       "--user is for commands: mechanisms report "
			       "their own copies");
	if (!c->in != !c->out)
		return err_say(
			e, EINVAL,
			"with --via, give both --in and --out, or neither");
	if (c->workload != COPY_FILE && (c->in || c->dir))
		return err_say(e, EINVAL,
			       "--workload %s has no files: leave out --in, "
			       "--out and --dir",
			       copy_workload_names[c->workload]);
	if (c->in && (c->bytes || c->dir))
		return err_say(e, EINVAL,
			       "--bytes and --dir are for a file that ipcopy "
			       "makes; leave them out if --in names a file");
	return 0;
}

static int check_command(const struct counting *c, struct err *e)
{
	if (!c->word[0])
		return err_say(e, EINVAL,
			       "nothing to count is named; give -- COMMAND..., "
			       "or --via M");
	if (has_mechanism_options(c) || c->dir)
		return err_say(e, EINVAL,
			       "--size, --depth, --wait, --workload, --bytes "
			       "and --extra-... need --via; --dir needs --via "
			       "or --calibrate");
	return 0;
}

int count_check(const struct counting *c, struct err *e)
{
	int rc = check_shown(c, e);

	if (rc < 0)
		return rc;
	if (c->calibrate)
		return check_calibrate(c, e);
	if (c->compare && (c->t.via.count || c->dot || c->draw || c->page ||
			   c->user || !isnan(c->at_most)))
		return err_say(e, EINVAL,
			       "--compare counts two commands; leave out "
			       "--via, --user, --at-most, --dot, --draw and "
			       "--page");
	return c->t.via.count ? check_via(c, e) : check_command(c, e);
}
