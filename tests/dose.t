#!/bin/sh
# Doses, which are extra work for each message: each must do only what it says,
# and a run with doses must find their price.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
dd if=/dev/urandom of=data bs=64K count=16 status=none

# --- copies, and wrong doses ---------------------------------------------

# copies VIA OPTION…: a test that a copy with this dose is right
copies() {
	via=$1
	shift
	rm -f copy
	run copy data copy --via "$via" --size 8K "$@"
	test "$status" -eq 0 && cmp -s data copy
	result $? "$via copies with $*"
}

# refused WORDS ARGUMENT…: a test that ipcopy refuses these arguments
refused() {
	words=$1
	shift
	cp before copy
	run "$@"
	test "$status" -eq 2 && one_line_says "$words" && cmp -s before copy
	result $? "refused: $*"
}

for via in pipe shm mq:depth=4 unix-seqpacket shm:buffers=private; do
	copies $via --extra-copies 3,2
done
copies pipe --extra-kernel-copies 2
copies shm --extra-calls 5,1
copies shm --extra-pages 300,0
copies pipe --extra-wakes 1,2
copies unix --extra-copies 1 --extra-kernel-copies 1 --extra-calls 1 \
	--extra-wakes 1 --extra-pages 1 --extra-far-copies 1 --extra-contents 1 \
	--extra-crossings 1
for via in pipe pipe:capacity=4K shm:depth=1 mq:depth=4 sysvmq unix-seqpacket \
	tcp cma:depth=2; do
	copies $via --extra-passes 2
done
# with messages of one byte, the set-up must not write its file byte by byte
if strace -f -qq -o trace -e trace=pwrite64 true 2>err; then
	dd if=data of=few bs=50 count=1 status=none
	for side in 1,0 0,1; do
		# the search for leaks does not work under ptrace
		ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 \
			strace -f -qq -o trace -e trace=pwrite64 \
			"$ipcopy" copy few copy --via pipe --size 1 \
			--extra-far-copies $side >out 2>err
		test $? -eq 0 && cmp -s few copy &&
			test "$(grep -c pwrite64 trace)" -lt 1000
		result $? "the set-up of --extra-far-copies $side takes few calls"
	done
else
	skip 'the calls of the set-up: strace does not run here'
fi
run copy - out.copy --via pipe --extra-copies 2 <data

# children PID…: prints the children of these processes
children() {
	for pid; do
		cat "/proc/$pid/task/$pid/children"
	done 2>/dev/null
}

# answering COPIER: prints the processes that the copier's two sides wake
answering() {
	# shellcheck disable=SC2046 # numbers
	children $(children "$1")
}

# shellcheck disable=SC2046 # a number on each line
set -- $(taskset -cp $$ | sed 's/.*: //' | tr , '\n' |
	awk -F- '{ for (i = $1; i <= $NF; i++) print i }')
