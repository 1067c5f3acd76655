/*
 * C1 and C2: ten records are stored through the mapping of a file that has room
 * for five.
 */
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
enum { FIVE = 5 * sizeof(struct person), TEN = 10 * sizeof(struct person) };

/*
 * Maps room for ten records over a file that has room for five, and stores all
 * ten, as the writer program in the documents does.
 */
static struct person *write_ten(struct lab *l, int fd)
{
	struct person *p = lab_mapped(
		l, mmap(NULL, TEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));

	for (int i = 0; i < 10; i++)
		p[i] = (struct person){ { (char)('b' + i) }, 20 + i };
	return p;
}
/* lab: end */

static int size_of(struct lab *l, int fd)
{
	struct stat st;

	lab_need(l, fstat(fd, &st) == 0, "fstat");
	return (int)st.st_size;
}

/* lab: C1 */
static void size_stays(struct lab *l) /* size_of: fstat's st_size */
{
	int fd = lab_file(l, FIVE, NULL), mapped, after;
	struct person *p = write_ten(l, fd), back[10];
	ssize_t got;

	mapped = size_of(l, fd);
	lab_need(l, munmap(p, TEN) == 0, "munmap");
	after = size_of(l, fd);
	lab_check(
		l, mapped == FIVE && after == FIVE,
		"a file of %d bytes has %d bytes after ten records are stored "
		"in its mapping, and %d bytes after munmap",
		FIVE, mapped, after);
	got = pread(fd, back, TEN, 0);
	lab_check(l, got == FIVE,
		  "reading ten records from the file gives %zd bytes: %zd "
		  "records",
		  got, got / (ssize_t)sizeof(struct person));
}
/* lab: end */

struct sight {
	/*
	 * how many of the ten records were found as stored, and how many had
	 * only bytes of 0
	 */
	int found, zero;
};

static struct sight count(const struct person *p)
{
	static const struct person nobody;
	struct sight s = { 0, 0 };

	for (int i = 0; i < 10; i++) {
		s.found += p[i].name[0] == 'b' + i && p[i].age == 20 + i;
		s.zero += !memcmp(&p[i], &nobody, sizeof(nobody));
	}
	return s;
}

/* lab: C2 */
/*
 * run_reader forks a process for this function. count() tells how many records
 * are as stored, and how many are all zeros.
 */
static void read_records(struct lab_side *writer, void *path)
{
	struct person *p =
		mmap(NULL, TEN, PROT_READ, MAP_SHARED, open(path, O_RDWR), 0);
	struct sight s = count(lab_mapped(lab_of(writer), p));

	lab_tell(writer, &s, sizeof(s));
}
/* lab: end */

static struct sight run_reader(struct lab *l, char *path)
{
	struct lab_side *reader = lab_fork(l, read_records, path);
	struct sight s;

	lab_hear(reader, &s, sizeof(s));
	lab_join(reader);
	return s;
}

static void see_thrice(struct lab *l, int fd, const struct sight s[3])
{
	lab_see(l,
		"on %s, the reader sees %d records while they are mapped, %d "
		"after munmap, %d after fsync",
		lab_fs(l, fd), s[0].found, s[1].found, s[2].found);
}

static bool only_five(struct sight s)
{
	return s.found == 5 && s.zero == 5;
}

/* lab: C2 */
static void read_thrice(struct lab *l, int fd, char *path, struct sight s[3])
{
	struct person *p = write_ten(l, fd);

	s[0] = run_reader(l, path);
	lab_need(l, munmap(p, TEN) == 0, "munmap");
	s[1] = run_reader(l, path);
	lab_need(l, fsync(fd) == 0, "fsync");
	s[2] = run_reader(l, path);
}

static void check_sights(struct lab *l, const struct sight s[3])
{
	lab_check(l, s[0].found == 10,
		  "while the records are mapped, the reader sees %d of ten",
		  s[0].found);
	lab_check(l, only_five(s[1]) || only_five(s[2]),
		  "in the end the reader sees %d of ten records as stored, and "
		  "%d as zeros",
		  s[2].found, s[2].zero);
}
/* lab: end */

/* Looks at the records in the usual directory and, for contrast, on tmpfs. */
static void records_seen(struct lab *l)
{
	char path[LAB_PATH_MAX];
	struct sight s[3];
	int fd = lab_file(l, FIVE, path);

	read_thrice(l, fd, path, s);
	see_thrice(l, fd, s);
	check_sights(l, s);
	lab_limit(l, !only_five(s[1]),
		  "right after munmap the reader sees %d records: "
		  "their number depends on when the page is written back",
		  s[1].found);
	fd = lab_tmpfs_file(l, FIVE, path);
	if (fd < 0)
		return;
	read_thrice(l, fd, path, s);
	see_thrice(l, fd, s);
	lab_limit(l, !only_five(s[2]),
		  "on tmpfs, for contrast, the reader sees %d records even "
		  "after fsync",
		  s[2].found);
}

const struct experiment lab_c_records[] = {
	{ .id = "C1",
	  .document = "000",
	  .claim = "A mapping cannot change the file's size: ten records "
		   "written through the mapping of a file sized for five leave "
		   "a file of five.",
	  .run = size_stays,
	  .reference = "mmap(2), NOTES: the size of the file is not changed; "
		       "POSIX mmap()",
	  .why = "The size of a file is a number in its inode. A store into "
		 "memory makes no system call, so it cannot change that "
		 "number. Only calls such as write and ftruncate do. The last "
		 "five records went into the last page of the mapping, but "
		 "behind the end of the file." },
	{ .id = "C2",
	  .document = "000",
	  .claim = "While the writer has the file mapped, another process "
		   "sees all ten records; after the writer has unmapped it, "
		   "only five (the rest read as zero).",
	  .run = records_seen,
	  .varies = true,
	  .reference = "mmap(2), NOTES: the rest of the last page is zeroed "
		       "when mapped and is not written out; POSIX mmap()",
	  .why = "Reader and writer share the page of the page cache, "
		 "including the bytes behind the end of the file. munmap does "
		 "not clear these bytes. They are cleared when the kernel "
		 "writes the page back, or when it reads the file again; "
		 "without fsync nobody knows when that is. tmpfs never writes "
		 "back, so there these bytes stay as long as the page. In the "
		 "note the reader looks again some seconds later. By then the "
		 "kernel may have cleared the bytes." },
	{ .id = NULL },
};
