#!/bin/sh
# ipcopy count: its numbers, its messages, and how it ends.
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"
mkdir tmp
TMPDIR=$work/tmp
export TMPDIR
head -c 1000000 /dev/urandom >data

# refused STATUS WORDS ARGUMENT...: a test of one line with these words and no
# other output
refused() {
	expected=$1
	words=$2
	shift 2
	run count "$@"
	test "$status" -eq "$expected" && one_line_says "$words" &&
		! test -s out
	result $? "refused: ipcopy count $*"
}

fits() {
	LC_ALL=C tr -d '\200-\277' <out | awk 'length > 80 { exit 1 }'
}

# headline WORDS WHAT COMMAND...: a test of this headline; the command must copy
# right
headline() {
	words=$1
	what=$2
	shift 2
	rm -f copy
	run count -- "$@"
	test "$status" -eq 0 && says out "$words" && fits &&
		cmp -s data copy
	result $? "$what: $words"
}

# --- wrong arguments ------------------------------------------------------

refuse_words() {
	run count --via pipe --workload stream --in a --out b
	test "$status" -eq 2 && one_line_says '--workload stream has no files'
	result $? 'refused: --workload stream with files'
	run count --workload stream -- true
	test "$status" -eq 2 && one_line_says 'need --via'
	result $? 'refused: --workload with a command'
	refused 2 'nothing to count'
	refused 2 "'-c' is not known; if it is an option of sh, write -- before sh" \
		sh -c true
	refused 2 'mean --format? if it is an option of cat, write -- before cat' \
		cat data --formt
	run count --help
	says out 'usage: ipcopy count [OPTION...] [-- COMMAND...]'
	result $? 'the usage has -- before the command'
	refused 2 'did you mean --via?' --vai pipe
	refused 2 'did you mean pipe?' --via pip
	refused 2 'one mechanism' --via pipe --via shm
	refused 2 'give one of them' --via pipe -- true
	refused 2 'give both --in and --out' --via pipe --in data
	refused 2 '--in names a file' --via pipe --in data --out copy --bytes 1M
	refused 2 'did you mean dhat?' --user=dha -- true
	refused 2 'for commands' --user --via pipe
	refused 2 'need --via' --size 4K -- true
	refused 2 'did you mean json?' --via pipe --format jsn
	refused 2 'give one of them' --via pipe --dot --draw
	refused 2 'give one of them' --via pipe --dot --format json
	refused 2 'give one of them' --via pipe --draw --format csv
	refused 2 '--ascii needs --draw' --via pipe --ascii
	refused 2 'is a length' --via pipe --bytes 0
	refused 2 'is a length' --via pipe --bytes many
	refused 2 'counts no command' --calibrate --via pipe
	refused 2 'counts no command' --calibrate -- true
}

# --- the probes ---------------------------------------------------------------

calibrate() {
	run count --calibrate
	test "$status" -eq 0 && fits && grep -q '^memory  *write  *pipe  *1' out
	result $? '--calibrate: a write to a pipe copies'
	grep -q '^memory  *vmsplice  *pipe  *0, the same pages' out
	result $? '--calibrate: vmsplice to a pipe does not copy'
	run count --calibrate --format csv
	test "$(head -n 1 out)" = from,call,to,copies,reason
	result $? '--calibrate --format csv has its header'
}

# --- commands -----------------------------------------------------------------

count_commands() {
	headline '4.000 copies per delivered byte' 'cat | cat' \
		sh -c 'cat data | cat >copy'
	rm -f copy
	# shellcheck disable=SC2016 # the shell that is counted expands it
	run count -- sh -c 'cat data | cat >copy; test "$(nproc)" = 1'
	test "$status" -eq 0 && says out '4.000 copies' && cmp -s data copy
	result $? 'the counted command runs on one CPU'
	run count --all-cpus -- sh -c "cat data | cat >copy
		test \"\$(nproc)\" = $(nproc)"
	test "$status" -eq 0 && says out '4.000 copies' && cmp -s data copy
	result $? '--all-cpus: the count on all CPUs is the same'
	headline '2.000 copies per delivered byte' 'dd' \
		dd if=data of=copy bs=64k status=none
	run count --in data --out copy -- dd if=data of=copy status=none
	says out 'data -> copy: ' && ! says out found
	result $? 'the output does not call ends found that the user named'
	run count --out copy -- sh -c 'cat data >/dev/null; echo x >copy'
	test "$status" -eq 0 && grep -q '^unresolved: ' out
	result $? 'without a path there is no number'
	run count --in data --out copy --format json -- \
		sh -c 'cat data >/dev/null; echo x >copy'
	says out '"resolved": false' && says out '"copies_per_byte": null'
	result $? 'json has no number without a path'
}

