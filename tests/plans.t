#!/bin/sh
# Plans: which are refused and on which line, and what a dry run shows.
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"

# refused LINE WORDS: a test that plan.json is refused on this line
refused() {
	run bench plan.json --dry-run
	test "$status" -eq 2 && one_line_says "plan.json:$1: " &&
		one_line_says "$2" && ! test -s out
	result $? "refused on line $1: $2"
}

# plan LINES…: writes plan.json
plan() {
	printf '%s\n' "$@" >plan.json
}

# grid LINES…: writes a plan with these lines in its only grid, from line 3 on
grid() {
	plan '{ "grids": [' '{' "$@" '} ] }'
}

shm_64='"mechanisms": "shm", "sizes": "64K"'

# --- refused plans ----------------------------------------------------------

plan '{ "grids": [' '{ "mechanisms": [ }'
refused 2 'column'
plan '{' '"gridz": [] }'
refused 2 'did you mean grids?'
plan '{' '"name": "x" }'
refused 1 'grids is missing'
plan '{ "name": "a b", "grids": [] }'
refused 1 'letters'
plan '[]'
refused 1 'a plan must be an object'
plan '{' '' '"grids": [] }'
refused 3 'at least one object'
plan '{ "generations":' '{ "min": 5,' '"max": 4 }, "grids": [] }'
refused 1 'min 5 is more than max 4'
plan '{ "generations": {' '"mini": 5 }, "grids": [] }'
refused 2 'did you mean min?'
plan '{' '"rounds": 2, "grids": [] }'
refused 2 'a number from 3 to 1000'
plan '{' '"precision": 2, "grids": [] }'
refused 2 '0.02 or "2%"'
plan '{' '"budget": "soon", "grids": [] }'
refused 2 '"5m"'
grid '"sizes": "64K"'
refused 2 'a grid needs mechanisms'
grid '"mechanisms": "shm"'
refused 2 'a grid needs sizes'
grid '"mechanisms": "shm",' '"size": "64K"'
refused 4 'did you mean sizes?'
grid '"mechanisms": [' '"shm",' '"pip"],' '"sizes": "64K"'
refused 5 'did you mean pipe?'
grid "$shm_64," '"workloads": "fiel"'
refused 4 'did you mean file?'
grid "$shm_64," '"places": ["core",' '"moon"]'
refused 5 'core, smt, same, free'
grid "$shm_64," '"depths": "shallow"'
refused 4 '"deep"'
grid "$shm_64," '"depths": [1,' '0]'
refused 5 '1 to'
grid "$shm_64," '"pairs": 1000'
refused 4 'side by side'
grid "$shm_64," '"lags": [0, 5,' '101]'
refused 5 '0 to 100'
grid "$shm_64," '"waits": "sleep"'
refused 4 'block, spin'
grid "$shm_64," '"sizes": "4K"'
refused 4 'duplicate'
grid '"mechanisms": "shm", "sizes": [4096,' '"4Q"]'
refused 4 'number of bytes'

# combinations that cannot run on any machine
grid '"sizes": "64K",' '"mechanisms": ["shm:size=4K"]'
refused 4 'move it to sizes'
grid '"sizes": "64K",' '"mechanisms": "pipe:capacity=1M"'
refused 4 'move it to depths'
grid '"sizes": "64K",' '"mechanisms": ["pipe",' '"splice"],' '"workloads": ["file", "stream"]'
refused 5 'moves whole files'
grid '"sizes": "64K",' '"mechanisms": "null",' '"workloads": "pingpong"'
refused 4 'carries nothing'
grid '"sizes": "64K",' '"mechanisms": "shm:sync=spin",' '"waits": "block"'
refused 4 'sync=spin'
grid "$shm_64," '"workloads": "stream",' '"sinks": "new"'
refused 2 'sinks is only for the workload file'

run bench quik --dry-run
test "$status" -eq 2 && one_line_says 'did you mean quick?'
result $? 'refused: the name of an unknown plan'
run bench ./missing.json --dry-run
test "$status" -eq 2 && one_line_says 'missing.json: No such file'
result $? 'refused: a plan file that does not exist'
run bench --resume here quick
test "$status" -eq 2 && one_line_says 'leave out the plan'
result $? 'refused: a plan together with --resume'
run bench --resume here --dir .
test "$status" -eq 2 && one_line_says 'leave out --dir'
result $? 'refused: a folder of files together with --resume'
run bench --seed -1 --dry-run
test "$status" -eq 2 && one_line_says "--seed '-1'"
result $? 'refused: a seed that is no number'

