/* How the two sides of a ring tell each other whose turn it is. */
#include "teach/turns.h"

#include <string.h>

static const char when_asleep[] =
	"What is counted lies in shared memory: the kernel is asked only when "
	"a\n  side has to sleep, or to wake one that does.";
static const char bells[] =
	"An eventfd by itself would be a call each time. Here two numbers in "
	"shared\n  memory tell the turn; it is read only to sleep, and written "
	"only to wake.";

/* For each setting of `sync`: how a side waits, and how it tells the other. */
static const struct turn turns[] = {
	{ "sem", "sem_wait", "sem_post", when_asleep, false, false },
	{ "named-sem", "sem_wait", "sem_post", when_asleep, false, false },
	{ "sysv-sem", "semop(-1)", "semop(+1)",
	  "The kernel keeps the semaphores: it is asked each time.", true,
	  false },
	{ "futex", "futex_wait", "futex_wake", when_asleep, false, false },
	{ "mutex", "pthread_mutex_lock, futex_wait",
	  "pthread_mutex_lock, futex_wake", when_asleep, false, false },
	{ "eventfd", "read of an eventfd", "write to an eventfd", bells, false,
	  false },
	{ "spin", "looks again and again until", "stores",
	  "The kernel is never asked.", false, true },
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
