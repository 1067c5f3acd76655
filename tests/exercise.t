#!/bin/sh
# ipcopy exercise: sheets, their solutions, grading, and files that are left.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
mkdir tmp
TMPDIR=$work/tmp
export TMPDIR

run exercise --sheet 1 --seed 1
if test "$status" -eq 4; then
	echo "1..0 # SKIP $(cat err)"
	exit
fi

sheet() {
	run exercise --sheet 3 --seed "$@"
}

sheet 5
cp out sheet
test "$status" -eq 0 && test "$(grep -c '^[1-3]: copies= kernel=' sheet)" -eq 3
result $? 'a sheet has a line to fill in for each question'
sheet 5
cmp -s out sheet
result $? 'the same seed gives the same sheet'
sheet 6
! cmp -s out sheet
result $? 'another seed gives another sheet'
awk 'length > 79' sheet >wide
test "$(grep -c '^# [123]\. (level' sheet)" -eq 3 && ! test -s wide
result $? 'one question of each level, in 79 columns'
run exercise --sheet 3 --seed 1 --level 1
says out 'moves bytes from' && ! grep -q '.\{80\}' out
result $? 'a long question is folded'
run exercise --sheet 2 --seed 3 --level 2
test "$(grep -c '(level 2)' out)" -eq 2
result $? '--level chooses the level of the questions'

# forms SEED: prints a line for each question, its text without numbers
forms() {
	run exercise --sheet 10 --level 2 --seed "$1"
	awk '/^# [0-9]+\. \(level/ { n++ }
		/^#   / && n { gsub(/[0-9]+/, "N"); text[n] = text[n] $0 }
		END { for (i = 1; i <= n; i++) print text[i] }' out | sort
}
forms 16 >first
forms 17 >second
test "$(sort -u first | wc -l)" -eq 10 && test -z "$(comm -12 first second)"
result $? 'a sheet asks nothing twice, and the next seed asks other things'
# spread SEED ARGUMENT...: a test that no reason is right for more than four of
# the ten questions
spread() {
	run exercise --sheet 10 --solutions --seed "$@"
	sed -n 's/^[0-9]*:.* why=//p' out | sort | uniq -c >letters
	test "$(awk '{ n += $1 } END { print n }' letters)" -eq 10 &&
		awk '$1 > 4 { exit 1 }' letters
	result $? "reasons of seed $* are spread: $(tr -s ' \n' ' ' <letters)"
}
spread 16
spread 16 --level 1
spread 16 --level 2
spread 17 --level 2
spread 16 --level 3
PATH=/nowhere run exercise --sheet 2 --seed 3 --level 1
test "$status" -eq 0 && says out 'not installed here' && says out 'tee'
result $? 'exercises with missing programs are left out, and the programs named'

# --- grading ----------------------------------------------------------------------

# check FILE: grades a solved sheet
check() {
	"$ipcopy" exercise --check "$1" >out 2>err
	status=$?
}

sheet 5 --solutions
cp out solved
check solved
test "$status" -eq 0 && says out '3 of 3 right'
result $? 'a file with the solutions is all right'
"$ipcopy" exercise --check - <solved >out 2>err
status=$?
test "$status" -eq 0
result $? 'solutions from standard input are all right'
{ printf '\357\273\277'; sed 's/$/\r/' solved; } >edited
check edited
test "$status" -eq 0 && says out '3 of 3 right'
result $? 'solutions with the marks that some editors add are all right'
check sheet
test "$status" -eq 1 && says out '0 of 3 right' && says out 'you said nothing'
result $? 'an empty sheet is wrong'
grep '^[1-3]: ' solved | sed 's/.* calls=\([^ ]*\) .*/\1/; s/none//' |
	grep . >calls
sed -n 's/^ *calls: you said nothing, the calls are //p' out | cmp -s - calls
result $? 'where an answer has no calls, grading names the right ones'

