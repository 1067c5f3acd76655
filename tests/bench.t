#!/bin/sh
# The driver: what it writes, when it stops, and that nothing is lost when it
# is stopped. A made-up measuring program stands in for ipcopy-cell.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
IPCOPY_CELL=$here/tests/fake-cell
FAKE_LOG=$work/log
export IPCOPY_CELL FAKE_LOG
mkfifo held nothing alive

# plan MIN MAX [MORE]: three cells of three mechanisms.
plan() {
	cat >plan.json <<-END
	{ "name": "fake", "rounds": { "min": $1, "max": $2 }, ${3-}
	  "grids": [ { "mechanisms": ["shm", "pipe", "unix"], "sizes": "64K",
	               "places": "free" } ] }
	END
}

# bench ARGUMENT…: a run of the plan into r, made anew.
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

# rounds N: each of the three cells has its two samples in each of N rounds.
rounds() {
	python3 -c "import csv, collections
n = collections.Counter((r['round'], r['cell'])
	for r in csv.DictReader(open('r/samples.csv')) if r['status'] == 'ok')
assert sorted(n.values()) == [2] * (3 * $1), n
assert len({c for _, c in n}) == 3, n
assert {int(r) for r, _ in n} == set(range(1, $1 + 1)), n" 2>>err
}

# the same samples in the same order, whatever the clock said
same_samples() {
	cut -d , -f 1,2,3,4,5 "$1" >one
	cut -d , -f 1,2,3,4,5 "$2" >other
	cmp -s one other
}

has_python || finish

# --- a run that ends well -----------------------------------------------------

plan 3 3
bench
test "$status" -eq 0 && rounds 3
result $? 'every round has every cell once, with all its samples'
# what doc/RUN lists is what there is
awk '/^samples.csv$/ { on = 1 } /^summary.csv$/ { on = 0 }
	on && /^    [a-z]/ { print }' "$here/doc/RUN" |
	sed -e 's/^    //' -e 's/  .*//' | tr ' ' '\n' >documented
head -n 1 r/samples.csv | tr , '\n' | cmp -s - documented
result $? 'the columns of samples.csv are those of doc/RUN'
"$top/tests/schema" "$here/doc/manifest.schema.json" r/manifest.json 2>err
status=$?
result $status 'the manifest is as its schema says'
manifest 'k = m["mechanisms"]
assert set(k) == {c["mechanism"] for c in m["cells"]}
assert k["pipe"]["channel"] == "pipe" and k["pipe"]["claim"] == "rival"'
result $? 'and says of each mechanism what a reader must know'
"$ipcopy" bench plan.json --dry-run --seed 5 --format csv >dry
cut -d , -f 1-3 dry | sed 1d >planned
awk -F, 'NR > 1 && !seen[$2]++' r/samples.csv | cut -d , -f 1-3 >ran
cmp -s planned ran
result $? 'the order is what --dry-run had said'
manifest 'assert m["outcome"] == "done" and m["seed"] == 5
assert [c["stopped"] for c in m["cells"]] == ["rounds"] * 3
assert [c["iterations"] for c in m["cells"]] == [2] * 3
assert m["machine"]["cpus"] >= 1 and m["before"] and m["after"]'
result $? 'the manifest has the cells and why they stopped'
grep -e --samples "$FAKE_LOG" | sed 's/.*--align \([0-9]*\) .*/\1/' |
	sort -u >aligns
grep -e --samples "$FAKE_LOG" | sed 's/.*env=\([0-9]*\) .*/\1/' |
	sort -u >envs
test "$(wc -l <aligns)" -gt 3 && test "$(wc -l <envs)" -gt 3
result $? 'buffers and environment begin elsewhere in every round'
cp -r r first
bench
same_samples r/samples.csv first/samples.csv
result $? 'the same seed: the same order'

# --- when it stops ------------------------------------------------------------

plan 6 20
bench
rounds 6 && manifest 'assert {c["stopped"] for c in m["cells"]} == {"precise"}'
result $? 'cells that are precise stop after the least number of rounds'
FAKE_WIDE=pipe bench
export FAKE_WIDE
manifest 'assert [(c["stopped"], c["rounds"]) for c in m["cells"]] == [
	("precise", 6), ("rounds", 20), ("precise", 6)]'
result $? 'one that is not goes on alone'
unset FAKE_WIDE
plan 7 10000 '"precision": 1e-9,'
FAKE_WIDE=pipe bench --budget 1ms
manifest 'assert [(c["stopped"], c["rounds"]) for c in m["cells"]] == [
	("precise", 7), ("budget", 7), ("precise", 7)]'
result $? 'a spent budget ends it, but not before the least number of rounds'

# --- cells that fail or cannot ------------------------------------------------

