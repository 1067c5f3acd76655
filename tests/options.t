#!/bin/sh
# Options that a command could ignore without an error. Each test fails if its
# option has no effect.
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"

# --- serve and fetch --------------------------------------------------------------

# pass SERVE-OPTIONS FETCH-OPTIONS: copies one file; writes the output of serve
# to served, and that of fetch to out
pass() {
	# shellcheck disable=SC2086 # these are words
	timeout 60 "$ipcopy" serve in --name one $1 >served 2>said &
	child=$!
	# shellcheck disable=SC2086
	run fetch new --name one $2
	wait "$child" || status=$?
	child=
}

# field FILE NAME: prints a field of a row of JSON
field() {
	sed -n "s/^ *\"$2\": \(.*[^,]\),*\$/\1/p" "$1"
}

served_with() {
	pass '--via shm --size 8K --depth 3 --wait spin-then-block
		--format json' '--format json'
	copied new
	result $? 'serve and fetch accept settings'
	says served 'shm:size=8K,'
	result $? 'serve --size has an effect'
	says served ',depth=3,'
	result $? 'serve --depth has an effect'
	says served 'wait=spin-then-block'
	result $? 'serve --wait has an effect'
	says served '"status": "ok"' && says out '"status": "ok"'
	result $? 'serve --format and fetch --format have an effect'
	pass '--via pipe' '--quiet'
	copied new && ! test -s out && ! test -s err && test -s served
	result $? 'fetch --quiet prints nothing'
	pass '--via pipe --quiet' ''
	copied new && ! test -s served && ! test -s said && test -s out
	result $? 'serve --quiet prints nothing'
	pass '--via pipe' ''
	says served 'verified (XXH3' && says out 'verified (XXH3'
	result $? 'a fetched copy is verified'
	pass '--via pipe --no-verify' ''
	copied new && says served 'not verified' && says out 'not verified'
	result $? 'serve --no-verify has an effect'
}

keeps_all() {
	test "$(stat -c '%a %u %Y' in)" = "$(stat -c '%a %u %Y' new)"
}

preserved() {
	rm -f new
	chmod 4750 in
	touch -d '2001-02-03 04:05:06' in
	pass '--via pipe' ''
	copied new && ! keeps_all
	result $? 'without --preserve a copy has times of its own'
	pass '--via pipe' --preserve
	copied new && keeps_all
	result $? 'fetch --preserve has an effect'
	rm -f new
	run copy in new --preserve
	copied new && keeps_all
	result $? 'copy --preserve has an effect'
	run copy - new --preserve
	test "$status" -eq 2 && one_line_says '--preserve needs files'
	result $? '--preserve with standard input is refused'
	chmod 640 in
	rm -f new
}

on_its_cpu() {
	cpu=$(awk '/^Cpus_allowed_list/ { n = split($2, a, /[-,]/); print a[n] }' \
		/proc/self/status)
	pass "--via pipe --cpu $cpu --format json" '--format json'
	copied new && test "$(field served server_cpu)" = "$cpu"
	result $? 'serve --cpu has an effect'
	pass '--via pipe --format json' "--cpu $cpu --format json"
	copied new && test "$(field out client_cpu)" = "$cpu"
	result $? 'fetch --cpu has an effect'
}

# No peer comes, or no byte moves. The command must end at the given time.
in_time() {
	run serve in --name one --wait-for 50ms
	test "$status" -eq 3 && says err 'no client came within 0.05 s'
	result $? 'serve --wait-for has an effect'
	run fetch new --name one --wait-for 50ms
	test "$status" -eq 3 && says err 'came within 0.05 s'
	result $? 'fetch --wait-for has an effect'
	mkfifo feed taken
	timeout 60 "$ipcopy" serve - --name one --via pipe <feed >served 2>said &
	child=$!
	exec 9>feed
	run fetch new --name one --timeout 200ms
	exec 9>&-
	wait "$child"
	child=
	test "$status" -eq 3 && says err 'no progress for 0.2 s'
	result $? 'fetch --timeout has an effect'
	head -c 1000000 /dev/zero >large
	timeout 60 "$ipcopy" fetch - --name one >taken 2>said &
	child=$!
	exec 9<>taken
	run serve large --name one --via pipe --timeout 200ms
	exec 9>&-
	wait "$child"
	child=
	test "$status" -eq 3 && says err 'no progress for 0.2 s'
	result $? 'serve --timeout has an effect'
	rm -f feed taken large
}

on_disk() {
	if ! strace -o trace true 2>/dev/null; then
		skip 'no strace to see a call with'
		return
	fi
	timeout 60 "$ipcopy" serve in --name one --via pipe >served 2>said &
	child=$!
	# the leak check traces the program, too, but there can be only one
	# tracer
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 \
		strace -f -o trace -e trace=fsync "$ipcopy" fetch new --name one \
		--fsync >out 2>err
	status=$?
	wait "$child"
	child=
	copied new && says trace 'fsync('
	result $? 'fetch --fsync calls fsync'
	rm -f trace
}

# --- count -------------------------------------------------------------------------

# refused_for WORDS ARGUMENT...: true if count refuses a wrong value of an
# option. If it ignored the option, it would count.
refused_for() {
	words=$1
	shift
	run count "$@"
	test "$status" -eq 2 && one_line_says "$words"
}

count_settings() {
	refused_for "setting 'depth'" --via pipe --depth 3
	result $? 'count --depth has an effect'
	refused_for "wait 'never'" --via pipe --wait never
	result $? 'count --wait has an effect'
	refused_for "size" --via pipe --size none
	result $? 'count --size has an effect'
	run count --via pipe --dir "$work/nowhere"
	test "$status" -ne 0 && one_line_says "$work/nowhere"
	result $? 'count --dir has an effect'
	head -c 65536 /dev/urandom >data
	"$ipcopy" count --calls --format json -- cp data counted >out 2>err
	status=$?
	grep -q '"calls_per_mib": [1-9]' out
	result $? 'count --calls has an effect in json'
	refused_for 'is not shown' --calls --format csv -- cp data counted
	result $? 'count --calls is refused where it has no effect'
	refused_for 'is not shown' --calls --compare -- true -- true
	result $? 'count --compare refuses --calls'
	for option in --size=4K --depth=2 --wait=spin --bytes=1M \
		--workload=stream --extra-copies=1; do
		refused_for 'counts no command' --calibrate "$option"
		result $? "count --calibrate refuses ${option%=*}"
	done
	refused_for 'counts no command' --calibrate --compare
	result $? 'count --calibrate refuses --compare'
}

served_with
preserved
on_its_cpu
in_time
on_disk
count_settings
finish
