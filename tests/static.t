#!/bin/sh
# An ipcopy with static libraries, in a root folder that has only this program,
# an input, and the empty folders /tmp and /dev/shm: no library, no other
# program, no device. It must copy, explain and try claims. With /proc it must
# count.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

if ! "$ipcopy" --version | grep -q '^static'; then
	echo '1..0 # SKIP this ipcopy is not static: configure --enable-static-program'
	exit
fi
mkdir root
mkdir root/dev
mkdir -m 1777 root/tmp root/dev/shm
cp "$ipcopy" in root
rootless=
if test "$(id -u)" -eq 0; then
	enter='chroot root'
else
	enter='unshare -r chroot root'
	rootless=yes
fi
if ! $enter /ipcopy --version >out 2>err; then
	echo "1..0 # SKIP no chroot here: $(head -n 1 err)"
	exit
fi

# inside ARGUMENT...: as run of tap.sh, but in that root folder
inside() {
	# shellcheck disable=SC2086 # a command of words
	$enter /ipcopy "$@" >out 2>err </dev/null
	status=$?
}

inside --version
says out 'without: ' && says out 'hwloc' && says out 'static: needs no libraries'
result $? '--version names the features that are left out'
inside list
test "$status" -eq 0 && grep -q '^pipe  *yes' out
result $? 'list works'
inside copy /in /new
test "$status" -eq 0 && cmp -s in root/new
result $? 'copy works'
for via in pipe shm unix splice; do
	rm -f root/new
	inside copy /in /new --via "$via"
	if test "$status" -eq 4; then
		skip "copy $via: $(cat err)"
		continue
	fi
	test "$status" -eq 0 && cmp -s in root/new
	result $? "copy --via $via works"
done
inside doctor
says out 'left out of this static program'
result $? 'doctor names what is left out'
inside copy /in /new --place core
test "$status" -eq 4 && one_line_says hwloc
result $? '--place is refused, since hwloc is left out'
inside explain pipe
test "$status" -eq 0 && says out 'COPY'
result $? 'explain works'
inside lab B1
test "$status" -eq 0 && says out B1
result $? 'lab works'
inside completion bash
test "$status" -eq 0 && says out complete
result $? 'completion works'

# The counter needs /proc to find the files of a process.
mkdir root/proc
with_proc() {
	# shellcheck disable=SC2016 # the dollars are for that shell
	unshare --mount --pid --fork ${rootless:+-r} sh -c \
		'mount -t proc proc root/proc && exec chroot root /ipcopy "$@"' \
		sh "$@" >out 2>err </dev/null
	status=$?
}

with_proc --version
if test "$status" -ne 0; then
	skip "no /proc in a folder: $(head -n 1 err)"
	finish
fi
with_proc count --via pipe --dir /tmp
test "$status" -eq 0 && grep -q '^4.000 copies' out
result $? 'a mechanism is counted'
with_proc count --in /in --out /new --output /report -- \
	/ipcopy copy /in /new --via pipe
test "$status" -eq 0 && grep -q '^4.000 copies' root/report
result $? 'a command is counted'
finish
