/* The folder of a run. A file that is replaced is never left half written. */
#include "measure/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "measure/sample.h"

#define SAMPLES "samples.csv"

static int path_of(const struct meas_folder *run, const char *name, char *path,
		   size_t size, struct err *e)
{
	if (snprintf(path, size, "%s/%s", run->dir, name) < (int)size)
		return 0;
	return err_say(e, ENAMETOOLONG,
		       "the name of the run's folder is too long: %.100s",
		       run->dir);
}

/* The number of entries of a folder, or -errno. */
static int entries_of(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	int entries = 0;

	if (!d)
		return -errno;
	while ((entry = readdir(d)))
		entries += strcmp(entry->d_name, ".") != 0 &&
			   strcmp(entry->d_name, "..") != 0;
	closedir(d);
	return entries;
}

static int refuse_entries(const char *dir, struct err *e)
{
	char samples[PATH_MAX];

	snprintf(samples, sizeof(samples), "%.3000s/" SAMPLES, dir);
	if (access(samples, F_OK) == 0)
		return err_say(e, EINVAL,
			       "the folder %.200s is not empty: it has a run; "
			       "name another folder with --output, or continue "
			       "the run with --resume",
			       dir);
	return err_say(e, EINVAL,
		       "the folder %.200s is not empty, and has no run; name "
		       "another folder with --output",
		       dir);
}

static int make_dir(const char *dir, struct err *e)
{
	int entries;

	if (mkdir(dir, 0777) == 0)
		return 0;
	if (errno != EEXIST)
		return err_file(e, errno, "cannot make the folder %.200s", dir);
	entries = entries_of(dir);
	if (entries == 0)
		return 0;
	if (entries > 0)
		return refuse_entries(dir, e);
	if (entries == -ENOTDIR)
		return err_say(e, EINVAL,
			       "the file %.200s is not a folder; name a new "
			       "folder with --output",
			       dir);
	return err_file(e, entries, "cannot read the folder %.200s", dir);
}

