/* The columns of a run's files, once. */
#include "run/columns.h"

#include "run/run.h"

#define COLUMN(the_struct, the_name, the_kind, the_need, member, words)     \
	{                                                                   \
		.name = (the_name), .kind = RUN_##the_kind,                 \
		.need = RUN_##the_need, .at = offsetof(the_struct, member), \
		.about = (words)                                            \
	}
#define SAMPLE(name, kind, need, member, about) \
	COLUMN(struct run_sample, name, kind, need, member, about)
#define CELL(name, kind, need, member, about) \
	COLUMN(struct run_cell, name, kind, need, member, about)
#define COPIES(name, kind, need, member, about) \
	COLUMN(struct run_copies, name, kind, need, member, about)

static const struct run_column sample_columns[] = {
	SAMPLE("sweep", ORDINAL, FILLED, sweep,
	       "from 1: one generation of each condition that is due"),
	SAMPLE("generation", ORDINAL, FILLED, generation,
	       "from 1: fresh pairs of processes for the cells of a condition"),
	SAMPLE("condition", ORDINAL, FILLED, condition,
	       "its number in the manifest, from 1"),
	SAMPLE("cell", TEXT, FILLED, cell, "its name, as in the manifest"),
	SAMPLE("position", ORDINAL, MAY_LACK, position,
	       "in the order in which the pairs were set up, from 1"),
	SAMPLE("dose", TEXT, MAY_LACK, dose,
	       "of extra work, of the server and of the client, such as "
	       "copies=2+0; empty where there is none"),
	SAMPLE("setting", TEXT, MAY_LACK, setting,
	       "that is tried in a pilot, as --via takes it; empty in a "
	       "comparison"),
	SAMPLE("phase", TEXT, NEEDED, phase,
	       "first, warm, timed, pilot: only timed transfers are compared, "
	       "first ones are verified"),
	SAMPLE("round", ORDINAL, NEEDED, round,
	       "of a timed transfer, from 1: in each every cell makes one"),
	SAMPLE("turn", ORDINAL, MAY_LACK, turn, "place in the round, from 1"),
	SAMPLE("status", TEXT, FILLED, status, "ok, failed"),
	SAMPLE("reason", TEXT, NEEDED, reason, "of a failure"),
	SAMPLE("at_ns", TIME, MAY_LACK, at_ns, "since the run began"),
	SAMPLE("setup_ns", TIME, MAY_LACK, setup_ns,
	       "of a first transfer: forks, joining and touching memory, all "
	       "pairs together"),
	SAMPLE("wall_ns", TIME, NEEDED, wall_ns,
	       "start line to the last byte consumed"),
	SAMPLE("bytes", COUNT, NEEDED, bytes, "delivered, all pairs together"),
	SAMPLE("messages", COUNT, NEEDED, messages,
	       "delivered; round trips for pingpong; of a file as many as it "
	       "takes, but nothing where pages are moved"),
	SAMPLE("server_user_ns", TIME, MAY_LACK, server_user_ns, ""),
	SAMPLE("server_sys_ns", TIME, MAY_LACK, server_sys_ns, ""),
	SAMPLE("client_user_ns", TIME, MAY_LACK, client_user_ns, ""),
	SAMPLE("client_sys_ns", TIME, MAY_LACK, client_sys_ns, "CPU time"),
	SAMPLE("server_voluntary", COUNT, MAY_LACK, server_voluntary, ""),
	SAMPLE("server_involuntary", COUNT, MAY_LACK, server_involuntary, ""),
	SAMPLE("client_voluntary", COUNT, MAY_LACK, client_voluntary, ""),
	SAMPLE("client_involuntary", COUNT, MAY_LACK, client_involuntary,
	       "context switches"),
	SAMPLE("server_faults", COUNT, MAY_LACK, server_faults, ""),
	SAMPLE("client_faults", COUNT, MAY_LACK, client_faults,
	       "page faults, minor and major"),
	SAMPLE("steal_ns", TIME, MAY_LACK, steal_ns,
	       "taken by the hypervisor from the whole machine meanwhile"),
	SAMPLE("witness_ns", TIME, MAY_LACK, witness_ns,
	       "a fixed amount of work, timed before this generation"),
	SAMPLE("p50_ns", TIME, MAY_LACK, trip_ns[0], ""),
	SAMPLE("p90_ns", TIME, MAY_LACK, trip_ns[1], ""),
	SAMPLE("p99_ns", TIME, MAY_LACK, trip_ns[2], ""),
	SAMPLE("p999_ns", TIME, MAY_LACK, trip_ns[3], ""),
	SAMPLE("max_ns", TIME, MAY_LACK, trip_ns[4],
	       "pingpong: of one round trip"),
	{ .name = NULL },
};

