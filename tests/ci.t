#!/bin/sh
# doc/ci: takes the commands of the workflows out of the files and runs them
# with a tiny plan. They must pass twice, and must fail if the baseline was
# better.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
PATH=$top:$PATH
export PATH

cat >tiny.json <<'END'
{ "name": "tiny", "generations": { "min": 6, "max": 6 }, "rounds": 4,
  "budget": "60s", "transfer": "1ms",
  "grids": [ { "mechanisms": ["pipe", "unix"], "sizes": "4K", "depths": 1,
               "workloads": "stream", "places": "free" } ] }
END
PLAN=$work/tiny.json GATE=90%
export PLAN GATE

run bench "$PLAN" --dry-run
if test "$status" -eq 4; then
	echo '1..0 # SKIP this ipcopy cannot measure'
	exit
fi

# --- the commands -------------------------------------------------------------

# Writes the commands under "run: |" into files github/JOB/NN-step.
mkdir github gitlab
awk '
function tidy(text) { gsub(/[^A-Za-z]+/, "-", text); return text }
/^jobs:/ { jobs = 1 }
jobs && /^  [a-z]+:$/ { job = $1; sub(/:/, "", job) }
/^      - name: / { name = $0; sub(/.*name: /, "", name) }
/^        run: \|$/ {
	file = sprintf("github/%s/%02d-%s", job, ++n, tidy(name))
	system("mkdir -p github/" job)
	on = 1
	next
}
on && /^          / { print substr($0, 11) > file; next }
{ on = 0 }' "$here/doc/ci/github-actions.yml"

# Writes files gitlab/JOB. An item of "script:" is a command, which may have
# several lines.
awk '
/^[a-z.]+:$/ { job = $1; sub(/:/, "", job) }
/^  script:$/ { on = 1; next }
on && /^    - / { printf "%s%s", sep[job], substr($0, 7) > ("gitlab/" job)
	sep[job] = "\n"; next }
on && /^      / { printf " %s", substr($0, 7) > ("gitlab/" job); next }
{ on = 0 }' "$here/doc/ci/gitlab-ci.yml"
for job in gitlab/*; do
	echo >>"$job"
done
rm -rf github/*/*-Build gitlab/pages

# place JOB: makes a folder like a checkout that has been built
place() {
	mkdir -p "at/$1"
	test -e "at/$1/ipcopy" || ln -s "$ipcopy" "at/$1/ipcopy"
}

# steps JOB: runs the steps up to the first that fails
steps() {
	place "$1"
	rm -rf "at/$1/run"
	for step in "$1"/* "$1"; do
		test -f "$step" || continue
		(cd "at/$1" && sh -e "$work/$step") >out 2>err </dev/null
		status=$?
		test "$status" -eq 0 || return 1
	done
}

# --- baselines that were better -----------------------------------------------

# fewer_copies RUN: as if the kernel had copied each byte once less
fewer_copies() {
	awk -F, -v OFS=, 'NR > 1 && $8 != "" { $8 -= 1 } 1' "$1/copies.csv" \
		>changed && mv changed "$1/copies.csv"
}

# faster RUN: divides all times by a hundred. Only fields before the time have
# commas.
faster() {
	awk -F, -v OFS=, '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == "wall_ns") back = NF - i }
	NR > 1 && $(NF - back) != "" {
		$(NF - back) = int($(NF - back) / 100)
	} 1' "$1/samples.csv" >changed && mv changed "$1/samples.csv"
}

# fails JOB NAME: a test that the job fails because of a gate
fails() {
	steps "$1"
	test "$status" -eq 1
	result $? "$1 fails because of $2"
}

try_job() {
	steps "$1" && test -s "at/$1/baseline/samples.csv"
	result $? "$1: the first run becomes the baseline"
	steps "$1"
	result $? "$1: the second run passes"
	cp -R "at/$1/baseline" kept
	fewer_copies "at/$1/baseline"
	fails "$1" 'one more copy of each byte'
	rm -rf "at/$1/baseline"
	mv kept "at/$1/baseline"
}

for job in github/counts gitlab/counts github/speed gitlab/speed; do
	try_job "$job"
	case $job in
	*/speed)
		faster "at/$job/baseline"
		fails "$job" 'a lower speed'
		;;
	*)
		grep -q '<svg' "at/$job/public/index.html" ||
			! command -v gnuplot >/dev/null
		result $? "$job makes the page"
		says "at/$job/public/junit.xml" '<testsuites'
		result $? "$job writes test results"
		;;
	esac
done
says at/github/speed/bmf.json throughput &&
	says at/github/speed/benchmark.json '"name"'
result $? 'github/speed writes numbers for other services'

# --- the night ----------------------------------------------------------------

KEEP=$work/keep PAGES=$work/pages
export KEEP PAGES
night() {
	sh "$here/doc/ci/nightly" >out 2>err </dev/null
	status=$?
}
night
test "$status" -eq 0 && test ! -s out && test ! -s err &&
	test -s keep/baseline/samples.csv && test -s pages/index.html
result $? 'nightly: the first run becomes the baseline without a message'
sleep 1 # the run is named by the second
fewer_copies keep/baseline
night
test "$status" -eq 1 && says out 'copies of each byte'
result $? 'nightly: one more copy is reported with status 1'

# --- the files ----------------------------------------------------------------

if python3 -c 'import yaml' 2>/dev/null; then
	for file in "$here"/doc/ci/*.yml; do
		python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' \
			"$file" >out 2>err
		status=$?
		result "$status" "${file##*/} is YAML"
	done
else
	skip 'no yaml for python3'
fi
finish