if [ $# -ge 2 ]; then
	mkfifo slow
	"$ipcopy" copy - waked --via pipe --cpus "$1,$2" --extra-wakes 1,0 \
		<slow >out 2>err &
	child=$!
	exec 9>slow
	head -c 100000 data >&9
	for tries in $(seq 200); do
		woken=$(answering $child)
		allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' \
			"/proc/${woken% }/status" 2>/dev/null || true)
		test "$allowed" != "$2" || break
		sleep 0.05
	done
	exec 9>&-
	wait $child
	status=$?
	child=
	test "$status" -eq 0 && test "$allowed" = "$2" && test "$tries" -lt 200
	result $? 'the process that a server wakes runs on the CPU of the client'
fi
copies sendfile-tcp --extra-copies 0,2
refused 'splice moves whole files: its server has no messages in memory, but --extra-copies needs them' \
	copy data copy --via splice --extra-copies 1
refused 'sendfile-tcp moves whole files: its server' \
	copy data copy --via sendfile-tcp --extra-kernel-copies 1
refused 'mapboth moves whole files: its client' \
	copy data copy --via mapboth --extra-calls 0,1
for bad in x 1001 -1 "1," 1,2,3 '1 2'; do
	refused "--extra-calls '$bad' is not allowed; its value is a number from 0 to 1000" \
		copy data copy "--extra-calls=$bad"
done
refused '--extra-passes needs the same number for the server and the client' \
	copy data copy --via pipe --extra-passes 2,1
refused "--extra-copies '0,5' is not allowed; its value is N or N,0 with N from 0 to 1000, since the client's dose is an option of ipcopy fetch" \
	serve data --name doses --extra-copies 0,5
refused "--extra-calls '5,0' is not allowed; its value is N or 0,N with N from 0 to 1000, since the server's dose is an option of ipcopy serve" \
	fetch copy --name doses --extra-calls 5,0
refused "--extra-wakes 'x' is not allowed; its value is N or N,0" \
	serve data --name doses --extra-wakes x
refused '"best" could pick other settings for each dose of extra work' \
	bench best --extra-copies 1 --dry-run
refused '--extra-... need --via' count --extra-copies 1 -- cat data

# --- counts ----------------------------------------------------

# counted NAME ARGUMENT…: writes copies per byte and calls per message into a
# file
counted() {
	name=$1
	shift
	run count --size 8K --bytes 512K "$@"
	sed -n 's/^\([0-9.]*\) copies per .*/\1/p' out >"$name"
	sed -n 's/.*message \([0-9.]*\).*/\1/p' out | head -n 1 >>"$name"
}

# differs_by FROM TO COPIES CALLS: true if the two counts differ by that
differs_by() {
	paste "$1" "$2" | awk -v copies="$3" -v calls="$4" '
		function off(x, y) { return x > y ? x - y : y - x }
		NR == 1 { bad += off($2 - $1, copies) > 0.01 }
		NR == 2 { bad += off($2 - $1, calls) > 0.03 }
		END { exit NR != 2 || bad }'
}

# finds VIA COPIES CALLS OPTION…: a test that the dose adds these copies and
# calls
finds() {
	via=$1 copies=$2 calls=$3
	shift 3
	counted plain --via "$via"
	counted dosed --via "$via" "$@"
	differs_by plain dosed "$copies" "$calls"
	result $? "$via with $*: $copies more copies, $calls more calls"
}

finds pipe 3 0 --extra-copies 2,1
finds mq:depth=4 8 0 --extra-copies 0,8
finds pipe 0 3 --extra-calls 0,3
finds mq:depth=4 0 4 --extra-calls 2
finds pipe 0 2 --extra-kernel-copies 1
finds pipe 0 2 --extra-far-copies 1
finds pipe 0 2 --extra-passes 1
finds pipe 0 0 --extra-contents 1 --extra-crossings 1
for dose in 9,0 0,9; do
	run count --via pipe --extra-calls $dose --size 64K --bytes 5000
	says out 'per message 13.00'
	result $? "a message shorter than a buffer has its dose: $dose"
done
run count --via shm --extra-copies 2,1 --size 8K --bytes 512K
says out '5.000 copies per delivered byte (kernel 2.000, pro'
result $? 'three more copies of a ring are made by its processes'
run explain pipe --extra-copies 1,0
test "$status" -eq 0 && says out 'as predicted' && ! says out 'NOT as'
result $? 'explain predicts and counts the copies of a dose'
run explain splice --extra-copies 1
test "$status" -eq 2 && one_line_says 'splice moves whole files'
result $? 'explain refuses a dose for a mechanism without messages'

# --- a plan ------------------------------------------------------------------

cat >plan.json <<'END'
{ "name": "doses", "generations": { "min": 3, "max": 3 }, "rounds": 4,
  "grids": [ { "mechanisms": ["shm", "pipe"], "sizes": "64K",
               "places": "free", "extra_copies": [0, "1,0", 4],
               "extra_calls": "0,2" } ] }
END
IPCOPY_CELL=$here/tests/fake-cell
FAKE_LOG=$work/log
export IPCOPY_CELL FAKE_LOG
run bench plan.json --output r --seed 3
test "$status" -eq 0
result $? 'a plan with doses is measured'
grep -q -e '--via pipe[^ ]* --dose copies=1+0 ' log &&
	grep -q -e '--dose copies=4+4 ' log && grep -q -e '--dose calls=0+2' log
result $? 'the measuring program is told the dose of each cell'
! grep -e '--calibrate' log | grep -q -e '--dose'
result $? 'the length of a transfer is found without a dose'
test "$(grep -c '|copies=1+0",[0-9]*,copies=1+0,' r/samples.csv)" -gt 20 &&
	test "$(grep -c '|1",[0-9]*,,' r/samples.csv)" -gt 20 &&
	grep -q '|calls=0+2",.*,calls=0+2,ok,' r/summary.csv
result $? 'samples.csv has the doses in names and in a column'
run verdict r
test "$status" -eq 0 && ! says out 'copies=4+4 is'
result $? 'a cell with a dose is compared with no other'

# planted NS: makes up cells in which a copy costs pipe this many ns per byte
planted() {
	for dose in 0 1 2 4 8; do
		for cell in "pipe 0.400 $1" 'shm:sync=sem 0.200 0.070'; do
			# shellcheck disable=SC2086
			set -- $cell "$1"
			speed=$(awk "BEGIN { print 1e9 / ($2 + $3 * $dose) }")
			test $dose -eq 0 && name='' ||
				name="|kernel_copies=$dose+0"
			echo "$1$dose $1 file 65536 deep block same $speed 0.002 ok $name"
			set -- "$4"
		done
	done
}

# sided KIND SIDE NS DOSE: prints a made-up cell with that dose on that side
sided() {
	speed=$(awk "BEGIN { print 1e9 / (0.400 + $3 * $4) }")
	case $2 in
	server) name="|$1=$4+0" ;;
	*) name="|$1=0+$4" ;;
	esac
	test "$4" -ne 0 || name=
	echo "pipe$4 pipe file 65536 deep block free $speed 0.002 ok $name"
}

