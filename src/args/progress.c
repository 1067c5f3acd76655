/* A progress bar on the terminal, for copies that take some time. */
#include "args/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/size.h"
#include "base/utf8.h"
#include "copy/session.h"

#define PATIENCE_NS (500 * MS_IN_NS) /* shorter copies need no bar */
#define REDRAW_NS   (100 * MS_IN_NS)
#define BAR_LEAST   10
#define BAR_MOST    40

/* The state of the bar. A process has one at most. */
static struct {
	bool on;
	char label[40];
	int64_t t0_ns, drawn_ns; /* t0_ns is 0 before the first report */
	uint64_t bytes_at_t0;
	int columns; /* width of the line that is drawn now */
} bar;

/* --- the line ------------------------------------------------------------- */

static void put_left(char *buf, size_t size, double s)
{
	if (s < 3600)
		snprintf(buf, size, "%d:%02d", (int)s / 60, (int)s % 60);
	else if (s < 360000)
		snprintf(buf, size, "%d:%02d:%02d", (int)s / 3600,
			 (int)s / 60 % 60, (int)s % 60);
	else
		snprintf(buf, size, "long");
}

/*
 * Writes " 45% 230.4 MiB 2.7 GiB/s 0:12 left", without the numbers that are not
 * known. Columns have a fixed width, so that nothing moves on the screen.
 */
static void put_figures(const struct progress_state *s, char *buf, size_t size)
{
	double rate =
		s->ns > 0 ? (double)s->moved_bytes * 1e9 / (double)s->ns : 0;
	bool known = s->all_bytes != COPY_LENGTH_UNKNOWN && s->all_bytes > 0;
	char part[24] = "", done[24], speed[24], left[24];

	size_human((double)s->done_bytes, done, sizeof(done));
	if (known && s->done_bytes == s->all_bytes) {
		/*
		 * the file is being checked, flushed and put in place: a rate
		 * would mean nothing
		 */
		snprintf(buf, size, "100%%  %10s  finishing", done);
		return;
	}
	if (known)
		snprintf(part, sizeof(part), "%3.0f%%  ",
			 100.0 * (double)s->done_bytes / (double)s->all_bytes);
	snprintf(buf, size, "%s%10s  %10s/s", part, done,
		 size_human(rate, speed, sizeof(speed)));
	if (!known || rate <= 0)
		return;
	put_left(left, sizeof(left),
		 (double)(s->all_bytes - s->done_bytes) / rate);
	snprintf(buf + strlen(buf), size - strlen(buf), "  %7s left", left);
}

static void put_bar(char *buf, int columns, double part)
{
	int full = (int)(part * (columns - 2));

	buf[0] = '[';
	memset(buf + 1, '=', (size_t)full);
	memset(buf + 1 + full, ' ', (size_t)(columns - 2 - full));
	buf[columns - 1] = ']';
	buf[columns] = '\0';
}

void progress_line(const struct progress_state *s, char *line, int width)
{
	char figures[80], drawn[BAR_MOST + 1];
	int label = (int)utf8_width(s->label), room;
	bool known = s->all_bytes != COPY_LENGTH_UNKNOWN && s->all_bytes > 0;

	put_figures(s, figures, sizeof(figures));
	room = width - (int)strlen(figures) - label - 4;
	if (room > BAR_MOST)
		room = BAR_MOST;
	if (known && room >= BAR_LEAST) {
		put_bar(drawn, room,
			(double)s->done_bytes / (double)s->all_bytes);
		snprintf(line, PROGRESS_LINE_MAX, "%s  %s  %s", s->label, drawn,
			 figures);
	} else if (room >= -2) {
		snprintf(line, PROGRESS_LINE_MAX, "%s  %s", s->label, figures);
	} else {
		snprintf(line, PROGRESS_LINE_MAX, "%.*s", width, figures);
	}
}

/* --- the terminal --------------------------------------------------------- */

/* The last column stays free: if it is filled, some terminals wrap the line. */
static int terminal_width(void)
{
	struct winsize ws;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &ws) < 0 || ws.ws_col == 0 ||
	    ws.ws_col > 80)
		return 79;
	return ws.ws_col - 1;
}

/*
 * Overwrites the old line with spaces. Escape sequences could erase it, but not
 * every terminal knows them.
 */
static void put_line(const char *line)
{
	char out[2 * PROGRESS_LINE_MAX + 8];
	int columns = (int)utf8_width(line);
	int len = snprintf(out, sizeof(out), "\r%s%*s%s", line,
			   columns < bar.columns ? bar.columns - columns : 0,
			   "", columns ? "" : "\r");

	if (write(STDERR_FILENO, out, (size_t)len) < 0)
		bar.on = false;
	bar.columns = columns;
}

void progress_begin(const char *label, bool quiet)
{
	memset(&bar, 0, sizeof(bar));
	bar.on = !quiet && isatty(STDERR_FILENO);
	snprintf(bar.label, sizeof(bar.label), "%.30s", label);
}

void progress_show(void *unused, uint64_t done_bytes, uint64_t all_bytes)
{
	int64_t now_ns = clock_ns();
	char line[PROGRESS_LINE_MAX];

	(void)unused;
	if (!bar.on)
		return;
	if (!bar.t0_ns) {
		bar.t0_ns = now_ns;
		bar.bytes_at_t0 = done_bytes;
	}
	if (now_ns - bar.t0_ns < PATIENCE_NS ||
	    now_ns - bar.drawn_ns < REDRAW_NS)
		return;
	if (done_bytes > all_bytes)
		done_bytes = all_bytes;
	if (done_bytes < bar.bytes_at_t0)
		bar.bytes_at_t0 = done_bytes;
	bar.drawn_ns = now_ns;
	progress_line(
		&(struct progress_state){
			.label = bar.label,
			.done_bytes = done_bytes,
			.all_bytes = all_bytes,
			.moved_bytes = done_bytes - bar.bytes_at_t0,
			.ns = now_ns - bar.t0_ns,
		},
		line, terminal_width());
	put_line(line);
}

void progress_text(const char *line, bool now)
{
	char cut[PROGRESS_LINE_MAX];
	int64_t now_ns = clock_ns();

	if (!bar.on || (!now && now_ns - bar.drawn_ns < REDRAW_NS))
		return;
	bar.drawn_ns = now_ns;
	snprintf(cut, sizeof(cut), "%.*s", terminal_width(), line);
	put_line(cut);
}

void progress_hide(void)
{
	if (bar.on && bar.columns > 0)
		put_line("");
}

void progress_end(void)
{
	progress_hide();
	bar.on = false;
}