# True under nohup, or in the background of a shell. A command cannot change
# that.
sigint_is_ignored() {
	mask=$(sed -n 's/^SigIgn:[[:space:]]*//p' /proc/self/status)
	test $((0x$mask & 2)) -ne 0
}

is_interrupted() {
	if sigint_is_ignored; then
		skip 'SIGINT is ignored in this shell: nothing is interrupted'
		return
	fi
	# shellcheck disable=SC2016 # the command's own
	run count -- sh -c 'dd if=data of=copy bs=64k status=none
		kill -INT $PPID; exec sleep 1000'
	test "$status" -eq 130 && says err interrupted &&
		says out '2.000 copies'
	result $? 'an interrupted count shows the count until then'
}

end_as_the_command() {
	run count -- sh -c 'exit 7'
	test "$status" -eq 7 && says err 'ended with status 7'
	result $? "the command's exit status is passed on"
	run count -- sh -c 'cat data >copy; kill -KILL $$'
	test "$status" -eq 3 && says err 'was killed by signal 9' &&
		grep -q copies out
	result $? 'a killed command is reported with its count'
	is_interrupted
	refused 2 'No such file' -- ./nowhere
	refused 3 'Permission denied' -- ./data
	run count -- sh -c 'dd if=data of=copy bs=64k status=none
		truncate -s 1000 copy'
	test "$status" -eq 0 && says out 'it was cut'
	result $? 'an output that was cut short is reported'
	run count -- sh -c 'dd if=data of=copy bs=64k status=none
		dd if=data of=copy bs=500k count=1 conv=notrunc status=none'
	test "$status" -eq 0 && says out 'written over' && says out '3.024 copies'
	result $? 'copies that were overwritten count'
}

# Tests what the count says about copies that other calls would save, and
# --compare.
save_copies() {
	rm -f copy
	run count -- sh -c 'cat data | cat >copy'
	says out '3 of 4 copies by copy_file_range(2)' && fits &&
		tr '\n' ' ' <out | grep -q '3 of 4 copies by *splice(2)'
	result $? 'count says how to save the copies of a pipe'
	run count -- sh -c 'tr a-z b-za <data >copy'
	! says out 'could be saved'
	result $? 'count suggests nothing if bytes are changed'
	run count -- dd if=data of=copy bs=1000 skip=1 status=none
	! says out 'could be saved'
	result $? 'count suggests nothing if only a part is copied'
	run count --compare -- sh -c 'cat data | cat >copy' -- \
		dd if=data of=copy bs=64k status=none
	test "$status" -eq 0 && fits && says out 'first:  4.000 copies' &&
		says out 'second: 2.000 copies' &&
		says out 'The second command makes 2.000 fewer copies' &&
		grep -q '^private  *write  *pipe  *1.000  *0.000  *-1.000' out
	result $? '--compare shows the counts hop by hop'
	run count --compare --format csv -- dd if=data of=copy status=none -- \
		sh -c 'exit 9'
	test "$status" -eq 9 && says out file,read,private,1,0,-1
	result $? '--compare has the status of the command that failed'
	refused 2 'two commands' --compare -- cat data
	refused 2 'two commands' --compare --draw -- true -- true
}

# gate STATUS WORDS ARGUMENT...: a test that count --at-most ends with this
# status and, unless it is 0, says these words. If the processor cannot watch
# the command, the gate cannot pass.
gate() {
	expected=$1
	words=$2
	shift 2
	rm -f copy
	run count --at-most "$@"
	if test "$expected" -eq 0 && says out 'was not watched'; then
		expected=5
		words='is undecided: at least'
	fi
	if test "$expected" -eq 0; then
		test "$status" -eq 0 && ! test -s err
	else
		test "$status" -eq "$expected" && one_line_says "$words" &&
			test -s out
	fi
	result $? "--at-most $*: status $expected"
}

