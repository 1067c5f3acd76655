/* D1 to D4: which mappings a descriptor allows, by how it was opened. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab/lab.h"

/* lab: D1 D2 D3 D4 */
enum { R = PROT_READ, W = PROT_WRITE };
/* lab: end */

/* Makes a file of one page and returns its name. */
static const char *new_page(struct lab *l)
{
	static char path[LAB_PATH_MAX];

	close(lab_file(l, lab_page(), path));
	return path;
}

/* lab: D1 D2 D3 */
/* The errno of mapping the file after opening it in this way, or 0. */
static int open_and_map_errno(struct lab *l, const char *path, int open_flags,
			      int prot, int map_flags)
{
	int fd = open(path, open_flags | O_CLOEXEC);

	lab_need(l, fd >= 0, "open");
	return lab_map_errno(mmap(NULL, lab_page(), prot, map_flags, fd, 0));
}
/* lab: end */

/* lab: D1 */
static void read_only_shared_write(struct lab *l)
{
	const char *path = new_page(l);
	int code = open_and_map_errno(l, path, O_RDONLY, R | W, MAP_SHARED),
	    other;

	lab_check(l, code == EINVAL,
		  "O_RDONLY, then PROT_READ | PROT_WRITE with MAP_SHARED: %s",
		  lab_errno(code));
	other = open_and_map_errno(l, path, O_RDWR, R | W, MAP_SHARED);
	lab_see(l, "the same with a descriptor opened with O_RDWR: %s",
		lab_errno(other));
}
/* lab: end */

/* lab: D2 */
static void write_only(struct lab *l)
{
	const char *path = new_page(l);
	int both = open_and_map_errno(l, path, O_RDWR, W, MAP_SHARED);
	int shared = open_and_map_errno(l, path, O_WRONLY, W, MAP_SHARED);
	int private = open_and_map_errno(l, path, O_WRONLY, W, MAP_PRIVATE);

	if (both)
		lab_cannot(l,
			   "PROT_WRITE alone is refused even with O_RDWR: %s",
			   lab_errno(both));
	lab_check(l, shared && private,
		  "O_WRONLY and PROT_WRITE alone: %s "
		  "with MAP_SHARED, %s with MAP_PRIVATE; with O_RDWR: %s",
		  lab_errno(shared), lab_errno(private), lab_errno(both));
	lab_see(l, "even PROT_NONE with an O_WRONLY descriptor: %s",
		lab_errno(open_and_map_errno(l, path, O_WRONLY, PROT_NONE,
					     MAP_SHARED)));
}
/* lab: end */

/* Shows whether a descriptor for reading allows PROT_EXEC. */
static void see_exec(struct lab *l, const char *path)
{
	int code = open_and_map_errno(l, path, O_RDONLY, R | PROT_EXEC,
				      MAP_SHARED);

	lab_see(l,
		"open gives no right to execute; PROT_EXEC with an O_RDONLY "
		"descriptor: %s",
		lab_errno(code));
}

/* lab: D3 */
/* Maps for reading only and asks mprotect for more. Returns the errno or 0. */
static int protect_errno(struct lab *l, const char *path, int flags, int prot)
{
	char *p = lab_mapped(
		l, mmap(NULL, lab_page(), R, MAP_SHARED, open(path, flags), 0));

	return mprotect(p, lab_page(), prot) < 0 ? errno : 0;
}

static void at_most_those_of_open(struct lab *l)
{
	const char *path = new_page(l);
	int r, rw, later_r, later_rw;

	r = open_and_map_errno(l, path, O_RDONLY, R | W, MAP_SHARED);
	rw = open_and_map_errno(l, path, O_RDWR, R | W, MAP_SHARED);
	lab_check(l, r && !rw,
		  "mmap for reading and writing: %s with an "
		  "O_RDONLY descriptor, %s with an O_RDWR one",
		  lab_errno(r), lab_errno(rw));
	later_r = protect_errno(l, path, O_RDONLY, R | W);
	later_rw = protect_errno(l, path, O_RDWR, R | W);
	lab_check(
		l, later_r && !later_rw,
		"mapped for reading, then mprotect to add writing: %s with an "
		"O_RDONLY descriptor, %s with an O_RDWR one",
		lab_errno(later_r), lab_errno(later_rw));
	see_exec(l, path);
}
/* lab: end */