# cells_of PLACE KIND SIDE NS [SPEC]: made-up cells of 64 KiB with doses of that
# kind
cells_of() {
	place=$1 kind=$2 side=$3 ns=$4 spec=${5:-pipe}
	for dose in 0 1 2; do
		speed=$(awk "BEGIN { print 1e9 / (0.75 + $ns * $dose) }")
		case $side in
		server) name="|$kind=$dose+0" ;;
		client) name="|$kind=0+$dose" ;;
		each) name="|$kind=$dose+$dose" ;;
		esac
		test $dose -ne 0 || name=
		echo "${spec%%:*} $spec file/over 65536 deep block $place $speed 0.0001 ok $name"
	done
}

# The worked example of doc/METHOD, and cells that its prices do not predict.
worked_example() {
	cells_of same kernel_copies server 0.12
	cells_of same kernel_copies client 0.09
	cells_of same far_copies server 0.10
	cells_of same far_copies client 0.20
	cells_of same calls server 0.006
	cells_of same passes each 0.39
	cells_of core passes each 0.18
	cells_of core passes each 0.02 shm:sync=sem
	cells_of core crossings each 0.10
	cells_of core copies server 0.03
	echo "fifo fifo file/over 65536 deep block same 2e9 0.002 ok"
	echo "new pipe file 65536 deep block same 2e9 0.002 ok"
	echo "stream pipe stream 65536 deep block same 2e9 0.002 ok"
}

# Writes out into the file flat, as one line.
unwrap() {
	tr '\n' ' ' <out | tr -s ' ' >flat
}

# slower SIDE: true if verdict.json says that this side of the pipe is the
# slower
slower() {
	why "found = [p['slower_side'] for p in why['parts']]
assert found == ['$1'], found"
}

# why PYTHON: true if these statements hold for `why` and `price` of
# verdict.json
why() {
	python3 -c "import json
why = json.load(open('t/verdict.json'))['why']
price = {p['label']: p for p in why['prices']}
$1" 2>>err
}

