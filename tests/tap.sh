# Sourced by shell tests that run ipcopy: a place of their own, and TAP.
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
# meeting places of our own, whatever else runs here
mkdir -m 700 run
XDG_RUNTIME_DIR=$work/run
export XDG_RUNTIME_DIR

printf 'what is copied\n' >in
printf 'what was there\n' >before
cp before dst

# result STATUS NAME: one test, with what was said if it failed.
result() {
	count=$((count + 1))
	# a name of several lines would break TAP
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

# silent NAME: one test, which passes if err is empty.
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

# Runs ipcopy; leaves status, out and err.
run() {
	"$ipcopy" "$@" >out 2>err </dev/null
	status=$?
}

one_line_says() {
	test "$(wc -l <err)" -eq 1 && grep -q '^ipcopy: ' err &&
		grep -qF -e "$1" err
}

# refused WORDS ARGUMENT...: wrong usage, which one line says with these words.
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

# python CODE: what it says of out, as `rows`.
python() {
	python3 -c "import json
rows = json.load(open('out'))
$1" 2>>err
}

has_python() {
	command -v python3 >/dev/null || {
		skip 'no python3 to read json with'
		return 1
	}
}

finish() {
	echo "1..$count"
	test "$failed" -eq 0
	exit
}
