/* Declarations for the files that measure a plan. */
#ifndef MEASURE_BENCH_INSIDE_H
#define MEASURE_BENCH_INSIDE_H

#include "measure/bench.h"

/* After this many failures in a row, a cell is not tried again. */
#define BENCH_FAILURES 3

/*
 * Groups the manifest's cells into conditions, and notes the hypotheses in the
 * manifest (bench_conditions.c).
 */
int bench_conditions_find(struct meas_bench *b, struct err *e);
/* Reads the conditions from the manifest of a run, to resume it. */
int bench_conditions_load(struct meas_bench *b, struct err *e);
void bench_conditions_free(struct meas_bench *b);
/* The number of the cell with that name; plan->cells if there is none. */
size_t bench_find_cell(const struct meas_bench *b, const char *name);
bool bench_cell_can_run(const struct meas_bench *b, size_t cell);
/* True if cell number i of the condition is still measured there. */
bool bench_takes_part(const struct meas_bench *b,
		      const struct bench_condition *k, size_t i);
bool bench_is_active(const struct meas_bench *b,
		     const struct bench_condition *k);
/*
 * True if a cell of the condition can run, even if no open comparison needs
 * that cell.
 */
bool bench_can_run(const struct meas_bench *b, const struct bench_condition *k);

/*
 * Room for the words of a command line of 128 cells with doses (bench_words.c).
 */
#define BENCH_WORDS_MAX 640

struct bench_words {
	char text[65536], *argv[BENCH_WORDS_MAX];
	size_t used;
	int n;
};

void bench_add(struct bench_words *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Adds the option and its value; adds nothing if the value is 0. */
void bench_add_number(struct bench_words *w, const char *option, uint64_t n);
/* Adds --dose; adds nothing if there is no dose. */
void bench_add_dose(struct bench_words *w, const struct dose *dose);
/* Adds the program, and the options that all cells have in common. */
void bench_add_condition(struct bench_words *w, const struct meas_bench *b,
			 const struct bench_condition *k);
const struct meas_cell *bench_first_cell(const struct meas_bench *b,
					 const struct bench_condition *k);

/* Finds the size of a transfer, and marks the cells that cannot run. */
int bench_size(struct meas_bench *b, struct bench_condition *k, struct err *e);

/*
 * Runs one process of the measuring program, and appends each of its transfers
 * to samples.csv. -EINTR: interrupted; the transfers so far are kept.
 */
int bench_measure(struct meas_bench *b, struct bench_condition *k,
		  struct err *e);

/* The part of a line of samples.csv that matters for the next decisions. */
struct bench_line {
	int sweep, generation;
	size_t condition, cell;
	bool timed, failed;
	const char *reason;
	const char *setting; /* only in a pilot; else "" */
	double wall_ns, bytes, at_ns;
};

/*
 * Counts the lines of a generation, and then decides whether the generation
 * counts.
 */
struct bench_tally {
	int generation; /* 0: none so far */
	size_t condition;
	bool is_pilot;
	int *rounds;  /* timed rounds of each cell of the plan */
	bool *failed; /* cells of the plan that failed */
	bool *tried;  /* settings that were tried in a pilot */
};

int bench_tally_begin(struct meas_bench *b, struct bench_tally *t);
void bench_tally_line(struct meas_bench *b, struct bench_tally *t,
		      const struct bench_line *line);
/* True: the generation counts. False: no cell failed or had enough rounds. */
bool bench_tally_end(struct meas_bench *b, struct bench_tally *t);
void bench_tally_free(struct bench_tally *t);

/*
 * The pilot (bench_pilot.c). While a cell has settings to try, it takes part in
 * no other generation.
 */
int bench_pilot_begin(struct meas_bench *b, struct err *e);
void bench_pilot_free(struct meas_bench *b);
/*
 * The number of settings that are left to try; 0: no cell has one left to pick.
 */
size_t bench_pilot_open(const struct meas_bench *b,
			const struct bench_condition *k);
/*
 * The stage of the pilot's next generation: how many pilot generations its
 * cells have had; -1: the pilot is finished.
 */
int bench_pilot_stage(const struct meas_bench *b,
		      const struct bench_condition *k);
/* True if cell number i of the condition tries its settings at that stage. */
bool bench_pilot_due(const struct meas_bench *b,
		     const struct bench_condition *k, size_t i, int stage);
bool bench_pilot_is_out(const struct meas_bench *b, size_t cell,
			size_t setting);
/*
 * True if the pilot needs no more rounds of the setting in this generation: the
 * setting was dropped or has enough rounds, or the pilot was cut short.
 */
bool bench_pilot_has(const struct meas_bench *b, size_t cell, size_t setting);
/* True if the line's setting is one that its cell can pick. */
bool bench_pilot_knows(const struct meas_bench *b,
		       const struct bench_line *line);
/*
 * Notes in the manifest's object of a cell which settings the pilot tries, and
 * how it went. When "picked" is true, the cell's `via` is the best of them,
 * unless all of them failed.
 */
void bench_pilot_put(const struct meas_bench *b, size_t i, json_t *to);
/*
 * Notes a line of samples.csv about a setting that the cell could pick. Drops
 * the setting if it failed, and settings that are much slower than another one
 * of the cell. If the time of the pilot is used up, drops all settings of each
 * cell except the best.
 */
void bench_pilot_line(struct meas_bench *b, const struct bench_line *line);
/*
 * For each cell that took part and has enough rounds of all its settings, drops
 * the slower half of the settings. False: there is no such cell.
 */
bool bench_pilot_end(struct meas_bench *b, const bool *was_there);

/* Reads the samples of a run that is resumed, as if they were measured now. */
int bench_replay(struct meas_bench *b, struct bench_found *found,
		 struct err *e);

/*
 * Judges the generations up to number `generation`: finds out which conditions
 * are open, and which cells need not be measured any more (bench_decide.c).
 */
int bench_decide(struct meas_bench *b, int generation, struct err *e);
/*
 * Judges all generations as bench_decide does. Then stops each condition that
 * is decided, has generations_max generations or cannot run any more, and ends
 * the sweep.
 */
int bench_end_sweep(struct meas_bench *b, struct err *e);

/*
 * Does a fixed amount of work on the CPU of the first cell that is tied to CPUs
 * (on any CPU, if none is), and returns the time of the work in nanoseconds. On
 * a noisy machine this time differs from generation to generation.
 */
int64_t bench_witness(const struct meas_plan *plan);

int bench_manifest_new(struct meas_bench *b, struct err *e);
int bench_manifest_load(struct meas_bench *b, struct err *e);
void bench_manifest_resumed(struct meas_bench *b, int64_t samples);

/* Writes what is known so far into the manifest, and flushes it to the disk. */
int bench_manifest_put(struct meas_bench *b, const char *outcome,
		       const char *reason, struct err *e);

#endif
