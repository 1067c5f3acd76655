/*
 * A plugin of QEMU's emulator: counts the bytes that each instruction of the
 * emulated machine loads and stores, in the kernel and in programs.
 *
 * The guest gives orders by stores to the page at MARK_PAGE, which its program
 * `mark` maps. A store to word 0 sets all counts to zero. A store to word N
 * writes the counts since then to the file PREFIX.N. Each line of that file has
 * the address of an instruction, the bytes that it loaded, the bytes that it
 * stored, and the bytes of the runs of loads and of stores that began with it.
 * A run is at least RUN_LEAST consecutive bytes that one routine of the kernel
 * loads or stores. The structures that the kernel often copies are shorter.
 * The argument is out=PREFIX.
 *
 * Debian has no package with the header of the plugin interface, so the few
 * declarations that are needed are in this file. They fit version 1 (QEMU 7.2)
 * and later.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mark.h"

#ifndef PLUGIN_VERSION
#define PLUGIN_VERSION 1
#endif

#define EXPORTED __attribute__((visibility("default")))
#define BUCKETS  (1u << 18)
/* bytes of the shortest run: more than a structure that is often copied */
#define RUN_LEAST 512
/* with the last bytes, a routine may copy up to this many bytes again */
#define RUN_OVERLAP 64
/* instructions of one routine are at most this far apart, in bytes */
#define ROUTINE     4096
#define RUNS        4 /* number of runs that are followed at a time */
#define PAUSED_RUNS 4096
/* A page fault in the middle of a copy takes fewer accesses than this. */
#define PAUSE_MOST 65536

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info;

enum { NO_REGISTERS = 0, LOADS_AND_STORES = 3 };
enum { LOADS, STORES, DIRECTIONS };

typedef void (*on_block)(uint64_t id, struct qemu_plugin_tb *tb);
typedef void (*on_access)(unsigned int cpu, uint32_t info, uint64_t address,
			  void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, on_block call);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *,
						 size_t i);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
				      on_access call, int registers, int which,
				      void *data);
unsigned int qemu_plugin_mem_size_shift(uint32_t info);
bool qemu_plugin_mem_is_store(uint32_t info);

EXPORTED int qemu_plugin_version = PLUGIN_VERSION;
EXPORTED int qemu_plugin_install(uint64_t id, const struct qemu_info *info,
				 int argc, char **argv);

/*
 * The counts of an instruction, by its address. Instructions of two programs at
 * the same address have one count.
 */
struct place {
	uint64_t address;
	uint64_t bytes[DIRECTIONS];
	uint64_t run_bytes[DIRECTIONS];
	struct place *next;
};

/*
 * Bytes that one routine loaded or stored next to each other, upwards or
 * downwards. The run began with the instruction at `place`.
 */
struct run {
	uint64_t start;
	uint64_t end;
	uint64_t paused_at;
	struct place *place;
};

/* Only the thread of the guest's CPU writes here. The latest run is first. */
static struct run runs[DIRECTIONS][RUNS];
/*
 * Short runs that were interrupted and may go on. The address at which a run
 * ends decides its place here.
 */
static struct run paused[DIRECTIONS][PAUSED_RUNS];
static uint64_t accesses;
static struct place *places[BUCKETS];
static const char *prefix = "memory";

static struct place *place_at(uint64_t address)
{
	struct place **bucket = &places[(address ^ address >> 18) % BUCKETS];
	struct place *p;

	for (p = *bucket; p; p = p->next)
		if (p->address == address)
			return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		abort();
	p->address = address;
	p->next = *bucket;
	*bucket = p;
	return p;
}

static bool same_routine(const struct place *a, const struct place *b)
{
	return a->address - b->address + ROUTINE <= 2 * ROUTINE;
}

static struct run *pause_for(int direction, uint64_t end)
{
	return &paused[direction][(end >> 3 ^ end >> 12) % PAUSED_RUNS];
}

/* Ends a run. If it is still too short, it may go on after an interruption. */
static void end_run(struct run *r, int direction)
{
	if (r->end - r->start >= RUN_LEAST) {
		r->place->run_bytes[direction] += r->end - r->start;
	} else if (r->end) {
		r->paused_at = accesses;
		*pause_for(direction, r->end) = *r;
	}
	*r = (struct run){ 0 };
}