# --- cells and schedule ---------------------------------------------------------

for plan in quick standard full best; do
	run bench "$plan" --dry-run
	test "$status" -eq 0 && says out "Plan $plan: "
	result $? "the plan $plan can be run"
done

grid '"mechanisms": ["shm", "pipe", "unix", "mq"], "sizes": [64, "64K"],' \
	'"depths": [1, "deep"], "places": "free"'
run bench plan.json --dry-run --seed 5 --format csv
cp out first
run bench plan.json --dry-run --seed 5 --format csv
test "$status" -eq 0 && cmp -s out first
result $? 'the same seed gives the same schedule'
run bench plan.json --dry-run --seed 6 --format csv
test "$status" -eq 0 && ! cmp -s out first
result $? 'another seed gives another schedule'
says out 'shm:sync=sem,size=64,depth=1|stream|-|hot|free|1' &&
	says out 'pipe:size=65536,capacity=65536|stream|-|hot|free|1' &&
	says out 'unix:size=65536|stream|-|hot|free|1'
result $? 'the name of a cell has all its settings'
# eight sweeps over all cells that run
awk -F, 'NR > 1 && $1 != "" { n[$1]++ }
	END { for (i = 2; i <= 8; i++) if (n[i] != n[1]) bad = 1
		exit bad || n[1] < 9 || n[9] }' out
result $? 'every sweep has every cell'
grid '"mechanisms": "all", "sizes": "4K", "places": "free",' \
	'"workloads": ["file", "stream"]'
run bench plan.json --dry-run --seed 4 --format csv
sed -nE 's/^[0-9]*,[0-9]*,[0-9]*,"?([a-z-]+)(:[^|]*)?\|(file|stream).*/\3 \1/p' out |
	sort -u >laid_out
"$ipcopy" list --format json | awk -F '[ ",:]+' '
	$2 == "name" { name = $3 }
	$2 == "kind" { kind = $3 }
	$2 == "has_message_form" { message = $3 }
	$2 == "summary" && kind == "mechanism" && name != "null" {
		print "file " name
		if (message == "true") print "stream " name
	}' >there
sort -u there | cmp -s - laid_out
result $? '"all" stands for every mechanism that can take part'
grid "$shm_64," '"places": "free", "lags": [0, 5, 0, 5, 0]'
run bench plan.json --dry-run --seed 1 --format csv
cell='shm:sync=sem,size=65536,depth=32|stream|-|hot|free|1'
for twin in '' '|twin1' '|twin2' '|+5%' '|+5%|twin1'; do
	grep -qF "\"$cell$twin\"," out
	result $? "a plan with lags has a cell that ends with '$twin'"
done
grid '"mechanisms": ["shm", "pipe", "unix", "mq"], "sizes": [64, "64K"],' \
	'"depths": [1, "deep"], "places": "free"'
run bench plan.json --dry-run --seed 6 --format csv
test "$(grep -c ',skipped,.*capacity=64 is not allowed' out)" -eq 1
result $? 'a cell that cannot run is listed with its reason'

# --- from the command line alone ----------------------------------------------

run bench --via shm --via pipe --size 4K,64K --place free --margin 2% \
	--save-plan saved.json --dry-run --seed 3 --format csv
cp out chosen
test "$status" -eq 0 && test "$(grep -c '^1,' out)" -eq 4 &&
	says saved.json '"margin": "2%"'
result $? 'options without a plan make a plan'
run bench saved.json --dry-run --seed 3 --format csv
test "$status" -eq 0 && cmp -s out chosen
result $? '--save-plan writes the plan to a file'
run bench quick --size 8K --place free --dry-run --format csv
test "$status" -eq 0 && says out 'size=8192' && ! says out 'size=65536'
result $? 'an option replaces a key of the plan'
run bench --via pipe --size 4K, --dry-run
test "$status" -eq 2 && one_line_says "--size '4K,' is not allowed"
result $? 'refused: a list that ends with a comma'
run bench --via pipe --size 4K --depth 0 --dry-run
test "$status" -eq 2 && one_line_says 'a depth must be a number of messages'
result $? 'refused: an option with a value that a plan may not have'
run bench --via pipe --dry-run
test "$status" -eq 2 && one_line_says '--size is missing'
result $? 'refused: a mechanism without a size'
run bench --via pipe --size 4K --place different --dry-run
test "$status" -eq 2 && one_line_says "ipcopy: --place 'different' is not known"
result $? 'a refused value is that of its option, not of a line of a plan'
echo '{"grids": [{"mechanisms": ["pip"], "sizes": ["4K"]}]}' >plan.json
run bench plan.json --size 8K --dry-run
test "$status" -eq 2 && one_line_says "plan.json with these options: mechanism"
result $? 'a plan of the user that options change is named in its refusal'
# --- conditions in --via ------------------------------------------------------

