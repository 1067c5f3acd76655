/*
 * Explains why a mechanism is as fast as it is. A price says what extra work
 * costs. It follows from cells that differ only in how often they do this work
 * (their dose, copy/dose.h). Prices account for a part of a difference in
 * speed.
 *
 * Each generation gives one value of a price. A line is fitted by least squares
 * to the points (dose, time of a byte), and the price is the slope of this
 * line. An interval is computed from the values of all generations, as for
 * comparisons (doc/METHOD).
 */
#ifndef JUDGE_WHY_H
#define JUDGE_WHY_H

#include "judge/judge.h"

/* The side that does the extra work. */
enum why_side { WHY_SERVER, WHY_CLIENT, WHY_EACH, WHY_SIDES };

/* "server", "client", "each"; NULL at the end. */
extern const char *const why_side_names[WHY_SIDES + 1];

/*
 * The shape of the line through the points (dose, time of a byte): straight, or
 * steeper or flatter for large doses. WHY_UNTRIED: not known.
 */
enum why_line { WHY_STRAIGHT, WHY_STEEPER, WHY_FLATTER, WHY_UNTRIED };

extern const char *const why_line_names[];

/* A point of the line: the time of a byte with a certain dose. */
struct why_point {
	int dose; /* 0: the cell itself */
	const struct run_cell *cell;
	/* time of a byte: median of all generations */
	struct stats_interval ns;
};

struct why_price {
	const struct run_cell *cell; /* the cell without a dose */
	size_t condition;            /* the condition's number in the verdict */
	enum dose_kind kind;
	enum why_side side;
	struct why_point *point; /* sorted by dose */
	size_t points;
	size_t generations;
	/*
	 * Nanoseconds for one byte. Multiply by the size of a message to get
	 * the price for a message.
	 */
	struct stats_interval price;
	/*
	 * The slope of the line's upper half minus that of its lower half; 0:
	 * straight.
	 */
	struct stats_interval bend;
	enum why_line line;
	/* the slope in each group (generation) of the cell; or NaN */
	double *slope;
};

/*
 * The slower side, for which the other one waits. WHY_SAME_CPU: both are on one
 * CPU, so there is none. WHY_OPEN: not known.
 */
enum why_slower { WHY_SAME_CPU, WHY_SLOW_SERVER, WHY_SLOW_CLIENT, WHY_OPEN };

extern const char *const why_slower_names[];

/* A cell that has prices. */
struct why_cell {
	const struct run_cell *cell;
	/* its prices in why.price: the first one, and how many */
	size_t first, prices;
	enum why_slower slower;    /* see why_slower */
	double shared[DOSE_KINDS]; /* see why_shared_price */
};

/*
 * How much faster a ring is than a rival, and the cost of the copies that the
 * ring saves. Each side saves half of them. If the sides work at the same time,
 * only the half of the slower side counts; if it is not known which side that
 * is, the mean of the costs of both halves counts.
 */
struct why_lead {
	size_t condition;
	const struct run_cell *ring, *rival;
	double saved;                   /* copies of each byte */
	struct stats_interval measured; /* the lead, in ns for a byte */
	struct stats_interval worth;    /* the cost of the saved copies */
	/* measured speed of the ring divided by that of the rival */
	struct stats_interval ratio;
	struct stats_interval predicted;
	struct stats_interval share; /* worth as a share of the lead */
};

/* A price as the cost model takes it: for one message, in nanoseconds. */
struct why_rate {
	const char *label; /* label of the mechanism */
	double size;       /* size of the message, in bytes */
	enum dose_kind kind;
	enum why_side side;
	bool same; /* both sides were on one CPU */
	/*
	 * the price, and the width of its interval; the price of a passage
	 * through a channel is without its switches
	 */
	double ns, width;
};

/* The prices of another run, in the folder of a run that has no doses. */
#define WHY_PRICES_FILE "prices.json"

struct why {
	const struct rep_verdict *v;
	struct why_price *price; /* cell by cell */
	size_t prices;
	struct why_cell *cell;
	size_t cells;
	struct why_lead *lead;
	size_t leads;
	struct why_rate *rate;
	size_t rates;
	json_t *given; /* prices.json, which owns the texts of rates */
	bool broken;   /* memory ran out */
};

/* Finds prices and leads from a judged verdict. Call why_free in any case. */
void why_find(struct why *w, const struct rep_verdict *v);
void why_free(struct why *w);

/* The price of a kind of work on a side; NULL: it was not measured. */
const struct why_price *why_price(const struct why *w,
				  const struct run_cell *cell,
				  enum dose_kind kind, enum why_side side);

/* The price for one message, in nanoseconds. */
struct stats_interval why_price_of_message(const struct why_price *p);

/*
 * The slower side, by all kinds of dose that each side has had alone. WHY_OPEN:
 * no kind decides it, two kinds contradict each other, or the cell has no
 * prices.
 */
enum why_slower why_slower(const struct why *w, const struct run_cell *cell);

/*
 * The first function returns the time of a byte in one generation (NaN: the
 * cell lacks it), the second the median over all generations.
 */