if has_python; then
	planted 0.070 | "$here/tests/true_run" t 12 7
	run verdict t
	why "for label in 'pipe0', 'shm:sync=sem0':
    p = price[label]
    found = p['ns_per_byte']
    assert abs(found['value'] / 0.070 - 1) < 0.05, found
    assert found['low'] <= 0.070 <= found['high'], found
    assert [q['dose'] for q in p['points']] == [0, 1, 2, 4, 8]
    assert p['work'] == 'kernel_copies' and p['side'] == 'server'
    assert p['line'] == 'straight' and p['ns_per_message'] is None"
	result $? 'a planted price is in the verdict, within 5 %'
	unwrap
	says flat 'write, bytes in the cache 0.070'
	result $? 'the verdict states the planted price'
	run plot t --figure price --format gp --output gp
	test "$status" -eq 0 && grep -q 'copies by the kernel' gp/price.gp &&
		! grep -q 'system calls' gp/price.gp
	result $? 'the planted price is drawn, with the measured number in the key'
	says gp/price.gp "'0.0'" && says gp/price.gp "'+8'"
	result $? 'the axis of doses begins at 0 and has their unit'
	for dose in 0 1 2 4 8; do
		sided kernel_copies server 0.002 $dose
		sided copies server 0.001 $dose
	done | sort -u | "$here/tests/true_run" t 12 7
	run verdict t
	run plot t --figure price --format gp --output gp
	says gp/price.gp "'0.41'" && ! says gp/price.gp "'0.00'" &&
		says gp/price.gp 'server of pipe0'
	result $? 'a small price has a scale of its own'
	for kind in copies kernel_copies calls wakes pages far_copies passes \
		contents crossings; do
		cells_of core $kind each 0.1
		cells_of same "$kind" server 0.1 shm:sync=sem
	done | sort -u | "$here/tests/true_run" t 12 7
	run verdict t
	run plot t --figure price --format gp --output gp
	run plot t --figure price --format gp --output gp --column
	says gp/price.gp 'copies to the other side' &&
		says gp/price-column.gp 'copies to the other side' &&
		"$top/tests/label_boxes" gp/price.gp gp/price-column.gp \
			>out 2>err
	result $? 'the key of all kinds of work fits the figure, and a column'
	planted 0.070 | "$here/tests/true_run" t 12 7
	run verdict t
	run plot t --figure parts --format gp --output gp
	test "$status" -ne 0 || says err 'beside counts of copies'
	result $? 'without counts no parts are drawn'
	planted 0.070 | sed 's/|kernel_copies=\([0-9]*\)+0/|kernel_copies=\1+\1/' |
		"$here/tests/true_run" t 12 7
	run verdict t
	unwrap
	says flat 'a read and a write 0.070'
	result $? 'the price of a dose on both sides is named as that of each side'
	planted 0.070 | "$here/tests/true_run" t 3 7
	run verdict t
	why "assert price['pipe0']['line'] == 'untried', price['pipe0']"
	result $? 'three generations do not prove that the line is straight'
	planted 0.000 | "$here/tests/true_run" t 12 9
	run verdict t
	why "assert abs(price['pipe0']['ns_per_byte']['value']) < 0.002"
	result $? 'a dose without an effect has no price'

	# --- parts, and the model -------------------------------------------
	worked_example | sort -u | "$here/tests/true_run" t 12 7
	cat >t/copies.csv <<'END'
spec,workload,sink,predicted_kernel,predicted_user,counted,resolved,agrees,calls_per_message
pipe,file,new,4,0,4,true,true,4
shm:sync=sem,file,new,2,0,2,true,true,4
END
	run verdict t
	why "p = {c['condition']['place']: c for c in why['parts'] if c['label'] == 'pipe'
    and c['condition']['sink'] == 'over'}
def near(x, y, off=0.003):
    assert abs(x - y) < off, (x, y)
one, two = p['same'], p['core']
ring = [c for c in why['parts'] if c['label'] == 'shm'][0]
near(one['ns_predicted'], 0.69)
near(one['copy_ns'], 0.099)
near(one['call_ns'], 0.006)
near(one['channel_ns'], 0.18)
near(one['memory_ns'], 0.09)
near(one['rest_ns'], 0.06)
assert one['side'] == 'both' and one['copies'] == 4
near(two['ns_predicted'], 0.38)
near(ring['ns_predicted'], 0.29)
assert ring['side'] == 'client' and ring['copies'] == 1
assert two['side'] == 'client' and two['copies'] == 2
for c in one, two, ring:
    near(c['copies'] * c['copy_ns'] + c['calls_per_message'] * c['call_ns'] +
        c['channel_ns'] + c['memory_ns'] + c['contents_ns'] + c['rest_ns'],
        c['ns_per_byte'], 0.0001)
