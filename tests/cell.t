#!/bin/sh
# bench/ipcopy-cell: wrong arguments, its samples, and that it leaves nothing
# behind.
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"
cell=$top/bench/ipcopy-cell
mkdir files

# cell ARGUMENT...: runs ipcopy-cell as run of tap.sh runs ipcopy
cell() {
	"$cell" "$@" >out 2>err </dev/null
	status=$?
}

# refused STATUS WORDS ARGUMENT...: a test that it refuses these arguments
refused() {
	expected=$1
	words=$2
	shift 2
	cell "$@"
	test "$status" -eq "$expected" && test "$(wc -l <err)" -eq 1 &&
		grep -q '^ipcopy-cell: ' err && grep -qF -e "$words" err &&
		! test -s out
	result $? "refused: ipcopy-cell $*"
}

# Prints a field of every sample in out.
field() {
	sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p" out
}

# Prints the transfers of one phase in out.
only() {
	mv out all
	grep "\"phase\":\"$1\"" all >out
}

# samples N BYTES NAME: a test of N good timed transfers of that many bytes, a
# first one and some warm ones. The files must be as before.
samples() {
	test "$status" -eq 0 && grep -q '"first"' out &&
		test "$(grep -c '"warm"' out)" -ge 2
	whole=$?
	only timed
	test "$whole" -eq 0 && test "$(wc -l <out)" -eq "$1" &&
		test "$(field round | tr '\n' ' ')" = "$(seq -s ' ' "$1") " &&
		test "$(field status | sort -u)" = ok &&
		test "$(field bytes | sort -u)" -eq "$2" &&
		test "$(field wall_ns | sort -n | head -n 1)" -gt 0 &&
		! test -s err && test -z "$(ls files)"
	result $? "$3"
}

refuse() {
	refused 2 '--via is missing'
	refused 2 'did you mean pipe?' --via pip
	refused 2 'did you mean --workload?' --via pipe --workloda stream
	refused 2 'allowed: file, stream, pingpong' --via pipe --workload moon
	refused 2 'allowed: new, over, null' --via pipe --sink moon
	refused 2 'moves whole files' --via splice --workload stream
	refused 2 'moves whole files' --via splice --sink null
	refused 2 'no round trips' --via null --workload pingpong
	refused 2 'a stream has no file' --via pipe --workload stream --sink over
	refused 2 'a file' --via pipe --messages 4
	refused 2 'a file' --via pipe --payload none
	refused 2 'a multiple of' --via pipe --workload stream --bytes 1000
	refused 2 'contradict' --via pipe --workload stream --bytes 64K \
		--messages 2
	refused 2 'contradict' --via pipe --cache cold --bytes 4096
	refused 2 'contradict' --via pipe --cache hot --bytes 512G
	refused 2 'contradict' --via pipe --samples --calibrate 5
	refused 2 'cannot be cold' --via shm --workload stream --cache cold
	refused 2 'such as 0,1' --via pipe --cpus 0,
	refused 2 'such as 0,1' --via pipe --cpus a,b
	refused 2 'needs 4' --via pipe --cpus 0,0 --pairs 2
	refused 2 '1 to 64' --via pipe --pairs 65
	refused 2 '1 to' --via pipe --rounds 0
	refused 2 'no --via is before it' --lag 5 --via pipe
	refused 2 'numbers are the same' --via pipe:size=4K --via unix:size=8K
	refused 2 "did you mean pipe?" --via shm --via pip
	refused 2 '0 to 4095' --via pipe --align 4096
	refused 2 '1 to 600000' --via pipe --calibrate 0
	refused 2 "'--benchmark_moon=1'" --via pipe --benchmark_moon=1
	refused 2 'allowed: console, json, csv' --via pipe \
		--benchmark_format=moon
	refused 2 'No such file' --via pipe --benchmark_out=none/out
	refused 2 'one argument too many' --via pipe more
	refused 4 'may not use CPU 60000' --via pipe --cpus 60000,60000
	refused 4 'No such file' --via pipe --dir "$work/none"
	refused 4 'has room for' --via pipe --dir files --cache cold \
		--bytes 1T
}

