#!/bin/sh
# ipcopy verdict, on runs whose truth is known.
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"
src=$(cd "${top_srcdir:-.}/tests" && pwd)

# four DEPTH RING PIPE FIFO MQ [NOISE]: prints cells of these four mechanisms,
# with these speeds in GB/s
four() {
	for size in 4096 65536; do
		rest="$size $1 block core"
		echo "shm+sem shm:sync=sem file $rest ${2}e9 ${6:-0.02} ok"
		echo "pipe pipe file $rest ${3}e9 ${6:-0.02} ok"
		echo "fifo fifo file $rest ${4}e9 ${6:-0.02} ok"
		echo "mq mq file $rest ${5}e9 ${6:-0.02} ok"
	done
}

# made GENERATIONS [SEED]: makes a run in `run` from the cells on standard input
made() {
	rm -rf run
	"$src/true_run" run "$@"
}

judged() {
	run verdict run
	test "$status" -eq 0 && ! test -s err
	result $? "$1 is judged"
}

# Joins lines, since they may be broken anywhere.
has() {
	tr '\n' ' ' <out | sed 's/  */ /g' | grep -qF -e "$1"
	result $? "the verdict says: $1"
}

lacks() {
	! says out "$1"
	result $? "the verdict does not say: $1"
}

# outcomes OUTCOME: prints how many comparisons of the claim have this outcome
outcomes() {
	"$ipcopy" verdict run --format csv |
		awk -F, -v o="$1" '$1 == "claim" && $NF == o { n++ }
			END { print n + 0 }'
}

counts() {
	got=$(outcomes "$1")
	test "$got" -eq "$2"
	result $? "$2 comparisons of the claim are $1 (they are $got)"
}

# --- runs whose truth is known ------------------------------------------------

{
	four 1 0.1 2 2 1
	four deep 3 2 2.01 1
} | made 12
judged 'a claim that holds deep and fails at depth 1'
has 'Shared memory with semaphores is beaten in 2 of 4 conditions, where'
has 'is up to 20'
has '; it is the fastest of the four in 2, up to 1.5'
has 'fewer switches (0.042 against 2 for each message)'
counts slower 6
counts faster 6

# a mechanism that starts 6 ms later and saves 0.5 ns per byte is ahead from 12
# MB on
{
	echo 'shm+sem shm:sync=sem stream 64000 1 block core 2e9 0 ok'
	echo 'pipe pipe stream 64000 1 block core 1e9 0 ok'
} | made 8
judged 'a ring that is twice as fast, and starts later'
has 'is the faster of the two (fifo and mq were not measured) in the one condition'
has 'the fastest is ahead only from some size on, since another mechanism is ready first. The size is 11.4 MiB (shm sem against pipe: stream 64000'
has 'The claim is that the ring with semaphores is faster than each of its rivals: pipe, fifo, mq.'
has 'In the only condition with a difference the faster mechanism is known to have'
lacks 'the two speeds do not agree'
has 'a new pair pays from 11.4 MiB on; for smaller files use pipe (ready after 3 instead of 9 ms)'
grep -q '"pays_from_bytes": 12000000' run/verdict.json &&
	grep -q ',9000000,9000000,9000000,' run/summary.csv
result $? 'verdict.json and summary.csv have the size from which a fast ring pays'
has 'Which mechanism to use'
has 'stream 64000, depth 1, core ipcopy bench --via shm:sync=sem,depth=1 --size 64000 --workload stream \ --place core shm sem:'
has 'the nearest that is shown to be slower: pipe takes 2.00x as long'
lacks 'was not tried'
sed 's/,8000000,/,500000,/' run/samples.csv >samples
mv samples run/samples.csv
judged 'a ring that starts first'
has 'a new pair pays for a file of any size: shm sem is ready first'

# The machine becomes ten times slower for a while, and mq fails in a part of
# this time. So only the other part counts for the speed of mq.
{
	echo 'shm+sem shm:sync=sem stream 65536 8 block core 1e9 0.01 ok'
	echo 'mq mq stream 65536 8 block core 0.8e9 0.01 ok'
} | made 15
awk -F, -v OFS=, 'NR > 1 && $2 <= 8 { $(NF - 19) *= 10 }
	/"mq:/ && $2 <= 5 { next } { print }' run/samples.csv >samples