assert any('pipe: 0.750 ns = 4 copies × 0.099 + 4 calls × 0.0060 + channel '
    '0.180 + memory 0.090 + rest 0.060.' in t for t in why['texts']), why['texts']"
	result $? 'the worked example of doc/METHOD comes out'
	for number in 'together 0.69' 'together 0.38' 'together 0.29' \
		'0.006 = 0.099' 'the difference of 0.06 ns'; do
		says "$here/doc/METHOD" "$number"
		result $? "doc/METHOD says $number"
	done
	unwrap
	says flat 'pipe 0.750 0.396 (4) 0.024 0.180 0.090 0.000 0.060' &&
		says flat 'read, bytes not in the cache 0.100' &&
		says flat 'passage through pipe 0.390'
	result $? 'the verdict states the worked example, with the prices'
	sed -n '/^Why?/,/^Other/p' out | awk 'length($0) > 79 { exit 1 }'
	result $? 'the worked example has lines of at most 79 columns'
	why "left = {c['label']: c['reason'] for c in why['model']['left_out']}
assert left == {'fifo': 'no price of a passage through its channel',
    'new': 'its bytes go a way that has no prices',
    'stream': 'no price of a copy for such a condition'}, left
assert sorted(c['label'] for c in why['model']['cells']) == ['pipe', 'pipe',
    'shm'], why['model']['cells']"
	result $? 'the model says which cells it leaves out, and why'
	says flat 'Left out: 1 cell (no price of a copy for such a condition)' &&
		says flat 'A part can be below 0'
	result $? 'the verdict tells how many cells the model leaves out'
	why "assert 'Left out: 1 cell' in why['texts'][-1], why['texts']"
	result $? 'the texts for the page tell how many cells the model leaves out'
	"$top/tests/schema" "$here/doc/verdict.schema.json" t/verdict.json 2>err
	result $? 'verdict.json with prices is as its schema says'
	run plot t --figure predicted --format gp --output gp
	says gp/predicted.gp 'left out: 1 cell (no price'
	result $? 'a figure tells how many cells the model leaves out'
	run plot t --figure parts --format gp --output gp
	says gp/parts.gp "the channel's own work" || says gp/parts.gp 'own work'
	result $? 'a figure shows what the time is made of'
	run plot t --figure parts --format gp --output gp --column
	says gp/parts-column.gp 'memory outside the cache' &&
		"$top/tests/label_boxes" gp/parts.gp gp/parts-column.gp \
			>out 2>err
	result $? 'the key of the parts fits a column, too'

	# --- switches ---------------------------------------------------------
	{
		worked_example
		cells_of same wakes server 0.05 shm:sync=sem |
			sed 's/ deep / 1 /'
	} | sort -u | "$here/tests/true_run" turns 12 7
	cp t/copies.csv turns
	run verdict turns
	python3 -c "import json
why = json.load(open('turns/verdict.json'))['why']
cell = [c for c in why['parts'] if c['condition']['depth'] == '1'][0]
switches, price = cell['switches_per_message'], cell['switch_ns']
assert switches > 0.3, switches
assert abs(price - (0.05 / 2 - 2 * 0.006)) < 0.001, price
rest = sum(cell[k] for k in ('channel_ns', 'memory_ns', 'contents_ns'))
rest += cell['copies'] * cell['copy_ns']
rest += cell['calls_per_message'] * cell['call_ns']
assert abs(cell['ns_predicted'] - rest - switches * price) < 1e-6, cell
" 2>>err
	result $? 'a switch costs half of a wake-up without its calls'

	rm turns/copies.csv
	run verdict turns
	python3 -c "import json
why = json.load(open('turns/verdict.json'))['why']
found = {c['cell'].split(':')[0]: c['ns_predicted'] for c in why['model']['cells']
    if c['cell'].endswith('core|1')}
