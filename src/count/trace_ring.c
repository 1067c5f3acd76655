/*
 * io_uring. The tracer reads requests from the ring after the call that submits
 * them, and results from the place where the kernel puts them.
 */
#include "count/trace_ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"

/* --- reading what both sides write ---------------------------------------- */

static uint32_t word(const struct ring *r, uint32_t offset)
{
	return __atomic_load_n((const uint32_t *)(r->rings + offset),
			       __ATOMIC_ACQUIRE);
}

static const struct io_uring_sqe *sqe_at(const struct ring *r, uint32_t i)
{
	size_t each = r->params.flags & RING_SETUP_SQE128 ? 128 : 64;
	uint32_t at = i & (r->params.sq_entries - 1);

	if (!(r->params.flags & RING_SETUP_NO_SQARRAY))
		at = word(r, r->params.sq_off.array + 4 * at);
	if (at >= r->params.sq_entries)
		return NULL;
	return (const struct io_uring_sqe *)(r->sqes + at * each);
}

static const struct io_uring_cqe *cqe_at(const struct ring *r, uint32_t i)
{
	size_t each = r->params.flags & RING_SETUP_CQE32 ? 32 : 16;
	uint32_t at = i & (r->params.cq_entries - 1);

	return (const struct io_uring_cqe *)(r->rings + r->params.cq_off.cqes +
					     at * each);
}

/* --- requests ------------------------------------------------------------- */

static void begin_requests(struct tracer *t, struct task *p, struct ring *r)
{
	uint32_t head = word(r, r->params.sq_off.head);

	for (; r->sq_seen != head; r->sq_seen++) {
		const struct io_uring_sqe *sqe = sqe_at(r, r->sq_seen);
		struct request *q = sqe ? request_new(t, p, r, sqe) : NULL;

		if (!q)
			continue;
		*r->last = q;
		r->last = &q->next;
	}
}

/*
 * If several requests have the same user_data, they are assumed to end in the
 * order in which they began.
 */
static void end_request(struct tracer *t, struct task *p, struct ring *r,
			const struct io_uring_cqe *cqe)
{
	struct request **at = &r->first, *q;

	while (*at && (*at)->sqe.user_data != cqe->user_data)
		at = &(*at)->next;
	q = *at;
	if (!q || cqe->flags & RING_CQE_NOTICE)
		return;
	*at = q->next;
	if (r->last == &q->next)
		r->last = at;
	request_done(t, p, q, cqe->res);
	request_free(q);
}

static void end_requests(struct tracer *t, struct task *p, struct ring *r)
{
	uint32_t tail = word(r, r->params.cq_off.tail);

	if (tail - r->cq_seen > r->params.cq_entries) {
		trace_doubt(t, p->mm,
			    "the process %s had more results of io_uring than "
			    "the counter could read in time",
			    p->mm->name);
		r->cq_seen = tail - r->params.cq_entries;
	}
	for (; r->cq_seen != tail; r->cq_seen++)
		end_request(t, p, r, cqe_at(r, r->cq_seen));
	if (word(r, r->params.cq_off.overflow))
		trace_doubt(t, p->mm,
			    "the process %s had more results of io_uring than "
			    "fit into its ring",
			    p->mm->name);
}

/* --- rings ---------------------------------------------------------------- */

static struct ring *find_ring(const struct tracer *t, const struct mm *mm,
			      int fd, bool registered)
{
	struct ring *r = t->ring;

	while (r && (r->mm != mm || fd != (registered ? r->registered : r->fd)))
		r = r->next;
	return r;
}

static bool map_ring(struct ring *r, int fd)
{
	const struct io_uring_params *params = &r->params;
	size_t sq = params->sq_off.array + 4 * (size_t)params->sq_entries;
	size_t cq = params->cq_off.cqes +
		    (params->flags & RING_SETUP_CQE32 ? 32 : 16) *
			    (size_t)params->cq_entries;

	r->rings_len = sq > cq ? sq : cq;
	r->sqes_len = (params->flags & RING_SETUP_SQE128 ? 128 : 64) *
		      (size_t)params->sq_entries;
	r->rings = mmap(NULL, r->rings_len, PROT_READ, MAP_SHARED, fd,
			IORING_OFF_SQ_RING);
	r->sqes = mmap(NULL, r->sqes_len, PROT_READ, MAP_SHARED, fd,
		       IORING_OFF_SQES);
	return r->rings != MAP_FAILED && r->sqes != MAP_FAILED;
}

static void free_ring(struct ring *r)
{
	struct request *next;

	for (struct request *q = r->first; q; q = next) {
		next = q->next;
		request_free(q);
	}
	if (r->rings != MAP_FAILED)
		munmap(r->rings, r->rings_len);
	if (r->sqes != MAP_FAILED)
		munmap(r->sqes, r->sqes_len);
	free(r->file);
	free(r);
}

static const char *unreadable(const struct io_uring_params *params)
{
	if (params->flags & IORING_SETUP_SQPOLL)
		return "a thread of the kernel takes them (SQPOLL)";
	if (params->flags & RING_SETUP_NO_MMAP)
		return "the rings lie in memory of the program (NO_MMAP)";
	if (!(params->features & IORING_FEAT_SINGLE_MMAP))
		return "this kernel has rings of an older kind";
	return NULL;
}

