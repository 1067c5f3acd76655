/* ipcopy plot: draws the figures of a run from its files. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "args/say.h"
#include "base/lease.h"
#include "base/stop.h"
#include "base/words.h"
#include "cli/commands.h"
#include "cli/put_file.h"
#include "figure/gnuplot.h"

#define FIGURES_MAX 16

struct plotting {
	const char *operand[OPERANDS_MAX];
	const char *output, *against;
	bool column, untitled, list;
	bool format[GNUPLOT_FORMATS + 1]; /* the last is gp */
	bool figure[FIGURES_MAX], any_figure;
	/* made from the members above */
	struct run run, other;
	bool have_other;
	char *folder; /* folder of the pictures */
};

static const char *const format_names[] = { "svg", "png", "pdf", "gp", NULL };

static const char *figure_name(size_t i, const void *unused)
{
	(void)unused;
	return figure_kinds[i].name;
}

/* --- options -------------------------------------------------------------- */

/* Calls `take` for each word between commas. */
static int each_word(const char *value, struct plotting *p, struct err *e,
		     int (*take)(const char *, struct plotting *, struct err *))
{
	char *copy = strdup(value), *rest = copy, *word;
	int rc = copy ? 0 : err_code(e, ENOMEM, "%s", value);

	while (rc == 0 && (word = strsep(&rest, ",")))
		rc = take(word, p, e);
	free(copy);
	return rc;
}

static int take_one_figure(const char *word, struct plotting *p, struct err *e)
{
	for (size_t i = 0; figure_kinds[i].name; i++) {
		if (strcmp(figure_kinds[i].name, word) != 0)
			continue;
		p->figure[i] = p->any_figure = true;
		return 0;
	}
	return words_refuse(e, "figure", word, figure_name, NULL);
}

static int take_one_format(const char *word, struct plotting *p, struct err *e)
{
	for (size_t i = 0; format_names[i]; i++) {
		if (strcmp(format_names[i], word) != 0)
			continue;
		p->format[i] = true;
		return 0;
	}
	return words_refuse(e, "--format", word, words_in_array, format_names);
}

/*
 * The table rows of the options --figure and --format have the offset 0, so
 * `field` is the whole struct plotting.
 */
static int take_figures(const struct opt *o, const char *value, void *field,
			struct err *e)
{
	(void)o;
	return each_word(value, field, e, take_one_figure);
}

static int take_formats(const struct opt *o, const char *value, void *field,
			struct err *e)
{
	(void)o;
	return each_word(value, field, e, take_one_format);
}

static const struct opt plot_opts[] = {
	{ .name = "figure",
	  .value = "NAME,...",
	  .take = take_figures,
	  .help = "draw only these figures; --list names all" },
	{ .name = "format",
	  .value = "FORMAT,...",
	  .take = take_formats,
	  .words = format_names,
	  .help = "svg (default), png, pdf, or gp: the commands for gnuplot "
		  "with the data in them" },
	OPTION("output", "DIR", opt_text, struct plotting, output,
	       "put the pictures into this folder (default RUN/plots)"),
	OPTION("against", "RUN2", opt_text, struct plotting, against,
	       "also draw the figure `compare`, which compares RUN with RUN2"),
	OPTION("column", NULL, opt_true, struct plotting, column,
	       "lay the figures out for a paper's column of 85 mm"),
	OPTION("no-title", NULL, opt_true, struct plotting, untitled,
	       "leave out the headlines, for a figure with a caption"),
	OPTION("list", NULL, opt_true, struct plotting, list,
	       "name the figures and draw nothing"),
	{ .name = NULL },
};

/* --- writing -------------------------------------------------------------- */

static int make_folder(const char *path, struct err *e)
{
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return err_file(e, errno, "cannot make the folder %s", path);
	return 0;
}

static int write_picture(const struct plotting *p, const char *name,
			 const char *extension, const char *bytes, size_t size,
			 struct err *e)
{
	char *path;
	int rc;

	if (asprintf(&path, "%s/%s%s.%s", p->folder, name,
		     p->column ? "-column" : "", extension) < 0)
		return err_code(e, ENOMEM, "%s", name);
	rc = put_file(path, bytes, size, e);
	if (rc == 0)
		printf("%s\n", path);
	free(path);
	return rc;
}

static int draw_formats(const struct plotting *p, const char *name,
			const struct figure_program *program, struct err *e)
{
	int rc = 0;

	for (int i = 0; i < GNUPLOT_FORMATS && rc == 0; i++) {
		char *bytes = NULL;
		size_t size = 0;

		if (!p->format[i])
			continue;
		rc = gnuplot_draw(program, (enum gnuplot_format)i, &bytes,
				  &size, e);
		if (rc == 0)
			rc = write_picture(p, name, gnuplot_format_names[i],
					   bytes, size, e);
		free(bytes);
	}
	if (rc == 0 && p->format[GNUPLOT_FORMATS])
		rc = write_picture(p, name, "gp", program->text,
				   strlen(program->text), e);
	return rc;
}