run bench --via shm:depth=32,sync=sem,wait=spin --size 64K --dry-run --format csv
cp out moved
run bench --via shm:sync=sem --size 64K --depth 32 --wait spin --dry-run \
	--format csv
test "$status" -eq 0 && says moved 'depth=32' && says moved 'wait=spin' &&
	test "$(cut -d , -f 4- moved)" = "$(cut -d , -f 4- out)"
result $? 'depth and wait in --via are those of the options'
run bench --via pipe:size=8K --via shm:size=8K --dry-run --format csv
test "$status" -eq 0 && says out ',pipe,pipe,stream,-,hot,8192,' &&
	says out ',shm,shm sem,stream,-,hot,8192,'
result $? 'a size that all mechanisms share is that of the option'
run bench --via shm:sync=sem,depth=3 --size 4K --depth 4 --dry-run
test "$status" -eq 2 && one_line_says 'leave out --depth or the setting'
result $? 'refused: a depth in --via together with --depth'
run bench --via shm:size=4K --via pipe --dry-run
test "$status" -eq 2 && one_line_says 'the size must be the same'
result $? 'refused: a size in only one --via'

# --- each mechanism with its own settings -------------------------------------

# own ARGUMENT…: a dry run with messages of 16K as csv; own.json gets its plan
own() {
	run bench "$@" --size 16K --place free --dry-run --format csv \
		--save-plan own.json
	test "$status" -eq 0
}

# compared WORDS…: a test that all cells are in one condition, with these words
compared() {
	test "$(awk -F, 'NR > 1 { print $3 }' out | sort -u)" = 1 || return 1
	for word; do
		says out "$word" || return 1
	done
}

own --via shm:sync=sem,depth=32,wait=spin-then-block --via pipe --via unix &&
	compared ',shm depth=32 sem spin-then-block,stream,-,hot,16384,own,own,' \
		',pipe,pipe,stream,-,hot,16384,own,own,' \
		',unix,unix,stream,-,hot,16384,-,own,' &&
	says out ',pipe:size=16384|' &&
	says out '"shm:depth=32,sync=sem,wait=spin-then-block,size=16384|'
result $? 'mechanisms are compared, each with its own depth and wait'
cp out before
own own.json && compared && cmp -s before out
result $? 'the plan of such a comparison is saved and read'
own --via pipe:capacity=128K --via shm:depth=4 --via shm:depth=8 &&
	compared '"pipe:capacity=131072,size=16384|' ',own,block,' &&
	test "$(grep -c '^1,' out)" -eq 3
result $? 'capacities and depths are compared with each other'
own --via pipe --depth own && compared ',pipe:size=16384|' ',own,block,'
result $? '--depth own measures the default of a pipe'
grid '"sizes": "64K", "depths": "own",' '"mechanisms": "shm:wait=spin"'
refused 4 'move it to waits'
grid '"sizes": "64K", "mechanisms": "shm",' '"waits": ["own", "block"]'
refused 2 'waits: "own" must be the only value'
# --- CPUs by their numbers ----------------------------------------------------

allowed=$(awk '/^Cpus_allowed_list/ { split($2, c, /[-,]/); print c[1] }' \
	/proc/self/status)
run bench --via shm --via pipe --size 4K --cpus "$allowed,$allowed" --dry-run \
	--format csv
test "$status" -eq 0 && says out ',same,'
result $? 'two sides on one CPU by its number are at the place same'
run bench quick --cpus "$allowed,$allowed" --size 4K --dry-run
test "$status" -eq 0 && says out 'same' && ! says out 'core'
result $? 'CPUs replace the places of a plan'
run bench --via shm --size 4K --cpus "$allowed,$allowed" --place core --dry-run
test "$status" -eq 2 && one_line_says 'leave out --place'
result $? 'CPUs together with a place are refused'
run bench --via shm --size 4K --cpus 0,99999 --dry-run
test "$status" -eq 2 && one_line_says 'not allowed to use CPU 99999'
result $? 'a CPU that does not exist is refused'
run bench --via shm --size 4K --cpus 0 --dry-run
test "$status" -eq 2 && one_line_says 'such as "0,1"'
result $? 'a pair with only one CPU is refused'
finish
