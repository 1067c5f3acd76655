/*
 * Makes files and names for experiments, and notes them, so that none stays
 * behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/place.h"
#include "lab/inside.h"

/* Some versions of <linux/magic.h> lack these. */
#define XFS_MAGIC   0x58465342
#define FUSE_MAGIC  0x65735546
#define ZFS_MAGIC   0x2fc12fc1
#define NINEP_MAGIC 0x01021997

static const struct {
	unsigned long magic;
	const char *name;
} file_systems[] = {
	{ EXT4_SUPER_MAGIC, "ext4" },
	{ XFS_MAGIC, "xfs" },
	{ BTRFS_SUPER_MAGIC, "btrfs" },
	{ TMPFS_MAGIC, "tmpfs" },
	{ OVERLAYFS_SUPER_MAGIC, "overlayfs" },
	{ F2FS_SUPER_MAGIC, "f2fs" },
	{ NFS_SUPER_MAGIC, "nfs" },
	{ FUSE_MAGIC, "fuse" },
	{ ZFS_MAGIC, "zfs" },
	{ RAMFS_MAGIC, "ramfs" },
	{ NINEP_MAGIC, "9p" },
};

static unsigned long magic_of(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 ? (unsigned long)fs.f_type : 0;
}

const char *lab_fs(struct lab *l, int fd)
{
	unsigned long magic = magic_of(fd);
	char *words;

	for (size_t i = 0; i < sizeof(file_systems) / sizeof(file_systems[0]);
	     i++)
		if (file_systems[i].magic == magic)
			return file_systems[i].name;
	words = lab_word(l);
	snprintf(words, sizeof(l->words[0]), "file system 0x%lx", magic);
	return words;
}

static void note_name(struct lab *l, enum lease_kind kind, const char *name)
{
	struct err e = { 0 };

	if (lease_note(&l->lease, kind, name, &e) < 0)
		lab_cannot(l, "%s", e.text);
}

static void name_in(struct lab *l, const char *dir, char name[LAB_PATH_MAX])
{
	char unique[64];

	lease_unique(unique, sizeof(unique), "lab");
	if (snprintf(name, LAB_PATH_MAX, "%s/%s", dir, unique) >= LAB_PATH_MAX)
		lab_cannot(l, "the path of the directory %.40s… is too long",
			   dir);
}

void lab_name(struct lab *l, enum lease_kind kind, char name[LAB_PATH_MAX])
{
	lab_hide(l);
	name_in(l, kind == LEASE_PATH ? place_temp() : "", name);
	note_name(l, kind, name);
	lab_show(l);
}

static int make_sized_file(struct lab *l, const char *dir, size_t size,
			   char *path)
{
	char own[LAB_PATH_MAX];
	int fd;

	lab_hide(l);
	path = path ? path : own;
	name_in(l, dir, path);
	note_name(l, LEASE_PATH, path);
	lab_show(l);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0 && ftruncate(fd, (off_t)size) < 0)
		fd_close(&fd);
	return fd;
}

int lab_file(struct lab *l, size_t size, char path[LAB_PATH_MAX])
{
	int fd = make_sized_file(l, place_temp(), size, path);

	if (fd < 0)
		lab_cannot(l, "no file can be made in %s: %s", place_temp(),
			   strerror(errno));
	return fd;
}

int lab_tmpfs_file(struct lab *l, size_t size, char path[LAB_PATH_MAX])
{
	int fd = make_sized_file(l, "/dev/shm", size, path);

	if (fd < 0)
		lab_see(l, "no file can be made in /dev/shm: %s",
			strerror(errno));
	else if (magic_of(fd) != TMPFS_MAGIC) {
		lab_see(l, "/dev/shm is not a tmpfs here but %s",
			lab_fs(l, fd));
		fd_close(&fd);
	}
	return fd;
}
