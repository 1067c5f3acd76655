/*
 * A disk whose blocks can be read, and how many bytes of a mapping the kernel
 * counts as dirty.
 */
#include "lab/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"
#include "lab/inside.h"

#define DISK_SIZE  (8 << 20)
#define DISK_BLOCK 4096
#define LOOP_TRIES 20 /* another process may take the free device first */

/* --- making the disk ------------------------------------------------------ */

/*
 * Makes a file system that writes nothing by itself: it has no journal and
 * leaves no work for later.
 */
static void become_mke2fs(const char *image)
{
	static const char *const at[] = { "/usr/sbin/mke2fs", "/sbin/mke2fs",
					  "mke2fs" };
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd <= 2; fd++)
		dup2(null, fd);
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		execlp(at[i], "mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096",
		       "-O", "^has_journal", "-E",
		       "lazy_itable_init=0,nodiscard", image, (char *)NULL);
	_exit(127);
}

/* NULL, or the reason why there is no file system. */
static const char *make_fs(const char *image)
{
	struct err e = { 0 };
	int pidfd = -1, status = -1;
	pid_t pid = proc_fork(&pidfd, &e);

	if (pid < 0)
		return "no process can be made";
	if (pid == 0)
		become_mke2fs(image);
	fd_close(&pidfd);
	proc_wait(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return "mke2fs is not installed";
	return status ? "mke2fs fails" : NULL;
}

/*
 * LO_FLAGS_AUTOCLEAR: the device is freed when it is closed for the last time.
 */
static int attach_image(int control, int image, char *name, size_t size)
{
	struct loop_config config = {
		.fd = (unsigned)image,
		.info = { .lo_flags = LO_FLAGS_AUTOCLEAR },
	};
	int number = ioctl(control, LOOP_CTL_GET_FREE), fd;

	if (number < 0)
		return -1;
	snprintf(name, size, "/dev/loop%d", number);
	fd = open(name, O_RDWR | O_CLOEXEC);
	if (fd >= 0 && ioctl(fd, LOOP_CONFIGURE, &config) < 0) {
		int code = errno;

		fd_close(&fd);
		errno = code;
	}
	return fd;
}

static int attach_some(int image, char *name, size_t size)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), fd = -1;
	int code;

	if (control < 0)
		return -1;
	for (int i = 0; i < LOOP_TRIES; i++) {
		fd = attach_image(control, image, name, size);
		if (fd >= 0 || errno != EBUSY)
			break;
	}
	code = errno;
	fd_close(&control);
	errno = code;
	return fd;
}

/* Mounts without a directory. The mount ends when its descriptor is closed. */
static int mount_nowhere(const char *device)
{
	int fs = fsopen("ext4", FSOPEN_CLOEXEC), mnt = -1, code;

	if (fs < 0)
		return -1;
	if (fsconfig(fs, FSCONFIG_SET_STRING, "source", device, 0) == 0 &&
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		mnt = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOATIME);
	code = errno;
	fd_close(&fs);
	errno = code;
	return mnt;
}

static void see_none(struct lab *l, const char *what, const char *why)
{
	lab_see(l, "the lab cannot make a disk of its own here: %s: %s", what,
		why);
}

/* Makes the disk. False: it cannot be made, and a lab_see says why. */
static bool build(struct lab *l, struct lab_disk *d, const char *path)
{
	const char *why = make_fs(path);
	int loop;

	unlink(path);
	if (why) {
		see_none(l, "no file system can be made", why);
		return false;
	}
	snprintf(d->device, sizeof(d->device), "/dev/loop-control");
	loop = attach_some(d->image, d->device, sizeof(d->device));
	if (loop < 0) {
		see_none(l, d->device, strerror(errno));
		return false;
	}
	d->root = mount_nowhere(d->device);
	if (d->root < 0)
		see_none(l, "mounting ext4", strerror(errno));
	/* the mount keeps the device; without a mount the device is freed */
	fd_close(&loop);
	return d->root >= 0;
}

void lab_disk(struct lab *l, struct lab_disk *d)
{
	char path[LAB_PATH_MAX];

	*d = (struct lab_disk){ .image = -1, .root = -1 };
	lab_hide(l);
	if (geteuid() != 0) {
		see_none(l, "only root may mount", strerror(EPERM));
	} else {
		d->image = lab_file(l, DISK_SIZE, path);
		lab_hide(l); /* lab_file has shown the calls again */
		if (!build(l, d, path))
			fd_close(&d->image);
	}
	if (d->image >= 0)
		lab_see(l,
			"the file is on ext4 on a loop device, whose image "
			"is a file on %s",
			lab_fs(l, d->image));
	lab_show(l);
}

