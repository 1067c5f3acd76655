#!/bin/sh
# strace makes system calls fail. A call that is interrupted must be repeated. A
# failure that cannot be repaired must end in one clear line, leave DST as it
# was, and leave nothing behind.
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"

# a leak sanitizer cannot trace a process that is traced
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS

mkdir place
large=$work/large # strace goes by whole paths
# 512 messages of 16K: only a worker makes so many calls
dd if=/dev/urandom of=large bs=64k count=128 2>dd.err
# the copy has holes where the input has them
dd if=large of=sparse bs=64k count=1 2>dd.err
dd if=/dev/null of=sparse bs=64k seek=64 2>dd.err
TMPDIR=$work/place
export TMPDIR

# If set, only calls on this file fail.
only=

# with CALL FAULT ARGUMENT...: runs ipcopy with this fault in CALL. strace
# writes into `trace`.
with() {
	call=$1
	fault=$2
	shift 2
	: >trace
	strace -f -qq -o trace ${only:+-P "$only" -P "$ipcopy"} \
		-e "trace=execve,$call" -e "inject=$call:$fault" \
		"$ipcopy" "$@" >out 2>err </dev/null
	status=$?
}

was_injected() {
	grep -q INJECTED trace || {
		echo '# the fault was not met' >>err
		return 1
	}
}

# A name has the number of the process that made it, which is a traced one.
nothing_is_left() {
	found=$(
		find place run -mindepth 1 ! -name dst ! -name ipcopy
		sed 's/ .*//' trace | sort -u | while read -r pid; do
			find /dev/shm /dev/mqueue -maxdepth 1 \
				-name "*ipcopy-$pid-*" 2>/dev/null
		done
	)
	test -z "$found" || {
		echo "# left: $found" >>err
		return 1
	}
}

# judge_failure WORDS: true if the error has these words and nothing is left
judge_failure() {
	was_injected && test "$status" -eq 3 && one_line_says "$1" &&
		nothing_is_left
}

# fails CALL FAULT WORDS ARGUMENT...: tests with an old DST and without one
fails() {
	call=$1
	fault=$2
	words=$3
	shift 3
	cp before place/dst
	with "$call" "$fault" copy "$@" place/dst --size 16K
	judge_failure "$words" && cmp -s before place/dst
	result $? "$call $fault: $words"
	rm -f place/dst
	with "$call" "$fault" copy "$@" place/dst --size 16K
	judge_failure "$words" && ! test -e place/dst
	result $? "$call $fault, without an old DST"
	rm -f place/dst
}

# goes_on CALL FAULT ARGUMENT...: a test that the copy succeeds in spite of the
# fault
goes_on() {
	call=$1
	fault=$2
	shift 2
	with "$call" "$fault" copy large place/dst --size 16K "$@"
	was_injected && test "$status" -eq 0 && ! test -s err &&
		cmp -s large place/dst && nothing_is_left
	result $? "$* succeeds although $call has $fault"
	rm -f place/dst
}

interrupted() {
	# not futex: strace cannot distinguish its waits from its wakes, which
	# no signal interrupts. tests/storm sends real signals.
	often='error=EINTR:when=60+3'
	goes_on read "$often" --via pipe
	goes_on write "$often" --via pipe
	goes_on read "$often" --via fifo
	goes_on write "$often" --via fifo
	goes_on read "$often" --via shm
	goes_on write "$often" --via shm
	goes_on read "$often" --via unix
	goes_on write,sendto,sendmsg "$often" --via unix
	goes_on poll 'error=EINTR:when=2+3' --via pipe:wait=spin-then-block,spin=1
	goes_on write "$often" --via pipe:wait=batch
	goes_on semop,semtimedop "$often" --via shm:sync=sysv-sem
	goes_on poll 'error=EINTR:when=2+3' --via shm
	goes_on sendmsg 'error=EINTR:when=1+2' --via shm
	goes_on recvmsg 'error=EINTR:when=1+2' --via shm
	goes_on pread64 'error=EINTR:when=20+3' --via shm
	goes_on fallocate 'error=EINTR:when=1' --via shm
	goes_on wait4 'error=EINTR:when=1+2' --via shm
}

interrupted_queue() {
	for call in mq_timedsend mq_timedreceive; do
		with "$call" 'error=EINTR:when=1+3' copy large place/dst \
			--via mq
		if grep -q 'over this machine' err; then
			skip "$call: $(cat err)"
			continue
		fi
		was_injected && test "$status" -eq 0 &&
			cmp -s large place/dst && nothing_is_left
		result $? "mq succeeds although $call is interrupted"
		rm -f place/dst
	done
}

