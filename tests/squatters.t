#!/bin/sh
# Another user has taken the names of our runtime directory.
# shellcheck source=tests/tap.sh
. "${top_srcdir:-.}/tests/tap.sh"

if test "$(id -u)" -ne 0 || ! command -v setpriv >/dev/null; then
	echo '1..0 # SKIP only root has other users'
	exit 0
fi

# a user id that no other test uses
user=$((600000 + $$))
squatted="/tmp/ipcopy-$user /dev/shm/ipcopy-$user /var/tmp/ipcopy-$user"
# shellcheck disable=SC2086,SC2064 # these are words, expanded now on purpose
trap "rm -rf '$work' $squatted" EXIT
cp "$ipcopy" its-own
ipcopy=$work/its-own
chmod 711 "$work"
mkdir here
cp in here
chown -R "$user" here
cd here || exit 1

run() {
	env -u XDG_RUNTIME_DIR setpriv --reuid "$user" --regid "$user" \
		--clear-groups timeout 60 "$ipcopy" "$@" >out 2>err </dev/null
	status=$?
}

touch out err served
chmod 666 out err served

one_place_is_taken() {
	mkdir "/tmp/ipcopy-$user"
	run copy in new --via pipe
	copied new
	result $? 'a copy without named objects works'
	run copy in new --via fifo
	copied new && test -d "/dev/shm/ipcopy-$user"
	result $? 'a copy with named objects uses the next directory'
	env -u XDG_RUNTIME_DIR setpriv --reuid "$user" --regid "$user" \
		--clear-groups timeout 60 "$ipcopy" serve in --name one \
		>served 2>&1 &
	run fetch new --name one
	wait $!
	copied new
	result $? 'serve and fetch meet in the next directory'
	rm -rf "/dev/shm/ipcopy-$user"
}

all_places_are_taken() {
	# shellcheck disable=SC2086
	mkdir -p $squatted
	run copy in new --via pipe
	copied new
	result $? 'a copy that needs no directory works without one'
	run copy in new --via fifo
	test "$status" -ne 0 && one_line_says 'set XDG_RUNTIME_DIR to'
	result $? 'a copy that needs a directory says how to set one'
}

one_place_is_taken
all_places_are_taken
cd "$work" || exit 1
finish
