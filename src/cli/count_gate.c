/* ipcopy count --at-most: a gate on the number of copies. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "args/say.h"
#include "cli/count_wish.h"

/* Headers and the like add a few bytes. They do not matter to the gate. */
#define TOLERANCE 0.01

int count_take_at_most(const struct opt *o, const char *value, void *field,
		       struct err *e)
{
	char *end;
	double most = strtod(value, &end);
	bool digits = strspn(value, "0123456789.") == strlen(value);

	if (end == value || *end || !digits || !isfinite(most))
		return opt_refuse(o, value,
				  "a number of copies, such as 2 or 1.5", e);
	*(double *)field = most;
	return 0;
}

bool count_is_exact(const struct ledger_sum *s)
{
	return s->path && s->resolved && !s->lower_bound && !s->unwatched;
}

enum exit_code count_gate(const struct counting *c, const struct ledger_sum *s)
{
	const char *least = count_is_exact(s) ? "" : "at least ";

	if (isnan(c->at_most))
		return EXIT_WELL;
	if (!s->path || !s->resolved) {
		say("the gate --at-most %g is undecided: the number of copies "
		    "is not known",
		    c->at_most);
		return EXIT_UNDECIDED;
	}
	if (s->copies > c->at_most + TOLERANCE) {
		say("the gate --at-most %g failed: %s%.3f copies per delivered "
		    "byte were counted",
		    c->at_most, least, s->copies);
		return EXIT_CLAIM;
	}
	if (*least) {
		say("the gate --at-most %g is undecided: %s%.3f copies per "
		    "delivered byte were counted",
		    c->at_most, least, s->copies);
		return EXIT_UNDECIDED;
	}
	return EXIT_WELL;
}
