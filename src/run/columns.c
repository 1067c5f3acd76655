/* The tables of columns of a run's files. */
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
	       "the number of the sweep, from 1; a sweep measures each "
	       "condition that is due"),
	SAMPLE("generation", ORDINAL, FILLED, generation,
	       "the number of the generation, from 1; a generation has fresh "
	       "pairs of processes for the cells of one condition"),
	SAMPLE("condition", ORDINAL, FILLED, condition,
	       "the number of the condition in the manifest, from 1"),
	SAMPLE("cell", TEXT, FILLED, cell,
	       "the name of the cell, as in the manifest"),
	SAMPLE("position", ORDINAL, MAY_LACK, position,
	       "place in the order in which the pairs were set up, from 1"),
	SAMPLE("dose", TEXT, MAY_LACK, dose,
	       "extra work that server and client do for each message, such as "
	       "copies=2+0; empty if they do none"),
	SAMPLE("setting", TEXT, MAY_LACK, setting,
	       "in a pilot, the setting that is tried, as --via takes it; "
	       "empty in a comparison"),
	SAMPLE("phase", TEXT, NEEDED, phase,
	       "first, warm, timed, or pilot for a timed transfer of a pilot; "
	       "empty if the whole process failed; only timed transfers are "
	       "compared; the first transfer of a file is verified"),
	SAMPLE("round", ORDINAL, NEEDED, round,
	       "the round of a timed or pilot transfer, from 1"),
	SAMPLE("turn", ORDINAL, MAY_LACK, turn,
	       "place in the order of the round, from 1"),
	SAMPLE("status", TEXT, FILLED, status, "ok or failed"),
	SAMPLE("reason", TEXT, NEEDED, reason,
	       "why the transfer failed; otherwise empty"),
	SAMPLE("at_ns", TIME, MAY_LACK, at_ns,
	       "time from the start of the run to the end of the transfer, "
	       "without pauses before the run was resumed"),
	SAMPLE("setup_ns", TIME, MAY_LACK, setup_ns,
	       "only for a first transfer: the time that all pairs of the cell "
	       "together need to fork, to connect and to touch their memory"),
	SAMPLE("wall_ns", TIME, NEEDED, wall_ns,
	       "time from the common start until the last byte is consumed"),
	SAMPLE("bytes", COUNT, NEEDED, bytes,
	       "bytes delivered, by all pairs together; for pingpong, in both "
	       "directions"),
	SAMPLE("messages", COUNT, NEEDED, messages,
	       "number of messages delivered; for pingpong, number of round "
	       "trips; for a file, number of messages that carry the file, and "
	       "0 if the mechanism moves whole files"),
	SAMPLE("server_user_ns", TIME, MAY_LACK, server_user_ns, ""),
	SAMPLE("server_sys_ns", TIME, MAY_LACK, server_sys_ns, ""),
	SAMPLE("client_user_ns", TIME, MAY_LACK, client_user_ns, ""),
	SAMPLE("client_sys_ns", TIME, MAY_LACK, client_sys_ns,
	       "CPU time of each side, user and system"),
	SAMPLE("server_voluntary", COUNT, MAY_LACK, server_voluntary, ""),
	SAMPLE("server_involuntary", COUNT, MAY_LACK, server_involuntary, ""),
	SAMPLE("client_voluntary", COUNT, MAY_LACK, client_voluntary, ""),
	SAMPLE("client_involuntary", COUNT, MAY_LACK, client_involuntary,
	       "context switches of each side"),
	SAMPLE("server_faults", COUNT, MAY_LACK, server_faults, ""),
	SAMPLE("client_faults", COUNT, MAY_LACK, client_faults,
	       "page faults of each side, minor and major together"),
	SAMPLE("steal_ns", TIME, MAY_LACK, steal_ns,
	       "CPU time that the hypervisor took from the whole machine "
	       "during the transfer"),
	SAMPLE("witness_ns", TIME, MAY_LACK, witness_ns,
	       "time of a fixed amount of work, which was done before this "
	       "generation"),
	SAMPLE("p50_ns", TIME, MAY_LACK, trip_ns[0], ""),
	SAMPLE("p90_ns", TIME, MAY_LACK, trip_ns[1], ""),
	SAMPLE("p99_ns", TIME, MAY_LACK, trip_ns[2], ""),
	SAMPLE("p999_ns", TIME, MAY_LACK, trip_ns[3], ""),
	SAMPLE("max_ns", TIME, MAY_LACK, trip_ns[4],
	       "only for pingpong: percentiles and maximum of the time of one "
	       "round trip"),
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
	CELL("dose", TEXT, MAY_LACK, dose, "as in samples.csv"),
	CELL("status", TEXT, FILLED, status,
	     "ok, skipped (the cell cannot run here) or failed (it has no "
	     "good generation)"),
	CELL("reason", TEXT, NEEDED, reason,
	     "why the cell was skipped or failed, or why one of its transfers "
	     "failed"),
	CELL("stopped", TEXT, MAY_LACK, stopped,
	     "why its condition is not measured any more: decided, budget, "
	     "generations (it has generations_max) or failed; otherwise "
	     "empty"),
	CELL("generations", TALLY, FILLED, groups,
	     "number of good generations"),
	CELL("failures", TALLY, FILLED, failures,
	     "number of lines of the cell in samples.csv whose status is "
	     "failed"),
	CELL("speed", RATE, NEEDED, speed.value, ""),
	CELL("speed_low", RATE, NEEDED, speed.low, ""),
	CELL("speed_high", RATE, NEEDED, speed.high,
	     "median over the generations, and its interval"),
	CELL("unit", TEXT, NEEDED, unit,
	     "the unit of the speed: bytes_per_s or trips_per_s"),
	CELL("wall_ns", TIME, MAY_LACK, middle[RUN_WALL],
	     "time of a transfer, as a median over the generations"),
	CELL("cpu_s_per_gib", AMOUNT, MAY_LACK, middle[RUN_CPU],
	     "median of the CPU seconds of both sides for each GiB, user and "
	     "system together"),
	CELL("switches_per_message", AMOUNT, MAY_LACK, middle[RUN_SWITCHES],
	     ""),
	CELL("calls_per_message", AMOUNT, MAY_LACK, calls_per_message, ""),
	CELL("faults_per_gib", AMOUNT, MAY_LACK, middle[RUN_FAULTS],
	     "medians over the generations, except calls_per_message, which "
	     "was counted and not measured"),
	CELL("p50_ns", TIME, MAY_LACK, middle[RUN_P50], ""),
	CELL("p90_ns", TIME, MAY_LACK, middle[RUN_P90], ""),
	CELL("p99_ns", TIME, MAY_LACK, middle[RUN_P99], ""),
	CELL("p999_ns", TIME, MAY_LACK, middle[RUN_P999], ""),
	CELL("max_ns", TIME, MAY_LACK, middle[RUN_MAX],
	     "medians over the generations; a percentile is empty if too few "
	     "round trips are longer than it: on average fewer than 10 in a "
	     "generation, or fewer than one in a transfer"),
	CELL("startup_ns", TIME, MAY_LACK, startup.value, ""),
	CELL("startup_low_ns", TIME, MAY_LACK, startup.low, ""),
	CELL("startup_high_ns", TIME, MAY_LACK, startup.high,
	     "cost of starting: the time of the set-up, plus the time by which "
	     "the first transfer takes longer than the timed ones; the median "
	     "over the generations, and its interval"),
	CELL("copies_predicted", AMOUNT, MAY_LACK, copies_predicted, ""),
	CELL("copies_counted", AMOUNT, MAY_LACK, copies_counted,
	     "copies of each byte, as predicted and as counted; with a dose "
	     "none were counted"),
	CELL("outliers", COUNT, MAY_LACK, outliers,
	     "number of generations outside Tukey's fences; they are kept"),
	CELL("autocorrelation", SIGNED, MAY_LACK, autocorrelation,
	     "correlation between the value of a generation and that of the "
	     "next one"),
	CELL("bimodal", TRUTH, MAY_LACK, bimodal,
	     "true if the generations fall into two groups"),
	CELL("over_ceiling", TRUTH, MAY_LACK, over_ceiling,
	     "true if the cell is over the ceiling, as explained under "
	     "verdict.json; then its speed is not believed"),
	{ .name = NULL },
};

