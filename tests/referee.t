#!/bin/sh
# bench/referee on made-up traffic, and bench/count-commands on a made-up
# counter: they must call right results right and wrong results wrong. The real
# programs need an emulator, or minutes.
here=$(cd "${top_srcdir:-.}" && pwd)
. "$here/tests/tap.sh"

# --- copies of a routine ---------------------------------------------------

cat >symbols <<'END'
ffffffff81000000 T copy_user_generic
ffffffff81000100 T clear_page
ffffffff81000200 t bookkeeping
ffffffff81000300 T by_any_name
END
# columns: an address, bytes loaded, bytes stored, and both again within runs
cat >small <<'END'
ffffffff81000000 4000 4000 4000 4000
ffffffff81000200 900 900 0 0
END
cat >large <<'END'
00007f0000001000 6000 0 0 0
00007f0000001008 0 6000 0 0
00007f0000002000 6000 0 0 0
ffffffff81000000 104000 0 104000 0
ffffffff81000008 0 104000 0 104000
ffffffff81000100 0 50000 0 50000
ffffffff81000200 91000 91000 0 0
ffffffff81000300 20000 20000 20000 20000
END

tally() {
	awk -v payload=100000 -f "$here/bench/referee/tally.awk" symbols small \
		large >out 2>err
	status=$?
	read -r kernel programs filled names <out
}

tally
test "$kernel" = 1.200
result $? 'loads and stores make a copy; traffic of both inputs does not'
test "$programs" = 0.060
result $? 'a program copies the bytes that it loads and stores'
test "$filled" = 0.500
result $? 'pages that are cleared are filled, not copied'
case $names in
*bookkeeping*) false ;;
*by_any_name=0.200*) ;;
*) false ;;
esac
result $? 'no name of a routine decides what is bookkeeping'

# --- three numbers ------------------------------------------------------------

# judged PREDICTED COUNTED TRUE [FAILURE]: prints the verdict on these numbers
judged() {
	printf '1\ttmpfs\tmechanism\tm\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" \
		"${4:-}" | awk -F '\t' -f "$here/bench/referee/judge.awk" >out 2>err
	status=$?
	grep -oE 'agree|WRONG|FAILED' out
}

test "$(judged '2 0' 'yes exact 2.004 0' '1.996 0.000 0.5')" = agree
result $? 'a line agrees if its three numbers are equal'
test "$(judged '2 0' 'yes exact 2 0' '3.000 0.000 0.5')" = WRONG
result $? 'a line is wrong if the true number differs'
test "$(judged '2 0' 'yes exact 3 0' '2.000 0.000 0.5')" = WRONG
result $? 'a count that differs is wrong'
test "$(judged '2 0' 'yes exact 2 0' '1.000 1.000 0.5')" = WRONG
result $? 'a copy by programs and not by the kernel is wrong'
test "$(judged '2 0' 'yes at-least 1 0' '2.000 0.000 0.5')" = agree
result $? 'a lower bound below the truth agrees'
test "$(judged '2 0' 'yes at-least 3 0' '2.000 0.000 0.5')" = WRONG
result $? 'a lower bound above the truth is wrong'
test "$(judged '2 0' 'no exact 0 0' '2.000 0.000 0.5')" = WRONG
result $? 'a mechanism without a count is wrong'
judged '2 0' 'no exact 0 0 no input is known' '2.000 0.000 0.5' >word
grep -q '(no input is known)$' out
result $? 'the reason why there is no number is told'
test "$(judged '2 0' 'yes exact 2 0' '2.000 0.000 0.5' status)" = FAILED
result $? 'a copy that failed is reported as failed'

mkdir empty
ln -s "$(command -v dirname)" "$(command -v awk)" "$(command -v numfmt)" \
	"$(command -v mktemp)" "$(command -v rm)" empty
PATH=$work/empty "$(command -v bash)" "$here/bench/referee/run" >out 2>err
status=$?
test "$status" -eq 4 && grep -q 'is not' err
result $? 'the referee names the program that this machine lacks'

# This takes a minute or more of a CPU, and packages from a mirror. So it runs
# only on request.
if test -z "${REFEREE_BOOT:-}"; then
	skip 'REFEREE_BOOT is not set: no kernel is booted'
else
	IPCOPY=$ipcopy "$here/bench/referee/run" --short >out 2>err
	status=$?
	test "$status" -eq 0
	result $? 'six mechanisms are judged under a stock kernel'
fi

# --- commands -----------------------------------------------------------------

# Gives a made-up answer to: count --format json -- sh -c 'say KIND NUMBER'
cat >fake-ipcopy <<'END'
#!/bin/sh
set -- $7
case $2 in
none) printf '{\n "resolved": false,\n "unresolved": [\n  "why"\n ]\n}\n' ;;
*)
	case $2 in exact) bound=false ;; *) bound=true ;; esac
	printf '{\n "resolved": true,\n "copies_per_byte": %s,\n' "$3"
	printf ' "lower_bound": %s\n}\n' "$bound"
	;;
esac
END
chmod +x fake-ipcopy

# say LIST-LINE: sets status, and sets said to the mark and the verdict of the
# line
say() {
	echo "$1" >list
	IPCOPY=./fake-ipcopy bash "$here/bench/count-commands" --list list \
		--dir "$work" >out 2>err
	status=$?
	said=$(grep ' say ' out | cut -c 1,3-12 | sed 's/ *$//')
}

while IFS='!' read -r word line; do
	say "$line"
	test "$said" = "$word" &&
		case $word in
		*WRONG) test "$status" -eq 1 ;;
		*) test "$status" -eq 0 ;;
		esac
	result $? "$line: $word"
done <<'END'
 right!sh | right 2 | calls | say exact 2.0
 right!sh | right 0,1 | calls | say exact 0.0
-at least!sh | right 2 | calls | say bound 1.0
-no number!sh | right 2 | calls | say none
 at least!sh | least 3- | source | say bound 2.0
 no number!sh | none | bytes | say none
 not here!no-such-program | none | bytes | : say none
END
# "!" is the mark of a wrong result, too
for line in 'sh | right 2 | calls | say exact 2.1' \
	'sh | least 3- | source | say exact 2.0' \
	'sh | least 3 | source | say bound 3.1' \
	'sh | none | bytes | say bound 1.0'; do
	say "$line"
	test "$said" = '!WRONG' && test "$status" -eq 1
	result $? "$line: wrong"
done

finish
