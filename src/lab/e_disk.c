/* E3 to E6: when what was stored reaches a disk, and what msync does. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "lab/disk.h"

/* lab: E3 E4 E5 E6 */
static char *map_shared(struct lab *l, int fd)
{
	char *p = mmap(NULL, lab_page(), PROT_READ | PROT_WRITE, MAP_SHARED,
		       fd, 0);

	lab_need(l, p != MAP_FAILED, "mmap");
	return p;
}
/* lab: end */

static const char *disk_words(const struct lab_disk *d, int written)
{
	if (d->image < 0)
		return written ? "the page is clean, it has been written back"
			       : "the page is dirty, it has not been written "
				 "back";
	return written ? "the disk has it" : "the disk does not have it";
}

static void check_disk(struct lab *l, const struct lab_disk *d, const char *p,
		       const char *text, bool claimed, const char *when)
{
	int written = lab_written(l, d, p, text);

	if (written >= 0)
		lab_check(l, written == claimed, "%s: %s", when,
			  disk_words(d, written));
}

/* lab: E3 */
static void read_then_fsync(struct lab_side *writer, void *fd)
{
	char seen[5] = "";

	lab_await(writer); /* it has stored */
	lab_need(lab_of(writer), pread(*(int *)fd, seen, 4, 0) == 4, "pread");
	lab_tell(writer, seen, sizeof(seen));
	lab_await(writer); /* it has stored again */
	lab_need(lab_of(writer), fsync(*(int *)fd) == 0, "fsync");
	lab_pass(writer);
}

static void when_it_arrives(struct lab *l)
{
	struct lab_disk d;
	char *p, seen[5];
	int fd;
	struct lab_side *other;

	lab_disk(l, &d);
	fd = lab_disk_file(l, &d, "old0", lab_page());
	other = lab_fork(l, read_then_fsync, &fd);
	p = map_shared(l, fd);
	memcpy(p, "new1", 4);
	lab_pass(other);
	lab_hear(other, seen, sizeof(seen));
	lab_check(l, strcmp(seen, "new1") != 0,
		  "\"new1\" is stored over \"old0\", no msync, no munmap yet: "
		  "another process's read() finds \"%s\"", seen);
	check_disk(l, &d, p, "new1", false, "at that moment");

	lab_need(l, munmap(p, lab_page()) == 0, "munmap");
	p = map_shared(l, fd);
	lab_see(l, "mapped once more after munmap, it holds \"%.4s\"", p);
	check_disk(l, &d, p, "new1", true, "after munmap");

	memcpy(p, "new2", 4);
	lab_need(l, msync(p, lab_page(), MS_SYNC) == 0, "msync");
	check_disk(l, &d, p, "new2", true, "\"new2\" stored, after msync");

	memcpy(p, "new3", 4);
	lab_pass(other);
	lab_await(other);
	check_disk(l, &d, p, "new3", false, "\"new3\" stored, no msync, no "
		   "munmap, but another process has called fsync");
}
/* lab: end */

/* lab: E4 */
enum { TRIES = 21 };

/* One store and one msync of it, timed. */
static double msync_us(struct lab *l, char *p, const char *text, int flags)
{
	int64_t t0_ns;

	memcpy(p, text, 4);
	t0_ns = clock_ns();
	lab_need(l, msync(p, lab_page(), flags) == 0, "msync");
	return (double)(clock_ns() - t0_ns) / 1000;
}
/* lab: end */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v)
{
	qsort(v, TRIES, sizeof(*v), by_size);
	return v[TRIES / 2];
}

static void see_time_without_disk(struct lab *l)
{
	double sync[TRIES], async[TRIES];
	int fd = lab_tmpfs_file(l, lab_page(), NULL);
	char *p;

	if (fd < 0)
		return;
	p = map_shared(l, fd);
	for (int i = 0; i < TRIES; i++) {
		async[i] = msync_us(l, p, "some", MS_ASYNC);
		sync[i] = msync_us(l, p, "more", MS_SYNC);
	}
	lab_see(l, "tmpfs, for contrast: MS_ASYNC takes %.1f us and MS_SYNC "
		"%.1f us, there is no disk to wait for", median(async),
		median(sync));
}