mv samples run/samples.csv
judged 'a run on a machine whose speed changes'
has 'the nearest that is shown to be slower: mq takes 1.2'
has 'the two speeds do not agree with this ratio'
{
	echo 'shm+futex shm:sync=futex file 65536 8 block core 2e9 0.01 ok'
	echo 'unix unix file 65536 - block core 1e9 0.01 ok'
} | made 10
judged 'a run without the claim'
has 'The best ring in shared memory is the fastest of all mechanisms in the one'
has 'Which mechanism is the fastest is decided: it is shm futex, 2'
has 'x as fast as unix, the nearest that is shown to be slower (file'
has "The textbook's claim was not tried: it needs shm:sync=sem and, in the same"
has 'ipcopy copy SRC DST --via shm:sync=futex,depth=8 --size 64K --place core'
has '- file new 64K, depth 8, core: shm futex is 2.'
has 'copies.csv is missing or empty; count them with: ipcopy bench --resume RUN'

four 1 2 2 2 2 | made 16
judged 'a run without any difference'
counts faster 0
counts slower 0

four 1 2 2 2 2 0.003 | made 16
judged 'a quiet run of ties'
counts equivalent 6
has 'is as fast as its best rival in all 2 conditions'

four 1 2 2.12 2.12 2.12 | made 30
judged 'a ring that is 6 % slower'
counts slower 6

four 1 4 1 1 1 | made 7
judged 'a run of too few generations'
counts undecided 6
has 'semaphores: all 2 conditions are undecided, since the run has too few generations (measure longer with: ipcopy bench --resume RUN --budget 1m).'
has '7 generations are too few to decide the 6 comparisons of family claim; at least 9 are needed; measure longer with: ipcopy bench --resume RUN --budget 1m'
test "$(grep -c '^? in 2 conditions: too few generations to decide' out)" -eq 2
result $? 'the map and the table of the claim say why they are undecided'
grep -q '"too_few_generations": true' run/verdict.json
result $? 'so does verdict.json'
sed -i 's/"name": "true",/& "generations_max": 8,/' run/manifest.json
run verdict run
has 'at least 9 are needed; begin a new run with a plan that allows at least 9 generations: ipcopy help plan'

four 1 4 1 1 1 | made 3
judged 'a run of three generations'
counts undecided 6

four 1 1 2 2.5 1.5 | sed '/^fifo/s/ok$/flaky/' | made 9
judged 'a ring that loses, to fifo in too few generations to be sure'
has 'is beaten in all 2 conditions, where pipe is up to'
run verdict run
! says out ' fifo  '
result $? 'a decided comparison decides its condition'

# Two rings of the same speed beat all others, but not each other.
{
	for sync in sem futex; do
		echo "shm+$sync shm:sync=$sync stream 65536 8 block core 2e9 0.05 ok"
	done
	echo 'unix unix stream 65536 - block core 1e9 0.01 ok'
} | made 10 2
judged 'a run of two rings'
has 'The best ring in shared memory is the fastest of all mechanisms in the one condition tried'
has 'Which mechanism is the fastest is not decided; it may be shm futex or shm sem.'
lacks 'The fastest of all'

# verdict.json has a command for each condition, which must measure its fastest
# cell.
if has_python; then
	cp -r "$src/../results/reference" stored
	"$ipcopy" verdict stored >/dev/null
	python3 -c "import json
for s in json.load(open('stored/verdict.json'))['map']:
	if s['command'].startswith('ipcopy bench '):
		print(s['ranks'][0]['cell'], s['command'])" >commands
	status=$(wc -l <commands)
	while read -r cell _ command; do
		# shellcheck disable=SC2086 # these are words
		"$ipcopy" $command --dry-run --format csv </dev/null >rows
		grep -qF -e "$cell" rows || echo "$command: $cell" >>err
	done <commands
	test "$status" -eq 20 && ! test -s err
	result $? 'the command of a condition without files measures its fastest cell'
fi

# --- runs that are not finished -----------------------------------------------

# ended OUTCOME REASON: makes a run of five generations that ended so
ended() {
	four 1 4 1 1 1 | made 5
	sed -e "s/\"outcome\": \"done\"/\"outcome\": $1, \"reason\": $2/" \
		-e 's/"name": "true",/& "generations_min": 12, "budget_ms": 120000,/' \
		run/manifest.json >manifest
	mv manifest run/manifest.json
}

# begins TEXT: the first lines of the verdict have this text
begins() {
	head -n 4 out | tr '\n' ' ' | grep -qF -e "$1"
	result $? "the verdict begins with: $1"
}

