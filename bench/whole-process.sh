#!/bin/sh
# Whole programs, measured by hyperfine: `ipcopy copy` by each mechanism against
# cp, cat | cat and dd | dd, and pv, mbuffer and socat where they are installed.
# Every round runs each once, in an order drawn from the seed, into a file that
# is not there, and compares the result with the original before the next. What
# is measured is all of it: starting, copying, ending, of all processes.
set -eu
LC_ALL=C
export LC_ALL

usage() {
	cat <<'END'
usage: bench/whole-process.sh [OPTION...]

  --rounds N      rounds, at least 6 for intervals (default 15)
  --bytes SIZE    length of the file, in bytes, K, M or G (default 256M)
  --dir DIR       where the files lie, best a tmpfs (default /dev/shm)
  --cpus A,B      the two CPUs that all of them may use (default: any)
  --seed N        of the order (default: drawn, and told)
  --via M         a mechanism; several may be given (default: a choice)
  --output FILE   keep the merged JSON there (default: not kept)
  --format F      of the table: table (default), json or csv

Exit status: 0 well, 2 usage, 3 a copy failed or differs, 4 this machine
cannot (hyperfine, a build or room is missing).
END
}

die() {
	echo "whole-process: $2" >&2
	exit "$1"
}

rounds=15 bytes=256M dir=/dev/shm cpus='' seed='' via='' output='' format=table
while test $# -gt 0; do
	case $1 in
	--help)
		usage
		exit 0
		;;
	--rounds | --bytes | --dir | --cpus | --seed | --via | --output | --format)
		test $# -ge 2 || die 2 "$1 needs a value"
		;;
	*) die 2 "'$1' is not known; allowed: --rounds --bytes --dir --cpus \
--seed --via --output --format --help" ;;
	esac
	case $1 in
	--rounds) rounds=$2 ;;
	--bytes) bytes=$2 ;;
	--dir) dir=$2 ;;
	--cpus) cpus=$2 ;;
	--seed) seed=$2 ;;
	--via) via="$via $2" ;;
	--output) output=$2 ;;
	--format) format=$2 ;;
	esac
	shift 2
done
case $rounds in
'' | *[!0-9]*) die 2 "--rounds '$rounds' is not a number" ;;
esac
test "$rounds" -ge 1 || die 2 "--rounds $rounds: one at least"
case $seed in
*[!0-9]*) die 2 "--seed '$seed' is not a number" ;;
esac
case $bytes in
*[!0-9KMG]* | [KMG]* | '') die 2 "--bytes '$bytes' is not a size such as 64M" ;;
esac
case $via in
*[!a-zA-Z0-9:=,._\ -]*) die 2 "--via$via: that is no mechanism" ;;
esac
case $format in
table | json | csv) ;;
*) die 2 "--format '$format' is not known; allowed: table, json, csv" ;;
esac

top=${top_builddir:-$(cd "$(dirname "$0")/.." && pwd)}
ipcopy=${IPCOPY:-$top/ipcopy}
summarise=${SUMMARISE:-$top/bench/summarise}
for program in "$ipcopy" "$summarise"; do
	test -x "$program" || die 4 "$program is not there; build it with make"
done
command -v hyperfine >/dev/null ||
	die 4 'hyperfine is missing; install it with: apt-get install hyperfine'
pin=
if test -n "$cpus"; then
	taskset -c "$cpus" true 2>/dev/null ||
		die 4 "--cpus $cpus: this process may not use them"
	pin="taskset -c $cpus "
fi
test -n "$seed" || seed=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')

work=$(mktemp -d "$dir/whole-process.XXXXXX") || die 4 "$dir cannot be written"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM
in=$work/in out=$work/out own=$work/own
head -c "$bytes" /dev/urandom >"$in" || die 4 "no room for $bytes in $dir"
length=$(wc -c <"$in")

# --- what is measured: a file for each, its name and its command --------------

