#!/bin/sh
# ipcopy bench with the real measuring program: two cells, three rounds, and all
# files that follow.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
unset IPCOPY_CELL
test -x "$top/bench/ipcopy-cell" || {
	echo '1..0 # SKIP built without Google Benchmark'
	exit 0
}
cat >plan.json <<'END'
{ "name": "tiny", "generations": { "min": 3, "max": 3 }, "rounds": 3,
  "transfer": "1ms",
  "grids": [ { "mechanisms": ["shm:sync=sem", "pipe"], "sizes": "4K",
               "workloads": "file", "sinks": "over", "bytes": "1M",
               "places": "free" } ] }
END
# where a run may write besides its folder
mkdir tmp home files
TMPDIR=$work/tmp HOME=$work/home
export TMPDIR HOME

# left: prints all files that exist there. Folders may stay.
left() {
	find tmp home files run ! -type d
}
left >before-it

run bench plan.json --output r --dir files
test "$status" -eq 0 && says out 'shm sem' && says err 'the run is in r'
result $? 'two cells, three generations'
test "$(grep -c ',ok,' r/samples.csv)" -ge 18 &&
	! grep -q ,failed, r/samples.csv
result $? 'every sample is in samples.csv, and none failed'
says r/copies.csv 'pipe,pipe,pipe,file,new,4,0,4,0,4,true,false,true' &&
	says r/copies.csv 'shm:sync=sem,shm,shm sem,file,new,2,0,2,0,2,true,false,true'
counted=$?
if says r/copies.csv ptrace; then
	skip 'ptrace is not allowed here'
else
	result $counted 'copies are counted'
fi
grep -q '"comparisons": 1' r/manifest.json &&
	grep -A 9 '"pairs"' r/manifest.json | grep -q 'shm:sync=sem' &&
	grep -A 9 '"pairs"' r/manifest.json | grep -q 'pipe'
result $? 'the manifest has the comparisons before the first sample'
test -s r/summary.csv && test -s r/verdict.json
result $? 'summary and verdict are made'
"$top/tests/schema" "$here/doc/manifest.schema.json" r/manifest.json 2>err
status=$?
result $status 'the manifest is as its schema says'
"$top/tests/schema" "$here/doc/verdict.schema.json" r/verdict.json 2>err
status=$?
result $status 'the verdict is as its schema says'
left | cmp -s - before-it && test -z "$(find . -name 'ipcopy-*')"
result $? 'only the folder of the run is written'

# --- ended as batch systems do ------------------------------------------------

# session PID: prints the processes of the session, the youngest first.
session() {
	cat /proc/[0-9]*/stat 2>/dev/null | sed 's/ (.*) / /' |
		awk -v leader="$1" '$5 == leader { print $1 }' | sort -rn
}

# ended: sends SIGTERM to all processes in the middle of a run, first to the
# workers or first to the driver.
ended() {
	rm -rf k
	setsid "$ipcopy" bench plan.json --output k --dir files >out 2>err \
		</dev/null &
	child=$!
	until [ -f k/samples.csv ] && [ "$(wc -l <k/samples.csv)" -gt 20 ]; do
		sleep 0.02
	done
	# shellcheck disable=SC2046
	kill -TERM $(session "$child" | sort "$1")
	wait "$child"
	status=$?
	# a worker may end a moment after the driver
	for moment in 1 2 3 4 5 6 7 8; do
		test -z "$(session "$child")" || sleep "0.$moment"
	done
	{ session "$child" && left; } >after-it
	diff before-it after-it >>err
	test "$status" -eq 130 && ! grep ,failed, k/samples.csv >>err &&
		cmp -s before-it after-it
	result $? "a signal to all processes ($1): 130, and nothing is left"
	child=
	run bench --resume k
	test "$status" -eq 0 && ! grep -q ,failed, k/samples.csv &&
		grep -q '"outcome": "done"' k/manifest.json
	result $? 'a run ended by signals can be continued'
}

sed 's/"max": 3/"max": 30/;s/"min": 3/"min": 30/' plan.json >longer
mv longer plan.json
ended -n
ended -rn
finish