assert abs(found['pipe'] - 0.38) < 0.003 and 0.2 < found['shm'] < 0.3, found
assert why['model']['median_error'] < 1, why['model']" 2>>err &&
		! says out ' nan %'
	result $? 'a time is predicted without counts of copies and calls'

	# --- the prices of another run ----------------------------------------
	printf '%s\n' 'pipe pipe file/over 131072 deep block same 1.4e9 0.002 ok' \
		'fifo fifo file/over 131072 deep block same 1.4e9 0.002 ok' |
		"$here/tests/true_run" other 12 8
	run verdict other --prices t
	test "$status" -eq 0 && says out 'Prices and counts predict the time of a byte in 1 cell'
	result $? 'the prices of another run predict a time'
	run verdict other
	says out 'Prices and counts predict the time of a byte in 1 cell'
	result $? 'prices that a run was given stay with it'
	printf '%s\n' 'pipe pipe file/over 65536 deep block same 1.4e9 0.002 ok' \
		'pipe pipe file/over 65536 deep block core 2.6e9 0.002 ok' |
		"$here/tests/true_run" places 12 8
	run verdict places --prices t
	unwrap
	says flat '(1: all differences between the cells are predicted; 0: none)'
	result $? 'the verdict says what R squared means'
	sed -i 's/"format": 2/"format": 1/' other/prices.json
	run verdict other
	unwrap
	says flat 'no price of a passage through its channel'
	result $? 'a price of a passage with its switches is not used'
	run verdict other --prices t
	run verdict other --prices other
	test "$status" -eq 2 && one_line_says 'other has no prices to give'
	result $? 'a run without doses has no prices to give'
	run verdict t --prices t
	test "$status" -eq 2 && one_line_says 't has prices of its own'
	result $? 'a run with doses takes no prices of another run'
	run verdict t other --prices t
	test "$status" -eq 2 && one_line_says '--prices can only be used with a single run'
	result $? 'several runs take no prices of another run'
	run explain pipe --predicted --prices other
	test "$status" -eq 0 && says out 'Prices of the copies on one CPU' && says out '0.100 ns for each byte'
	result $? 'explain shows prices beside the calls'
	run explain pipe --predicted --prices t
	test "$status" -eq 0 &&
		tr -s '\n ' '  ' <out | grep -q 'a message sent through pipe, with its calls: 0[.][0-9]* ns for each byte, without the context switches that the verdict counts in its price of a passage'
	result $? 'explain says how its price of a message differs from that of the verdict'
	run explain pipe --predicted --prices nowhere
	test "$status" -eq 2
	result $? 'explain refuses prices of a folder that is no run'
	"$here/bench/price-agree" t t >out
	says out '10 of 10 prices agree'
	result $? 'the prices of a run agree with themselves'
	! "$here/bench/price-agree" t other >out 2>err && says err 'has no prices'
	result $? 'a run without prices agrees with no other'

	# --- the slower side, and many doses ---------------------------------
	for dose in 0 1 2 4 8; do
		sided kernel_copies server 0.070 $dose
		sided kernel_copies client 0.020 $dose
	done >one_kind
	for dose in 1 2 4 8; do
		sided calls server 0.050 $dose
		sided calls client 0.050 $dose
	done >second
	for dose in 1 2 4 8; do
		sided calls server 0.010 $dose
		sided calls client 0.060 $dose
	done >against
	sort -u one_kind | "$here/tests/true_run" t 7 7
	run verdict t
	slower server
	result $? 'seven generations of one kind of dose name the slower side'
	sort -u one_kind second | "$here/tests/true_run" t 7 7
	run verdict t
	slower undecided
	result $? 'seven generations of two kinds of dose do not name a slower side'
	sort -u one_kind second | "$here/tests/true_run" t 12 7
	run verdict t
	slower server
	result $? 'twelve generations of two kinds of dose name the slower side'
	sort -u one_kind against | "$here/tests/true_run" t 12 7
	run verdict t
	slower undecided
	result $? 'two kinds of dose that contradict each other name no slower side'
	for dose in $(seq 20 -1 0); do
		sided kernel_copies server 0.070 "$dose"
	done | "$here/tests/true_run" t 6 7
	run verdict t
	why "doses = [q['dose'] for q in price['pipe0']['points']]
assert doses == list(range(21)), doses"
	result $? 'a list of many doses is read to its end'
fi
finish