entries=0
# add NAME COMMAND: a command that makes $out out of $in. hyperfine splits it
# into words as a shell does, without starting one: what needs a shell says so.
add() {
	entries=$((entries + 1))
	printf '%s\n' "$1" >"$work/name.$entries"
	printf '%s\n' "$pin$2" >"$work/command.$entries"
}

add_others() {
	add cp "cp $in $out"
	add 'cat|cat' "sh -c 'cat $in | cat >$out'"
	add 'dd|dd 64K' "sh -c 'dd if=$in bs=64K status=none |
		dd of=$out bs=64K status=none'"
	! command -v pv >/dev/null ||
		add 'pv|cat' "sh -c 'pv -q $in | cat >$out'"
	! command -v mbuffer >/dev/null ||
		add 'cat|mbuffer' "sh -c 'cat $in | mbuffer -q -o $out'"
	# the server is waited for, so that its CPU time counts
	! command -v socat >/dev/null ||
		add 'socat unix' "sh -c 'socat -u FILE:$in UNIX-LISTEN:$work/s &
			socat -u UNIX-CONNECT:$work/s,retry=500,interval=0.01 \
				CREATE:$out && wait'"
}

# Verification is ours to do, for all alike. One that cannot run here is left
# out, and what makes no sense ends all before anything is measured.
add_mechanism() {
	status=0
	"$ipcopy" copy "$in" "$out" --via "$1" --quiet || status=$?
	case $status in
	0) ;;
	4) return ;;
	*) exit "$status" ;;
	esac
	add "$1" "sh -c '$ipcopy copy $in $out --via $1 --no-verify \
		--format json >$own'"
}

add_others
for mechanism in ${via:-shm shm:size=256K,depth=8 shm:sync=futex pipe \
	pipe:capacity=1M,size=256K fifo mq unix tcp splice fdpass}; do
	add_mechanism "$mechanism"
done

# --- rounds -------------------------------------------------------------------

# The order of round $1, one number a line: drawn by Park and Miller's
# generator, which is the same in every awk.
order() {
	awk -v n="$entries" -v seed="$seed" -v round="$1" '
	function draw() { return x = (x * 16807) % 2147483647 }
	BEGIN {
		x = (seed * 48271 + round * 69621) % 2147483646 + 1
		for (i = 0; i < 8; i++) draw()
		for (i = 1; i <= n; i++) a[i] = i
		for (i = n; i > 1; i--) {
			j = draw() % i + 1
			t = a[i]; a[i] = a[j]; a[j] = t
		}
		for (i = 1; i <= n; i++) print a[i]
	}'
}

own_cpu() {
	if test -s "$own"; then
		sed -n 's/.*"cpu_s": *\([0-9.eE+-]*\).*/\1/p' "$own" | head -n 1
	else
		echo -
	fi
}

# measure ROUND ORDER ENTRY
measure() {
	name=$(cat "$work/name.$3")
	part=$work/part.$1.$3
	rm -f "$out" "$own"
	hyperfine --shell=none --style none --runs 1 --command-name "$name" \
		--export-json "$part" "$(cat "$work/command.$3")" \
		>"$work/said" 2>&1 ||
		die 3 "$name failed: $(tail -n 1 "$work/said")"
	cmp -s "$in" "$out" || die 3 "$name: the copy is not its original"
	echo "$1 $2 $part $(own_cpu)" >>"$work/list"
}

echo "whole-process: $entries commands, $rounds rounds of $length bytes in" \
	"$dir, seed $seed" >&2
position=0
round=1
while test "$round" -le "$rounds"; do
	for entry in $(order "$round"); do
		position=$((position + 1))
		measure "$round" "$position" "$entry"
	done
	! test -t 2 || printf '\rround %d of %d' "$round" "$rounds" >&2
	round=$((round + 1))
done
! test -t 2 || printf '\r                       \r' >&2

"$summarise" --merge "$work/list" --dir "$dir" --seed "$seed" >"$work/merged"
test -z "$output" || cp "$work/merged" "$output" ||
	die 4 "$output cannot be written"
"$summarise" "$work/merged" --bytes "$length" --format "$format"
