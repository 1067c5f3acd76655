#!/bin/sh
# ipcopy bench: its files, when it stops, and that it loses nothing if it is
# stopped. tests/fake-cell makes up the measurements.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
IPCOPY_CELL=$here/tests/fake-cell
FAKE_LOG=$work/log
export IPCOPY_CELL FAKE_LOG
mkfifo held nothing alive

# plan MIN MAX [MORE]: writes a plan with three cells: three mechanisms under
# one condition
plan() {
	cat >plan.json <<-END
	{ "name": "fake", "generations": { "min": $1, "max": $2 }, "rounds": 4,
	  ${3-}
	  "grids": [ { "mechanisms": ["shm", "pipe", "unix"], "sizes": "64K",
	               "places": "free" } ] }
	END
}

# bench ARGUMENT…: runs the plan into a new folder r
bench() {
	rm -rf r
	: >"$FAKE_LOG"
	run bench plan.json --output r --seed 5 "$@"
}

column() {
	python3 -c "import csv, sys
for row in csv.DictReader(open('r/samples.csv')): print(row['$1'])"
}

manifest() {
	python3 -c "import json
m = json.load(open('r/manifest.json'))
$1" 2>>err
}

# generations N: true if N generations have enough rounds of each of the three
# cells. Further generations, which were cut short, may exist.
generations() {
	python3 -c "import csv, collections
rows = [r for r in csv.DictReader(open('r/samples.csv'))
	if r['status'] == 'ok' and r['phase'] == 'timed']
n = collections.Counter((int(r['generation']), r['cell']) for r in rows)
whole = {g for g, _ in n if all(n[g, c] >= 3 for _, c in n if (g, c) in n)}
assert len(whole) == $1, (whole, n)
assert len({c for _, c in n}) == 3, n
one = [r for r in rows if r['generation'] == str(min(whole))]
assert sorted(r['round'] for r in one) == sorted('1234' * 3), one" 2>>err
}

# Prints all except times.
same_samples() {
	cut -d , -f 1-8 "$1" >one
	cut -d , -f 1-8 "$2" >other
	cmp -s one other
}

has_python || finish

# --- a run that succeeds ------------------------------------------------------

plan 3 3
bench
test "$status" -eq 0 && generations 3
result $? 'every generation has every cell, with all its rounds'
"$top/tests/schema" "$here/doc/manifest.schema.json" r/manifest.json 2>err
status=$?
result $status 'the manifest is as its schema says'
manifest 'k = m["mechanisms"]
assert set(k) == {c["mechanism"] for c in m["cells"]}
assert k["pipe"]["channel"] == "pipe" and k["pipe"]["claim"] == "rival"'
result $? 'the manifest describes each mechanism'
test "$(column phase | sort -u | tr '\n' ' ')" = 'first timed warm '
result $? 'samples.csv has the first, the warm and the timed transfers'
test "$(column setup_ns | grep -c 5000000)" -eq 9
result $? 'the time to set up each pair is stored'
cat >plan.json <<-END
{ "name": "fake", "generations": { "min": 3, "max": 3 }, "rounds": 4,
  "grids": [ { "mechanisms": ["shm", "pipe"], "sizes": ["4K", "64K", "1M"],
               "places": "free" } ] }
END
bench
"$ipcopy" bench plan.json --dry-run --seed 5 --format csv >dry
cut -d , -f 1,3 dry | sed 1d | uniq >planned
python3 -c "import csv
for row in csv.DictReader(open('r/samples.csv')):
	print(row['sweep'], row['condition'], sep=',')" | uniq >ran
test "$(wc -l <ran)" -eq 9 && cmp -s planned ran
result $? 'the order is that of --dry-run'
manifest 'assert m["outcome"] == "done" and m["seed"] == 5
assert [c["stopped"] for c in m["conditions"]] == ["generations"] * 3
assert [c["generations"] for c in m["cells"]] == [3] * 6
assert [c["bytes"] for c in m["conditions"]] == [1000000] * 3
assert m["machine"]["cpus"] >= 1 and m["before"] and m["after"]'
result $? 'the manifest has the conditions, and why each stopped'
grep -e --samples "$FAKE_LOG" | sed 's/.*--seed \([0-9]*\) .*/\1/' |
	sort -u >seeds
