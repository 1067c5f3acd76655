/*
 * Runs commands of ipcopy as functions for fuzz targets, and judges their
 * output.
 */
#include "fuzz_command.h"

#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure/bench_inside.h"
#include "measure/machine.h"
#include "scratch.h"

#define WORDS_MAX 16

/*
 * Looks at the machine only once, since a look takes longer than all other
 * work.
 */
json_t *__real_meas_machine(const char *dir);
json_t *__wrap_meas_machine(const char *dir);
json_t *__wrap_meas_machine(const char *dir)
{
	static json_t *machine;

	if (!machine)
		machine = __real_meas_machine(dir);
	return json_deep_copy(machine);
}

/* Leaves out the work that measures the speed of the machine. */
int64_t __wrap_bench_witness(const struct meas_plan *plan);
int64_t __wrap_bench_witness(const struct meas_plan *plan)
{
	(void)plan;
	return 1000;
}

/* The directories of fuzz_enter and fuzz_leave; opened at the first call. */
static int there = -1, here = -1;

void fuzz_enter(void)
{
	if (here < 0) {
		here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
		there = open(scratch_dir(), O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	if (fchdir(there) < 0)
		fuzz_broken("%s: %m", scratch_dir());
}

void fuzz_leave(void)
{
	if (fchdir(here) < 0)
		fuzz_broken("the way back: %m");
}

const char *fuzz_source(const char *name, char *buf, size_t size)
{
	const char *top = getenv("top_srcdir");
	char dir[PATH_MAX];

	/* top may be relative to the directory in which the driver started */
	fuzz_leave();
	if (!realpath(top ? top : ".", dir))
		fuzz_broken("top_srcdir: %m");
	fuzz_enter();
	if (snprintf(buf, size, "%s/%s", dir, name) >= (int)size)
		fuzz_broken("%s: the path is too long", name);
	return buf;
}

void fuzz_put(const char *path, const char *text, size_t len)
{
	FILE *to = fopen(path, "we");

	if (!to || fwrite(text, 1, len, to) != len || fclose(to) != 0)
		fuzz_broken("%s: %m", path);
}

/* --- the promises --------------------------------------------------------- */

static const char *show(const struct fuzz_said *said)
{
	return *said->err ? said->err : said->out;
}

static void check_code(const struct fuzz_said *said, const char *name)
{
	/* with these two statuses, the answer is on standard output */
	bool is_gate = said->code == EXIT_CLAIM || said->code == EXIT_UNDECIDED;

	if (said->code > EXIT_UNDECIDED && said->code != EXIT_INTERRUPTED)
		fuzz_broken("%s: exit status %d", name, (int)said->code);
	if (!is_gate && said->code != EXIT_WELL && !*said->err)
		fuzz_broken("%s: exit status %d without a reason", name,
			    (int)said->code);
	if (strstr(said->err, "out of memory"))
		fuzz_broken("%s: %s", name, show(said));
}

static void check_text(const struct fuzz_said *said, const char *name)
{
	if (strpbrk(said->err, "\033\007\r") || strpbrk(said->out, "\033\007"))
		fuzz_broken("%s: an escape in its output: %s", name,
			    show(said));
	if (strlen(said->out) != said->out_len)
		fuzz_broken("%s: a NUL in its output", name);
}

static void check_json(const struct fuzz_said *said, const char *name)
{
	json_error_t why;
	json_t *top = json_loads(said->out, 0, &why);

	if (said->code == EXIT_WELL && !top)
		fuzz_broken("%s: line %d of its JSON: %s", name, why.line,
			    why.text);
	json_decref(top);
}

/* --- running -------------------------------------------------------------- */

void fuzz_command(struct fuzz_said *said, const struct command *c, ...)
{
	FILE *out = stdout, *err = stderr;
	char *words[WORDS_MAX];
	size_t n = 0;
	bool json = false;
	va_list ap;

	va_start(ap, c);
	do {
		words[n] = va_arg(ap, char *);
		json |= words[n] && !strcmp(words[n], "json");
	} while (words[n] && ++n < WORDS_MAX);
	va_end(ap);
	*said = (struct fuzz_said){ .code = EXIT_WELL };
	stdout = open_memstream(&said->out, &said->out_len);
	stderr = open_memstream(&said->err, &said->err_len);
	if (!stdout || !stderr)
		abort();
	said->code = c->run(words);
	fclose(stdout);
	fclose(stderr);
	stdout = out;
	stderr = err;
	check_code(said, c->name);
	check_text(said, c->name);
	if (json)
		check_json(said, c->name);
}

void fuzz_said_free(struct fuzz_said *said)
{
	free(said->out);
	free(said->err);
}
