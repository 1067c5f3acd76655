/* A disk on which an experiment sees whether changes have been written back. */
#ifndef LAB_DISK_H
#define LAB_DISK_H

#include "lab/lab.h"

/*
 * A file system of our own on a loop device. The image of the device shows
 * which bytes have reached the device. Reading the image goes around the file
 * system and its cache. The image is unlinked, and the file system is mounted
 * nowhere, so both disappear when the last process that has them open ends,
 * even if it is killed.
 */
struct lab_disk {
	int image; /* the contents of the disk; -1: there is no such disk */
	int root;  /* root directory of the file system */
	/*
	 * there is no image, and ordinary files lie in memory, so nothing shows
	 * what was written back
	 */
	bool blind;
	char device[40]; /* "/dev/loop0" */
};

/*
 * Makes the disk. If that is not possible, a lab_see says why. Then
 * lab_disk_file makes an ordinary file, and lab_written asks the kernel for
 * dirty pages.
 */
void lab_disk(struct lab *l, struct lab_disk *d);

/*
 * Makes a file that begins with `text` and goes on with zeros, and writes all
 * of it to the disk.
 */
int lab_disk_file(struct lab *l, struct lab_disk *d, const char *text,
		  size_t size);

/*
 * The offset on the disk at which a block begins with this text; -1: there is
 * no such block. Only for our own disk.
 */
off_t lab_disk_find(struct lab *l, const struct lab_disk *d, const char *text);

/* The bytes written to the device so far; -1: that is not known. */
long lab_disk_taken(struct lab *l, const struct lab_disk *d);

/*
 * `text` was stored at p, where the file's mapping begins. 1: the disk has it;
 * 0: not yet; -1: that cannot be seen here. Without our own disk, the kernel is
 * asked whether any page of the mapping is dirty.
 */
int lab_written(struct lab *l, const struct lab_disk *d, const void *p,
		const char *text);

/*
 * The number of dirty bytes in the mapping at p, as /proc/self/smaps says; -1:
 * smaps does not say.
 */
long lab_dirty(const void *p);

#endif
