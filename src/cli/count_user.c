/*
 * count --user: the copies that a program makes itself, as a preloaded library
 * reports them or valgrind sees them.
 */
#include "cli/count_user.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/library.h"
#include "base/place.h"
#include "base/size.h"

#define LIBRARY "src/count/ipcopy-preload.so"
/*
 * valgrind tells how many bytes each place in the program copied. A place with
 * less than 1/PART of the bytes of the output is left out, since its copies are
 * the program's bookkeeping.
 */
#define PART 200

const char *const count_user_names[] = { "preload", "dhat", NULL };

/* --- preloading ----------------------------------------------------------- */

static int preload(struct count_user_run *u, struct count_job *job,
		   struct err *e)
{
	if (!library_find(u->library, sizeof(u->library), LIBRARY))
		return err_say(
			e, ENOENT,
			"the library that --user preloads is missing; build or "
			"install ipcopy again, or give --user=dhat: %s",
			u->library);
	if (!library_can_be_preloaded(u->library))
		return err_say(e, ENOTSUP,
			       "cannot preload from %s: LD_PRELOAD allows no "
			       "blanks and no colons in a path",
			       u->library);
	job->preload = u->library;
	return 0;
}

/* --- valgrind ------------------------------------------------------------- */

static int make_dir(struct count_user_run *u, struct err *e)
{
	snprintf(u->dir, sizeof(u->dir), "%s/ipcopy-dhat-XXXXXX", place_temp());
	if (mkdtemp(u->dir))
		return 0;
	u->dir[0] = '\0';
	return err_sys(e, "cannot make a directory for valgrind's output");
}

static int run_under_valgrind(struct count_user_run *u, struct count_job *job,
			      struct err *e)
{
	static const char *const first[] = { "valgrind",
					     "--quiet",
					     "--tool=dhat",
					     "--mode=copy",
					     "--trace-children=yes",
					     "--log-file=/dev/null" };
	const size_t n = sizeof(first) / sizeof(first[0]);
	size_t words = 0;
	int rc;

	if (!place_has_program("valgrind"))
		return err_say(e, ENOENT,
			       "--user=dhat needs valgrind; install "
			       "it with: apt-get install valgrind");
	rc = make_dir(u, e);
	if (rc < 0)
		return rc;
	while (job->argv[words])
		words++;
	u->words = calloc(n + 1 + words + 1, sizeof(*u->words));
	if (!u->words)
		return err_code(e, ENOMEM,
				"cannot make the command for valgrind");
	snprintf(u->out_option, sizeof(u->out_option), "--dhat-out-file=%s/%%p",
		 u->dir);
	memcpy(u->words, first, sizeof(first));
	u->words[n] = u->out_option;
	memcpy(u->words + n + 1, job->argv, words * sizeof(*u->words));
	job->argv = (char *const *)u->words;
	return 0;
}

int count_user_begin(struct count_user_run *u, enum count_user how,
		     struct count_job *job, struct err *e)
{
	switch (how) {
	case COUNT_USER_PRELOAD:
		return preload(u, job, e);
	case COUNT_USER_DHAT:
		return run_under_valgrind(u, job, e);
	default:
		return 0;
	}
}

/* --- what valgrind has seen ----------------------------------------------- */

/* The number of bytes copied at all places that PART does not leave out. */
static uint64_t much_copied(const json_t *dhat, uint64_t written)
{
	uint64_t bytes = 0;
	const json_t *place;
	size_t i;

	json_array_foreach(json_object_get(dhat, "pps"), i, place)
	{
		json_int_t n = json_integer_value(json_object_get(place, "tb"));

		if (n > 0 && (uint64_t)n >= written / PART)
			bytes += (uint64_t)n;
	}
	return bytes;
}

static void take_file(const char *path, struct count_result *r,
		      uint64_t written)
{
	json_t *dhat = json_load_file(path, 0, NULL);
	const char *cmd = json_string_value(json_object_get(dhat, "cmd"));
	uint64_t bytes;
	char text[300], size[32];

	if (!cmd || !written) {
		json_decref(dhat);
		return;
	}
	bytes = much_copied(dhat, written);
	snprintf(text, sizeof(text),
		 "valgrind: '%.100s' itself copied %s by memcpy and similar "
		 "functions, %.3f times the bytes of the output; places in the "
		 "program that copied less than 0.5 %% of them are left out",
		 cmd, size_human((double)bytes, size, sizeof(size)),
		 (double)bytes / (double)written);
	ledger_note(r->ledger, text);
	json_decref(dhat);
}

static void each_file(const char *dir,
		      void (*call)(const char *path, struct count_result *r,
				   uint64_t written),
		      struct count_result *r, uint64_t written)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	char path[8192];

	while (d && (entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		call(path, r, written);
	}
	if (d)
		closedir(d);
}

static void remove_file(const char *path, struct count_result *unused,
			uint64_t unused_too)
{
	(void)unused;
	(void)unused_too;
	unlink(path);
}

void count_user_take(const struct count_user_run *u, struct count_result *r,
		     uint64_t written_bytes)
{
	if (u->dir[0])
		each_file(u->dir, take_file, r, written_bytes);
}

void count_user_end(struct count_user_run *u)
{
	if (u->dir[0]) {
		each_file(u->dir, remove_file, NULL, 0);
		rmdir(u->dir);
	}
	free(u->words);
	u->dir[0] = '\0';
	u->words = NULL;
}
