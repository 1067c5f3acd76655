/* Evidence for shared memory: the physical frames behind it. */
#include "count/frames.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "copy/session.h"
#include "count/count_file.h"

#define COPIED_BYTES (4 << 20) /* goes round in the usual rings twice */

/* --- what an entry of pagemap says ---------------------------------------- */

bool frames_present(uint64_t entry)
{
	return entry >> 63 & 1;
}

bool frames_exclusive(uint64_t entry)
{
	return entry >> 56 & 1;
}

uint64_t frames_number(uint64_t entry)
{
	return frames_present(entry) ? entry & ((1ULL << 55) - 1) : 0;
}

uint64_t frames_mapped(uint64_t number)
{
	int fd = open("/proc/kpagecount", O_RDONLY | O_CLOEXEC);
	uint64_t count = 0;

	if (fd < 0)
		return 0;
	if (pread(fd, &count, sizeof(count), (off_t)(number * 8)) !=
	    sizeof(count))
		count = 0;
	fd_close(&fd);
	return count;
}

/* --- one process ---------------------------------------------------------- */

static bool read_line(const char *line, struct frames_map *m)
{
	uint64_t end;
	char perm[5];
	int name = 0;

	if (sscanf(line,
		   "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64
		   " %n",
		   &m->start, &end, perm, &m->offset, &m->dev_major,
		   &m->dev_minor, &m->ino, &name) < 7)
		return false;
	m->len = end - m->start;
	snprintf(m->name, sizeof(m->name), "%.*s",
		 (int)strcspn(line + name, "\n"), line + name);
	return perm[3] == 's';
}

static void read_entries(int fd, struct frames_map *m)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	ssize_t n;

	m->pages = m->len / page < FRAMES_PAGES ? m->len / page : FRAMES_PAGES;
	n = pread(fd, m->entry, m->pages * sizeof(uint64_t),
		  (off_t)(m->start / page * sizeof(uint64_t)));
	m->pages = n > 0 ? (size_t)n / sizeof(uint64_t) : 0;
}

/* Where we write is shared too, and none of the mechanism's. */
static bool holds(const struct frames_map *m, const struct frames *f)
{
	return (uintptr_t)f >= m->start && (uintptr_t)f - m->start < m->len;
}

void frames_look(struct frames *f, uint64_t least_bytes)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[1000];

	f->maps = 0;
	while (fd >= 0 && maps && f->maps < FRAMES_MAPS &&
	       fgets(line, sizeof(line), maps)) {
		struct frames_map *m = &f->map[f->maps];

		if (!read_line(line, m) || m->len < least_bytes || holds(m, f))
			continue;
		read_entries(fd, m);
		f->maps++;
	}
	if (maps)
		fclose(maps);
	fd_close(&fd);
}

int frames_find(const struct frames *b, const struct frames_map *map)
{
	for (int i = 0; i < b->maps; i++) {
		const struct frames_map *m = &b->map[i];

		if (m->ino == map->ino && m->dev_major == map->dev_major &&
		    m->dev_minor == map->dev_minor && m->offset == map->offset)
			return i;
	}
	return -1;
}

/* --- both sides of a copy ------------------------------------------------- */

/* Inherited by both workers, who fill it in; written by frames_of_copy. */
static struct frames *watched;
static uint64_t watched_least;

static void look_at_side(enum copy_role role, enum copy_point point)
{
	if (point == COPY_AT_END)
		frames_look(&watched[role], watched_least);
}

int frames_of_copy(const struct tr_spec *spec, struct frames **side,
		   struct err *e)
{
	struct copy_job job = COPY_JOB_INIT;
	struct copy_outcome out;
	struct count_files files;
	int rc;

	*side = NULL;
	watched =
		mmap(NULL, COPY_ROLES * sizeof(*watched),
		     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (watched == MAP_FAILED)
		return err_sys(e, "mmap");
	watched_least = tr_spec_value(spec, "size", 1);
	job.spec = *spec;
	job.checkpoint = look_at_side;
	rc = count_files_make(&files, NULL, COPIED_BYTES, e);
	job.src = files.src;
	job.dst = files.dst;
	if (rc == 0)
		rc = copy_run(&job, &out, e);
	count_files_end(&files);
	*side = watched;
	if (rc < 0)
		frames_free(watched);
	return rc;
}

void frames_free(struct frames *side)
{
	if (side)
		munmap(side, COPY_ROLES * sizeof(*side));
}
