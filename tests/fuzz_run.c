/*
 * Fuzz target: folders of runs with spoilt fields and values, through verdict,
 * compare, plot, report and `bench --resume`.
 *
 * Nothing is measured or drawn: gnuplot and the measuring program are replaced.
 * A run that is resumed is of this machine and this program, so that the first
 * checks do not refuse it and the spoilt values are read.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "figure/gnuplot.h"
#include "fuzz_command.h"
#include "fuzz_twist.h"
#include "measure/bench_inside.h"
#include "measure/copies.h"

/* generations of the made-up run that are kept */
#define GENERATIONS 2

const char fuzz_name[] = "run";
const unsigned fuzz_inputs = 100;

enum { SAMPLES, SUMMARY, COPIES, TABLES };
enum { MANIFEST, VERDICT, TREES };

static const char *const table_names[TABLES] = { "samples.csv", "summary.csv",
						 "copies.csv" };
static const char *const tree_names[TREES] = { "manifest.json",
					       "verdict.json" };

struct base {
	const char *dir;
	struct csv csv[TABLES];
	struct twist_table table[TABLES];
	json_t *tree[TREES];
};

/*
 * Made once. A made-up program measured the first run. The second run was made
 * up as a whole.
 */
static struct base bases[2] = { { .dir = "measured" }, { .dir = "made-up" } };

/* True while the bases are made: a measurement then is a real one. */
static bool in_earnest = true;

/* --- replaced functions --------------------------------------------------- */

int __wrap_gnuplot_draw(const struct figure_program *p,
			enum gnuplot_format kind, char **bytes, size_t *size,
			struct err *e);
int __wrap_gnuplot_draw(const struct figure_program *p,
			enum gnuplot_format kind, char **bytes, size_t *size,
			struct err *e)
{
	(void)kind;
	*bytes = strdup("<svg></svg>\n");
	*size = *bytes ? strlen(*bytes) : 0;
	if (!p->text || !p->headline || !p->about)
		fuzz_broken("a figure without a text");
	return *bytes ? 0 : err_code(e, ENOMEM, "gnuplot");
}

int __real_bench_measure(struct meas_bench *b, struct bench_condition *k,
			 struct err *e);
int __wrap_bench_measure(struct meas_bench *b, struct bench_condition *k,
			 struct err *e);
int __wrap_bench_measure(struct meas_bench *b, struct bench_condition *k,
			 struct err *e)
{
	if (in_earnest)
		return __real_bench_measure(b, k, e);
	return err_say(e, EINTR, "interrupted");
}

int __real_bench_size(struct meas_bench *b, struct bench_condition *k,
		      struct err *e);
int __wrap_bench_size(struct meas_bench *b, struct bench_condition *k,
		      struct err *e);
int __wrap_bench_size(struct meas_bench *b, struct bench_condition *k,
		      struct err *e)
{
	if (in_earnest)
		return __real_bench_size(b, k, e);
	k->sized = true;
	k->bytes = 1;
	return 0;
}

int __wrap_meas_copies(struct meas_bench *b, struct err *e);
int __wrap_meas_copies(struct meas_bench *b, struct err *e)
{
	(void)b;
	(void)e;
	return 0;
}

/* --- the bases ------------------------------------------------------------ */

static const char plan[] =
	"{ \"name\": \"fuzz\", \"generations\": { \"min\": 2, \"max\": 2 },"
	" \"rounds\": 3, \"budget\": \"1h\", \"grids\": ["
	" { \"mechanisms\": [ \"memcpy\", \"shm\", \"pipe\", \"unix\" ],"
	" \"sizes\": \"64K\", \"workloads\": \"file\", \"sinks\": \"over\","
	" \"places\": \"free\" },"
	" { \"mechanisms\": [ \"shm\", \"pipe\" ], \"sizes\": [ \"4K\", 64 ],"
	" \"workloads\": [ \"stream\", \"pingpong\" ],"
	" \"places\": \"free\" } ] }";

static const char copies[] =
	"spec,mechanism,label,predicted_kernel,predicted_user,counted_kernel,"
	"counted_user,counted,resolved,lower_bound,agrees,reason,"
	"calls_per_mib,calls_per_message,blocked_per_message\n"
	"shm,shm,shm,2,0,2,0,2,true,false,true,,32,2,1\n"
	"pipe,pipe,pipe,4,0,4,0,4,true,false,true,,48,2,1\n"
	"unix,unix,unix,4,0,,,,,,,nobody may trace here,,,\n";