ended null null
judged 'a run that is being measured'
begins 'This run is not finished: it is still being measured, or was killed. So far each cell has 5 generations, and the plan wants at least 12; 2 s of its budget of 120 s are used.'
has '(the command that continues the run: ipcopy bench --resume RUN)'
grep -q '"sentence": "This run is not finished: it is still being' run/verdict.json &&
	grep -q '"question": "unfinished"' run/verdict.json
result $? 'verdict.json says that the run is not finished'
"$top/tests/schema" "$src/../doc/verdict.schema.json" run/verdict.json 2>err
result $? 'verdict.json of a run that is not finished is as its schema says'
ended '"interrupted"' null
judged 'a run that was interrupted'
begins 'This run is not finished: it was interrupted. So far each cell has 5'
ended '"failed"' '"no space is left"'
judged 'a run that failed'
begins 'This run is not finished: it failed (no space is left). So far each cell'
sed -i 1q run/samples.csv
judged 'a run that has just begun'
begins 'So far no generation is complete, and the plan wants at least 12; 0 s of'
ended '"done"' null
judged 'a run that is finished'
lacks 'not finished'

# --- missing and odd cells ----------------------------------------------------

{
	four 1 2 1 1 1
	echo 'unix unix file 4096 - block core 1e9 0.02 failed'
	echo 'tcp tcp file 4096 - block core 1e9 0.02 flaky'
	echo 'cma cma file 4096 1 block core 1e9 0.02 skipped'
	echo 'fdpass fdpass file 4096 - - core 1e8 0.02 slow'
} | made 12
judged 'a run with cells that failed'
has 'unix gave no good sample in 1 cell: it was refused'
has 'tcp failed now and then: 4 samples in 1 cell: it was refused'
has 'cma cannot run here in 1 cell: a limit of this machine'
has 'in 1 of 10 measured cells the generations fall into two groups'
grep -q '^"*unix:.*,failed,it was refused,generations,0,12,' run/summary.csv &&
	grep -q '^"*cma:.*,skipped,a limit of this machine,' run/summary.csv
result $? 'summary.csv has the failed and skipped cells, with their reasons'
"$ipcopy" verdict run --format csv | grep -q 'shm sem,tcp,.*,8,faster$'
result $? 'a cell that failed now and then is compared in its good generations'
{
	four 1 2 1 1 1
	for size in 65536 1048576 262144; do
		echo "sysvmq sysvmq file $size 1 block core 1e9 0.02 skipped"
	done
} | made 12
# Two cells are over the same limit. The third needs something else.
for size in 64K=65536 1M=1048576; do
	sed -i "1,/a limit of this machine/s/a limit of this machine/size=${size%=*} \
is over the limit of 8K; raise it with: sysctl -w kernel.msgmax=${size#*=}/" \
		run/manifest.json
done
judged 'a run in which cells are over the same limit'
has 'sysvmq cannot run here in 2 cells; the most demanding: size=1M is over the'
has 'kernel.msgmax=1048576'
lacks 'kernel.msgmax=65536'
has 'sysvmq cannot run here in 1 cell: a limit of this machine'

{
	four 1 2 1 1 1
	for depth in 1 deep; do
		echo "shm+sem shm:sync=sem stream 64 $depth block core 1e8 0.02 ok"
	done
	echo 'unix unix stream 64 - block core 1e9 0.02 ok'
	echo 'shm+spin shm:sync=spin stream 64 1 spin core 9e9 0.02 ok'
} | made 12
judged 'a mechanism without depth'
test "$("$ipcopy" verdict run --format csv | grep -c 'shm sem,unix,')" -eq 2
result $? 'a mechanism without a depth is compared at every depth'
"$ipcopy" verdict run --format csv | grep -q 'block.*shm sem,shm spin,'
result $? 'a ring that can only spin is compared with mechanisms that block'

echo 'shm+sem shm:sync=sem file 4096 1 block core 1e9 0.02 ok' | made 12
judged 'one mechanism alone'
has 'Nothing is compared: no condition has two mechanisms that were measured'

{
	four 1 0.001 2 2 1
	echo 'memcpy memcpy file 65536 - - core 2.5e9 0.02 ok'
	echo 'null null file 65536 - - core 1e9 0.02 empty'
	echo 'cma cma file 65536 1 block core 1e9 0.02 empty'
	echo 'unix unix file 65536 - block core 4e9 0.02 ok'
} | made 12
judged 'a cell faster than memory'
has 'GiB/s is faster than memory can be copied here; this speed is an error and is not believed'
"$ipcopy" verdict run --format csv | grep -q 'shm sem,unix,,,,,,,0,undecided'
result $? 'a speed that is not believed is not compared'
lacks 'memcpy  '
grep -q '^null:.*,ok,,generations,12,0,,,,bytes_per_s,1000000,,' run/summary.csv
result $? 'a mechanism that carries nothing has a time and no speed'
has '48 lines are not understood and left out'

