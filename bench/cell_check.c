/*
 * Checks whether a cell can be measured, and turns its condition into numbers.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "args/command.h"
#include "base/cpu.h"
#include "base/fd.h"
#include "base/size.h"
#include "cell.h"

/*
 * Without --bytes, a hot file has at most the size of the cache divided by
 * HOT_SHARE, so that its copy also fits into the cache.
 */
#define HOT_SHARE    4
#define HOT_MOST     (8ULL << 20) /* larger files would only take longer */
#define COLD_FILES   4
#define COLD_BUFFERS 2

#define CPU_CACHE      "/sys/devices/system/cpu/cpu0/cache"
#define FALLBACK_CACHE (32ULL << 20)

#define DEFAULT_BYTES    (256ULL << 20)
#define DEFAULT_MESSAGES 20000
#define DEFAULT_TRIPS    10000

/*
 * The size of the largest cache according to the kernel's files; 0: not known.
 * sysconf(3) may report the whole cache of the processor, even if this machine
 * has only a part of it.
 */
static uint64_t kernel_says(void)
{
	char path[80], text[32];
	uint64_t bytes = 0, level;

	for (int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), CPU_CACHE "/index%d/size", i);
		if (!fd_read_text(path, text, sizeof(text)))
			break;
		text[strcspn(text, "\n")] = '\0';
		if (size_parse(text, &level) && level > bytes)
			bytes = level;
	}
	return bytes;
}

uint64_t cell_cache_bytes(void)
{
	uint64_t bytes = kernel_says();
	long level3 = bytes ? 0 : sysconf(_SC_LEVEL3_CACHE_SIZE);

	if (level3 > 0)
		return (uint64_t)level3;
	return bytes ? bytes : FALLBACK_CACHE;
}

/* --- options that contradict ---------------------------------------------- */

static int check_options(struct cell *c, struct err *e)
{
	const struct cell_opts *o = &c->opts;

	if (o->cpus.count && (uint64_t)o->cpus.count != COPY_ROLES * o->pairs)
		return err_say(e, EINVAL,
			       "--cpus names %d CPUs, but --pairs %" PRIu64
			       " needs %" PRIu64 ": one for each server and "
			       "one for each client",
			       o->cpus.count, o->pairs, COPY_ROLES * o->pairs);
	if (o->workload != COPY_FILE && o->sink)
		return err_say(e, EINVAL,
			       "--sink needs --workload file; a %s has no file",
			       copy_workload_names[o->workload]);
	if (o->workload == COPY_FILE && o->messages)
		return err_say(e, EINVAL,
			       "--messages is for the workloads stream and "
			       "pingpong; give a file's length by --bytes");
	if (o->workload == COPY_FILE && o->payload != CELL_TOUCH)
		return err_say(
			e, EINVAL,
			"--payload write and --payload none are for messages; "
			"a file is copied as it is");
	if (o->workload == COPY_PINGPONG && o->payload == CELL_WRITE)
		return err_say(e, EINVAL,
			       "--payload write needs --workload stream: in a "
			       "pingpong each side both sends and receives");
	return 0;
}

static int check_cpus(struct cell *c, struct err *e)
{
	for (int i = 0; i < c->opts.cpus.count; i++) {
		if (cpu_allowed(c->opts.cpus.cpu[i]))
			continue;
		c->cannot = EXIT_CANNOT;
		return err_say(e, EINVAL, "this process may not use CPU %d",
			       c->opts.cpus.cpu[i]);
	}
	return 0;
}

/* --- runners that take part ----------------------------------------------- */

static bool is_skipped_aloud(const struct cell *c)
{
	return c->opts.samples || c->opts.calibrate_ms;
}

/*
 * Leaves out a runner that cannot take part. If it is the only runner and no
 * program reads the output, returns the error. Otherwise reports the runner as
 * skipped.
 */
static int leave_out(struct cell *c, struct runner *r, struct err *e)
{
	int rc = -e->code;

	r->out_of_it = true;
	c->why = *e;
	if (c->opts.vias == 1 && !is_skipped_aloud(c))
		return rc;
	rc = cell_show_skipped(r, e);
	if (rc < 0)
		return err_code(e, rc, "standard output");
	memset(e, 0, sizeof(*e));
	return 0;
}

static struct copy_job job_of(const struct cell *c, const struct runner *r)
{
	struct copy_job job = COPY_JOB_INIT;

	job.spec = r->spec;
	job.dose = r->dose;
	job.load.kind = (enum copy_workload)c->opts.workload;
	job.load.sink = (enum copy_sink)c->opts.sink;
	job.load.untouched = c->opts.payload == CELL_NONE;
	job.load.unread = c->opts.payload == CELL_WRITE;
	return job;
}

/*
 * All mechanisms with messages must use the same message size, or else their
 * times cannot be compared.
 */
static int check_size(const struct cell *c, const struct runner *r,
		      struct err *e)
{
	const struct runner *first = &c->runner[0];

	if (!tr_has_message_form(r->spec.ops) ||
	    !tr_has_message_form(first->spec.ops) ||
	    cell_message_bytes(r) == cell_message_bytes(first))
		return 0;
	return err_say(e, EINVAL,
		       "--via %.60s has messages of %zu bytes and --via %.60s "
		       "of %zu; mechanisms are measured together only if "
		       "these numbers are the same; set them with size=",
		       c->opts.via[0].text, cell_message_bytes(first),
		       c->opts.via[r->number].text, cell_message_bytes(r));
}

