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
	--extra-wakes 1 --extra-pages 1
run copy - out.copy --via pipe --extra-copies 2 <data
copies sendfile-tcp --extra-copies 0,2
refused 'splice moves whole files: its server has no messages in memory, which --extra-copies needs' \
	copy data copy --via splice --extra-copies 1
refused 'sendfile-tcp moves whole files: its server' \
	copy data copy --via sendfile-tcp --extra-kernel-copies 1
refused 'mapboth moves whole files: its client' \
	copy data copy --via mapboth --extra-calls 0,1
for bad in x 1001 -1 "1," 1,2,3 '1 2'; do
	refused "--extra-calls '$bad' is not allowed; it is a number from 0 to 1000" \
		copy data copy "--extra-calls=$bad"
done
refused "--extra-copies '0,5' is not allowed; it is N or N,0 with N from 0 to 1000, since the client's dose is an option of ipcopy fetch" \
	serve data --name doses --extra-copies 0,5
refused "--extra-calls '5,0' is not allowed; it is N or 0,N with N from 0 to 1000, since the server's dose is an option of ipcopy serve" \
	fetch copy --name doses --extra-calls 5,0
refused "--extra-wakes 'x' is not allowed; it is N or N,0" \
	serve data --name doses --extra-wakes x
refused '"best" would pick other settings for each dose of extra work' \
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

# Makes up cells in which a call costs more than a copy with its call, and cells
# that no count or price predicts.
made_parts() {
	at='file 65536 deep block same'
	for dose in 0 1 2 4 8; do
		speed=$(awk "BEGIN { print 1e9 / (0.4 + 0.010 * $dose) }")
		calls=$(awk "BEGIN { print 1e9 / (0.4 + 0.020 * $dose) }")
		if test $dose -eq 0; then
			echo "pipe pipe $at $speed 0.002 ok"
			continue
		fi
		echo "pipe$dose pipe $at $speed 0.002 ok |kernel_copies=$dose+0"
		echo "pipe$dose pipe $at $calls 0.002 ok |calls=$dose+0"
	done
	echo "small pipe file 4096 deep block same 2e9 0.002 ok"
	echo "fifo fifo $at 2e9 0.002 ok"
	echo "unix unix $at 2e9 0.002 ok"
	echo "other tcp $at 2.6e9 0.002 ok"
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
	says out 'by the kernel costs 0.070 ['
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
	planted 0.070 | "$here/tests/true_run" t 12 7
	run verdict t
	run plot t --figure parts --format gp --output gp
	test "$status" -ne 0 || says err 'beside counts of copies'
	result $? 'without counts no parts are drawn'
	planted 0.070 | sed 's/|kernel_copies=\([0-9]*\)+0/|kernel_copies=\1+\1/' |
		"$here/tests/true_run" t 12 7
	run verdict t
	says out 'by the kernel on each side costs 0.070 ['
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
	made_parts | "$here/tests/true_run" t 12 7
	cat >t/copies.csv <<'END'
spec,workload,sink,predicted_kernel,predicted_user,counted,resolved,agrees,calls_per_message
pipe,file,new,4,0,4,true,true,4
unix,file,new,0,0,0,true,true,0
tcp,file,new,4,0,4,true,true,4
END
	run verdict t
	unwrap
	says flat '(its 4 copies cost nothing that is shown beside their calls)' &&
		! says flat 'x -'
	result $? 'copies that cost less than calls cost nothing'
	why "part = why['parts'][0]
assert part['copy_ns'] == 0 and part['rest_ns'] > 0, part
assert part['calls_per_message'] * part['call_ns'] + part['rest_ns'] <= \\
    part['ns_per_byte'] * 1.0001, part"
	result $? 'if copies cost nothing, the parts are not more than the whole'
	why "left = {c['label']: c['reason'] for c in why['model']['left_out']}
assert left == {'small': 'no price of a kernel copy in its condition',
    'fifo': 'no count of its copies', 'unix': 'its counts have no price'}, left
assert [c['label'] for c in why['model']['cells']] == ['pipe', 'other']"
	result $? 'verdict.json names the cells that the model leaves out, and why'
	says flat 'Left out: 1 cell (no price of a kernel copy in its condition)'
	result $? 'the verdict says how many cells the model leaves out'
	says flat 'worse than their mean alone'
	result $? 'the verdict explains an R squared below 0'
	"$top/tests/schema" "$here/doc/verdict.schema.json" t/verdict.json 2>err
	result $? 'verdict.json with prices is as its schema says'
	run plot t --figure predicted --format gp --output gp
	says gp/predicted.gp 'left out: 1 cell (no price' &&
		says gp/predicted.gp 'R² below 0'
	result $? 'the figure of predictions names an R squared below 0 and the omitted cell'

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