gates() {
	dd='dd if=data of=copy bs=64k status=none'
	# shellcheck disable=SC2086 # words of a command
	{
		gate 0 '' 2 -- $dd
		gate 0 '' 1.995 -- $dd
		gate 1 'the gate --at-most 1.98 failed: 2.000 copies' 1.98 -- $dd
		gate 1 'failed: 2.000 copies' 0 --format json -- $dd
	}
	gate 1 'failed: at least 3.000 copies' 2 -- \
		"$top/tests/own_copy" data copy
	gate 5 'is undecided: at least 3.000 copies' 3 -- \
		"$top/tests/own_copy" data copy
	gate 0 '' 3 --user -- "$top/tests/own_copy" data copy
	gate 5 'is undecided: the number of copies is not known' 9 -- \
		sh -c 'tr a-z b-za <data >copy'
	gate 7 'ended with status 7' 1 -- sh -c "$dd; exit 7"
	gate 0 '' 4 --via pipe
	gate 1 'failed: 4.000 copies' 3 --via pipe
	refused 2 'is a number of copies' --at-most x -- true
	refused 2 'is a number of copies' --at-most -1 -- true
	refused 2 'leave out' --at-most 1 --compare -- true -- true
	refused 2 'counts no command' --at-most 1 --calibrate
}

write_into_file() {
	run count --format json --output report -- sh -c 'cat data >copy
		echo told'
	test "$status" -eq 0 && test "$(cat out)" = told && ! test -s err &&
		grep -q '"resolved": true' report
	result $? '--output writes the report apart from the output of the command'
	refused 3 'cannot write' --output nowhere/report -- true
}

# sed -i leaves another file under the name of the output.
name_anew() {
	awk 'BEGIN { for (i = 0; i < 50000; i++) print i, "of a text" }' >text
	run count -- sh -c "cp text copy; sed -i '' copy"
	test "$status" -eq 0 && ! says out '-> copy (found)' &&
		! grep -q '^[012]\.' out
	result $? 'a file that was replaced is not the output'
}

# A few bytes of curl's output lie in memory where bytes of other files lay
# before.
deliver_all() {
	if ! command -v curl >/dev/null; then
		skip 'no curl'
		return
	fi
	rm -f copy
	run count --format json -- curl -s "file://$work/data" -o copy
	says out '"delivered_bytes": 1000000'
	result $? 'curl: all bytes are delivered'
}

# A part of the bytes that tar writes are headers.
count_headers() {
	mkdir -p made
	run count -- sh -c 'tar cf - data | tar xf - -C made'
	tr '\n' ' ' <out | tr -s ' ' >joined
	test "$status" -eq 0 && says out '4.004 copies' && fits &&
		says joined 'of tar moved 3.4 KiB more than was delivered'
	result $? 'tar: the report says why the number is not whole'
	run count -- dd if=data of=copy bs=64k status=none
	test "$status" -eq 0 && ! says out 'note:'
	result $? 'dd: no hint where the number is whole'
}

# The bytes of a hole are not copied.
count_sparse() {
	{
		head -c 1M data
		head -c 4M /dev/zero
		head -c 1M data
	} >sparse
	run count -- cp --sparse=always sparse copy
	test "$status" -eq 0 && says out '2.000 copies' && says out holes
	result $? 'cp --sparse: 2.000 copies of each byte outside holes'
	rm -f copy
	run count -- dd if=sparse of=copy bs=64k conv=sparse status=none
	test "$status" -eq 0 && says out '2.000 copies' && says out holes
	result $? 'dd conv=sparse: 2.000 copies of each byte outside holes'
	rm -f copy
	run count -- dd if=data of=copy bs=64k seek=100 status=none
	test "$status" -eq 0 && says out '2.000 copies' && says out holes
	result $? 'dd seek=: 2.000 copies of each byte'
}