/* Without a lock, two ipcopy processes would mix their lines. */
static int lock(const struct meas_folder *run, struct err *e)
{
	if (flock(run->samples_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return err_say(e, EBUSY,
			       "another ipcopy is measuring in %.200s; wait "
			       "until it has ended",
			       run->dir);
	return err_sys(e, "%.200s/" SAMPLES, run->dir);
}

static int open_samples(struct meas_folder *run, int flags, struct err *e)
{
	char path[PATH_MAX];
	int rc = path_of(run, SAMPLES, path, sizeof(path), e);

	if (rc < 0)
		return rc;
	run->samples_fd =
		open(path, flags | O_RDWR | O_CLOEXEC | O_APPEND, 0666);
	if (run->samples_fd < 0)
		return err_file(e, errno, "%.200s", path);
	return lock(run, e);
}

static int set_dir(struct meas_folder *run, const char *dir, struct err *e)
{
	size_t len = strlen(dir);

	while (len > 1 && dir[len - 1] == '/')
		len--;
	if (len + 32 > sizeof(run->dir))
		return err_say(e, ENAMETOOLONG,
			       "the name of the run's folder is too long: "
			       "%.100s",
			       dir);
	snprintf(run->dir, sizeof(run->dir), "%.*s", (int)len, dir);
	return 0;
}

static int begin_samples(struct meas_folder *run, struct err *e)
{
	char *header = meas_sample_header();
	int rc = header ? meas_folder_append(run, header, e)
			: err_say(e, ENOMEM, "out of memory");

	free(header);
	return rc;
}

int meas_folder_create(struct meas_folder *run, const char *dir, struct err *e)
{
	int rc = set_dir(run, dir, e);

	if (rc == 0)
		rc = make_dir(run->dir, e);
	if (rc == 0)
		rc = open_samples(run, O_CREAT | O_EXCL, e);
	return rc < 0 ? rc : begin_samples(run, e);
}

/* Sets run->len_bytes to the length of all whole lines. */
static int whole_lines(struct meas_folder *run, int64_t all, struct err *e)
{
	char text[4096];

	for (run->len_bytes = all; run->len_bytes > 0;) {
		int64_t from = run->len_bytes > (int64_t)sizeof(text)
				       ? run->len_bytes - (int64_t)sizeof(text)
				       : 0;
		ssize_t n = pread(run->samples_fd, text,
				  (size_t)(run->len_bytes - from), from);
		char *end = n > 0 ? memrchr(text, '\n', (size_t)n) : NULL;

		if (n <= 0)
			return err_sys(e, "%.200s/" SAMPLES, run->dir);
		run->len_bytes = end ? from + (end - text) + 1 : from;
		if (end)
			break;
	}
	return 0;
}

int meas_folder_open(struct meas_folder *run, const char *dir,
		     int64_t *cut_bytes, struct err *e)
{
	struct stat st;
	int rc = set_dir(run, dir, e);

	*cut_bytes = 0;
	if (rc == 0)
		rc = open_samples(run, 0, e);
	if (rc == 0 && fstat(run->samples_fd, &st) < 0)
		rc = err_sys(e, "%.200s/" SAMPLES, run->dir);
	if (rc == 0)
		rc = whole_lines(run, st.st_size, e);
	if (rc < 0)
		return rc;
	*cut_bytes = st.st_size - run->len_bytes;
	rc = *cut_bytes ? meas_folder_cut(run, run->len_bytes, e) : 0;
	/* ipcopy was killed before it had written the first line */
	if (rc == 0 && run->len_bytes == 0)
		rc = begin_samples(run, e);
	return rc;
}

int meas_folder_cut(struct meas_folder *run, int64_t len_bytes, struct err *e)
{
	if (ftruncate(run->samples_fd, len_bytes) < 0)
		return err_sys(e, "%.200s/" SAMPLES, run->dir);
	run->len_bytes = len_bytes;
	return 0;
}

int meas_folder_append(struct meas_folder *run, const char *lines,
		       struct err *e)
{
	size_t len = strlen(lines);
	int rc = fd_write_all(run->samples_fd, lines, len);

	if (rc == 0) {
		run->len_bytes += (int64_t)len;
		return 0;
	}
	if (ftruncate(run->samples_fd, run->len_bytes) < 0)
		return err_sys(e,
			       "cannot cut %.200s/" SAMPLES
			       " back to its last whole line",
			       run->dir);
	return err_code(e, rc, "%.200s/" SAMPLES, run->dir);
}

void meas_folder_sync(const struct meas_folder *run)
{
	/* a failure is ignored: a crash of the machine may then lose samples */
	if (fdatasync(run->samples_fd) < 0)
		return;
}

static int put_at(const char *path, const char *part, const char *text,
		  struct err *e)
{
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int rc = 0;

	if (fd < 0)
		return err_sys(e, "%.200s", part);
	rc = fd_write_all(fd, text, strlen(text));
	if (rc < 0)
		err_code(e, rc, "%.200s", path);
	else if (fsync(fd) < 0 && errno != EINVAL)
		rc = err_sys(e, "%.200s", path);
	fd_close(&fd);
	if (rc == 0 && rename(part, path) < 0)
		rc = err_sys(e, "%.200s", path);
	if (rc < 0)
		unlink(part);
	return rc;
}

int meas_folder_put(const struct meas_folder *run, const char *name,
		    const char *text, struct err *e)
{
	char path[PATH_MAX], part[PATH_MAX + 8];
	int rc = path_of(run, name, path, sizeof(path), e);

	if (rc < 0)
		return rc;
	snprintf(part, sizeof(part), "%s.part", path);
	return put_at(path, part, text, e);
}

int meas_folder_put_json(const struct meas_folder *run, const char *name,
			 const json_t *json, struct err *e)
{
	char *text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;
	int rc;

	if (!text)
		return err_say(e, ENOMEM, "out of memory for %s", name);
	rc = meas_folder_put(run, name, text, e);
	free(text);
	return rc;
}

char *meas_folder_get(const struct meas_folder *run, const char *name,
		      struct err *e)
{
	char path[PATH_MAX], *text = NULL;
	struct stat st;
	ssize_t n = -1;
	int fd;

	if (path_of(run, name, path, sizeof(path), e) < 0)
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0) {
		err_file(e, errno, "%.200s", path);
		fd_close(&fd);
		return NULL;
	}
	text = malloc((size_t)st.st_size + 1);
	if (text)
		n = fd_read_full(fd, text, (size_t)st.st_size);
	fd_close(&fd);
	if (n < 0) {
		err_code(e, text ? (int)n : -ENOMEM, "%.200s", path);
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
}

void meas_folder_close(struct meas_folder *run)
{
	fd_close(&run->samples_fd);
}
