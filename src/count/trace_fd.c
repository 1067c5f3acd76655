/* Finds the object behind a descriptor of a tracee. */
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "count/guess.h"
#include "count/trace.h"

#ifndef CGROUP2_SUPER_MAGIC
#define CGROUP2_SUPER_MAGIC 0x63677270
#endif
#ifndef MQUEUE_MAGIC
#define MQUEUE_MAGIC 0x19800202
#endif

struct files *files_new(void)
{
	struct files *f = calloc(1, sizeof(*f));

	if (!f)
		abort();
	f->refs = 1;
	files_forget(f, 0, FD_CACHE);
	return f;
}

void files_put(struct files *f)
{
	if (--f->refs == 0)
		free(f);
}

void files_forget(struct files *f, unsigned int from, unsigned int to)
{
	for (unsigned int i = from; i <= to && i < FD_CACHE; i++)
		f->entry[i].in = f->entry[i].out = FD_UNKNOWN;
}

struct look {
	char path[48];  /* of the descriptor, in /proc */
	char name[400]; /* of the object behind it */
	struct stat st;
};

static bool look_at(struct look *l, pid_t tid, int fd)
{
	ssize_t n;

	snprintf(l->path, sizeof(l->path), "/proc/%d/fd/%d", (int)tid, fd);
	if (stat(l->path, &l->st) < 0)
		return false;
	n = readlink(l->path, l->name, sizeof(l->name) - 1);
	l->name[n > 0 ? n : 0] = '\0';
	return true;
}

/*
 * True if the kernel makes up the text of a file. Such a file is an end only if
 * the user names it.
 */
static bool is_made_up(const struct statfs *fs)
{
	return fs->f_type == PROC_SUPER_MAGIC || fs->f_type == SYSFS_MAGIC ||
	       fs->f_type == CGROUP_SUPER_MAGIC ||
	       fs->f_type == CGROUP2_SUPER_MAGIC;
}

static int regular_file(struct tracer *t, const struct look *l)
{
	bool memfd = strncmp(l->name, "/memfd:", 7) == 0;
	struct statfs fs = { 0 };
	char key[80];
	int object;

	trace_file_key(key, sizeof(key), l->st.st_dev, l->st.st_ino);
	if (statfs(l->path, &fs) == 0 && fs.f_type == MQUEUE_MAGIC)
		return ledger_object(t->ledger, LEDGER_MQUEUE, key, l->name,
				     "message queue", 0);
	if (memfd)
		return ledger_object(t->ledger, LEDGER_SHARED, key, l->name,
				     "memfd", 0);
	object = ledger_object(t->ledger, LEDGER_FILE, key, l->name, "file", 0);
	if (is_made_up(&fs) || guess_is_settings(l->name))
		ledger_aside(t->ledger, object);
	return object;
}

static int pipe_end(struct tracer *t, const struct look *l)
{
	bool fifo = strncmp(l->name, "pipe:", 5) != 0;
	char key[80], name[40];

	snprintf(key, sizeof(key), "pipe:%" PRIu64 ":%" PRIu64,
		 (uint64_t)l->st.st_dev, (uint64_t)l->st.st_ino);
	snprintf(name, sizeof(name), "pipe %" PRIu64, (uint64_t)l->st.st_ino);
	return ledger_object(t->ledger, fifo ? LEDGER_FIFO : LEDGER_PIPE, key,
			     fifo ? l->name : name, fifo ? "FIFO" : "pipe", 0);
}

#define NULL_DEVICE makedev(1, 3)

static int device(struct tracer *t, const struct look *l)
{
	char key[80];
	int object;

	snprintf(key, sizeof(key), "device:%c:%u:%u",
		 S_ISCHR(l->st.st_mode) ? 'c' : 'b', major(l->st.st_rdev),
		 minor(l->st.st_rdev));
	object = ledger_object(t->ledger, LEDGER_DEVICE, key, l->name, "device",
			       0);
	if (S_ISCHR(l->st.st_mode) && l->st.st_rdev == NULL_DEVICE)
		t->null_object = object;
	return object;
}

/*
 * The object of any other descriptor. The process and the number are part of
 * its key, since all eventfds, timers and similar objects have the same inode.
 */