/* lab: E4 */
static void wait_or_not(struct lab *l)
{
	double sync[TRIES], async[TRIES];
	long dirty, taken[3];
	int after_async, after_sync;
	struct lab_disk d;
	char *p;

	lab_disk(l, &d);
	p = map_shared(l, lab_disk_file(l, &d, "old0", lab_page()));
	taken[0] = lab_disk_taken(l, &d);
	msync_us(l, p, "new1", MS_ASYNC);
	taken[1] = lab_disk_taken(l, &d);
	after_async = lab_written(l, &d, p, "new1");
	dirty = lab_dirty(p);
	msync_us(l, p, "new2", MS_SYNC);
	taken[2] = lab_disk_taken(l, &d);
	after_sync = lab_written(l, &d, p, "new2");
	if (after_sync < 0)
		lab_cannot(l, "no file system with a disk under it is at hand, "
			      "or nothing tells what reaches it");
	for (int i = 0; i < TRIES; i++) {
		async[i] = msync_us(l, p, "some", MS_ASYNC);
		sync[i] = msync_us(l, p, "more", MS_SYNC);
	}
	if (taken[0] >= 0)
		lab_see(l, "during MS_ASYNC the device was given %ld bytes to "
			"write, during MS_SYNC %ld", taken[1] - taken[0],
			taken[2] - taken[1]);
	lab_check(l, after_sync == 1, "when MS_SYNC returns: %s",
		  disk_words(&d, after_sync));
	lab_check(l, median(async) < median(sync),
		  "of %d tries each, the median of MS_ASYNC is %.1f us, of "
		  "MS_SYNC %.1f us: %.0f times as long", TRIES, median(async),
		  median(sync), median(sync) / median(async));
	lab_limit(l, after_async == 0, "when MS_ASYNC returns: %s",
		  disk_words(&d, after_async));
	lab_limit(l, dirty > 0, "and by /proc/self/smaps %ld bytes are dirty: "
		  "%s", dirty, dirty > 0 ? "no write was even begun"
					 : "a write was begun");
}
/* lab: end */

static void async_and_sync(struct lab *l)
{
	wait_or_not(l);
	see_time_without_disk(l);
}

/* lab: E5 */
static bool in_cache(struct lab *l, char *p)
{
	unsigned char resident;

	lab_need(l, mincore(p, lab_page(), &resident) == 0, "mincore");
	return resident & 1;
}

static void invalidate(struct lab *l)
{
	struct lab_disk d;
	char *p;
	int fd;

	lab_disk(l, &d);
	fd = lab_disk_file(l, &d, "old0", lab_page());
	if (d.blind)
		lab_cannot(l, "without a disk under it, the page in memory is "
			      "the file and no copy of it");
	p = map_shared(l, fd);
	lab_need(l, pwrite(fd, "new1", 4, 0) == 4, "pwrite");
	lab_see(l, "write() puts \"new1\" into the file; the mapping, with no "
		"msync yet, holds \"%.4s\"", p);
	lab_need(l, fsync(fd) == 0, "fsync");

	if (d.image >= 0) /* change the disk behind the kernel's back */
		lab_need(l, pwrite(d.image, "disk", 4,
				   lab_disk_find(l, &d, "new1")) == 4,
			 "pwrite to the image");
	lab_need(l, msync(p, lab_page(), MS_SYNC | MS_INVALIDATE) == 0,
		 "msync with MS_INVALIDATE");
	lab_check(l, !in_cache(l, p), "after MS_INVALIDATE, mincore finds the "
		  "page %s", in_cache(l, p) ? "in memory still"
					    : "gone from memory");
	if (d.image < 0)
		return;
	lab_check(l, !memcmp(p, "disk", 4), "the disk was changed to \"disk\" "
		  "behind the kernel's back; after MS_INVALIDATE the mapping "
		  "holds \"%.4s\"", p);
	munmap(p, lab_page());
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	lab_see(l, "after munmap and posix_fadvise with POSIX_FADV_DONTNEED: "
		"\"%.4s\"", map_shared(l, fd));
}
/* lab: end */

