#!/bin/sh
# bench/truth on made-up programs whose ratios are known: it must call right
# results right and wrong results wrong.
here=$(cd "${top_srcdir:-.}" && pwd)
. "$here/tests/tap.sh"

# Each makes a program that prints what the real one prints: the pipe takes $1
# percent of the time of the ring, and the unix socket $2 percent. In the plain
# program, one round of the ring takes far longer than the others.
make_plain() {
	cat >plain-pairs <<END
#!/bin/sh
for round in 1 2 3 4 5; do
	slow=\$((round == 3 ? 9 : 1))
	echo ring \$round \$((1000000 * slow + round))
	echo pipe \$round $(($1 * 10000))
	echo unix \$round $(($2 * 10000))
done
END
	chmod +x plain-pairs
}

make_cell() {
	cat >ipcopy-cell <<END
#!/bin/sh
echo '{"runner":1,"phase":"warm","position":1,"status":"ok","wall_ns":5,"a":1}'
for round in 1 2 3 4 5; do
	for runner in "0 100" "1 $1" "2 $2"; do
		echo "{\"runner\":\${runner% *},\"phase\":\"timed\",\"position\":1,\\
\"round\":\$round,\"turn\":2,\"status\":\"ok\",\"wall_ns\":\${runner#* }0000,\"bytes\":1}" |
			tr -d '\\\\\\n'
		echo
	done
done
END
	chmod +x ipcopy-cell
}

# In place of ipcopy: copy IN OUT --via SPEC
make_ipcopy() {
	cat >fake-ipcopy <<END
#!/bin/sh
case \$5 in
shm*) ns=100 ;;
pipe*) ns=$1 ;;
unix*) ns=$2 ;;
*) echo ipcopy; exit ;;
esac
echo "{ \"transfer_ns\": \$ns }"
END
	chmod +x fake-ipcopy
}

truth() {
	PLAIN_PAIRS=./plain-pairs IPCOPY_CELL=./ipcopy-cell \
		IPCOPY=./fake-ipcopy "$here/bench/truth" --sizes 64K \
		--places same --rounds 5 --generations 11 --cpus 0,0 \
		--dir "$work" --copy 64K "$@" >out 2>err </dev/null
	status=$?
}

make_plain 200 150
make_cell 210 140
make_ipcopy 130 99
truth --depths '1 deep' --samples kept
test "$status" -eq 0 && test "$(grep -c ' yes$' out)" -eq 4 &&
	grep -q 'ring/pipe *2.00 \[2.00, 2.00\] *2.10 .* 1.05 ' out &&
	grep -q 'ring/unix *1.50 \[1.50, 1.50\] *1.40 .* 0.93 ' out
result $? 'ratios that differ by less than 15 % agree'
test "$(wc -l <kept)" -eq 660 &&
	test "$(grep -c '^engine 64K deep same [0-9]* ring ' kept)" -eq 55
result $? 'all samples are kept'

make_cell 240 140
truth --depths 1
test "$status" -eq 1 && test "$(grep -c ' no$' out)" -eq 1 &&
	grep -q '^1 of 2 agree' out
result $? 'ratios that differ by more than 15 % do not agree'

# The ring is slow in one generation of three, so that the intervals are wide.
# shellcheck disable=SC2016 # for the script that is made
sed -i '1a echo >>calls; slow=$(($(wc -l <calls) % 3 == 0 ? 2 : 1))' ipcopy-cell
# shellcheck disable=SC2016 # the same
sed -i 's/"0 100"/"0 $((100 * slow))"/' ipcopy-cell
truth --depths 1
test "$status" -eq 1 && test "$(grep -c ' no?$' out)" -eq 1 &&
	test "$(grep -c ' yes?$' out)" -eq 1
result $? 'an interval that includes the opposite is marked'

make_cell 210 140
truth --depths deep --whole
test "$status" -eq 1 && grep -q 'ring/pipe *1.30 .* yes$' out &&
	grep -q 'ring/unix *0.99 .* no$' out
result $? 'whole copies with the same sign agree, those with the other sign do not'

make_cell 210 100
truth --depths deep --whole
test "$status" -eq 0 && grep -q 'ring/unix .* open$' out
result $? 'a sign that is not known counts as agreement'

echo 'exit 1' >>ipcopy-cell
truth --depths deep
test "$status" -eq 3 && grep -q 'failed: engine' err
result $? 'a program that fails is reported'
make_cell 210 140
sed -i 's/1 2 3 4 5/1 2 3 4/' plain-pairs
truth --depths deep
test "$status" -eq 3 && grep -q 'not all transfers came: plain' err
result $? 'a program that does too little is reported'

for bad in --what '--generations 5' '--whole --generations 10' '--rounds x' \
	'--seed -1' '--samples /none/there'; do
	# shellcheck disable=SC2086 # words of a command line
	truth $bad
	test "$status" -eq 2 && grep -q '^truth: ' err
	result $? "refused: $bad"
done
test -z "$(find "$work" -name 'truth-*')"
result $? 'no file is left behind'
finish
