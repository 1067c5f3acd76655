#!/bin/sh
# The plain program must copy right, take turns, refuse wrong arguments with a
# reason, and leave no process and no file behind, however it ends.
. "${top_srcdir:-.}/tests/tap.sh"
plain=$top/bench/plain-pairs

plain() {
	"$plain" --dir "$work" --bytes 200000 --rounds 4 "$@" >out 2>err \
		</dev/null
	status=$?
}

nothing_left() {
	test -z "$(find "$work" -name 'plain-pairs-*')"
}

# --keep prints the names of the input and of the output.
kept_the_same() {
	from=$(sed -n 's/^# //p' out | sed -n 1p)
	to=$(sed -n 's/^# //p' out | sed -n 2p)
	test "$(wc -c <"$from")" -eq 200000 && cmp -s "$from" "$to"
	same=$?
	rm -f "$from" "$to"
	return "$same"
}

for channel in pipe unix ring; do
	for size in 1000 4096 65536 300000; do
		for depth in 1 2 deep; do
			plain --channel $channel --size $size --depth $depth \
				--place same --keep
			test "$status" -eq 0 && kept_the_same &&
				test "$(grep -c "^$channel [1-4] [1-9]" out)" \
					-eq 4
			result $? "$channel, $size bytes, depth $depth: copied"
		done
	done
done

plain --place same --size 4K
test "$status" -eq 0 && test "$(wc -l <out)" -eq 12 &&
	test "$(cut -d ' ' -f 1,2 out | sort -u | wc -l)" -eq 12 &&
	nothing_left
result $? 'three channels run four rounds each and leave no file'

cut -d ' ' -f 1,2 out >first
plain --place same --size 4K
cut -d ' ' -f 1,2 out | cmp -s - first
result $? 'the same seed gives the same order'
plain --place same --size 4K --seed 5
cut -d ' ' -f 1,2 out | cmp -s - first
test $? -eq 1
result $? 'another seed gives another order'

if test "$(nproc)" -gt 1; then
	plain --place core
	test "$status" -eq 0 && test "$(wc -l <out)" -eq 12
	result $? 'the sides run on two CPUs'
else
	skip 'there is only one CPU'
fi

for bad in --what '--size' '--size 0' '--size 4X' '--size -1' '--bytes 0' \
	'--depth 0' '--depth all' '--depth 65536 --size 1M' '--rounds 0' \
	'--seed x' '--place far' '--cpus 1' '--cpus 0,a' '--channel mq'; do
	# shellcheck disable=SC2086 # words of a command line
	plain $bad
	test "$status" -eq 2 && test ! -s out && test "$(wc -l <err)" -eq 1 &&
		grep -q '^plain-pairs: ' err
	result $? "refused: $bad"
done
plain --dir "$work/none"
test "$status" -eq 4 && grep -q "$work/none" err
result $? 'a folder that does not exist: status 4'
plain --cpus 4000,4001
test "$status" -eq 1 && nothing_left
result $? 'a CPU that does not exist: it fails and leaves no file'

# Starts the program in the background and waits for its first line.
begin() {
	: >lines # do not take an earlier program's line for its first one
	"$plain" --dir "$work" --bytes 200000 --rounds 1000000 --place same \
		--size 4K >lines 2>err </dev/null &
	child=$!
	until test -s lines; do
		kill -0 "$child" || break
	done
	children=$(grep -ls "^PPid:[[:space:]]*$child\$" /proc/[0-9]*/status |
		cut -d / -f 3)
}

# A process that has just been killed may exist for a moment longer.
all_gone() {
	for pid in $children; do
		until test ! -e "/proc/$pid/status" ||
			grep -q '^State:.Z' "/proc/$pid/status"; do :; done
	done 2>>err
}

begin
kill -KILL "$(echo "$children" | sed -n 3p)"
wait "$child"
status=$? child=
test "$status" -eq 1 && grep -q 'a process has died' err && all_gone &&
	nothing_left
result $? 'the death of one side ends all processes'
begin
kill -TERM "$child"
wait "$child"
status=$? child=
test "$status" -eq 1 && all_gone && nothing_left
result $? 'a signal ends all processes'
begin
kill -KILL "$child"
wait "$child" 2>>err
status=$? child=
test "$(echo "$children" | wc -w)" -eq 6 && all_gone && nothing_left
result $? 'if the parent is killed, no process and no file stays'
finish