static const char *in(const char *dir, const char *name)
{
	static char path[200];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void measure(const char *dir)
{
	struct fuzz_said said;
	char path[600];

	setenv("IPCOPY_CELL", fuzz_source("tests/fake-cell", path, 600), 1);
	setenv("FAKE_LOG", "/dev/null", 1);
	setenv("FAKE_FAIL", "unix", 1);
	fuzz_put("plan.json", plan, strlen(plan));
	fuzz_command(&said, &cmd_bench, "plan.json", "--output", dir, "--quiet",
		     NULL);
	if (access(in(dir, "verdict.json"), F_OK) < 0)
		fuzz_broken("the base cannot be measured: %s", said.err);
	fuzz_said_free(&said);
	fuzz_put(in(dir, "copies.csv"), copies, strlen(copies));
}

static void make_up(const char *dir)
{
	char path[600], command[800];

	snprintf(command, sizeof(command), "sh '%s' %s plain 1",
		 fuzz_source("tests/made_up_run", path, sizeof(path)), dir);
	if (system(command) != 0)
		fuzz_broken("the base cannot be made: %s", command);
}

static bool is_cell_wanted(const char *name)
{
	return (strstr(name, "size=65536") || strstr(name, "|pingpong|")) &&
	       (strstr(name, "sync=sem") || strstr(name, "sync=spin") ||
		!strncmp(name, "pipe", 4) || !strncmp(name, "memcpy", 6)) &&
	       !strstr(name, "|new|") && !strstr(name, "cold") &&
	       !strstr(name, "smt") && !strstr(name, "same") &&
	       !strstr(name, "|4");
}

/* Keeps few rows, since every input reads all of them again. */
static bool is_wanted(const struct twist_table *t, size_t row)
{
	return is_cell_wanted(twist_table_at(t, row, "cell")) &&
	       atoi(twist_table_at(t, row, "generation")) <= GENERATIONS;
}

static bool is_summary_wanted(const struct twist_table *t, size_t row)
{
	return is_cell_wanted(twist_table_at(t, row, "cell"));
}

static void thin_out(struct base *b)
{
	json_t *cells = json_object_get(b->tree[MANIFEST], "cells"), *cell;
	size_t i = json_array_size(cells);

	while (i-- > 0) {
		cell = json_object_get(json_array_get(cells, i), "cell");
		if (!is_cell_wanted(json_string_value(cell)))
			json_array_remove(cells, i);
	}
	twist_table_keep(&b->table[SAMPLES], is_wanted);
	twist_table_keep(&b->table[SUMMARY], is_summary_wanted);
}

/*
 * Writes the shortened tables back, since other runs are compared with the
 * base.
 */
static void write_back(const struct base *b)
{
	for (int i = 0; i < TABLES; i++) {
		size_t len;
		char *text = twist_table_text(&b->table[i], &len);

		if (text)
			fuzz_put(in(b->dir, table_names[i]), text, len);
		free(text);
	}
	json_dump_file(b->tree[MANIFEST], in(b->dir, tree_names[MANIFEST]), 0);
}

static void read_base(struct base *b)
{
	struct err e = { 0 };

	for (int i = 0; i < TABLES; i++)
		if (csv_read(&b->csv[i], in(b->dir, table_names[i]), &e) < 0 ||
		    !twist_table_of(&b->table[i], &b->csv[i]))
			fuzz_broken("%s: %s", table_names[i], e.text);
	for (int i = 0; i < TREES; i++) {
		b->tree[i] = json_load_file(in(b->dir, tree_names[i]), 0, NULL);
		if (!b->tree[i])
			fuzz_broken("%s cannot be read", tree_names[i]);
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_begin();
	fuzz_enter();
	if (mkdir("r", 0700) < 0 || mkdir("r/plots", 0700) < 0)
		fuzz_broken("scratch: %m");
	measure(bases[0].dir);
	make_up(bases[1].dir);
	for (int i = 0; i < 2; i++)
		read_base(&bases[i]);
	thin_out(&bases[1]);
	write_back(&bases[1]);
	in_earnest = false;
	fuzz_leave();
	return 0;
}

/* --- an input ------------------------------------------------------------- */

struct spoilt {
	struct twist_table table[TABLES];
	json_t *tree[TREES];
};

static void copy(struct spoilt *to, const struct base *from)
{
	for (int i = 0; i < TABLES; i++)
		if (!twist_table_copy(&to->table[i], &from->table[i]))
			abort();
	for (int i = 0; i < TREES; i++)
		to->tree[i] = json_deep_copy(from->tree[i]);
}

static void spoil(struct spoilt *p, struct script *s)
{
	for (int n = script_u8(s) % 6; n > 0; n--) {
		uint8_t which = script_u8(s) % 8;

		if (which < 6)
			twist_table(&p->table[which / 2], s);
		else
			twist_json(&p->tree[which - 6], s);
	}
}

/*
 * Writes the text into a file, sometimes after spoiling it once more. Sometimes
 * writes no file instead, or makes a directory with this name.
 */
static void put(const char *name, char *text, size_t len, struct script *s)
{
	uint8_t how = script_u8(s);
	const char *path = in("r", name);

	unlink(path);
	rmdir(path);
	if (how == 255) {
		mkdir(path, 0700);
	} else if (how != 254) {
		if (how > 230)
			twist_text(&text, &len, s);
		fuzz_put(path, text, len);
	}
	free(text);
}

static void put_all(struct spoilt *p, struct script *s)
{
	char *text;
	size_t len;

	for (int i = 0; i < TABLES; i++) {
		text = twist_table_text(&p->table[i], &len);
		if (text)
			put(table_names[i], text, len, s);
		twist_table_free(&p->table[i]);
	}
	for (int i = 0; i < TREES; i++) {
		text = json_dumps(p->tree[i], JSON_ENCODE_ANY);
		if (text)
			put(tree_names[i], text, strlen(text), s);
		json_decref(p->tree[i]);
	}
}

/* --- the commands --------------------------------------------------------- */

static const char *const formats[] = { "table", "json", "csv", "json" };

static void verdict(struct script *s)
{
	struct fuzz_said said, again;
	uint8_t how = script_u8(s);
	const char *format = formats[how % 4];

	fuzz_command(&said, &cmd_verdict, "r", "--format", format, NULL);
	if (how & 0xf0) {
		fuzz_said_free(&said);
		return;
	}
	fuzz_command(&again, &cmd_verdict, "r", "--format", format, NULL);
	if (said.code != again.code || strcmp(said.out, again.out) != 0)
		fuzz_broken("verdict: the same samples, another verdict");
	fuzz_said_free(&said);
	fuzz_said_free(&again);
}

static void compare(struct script *s)
{
	const char *base = bases[script_u8(s) % 2].dir;
	uint8_t how = script_u8(s);
	struct fuzz_said said;

	fuzz_command(&said, &cmd_compare, how & 4 ? base : "r",
		     how & 8 ? "r" : base, "--format", formats[how % 4],
		     "--gate", how & 16 ? "0%" : "3%",
		     how & 32 ? NULL : "--force", NULL);
	fuzz_said_free(&said);
}

static void plot(struct script *s)
{
	uint8_t how = script_u8(s);
	struct fuzz_said said;

	fuzz_command(&said, &cmd_plot, how & 1 ? "r" : bases[0].dir, "--output",
		     "r/plots", "--format", "gp,svg", "--against",
		     how & 1 ? bases[how / 2 % 2].dir : "r",
		     how & 4 ? "--column" : NULL, NULL);
	fuzz_said_free(&said);
	fuzz_command(&said, &cmd_plot, "r", "--output", "r/plots", "--format",
		     "gp", NULL);
	fuzz_said_free(&said);
}

/* Texts of a run must not become markup of the page. */
static void check_page(void)
{
	size_t len = 0;
	char *page = NULL;
	FILE *from = fopen("r/report.html", "re");

	if (from && getdelim(&page, &len, '\0', from) > 0 &&
	    strstr(page, "<zzz"))
		fuzz_broken(
			"report: markup in the run became markup of the page");
	if (from)
		fclose(from);
	free(page);
}

static void report(struct script *s)
{
	uint8_t how = script_u8(s);
	struct fuzz_said said;

	unlink("r/report.html");
	fuzz_command(&said, &cmd_report, "r", how & 1 ? "--against" : NULL,
		     bases[how / 2 % 2].dir, NULL);
	fuzz_said_free(&said);
	check_page();
}

static void resume(void)
{
	struct fuzz_said said;

	fuzz_command(&said, &cmd_bench, "--resume", "r", "--quiet", NULL);
	fuzz_said_free(&said);
}

static void call(struct script *s)
{
	uint8_t what = script_u8(s) % 8;

	/* with 6 and 7, plot and report then read what verdict has written */
	if (what == 0 || what >= 6)
		verdict(s);
	if (what == 1)
		compare(s);
	if (what == 2 || what == 6)
		plot(s);
	if (what == 3 || what == 7)
		report(s);
	if (what == 4 || what == 5)
		resume();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script s = { data, size }, calls;
	struct spoilt p;
	uint8_t base = script_u8(&s);

	/*
	 * the first bytes choose the commands, since this choice matters most
	 */
	calls = s;
	s.p += s.left < 4 ? s.left : 4;
	s.left -= s.left < 4 ? s.left : 4;
	fuzz_enter();
	copy(&p, &bases[base % 2]);
	spoil(&p, &s);
	put_all(&p, &s);
	call(&calls);
	fuzz_leave();
	return 0;
}
