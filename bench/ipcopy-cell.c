/* The program that measures mechanisms under one condition. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>

#include "args/command.h"
#include "args/say.h"
#include "base/fd.h"
#include "base/stop.h"
#include "base/utf8.h"
#include "base/words.h"
#include "cell.h"

#define LIBRARY_OPTION "--benchmark_"

/*
 * The words of argv for us and for Google Benchmark. Both lists end with NULL.
 */
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

/* --- options that would make the library end the program ------------------ */

static const char *value_of(const char *word, const char *option)
{
	size_t len = strlen(option);

	return strncmp(word, option, len) ? NULL : word + len;
}

static int check_format(const char *word, struct err *e)
{
	static const char *const formats[] = { "console", "json", "csv", NULL };
	const char *value = value_of(word, LIBRARY_OPTION "format=");

	if (!value)
		value = value_of(word, LIBRARY_OPTION "out_format=");
	if (!value)
		return 0;
	for (int i = 0; formats[i]; i++)
		if (!strcmp(value, formats[i]))
			return 0;
	return words_refuse(e, "format", value, words_in_array, formats);
}

static int check_out(const char *word, struct err *e)
{
	const char *path = value_of(word, LIBRARY_OPTION "out=");
	int fd;

	if (!path)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_sys(e, "cannot write %s", path);
	fd_close(&fd);
	return 0;
}

static int check_library_words(const struct words *w, struct err *e)
{
	int rc = 0;

	for (int i = 1; i < w->library_count && rc == 0; i++) {
		rc = check_format(w->library[i], e);
		if (rc == 0)
			rc = check_out(w->library[i], e);
	}
	return rc;
}

static void complain(const struct err *e)
{
	/* say_end reports lost output */
	if (ferror(stdout))
		return;
	fputs("ipcopy-cell: ", stderr);
	utf8_put_clean(stderr, e->text);
	fputc('\n', stderr);
}

/* --- the whole run -------------------------------------------------------- */

static struct cell c; /* too large for the stack; clean_up needs it, too */

static int make_runners(struct err *e)
{
	int rc = 0;

	for (int i = 0; i < c.runners && rc == 0; i++)
		rc = runner_make(&c, &c.runner[i], e);
	return rc;
}

static int measure(const struct words *w, struct err *e)
{
	int rc = cell_check(&c, e);

	if (rc == 0)
		rc = cell_files_make(&c, e);
	if (rc == 0)
		rc = make_runners(e);
	if (rc < 0)
		return rc;
	if (c.opts.calibrate_ms)
		return cell_calibrate(&c, e);
	return cell_measure(&c, w->library_count, w->library, e);
}

/* atexit calls this, too, since the library may end the program by itself. */
static void clean_up(void)
{
	for (int i = 0; i < c.runners; i++)
		runner_free(&c.runner[i], (int)c.opts.pairs);
	lease_end(&c.lease);
}

static enum exit_code run(const struct words *w)
{
	struct err e = { 0 };
	int rc;

	c.lease = (struct lease)LEASE_INIT;
	atexit(clean_up);
	c.cannot = EXIT_USAGE;
	rc = cell_opts_read(&c.opts, w->ours, &e);
	if (rc == CELL_HELP)
		return EXIT_WELL;
	if (rc == 0)
		rc = check_library_words(w, &e);
	if (rc == 0 && getrandom(&c.seed, sizeof(c.seed), 0) < 0)
		rc = err_sys(&e, "getrandom");
	if (rc == 0) {
		lease_sweep();
		rc = measure(w, &e);
	}
	clean_up();
	if (rc == 0) /* the samples tell which runners failed */
		return c.failures ? EXIT_FAILED : EXIT_WELL;
	complain(&e);
	return stop_requested() ? EXIT_INTERRUPTED : (enum exit_code)c.cannot;
}

/* A hundred pairs need more descriptors than a process may usually open. */
static void allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
	struct words w = { 0 };
	enum exit_code code;

	say_begin();
	stop_install_supervisor();
	allow_descriptors();
	if (sort_words(&w, argc, argv) < 0)
		return EXIT_FAILED;
	code = run(&w);
	free(w.ours);
	free(w.library);
	return say_end(code);
}