grep -e --samples "$FAKE_LOG" | sed 's/.*env=\([0-9]*\) .*/\1/' |
	sort -u >envs
test "$(wc -l <seeds)" -eq 9 && test "$(wc -l <envs)" -gt 5
result $? 'orders, buffers and environment differ between generations'
cp -r r first
bench
same_samples r/samples.csv first/samples.csv
result $? 'the same seed gives the same order'

# --- as a job -----------------------------------------------------------------

plan 3 3
SLURM_JOB_ID=12 SLURM_ARRAY_JOB_ID=10 SLURM_ARRAY_TASK_ID=2 bench
manifest 'assert m["job"] == {"system": "slurm", "id": "12", "of": "10",
	"task": "2", "attempt": None}, m["job"]
c = m["machine"]["cgroup"]
assert set(c) == {"version", "path", "cpu_max", "cpuset", "memory_max"}, c
assert m["machine"]["host"] and m["machine"]["cpu_sets"]["allowed"]' &&
	"$top/tests/schema" "$here/doc/manifest.schema.json" r/manifest.json 2>err
result $? 'the manifest has the job and its limits'
CI_JOB_ID=7 CI_PIPELINE_ID=5 run bench --resume r
manifest 'assert m["resumed"][0]["job"]["system"] == "gitlab"
assert m["resumed"][0]["job"]["of"] == "5" and m["job"]["id"] == "12"' &&
	"$top/tests/schema" "$here/doc/manifest.schema.json" r/manifest.json 2>err
result $? 'the manifest has the job that continued the run'
rm -rf r
: >"$FAKE_LOG"
"$ipcopy" bench plan.json --output r --seed 5 --quiet <&- >&- 2>&-
status=$?
test "$status" -eq 0 && generations 3
result $? 'bench needs neither a terminal nor standard input, output or error'
plan 6 40
FAKE_FAST=pipe bench
test "$status" -eq 0 && grep -q '"fails": [1-9]' r/verdict.json
result $? 'the job does not fail because a claim fails'
says out 'gens: the generations, each measured by new processes' &&
	sed -n '/^The answers of this run:/,$p' out >answers &&
	grep -q '^Shared memory with semaphores is' answers &&
	! grep -q '^Other findings' answers
result $? 'bench says what its table means, and ends with the answers'

# --- when it stops ------------------------------------------------------------

plan 6 40
FAKE_FAST=shm bench
manifest 'c = m["conditions"][0]
assert c["stopped"] == "decided" and 6 <= c["generations"] <= 12, c'
result $? 'a clear comparison is decided after few generations'
FAKE_NEAR=shm bench
manifest 'c = m["conditions"][0]
assert c["stopped"] == "decided" and c["generations"] < 20, c' &&
	grep -q '"outcome": "equivalent"' r/verdict.json
result $? 'an equivalence within the margin is decided'
FAKE_WIDE=shm bench
manifest 'assert m["conditions"][0]["stopped"] == "generations"
assert m["cells"][0]["generations"] == 40'
result $? 'an unclear comparison gets the largest number of generations'
grep -q '"outcome": "undecided"' r/verdict.json
result $? 'an unclear comparison is called undecided'
plan 7 10000 '"precision": 1e-9,'
FAKE_WAIT=0.03 FAKE_WIDE=pipe bench --budget 3s
manifest 'assert m["conditions"][0]["stopped"] == "budget"
assert m["conditions"][0]["generations"] >= 7'
result $? 'a spent budget ends a run, but not before the smallest number of generations'
# gives r a budget that ends half a generation after its last sample
python3 - <<'END'
import csv, json
end = {}
for row in csv.DictReader(open('r/samples.csv')):
	end[int(row['generation'])] = int(row['at_ns'])
