/* The results of copies, in a sentence or a table. */
#include "cli/show.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/say.h"
#include "base/size.h"
#include "cli/call_names.h"

static const char *const status_names[] = {
	[SHOW_OK] = "ok",
	[SHOW_SKIPPED] = "skipped",
	[SHOW_FAILED] = "failed",
};

void show_name_spec(struct show_row *row, const struct tr_spec *spec)
{
	tr_spec_text(spec, false, row->mechanism, sizeof(row->mechanism));
	tr_spec_text(spec, true, row->spec, sizeof(row->spec));
	row->carries_nothing = spec->ops->carries_nothing;
}

void show_name_peer(struct show_row *row, const char *spec)
{
	const struct transport *ops;

	snprintf(row->spec, sizeof(row->spec), "%s", spec);
	snprintf(row->mechanism, sizeof(row->mechanism), "%.*s",
		 (int)strcspn(spec, ":"), spec);
	ops = tr_find(row->mechanism);
	row->carries_nothing = ops && ops->carries_nothing;
}

/* --- figures -------------------------------------------------------------- */

/* NAN if there is no rate: nothing was moved, or no time has passed. */
static double gib_per_s(const struct copy_outcome *o)
{
	if (o->bytes == 0 || o->transfer_ns <= 0)
		return NAN;
	return (double)o->bytes / 0x1p30 / ((double)o->transfer_ns / 1e9);
}

/* CPU time of the sides that this ipcopy ran. *both: true if it ran both. */
static double cpu_s(const struct copy_outcome *o, bool *both)
{
	double ns = 0;

	*both = true;
	for (int role = 0; role < COPY_ROLES; role++) {
		if (o->side[role].known)
			ns += (double)(o->side[role].used.user_ns +
				       o->side[role].used.sys_ns);
		else
			*both = false;
	}
	return ns / 1e9;
}

static double calls_per_mib(const struct show_row *row)
{
	uint64_t total =
		row->calls[COPY_SERVER].total + row->calls[COPY_CLIENT].total;

	return row->out.bytes ? (double)total * 0x1p20 / (double)row->out.bytes
			      : NAN;
}

/* --- a sentence ----------------------------------------------------------- */

static const char *own_side(const struct copy_outcome *o)
{
	if (o->side[COPY_SERVER].known && o->side[COPY_CLIENT].known)
		return "";
	return o->side[COPY_SERVER].known ? " (server)" : " (client)";
}

static void put_verified(const struct copy_outcome *o, char *buf, size_t size)
{
	if (o->verified)
		snprintf(buf, size, "verified (XXH3 %016" PRIx64 ")", o->hash);
	else
		snprintf(buf, size, "not verified");
}

/* The CPUs that the sides of this ipcopy were bound to: " on CPUs 0,1". */
static void put_tied(const struct copy_outcome *o, char *buf, size_t size)
{
	int cpu[COPY_ROLES], n = 0;

	for (int role = 0; role < COPY_ROLES; role++)
		if (o->side[role].known && o->side[role].cpu >= 0)
			cpu[n++] = o->side[role].cpu;
	*buf = '\0';
	if (n == 1)
		snprintf(buf, size, " on CPU %d", cpu[0]);
	if (n == 2)
		snprintf(buf, size, " on CPUs %d,%d", cpu[0], cpu[1]);
}

/*
 * The remarks of the mechanism and of ipcopy, which a reader needs to compare
 * results.
 */
static void put_remarks(const struct copy_outcome *o, const char *between,
			char *buf, size_t size)
{
	snprintf(buf, size, "%s%s%s%s", *o->remark ? between : "", o->remark,
		 o->yielded ? between : "",
		 o->yielded ? "spinning sides yielded, since they share one CPU"
			    : "");
}