# Makes the files where --dir says, verifies the first transfer, and removes
# them.
measure_files() {
	for sink in new over null; do
		cell --via shm --sink "$sink" --dir files --bytes 300000 \
			--samples --rounds 3
		samples 3 300000 "three samples of a file, sink $sink"
	done
	cell --via unix --dir files --bytes 300001 --samples --rounds 2 \
		--pairs 3
	samples 2 900003 'three pairs move three files'
}

measure_messages() {
	cell --via pipe:size=1000 --workload stream --messages 50 --samples \
		--rounds 2 --align 24
	samples 2 50000 'a stream'
	test "$(field messages | sort -u)" -eq 50
	result $? 'a stream has a number of messages'
	cell --via pipe --workload stream --messages 5 --cache cold --samples \
		--rounds 1
	samples 1 327680 'a cold stream has its samples'
	cell --via shm:size=64 --workload pingpong --messages 50 --samples \
		--rounds 2 --pairs 2
	samples 2 12800 'two pairs make round trips'
	test "$(field p50_ns | head -n 1)" -gt 0 &&
		test "$(field p50_ns | head -n 1)" -le "$(field max_ns |
			head -n 1)"
	result $? 'round trips have percentiles'
}

# Two sides that spin on one CPU must yield, and the output must say so.
yields() {
	cpu=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
	cell --via shm:sync=spin --workload pingpong --messages 20 --samples \
		--rounds 1 --cpus "$cpu,$cpu"
	test "$status" -eq 0 && test "$(field yielded | sort -u)" = true
	result $? 'sides that spin on one CPU yield, and the output says so'
}

# Three cells take turns: each transfers once in every round, in a varying
# order.
in_turns() {
	cell --via pipe:size=4K --via shm:size=4K --lag 20 --via unix:size=4K \
		--dir files --sink over --bytes 200000 --rounds 8 --seed 3 \
		--samples
	test "$status" -eq 0 && test -z "$(ls files)"
	whole=$?
	test "$(field position | sort | uniq | tr '\n' ' ')" = '1 2 3 '
	result $? 'each cell has its place in the order of set-up'
	only timed
	test "$whole" -eq 0 && test "$(wc -l <out)" -eq 24 &&
		test "$(field runner | sort | uniq -c | awk '{ print $1 }' |
			sort -u)" -eq 8 &&
		test "$(field round | uniq -c | awk '{ print $1 }' |
			sort -u)" -eq 3
	result $? 'three cells transfer once in each round'
	test "$(field runner | paste - - - | sort -u | wc -l)" -gt 1
	result $? 'the order of turns is drawn anew in each round'
	field runner >one
	cell --via pipe:size=4K --via shm:size=4K --lag 20 --via unix:size=4K \
		--dir files --sink over --bytes 200000 --rounds 8 --seed 3 \
		--samples
	only timed
	field runner | cmp -s - one
	result $? 'the order of turns depends only on the seed'
}

# A mechanism that cannot take part is reported, and the others continue.
some_cannot() {
	cell --via pipe --via splice --workload stream --messages 20 --samples \
		--rounds 2
	test "$status" -eq 0 &&
		grep '"skipped"' out | grep '"runner":1' | grep -q 'whole files' &&
		test "$(grep -c '"timed"' out)" -eq 2
	result $? 'a mechanism that cannot take part is skipped with a reason'
	cell --via splice --workload stream --samples
	test "$status" -eq 2 && test "$(wc -l <err)" -eq 1 &&
		grep -q '"skipped"' out
	result $? 'if no mechanism is left, the call is refused'
}

calibrate() {
	cell --via pipe --workload stream --calibrate 5
	test "$status" -eq 0 && test "$(wc -l <out)" -eq 1 &&
		test "$(field bytes)" -eq "$(($(field messages) * 65536))"
	result $? 'a calibration finds a number of messages'
	cell --via pipe --workload stream --samples --rounds 1 \
		--bytes "$(field bytes)" --messages "$(field messages)"
	test "$status" -eq 0 && test "$(field status | sort -u)" = ok
	result $? 'a measurement accepts the calibrated number'
	cell --via pipe --dir files --calibrate 5 --bytes 100000
	test "$status" -eq 0 && test "$(field bytes)" -eq 100000
	result $? 'a calibration of a file finds its length'
}