/* lab: D4 */
static void private_needs_reading_only(struct lab *l)
{
	char path[LAB_PATH_MAX], in_file[4] = "";
	int file = lab_file(l, lab_page(), path), fd;
	struct lab_fault f;
	char *p;

	lab_need(l, pwrite(file, "old", 3, 0) == 3, "pwrite");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	p = mmap(NULL, lab_page(), R | W, MAP_PRIVATE, fd, 0);
	if (!lab_check(l, p != MAP_FAILED,
		       "O_RDONLY, then PROT_READ | "
		       "PROT_WRITE with MAP_PRIVATE: %s",
		       lab_errno(lab_map_errno(p))))
		return;
	f = lab_touch(l, p, LAB_STORE);
	lab_check(l, !f.sig, "a store there: %s", lab_fault_words(l, f, p));
	memcpy(p, "new", 3);
	lab_need(l, pread(file, in_file, 3, 0) == 3, "pread");
	lab_check(l, !memcmp(p, "new", 3) && !strcmp(in_file, "old"),
		  "after storing \"new\" the mapping holds \"%.3s\", the file "
		  "holds \"%s\"",
		  p, in_file);
}
/* lab: end */

const struct experiment lab_d_permission[] = {
	{ .id = "D1",
	  .document = "001",
	  .claim = "If a file is opened read-only and mapped shared for "
		   "writing, mmap fails with EINVAL.",
	  .run = read_only_shared_write,
	  .reference = "mmap(2), EACCES; POSIX mmap(), EACCES",
	  .why = "The call is refused, but with EACCES, permission denied. "
		 "EINVAL means that a call is malformed, such as a length of "
		 "0. This call is well formed; it asks for more than the "
		 "descriptor allows. Root gets the same answer, because the "
		 "mode of the descriptor counts and not the user." },
	{ .id = "D2",
	  .document = "001",
	  .claim = "Mapping needs read permission on the descriptor even to "
		   "write: O_WRONLY fails.",
	  .run = write_only,
	  .reference = "mmap(2), EACCES: fd is not open for reading; POSIX "
		       "mmap()",
	  .why = "A store changes one byte, and the rest of the page must be "
		 "what the file holds. So the kernel has to read the page "
		 "first. Besides, few processors can allow writing to a page "
		 "and forbid reading it. On all others a process that could "
		 "write to the page could also read it." },
	{ .id = "D3",
	  .document = "001",
	  .claim = "For MAP_SHARED the mapping's permissions are at most those "
		   "of open.",
	  .run = at_most_those_of_open,
	  .reference = "mmap(2), EACCES; mprotect(2), EACCES",
	  .why = "A store into a shared mapping changes the file. So the "
		 "mapping must not allow what write(2) on the descriptor would "
		 "refuse. The kernel remembers the limit as long as the "
		 "mapping exists. mprotect cannot exceed it, even after the "
		 "descriptor was closed." },
	{ .id = "D4",
	  .document = "001",
	  .claim = "MAP_PRIVATE with read and write needs only a read-only "
		   "descriptor.",
	  .run = private_needs_reading_only,
	  .reference = "mmap(2), MAP_PRIVATE; POSIX mmap()",
	  .why = "A store into a private mapping first copies the page and "
		 "then changes the copy. The file itself is only read, so a "
		 "descriptor for reading is enough. Programs are loaded in "
		 "this way: their data is a private, writable mapping of a "
		 "file that they are not allowed to write." },
	{ .id = NULL },
};