last, before = (end[g] for g in sorted(end)[:-3:-1])
m = json.load(open('r/manifest.json'))
m['plan']['budget_ms'] = (last + (last - before) // 2) // 1000000
json.dump(m, open('r/manifest.json', 'w'))
END
lines=$(wc -l <r/samples.csv)
FAKE_WAIT=0.03 FAKE_WIDE=pipe run bench --resume r
test "$status" -eq 0 && test "$(wc -l <r/samples.csv)" -eq "$lines"
result $? 'a run with no budget left for a generation is resumed without one'
plan 3 10000
FAKE_FAST=shm FAKE_WAIT=0.03 bench --budget 500ms
longer=$(tr '\n' ' ' <out | sed -n 's/.*(measure longer with: ipcopy \([^)]*\)).*/\1/p')
test "$longer" = 'bench --resume RUN --budget 1m'
result $? 'a run with too few generations says how to measure longer'
# shellcheck disable=SC2046 # these are words
FAKE_FAST=shm run $(echo "$longer" | sed 's/RUN/r/')
test "$status" -eq 0 && ! says out 'too few' &&
	manifest 'assert m["conditions"][0]["stopped"] == "decided"'
result $? 'and this command measures until the comparisons are decided'
plan 7 7
run bench plan.json --output n --budget 10ms
test "$status" -eq 2 && one_line_says 'too short to measure one generation' &&
	! test -e n
result $? 'a budget that is too short is refused before anything runs'

# --- cells that fail or cannot run ----------------------------------------------

plan 5 5
FAKE_FAIL=pipe bench
manifest 'assert [(c["generations"], c["failures"]) for c in m["cells"]] == [
	(5, 0), (0, 3), (5, 0)]' &&
	test "$status" -eq 3 &&
	says err 'failed in 3 of 3 generations; the last failure: it is a' &&
	test "$(column reason | grep -c 'it is a "fake"')" -eq 3
result $? 'a cell that fails three times stops; its failures stay'
FAKE_DIE=pipe bench
test "$status" -eq 3 &&
	test "$(column reason | grep -c 'killed by signal 9')" -ge 3
result $? 'a cell whose program dies has failed'
FAKE_CANNOT=pipe bench
test "$status" -eq 0 && manifest 'c = m["cells"][1]
assert (c["status"], c["reason"]) == ("skipped", "the fake one cannot"), c'
result $? 'a cell that cannot run here is skipped, with its reason'
FAKE_USAGE=unix bench
test "$status" -eq 0 && manifest 'c = m["cells"][2]
assert (c["status"], c["reason"]) == ("skipped",
	"the fake one cannot be cold"), c'
result $? 'a cell whose condition the measuring program refuses is skipped'

# --- interrupted --------------------------------------------------------------

# hold GENERATION: starts a run that blocks in its second round. Sets child to
# its pid, and cell to that of its measuring program.
hold() {
	rm -rf r
	: >"$FAKE_LOG"
	FAKE_HOLD=pipe FAKE_HOLD_GENERATION=$1 \
		"$ipcopy" bench plan.json --output r --seed 5 >out 2>err </dev/null &
	child=$!
	read -r cell <held
}

# hold_and SIGNAL GENERATION: starts such a run, sends the signal to the driver,
# and waits until the driver and its program have ended. Both hold `alive` open.
hold_and() {
	exec 7<>alive
	exec 6<alive
	hold "$2"
	exec 7<&-
	kill "-$1" "$child"
	cat <&6
	exec 6<&-
	wait "$child"
	status=$?
	child=
}

# torn N: true if N generations were cut short and all measured transfers were
# kept
torn() {
	python3 -c "import csv, collections
rows = list(csv.DictReader(open('r/samples.csv')))
n = collections.Counter(r['generation'] for r in rows
	if r['phase'] == 'timed')
assert sum(v == 3 for v in n.values()) == $1, n" 2>>err
}

plan 5 5
bench
cp -r r whole
for generation in 1 3 5; do
	hold_and TERM "$generation"
	test "$status" -eq 130 && says err '--resume r' &&
		manifest 'assert m["outcome"] == "interrupted"'
	result $? "interrupted in generation $generation: it ends with 130"
	run bench --resume r
	test "$status" -eq 0 && generations 5 && torn 1
	result $? "an interrupted run is resumed without a loss"
	hold_and KILL "$generation"
	run bench --resume r
	test "$status" -eq 0 && generations 5 && torn 1 &&
		manifest 'assert len(m["resumed"]) == 1'
	result $? "killed in generation $generation and resumed: nothing is lost"
done

# A batch system signals all processes of a job, and perhaps the driver last.
hold 3
kill -TERM "$cell"
wait "$child"
status=$?
child=
test "$status" -eq 130 && says err '--resume r' &&
	manifest 'assert m["outcome"] == "interrupted"
assert not any(c["failures"] for c in m["cells"])' &&
	! column status | grep -q failed
