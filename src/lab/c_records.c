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
struct sight {
	int written, zero; /* of the ten records: as they were stored, all 0 */
};

enum { MAPPED_STILL, UNMAPPED, SYNCED, VISITS };

struct visits {
	const char *path;
	struct sight sight[VISITS];
};

/* The documents' reader: maps the file by its name and looks at all ten. */
static struct sight look(struct lab *l, const char *path)
{
	static const struct person nobody;
	struct sight s = { 0, 0 };
	size_t len = MAPPED * sizeof(struct person);
	int fd = open(path, O_RDWR);
	struct person *p = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);

	lab_need(l, p != MAP_FAILED, "mmap");
	for (int i = 0; i < MAPPED; i++) {
		s.written += p[i].name[0] == 'b' + i && p[i].age == 20 + i;
		s.zero += !memcmp(&p[i], &nobody, sizeof(nobody));
	}
	munmap(p, len);
	close(fd);
	return s;
}

static void read_records(struct lab_side *writer, void *arg)
{
	struct visits *v = arg;

	for (int i = 0; i < VISITS; i++) {
		lab_await(writer);
		v->sight[i] = look(lab_of(writer), v->path);
		lab_tell(writer, &v->sight[i], sizeof(v->sight[i]));
	}
}

static struct visits write_and_be_read(struct lab *l, int fd, const char *path)
{
	struct visits v = { .path = path };
	struct lab_side *reader = lab_fork(l, read_records, &v);
	struct person *p = write_ten(l, fd);

	for (int i = 0; i < VISITS; i++) {
		if (i == UNMAPPED)
			lab_need(l, munmap(p, MAPPED * sizeof(*p)) == 0,
				 "munmap");
		if (i == SYNCED)
			lab_need(l, fsync(fd) == 0, "fsync");
		lab_pass(reader);
		lab_hear(reader, &v.sight[i], sizeof(v.sight[i]));
	}
	return v;
}

static bool five_and_zeros(struct sight s)
{
	return s.written == IN_FILE && s.zero == MAPPED - IN_FILE;
}

static void records_seen(struct lab *l)
{
	size_t five = IN_FILE * sizeof(struct person);
	char path[LAB_PATH_MAX];
	int fd = lab_file(l, five, path);
	struct visits v = write_and_be_read(l, fd, path);
	const struct sight *s = v.sight;
	bool at_unmap = five_and_zeros(s[UNMAPPED]);
	bool later = five_and_zeros(s[SYNCED]);

	lab_check(l, s[MAPPED_STILL].written == MAPPED,
		  "%s: while the writer maps the file, the reader sees %d "
		  "records", lab_fs(l, fd), s[MAPPED_STILL].written);
	lab_check(l, at_unmap || later,
		  "after munmap it sees %d and %d of zeros, after fsync %d "
		  "and %d", s[UNMAPPED].written, s[UNMAPPED].zero,
		  s[SYNCED].written, s[SYNCED].zero);
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
	lab_limit(l, !five_and_zeros(s[SYNCED]),
		  "tmpfs, for contrast: while mapped %d, after munmap %d, "
		  "after fsync %d", s[MAPPED_STILL].written,
		  s[UNMAPPED].written, s[SYNCED].written);
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