/* --- files on the disk ---------------------------------------------------- */

static bool in_memory(const char *fs)
{
	return !strcmp(fs, "tmpfs") || !strcmp(fs, "ramfs");
}

static int make_image(struct lab *l, struct lab_disk *d)
{
	int fd;

	if (d->image < 0) {
		fd = lab_file(l, 0, NULL);
		lab_hide(l);
		d->blind = in_memory(lab_fs(l, fd));
		lab_see(l, "the file is on %s%s", lab_fs(l, fd),
			d->blind ? ", which has no disk" : "");
		return fd;
	}
	fd = openat(d->root, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	lab_need(l, fd >= 0, "open on the loop device");
	return fd;
}

int lab_disk_file(struct lab *l, struct lab_disk *d, const char *text,
		  size_t size)
{
	static const char zeros[DISK_BLOCK];
	size_t len = strlen(text), now;
	int fd, rc;

	lab_hide(l);
	fd = make_image(l, d);
	/* write all blocks now, so that each has its place on the disk */
	rc = fd_write_all(fd, text, len);
	for (; rc == 0 && len < size; len += now) {
		now = size - len < sizeof(zeros) ? size - len : sizeof(zeros);
		rc = fd_write_all(fd, zeros, now);
	}
	if (rc < 0 || fsync(fd) < 0)
		lab_cannot(l, "no file of %zu bytes can be written: %s", size,
			   strerror(rc < 0 ? -rc : errno));
	lab_show(l);
	return fd;
}

off_t lab_disk_find(struct lab *l, const struct lab_disk *d, const char *text)
{
	static char block[DISK_BLOCK];
	off_t at = 0, found = -1;

	lab_hide(l);
	for (; found < 0 && at < DISK_SIZE; at += DISK_BLOCK)
		if (pread(d->image, block, sizeof(block), at) ==
			    (ssize_t)sizeof(block) &&
		    !memcmp(block, text, strlen(text)))
			found = at;
	lab_show(l);
	return found;
}

long lab_disk_taken(struct lab *l, const struct lab_disk *d)
{
	char path[80], text[300] = "";
	long sectors = -1;

	if (d->image < 0)
		return -1;
	lab_hide(l);
	/*
	 * the seventh field counts the sectors of 512 bytes that were written
	 */
	snprintf(path, sizeof(path), "/sys/block/%s/stat",
		 strrchr(d->device, '/') + 1);
	if (!fd_read_text(path, text, sizeof(text)) ||
	    sscanf(text, "%*d %*d %*d %*d %*d %*d %ld", &sectors) != 1)
		sectors = -1;
	lab_show(l);
	return sectors < 0 ? -1 : sectors * 512;
}

int lab_written(struct lab *l, const struct lab_disk *d, const void *p,
		const char *text)
{
	long dirty;

	if (d->blind)
		return -1;
	if (d->image >= 0)
		return lab_disk_find(l, d, text) >= 0;
	lab_hide(l);
	dirty = lab_dirty(p);
	lab_show(l);
	return dirty < 0 ? -1 : dirty == 0;
}

/* --- dirty pages ---------------------------------------------------------- */

/*
 * True if a line of smaps begins a mapping. Then *inside says whether p lies in
 * it.
 */
static bool begins_mapping(const char *line, const void *p, bool *inside)
{
	unsigned long start, end;

	if (sscanf(line, "%lx-%lx ", &start, &end) != 2)
		return false;
	*inside = (unsigned long)p >= start && (unsigned long)p < end;
	return true;
}

long lab_dirty(const void *p)
{
	FILE *smaps = fopen("/proc/self/smaps", "re");
	bool inside = false;
	char line[600];
	long dirty = -1, kib;

	while (smaps && fgets(line, sizeof(line), smaps)) {
		if (begins_mapping(line, p, &inside) || !inside)
			continue;
		if (sscanf(line, "Shared_Dirty: %ld", &kib) == 1 ||
		    sscanf(line, "Private_Dirty: %ld", &kib) == 1)
			dirty = (dirty < 0 ? 0 : dirty) + kib * 1024;
	}
	if (smaps)
		fclose(smaps);
	return dirty;
}