{
	four 1 2 1 1 1
	four 1 2 1 1 1 | sed 's/ file / stream /'
} | made 12
cat >run/copies.csv <<'EOF'
spec,workload,sink,predicted_kernel,predicted_user,counted,resolved,agrees,calls_per_message
"shm:sync=sem,size=65536,depth=32",stream,-,0,0,0,true,true,2
"shm:sync=sem",file,new,2,0,2,true,true,4
pipe,stream,-,2,0,3,true,false,2
pipe,file,new,4,0,4,true,true,4
fifo,stream,-,2,0,,false,,2
EOF
judged 'a run with copies counted'
has 'pipe, stream: 3 copies of each byte were counted, but 2 were predicted'
grep '^.shm.*size=4096.*stream' run/summary.csv | grep -q ',0,0,[0-9]*,' &&
	grep '^.shm.*size=4096.*file' run/summary.csv | grep -q ',2,2,[0-9]*,' &&
	grep '^.pipe.*size=4096.*stream' run/summary.csv | grep -q ',2,3,[0-9]*,' &&
	grep '^.pipe.*size=4096.*file' run/summary.csv | grep -q ',4,4,[0-9]*,' &&
	grep '^.fifo.*size=4096.*stream' run/summary.csv | grep -q ',2,,[0-9]*,'
result $? 'summary.csv has the counts of its workload for each size and depth'
cat >run/copies.csv <<'EOF'
spec,predicted_kernel,predicted_user,counted,resolved,agrees,calls_per_message
pipe,4,0,4,true,true,4
EOF
judged 'a run that counted files only'
grep '^.pipe.*size=4096.*stream' run/summary.csv | grep -q ',,,[0-9]*,-*0' &&
	grep '^.pipe.*size=4096.*file' run/summary.csv | grep -q ',4,4,[0-9]*,'
result $? 'streams do not get the copies that were counted for files'

# --- percentiles --------------------------------------------------------------

# trips MESSAGES: makes a run with that many round trips in each transfer and
# three transfers in each generation
trips() {
	rm -rf run
	"$src/made_up_run" run one
	awk -F, -v OFS=, -v n="$1" '/pingpong/ { $(NF - 17) = n } { print }' \
		run/samples.csv >samples
	mv samples run/samples.csv
	run verdict run
}

# held NAME...: true if a cell with round trips has these percentiles and no
# others
held() {
	awk -F, -v names="$*" '
		NR == 1 { n = split("p50_ns p90_ns p99_ns p999_ns max_ns", name, " ")
			for (i = 1; i <= NF; i++) column[$i] = NF - i }
		/pingpong/ { found = 1
			for (i = 1; i <= n; i++) {
				wanted = index(" " names " ", " " name[i] " ") > 0
				given = $(NF - column[name[i]]) != ""
				if (wanted != given)
					bad = 1
			} }
		END { exit bad || !found }' run/summary.csv
}

trips 334
held p50_ns p90_ns p99_ns max_ns
result $? '1002 trips of a generation have p99, but not p99.9'
trips 333
held p50_ns p90_ns max_ns && grep -q '"p99_ns": null' run/verdict.json
result $? '999 trips have no p99, neither in a table nor in the verdict'
trips 7
held p50_ns max_ns
result $? '21 trips have only the median'
trips 6
held max_ns
result $? '18 trips have no percentile'

# --- awkward files ------------------------------------------------------------

four 1 2 1 1 1 | made 12
cp -r run whole
head -c -20 whole/samples.csv >run/samples.csv
judged 'a run whose last line is cut'
has 'samples.csv ends in the middle of a line, which is left out'
cat run/summary.csv >short
sed '$d' whole/samples.csv >run/samples.csv
run verdict run
cmp -s short run/summary.csv && ! says out 'ends in the middle of a line'
result $? 'only the line that was cut is lost'

{
	cat whole/samples.csv
	echo 'not,a,sample'
	tail -n 1 whole/samples.csv | sed 's/,ok,/,fine,/'
	tail -n 1 whole/samples.csv | sed 's/^[0-9]*,/x,/'
} >run/samples.csv
judged 'a run with lines that make no sense'
has '3 lines are not understood and left out'
has ': the line has more or fewer fields than the first line names'