result $? 'a measuring program that is asked to end does not make a cell fail'
run bench --resume r
test "$status" -eq 0 && generations 5 && torn 1
result $? 'a run can be continued after its measuring program was ended'

hold 2
run bench --resume r
test "$status" -eq 4 && one_line_says 'another ipcopy is measuring in r'
result $? 'a second driver in the same folder is refused'
run bench plan.json --output second
test "$status" -eq 0 && test "$(grep -c 'same time' err)" -eq 1 &&
	says err "same time (process $child, into $work/r), so the speeds of both"
result $? 'a second bench on the machine is warned, and measures'
kill -KILL "$child"
wait "$child"
child=
find "$XDG_RUNTIME_DIR" -name 'bench-*' >stale
run bench plan.json --output third
find "$XDG_RUNTIME_DIR" -name 'bench-*' >after
test "$status" -eq 0 && ! says err 'same time' && test -s stale &&
	! test -s after
result $? 'a bench that was killed is not taken for one that measures'

# A run that is resumed must decide as an uninterrupted run does.
plan 6 40
FAKE_FAST=shm bench
rm -rf whole
cp -r r whole
lines=$(wc -l <whole/samples.csv)
for keep in 20 60 100; do
	rm -rf r
	cp -r whole r
	head -n "$keep" whole/samples.csv >r/samples.csv
	FAKE_FAST=shm run bench --resume r
	test "$status" -eq 0 && test "$keep" -lt "$lines" &&
		manifest 'c = m["conditions"][0]
assert c["stopped"] == "decided"
w = json.load(open("whole/manifest.json"))["conditions"][0]
assert c["generations"] == w["generations"], (c, w)'
	result $? "cut after $keep lines and resumed: as many generations"
done
plan 5 5
bench
rm -rf whole
cp -r r whole

# --- samples.csv cut short ----------------------------------------------------

size=$(wc -c <whole/samples.csv)
for cut in 7 100 300; do
	rm -rf r
	cp -r whole r
	head -c "$((size - cut))" whole/samples.csv >r/samples.csv
	run bench --resume r
	test "$status" -eq 0 && says err 'in the middle of a line' &&
		generations 5
	result $? "$cut bytes cut from samples.csv: a message, and the run is resumed"
done
printf 'nonsense\n' >>r/samples.csv
run bench --resume r
test "$status" -eq 2 && one_line_says 'samples.csv, line '
result $? 'a line that is no sample is refused, with its number'

# --- writes that fail -----------------------------------------------------

plan 40 40
rm -rf r
(
	ulimit -f 16 # over what the manifest takes
	ulimit -f 16
	exec "$ipcopy" bench plan.json --output r --seed 5 >out 2>err </dev/null
)
status=$?
test "$status" -eq 4 && says err 'File too large' && says err '--resume r' &&
	test "$(tail -c 1 r/samples.csv)" = ''
result $? 'no space for a sample: an error, and the last line is complete'
run bench --resume r
# the generation that was cut may lack the last rounds of one cell
test "$status" -eq 0 && { generations 40 || generations 39; }
result $? 'a run can be continued when there is space again, and loses nothing'
run bench plan.json --output r
test "$status" -eq 2 && one_line_says 'not empty: it has a run'
result $? 'a folder that is not empty is refused'
mkdir filled && touch filled/x plain
run bench plan.json --output filled
test "$status" -eq 2 && one_line_says 'not empty, and has no run'
result $? 'a folder with other files is refused, and no run is spoken of'
run bench plan.json --output plain
test "$status" -eq 2 && one_line_says 'plain is not a folder'
result $? 'a file in place of a folder is refused as a file'
run bench plan.json --output missing/r
test "$status" -eq 2 && one_line_says 'missing/r: No such file'
result $? 'a folder that cannot be made is refused'
run bench --resume missing
test "$status" -eq 2 && one_line_says 'missing/samples.csv: No such file'
result $? 'a run that does not exist is refused'
sed 's/"kernel": "Linux/"kernel": "Other/' r/manifest.json >changed
cp changed r/manifest.json
run bench --resume r
test "$status" -eq 2 && one_line_says 'begun with another kernel'
result $? 'a run of another machine is not continued'
IPCOPY_CELL=$work/none run bench plan.json --output n
test "$status" -eq 4 && one_line_says 'IPCOPY_CELL' && ! test -e n
result $? 'without the measuring program no run is begun'
finish
