/*
 * Makes the outcome of a transfer from the notes of both sides (copy/side.h).
 */
#include <stdio.h>

#include "copy/pair_inside.h"

/*
 * The side whose notes give the bytes and the times. This is the client, since
 * the last byte arrives there. It is the server if the client is another
 * program; in a pingpong, whose last byte arrives at the server; and for a
 * mechanism that carries nothing, since then no byte arrives at the client. If
 * the server is another program, it is always the client.
 */
static const struct copy_side *told_by(const struct copy_pair *p)
{
	const struct worker *k = p->watch.worker;
	bool by_client =
		k[COPY_CLIENT].pid &&
		(!k[COPY_SERVER].pid || (p->job.load.kind != COPY_PINGPONG &&
					 !p->job.spec.ops->carries_nothing));

	return &p->side[by_client ? COPY_CLIENT : COPY_SERVER];
}

/*
 * 0 if the second time is not later: the server may have checked its input
 * before the last byte reaches the client.
 */
static int64_t time_between(int64_t from_ns, int64_t to_ns)
{
	return to_ns > from_ns ? to_ns - from_ns : 0;
}

static void fill_sides(const struct copy_pair *p, struct copy_outcome *o)
{
	for (int role = 0; role < COPY_ROLES; role++)
		o->side[role] = (struct copy_figures){
			.known = p->watch.worker[role].pid != 0,
			.used = p->side[role].used,
			.cpu = p->side[role].cpu,
			.calls = p->side[role].calls,
		};
}

void pair_outcome(const struct copy_pair *p, struct copy_outcome *o)
{
	const struct copy_side *server = &p->side[COPY_SERVER];
	const struct copy_side *client = &p->side[COPY_CLIENT];
	const struct copy_side *told = told_by(p);
	char spec[TR_SPEC_MAX];

	*o = (struct copy_outcome){
		.bytes = told->bytes,
		.messages = told->bytes > 0 ? p->job.load.messages : 0,
		.t0_ns = told->t0_ns,
		.t1_ns = told->t1_ns,
		.transfer_ns = time_between(told->t0_ns, told->t1_ns),
		.verify_ns = time_between(told->t1_ns, told->checked_ns),
		.verified = told->verified,
		.hash = told->hash,
		.yielded = server->yielded || client->yielded,
		.forced = p->watch.forced,
	};
	/* if the server is another program, its offer had the settings */
	snprintf(o->spec, sizeof(o->spec), "%s",
		 p->watch.worker[COPY_SERVER].pid
			 ? tr_spec_text(&p->job.spec, true, spec, sizeof(spec))
			 : client->spec);
	snprintf(o->remark, sizeof(o->remark), "%s",
		 client->remark[0] ? client->remark : server->remark);
	fill_sides(p, o);
}