keep_outputs_clean() {
	"$ipcopy" count -- cat data >copy 2>err
	status=$?
	cp err out
	test "$status" -eq 0 && cmp -s data copy && says err 'per delivered byte'
	result $? 'standard output has only the copied bytes'
	"$ipcopy" count -- cat data 2>err | cat >copy
	status=$?
	cmp -s data copy && says err 'per delivered byte'
	result $? 'a pipe behind standard output gets only the copied bytes'
	"$ipcopy" count -- cat data >/dev/null 2>err
	status=$?
	: >out
	test "$status" -eq 0 && says err 'per delivered byte'
	result $? 'if the bytes go to /dev/null, the report does not'
	"$ipcopy" count -- dd if=data of=copy status=none >/dev/null 2>err
	silent 'a report goes to /dev/null if the command writes nothing there'
}

# --- a program's own copies ---------------------------------------------

count_own_copies() {
	headline 'at least 3.000 copies per delivered byte' 'its own, implied' \
		"$top/tests/own_copy" data copy
	says out 'hint: count again with --user'
	result $? 'a count that is "at least" names --user'
	rm -f copy
	run count --user -- "$top/tests/own_copy" data copy
	test "$status" -eq 0 && cmp -s data copy &&
		grep -q '^3.000 copies.*programs 1.000' out &&
		says out memcpy && ! says out 'at least' &&
		! says out hint
	result $? '--user counts copies that the program makes itself'
	run count --user=preload --format json -- "$top/tests/own_copy" data copy
	says out '"evidence": "preloaded"' && says out '"lower_bound": false'
	result $? '--user names its evidence'
	if ! command -v valgrind >/dev/null; then
		refused 4 'apt-get install valgrind' --user=dhat -- true
		return
	fi
	rm -f copy
	# valgrind also reports copies in libraries, so name the function
	run count --user=dhat --in data --out copy -- \
		"$top/tests/own_copy" data copy
	tr '\n' ' ' <out | grep -q 'copied *976.6 *KiB *by *memcpy'
	result $? '--user=dhat: valgrind has counted the copies'
}

# own NUMBER STEPS: the first words of a count with --user of many_copies
own() {
	rm -f copy
	run count --user -- "$top/tests/many_copies" data copy "$2"
	test "$status" -eq 0 && grep -q "^$1 copies" out
	result $? "--user, steps $2: $1 copies"
}

# Small copies of other bytes, copies that nothing reads and bytes that are not
# written must not change the number. A copy that no library sees counts once.
count_many_copies() {
	own 2.000 s
	own 3.000 s1
	own 4.000 s1s2
	own 5.000 s123
	own 3.000 s1xy
	own 4.000 s12y
	own 4.000 s12h
	own 4.000 s1h2
	own 'at least 3.000' sa
	own 'at least 3.000' s1b
	own 'at least 4.000' sa2
	own 'at least 4.000' s1b3
}

# An interpreter makes thousands of small copies at its start.
count_python() {
	if ! python3 -c '' 2>err; then
		skip 'no python3'
		return
	fi
	cat >own.py <<-'EOF'
		import sys
		read = open(sys.argv[1], "rb").read()
		first = bytearray(read)
		second = bytes(first)
		open(sys.argv[2], "wb").write(second)
	EOF
	rm -f copy
	run count --user --in data --out copy -- python3 own.py data copy
	test "$status" -eq 0 && cmp -s data copy && {
		grep -q '^4.000 copies.*programs 2.000' out ||
			grep -q '^at least [234]' out
	}
	result $? '--user: two copies in python3'
}

# --- mechanisms ---------------------------------------------------------------

count_mechanisms() {
	run count --via shm --calls
	test "$status" -eq 0 && says out '2.000 copies per delivered byte' &&
		says out 'per message' && fits
	result $? 'shm copies twice'
	run count --via shm:buffers=private --draw --ascii
	says out '4.000 copies per delivered byte (kernel 2.000, programs 2.0' &&
		says out '2 COPY' && says out ' kernel ' && fits
	result $? 'shm with private buffers copies four times, and is drawn'
	run count --via pipe --size 4K --bytes 1M --format csv
	test "$(head -n 1 out)" = "$(printf %s from,to,from_kind,to_kind, \
		call,by,pid,process,calls,bytes,copies,at_least,evidence)" &&
		test "$(wc -l <out)" -eq 5 && grep -q ',256,1048576,1,' out
	result $? 'csv has a row for each hop'
	run count --via pipe --dot
	grep -q '^digraph' out && test "$(grep -c -e '->' out)" -eq 4
	result $? '--dot prints the graph'
	if command -v dot >/dev/null; then
		dot -Tsvg out >/dev/null 2>err
		result $? 'dot accepts the graph'
	else
		skip 'no dot to draw the graph with'
	fi
	rm -f copy
	run count --via pipe --in data --out copy
	test "$status" -eq 0 && cmp -s data copy && says out 'data -> copy'
	result $? 'files of the user are copied and counted'
	refused 2 'No such file' --via pipe --in nowhere --out copy
}