static void add_ring(struct tracer *t, struct task *p,
		     const struct io_uring_params *params, int copy)
{
	struct ring *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	*r = (struct ring){
		.mm = p->mm,
		.fd = (int)p->ret,
		.registered = -1,
		.params = *params,
		.last = &r->first,
	};
	if (copy >= 0 && map_ring(r, copy)) {
		r->next = t->ring;
		t->ring = r;
		return;
	}
	if (copy < 0)
		r->rings = r->sqes = MAP_FAILED;
	free_ring(r);
	trace_doubt(t, p->mm,
		    "the process %s uses io_uring, and the counter cannot map "
		    "its rings",
		    p->mm->name);
}

void trace_on_ring_setup(struct tracer *t, struct task *p, bool exit)
{
	struct io_uring_params params;
	const char *why;
	int copy;

	(void)exit;
	if (p->ret < 0 ||
	    trace_peek(p, &params, p->arg[1], sizeof(params)) < sizeof(params))
		return;
	mm_object(t, p->mm);
	why = unreadable(&params);
	if (why) {
		trace_doubt(t, p->mm,
			    "requests of %s to io_uring cannot be followed: %s",
			    p->mm->name, why);
		return;
	}
	copy = trace_borrow(p, (int)p->ret);
	add_ring(t, p, &params, copy);
	fd_close(&copy);
}

void trace_on_ring_enter(struct tracer *t, struct task *p, bool exit)
{
	struct ring *r = find_ring(t, p->mm, (int)p->arg[0],
				   p->arg[3] & RING_ENTER_REGISTERED);

	if (!r)
		return;
	/*
	 * at entry, take results of earlier requests; new requests begin at
	 * exit
	 */
	if (exit)
		begin_requests(t, p, r);
	end_requests(t, p, r);
}

void trace_look_at_rings(struct tracer *t, struct task *p)
{
	for (struct ring *r = t->ring; r; r = r->next) {
		if (r->mm != p->mm)
			continue;
		begin_requests(t, p, r);
		end_requests(t, p, r);
	}
	if (p->mm->refs == 1)
		trace_free_rings(t, p->mm);
}

/*
 * Frees the rings behind a range of descriptors. If we kept a ring open, all
 * files that are registered with it would stay open, too.
 */
static void free_rings(struct tracer *t, const struct mm *mm, unsigned int fd,
		       unsigned int last)
{
	struct ring **at = &t->ring, *r;

	while ((r = *at)) {
		if (r->mm == mm && (unsigned int)r->fd >= fd &&
		    (unsigned int)r->fd <= last) {
			*at = r->next;
			free_ring(r);
		} else {
			at = &r->next;
		}
	}
}

void trace_ring_closed(struct tracer *t, const struct task *p, unsigned int fd,
		       unsigned int last)
{
	free_rings(t, p->mm, fd, last);
}

void trace_free_rings(struct tracer *t, const struct mm *mm)
{
	free_rings(t, mm, 0, UINT32_MAX);
}

/* --- what is registered with a ring --------------------------------------- */

static void set_files(struct tracer *t, struct task *p, struct ring *r,
		      uint64_t at, uint32_t offset, uint32_t n)
{
	size_t need = (size_t)offset + n;
	int32_t fd;

	if (need > 1 << 20)
		return;
	if (need > r->files) {
		r->file = realloc(r->file, need * sizeof(*r->file));
		if (!r->file)
			abort();
		while (r->files < need)
			r->file[r->files++] =
				(struct fd_entry){ .in = FD_NONE,
						   .out = FD_NONE };
	}
	for (uint32_t i = 0; i < n; i++, at += sizeof(fd))
		if (trace_peek(p, &fd, at, sizeof(fd)) == sizeof(fd) &&
		    fd != IORING_REGISTER_FILES_SKIP)
			r->file[offset + i] = trace_fd(t, p, fd);
}

static void set_numbers(struct tracer *t, struct task *p, uint64_t at,
			uint32_t n)
{
	struct io_uring_rsrc_update u;
	struct ring *r;

	for (uint32_t i = 0; i < n; i++, at += sizeof(u)) {
		if (trace_peek(p, &u, at, sizeof(u)) < sizeof(u))
			return;
		r = find_ring(t, p->mm, (int)u.data, false);
		if (r)
			r->registered = (int)u.offset;
	}
}

void trace_on_ring_register(struct tracer *t, struct task *p, bool exit)
{
	struct ring *r = find_ring(t, p->mm, (int)p->arg[0], false);
	uint32_t op = (uint32_t)p->arg[1], n = (uint32_t)p->arg[3];
	union {
		struct io_uring_files_update update;
		struct io_uring_rsrc_register new;
		struct io_uring_rsrc_update2 update2;
	} a = { 0 };

	(void)exit;
	if (p->ret < 0 || !r)
		return;
	if (op == IORING_REGISTER_FILES)
		set_files(t, p, r, p->arg[2], 0, n);
	if (op == RING_REGISTER_FDS)
		set_numbers(t, p, p->arg[2], n);
	if (op != IORING_REGISTER_FILES_UPDATE &&
	    op != IORING_REGISTER_FILES2 && op != IORING_REGISTER_FILES_UPDATE2)
		return;
	trace_peek(p, &a, p->arg[2], sizeof(a));
	if (op == IORING_REGISTER_FILES_UPDATE)
		set_files(t, p, r, a.update.fds, a.update.offset, n);
	else if (op == IORING_REGISTER_FILES2)
		set_files(t, p, r, a.new.data, 0, a.new.data ? a.new.nr : 0);
	else
		set_files(t, p, r, a.update2.data, a.update2.offset,
			  a.update2.nr);
}
