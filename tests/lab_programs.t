#!/bin/sh
# Experiments as programs of their own: each must compile alone without a
# warning, and must have the outcome that the lab has.
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"
command -v cc >/dev/null || { echo '1..0 # SKIP no cc'; exit; }
mkdir tmp
"$ipcopy" lab --format csv --all >lab.csv 2>err

# The outcome in the words of a program.
outcome_of() {
	awk -F, -v id="$1" '$1 == id { print $2 }' lab.csv |
		sed 's/holds-with-limit/holds, with a limit/
			s/cannot-try/cannot be tried here/'
}

try() {
	cc -Wall -Werror -o program "$1.c" -pthread >out 2>err
	status=$?
	test "$status" -eq 0 || return
	./program >out 2>err </dev/null
	status=$?
	test "$status" -eq 0 && grep -qxF "  = $(outcome_of "$1")" out
}

made=0
sed '1d; s/,.*//' lab.csv | grep '^[A-E][0-9]*$' >ids
while read -r id; do
	"$ipcopy" lab "$id" --program >"$id.c" 2>err
	case $? in
	0)
		made=$((made + 1))
		try "$id"
		good=$?
		# their outcomes depend on chance
		if test $good -ne 0 && test "$status" -eq 0 && "$ipcopy" lab \
			"$id" --about | grep -q 'may vary'; then
			good=0
		fi
		result $good "$id as a program has the outcome of the lab"
		;;
	4)
		one_line_says 'cannot be printed as one C file'
		result $? "$id cannot be a program, and the error says why"
		;;
	*)
		result 1 "$id"
		;;
	esac
done <ids
test "$made" -ge 35
result $? "$made experiments are programs"
test -z "$(find /tmp /dev/shm -maxdepth 1 -name 'lab-*' -newer lab.csv)"
result $? 'the programs leave nothing behind'
run lab B1 B2 --program
test "$status" -eq 2 && one_line_says 'name one claim'
result $? '--program takes one claim at a time'
finish