# With the library's own options, the output is the library's own.
library() {
	cell --via pipe --workload stream --messages 20 --rounds 2 \
		--benchmark_format=json --benchmark_repetitions=3
	has_python || return
	python 'assert rows["context"]["workload"] == "stream"
b = rows["benchmarks"]
one = [r for r in b if r["run_type"] == "iteration"]
assert len(one) == 3 and all(r["iterations"] == 2 for r in one)
assert all(r["bytes_per_second"] > 0 and "server_cpu_s" in r for r in one)
assert "median" in [r.get("aggregate_name") for r in b]'
	result $? 'JSON of Google Benchmark has counters and context'
}

# With so few descriptors it starts, but no pair can be made.
failures() {
	prlimit --nofile=7 "$cell" --via pipe --workload stream --messages 5 \
		--samples --rounds 3 >out 2>err
	status=$?
	test "$status" -eq 3 && test "$(wc -l <out)" -eq 1 &&
		test "$(field status)" = failed &&
		grep -q 'Too many open files' out && test -s err
	result $? 'a failure is reported as a sample and ends the call'
}

# If samples cannot be written, this must be an error.
lost_output() {
	for how in --samples '--calibrate 5'; do
		# shellcheck disable=SC2086 # two words
		"$cell" --via null --workload stream $how >/dev/full 2>err
		status=$?
		: >out
		test "$status" -eq 3 && test "$(wc -l <err)" -eq 1 &&
			grep -q 'standard output' err
		result $? "$how: lost output is reported"
	done
}

# Waits until the child waits in a write to its standard output. Fails if the
# kernel does not show that.
until_it_waits() {
	tries=0
	while test $tries -lt 100000; do
		tries=$((tries + 1))
		read -r call fd _ <"/proc/$child/syscall" || return 1
		case "$call $fd" in
		'1 0x1' | '64 0x1') return 0 ;; # write(2), here and on arm
		esac
	done 2>/dev/null
	return 1
}

# One signal must end a process that waits for a reader that does not read.
unread() {
	mkfifo full
	exec 8<>full
	dd if=/dev/zero of=full bs=4k oflag=nonblock 2>dd.err
	"$cell" --via pipe --workload stream --messages 10 --samples \
		--rounds 5 >full 2>err 8<&- &
	child=$!
	if until_it_waits; then
		kill -TERM "$child"
		timeout 20 tail --pid="$child" -f /dev/null
		ended=$?
		test "$ended" -eq 0 || kill -KILL "$child"
		wait "$child" 2>/dev/null
		status=$?
		: >out
		test "$ended" -eq 0 && test "$status" -eq 130
		result $? 'a signal ends a write that nobody reads'
	else
		skip 'the kernel does not show where the cell waits'
		kill -KILL "$child"
		wait "$child" 2>/dev/null
	fi
	child=
	exec 8<&-
	rm full
}

# interrupted SIGNAL STATUS NAME: sends the signal in the middle of far too many
# iterations
interrupted() {
	mkfifo started
	exec 8<>started # or it would end where it has no reader any more
	"$cell" --via pipe --dir files --bytes 1M --samples \
		--rounds 1000000 >started 2>err &
	child=$!
	head -n 1 <&8 >out
	kill -"$1" "$child"
	wait "$child" 2>/dev/null
	status=$?
	child=
	exec 8<&-
	rm started
	test "$1" = KILL || test -z "$(ls -A files)" || status=unclean
	# Once the last process of the killed run has ended, a later run
	# removes the files that were left.
	tries=0
	while test -n "$(ls -A files)" && test $tries -lt 200; do
		"$cell" --via null --workload stream --messages 1 --samples \
			--rounds 1 >out 2>&1
		tries=$((tries + 1))
	done
	test -z "$(ls -A files)" && test "$status" = "$2"
	result $? "$3"
}

refuse
measure_files
measure_messages
in_turns
some_cannot
yields
calibrate
library
failures
lost_output
interrupted TERM 130 'an interrupted run has status 130 and leaves no file'
interrupted KILL 137 'the next run removes the files of a killed run'
unread
cell --help
test "$status" -eq 0 && says out '--workload' &&
	test "$(awk 'length > 79' out | wc -l)" -eq 0
result $? 'help fits 80 columns'
finish
