/* A running experiment, as its parent sees it. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/stop.h"
#include "lab/inside.h"

#define GRACE_MS 1000

void lab_add(struct lab_result *r, enum lab_weight weight, const char *text)
{
	if (r->n == LAB_FACTS_MAX)
		return;
	r->fact[r->n].weight = weight;
	snprintf(r->fact[r->n].text, LAB_TEXT_MAX, "%s", text);
	r->n++;
}

void lab_drain(struct lab_running *run)
{
	struct lab_fact fact;

	while (read(run->fact_fd, &fact, sizeof(fact)) == sizeof(fact))
		lab_add(run->result, fact.weight, fact.text);
}

void lab_hurry(struct lab_running *run)
{
	int64_t now = clock_ns();

	if (now > run->deadline_ns)
		run->late = true;
	else if (stop_requested())
		/* from now on the experiment has GRACE_MS to stop by itself */
		run->deadline_ns = now;
	else
		return;
	kill(run->pid,
	     now > run->deadline_ns + GRACE_MS * MS_IN_NS ? SIGKILL : SIGTERM);
}
