/*
 * A common start line, at which several pairs (copy/pair.h) begin their
 * transfers together.
 */
#include "copy/gate.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/futex.h"
#include "base/stop.h"

struct copy_gate {
	_Atomic uint32_t to_come;
};

/*
 * The gate of this process. It is made before the first pair, so that the
 * workers of every pair inherit it. A child that has pairs of its own makes
 * another gate. Only gate_common writes these two variables.
 */
static struct copy_gate *common;
static pid_t owner;

struct copy_gate *gate_common(void)
{
	void *page;

	if (common && owner == getpid())
		return common;
	page = mmap(NULL, sizeof(*common), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return NULL;
	if (common)
		munmap(common, sizeof(*common));
	common = page;
	owner = getpid();
	return common;
}

void gate_arm(struct copy_gate *g, int parties)
{
	atomic_store(&g->to_come, (uint32_t)parties);
}

int gate_wait(struct copy_gate *g, struct err *e)
{
	uint32_t left = atomic_fetch_sub(&g->to_come, 1) - 1;
	int rc = 0;

	if (left == 0)
		futex_wake_all(&g->to_come);
	while (rc == 0 && (left = atomic_load(&g->to_come)) != 0) {
		if (stop_requested())
			return -ECANCELED;
		rc = futex_sleep(&g->to_come, left);
	}
	return rc < 0 ? err_code(e, rc, "futex") : 0;
}
