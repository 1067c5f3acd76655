/* Runs gnuplot: takes a figure's program and returns a picture's bytes. */
#include "figure/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/library.h"
#include "base/markup.h"
#include "base/proc.h"

const char *const gnuplot_format_names[] = { "svg", "png", "pdf", NULL };

/* --- calling -------------------------------------------------------------- */

/* Files in memory: the program, the picture, and gnuplot's messages. */
enum { FD_PROGRAM, FD_PICTURE, FD_SAID, FDS };

#define NO_GNUPLOT 127

/* Without first_day.c a PDF would contain the time when it was drawn. */
static void stop_the_clock(void)
{
	const char *before = getenv("LD_PRELOAD");
	char library[3000], list[8192];

	setenv("TZ", "UTC", 1);
	if (!library_find(library, sizeof(library),
			  "src/figure/ipcopy-first-day.so") ||
	    !library_can_be_preloaded(library))
		return;
	snprintf(list, sizeof(list), "%s%s%s", library, before ? ":" : "",
		 before ? before : "");
	setenv("LD_PRELOAD", list, 1);
}

__attribute__((noreturn)) static void become_gnuplot(const int *fd)
{
	int picture = fcntl(fd[FD_PICTURE], F_DUPFD, 10);

	/* gnuplot writes the picture to descriptor 3 */
	if (dup2(fd[FD_PROGRAM], STDIN_FILENO) < 0 ||
	    dup2(fd[FD_SAID], STDOUT_FILENO) < 0 ||
	    dup2(fd[FD_SAID], STDERR_FILENO) < 0 || dup2(picture, 3) < 0)
		_exit(126);
	close(picture);
	setenv("LC_ALL", "C.UTF-8", 1);
	stop_the_clock();
	/* -d: do not read the user's gnuplotrc, which could change figures */
	execlp("gnuplot", "gnuplot", "-d", (char *)NULL);
	_exit(NO_GNUPLOT);
}

static int write_program(int fd, const struct figure_program *p,
			 enum gnuplot_format kind, struct err *e)
{
	if (dprintf(fd, "fmt = '%s'\nout = '/dev/fd/3'\n",
		    gnuplot_format_names[kind]) < 0 ||
	    dprintf(fd, "%s", p->text) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, "cannot write the commands for gnuplot");
	return 0;
}

static int open_files(int *fd, struct err *e)
{
	for (int i = 0; i < FDS; i++) {
		fd[i] = memfd_create("ipcopy-plot", MFD_CLOEXEC);
		if (fd[i] < 0)
			return err_sys(e, "memfd_create");
	}
	return 0;
}

static int read_file(int fd, char **bytes, size_t *size, struct err *e)
{
	struct stat st;
	ssize_t got;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "fstat");
	*size = (size_t)st.st_size;
	*bytes = malloc(*size + 1);
	if (!*bytes)
		return err_code(e, ENOMEM, "cannot read gnuplot's picture");
	got = pread(fd, *bytes, *size, 0);
	if (got != (ssize_t)*size)
		return err_sys(e, "cannot read gnuplot's picture");
	(*bytes)[*size] = '\0';
	return 0;
}

/* The last line of gnuplot's output that is not empty says what is wrong. */
static int complain(int fd, int status, struct err *e)
{
	char said[4096], words[80], *line, *rest, *last = NULL;
	ssize_t n = pread(fd, said, sizeof(said) - 1, 0);

	said[n > 0 ? n : 0] = '\0';
	for (rest = said; (line = strtok_r(rest, "\n", &rest));)
		if (strspn(line, " \t^") < strlen(line))
			last = line;
	return err_say(e, EIO, "gnuplot %s%s%.200s",
		       proc_end_words(status, words, sizeof(words)),
		       last ? ": " : "", last ? last : "");
}