static int draw_one(const struct plotting *p, const struct figure_kind *k,
		    struct err *e)
{
	struct figure_wish wish = {
		.run = &p->run,
		.other = p->have_other ? &p->other : NULL,
		.column = p->column,
		.untitled = p->untitled,
	};
	struct figure_program program;
	int rc = figure_write(k, &wish, &program, e);

	if (rc == 0)
		rc = draw_formats(p, k->name, &program, e);
	if (rc == 0 && *program.left_out)
		say("the figure %s leaves out %s%s", k->name, program.left_out,
		    p->column ? "; they may have room without --column" : "");
	figure_program_free(&program);
	return rc;
}

/* --- figures -------------------------------------------------------------- */

static enum exit_code cannot_plot(int rc, const char *who, const struct err *e)
{
	say("%s%s%s", who, *who ? ": " : "", e->text);
	if (rc == -EINVAL)
		return EXIT_USAGE;
	return rc == -ENOENT ? EXIT_CANNOT : EXIT_FAILED;
}

/*
 * Draws the figures. If a figure has no data, this is an error if the user
 * asked for the figure. Otherwise a message names the figure, and the next one
 * is drawn.
 */
static enum exit_code draw_all(const struct plotting *p)
{
	for (size_t i = 0; figure_kinds[i].name; i++) {
		const struct figure_kind *k = &figure_kinds[i];
		struct err e = { 0 };
		int rc;

		if (p->any_figure && !p->figure[i])
			continue;
		if (!p->any_figure && k->draw == figure_compare &&
		    !p->have_other)
			continue;
		if (stop_requested())
			return say_interrupted();
		rc = draw_one(p, k, &e);
		/* gnuplot was interrupted, too, so it did not fail */
		if (rc < 0 && stop_requested())
			return say_interrupted();
		if (rc == -ENODATA && !p->any_figure)
			say("the figure %s is not drawn: %s", k->name, e.text);
		else if (rc < 0)
			return cannot_plot(rc, k->name, &e);
		say_flush();
	}
	return EXIT_WELL;
}

static int read_runs(struct plotting *p, struct err *e)
{
	int rc = run_read_made(&p->run, p->operand[0], e);

	if (rc == 0 && p->against) {
		rc = run_read_made(&p->other, p->against, e);
		p->have_other = rc == 0;
	}
	return rc;
}

static enum exit_code plot(struct plotting *p)
{
	struct err e = { 0 };
	int rc = read_runs(p, &e);

	if (rc < 0)
		return say_error(&e, rc == -ENOENT ? EXIT_USAGE : EXIT_FAILED);
	p->folder = p->output ? strdup(p->output)
			      : run_path(p->operand[0], "plots");
	if (!p->folder)
		return say_no_memory();
	lease_sweep();
	rc = make_folder(p->folder, &e);
	return rc < 0 ? cannot_plot(rc, "", &e) : draw_all(p);
}

static enum exit_code list(void)
{
	for (size_t i = 0; figure_kinds[i].name; i++)
		command_item(figure_kinds[i].name, figure_kinds[i].summary);
	return EXIT_WELL;
}

static enum exit_code check_plotting(const struct plotting *p)
{
	if (p->list && p->operand[0])
		return say_usage("--list names all figures; leave out the run");
	if (!p->list && !p->operand[0])
		return say_usage(
			"RUN is missing; only --list works without it; usage: "
			"ipcopy plot RUN [OPTION...]");
	return EXIT_WELL;
}

static enum exit_code run_plot(char **words)
{
	struct plotting p = { .output = NULL };
	enum exit_code code;

	if (!command_read(&cmd_plot, words, &p, p.operand, &code))
		return code;
	code = check_plotting(&p);
	if (code != EXIT_WELL || p.list)
		return p.list && code == EXIT_WELL ? list() : code;
	if (!memchr(p.format, true, sizeof(p.format)))
		p.format[GNUPLOT_SVG] = true;
	code = plot(&p);
	run_free(&p.run);
	run_free(&p.other);
	free(p.folder);
	return code;
}

const struct command cmd_plot = {
	.name = "plot",
	.summary = "draw the figures of a run",
	.about = "Draws the figures of a run from its files alone, with "
		 "gnuplot; nothing is measured again. The same files give the "
		 "same pictures, byte for byte. A figure for which the run has "
		 "no data is named and left out; if --figure asked for it, "
		 "that is an error.",
	.operands = { "RUN" },
	.required = 0,
	.opts = plot_opts,
	.run = run_plot,
};
