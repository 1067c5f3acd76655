/* C1 and C2: ten records written through the mapping of a file sized for five. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/lab.h"

/* lab: C1 C2 */
struct person {
	char name[4];
	int age;
};

enum { IN_FILE = 5, MAPPED = 10 };

/* The documents' writer: a file of five records, a mapping of ten. */
static struct person *write_ten(struct lab *l, int fd)
{
	size_t len = MAPPED * sizeof(struct person);
	struct person *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED,
				fd, 0);

	lab_need(l, p != MAP_FAILED, "mmap");
	for (int i = 0; i < MAPPED; i++) {
		p[i].name[0] = (char)('b' + i);
		p[i].age = 20 + i;
	}
	return p;
}
/* lab: end */

/* lab: C1 */
static size_t size_of(struct lab *l, int fd)
{
	struct stat st;

	lab_need(l, fstat(fd, &st) == 0, "fstat");
	return (size_t)st.st_size;
}

static void size_stays(struct lab *l)
{
	size_t five = IN_FILE * sizeof(struct person), mapped, after;
	int fd = lab_file(l, five, NULL);
	struct person *p = write_ten(l, fd);
	char buf[MAPPED * sizeof(struct person)];
	ssize_t got;

	mapped = size_of(l, fd);
	lab_need(l, munmap(p, sizeof(buf)) == 0, "munmap");
	after = size_of(l, fd);
	lab_check(l, mapped == five && after == five,
		  "a file of %zu bytes; with ten records written it has %zu, "
		  "after munmap %zu", five, mapped, after);
	got = pread(fd, buf, sizeof(buf), 0);
	lab_check(l, got == (ssize_t)five,
		  "reading ten records from it gives %zd bytes: %zd records",
		  got, got / (ssize_t)sizeof(struct person));
}
/* lab: end */

/* lab: C2 */
struct visit {
	const char *path;
	int seen[3]; /* records found while mapped, after unmap, after fsync */
};

/* The documents' reader: maps the file by its name and looks at all ten. */
static int count_records(struct lab *l, const char *path)
{
	int fd = open(path, O_RDWR), n = 0;
	size_t len = MAPPED * sizeof(struct person);
	struct person *p = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);

	lab_need(l, p != MAP_FAILED, "mmap");
	for (int i = 0; i < MAPPED; i++)
		n += p[i].name[0] == 'b' + i && p[i].age == 20 + i;
	munmap(p, len);
	close(fd);
	return n;
}

static void read_records(struct lab_side *writer, void *arg)
{
	struct visit *v = arg;

	for (int i = 0; i < 3; i++) {
		lab_await(writer);
		v->seen[i] = count_records(lab_of(writer), v->path);
		lab_tell(writer, &v->seen[i], sizeof(int));
	}
}

static struct visit write_and_be_read(struct lab *l, int fd, const char *path)
{
	struct visit v = { .path = path };
	struct lab_side *reader = lab_fork(l, read_records, &v);
	struct person *p = write_ten(l, fd);

	for (int i = 0; i < 3; i++) {
		if (i == 1)
			lab_need(l, munmap(p, MAPPED * sizeof(*p)) == 0,
				 "munmap");
		if (i == 2)
			lab_need(l, fsync(fd) == 0, "fsync");
		lab_pass(reader);
		lab_hear(reader, &v.seen[i], sizeof(int));
	}
	return v;
}

static void records_seen(struct lab *l)
{
	size_t five = IN_FILE * sizeof(struct person);
	char path[LAB_PATH_MAX];
	int fd = lab_file(l, five, path);
	struct visit v = write_and_be_read(l, fd, path);
	bool at_unmap = v.seen[1] == IN_FILE, later = v.seen[2] == IN_FILE;

	lab_check(l, v.seen[0] == MAPPED,
		  "%s: while the writer maps the file, the reader sees %d "
		  "records", lab_fs(l, fd), v.seen[0]);
	lab_check(l, at_unmap || later,
		  "after munmap it sees %d, after fsync %d", v.seen[1],
		  v.seen[2]);
	lab_limit(l, !at_unmap && later,
		  "what was stored past the end %s",
		  at_unmap ? "was gone with munmap"
			   : later ? "is not gone with munmap but once the page "
				     "is written back"
				   : "stays: this file system writes nothing "
				     "back");
	fd = lab_tmpfs_file(l, five, path);
	if (fd < 0)
		return;
	v = write_and_be_read(l, fd, path);
	lab_limit(l, v.seen[2] != IN_FILE,
		  "tmpfs, for contrast: while mapped %d, after munmap %d, "
		  "after fsync %d", v.seen[0], v.seen[1], v.seen[2]);
}
/* lab: end */

const struct experiment lab_c_records[] = {
	{ .id = "C1", .document = "000",
	  .claim = "A mapping cannot change the file's size: ten records "
		   "written through the mapping of a file sized for five leave "
		   "a file of five.",
	  .run = size_stays,
	  .reference = "mmap(2), NOTES: the size of the file is not changed; "
		       "POSIX mmap()",
	  .why = "The size of a file is a number in its inode. A store into "
		 "memory asks no system call and so cannot move it; only "
		 "write, ftruncate and their kin do. The five records too many "
		 "went into the rest of the last page, which is no part of the "
		 "file." },
	{ .id = "C2", .document = "000",
	  .claim = "While the writer still maps it, another process sees all "
		   "ten records; after it unmaps, only five (the rest read as "
		   "zero).",
	  .run = records_seen, .varies = true,
	  .reference = "mmap(2), NOTES: the rest of the last page is zeroed "
		       "when mapped and is not written out; POSIX mmap()",
	  .why = "Reader and writer share the page of the page cache, with "
		 "what was stored behind the end of the file. That rest is not "
		 "cleared by munmap: it is cleared when the kernel writes the "
		 "page back or reads the file anew, whenever that is. On "
		 "tmpfs, which never writes back, it stays as long as the "
		 "page. The documents' second output came seconds later." },
	{ .id = NULL },
};