double why_time_in(const struct run_cell *c, int generation);
struct stats_interval why_time(const struct run_cell *c, double level);

/*
 * True if the sides are taken to work in turns: they share one CPU, or each
 * message has at least one context switch.
 */
bool why_takes_turns(const struct run_cell *c);

/* In why_cell.c: adds a cell, whose prices are those from `first` on. */
void why_add_cell(struct why *w, const struct run_cell *cell, size_t first);

/* In why_lead.c: fills in the leads. */
void why_find_leads(struct why *w);

/*
 * The price of work of which each side does half, in nanoseconds for a byte:
 * the mean of the server's price and the client's price, or else half of the
 * price for both. On one CPU the price of either side will do. The first
 * function returns it for one group of the cell; NaN: it was not measured. The
 * second returns the median over all groups; NaN: no dose is shown to make a
 * byte slower, or the median is not above 0.
 */
double why_shared_price_in(const struct why *w, const struct run_cell *cell,
			   enum dose_kind kind, size_t group);
double why_shared_price(const struct why *w, const struct run_cell *cell,
			enum dose_kind kind);

/*
 * Fills in the rates: the run's own prices, or else those of prices.json. The
 * second function returns the text of such a file, to be freed; NULL: no
 * memory.
 */
void why_find_rates(struct why *w);
char *why_rates_json(const struct why *w);

/*
 * The cost of this work for one message of the cell `at`, by the rates; NaN:
 * there is no rate. If both sides of the cell are on one CPU, rates from one
 * CPU are taken, otherwise rates from two CPUs; if there are none of that kind,
 * rates of the other kind. Work of a fixed cost has the rate with the narrowest
 * interval. Other work costs what the line through the two nearest sizes with a
 * rate says; several rates of one size are united to their median. `label`:
 * only the rates of this mechanism; NULL: those of all.
 */
double why_rate(const struct why *w, enum dose_kind kind, enum why_side side,
		const struct run_cell *at, const char *label);

/*
 * The cost of a switch between the sides, without calls: one more wake-up is
 * two switches and four calls. 0: there is no rate of wake-ups.
 */
double why_switch(const struct why *w, bool same);

/*
 * The extra calls for each switch: 2, one to sleep and one to wake, if the
 * mechanism makes such calls; otherwise 0.
 */
double why_calls_of_switch(const struct run_cell *c);

/*
 * The cost model: the time of a byte by rates, and what it is made of, in
 * nanoseconds. Where both sides work at the same time, all parts are those of
 * the side that takes longer. Nothing is fitted to the times that are
 * predicted.
 */
enum why_left { WHY_PREDICTED, WHY_NO_RATE, WHY_NO_CHANNEL, WHY_NO_PATH };

/* Why a cell is left out of the model, in words. */
extern const char *const why_left_names[];

struct why_parts {
	const struct run_cell *cell;
	enum why_left left;
	/* the side whose work it is; WHY_SAME_CPU, WHY_OPEN: both, in turns */
	enum why_slower by;
	double ns, predicted; /* of a byte */
	double copies;        /* copies of a byte, of all kinds */
	/* one copy by the kernel in the cache, without the call */
	double copy;
	/* calls of a message; the time that one call adds to a byte */
	double calls, call;
	double channel; /* its work besides copies, calls and switches */
	/* extra time: the bytes are not in the CPU's cache */
	double memory;
	double contents; /* the time to make and check the bytes */
	/* switches of a message; the time that one switch adds to a byte */
	double switches, wake;
	double rest; /* the measured time minus the predicted time */
};

extern const char *const why_by_names[]; /* names of why_parts.by */

/* If a cell cannot be predicted, all numbers except its time `ns` are NaN. */
struct why_parts why_parts(const struct why *w, const struct run_cell *cell);

struct why_model {
	struct why_parts *guess; /* the largest error first; to be freed */
	/* the first n are predicted, the others are left out */
	size_t n, all;
	double r_squared; /* computed from the logarithms of the times */
	double error;     /* the median of |predicted / measured - 1| */
};

struct why_model why_model(const struct why *w);

/*
 * True if the parts of a cell are shown under this condition: the cell has
 * prices or is predicted, and is in no earlier condition.
 */
bool why_has_parts(const struct why *w, const struct run_cell *cell,
		   size_t condition);

/* Copies of each byte in a cell: as counted, or else as predicted. */
double why_copies(const struct run_cell *c);

/* Prices, leads and parts for verdict.json; *broken: memory ran out. */
json_t *why_json(const struct why *w, bool *broken);

/*
 * Says which parts the times have, and what the lead is; the caller frees the
 * text; "": there is none.
 */
char *why_sentence(const struct why *w, size_t condition);

/*
 * Which side is slower, and how much of a ring's lead its saved copies explain;
 * the caller frees the text; "": neither is known.
 */
char *why_lead_sentence(const struct why *w, size_t condition);

/*
 * Says how well the model predicts and which cells it leaves out. The caller
 * frees the text; "": there is no model.
 */
char *why_model_sentence(const struct why *w);

#endif
