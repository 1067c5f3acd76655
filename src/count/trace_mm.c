/* Address spaces of tracees: what lies behind an address. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/fd.h"
#include "base/grow.h"
#include "count/trace_watch.h"

struct mm *mm_new(struct tracer *t, pid_t pid)
{
	struct mm *mm = calloc(1, sizeof(*mm));

	if (!mm)
		abort();
	*mm = (struct mm){
		.refs = 1,
		.object = -1,
		.pid = pid,
		.tgid = pid,
		.stale = true,
		.next = t->mm,
	};
	t->mm = mm;
	return mm;
}

/* Buffers that were filled before the fork are filled in the child, too. */
struct mm *mm_fork(struct tracer *t, struct mm *parent, pid_t pid)
{
	struct mm *mm = mm_new(t, pid);

	if (!parent->fills)
		return mm;
	mm->fill = malloc(parent->fills * sizeof(*mm->fill));
	if (!mm->fill)
		abort();
	memcpy(mm->fill, parent->fill, parent->fills * sizeof(*mm->fill));
	mm->fills = mm->fills_room = parent->fills;
	cow_forked(parent, mm);
	return mm;
}

static void free_maps(struct mm *mm)
{
	for (size_t i = 0; i < mm->maps; i++)
		free(mm->map[i].path);
	free(mm->map);
	mm->map = NULL;
	mm->maps = 0;
}

void mm_put(struct tracer *t, struct mm *mm)
{
	struct mm **at = &t->mm;

	if (--mm->refs > 0)
		return;
	while (*at != mm)
		at = &(*at)->next;
	*at = mm->next;
	free_maps(mm);
	free(mm->fill);
	free(mm->cow);
	free(mm);
}

int mm_object(struct tracer *t, struct mm *mm)
{
	char path[40], key[40], comm[32] = "?";

	if (mm->object >= 0)
		return mm->object;
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)mm->pid);
	fd_read_text(path, comm, sizeof(comm));
	comm[strcspn(comm, "\n")] = '\0';
	snprintf(mm->name, sizeof(mm->name), "%s", comm);
	snprintf(key, sizeof(key), "memory:%" PRIu64, t->serial++);
	snprintf(path, sizeof(path), "%s[%d]", comm, (int)mm->tgid);
	mm->object = ledger_object(t->ledger, LEDGER_PRIVATE, key, path,
				   "private memory", mm->tgid);
	ledger_track(t->ledger, mm->object);
	return mm->object;
}

void trace_doubt(struct tracer *t, struct mm *mm, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ledger_doubt(t->ledger, mm ? mm_object(t, mm) : -1, text);
}

/* --- the mappings --------------------------------------------------------- */

/*
 * Reads a line of /proc/PID/maps. True if the line describes a shared mapping
 * or a mapping of a file. A mapping of a file has the file's own pages, except
 * those pages of a private mapping into which the program stored. All other
 * memory is private.
 */
static bool read_line(const char *line, struct map *m)
{
	char perm[5];
	int path = 0;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*x %x:%x %" SCNu64 " %n",
		   &m->start, &m->end, perm, &m->dev_major, &m->dev_minor,
		   &m->ino, &path) < 6)
		return false;
	m->shared = perm[3] == 's';
	m->writable = perm[1] == 'w';
	m->executable = perm[2] == 'x';
	m->private = !m->shared && m->writable;
	if (!m->ino)
		return false;
	m->object = -1;
	m->path = strdup(line + path);
	if (!m->path)
		abort();
	m->path[strcspn(m->path, "\n")] = '\0';
	return true;
}

static void read_maps(struct mm *mm)
{
	char path[40], *line = NULL;
	size_t room = 0, line_room = 0;
	FILE *f;

	free_maps(mm);
	mm->stale = false;
	snprintf(path, sizeof(path), "/proc/%d/maps", (int)mm->pid);
	f = fopen(path, "re");
	if (!f)
		return;
	while (getline(&line, &line_room, f) > 0) {
		mm->map =
			array_grow(mm->map, mm->maps, &room, sizeof(*mm->map));
		if (!mm->map)
			abort();
		mm->maps += read_line(line, &mm->map[mm->maps]);
	}
	free(line);
	fclose(f);
}

void mm_refresh(struct mm *mm)
{
	if (mm->stale)
		read_maps(mm);
}

struct map *mm_map_at(struct tracer *t, struct mm *mm, uint64_t addr,
		      uint64_t *end)
{
	size_t lo = 0, hi;

	(void)t;
	mm_refresh(mm);
	hi = mm->maps;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (mm->map[mid].end > addr)
			hi = mid;
		else
			lo = mid + 1;
	}
	*end = UINT64_MAX;
	if (lo == mm->maps)
		return NULL;
	if (mm->map[lo].start > addr) {
		*end = mm->map[lo].start;
		return NULL;
	}
	*end = mm->map[lo].end;
	return &mm->map[lo];
}

/* --- the numbers of files ------------------------------------------------- */

void trace_file_key(char *key, size_t size, uint64_t dev, uint64_t ino)
{
	snprintf(key, size, "file:%u:%u:%" PRIu64, major(dev), minor(dev), ino);
}

/*
 * On btrfs and overlayfs, stat gives another device number than /proc/PID/maps.
 * So the number that stat gives is noted when a file is mapped.
 */
struct alias {
	uint64_t dev, ino;
	struct alias *next;
};

void mm_note_file(struct tracer *t, const struct task *p, int fd)
{
	struct alias *a = t->alias;
	char path[48];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)p->tracee.tid, fd);
	if (stat(path, &st) < 0 || major(st.st_dev) != 0)
		return;
	while (a && (a->dev != st.st_dev || a->ino != st.st_ino))
		a = a->next;
	if (a)
		return;
	a = malloc(sizeof(*a));
	if (!a)
		abort();
	*a = (struct alias){ st.st_dev, st.st_ino, t->alias };
	t->alias = a;
}

void mm_free_files(struct tracer *t)
{
	struct alias *next;

	for (struct alias *a = t->alias; a; a = next) {
		next = a->next;
		free(a);
	}
	t->alias = NULL;
}

void mm_map_key(const struct tracer *t, const struct map *m, char *key,
		size_t size)
{
	uint64_t dev = makedev(m->dev_major, m->dev_minor), other = dev;

	for (const struct alias *a = t->alias; a; a = a->next) {
		if (a->ino != m->ino)
			continue;
		other = a->dev;
		if (other == dev)
			break;
	}
	trace_file_key(key, size, other, m->ino);
}

static const char *detail_of(const struct map *m, enum ledger_kind *kind)
{
	*kind = LEDGER_SHARED;
	if (strncmp(m->path, "/SYSV", 5) == 0)
		return "SysV segment";
	if (strncmp(m->path, "/memfd:", 7) == 0)
		return "memfd";
	if (strncmp(m->path, "/dev/zero", 9) == 0)
		return "anonymous, shared";
	if (strncmp(m->path, "/anon_hugepage", 14) == 0)
		return "anonymous huge pages, shared";
	*kind = LEDGER_FILE;
	return "file";
}

int mm_map_object(struct tracer *t, struct map *m)
{
	char key[80];
	enum ledger_kind kind;
	const char *detail;

	if (m->object >= 0)
		return m->object;
	detail = detail_of(m, &kind);
	mm_map_key(t, m, key, sizeof(key));
	m->object = ledger_object(t->ledger, kind, key, m->path, detail, 0);
	return m->object;
}
