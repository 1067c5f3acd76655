#!/bin/sh
# bench/whole-process.sh, and the program that summarises its measurements.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
top_builddir=$top
export top_builddir

# whole ARGUMENT…: runs bench/whole-process.sh in the folder of this test, and
# sets status, out and err
whole() {
	"$here/bench/whole-process.sh" --dir "$work" --bytes 64K "$@" \
		>out 2>err </dev/null
	status=$?
}

# refused STATUS WORDS ARGUMENT…: a test that it refuses these arguments
refused() {
	expected=$1
	words=$2
	shift 2
	whole "$@"
	test "$status" -eq "$expected" && says err "$words" && ! test -s out
	result $? "refused: whole-process.sh $*"
}

sum_up() {
	"$top/bench/summarise" "$@" >out 2>err
	status=$?
}

# --- summing up, with known answers -------------------------------------------

# entry NAME TIMES USER SYSTEM OWN: the result of one command in three rounds
entry() {
	printf '{ "command": "%s", "times": [%s], "users": [%s], ' \
		"$1" "$2" "$3, $3, $3"
	printf '"systems": [%s], "own_cpu_s": [%s] }' "$4, $4, $4" "$5, $5, $5"
}

merged() {
	printf '{ "results": [ %s, %s ] }\n' "$1" "$2" >merged
}

merged "$(entry cp '2.0, 4.0, 3.0' 0.5 1.0 null)" \
	"$(entry 'shm' '1.0, 2.0, 1.5' 0.25 0.5 0.7)"
sum_up merged --bytes 3G --format csv
cut -d , -f 1,2,3,6,7,11 out >some
cat >wanted <<'END'
name,rounds,time_s,gib_per_s,times_as_fast,cpu_s
shm,3,1.5,2,2,0.75
cp,3,3,1,,1.5
END
test "$status" -eq 0 && cmp -s some wanted
result $? 'medians, speed, ratio and CPU time agree with numbers computed by hand'
merged "$(entry cp '2.0, 4.0, 3.0' 0.5 1.0 null)" \
	"$(entry 'shm' '1.0, 2.0, 1.5' 0.01 0.5 0.7)"
sum_up merged
test "$status" -eq 3 && says err 'hyperfine missed a process'
result $? 'CPU time of a process that was not waited for is an error'
sum_up merged --base dd
test "$status" -eq 3 && one_line_says 'dd: is not one of the measured commands'
result $? 'a base that is not among the commands is refused'
sum_up
test "$status" -eq 2 && one_line_says 'give either --merge'
result $? 'a summary without an input is refused'

# --- the script ---------------------------------------------------------------

command -v hyperfine >/dev/null || {
	skip 'no hyperfine to measure with'
	finish
}
refused 2 "--rounds 'many' is not a number" --rounds many
refused 2 "'--round' is not known" --round 5
refused 2 'no mechanism' --via "shm';reboot"
refused 2 'did you mean pipe?' --via pip
refused 4 'cannot be written' --dir /proc/nowhere

whole --rounds 2 --seed 7 --via pipe --via shm --format csv --output merged
test "$status" -eq 0 && says out 'cp,2,' && says out 'pipe,2,' &&
	says out 'shm,2,' && says out 'cat|cat,2,' && says merged '"machine"'
result $? 'all commands run in two rounds and are verified'
# Prints the order of the commands. Two seeds may give some of them the same
# places.
order() {
	tr -d ' \n' <merged |
		grep -oE '"command":"[^"]*"|"orders":\[[0-9,]*\]'
}
order >first
whole --rounds 2 --seed 7 --via pipe --via shm --format csv --output merged
order | cmp -s - first
result $? 'the same seed gives the same order'
whole --rounds 2 --seed 8 --via pipe --via shm --format csv --output merged
! order | cmp -s - first
result $? 'another seed gives another order'

# a program that copies all but the last byte
cat >liar <<'END'
#!/bin/sh
case $1 in copy) head -c 65535 "$2" >"$3" ;; esac
END
chmod +x liar
IPCOPY=$work/liar whole --rounds 1 --via pipe
test "$status" -eq 3 && says err 'pipe: the copy differs from the original'
result $? 'a wrong copy is found, with the command that made it'
test -z "$(find . -name 'whole-process.*')"
result $? 'nothing is left behind'
finish
