/* For what is said of writing back: a disk that can be looked into. */
#ifndef LAB_DISK_H
#define LAB_DISK_H

#include "lab/lab.h"

/*
 * A file system of our own on a loop device: what arrives at that device can
 * be read in its image, behind the back of the file system and its cache.
 * Neither has a name: the image is unlinked, and the file system is mounted
 * nowhere. Both end with the last process that has them open, killed or not.
 */
struct lab_disk {
	int image;  /* what the disk holds; -1: there is no such disk */
	int root;   /* the root directory of the file system on it */
	bool blind; /* nor is there any disk under the file that was made */
	char device[40]; /* "/dev/loop0" */
};

/*
 * Where there can be none, a lab_see says why, and the functions below make
 * do with ordinary files and what the kernel says of them.
 */
void lab_disk(struct lab *l, struct lab_disk *d);

/* A file that begins with `text`, zeros behind, all written to its disk. */
int lab_disk_file(struct lab *l, struct lab_disk *d, const char *text,
		  size_t size);

/* Where on the disk a block begins with this text; -1: nowhere. */
off_t lab_disk_find(struct lab *l, const struct lab_disk *d, const char *text);

/* How many bytes the device has been given so far; -1 where it does not say. */
long lab_disk_taken(struct lab *l, const struct lab_disk *d);

/*
 * Is `text`, which was stored at p, the beginning of the file's mapping, on
 * its disk? Looks there, or else whether the kernel counts the page as
 * changed. -1: that cannot be seen here.
 */
int lab_written(struct lab *l, const struct lab_disk *d, const void *p,
		const char *text);

/*
 * How many bytes of this process's mapping at p are changed and not written
 * back, by /proc/self/smaps; -1 where that does not say.
 */
long lab_dirty(const void *p);

#endif
