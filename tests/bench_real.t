#!/bin/sh
# The driver with the real measuring program: two cells, three rounds, and all
# that comes of them.
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
run bench plan.json --output r --dir "$work"
test "$status" -eq 0 && says out 'shm sem' && says err 'the run is in r'
result $? 'two cells, three generations'
test "$(grep -c ',ok,' r/samples.csv)" -ge 18 &&
	! grep -q ,failed, r/samples.csv
result $? 'every sample is there, and none failed'
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
result $? 'what will be compared was written down'
test -s r/summary.csv && test -s r/verdict.json
result $? 'summary and verdict are made'
"$top/tests/schema" "$here/doc/manifest.schema.json" r/manifest.json 2>err
status=$?
result $status 'the manifest is as its schema says'
"$top/tests/schema" "$here/doc/verdict.schema.json" r/verdict.json 2>err
status=$?
result $status 'so is the verdict'
test -z "$(find . -name 'ipcopy-*')"
result $? 'no file is left behind'
finish
