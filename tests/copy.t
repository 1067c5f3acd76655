#!/bin/sh
# ipcopy copy, serve and fetch as a user calls them, and their messages.
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"

show_copies() {
	run copy in new
	copied new && ! test -s err &&
		grep -Eq '^copied 15 B through shm in .* s:.* CPU s, verified' out
	result $? 'copy reports its result in one line'
	run copy in new --via pipe --no-verify
	copied new && says out 'not verified'
	result $? 'copy --no-verify reports that it did not verify'
	run copy in new --via pipe --via shm:sync=futex --size 1 --depth 1
	test "$status" -eq 2
	result $? 'a setting that only one of two mechanisms has is refused'
	run copy in new --via shm --via shm:sync=futex --size 1 --depth 1
	copied new && test "$(wc -l <out)" -eq 3 &&
		grep -q '^shm:size=1,depth=1,sync=futex .* yes' out
	result $? 'several mechanisms make a table'
	run copy in new --via pipe --via mq:size=1G
	copied new && grep -q '^mq:size=1G  *skipped' out &&
		says out 'raise it with'
	result $? 'a mechanism that cannot run here is skipped beside others'
	run copy in dst --via null
	test "$status" -eq 0 && cmp -s before dst &&
		says out '0 bytes delivered, DST is unchanged'
	result $? 'null reports that it delivers nothing'
	run copy in new --quiet
	copied new && ! test -s out && ! test -s err
	result $? 'copy --quiet prints nothing'
	rm -f new
}

show_places() {
	cpu=$(awk '/^Cpus_allowed_list/ { split($2, a, /[-,]/); print a[1] }' \
		/proc/self/status)
	run copy in new --via shm:sync=spin --cpus "$cpu,$cpu"
	copied new && says out "on CPUs $cpu,$cpu in" &&
		says out 'spinning sides yielded'
	result $? 'copy reports where its sides ran, and that spinning sides yielded'
	rm -f new
	cpu=$(awk '/^Cpus_allowed_list/ { n = split($2, a, /[-,]/); print a[n] }' \
		/proc/self/status)
	taskset -c "$cpu" "$ipcopy" copy in new --place same >out 2>err
	status=$?
	if test "$status" -eq 4 && says err 'needs hwloc'; then
		skip 'built without hwloc'
	else
		copied new && says out "on CPUs $cpu,$cpu in"
		result $? '--place uses only CPUs that this process may use'
	fi
	rm -f new
}

copy_streams() {
	"$ipcopy" copy in - >out 2>err
	status=$?
	copied out && says err 'copied 15 B'
	result $? 'a copy to standard output reports on standard error'
	"$ipcopy" copy - - <in >out 2>err --format=json
	status=$?
	copied out && says err '"bytes": 15,'
	result $? 'a copy from standard input works, in json as well'
	"$ipcopy" copy in - >/dev/full 2>err
	status=$?
	test "$status" -eq 3 && one_line_says 'No space left' &&
		! says err 'is unchanged'
	result $? 'a failed copy to standard output does not claim to take bytes back'
}

# A limit on the size of files takes the place of a full disk.
limited() {
	(
		ulimit -f 8
		exec "$ipcopy" "$@" >out 2>err </dev/null
	)
	status=$?
}

fail_copies() {
	head -c 100000 /dev/zero >large
	limited copy large dst
	test "$status" -eq 3 && cmp -s before dst && ! test -s out &&
		one_line_says '(DST is unchanged)'
	result $? 'a failed copy leaves DST as it was, and the error says so'
	limited copy large dst --via null --via pipe --via shm
	test "$status" -eq 3 && cmp -s before dst &&
		test "$(wc -l <err)" -eq 2 && says err 'ipcopy: pipe: ' &&
		grep -q '^null  *ok' out && grep -q '^shm  *failed' out
	result $? 'after a failed copy the others still run'
}

copy_whole_files() {
	"$ipcopy" copy - dst --via splice <in >out 2>err
	status=$?
	test "$status" -eq 2 && cmp -s before dst && one_line_says 'whole files'
	result $? 'a mechanism that moves whole files refuses standard input'
	run copy in - --via mapout
	test "$status" -eq 2 && one_line_says 'whole files'
	result $? 'a mechanism that moves whole files refuses standard output'
	run copy /proc/version dst --via splice
	test "$status" -eq 3 && cmp -s before dst &&
		one_line_says 'more than the 0 bytes that fstat reports'
	result $? 'a file whose length tells nothing is not copied as empty'
	run copy in new --via fdpass
	copied new && grep -q 'verified.*; .*copied\|verified.*; .*extents' out
	result $? 'fdpass reports whether bytes were copied'
	run copy in new --via fdpass --format json
	copied new && says out '"remark": "'
	result $? 'json says whether bytes were copied'
	"$ipcopy" serve in --name whole --via splice --quiet >out 2>&1 &
	child=$!
	run fetch - --name whole
	test "$status" -eq 2 && says err 'whole files'
	result $? 'fetch to standard output refuses a mechanism that moves whole files'
	wait "$child"
	child=
	rm -f new
}