static const struct run_column cell_columns[] = {
	CELL("cell", TEXT, FILLED, name, ""),
	CELL("mechanism", TEXT, NEEDED, mechanism, ""),
	CELL("label", TEXT, NEEDED, label, ""),
	CELL("workload", TEXT, NEEDED, at.workload, ""),
	CELL("sink", TEXT, NEEDED, at.sink, ""),
	CELL("cache", TEXT, NEEDED, at.cache, ""),
	CELL("size_bytes", BYTES, FILLED, at.size_bytes, ""),
	CELL("depth", DEPTH, NEEDED, at.depth, ""),
	CELL("wait", TEXT, NEEDED, at.wait, ""),
	CELL("place", TEXT, NEEDED, at.place, ""),
	CELL("pairs", ORDINAL, FILLED, at.pairs, ""),
	CELL("dose", TEXT, MAY_LACK, dose, "as above"),
	CELL("status", TEXT, FILLED, status,
	     "ok, skipped (cannot run here), failed (no good sample)"),
	CELL("reason", TEXT, NEEDED, reason, "why it was skipped, or failed"),
	CELL("stopped", TEXT, MAY_LACK, stopped,
	     "why it is measured no more: decided, budget, generations, "
	     "failed"),
	CELL("generations", TALLY, FILLED, groups, "good ones"),
	CELL("failures", TALLY, FILLED, failures, "bad ones"),
	CELL("speed", RATE, NEEDED, speed.value, ""),
	CELL("speed_low", RATE, NEEDED, speed.low, ""),
	CELL("speed_high", RATE, NEEDED, speed.high,
	     "median of the generations and its interval"),
	CELL("unit", TEXT, NEEDED, unit, "bytes_per_s, trips_per_s"),
	CELL("wall_ns", TIME, MAY_LACK, middle[RUN_WALL], "median"),
	CELL("cpu_s_per_gib", AMOUNT, MAY_LACK, middle[RUN_CPU],
	     "both sides, user and system"),
	CELL("switches_per_message", AMOUNT, MAY_LACK, middle[RUN_SWITCHES],
	     ""),
	CELL("calls_per_message", AMOUNT, MAY_LACK, calls_per_message, ""),
	CELL("faults_per_gib", AMOUNT, MAY_LACK, middle[RUN_FAULTS],
	     "medians, but calls as they were counted"),
	CELL("p50_ns", TIME, MAY_LACK, middle[RUN_P50], ""),
	CELL("p90_ns", TIME, MAY_LACK, middle[RUN_P90], ""),
	CELL("p99_ns", TIME, MAY_LACK, middle[RUN_P99], ""),
	CELL("p999_ns", TIME, MAY_LACK, middle[RUN_P999], ""),
	CELL("max_ns", TIME, MAY_LACK, middle[RUN_MAX],
	     "medians of the generations; no percentile where the round trips "
	     "are "
	     "too few for it: 10 of a generation must lie beyond it, and one "
	     "of "
	     "each transfer"),
	CELL("startup_ns", TIME, MAY_LACK, startup.value, ""),
	CELL("startup_low_ns", TIME, MAY_LACK, startup.low, ""),
	CELL("startup_high_ns", TIME, MAY_LACK, startup.high,
	     "set-up, and what a first transfer takes more than the others: "
	     "the median of the generations and its interval"),
	CELL("copies_predicted", AMOUNT, MAY_LACK, copies_predicted, ""),
	CELL("copies_counted", AMOUNT, MAY_LACK, copies_counted,
	     "of each byte"),
	CELL("outliers", COUNT, MAY_LACK, outliers,
	     "labelled by Tukey's fences, kept"),
	CELL("autocorrelation", SIGNED, MAY_LACK, autocorrelation,
	     "of neighbouring generations"),
	CELL("bimodal", TRUTH, MAY_LACK, bimodal,
	     "true where the generations fall into two groups"),
	CELL("over_ceiling", TRUTH, MAY_LACK, over_ceiling,
	     "true where it beats the machine's own copy: not believed"),
	{ .name = NULL },
};

static const struct run_column copies_columns[] = {
	COPIES("spec", TEXT, FILLED, spec,
	       "the mechanism with its own settings; sizes and depths are the "
	       "defaults"),
	COPIES("mechanism", TEXT, MAY_LACK, mechanism, ""),
	COPIES("label", TEXT, MAY_LACK, label, "as above"),
	COPIES("workload", TEXT, MAY_LACK, workload, ""),
	COPIES("sink", TEXT, MAY_LACK, sink,
	       "while it was counted; new goes for over, too; both are empty "
	       "in older runs, where all was a file into a new one"),
	COPIES("predicted_kernel", AMOUNT, MAY_LACK, predicted_kernel, ""),
	COPIES("predicted_user", AMOUNT, MAY_LACK, predicted_user,
	       "copies of each byte, by the mechanism's own file"),
	COPIES("counted_kernel", AMOUNT, MAY_LACK, counted_kernel, ""),
	COPIES("counted_user", AMOUNT, MAY_LACK, counted_user, ""),
	COPIES("counted", AMOUNT, MAY_LACK, counted,
	       "and as they were counted; together"),
	COPIES("resolved", TRUTH, MAY_LACK, resolved, ""),
	COPIES("lower_bound", TRUTH, MAY_LACK, lower_bound, ""),
	COPIES("agrees", TRUTH, MAY_LACK, agrees,
	       "true, false; empty if not counted"),
	COPIES("reason", TEXT, MAY_LACK, reason,
	       "why it was not counted, or what is uncertain"),
	COPIES("calls_per_mib", AMOUNT, MAY_LACK, calls_per_mib, ""),
	COPIES("calls_per_message", AMOUNT, MAY_LACK, calls_per_message,
	       "system calls of both sides"),
	COPIES("blocked_per_message", AMOUNT, MAY_LACK, blocked_per_message,
	       "waits that slept"),
	COPIES("steady_calls_per_mib", AMOUNT, MAY_LACK, steady_calls_per_mib,
	       ""),
	COPIES("steady_calls_per_message", AMOUNT, MAY_LACK,
	       steady_calls_per_message,
	       "system calls without those that only sleep or wake (futex, "
	       "poll and their kin, eventfds, semop, sched_yield): the same "
	       "whoever has to wait"),
	{ .name = NULL },
};

const struct run_file run_file_samples = { "samples.csv", sample_columns,
					   sizeof(struct run_sample), 15 };

const struct run_file run_file_summary = { "summary.csv", cell_columns,
					   sizeof(struct run_cell), 9 };

const struct run_file run_file_copies = { "copies.csv", copies_columns,
					  sizeof(struct run_copies), 6 };
