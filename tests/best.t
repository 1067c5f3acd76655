#!/bin/sh
# Settings that a plan leaves open by "best". A pilot, which is a measurement
# before the comparison, picks one setting for each mechanism. tests/fake-cell
# makes up the measurements.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
IPCOPY_CELL=$here/tests/fake-cell
FAKE_LOG=$work/log
export IPCOPY_CELL FAKE_LOG
mkfifo held nothing

# plan GRID: writes a plan with this one grid
plan() {
	cat >plan.json <<-END
	{ "name": "fake", "generations": { "min": 3, "max": 3 }, "rounds": 4,
	  "grids": [ { "sizes": "64K", "places": "free", $1 } ] }
	END
}

# bench ARGUMENT…: runs the plan into a new folder r
bench() {
	rm -rf r
	: >"$FAKE_LOG"
	run bench plan.json --output r --seed 5 "$@"
}

# of_run TEXT: runs TEXT in Python, with the manifest as m and the samples as
# rows
of_run() {
	python3 -c "import csv, json
m = json.load(open('r/manifest.json'))
rows = list(csv.DictReader(open('r/samples.csv')))
cell = {c['mechanism']: c for c in m['cells']}
tried = [r for r in rows if r['phase'] == 'pilot']
timed = [r for r in rows if r['phase'] == 'timed']
$1" 2>>err
}

has_python || finish

plan '"mechanisms": ["shm", "pipe", "unix"], "depths": "best"'
FAKE_BEST='shm:*,depth=8' bench
test "$status" -eq 0 && of_run 'c = cell["shm"]
assert c["picked"] and c["via"].endswith("depth=8"), c
assert "depth=best" in c["cell"] and c["depth"] == "best"
assert {"shm:sync=sem,size=65536,depth=%d" % 2**n for n in range(6)} == set(
	c["picked_from"]), c'
result $? 'the fastest depth is picked'
of_run 'c = cell["pipe"]
assert c["picked"] and c["via"] in c["picked_from"]
assert all("capacity=" in f for f in c["picked_from"])
assert "wait" not in c["cell"]
u = cell["unix"]
assert u["depth"] == "-" and [u["via"]] == u["picked_from"], u'
result $? 'a pipe picks its capacity; a mechanism with one setting keeps it'
of_run 'g = {r["generation"] for r in tried}
assert g and not g & {r["generation"] for r in timed}
assert {r["setting"] for r in timed} == {""}
assert all(r["setting"] in cell[r["cell"].split(":")[0]]["picked_from"]
	for r in tried)
assert len({r["generation"] for r in timed}) == 3'
result $? 'the pilot has generations of its own, which are not compared'
of_run 'n = {}
for r in tried:
	if r["cell"].startswith("shm"):
		n.setdefault(int(r["generation"]), set()).add(r["setting"])
assert [len(n[g]) for g in sorted(n)] == [6, 3], n
assert n[max(n)] < n[min(n)]'
result $? 'after each generation of the pilot the slower half is dropped'
"$top/tests/schema" "$here/doc/manifest.schema.json" r/manifest.json 2>err
result $? 'the manifest is as its schema says'
run verdict r
test "$status" -eq 0 && says out 'best depth'
result $? 'the verdict names the condition by "best"'
tr '\n' ' ' <out | grep -q 'the trials picked for the others: .*pipe:capacity='
result $? 'the verdict has the settings that were picked for the other mechanisms'

plan '"mechanisms": ["shm", "unix"], "waits": "best", "depths": 4'
FAKE_BEST='*wait=batch*' bench
test "$status" -eq 0 && of_run '
for c in cell.values():
	assert c["via"].endswith("wait=batch") and c["wait"] == "best", c
	assert len(c["picked_from"]) == 4, c'
result $? 'the fastest way to wait is picked'
sed 's/"free"/"same"/' plan.json >one_cpu
cp one_cpu plan.json
bench --dry-run
test "$status" -eq 0
result $? 'a dry run of a plan that leaves settings open succeeds'

# --- failures -----------------------------------------------------------------

plan '"mechanisms": ["shm", "pipe"], "depths": "best"'
FAKE_BEST='shm:*,depth=8' FAKE_BAD='shm:*,depth=8' bench
of_run 'c = cell["shm"]
assert c["picked"] and not c["via"].endswith("depth=8")
assert c["generations"] == 3, c'
result $? 'a setting that fails is not picked, and the others go on'
FAKE_BAD='shm:*' bench
test "$status" -eq 3 && says err 'it is a "fake"' && of_run '
assert cell["pipe"]["generations"] == 3 and cell["shm"]["generations"] == 0'
result $? 'a mechanism whose settings all fail is reported, and the others go on'

# --- slow settings ------------------------------------------------------------

