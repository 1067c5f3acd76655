/* C1 and C2: ten records through the mapping of a file sized for five. */
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
struct sight {
	int written, zero; /* of the ten records: as stored, or all 0 */
};

/* The documents' reader: maps the file by its name and looks at all ten. */
static void look(struct lab_side *writer, void *path)
{
	static const struct person nobody;
	struct sight s = { 0, 0 };
	struct person *p = mmap(NULL, MAPPED * sizeof(*p), PROT_READ,
				MAP_SHARED, open(path, O_RDWR), 0);

	lab_need(lab_of(writer), p != MAP_FAILED, "mmap");
	for (int i = 0; i < MAPPED; i++) {
		s.written += p[i].name[0] == 'b' + i && p[i].age == 20 + i;
		s.zero += !memcmp(&p[i], &nobody, sizeof(nobody));
	}
	lab_tell(writer, &s, sizeof(s));
}

static struct sight run_reader(struct lab *l, char *path)
{
	struct lab_side *reader = lab_fork(l, look, path);
	struct sight s;

	lab_hear(reader, &s, sizeof(s));
	lab_join(reader);
	return s;
}

/* At the right moment, at the wrong one, and later. */
static void run_reader_thrice(struct lab *l, int fd, char *path,
			      struct sight s[3])
{
	struct person *p = write_ten(l, fd);

	s[0] = run_reader(l, path);
	lab_need(l, munmap(p, MAPPED * sizeof(*p)) == 0, "munmap");
	s[1] = run_reader(l, path);
	lab_need(l, fsync(fd) == 0, "fsync");
	s[2] = run_reader(l, path);
	lab_see(l, "%s: the reader sees %d records while they are mapped, %d "
		   "after munmap, %d after fsync", lab_fs(l, fd), s[0].written,
		s[1].written, s[2].written);
}

static bool only_five(struct sight s)
{
	return s.written == IN_FILE && s.zero == MAPPED - IN_FILE;
}

static void records_seen(struct lab *l)
{
	size_t five = IN_FILE * sizeof(struct person);
	char path[LAB_PATH_MAX];
	struct sight s[3];
	int fd = lab_file(l, five, path);

	run_reader_thrice(l, fd, path, s);
	lab_check(l, s[0].written == MAPPED, "while mapped: %d of ten",
		  s[0].written);
	lab_check(l, only_five(s[1]) || only_five(s[2]),
		  "in the end: %d of ten, and %d of zeros", s[2].written,
		  s[2].zero);
	lab_limit(l, !only_five(s[1]), "right after munmap it is %d still: "
		  "what decides is when the page is written back",
		  s[1].written);
	fd = lab_tmpfs_file(l, five, path);
	if (fd < 0)
		return;
	run_reader_thrice(l, fd, path, s);
	lab_limit(l, !only_five(s[2]), "on tmpfs, for contrast, %d to the end",
		  s[2].written);
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
