/* Reads a mechanism and its settings from a text: `name:key=value,…`. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/size.h"
#include "base/words.h"
#include "transport/transport.h"

const char *tr_name_at(size_t i, const void *unused)
{
	const struct transport *t = tr_at(i);

	(void)unused;
	return t ? t->name : NULL;
}

static const char *param_name(size_t i, const void *ops)
{
	return ((const struct transport *)ops)->params[i].name;
}

static const char *choice_name(size_t i, const void *param)
{
	return ((const struct tr_param *)param)->choices[i];
}

static int parse_number(const struct transport *ops, const struct tr_param *p,
			const char *word, uint64_t *value, struct err *e)
{
	char low[32], high[32];
	bool ok = p->kind == TR_SIZE ? size_parse(word, value)
				     : count_parse(word, value);

	if (ok && *value >= p->min && *value <= p->max)
		return 0;
	return err_say(
		e, EINVAL, "%s: %s=%s is not allowed; %s is %s to %s%s",
		ops->name, p->name, word, p->name,
		size_word(p->min, low, sizeof(low)),
		p->kind == TR_SIZE
			? size_word(p->max, high, sizeof(high))
			: (snprintf(high, sizeof(high), "%" PRIu64, p->max),
			   high),
		p->kind == TR_SIZE ? ", such as 4096, 64K or 1M" : "");
}

static int parse_choice(const struct transport *ops, const struct tr_param *p,
			const char *word, uint64_t *value, struct err *e)
{
	char what[48];

	for (uint64_t i = 0; p->choices[i]; i++) {
		if (strcmp(p->choices[i], word))
			continue;
		*value = i;
		return 0;
	}
	snprintf(what, sizeof(what), "%s: %s", ops->name, p->name);
	return words_refuse(e, what, word, choice_name, p);
}

static int parse_pair(char *pair, struct tr_spec *spec, struct err *e)
{
	const struct transport *ops = spec->ops;
	char what[48], *word = strchr(pair, '=');
	const struct tr_param *p;
	int i;

	if (word)
		*word++ = '\0';
	i = tr_param_find(ops, pair);
	snprintf(what, sizeof(what), "%s: setting", ops->name);
	if (i < 0)
		return words_refuse(e, what, pair, param_name, ops);
	p = &ops->params[i];
	if (!word)
		return err_say(e, EINVAL, "%s: %s needs a value, as in %s:%s=…",
			       ops->name, pair, ops->name, pair);
	if (spec->given[i])
		return err_say(e, EINVAL, "%s: %s is given twice", ops->name,
			       pair);
	spec->given[i] = true;
	if (p->kind == TR_CHOICE)
		return parse_choice(ops, p, word, &spec->value[i], e);
	return parse_number(ops, p, word, &spec->value[i], e);
}

static int parse_settings(char *list, struct tr_spec *spec, struct err *e)
{
	int rc = 0;

	for (char *pair = list, *next; pair && rc == 0; pair = next) {
		next = strchr(pair, ',');
		if (next)
			*next++ = '\0';
		rc = parse_pair(pair, spec, e);
	}
	return rc;
}

int tr_spec_parse(const char *text, struct tr_spec *spec, struct err *e)
{
	char copy[TR_SPEC_MAX], *list;
	int rc;

	*spec = (struct tr_spec){ 0 };
	if (strlen(text) >= sizeof(copy))
		return err_say(e, EINVAL,
			       "the name of a mechanism with its settings must "
			       "not be longer than %zu letters",
			       sizeof(copy) - 1);
	memcpy(copy, text, strlen(text) + 1);
	list = strchr(copy, ':');
	if (list)
		*list++ = '\0';
	spec->ops = tr_find(copy);
	if (!spec->ops)
		return words_refuse(e, "mechanism", copy, tr_name_at, NULL);
	for (int i = 0; spec->ops->params[i].name; i++)
		spec->value[i] = spec->ops->params[i].def;
	rc = parse_settings(list, spec, e);
	if (rc == 0 && spec->ops->settle)
		spec->ops->settle(spec);
	return rc;
}