static int run_gnuplot(const int *fd, struct err *e)
{
	int pidfd = -1, status = 0;
	pid_t pid = proc_fork(&pidfd, e);

	if (pid < 0)
		return (int)pid;
	if (pid == 0)
		become_gnuplot(fd);
	proc_wait(pid, &status, 0);
	close(pidfd);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_GNUPLOT)
		return err_say(e, ENOENT,
			       "gnuplot is missing; install it with: apt-get "
			       "install gnuplot-nox");
	return status ? complain(fd[FD_SAID], status, e) : 0;
}

/* --- what it drew --------------------------------------------------------- */

static bool ends_with(const char *bytes, size_t size, const char *end,
		      size_t length)
{
	while (size > 0 && bytes[size - 1] == '\n')
		size--;
	return size >= length && !memcmp(bytes + size - length, end, length);
}

static bool is_whole(enum gnuplot_format kind, const char *bytes, size_t size)
{
	if (kind == GNUPLOT_SVG)
		return ends_with(bytes, size, "</svg>", 6);
	if (kind == GNUPLOT_PNG)
		return ends_with(bytes, size, "IEND\xae\x42\x60\x82", 8);
	return ends_with(bytes, size, "%%EOF", 5);
}

static const struct {
	const char *from, *to;
} svg_changes[] = {
	{ "font-family=\"Inter\"",
	  "font-family=\"Inter, Helvetica, Arial, 'Liberation Sans', "
	  "sans-serif\"" },
	{ "<title>Gnuplot</title>", NULL }, /* the finding */
};

/*
 * Makes the headline the title of an SVG, and names fonts for readers who lack
 * Inter.
 */
static int mend_svg(const struct figure_program *p, char **bytes, size_t *size,
		    struct err *e)
{
	char *mended = NULL, *at = *bytes;
	size_t mended_size;
	FILE *to = open_memstream(&mended, &mended_size);

	if (!to)
		return err_sys(e, "open_memstream");
	while (*at) {
		size_t n = strcspn(at + 1, "f<") + 1, c = 0;

		for (; c < 2; c++)
			if (!strncmp(at, svg_changes[c].from,
				     strlen(svg_changes[c].from)))
				break;
		if (c == 2) {
			fwrite(at, 1, n, to);
			at += n;
			continue;
		}
		at += strlen(svg_changes[c].from);
		if (svg_changes[c].to) {
			fputs(svg_changes[c].to, to);
		} else {
			fputs("<title>", to);
			markup_put(to, p->headline, MARKUP_IN_TEXT);
			fputs("</title>", to);
		}
	}
	if (fclose(to) != 0)
		return err_sys(e, "open_memstream");
	free(*bytes);
	*bytes = mended;
	*size = mended_size;
	return 0;
}

static int take_picture(const struct figure_program *p, const int *fd,
			enum gnuplot_format kind, char **bytes, size_t *size,
			struct err *e)
{
	int rc = read_file(fd[FD_PICTURE], bytes, size, e);

	if (rc < 0)
		return rc;
	if (!is_whole(kind, *bytes, *size))
		return complain(fd[FD_SAID], 0, e);
	return kind == GNUPLOT_SVG ? mend_svg(p, bytes, size, e) : 0;
}

int gnuplot_draw(const struct figure_program *p, enum gnuplot_format kind,
		 char **bytes, size_t *size, struct err *e)
{
	int fd[FDS] = { -1, -1, -1 }, rc;

	*bytes = NULL;
	*size = 0;
	rc = open_files(fd, e);
	if (rc == 0)
		rc = write_program(fd[FD_PROGRAM], p, kind, e);
	if (rc == 0)
		rc = run_gnuplot(fd, e);
	if (rc == 0)
		rc = take_picture(p, fd, kind, bytes, size, e);
	for (int i = 0; i < FDS; i++)
		fd_close(&fd[i]);
	if (rc < 0) {
		free(*bytes);
		*bytes = NULL;
	}
	return rc;
}
