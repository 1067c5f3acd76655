/* The hosts of a fleet. */
#include "fleet/fleet.h"

#include <stdlib.h>

const char *const fleet_agreement_names[] = {
	[FLEET_AGREE] = "agree",
	[FLEET_OPEN] = "undecided",
	[FLEET_DIFFER] = "differ",
	[FLEET_FEW] = "too few",
	NULL,
};

const struct fleet_spot *fleet_spot_of(const struct fleet *f, size_t host,
				       size_t condition)
{
	const struct fleet_host *h = &f->host[host];

	if (condition >= h->spots || h->spot[condition].first < 0)
		return NULL;
	return &h->spot[condition];
}

const struct fleet_ratio *fleet_ratio_of(const struct fleet *f, size_t host,
					 size_t pair)
{
	const struct fleet_host *h = &f->host[host];

	return pair < h->ratios ? &h->ratio[pair] : NULL;
}

int fleet_fact_of(const struct fleet *f, size_t host, size_t fact)
{
	const struct fleet_host *h = &f->host[host];

	return fact < h->facts ? h->fact[fact] : -1;
}

size_t fleet_count(const struct fleet *f, enum fleet_agreement agreement)
{
	size_t n = 0;

	for (size_t i = 0; i < f->conditions; i++)
		n += f->condition[i].agreement == agreement;
	return n;
}

static void host_free(struct fleet_host *h)
{
	free(h->name);
	free(h->dir);
	free(h->sentence);
	free(h->identity);
	free(h->hardware);
	free(h->spot);
	free(h->ratio);
	free(h->speed);
	free(h->fact);
}

static void condition_free(struct fleet_condition *c)
{
	free(c->key);
	free(c->words);
	free(c->answer);
	free(c->of_host);
}

void fleet_free(struct fleet *f)
{
	for (size_t i = 0; i < f->hosts; i++)
		host_free(&f->host[i]);
	for (size_t i = 0; i < f->conditions; i++)
		condition_free(&f->condition[i]);
	for (size_t i = 0; i < f->pairs; i++) {
		free(f->pair[i].a);
		free(f->pair[i].b);
	}
	for (size_t i = 0; i < f->facts; i++) {
		free(f->fact[i].name);
		fleet_names_free(&f->fact[i].value);
	}
	for (size_t i = 0; i < f->differences; i++) {
		free(f->difference[i].condition);
		free(f->difference[i].tie);
	}
	for (size_t i = 0; i < f->aparts; i++) {
		free(f->apart[i].dir);
		free(f->apart[i].why);
	}
	fleet_names_free(&f->label);
	fleet_names_free(&f->cell);
	fleet_names_free(&f->keys);
	fleet_names_free(&f->pair_keys);
	free(f->host);
	free(f->condition);
	free(f->pair);
	free(f->fact);
	free(f->difference);
	free(f->apart);
	json_decref(f->plan);
	json_decref(f->program);
	*f = (struct fleet){ 0 };
}