# --- the files ----------------------------------------------------------------

source_fails() {
	only=$large
	fails read error=EIO:when=5 \
		"cannot read $large: Input/output error" "$large"
	fails read error=EIO:when=1 \
		"cannot read $large: Input/output error" "$large" --via pipe
	fails openat error=EMFILE:when=1+1 \
		"cannot read $large: Too many open files" "$large"
	fails openat error=EACCES:when=1+1 \
		"cannot read $large: Permission denied" "$large"
	fails pread64 error=EIO:when=3 \
		"cannot read back $large: Input/output error" "$large"
	only=
}

output_fails() {
	fails write error=ENOSPC:when=100 \
		'cannot write place/dst: No space left on device' large
	fails write error=EDQUOT:when=100 \
		'cannot write place/dst: ' large
	fails write error=EIO:when=100 \
		'cannot write place/dst: Input/output error' large
	fails fchmod error=EPERM:when=1 \
		'cannot set the permissions of place/dst' large
	fails linkat error=EIO:when=1 \
		'cannot give the copy the name place/dst: Input/output error' large
	fails fsync error=EIO:when=1 \
		'fsync of place/dst: Input/output error' large --fsync
	fails ftruncate error=EIO:when=1 \
		'cannot write place/dst: Input/output error' sparse --via pipe
}

# rename(2) is called only if there is a file to replace.
rename_fails() {
	cp before place/dst
	with renameat,renameat2,rename error=EIO copy large place/dst
	judge_failure 'cannot give the copy the name place/dst: Input/output error' &&
		cmp -s before place/dst
	result $? 'renameat error=EIO'
	rm -f place/dst
}

# --- the channel and the processes --------------------------------------------

channel_fails() {
	fails pipe2 error=EMFILE:when=1 'pipe2: Too many open files' \
		large --via pipe
	fails sched_setscheduler error=EPERM \
		'wait=batch: cannot set the scheduling policy SCHED_BATCH: Operation not permitted' \
		large --via pipe --wait batch
	fails memfd_create error=ENOSYS 'memfd_create' \
		large --via shm:region=memfd
	fails memfd_create error=EACCES 'memfd_create' \
		large --via shm:region=memfd
	fails fallocate error=ENOSPC 'shared memory: No space left' \
		large --via shm
	fails eventfd2 error=EMFILE:when=2 'eventfd: Too many open files' \
		large --via shm:sync=eventfd
	# probes make the same calls before the copy, so `when` skips those
	fails shmget error=ENOMEM:when=8 'shmget of' large \
		--via shm:region=sysv
	fails shmat error=ENOMEM:when=3 'shmat of' large \
		--via shm:region=sysv
	fails semget error=ENOMEM:when=8 'semget: Cannot allocate' large \
		--via shm:sync=sysv-sem
	fails semctl error=EACCES:when=5 'semctl(SETALL)' large \
		--via shm:sync=sysv-sem
	fails semop,semtimedop error=EIDRM:when=9 'were removed while' large \
		--via shm:sync=sysv-sem
	fails mknod,mknodat error=EACCES 'mkfifo' large --via fifo
	fails socketpair error=EMFILE:when=1 \
		'socketpair: Too many open files' large
	fails fcntl error=EPERM:when=4+1 \
		'to 131072 bytes (fs.pipe-max-size limits one pipe' \
		large --via pipe:capacity=128K
	fails flock error=ENOLCK:when=1+1 'cannot lock' large --via fifo
}

processes_fail() {
	fails clone error=EAGAIN:when=1 'fork: Resource temporarily' large
	fails clone error=EAGAIN:when=2 'fork: Resource temporarily' large
	fails clone error=ENOMEM:when=2 'fork: Cannot allocate' large \
		--via pipe
	fails pidfd_open error=ENOSYS:when=1 \
		'pidfd_open: Function not implemented' large
	fails pidfd_open error=EMFILE:when=2 \
		'pidfd_open: Too many open files' large
	fails recvmsg error=EIO:when=1 'cannot receive from the' large
}

command -v strace >/dev/null || {
	echo '1..0 # SKIP no strace'
	exit 0
}
strace -f -qq -o trace -e inject=chdir:error=EIO true 2>err || {
	echo "1..0 # SKIP strace: $(tail -n 1 err)"
	exit 0
}
interrupted
interrupted_queue
source_fails
output_fails
rename_fails
channel_fails
processes_fail
finish
