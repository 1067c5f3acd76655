#!/bin/sh
# Runs of several hosts: findings on which they agree, facts that go with a
# difference, ratios over hosts, and runs that do not count. All runs are made
# up.
src=$(cd "${top_srcdir:-.}/tests" && pwd)
# shellcheck source=tests/tap.sh
. "$src/tap.sh"
has_python || finish
"$src/made_up_run" base plain 1
rm base/summary.csv base/verdict.json

# All hosts get their samples from this run. It has half of the mechanisms, and
# each generation twice, since 10 generations cannot decide so many comparisons.
python3 - <<'END'
import csv, json
kept = ("null", "memcpy", "pipe", "mq", "unix", "splice", "shm sem", "shm spin")
m = json.load(open("base/manifest.json"))
m["cells"] = [cell for cell in m["cells"] if cell["label"] in kept]
m["plan"] = {"name": "plain", "json": {"grids": [1]}}
m["started"], m["outcome"] = "2026-01-01T00:00:00Z", "done"
json.dump(m, open("base/manifest.json", "w"))
names = {cell["cell"] for cell in m["cells"]}
header, *rows = csv.reader(open("base/samples.csv"))
sweep, generation, cell = map(header.index, ("sweep", "generation", "cell"))
rows = [row for row in rows if row[cell] in names]
most = max(int(row[generation]) for row in rows)
out = csv.writer(open("base/samples.csv", "w"), lineterminator="\n")
out.writerow(header)
out.writerows(rows)
for row in rows:
    row[sweep] = int(row[sweep]) + most
    row[generation] = int(row[generation]) + most
out.writerows(rows)
END

# manifest NAME [PYTHON]: makes the manifest of the run in the folder NAME, and
# removes its verdict. PYTHON may change the manifest m.
manifest() {
	rm -f "$1/verdict.json" "$1/summary.csv"
	python3 - "$1" "${2-}" <<-'END'
	import json, sys
	name, change = sys.argv[1:]
	m = json.load(open("base/manifest.json"))
	m["machine"].update(host=name, boot_id=name, memory_bytes=8 << 30,
	                    cgroup={"cpu_max": "max"}, mitigations={"mds": "no"})
	exec(change)
	json.dump(m, open(name + "/manifest.json", "w"))
	END
}

# host NAME [TIME [PYTHON]]: makes the run of a host in a folder of that name.
# TIME is a Python expression for the time of a sample, made of cell and ns.
host() {
	mkdir "$1"
	cp base/copies.csv "$1"
	python3 - "$1" "${2-ns}" <<-'END'
	import csv, random, sys
	name, time = sys.argv[1:]
	time = eval("lambda cell, ns: " + time)
	draw = random.Random(name)
	part = {}
	header, *rows = csv.reader(open("base/samples.csv"))
	cell, wall = map(header.index, ("cell", "wall_ns"))
	for row in rows:
	    if row[wall]:
	        f = part.setdefault(row[cell][:9], 1 + draw.uniform(-.02, .02))
	        row[wall] = int(time(row[cell], int(row[wall])) * f)
	out = csv.writer(open(name + "/samples.csv", "w"), lineterminator="\n")
	out.writerow(header)
	out.writerows(rows)
	END
	manifest "$1" "${3-}"
}

verdict() {
	run verdict "$@"
	test "$status" -eq 0
}

# --- three equal hosts, one of them slower ---------------------------------

host n1
host n2
host n3 '2 * ns' 'm["machine"]["cgroup"]["cpu_max"] = "50000 100000"'
COLUMNS=80
export COLUMNS
verdict n1 n2 n3 && ! test -s err
result $? 'the runs of three hosts are judged'
! says out 'Two hosts are too few' &&
	says out '3 hosts measured the plan plain. They agree on the fastest mechanism in'
result $? 'the first sentence says how many hosts agree'
tr -s ' \n' '  ' <out >flat
says flat '- the host n3 is slower than the other hosts: in the median of its cells' &&
	says flat 'its speed is 0.' &&
	says flat 'it alone has cgroup.cpu_max 50000 100000'
result $? 'the verdict names the slow host and the fact that only this host has'
test "$(grep -c '^n[123] ' out)" -eq 3 && awk 'length > 80 { exit 1 }' out
result $? 'each host has a line, within 80 columns'
unset COLUMNS
test -s n1/verdict.json && test -s n1/summary.csv
result $? 'each run has a verdict of its own'