static int other(struct tracer *t, const struct task *p, int fd,
		 const struct look *l)
{
	char key[80];

	snprintf(key, sizeof(key), "other:%d:%d:%" PRIu64, (int)p->process->pid,
		 fd, (uint64_t)l->st.st_ino);
	return ledger_object(t->ledger, LEDGER_OTHER, key, l->name, "", 0);
}

/*
 * True if reads and writes bypass the page cache: the descriptor has O_DIRECT,
 * and the file is not on tmpfs.
 */
static bool is_direct(const struct task *p, int fd, const struct look *l)
{
	char path[48], text[256], *flags;
	struct statfs fs = { 0 };

	if (statfs(l->path, &fs) < 0 || fs.f_type == TMPFS_MAGIC)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)p->tracee.tid,
		 fd);
	if (!fd_read_text(path, text, sizeof(text)))
		return false;
	flags = strstr(text, "flags:");
	return flags && strtoul(flags + 6, NULL, 8) & O_DIRECT;
}

/*
 * Notes a doubt if the file is the memory of a process. Only the file offset
 * tells which bytes are moved, and the tracer does not follow offsets.
 */
static void doubt_memory(struct tracer *t, const struct task *p,
			 const struct look *l)
{
	size_t len = strlen(l->name);

	if (strncmp(l->name, "/proc/", 6) != 0 || len < 4 ||
	    strcmp(l->name + len - 4, "/mem") != 0)
		return;
	mm_object(t, p->mm);
	trace_doubt(t, p->mm,
		    "the process %s uses the file %.100s; bytes that go "
		    "through it are not followed",
		    p->mm->name, l->name);
}

#define LOOP_MAJOR 7

/* A device may pass its bytes on, and the tracer does not see where they go. */
static void doubt_device(struct tracer *t, const struct look *l)
{
	char text[300];

	if (S_ISBLK(l->st.st_mode) && major(l->st.st_rdev) == LOOP_MAJOR)
		snprintf(text, sizeof(text),
			 "the file %.100s is a loop device: bytes between it "
			 "and its backing file are not followed",
			 l->name);
	else if (strcmp(l->name, "/dev/ptmx") == 0 ||
		 strncmp(l->name, "/dev/pts/", 9) == 0)
		snprintf(text, sizeof(text),
			 "the file %.100s is a pseudo-terminal: bytes between "
			 "its two ends are not followed",
			 l->name);
	else
		return;
	ledger_doubt(t->ledger, LEDGER_IF_NO_PATH, text);
}

static struct fd_entry identify(struct tracer *t, const struct task *p, int fd,
				bool *keep)
{
	struct fd_entry none = { .in = FD_NONE, .out = FD_NONE }, e = none;
	struct look l;

	*keep = true;
	if (fd < 0 || !look_at(&l, p->tracee.tid, fd))
		return none;
	if (S_ISSOCK(l.st.st_mode)) {
		e = trace_socket(t, p, fd, l.st.st_ino);
		*keep = e.in != FD_NONE && e.out != FD_NONE;
		return e;
	}
	if (S_ISREG(l.st.st_mode)) {
		e.in = regular_file(t, &l);
		doubt_memory(t, p, &l);
		e.direct = is_direct(p, fd, &l);
		/* look again next time: fcntl may switch O_DIRECT off */
		*keep = !e.direct;
	} else if (S_ISFIFO(l.st.st_mode)) {
		e.in = pipe_end(t, &l);
	} else if (S_ISCHR(l.st.st_mode) || S_ISBLK(l.st.st_mode)) {
		e.in = device(t, &l);
		doubt_device(t, &l);
	} else {
		e.in = other(t, p, fd, &l);
	}
	e.out = e.in;
	return e;
}

struct fd_entry trace_fd(struct tracer *t, const struct task *p, int fd)
{
	struct fd_entry *e =
		fd >= 0 && fd < FD_CACHE ? &p->files->entry[fd] : NULL;
	struct fd_entry now;
	bool keep;

	if (e && e->in != FD_UNKNOWN)
		return *e;
	now = identify(t, p, fd, &keep);
	if (e && keep && now.in != FD_NONE)
		*e = now;
	return now;
}
