/* Finds the settings worth trying, from a mechanism's own description. */
#include "variants.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct variants {
	struct variant *list;
	size_t n;
	const struct transport *ops;
};

__attribute__((format(printf, 3, 4))) static void
add(struct variants *v, enum variant_kind kind, const char *fmt, ...)
{
	struct variant *new = &v->list[v->n];
	va_list ap;
	int used;

	if (v->n == VARIANTS_MAX)
		return;
	used = snprintf(new->text, sizeof(new->text), "%s", v->ops->name);
	va_start(ap, fmt);
	vsnprintf(new->text + used, sizeof(new->text) - (size_t)used, fmt, ap);
	va_end(ap);
	new->kind = kind;
	v->n++;
}

static void add_number(struct variants *v, const struct tr_param *p,
		       uint64_t value)
{
	if (value != p->def && value >= p->min && value <= p->max)
		add(v, VARIANT_NUMBER, ":%s=%" PRIu64, p->name, value);
}

static void add_numbers(struct variants *v, const struct tr_param *p)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	const uint64_t sizes[] = {
		1, 1000, page - 1, page, page + 1, 64 << 10
	};
	const uint64_t depths[] = { 1, 2, 7 };

	if (!strcmp(p->name, "size")) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			add_number(v, p, sizes[i]);
	} else if (!strcmp(p->name, "depth")) {
		for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++)
			add_number(v, p, depths[i]);
	} else if (!strcmp(p->name, "spin")) {
		/* the number of spins matters only with this wait */
		add(v, VARIANT_NUMBER, ":wait=spin-then-block,spin=%" PRIu64,
		    p->min);
	} else {
		add_number(v, p, p->min);
		add_number(v, p, 4 * p->def);
	}
}

static void add_choices(struct variants *v, const struct tr_param *p)
{
	for (uint64_t i = 0; p->choices[i]; i++)
		if (i != p->def)
			add(v, VARIANT_CHOICE, ":%s=%s", p->name,
			    p->choices[i]);
}

static void add_pairs(struct variants *v, const struct tr_param *p,
		      const struct tr_param *q)
{
	if (p->kind != TR_CHOICE || q->kind != TR_CHOICE)
		return;
	for (uint64_t i = 0; p->choices[i]; i++)
		for (uint64_t j = 0; q->choices[j]; j++)
			if (i != p->def && j != q->def)
				add(v, VARIANT_PAIR, ":%s=%s,%s=%s", p->name,
				    p->choices[i], q->name, q->choices[j]);
}

static const struct tr_param *find(const struct transport *ops,
				   const char *name)
{
	for (const struct tr_param *p = ops->params; p->name; p++)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

/* For a mechanism with a depth: the least size and depth, and odd numbers. */
static void add_rings(struct variants *v)
{
	const struct tr_param *size = find(v->ops, "size");
	const struct tr_param *depth = find(v->ops, "depth");

	if (!size || !depth)
		return;
	add(v, VARIANT_NUMBER, ":size=%" PRIu64 ",depth=%" PRIu64, size->min,
	    depth->min);
	add(v, VARIANT_NUMBER, ":size=%" PRIu64 ",depth=3",
	    size->min > 1001 ? size->min | 1 : 1001);
}

size_t variants_of(const struct transport *ops,
		   struct variant list[VARIANTS_MAX])
{
	struct variants v = { .list = list, .ops = ops };

	add(&v, VARIANT_DEFAULT, "%s", "");
	for (const struct tr_param *p = ops->params; p->name; p++) {
		if (p->kind == TR_CHOICE)
			add_choices(&v, p);
		else
			add_numbers(&v, p);
	}
	add_rings(&v);
	for (const struct tr_param *p = ops->params; p->name; p++)
		for (const struct tr_param *q = p + 1; q->name; q++)
			add_pairs(&v, p, q);
	return v.n;
}