copy_for_programs() {
	has_python || return 0
	run copy in new --via pipe --via null --via mq:size=1G --format json
	python 'pipe, null, mq = rows
assert pipe["status"] == "ok" and pipe["bytes"] == 15, pipe
assert pipe["transfer_ns"] > 0 and pipe["gib_per_s"] > 0
assert pipe["verified"] is True and len(pipe["xxh3"]) == 16
assert pipe["spec"].startswith("pipe:size=64K,")
for key in "verify_ns server_user_ns server_sys_ns client_user_ns cpu_s".split():
    assert pipe[key] >= 0, key
assert pipe["calls_per_mib"] is None and pipe["server_cpu"] is None
assert null["bytes"] == 0 and null["gib_per_s"] is None
assert mq["status"] == "skipped" and "raise it" in mq["reason"]
assert mq["bytes"] is None'
	result $? 'copy --format json has its keys and units'
	run copy in new --cpus 0,0 --format json
	if test "$status" -eq 4; then
		skip 'this process may not use CPU 0'
	else
		python 'assert rows[0]["server_cpu"] == rows[0]["client_cpu"] == 0'
		result $? 'copy --cpus reports where the sides ran'
	fi
	rm -f new
}

count_calls() {
	run copy in new --via pipe --calls --format json
	if says err ptrace; then
		skip 'ptrace is not allowed here'
		return
	fi
	copied new && says out '"call": "read",' && says out '"calls_per_mib": '
	result $? 'copy --calls names system calls'
	run copy in new --via pipe --calls
	copied new && says out 'calls/MiB'
	result $? 'copy --calls shows system calls per MiB'
	rm -f new
}

serve_and_fetch() {
	mkfifo told
	"$ipcopy" serve in --name meet --via pipe >served 2>told </dev/null &
	child=$!
	# serve prints this line once clients can connect
	read -r line <told
	run fetch new --name meet
	copied new && says out 'fetched 15 B through pipe' &&
		echo "$line" | grep -qF 'ipcopy fetch DST --name meet'
	result $? 'fetch gets the file that serve offers'
	wait "$child"
	status=$?
	child=
	cp served out
	test "$status" -eq 0 && says served 'served 15 B through pipe'
	result $? 'serve reports what it served'
	rm -f new told
}

keep_serving() {
	mkfifo told
	"$ipcopy" serve in --name keep --keep >served 2>told </dev/null &
	child=$!
	exec 3<told
	read -r line <&3
	for client in 1 2; do
		run fetch new --name keep
		copied new
		result $? "serve --keep serves client $client"
		rm -f new
	done
	kill -TERM "$child"
	wait "$child"
	status=$?
	child=
	cat <&3 >err
	exec 3<&-
	cp served out
	test "$status" -eq 130 && one_line_says interrupted &&
		test "$(grep -c '^served 15 B' served)" -eq 2
	result $? 'serve --keep ends when it is interrupted'
	rm -f told
}

# The lock of the name must go with the server. If a process that it forks had
# the lock, too, and ended a moment later, the name would be left behind.
hold_no_name() {
	mkfifo told feed
	"$ipcopy" serve - --name held --via pipe --extra-wakes 1 >served 2>told \
		<feed &
	child=$!
	exec 3<told 4>feed
	read -r line <&3
	"$ipcopy" fetch new --name held >fetched 2>&1 3<&- 4>&- &
	client=$!
	worker='' answering='' tries=0
	until test -n "$answering" || test "$tries" -ge 200; do
		worker=$(pgrep -P "$child")
		answering=$(test -z "$worker" || pgrep -P "$worker")
		tries=$((tries + 1))
		sleep 0.05
	done
	readlink /proc/"$child"/fd/* >server
	readlink /proc/"$worker"/fd/* /proc/"$answering"/fd/* >out
	grep -q '/held\.lock$' server && ! grep -qF held out
	result $? 'only the server itself has the lock of its name'
	exec 3<&- 4>&-
	wait "$child" "$client"
	child=
	rm -f told feed new
}

# Waits until the program has its signal handlers. Before that SIGTERM would
# kill it.
wait_for_handlers() {
	tries=0
	until grep -qx ipcopy "/proc/$child/comm" 2>/dev/null &&
		grep -q '^SigCgt:.*[4-7c-f]...$' "/proc/$child/status"; do
		tries=$((tries + 1))
		test "$tries" -lt 200 || return
		sleep 0.05
	done
}

interrupt() {
	mkfifo endless
	exec 4<>endless
	"$ipcopy" copy - dst <&4 >out 2>err &
	child=$!
	wait_for_handlers
	kill -TERM "$child"
	wait "$child"
	status=$?
	child=
	exec 4>&-
	test "$status" -eq 130 && cmp -s before dst && ! test -s out &&
		one_line_says 'interrupted; DST is unchanged'
	result $? 'an interrupted copy leaves DST as it was'
}

# The text of an error must name its cause.
complain() {
	run copy /proc/cpuinfo new
	test "$status" -eq 3 && one_line_says 'give it as standard input'
	result $? 'the error for a file of /proc without a length says how to copy it'
	# shellcheck disable=SC3045 # both shells that may be sh here have it
	(ulimit -n 9 && exec "$ipcopy" copy in new --via mq) >out 2>err
	status=$?
	test "$status" -ne 0 && ! says err 'ulimit -q'
	result $? 'a lack of descriptors is not reported as a lack of queues'
	cpu=$(awk '/^Cpus_allowed_list/ { split($2, a, /[-,]/); print a[1] }' \
		/proc/self/status)
	taskset -c "$cpu" "$ipcopy" copy in new --place core >out 2>err
	status=$?
	test "$status" -eq 4 && { says err 'that this process may use' ||
		says err 'may use two cores' || says err 'needs hwloc'; }
	result $? 'the error for too few CPUs names those that this process may use'
	run fetch new --name nobody --wait-for 50ms
	says err "waiting for a server named 'nobody'"
	result $? 'fetch reports that it waits'
	rm -f new
}

complain
show_copies
show_places
copy_streams
fail_copies
copy_whole_files
copy_for_programs
count_calls
serve_and_fetch
keep_serving
hold_no_name
interrupt
finish
