#!/bin/sh
# ipcopy explain: drawings of all mechanisms in both charsets, and their
# numbers.
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"
mkdir tmp
TMPDIR=$work/tmp
TERM=xterm
export TMPDIR TERM

# refused WORDS ARGUMENT...: a test that explain refuses these arguments
refused() {
	words=$1
	shift
	run explain "$@"
	test "$status" -eq 2 && one_line_says "$words" && ! test -s out
	result $? "refused: ipcopy explain $*"
}

# Counts columns and not bytes: leaves out bytes that continue a character.
fits() {
	LC_ALL=C tr -d '\200-\277' <out | awk 'length > 80 { exit 1 }'
}

is_ascii() {
	! LC_ALL=C grep -q '[^ -~]' out
}

# Prints the highest number in the drawing's "N COPY".
drawn() {
	grep -oE '[0-9]+ COPY' out | sort -n | tail -n 1 | sed 's/ .*//'
}

predicted() {
	awk '$1 == "predicted" { print $4 }' out
}

draw_ascii() {
	run explain "$1" --predicted --ascii
	test "$status" -eq 0 && ! test -s err && fits && is_ascii
	result $? "$1 is drawn in ASCII, within 80 columns"
	copies=$(drawn)
	test "${copies:-0}" -eq "$(predicted)"
	result $? "$1: the drawing has the predicted number of copies"
	grep -q '^====.* kernel ' out
	result $? "$1: the drawing has the line between user space and kernel"
}

draw_unicode() {
	LC_ALL=C.UTF-8 "$ipcopy" explain "$1" --predicted >out 2>err
	status=$?
	test "$status" -eq 0 && fits && says out '┌───' && says out '═══'
	result $? "$1 is drawn in Unicode, within 80 columns"
}

# Counts every mechanism that runs here, if ptrace is allowed.
count_it() {
	run explain "$1" --ascii
	if test "$status" -eq 0 && ! says out 'as predicted'; then
		skip "$1 is not counted here: $(grep 'not counted' out)"
		return
	fi
	test "$status" -eq 0 && fits &&
		grep -q '^  counted .*: as predicted$' out &&
		test "$(drawn)" = "$(awk '$1 == "counted" { print int($4) }' \
			out | sed 's/^0$//')"
	result $? "$1: the drawing was counted, and the count is as predicted"
}

"$ipcopy" list --format csv | sed '1d; s/,.*//' >names
while read -r mechanism; do
	draw_ascii "$mechanism"
	draw_unicode "$mechanism"
done <names
draw_ascii shm:buffers=private
for mechanism in pipe shm fdpass; do
	count_it "$mechanism"
done

run explain shm --predicted --ascii
says out 'server and client' && says out '1. server  sem_wait' &&
	says out '3. server  sem_post' && says out '6. client  sem_post' &&
	says out 'the two at the files remain'
result $? 'explain shm shows its steps, and why two copies remain'
run explain shm:sync=futex --predicted --ascii
says out 'sync=futex' && says out 'futex_wake' && ! says out sem_
result $? 'the steps depend on the setting'
run explain pipe --predicted
says out '+---' && is_ascii
result $? 'in the C locale the drawing is in ASCII'
TERM=linux LC_ALL=C.UTF-8 "$ipcopy" explain pipe --predicted >out 2>err
is_ascii
result $? 'on a terminal without other letters the drawing is in ASCII'

for n in 4 4.0; do
	run explain pipe --check $n --predicted
	test "$status" -eq 0 && grep -q '^right: 4 ' out
	result $? "--check $n of 4 is right"
done
run explain pipe --check 2 --predicted
test "$status" -eq 1 && grep -q '^wrong: 4 ' out
result $? '--check 2 of 4 is wrong'
run explain null --predicted --ascii
test "$status" -eq 0 && test "$(drawn)" = 1
result $? 'the drawing of null has one copy'

refused 'MECHANISM is missing'
refused 'did you mean pipe?' pip
refused 'did you mean depth?' shm:dept=4
refused 'a number of copies' pipe --check many
refused 'a number of copies' pipe --check=-1
refused 'give one of them' pipe --quiz --check 4
refused 'on the terminal' pipe --quiz
refused 'give --page FILE' pipe shm

run explain pipe --predicted --page -
test "$status" -eq 0 && test "$(sed -n '1s/<!doctype html>.*/page/pI' out)" = page &&
	test "$(tail -n 1 out)" = '</html>'
result $? '--page - writes only the page to standard output'

# quiz ANSWER STATUS WORDS: a test of --quiz on a terminal, which script(1)
# makes
quiz() {
	printf '%s\n' "$1" | script -qec \
		"$ipcopy explain pipe --quiz --predicted --ascii" \
		/dev/null >out 2>err
	status=$?
	test "$status" -eq "$2" && says out "$3" && ! says out 'COPY'
	result $? "--quiz, answered $1"
}

if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
	quiz 4 0 'right: 4 '
	quiz 3 1 'wrong: 4 '
else
	skip 'no script(1) that can make a terminal'
fi
rmdir tmp
result $? 'nothing is left in TMPDIR'
finish