# --- ratios over hosts -----------------------------------------

run verdict n1 n2 n3 --format json
python 'import math
runs = [json.load(open(n + "/verdict.json")) for n in ("n1", "n2", "n3")]
def key(c): return (c["family"], json.dumps(c["condition"], sort_keys=True),
                    c["a_label"], c["b_label"])
by = {}
for r in runs:
    for c in r["comparisons"]:
        if c["ratio"] is not None:
            by.setdefault(key(c), []).append((math.log(c["ratio"]),
                                              c["log_error"]))
mine = []
for k, ys in by.items():
    def q(t):
        w = [1 / (s * s + t) for _, s in ys]
        m = sum(a * y for a, (y, _) in zip(w, ys)) / sum(w)
        return sum(a * (y - m) ** 2 for a, (y, _) in zip(w, ys)), m
    lo, hi = 0, 4
    for _ in range(100):
        t = (lo + hi) / 2
        lo, hi = (t, hi) if q(t)[0] > len(ys) - 1 else (lo, t)
    mine.append((math.exp(q(lo)[1]), math.sqrt(lo)))
theirs = [(c["ratio"], c["tau"]) for c in rows["comparisons"] if c["ratio"]]
assert len(mine) == len(theirs) > 5, (len(mine), len(theirs))
for a, b in zip(sorted(mine), sorted(theirs)):
    assert abs(a[0] / b[0] - 1) < 1e-6 and abs(a[1] - b[1]) < 1e-5, (a, b)
assert all(c["low"] < c["ratio"] < c["high"] for c in rows["comparisons"]
           if c["ratio"])
assert [h["odd"] for h in rows["hosts"]] == [False, False, True]'
result $? 'ratios and tau agree with a second computation by doc/METHOD'
cp out forward
run verdict n3 n1 n2 --format json
python 'other = json.load(open("forward"))
a, b = ([(c["words"], c["a_label"], c["b_label"], round(c["ratio"] or 0, 6),
          c["outcome"]) for c in r["comparisons"]] for r in (rows, other))
assert sorted(a) == sorted(b)
assert [(k["words"], k["hosts"]) for k in rows["map"]] == [
	(k["words"], k["hosts"]) for k in other["map"]]'
result $? 'the order of the runs does not matter'
run verdict n1 n2 n3 --format csv
says out 'family,words,a_label,b_label,hosts,ratio,low,high,next_low' &&
	says out ',3,'
result $? 'csv has the ratios'

# --- two kinds of hosts -------------------------------------------------------

other='m["machine"]["kernel"] = "Linux 9.9.9"
m["machine"]["mitigations"]["mds"] = "yes"'
for name in n4 n5; do
	host $name 'ns * 9 if cell.startswith("shm") else ns' "$other"
done
verdict n1 n2 n4 n5
tr -s ' \n' '  ' <out >flat
says flat 'and differ in' &&
	says flat 'kernel: Linux 0.0.0 (n1, n2), Linux 9.9.9 (n4, n5)' &&
	says flat 'mitigations.mds: no (n1, n2), yes (n4, n5)' &&
	says flat 'shm spin: n1, n2; ' && grep -q ': n4, n5; these facts' flat
result $? 'if two kinds of hosts contradict each other, their facts are named'
says out 'AABB'
result $? 'the map shows the two kinds of hosts'
! says flat 'memory_bytes' && ! says flat 'boot_id'
result $? 'equal facts, and facts of single hosts, are not named'
run report n1 n2 n4 n5 --output page.html
test "$status" -eq 0 && says page.html 'plain on 4 hosts' &&
	says page.html 'id="figure-fleet"' && says page.html 'Linux 9.9.9' &&
	says page.html 'download="fleet.json"' && ! says page.html '{{'
result $? 'there is one page of all hosts'

# --- verdicts that exist already ------------------------------------------

cp -r n1 kept
sed -i 's/"sentence": "[^"]*"/"sentence": "as it was"/' n1/verdict.json
run verdict n1 n2 --format json
says out '"sentence": "as it was"'
result $? 'a verdict that is current is not made again'
verdict n1 n2 && says out 'Two hosts are too few to decide most ratios'
result $? 'two hosts are said to be too few'
sed -i '$d' n1/samples.csv
run verdict n1 n2 --format json
! says out '"sentence": "as it was"'
result $? 'a verdict of other samples is made again'
rm -r n1
mv kept n1

