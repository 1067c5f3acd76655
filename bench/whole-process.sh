#!/bin/sh
# Measures whole programs by hyperfine: `ipcopy copy` by some mechanisms, cp, two
# cats, two dds, and pv, mbuffer and socat if they are installed. Every round
# runs each of them once, in an order drawn from the seed, into a new file, and
# compares the copy with the original before the next one. The time includes the
# start, the copy and the end of all processes.
set -eu
LC_ALL=C
export LC_ALL

usage() {
	cat <<'END'
usage: bench/whole-process.sh [OPTION...]

  --rounds N      number of rounds, at least 6 for intervals (default 15)
  --bytes SIZE    length of the file, in bytes, K, M or G (default 256M)
  --dir DIR       folder of the files, best on a tmpfs (default /dev/shm)
  --cpus A,B      the CPUs that all commands may use (default: any)
  --seed N        seed of the order (default: drawn, and printed)
  --via M         a mechanism; may be given several times (default: a choice)
  --output FILE   keep the merged JSON in FILE (default: not kept)
  --format F      format of the result: table (default), json or csv

Exit status: 0 success, 2 wrong usage, 3 a copy failed or differs, or hyperfine
missed a process, 4 this machine cannot do it (hyperfine, the build or space is
missing).
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
test "$rounds" -ge 1 || die 2 "--rounds $rounds: at least one is needed"
case $seed in
*[!0-9]*) die 2 "--seed '$seed' is not a number" ;;
esac
case $bytes in
*[!0-9KMG]* | [KMG]* | '') die 2 "--bytes '$bytes' is not a size such as 64M" ;;
esac
case $via in
*[!a-zA-Z0-9:=,._\ -]*) die 2 "--via$via: this is no mechanism" ;;
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

# --- commands, each with a file of its name and one of its text ---------------

entries=0
# add NAME COMMAND: adds a command that copies $in to $out. hyperfine splits it
# into words without a shell, so a command that needs a shell must call it.
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
	# `wait` waits for the server too, so that its CPU time is counted
	! command -v socat >/dev/null ||
		add 'socat unix' "sh -c 'socat -u FILE:$in UNIX-LISTEN:$work/s &
			socat -u UNIX-CONNECT:$work/s,retry=500,interval=0.01 \
				CREATE:$out && wait'"
}

# Adds `ipcopy copy` by one mechanism, without its own verification, since this
# script verifies all commands in the same way. A mechanism that cannot run here
# is left out. Any other failure ends the script before anything is measured.
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

# Prints the order of round $1, a number on each line. It is drawn by Park and
# Miller's generator, which gives the same numbers in every awk.
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

# measure ROUND ORDER ENTRY: runs a command once, and notes its result
measure() {
	name=$(cat "$work/name.$3")
	part=$work/part.$1.$3
	rm -f "$out" "$own"
	hyperfine --shell=none --style none --runs 1 --command-name "$name" \
		--export-json "$part" "$(cat "$work/command.$3")" \
		>"$work/said" 2>&1 ||
		die 3 "$name failed: $(tail -n 1 "$work/said")"
	cmp -s "$in" "$out" || die 3 "$name: the copy differs from the original"
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
