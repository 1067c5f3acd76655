#!/bin/sh
# However the lab ends, no file, no loop device and no mount must stay.
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"

mkdir tmp
TMPDIR=$work/tmp
export TMPDIR

# Prints the loop devices whose image is a file of ours. A mounted image has
# one.
loops() {
	for file in /sys/block/loop*/loop/backing_file; do
		test ! -r "$file" || grep -l "^$work/" "$file"
	done 2>/dev/null
}

# Prints what leases note. A lease is removed when all its objects are gone.
leases() {
	find "$work/run" -name 'lease-*'
}

nothing_is_left() {
	test -z "$(ls -A tmp)" && test -z "$(leases)" && test -z "$(loops)"
}

# A later run removes the names of a run that was killed, once the last process
# of that run has ended. The kernel frees the device at about that time.
nothing_stays() {
	tries=0
	until run lab E6 && nothing_is_left; do
		tries=$((tries + 1))
		test $tries -lt 100 || return 1
	done
}

ends_by_itself() {
	run lab D E --format csv
	test "$status" -eq 0 && nothing_is_left
	result $? 'a lab that ends by itself leaves nothing behind'
}

# Ends the lab by a signal as soon as the loop device is there, if it ever is.
is_ended_by() {
	"$ipcopy" lab E4 --runs 200 >out 2>err &
	child=$!
	while test -z "$(loops)" && kill -0 $child 2>/dev/null; do
		:
	done
	kill -"$1" $child 2>/dev/null
	wait $child 2>/dev/null
	child=
	nothing_stays
	result $? "a lab that SIG$1 ends leaves nothing behind"
}

ends_by_itself
for signal in KILL KILL KILL TERM INT; do
	is_ended_by $signal
done
finish
