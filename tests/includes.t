#!/bin/sh
# Rooms of src/ include each other one way only, as doc/HACKING has it.
top=${top_srcdir:-.}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0

result() {
	n=$((n + 1))
	if [ -s "$2" ]; then
		echo "not ok $n - $1"
		sed 's/^/# /' "$2"
	else
		echo "ok $n - $1"
	fi
}

# "room other" for each that a room may include
sed -n '/^A room includes headers/,/^A mechanism sees/s/^    //p' \
	"$top/doc/HACKING" >"$work/table"
awk '{ rooms[$1] }
	$2 == "all" { all = $1; next }
	$2 != "of" { for (i = 2; i <= NF; i++) print $1, $i }
	END { for (room in rooms) print all, room }' "$work/table" \
	>"$work/allowed"

# "file room/header.h", both from src/ on
(cd "$top/src" && grep -o '^#include "[a-z_]*/[^"]*"' -- */*.[ch]) |
	sed 's/:#include "/ /;s/"$//' >"$work/includes"

(cd "$top/src" && printf '%s\n' */*.c) | sed 's,/.*,,' | sort -u |
	while read -r room; do
	grep -q "^$room " "$work/table" || echo "src/$room is not in the table"
done >"$work/out"
result 'every room is in the table of doc/HACKING' "$work/out"

awk 'NR == FNR { allowed[$0]; next }
	{ split($1, from, "/"); split($2, to, "/") }
	from[1] != to[1] && !(from[1] " " to[1] in allowed) {
		print "src/" $1 " includes " $2
	}' "$work/allowed" "$work/includes" >"$work/out"
result 'rooms include what the table allows them' "$work/out"

tsort "$work/allowed" 2>"$work/out" >"$work/order"
result 'the table has no circle' "$work/out"

grep '^[^ ]*\.h ' "$work/includes" | tsort 2>"$work/out" >"$work/order"
result 'no headers include each other in a circle' "$work/out"

# a mechanism's file sees its own room and base
grep '^transport/' "$work/includes" | grep -v ' \(transport\|base\)/' \
	>"$work/out"
result 'a mechanism sees transport and base' "$work/out"
echo "1..$n"
