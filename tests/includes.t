#!/bin/sh
# Rooms of src/ include each other one way only, as doc/HACKING has it.
here=$(cd "${top_srcdir:-.}" && pwd)
# shellcheck source=tests/tap.sh
. "$here/tests/tap.sh"

# "room other" for each that a room may include
sed -n '/^A room includes headers/,/^A mechanism sees/s/^    //p' \
	"$here/doc/HACKING" >table
awk '{ rooms[$1] }
	$2 == "all" { all = $1; next }
	$2 != "of" { for (i = 2; i <= NF; i++) print $1, $i }
	END { for (room in rooms) print all, room }' table >allowed

# "file room/header.h", both from src/ on
(cd "$here/src" && grep -o '^#include "[a-z_]*/[^"]*"' -- */*.[ch]) |
	sed 's/:#include "/ /;s/"$//' >includes

(cd "$here/src" && printf '%s\n' */*.c) | sed 's,/.*,,' | sort -u |
	while read -r room; do
	grep -q "^$room " table || echo "src/$room is not in the table"
done >err
silent 'every room is in the table of doc/HACKING'

awk 'NR == FNR { allowed[$0]; next }
	{ split($1, from, "/"); split($2, to, "/") }
	from[1] != to[1] && !(from[1] " " to[1] in allowed) {
		print "src/" $1 " includes " $2
	}' allowed includes >err
silent 'rooms include what the table allows them'

tsort allowed 2>err >order
silent 'the table has no circle'

grep '^[^ ]*\.h ' includes | tsort 2>err >order
silent 'no headers include each other in a circle'

# a mechanism's file sees its own room and base
grep '^transport/' includes | grep -v ' \(transport\|base\)/' >err
silent 'a mechanism sees transport and base'
finish
