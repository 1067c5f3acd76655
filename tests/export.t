#!/bin/sh
# ipcopy export: compares each format with summary.csv, and reads it with a
# program for such files if there is one here.
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"
src=$(cd "${top_srcdir:-.}/tests" && pwd)

# a Python with modules of Debian's packages
for python in /usr/bin/python3 python3; do
	command -v "$python" >/dev/null && break
	python=
done

# can MODULE WHAT: true if Python has the module; otherwise skips
can() {
	test -n "$python" && "$python" -c "import $1" 2>/dev/null && return
	skip "$2 (no Python with $1)"
	return 1
}

# with_python NAME CODE: a test that CODE succeeds
with_python() {
	"$python" -c "import json, sys
$2" >said 2>>err
	result $? "$1"
}

cells() {
	for size in 64 4096; do
		echo "pipe pipe stream $size 1 block core ${1}e9 0.02 ok"
		echo "unix unix pingpong $size - block core 1e5 0.02 ok"
		echo "cma cma stream $size - block core 1e9 0.02 ${2-skipped}"
	done
}

cells 2 | "$src/true_run" r 14 1
cells 1.6 | "$src/true_run" slow 14 2
run verdict r

exported() {
	run export r --to "$@"
	test "$status" -eq 0 && test -s out && ! test -s err
	result $? "export --to $*"
}

exported bmf
if can json 'Bencher Metric Format'; then
	with_python 'bmf: each has a value between its ends, as its schema asks' '
rows = json.load(open("out"))
assert len(rows) == 4
for cell in rows.values():
    assert 0 < len(cell)
    for name, m in cell.items():
        assert set(m) <= {"value", "lower_value", "upper_value"}
        assert isinstance(m["value"], float) and len(name) <= 64
        if "lower_value" in m:
            assert m["lower_value"] <= m["value"] <= m["upper_value"]
    assert "lower_value" in cell.get("throughput", cell.get("round-trips"))'
fi
exported github-action-benchmark
if can json 'github-action-benchmark'; then
	bigger='
rows = json.load(open("out"))
for r in rows:
    assert set(r) <= {"name", "unit", "value", "range", "extra"}
    assert isinstance(r["value"], float)
    assert all(isinstance(r[k], str) for k in r if k != "value")
    assert float(r.get("range", "± 0").split()[1]) < r["value"]
'
	with_python 'speeds, for customBiggerIsBetter' "$bigger
assert len(rows) == 4 and all(r['range'][0] == '±' for r in rows)
assert {r['unit'] for r in rows} == {'bytes/s', 'trips/s'}"
	exported github-action-benchmark --better smaller
	with_python 'all else, for customSmallerIsBetter' "$bigger
assert len(rows) >= 8 and 'bytes/s' not in {r['unit'] for r in rows}"
fi
exported openmetrics
tail -n 1 out | grep -qx '# EOF' && ! grep -q nanoseconds out
result $? 'openmetrics has an end mark and base units'
if can prometheus_client.openmetrics.parser 'openmetrics by a parser'; then
	with_python 'openmetrics, and the text format of the node exporter' '
from prometheus_client.openmetrics import parser as new
from prometheus_client import parser as old
text = open("out").read()
for p in new, old:
    f = {m.name: m for m in p.text_string_to_metric_families(text)}
    speed = f["ipcopy_throughput_bytes_per_second"]
    assert speed.type == "gauge" and len(speed.samples) == 6
    assert {s.labels["estimate"] for s in speed.samples} == {
        "value", "low", "high"}'
fi
if command -v promtool >/dev/null; then
	promtool check metrics <out >said 2>>err
	result $? 'promtool accepts openmetrics'
else
	skip 'openmetrics by promtool (no promtool)'
fi
exported csv-long
test "$(grep -c ',throughput,bytes/s,bigger,' out)" -eq 2 &&
	awk -F, '/throughput/ && !($(NF-2) < $(NF-3) && $(NF-3) < $(NF-1)) {
		exit 1 }' out
