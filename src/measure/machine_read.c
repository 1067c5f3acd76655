/* Small readers for facts that the kernel shows in files. */
#include <ctype.h>
#include <mntent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "measure/machine.h"

bool meas_line(const char *path, char *buf, size_t size)
{
	if (!fd_read_text(path, buf, size))
		return false;
	buf[strcspn(buf, "\n")] = '\0';
	return *buf;
}

long long meas_number(const char *path)
{
	char text[64], *end;
	long long n;

	if (!meas_line(path, text, sizeof(text)))
		return -1;
	n = strtoll(text, &end, 10);
	return end == text ? -1 : n;
}

void meas_kernels_own(char *line)
{
	char *to = line, *rest = line, *word;

	while ((word = strsep(&rest, " ")) && strcmp(word, "--") != 0) {
		size_t len = strlen(word);

		if (!len || !strncmp(word, "init=", 5) ||
		    !strncmp(word, "rdinit=", 7))
			continue;
		if (to > line)
			*to++ = ' ';
		memmove(to, word, len);
		to += len;
	}
	*to = '\0';
}

bool meas_chosen(const char *path, char *buf, size_t size)
{
	char *open;

	if (!meas_line(path, buf, size))
		return false;
	open = strchr(buf, '[');
	if (open) {
		memmove(buf, open + 1, strlen(open));
		buf[strcspn(buf, "]")] = '\0';
	}
	return true;
}

bool meas_field(const char *path, const char *key, char *buf, size_t size)
{
	size_t len = strlen(key);
	char line[4096];
	bool found = false;
	FILE *from = fopen(path, "re");

	while (from && !found && fgets(line, sizeof(line), from)) {
		const char *colon = strchr(line, ':');

		if (!colon || strncmp(line, key, len) != 0 ||
		    line[len + strspn(line + len, " \t")] != ':')
			continue;
		colon += 1 + strspn(colon + 1, " \t");
		snprintf(buf, size, "%.*s", (int)strcspn(colon, "\n"), colon);
		found = *buf;
	}
	if (from)
		fclose(from);
	return found;
}

int64_t meas_steal_ns(void)
{
	unsigned long long v[8] = { 0 };
	char text[1024];
	long tick = sysconf(_SC_CLK_TCK);

	if (!fd_read_text("/proc/stat", text, sizeof(text)) ||
	    sscanf(text, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0],
		   &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7]) != 8)
		return 0;
	return (int64_t)v[7] * (1000000000 / tick);
}

/* Many programs that make containers leave a sign of their own. */
bool meas_container(char *buf, size_t size)
{
	static const struct {
		const char *path, *name;
	} signs[] = {
		{ "/.dockerenv", "docker" },
		{ "/run/.containerenv", "podman" },
		{ "/dev/lxd/sock", "lxd" },
		{ "/.singularity.d", "apptainer" },
		{ "/var/run/secrets/kubernetes.io", "kubernetes" },
	};
	char text[4096], *at;

	if (meas_line("/run/systemd/container", buf, size))
		return true;
	if (fd_read_text("/proc/1/environ", text, sizeof(text)))
		for (at = text; *at; at += strlen(at) + 1)
			if (!strncmp(at, "container=", 10)) {
				snprintf(buf, size, "%.60s", at + 10);
				return true;
			}
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (access(signs[i].path, F_OK) == 0) {
			snprintf(buf, size, "%s", signs[i].name);
			return true;
		}
	return false;
}

/*
 * Takes the mount with the longest path above `dir`. Of two mounts on one path,
 * the later one hides the earlier one.
 */
bool meas_mount(const char *dir, char *type, size_t type_size, char *options,
		size_t options_size)
{
	char real[4096];
	struct mntent *m;
	size_t best = 0;
	FILE *from;

	if (!realpath(dir, real))
		return false;
	from = setmntent("/proc/self/mounts", "re");
	while (from && (m = getmntent(from))) {
		size_t len = strlen(m->mnt_dir);

		if (len == 1)
			len = 0; /* for the root: "/" fits every path */
		if (strncmp(real, m->mnt_dir, len) != 0 ||
		    (real[len] && real[len] != '/') || len + 1 < best)
			continue;
		best = len + 1;
		snprintf(type, type_size, "%s", m->mnt_type);
		snprintf(options, options_size, "%s", m->mnt_opts);
	}
	if (from)
		endmntent(from);
	return best > 0;
}