# Leave out the last call of the first answer.
sed '/^1:/{ s/copies=2/copies=1/; s/,write / /; }' solved >changed
check changed
test "$status" -eq 1 && says out '2 of 3 right' &&
	says out 'copies: you said 1, the count is 2' &&
	says out 'missed: ' && grep -q '^ *> 2 .*write copies the bytes' out
result $? 'a call missing in a solution is found, and its hop is named'
sed '/^1:/s/why=./why=i/' solved >changed
check changed
test "$status" -eq 1 && says out 'why: not i: this reason needs a program' &&
	says out '     here: '
result $? 'a wrong reason is found, with what it needs, and the hop'
sed '/^1:/s/calls=/calls=tee,/' solved >changed
check changed
test "$status" -eq 1 && says out 'calls: one tee too many: no such call'
result $? 'a call too many in a solution is found'

# unreadable WORDS SED: a test of a solved sheet that SED spoils
unreadable() {
	sed "$2" solved >spoiled
	check spoiled
	test "$status" -eq 2 && one_line_says "$1" && ! test -s out
	result $? "unreadable: $1"
}
unreadable "did you mean read?" '/^1:/s/read/raed/'
unreadable "copies='x'" '/^1:/s/copies=2/copies=x/'
unreadable "why='z'" '/^1:/s/why=./why=z/'
unreadable "part 'reason'" '/^1:/s/why=/reason=/'
unreadable 'question 2 has two answers' 's/^1:/2:/'
unreadable 'no question 9' 's/^1:/9:/'
unreadable "no line begins with 'sheet:'" '/^sheet:/d;/^[0-9]*:/d'
unreadable "must come before the answers" '/^sheet:/d'
unreadable 'is not a line that --sheet prints' 's/^sheet: seed=5/sheet: seed=x/'
unreadable 'gives other questions' 's/ of=.*/ of=1/'
unreadable 'is not an answer' '1s/.*/read, write/'

unreadable 'more than 998 bytes or a zero byte' '1s/.*/\x00/'

refused 'No such file' exercise --check nowhere
refused '--check cannot be combined' exercise --check sheet --seed 5
refused '--solutions needs' exercise --sheet 3 --solutions
refused 'from 1 to 3' exercise --level 4
refused 'from 1 to 50' exercise --sheet 51
refused "--seed '-1'" exercise --seed -1
refused 'one argument too many' exercise more

# --- answers in a dialogue ----------------------------------------------------

grep '^[0-9]*:' solved >answers
head -n 2 answers | "$ipcopy" exercise --seed 5 --level 1 >out 2>err
status=$?
test "$status" -eq 1 && says out 'right so far' && says out 'of 10 right'
result $? 'answers may come from a pipe; status 1 unless all are right'
printf 'copies=2 why=?\n' | "$ipcopy" exercise --seed 5 >out 2>err
status=$?
test "$status" -eq 2 && one_line_says "why='?'"
result $? 'a line of a pipe that cannot be read is refused'

# --- leftovers ------------------------------------------------------------------

leftovers() {
	find "$TMPDIR" -mindepth 1
	find "$XDG_RUNTIME_DIR" -name 'lease-*'
}

interrupted() {
	# a shell ignores SIGINT for background jobs
	env --default-signal=INT "$ipcopy" exercise --sheet 50 --seed 2 \
		>out 2>err &
	child=$!
	while ! find "$TMPDIR" -name IN | grep -q . && kill -0 "$child"; do
		:
	done
	kill -"$1" "$child"
	wait "$child"
	status=$?
	child=
	test "$1" != KILL || "$ipcopy" exercise --sheet 1 --seed 1 >out 2>err
	leftovers >left
	test "$status" -eq "$2" && ! test -s left
	result $? "SIG$1 in the middle leaves nothing behind $(head -n 1 left)"
}

leftovers >left
! test -s left
result $? "no file is left behind $(head -n 1 left)"
interrupted TERM 130
interrupted INT 130
interrupted KILL 137
finish
