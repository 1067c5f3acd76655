#!/bin/sh
# bench/calibrate, on runs whose truth is known: it must count right.
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"
src=$(cd "${top_srcdir:-.}/tests" && pwd)
calibrate=$(dirname "$ipcopy")/bench/calibrate

# cells N NOISE [SPEED_OF_FIRST_TWIN]: N cells, each with an equal twin, and a
# slowed twin
cells() {
	i=0
	while [ "$i" -lt "$1" ]; do
		i=$((i + 1))
		rest="$((i * 64)) 1 block core"
		speed=1
		[ "$i" -gt 1 ] || speed=${3:-1}
		echo "pipe pipe stream $rest 1e9 $2 ok"
		echo "pipe pipe stream $rest ${speed}e9 $2 ok |twin1"
		echo "pipe pipe stream $rest 0.95238e9 $2 ok |+5%"
		echo "pipe pipe stream $rest 0.90909e9 $2 ok |+10%"
	done
}

made() {
	rm -rf run
	"$src/true_run" run "$@"
}

counted() {
	"$calibrate" --format csv run >out 2>err
	status=$?
}

# counts LAG BASIS N DECIDED: a test that calibrate has made N comparisons with
# this lag and basis, and has decided DECIDED of them
counts() {
	got=$(awk -F, -v lag="$1" -v basis="$2" \
		'$1 == lag && $2 == basis { print $3, $4 }' out)
	test "$got" = "$3 $4"
	result $? "lag $1, $2: $4 of $3 are decided (it says ${got:-nothing})"
}

cells 20 0.003 | made 12
counted
test "$status" -eq 0 && ! test -s err
result $? 'with little noise every requirement is met'
counts 0 comparison 20 0
counts 0 run 1 0
counts 5 comparison 20 20
counts 5 comparison_holm 20 20
counts 10 comparison 20 20

cells 20 0.003 2 | made 12
counted
test "$status" -eq 1
result $? 'a difference between twins is found'
counts 0 comparison 20 1
counts 0 run 1 1

cells 20 0.5 | made 12
counted
test "$status" -eq 1
result $? 'with much noise a real difference is not found'
awk -F, '$1 == 5 && $2 == "comparison" && $4 < 10 { found = 1 }
	END { exit !found }' out
result $? 'with much noise no difference is made up'

cp out first
counted
cmp -s out first
result $? 'the same run gives the same bytes'

if has_python; then
	run verdict run --format json
	python3 -c "import json
c = json.load(open('out'))['comparisons']
assert len(c) == 60, len(c)
for one in c:
	a, b = one['a'], one['b']
	assert a.startswith(b + '|') and a[len(b):] in (
		'|twin1', '|+5%', '|+10%'), one" 2>err
	result $? 'a run with twins compares only twins, and they decide when it stops'
fi

"$calibrate" >out 2>err
test $? -eq 2 && one_line_says 'no run is given'
result $? 'calibrate without a run is refused'
"$calibrate" nowhere >out 2>err
test $? -eq 2 && one_line_says 'nowhere is not a run'
result $? 'a folder that is not a run is refused'
finish