static const struct run_column copies_columns[] = {
	COPIES("spec", TEXT, FILLED, spec,
	       "the mechanism with its own settings; size and depth have "
	       "their default values"),
	COPIES("mechanism", TEXT, MAY_LACK, mechanism, ""),
	COPIES("label", TEXT, MAY_LACK, label, "as in summary.csv"),
	COPIES("workload", TEXT, MAY_LACK, workload, ""),
	COPIES("sink", TEXT, MAY_LACK, sink,
	       "workload and sink with which the mechanism was counted; a "
	       "count with sink=new is valid for sink=over, too; both "
	       "columns are empty in older runs, in which a copy into a new "
	       "file was counted"),
	COPIES("predicted_kernel", AMOUNT, MAY_LACK, predicted_kernel, ""),
	COPIES("predicted_user", AMOUNT, MAY_LACK, predicted_user,
	       "copies of each byte by the kernel and by the two programs, as "
	       "the mechanism's source file predicts them"),
	COPIES("counted_kernel", AMOUNT, MAY_LACK, counted_kernel, ""),
	COPIES("counted_user", AMOUNT, MAY_LACK, counted_user, ""),
	COPIES("counted", AMOUNT, MAY_LACK, counted,
	       "copies of each byte that were counted: by the kernel, by the "
	       "two programs, and together"),
	COPIES("resolved", TRUTH, MAY_LACK, resolved, ""),
	COPIES("lower_bound", TRUTH, MAY_LACK, lower_bound, ""),
	COPIES("agrees", TRUTH, MAY_LACK, agrees,
	       "true or false; empty if not known. resolved: the count gave a "
	       "number; lower_bound: there may be more copies; agrees: the "
	       "count is exact and equals the prediction"),
	COPIES("reason", TEXT, MAY_LACK, reason,
	       "why the mechanism was not counted, or what is uncertain in the "
	       "count"),
	COPIES("calls_per_mib", AMOUNT, MAY_LACK, calls_per_mib, ""),
	COPIES("calls_per_message", AMOUNT, MAY_LACK, calls_per_message,
	       "number of system calls of both sides together"),
	COPIES("blocked_per_message", AMOUNT, MAY_LACK, blocked_per_message,
	       "number of waits in which a side slept"),
	COPIES("steady_calls_per_mib", AMOUNT, MAY_LACK, steady_calls_per_mib,
	       ""),
	COPIES("steady_calls_per_message", AMOUNT, MAY_LACK,
	       steady_calls_per_message,
	       "number of system calls without those that sleep or wake "
	       "(futex, semop, poll and its relatives, sched_yield, "
	       "io_uring_enter, eventfds and similar ones); this number "
	       "hardly depends on which side has to wait"),
	{ .name = NULL },
};

const struct run_file run_file_samples = { "samples.csv", sample_columns, 15 };
const struct run_file run_file_summary = { "summary.csv", cell_columns, 9 };
const struct run_file run_file_copies = { "copies.csv", copies_columns, 6 };
