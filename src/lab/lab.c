/*
 * The functions that experiments call, and the outcome of their observations.
 */
#include "lab/lab.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"
#include "lab/inside.h"

/* --- outcomes ------------------------------------------------------------- */

const char *const lab_outcome_names[] = { "holds", "holds-with-limit", "fails",
					  "cannot-try", NULL };

enum lab_outcome lab_outcome(const struct lab_result *r)
{
	int seen[LAB_CANNOT + 1] = { 0 };

	for (int i = 0; i < r->n; i++)
		seen[r->fact[i].weight]++;
	if (seen[LAB_CANNOT] || !(seen[LAB_FOR] + seen[LAB_AGAINST]))
		return LAB_CANNOT_TRY;
	if (seen[LAB_AGAINST])
		return LAB_FAILS;
	return seen[LAB_LIMIT] ? LAB_HOLDS_WITH_LIMIT : LAB_HOLDS;
}

/* --- marks for the tracer ------------------------------------------------- */

static void mark(struct lab *l, uintptr_t what)
{
	/* not write(), which a test may replace */
	syscall(SYS_write, l->fact_fd, (void *)what, 0);
}

void lab_hide(struct lab *l)
{
	mark(l, LAB_MARK_HIDE);
}

void lab_show(struct lab *l)
{
	mark(l, LAB_MARK_SHOW);
}

/* --- the end -------------------------------------------------------------- */

/* Ends the sides and removes everything that has a name. */
static void clean_up(struct lab *l)
{
	for (int i = 0; i < l->sides; i++) {
		if (l->side[i].ended)
			continue;
		kill(l->side[i].pid, SIGKILL);
		proc_reap(l->side[i].pid);
		l->side[i].ended = true;
	}
	lease_end(&l->lease);
}

void lab_leave(struct lab *l)
{
	lab_hide(l);
	if (getpid() == l->pid)
		clean_up(l);
	_exit(0);
}

/* --- facts ---------------------------------------------------------------- */

/*
 * Writes a fact in one call. A fact is shorter than PIPE_BUF, so the facts of
 * two processes never mix.
 */
__attribute__((format(printf, 3, 0))) static void
report(struct lab *l, enum lab_weight weight, const char *fmt, va_list ap)
{
	struct lab_fact fact;

	memset(&fact, 0, sizeof(fact));
	fact.weight = weight;
	vsnprintf(fact.text, sizeof(fact.text), fmt, ap);
	fd_write_all(l->fact_fd, &fact, sizeof(fact));
}

#define REPORT(l, weight, fmt)              \
	do {                                \
		va_list ap;                 \
                                            \
		va_start(ap, fmt);          \
		report(l, weight, fmt, ap); \
		va_end(ap);                 \
	} while (0)

bool lab_check(struct lab *l, bool as_claimed, const char *fmt, ...)
{
	REPORT(l, as_claimed ? LAB_FOR : LAB_AGAINST, fmt);
	return as_claimed;
}

bool lab_limit(struct lab *l, bool left_out, const char *fmt, ...)
{
	REPORT(l, left_out ? LAB_LIMIT : LAB_ASIDE, fmt);
	return left_out;
}

void lab_see(struct lab *l, const char *fmt, ...)
{
	REPORT(l, LAB_ASIDE, fmt);
}

void lab_draw(struct lab *l, const char *fmt, ...)
{
	REPORT(l, LAB_DRAWN, fmt);
}

void lab_cannot(struct lab *l, const char *fmt, ...)
{
	REPORT(l, LAB_CANNOT, fmt);
	lab_leave(l);
}

void lab_need(struct lab *l, bool ok, const char *call)
{
	if (!ok)
		lab_cannot(l, "%s: %s", call, strerror(errno));
}

void *lab_mapped(struct lab *l, void *p)
{
	lab_need(l, p != MAP_FAILED, "mmap");
	return p;
}

int lab_map_errno(const void *p)
{
	return p == MAP_FAILED ? errno : 0;
}

/* --- numbers -------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double lab_median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return v[n / 2];
}

/* --- words ---------------------------------------------------------------- */

char *lab_word(struct lab *l)
{
	return l->words[l->word++ % LAB_WORDS];
}

const char *lab_errno(int code)
{
	const char *name = code ? strerrorname_np(code) : "success";

	return name ? name : "an unknown error";
}

size_t lab_page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}
