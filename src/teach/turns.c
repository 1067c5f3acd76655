/* How the two sides of a ring tell each other whose turn it is. */
#include "teach/turns.h"

#include <string.h>

static const char when_asleep[] =
	"Numbers in shared memory tell the turn: a side calls the kernel only "
	"to\n  sleep, or to wake the other side.";
static const char bells[] =
	"An eventfd alone would need a call each time. Here two numbers in "
	"shared\n  memory tell the turn: a side reads the eventfd only to "
	"sleep, and writes\n  to it only to wake the other side.";

/* For each setting of `sync`: how a side waits, and how it tells the other. */
static const struct turn turns[] = {
	{ "sem", "sem_wait", "sem_post", when_asleep, false, false },
	{ "named-sem", "sem_wait", "sem_post", when_asleep, false, false },
	{ "sysv-sem", "semop(-1)", "semop(+1)",
	  "The kernel keeps the semaphores: each turn is a call.", true,
	  false },
	{ "futex", "futex_wait", "futex_wake", when_asleep, false, false },
	{ "mutex", "pthread_mutex_lock, futex_wait",
	  "pthread_mutex_lock, futex_wake", when_asleep, false, false },
	{ "eventfd", "read of an eventfd", "write to an eventfd", bells, false,
	  false },
	{ "spin", "looks again and again until", "stores",
	  "No side calls the kernel to learn its turn.", false, true },
};

const struct turn *turn_of(const struct tr_spec *spec)
{
	const struct tr_param *p = spec->ops->params;

	for (int i = 0; p && p[i].name; i++) {
		if (strcmp(p[i].name, "sync") != 0)
			continue;
		for (size_t t = 0; t < sizeof(turns) / sizeof(turns[0]); t++)
			if (!strcmp(turns[t].sync,
				    p[i].choices[spec->value[i]]))
				return &turns[t];
	}
	return NULL;
}
