/*
 * Runs of one plan on several hosts: the decisions of each host, the conditions
 * in which hosts agree, and the facts that go with a difference. Each run is
 * reduced to these structs before the next one is read, so memory does not grow
 * with the samples.
 */
#ifndef FLEET_FLEET_H
#define FLEET_FLEET_H

#include <jansson.h>

#include "judge/words.h"

/* A list of words. A word's number is its place, in the order of arrival. */
struct fleet_names {
	char **name;
	size_t names, room;
	size_t next; /* the word that is probably looked up next */
};

/* Labels of mechanisms, by their number in fleet.label. */
#define FLEET_LABELS 256

struct fleet_labels {
	uint64_t bit[FLEET_LABELS / 64];
};

/* The result of one host under one condition. */
struct fleet_spot {
	int first;                /* the fastest; -1: nothing was measured */
	struct fleet_labels best; /* the fastest, and those equivalent to it */
	struct fleet_labels may;  /* these, and all not shown to be slower */
};

/* The result of one host in one comparison. */
struct fleet_ratio {
	double log, error; /* logarithm of the ratio, its error; NaN: none */
	enum stats_verdict outcome;
};

struct fleet_host {
	char *name, *dir, *sentence;
	char *identity; /* equal only if one run is a copy of the other */
	char *hardware; /* facts that stay the same after a reboot */
	/* numbers of conditions, by fate */
	size_t claim[REP_FATES], ring[REP_FATES];
	/*
	 * Arrays, indexed by the number of a condition, comparison, cell or
	 * fact. They have no elements for numbers that only later hosts use.
	 */
	struct fleet_spot *spot;   /* one for each condition */
	struct fleet_ratio *ratio; /* one for each comparison */
	double *speed;             /* logarithm, for each cell; NaN: none */
	int *fact; /* number of the host's value of a fact; -1: unknown */
	size_t spots, ratios, speeds, facts;
	/* Computed when all hosts have been added. */
	/* the median over cells of: speed here divided by the usual speed */
	double pace;
	bool odd;       /* its pace is far from that of the other hosts */
	size_t differs; /* conditions where its answer is not the commonest */
};

/* An answer, and the number of hosts that give it. */
struct fleet_answer {
	int label;
	size_t hosts;
};

enum fleet_agreement {
	FLEET_AGREE,  /* one mechanism is among the fastest on all hosts */
	FLEET_OPEN,   /* one may be the fastest on all hosts; not all decide */
	FLEET_DIFFER, /* no mechanism may be the fastest on all hosts */
	FLEET_FEW,    /* fewer than two hosts measured it */
	FLEET_AGREEMENTS
};

extern const char *const fleet_agreement_names[];

struct fleet_condition {
	char *key, *words;
	enum fleet_agreement agreement;
	struct fleet_answer *answer; /* those with the most hosts first */
	size_t answers, measured;    /* measured: the number of hosts */
	int *of_host; /* index of each host's answer; -1: not measured */
};

/* A comparison over all hosts. */
struct fleet_pair {
	char *a, *b; /* labels */
	enum rep_family family;
	size_t condition;
	struct stats_between over; /* the hosts' logarithms, combined */
	double p_holm;
	enum stats_verdict outcome;
};

/* A fact of the manifests, with the values that it has. */
struct fleet_fact {
	char *name;
	struct fleet_names value;
};

/*
 * A fact goes with a difference if hosts with different answers also have
 * different values of the fact. A few hosts may be exceptions.
 */
struct fleet_tie {
	size_t fact, exceptions;
};

/*
 * Conditions that split the hosts into the same groups, in the same order (as
 * in fleet_condition.answer).
 */
struct fleet_difference {
	size_t *condition, conditions;
	struct fleet_tie *tie;
	size_t ties;
};

/* A run that is left out, and why. */
struct fleet_apart {
	char *dir, *why;
};

/* Makes the verdict of a run that has none about its present samples. */
typedef int fleet_judge(const char *dir, json_t **verdict, struct err *e);

struct fleet {
	fleet_judge *judge;
	json_t *plan;    /* the plan of the first run */
	json_t *program; /* the program that measured the first run */
	double level, alpha, margin;
	struct fleet_host *host;
	size_t hosts;
	struct fleet_condition *condition;
	size_t conditions;
	struct fleet_pair *pair;
	size_t pairs;
	struct fleet_names label, cell, keys, pair_keys;
	struct fleet_fact *fact;
	size_t facts, next_fact;
	struct fleet_difference *difference;
	size_t differences;
	struct fleet_apart *apart;
	size_t aparts;
	bool broken; /* memory ran out */
};

/*
 * Reads a run, or notes why it is left out. `word` is its folder, or NAME=DIR
 * to give its host that name.
 */
void fleet_add(struct fleet *f, const char *word);

/* Compares the hosts, when all have been added. */
void fleet_compare(struct fleet *f);
void fleet_free(struct fleet *f);

/* A host's result under a condition, or in a comparison; NULL: it has none. */
const struct fleet_spot *fleet_spot_of(const struct fleet *f, size_t host,
				       size_t condition);
const struct fleet_ratio *fleet_ratio_of(const struct fleet *f, size_t host,
					 size_t pair);

/* The number of the value that a host has for a fact; -1: unknown. */
int fleet_fact_of(const struct fleet *f, size_t host, size_t fact);

/* The number of conditions with that agreement. */
size_t fleet_count(const struct fleet *f, enum fleet_agreement agreement);

/* --- in words (words.c) --------------------------------------------------- */

/* Texts to be freed; NULL: no memory. */
char *fleet_sentence(const struct fleet *f);

/* Lines about hosts that are odd or often differ, and about runs left out. */
void fleet_findings(const struct fleet *f, struct rep_lines *l);

/* "n1, n2, n3 and 4 more": the hosts for which `is` returns true. */
typedef bool fleet_is(const struct fleet *f, size_t host, size_t a, int b);
char *fleet_hosts_words(const struct fleet *f, fleet_is *is, size_t a, int b);

/* "shm futex: n1, n2; pipe: n3" */
char *fleet_answers_words(const struct fleet *f, size_t condition);

/* "kernel: Linux 6.1 (n1, n2), Linux 5.10 (n3)" */
char *fleet_tie_words(const struct fleet *f, const struct fleet_tie *t);

/* The fleet as JSON (doc/RUN), to be freed; NULL: no memory. */
char *fleet_json(const struct fleet *f);

/* --- for the files of this folder ----------------------------------------- */

/* The number of a word, which is added if it is new; -1: no memory. */
int fleet_name(struct fleet_names *n, const char *word);
void fleet_names_free(struct fleet_names *n);

/* NULL if the run belongs to the fleet; else the reason, to be freed. */
char *fleet_refuse(const struct fleet *f, const char *dir, const char *name,
		   const json_t *manifest);

/* Texts to be freed, as in struct fleet_host; NULL: no memory. */
char *fleet_identity(const json_t *manifest);
char *fleet_hardware(const json_t *manifest);

void fleet_take_facts(struct fleet *f, struct fleet_host *h,
		      const json_t *manifest);
void fleet_find_ties(struct fleet *f);
void fleet_find_agreement(struct fleet *f);
void fleet_find_ratios(struct fleet *f);
void fleet_find_paces(struct fleet *f);

#endif
