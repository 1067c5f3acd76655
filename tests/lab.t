#!/bin/sh
# ipcopy lab: its claims and outcomes, its output, wrong arguments, and
# leftovers.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"
mkdir tmp
TMPDIR=$work/tmp
export TMPDIR

# --- the claims ---------------------------------------------------------------

list_is_complete() {
	run lab
	awk '/^[A-E][0-9]+ / { print $1 }' out >ids
	test "$status" -eq 0 && test "$(sort ids | uniq -d | wc -l)" -eq 0
	result $? 'lab lists every claim once'
	grep -q '^003 *Shared memory$' out
	result $? 'lab lists the documents by the numbers in the table'
	sort -V ids | cmp -s - ids
	result $? 'lab lists the claims in the order of their ids'
	for group in A6 B10 C10; do
		i=1
		while test "$i" -le "${group#?}"; do
			echo "${group%"${group#?}"}$i"
			i=$((i + 1))
		done
	done >wanted
	grep '^[ABC]' ids | cmp -s - wanted
	result $? 'the lab has the claims A1 to A6, B1 to B10 and C1 to C10'
}

every_claim_has_source() {
	while read -r id; do
		run lab "$id" --source
		test "$status" -eq 0 && test "$(wc -l <out)" -ge 8 && continue
		echo "$id"
	done <ids >without
	! test -s without
	result $? "every claim has a source $(cat without)"
	run lab C9 --source
	says out 'mmap(NULL, 10 * page' && says out 'lab_check' &&
		! says out 'lab: '
	result $? 'the source is the code that runs, without the marks'
}

document_is_the_table() {
	run lab --all --about
	sed '1,/^The claims$/d' "$here/doc/LAB" | sed '1,2d' | cmp -s - out
	result $? 'doc/LAB has the texts of the program'
}

# --- outcomes -----------------------------------------------------------------

all_runs() {
	run lab --all --format json
	test "$status" -eq 0 && ! test -s err
	result $? 'lab --all ends with status 0 whatever the outcomes are'
	cp out all.json
	has_python || return
	python "
keys = {'id', 'document', 'claim', 'outcome', 'observed', 'reference'}
outcomes = {'holds', 'holds-with-limit', 'fails', 'cannot-try'}
assert len(rows) == len(open('ids').read().split())
for row in rows:
    assert set(row) == keys, row
    assert row['outcome'] in outcomes, row
    assert all(row[key] for key in keys), row"
	result $? 'json has the promised keys and outcomes'
	python "
got = {row['id']: row['outcome'] for row in rows}
want = {'B1': 'holds', 'B5': 'holds', 'B8': 'holds', 'C1': 'holds',
        'C3': 'holds', 'C5': 'fails', 'C6': 'holds', 'C7': 'holds',
        'C9': 'fails', 'C10': 'holds'}
for id in want:
    assert got[id] == want[id], (id, got[id])"
	result $? 'outcomes agree with the manual pages'
}

steady() {
	has_python || return
	steady=
	varying=$("$ipcopy" lab --all --about |
		awk '/^[A-E][0-9]+ / { id = $1 }
			/; the outcome may vary/ { printf "%s ", id }')
	while read -r id; do
		case " $varying " in
		*" $id "*) ;;
		*) steady="$steady $id" ;;
		esac
	done <ids
	# shellcheck disable=SC2086
	run lab $steady --runs 20 --format csv
	python3 -c "import csv
for row in csv.DictReader(open('out')):
    assert row['runs'] == row['runs_with_outcome'] == '20', row" 2>>err
	result $? '20 runs give the same outcomes'
}

# --- --expect -----------------------------------------------------------------

expectations() {
	run lab C --expect all.json
	test "$status" -eq 0 && ! test -s err
	result $? '--expect accepts the output of --format json'
	"$ipcopy" lab B --format csv >b.csv
	run lab B --expect b.csv
	test "$status" -eq 0
	result $? '--expect accepts the output of --format csv'
	printf '# mine\nC7 fails\nC6 holds\n' >mine
	run lab C6 C7 --expect mine
	test "$status" -eq 1 && one_line_says 'C7: the outcome is holds, but fails'
	result $? 'an outcome that differs is reported, exit status 1'
	printf 'C7 hold\n' >mine
	refused 'did you mean holds?' lab C7 --expect mine
	printf '\nC77 holds\n' >mine
	refused 'mine, line 2' lab C7 --expect mine
	printf '[{"id": "C7"}]' >mine
	refused 'row 1' lab C7 --expect mine
	printf '[{"id": ' >mine
	refused 'mine, line 1' lab C7 --expect mine
	refused 'No such file' lab C7 --expect nowhere
}

# Makes a file of answers: a line for each claim, with its id or without.
grades() {
	printf 'c9 fails\nholds\n' | "$ipcopy" lab C9 B5 --predict >out 2>err
	status=$?
	test "$status" -eq 0 && says out '2 of 2 right'
	result $? '--predict takes answers from a pipe'
	printf 'C9 holds\n' >answers
	"$ipcopy" lab C9 B5 --predict <answers >out 2>err
	status=$?
	test "$status" -eq 1 && says out 'You said holds: wrong' &&
		says out 'You gave no answer, which counts as wrong' &&
		says out '0 of 2 right'
	result $? '--predict from a file: exit status 1 unless all are right'
}