# --- runs that do not count ---------------------------------------------------

# left_out WORDS RUN...: a test that the last run is left out and the others are
# compared
left_out() {
	words=$1
	shift
	verdict "$@"
	tr -s ' \n' '  ' <out >flat
	! test -s err && says flat "is left out: $words"
	result $? "left out: $words"
}

# told VALUE: a test of a verdict.json whose level and alpha are VALUE, which
# ipcopy never writes
told() {
	python3 - "$1" <<-'END'
	import json, sys
	v = json.load(open("sound.json"))
	v.update(level=eval(sys.argv[1]), alpha=eval(sys.argv[1]))
	v["claim"]["conditions"] = dict.fromkeys(v["claim"]["conditions"], -3)
	json.dump(v, open("n0/verdict.json", "w"))
	END
	verdict n0 n1 n2 && ! test -s err && ! grep -q '[0-9]\{12\}' out
	result $? "a verdict that states impossible terms: $1"
}

no_answers() {
	for host in n1 n2; do
		cp -r "$host" "un$host"
		python3 - "un$host/verdict.json" <<-'END'
		import json, sys
		v = json.load(open(sys.argv[1]))
		v["map"][0].update(best=[], undecided=[])
		json.dump(v, open(sys.argv[1], "w"))
		END
	done
	verdict unn1 unn2 && ! test -s err
	result $? 'verdicts with a condition without an answer are accepted'
}

no_answers
host n0
run verdict n0
cp n0/verdict.json sound.json
told 1e300
told -7
told 1
told '"much"'

cp -r n2 again
left_out 'it is the same run as n2' n1 n2 again
host n6 ns 'm["machine"]["host"] = "n2"'
left_out 'the host n2 has the run n2 already, and only one run of a host' \
	n1 n2 n6
manifest n6 'm["machine"].update(host="n2", cpus=64)'
left_out 'its host is called n2 like the host of the run n2, but the two are' \
	n1 n2 n6
verdict n1 n2 other=n6 && says out '3 hosts' && grep -q '^other ' out
result $? 'a host that is given another name counts'
manifest n6 'm["plan"]["name"] = "full"'
left_out 'its plan is full, but the plan of the first run is plain' n1 n2 n6
manifest n6 'm["plan"]["json"] = {"grids": [2]}'
left_out 'its plan is called plain like that of the first run, but the two' \
	n1 n2 n6
manifest n6 'm["plan"]["json"] = {"grids": [1], "budget": "9m"}'
verdict n1 n2 n6 && says out '3 hosts'
result $? 'a plan with another budget is the same plan'
manifest n6 'm["program"]["version"] = "0.1"'
left_out 'it was measured by another version of ipcopy: 0.1' n1 n2 n6
manifest n6 'm["format"] = 1'
left_out 'it was measured by an older version of ipcopy' n1 n2 n6
manifest n6 'm["outcome"] = "interrupted"'
left_out 'it is not complete (interrupted); continue it with: ipcopy bench' \
	n1 n2 n6
manifest n6 'm["outcome"] = None'
left_out 'it is not complete (its outcome is not known); continue it with' \
	n1 n2 n6
manifest n6
truncate -s -20 n6/samples.csv
left_out 'its samples.csv ends in the middle of a line; copy the file' n1 n2 n6
rm n6/samples.csv
left_out 'n6 is not a run: samples.csv is missing' n1 n2 n6
left_out 'it is not a run: manifest.json is missing' n1 n2 nowhere
run verdict n2 again nowhere
test "$status" -eq 2 && ! test -s out &&
	says err 'only one of these runs can be used; a comparison of hosts needs at least two'
result $? 'one run that counts is too few'
run verdict n1 n2 again --format csv
test "$status" -eq 0 && one_line_says 'again is left out: it is the same run'
result $? 'in csv, standard error names the run that is left out'
run report n1 n2
test "$status" -eq 2 && one_line_says 'name its file with --output FILE'
result $? 'a page of several runs needs a place'
run report n1 n2 --output page.html --against n3
test "$status" -eq 2 && one_line_says '--against compares two runs'
result $? 'a page of several runs with --against is refused'
finish
