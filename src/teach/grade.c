/* Compares answers with the counts. */
#include "teach/grade.h"

#include <string.h>

/* The hops that copy, which an answer must name. */
struct truth {
	int hop[QUESTION_HOPS];
	int n;
};

static struct truth truth_of(const struct question *q)
{
	struct truth t = { .n = 0 };

	for (int i = 0; i < q->hops; i++)
		if (q->hop[i].copies > 0)
			t.hop[t.n++] = i;
	return t;
}

static bool is_same(const struct question *q, const struct truth *t, int i,
		    const struct answer *a, int j)
{
	return !strcmp(q->hop[t->hop[i]].call, a->call[j]);
}

/*
 * Finds the longest common subsequence of the hops and the words of an answer.
 * The answer has named the hops in this subsequence. It has missed all other
 * hops, and all its other words are too many.
 */
static void align(const struct question *q, const struct truth *t,
		  const struct answer *a, struct graded *g)
{
	int most[QUESTION_HOPS + 1][ANSWER_CALLS + 1] = { 0 };
	int i, j;

	for (i = t->n - 1; i >= 0; i--)
		for (j = a->calls - 1; j >= 0; j--) {
			most[i][j] = most[i + 1][j] > most[i][j + 1]
					     ? most[i + 1][j]
					     : most[i][j + 1];
			if (is_same(q, t, i, a, j) &&
			    most[i + 1][j + 1] + 1 > most[i][j])
				most[i][j] = most[i + 1][j + 1] + 1;
		}
	for (i = 0, j = 0; i < t->n || j < a->calls;) {
		if (i < t->n && j < a->calls && is_same(q, t, i, a, j) &&
		    most[i][j] == most[i + 1][j + 1] + 1) {
			i++;
			j++;
		} else if (j == a->calls ||
			   (i < t->n && most[i + 1][j] >= most[i][j + 1])) {
			g->missed[t->hop[i++]] = true;
		} else {
			g->extra[j++] = true;
		}
	}
}

static bool none_missed(const struct graded *g)
{
	for (int i = 0; i < QUESTION_HOPS; i++)
		if (g->missed[i])
			return false;
	for (int i = 0; i < ANSWER_CALLS; i++)
		if (g->extra[i])
			return false;
	return true;
}

static void grade_counted(const struct question *q, const struct answer *a,
			  struct graded *g)
{
	const struct truth t = truth_of(q);

	g->copies = a->copies == q->copies;
	g->kernel = a->kernel == q->kernel;
	if (a->calls < 0)
		return;
	align(q, &t, a, g);
	g->calls = none_missed(g);
}

void grade(const struct question *q, const struct answer *a, struct graded *g)
{
	*g = (struct graded){ .why = a->why == (int)q->why };
	if (q->none) {
		/*
		 * answers to such a question may leave out kernel= and calls=
		 */
		g->copies = a->copies == ANSWER_NONE;
		g->kernel = a->kernel < 0 || a->kernel == 0;
		g->calls = a->calls <= 0;
	} else {
		grade_counted(q, a, g);
	}
	g->right = g->copies && g->kernel && g->calls && g->why;
}
