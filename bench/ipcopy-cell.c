/* One mechanism under one condition, measured: the program. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/stop.h"
#include "cell.h"
#include "cli/command.h"
#include "cli/say.h"
#include "report/utf8.h"

#define LIBRARY_OPTION "--benchmark_"

/* Of argv, what is Google Benchmark's and what is ours; both end with NULL. */
struct words {
	char **ours, **library;
	int library_count;
};

static int sort_words(struct words *w, int argc, char **argv)
{
	int ours = 0;

	w->ours = calloc((size_t)argc + 1, sizeof(*w->ours));
	w->library = calloc((size_t)argc + 2, sizeof(*w->library));
	if (!w->ours || !w->library)
		return -ENOMEM;
	w->library[w->library_count++] = argv[0];
	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], LIBRARY_OPTION, strlen(LIBRARY_OPTION)))
			w->library[w->library_count++] = argv[i];
		else
			w->ours[ours++] = argv[i];
	}
	return 0;
}

static void complain(const struct err *e)
{
	fputs("ipcopy-cell: ", stderr);
	utf8_put_clean(stderr, e->text);
	fputc('\n', stderr);
}

/* --- from the first check to the last file removed --------------------------
 */

static int measure(struct cell *c, const struct words *w, struct err *e)
{
	int rc = cell_check(c, e);

	if (rc == 0)
		rc = cell_files_make(c, e);
	if (rc < 0)
		return rc;
	if (!c->opts.calibrate_ms)
		return cell_measure(c, w->library_count, w->library, e);
	rc = cell_jobs_make(c, e);
	return rc < 0 ? rc : cell_calibrate(c, e);
}

static enum exit_code run(const struct words *w)
{
	static struct cell c; /* too large for the stack */
	struct err e = { 0 };
	int rc;

	c.lease = (struct lease)LEASE_INIT;
	c.cannot = EXIT_USAGE;
	rc = cell_opts_read(&c.opts, w->ours, &e);
	if (rc == CELL_HELP)
		return EXIT_WELL;
	if (rc == 0 && getrandom(&c.seed, sizeof(c.seed), 0) < 0)
		rc = err_sys(&e, "getrandom");
	if (rc == 0) {
		lease_sweep();
		rc = measure(&c, w, &e);
	}
	cell_jobs_free(&c);
	lease_end(&c.lease);
	if (rc == 0)
		return EXIT_WELL;
	complain(&e);
	return stop_requested() ? EXIT_INTERRUPTED : (enum exit_code)c.cannot;
}

int main(int argc, char **argv)
{
	struct words w = { 0 };
	enum exit_code code;

	say_begin();
	stop_install_supervisor();
	if (sort_words(&w, argc, argv) < 0)
		return EXIT_FAILED;
	code = run(&w);
	free(w.ours);
	free(w.library);
	return say_end(code);
}