/* The line "copied 512.0 MiB through shm in 0.182 s: 2.75 GiB/s, …\n". */
static void put_copied(const struct show_row *row, const char *verb, char *line,
		       size_t size)
{
	const struct copy_outcome *o = &row->out;
	char bytes[24], rate[32] = "", verified[48], tied[32];
	char remarks[TR_REMARK_MAX + 64];
	double s = (double)o->transfer_ns / 1e9;
	bool both;

	if (row->carries_nothing) {
		snprintf(line, size,
			 "%s: 0 bytes delivered, DST is unchanged; %.*f s\n",
			 row->mechanism, size_decimals(s, 3), s);
		return;
	}
	if (isfinite(gib_per_s(o)))
		snprintf(rate, sizeof(rate), " %.*f GiB/s,",
			 size_decimals(gib_per_s(o), 3), gib_per_s(o));
	put_verified(o, verified, sizeof(verified));
	put_tied(o, tied, sizeof(tied));
	put_remarks(o, "; ", remarks, sizeof(remarks));
	snprintf(line, size,
		 "%s %s through %s%s in %.*f s:%s %.2f CPU s%s, %s%s\n", verb,
		 size_human((double)o->bytes, bytes, sizeof(bytes)),
		 row->mechanism, tied, size_decimals(s, 3), s, rate,
		 cpu_s(o, &both), own_side(o), verified, remarks);
}

/* --- a table -------------------------------------------------------------- */

enum {
	C_MECHANISM,
	C_SPEC,
	C_STATUS,
	C_REASON,
	C_SIZE,
	C_MIB,
	C_BYTES,
	C_S,
	C_TRANSFER_NS,
	C_VERIFY_NS,
	C_RATE,
	C_CPU,
	C_USER_NS,
	C_SYS_NS,
	C_CLIENT_USER_NS,
	C_CLIENT_SYS_NS,
	C_CALLS_PER_MIB,
	C_CALLS,
	C_VERIFIED,
	C_HASH,
	C_CPUS,
	C_SERVER_CPU,
	C_CLIENT_CPU,
	C_YIELDED,
	C_FORCED,
	C_REMARK,
	C_END
};

static const struct table_column all_columns[C_END] = {
	[C_MECHANISM] = { .key = "mechanism", .heading = "mechanism" },
	[C_SPEC] = { .key = "spec" },
	[C_STATUS] = { .key = "status", .heading = "status" },
	[C_REASON] = { .key = "reason" },
	[C_SIZE] = { .heading = "size", .right = true, .spare = 1 },
	[C_MIB] = { .heading = "MiB", .right = true, .spare = 6 },
	[C_BYTES] = { .key = "bytes" },
	[C_S] = { .heading = "seconds", .right = true, .spare = 4 },
	[C_TRANSFER_NS] = { .key = "transfer_ns" },
	[C_VERIFY_NS] = { .key = "verify_ns" },
	[C_RATE] = { .key = "gib_per_s", .heading = "GiB/s", .right = true },
	[C_CPU] = { .key = "cpu_s",
		    .heading = "CPU s",
		    .right = true,
		    .spare = 3 },
	[C_USER_NS] = { .key = "server_user_ns" },
	[C_SYS_NS] = { .key = "server_sys_ns" },
	[C_CLIENT_USER_NS] = { .key = "client_user_ns" },
	[C_CLIENT_SYS_NS] = { .key = "client_sys_ns" },
	[C_CALLS_PER_MIB] = { .key = "calls_per_mib",
			      .heading = "calls/MiB",
			      .right = true,
			      .spare = 2 },
	[C_CALLS] = { .key = "calls" },
	[C_VERIFIED] = { .key = "verified", .heading = "verified", .spare = 5 },
	[C_HASH] = { .key = "xxh3" },
	[C_CPUS] = { .heading = "CPUs", .spare = 7 },
	[C_SERVER_CPU] = { .key = "server_cpu" },
	[C_CLIENT_CPU] = { .key = "client_cpu" },
	[C_YIELDED] = { .key = "yielded" },
	[C_FORCED] = { .key = "forced" },
	[C_REMARK] = { .key = "remark" },
};

enum { CALL_NAME, CALL_SERVER, CALL_CLIENT, CALL_END };

static const struct table_column call_columns[CALL_END] = {
	[CALL_NAME] = { .key = "call" },
	[CALL_SERVER] = { .key = "server" },
	[CALL_CLIENT] = { .key = "client" },
};

