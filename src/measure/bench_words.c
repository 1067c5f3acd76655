/* The command line of the measuring program. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/append.h"
#include "measure/bench_inside.h"

void bench_add(struct bench_words *w, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(w->text + w->used, sizeof(w->text) - w->used, fmt, ap);
	va_end(ap);
	if (w->used + (size_t)len >= sizeof(w->text) ||
	    w->n == BENCH_WORDS_MAX - 1)
		return; /* cannot happen with up to MEAS_CELLS_TOGETHER cells */
	w->argv[w->n++] = w->text + w->used;
	w->used += (size_t)len + 1;
}

static void add_cpus(struct bench_words *w, const struct meas_cell *p)
{
	char list[16 * MEAS_PAIRS_MAX] = "";

	if (p->place == RUN_FREE)
		return;
	for (int i = 0; i < p->pairs; i++)
		text_append(list, sizeof(list), "%s%d,%d", i ? "," : "",
			    p->cpu[i][0], p->cpu[i][1]);
	bench_add(w, "--cpus");
	bench_add(w, "%s", list);
}

void bench_add_number(struct bench_words *w, const char *option, uint64_t n)
{
	if (!n)
		return;
	bench_add(w, "%s", option);
	bench_add(w, "%" PRIu64, n);
}

void bench_add_dose(struct bench_words *w, const struct dose *dose)
{
	char text[DOSE_TEXT_MAX];

	if (dose_is_none(dose))
		return;
	bench_add(w, "--dose");
	bench_add(w, "%s", dose_text(dose, text, sizeof(text)));
}

const struct meas_cell *bench_first_cell(const struct meas_bench *b,
					 const struct bench_condition *k)
{
	return &b->plan->cell[k->cell[0]];
}

void bench_add_condition(struct bench_words *w, const struct meas_bench *b,
			 const struct bench_condition *k)
{
	const struct meas_cell *p = bench_first_cell(b, k);

	bench_add(w, "%s", b->program);
	bench_add(w, "--workload");
	bench_add(w, "%s", copy_workload_names[p->workload]);
	if (p->sink != COPY_SINKS) {
		bench_add(w, "--sink");
		bench_add(w, "%s", run_sink_word(p->sink));
		bench_add(w, "--dir");
		bench_add(w, "%s", b->dir);
	}
	bench_add(w, "--cache");
	bench_add(w, "%s", run_cache_names[p->cache]);
	bench_add(w, "--pairs");
	bench_add(w, "%d", p->pairs);
	add_cpus(w, p);
	bench_add(w, "--timeout");
	bench_add(w, "%dms", p->timeout_ms);
}