print_json() {
	has_python || return 0
	run count --via pipe --format json
	python 'keys = """resolved copies_per_byte lower_bound watched copies_kernel
copies_user delivered_bytes calls_per_mib blocked_per_mib calls_per_message
blocked_per_message hops unresolved"""
assert list(rows) == keys.split(), list(rows)
assert rows["resolved"] is True and rows["lower_bound"] is False
assert abs(rows["copies_per_byte"] - 4) < 0.01
assert rows["copies_kernel"] == rows["copies_per_byte"]
assert rows["delivered_bytes"] == 8 << 20 and rows["unresolved"] == []
assert [h["call"] for h in rows["hops"]] == "read write read write".split()
assert rows["hops"][0]["from"] == "IN" and rows["hops"][3]["to"] == "OUT"'
	result $? 'json has its keys, and the hops in order'
	cp data "$(printf 'odd \\"\377')"
	run count --format json -- \
		dd of=copy status=none "if=$(printf 'odd \\"\377')"
	python 'assert "odd" in rows["hops"][0]["from"]'
	result $? 'json of a file with an odd name can be read'
}

count_workloads() {
	run count --via pipe --workload stream --bytes 1M
	says out '2.000 copies per delivered byte (kernel 2.000, pro' &&
		says out 'server -> client: 1.0 MiB' && says out 'message 2.00'
	result $? 'a pipe alone: one write and one read'
	run count --via pipe --workload pingpong --bytes 1M
	says out '2.000 copies' && says out 'client: 2.0 MiB' &&
		says out 'message 4.00'
	result $? 'a round trip has the calls of both directions'
	run count --via shm --workload stream --bytes 1M
	says out '0.000 copies' && says out 'both sides use the same memory.'
	result $? 'a ring without files copies nothing'
	run count --via pipe --workload stream --format json
	says out '"copies_per_byte": 2.0' && says out '"from": "server"'
	result $? 'json describes the count of a stream'
	run count --via splice --workload stream
	test "$status" -eq 2 && one_line_says 'splice moves whole files'
	result $? 'a stream by a mechanism without messages is refused'
	run count --via null --workload stream
	says out 'unresolved: it delivers nothing'
	result $? 'if nothing is delivered, the number of copies is unknown and not 0'
}

# no_ends STATUS WHAT COMMAND: a test that no files are guessed as the ends
no_ends() {
	LC_ALL=C.UTF-8 run count -- sh -c "$3"
	test "$status" -eq "$1" &&
		test "$(cat out)" = \
			'unresolved: no bytes went from one file to another'
	result $? "$2: no bytes went from one file to another"
}

guess_no_ends() {
	no_ends 0 'an input that is not there' 'cat nofile | cat >copy'
	no_ends 1 'cp of an input that is not there' 'cp nofile copy'
	no_ends 0 'a file of the libraries' 'wc -c </etc/ld.so.cache >copy'
	no_ends 0 'a file of the system' 'wc -c </etc/passwd >copy'
	no_ends 0 'a message' 'wc -c <data >&2'
	run count -- sh -c 'cat /etc/passwd | cat >copy'
	says out '4.000 copies per delivered byte' &&
		says out '/etc/passwd (found)'
	result $? 'a file of the system that is copied is an end'
}

refuse_words
calibrate
run count -- true
if test "$status" -eq 4; then
	skip "nothing is counted here: $(cat err)"
else
	count_commands
	guess_no_ends
	end_as_the_command
	count_headers
	count_sparse
	save_copies
	gates
	write_into_file
	name_anew
	deliver_all
	keep_outputs_clean
	count_own_copies
	count_many_copies
	count_python
	count_mechanisms
	count_workloads
	print_json
fi
rmdir tmp
result $? 'no file is left in TMPDIR'
finish