static uint64_t count_of(const struct calls *c, int nr)
{
	for (int i = 0; i < CALLS_KINDS && c->kind[i].count; i++)
		if (c->kind[i].nr == nr)
			return c->kind[i].count;
	return 0;
}

/* A row for each call: those of the server, then those only of the client. */
static struct table *calls_table(const struct calls c[COPY_ROLES])
{
	struct table *t = table_new(call_columns, CALL_END);

	for (int i = 0; i < COPY_ROLES * CALLS_KINDS; i++) {
		int role = i / CALLS_KINDS, k = i % CALLS_KINDS;
		int nr = c[role].kind[k].nr;
		char name[24];

		if (!c[role].kind[k].count ||
		    (role == COPY_CLIENT && count_of(&c[COPY_SERVER], nr)))
			continue;
		table_row(t);
		table_text(t, CALL_NAME, call_name(nr, name, sizeof(name)));
		table_int(t, CALL_SERVER,
			  (int64_t)count_of(&c[COPY_SERVER], nr));
		table_int(t, CALL_CLIENT,
			  (int64_t)count_of(&c[COPY_CLIENT], nr));
	}
	return t;
}

static void fill_sides(struct table *t, const struct copy_outcome *o)
{
	const struct copy_figures *server = &o->side[COPY_SERVER];
	const struct copy_figures *client = &o->side[COPY_CLIENT];
	char pair[32];

	if (server->known) {
		table_int(t, C_USER_NS, server->used.user_ns);
		table_int(t, C_SYS_NS, server->used.sys_ns);
	}
	if (client->known) {
		table_int(t, C_CLIENT_USER_NS, client->used.user_ns);
		table_int(t, C_CLIENT_SYS_NS, client->used.sys_ns);
	}
	if (server->known && server->cpu >= 0)
		table_int(t, C_SERVER_CPU, server->cpu);
	if (client->known && client->cpu >= 0)
		table_int(t, C_CLIENT_CPU, client->cpu);
	if (server->cpu < 0 || client->cpu < 0)
		return;
	snprintf(pair, sizeof(pair), "%d,%d", server->cpu, client->cpu);
	table_text(t, C_CPUS, pair);
}

static void fill_figures(struct table *t, const struct show_row *row)
{
	const struct copy_outcome *o = &row->out;
	double s = (double)o->transfer_ns / 1e9, rate = gib_per_s(o), cpu;
	bool both;

	table_real(t, C_MIB, (double)o->bytes / 0x1p20, 1);
	table_int(t, C_BYTES, (int64_t)o->bytes);
	table_real(t, C_S, s, size_decimals(s, 4));
	table_int(t, C_TRANSFER_NS, o->transfer_ns);
	table_int(t, C_VERIFY_NS, o->verify_ns);
	table_real(t, C_RATE, rate, size_decimals(rate, 3));
	cpu = cpu_s(o, &both);
	if (both)
		table_real(t, C_CPU, cpu, 3);
	fill_sides(t, o);
	table_bool(t, C_YIELDED, o->yielded);
	table_bool(t, C_FORCED, o->forced);
	if (*o->remark)
		table_text(t, C_REMARK, o->remark);
	if (row->carries_nothing)
		return;
	table_bool(t, C_VERIFIED, o->verified);
	if (o->verified) {
		char hash[24];

		snprintf(hash, sizeof(hash), "%016" PRIx64, o->hash);
		table_text(t, C_HASH, hash);
	}
}

/* The message size, taken out of row->spec; "" if there is none. */
static const char *size_of(const struct show_row *row, char *buf, size_t size)
{
	static const char name[] = "size=";
	const char *at = strstr(row->spec, name);

	while (at && at > row->spec && at[-1] != ':' && at[-1] != ',')
		at = strstr(at + 1, name);
	at = at ? at + strlen(name) : "";
	snprintf(buf, size, "%.*s", (int)strcspn(at, ","), at);
	return buf;
}