result $? 'csv-long has a line for each number, with its interval'

# --- JUnit ----------------------------------------------------------------------

exported junit
grep -q 'tests="6" failures="0" errors="0" skipped="2"' out
result $? 'junit has a test for each cell'
if command -v xmllint >/dev/null; then
	xmllint --noout --relaxng "$src/junit.rng" out >said 2>&1
	result $? 'junit is as its schema says'
else
	skip 'junit by xmllint (no xmllint)'
fi
run export slow --to junit --baseline r --gate 10%
test "$status" -eq 0 && grep -q 'tests="6" failures="2" errors="0" skip' out &&
	grep -q '<failure message="beyond: 0.[78]' out
result $? 'junit with a gate: cells beyond the gate have failed'
if command -v xmllint >/dev/null; then
	xmllint --noout --relaxng "$src/junit.rng" out >said 2>&1
	result $? 'junit with failures is as its schema says'
fi
run export slow --to junit --baseline r --gate 20%
grep -q 'failures="0" errors="2"' out && grep -q '<error message="undecided' out
result $? 'junit with a gate: undecided cells are errors'
run export slow --to junit --baseline r --gate 20% --gate-undecided pass
says out 'failures="0" errors="0" skipped="4"' &&
	says out '<skipped message="undecided: 0.'
result $? '--gate-undecided pass skips the undecided cells'
run export slow --to junit --baseline r --gate 20% --gate-undecided fail
says out 'failures="2" errors="0" skipped="2"' &&
	says out '<failure message="undecided: 0.'
result $? '--gate-undecided fail makes the undecided cells failures'
run export slow --to junit --baseline r --gate 10% --gate-undecided pass
says out 'failures="2" errors="0" skipped="2"'
result $? '--gate-undecided pass does not hide the cells beyond the gate'
sed '/"cell": "pipe/d' r/manifest.json >lines
mkdir less && mv lines less/manifest.json
sed '/pipe:/d' r/samples.csv >less/samples.csv
run export less --to junit --baseline r --gate 3%
grep -q 'errors="2"' out && grep -q 'message="the baseline has this cell, and this run does not"' out
result $? 'junit with a gate: missing cells are errors'
run export less --to junit --baseline r --gate 3% --gate-undecided pass
says out 'failures="0" errors="0" skipped="4"' &&
	says out '<skipped message="the baseline has this cell'
result $? '--gate-undecided pass skips the missing cells'

# --- runs without results -----------------------------------------------------

# spoilt NAME EXPRESSION: makes a copy of the run r and edits its manifest by
# sed
spoilt() {
	mkdir "$1" && cp r/samples.csv "$1"
	sed "$2" r/manifest.json >"$1/manifest.json"
}

spoilt interrupted 's/"outcome": "done"/"outcome": "interrupted"/'
spoilt old 's/"format": 2/"format": 1/'
spoilt none 's/x/x/'
head -n 1 r/samples.csv >none/samples.csv
spoilt cut 's/x/x/'
head -c -9 r/samples.csv >cut/samples.csv
for to in bmf github-action-benchmark openmetrics junit csv-long; do
	refused 'is not complete: it was interrupted' export interrupted --to $to
	refused 'by an older version of ipcopy' export old --to $to
	refused 'none has no good sample' export none --to $to
	refused 'ends in the middle of a line' export cut --to $to
	refused 'nowhere' export nowhere --to $to
done
refused 'is not complete' export r --to junit --baseline interrupted --gate 3%
refused '--to is missing' export r
refused "--to 'xml'" export r --to xml
refused '--better needs' export r --to bmf --better smaller
refused 'need --to junit' export r --to bmf --gate 3%
refused '--baseline and --gate need each other' export r --to junit --baseline r
refused '--gate-undecided needs --gate' export r --to junit --gate-undecided pass
finish
