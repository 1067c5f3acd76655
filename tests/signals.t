#!/bin/sh
# Signals that the parent has blocked or ignored, and signals to process groups.
# shellcheck disable=SC2016 # dollars in single quotes are for another sh
# shellcheck disable=SC2317 # functions are called by their names
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"

# without_chld NAME WORD...: a test that ipcopy succeeds in time although SIGCHLD
# is ignored
without_chld() {
	name=$1
	shift
	timeout -k 1 60 sh -c 'trap "" CHLD; exec "$0" "$@"' "$ipcopy" "$@" \
		>out 2>err </dev/null
	status=$?
	test "$status" -eq 0
	result $? "$name, where the parent ignores SIGCHLD"
}

children_of_a_parent_that_ignores_them() {
	without_chld 'copy' copy in new
	cmp -s in new
	result $? 'the copies made with SIGCHLD ignored are right'
	rm -f new
	without_chld 'list' list
	without_chld 'a counted command' count -- true
	without_chld 'explain' explain pipe
	without_chld 'an experiment' lab B1
}

# Prints the signals that a command finds blocked or ignored. They must be the
# same with ipcopy and without it.
states() {
	grep -E '^Sig(Blk|Ign)' "$1" | sort
}

hands_on() {
	name=$1
	shift
	"$@" cat /proc/self/status >plain 2>err
	"$@" "$ipcopy" count -- cat /proc/self/status >counted 2>err
	status=$?
	states plain >out
	states counted | cmp -s - out
	result $? "a counted command finds the parent's $name unchanged"
}

# a shell cannot block signals, so use Python
cat >blocking <<'END'
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
os.execvp(sys.argv[1], sys.argv[1:])
END

ignoring() {
	sh -c 'trap "" CHLD PIPE XFSZ; exec "$@"' sh "$@"
}

dispositions() {
	hands_on 'signals' env
	hands_on 'ignored signals' ignoring
	has_python || return
	hands_on 'blocked signals' python3 blocking
	stores
}

# The program stores into a buffer that a debug register watches. The kernel
# forces the SIGTRAP of the register on a program that blocks it.
cat >storing <<'END'
import io, os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTRAP])
buffer = bytearray(65536)
out = os.open("stored", os.O_WRONLY | os.O_CREAT)
for _ in range(8):
    io.FileIO(sys.argv[1]).readinto(buffer)
    buffer[:] = bytes(reversed(buffer))
    os.write(out, buffer)
print(signal.SIGTRAP in signal.pthread_sigmask(signal.SIG_BLOCK, []))
END

stores() {
	head -c 65536 /dev/urandom >data
	"$ipcopy" count -- python3 storing data >out 2>err
	status=$?
	test "$(head -n 1 out)" = True
	result $? 'SIGTRAP stays blocked after a store into a watched buffer'
}

# begin WORD...: starts ipcopy as the leader of a process group and holds its
# input open.
begin() {
	mkfifo feed
	setsid "$@" >out 2>err <feed &
	child=$!
	exec 9>feed
	rm feed
}

# ended CODE: waits until the child has ended. True if its status is CODE.
ended() {
	wait_until is_over
	exec 9>&-
	wait "$child"
	status=$?
	child=
	test "$status" -eq "$1"
}

# The shell may have reaped the child already, while it waited for a sleep.
is_over() {
	! read -r _ _ state _ <"/proc/$child/stat" || test "$state" = Z
}

has_workers() {
	test "$(cat "/proc/$child/comm")" = ipcopy &&
		test "$(cat "/proc/$child/task/$child/children")"
}

wait_until() {
	tries=0
	until "$@" 2>/dev/null; do
		tries=$((tries + 1))
		test "$tries" -lt 500 || return 1
		sleep 0.01
	done
}

group_is_told() {
	good=0
	for mechanism in pipe shm mq unix pipe shm mq unix; do
		begin "$ipcopy" copy - new --via "$mechanism"
		wait_until has_workers
		kill -TERM "-$child"
		ended 130 && good=$((good + 1))
	done
	test "$good" -eq 8
	result $? 'SIGTERM to the process group of a copy: 130, each time'
	begin "$ipcopy" serve - --name one
	wait_until test -S run/ipcopy/one.sock
	kill -TERM "-$child"
	ended 130
	result $? 'SIGTERM to the process group of a waiting server: 130'
	begin "$ipcopy" count -- cat
	wait_until has_workers
	kill -TERM "-$child"
	ended 130
	result $? 'SIGTERM to the process group of a counted command: 130'
}

deaf() {
	has_python || return
	begin python3 blocking "$ipcopy" copy - new --via pipe
	wait_until has_workers
	kill -TERM "$child"
	ended 130 && ! says err 'was killed'
	result $? 'SIGTERM ends a copy whose parent blocks SIGTERM'
}

children_of_a_parent_that_ignores_them
dispositions
group_is_told
deaf
finish