head -n 1 whole/samples.csv >run/samples.csv
judged 'a run without samples'
has 'nothing was measured'
: >run/samples.csv
judged 'a run whose file of samples is empty'

refused 'RUN is missing' verdict
refused 'nowhere is not a run: manifest.json is missing' verdict nowhere
refused 'did you mean json?' verdict run --format jso
rm run/samples.csv
refused 'run is not a run: samples.csv is missing' verdict run
echo 'a,b' >run/samples.csv
refused 'samples.csv has no column sweep' verdict run
rm run/samples.csv
mkfifo run/samples.csv
refused 'run/samples.csv: it is not a regular file' verdict run
echo '{ "format": 1,' >run/manifest.json
refused 'run/manifest.json, line' verdict run
echo '[]' >run/manifest.json
refused 'not a JSON object' verdict run

# --- the same output again --------------------------------------------------

rm -rf run
cp -r whole run
judged 'a run'
mkdir first
cp out run/summary.csv run/verdict.json first
judged 'the same again'
cmp -s out first/out && cmp -s run/summary.csv first/summary.csv &&
	cmp -s run/verdict.json first/verdict.json
result $? 'the same run gives the same bytes'
"$ipcopy" verdict run --format json >out
cmp -s out run/verdict.json
result $? '--format json is verdict.json'
"$top/tests/schema" "$src/../doc/verdict.schema.json" run/verdict.json 2>err
result $? 'verdict.json is as its schema says'
mkdir other
cp whole/manifest.json other
{
	head -n 1 whole/samples.csv
	sed 1d whole/samples.csv | sort -t, -k2,2nr
} >other/samples.csv
run verdict other
cmp -s other/summary.csv first/summary.csv
result $? 'the order of the lines does not matter'
sed 's/"seed": 1,/"seed": 2,/' whole/manifest.json >other/manifest.json
cp whole/samples.csv other
run verdict other
! cmp -s other/verdict.json first/verdict.json
result $? 'another seed draws other resamples'

# --- the terminal ---------------------------------------------------------

for kind in one many failed names; do
	"$src/made_up_run" "$kind" "$kind" 1
	COLUMNS=80 "$ipcopy" verdict "$kind" >out 2>err
	status=$?
	test "$status" -eq 0 && ! test -s err &&
		awk 'length > 80 || / $/ { exit 1 }' out &&
		! LC_ALL=C grep -q '[^ -~]' out
	result $? "a run of kind $kind fits 80 columns, in ASCII"
done

# In a file no name is cut.
for sync in futex spin; do
	echo "long-name-of-$sync shm:sync=$sync stream 65536 8 block core 2e9 0.02 ok"
done | made 6
run verdict run
grep -q '^stream.* long-name-of-[a-z]* [=?] long-name-of-[a-z]* ' out
result $? 'in a file no name is cut'

# The names and the condition leave no room for the interval at 80 columns.
{
	for sync in futex spin mutex; do
		echo "shm+$sync shm:sync=$sync stream 65536 best best core 2e9 0.02 ok"
	done
	echo 'unix-seqpacket unix-seqpacket stream 65536 best best core 1e9 0.02 ok'
} | made 6
for columns in 80 60 40; do
	COLUMNS=$columns "$ipcopy" verdict run >out 2>err
	status=$?
	sed -n '/^where/,/^$/p' out >table
	grep -q '^where.* ring  interval$' table &&
		grep -q '^stream.* [0-9.]*x  [0-9.]*-[0-9.]*$' table &&
		awk -v most="$columns" 'length > most { exit 1 }' table
	result $? "in $columns columns the map has its interval"
done
if locale -a 2>/dev/null | grep -qi '^c\.utf-*8$'; then
	LC_ALL=C.UTF-8 "$ipcopy" verdict whole >out
	says out '█' && says out '▲' && says out '×'
	result $? 'in UTF-8 the verdict draws'
else
	skip 'no C.UTF-8 locale'
fi
if test -c /dev/full; then
	"$ipcopy" verdict whole >/dev/full 2>err
	status=$?
	test "$status" -eq 3 && one_line_says 'No space left'
	result $? 'lost output is reported'
else
	skip 'no /dev/full'
fi
for name in whole/* whole/.[!.]*; do
	case $name in
	whole/manifest.json | whole/samples.csv | whole/summary.csv | \
		whole/verdict.json | 'whole/.[!.]*') ;;
	*) echo "$name" ;;
	esac
done >out
! test -s out
result $? 'no other file is left in the folder'
finish
