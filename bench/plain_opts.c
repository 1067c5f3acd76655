/* The plain program's command line. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plain.h"

static void show_usage(FILE *to)
{
	fputs("usage: plain-pairs [OPTION]...\n\n"
	      "  --bytes N       length of the file (default 8M)\n"
	      "  --size N        length of a message (default 64K)\n"
	      "  --depth N|deep  messages that a channel holds: slots of the "
	      "ring, and the\n"
	      "                  pipe's capacity divided by --size (default "
	      "deep: a ring of\n"
	      "                  2 MiB with 8 to 256 slots, and the largest "
	      "pipe allowed)\n"
	      "  --place P       core (default): two CPUs; same: both sides on "
	      "the first CPU\n"
	      "  --cpus A,B      CPUs of server and client (default: the "
	      "first allowed)\n"
	      "  --rounds N      transfers of each pair (default 16)\n"
	      "  --seed N        seed of the input and of every order (default "
	      "1)\n"
	      "  --dir DIR       folder of the files, best on a tmpfs (default "
	      "/dev/shm)\n"
	      "  --channel C     only pipe, unix or ring (default: all)\n"
	      "  --batch         scheduling policy SCHED_BATCH for both sides\n"
	      "  --keep          leave the files, and print their names\n",
	      to);
}

static _Noreturn void refuse(const char *name, const char *value,
			     const char *allowed)
{
	if (value)
		fprintf(stderr,
			"plain-pairs: %s '%s' is not allowed; it is %s\n", name,
			value, allowed);
	else
		fprintf(stderr, "plain-pairs: '%s' %s\n", name, allowed);
	exit(PLAIN_USAGE);
}

static bool number(const char *text, size_t *to)
{
	char *rest;
	int shift = 0;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*to = strtoull(text, &rest, 10);
	if (*rest)
		shift = *rest == 'K' ? 10 : *rest == 'M' ? 20 : -1;
	if (errno || shift < 0 || (*rest && rest[1]))
		return false;
	if (*to > (SIZE_MAX >> shift))
		return false;
	*to <<= shift;
	return true;
}

static bool take_number(struct plain_options *o, const char *name,
			const char *value)
{
	const struct {
		const char *name;
		size_t *to, low, high;
	} known[] = {
		{ "--bytes", &o->bytes, 1, (size_t)1 << 32 },
		{ "--size", &o->size, 1, 64 << 20 },
		{ "--depth", &o->depth, 1, 65536 },
		{ "--rounds", &o->rounds, 1, 1000000 },
		{ "--seed", &o->seed, 0, SIZE_MAX },
	};
	char allowed[100];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(name, known[i].name) != 0)
			continue;
		snprintf(allowed, sizeof(allowed),
			 "a number from %zu to %zu, such as 64K or 8M",
			 known[i].low, known[i].high);
		if (!number(value, known[i].to) ||
		    *known[i].to < known[i].low || *known[i].to > known[i].high)
			refuse(name, value, allowed);
		return true;
	}
	return false;
}

static bool is_channel(const char *name)
{
	for (int i = 0; i < PLAIN_CHANNELS; i++)
		if (!strcmp(name, plain_channels[i].name))
			return true;
	return false;
}

static bool take_word(struct plain_options *o, const char *name,
		      const char *value)
{
	if (!strcmp(name, "--dir")) {
		o->dir = value;
	} else if (!strcmp(name, "--place")) {
		o->same = !strcmp(value, "same");
		if (!o->same && strcmp(value, "core") != 0)
			refuse(name, value, "core or same");
	} else if (!strcmp(name, "--channel")) {
		o->channel = value;
		if (!is_channel(value))
			refuse(name, value, "pipe, unix or ring");
	} else if (!strcmp(name, "--cpus")) {
		if (sscanf(value, "%4d,%4d", &o->cpu[0], &o->cpu[1]) != 2 ||
		    strspn(value, "0123456789,") != strlen(value))
			refuse(name, value, "two CPUs, such as 0,1");
	} else {
		return false;
	}
	return true;
}

static void read_all(struct plain_options *o, char **arg)
{
	for (arg++; *arg; arg++) {
		if (!strcmp(*arg, "--help")) {
			show_usage(stdout);
			exit(0);
		} else if (!strcmp(*arg, "--batch")) {
			o->batch = true;
		} else if (!strcmp(*arg, "--keep")) {
			o->keep = true;
		} else if (!arg[1]) {
			refuse(*arg, NULL, "is not known or needs a value");
		} else if (!strcmp(*arg, "--depth") &&
			   !strcmp(arg[1], "deep")) {
			o->depth = 0;
			arg++;
		} else if (take_number(o, arg[0], arg[1]) ||
			   take_word(o, arg[0], arg[1])) {
			arg++;
		} else {
			refuse(*arg, NULL, "is not known; see --help");
		}
	}
}

/* Finds the first two CPUs that this process may use. */
static void find_cpus(struct plain_options *o)
{
	cpu_set_t set;
	int n = 0;

	if (o->cpu[0] >= 0)
		return;
	sched_getaffinity(0, sizeof(set), &set);
	for (int i = 0; i < CPU_SETSIZE && n < 2; i++)
		if (CPU_ISSET(i, &set))
			o->cpu[n++] = i;
	if (n == 2 || o->same)
		return;
	fputs("plain-pairs: --place core needs two CPUs, but this process may "
	      "use only one; try --place same\n",
	      stderr);
	exit(PLAIN_CANNOT);
}

static size_t pipe_most(void)
{
	size_t most = 1 << 20;
	FILE *f = fopen("/proc/sys/fs/pipe-max-size", "r");

	if (f && fscanf(f, "%zu", &most) != 1)
		most = 1 << 20;
	if (f)
		fclose(f);
	while (most & (most - 1))
		most &= most - 1;
	return most;
}

/*
 * "deep" is as in the plans of ipcopy: a ring of 2 MiB, but with 8 slots at
 * least and 256 at most, and a pipe of the largest capacity.
 */
static void settle_depth(struct plain_options *o)
{
	size_t slots = ((size_t)2 << 20) / o->size;

	o->slots = slots < 8 ? 8 : slots > 256 ? 256 : slots;
	o->capacity = pipe_most();
	if (o->depth == 0)
		return;
	o->slots = o->depth;
	o->capacity = o->depth * o->size;
	if (o->capacity > (size_t)1 << 30)
		refuse("--depth times --size", NULL, "is more than 1 GiB");
}

void plain_read_options(struct plain_options *o, char **arg)
{
	*o = (struct plain_options){ .bytes = 8 << 20,
				     .size = 64 << 10,
				     .rounds = 16,
				     .seed = 1,
				     .cpu = { -1, -1 },
				     .dir = "/dev/shm" };
	read_all(o, arg);
	find_cpus(o);
	settle_depth(o);
}