/* The one thing that the flag does on Linux. */
static void see_locked(struct lab *l)
{
	char *p = map_shared(l, lab_file(l, lab_page(), NULL));

	if (mlock(p, lab_page()) < 0)
		return;
	errno = 0;
	msync(p, lab_page(), MS_INVALIDATE);
	lab_see(l, "MS_INVALIDATE of a page that mlock holds in memory: %s",
		lab_errno(errno));
}

static void invalidation(struct lab *l)
{
	invalidate(l);
	see_locked(l);
}

/* lab: E6 */
static int msync_errno(char *p, int flags)
{
	return msync(p, lab_page(), flags) < 0 ? errno : 0;
}

static void one_of_the_two(struct lab *l)
{
	char *p = map_shared(l, lab_file(l, lab_page(), NULL));
	int async = msync_errno(p, MS_ASYNC), sync = msync_errno(p, MS_SYNC);
	int both = msync_errno(p, MS_ASYNC | MS_SYNC);
	int neither = msync_errno(p, 0);

	lab_check(l, both == EINVAL && !async && !sync,
		  "both: %s; MS_ASYNC: %s; MS_SYNC: %s", lab_errno(both),
		  lab_errno(async), lab_errno(sync));
	lab_limit(l, !neither, "neither: %s", lab_errno(neither));
	lab_see(l, "MS_INVALIDATE alone: %s",
		lab_errno(msync_errno(p, MS_INVALIDATE)));
}
/* lab: end */

const struct experiment lab_e_disk[] = {
	{ .id = "E3", .document = "000",
	  .claim = "Changes reach the disk file only at munmap or msync.",
	  .run = when_it_arrives,
	  .reference = "mmap(2), MAP_SHARED; msync(2); POSIX mmap(): write "
		       "references to a shared mapping change the object",
	  .why = "Two things are called the file here. What read() returns is "
		 "the page cache, and a shared mapping is that same page: it "
		 "changes with the store. What is on the disk follows when the "
		 "kernel writes the page back: after some seconds, when memory "
		 "is short, or when anybody calls fsync or sync. munmap waits "
		 "for nothing and starts nothing. msync with MS_SYNC is how to "
		 "be sure." },
	{ .id = "E4", .document = "002 003",
	  .claim = "MS_ASYNC returns at once, MS_SYNC waits for the write.",
	  .run = async_and_sync,
	  .reference = "msync(2), NOTES: since Linux 2.6.19, MS_ASYNC is in "
		       "fact a no-op",
	  .why = "MS_SYNC writes and waits. MS_ASYNC returns at once because "
		 "it does nothing: the kernel knows which pages are dirty and "
		 "writes them back in its own time, whether it is asked or "
		 "not. Nothing is queued by that call, as one of the documents "
		 "has it; to start a write without waiting there is "
		 "sync_file_range(2)." },
	{ .id = "E5", .document = "002 003",
	  .claim = "MS_INVALIDATE makes cached copies stale, so that later "
		   "reads come from the file.",
	  .run = invalidation,
	  .reference = "msync(2), MS_INVALIDATE and EBUSY; POSIX msync()",
	  .why = "The flag is for systems where a mapping and the file are two "
		 "copies that can differ. On Linux there is one page cache for "
		 "both, so no copy is ever stale, and the call leaves all as "
		 "it is. All it does is to refuse, with EBUSY, where memory is "
		 "locked. To drop pages there is posix_fadvise(2)." },
	{ .id = "E6", .document = "003",
	  .claim = "One of MS_ASYNC and MS_SYNC must be given, and not both.",
	  .run = one_of_the_two,
	  .reference = "msync(2), EINVAL and NOTES; POSIX msync()",
	  .why = "POSIX wants one of them, and both are refused. Neither is "
		 "taken by Linux for MS_ASYNC, that is, for nothing to do; "
		 "other systems refuse it. So portable programs give one." },
	{ .id = NULL },
};
