/* While a copy runs, no other user may open an object that it has made. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/run_dir.h"
#include "once.h"
#include "scratch.h"
#include "tap.h"
#include "variants.h"

static const struct sample in = { .len = 200001, .seed = 3, .mode = 0644 };

/* Written by the sides of a copy. */
static struct seen {
	unsigned names; /* names by which another user could open something */
	char open_to_others[300];
} * seen;

/* How many names were seen with all mechanisms together. */
static unsigned all_names;

/* --- looking -------------------------------------------------------------- */

static void look_at(const char *dir_name)
{
	DIR *dir = dir_name ? opendir(dir_name) : NULL;
	struct dirent *entry;
	struct stat st;

	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name == '.' && strlen(entry->d_name) < 3)
			continue;
		if (fstatat(dirfd(dir), entry->d_name, &st,
			    AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		seen->names++;
		if (st.st_mode & 077)
			snprintf(seen->open_to_others,
				 sizeof(seen->open_to_others), "%s/%.100s, %o",
				 dir_name, entry->d_name, st.st_mode);
	}
	if (dir)
		closedir(dir);
}

/* For all three kinds, a line begins with key, id and permissions. */
static void look_at_sysv(const char *path)
{
	FILE *from = fopen(path, "re");
	unsigned perms;
	char line[300];

	while (from && fgets(line, sizeof(line), from)) {
		if (sscanf(line, "%*d %*d %o", &perms) != 1)
			continue;
		seen->names++;
		if (perms & 077)
			snprintf(seen->open_to_others,
				 sizeof(seen->open_to_others), "%s: %o", path,
				 perms);
	}
	if (from)
		fclose(from);
}

/* Until both sides have joined, all shared objects still have their names. */
static void look(enum copy_role role, enum copy_point point)
{
	struct err unused = { 0 };
	char dir[120];

	(void)role;
	(void)point;
	if (run_dir(dir, sizeof(dir), &unused) == 0)
		look_at(dir);
	look_at("/dev/shm");
	look_at(scratch_queues());
	look_at_sysv("/proc/sysvipc/shm");
	look_at_sysv("/proc/sysvipc/sem");
	look_at_sysv("/proc/sysvipc/msg");
}

/* --- names ---------------------------------------------------------------- */

static bool is_closed_to_others(const char *spec)
{
	struct err e = { 0 };
	struct once o;

	once_init(&o, "in", "out");
	if (tr_spec_parse(spec, &o.job.spec, &e) < 0 ||
	    tr_probe(&o.job.spec, &e) < 0)
		return true;
	o.job.checkpoint = look;
	once_run(&o);
	unlink("out");
	if (*seen->open_to_others)
		diag("%s: %s", spec, seen->open_to_others);
	return expect_int(o.rc, 0) && !*seen->open_to_others;
}

static void test_names(const struct transport *tr)
{
	static struct variant list[VARIANTS_MAX];
	size_t n = variants_of(tr, list);
	bool good = true;

	memset(seen, 0, sizeof(*seen));
	for (size_t i = 0; i < n && good; i++)
		if (list[i].kind == VARIANT_DEFAULT ||
		    list[i].kind == VARIANT_CHOICE)
			good = is_closed_to_others(list[i].text);
	all_names += seen->names;
	ok(good, "no object with a name is open to other users: %s", tr->name);
}

/* --- the temporary file --------------------------------------------------- */

/*
 * Looks at those descriptors of the client that are files in the directory of
 * the new file.
 */
static void look_for_part(enum copy_role role, enum copy_point point)
{
	char path[64], to[500];
	struct stat st;

	if (role != COPY_CLIENT || point != COPY_AT_END)
		return;
	for (int fd = 3; fd < 64; fd++) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		n = readlink(path, to, sizeof(to) - 1);
		if (n < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
			continue;
		to[n] = '\0';
		if (st.st_size != (off_t)in.len || !strstr(to, "/here/") ||
		    strstr(to, "/here/in"))
			continue;
		seen->names++;
		if (st.st_mode & 077)
			snprintf(seen->open_to_others,
				 sizeof(seen->open_to_others), "%.200s, %o", to,
				 st.st_mode);
	}
}

static void test_part(void)
{
	struct once o;

	memset(seen, 0, sizeof(*seen));
	once_init(&o, "in", "out");
	o.job.checkpoint = look_for_part;
	once_run(&o);
	if (*seen->open_to_others)
		diag("%s", seen->open_to_others);
	ok(o.rc == 0 && seen->names == 1 && !*seen->open_to_others,
	   "the temporary file is not open to other users");
	unlink("out");
}

int main(void)
{
	const struct transport *tr;
	const char *why;

	scratch_begin();
	why = scratch_isolate();
	umask(0);
	sample_write("in", &in);
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED)
		return 1;
	test_part();
	for_each_transport(tr) {
		if (why)
			skip("objects with a name: %s", why);
		else
			test_names(tr);
	}
	ok(why || all_names > 0, "%u names have been checked", all_names);
	return done_testing();
}