static int make_runners(struct cell *c, struct err *e)
{
	int rc = 0;

	c->runners = c->opts.vias;
	for (int i = 0; i < c->runners && rc == 0; i++) {
		struct runner *r = &c->runner[i];

		r->number = i;
		r->lag = c->opts.via[i].lag;
		r->dose = c->opts.via[i].dose;
		rc = tr_spec_parse(c->opts.via[i].text, &r->spec, e);
		if (rc == 0)
			rc = check_size(c, r, e);
	}
	return rc;
}

/* --- sizes ---------------------------------------------------------------- */

static uint64_t hot_bytes(uint64_t cache)
{
	return cache / HOT_SHARE < HOT_MOST ? cache / HOT_SHARE : HOT_MOST;
}

static int settle_file(struct cell *c, struct err *e)
{
	uint64_t cache = cell_cache_bytes();
	bool cold = c->opts.cache == CELL_COLD;
	char have[32], word[32];

	if (!c->opts.bytes)
		c->opts.bytes = cold ? COLD_FILES * cache : hot_bytes(cache);
	c->bytes = c->opts.bytes;
	if (cold ? c->bytes > cache : c->bytes < cache)
		return 0;
	return err_say(e, EINVAL,
		       "--cache %s and --bytes %s contradict each other: the "
		       "last level of cache has %s; a hot file must be "
		       "smaller, and a cold file larger",
		       cold ? "cold" : "hot",
		       size_word(c->bytes, word, sizeof(word)),
		       size_human((double)cache, have, sizeof(have)));
}

static uint64_t default_messages(const struct cell *c)
{
	uint64_t n = DEFAULT_BYTES / cell_message_bytes(&c->runner[0]);

	if (c->opts.workload == COPY_PINGPONG)
		return n < DEFAULT_TRIPS ? n + 1 : DEFAULT_TRIPS;
	return n < DEFAULT_MESSAGES ? n + 1 : DEFAULT_MESSAGES;
}

static int settle_messages(struct cell *c, struct err *e)
{
	uint64_t ways = c->opts.workload == COPY_PINGPONG ? 2 : 1;
	uint64_t unit = ways * cell_message_bytes(&c->runner[0]);
	struct cell_opts *o = &c->opts;

	if (o->bytes % unit)
		return err_say(
			e, EINVAL,
			"--bytes %" PRIu64 " is not a multiple of %" PRIu64
			", the number of bytes of a %s",
			o->bytes, unit, ways == 2 ? "round trip" : "message");
	if (!o->messages)
		o->messages = o->bytes ? o->bytes / unit : default_messages(c);
	c->bytes = o->messages * unit;
	if (o->bytes && o->bytes != c->bytes)
		return err_say(e, EINVAL,
			       "--bytes %" PRIu64 " and --messages %" PRIu64
			       " contradict each other: this number of "
			       "messages has %" PRIu64 " bytes",
			       o->bytes, o->messages, c->bytes);
	return 0;
}

/* --- cold messages -------------------------------------------------------- */

static bool buffers_turn(const struct tr_spec *spec)
{
	return spec->ops->lend == tr_lend_private ||
	       tr_spec_value(spec, "buffers", 0) == 1;
}

/*
 * If the buffers belong to the mechanism, this program cannot choose them. A
 * transfer uses `depth` buffers in turn. These buffers are cold if together
 * they are large enough.
 */
static int check_cold(const struct cell *c, const struct runner *r,
		      struct err *e)
{
	uint64_t need = COLD_BUFFERS * cell_cache_bytes();
	uint64_t depth = tr_spec_value(&r->spec, "depth", 1);
	uint64_t size = cell_message_bytes(r);
	char have[32], word[32];

	if (c->opts.cache == CELL_HOT || c->opts.workload == COPY_FILE ||
	    buffers_turn(&r->spec) || depth * size >= need)
		return 0;
	return err_say(
		e, EINVAL,
		"%s cannot be cold: together its buffers have %s, and the last "
		"level of cache has %s; depth times size must be at least %s",
		r->spec.ops->name,
		size_human((double)(depth * size), have, sizeof(have)),
		size_human((double)need / COLD_BUFFERS, word, sizeof(word)),
		size_word(need, (char[32]){ 0 }, 32));
}

static int check_runner(struct cell *c, struct runner *r, struct err *e)
{
	struct copy_job job = job_of(c, r);
	int rc = copy_check(&job, e);

	c->cannot = rc < 0 && rc != -EINVAL ? EXIT_CANNOT : EXIT_USAGE;
	if (rc == 0)
		rc = check_cold(c, r, e);
	return rc < 0 ? leave_out(c, r, e) : 0;
}

static int check_runners(struct cell *c, struct err *e)
{
	int rc = 0, left = 0;

	for (int i = 0; i < c->runners && rc == 0; i++) {
		rc = check_runner(c, &c->runner[i], e);
		left += !c->runner[i].out_of_it;
	}
	if (rc == 0 && left == 0)
		*e = c->why;
	return -e->code;
}

int cell_check(struct cell *c, struct err *e)
{
	int rc;

	c->cannot = EXIT_USAGE;
	if (!c->opts.pairs)
		c->opts.pairs = 1;
	rc = check_options(c, e);
	if (rc == 0)
		rc = make_runners(c, e);
	if (rc == 0)
		rc = check_cpus(c, e);
	if (rc < 0)
		return rc;
	if (c->opts.workload == COPY_FILE)
		rc = settle_file(c, e);
	else
		rc = settle_messages(c, e);
	return rc < 0 ? rc : check_runners(c, e);
}