# --- arguments --------------------------------------------------------------------

refusals() {
	refused 'did you mean' lab C77
	refused 'B1' lab BB1
	refused 'not known' lab ''
	refused '--all and B1' lab B1 --all
	refused 'no claim is named' lab --source
	refused 'no claim is named' lab --format json
	refused '--format json cannot be used with' lab B1 --source --format json
	refused '--source runs nothing' lab B1 --source --trace
	refused 'from 1 to' lab B1 --runs 0
	refused 'did you mean --source?' lab B1 --sorce
}

forms() {
	run lab b1 B2 b1
	test "$status" -eq 0 && test "$(grep -c '^  = holds' out)" -eq 2
	result $? 'ids may be in either case, and each runs once'
	run lab C5
	says out '########|SSSSSSSS'
	result $? 'C5 draws a map'
	run lab C3 --trace
	if test "$status" -eq 4; then
		skip "$(cat err)"
	else
		says out 'PROT_READ|PROT_WRITE, MAP_SHARED' &&
			says out '--- SIGBUS ---'
		result $? '--trace shows mmap and the signal'
		! grep -q '\[child.*\] *\(write\|sendto\|exit_group\)(' out
		result $? '--trace shows no call of the lab itself'
		run lab B8 --trace
		says out 'O_RDWR|O_CREAT|O_EXCL|O_CLOEXEC, 0600) = ' &&
			says out ', "data", 4) = 4'
		result $? '--trace has names for flags, and the bytes of a write'
	fi
	run lab C7 --about
	test "$status" -eq 0 && says out 'read: mmap(2)' && ! says out '  ='
	result $? '--about runs nothing'
	"$ipcopy" lab C >/dev/full 2>err
	status=$?
	: >out
	test "$status" -eq 3 && one_line_says 'No space left'
	result $? 'a full disk is noticed'
}

predicts() {
	has_python || return
	cat >ask.py <<'END'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], 'lab', 'C9', '--predict'])
os.write(fd, b'f\n')
text = b''
while True:
    try:
        part = os.read(fd, 1000)
    except OSError:
        break
    if not part:
        break
    text += part
print(text.decode())
END
	python3 ask.py "$ipcopy" >out 2>err
	status=$?
	says out 'Your prediction' && says out 'You said fails: right'
	result $? '--predict asks, runs the experiment and compares'
}

# --- leftovers ----------------------------------------------------------------

leases() {
	find "$XDG_RUNTIME_DIR" -name 'lease-*'
}

# Prints the names that are noted in leases, one on each line, without their
# kinds.
noted() {
	leases | while read -r lease; do
		tr '\0' '\n' <"$lease" | sed 's/^.//'
	done 2>/dev/null
}

leftovers() {
	leases
	find "$TMPDIR" -mindepth 1
	while read -r name; do
		test ! -e "$name" || echo "$name"
		test ! -e "/dev/shm$name" || echo "/dev/shm$name"
		test ! -e "/dev/mqueue$name" || echo "/dev/mqueue$name"
	done <names
}

# Interrupts a lab while it measures. No process, no file and no name may stay.
# After SIGKILL the next run cleans up, once the last process is gone.
interrupted() {
	"$ipcopy" lab A1 --runs 1000 >out 2>err &
	child=$!
	: >names
	while test "$(grep -c . names)" -lt 3 && kill -0 "$child"; do
		noted >names
	done
	kill -"$1" "$child"
	wait "$child"
	status=$?
	child=
	tries=0
	while test "$1" = KILL && test -n "$(leases)" && test "$tries" -lt 500
	do
		"$ipcopy" lab C7 >out 2>err
		tries=$((tries + 1))
	done
	leftovers >out
	test "$status" -eq "$2" && ! test -s out
	result $? "SIG$1 in the middle leaves nothing behind"
}

nothing_is_left() {
	: >names
	leftovers >out
	! test -s out
	result $? 'no file is left behind'
}

unprivileged() {
	if ! test "$(id -u)" -eq 0 || ! command -v setpriv >/dev/null; then
		skip 'needs root to become nobody'
		return
	fi
	chmod 711 "$work"
	chown -R 65534 run tmp
	# A1 is left out: it takes as long as all others, and needs no rights
	# shellcheck disable=SC2046 # ids are words
	XDG_RUNTIME_DIR=$work/run setpriv --reuid=65534 --regid=65534 \
		--clear-groups "$ipcopy" lab $(grep -vx A1 ids) --format csv \
		>out 2>err
	status=$?
	cut -d, -f1,2 out >nobody
	if test "$status" -eq 126 || test "$status" -eq 127; then
		skip 'user nobody may not enter the build directory'
	else
		test "$status" -eq 0 && grep -q '^C3,holds$' nobody &&
			grep -q '^B4,holds$' nobody
		result $? 'user nobody can run the lab'
	fi
	chown -R 0 run tmp
}

status=0
: >out
: >err
list_is_complete
every_claim_has_source
document_is_the_table
all_runs
steady
expectations
refusals
forms
predicts
grades
nothing_is_left
interrupted TERM 130
interrupted KILL 137
unprivileged
finish
