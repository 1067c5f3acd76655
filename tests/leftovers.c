/* Possible leftovers of a run: named objects, descriptors, children. */
#include "leftovers.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "scratch.h"
#include "tap.h"

#define NAMES_MAX 4096

/* leftovers_names fills it. It is global, since nftw passes on no argument. */
static char *names[NAMES_MAX];
static size_t n_names;

static void add(const char *name)
{
	if (n_names < NAMES_MAX)
		names[n_names++] = strdup(name);
}

static int add_entry(const char *path, const struct stat *st, int type,
		     struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	add(path);
	return 0;
}

/* In a line of /proc/sysvipc, only key and identifier stay the same. */
static void add_sysv(const char *kind)
{
	char path[40], line[300], name[80];
	long key, id;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sysvipc/%s", kind);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%ld %ld", &key, &id) != 2)
			continue;
		snprintf(name, sizeof(name), "sysv %s %ld %ld", kind, key, id);
		add(name);
	}
	if (f)
		fclose(f);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *leftovers_names(void)
{
	char *text = NULL;
	size_t size;
	FILE *f;

	n_names = 0;
	nftw(scratch_dir(), add_entry, 16, FTW_PHYS);
	if (scratch_queues()) {
		/* the queues are mounted below scratch_dir() */
		nftw("/dev/shm", add_entry, 16, FTW_PHYS);
		add_sysv("shm");
		add_sysv("sem");
		add_sysv("msg");
	}
	qsort(names, n_names, sizeof(names[0]), by_name);
	f = open_memstream(&text, &size);
	for (size_t i = 0; i < n_names; i++) {
		fprintf(f, "%s\n", names[i]);
		free(names[i]);
	}
	fclose(f);
	return text;
}

static bool has_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	for (const char *p = text; (p = strstr(p, line)); p++)
		if ((p == text || p[-1] == '\n') && p[len] == '\n')
			return true;
	return false;
}

static void show_lines(const char *what, const char *text, const char *other)
{
	char *copy = strdup(text), *save, *line;

	for (line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		if (!has_line(other, line))
			diag("%s: %s", what, line);
	free(copy);
}

bool leftovers_none_since(const char *before)
{
	char *now = leftovers_names();
	bool same = !strcmp(before, now);

	if (!same) {
		show_lines("left behind", now, before);
		show_lines("gone", before, now);
	}
	free(now);
	return same;
}

int leftovers_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	/* leaves out ".", ".." and the descriptor of the directory */
	int n = -3;

	if (!dir)
		return 0;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

bool leftovers_children(void)
{
	return waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD;
}
