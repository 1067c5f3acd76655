/* How the two sides tell each other whose turn it is, by shared memory. */
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
	{ "spin", "looks at shared memory again and again", "a store",
	  "A side that waits does not sleep: it looks again and again.", false,
	  true },
};

/* The setting `sync`, or what the mechanism says in its place; or NULL. */
static const char *sync_of(const struct tr_spec *spec)
{
	int i = tr_param_find(spec->ops, "sync");

	return i < 0 ? spec->ops->sync
		     : spec->ops->params[i].choices[spec->value[i]];
}

const struct turn *turn_of(const struct tr_spec *spec)
{
	const char *sync = sync_of(spec);

	for (size_t i = 0; sync && i < sizeof(turns) / sizeof(turns[0]); i++)
		if (!strcmp(turns[i].sync, sync))
			return &turns[i];
	return NULL;
}
