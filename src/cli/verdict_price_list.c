/* The list of prices in the verdict for people. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "cli/verdict_show.h"
#include "judge/why.h"

#define SIZES 5 /* the prices of further sizes are only in verdict.json */
#define ANY   WHY_SIDES

/* The rows. ANY: the work is the same on both sides, so both prices count. */
static const struct work {
	const char *words;
	enum dose_kind kind;
	enum why_side side;
} works[] = {
	{ "copy by memcpy", DOSE_COPIES, ANY },
	{ "copy by memcpy to the other side", DOSE_CROSSINGS, ANY },
	{ "read, bytes in the cache", DOSE_KERNEL_COPIES, WHY_CLIENT },
	{ "read, bytes not in the cache", DOSE_FAR_COPIES, WHY_SERVER },
	{ "write, bytes in the cache", DOSE_KERNEL_COPIES, WHY_SERVER },
	{ "write, bytes not in the cache", DOSE_FAR_COPIES, WHY_CLIENT },
	{ "a read and a write", DOSE_KERNEL_COPIES, WHY_EACH },
	{ "making the contents", DOSE_CONTENTS, WHY_SERVER },
	{ "checking the contents", DOSE_CONTENTS, WHY_CLIENT },
	{ "system call (ns for one)", DOSE_CALLS, ANY },
	{ "wake-up (ns for one)", DOSE_WAKES, ANY },
	{ "new page touched (ns for one)", DOSE_PAGES, ANY },
};

#define WORKS ((int)(sizeof(works) / sizeof(works[0])))

struct list {
	const struct why *w;
	bool same; /* one CPU, or two */
	double size[SIZES];
	int sizes;
	char heading[SIZES][32];
};

/* --- prices --------------------------------------------------------------- */

static bool is_asked(const struct list *l, const struct why_price *p,
		     const struct work *work, const char *label)
{
	return p->kind == work->kind &&
	       (work->side == ANY || p->side == work->side) &&
	       run_is_place(&p->cell->at, RUN_SAME) == l->same &&
	       (!label || !strcmp(p->cell->label, label));
}

/* True if the price is shown for one piece of work, and not for a byte. */
static bool is_for_one(enum dose_kind kind)
{
	return kind == DOSE_CALLS || kind == DOSE_WAKES || kind == DOSE_PAGES;
}

static double shown_price(const struct why_price *p)
{
	return is_for_one(p->kind) ? why_price_of_message(p).value
				   : p->price.value;
}

/*
 * The median of all prices that fit; NaN: no price fits. *shown: at least one
 * of these prices is above 0 with its whole interval.
 */
static double find(const struct list *l, const struct work *work,
		   const char *label, double size, bool *shown)
{
	double *all = malloc((l->w->prices + 1) * sizeof(*all)), found = NAN;
	size_t n = 0;

	*shown = false;
	for (size_t i = 0; all && i < l->w->prices; i++) {
		const struct why_price *p = &l->w->price[i];

		if (!is_asked(l, p, work, label) ||
		    (double)p->cell->at.size_bytes != size)
			continue;
		*shown |= p->price.low > 0;
		all[n++] = shown_price(p);
	}
	if (n)
		found = stats_median(all, n);
	free(all);
	return found;
}

/* --- rows ----------------------------------------------------------------- */

static void put_row(const struct list *l, struct table *t,
		    const struct work *work, const char *label)
{
	double price[SIZES];
	bool any = false, shown[SIZES];
	char text[160];

	for (int i = 0; i < l->sizes; i++) {
		price[i] = find(l, work, label, l->size[i], &shown[i]);
		any |= isfinite(price[i]);
	}
	if (!any)
		return;
	table_row(t);
	snprintf(text, sizeof(text), "%s%s", work->words, label ? label : "");
	table_text(t, 0, text);
	for (int i = 0; i < l->sizes; i++) {
		if (!isfinite(price[i]))
			continue;
		snprintf(text, sizeof(text), shown[i] ? "%.*f" : "(%.*f)",
			 is_for_one(work->kind) ? 0 : 3, price[i]);
		table_text(t, i + 1, text);
	}
}

/* True if a price before number i is of DOSE_PASSES and has the same label. */
static bool is_told(const struct why *w, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (w->price[k].kind == DOSE_PASSES &&
		    !strcmp(w->price[k].cell->label, w->price[i].cell->label))
			return true;
	return false;
}

static void put_rows(const struct list *l, struct table *t)
{
	const struct work pass = { "passage through ", DOSE_PASSES, ANY };

	for (int i = 0; i < WORKS; i++)
		put_row(l, t, &works[i], NULL);
	for (size_t i = 0; i < l->w->prices; i++)
		if (l->w->price[i].kind == DOSE_PASSES && !is_told(l->w, i))
			put_row(l, t, &pass, l->w->price[i].cell->label);
}

static void find_sizes(struct list *l)
{
	for (size_t i = 0; i < l->w->prices && l->sizes < SIZES; i++) {
		const struct run_cell *c = l->w->price[i].cell;
		double size = (double)c->at.size_bytes;
		int k = 0;

		if (run_is_place(&c->at, RUN_SAME) != l->same)
			continue;
		while (k < l->sizes && l->size[k] < size)
			k++;
		if (k < l->sizes && l->size[k] == size)
			continue;
		memmove(&l->size[k + 1], &l->size[k],
			(size_t)(l->sizes++ - k) * sizeof(l->size[0]));
		l->size[k] = size;
	}
}

static bool put_list(FILE *to, const struct why *w, bool same)
{
	struct table_column columns[SIZES + 1] = { 0 };
	struct list l = { .w = w, .same = same };
	struct table *t;

	find_sizes(&l);
	if (!l.sizes)
		return true;
	columns[0].heading = same ? "on one CPU" : "on two CPUs";
	for (int i = 0; i < l.sizes; i++) {
		size_word((uint64_t)l.size[i], l.heading[i],
			  sizeof(l.heading[i]));
		columns[i + 1].heading = l.heading[i];
		columns[i + 1].right = true;
	}
	t = table_new(columns, l.sizes + 1);
	put_rows(&l, t);
	fputc('\n', to);
	return verdict_put_table(to, t);
}

bool verdict_put_prices(FILE *to, const struct why *w)
{
	if (!w->prices)
		return true;
	fputs("\nPrices: what one more piece of work costs, in ns for each "
	      "byte. In brackets:\nnot shown to cost anything. The intervals "
	      "are in verdict.json.\n",
	      to);
	return put_list(to, w, true) && put_list(to, w, false);
}
