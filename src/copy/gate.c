/* A start line that several pairs wait at, so that they run side by side. */
#include "copy/gate.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>

#include "base/futex.h"
#include "base/stop.h"

struct copy_gate {
	_Atomic uint32_t to_come;
	_Atomic uint32_t broken;
};

struct copy_gate *gate_new(int parties)
{
	struct copy_gate *g = mmap(NULL, sizeof(*g), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (g == MAP_FAILED)
		return NULL;
	atomic_store(&g->to_come, (uint32_t)parties);
	return g;
}

void gate_free(struct copy_gate *g)
{
	if (g)
		munmap(g, sizeof(*g));
}

static int pass(const struct copy_gate *g, struct err *e)
{
	if (!atomic_load(&g->broken))
		return 0;
	return err_say(e, ECANCELED, "another pair gave up before the start");
}

int gate_wait(struct copy_gate *g, struct err *e)
{
	uint32_t left = atomic_fetch_sub(&g->to_come, 1) - 1;
	int rc = 0;

	if (left == 0)
		futex_wake_all(&g->to_come);
	/* one that breaks makes it 0 as well: see gate_break */
	while (rc == 0 && (left = atomic_load(&g->to_come)) != 0 &&
	       left <= INT32_MAX) {
		if (stop_requested())
			return -ECANCELED;
		rc = futex_sleep(&g->to_come, left);
	}
	return rc < 0 ? err_code(e, rc, "futex") : pass(g, e);
}

void gate_break(struct copy_gate *g)
{
	atomic_store(&g->broken, 1);
	atomic_store(&g->to_come, 0);
	futex_wake_all(&g->to_come);
}
