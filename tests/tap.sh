# Shell tests that run ipcopy source this. It makes a folder for the test, and
# has functions that print TAP.
# shellcheck shell=sh
LC_ALL=C
export LC_ALL
top=$(cd "${top_builddir:-.}" && pwd)
ipcopy=$top/ipcopy
count=0
failed=0

work=$(mktemp -d) || exit 1
child=
trap 'test -z "$child" || kill -KILL "$child"; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1
# a runtime directory of our own, apart from other tests
mkdir -m 700 run
XDG_RUNTIME_DIR=$work/run
export XDG_RUNTIME_DIR

printf 'what is copied\n' >in
printf 'what was there\n' >before
cp before dst

# result STATUS NAME: prints one test and, if it failed, what the command said.
result() {
	count=$((count + 1))
	# a name must stay on one line of TAP
	tested=$(printf '%s' "$2" | tr '\n' ' ')
	if test "$1" -eq 0; then
		echo "ok $count - $tested"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $tested"
	echo "# exit status $status"
	sed 's/^/# stdout: /' out
	sed 's/^/# stderr: /' err
}

# silent NAME: prints one test, which passes if err is empty.
silent() {
	: >out
	test ! -s err
	status=$?
	result "$status" "$1"
}

skip() {
	count=$((count + 1))
	echo "ok $count # SKIP $*"
}

# Runs ipcopy. Sets status, out and err.
run() {
	"$ipcopy" "$@" >out 2>err </dev/null
	status=$?
}

one_line_says() {
	test "$(wc -l <err)" -eq 1 && grep -q '^ipcopy: ' err &&
		grep -qF -e "$1" err
}

# refused WORDS ARGUMENT...: a test that ipcopy refuses these arguments with one
# line that has these words.
refused() {
	words=$1
	shift
	run "$@"
	test "$status" -eq 2 && one_line_says "$words" && ! test -s out
	result $? "refused: ipcopy $*"
}

copied() {
	test "$status" -eq 0 && cmp -s in "$1"
}

says() {
	grep -qF -e "$2" "$1"
}

# python CODE: runs CODE, which has the JSON in out as `rows`.
python() {
	python3 -c "import json
rows = json.load(open('out'))
$1" 2>>err
}

# Version managers put a script in python3's place, which takes several times as
# long as python3 itself. So the script is asked only once for the real python3.
has_python() {
	python3=$(command -v python3) || {
		skip 'no python3 to read JSON with'
		return 1
	}
	test "$(head -c 2 "$python3")" != '#!' ||
		PATH=$(python3 -c 'import os, sys
print(os.path.dirname(sys.executable))'):$PATH
}

finish() {
	echo "1..$count"
	test "$failed" -eq 0
	exit
}