/* Begins a run, or goes on with a short one that was interrupted here. */
static struct run begin_run(struct place *place, int direction, uint64_t from,
			    uint64_t to)
{
	struct run *p = pause_for(direction, from),
		   run = { from, to, 0, place };

	if (p->end != from || accesses - p->paused_at > PAUSE_MOST ||
	    !same_routine(p->place, place))
		return run;
	run.start = p->start;
	*p = (struct run){ 0 };
	return run;
}

/* Routines may copy some of the last bytes again, upwards or downwards. */
static bool goes_on(struct run *r, uint64_t from, uint64_t to)
{
	if (from >= r->start && from <= r->end &&
	    r->end - from <= RUN_OVERLAP) {
		if (to > r->end)
			r->end = to;
		return true;
	}
	if (from < r->start && to >= r->start && to <= r->end &&
	    to - r->start <= RUN_OVERLAP) {
		r->start = from;
		return true;
	}
	return false;
}

/* A header in front of the payload, which another routine made, is no copy. */
static void leave_out_header(struct run *r, struct place *p, uint64_t from,
			     uint64_t to)
{
	if (r->end - r->start < RUN_LEAST && !same_routine(r->place, p))
		*r = (struct run){ from, to, 0, p };
}

static void add_to_run(struct place *p, int direction, uint64_t from,
		       unsigned int bytes)
{
	struct run *r = runs[direction], one;
	int i = 0;

	while (i < RUNS - 1 && !goes_on(&r[i], from, from + bytes))
		i++;
	if (i == RUNS - 1 && !goes_on(&r[i], from, from + bytes)) {
		end_run(&r[i], direction);
		r[i] = begin_run(p, direction, from, from + bytes);
	}
	leave_out_header(&r[i], p, from, from + bytes);
	if (i == 0)
		return;
	one = r[i];
	memmove(r + 1, r, i * sizeof(*r));
	r[0] = one;
}

static void end_runs(void)
{
	for (int direction = 0; direction < DIRECTIONS; direction++)
		for (int i = 0; i < RUNS; i++)
			end_run(&runs[direction][i], direction);
}

static void set_to_zero(void)
{
	end_runs();
	memset(paused, 0, sizeof(paused));
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct place *p = places[i]; p; p = p->next)
			p->bytes[LOADS] = p->bytes[STORES] =
				p->run_bytes[LOADS] = p->run_bytes[STORES] = 0;
}

static void write_place(FILE *f, const struct place *p)
{
	if (p->bytes[LOADS] || p->bytes[STORES])
		fprintf(f,
			"%016" PRIx64 " %" PRIu64 " %" PRIu64 " %" PRIu64
			" %" PRIu64 "\n",
			p->address, p->bytes[LOADS], p->bytes[STORES],
			p->run_bytes[LOADS], p->run_bytes[STORES]);
}

static void write_counts(unsigned int n)
{
	char name[512];
	FILE *f;

	end_runs();
	snprintf(name, sizeof(name), "%s.%u", prefix, n);
	f = fopen(name, "w");
	if (!f) {
		perror(name);
		exit(1);
	}
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct place *p = places[i]; p; p = p->next)
			write_place(f, p);
	if (fclose(f)) {
		perror(name);
		exit(1);
	}
}

static void heed_mark(uint64_t address)
{
	unsigned int n = (address - MARK_PAGE) / MARK_WORD;

	if (n)
		write_counts(n);
	else
		set_to_zero();
}

static void count_access(unsigned int cpu, uint32_t info, uint64_t address,
			 void *data)
{
	struct place *p = data;
	int direction = qemu_plugin_mem_is_store(info) ? STORES : LOADS;
	unsigned int bytes = 1u << qemu_plugin_mem_size_shift(info);

	(void)cpu;
	if (address - MARK_PAGE < MARK_PAGE_SIZE) {
		if (direction == STORES)
			heed_mark(address);
		return;
	}
	accesses++;
	p->bytes[direction] += bytes;
	if (p->address >> 63) /* an address of the kernel */
		add_to_run(p, direction, address, bytes);
}

static void watch_block(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t address = qemu_plugin_insn_vaddr(insn);

		qemu_plugin_register_vcpu_mem_cb(insn, count_access,
						 NO_REGISTERS, LOADS_AND_STORES,
						 place_at(address));
	}
}

int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc,
			char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "out=", 4) != 0) {
			fprintf(stderr, "memory: '%s' is not known\n", argv[i]);
			return -1;
		}
		prefix = strdup(argv[i] + 4);
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, watch_block);
	return 0;
}