FAKE_BEST='shm:*,depth=8' FAKE_SLOW='shm:*,depth=[12]' bench
of_run 'c = cell["shm"]
assert {s[-2:] for s in c["given_up"]} == {"=1", "=2"}, c
assert c["picked"] and c["via"].endswith("depth=8") and not c["cut_short"], c
slow = [r for r in rows if r["setting"] in c["given_up"]]
assert len(slow) == 4 and not any(r["phase"] == "pilot" for r in slow), slow
assert cell["pipe"]["given_up"] == []'
result $? 'a setting that is many times slower is given up before its rounds'
FAKE_SLOW='shm:*' bench
of_run 'c = cell["shm"]
assert c["given_up"] == [] and c["picked"] and c["generations"] == 3, c'
result $? 'no setting is given up if all are as slow'
sed 's/"rounds"/"transfer": "1ms", "rounds"/' plan.json >quick_plan
cp quick_plan plan.json
FAKE_WAIT=0.01 FAKE_BEST='shm:*,depth=8' bench --budget 2s
of_run 'c = cell["shm"]
assert c["cut_short"] and c["picked"] and c["via"] in c["picked_from"], c
assert m["pilot_ms"] == 1000
late = [r for r in tried if float(r["at_ns"]) > 1.3e9]
assert len({(r["cell"], r["setting"]) for r in late}) <= 2, late
assert len({r["generation"] for r in timed}) == 3'
says err 'the trials of settings were cut short' &&
	"$top/tests/schema" "$here/doc/manifest.schema.json" r/manifest.json
result $? 'the pilot ends when it has used half of the budget, and says so'
cp -r r cut
head -n "$(($(wc -l <cut/samples.csv) - 20))" cut/samples.csv >r/samples.csv
run bench --resume r
test "$status" -eq 0 && of_run 'w = json.load(open("cut/manifest.json"))
assert [c["via"] for c in w["cells"]] == [c["via"] for c in m["cells"]]
assert cell["shm"]["cut_short"]'
result $? 'a pilot that was cut short is not repeated when the run is resumed'

# --- interrupted --------------------------------------------------------------

FAKE_BEST='shm:*,depth=8' bench
cp -r r whole
lines=$(wc -l <whole/samples.csv)
for keep in 10 30 60 75; do
	rm -rf r
	cp -r whole r
	head -n "$keep" whole/samples.csv >r/samples.csv
	: >"$FAKE_LOG"
	FAKE_BEST='shm:*,depth=8' run bench --resume r
	test "$status" -eq 0 && test "$keep" -lt "$lines" && of_run '
w = json.load(open("whole/manifest.json"))
assert [c["via"] for c in w["cells"]] == [c["via"] for c in m["cells"]]
assert cell["shm"]["generations"] == 3'
	result $? "cut after $keep lines and resumed: the same setting is picked"
done

rm -rf r
cp -r whole r
sed '0,/depth=8"*,pilot/s/depth=8\("*,pilot\)/depth=7\1/' whole/samples.csv \
	>r/samples.csv
run bench --resume r
! cmp -s whole/samples.csv r/samples.csv && test "$status" -eq 2 &&
	one_line_says "does not belong to this run"
result $? 'a pilot of settings that the run does not have is refused'

# --- settings of each mechanism -----------------------------------------------

plan '"mechanisms": ["shm:depth=8", "pipe", "unix"], "depths": "own"'
bench
test "$status" -eq 0 && of_run 'assert not tried
assert cell["shm"]["via"] == "shm:depth=8,sync=sem,size=65536", cell
assert cell["pipe"]["via"] == "pipe:size=65536", cell
assert [c["depth"] for c in m["cells"]] == ["own", "own", "-"]
assert {tuple(k["cells"]) for k in m["conditions"]} == {
	tuple(c["cell"] for c in m["cells"])}' &&
	"$top/tests/schema" "$here/doc/manifest.schema.json" r/manifest.json 2>err
result $? 'with "own", mechanisms with settings of their own are compared'
run verdict r
test "$status" -eq 0 && says out 'own depth' &&
	grep -q 'ipcopy bench --via .* --depth own' out && ! says out 'picked'
result $? 'the verdict says how to measure such a setting again'

# --- bad input ----------------------------------------------------------------

# refused GRID WORD…: a test that a plan is refused in one line with these words
refused() {
	plan "$1"
	shift
	bench
	test "$status" -eq 2 && ! test -e r && one_line_says "$@"
}

refused '"mechanisms": "unix", "depths": "best"' 'depths: "best"'
result $? 'a depth that no mechanism of the grid has is refused'
refused '"mechanisms": "shm", "depths": "beast"' '"deep"' '"best"'
result $? 'an unknown word is refused, with the allowed words'
refused '"mechanisms": "shm:depth=best"' depth
result $? '"best" for a setting that the mechanism names is refused'
finish