/* True if the rows that have a message size differ in it. */
static bool sizes_differ(const struct show_row *rows, size_t n)
{
	char first[32] = "", size[32];

	for (size_t i = 0; i < n; i++) {
		if (!*size_of(&rows[i], size, sizeof(size)))
			continue;
		if (*first && strcmp(first, size) != 0)
			return true;
		snprintf(first, sizeof(first), "%s", size);
	}
	return false;
}

static void fill_copy_row(struct table *t, const struct show_row *row)
{
	char size[32];

	table_row(t);
	table_text(t, C_MECHANISM, row->mechanism);
	if (*size_of(row, size, sizeof(size)))
		table_text(t, C_SIZE, size);
	table_text(t, C_SPEC, row->spec);
	table_text(t, C_STATUS, status_names[row->status]);
	if (row->why.text[0])
		table_text(t, C_REASON, row->why.text);
	if (row->out.spec[0])
		fill_figures(t, row);
	if (row->counted) {
		double calls = calls_per_mib(row);

		table_real(t, C_CALLS_PER_MIB, calls, size_decimals(calls, 3));
		table_nest(t, C_CALLS, calls_table(row->calls));
	}
}

/* Hides columns that tell people nothing in these rows. */
static void choose_columns(struct table_column columns[C_END],
			   const struct show_row *rows, size_t n)
{
	bool counted = false, placed = false, all_ok = true;

	memcpy(columns, all_columns, sizeof(all_columns));
	for (size_t i = 0; i < n; i++) {
		const struct copy_figures *side = rows[i].out.side;

		counted |= rows[i].counted;
		all_ok &= rows[i].status == SHOW_OK;
		placed |= side[COPY_SERVER].known && side[COPY_CLIENT].known &&
			  side[COPY_SERVER].cpu >= 0 &&
			  side[COPY_CLIENT].cpu >= 0;
	}
	if (!sizes_differ(rows, n))
		columns[C_SIZE].heading = NULL;
	if (!counted)
		columns[C_CALLS_PER_MIB].heading = NULL;
	if (!placed)
		columns[C_CPUS].heading = NULL;
	if (all_ok)
		columns[C_STATUS].heading = NULL;
}

static void show_remarks(const struct show_row *rows, size_t n, bool to_stderr)
{
	char text[TR_SPEC_MAX + sizeof(rows->why.text) + 32];
	char remarks[TR_REMARK_MAX + 64];

	for (size_t i = 0; i < n; i++) {
		put_remarks(&rows[i].out, ": ", remarks, sizeof(remarks));
		if (!*remarks)
			continue;
		snprintf(text, sizeof(text), "%s%s\n", rows[i].mechanism,
			 remarks);
		say_report(text, to_stderr);
	}
	for (size_t i = 0; i < n; i++) {
		if (rows[i].status != SHOW_SKIPPED)
			continue; /* a failure was printed when it happened */
		snprintf(text, sizeof(text), "%s skipped: %s\n",
			 rows[i].mechanism, rows[i].why.text);
		say_report(text, to_stderr);
	}
}

enum exit_code show_table(const struct show_row *rows, size_t n,
			  enum table_format format, bool to_stderr)
{
	struct table_column columns[C_END];
	struct table *t;
	char *text;

	choose_columns(columns, rows, n);
	t = table_new(columns, C_END);
	for (size_t i = 0; i < n; i++)
		fill_copy_row(t, &rows[i]);
	text = table_end(t, format);
	if (!text)
		return say_no_memory();
	say_report(text, to_stderr);
	free(text);
	if (format == TABLE_HUMAN)
		show_remarks(rows, n, to_stderr);
	return EXIT_WELL;
}

enum exit_code show_one(const struct show_row *row, const char *verb,
			enum table_format format, bool to_stderr)
{
	char line[TR_SPEC_MAX + TR_REMARK_MAX + 200];

	if (format != TABLE_HUMAN)
		return show_table(row, 1, format, to_stderr);
	put_copied(row, verb, line, sizeof(line));
	say_report(line, to_stderr);
	return EXIT_WELL;
}