plan 4 4
FAKE_FAIL=pipe bench
manifest 'assert [(c["stopped"], c["rounds"], c["failures"])
	for c in m["cells"]] == [
	("rounds", 4, 0), ("failed", 0, 3), ("rounds", 4, 0)]' &&
	test "$status" -eq 3 && says err 'failed in 3 of 3 rounds, last: it is a' &&
	test "$(column reason | grep -c 'it is a "fake"')" -eq 3
result $? 'a cell that fails three times stops; its failures stay'
FAKE_DIE=pipe bench
test "$status" -eq 3 &&
	test "$(column reason | grep -c 'killed by signal 9')" -eq 3
result $? 'a cell whose program dies has failed'
FAKE_CANNOT=pipe bench
test "$status" -eq 0 && manifest 'c = m["cells"][1]
assert (c["status"], c["reason"]) == ("skipped", "the fake one cannot"), c'
result $? 'a cell that cannot run here is skipped, with its reason'
FAKE_USAGE=unix bench
test "$status" -eq 0 && says out skipped
result $? 'so is one whose condition the measuring program refuses'

# --- interrupted --------------------------------------------------------------

# hold ROUND: starts a run that blocks in this round; its pid is in child.
hold() {
	rm -rf r
	: >"$FAKE_LOG"
	FAKE_HOLD=pipe FAKE_HOLD_ROUND=$1 \
		"$ipcopy" bench plan.json --output r --seed 5 >out 2>err </dev/null &
	child=$!
	read -r _ <held
}

# hold_and SIGNAL ROUND: and sends the driver that, and waits until neither it
# nor its program, which both hold `alive` open, is there any more.
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

plan 5 5
bench
cp -r r whole
for round in 1 3 5; do
	hold_and TERM "$round"
	test "$status" -eq 130 && says err '--resume r' &&
		manifest 'assert m["outcome"] == "interrupted"'
	result $? "interrupted in round $round: 130, and the cell in flight ends"
	run bench --resume r
	test "$status" -eq 0 && rounds 5 &&
		same_samples r/samples.csv whole/samples.csv
	result $? "gone on with: as if it had never been interrupted"
	hold_and KILL "$round"
	run bench --resume r
	test "$status" -eq 0 && rounds 5 &&
		same_samples r/samples.csv whole/samples.csv &&
		manifest 'assert len(m["resumed"]) == 1'
	result $? "killed in round $round and gone on with: nothing is lost"
done

hold 2
run bench --resume r
test "$status" -eq 4 && one_line_says 'another ipcopy is measuring in r'
result $? 'two drivers in one folder: the second is refused'
kill -TERM "$child"
wait "$child"
child=

# --- samples.csv cut short ----------------------------------------------------

size=$(wc -c <whole/samples.csv)
for cut in 7 100 300; do
	rm -rf r
	cp -r whole r
	head -c "$((size - cut))" whole/samples.csv >r/samples.csv
	run bench --resume r
	test "$status" -eq 0 && says err 'measured again' && rounds 5 &&
		same_samples r/samples.csv whole/samples.csv
	result $? "$cut bytes cut from samples.csv: said, and measured again"
done
printf 'nonsense\n' >>r/samples.csv
run bench --resume r
test "$status" -eq 2 && one_line_says 'samples.csv:32: '
result $? 'a line that is none of ours is refused, with its number'

# --- where it cannot write ----------------------------------------------------

plan 40 40
rm -rf r
(
	ulimit -f 16 # over what the manifest takes
	exec "$ipcopy" bench plan.json --output r --seed 5 >out 2>err </dev/null
)
status=$?
test "$status" -eq 4 && says err 'File too large' && says err '--resume r' &&
	test "$(tail -c 1 r/samples.csv)" = ''
result $? 'no room for a sample: said, and the last line is whole'
run bench --resume r
test "$status" -eq 0 && rounds 40
result $? 'with room it goes on, and nothing was lost'
run bench plan.json --output r
test "$status" -eq 2 && one_line_says 'not empty'
result $? 'a folder that is not empty is refused'
run bench plan.json --output missing/r
test "$status" -eq 4 && one_line_says 'missing/r: No such file'
result $? 'a folder that cannot be made is refused'
run bench --resume missing
test "$status" -eq 4 && one_line_says 'missing/samples.csv: No such file'
result $? 'so is a run that is not there'
sed 's/"kernel": "Linux/"kernel": "Other/' r/manifest.json >changed
cp changed r/manifest.json
run bench --resume r
test "$status" -eq 2 && one_line_says 'begun with another kernel'
result $? 'a run of another machine is not gone on with'
IPCOPY_CELL=$work/none run bench plan.json --output n
test "$status" -eq 4 && one_line_says 'IPCOPY_CELL' && ! test -e n
result $? 'without the measuring program nothing is begun'
finish
