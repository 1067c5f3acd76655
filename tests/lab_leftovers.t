#!/bin/sh
# Whatever ends the lab: no file, no loop device and no mount is left behind.
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"

mkdir tmp
TMPDIR=$work/tmp
export TMPDIR

# Loop devices whose image is a file of ours; a mounted one is among them.
loops() {
	for file in /sys/block/loop*/loop/backing_file; do
		test ! -r "$file" || grep -l "^$work/" "$file"
	done 2>/dev/null
}

# Leases list what has a name; one goes when all that is in it is gone.
leases() {
	find "$work/run" -name 'lease-*'
}

nothing_is_left() {
	test -z "$(ls -A tmp)" && test -z "$(leases)" && test -z "$(loops)"
}

# A later run sweeps away the names of one that was killed, once its last
# process is gone; the kernel gives the device back about then.
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
	result $? 'the lab leaves nothing when it ends by itself'
}

# Ends it by that signal as soon as the loop device is there, if it ever is.
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
	result $? "the lab leaves nothing when it is ended by SIG$1"
}

ends_by_itself
for signal in KILL KILL KILL TERM INT; do
	is_ended_by $signal
done
finish
